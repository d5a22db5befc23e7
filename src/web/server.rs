//! Serves the routes: at most so many connections, each within its limits, until the end.

use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpStream;
use tokio::sync::Semaphore;

use super::{App, routes};
use crate::clock::instant;

/// What a client may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct ConnectionLimits {
    /// The connections at a time; others wait.
    pub(super) connections: usize,
    /// The time for the head of a request, and between two requests.
    pub(super) head: Duration,
    /// The time for the body of a request.
    pub(super) body: Duration,
}

impl Default for ConnectionLimits {
    /// Our choice: a browser opens 6 connections for its pages and sends a request within milliseconds.
    fn default() -> ConnectionLimits {
        ConnectionLimits {
            connections: 64,
            head: Duration::from_secs(10),
            body: Duration::from_secs(10),
        }
    }
}

/// The longest head of a request. Our choice: browsers send less than 2 kB.
const MAX_HEAD_BYTES: usize = 16 * 1024;

/// When to accept again after a failure, as when no descriptors are left.
const RETRY_AFTER: Duration = Duration::from_millis(200);

/// Serves until Ctrl-C, or until no page has been open for a while.
pub(super) fn run(
    listener: TcpListener,
    app: Arc<App>,
    limits: ConnectionLimits,
) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .build()?;
    runtime.block_on(async {
        listener.set_nonblocking(true)?;
        let listener = tokio::net::TcpListener::from_std(listener)?;
        let routes = routes::all(&app, limits);
        tokio::select! {
            () = accept(&listener, &routes, limits) => Ok(()),
            () = until_unused(&app) => Ok(()),
            pressed = stop() => pressed,
        }
    })?;
    // A button that waits for a monitor must not keep this process.
    runtime.shutdown_background();
    Ok(())
}

/// Accepts connections for ever.
async fn accept(listener: &tokio::net::TcpListener, routes: &Router, limits: ConnectionLimits) {
    let places = Arc::new(Semaphore::new(limits.connections));
    // The semaphore is never closed.
    while let Ok(place) = Arc::clone(&places).acquire_owned().await {
        match listener.accept().await {
            Ok((stream, _)) => {
                let routes = routes.clone();
                tokio::spawn(async move {
                    serve(stream, routes, limits).await;
                    drop(place);
                });
            }
            Err(_) => tokio::time::sleep(RETRY_AFTER).await,
        }
    }
}

async fn serve(stream: TcpStream, routes: Router, limits: ConnectionLimits) {
    let service = TowerToHyperService::new(routes);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .max_buf_size(MAX_HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), service);
    // A client that breaks off, or the rules, has only itself to blame.
    let _ = connection.await;
}

/// Waits until no page has been open for a while.
async fn until_unused(app: &App) {
    while let Some(left) = app.open_pages.left(instant()) {
        tokio::time::sleep(left).await;
    }
}

/// Waits for Ctrl-C, or for the system's request to end.
#[cfg(unix)]
async fn stop() -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        pressed = tokio::signal::ctrl_c() => pressed,
        _ = terminate.recv() => Ok(()),
    }
}

/// Waits for Ctrl-C.
#[cfg(not(unix))]
async fn stop() -> io::Result<()> {
    tokio::signal::ctrl_c().await
}

/// A dashboard that serves in a thread, for tests.
#[cfg(any(test, fuzzing))]
pub(super) struct ServedDashboard {
    pub(super) port: u16,
    /// The folder of all pages, with slashes around it.
    pub(super) base: String,
    /// The lines with which every request of the browser begins.
    pub(super) head: String,
}

/// Serves pages of this folder, whose buttons do nothing.
#[cfg(any(test, fuzzing))]
pub(super) fn served(
    folder: &std::path::Path,
    limits: ConnectionLimits,
) -> Option<ServedDashboard> {
    use crate::web::{CameraOutcome, Dashboard, DashboardOptions, Page};

    let dashboard = Dashboard::bind(DashboardOptions {
        folder: folder.to_owned(),
        data_dir: Some(folder.to_owned()),
        settings: Some(folder.join("config.toml")),
        first_page: Page::Home,
        port: 0,
        perform: Box::new(|_| Ok(String::new())),
        check: Box::new(|| Ok(Vec::new())),
        cameras: Box::new(|| Ok(Vec::new())),
        guess: Box::new(|_| Err(String::new())),
        camera: Box::new(|_, _| Ok(CameraOutcome::Viewed)),
    })
    .ok()?;
    let app = Arc::clone(&dashboard.app);
    std::thread::spawn(move || run(dashboard.listener, dashboard.app, limits));
    let address = app.session.address(app.port);
    let (_, token) = address.split_once("token=")?;
    let set = app.session.redeem(token)?;
    let (cookie, _) = set.split_once(';')?;
    let port = app.port;
    Some(ServedDashboard {
        port,
        base: format!("{}/", app.session.base()),
        head: format!(
            "host: 127.0.0.1:{port}\r\norigin: http://127.0.0.1:{port}\r\ncookie: {cookie}\r\nconnection: close\r\n"
        ),
    })
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::Ipv4Addr;

    use super::*;

    /// Serves within these limits. Gives the port and the head of a request with the cookie.
    fn serving(folder: &std::path::Path, limits: ConnectionLimits) -> (u16, String) {
        let served = served(folder, limits).unwrap();
        let head = format!("POST {}resume HTTP/1.1\r\n{}", served.base, served.head);
        (served.port, head)
    }

    fn connect(port: u16) -> std::net::TcpStream {
        let stream = std::net::TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(60)))
            .unwrap();
        stream
    }

    fn answer(port: u16, request: &str) -> String {
        let mut stream = connect(port);
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer.lines().next().unwrap_or_default().to_owned()
    }

    #[test]
    fn silent_clients_lose_their_places_to_those_that_wait() {
        let folder = tempfile::tempdir().unwrap();
        let limits = ConnectionLimits {
            connections: 3,
            head: Duration::from_millis(100),
            ..ConnectionLimits::default()
        };
        let (port, head) = serving(folder.path(), limits);
        let mut silent: Vec<_> = (0..3).map(|_| connect(port)).collect();
        // One of them has begun.
        silent[0].write_all(b"GET / HT").unwrap();
        let request = format!("{head}content-length: 0\r\n\r\n");
        assert_eq!(answer(port, &request), "HTTP/1.1 303 See Other");
        for stream in &mut silent {
            let mut rest = Vec::new();
            stream.read_to_end(&mut rest).unwrap();
        }
    }

    #[test]
    fn a_body_that_does_not_come_is_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let limits = ConnectionLimits {
            body: Duration::from_millis(100),
            ..ConnectionLimits::default()
        };
        let (port, head) = serving(folder.path(), limits);
        let request = format!("{head}content-length: 10\r\n\r\nlength=");
        assert_eq!(answer(port, &request), "HTTP/1.1 408 Request Timeout");
    }
}
