-- What the rep of a session that was begun beside another came for; NULL: theirs is the first, or it was not kept yet.
ALTER TABLE sessions ADD COLUMN joined TEXT CHECK (joined IN ('take-over', 'join', 'observe'));
-- They look on as a manager, whom the account lets do so.
ALTER TABLE sessions ADD COLUMN watches INTEGER NOT NULL DEFAULT 0 CHECK (watches IN (0, 1));
CREATE INDEX sessions_beside ON sessions (beside) WHERE beside IS NOT NULL;
