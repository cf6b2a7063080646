-- A rep who was with a customer already took another's place: when, and whose session that was, which may be forgotten before.
CREATE TABLE take_overs (
    session  BLOB    NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    place_of BLOB    NOT NULL,
    at_s     INTEGER NOT NULL,
    PRIMARY KEY (session, place_of)
) STRICT, WITHOUT ROWID;
-- The session that these notes were carried over from; NULL: its own rep has written in them, or nothing was carried.
ALTER TABLE notes ADD COLUMN carried_from BLOB;
