//! The capture child seen from its parent: started, asked, ended.

use std::io::{BufReader, Write};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crossbeam_channel::Sender;

use super::super::{CameraError, CameraOptions, backend};
use super::protocol::{self, ChildMessage};

/// The hidden subcommand that is the child.
pub const SUBCOMMAND: &str = "capture-child";

/// How long to wait for a killed child before it is left to end by itself. A
/// driver can hold a process in the kernel for seconds.
const REAP: Duration = Duration::from_millis(300);

/// Which process holds the camera, as it comes and goes.
#[derive(Debug, Clone, Default)]
pub struct CaptureProcess(Arc<AtomicU32>);

impl CaptureProcess {
    /// Its number; none while there is no such process.
    #[must_use]
    pub fn id(&self) -> Option<u32> {
        Some(self.0.load(Ordering::Relaxed)).filter(|&id| id != 0)
    }

    pub(in crate::camera) fn is(&self, running: Option<&CaptureChild>) {
        self.0
            .store(running.map_or(0, CaptureChild::id), Ordering::Relaxed);
    }
}

/// What a child said, or that it ended, with the child's number.
#[derive(Debug)]
pub(in crate::camera) struct ChildOutput {
    pub(in crate::camera) child: u64,
    /// `None`: it ended.
    pub(in crate::camera) said: Option<ChildMessage>,
}

/// A running capture child. It is ended when dropped.
#[derive(Debug)]
pub(in crate::camera) struct CaptureChild {
    child: Child,
    stdin: ChildStdin,
    pub(in crate::camera) number: u64,
}

impl CaptureChild {
    /// Starts a child; what it says arrives on `heard` under `number`.
    pub(in crate::camera) fn start(
        settings: &CameraOptions,
        number: u64,
        heard: Sender<ChildOutput>,
    ) -> Result<Self, CameraError> {
        let failed = |error: std::io::Error| CameraError::Child {
            what: error.to_string(),
        };
        let mut child = Command::new(&settings.program)
            .arg(SUBCOMMAND)
            .arg(format!("--camera={}", settings.choice))
            .arg(format!("--mode={}", settings.mode))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(failed)?;
        let (Some(stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(CameraError::Child {
                what: "no pipe to it".to_owned(),
            });
        };
        backend::widen(&stdout);
        std::thread::Builder::new()
            .name("camera-child".to_owned())
            .spawn(move || {
                let mut stdout = BufReader::with_capacity(64 * 1024, stdout);
                while let Ok(said) = protocol::read(&mut stdout) {
                    if heard
                        .send(ChildOutput {
                            child: number,
                            said: Some(said),
                        })
                        .is_err()
                    {
                        return;
                    }
                }
                // Nobody is left to tell if this fails.
                let _ = heard.send(ChildOutput {
                    child: number,
                    said: None,
                });
            })
            .map_err(failed)?;
        Ok(CaptureChild {
            child,
            stdin,
            number,
        })
    }

    /// Asks for one picture. A child that cannot be asked has ended, which is heard elsewhere.
    pub(in crate::camera) fn ask(&mut self) {
        let _ = self
            .stdin
            .write_all(&[protocol::LOOK])
            .and_then(|()| self.stdin.flush());
    }

    pub(in crate::camera) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Why it ended, for people.
    pub(in crate::camera) fn last_words(&mut self) -> String {
        match self.child.wait() {
            Ok(status) => ended(status),
            Err(error) => error.to_string(),
        }
    }

    /// Ends it. The kernel closes the camera as the process ends.
    fn end(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let step = Duration::from_millis(2);
        for _ in 0..REAP.as_millis() / step.as_millis() {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(step);
        }
    }
}

impl Drop for CaptureChild {
    fn drop(&mut self) {
        self.end();
    }
}

fn ended(status: ExitStatus) -> String {
    format!("it ended with {status}")
}
