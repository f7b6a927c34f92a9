-- Numbers by day: all that is left of messages that triggered nothing. They are figures, not evidence.
CREATE TABLE counter (
  day    TEXT NOT NULL,
  name   TEXT NOT NULL,
  amount INTEGER NOT NULL,
  PRIMARY KEY (day, name)
) STRICT, WITHOUT ROWID;
