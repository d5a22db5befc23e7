//! A request of the browser that was let in: the first line says how and where, the rest is sent.

use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::sync::OnceLock;
use std::time::Duration;

use super::server::{ConnectionLimits, ServedDashboard, served};

/// The dashboard of this process; none where nothing can be served.
fn dashboard() -> Option<&'static ServedDashboard> {
    static SERVED: OnceLock<Option<(tempfile::TempDir, ServedDashboard)>> = OnceLock::new();
    let served = SERVED.get_or_init(|| {
        let folder = tempfile::tempdir().ok()?;
        let dashboard = served(folder.path(), ConnectionLimits::default())?;
        Some((folder, dashboard))
    });
    served.as_ref().map(|(_, dashboard)| dashboard)
}

/// Sends a request and expects an answer.
pub(crate) fn request(bytes: &[u8]) {
    let Some(ServedDashboard { port, base, head }) = dashboard() else {
        return;
    };
    let end = bytes.iter().position(|&byte| byte == b'\n');
    let (line, body) = bytes.split_at(end.unwrap_or(bytes.len()));
    let Ok(line) = std::str::from_utf8(line) else {
        return;
    };
    // What makes no request is hyper's to refuse; these reach our routes.
    let Some((method, place)) = line.split_once(' ').filter(|(method, place)| {
        matches!(*method, "GET" | "POST") && place.bytes().all(|byte| byte.is_ascii_graphic())
    }) else {
        return;
    };
    let text = format!(
        "{method} {base}{place} HTTP/1.1\r\n{head}content-type: application/x-www-form-urlencoded\r\n\
         content-length: {}\r\n\r\n",
        body.len().saturating_sub(1)
    );
    let mut answer = [0; 9];
    let mut exchange = || -> std::io::Result<()> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, *port))?;
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        stream.write_all(text.as_bytes())?;
        // A server that refuses may close before it has read everything.
        let _ = stream.write_all(body.get(1..).unwrap_or_default());
        stream.read_exact(&mut answer)
    };
    match exchange() {
        // The answer to a request whose body came too late is lost when the connection closes on what was not read.
        Err(error) if body.len() > 1 && error.kind() == ErrorKind::ConnectionReset => {}
        answered => assert!(
            answered.is_ok() && answer == *b"HTTP/1.1 ",
            "{answered:?} to {line}"
        ),
    }
}

/// A request for each address, well formed.
pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let requests = [
        "GET ",
        "GET review?days=2026-11-27",
        "GET review?days=last-week",
        "GET slouch?at=2026-11-27T10%3A00%3A00Z",
        "GET stretch?id=seated-cat-cow",
        "GET what-if?path=posture.limits.forward_head&value=8",
        "GET report.csv?days=month",
        "GET view?camera=usb",
        "GET settings",
        "GET set-up",
        "GET privacy",
        "POST not-a-slouch\nnudge=2026-11-27T10%3A00%3A00Z",
        "POST photo\ntaken=2026-11-27T10%3A00&points=1,2,3,4,5,6,7,8",
        "POST calibrate\nprofile=sitting",
        "POST photo-guess\nno photograph",
        "POST desk-change\nwhat=screen_raised",
        "POST settings\nmonitor.nudges.pause=15m&camera.mode=glance",
        "POST set-up\nhours=9%3A00-17%3A00&chair=yes",
        "POST own-stretches\ntext=%5B%5Bstretch%5D%5D%0Aid%3D%22x%22",
        "POST stretched\nstretch=seated-cat-cow&outcome=done",
        "POST pause\nlength=30m",
        "POST wipe\nconfirm=no",
        "POST login\n",
    ];
    requests.map(Vec::from).to_vec()
}
