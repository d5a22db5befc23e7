-- Daily routines: the ids of the stretches are a JSON list, in order.
CREATE TABLE routines (
    shown INTEGER PRIMARY KEY,
    stretches TEXT NOT NULL,
    answer TEXT NOT NULL,
    answered INTEGER
) STRICT;
