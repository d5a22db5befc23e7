-- How each person sits well, for each camera and profile: JSON, the last
-- calibration only. When each was taken stays in `calibrations`.
CREATE TABLE baselines (
    camera TEXT NOT NULL,
    profile TEXT NOT NULL,
    taken INTEGER NOT NULL,
    baseline TEXT NOT NULL,
    PRIMARY KEY (camera, profile)
) STRICT, WITHOUT ROWID;
