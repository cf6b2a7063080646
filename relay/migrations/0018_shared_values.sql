-- What all reps of an account have in common, by plugin and key.
CREATE TABLE shared_values (
    account  INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    plugin   TEXT    NOT NULL,
    key      TEXT    NOT NULL,
    -- Of its newest change, out of shared_revisions.
    revision INTEGER NOT NULL,
    data     BLOB    NOT NULL,
    PRIMARY KEY (account, plugin, key)
) STRICT, WITHOUT ROWID;

-- How many changes a plugin's values have seen in an account. Stays when a value goes, so that no number is given twice.
CREATE TABLE shared_revisions (
    account  INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    plugin   TEXT    NOT NULL,
    revision INTEGER NOT NULL,
    PRIMARY KEY (account, plugin)
) STRICT, WITHOUT ROWID;
