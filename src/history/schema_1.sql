-- Instants are UTC: minutes in seconds, all else in milliseconds since 1970.
-- Durations are milliseconds, angles are degrees from the person's neutral.

-- The ways to spend time, such as 'upright' or 'slouched.forward_head'.
CREATE TABLE kinds (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE minutes (
    start INTEGER PRIMARY KEY CHECK (start % 60 = 0),
    forward_head_mean REAL,
    forward_head_worst REAL,
    forward_head_error REAL,
    rounded_shoulders_mean REAL,
    rounded_shoulders_worst REAL,
    rounded_shoulders_error REAL
) STRICT;

CREATE TABLE spent (
    minute INTEGER NOT NULL REFERENCES minutes (start) ON DELETE CASCADE,
    kind INTEGER NOT NULL REFERENCES kinds (id),
    ms INTEGER NOT NULL CHECK (ms BETWEEN 1 AND 60000),
    PRIMARY KEY (minute, kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE episodes (
    began INTEGER PRIMARY KEY,
    ended INTEGER NOT NULL CHECK (ended >= began),
    fault TEXT NOT NULL,
    observed INTEGER NOT NULL CHECK (observed >= 0),
    angle_mean REAL NOT NULL,
    angle_worst REAL NOT NULL,
    angle_error REAL NOT NULL,
    ending TEXT NOT NULL
) STRICT;

CREATE TABLE nudges (
    shown INTEGER PRIMARY KEY,
    fault TEXT NOT NULL,
    stretch TEXT NOT NULL,
    answer TEXT NOT NULL,
    answered INTEGER
) STRICT;

CREATE TABLE sessions (
    began INTEGER PRIMARY KEY,
    ended INTEGER NOT NULL CHECK (ended >= began)
) STRICT;

CREATE TABLE calibrations (
    taken INTEGER NOT NULL,
    camera TEXT NOT NULL,
    profile TEXT NOT NULL,
    PRIMARY KEY (taken, camera, profile)
) STRICT, WITHOUT ROWID;
