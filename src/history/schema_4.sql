-- What each of the latest nudges was based on: JSON, without a picture.
CREATE TABLE evidence (
    shown INTEGER PRIMARY KEY,
    evidence TEXT NOT NULL
) STRICT;
