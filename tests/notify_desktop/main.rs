//! Notices on a real notification service: Debian's dunst under Xvfb, on a private bus.
//!
//! Each test runs its own half again inside `dbus-run-session`, for the bus is
//! found through the environment, which a test must not change in its own
//! process. Needs the Debian packages dunst, xvfb and dbus; without them the
//! tests say so and are skipped.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests are tests too"
)]

mod private_bus;

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, TryRecvError, unbounded};
use jiff::{SignedDuration, Timestamp};
use sitwell::notify::{Action, Notice, NoticeEvent, NoticeReply, Notifier, notifier};
use sitwell::posture::{Fault, PerAngle};
use sitwell::settings::NotifySettings;
use sitwell::stretch::{Past, StretchSettings, catalogue, choose};

use private_bus::{Daemon, LONG, ServiceWithoutButtons, outside, signal_bus, until};

/// What was written to the terminal.
#[derive(Clone, Default)]
struct Page(Arc<Mutex<Vec<u8>>>);

impl Page {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Page {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The notifier under test, what is heard of it and what it writes.
fn desktop(settings: &NotifySettings) -> (Box<dyn Notifier>, Receiver<NoticeEvent>, Page) {
    let (heard, hear) = unbounded();
    let page = Page::default();
    let notifier = notifier(settings, heard, Box::new(page.clone()))
        .unwrap()
        .unwrap();
    (notifier, hear, page)
}

/// A notice, told apart by its minute.
fn notice(minute: i64) -> Notice {
    let at = Timestamp::from_second(minute * 60).unwrap();
    let settings = StretchSettings::default();
    let past = Past {
        nudges: &[],
        routines: &[],
        now: at,
    };
    let suggestion = choose(catalogue(), Fault::ForwardHead, &settings, past);
    Notice::for_suggestion(
        at,
        Fault::ForwardHead,
        PerAngle {
            forward_head: Some(14.0),
            rounded_shoulders: None,
        },
        SignedDuration::from_mins(minute),
        &suggestion,
        SignedDuration::from_mins(15),
    )
}

/// The first line of the body of [`notice`].
fn first_line(minute: i64) -> String {
    notice(minute).body.lines().next().unwrap().to_owned()
}

/// The next word of a notice.
fn next(hear: &Receiver<NoticeEvent>) -> (i64, NoticeReply) {
    let heard = hear.recv_timeout(LONG).unwrap();
    (heard.at.as_second() / 60, heard.reply)
}

#[test]
fn the_title_the_stretch_and_its_seconds_are_shown() {
    if outside("the_title_the_stretch_and_its_seconds_are_shown") {
        return;
    }
    let daemon = Daemon::start();
    let (mut desktop, hear, _) = desktop(&NotifySettings::default());
    desktop.show(&notice(6)).unwrap();
    daemon.shows("1");
    std::thread::sleep(Duration::from_millis(500));
    daemon.photograph();
    daemon.ctl(&["close"]);
    assert_eq!(next(&hear), (6, NoticeReply::Closed));
    let history = daemon.history();
    for text in [
        "Head 14 degrees forward for 6 min",
        "20 seconds chin tuck, then seated cat and cow",
        "84 seconds in all. Slowly; stop at pain.",
        "round your back",
        "Sitwell",
    ] {
        assert!(history.contains(text), "{text} is not in {history}");
    }
    daemon.die();
}

#[test]
fn each_button_answers_and_a_click_opens_the_guide() {
    if outside("each_button_answers_and_a_click_opens_the_guide") {
        return;
    }
    let daemon = Daemon::start();
    let (mut desktop, hear, _) = desktop(&NotifySettings::default());
    for (minute, action) in (1..).zip(Action::ALL) {
        let notice = notice(minute);
        desktop.show(&notice).unwrap();
        daemon.shows("1");
        let button = notice.actions.iter().find(|(known, _)| *known == action);
        daemon.press(&button.unwrap().1);
        assert_eq!(next(&hear), (minute, NoticeReply::Chosen(action)));
        daemon.shows("0");
    }
    desktop.show(&notice(9)).unwrap();
    daemon.shows("1");
    daemon.ctl(&["action", "0"]);
    assert_eq!(next(&hear), (9, NoticeReply::Chosen(Action::Start)));
    daemon.die();
}

#[test]
fn a_new_notice_replaces_the_last_and_only_it_is_answered() {
    if outside("a_new_notice_replaces_the_last_and_only_it_is_answered") {
        return;
    }
    let daemon = Daemon::start();
    let (mut desktop, hear, _) = desktop(&NotifySettings::default());
    for minute in 6..=9 {
        desktop.show(&notice(minute)).unwrap();
        daemon.shows("1");
    }
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(daemon.displayed(), "1");
    daemon.press("Done");
    assert_eq!(next(&hear), (9, NoticeReply::Chosen(Action::Done)));
    assert_eq!(
        hear.recv_timeout(Duration::from_millis(500)),
        Err(RecvTimeoutError::Timeout)
    );
    until("the answered notice is in dunst's history", || {
        daemon.history().contains("forward for 9 min")
    });
    daemon.die();
}

#[test]
fn a_notice_is_withdrawn_without_a_word() {
    if outside("a_notice_is_withdrawn_without_a_word") {
        return;
    }
    let daemon = Daemon::start();
    let (mut desktop, hear, _) = desktop(&NotifySettings::default());
    desktop.withdraw();
    desktop.show(&notice(6)).unwrap();
    daemon.shows("1");
    desktop.withdraw();
    daemon.shows("0");
    assert_eq!(
        hear.recv_timeout(Duration::from_millis(500)),
        Err(RecvTimeoutError::Timeout)
    );
    daemon.die();
}

#[test]
fn nothing_is_left_on_the_screen_when_the_program_ends() {
    if outside("nothing_is_left_on_the_screen_when_the_program_ends") {
        return;
    }
    let daemon = Daemon::start();
    let (mut desktop, hear, _) = desktop(&NotifySettings::default());
    desktop.show(&notice(6)).unwrap();
    daemon.shows("1");
    drop(desktop);
    // The program may end at once.
    assert_eq!(hear.try_recv(), Err(TryRecvError::Disconnected));
    assert_eq!(daemon.displayed(), "0");
    daemon.die();
}

#[test]
fn an_unanswered_notice_expires_after_the_seconds_in_the_settings() {
    if outside("an_unanswered_notice_expires_after_the_seconds_in_the_settings") {
        return;
    }
    let daemon = Daemon::start();
    let (mut desktop, hear, _) = desktop(&NotifySettings {
        seconds: 1,
        ..NotifySettings::default()
    });
    desktop.show(&notice(6)).unwrap();
    assert_eq!(next(&hear), (6, NoticeReply::Expired));
    daemon.die();
}

#[test]
fn do_not_disturb_keeps_it_silent_unless_the_settings_say_otherwise() {
    if outside("do_not_disturb_keeps_it_silent_unless_the_settings_say_otherwise") {
        return;
    }
    let daemon = Daemon::start();
    daemon.ctl(&["set-paused", "true"]);
    let (mut polite, hear, _) = desktop(&NotifySettings::default());
    polite.show(&notice(6)).unwrap();
    assert_eq!(next(&hear), (6, NoticeReply::Silenced(None)));
    assert_eq!(daemon.ctl(&["count", "waiting"]).unwrap().trim(), "0");
    let (mut insistent, _hear, _) = desktop(&NotifySettings {
        respect_do_not_disturb: false,
        ..NotifySettings::default()
    });
    insistent.show(&notice(7)).unwrap();
    until("one waits for the end of the quiet", || {
        daemon.ctl(&["count", "waiting"]).unwrap().trim() == "1"
    });
    daemon.die();
}

#[test]
fn without_a_service_the_terminal_is_told_and_why_only_once() {
    if outside("without_a_service_the_terminal_is_told_and_why_only_once") {
        return;
    }
    let (mut desktop, hear, page) = desktop(&NotifySettings::default());
    for minute in [6, 7] {
        desktop.show(&notice(minute)).unwrap();
        assert_eq!(next(&hear), (minute, NoticeReply::InTerminal));
    }
    let text = page.text();
    assert_eq!(text.matches("No notification service").count(), 1, "{text}");
    for minute in [6, 7] {
        assert!(text.contains(&first_line(minute)), "{text}");
    }
    assert!(!text.contains("degrees forward"), "{text}");
    // A service that comes later is used.
    let daemon = Daemon::start();
    desktop.show(&notice(8)).unwrap();
    daemon.shows("1");
    daemon.die();
}

#[test]
fn a_service_that_dies_is_survived_and_its_successor_is_used() {
    if outside("a_service_that_dies_is_survived_and_its_successor_is_used") {
        return;
    }
    let first = Daemon::start();
    let (mut desktop, hear, page) = desktop(&NotifySettings::default());
    desktop.show(&notice(6)).unwrap();
    first.shows("1");
    first.die();
    assert_eq!(next(&hear), (6, NoticeReply::Lost));
    desktop.withdraw();
    desktop.show(&notice(7)).unwrap();
    assert_eq!(next(&hear), (7, NoticeReply::InTerminal));
    assert!(page.text().contains(&first_line(7)), "{}", page.text());
    let second = Daemon::start();
    desktop.show(&notice(8)).unwrap();
    second.shows("1");
    second.press("Snooze 15 min");
    assert_eq!(next(&hear), (8, NoticeReply::Chosen(Action::Snooze)));
    second.die();
}

#[test]
fn the_end_of_the_whole_bus_is_survived_in_the_terminal() {
    if outside("the_end_of_the_whole_bus_is_survived_in_the_terminal") {
        return;
    }
    let daemon = Daemon::start();
    let (mut desktop, hear, page) = desktop(&NotifySettings::default());
    desktop.show(&notice(6)).unwrap();
    daemon.shows("1");
    // A killed bus cannot be resumed.
    let _ = signal_bus("KILL");
    assert_eq!(next(&hear), (6, NoticeReply::Lost));
    for minute in [7, 8] {
        desktop.show(&notice(minute)).unwrap();
        assert_eq!(next(&hear), (minute, NoticeReply::InTerminal));
        desktop.withdraw();
    }
    assert_eq!(page.text().matches("No notification service").count(), 1);
    daemon.die();
}

#[test]
fn a_bus_that_never_answers_is_replaced_by_the_terminal() {
    if outside("a_bus_that_never_answers_is_replaced_by_the_terminal") {
        return;
    }
    let resume = signal_bus("STOP");
    let (mut desktop, hear, page) = desktop(&NotifySettings::default());
    desktop.show(&notice(6)).unwrap();
    let heard = hear.recv_timeout(LONG);
    resume();
    assert_eq!(heard.unwrap().reply, NoticeReply::InTerminal);
    assert!(page.text().contains("did not answer"), "{}", page.text());
}

#[test]
fn a_service_that_never_answers_is_replaced_by_the_terminal() {
    if outside("a_service_that_never_answers_is_replaced_by_the_terminal") {
        return;
    }
    let daemon = Daemon::start();
    let (mut desktop, hear, page) = desktop(&NotifySettings::default());
    desktop.show(&notice(5)).unwrap();
    daemon.shows("1");
    daemon.signal("STOP");
    desktop.show(&notice(6)).unwrap();
    assert_eq!(next(&hear), (6, NoticeReply::InTerminal));
    // The next one does not wait again, and the reason is given once.
    desktop.show(&notice(7)).unwrap();
    let heard = hear.recv_timeout(Duration::from_secs(5)).unwrap();
    assert_eq!(
        (heard.at, heard.reply),
        (notice(7).at, NoticeReply::InTerminal)
    );
    let text = page.text();
    assert_eq!(text.matches("did not answer").count(), 1, "{text}");
    assert_eq!(text.matches("To do it with a guide").count(), 2, "{text}");
    // What was in the terminal is taken from the screen once the service goes on.
    daemon.signal("CONT");
    daemon.shows("0");
    until("the service is used again", || {
        desktop.show(&notice(8)).unwrap();
        std::thread::sleep(Duration::from_millis(500));
        daemon.displayed() == "1"
    });
    daemon.die();
}

#[test]
fn without_buttons_the_body_says_what_to_type() {
    if outside("without_buttons_the_body_says_what_to_type") {
        return;
    }
    let Some(service) = ServiceWithoutButtons::start("without_buttons_..") else {
        return;
    };
    let (mut desktop, hear, page) = desktop(&NotifySettings::default());
    desktop.show(&notice(6)).unwrap();
    until("the notice is shown", || {
        service.log().contains("Notify \"Sitwell\"")
    });
    let log = service.log();
    let first_line = first_line(6);
    for text in [&first_line, "sitwell stretch", "sitwell pause 15m"] {
        assert!(log.contains(text), "{text} is not in {log}");
    }
    for text in ["not-now", "Open the guide"] {
        assert!(!log.contains(text), "{text} is in {log}");
    }
    // The mock notes each `Get` as a `GetAll` too. A cache would ask for more.
    assert_eq!(
        log.matches(" GetAll ").count(),
        log.matches(" Get ").count(),
        "{log}"
    );
    assert!(page.text().is_empty() && hear.try_recv().is_err());
}

#[test]
fn a_service_that_hangs_does_not_hold_up_whoever_shows() {
    if outside("a_service_that_hangs_does_not_hold_up_whoever_shows") {
        return;
    }
    let daemon = Daemon::start();
    let (mut desktop, hear, _) = desktop(&NotifySettings::default());
    desktop.show(&notice(5)).unwrap();
    daemon.shows("1");
    daemon.signal("STOP");
    let (finished, waited) = unbounded();
    let shower = std::thread::spawn(move || {
        for minute in 6..=9 {
            desktop.show(&notice(minute)).unwrap();
            desktop.withdraw();
        }
        desktop.show(&notice(10)).unwrap();
        finished.send(()).unwrap();
        desktop
    });
    waited.recv_timeout(Duration::from_secs(2)).unwrap();
    daemon.signal("CONT");
    daemon.shows("1");
    let _desktop = shower.join().unwrap();
    until("the last one is on the screen", || {
        daemon.press("Done");
        hear.try_iter().any(|heard| {
            (heard.at, heard.reply) == (notice(10).at, NoticeReply::Chosen(Action::Done))
        })
    });
    daemon.die();
}
