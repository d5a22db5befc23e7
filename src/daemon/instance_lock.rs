//! One monitor at a time. The system frees the lock of a monitor that crashed.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read, Write};
use std::path::Path;

use anyhow::{Context, Result, bail};

/// The file that is locked, beside the history.
const LOCK: &str = "monitor.lock";

/// That this is the only monitor on these data. Ends when dropped.
#[derive(Debug)]
pub(crate) struct InstanceLock(#[expect(dead_code, reason = "held, not read")] File);

impl InstanceLock {
    /// Becomes the only monitor.
    ///
    /// # Errors
    ///
    /// Another one runs, or the file cannot be made.
    pub(crate) fn here(folder: &Path) -> Result<InstanceLock> {
        let path = folder.join(LOCK);
        let cannot = || format!("cannot make {}", path.display());
        make_private(folder).with_context(cannot)?;
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
                let mut number = String::new();
                // Without its number it is still another one.
                let _ = file.read_to_string(&mut number);
                bail!(
                    "another monitor is running (process {}); end it first, or keep its history apart with --data-dir",
                    number.trim()
                );
            }
            Err(TryLockError::Error(error)) => return Err(error).with_context(cannot),
        }
        file.set_len(0).with_context(cannot)?;
        writeln!(file, "{}", std::process::id()).with_context(cannot)?;
        Ok(InstanceLock(file))
    }
}

/// Whether a monitor runs on these data.
///
/// # Errors
///
/// The file cannot be opened.
pub(crate) fn is_one_running(folder: &Path) -> Result<bool> {
    let path = folder.join(LOCK);
    let cannot = || format!("cannot open {}", path.display());
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error).with_context(cannot),
    };
    // Shared, so that two who ask do not take each other for a monitor.
    match file.try_lock_shared() {
        Ok(()) => Ok(false),
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(error)) => Err(error).with_context(cannot),
    }
}

/// Makes the folder of the history where there is none, for this user alone.
fn make_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(folder)
}
