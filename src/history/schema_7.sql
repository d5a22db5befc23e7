-- Neck angles on photographs from the side, clicked twice, and by the webcam in the same minute. No photograph is kept.
CREATE TABLE photo_checks (
    taken INTEGER PRIMARY KEY,
    first REAL NOT NULL,
    second REAL NOT NULL,
    webcam REAL NOT NULL,
    error REAL NOT NULL
) STRICT;
