-- Whoever runs the relay, as its pages know them. Accounts' managers are reps with that role.
CREATE TABLE operators (
    id            INTEGER PRIMARY KEY,
    -- E-mail form, lower case.
    user          TEXT    NOT NULL UNIQUE,
    name          TEXT    NOT NULL,
    -- argon2id in PHC form.
    password_hash TEXT    NOT NULL,
    created_s     INTEGER NOT NULL
) STRICT;

-- A browser that is signed in. The token itself is the browser's; here is its SHA-256.
CREATE TABLE web_sessions (
    -- Never given twice: what a page shows of one must not end another.
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    token_hash BLOB    NOT NULL UNIQUE,
    rep        INTEGER REFERENCES reps (id) ON DELETE CASCADE,
    operator   INTEGER REFERENCES operators (id) ON DELETE CASCADE,
    created_s  INTEGER NOT NULL,
    used_s     INTEGER NOT NULL,
    address    TEXT    NOT NULL,
    -- What the browser calls itself.
    agent      TEXT    NOT NULL,
    CHECK ((rep IS NULL) <> (operator IS NULL))
) STRICT;
CREATE INDEX web_sessions_of_rep ON web_sessions (rep) WHERE rep IS NOT NULL;
CREATE INDEX web_sessions_of_operator ON web_sessions (operator) WHERE operator IS NOT NULL;

-- Whoever has the old password has no page of it either, whoever sets the new one.
CREATE TRIGGER rep_password_ends_pages AFTER UPDATE OF password_hash ON reps
WHEN new.password_hash <> old.password_hash
BEGIN DELETE FROM web_sessions WHERE rep = new.id; END;
CREATE TRIGGER operator_password_ends_pages AFTER UPDATE OF password_hash ON operators
WHEN new.password_hash <> old.password_hash
BEGIN DELETE FROM web_sessions WHERE operator = new.id; END;
