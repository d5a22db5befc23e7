-- Whether the screens' edges might dim with a nudge of the trial; null if it was withheld or this was not compared.
ALTER TABLE trial ADD COLUMN edges INTEGER CHECK (edges IN (0, 1));
