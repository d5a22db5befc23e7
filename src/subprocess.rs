//! Runs another program for its output, for a limited time.

use std::io::{self, Read};
use std::process::{Command, Output, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use crate::clock::instant;

/// How often a program that runs is asked whether it has ended. Our choice.
const POLL: Duration = Duration::from_millis(10);

/// Runs a program to its end without input and collects what it writes. One that runs longer than
/// the limit is ended.
///
/// # Errors
///
/// The program cannot be started, or it runs too long (`TimedOut`).
pub(crate) fn output_within(command: &mut Command, limit: Duration) -> io::Result<Output> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let (out, err) = (collect(child.stdout.take()), collect(child.stderr.take()));
    let began = instant();
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if instant().duration_since(began) >= limit {
            let _ = child.kill();
            let _ = child.wait();
            let seconds = limit.as_secs_f64();
            let message = format!("it did not answer within {seconds} seconds");
            return Err(io::Error::new(io::ErrorKind::TimedOut, message));
        }
        thread::sleep(POLL);
    };
    Ok(Output {
        status,
        // What it has started may still hold the pipes.
        stdout: out.recv_timeout(limit).unwrap_or_default(),
        stderr: err.recv_timeout(limit).unwrap_or_default(),
    })
}

/// Reads a pipe to its end in a thread of its own: a full pipe would stop the program.
fn collect(pipe: Option<impl Read + Send + 'static>) -> Receiver<Vec<u8>> {
    let (sender, collected) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            // What was read before an error is all there is.
            let _ = pipe.read_to_end(&mut bytes);
        }
        sender.send(bytes)
    });
    collected
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn shell(script: &str, limit: Duration) -> io::Result<Output> {
        output_within(Command::new("sh").args(["-c", script]), limit)
    }

    #[test]
    fn more_than_a_pipe_holds_is_collected_from_both() {
        let script = "head -c 200000 /dev/zero; head -c 300000 /dev/zero >&2; exit 3";
        let output = shell(script, Duration::from_secs(60)).unwrap();
        assert_eq!(output.status.code(), Some(3));
        assert_eq!(
            (output.stdout.len(), output.stderr.len()),
            (200_000, 300_000)
        );
    }

    #[test]
    fn what_a_program_leaves_behind_is_not_waited_for() {
        let output = shell("sleep 60 & exit 0", Duration::from_millis(200)).unwrap();
        assert!(output.status.success());
    }

    #[test]
    fn a_program_that_hangs_is_ended() {
        let error = shell("exec sleep 60", Duration::from_millis(30)).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert_eq!(error.to_string(), "it did not answer within 0.03 seconds");
    }
}
