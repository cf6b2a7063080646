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

-- Addresses of other programs that are told what happens in an account. What is to be told is in the audit log: `seen` is the
-- last line of it that was told or passed over.
CREATE TABLE webhooks (
    -- Never given twice.
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    account    INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    url        TEXT    NOT NULL,
    -- What deliveries are signed with; it is needed as it is.
    secret     TEXT    NOT NULL,
    -- Names with a space between.
    events     TEXT    NOT NULL,
    created_s  INTEGER NOT NULL,
    seen       INTEGER NOT NULL,
    -- Attempts for the line that is next, and when there is another.
    attempts   INTEGER NOT NULL DEFAULT 0,
    next_s     INTEGER NOT NULL DEFAULT 0,
    -- Since when nothing got through; NULL: the last attempt did.
    failing_s  INTEGER,
    off        INTEGER NOT NULL DEFAULT 0,
    -- Events that were passed over.
    dropped    INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX webhooks_of_account ON webhooks (account);

CREATE TABLE webhook_deliveries (
    webhook  INTEGER NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    -- Number of the line in the audit log.
    line     INTEGER NOT NULL,
    event    TEXT    NOT NULL,
    -- Of the last attempt.
    at_s     INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    done     INTEGER NOT NULL,
    -- What came of it, in words.
    outcome  TEXT    NOT NULL,
    PRIMARY KEY (webhook, line)
) STRICT;
