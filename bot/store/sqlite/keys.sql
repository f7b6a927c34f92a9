-- The keys of what is sealed, each wrapped with the key in the key file. Deleting a row erases what it opens.
CREATE TABLE dek (grp TEXT PRIMARY KEY, wrapped BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE erased (grp TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
CREATE TABLE secret (name TEXT PRIMARY KEY, wrapped BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TRIGGER dek_once BEFORE INSERT ON dek
WHEN EXISTS (SELECT 1 FROM dek WHERE grp = NEW.grp) OR EXISTS (SELECT 1 FROM erased WHERE grp = NEW.grp)
BEGIN SELECT raise(ABORT, 'keys are made once'); END;
PRAGMA user_version = 1;
