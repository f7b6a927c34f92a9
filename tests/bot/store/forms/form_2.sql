-- The same, cut short after the second step of three.
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
-- Projections of the log for finding things; they hold no words, and can be dropped and made anew.
CREATE TABLE incident (
  number       INTEGER PRIMARY KEY,
  id           TEXT NOT NULL UNIQUE,
  seq          INTEGER NOT NULL UNIQUE REFERENCES log (seq),
  recorded_at  TEXT NOT NULL,
  platform     TEXT NOT NULL,
  community    TEXT NOT NULL,
  channel      TEXT NOT NULL,
  channel_name TEXT NOT NULL,
  message      TEXT NOT NULL,
  author       TEXT NOT NULL
) STRICT;
CREATE INDEX incident_message ON incident (message, channel, community, platform);
CREATE INDEX incident_recorded ON incident (recorded_at);
CREATE INDEX incident_author ON incident (author, number);
CREATE INDEX incident_channel ON incident (channel, number);

-- What an incident can be found by: its rules, its categories and the actions decided on.
CREATE TABLE mark (
  incident INTEGER NOT NULL REFERENCES incident (number),
  kind     TEXT NOT NULL CHECK (kind IN ('rule', 'category', 'action')),
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
  verdict  INTEGER NOT NULL CHECK (verdict IN (0, 1)),
  subject  TEXT NOT NULL
) STRICT;
CREATE INDEX act_incident ON act (incident, verdict, seq);

CREATE TABLE deletion (
  incident INTEGER NOT NULL REFERENCES incident (number),
  seq      INTEGER NOT NULL REFERENCES log (seq),
  PRIMARY KEY (incident, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX deletion_seq ON deletion (seq);

-- The work list: incidents with something left to do. The one projection that shrinks as well.
CREATE TABLE pending (incident INTEGER PRIMARY KEY REFERENCES incident (number)) STRICT;

CREATE TRIGGER incident_no_update BEFORE UPDATE ON incident BEGIN SELECT raise(ABORT, 'incidents are kept'); END;
CREATE TRIGGER incident_no_delete BEFORE DELETE ON incident BEGIN SELECT raise(ABORT, 'incidents are kept'); END;
CREATE TRIGGER incident_once BEFORE INSERT ON incident
WHEN EXISTS (SELECT 1 FROM incident WHERE number = NEW.number OR id = NEW.id OR seq = NEW.seq)
BEGIN SELECT raise(ABORT, 'incidents are kept'); END;

CREATE TRIGGER mark_no_update BEFORE UPDATE ON mark BEGIN SELECT raise(ABORT, 'marks are kept'); END;
CREATE TRIGGER mark_no_delete BEFORE DELETE ON mark BEGIN SELECT raise(ABORT, 'marks are kept'); END;

CREATE TRIGGER outcome_no_update BEFORE UPDATE ON outcome BEGIN SELECT raise(ABORT, 'outcomes are kept'); END;
CREATE TRIGGER outcome_no_delete BEFORE DELETE ON outcome BEGIN SELECT raise(ABORT, 'outcomes are kept'); END;
CREATE TRIGGER outcome_once BEFORE INSERT ON outcome
WHEN EXISTS (SELECT 1 FROM outcome WHERE seq = NEW.seq
             OR (incident = NEW.incident AND action = NEW.action AND status = NEW.status))
BEGIN SELECT raise(ABORT, 'outcomes are kept'); END;

CREATE TRIGGER act_no_update BEFORE UPDATE ON act BEGIN SELECT raise(ABORT, 'acts are kept'); END;
CREATE TRIGGER act_no_delete BEFORE DELETE ON act BEGIN SELECT raise(ABORT, 'acts are kept'); END;
CREATE TRIGGER act_once BEFORE INSERT ON act
WHEN EXISTS (SELECT 1 FROM act WHERE seq = NEW.seq)
BEGIN SELECT raise(ABORT, 'acts are kept'); END;

CREATE TRIGGER deletion_no_update BEFORE UPDATE ON deletion BEGIN SELECT raise(ABORT, 'deletions are kept'); END;
CREATE TRIGGER deletion_no_delete BEFORE DELETE ON deletion BEGIN SELECT raise(ABORT, 'deletions are kept'); END;
PRAGMA user_version = 2;
