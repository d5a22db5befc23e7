//! A file that is written at its end and never grows beyond a size.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::PathBuf;

/// A log is at most so long, in bytes; then it becomes the one before, and the
/// one before that goes. Ours: years of a quiet log, or about two days of every look.
const LONGEST: u64 = 1_000_000;

/// The ending of the one before.
const BEFORE: &str = "log.1";

/// The file, opened when there is something to write. What fails is tried anew the next time.
#[derive(Debug)]
pub(crate) struct Kept {
    path: PathBuf,
    longest: u64,
    open: Option<(File, u64)>,
}

impl Kept {
    pub(crate) fn at(path: PathBuf) -> Kept {
        Kept {
            path,
            longest: LONGEST,
            open: None,
        }
    }

    /// The file, ready for so many bytes more, and its length.
    fn ready(&mut self, more: u64) -> io::Result<(File, u64)> {
        let (file, length) = match self.open.take() {
            Some(open) => open,
            None => self.opened()?,
        };
        if length == 0 || length + more <= self.longest {
            return Ok((file, length));
        }
        drop(file);
        fs::rename(&self.path, self.path.with_extension(BEFORE))?;
        self.opened()
    }

    fn opened(&self) -> io::Result<(File, u64)> {
        let mut folder = fs::DirBuilder::new();
        let mut options = OpenOptions::new();
        folder.recursive(true);
        options.append(true).create(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
            folder.mode(0o700);
            options.mode(0o600);
        }
        if let Some(parent) = self.path.parent() {
            folder.create(parent)?;
        }
        let file = options.open(&self.path)?;
        let length = file.metadata()?.len();
        Ok((file, length))
    }
}

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let more = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let (mut file, length) = self.ready(more)?;
        let written = file.write(bytes)?;
        let more = u64::try_from(written).unwrap_or(u64::MAX);
        self.open = Some((file, length + more));
        Ok(written)
    }

    /// What was written is with the system already.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_and_the_one_before_stay_below_their_size_and_nothing_else_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("state");
        let path = state.join("monitor.log");
        let mut kept = Kept::at(path.clone());
        kept.longest = 100;
        for line in 0..50 {
            kept.write_all(format!("line {line:04}\n").as_bytes())
                .unwrap();
        }
        let (now, before) = (
            fs::read_to_string(&path).unwrap(),
            fs::read_to_string(path.with_extension(BEFORE)).unwrap(),
        );
        assert!(now.len() <= 100 && before.len() <= 100);
        assert!((before + &now).ends_with("line 0048\nline 0049\n"));
        assert_eq!(fs::read_dir(&state).unwrap().count(), 2);

        // Another run goes on where this one stopped.
        let mut again = Kept::at(path.clone());
        again.write_all(b"the next run\n").unwrap();
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.ends_with("line 0049\nthe next run\n"), "{text}");
    }

    #[test]
    fn a_folder_that_comes_back_is_written_to_again() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("state");
        // A file where the folder should be.
        fs::write(&state, "").unwrap();
        let mut kept = Kept::at(state.join("monitor.log"));
        assert!(kept.write_all(b"lost\n").is_err());
        fs::remove_file(&state).unwrap();
        kept.write_all(b"kept\n").unwrap();
        assert_eq!(
            fs::read_to_string(state.join("monitor.log")).unwrap(),
            "kept\n"
        );
    }
}
