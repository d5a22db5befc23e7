//! The answering side: threads of its own, so that no client keeps the monitor from watching.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{RecvTimeoutError, Sender, bounded};
use interprocess::local_socket::traits::{ListenerExt, Stream as _};
use interprocess::local_socket::{Listener, ListenerOptions, Stream};

use super::{Request, Response, name};

/// So long a client may take to ask, and to take its answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// So long the monitor may take to answer: loading another model takes a second
/// or two. A client waits a little longer than this.
const ANSWER: Duration = Duration::from_secs(4);

/// No request is longer.
const LONGEST: usize = 4096;

/// So many clients are heard at once; more are turned away.
const MOST: usize = 16;

/// After an accept that failed, as when there are no descriptors left, it is tried again so soon.
const AGAIN: Duration = Duration::from_millis(200);

/// A request that waits for its answer.
#[derive(Debug)]
pub struct PendingRequest {
    /// The request.
    pub request: Request,
    /// Where the answer goes.
    pub reply: Sender<Response>,
}

/// A socket that is listened to. Dropping it takes the socket away.
#[derive(Debug)]
pub struct Server {
    socket: PathBuf,
}

impl Server {
    /// Listens in a data folder, of which there must be no other monitor; requests arrive on `asked`.
    ///
    /// # Errors
    ///
    /// The socket cannot be made, or there is no thread for it.
    pub fn start(folder: &Path, asked: Sender<PendingRequest>) -> io::Result<Server> {
        let server = Server {
            socket: folder.join("monitor.sock"),
        };
        // What a crash left behind; the monitor's lock says that nobody listens there.
        server.remove();
        let listener = listen(folder)?;
        thread::Builder::new()
            .name("control".to_owned())
            .spawn(move || accept(&listener, &asked))?;
        Ok(server)
    }

    fn remove(&self) {
        // Mostly there is nothing, and what cannot be removed is met when it is made.
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
    let private = ListenerOptions::new().name(name(folder)?).mode(0o600);
    match private.create_sync() {
        // Where a socket's mode cannot be set, the folder's must do.
        Err(error) if error.kind() == io::ErrorKind::Unsupported => {
            ListenerOptions::new().name(name(folder)?).create_sync()
        }
        other => other,
    }
}

#[cfg(not(unix))]
fn listen(folder: &Path) -> io::Result<Listener> {
    ListenerOptions::new().name(name(folder)?).create_sync()
}

fn accept(listener: &Listener, asked: &Sender<PendingRequest>) {
    let clients = Arc::new(AtomicUsize::new(0));
    for stream in listener.incoming() {
        let Ok(stream) = stream else {
            thread::sleep(AGAIN);
            continue;
        };
        let client = Client::counted(&clients);
        if client.number > MOST {
            continue;
        }
        let asked = asked.clone();
        // Without a thread the client is turned away.
        let _ = thread::Builder::new()
            .name("control-client".to_owned())
            .spawn(move || {
                let _client = client;
                // A client that went away misses its own answer only.
                let _ = serve(stream, &asked);
            });
    }
}

/// One of the clients that are heard.
struct Client {
    all: Arc<AtomicUsize>,
    number: usize,
}

impl Client {
    fn counted(all: &Arc<AtomicUsize>) -> Client {
        Client {
            all: Arc::clone(all),
            number: all.fetch_add(1, Ordering::Relaxed) + 1,
        }
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.all.fetch_sub(1, Ordering::Relaxed);
    }
}

fn serve(mut stream: Stream, asked: &Sender<PendingRequest>) -> io::Result<()> {
    // Named pipes know no time limits; there only the number of clients is bounded.
    let _ = stream.set_recv_timeout(Some(PATIENCE));
    let _ = stream.set_send_timeout(Some(PATIENCE));
    let line = line(&mut stream)?;
    let reply = match serde_json::from_slice(&line) {
        Ok(request) => answer(request, asked),
        Err(error) => Response::Refused {
            why: format!("not understood: {error}"),
        },
    };
    let mut text = serde_json::to_string(&reply)?;
    text.push('\n');
    stream.write_all(text.as_bytes())
}

/// The first line, as long as it is short and comes soon.
fn line(stream: &mut impl Read) -> io::Result<Vec<u8>> {
    let began = clock();
    let mut line = Vec::new();
    let mut part = [0; 512];
    loop {
        let read = stream.read(&mut part)?;
        line.extend_from_slice(&part[..read]);
        if let Some(end) = line.iter().position(|&byte| byte == b'\n') {
            line.truncate(end);
            return Ok(line);
        }
        if read == 0 || line.len() > LONGEST || began.elapsed() > PATIENCE {
            return Err(io::Error::from(io::ErrorKind::InvalidData));
        }
    }
}

fn answer(request: Request, asked: &Sender<PendingRequest>) -> Response {
    let (reply, answer) = bounded(1);
    let refused = |why: &str| Response::Refused {
        why: why.to_owned(),
    };
    if asked.send(PendingRequest { request, reply }).is_err() {
        return refused("the monitor is ending");
    }
    match answer.recv_timeout(ANSWER) {
        Ok(reply) => reply,
        Err(RecvTimeoutError::Timeout) => refused("the monitor is busy; ask again"),
        Err(RecvTimeoutError::Disconnected) => refused("the monitor is ending"),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a client that dawdles is cut off by the clock"
)]
fn clock() -> Instant {
    Instant::now()
}
