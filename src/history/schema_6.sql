-- From when on which calibration was in use; the profile is null for a camera without one.
CREATE TABLE calibration_uses (
    since INTEGER PRIMARY KEY,
    camera TEXT NOT NULL,
    profile TEXT
) STRICT;

-- What the person changed at the desk.
CREATE TABLE desk_changes (
    made INTEGER PRIMARY KEY,
    what TEXT NOT NULL
) STRICT;
