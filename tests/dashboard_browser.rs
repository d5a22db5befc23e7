//! `sitwell dashboard` in a real browser: what its pages do, and what hostile pages cannot.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may stop where it stands"
)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Stdio};
use std::thread;
use std::time::Duration;

mod browser;
#[allow(dead_code, reason = "each user takes what it needs")]
mod made_up;
mod support;

use browser::Browser;
use jiff::Timestamp;
use jiff::civil::date;
use jiff::tz::TimeZone;
use sitwell::history::{FILE_NAME, History};
use sitwell::record::{Period, PhotoCheck, Record};
use support::{Sandbox, a_measured_minute, a_slouch, watching};

/// A dashboard. A browser is let in by its address, once.
struct Dashboard {
    process: Child,
    address: String,
    port: u16,
}

impl Drop for Dashboard {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Dashboard {
    fn start(sandbox: &Sandbox, words: &[&str]) -> Dashboard {
        let mut process = sandbox
            .command(&[&["dashboard", "--no-open"], words].concat())
            // What starts at login must not be this computer's.
            .env("HOME", sandbox.path("home"))
            .env("XDG_CONFIG_HOME", sandbox.path("home"))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut out = BufReader::new(process.stdout.take().unwrap());
        out.read_line(&mut line).unwrap();
        let at = line.find("http://").unwrap();
        let address = line[at..].trim().to_owned();
        let (_, rest) = address.split_once("127.0.0.1:").unwrap();
        let port = rest.split('/').next().unwrap().parse().unwrap();
        Dashboard {
            process,
            address,
            port,
        }
    }
}

/// Serves one page of another origin on this computer, to whoever asks for whatever.
fn serve(text: String) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let limit = Some(Duration::from_secs(10));
            stream.set_read_timeout(limit).unwrap();
            let mut head = [0; 4096];
            let _ = stream.read(&mut head);
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{text}",
                text.len()
            );
        }
    });
    port
}

#[test]
fn somebody_calibrates_watches_pauses_and_sees_the_monitor_go() {
    let sandbox = Sandbox::new();
    let well = sandbox.recording("well", [1, 1, 2, 2, 3, 3, 1, 1, 2, 2, 3, 3]);
    let first = Dashboard::start(&sandbox, &["--source", &well]);
    let mut browser = Browser::start(&sandbox.path("browser"));
    browser.go(&first.address);
    browser.wait_for("Nobody is watching");
    browser.click("Calibrate");
    browser.wait_for("Only a skeleton is shown");
    browser.click("Calibrate");
    let taken = browser.wait_for("Is this how you want to sit?");
    assert!(taken.contains("Limit of forward head"), "{taken}");
    assert!(!taken.contains("Until now"), "{taken}");
    browser.click("Accept");
    browser.wait_for("Calibrated recording (sitting)");
    browser.click("Calibrate");
    let again = browser.wait_for("Until now");
    assert!(
        again.contains("Until you accept, the old one stays in force."),
        "{again}"
    );
    browser.click("Redo");
    browser.wait_until("!document.body.innerText.includes('Is this how')");
    drop(first);

    let badly = sandbox.recording("badly", [6, 7].into_iter().cycle().take(12));
    let other = Dashboard::start(&sandbox, &["--source", &badly]);
    browser.go(&other.address);
    browser.wait_for("Nobody is watching");
    browser.click("Calibrate");
    browser.wait_for("Now slouch on purpose");
    browser.click("Slouch now");
    let seen = browser.wait_for("Seen: ");
    assert!(seen.contains("That counts: the limit is "), "{seen}");
    drop(other);

    let dashboard = Dashboard::start(&sandbox, &["--source", &well]);
    browser.go(&dashboard.address);
    browser.wait_for("Nobody is watching");
    browser.click("Set up");
    browser.wait_for("a recording (chosen)");
    let picture = "document.querySelector('#picture image')";
    browser.mouse("mousePressed", ".cameras button");
    browser.wait_until(picture);
    browser.wait_for("The view is good: head and both shoulders are seen.");
    browser.mouse("mouseReleased", ".cameras button");
    assert_eq!(browser.value(picture), serde_json::Value::Null);
    browser.click("Calibrate");
    browser.wait_for("Now slouch on purpose");
    browser.click("Slouch now");
    let unseen = browser.wait_for("This view hardly shows it: ");
    assert!(unseen.contains("Raise the camera"), "{unseen}");

    browser.click("Now");
    let day = sandbox.recording("day", a_slouch().into_iter().cycle().take(600));
    let (mut monitor, _story) = watching(&sandbox, &day);
    let live = browser.wait_for("head forward");
    assert!(live.contains("Forward head"), "{live}");
    assert!(live.contains("limit"), "{live}");
    browser.wait_until("document.querySelector('#seen line')");
    let shown = "its picture is being shown";
    for (press, let_go) in [("mousePressed", "mouseReleased"), ("keyDown", "keyUp")] {
        assert!(!browser.text().contains(shown));
        assert_eq!(browser.value(picture), serde_json::Value::Null);
        match press {
            "keyDown" => browser.key(press, " "),
            _ => browser.mouse(press, "#hold button"),
        }
        browser.wait_until(picture);
        let decoded = browser.value(
            "fetch(document.querySelector('#picture image').getAttribute('href')).then((r) => r.status, () => 'blocked')",
        );
        assert_eq!(decoded, "blocked", "a script on the page cannot send it on");
        browser.wait_for(shown);
        match let_go {
            "keyUp" => browser.key(let_go, " "),
            _ => browser.mouse(let_go, "#hold button"),
        }
        assert_eq!(browser.value(picture), serde_json::Value::Null, "{let_go}");
        browser.wait_until(&format!("!document.body.innerText.includes('{shown}')"));
    }
    browser.click("Pause: 1 hour");
    browser.wait_for("Paused until 11:");
    browser.wait_for("Resume");
    browser.click("Resume");
    browser.wait_for("Until tomorrow");
    monitor.kill().unwrap();
    monitor.wait().unwrap();
    browser.wait_for("Start watching");
    drop(dashboard);
    browser.wait_for("This page has lost the dashboard");
}

#[test]
fn settings_are_changed_and_refused_checks_run_and_a_stretch_is_guided() {
    let sandbox = Sandbox::new();
    // A camera that is not there: the checks must not open this computer's.
    let file = sandbox.path("config.toml");
    let before = "[notify]\nchannel = \"terminal\"\n\n[camera]\ndevice = \"none of these\"\n";
    std::fs::write(&file, before).unwrap();
    let saved = || std::fs::read_to_string(&file).unwrap();
    let dashboard = Dashboard::start(&sandbox, &[]);
    let mut browser = Browser::start(&sandbox.path("browser"));
    browser.go(&dashboard.address);
    browser.wait_for("Nobody is watching");
    browser.click("Settings");
    browser.wait_for("What you write there yourself stays");
    browser.fill("monitor.patience.onset", "2m");
    browser.click("Save patience");
    browser.wait_for("Saved in");
    let after = format!("{before}\n[monitor.patience]\nonset = \"2m\"\n");
    assert_eq!(saved(), after);
    browser.fill("monitor.patience.onset", "soon");
    browser.click("Save patience");
    let refused = browser.wait_for("It did not work");
    assert!(
        refused.contains("line 8: monitor.patience.onset"),
        "{refused}"
    );
    assert_eq!(saved(), after);
    let field = "document.getElementById('monitor.patience.onset').value";
    assert_eq!(browser.value(field), "soon");

    browser.fill("posture.limits.forward_head", "12");
    browser.value("document.getElementById('posture.limits.forward_head').dispatchEvent(new Event('input', { bubbles: true }))");
    browser.wait_for("There is no history yet to compare with.");

    browser.click("Set up");
    browser.wait_for("From now on, or whenever you log in.");
    browser.click("Start at login");
    browser.wait_for("Sitwell starts when you log in");
    browser.click("Do not start at login");
    browser.wait_for("Sitwell does not start at login");
    browser.fill("watch.schedule", "always");
    browser.click("Save");
    browser.wait_for("It did not work");
    let field = "document.getElementById('watch.schedule').value";
    assert_eq!(browser.value(field), "always");
    browser.fill("watch.schedule", "mon-fri 09:00-17:00");
    let edges = "document.getElementById('notify.dim_edges').value";
    assert_eq!(browser.value(edges), "false");
    browser.click("Save");
    browser.wait_for("Saved in");
    let hours = saved();
    assert!(
        hours.contains("schedule = [\"mon-fri 09:00-17:00\"]"),
        "{hours}"
    );
    browser.click("Check everything");
    let checked = browser.wait_for("1 check failed.");
    assert!(checked.contains("none of these"), "{checked}");
    assert!(checked.contains("Fails camera"), "{checked}");

    browser.click("Stretches");
    browser.wait_for("Before you stretch");
    browser.click("Add your own stretches");
    browser.wait_for("An example");
    let example = browser.value("document.querySelector('pre').textContent");
    browser.fill("text", "[[stretch]]\nid = 3\n");
    browser.click("Save");
    browser.wait_for("Not saved: ");
    let kept = browser.value("document.getElementById('text').value");
    assert_eq!(kept, "[[stretch]]\nid = 3\n", "the text is not lost");
    browser.fill("text", example.as_str().unwrap());
    browser.click("Save");
    browser.wait_for("Saved in");
    let listed = browser.wait_for("Before you stretch");
    assert!(listed.contains("Doorway pause"), "{listed}");
    browser.click("Shoulder rolls");
    browser.wait_for("Ready when you are.");
    browser.click("Start");
    browser.wait_for("Shoulder rolls - get ready");
    browser.click("Next");
    browser.wait_for("Shoulder rolls - 1 of 8");
    browser.click("Stop");
    browser.wait_for("Not now. That is fine.");

    browser.click("Privacy");
    browser.wait_for("never a picture");
    browser.fill("confirm", "delete");
    browser.click("Delete the history");
    browser.wait_for("There is no history at");
}

#[test]
fn a_photograph_is_clicked_on_compared_and_kept_nowhere() {
    let sandbox = Sandbox::new();
    sandbox.calibrate();
    let mut history = History::open(&sandbox.path("data").join(FILE_NAME)).unwrap();
    let taken = history.profiles().unwrap().remove(0).taken;
    let start = taken.at.as_second().div_euclid(60) * 60 + 120;
    let start = Timestamp::from_second(start).unwrap();
    history.save_all(&a_measured_minute(&taken, start)).unwrap();
    let dashboard = Dashboard::start(&sandbox, &[]);
    let mut browser = Browser::start(&sandbox.path("browser"));
    browser.go(&dashboard.address);
    browser.wait_for("Nobody is watching");
    browser.click("Review");
    browser.click("Check the angles with a photograph from the side");
    browser.wait_for("The photograph is never kept");
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/landmarks");
    browser.choose("#photo", &fixtures.join("README.md"));
    browser.wait_for("This file cannot be shown");
    browser.choose("#photo", &fixtures.join("s00_side_00_neutral.jpg"));
    browser.wait_for("Click the tragus");
    // Tragus and C7 by the posture set's labels.csv, and a little beside them.
    let size = (640.0, 480.0);
    let clicks = [
        (254.7, 136.6),
        (198.2, 231.2),
        (260.7, 136.6),
        (198.2, 231.2),
    ];
    for (x, y) in clicks {
        assert_eq!(
            browser.value("document.getElementById('send').disabled"),
            true
        );
        browser.click_at("#canvas", (x / size.0, y / size.1));
    }
    browser.wait_for("Done. Check the time");
    let asked = "performance.getEntriesByType('resource').map((r) => r.name.split('/').pop())";
    let asked_for = browser.value(asked);
    let mut names: Vec<&str> = asked_for
        .as_array()
        .unwrap()
        .iter()
        .map(|name| name.as_str().unwrap())
        .collect();
    names.retain(|name| !["style.css", "script.js", "photo.js", "open-page"].contains(name));
    assert_eq!(
        names,
        Vec::<&str>::new(),
        "nothing is sent before a guess is asked for"
    );
    browser.click("Offer a guess");
    browser.wait_for("The two dashed rings are a guess");
    assert!(browser.value(asked).to_string().contains("photo-guess"));
    let clicked = browser.value("document.getElementById('points').value.split(' ').length");
    assert_eq!(clicked, 8, "a guess replaces no click");

    let clock = TimeZone::UTC.to_datetime(start).strftime("%Y-%m-%dT%H:%M");
    browser.fill("taken", &clock.to_string());
    browser.click("Compare");
    let compared = browser.wait_for("The photograph shows a neck angle of");
    assert!(compared.contains("Photographs so far"), "{compared}");
    let kept = history.photo_checks(Period::ALWAYS).unwrap();
    assert_eq!((kept.len(), kept[0].taken), (1, start));
    // A click is a whole pixel of the window: half a degree here.
    let (first, second) = kept[0].photo;
    assert!((first - 59.1).abs() < 1.0, "{first}");
    assert!((second - 56.5).abs() < 1.0, "{second}");
    let error = (first - second).abs() / 2.0;
    assert!(
        compared.contains(&format!(
            "{:.1}\u{b0} \u{b1} {error:.1}\u{b0}",
            kept[0].measured()
        )),
        "{compared}"
    );
    let left = browser.value("document.getElementById('canvas').hidden && document.images.length");
    assert_eq!(left, 0, "the picture is gone with its page");
    for entry in std::fs::read_dir(sandbox.path("data")).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap_or_default();
        assert!(
            !bytes.windows(4).any(|four| four == b"JFIF"),
            "a picture is kept"
        );
    }
}

#[test]
fn every_page_fits_a_phone_and_names_everything_for_a_screen_reader() {
    let sandbox = Sandbox::new();
    std::fs::create_dir(sandbox.path("data")).unwrap();
    let mut history = History::open(&sandbox.path("data").join(FILE_NAME)).unwrap();
    let days = made_up::days(date(2026, 10, 26), 12, &TimeZone::UTC, 1);
    let slouch = days.iter().find_map(|record| match record {
        Record::Episode(episode) => Some(format!("slouch?at={}", episode.from)),
        _ => None,
    });
    history.save_all(&days).unwrap();
    let photo = |minute: i64| PhotoCheck {
        taken: Timestamp::from_second(1_795_392_000 + 60 * minute).unwrap(),
        photo: (50.0, 51.0),
        webcam: 52.0,
        error: 3.0,
    };
    let photos: Vec<Record> = (0..5)
        .map(|minute| Record::PhotoCheck(photo(minute)))
        .collect();
    history.save_all(&photos).unwrap();
    let dashboard = Dashboard::start(&sandbox, &[]);
    let mut browser = Browser::start(&sandbox.path("browser"));
    browser.go(&dashboard.address);
    browser.wait_for("Nobody is watching");
    let home = browser.value("location.href");
    let axe = browser::axe(&sandbox.path("axe"));
    let slouch = slouch.unwrap();
    for page in [
        "",
        "review?days=2026-10-28",
        "review?days=2026-10-26..2026-11-01",
        "review?days=year",
        &slouch,
        "photo",
        "stretches",
        "stretch?id=chin-tuck",
        "calibrate",
        "set-up",
        "settings",
        "privacy",
    ] {
        // 1280 pixels at 200 % are 640.
        for width in [360, 640, 1440, 3840] {
            browser.resize(width, 900);
            browser.go(&format!("{}{page}", home.as_str().unwrap()));
            browser.wait_for("Privacy");
            let too_wide = browser.value("document.documentElement.scrollWidth - innerWidth");
            assert!(
                too_wide.as_i64().unwrap() <= 0,
                "{page} at {width} px: {too_wide} px too wide"
            );
        }
        assert_eq!(
            browser.value("document.querySelectorAll('h1').length"),
            1,
            "{page}"
        );
        let twice = browser.value(
            "[...document.querySelectorAll('[id]')].map((e) => e.id).filter((id, n, all) => all.indexOf(id) !== n)",
        );
        assert_eq!(twice, serde_json::json!([]), "{page}: ids that come twice");
        assert_eq!(browser.without_name(), Vec::<String>::new(), "{page}");
        browser.resize(1440, 900);
        walk_by_keyboard(&mut browser, page);
        for theme in ["dark", "light"] {
            browser.prefer(theme);
            if let Some(axe) = &axe {
                let found = browser.violations(axe);
                assert_eq!(found, Vec::<String>::new(), "{page} in the {theme} theme");
            }
        }
    }
}

/// Tab reaches everything that can be used, each visibly, and comes out at the end.
fn walk_by_keyboard(browser: &mut Browser, page: &str) {
    let usable = browser.value(
        "document.activeElement.blur(), [...document.querySelectorAll('a[href], button, input, select, textarea, summary')] \
         .filter((e) => e.checkVisibility() && e.type !== 'hidden' && !e.disabled).length",
    );
    // A field for date and time has seven stops of its own.
    let stops = browser.value("7 * document.querySelectorAll('input[type=datetime-local]').length");
    browser.value("(window.reached = new Set(), window.unseen = [])");
    for _ in 0..=usable.as_u64().unwrap() + stops.as_u64().unwrap() {
        browser.key("rawKeyDown", "Tab");
        browser.value(
            "(() => { const e = document.activeElement; if (e === document.body) return; reached.add(e); \
             if (getComputedStyle(e).outlineStyle === 'none') unseen.push(e.outerHTML); })()",
        );
    }
    assert_eq!(browser.value("reached.size"), usable, "{page}");
    let unseen = browser.value("unseen");
    assert_eq!(
        unseen,
        serde_json::json!([]),
        "{page}: the focus does not show"
    );
}

#[test]
fn a_hostile_page_on_this_computer_learns_nothing_and_changes_nothing() {
    let sandbox = Sandbox::new();
    let dashboard = Dashboard::start(&sandbox, &[]);
    let before = std::fs::read_to_string(sandbox.path("config.toml")).unwrap();
    let mut browser = Browser::start(&sandbox.path("browser"));
    browser.go(&dashboard.address);
    browser.wait_for("Nobody is watching");
    // It even knows the folder of the pages, and the browser has the cookie.
    let base = browser.value("location.pathname");
    let hostile = HOSTILE
        .replace("BASE", base.as_str().unwrap())
        .replace("PORT", &dashboard.port.to_string());
    let port = serve(hostile);
    for origin in ["127.0.0.1", "evil.example"] {
        browser.go(&format!("http://{origin}:{port}/"));
        let tried = browser.wait_for("all tried");
        for attempt in [
            "fetch",
            "fetch localhost",
            "fetch rebound",
            "post",
            "image",
            "style",
            "frame",
            "socket",
            "events",
        ] {
            assert!(
                tried.contains(&format!("{attempt}: refused")),
                "{attempt}: {tried}"
            );
        }
        assert!(!tried.contains(": got"), "{tried}");
        // A form leads to a page that says no.
        browser.value("document.forms[0].submit()");
        browser.wait_for("another page asked for this");
    }
    browser.go(&format!(
        "http://evil.example:{}{}",
        dashboard.port,
        base.as_str().unwrap()
    ));
    browser.wait_for("this is not that host");
    let after = std::fs::read_to_string(sandbox.path("config.toml")).unwrap();
    assert_eq!(before, after);
    // The same from one of our own pages works, so the attempts were real.
    browser.go(&format!(
        "http://127.0.0.1:{}{}settings",
        dashboard.port,
        base.as_str().unwrap()
    ));
    browser.wait_for("What you write there yourself stays");
}

/// Tries everything that a page can.
const HOSTILE: &str = r#"<!doctype html><ul id="tried"></ul>
<form method="post" action="http://127.0.0.1:PORTBASEsettings"><input name="notify.sound" value="true"></form><script>
const here = "http://127.0.0.1:PORT", base = "BASE";
const say = (what, got) => {
  const item = document.createElement("li");
  item.textContent = what + (got ? ": got " + got : ": refused");
  document.getElementById("tried").append(item);
};
const element = (name, properties) => new Promise((done) => {
  const made = Object.assign(document.createElement(name), properties);
  made.onload = () => done(made);
  made.onerror = () => done(null);
  document.body.append(made);
});
const read = async (what, address, options) => {
  try { say(what, await (await fetch(address, options)).text()); } catch { say(what); }
};
(async () => {
  const credentials = "include";
  await read("fetch", here + base, { credentials });
  await read("fetch localhost", "http://localhost:PORT" + base, { credentials });
  await read("fetch rebound", "http://evil.example:PORT" + base, { credentials });
  const body = new URLSearchParams({ "notify.sound": "true" });
  await read("post", here + base + "settings", { method: "POST", credentials, body });
  await fetch(here + base + "settings", { method: "POST", mode: "no-cors", credentials, body }).catch(() => {});
  say("image", await element("img", { src: here + base + "style.css" }) && "an image");
  say("style", await element("link", { rel: "stylesheet", href: here + base + "style.css" }) && "a style");
  const frame = await element("iframe", { src: here + base });
  let inside = null;
  try { inside = frame.contentDocument && frame.contentDocument.body.textContent; } catch {}
  say("frame", inside);
  const socket = new WebSocket("ws://127.0.0.1:PORT" + base + "live");
  await new Promise((done) => {
    socket.onopen = () => done(say("socket", "a socket"));
    socket.onerror = () => done(say("socket"));
  });
  const events = new EventSource(here + base + "live", { withCredentials: true });
  await new Promise((done) => {
    events.onopen = () => done(say("events", "events"));
    events.onerror = () => done(say("events"));
  });
  events.close();
  document.body.append("all tried");
})();
</script>"#;
