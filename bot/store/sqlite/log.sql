-- The log: one leaf a line, the exact bytes that were hashed; nothing in it says who or what was written.
CREATE TABLE log (
  seq       INTEGER PRIMARY KEY,
  leaf      BLOB NOT NULL CHECK (length(leaf) > 0),
  leaf_hash BLOB NOT NULL CHECK (length(leaf_hash) = 32)
) STRICT;

-- The tree above the leaves: the hash of each complete subtree, so that a proof needs no pass over the log.
CREATE TABLE node (
  level INTEGER NOT NULL CHECK (level > 0),
  place INTEGER NOT NULL,
  hash  BLOB NOT NULL CHECK (length(hash) = 32),
  PRIMARY KEY (level, place)
) STRICT, WITHOUT ROWID;

-- What people said and who they are, each under the key of its group; the keys are in another file.
CREATE TABLE sealed (
  seq   INTEGER NOT NULL REFERENCES log (seq),
  field TEXT NOT NULL,
  grp   TEXT NOT NULL,
  blob  BLOB NOT NULL,
  PRIMARY KEY (seq, field)
) STRICT, WITHOUT ROWID;

-- Which deliveries were seen, as keyed digests: the same event again leads to the same record.
CREATE TABLE seen (
  digest BLOB PRIMARY KEY CHECK (length(digest) = 32),
  seq    INTEGER NOT NULL REFERENCES log (seq)
) STRICT, WITHOUT ROWID;

-- What was signed: checkpoints by size, and statements by which a key named its successor.
CREATE TABLE checkpoint (number INTEGER PRIMARY KEY, size INTEGER NOT NULL UNIQUE, note BLOB NOT NULL) STRICT;
CREATE TABLE statement (seq INTEGER PRIMARY KEY REFERENCES log (seq), note BLOB NOT NULL) STRICT;

-- INSERT OR REPLACE passes by UPDATE and DELETE triggers, hence a guard before each insert as well.
CREATE TRIGGER log_no_update BEFORE UPDATE ON log BEGIN SELECT raise(ABORT, 'the log only grows'); END;
CREATE TRIGGER log_no_delete BEFORE DELETE ON log BEGIN SELECT raise(ABORT, 'the log only grows'); END;
CREATE TRIGGER log_in_order BEFORE INSERT ON log
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM log)
BEGIN SELECT raise(ABORT, 'the log only grows'); END;

CREATE TRIGGER node_no_update BEFORE UPDATE ON node BEGIN SELECT raise(ABORT, 'the tree only grows'); END;
CREATE TRIGGER node_no_delete BEFORE DELETE ON node BEGIN SELECT raise(ABORT, 'the tree only grows'); END;
CREATE TRIGGER node_once BEFORE INSERT ON node
WHEN EXISTS (SELECT 1 FROM node WHERE level = NEW.level AND place = NEW.place)
BEGIN SELECT raise(ABORT, 'the tree only grows'); END;

CREATE TRIGGER sealed_no_update BEFORE UPDATE ON sealed BEGIN SELECT raise(ABORT, 'originals are kept'); END;
CREATE TRIGGER sealed_no_delete BEFORE DELETE ON sealed BEGIN SELECT raise(ABORT, 'originals are kept'); END;
CREATE TRIGGER sealed_once BEFORE INSERT ON sealed
WHEN EXISTS (SELECT 1 FROM sealed WHERE seq = NEW.seq AND field = NEW.field)
BEGIN SELECT raise(ABORT, 'originals are kept'); END;

CREATE TRIGGER seen_no_update BEFORE UPDATE ON seen BEGIN SELECT raise(ABORT, 'deliveries are kept'); END;
CREATE TRIGGER seen_no_delete BEFORE DELETE ON seen BEGIN SELECT raise(ABORT, 'deliveries are kept'); END;
CREATE TRIGGER seen_once BEFORE INSERT ON seen WHEN EXISTS (SELECT 1 FROM seen WHERE digest = NEW.digest)
BEGIN SELECT raise(ABORT, 'deliveries are kept'); END;

CREATE TRIGGER checkpoint_no_update BEFORE UPDATE ON checkpoint BEGIN SELECT raise(ABORT, 'checkpoints are kept'); END;
CREATE TRIGGER checkpoint_no_delete BEFORE DELETE ON checkpoint BEGIN SELECT raise(ABORT, 'checkpoints are kept'); END;
CREATE TRIGGER checkpoint_grows BEFORE INSERT ON checkpoint
WHEN NEW.size <= (SELECT coalesce(max(size), -1) FROM checkpoint)
  OR NEW.number IS NOT (SELECT coalesce(max(number), 0) + 1 FROM checkpoint)
BEGIN SELECT raise(ABORT, 'checkpoints are kept'); END;

CREATE TRIGGER statement_no_update BEFORE UPDATE ON statement BEGIN SELECT raise(ABORT, 'statements are kept'); END;
CREATE TRIGGER statement_no_delete BEFORE DELETE ON statement BEGIN SELECT raise(ABORT, 'statements are kept'); END;
CREATE TRIGGER statement_once BEFORE INSERT ON statement WHEN EXISTS (SELECT 1 FROM statement WHERE seq = NEW.seq)
BEGIN SELECT raise(ABORT, 'statements are kept'); END;

-- Numbers by day: all that is left of messages that triggered nothing. They are figures, not evidence.
CREATE TABLE counter (
  day    TEXT NOT NULL,
  name   TEXT NOT NULL,
  amount INTEGER NOT NULL,
  PRIMARY KEY (day, name)
) STRICT, WITHOUT ROWID;
