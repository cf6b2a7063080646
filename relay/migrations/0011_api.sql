-- Tokens of scripts and programs that use the HTTP API. The token itself is theirs; here is its SHA-256.
CREATE TABLE api_tokens (
    -- Never given twice: what is listed of one must not revoke another.
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    token_hash BLOB    NOT NULL UNIQUE,
    name       TEXT    NOT NULL,
    -- The only account that it reaches; NULL: every one, and the relay itself.
    account    INTEGER REFERENCES accounts (id) ON DELETE CASCADE,
    -- Names with a space between.
    scopes     TEXT    NOT NULL,
    -- Where it may be used from, such as 192.0.2.0/24; NULL: anywhere.
    addresses  TEXT,
    created_s  INTEGER NOT NULL,
    expires_s  INTEGER NOT NULL,
    used_s     INTEGER,
    used_from  TEXT
) STRICT;

-- Requests with a key of the client's own, so that one that comes twice is carried out once. While `status` is NULL the first
-- one is under way.
CREATE TABLE api_answers (
    token   INTEGER NOT NULL REFERENCES api_tokens (id) ON DELETE CASCADE,
    key     TEXT    NOT NULL,
    -- MAC of the request under the token, which is not here: it says nothing of a password within the request.
    request BLOB    NOT NULL,
    at_s    INTEGER NOT NULL,
    status  INTEGER,
    body    TEXT,
    PRIMARY KEY (token, key)
) STRICT;
CREATE INDEX api_answers_by_age ON api_answers (at_s);
