-- The second factor, locks after too many wrong attempts, and sign-ins that somebody else ends one by one.
ALTER TABLE accounts ADD COLUMN second_factor TEXT NOT NULL DEFAULT 'optional'
    CHECK (second_factor IN ('optional', 'required'));

-- What codes are made of is here as it is: whoever can read the database can make them.
CREATE TABLE second_factors (
    rep       INTEGER PRIMARY KEY REFERENCES reps (id) ON DELETE CASCADE,
    secret    BLOB    NOT NULL CHECK (length(secret) = 20),
    -- Of the last code that was taken; that one and older ones are no longer good.
    last_step INTEGER NOT NULL,
    since_s   INTEGER NOT NULL
) STRICT;

-- Recovery codes that nobody has used. The codes themselves are the rep's; here are their SHA-256.
CREATE TABLE recovery_codes (
    rep  INTEGER NOT NULL REFERENCES second_factors (rep) ON DELETE CASCADE,
    hash BLOB    NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (rep, hash)
) STRICT, WITHOUT ROWID;

-- User IDs that nobody can sign in with for a while, whether there is such a rep or not, by the SHA-256 of the ID.
CREATE TABLE sign_in_locks (
    user_hash BLOB    PRIMARY KEY CHECK (length(user_hash) = 32),
    until_s   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sign_in_locks_by_end ON sign_in_locks (until_s);

-- Sign-ins that somebody else ended, for a running relay to see. Numbers are never given twice.
CREATE TABLE ended_sign_ins (
    sign_in INTEGER PRIMARY KEY,
    at_s    INTEGER NOT NULL
) STRICT;
CREATE TRIGGER sign_in_ended AFTER INSERT ON ended_sign_ins BEGIN UPDATE counters SET people = people + 1; END;
