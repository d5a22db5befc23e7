-- Where the person sat before the camera, the mean of the minute: the distance as a part of the calibrated one, and from how many
-- degrees further above the camera saw the face. Null where that did not show.
ALTER TABLE minutes ADD COLUMN distance REAL;
ALTER TABLE minutes ADD COLUMN elevation REAL;
