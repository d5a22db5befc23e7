-- The due nudges of the trial: shown, or withheld to compare with. The seed and the number decide which.
CREATE TABLE trial (
    due INTEGER PRIMARY KEY,
    fault TEXT NOT NULL,
    withheld INTEGER NOT NULL CHECK (withheld IN (0, 1)),
    seed INTEGER NOT NULL,
    number INTEGER NOT NULL
) STRICT;
