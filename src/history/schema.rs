//! The tables, and the steps from an older format to a newer one.

use std::collections::BTreeSet;

use rusqlite::{Connection, TransactionBehavior};

use super::error::Failure;
use crate::record::TimeUse;

/// Marks a SQLite file as a Sitwell history: "SITW" in ASCII.
const APPLICATION_ID: u32 = 0x5349_5457;

/// Each step makes a format from the one before; the first starts from nothing. A
/// released step is never edited. `tests/fixtures/history` holds a file of every
/// format, and a test opens each.
pub(super) const STEPS: [&str; 10] = [
    include_str!("schema_1.sql"),
    include_str!("schema_2.sql"),
    include_str!("schema_3.sql"),
    include_str!("schema_4.sql"),
    include_str!("schema_5.sql"),
    include_str!("schema_6.sql"),
    include_str!("schema_7.sql"),
    include_str!("schema_8.sql"),
    include_str!("schema_9.sql"),
    include_str!("schema_10.sql"),
];

/// The newest known format.
const KNOWN: u32 = STEPS.len() as u32;

/// Refuses what this Sitwell must not write to. Gives whether the file is new.
pub(super) fn refuse_newer_or_foreign(db: &Connection) -> Result<bool, Failure> {
    let application: u32 = db.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let version = version(db)?;
    let tables: u32 = db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let is_empty = application == 0 && version == 0 && tables == 0;
    match (is_empty, application, version) {
        (true, ..) => Ok(true),
        (false, APPLICATION_ID, 1..=KNOWN) => Ok(false),
        (false, APPLICATION_ID, found) if found > KNOWN => Err(Failure::Newer {
            found,
            known: KNOWN,
        }),
        (false, ..) => Err(Failure::Foreign),
    }
}

/// Whether the file has the newest format.
pub(super) fn is_current(db: &Connection) -> Result<bool, Failure> {
    refuse_newer_or_foreign(db)?;
    Ok(version(db)? == KNOWN)
}

/// Runs the steps that the file lacks and names the ways to spend time that are new
/// since: all of it or nothing.
pub(super) fn migrate(db: &mut Connection, steps: &[&str]) -> Result<(), Failure> {
    // Checked before writing, so that opening a current file takes no lock.
    if version(db)? as usize == steps.len() && new_kinds(db)?.is_empty() {
        return Ok(());
    }
    let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Checked again: another process may just have done it.
    for step in steps.iter().skip(version(&transaction)? as usize) {
        transaction.execute_batch(step)?;
    }
    for name in new_kinds(&transaction)? {
        transaction.execute("INSERT INTO kinds (name) VALUES (?1)", [name])?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", steps.len() as u32)?;
    transaction.commit()?;
    Ok(())
}

/// The ways to spend time that the file does not name yet.
fn new_kinds(db: &Connection) -> Result<Vec<String>, Failure> {
    let mut statement = db.prepare("SELECT name FROM kinds")?;
    let stored: BTreeSet<String> = statement
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let names = TimeUse::all().map(TimeUse::id);
    Ok(names.filter(|name| !stored.contains(name)).collect())
}

/// How thoroughly a file is checked.
#[derive(Debug, Clone, Copy)]
pub(super) enum Check {
    /// The pages, as at every start.
    Quick,
    /// The indices too.
    Full,
}

/// SQLite's own check of the whole file.
pub(super) fn check(db: &Connection, how: Check) -> Result<(), Failure> {
    let query = match how {
        Check::Quick => "PRAGMA quick_check(1)",
        Check::Full => "PRAGMA integrity_check(1)",
    };
    let finding: String = db.query_row(query, [], |row| row.get(0))?;
    if finding == "ok" {
        Ok(())
    } else {
        // The first line only names the database.
        let first = finding.lines().find(|line| !line.starts_with("***"));
        Err(Failure::Damaged(first.unwrap_or("unsound").to_owned()))
    }
}

fn version(db: &Connection) -> Result<u32, Failure> {
    Ok(db.pragma_query_value(None, "user_version", |row| row.get(0))?)
}
