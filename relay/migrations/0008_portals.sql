-- Teams, portals, and what customers say there.
CREATE TABLE teams (
    id      INTEGER PRIMARY KEY,
    account INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    name    TEXT    NOT NULL COLLATE NOCASE,
    UNIQUE (account, name)
) STRICT;

CREATE TABLE team_reps (
    team INTEGER NOT NULL REFERENCES teams (id) ON DELETE CASCADE,
    rep  INTEGER NOT NULL REFERENCES reps (id) ON DELETE CASCADE,
    PRIMARY KEY (team, rep)
) STRICT, WITHOUT ROWID;
CREATE INDEX team_reps_by_rep ON team_reps (rep);

CREATE TABLE portals (
    id        INTEGER PRIMARY KEY,
    account   INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    -- Part of the address.
    slug      TEXT    NOT NULL UNIQUE,
    name      TEXT    NOT NULL,
    greeting  TEXT    NOT NULL DEFAULT '',
    -- NULL: the account's.
    language  TEXT    CHECK (language IN ('en', 'de')),
    -- NULL: the portal leads to every rep of the account.
    team      INTEGER REFERENCES teams (id),
    created_s INTEGER NOT NULL
) STRICT;
CREATE INDEX portals_by_account ON portals (account);
CREATE INDEX portals_by_team ON portals (team);

-- Questions that stand, in the order of asking (by rowid). The token itself is the customer's page's; here is its SHA-256.
CREATE TABLE questions (
    id         BLOB    PRIMARY KEY,
    portal     INTEGER NOT NULL REFERENCES portals (id) ON DELETE CASCADE,
    token_hash BLOB    NOT NULL,
    name       TEXT    NOT NULL,
    text       TEXT    NOT NULL,
    language   TEXT    NOT NULL,
    system     TEXT    NOT NULL,
    page_key   BLOB    NOT NULL,
    -- It was given back and stands before those that were not.
    front      INTEGER NOT NULL DEFAULT 0,
    stage      TEXT    NOT NULL CHECK (stage IN ('waiting', 'taken', 'running')),
    -- The session that it became.
    session    BLOB,
    asked_s    INTEGER NOT NULL
) STRICT;
CREATE INDEX questions_by_portal ON questions (portal);

-- What customers left while nobody was there. A portal may be removed: what was said there stays.
CREATE TABLE messages (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    account     INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    portal      INTEGER REFERENCES portals (id) ON DELETE SET NULL,
    portal_name TEXT    NOT NULL,
    name        TEXT    NOT NULL,
    reply_to    TEXT    NOT NULL,
    text        TEXT    NOT NULL,
    language    TEXT    NOT NULL,
    at_s        INTEGER NOT NULL,
    -- NULL: nobody has read it.
    read_s      INTEGER
) STRICT;
CREATE INDEX messages_by_account ON messages (account, id);
CREATE INDEX messages_by_portal ON messages (portal);
CREATE INDEX messages_by_time ON messages (at_s);

-- What a session began with; empty if with a code that was read aloud.
ALTER TABLE sessions ADD COLUMN question TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN portal   TEXT NOT NULL DEFAULT '';

CREATE TRIGGER team_added     AFTER INSERT ON teams     BEGIN UPDATE counters SET people = people + 1; END;
CREATE TRIGGER team_changed   AFTER UPDATE ON teams     BEGIN UPDATE counters SET people = people + 1; END;
CREATE TRIGGER team_removed   AFTER DELETE ON teams     BEGIN UPDATE counters SET people = people + 1; END;
CREATE TRIGGER member_added   AFTER INSERT ON team_reps BEGIN UPDATE counters SET people = people + 1; END;
CREATE TRIGGER member_removed AFTER DELETE ON team_reps BEGIN UPDATE counters SET people = people + 1; END;
CREATE TRIGGER portal_added   AFTER INSERT ON portals   BEGIN UPDATE counters SET people = people + 1; END;
CREATE TRIGGER portal_changed AFTER UPDATE ON portals   BEGIN UPDATE counters SET people = people + 1; END;
CREATE TRIGGER portal_removed AFTER DELETE ON portals   BEGIN UPDATE counters SET people = people + 1; END;
