-- The person's answers to proposals after false alarms: from then on only new ones of this kind count.
CREATE TABLE settled_proposals (
    settled INTEGER PRIMARY KEY,
    fault TEXT NOT NULL
) STRICT;
