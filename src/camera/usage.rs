//! Counts how long the camera is open and for what, in one small file that `sitwell privacy` reads.
//!
//! A line covers a minute or a use: from, to, the purpose, how often the camera was opened, and for
//! how many seconds it was open. Several processes write; each locks the file for its line. A
//! monitor that is killed leaves its last minute out.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use strum::{Display, EnumString};

use crate::clock::{self, instant};
use crate::folders::write_whole;

/// The file's name in the data folder.
pub const USAGE_FILE: &str = "camera-use.csv";

/// How much is counted in memory before it is written. Our choice: the history is written as often.
const INTERVAL: Duration = Duration::from_secs(60);

/// A longer file loses its older half. Our choice: a day of watching takes 100 kB.
const LONGEST: u64 = 256 * 1024;

/// What the camera is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Display, EnumString)]
#[strum(serialize_all = "lowercase")]
pub enum CameraPurpose {
    /// The monitor watches.
    Watching,
    /// Somebody looks at its picture in the dashboard.
    Showing,
    /// A calibration, or the slouch that follows it.
    Calibrating,
    /// `sitwell doctor`.
    Checking,
}

/// Where the use of the camera is counted, and as what.
#[derive(Debug, Clone)]
pub struct UsageLog {
    file: PathBuf,
    purpose: CameraPurpose,
}

impl UsageLog {
    /// Counts in this data folder.
    #[must_use]
    pub fn new(data: &Path, purpose: CameraPurpose) -> UsageLog {
        UsageLog {
            file: data.join(USAGE_FILE),
            purpose,
        }
    }
}

/// How the camera was used for a while.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CameraUse {
    /// When it was first opened.
    pub from: Timestamp,
    /// When it was closed last, or was still open.
    pub to: Timestamp,
    /// What for.
    pub purpose: CameraPurpose,
    /// How often it was opened.
    pub openings: u32,
    /// For how long it was open.
    pub open: SignedDuration,
}

/// The uses that began in a period. Lines that are none are passed over: a full disk can cut one off.
///
/// # Errors
///
/// The file is there and cannot be read.
pub fn camera_uses(data: &Path, from: Timestamp, to: Timestamp) -> io::Result<Vec<CameraUse>> {
    let text = match std::fs::read_to_string(data.join(USAGE_FILE)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        other => other?,
    };
    let uses = text.lines().filter_map(read_line);
    Ok(uses
        .filter(|used| from <= used.from && used.from < to)
        .collect())
}

fn read_line(line: &str) -> Option<CameraUse> {
    let mut fields = line.split(',');
    let mut field = || fields.next();
    Some(CameraUse {
        from: field()?.parse().ok()?,
        to: field()?.parse().ok()?,
        purpose: field()?.parse().ok()?,
        openings: field()?.parse().ok()?,
        open: SignedDuration::try_from_secs_f64(field()?.parse().ok()?).ok()?,
    })
}

fn line(used: &CameraUse) -> String {
    let CameraUse {
        from, to, purpose, ..
    } = used;
    let (openings, seconds) = (used.openings, used.open.as_secs_f64());
    format!("{from:.0},{to:.0},{purpose},{openings},{seconds:.2}\n")
}

/// Counts one camera.
#[derive(Debug)]
pub(super) struct UsageMeter {
    log: UsageLog,
    /// Since when it is open and not counted yet.
    since: Option<Instant>,
    counted: Option<CameraUse>,
    written: Instant,
}

impl UsageMeter {
    pub(super) fn new(log: UsageLog) -> UsageMeter {
        UsageMeter {
            log,
            since: None,
            counted: None,
            written: instant(),
        }
    }

    /// The camera is being opened.
    pub(super) fn opened(&mut self) {
        self.count();
        self.since = Some(instant());
        self.counted().openings += 1;
    }

    /// The camera is closed.
    pub(super) fn closed(&mut self) {
        self.count();
        self.since = None;
        self.write_if_due();
    }

    /// The camera is still open, if it was.
    pub(super) fn goes_on(&mut self) {
        self.count();
        self.write_if_due();
    }

    /// Counts the time since it was opened or last counted.
    fn count(&mut self) {
        if let Some(since) = self.since {
            let now = instant();
            self.since = Some(now);
            let open = SignedDuration::try_from(now.saturating_duration_since(since));
            let counted = self.counted();
            counted.open += open.unwrap_or_default();
            counted.to = clock::now().timestamp();
        }
    }

    fn counted(&mut self) -> &mut CameraUse {
        let purpose = self.log.purpose;
        let at = clock::now().timestamp();
        self.counted.get_or_insert(CameraUse {
            from: at,
            to: at,
            purpose,
            openings: 0,
            open: SignedDuration::ZERO,
        })
    }

    fn write_if_due(&mut self) {
        if self.written.elapsed() >= INTERVAL {
            self.write();
        }
    }

    fn write(&mut self) {
        self.written = instant();
        if let Some(counted) = &self.counted
            && append(&self.log.file, &line(counted)).is_ok()
        {
            self.counted = None;
        }
        // Otherwise the next line has it.
    }
}

impl Drop for UsageMeter {
    fn drop(&mut self) {
        self.closed();
        self.write();
    }
}

/// Deletes the uses that began before an instant, and says whether there were any.
///
/// # Errors
///
/// The file is there and cannot be written, or another process is just adding a line.
pub fn forget_camera_uses(data: &Path, before: Timestamp) -> io::Result<bool> {
    let path = data.join(USAGE_FILE);
    if !path.exists() {
        return Ok(false);
    }
    let text = text(&mut locked(&path)?)?;
    let later = |line: &&str| read_line(line).is_some_and(|used| used.from >= before);
    let kept: String = text.lines().filter(later).flat_map(ended).collect();
    if kept == text {
        return Ok(false);
    }
    write_whole(&path, |out| out.write_all(kept.as_bytes()))?;
    Ok(true)
}

/// Adds a line to the file. A file that is too long loses its older half at once.
fn append(path: &Path, line: &str) -> io::Result<()> {
    let mut file = locked(path)?;
    if file.metadata()?.len() > LONGEST {
        let text = text(&mut file)?;
        let half = text.lines().count() / 2;
        let rest: String = text.lines().skip(half).flat_map(ended).collect();
        // If that fails, a long file is better than a line less.
        if write_whole(path, |out| write!(out, "{rest}{line}")).is_ok() {
            return Ok(());
        }
    }
    file.write_all(line.as_bytes())
}

/// The file, for this process alone. Another holds it for the time of a line; if one is stopped meanwhile,
/// nobody waits.
fn locked(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    file.try_lock()?;
    #[cfg(unix)]
    if std::os::unix::fs::MetadataExt::nlink(&file.metadata()?) == 0 {
        return Err(io::Error::other("another process has just replaced it"));
    }
    Ok(file)
}

fn text(file: &mut File) -> io::Result<String> {
    let mut bytes = Vec::new();
    file.rewind()?;
    file.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn ended(line: &str) -> [&str; 2] {
    [line, "\n"]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn uses_are_read_as_they_were_written_and_other_lines_are_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(USAGE_FILE);
        let used = |from, openings, ms| CameraUse {
            from: at(from),
            to: at("2026-11-27T10:00:00Z"),
            purpose: CameraPurpose::Showing,
            openings,
            open: SignedDuration::from_millis(ms),
        };
        let (early, late) = (
            used("2026-11-27T08:00:00Z", 12, 9_340),
            used("2026-11-27T09:00:00Z", 1, 0),
        );
        append(&file, &line(&early)).unwrap();
        append(&file, "2026-11-27T08:30:00Z,2026-\n").unwrap();
        append(
            &file,
            "2026-11-27T08:30:00Z,2026-11-27T08:31:00Z,spying,1,1\n",
        )
        .unwrap();
        append(&file, &line(&late)).unwrap();
        let uses = |from, to| camera_uses(folder.path(), at(from), at(to)).unwrap();
        assert_eq!(
            uses("2026-11-27T00:00:00Z", "2026-11-28T00:00:00Z"),
            [early, late]
        );
        assert_eq!(
            uses("2026-11-27T08:00:00Z", "2026-11-27T09:00:00Z"),
            [early]
        );
        let none = folder.path().join("none");
        assert_eq!(
            camera_uses(
                &none,
                at("2026-11-27T08:00:00Z"),
                at("2026-11-27T09:00:00Z")
            )
            .unwrap(),
            []
        );
    }

    #[test]
    fn a_file_that_is_too_long_keeps_its_newer_half() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(USAGE_FILE);
        let lines: String = (0..40_000).map(|n| format!("{n:06}\n")).collect();
        std::fs::write(&file, &lines).unwrap();
        let mut old = File::open(&file).unwrap();
        append(&file, "new\n").unwrap();
        let halved = std::fs::read_to_string(&file).unwrap();
        assert!(halved.starts_with("020000\n") && halved.ends_with("039999\nnew\n"));
        // Whatever ends the process meanwhile, one of the two files is whole.
        assert_eq!(text(&mut old).unwrap(), lines);
    }

    #[test]
    fn no_line_is_lost_when_several_write_and_the_file_is_halved() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(USAGE_FILE);
        std::fs::write(&file, "old\n".repeat(LONGEST as usize / 4)).unwrap();
        std::thread::scope(|scope| {
            for writer in 0..4 {
                let file = &file;
                scope.spawn(move || {
                    for n in 0..100 {
                        while append(file, &format!("{writer} {n}\n")).is_err() {}
                    }
                });
            }
        });
        let text = std::fs::read_to_string(&file).unwrap();
        let mut lines: Vec<&str> = text.lines().filter(|line| *line != "old").collect();
        lines.sort_unstable();
        lines.dedup();
        assert!(text.len() < LONGEST as usize);
        assert_eq!(lines.len(), 400);
    }

    #[test]
    fn only_the_uses_before_an_instant_are_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let midnight = at("2026-11-27T00:00:00Z");
        assert!(!forget_camera_uses(folder.path(), midnight).unwrap());
        let file = folder.path().join(USAGE_FILE);
        let after = "2026-11-27T00:00:00Z,2026-11-27T00:01:00Z,watching,3,3.10\n";
        let before = after.replace("27T00:00", "26T23:59");
        std::fs::write(&file, format!("{before}2026-11-26T2\n{after}")).unwrap();
        assert!(forget_camera_uses(folder.path(), midnight).unwrap());
        assert_eq!(std::fs::read_to_string(&file).unwrap(), after);
        assert!(!forget_camera_uses(folder.path(), midnight).unwrap());
    }

    #[test]
    fn what_cannot_be_written_is_written_later() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let mut meter = UsageMeter::new(UsageLog::new(&data, CameraPurpose::Watching));
        meter.opened();
        meter.closed();
        meter.write();
        std::fs::create_dir(&data).unwrap();
        meter.opened();
        drop(meter);
        let uses = camera_uses(&data, Timestamp::MIN, Timestamp::MAX).unwrap();
        let openings: Vec<u32> = uses.iter().map(|used| used.openings).collect();
        assert_eq!(openings, [2]);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn an_opening_counts_until_the_child_says_that_the_camera_is_closed() {
        use super::super::capture_process::protocol::{self, ChildNotice};
        use super::super::{Webcam, fake_child};

        let (folder, mut options) =
            fake_child("cd \"${0%/*}\"; head -c 1 >asked; cat messages; exec sleep 60");
        options.usage = Some(UsageLog::new(folder.path(), CameraPurpose::Checking));
        let mut messages = Vec::new();
        let selected = ChildNotice::Selected {
            contended_node: None,
            settled_holders: Vec::new(),
        };
        let opened = ChildNotice::Opened {
            camera: "usb/C920".to_owned(),
        };
        for notice in [selected, ChildNotice::Opening, opened] {
            protocol::write_notice(&mut messages, &notice).unwrap();
        }
        let picture = image::RgbImage::new(3, 2);
        protocol::write_frame(&mut messages, &picture, Timestamp::UNIX_EPOCH).unwrap();
        protocol::write_notice(&mut messages, &ChildNotice::Closed).unwrap();
        std::fs::write(folder.path().join("messages"), messages).unwrap();
        let webcam = Webcam::start(options).unwrap();
        webcam.capture().unwrap();
        drop(webcam);
        let uses = camera_uses(folder.path(), Timestamp::MIN, Timestamp::MAX).unwrap();
        let shown: Vec<_> = uses
            .iter()
            .map(|used| (used.purpose, used.openings))
            .collect();
        assert_eq!(shown, [(CameraPurpose::Checking, 1)]);
    }
}
