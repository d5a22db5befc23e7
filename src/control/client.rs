//! The asking side.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;
use std::thread;
use std::time::Duration;

use interprocess::local_socket::Stream;
use interprocess::local_socket::traits::Stream as _;

use super::{Request, Response, name};

/// A monitor answers within milliseconds; on a machine that swaps it takes longer. Ours.
const PATIENCE: Duration = Duration::from_secs(5);

/// Where too many ask at once it is tried so often, and after so long each time: together longer
/// than the monitor listens to anybody who says nothing.
const TRIES: u32 = 60;
const AGAIN: Duration = Duration::from_millis(50);

/// No answer is longer.
const LONGEST: u64 = 64 * 1024;

/// Why a monitor could not be asked.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// None runs.
    #[error("no monitor is running; start one with `sitwell start`")]
    NoMonitor,
    /// It runs and gives no answer.
    #[error("the monitor does not answer; end it and start it again")]
    NoAnswer(#[source] io::Error),
    /// It did not do what it was asked.
    #[error("the monitor refused: {why}")]
    Refused {
        /// Its reason.
        why: String,
    },
}

/// Asks the monitor of a data folder.
///
/// # Errors
///
/// None runs, or it gives no answer, or refuses.
pub fn ask(folder: &Path, request: &Request) -> Result<Response, ControlError> {
    let mut turned_away = 0;
    loop {
        match ask_once(folder, request) {
            Err(ControlError::NoAnswer(error)) if is_turned_away(&error) && turned_away < TRIES => {
                turned_away += 1;
                thread::sleep(AGAIN);
            }
            answer => return answer,
        }
    }
}

/// Whether the monitor closed the connection without an answer, as it does when too many ask at once.
fn is_turned_away(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::UnexpectedEof | io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset
    )
}

fn ask_once(folder: &Path, request: &Request) -> Result<Response, ControlError> {
    let mut stream =
        name(folder)
            .and_then(Stream::connect)
            .map_err(|error| match error.kind() {
                io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => {
                    ControlError::NoMonitor
                }
                _ => ControlError::NoAnswer(error),
            })?;
    let mut exchange = || -> io::Result<Response> {
        // Named pipes know no time limits; there the monitor's own must do.
        let _ = stream.set_recv_timeout(Some(PATIENCE));
        let _ = stream.set_send_timeout(Some(PATIENCE));
        let mut line = serde_json::to_string(request)?;
        line.push('\n');
        stream.write_all(line.as_bytes())?;
        let mut answer = String::new();
        BufReader::new((&mut stream).take(LONGEST)).read_line(&mut answer)?;
        if answer.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(serde_json::from_str(&answer)?)
    };
    match exchange().map_err(ControlError::NoAnswer)? {
        Response::Refused { why } => Err(ControlError::Refused { why }),
        reply @ (Response::Status(_) | Response::Done | Response::Shown { .. }) => Ok(reply),
    }
}
