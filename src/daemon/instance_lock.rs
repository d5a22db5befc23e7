//! Allows one monitor for each data folder. The system frees the lock of a monitor that crashed.
//!
//! Ours, because std has file locks since Rust 1.89; a crate would only wrap them.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read, Write};
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::folders;

/// The file that is locked, beside the history.
const FILE_NAME: &str = "monitor.lock";

/// Proof that no other monitor uses this data folder, until it is dropped.
#[derive(Debug)]
pub(crate) struct InstanceLock(#[expect(dead_code, reason = "held, not read")] File);

impl InstanceLock {
    /// Locks a data folder.
    ///
    /// # Errors
    ///
    /// Another monitor holds the lock, or the file cannot be created.
    pub(crate) fn acquire(folder: &Path) -> Result<InstanceLock> {
        let path = folder.join(FILE_NAME);
        let cannot = || format!("cannot create {}", path.display());
        folders::create_private(folder).with_context(cannot)?;
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .with_context(cannot)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut id = String::new();
                // The message is still right without the process id.
                let _ = file.read_to_string(&mut id);
                bail!(
                    "another monitor is running (process {}); stop it first, or use another folder with --data-dir",
                    id.trim()
                );
            }
            Err(TryLockError::Error(error)) => return Err(error).with_context(cannot),
        }
        file.set_len(0).with_context(cannot)?;
        writeln!(file, "{}", std::process::id()).with_context(cannot)?;
        Ok(InstanceLock(file))
    }
}

/// Whether a monitor uses this data folder.
///
/// # Errors
///
/// The file cannot be opened.
pub(crate) fn is_one_running(folder: &Path) -> Result<bool> {
    let path = folder.join(FILE_NAME);
    let cannot = || format!("cannot open {}", path.display());
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error).with_context(cannot),
    };
    // Shared, so that two processes that ask do not take each other for a monitor.
    match file.try_lock_shared() {
        Ok(()) => Ok(false),
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(error)) => Err(error).with_context(cannot),
    }
}
