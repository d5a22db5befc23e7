//! The request `follow`: the status now, and again after each change.
//!
//! The monitor sends into a bounded channel and never waits: a client that reads too slowly loses
//! its connection, and connects again. Between changes an empty line shows that both sides are there.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;
use std::time::Duration;

use crossbeam_channel::{RecvTimeoutError, Sender, bounded};
use interprocess::local_socket::Stream;
use interprocess::local_socket::traits::Stream as _;

use super::client::{self, MAX_RESPONSE_BYTES};
use super::server::{PendingRequest, send};
use super::{ControlError, DaemonStatus, Request, Response};

/// How many statuses may wait for a client. Our choice: several observations, as a burst has when
/// a posture changes.
const BACKLOG: usize = 16;

/// The longest time without a line. A client that has gone frees its place within this time.
const HEARTBEAT: Duration = Duration::from_secs(5);

/// How long a client waits for a line: many times the heartbeat, for a machine that swaps.
const SILENCE: Duration = Duration::from_secs(20);

/// Sends each status to a client until it goes or the monitor ends.
pub(super) fn serve(stream: &mut impl Write, requests: &Sender<PendingRequest>) -> io::Result<()> {
    let (reply, statuses) = bounded(BACKLOG);
    let request = Request::Follow;
    if requests.send(PendingRequest { request, reply }).is_err() {
        return Ok(());
    }
    loop {
        match statuses.recv_timeout(HEARTBEAT) {
            Ok(status) => send(stream, &status)?,
            Err(RecvTimeoutError::Timeout) => stream.write_all(b"\n")?,
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        }
    }
}

/// A connection that gives the status of a monitor whenever it changes.
pub(crate) struct FollowedStatus {
    lines: BufReader<Stream>,
}

impl FollowedStatus {
    /// Connects to the monitor of a data folder.
    pub(crate) fn connect(folder: &Path) -> Result<FollowedStatus, ControlError> {
        let mut stream = client::connect(folder)?;
        // Named pipes have no time limits; there a monitor that hangs is noticed when it ends.
        let _ = stream.set_recv_timeout(Some(SILENCE));
        let _ = stream.set_send_timeout(Some(SILENCE));
        client::send(&mut stream, &Request::Follow).map_err(ControlError::NoAnswer)?;
        Ok(FollowedStatus {
            lines: BufReader::new(stream),
        })
    }

    /// Waits for the next status. None after a few seconds without a change.
    pub(crate) fn next(&mut self) -> Result<Option<Box<DaemonStatus>>, ControlError> {
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
                Ok(Response::Status(status)) => Ok(Some(status)),
                Ok(Response::Refused { reason }) => Err(ControlError::Refused { reason }),
                Ok(Response::Done | Response::Shown { .. }) | Err(_) => {
                    Err(ControlError::Unexpected)
                }
            },
        }
    }
}
