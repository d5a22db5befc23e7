//! The parent's side of the capture child: starts it, asks it for frames, ends it.

use std::io::{self, BufReader, Write};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crossbeam_channel::Sender;

use super::super::{CameraError, CameraOptions, backend};
use super::protocol::{self, ChildMessage};

/// The hidden subcommand that is the child.
pub const SUBCOMMAND: &str = "capture-child";

/// How long to wait for a killed child. A driver can hold a process in the kernel for seconds.
const REAP_LIMIT: Duration = Duration::from_millis(300);

/// The process that holds the camera, while there is one.
#[derive(Debug, Clone, Default)]
pub struct CaptureProcess(Arc<AtomicU32>);

impl CaptureProcess {
    /// Its process id.
    #[must_use]
    pub fn id(&self) -> Option<u32> {
        Some(self.0.load(Ordering::Relaxed)).filter(|&id| id != 0)
    }

    pub(in crate::camera) fn set(&self, child: Option<&CaptureChild>) {
        self.0
            .store(child.map_or(0, CaptureChild::id), Ordering::Relaxed);
    }
}

/// A message of a child, or its end.
#[derive(Debug)]
pub(in crate::camera) struct ChildOutput {
    /// Which child, by its number.
    pub(in crate::camera) child: u64,
    /// `None`: it ended.
    pub(in crate::camera) message: Option<ChildMessage>,
}

/// A running capture child. Dropping it ends it.
#[derive(Debug)]
pub(in crate::camera) struct CaptureChild {
    /// Taken only when it is dropped.
    child: Option<Child>,
    pid: u32,
    stdin: ChildStdin,
    pub(in crate::camera) number: u64,
}

impl CaptureChild {
    /// Starts a child; its messages arrive on `output` under `number`.
    pub(in crate::camera) fn start(
        settings: &CameraOptions,
        number: u64,
        output: Sender<ChildOutput>,
    ) -> Result<Self, CameraError> {
        let failed = |error: io::Error| CameraError::Child {
            what: error.to_string(),
        };
        let mut command = Command::new(&settings.program);
        // Ctrl-C in a terminal is for the monitor, which closes the camera when it is ready to.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command
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
        backend::enlarge_pipe(&stdout);
        std::thread::Builder::new()
            .name("camera-child".to_owned())
            .spawn(move || {
                let mut stdout = BufReader::with_capacity(64 * 1024, stdout);
                loop {
                    let message = protocol::read(&mut stdout).ok();
                    let has_ended = message.is_none();
                    let output_is_gone = output
                        .send(ChildOutput {
                            child: number,
                            message,
                        })
                        .is_err();
                    if has_ended || output_is_gone {
                        return;
                    }
                }
            })
            .map_err(failed)?;
        Ok(CaptureChild {
            pid: child.id(),
            child: Some(child),
            stdin,
            number,
        })
    }

    /// Asks for one frame. If that fails the child has ended, which its output reports.
    pub(in crate::camera) fn request_frame(&mut self) {
        let _ = self.stdin.write_all(&[protocol::REQUEST]);
    }

    pub(in crate::camera) fn id(&self) -> u32 {
        self.pid
    }

    /// Why it closed its output, for people.
    pub(in crate::camera) fn exit_reason(&mut self) -> String {
        match self.child.as_mut().and_then(wait_briefly) {
            Some(Ok(status)) => format!("it ended with {status}"),
            Some(Err(error)) => error.to_string(),
            // A driver holds it in the kernel, perhaps for ever.
            None => "it stopped and does not end".to_owned(),
        }
    }
}

impl Drop for CaptureChild {
    /// The kernel closes the camera as the process ends.
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            // It may have ended already.
            let _ = child.kill();
            if wait_briefly(&mut child).is_none() {
                // Without a wait it would stay a zombie once it ends.
                std::thread::spawn(move || child.wait());
            }
        }
    }
}

/// Waits for the end of a process, at most [`REAP_LIMIT`].
fn wait_briefly(child: &mut Child) -> Option<io::Result<ExitStatus>> {
    let step = Duration::from_millis(2);
    for _ in 0..REAP_LIMIT.as_millis() / step.as_millis() {
        if let Some(end) = child.try_wait().transpose() {
            return Some(end);
        }
        std::thread::sleep(step);
    }
    None
}

#[cfg(all(test, unix))]
mod tests {
    use rustix::process::{Pid, getpgid, getpgrp};

    use super::*;
    use crate::camera::fake_child;
    use crate::clock;

    #[test]
    fn ctrl_c_in_the_terminal_does_not_reach_the_child() {
        let (_folder, options) = fake_child("exec sleep 60");
        let (sender, _output) = crossbeam_channel::unbounded();
        let child = CaptureChild::start(&options, 1, sender).unwrap();
        let pid = Pid::from_raw(child.id().cast_signed()).unwrap();
        let group = getpgid(Some(pid)).unwrap();
        assert_eq!(group, pid);
        assert_ne!(group, getpgrp());
    }

    #[test]
    fn a_child_that_closes_its_pipe_and_hangs_is_not_waited_for() {
        let (_folder, options) = fake_child("exec >&-; exec sleep 60");
        let (sender, output) = crossbeam_channel::unbounded();
        let mut child = CaptureChild::start(&options, 1, sender).unwrap();
        let last = output.recv_timeout(Duration::from_secs(20)).unwrap();
        assert!(last.message.is_none());
        let since = clock::instant();
        assert_eq!(child.exit_reason(), "it stopped and does not end");
        drop(child);
        assert!(
            since.elapsed() < Duration::from_secs(5),
            "{:?}",
            since.elapsed()
        );
    }
}
