-- Whether every account has the feature from the start, new ones too. The others have it when they are given it.
ALTER TABLE features ADD COLUMN given INTEGER NOT NULL DEFAULT 1 CHECK (given IN (0, 1));
