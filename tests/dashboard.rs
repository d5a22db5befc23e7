//! `sitwell dashboard` over the wire: who gets in, what is refused, and what the pages say.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may stop where it stands"
)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

mod support;

use jiff::{SignedDuration, Timestamp};
use sitwell::history::{FILE_NAME, History};
use sitwell::landmarks::Skeleton;
use sitwell::posture::{Basis, Fault, PerAngle, View};
use sitwell::record::{
    AngleReading, AngleSpan, Answer, DeskChangeKind, Episode, EpisodeOutcome, Nudge, NudgeEvidence,
    Period, PhotoCheck, Reading, Record,
};
use support::{Sandbox, a_measured_minute, a_slouch, watching};

/// A dashboard, and the only browser that it lets in.
struct Dashboard {
    process: Child,
    port: u16,
    /// The path of the token.
    open: String,
    cookie: String,
    /// The folder of all pages, with slashes around it.
    base: String,
}

impl Drop for Dashboard {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A response.
#[derive(Debug)]
struct Response {
    status: u16,
    head: String,
    body: String,
}

/// No response takes so long, however busy the machine.
const PATIENCE: Duration = Duration::from_secs(60);

fn connect(port: u16) -> TcpStream {
    let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// Sends these bytes and reads to the end.
fn exchange(port: u16, request: &str) -> Response {
    let mut stream = connect(port);
    // A server that refuses may close before it has read everything.
    let _ = stream.write_all(request.as_bytes());
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    let text = String::from_utf8(bytes).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok());
    Response {
        status: status.unwrap_or(0),
        head: head.to_lowercase(),
        body: body.to_owned(),
    }
}

impl Dashboard {
    /// Starts it without a browser.
    fn start(sandbox: &Sandbox) -> Dashboard {
        Dashboard::start_with(sandbox, &[])
    }

    fn start_with(sandbox: &Sandbox, options: &[&str]) -> Dashboard {
        let mut process = sandbox
            .command(&[&["dashboard", "--no-open"], options].concat())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut out = BufReader::new(process.stdout.take().unwrap());
        out.read_line(&mut line).unwrap();
        let (_, address) = line.trim().split_once("http://127.0.0.1:").unwrap();
        let (port, open) = address.split_once('/').unwrap();
        Dashboard {
            process,
            port: port.parse().unwrap(),
            open: format!("/{open}"),
            cookie: String::new(),
            base: String::new(),
        }
    }

    /// Starts it and lets the browser in.
    fn opened(sandbox: &Sandbox) -> Dashboard {
        let mut dashboard = Dashboard::start(sandbox);
        let let_in = dashboard.send("GET", &dashboard.open, &[], "");
        assert_eq!(let_in.status, 200, "{let_in:?}");
        let (_, set) = let_in.head.split_once("set-cookie: ").unwrap();
        let (cookie, rest) = set.split_once("; ").unwrap();
        dashboard.cookie = format!("cookie: {cookie}");
        let (_, path) = rest.split_once("path=").unwrap();
        dashboard.base = path.split_once(';').unwrap().0.to_owned();
        dashboard
    }

    /// A request with these header lines and no others but a right `Host`.
    fn send(&self, method: &str, path: &str, lines: &[&str], body: &str) -> Response {
        let mut head = format!(
            "{method} {path} HTTP/1.1\r\nhost: 127.0.0.1:{}\r\nconnection: close\r\n",
            self.port
        );
        if !body.is_empty() {
            head += &format!(
                "content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n",
                body.len()
            );
        }
        for line in lines {
            head += &format!("{line}\r\n");
        }
        exchange(self.port, &format!("{head}\r\n{body}"))
    }

    /// What the browser does when a link is followed.
    fn get(&self, page: &str) -> Response {
        let path = format!("{}{page}", self.base);
        self.send(
            "GET",
            &path,
            &[&self.cookie, "sec-fetch-site: same-origin"],
            "",
        )
    }

    /// What the browser does when a button is pressed on one of our pages, which tell nobody their address.
    fn press(&self, page: &str, body: &str) -> Response {
        let path = format!("{}{page}", self.base);
        let lines = [&*self.cookie, "origin: null", "sec-fetch-site: same-origin"];
        self.send("POST", &path, &lines, body)
    }
}

#[test]
fn the_token_works_once_and_only_the_cookie_opens_pages() {
    let sandbox = Sandbox::new();
    let dashboard = Dashboard::opened(&sandbox);
    let again = dashboard.send("GET", &dashboard.open, &[], "");
    assert_eq!(again.status, 403, "{again:?}");
    assert!(!again.head.contains("set-cookie"));

    let page = dashboard.get("");
    assert_eq!(page.status, 200, "{page:?}");
    assert!(page.body.contains("Nobody is watching"), "{}", page.body);
    let (cookie, base) = (&*dashboard.cookie, &*dashboard.base);
    let other = if cookie.ends_with('0') { 1 } else { 0 };
    let wrong = format!("{}{other}", &cookie[..cookie.len() - 1]);
    for lines in [&[][..], &["cookie: sitwell="], &[&wrong]] {
        for path in [base, &format!("{base}style.css"), "/", "/open", "/nowhere"] {
            let refused = dashboard.send("GET", path, lines, "");
            assert_eq!(refused.status, 403, "{path} {lines:?} {refused:?}");
            assert!(!refused.body.contains("watching"), "{refused:?}");
        }
        let refused = dashboard.send(
            "POST",
            &format!("{base}start"),
            &[lines, &["sec-fetch-site: same-origin"]].concat(),
            "",
        );
        assert_eq!(refused.status, 403);
    }
}

/// Only root can become somebody else.
#[test]
fn another_user_of_this_computer_learns_nothing() {
    let is_root = Command::new("id").arg("-u").output();
    if !is_root.is_ok_and(|id| id.stdout == b"0\n") {
        return;
    }
    let sandbox = Sandbox::new();
    let dashboard = Dashboard::opened(&sandbox);
    let (process, port, base) = (dashboard.process.id(), dashboard.port, &dashboard.base);
    let data = sandbox.path("data");
    let data = data.display();
    let script = format!(
        "for path in / /open '/open?token=0' {base} {base}review {base}picture; do \
           curl -s -m 20 -w ' %{{http_code}} ' \"http://127.0.0.1:{port}$path\"; done; \
         curl -s -m 20 -w ' %{{http_code}} ' -H 'origin: null' -H 'sec-fetch-site: same-origin' -d length=hour \"http://127.0.0.1:{port}{base}pause\"; \
         cat /proc/{process}/environ /proc/{process}/cmdline {data}/* 2>/dev/null; ls {data} 2>/dev/null"
    );
    let tried = Command::new("timeout")
        .args(["200", "su", "-s", "/bin/sh", "nobody", "-c", &script])
        .output()
        .unwrap();
    let seen = String::from_utf8_lossy(&tried.stdout);
    assert_eq!(seen.matches(" 403 ").count(), 7, "{seen}");
    let (_, token) = dashboard.open.split_once("token=").unwrap();
    let (_, cookie) = dashboard.cookie.split_once('=').unwrap();
    for secret in [token, cookie, "watching", "history.db"] {
        assert!(!seen.contains(secret), "{secret}: {seen}");
    }
}

#[test]
fn the_menu_entry_leads_through_the_set_up_first_and_later_starts_the_monitor() {
    let sandbox = Sandbox::new();
    let settings = "[notify]\nchannel = \"off\"\n[camera]\ndevice = \"no such camera\"\n";
    std::fs::write(sandbox.path("config.toml"), settings).unwrap();
    let from_the_menu = || {
        let dashboard = Dashboard::start_with(&sandbox, &["--start"]);
        let page = dashboard.send("GET", &dashboard.open, &[], "").body;
        (dashboard, page)
    };
    let runs = || sandbox.run(&["status"]).2;
    let (_dashboard, page) = from_the_menu();
    assert!(page.contains("/set-up\""), "{page}");
    assert!(!runs(), "nobody has agreed to be watched yet");

    sandbox.calibrate();
    let (_dashboard, page) = from_the_menu();
    assert!(!page.contains("set-up"), "{page}");
    let step = Duration::from_millis(100);
    for _ in 0..PATIENCE.as_millis() / step.as_millis() {
        if runs() {
            break;
        }
        std::thread::sleep(step);
    }
    let (answer, complaint, is_ok) = sandbox.run(&["stop"]);
    assert!(is_ok, "{answer}{complaint}");
}

#[test]
fn no_way_of_writing_a_path_gets_around_the_cookie() {
    let sandbox = Sandbox::new();
    let dashboard = Dashboard::opened(&sandbox);
    let base = dashboard.base.trim_matches('/');
    for path in [
        format!("//{base}/"),
        format!("/{base}//"),
        format!("/./{base}/"),
        format!("/x/../{base}/"),
        format!("/%2e/{base}/"),
        format!("/{}/", base.to_uppercase()),
        format!("/%{:02x}{}/", base.as_bytes()[0], &base[1..]),
        format!("/{base}/?/open"),
        format!("/open/../{base}/"),
        format!("/open%2f..%2f{base}/"),
        "//open".to_owned(),
        "/OPEN".to_owned(),
        "/open/".to_owned(),
        format!("/open;{base}"),
    ] {
        let refused = dashboard.send("GET", &path, &[], "");
        assert_eq!(refused.status, 403, "{path}: {refused:?}");
        let known = dashboard.send("GET", &path, &[&dashboard.cookie], "");
        let is_page = path.contains("?/open");
        assert_eq!(
            known.status,
            if is_page { 200 } else { 404 },
            "{path}: {known:?}"
        );
    }
}

#[test]
fn other_hosts_origins_and_methods_are_refused_with_the_cookie_too() {
    let sandbox = Sandbox::new();
    let dashboard = Dashboard::opened(&sandbox);
    let (port, base, cookie) = (dashboard.port, &*dashboard.base, &*dashboard.cookie);
    let raw = |request: String| exchange(port, &request).status;
    let end = format!("connection: close\r\n{cookie}\r\n\r\n");
    assert_eq!(
        raw(format!(
            "GET {base} HTTP/1.1\r\nhost: localhost:{port}\r\n{end}"
        )),
        200
    );
    for host in [
        "evil.example",
        &format!("evil.example:{port}"),
        "127.0.0.1",
        "",
    ] {
        let status = raw(format!("GET {base} HTTP/1.1\r\nhost: {host}\r\n{end}"));
        assert_eq!(status, 421, "{host}");
    }
    assert_eq!(raw(format!("GET {base} HTTP/1.1\r\n{end}")), 400);
    assert_eq!(raw(format!("GET {base} HTTP/1.0\r\n{end}")), 400);
    let host = format!("host: 127.0.0.1:{port}\r\n");
    assert_eq!(
        raw(format!(
            "GET {base} HTTP/1.1\r\n{host}host: evil.example\r\n{end}"
        )),
        400
    );
    assert_eq!(
        raw(format!(
            "GET http://evil.example{base} HTTP/1.1\r\n{host}{end}"
        )),
        421
    );

    let foreign = [
        "sec-fetch-site: cross-site",
        "sec-fetch-site: same-site",
        "origin: http://evil.example",
        "origin: null",
        &format!("origin: http://localhost:{port}"),
        &format!("origin: http://127.0.0.1:{}", port ^ 1),
    ];
    for line in foreign {
        for page in ["", "live", "style.css"] {
            let refused = dashboard.send("GET", &format!("{base}{page}"), &[cookie, line], "");
            assert_eq!(refused.status, 403, "{page} {line}");
        }
        let refused = dashboard.send(
            "POST",
            &format!("{base}pause"),
            &[cookie, line],
            "length=hour",
        );
        assert_eq!(refused.status, 403, "{line}");
    }
    for method in ["HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "BREW"] {
        let refused = dashboard.send(method, base, &[cookie], "");
        assert_eq!(refused.status, 405, "{method}");
    }
    let upgrade = [
        "connection: upgrade",
        "upgrade: websocket",
        "sec-websocket-version: 13",
    ];
    let lines = [&[cookie, "origin: http://evil.example"], &upgrade[..]].concat();
    assert_eq!(
        dashboard
            .send("GET", &format!("{base}live"), &lines, "")
            .status,
        403
    );
    for button in ["start", "restart", "pause", "resume"] {
        let refused = dashboard.get(button);
        assert_eq!(refused.status, 404, "nothing changes by GET: {button}");
    }
}

#[test]
fn every_response_says_what_the_browser_must_not_do() {
    let sandbox = Sandbox::new();
    let dashboard = Dashboard::opened(&sandbox);
    let cross_site = dashboard.send("GET", "/", &["sec-fetch-site: cross-site"], "");
    for response in [
        dashboard.get(""),
        dashboard.get("nowhere"),
        dashboard.get("script.js"),
        cross_site,
    ] {
        for line in [
            "content-security-policy: default-src 'none'; script-src 'self'; style-src 'self'; ",
            "frame-ancestors 'none'",
            "x-content-type-options: nosniff",
            "x-frame-options: deny",
            "referrer-policy: no-referrer",
            "cache-control: no-store",
            "cross-origin-resource-policy: same-origin",
        ] {
            assert!(response.head.contains(line), "{line}: {}", response.head);
        }
        assert!(
            !response.head.contains("access-control"),
            "{}",
            response.head
        );
    }
    let page = dashboard.get("").body;
    for inside in ["<style", "style=", "onclick", "javascript:", "<script>"] {
        assert!(!page.contains(inside), "{inside}: {page}");
    }
    let (cookie, base) = (&dashboard.cookie, &dashboard.base);
    assert!(!page.contains(cookie.split_once('=').unwrap().1), "{base}");
}

#[test]
fn what_is_too_long_or_makes_no_sense_is_refused() {
    let sandbox = Sandbox::new();
    let dashboard = Dashboard::opened(&sandbox);
    // The connection may be closed before the answer is read: there is too much to read it all.
    let long = dashboard.press("pause", &format!("length=hour&x={}", "x".repeat(100_000)));
    assert!([0, 413].contains(&long.status), "{long:?}");
    let line = format!("x: {}", "x".repeat(100_000));
    let long = dashboard.send("GET", &dashboard.base, &[&dashboard.cookie, &line], "");
    assert!([0, 431].contains(&long.status), "{long:?}");
    for body in [
        "",
        "length=",
        "length=ever",
        "length=hour&length=hour",
        "=&%ff",
    ] {
        let wrong = dashboard.press("pause", body);
        assert!((400..500).contains(&wrong.status), "{body} {wrong:?}");
        assert!(wrong.body.contains("cannot be read"), "{body} {wrong:?}");
    }
    for page in [
        "slouch",
        "slouch?at=yesterday",
        "stretch",
        "stretches?fault=slump",
    ] {
        let wrong = dashboard.get(page);
        assert_eq!(wrong.status, 400, "{page} {wrong:?}");
        assert!(wrong.body.contains("cannot be read"), "{page} {wrong:?}");
    }
    let unknown = dashboard.get("review?days=%3Cscript%3E").body;
    assert!(
        unknown.contains("cannot tell which days <code>&lt;script&gt;</code> means"),
        "{unknown}"
    );
    assert_eq!(dashboard.get("").status, 200);
}

/// Five photographs on which the webcam's neck angle is 2 degrees larger on average.
fn five_photos() -> Vec<Record> {
    let off = [1.0, 3.0, 2.0, 4.0, 0.0].into_iter().zip(0_i64..);
    let check = |(off, minute): (f64, i64)| PhotoCheck {
        taken: Timestamp::from_second(1_795_392_000 + 60 * minute).unwrap(),
        photo: (50.0, 50.0),
        webcam: 50.0 + off,
        error: 3.0,
    };
    off.map(|one| Record::PhotoCheck(check(one))).collect()
}

/// What they say beside degrees: 1.96 standard deviations are 3.1 degrees.
const AGREEMENT: &str = "By your 5 photographs the webcam shows the head 2.0\u{b0} less far forward on average, and in 95 of 100 \
                         cases from 5.1\u{b0} less to 1.1\u{b0} more.";

/// Hours ago, a slouch with a nudge in it and what that was based on.
fn judged_slouch(hours: i64, mean: f64) -> (Timestamp, Vec<Record>) {
    let from = sitwell::clock::now().timestamp() - SignedDuration::from_hours(hours);
    let from = Timestamp::from_millisecond(from.as_millisecond()).unwrap();
    let nudge = from + SignedDuration::from_mins(1);
    let reading = |at| Reading {
        at,
        angles: PerAngle {
            forward_head: Some(AngleReading {
                change: mean,
                error: 2.0,
            }),
            rounded_shoulders: None,
        },
    };
    let episode = Episode {
        fault: Fault::ForwardHead,
        from,
        to: from + SignedDuration::from_mins(4),
        observed: SignedDuration::from_mins(4),
        angle: AngleSpan {
            mean,
            worst: mean,
            error: 2.0,
        },
        ending: EpisodeOutcome::ByItself,
    };
    let shown = Nudge {
        at: nudge,
        fault: Fault::ForwardHead,
        stretch: "chest-lift".to_owned(),
        answer: Answer::Unanswered,
        answered: None,
    };
    let evidence = NudgeEvidence {
        nudge,
        readings: vec![reading(from), reading(nudge)],
        view: View::Side,
        basis: Basis::Joints,
        skeleton: Some(Skeleton {
            aspect: 1.5,
            points: [(0.75, 0.25); Skeleton::JOINTS.len()],
        }),
        limits: PerAngle {
            forward_head: Some(10.0),
            rounded_shoulders: None,
        },
        onset: SignedDuration::from_mins(1),
        model: "full".to_owned(),
        calibration: None,
        doubt: None,
    };
    let records = [
        Record::Episode(episode),
        Record::Nudge(shown),
        Record::Evidence(evidence),
    ];
    (from, records.into())
}

#[test]
fn a_slouch_shows_what_its_nudge_was_based_on_and_can_be_called_none() {
    let sandbox = Sandbox::new();
    let slouches = [(90, 11.2), (60, 12.4), (30, 12.0), (20, 25.0)];
    let slouches = slouches.map(|(hours, mean)| judged_slouch(hours, mean));
    let mut history = History::open(&sandbox.path("data").join(FILE_NAME)).unwrap();
    for (_, records) in &slouches {
        history.save_all(records).unwrap();
    }
    let dashboard = Dashboard::opened(&sandbox);
    for (number, (from, _)) in slouches[..3].iter().enumerate() {
        let address = format!("slouch?at={from}");
        let page = dashboard.get(&address).body;
        for words in [
            "\u{b0} from neutral on average",
            "The limit was 10\u{b0}.",
            "You as the camera saw you",
            "The model was full, and slouching counted after 1 min.",
            "That was no slouch",
        ] {
            assert!(page.contains(words), "{words}: {page}");
        }
        assert!(!page.contains("What may help"), "{page}");
        let nudge = *from + SignedDuration::from_mins(1);
        let pressed = dashboard.press("not-a-slouch", &format!("nudge={nudge}&slouch={from}"));
        assert_eq!(pressed.status, 303, "{pressed:?}");
        assert!(
            pressed
                .head
                .contains(&format!("location: {}", address.to_lowercase())),
            "{pressed:?}"
        );
        let page = dashboard.get(&address).body;
        assert!(page.contains("is marked as a false alarm"), "{page}");
        assert!(!page.contains("That was no slouch"), "{page}");
        assert_eq!(page.contains("What may help"), number == 2, "{page}");
    }
    let address = format!("slouch?at={}", slouches[0].0);
    assert!(!dashboard.get(&address).body.contains(AGREEMENT));
    history.save_all(&five_photos()).unwrap();
    let page = dashboard.get(&address).body;
    assert!(page.contains(AGREEMENT), "{page}");
    let from = slouches[0].0.strftime("%F");
    let review = dashboard.get(&format!("review?days={from}")).body;
    assert!(review.contains(AGREEMENT), "{review}");
    assert!(page.contains("Yes, set the limit to"), "{page}");
    assert!(
        page.contains("value=\"posture.limits.forward_head\""),
        "{page}"
    );
    let home = dashboard.get("").body;
    assert!(home.contains("What may help"), "{home}");
    let kept = history.nudges(Period::ALWAYS).unwrap();
    let appealed = kept
        .iter()
        .filter(|nudge| nudge.answer == Answer::NotASlouch);
    assert_eq!(appealed.count(), 3);

    let unknown = dashboard.press("not-a-slouch", "nudge=2020-01-01T00:00:00Z");
    assert_eq!(unknown.status, 303);
    let said = dashboard.get("").body;
    assert!(
        said.contains("there was no nudge at 2020-01-01T00:00:00Z"),
        "{said}"
    );
    assert_eq!(
        dashboard.get("not-a-slouch").status,
        404,
        "nothing changes by GET"
    );
    assert_eq!(dashboard.press("not-a-slouch", "nudge=now").status, 422);

    assert_eq!(dashboard.press("proposal", "fault=boredom").status, 422);
    let refused = dashboard.press("proposal", "fault=forward_head");
    assert_eq!(refused.status, 303, "{refused:?}");
    let home = dashboard.get("").body;
    assert!(home.contains("Nothing changes."), "{home}");
    for page in ["", &address] {
        let page = dashboard.get(page).body;
        assert!(!page.contains("What may help"), "{page}");
    }
    let settled = history.read(Period::ALWAYS).unwrap().settled_proposals;
    assert_eq!((settled.len(), settled[0].fault), (1, Fault::ForwardHead));
}

#[test]
fn a_proposal_on_the_first_page_is_followed_once() {
    let sandbox = Sandbox::new();
    let mut history = History::open(&sandbox.path("data").join(FILE_NAME)).unwrap();
    for (hours, mean) in [(90, 11.2), (60, 12.4), (30, 12.0), (20, 25.0)] {
        let (_, mut records) = judged_slouch(hours, mean);
        if let Record::Nudge(nudge) = &mut records[1]
            && hours > 20
        {
            nudge.answer = Answer::NotASlouch;
        }
        history.save_all(&records).unwrap();
    }
    let dashboard = Dashboard::opened(&sandbox);
    let home = dashboard.get("").body;
    let limit = home.split("Yes, set the limit to ").nth(1).unwrap();
    let limit: f64 = limit.split('\u{b0}').next().unwrap().parse().unwrap();
    let yes = format!("fault=forward_head&setting=posture.limits.forward_head&value={limit}");
    assert_eq!(dashboard.press("proposal", &yes).status, 303);
    let home = dashboard.get("").body;
    assert!(home.contains("saved in"), "{home}");
    assert!(!home.contains("What may help"), "{home}");
    let settings = std::fs::read_to_string(sandbox.path("config.toml")).unwrap();
    assert!(
        settings.contains(&format!("forward_head = {limit}")),
        "{settings}"
    );
}

#[test]
fn a_change_at_the_desk_is_noted() {
    let sandbox = Sandbox::new();
    let dashboard = Dashboard::opened(&sandbox);
    let pressed = dashboard.press("desk-change", "what=screen_raised");
    assert_eq!(pressed.status, 303, "{pressed:?}");
    let page = dashboard.get("review").body;
    assert!(page.contains("You raised the screen."), "{page}");
    let history = History::open(&sandbox.path("data").join(FILE_NAME)).unwrap();
    let changes = history.read(Period::ALWAYS).unwrap().desk_changes;
    assert_eq!(changes.len(), 1);
    assert_eq!(changes[0].what, DeskChangeKind::ScreenRaised);
    assert_eq!(dashboard.press("desk-change", "what=sofa").status, 422);
}

#[test]
fn a_photograph_is_compared_with_what_the_webcam_said_in_that_minute() {
    let sandbox = Sandbox::new();
    sandbox.calibrate();
    let path = sandbox.path("data").join(FILE_NAME);
    let mut history = History::open(&path).unwrap();
    let profile = history.profiles().unwrap().remove(0);
    let neutral = profile
        .calibration
        .unwrap()
        .rough()
        .angles
        .forward_head
        .unwrap();
    // The forms have this computer's clock, in whole minutes.
    let zone = jiff::tz::TimeZone::system();
    let taken = profile.taken.at.as_second().div_euclid(60) * 60 + 120;
    let start = Timestamp::from_second(taken).unwrap();
    let clock = zone.to_datetime(start).strftime("%Y-%m-%dT%H:%M");
    let form = |points: &str| format!("points={points}&taken={clock}");
    let dashboard = Dashboard::opened(&sandbox);
    let said = |body: &str| {
        let pressed = dashboard.press("photo", body);
        assert_eq!(pressed.status, 303, "{pressed:?}");
        dashboard.get("photo").body
    };
    // 45 degrees, and a little more.
    let points = "100+100+0+200+100+98+0+200";
    let page = said(&form(points));
    assert!(
        page.contains("measured no forward head in that minute"),
        "{page}"
    );
    history
        .save_all(&a_measured_minute(&profile.taken, start))
        .unwrap();
    let page = said(&form(points));
    assert!(
        page.contains("The photograph shows a neck angle of 45.3"),
        "{page}"
    );
    let webcam = 90.0 - (neutral.degrees + 4.0);
    assert!(
        page.contains(&format!("The webcam gave {webcam:.1}")),
        "{page}"
    );
    let kept = history.photo_checks(Period::ALWAYS).unwrap();
    assert_eq!(kept.len(), 1);
    assert!((kept[0].photo.0 - 45.0).abs() < 1e-9 && (kept[0].webcam - webcam).abs() < 1e-9);
    let csv = dashboard.get("photo-checks.csv").body;
    assert!(csv.contains("45.00,45.57,"), "{csv}");
    for (wrong, reason) in [
        (form("0+0"), "click the tragus and C7 twice each"),
        (form(""), "click the tragus and C7 twice each"),
        (
            form("100+300+0+200+100+98+0+200"),
            "the tragus must be above C7",
        ),
        (
            form("NaN+300+0+200+100+98+0+200"),
            "the tragus must be above C7",
        ),
        (
            format!("points={points}&taken=noon"),
            "say when the photograph was taken",
        ),
    ] {
        let page = said(&wrong);
        assert!(page.contains(reason), "{wrong}: {page}");
    }
    assert_eq!(history.photo_checks(Period::ALWAYS).unwrap().len(), 1);
}

#[test]
fn the_home_page_shows_the_monitor_and_its_buttons_reach_it() {
    let sandbox = Sandbox::new();
    sandbox.calibrate();
    let mut history = History::open(&sandbox.path("data").join(FILE_NAME)).unwrap();
    history.save_all(&five_photos()).unwrap();
    let day = sandbox.recording("day", a_slouch());
    let (mut monitor, _story) = watching(&sandbox, &day);
    let dashboard = Dashboard::opened(&sandbox);
    let page = dashboard.get("").body;
    for words in [
        AGREEMENT,
        "beyond the limit: head forward",
        "from neutral, limit",
        "Next observation",
        "camera recording, calibrated",
        "Until tomorrow",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let mut events = BufReader::new(connect(dashboard.port));
    write!(
        events.get_mut(),
        "GET {}live HTTP/1.1\r\nhost: 127.0.0.1:{}\r\n{}\r\nsec-fetch-site: same-origin\r\n\r\n",
        dashboard.base,
        dashboard.port,
        dashboard.cookie
    )
    .unwrap();
    let mut wait_for = |words: &str| {
        let mut line = String::new();
        while !line.contains(words) {
            line.clear();
            let read = events.read_line(&mut line).unwrap();
            assert!(read > 0, "the events ended before `{words}`");
        }
        line
    };
    wait_for("text/event-stream");
    wait_for("from neutral");
    let paused = dashboard.press("pause", "length=hour");
    assert_eq!(paused.status, 303, "{paused:?}");
    wait_for("not watching: paused");
    let page = dashboard.get("").body;
    assert!(page.contains("paused until 11:"), "{page}");
    assert!(page.contains("Resume"), "{page}");
    assert!(
        !dashboard
            .get("")
            .body
            .contains("role=\"status\">paused until"),
        "it is said once"
    );
    dashboard.press("resume", "");
    wait_for("from neutral");
    monitor.kill().unwrap();
    monitor.wait().unwrap();
    let gone = wait_for("Nobody is watching");
    assert!(gone.contains("Start watching"), "{gone}");
    let refused = dashboard.press("resume", "");
    assert_eq!(refused.status, 303);
    let page = dashboard.get("").body;
    assert!(
        page.contains("It did not work: no monitor is running"),
        "{page}"
    );
}
