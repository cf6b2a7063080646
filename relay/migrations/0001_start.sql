-- Accounts and the people in them.
CREATE TABLE accounts (
    id         INTEGER PRIMARY KEY,
    name       TEXT    NOT NULL UNIQUE COLLATE NOCASE,
    status     TEXT    NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'suspended', 'closed')),
    -- Whom a rep asks about features that are not licensed.
    contact    TEXT    NOT NULL DEFAULT '',
    created_s  INTEGER NOT NULL
) STRICT;

CREATE TABLE reps (
    id            INTEGER PRIMARY KEY,
    account       INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    -- E-mail form, lower case.
    user          TEXT    NOT NULL UNIQUE,
    name          TEXT    NOT NULL,
    -- argon2id in PHC form.
    password_hash TEXT    NOT NULL,
    status        TEXT    NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'suspended')),
    created_s     INTEGER NOT NULL
) STRICT;
CREATE INDEX reps_by_account ON reps (account);

-- A sign-in that stands. The token itself is the program's; here is its SHA-256.
CREATE TABLE sign_ins (
    id         INTEGER PRIMARY KEY,
    rep        INTEGER NOT NULL REFERENCES reps (id) ON DELETE CASCADE,
    token_hash BLOB    NOT NULL UNIQUE,
    created_s  INTEGER NOT NULL,
    used_s     INTEGER NOT NULL
) STRICT;
CREATE INDEX sign_ins_by_rep ON sign_ins (rep);
CREATE INDEX sign_ins_by_use ON sign_ins (used_s);

-- Features that some plugin of this relay has. A feature that becomes known is given to every account once; what
-- is taken away afterwards stays away.
CREATE TABLE features (
    name    TEXT PRIMARY KEY,
    added_s INTEGER NOT NULL
) STRICT;

CREATE TABLE account_features (
    account INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    feature TEXT    NOT NULL REFERENCES features (name),
    PRIMARY KEY (account, feature)
) STRICT, WITHOUT ROWID;

-- Sessions whose two ends hold each other's keys. A running one can be taken up again after the relay was gone.
CREATE TABLE sessions (
    id             BLOB    PRIMARY KEY,
    rep            INTEGER NOT NULL REFERENCES reps (id) ON DELETE CASCADE,
    customer       TEXT    NOT NULL,
    system         TEXT    NOT NULL,
    -- SHA-256 of what takes the session up again; NULL once it has ended.
    rep_token      BLOB,
    customer_token BLOB,
    -- JSON list: id, version, digest, licensed.
    plugins        TEXT    NOT NULL,
    started_s      INTEGER NOT NULL,
    ended_s        INTEGER,
    end_reason     TEXT
) STRICT;
CREATE INDEX sessions_running ON sessions (started_s) WHERE ended_s IS NULL;
CREATE INDEX sessions_ended ON sessions (ended_s) WHERE ended_s IS NOT NULL;

CREATE TABLE audit (
    id      INTEGER PRIMARY KEY,
    at_s    INTEGER NOT NULL,
    kind    TEXT    NOT NULL,
    account INTEGER,
    rep     INTEGER,
    session BLOB,
    detail  TEXT    NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX audit_by_time ON audit (at_s);
