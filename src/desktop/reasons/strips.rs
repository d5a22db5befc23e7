//! What the desktop says, one letter a step, and what is decided. Capitals begin, small letters end:
//! `L` locked (logind), `S` locked (screen saver), `A` asked to lock and `u` to unlock, `I` another session in
//! front, `Z` sleep, `H` hands off the machine (logind), `G` the same (GNOME), `B` battery, `C` camera busy, `M` camera
//! missing, `c` camera well, `X` the system bus is lost, `Y` the session's, `D` logind is lost; `_` a look that
//! shows nobody, `.` one that shows somebody, a space nothing.

use insta::assert_snapshot;
use proptest::prelude::*;

use super::*;
use crate::desktop::{Bus, SleepDelay};

const SAVER: ReasonSource = ReasonSource::ScreenSaver("org.gnome.ScreenSaver");

fn second(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}

fn says(source: ReasonSource, why: NotWatching, holds: bool) -> DesktopEvent {
    DesktopEvent::Says { source, why, holds }
}

fn hear(reasons: &mut WatchReasons, letter: char, at: Timestamp) {
    let holds = letter.is_uppercase();
    let word = match letter.to_ascii_uppercase() {
        'L' => says(ReasonSource::Logind, NotWatching::Locked, holds),
        'S' => says(SAVER, NotWatching::Locked, holds),
        'A' => DesktopEvent::LockAsked,
        'U' => DesktopEvent::UnlockAsked,
        'I' => says(ReasonSource::Logind, NotWatching::SessionInactive, holds),
        'Z' if holds => DesktopEvent::Sleeping(SleepDelay::new(None)),
        'Z' => says(ReasonSource::Logind, NotWatching::Suspended, false),
        'H' => says(ReasonSource::Logind, NotWatching::Idle, holds),
        'G' => says(ReasonSource::IdleMonitor, NotWatching::Idle, holds),
        'B' => says(ReasonSource::Power, NotWatching::OnBattery, holds),
        'C' => return reasons.camera(holds.then_some(NotWatching::CameraBusy)),
        'M' => return reasons.camera(holds.then_some(NotWatching::CameraMissing)),
        'X' => DesktopEvent::Lost(Bus::System),
        'Y' => DesktopEvent::Lost(Bus::Session),
        'D' => DesktopEvent::Silent(ReasonSource::Logind),
        '_' => return reasons.saw(Moment::Away, at),
        '.' => return reasons.saw(Moment::Upright, at),
        ' ' => return,
        other => panic!("no such letter: {other}"),
    };
    reasons.hear(&word, at);
}

fn watching(watch: Watch) -> WatchReasons {
    WatchReasons::new(watch, TimeZone::UTC)
}

/// The decisions that differ from the one before, with their seconds.
fn play_with(watch: Watch, step: i64, strip: &str) -> String {
    let mut reasons = watching(watch);
    let mut story = Vec::new();
    let mut before = None;
    for (at, letter) in (0..).map(|n| second(n * step)).zip(strip.chars()) {
        hear(&mut reasons, letter, at);
        let why = reasons.decide(at);
        if why != before {
            let word = why.map_or("watching", NotWatching::id);
            story.push(format!("{} {word}", at.as_second()));
        }
        before = why;
    }
    story.join("; ")
}

fn play(strip: &str) -> String {
    play_with(Watch::default(), 1, strip)
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
    let mut reasons = watching(Watch::default());
    hear(&mut reasons, 'A', second(10));
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
    let minutes = |strip: &str| play_with(Watch::default(), 60, strip);
    // Somebody reads and touches nothing.
    assert_snapshot!(minutes("H............"), @"");
    // Nobody sits there, but the machine is used from elsewhere.
    assert_snapshot!(minutes("____________"), @"");
    assert_snapshot!(minutes("H______   h   "), @"360 idle; 600 watching");
    assert_snapshot!(minutes("_______G h"), @"420 idle");
    assert_snapshot!(minutes("_______GHgh"), @"420 idle; 600 watching");
    // After a call nobody is taken to be away without a look.
    assert_snapshot!(minutes("H____C   c__.__"), @"300 camera_busy; 540 watching");
    let mut reasons = watching(Watch::default());
    hear(&mut reasons, '_', second(60));
    assert_eq!(reasons.next_change(second(70)), None);
    hear(&mut reasons, 'H', second(80));
    assert_eq!(reasons.next_change(second(80)), Some(second(360)));
}

#[test]
fn the_battery_and_the_hours_count_where_the_settings_say_so() {
    assert_snapshot!(play(" B  b "), @"");
    let sparing = Watch {
        on_battery: false,
        ..Watch::default()
    };
    assert_snapshot!(play_with(sparing, 1, " B L l b "), @"1 on_battery; 3 locked; 5 on_battery; 7 watching");
    // The epoch is a Thursday's midnight.
    let office = Watch {
        schedule: vec!["thu 00:02-00:05".parse().unwrap()],
        ..Watch::default()
    };
    assert_eq!(
        watching(office.clone()).next_change(second(0)),
        Some(second(120))
    );
    assert_snapshot!(play_with(office, 60, "    L l  "), @"0 out_of_hours; 120 watching; 240 locked; 360 out_of_hours");
}

#[test]
fn every_reason_but_the_pause_has_its_place() {
    let mut all: Vec<NotWatching> = NotWatching::ALL
        .into_iter()
        .filter(|why| *why != NotWatching::Paused)
        .collect();
    let mut placed = PRECEDENCE.to_vec();
    all.sort();
    placed.sort();
    assert_eq!(placed, all);
}

proptest! {
    /// Between two words nothing changes before the time that was told.
    #[test]
    fn what_changes_by_itself_changes_when_it_was_said_to(
        strip in "[LlSsAuIiZzHhGgBbCcMmXYD_. ]{1,30}",
        step in 1..200_i64,
        share in 0.0..1.0_f64,
    ) {
        let watch = Watch { schedule: vec!["00:10-00:40".parse().unwrap()], on_battery: false };
        let mut reasons = watching(watch);
        for (at, letter) in (0..).map(|n| second(n * step)).zip(strip.chars()) {
            hear(&mut reasons, letter, at);
            let why = reasons.decide(at);
            let end = reasons.next_change(at).unwrap_or(at + SignedDuration::from_hours(1));
            let between = at + end.duration_since(at).mul_f64(share);
            if between < end {
                prop_assert_eq!(reasons.decide(between), why, "{:?} at {}", reasons, at);
            }
        }
    }

    /// Whatever happened, once everything has ended Sitwell watches.
    #[test]
    fn no_reason_outlives_its_end(strip in "[LlSsAuIiZzHhGgBbCcMmXYD_. ]{0,30}") {
        let mut reasons = watching(Watch { schedule: Vec::new(), on_battery: false });
        for letter in strip.chars() {
            hear(&mut reasons, letter, second(0));
        }
        for letter in "lsuizhgbc".chars() {
            hear(&mut reasons, letter, second(1));
        }
        prop_assert_eq!(reasons.decide(second(1)), None);
    }
}
