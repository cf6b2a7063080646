-- Whose a plugin's id is: the ed25519 public key that signed it when this relay first had it. What others sign under that
-- id is left out, whatever version it claims.
CREATE TABLE plugin_owners (
    id  TEXT PRIMARY KEY,
    key BLOB NOT NULL CHECK (length(key) = 32)
) STRICT, WITHOUT ROWID;
