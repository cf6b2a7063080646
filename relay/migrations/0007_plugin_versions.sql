-- What an account gets of a plugin. Without a row: its newest version that fits.
CREATE TABLE plugin_rules (
    account  INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    plugin   TEXT    NOT NULL,
    -- A semver requirement; NULL: the account does not get the plugin.
    versions TEXT,
    PRIMARY KEY (account, plugin)
) STRICT, WITHOUT ROWID;

-- One row at most: where the relay that was started last was told to look for packages and keys, as JSON.
CREATE TABLE plugin_folders (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    folders TEXT    NOT NULL
) STRICT;

-- Grows with every change to rules and packages, whoever makes it: a running relay looks at it.
ALTER TABLE counters ADD COLUMN plugins INTEGER NOT NULL DEFAULT 0;

CREATE TRIGGER plugin_rule_added   AFTER INSERT ON plugin_rules BEGIN UPDATE counters SET plugins = plugins + 1; END;
CREATE TRIGGER plugin_rule_changed AFTER UPDATE ON plugin_rules BEGIN UPDATE counters SET plugins = plugins + 1; END;
CREATE TRIGGER plugin_rule_removed AFTER DELETE ON plugin_rules BEGIN UPDATE counters SET plugins = plugins + 1; END;
