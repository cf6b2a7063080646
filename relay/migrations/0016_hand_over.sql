-- A session that was begun beside another with the same customer: the first of them, which may be forgotten before it.
ALTER TABLE sessions ADD COLUMN beside BLOB;
