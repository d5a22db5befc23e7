//! The monitor's side. It has threads of its own, so that no client delays the monitor.

#![cfg_attr(
    not(test),
    warn(clippy::indexing_slicing, reason = "its bytes come from outside")
)]

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use crossbeam_channel::{RecvTimeoutError, Sender, bounded};
use interprocess::local_socket::traits::{ListenerExt, Stream as _};
use interprocess::local_socket::{Listener, ListenerOptions, Stream};

use super::{Request, Response, SOCKET, at_address, follow};
use crate::clock::instant;

/// How long a client may take to send its request, and to take the response.
const CLIENT_TIMEOUT: Duration = Duration::from_secs(2);

/// How long the monitor may take to respond: loading another model takes a second or two. A client
/// waits a little longer.
const MONITOR_TIMEOUT: Duration = Duration::from_secs(4);

const MAX_REQUEST_BYTES: usize = 4096;

/// The number of clients at a time; more are turned away.
const MAX_CLIENTS: usize = 16;

/// When to accept again after a failure, as when no descriptors are left.
const RETRY_AFTER: Duration = Duration::from_millis(200);

/// A request that waits for its response.
#[derive(Debug)]
pub(crate) struct PendingRequest {
    pub(crate) request: Request,
    pub(crate) reply: Sender<Response>,
}

/// The monitor's socket. Dropping it removes the socket.
#[derive(Debug)]
pub(crate) struct Server {
    socket: PathBuf,
}

impl Server {
    /// Listens in a data folder and sends the requests to a channel. The caller holds the folder's
    /// lock, so that no other monitor listens there.
    pub(crate) fn start(folder: &Path, requests: Sender<PendingRequest>) -> io::Result<Server> {
        let server = Server {
            socket: folder.join(SOCKET),
        };
        // A crashed monitor leaves its socket.
        server.remove();
        let listener = listen(folder)?;
        thread::Builder::new()
            .name("control".to_owned())
            .spawn(move || accept(&listener, &requests))?;
        Ok(server)
    }

    fn remove(&self) {
        // There is mostly none, and if it cannot be removed, making it fails with the reason.
        let _ = std::fs::remove_file(&self.socket);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.remove();
    }
}

#[cfg(unix)]
fn listen(folder: &Path) -> io::Result<Listener> {
    use interprocess::os::unix::local_socket::ListenerOptionsExt;
    let private = |name| ListenerOptions::new().name(name).mode(0o600).create_sync();
    match at_address(folder, private) {
        // On systems without modes for sockets, the folder's mode protects it.
        Err(error) if error.kind() == io::ErrorKind::Unsupported => at_address(folder, |name| {
            ListenerOptions::new().name(name).create_sync()
        }),
        other => other,
    }
}

#[cfg(not(unix))]
fn listen(folder: &Path) -> io::Result<Listener> {
    at_address(folder, |name| {
        ListenerOptions::new().name(name).create_sync()
    })
}

fn accept(listener: &Listener, requests: &Sender<PendingRequest>) {
    // Each client holds one clone.
    let clients = Arc::new(());
    for stream in listener.incoming() {
        let Ok(stream) = stream else {
            thread::sleep(RETRY_AFTER);
            continue;
        };
        if Arc::strong_count(&clients) > MAX_CLIENTS {
            continue;
        }
        let (client, requests) = (Arc::clone(&clients), requests.clone());
        // Without a thread the client is turned away.
        let _ = thread::Builder::new()
            .name("control-client".to_owned())
            .spawn(move || {
                // A client that has gone misses only its own response.
                let _ = serve(stream, &requests);
                drop(client);
            });
    }
}

fn serve(mut stream: Stream, requests: &Sender<PendingRequest>) -> io::Result<()> {
    // Named pipes have no time limits; there only the number of clients is limited.
    let _ = stream.set_recv_timeout(Some(CLIENT_TIMEOUT));
    let _ = stream.set_send_timeout(Some(CLIENT_TIMEOUT));
    let line = line(&mut stream)?;
    let response = match serde_json::from_slice(&line) {
        Ok(request @ (Request::Follow | Request::Preview)) => {
            return follow::serve(&mut stream, request, requests);
        }
        Ok(request) => respond(request, requests),
        Err(error) => Response::Refused {
            reason: format!("not understood: {error}"),
        },
    };
    send(&mut stream, &response)
}

/// Sends a response as one line.
pub(super) fn send(stream: &mut impl Write, response: &Response) -> io::Result<()> {
    let mut text = serde_json::to_string(response)?;
    text.push('\n');
    stream.write_all(text.as_bytes())
}

/// The first line, within the limits of size and time.
fn line(stream: &mut impl Read) -> io::Result<Vec<u8>> {
    let began = instant();
    let mut line = Vec::new();
    let mut part = [0; 512];
    loop {
        let read = stream.read(&mut part)?;
        line.extend_from_slice(part.get(..read).unwrap_or_default());
        if let Some(end) = line.iter().position(|&byte| byte == b'\n') {
            line.truncate(end);
            return Ok(line);
        }
        if read == 0 || line.len() > MAX_REQUEST_BYTES || began.elapsed() > CLIENT_TIMEOUT {
            return Err(io::Error::from(io::ErrorKind::InvalidData));
        }
    }
}

fn respond(request: Request, requests: &Sender<PendingRequest>) -> Response {
    let (reply, response) = bounded(1);
    let refused = |reason: &str| Response::Refused {
        reason: reason.to_owned(),
    };
    if requests.send(PendingRequest { request, reply }).is_err() {
        return refused("the monitor is ending");
    }
    match response.recv_timeout(MONITOR_TIMEOUT) {
        Ok(response) => response,
        Err(RecvTimeoutError::Timeout) => refused("the monitor is busy; try again"),
        Err(RecvTimeoutError::Disconnected) => refused("the monitor is ending"),
    }
}
/// Reads any bytes as a request and as a response.
#[cfg(any(test, fuzzing))]
pub(crate) fn fuzz(mut bytes: &[u8]) {
    if let Ok(line) = line(&mut bytes) {
        let _ = serde_json::from_slice::<Request>(&line);
        let _ = serde_json::from_slice::<Response>(&line);
    }
}
