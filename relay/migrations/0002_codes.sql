-- Join codes that nobody has used. A restart of the relay keeps them: what the rep has read out goes on leading to the rep.
-- Only the relay's half is here; the secret half never leaves the two ends.
CREATE TABLE codes (
    session       BLOB    PRIMARY KEY,
    sign_in       INTEGER NOT NULL REFERENCES sign_ins (id) ON DELETE CASCADE,
    nameplate     INTEGER NOT NULL,
    attempts_left INTEGER NOT NULL,
    expires_s     INTEGER NOT NULL
) STRICT;
CREATE INDEX codes_by_sign_in ON codes (sign_in);
CREATE INDEX codes_by_expiry ON codes (expires_s);
