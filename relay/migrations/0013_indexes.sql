-- An account's lines of one kind, newest first, as lists and webhooks look for them.
CREATE INDEX audit_by_kind ON audit (account, kind, id) WHERE account IS NOT NULL;
-- Messages that nobody has read, which every page of the Center counts.
CREATE INDEX messages_unread ON messages (account, read_s) WHERE read_s IS NULL;
