//! Desktop events, one letter a step, and the decisions. A capital letter begins, a small one ends:
//! `L` locked (logind), `S` locked (screen saver), `A` lock requested, `u` unlock requested, `I` another
//! session in front, `Z` sleep, `H` machine idle (logind), `G` machine idle (GNOME), `B` battery, `C`
//! camera busy, `M` camera missing, `c` camera works, `X` system bus lost, `Y` session bus lost, `D`
//! logind lost; `_` an observation of nobody, `.` one of somebody, a space nothing.

use insta::assert_snapshot;
use proptest::prelude::*;

use super::*;
use crate::desktop::{Bus, SleepDelay};

const SAVER: ReasonSource = ReasonSource::ScreenSaver("org.gnome.ScreenSaver");

fn second(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}

fn report(source: ReasonSource, reason: NotWatching, holds: bool) -> DesktopEvent {
    DesktopEvent::Reason {
        source,
        reason,
        holds,
    }
}

fn apply(reasons: &mut WatchReasons, letter: char, at: Timestamp) {
    let holds = letter.is_uppercase();
    let event = match letter.to_ascii_uppercase() {
        'L' => report(ReasonSource::Logind, NotWatching::Locked, holds),
        'S' => report(SAVER, NotWatching::Locked, holds),
        'A' => DesktopEvent::LockRequested,
        'U' => DesktopEvent::UnlockRequested,
        'I' => report(ReasonSource::Logind, NotWatching::SessionInactive, holds),
        'Z' if holds => DesktopEvent::Suspending(SleepDelay::new(None)),
        'Z' => report(ReasonSource::Logind, NotWatching::Suspended, false),
        'H' => report(ReasonSource::Logind, NotWatching::Idle, holds),
        'G' => report(ReasonSource::IdleMonitor, NotWatching::Idle, holds),
        'B' => report(ReasonSource::Power, NotWatching::OnBattery, holds),
        'C' => return reasons.set_camera(holds.then_some(NotWatching::CameraBusy)),
        'M' => return reasons.set_camera(holds.then_some(NotWatching::CameraMissing)),
        'X' => DesktopEvent::BusLost(Bus::System),
        'Y' => DesktopEvent::BusLost(Bus::Session),
        'D' => DesktopEvent::SourceLost(ReasonSource::Logind),
        '_' => return reasons.note_observation(Moment::Away, at),
        '.' => return reasons.note_observation(Moment::Upright, at),
        ' ' => return,
        other => panic!("no such letter: {other}"),
    };
    reasons.on_desktop_event(&event, at);
}

fn reasons_with(watch: WatchSettings) -> WatchReasons {
    WatchReasons::new(watch, TimeZone::UTC)
}

/// The decisions that differ from the one before, with their seconds.
fn play_with(watch: WatchSettings, step: i64, strip: &str) -> String {
    let mut reasons = reasons_with(watch);
    let mut story = Vec::new();
    let mut before = None;
    for (at, letter) in (0..).map(|n| second(n * step)).zip(strip.chars()) {
        apply(&mut reasons, letter, at);
        let reason = reasons.decide(at);
        if reason != before {
            let word = reason.map_or("watching", NotWatching::id);
            story.push(format!("{} {word}", at.as_second()));
        }
        before = reason;
    }
    story.join("; ")
}

fn play(strip: &str) -> String {
    play_with(WatchSettings::default(), 1, strip)
}

#[test]
fn one_reason_is_given_and_another_may_hold_behind_it() {
    assert_snapshot!(play("  L  l "), @"2 locked; 5 watching");
    assert_snapshot!(play(" I L i l "), @"1 session_inactive; 3 locked; 7 watching");
    assert_snapshot!(play("C Z L z l c"), @"0 camera_busy; 2 suspended; 6 locked; 8 camera_busy; 10 watching");
    assert_snapshot!(play("L S l s"), @"0 locked; 6 watching");
    assert_snapshot!(play("C M c"), @"0 camera_busy; 2 camera_missing; 4 watching");
}

#[test]
fn a_screen_asked_to_lock_counts_as_locked_for_ten_seconds_or_until_somebody_says_more() {
    assert_snapshot!(play(" A               "), @"1 locked; 11 watching");
    assert_snapshot!(play(" A  L            l"), @"1 locked; 17 watching");
    assert_snapshot!(play(" A L l           "), @"1 locked; 5 watching");
    assert_snapshot!(play(" A  u            "), @"1 locked; 4 watching");
    // The clock is set back by a second meanwhile.
    let mut reasons = reasons_with(WatchSettings::default());
    apply(&mut reasons, 'A', second(10));
    assert_eq!(reasons.next_change(second(10)), Some(second(20)));
    assert_eq!(reasons.decide(second(9)), None);
}

#[test]
fn a_lost_bus_takes_with_it_what_it_said_and_nothing_else() {
    assert_snapshot!(play("L S X  "), @"0 locked");
    assert_snapshot!(play("L S Y l"), @"0 locked; 6 watching");
    assert_snapshot!(play("A X"), @"0 locked; 2 watching");
    assert_snapshot!(play("Z D C X c"), @"0 suspended; 2 watching; 4 camera_busy; 8 watching");
}

#[test]
fn an_untouched_machine_is_left_only_when_nobody_was_seen_for_five_minutes() {
    let minutes = |strip: &str| play_with(WatchSettings::default(), 60, strip);
    // Somebody reads and touches nothing.
    assert_snapshot!(minutes("H............"), @"");
    // Nobody sits there, but the machine is used from elsewhere.
    assert_snapshot!(minutes("____________"), @"");
    assert_snapshot!(minutes("H______   h   "), @"360 idle; 600 watching");
    assert_snapshot!(minutes("_______G h"), @"420 idle");
    assert_snapshot!(minutes("_______GHgh"), @"420 idle; 600 watching");
    // After a call nobody is taken to be away without an observation.
    assert_snapshot!(minutes("H____C   c__.__"), @"300 camera_busy; 540 watching");
    let mut reasons = reasons_with(WatchSettings::default());
    apply(&mut reasons, '_', second(60));
    assert_eq!(reasons.next_change(second(70)), None);
    apply(&mut reasons, 'H', second(80));
    assert_eq!(reasons.next_change(second(80)), Some(second(360)));
}

#[test]
fn the_battery_and_the_hours_count_where_the_settings_say_so() {
    assert_snapshot!(play(" B  b "), @"");
    let sparing = WatchSettings {
        on_battery: false,
        ..WatchSettings::default()
    };
    assert_snapshot!(play_with(sparing, 1, " B L l b "), @"1 on_battery; 3 locked; 5 on_battery; 7 watching");
    // The epoch is a Thursday's midnight.
    let office = WatchSettings {
        schedule: vec!["thu 00:02-00:05".parse().unwrap()],
        ..WatchSettings::default()
    };
    assert_eq!(
        reasons_with(office.clone()).next_change(second(0)),
        Some(second(120))
    );
    assert_snapshot!(play_with(office, 60, "    L l  "), @"0 out_of_hours; 120 watching; 240 locked; 360 out_of_hours");
}

#[test]
fn every_reason_but_the_pause_has_its_place() {
    let mut all: Vec<NotWatching> = NotWatching::ALL
        .into_iter()
        .filter(|reason| *reason != NotWatching::Paused)
        .collect();
    let mut placed = PRECEDENCE.to_vec();
    all.sort();
    placed.sort();
    assert_eq!(placed, all);
}

proptest! {
    /// Between two events nothing changes before the announced time.
    #[test]
    fn what_changes_by_itself_changes_when_it_was_said_to(
        strip in "[LlSsAuIiZzHhGgBbCcMmXYD_. ]{1,30}",
        step in 1..200_i64,
        share in 0.0..1.0_f64,
    ) {
        let watch = WatchSettings { schedule: vec!["00:10-00:40".parse().unwrap()], on_battery: false };
        let mut reasons = reasons_with(watch);
        for (at, letter) in (0..).map(|n| second(n * step)).zip(strip.chars()) {
            apply(&mut reasons, letter, at);
            let reason = reasons.decide(at);
            let end = reasons.next_change(at).unwrap_or(at + SignedDuration::from_hours(1));
            let between = at + end.duration_since(at).mul_f64(share);
            if between < end {
                prop_assert_eq!(reasons.decide(between), reason, "{:?} at {}", reasons, at);
            }
        }
    }

    /// Whatever happened, once everything has ended Sitwell watches.
    #[test]
    fn no_reason_outlives_its_end(strip in "[LlSsAuIiZzHhGgBbCcMmXYD_. ]{0,30}") {
        let mut reasons = reasons_with(WatchSettings { schedule: Vec::new(), on_battery: false });
        for letter in strip.chars() {
            apply(&mut reasons, letter, second(0));
        }
        for letter in "lsuizhgbc".chars() {
            apply(&mut reasons, letter, second(1));
        }
        prop_assert_eq!(reasons.decide(second(1)), None);
    }
}
