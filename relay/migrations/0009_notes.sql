-- What a rep noted about a session. Goes with the session.
CREATE TABLE notes (
    session   BLOB    PRIMARY KEY REFERENCES sessions (id) ON DELETE CASCADE,
    -- One more with each text.
    revision  INTEGER NOT NULL,
    text      TEXT    NOT NULL,
    changed_s INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Reports: an account's sessions, newest first, and a session's lines of the audit log, in order.
CREATE INDEX sessions_by_rep ON sessions (rep, started_s);
CREATE INDEX audit_by_session ON audit (session, id) WHERE session IS NOT NULL;
CREATE INDEX audit_by_account ON audit (account, id) WHERE account IS NOT NULL;
