-- Projections of the log for finding things: droppable, made anew from the log, compared with it by verification.
-- Ids and names stand here as keyed digests: equal ones can be found, and nobody can read them.
CREATE TABLE incident (
  number       INTEGER PRIMARY KEY,
  id           TEXT NOT NULL UNIQUE,
  ref          TEXT NOT NULL UNIQUE,
  seq          INTEGER NOT NULL UNIQUE REFERENCES log (seq),
  at           TEXT NOT NULL,
  recorded_at  TEXT NOT NULL,
  platform     TEXT,
  channel      BLOB,
  channel_name BLOB,
  message      BLOB,
  author       BLOB,
  erased       INTEGER REFERENCES log (seq)
) STRICT;
CREATE INDEX incident_message ON incident (message);
CREATE INDEX incident_recorded ON incident (recorded_at);
CREATE INDEX incident_author ON incident (author, number);
CREATE INDEX incident_channel ON incident (channel, number);

-- What an incident can be found by: its rules, its categories, the actions decided on; and what was to be done, or
-- to be copied of what came with the message, by number.
CREATE TABLE mark (
  incident INTEGER NOT NULL REFERENCES incident (number),
  kind     TEXT NOT NULL CHECK (kind IN ('rule', 'category', 'action', 'to-do', 'to-copy')),
  value    TEXT NOT NULL,
  PRIMARY KEY (incident, kind, value)
) STRICT, WITHOUT ROWID;
CREATE INDEX mark_value ON mark (kind, value, incident);

CREATE TABLE outcome (
  seq      INTEGER PRIMARY KEY REFERENCES log (seq),
  incident INTEGER NOT NULL REFERENCES incident (number),
  action   TEXT NOT NULL,
  status   TEXT NOT NULL,
  UNIQUE (incident, action, status)
) STRICT;
CREATE INDEX outcome_status ON outcome (status, incident);

CREATE TABLE act (
  seq      INTEGER PRIMARY KEY REFERENCES log (seq),
  incident INTEGER REFERENCES incident (number),
  verb     TEXT NOT NULL,
  verdict  INTEGER NOT NULL CHECK (verdict IN (0, 1))
) STRICT;
CREATE INDEX act_incident ON act (incident, verdict, seq);

-- `first` is the first of the records that one deletion made, one for each incident about the message.
CREATE TABLE deletion (
  seq      INTEGER PRIMARY KEY REFERENCES log (seq),
  incident INTEGER NOT NULL REFERENCES incident (number),
  first    INTEGER NOT NULL REFERENCES log (seq)
) STRICT;
CREATE INDEX deletion_incident ON deletion (incident, seq);
CREATE INDEX deletion_first ON deletion (first);

-- Everything else that is about an incident: views, context, attachments, holds, erasure. `item` says which of several.
CREATE TABLE about (
  seq      INTEGER PRIMARY KEY REFERENCES log (seq),
  incident INTEGER NOT NULL REFERENCES incident (number),
  kind     TEXT NOT NULL,
  at       TEXT NOT NULL,
  actor    TEXT,
  codes    TEXT NOT NULL,
  of_seq   INTEGER,
  item     INTEGER
) STRICT;
CREATE INDEX about_incident ON about (incident, kind, seq);
CREATE INDEX about_kind ON about (kind, seq);

-- Around which incidents the bot is to look for what was said, and when.
CREATE TABLE awaited (incident INTEGER PRIMARY KEY REFERENCES incident (number), due TEXT NOT NULL) STRICT;
CREATE INDEX awaited_due ON awaited (due);

-- The work list: incidents with something left to do.
CREATE TABLE pending (incident INTEGER PRIMARY KEY REFERENCES incident (number)) STRICT;

CREATE TRIGGER incident_no_update BEFORE UPDATE ON incident WHEN OLD.erased IS NOT NULL OR NEW.erased IS NULL
BEGIN SELECT raise(ABORT, 'incidents are kept'); END;
CREATE TRIGGER incident_no_delete BEFORE DELETE ON incident BEGIN SELECT raise(ABORT, 'incidents are kept'); END;
CREATE TRIGGER incident_once BEFORE INSERT ON incident
WHEN EXISTS (SELECT 1 FROM incident WHERE number = NEW.number OR id = NEW.id OR seq = NEW.seq OR ref = NEW.ref)
BEGIN SELECT raise(ABORT, 'incidents are kept'); END;

CREATE TRIGGER mark_no_update BEFORE UPDATE ON mark BEGIN SELECT raise(ABORT, 'marks are kept'); END;
CREATE TRIGGER mark_no_delete BEFORE DELETE ON mark
WHEN OLD.kind NOT IN ('to-do', 'to-copy') OR (SELECT erased FROM incident WHERE number = OLD.incident) IS NULL
BEGIN SELECT raise(ABORT, 'marks are kept'); END;

CREATE TRIGGER outcome_no_update BEFORE UPDATE ON outcome BEGIN SELECT raise(ABORT, 'outcomes are kept'); END;
CREATE TRIGGER outcome_no_delete BEFORE DELETE ON outcome BEGIN SELECT raise(ABORT, 'outcomes are kept'); END;
CREATE TRIGGER outcome_once BEFORE INSERT ON outcome
WHEN EXISTS (SELECT 1 FROM outcome WHERE seq = NEW.seq
             OR (incident = NEW.incident AND action = NEW.action AND status = NEW.status))
BEGIN SELECT raise(ABORT, 'outcomes are kept'); END;

CREATE TRIGGER act_no_update BEFORE UPDATE ON act BEGIN SELECT raise(ABORT, 'acts are kept'); END;
CREATE TRIGGER act_no_delete BEFORE DELETE ON act BEGIN SELECT raise(ABORT, 'acts are kept'); END;
CREATE TRIGGER act_once BEFORE INSERT ON act WHEN EXISTS (SELECT 1 FROM act WHERE seq = NEW.seq)
BEGIN SELECT raise(ABORT, 'acts are kept'); END;

CREATE TRIGGER deletion_no_update BEFORE UPDATE ON deletion BEGIN SELECT raise(ABORT, 'deletions are kept'); END;
CREATE TRIGGER deletion_no_delete BEFORE DELETE ON deletion BEGIN SELECT raise(ABORT, 'deletions are kept'); END;

CREATE TRIGGER about_no_update BEFORE UPDATE ON about BEGIN SELECT raise(ABORT, 'records are kept'); END;
CREATE TRIGGER about_no_delete BEFORE DELETE ON about BEGIN SELECT raise(ABORT, 'records are kept'); END;
CREATE TRIGGER about_once BEFORE INSERT ON about WHEN EXISTS (SELECT 1 FROM about WHERE seq = NEW.seq)
BEGIN SELECT raise(ABORT, 'records are kept'); END;
