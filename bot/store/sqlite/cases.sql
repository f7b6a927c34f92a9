-- Projections of the log for cases: droppable, made anew from the log, compared with it by verification.
-- People and messages stand here under opaque names alone, and what an erased case was found by is taken away.
CREATE TABLE case_ (
  seq       INTEGER PRIMARY KEY REFERENCES log (seq),
  number    INTEGER NOT NULL UNIQUE,
  id        TEXT NOT NULL UNIQUE,
  ref       TEXT NOT NULL UNIQUE,
  opened_at TEXT NOT NULL,
  kind      TEXT NOT NULL,
  severity  TEXT NOT NULL,
  state     TEXT NOT NULL CHECK (state IN ('received', 'acknowledged', 'triaged', 'investigating', 'decided',
                                           'appealed', 'appeal-decided', 'closed')),
  version   INTEGER NOT NULL CHECK (version > 0),
  decision  INTEGER REFERENCES log (seq),
  verdict   TEXT,
  reasons   TEXT,
  erased    INTEGER REFERENCES log (seq),
  -- No case is over, or on its way there, without somebody's verdict and a commitment to their reasons.
  CHECK (state IN ('received', 'acknowledged', 'triaged', 'investigating')
         OR (decision IS NOT NULL AND verdict IS NOT NULL AND reasons IS NOT NULL AND length(reasons) = 64))
) STRICT;
CREATE INDEX case_state ON case_ (state, number);

CREATE TABLE case_event (
  seq    INTEGER PRIMARY KEY REFERENCES log (seq),
  case_  INTEGER NOT NULL REFERENCES case_ (number),
  number INTEGER NOT NULL,
  kind   TEXT NOT NULL,
  at     TEXT NOT NULL,
  actor  TEXT,
  codes  TEXT NOT NULL,
  UNIQUE (case_, number)
) STRICT;

CREATE TABLE report (
  seq     INTEGER PRIMARY KEY REFERENCES log (seq),
  number  INTEGER NOT NULL UNIQUE,
  id      TEXT NOT NULL UNIQUE,
  case_   INTEGER NOT NULL REFERENCES case_ (number),
  channel TEXT NOT NULL
) STRICT;
CREATE INDEX report_case ON report (case_, number);

-- What a case is found by: keyed digests of the keys, codes and messages of its reports and of its incidents, and the
-- opaque names of the people in it.
CREATE TABLE case_found (
  seq   INTEGER NOT NULL REFERENCES log (seq),
  case_ INTEGER NOT NULL REFERENCES case_ (number),
  kind  TEXT NOT NULL CHECK (kind IN ('key', 'code', 'message', 'incident', 'person')),
  value TEXT NOT NULL,
  PRIMARY KEY (seq, case_, kind, value)
) STRICT, WITHOUT ROWID;
CREATE INDEX case_found_value ON case_found (kind, value, case_);
CREATE UNIQUE INDEX case_found_unique ON case_found (kind, value) WHERE kind IN ('key', 'code');
CREATE INDEX case_found_case ON case_found (case_);

CREATE TABLE case_view (
  seq   INTEGER PRIMARY KEY REFERENCES log (seq),
  case_ INTEGER NOT NULL REFERENCES case_ (number),
  at    TEXT NOT NULL,
  actor TEXT,
  codes TEXT NOT NULL
) STRICT;
CREATE INDEX case_view_case ON case_view (case_, seq);

-- The accounts of people with a part in a case, as keyed digests, and which names are one person's.
CREATE TABLE account (seq INTEGER PRIMARY KEY REFERENCES log (seq), digest TEXT UNIQUE, person TEXT) STRICT;
CREATE INDEX account_person ON account (person);
CREATE TABLE account_link (seq INTEGER PRIMARY KEY REFERENCES log (seq), one TEXT, other TEXT) STRICT;
-- Names that stand by themselves from a record on: earlier links to them count no more.
CREATE TABLE account_part (seq INTEGER PRIMARY KEY REFERENCES log (seq), person TEXT) STRICT;
CREATE INDEX account_part_person ON account_part (person, seq);

CREATE TRIGGER case_goes_on BEFORE UPDATE ON case_
WHEN NEW.seq <> OLD.seq OR NEW.number <> OLD.number OR NEW.id <> OLD.id OR NEW.ref <> OLD.ref
  OR NEW.opened_at <> OLD.opened_at OR NEW.kind <> OLD.kind OR NEW.version < OLD.version
  OR (OLD.decision IS NOT NULL AND (NEW.decision IS NOT OLD.decision OR NEW.verdict IS NOT OLD.verdict
                                    OR NEW.reasons IS NOT OLD.reasons))
  OR (OLD.erased IS NOT NULL AND NEW.erased IS NOT OLD.erased)
  OR (NEW.state <> OLD.state AND OLD.state || ' > ' || NEW.state NOT IN (
    'received > acknowledged', 'acknowledged > triaged', 'triaged > investigating', 'investigating > decided',
    'decided > appealed', 'decided > closed', 'appealed > appeal-decided', 'appeal-decided > closed'))
BEGIN SELECT raise(ABORT, 'cases go on from state to state and are kept'); END;
CREATE TRIGGER case_no_delete BEFORE DELETE ON case_ BEGIN SELECT raise(ABORT, 'cases are kept'); END;
CREATE TRIGGER case_begins BEFORE INSERT ON case_
WHEN NEW.state <> 'received' OR EXISTS (
  SELECT 1 FROM case_ WHERE seq = NEW.seq OR number = NEW.number OR id = NEW.id OR ref = NEW.ref)
BEGIN SELECT raise(ABORT, 'cases begin by being received, and are kept'); END;

CREATE TRIGGER case_event_no_update BEFORE UPDATE ON case_event BEGIN SELECT raise(ABORT, 'records are kept'); END;
CREATE TRIGGER case_event_no_delete BEFORE DELETE ON case_event BEGIN SELECT raise(ABORT, 'records are kept'); END;
CREATE TRIGGER case_event_once BEFORE INSERT ON case_event
WHEN EXISTS (SELECT 1 FROM case_event WHERE seq = NEW.seq OR (case_ = NEW.case_ AND number = NEW.number))
BEGIN SELECT raise(ABORT, 'records are kept'); END;

CREATE TRIGGER report_no_update BEFORE UPDATE ON report BEGIN SELECT raise(ABORT, 'reports are kept'); END;
CREATE TRIGGER report_no_delete BEFORE DELETE ON report BEGIN SELECT raise(ABORT, 'reports are kept'); END;
CREATE TRIGGER report_once BEFORE INSERT ON report
WHEN EXISTS (SELECT 1 FROM report WHERE seq = NEW.seq OR number = NEW.number OR id = NEW.id)
BEGIN SELECT raise(ABORT, 'reports are kept'); END;

CREATE TRIGGER case_found_no_update BEFORE UPDATE ON case_found BEGIN SELECT raise(ABORT, 'cases are kept'); END;
CREATE TRIGGER case_found_no_delete BEFORE DELETE ON case_found
WHEN (SELECT erased FROM case_ WHERE number = OLD.case_) IS NULL
BEGIN SELECT raise(ABORT, 'cases are kept'); END;
CREATE TRIGGER case_found_once BEFORE INSERT ON case_found
WHEN EXISTS (SELECT 1 FROM case_found WHERE kind = NEW.kind AND value = NEW.value AND kind IN ('key', 'code'))
BEGIN SELECT raise(ABORT, 'each report is kept once'); END;

CREATE TRIGGER case_view_no_update BEFORE UPDATE ON case_view BEGIN SELECT raise(ABORT, 'views are kept'); END;
CREATE TRIGGER case_view_no_delete BEFORE DELETE ON case_view BEGIN SELECT raise(ABORT, 'views are kept'); END;
CREATE TRIGGER case_view_once BEFORE INSERT ON case_view WHEN EXISTS (SELECT 1 FROM case_view WHERE seq = NEW.seq)
BEGIN SELECT raise(ABORT, 'views are kept'); END;

CREATE TRIGGER account_no_update BEFORE UPDATE ON account BEGIN SELECT raise(ABORT, 'accounts are kept'); END;
CREATE TRIGGER account_no_delete BEFORE DELETE ON account BEGIN SELECT raise(ABORT, 'accounts are kept'); END;
CREATE TRIGGER account_once BEFORE INSERT ON account
WHEN EXISTS (SELECT 1 FROM account WHERE seq = NEW.seq OR digest = NEW.digest)
BEGIN SELECT raise(ABORT, 'accounts are kept'); END;
CREATE TRIGGER account_link_no_update BEFORE UPDATE ON account_link BEGIN SELECT raise(ABORT, 'links are kept'); END;
CREATE TRIGGER account_link_no_delete BEFORE DELETE ON account_link BEGIN SELECT raise(ABORT, 'links are kept'); END;
CREATE TRIGGER account_link_once BEFORE INSERT ON account_link
WHEN EXISTS (SELECT 1 FROM account_link WHERE seq = NEW.seq)
BEGIN SELECT raise(ABORT, 'links are kept'); END;
CREATE TRIGGER account_part_no_update BEFORE UPDATE ON account_part BEGIN SELECT raise(ABORT, 'links are kept'); END;
CREATE TRIGGER account_part_no_delete BEFORE DELETE ON account_part BEGIN SELECT raise(ABORT, 'links are kept'); END;
CREATE TRIGGER account_part_once BEFORE INSERT ON account_part
WHEN EXISTS (SELECT 1 FROM account_part WHERE seq = NEW.seq)
BEGIN SELECT raise(ABORT, 'links are kept'); END;
