-- On what terms an account has a feature. Dates are Unix seconds: from the first second of one to before that of the other; NULL:
-- without that end.
ALTER TABLE account_features ADD COLUMN from_s  INTEGER;
ALTER TABLE account_features ADD COLUMN until_s INTEGER;
-- JSON object of numbers by name, such as {"sessions":3}.
ALTER TABLE account_features ADD COLUMN limits  TEXT NOT NULL DEFAULT '{}';

-- `licences` grows with every change to what stands in licences, whoever makes it: a running relay looks at it.
ALTER TABLE counters ADD COLUMN licences INTEGER NOT NULL DEFAULT 0;

CREATE TRIGGER feature_given   AFTER INSERT ON account_features BEGIN UPDATE counters SET licences = licences + 1; END;
CREATE TRIGGER feature_changed AFTER UPDATE ON account_features BEGIN UPDATE counters SET licences = licences + 1; END;
CREATE TRIGGER feature_taken   AFTER DELETE ON account_features BEGIN UPDATE counters SET licences = licences + 1; END;
CREATE TRIGGER licensee_added  AFTER INSERT ON accounts BEGIN UPDATE counters SET licences = licences + 1; END;
CREATE TRIGGER licensee_changed AFTER UPDATE OF name, contact ON accounts BEGIN UPDATE counters SET licences = licences + 1; END;
