//! What happened, kept in one SQLite file.
