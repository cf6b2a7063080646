-- A session that was begun beside another with the same customer: the first of them, which may be forgotten before it.
ALTER TABLE sessions ADD COLUMN beside BLOB;
-- Whether managers may look on at the account's sessions. The customer is asked each time.
ALTER TABLE accounts ADD COLUMN managers_watch INTEGER NOT NULL DEFAULT 0 CHECK (managers_watch IN (0, 1));
