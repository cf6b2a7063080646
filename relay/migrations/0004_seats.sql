-- Seats, and the little that accounts and reps need for them.
-- So many may be signed in at once; NULL: as many as there are.
ALTER TABLE accounts ADD COLUMN seats     INTEGER CHECK (seats BETWEEN 0 AND 1000000);
ALTER TABLE accounts ADD COLUMN language  TEXT    NOT NULL DEFAULT 'en' CHECK (language IN ('en', 'de'));
-- By its name in the IANA list.
ALTER TABLE accounts ADD COLUMN time_zone TEXT    NOT NULL DEFAULT 'UTC';
ALTER TABLE reps ADD COLUMN role TEXT NOT NULL DEFAULT 'rep' CHECK (role IN ('rep', 'manager'));
-- The password was set by somebody else: the rep chooses another before signing in.
ALTER TABLE reps ADD COLUMN must_change INTEGER NOT NULL DEFAULT 0;
-- Sign-ins of this rep up to this number are over.
ALTER TABLE reps ADD COLUMN signed_out INTEGER NOT NULL DEFAULT 0;
-- Since when the sign-in has a seat; NULL: it has none.
ALTER TABLE sign_ins ADD COLUMN seat_s INTEGER;

-- One row. `people` grows with every change to an account or a rep, whoever makes it: a running relay looks at it.
-- `sign_in` is the number of the newest sign-in; none is given twice, so that what is said of one is never said of another.
CREATE TABLE counters (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    people  INTEGER NOT NULL,
    sign_in INTEGER NOT NULL
) STRICT;
INSERT INTO counters (id, people, sign_in) SELECT 1, 0, coalesce(max(id), 0) FROM sign_ins;

CREATE TRIGGER account_added   AFTER INSERT ON accounts BEGIN UPDATE counters SET people = people + 1; END;
CREATE TRIGGER account_changed AFTER UPDATE ON accounts BEGIN UPDATE counters SET people = people + 1; END;
CREATE TRIGGER rep_changed     AFTER UPDATE ON reps     BEGIN UPDATE counters SET people = people + 1; END;
