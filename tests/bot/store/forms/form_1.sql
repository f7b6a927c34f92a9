-- What a first start of the version before the sealed log left when it was cut short after the first step of three.
-- The log: what happened, in order, never changed. Everything else in this file can be made anew from it.
CREATE TABLE log (
  seq  INTEGER PRIMARY KEY,
  kind TEXT NOT NULL CHECK (length(kind) > 0),
  at   TEXT NOT NULL,
  body BLOB NOT NULL
) STRICT;

-- People's own words, byte for byte as they were delivered, kept apart from the log's facts.
CREATE TABLE original (
  seq   INTEGER NOT NULL REFERENCES log (seq),
  field TEXT NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (seq, field)
) STRICT, WITHOUT ROWID;

-- Which deliveries were seen: the same event again leads to the same row.
CREATE TABLE seen (
  platform TEXT NOT NULL,
  kind     TEXT NOT NULL,
  event_id TEXT NOT NULL,
  seq      INTEGER NOT NULL REFERENCES log (seq),
  PRIMARY KEY (platform, kind, event_id)
) STRICT, WITHOUT ROWID;

-- INSERT OR REPLACE passes by UPDATE and DELETE triggers, hence a guard before each insert as well.
CREATE TRIGGER log_no_update BEFORE UPDATE ON log BEGIN SELECT raise(ABORT, 'the log only grows'); END;
CREATE TRIGGER log_no_delete BEFORE DELETE ON log BEGIN SELECT raise(ABORT, 'the log only grows'); END;
CREATE TRIGGER log_in_order BEFORE INSERT ON log
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM log)
BEGIN SELECT raise(ABORT, 'the log only grows'); END;

CREATE TRIGGER original_no_update BEFORE UPDATE ON original BEGIN SELECT raise(ABORT, 'originals are kept'); END;
CREATE TRIGGER original_no_delete BEFORE DELETE ON original BEGIN SELECT raise(ABORT, 'originals are kept'); END;
CREATE TRIGGER original_once BEFORE INSERT ON original
WHEN EXISTS (SELECT 1 FROM original WHERE seq = NEW.seq AND field = NEW.field)
BEGIN SELECT raise(ABORT, 'originals are kept'); END;

CREATE TRIGGER seen_no_update BEFORE UPDATE ON seen BEGIN SELECT raise(ABORT, 'deliveries are kept'); END;
CREATE TRIGGER seen_no_delete BEFORE DELETE ON seen BEGIN SELECT raise(ABORT, 'deliveries are kept'); END;
CREATE TRIGGER seen_once BEFORE INSERT ON seen
WHEN EXISTS (SELECT 1 FROM seen WHERE platform = NEW.platform AND kind = NEW.kind AND event_id = NEW.event_id)
BEGIN SELECT raise(ABORT, 'deliveries are kept'); END;
PRAGMA user_version = 1;
