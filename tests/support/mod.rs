//! A sandbox for tests of the binary: recordings made of the demo's pictures, with their own history and settings.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "shared by several tests, none of which uses all of it"
)]

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};

use jiff::{SignedDuration, Timestamp};
use sitwell::posture::PerAngle;
use sitwell::record::{AngleSpan, CalibrationRecord, CalibrationUse, Minute, Record, TimeUse};

/// A temporary folder with recordings, a history and settings.
pub struct Sandbox(tempfile::TempDir);

impl Sandbox {
    pub fn new() -> Sandbox {
        let sandbox = Sandbox(tempfile::tempdir().unwrap());
        std::fs::write(
            sandbox.path("config.toml"),
            "[notify]\nchannel = \"terminal\"\n",
        )
        .unwrap();
        sandbox
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Makes a recording of the demo's pictures, two seconds each: 1 to 3 sit well, 6 and 7 do not.
    pub fn recording(&self, name: &str, pictures: impl IntoIterator<Item = u32>) -> String {
        let pictures = pictures.into_iter();
        let frames = pictures.map(|picture| format!("src/commands/demo/frames/{picture}.jpg"));
        self.recording_of(name, frames)
    }

    /// Makes a recording of pictures in the repository.
    pub fn recording_of(&self, name: &str, pictures: impl IntoIterator<Item = String>) -> String {
        let folder = self.path(name);
        std::fs::create_dir(&folder).unwrap();
        for (n, picture) in pictures.into_iter().enumerate() {
            let picture = Path::new(env!("CARGO_MANIFEST_DIR")).join(picture);
            let frame = folder.join(format!("{n:04}.jpg"));
            std::fs::hard_link(&picture, &frame)
                .or_else(|_| std::fs::copy(&picture, &frame).map(drop))
                .unwrap();
        }
        folder.display().to_string()
    }

    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sitwell"));
        command
            .args(words)
            .env("SITWELL_CONFIG_DIR", self.0.path())
            .env("SITWELL_DATA_DIR", self.path("data"))
            // No desktop of the tester's is to be talked to.
            .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
            .env("TZ", "UTC")
            .stdin(Stdio::null());
        command
    }

    /// Standard output, standard error, and whether the command succeeded.
    pub fn run(&self, words: &[&str]) -> (String, String, bool) {
        let done = self.command(words).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (text(done.stdout), text(done.stderr), done.status.success())
    }

    pub fn calibrate(&self) {
        let well = self.recording("well", [1, 1, 2, 2, 3, 3]);
        let (answer, story, is_ok) = self.run(&["calibrate", "--source", &well, "--fps", "0.5"]);
        assert!(is_ok, "{story}");
        assert!(
            answer
                .starts_with("Calibrated recording (sitting) from 6 observations: camera in front"),
            "{answer}"
        );
    }

    pub fn export(&self) -> String {
        self.run(&["history", "export", "--format", "csv"]).0
    }
}

/// Sits well for 30 s, slouches for 90 s, sits well again for 30 s.
pub fn a_slouch() -> Vec<u32> {
    let (well, badly) = ([1, 2, 3], [6, 7]);
    let well = || well.into_iter().cycle().take(15);
    well()
        .chain(badly.into_iter().cycle().take(45))
        .chain(well())
        .collect()
}

pub const WATCH: [&str; 5] = ["monitor", "--fps", "0.5", "--began", "2026-11-20T10:00"];

/// A monitor that plays its recording for minutes, as soon as it has reported a slouch.
pub fn watching(sandbox: &Sandbox, day: &str) -> (Child, BufReader<ChildStderr>) {
    let mut monitor = sandbox
        .command(&[&WATCH[..], &["--source", day, "--speed", "20"]].concat())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut story = BufReader::new(monitor.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("beyond the limit") {
        line.clear();
        assert!(
            story.read_line(&mut line).unwrap() > 0,
            "it ended too early"
        );
    }
    (monitor, story)
}

/// A minute in which the head was 4 degrees further forward than in this calibration, which was in use then.
pub fn a_measured_minute(taken: &CalibrationRecord, start: Timestamp) -> [Record; 2] {
    let span = AngleSpan {
        mean: 4.0,
        worst: 5.0,
        error: 2.5,
    };
    [
        Record::CalibrationUse(CalibrationUse {
            from: taken.at,
            camera: taken.camera.clone(),
            profile: Some(taken.profile.clone()),
        }),
        Record::Minute(Minute {
            start,
            spent: [(TimeUse::Upright, SignedDuration::from_secs(60))].into(),
            placement: None,
            angles: PerAngle {
                forward_head: Some(span),
                rounded_shoulders: None,
            },
        }),
    ]
}
