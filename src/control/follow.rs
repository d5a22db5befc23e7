//! The requests `follow` and `preview`: the status now and again after each change, and the camera's
//! pictures.
//!
//! The monitor sends into a bounded channel and never waits: a client that reads too slowly misses
//! pictures, or loses its connection and connects again. Between responses an empty line shows that
//! both sides are there.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::ops::ControlFlow;
use std::path::Path;
use std::thread;
use std::time::Duration;

use crossbeam_channel::{RecvTimeoutError, Sender, bounded};
use interprocess::local_socket::Stream;
use interprocess::local_socket::traits::Stream as _;

use super::client::{self, MAX_RESPONSE_BYTES};
use super::server::{PendingRequest, send};
use super::starts::MonitorStarts;
use super::{ControlError, DaemonStatus, Preview, Request, Response};

/// How many responses may wait for a client. Our choice: several observations, as a burst has when
/// a posture changes.
const BACKLOG: usize = 16;

/// The longest time without a line. A client that has gone frees its place within this time.
const HEARTBEAT: Duration = Duration::from_secs(5);

/// How long a client waits for a line: many times the heartbeat, for a machine that swaps.
const SILENCE: Duration = Duration::from_secs(20);

/// When to connect again to a monitor that did not answer or has just ended. Our choice: one that
/// starts shows soon.
pub(super) const RETRY_AFTER: Duration = Duration::from_secs(2);

/// Sends each response to a client until it goes or the monitor ends.
pub(super) fn serve(
    stream: &mut impl Write,
    request: Request,
    requests: &Sender<PendingRequest>,
) -> io::Result<()> {
    // An old picture is of no use.
    let backlog = match request {
        Request::Preview => 1,
        _ => BACKLOG,
    };
    let (reply, responses) = bounded(backlog);
    if requests.send(PendingRequest { request, reply }).is_err() {
        return Ok(());
    }
    loop {
        match responses.recv_timeout(HEARTBEAT) {
            Ok(response) => send(stream, &response)?,
            Err(RecvTimeoutError::Timeout) => stream.write_all(b"\n")?,
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        }
    }
}

/// Follows the monitor of a data folder, and each that comes after it, until `tell` breaks.
///
/// `tell` gets the status whenever it changes, or the error while no monitor answers. It gets none
/// every few seconds while nothing changes. Without a monitor it is called at least once in `longest_wait`.
pub(crate) fn follow_status<T>(
    folder: &Path,
    longest_wait: Duration,
    mut tell: impl FnMut(Option<Result<Box<DaemonStatus>, ControlError>>) -> ControlFlow<T>,
) -> T {
    loop {
        // From before connecting, so that no start is missed.
        let starts = MonitorStarts::watch(folder);
        let (error, wait) = match FollowedStatus::connect(folder) {
            Ok(mut followed) => {
                drop(starts);
                let error = loop {
                    let told = match followed.next() {
                        Ok(status) => tell(status.map(Ok)),
                        Err(error) => break error,
                    };
                    if let ControlFlow::Break(end) = told {
                        return end;
                    }
                };
                (error, None)
            }
            Err(error @ ControlError::NoMonitor) => (error, Some(starts)),
            Err(error) => (error, None),
        };
        if let ControlFlow::Break(end) = tell(Some(Err(error))) {
            return end;
        }
        match wait {
            Some(starts) => starts.wait(longest_wait),
            None => thread::sleep(RETRY_AFTER),
        }
    }
}

/// A connection that gives the status of a monitor whenever it changes.
type FollowedStatus = Followed<Box<DaemonStatus>>;

/// A connection that gives the pictures of the monitor's camera.
pub(crate) type FollowedPicture = Followed<Box<Preview>>;

/// A connection on which the monitor sends one response after the other.
pub(crate) struct Followed<T> {
    lines: BufReader<Stream>,
    pick: fn(Response) -> Option<T>,
}

impl FollowedStatus {
    fn connect(folder: &Path) -> Result<FollowedStatus, ControlError> {
        Followed::ask(folder, &Request::Follow, |response| match response {
            Response::Status(status) => Some(status),
            _ => None,
        })
    }
}

impl FollowedPicture {
    /// Connects to the monitor of a data folder. Until it is dropped, the camera stays open.
    pub(crate) fn connect(folder: &Path) -> Result<FollowedPicture, ControlError> {
        Followed::ask(folder, &Request::Preview, |response| match response {
            Response::Preview(preview) => Some(preview),
            _ => None,
        })
    }
}

impl<T> Followed<T> {
    fn ask(
        folder: &Path,
        request: &Request,
        pick: fn(Response) -> Option<T>,
    ) -> Result<Followed<T>, ControlError> {
        let mut stream = client::connect(folder)?;
        // Named pipes have no time limits; there a monitor that hangs is noticed when it ends.
        let _ = stream.set_recv_timeout(Some(SILENCE));
        let _ = stream.set_send_timeout(Some(SILENCE));
        client::send(&mut stream, request).map_err(ControlError::NoAnswer)?;
        Ok(Followed {
            lines: BufReader::new(stream),
            pick,
        })
    }

    /// Waits for the next response. None after a few seconds without one.
    pub(crate) fn next(&mut self) -> Result<Option<T>, ControlError> {
        let mut line = String::new();
        let read = self
            .lines
            .by_ref()
            .take(MAX_RESPONSE_BYTES)
            .read_line(&mut line)
            .map_err(ControlError::NoAnswer)?;
        match (read, line.trim_end()) {
            // It has ended, or this client was too slow or one too many.
            (0, _) => Err(ControlError::NoMonitor),
            (_, "") => Ok(None),
            (_, line) => match serde_json::from_str(line) {
                Ok(Response::Refused { reason }) => Err(ControlError::Refused { reason }),
                Ok(response) => (self.pick)(response)
                    .map(Some)
                    .ok_or(ControlError::Unexpected),
                Err(_) => Err(ControlError::Unexpected),
            },
        }
    }
}
