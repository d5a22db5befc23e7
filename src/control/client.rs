//! The client's side.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;
use std::thread;
use std::time::Duration;

use interprocess::local_socket::Stream;
use interprocess::local_socket::traits::Stream as _;

use super::{DaemonStatus, Request, Response, at_address};

/// Our choice: a monitor answers within milliseconds, but on a machine that swaps it takes longer.
const TIMEOUT: Duration = Duration::from_secs(5);

/// A monitor with too many clients is asked again. Together the retries take longer than it waits
/// for a client that sends nothing.
const RETRIES: u32 = 60;
const RETRY_AFTER: Duration = Duration::from_millis(50);

/// Our choice: a status takes a few kB, a picture up to 80 kB.
pub(super) const MAX_RESPONSE_BYTES: u64 = 256 * 1024;

#[derive(Debug, thiserror::Error)]
pub(crate) enum ControlError {
    #[error("no monitor is running; start one with `sitwell start`")]
    NoMonitor,
    /// It runs and does not respond.
    #[error("the monitor does not answer; end it and start it again")]
    NoAnswer(#[source] io::Error),
    #[error("the monitor refused: {reason}")]
    Refused { reason: String },
    /// Its response does not fit the request.
    #[error("the monitor gave an unexpected answer; if it is of another version: sitwell restart")]
    Unexpected,
}

pub(crate) fn read_status(folder: &Path) -> Result<Box<DaemonStatus>, ControlError> {
    ask_for_status(folder, &Request::Status)
}

/// Has the monitor of a data folder read its settings and calibrations again.
pub(crate) fn reload(folder: &Path) -> Result<Box<DaemonStatus>, ControlError> {
    ask_for_status(folder, &Request::Reload)
}

fn ask_for_status(folder: &Path, request: &Request) -> Result<Box<DaemonStatus>, ControlError> {
    match ask(folder, request)? {
        Response::Status(status) => Ok(status),
        Response::Preview(_)
        | Response::Done
        | Response::Shown { .. }
        | Response::Refused { .. } => Err(ControlError::Unexpected),
    }
}

/// Sends a request to the monitor of a data folder.
pub(crate) fn ask(folder: &Path, request: &Request) -> Result<Response, ControlError> {
    for _ in 0..RETRIES {
        match ask_once(folder, request) {
            Err(ControlError::NoAnswer(error)) if is_turned_away(&error) => {
                thread::sleep(RETRY_AFTER);
            }
            answer => return answer,
        }
    }
    ask_once(folder, request)
}

/// Whether the monitor closed the connection without a response, as it does with too many clients.
fn is_turned_away(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::UnexpectedEof | io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset
    )
}

/// Connects to the monitor of a data folder.
pub(super) fn connect(folder: &Path) -> Result<Stream, ControlError> {
    at_address(folder, Stream::connect).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => ControlError::NoMonitor,
        _ => ControlError::NoAnswer(error),
    })
}

fn ask_once(folder: &Path, request: &Request) -> Result<Response, ControlError> {
    let stream = connect(folder)?;
    let answer = exchange(stream, request).map_err(ControlError::NoAnswer)?;
    // Something was answered, so the request is not sent again: the monitor may have performed it.
    match serde_json::from_str(&answer).map_err(|_| ControlError::Unexpected)? {
        Response::Refused { reason } => Err(ControlError::Refused { reason }),
        response => Ok(response),
    }
}

/// The line that answers a request.
fn exchange(mut stream: Stream, request: &Request) -> io::Result<String> {
    // Named pipes have no time limits; there the monitor's own limits must do.
    let _ = stream.set_recv_timeout(Some(TIMEOUT));
    let _ = stream.set_send_timeout(Some(TIMEOUT));
    send(&mut stream, request)?;
    let mut answer = String::new();
    BufReader::new(stream.take(MAX_RESPONSE_BYTES)).read_line(&mut answer)?;
    if answer.is_empty() {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(answer)
}

/// Sends a request as one line.
pub(super) fn send(stream: &mut impl Write, request: &Request) -> io::Result<()> {
    let mut line = serde_json::to_string(request)?;
    line.push('\n');
    stream.write_all(line.as_bytes())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use interprocess::local_socket::ListenerOptions;
    use interprocess::local_socket::traits::ListenerExt;

    use super::*;

    #[test]
    fn a_request_that_was_answered_is_not_sent_again_however_odd_the_answer() {
        for answer in [
            "{\"shown\":{\"tit",
            "{\"shown\":{\"tit\n",
            "\n",
            "{}\n",
            "\"danced\"\n",
        ] {
            let folder = tempfile::tempdir().unwrap();
            let listener = at_address(folder.path(), |name| {
                ListenerOptions::new().name(name).create_sync()
            })
            .unwrap();
            let requests = Arc::new(AtomicU32::new(0));
            let counted = Arc::clone(&requests);
            thread::spawn(move || {
                for stream in listener.incoming() {
                    let mut stream = stream.unwrap();
                    BufReader::new(&stream)
                        .read_line(&mut String::new())
                        .unwrap();
                    counted.fetch_add(1, Ordering::SeqCst);
                    stream.write_all(answer.as_bytes()).unwrap();
                }
            });
            let error = ask(folder.path(), &Request::NudgeMe).unwrap_err();
            assert!(
                matches!(error, ControlError::Unexpected),
                "{answer}: {error}"
            );
            assert_eq!(requests.load(Ordering::SeqCst), 1, "{answer}");
        }
    }
}
