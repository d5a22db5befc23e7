//! When the routine is offered, and what it holds.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::{DateTime, date, time};

use super::super::{Equipment, Limit, Obstacle, Place, catalogue};
use super::*;
use crate::record::{Answer, Routine};

fn clock(day: i8, hour: i8, minute: i8) -> DateTime {
    date(2026, 11, day).at(hour, minute, 0, 0)
}

/// Somebody is there, and no nudge waits.
fn free(now: DateTime) -> Occasion {
    Occasion {
        now,
        day_began: now.date().at(0, 0, 0, 0),
        is_somebody_there: true,
        nudge_waits: false,
    }
}

fn offered(at: DateTime, again: OfferAgain) -> Option<LastRoutine> {
    Some(LastRoutine { at, again })
}

#[test]
fn it_is_offered_once_a_day_at_its_time_or_when_the_person_is_back() {
    let away = |now| Occasion {
        is_somebody_there: false,
        ..free(now)
    };
    let nudged = |now| Occasion {
        nudge_waits: true,
        ..free(now)
    };
    let yesterday = offered(clock(22, 15, 0), OfferAgain::No);
    let done = offered(clock(23, 15, 0), OfferAgain::No);
    let by_hand = offered(clock(23, 9, 0), OfferAgain::No);
    let put_off = offered(clock(23, 15, 0), OfferAgain::PutOff(clock(23, 15, 15)));
    let put_off_late = offered(clock(23, 18, 58), OfferAgain::PutOff(clock(23, 19, 13)));
    let put_off_yesterday = offered(clock(22, 23, 50), OfferAgain::PutOff(clock(23, 0, 5)));
    let unseen = offered(clock(23, 15, 0), OfferAgain::Unseen(clock(23, 15, 15)));
    let rows = [
        ("before its time", None, free(clock(23, 14, 59)), false),
        ("at its time", None, free(clock(23, 15, 0)), true),
        ("the day after", yesterday, free(clock(23, 15, 0)), true),
        ("once a day", done, free(clock(23, 15, 1)), false),
        (
            "done by hand before",
            by_hand,
            free(clock(23, 15, 0)),
            false,
        ),
        ("nobody there", None, away(clock(23, 15, 0)), false),
        ("back after a meeting", None, free(clock(23, 18, 59)), true),
        ("back too late", None, free(clock(23, 19, 0)), false),
        ("back after midnight", None, free(clock(24, 0, 10)), false),
        ("a nudge waits", None, nudged(clock(23, 15, 0)), false),
        ("put off, too soon", put_off, free(clock(23, 15, 14)), false),
        ("put off, now", put_off, free(clock(23, 15, 15)), true),
        ("put off, away", put_off, away(clock(23, 15, 15)), false),
        ("put off late", put_off_late, free(clock(23, 19, 13)), true),
        (
            "put off past midnight",
            put_off_yesterday,
            free(clock(23, 0, 5)),
            false,
        ),
        ("unseen, too soon", unseen, free(clock(23, 15, 14)), false),
        ("unseen, now", unseen, free(clock(23, 15, 15)), true),
        (
            "unseen, just in time",
            unseen,
            free(clock(23, 18, 59)),
            true,
        ),
        ("unseen, too late", unseen, free(clock(23, 19, 0)), false),
        (
            "put off yesterday",
            put_off_yesterday,
            free(clock(23, 15, 0)),
            true,
        ),
    ];
    let on = StretchSettings {
        routine_at: Some(TimeOfDay(time(15, 0, 0, 0))),
        ..StretchSettings::default()
    };
    for (what, last, occasion, wanted) in rows {
        assert_eq!(is_routine_due(&on, last, occasion), wanted, "{what}");
        let off = StretchSettings::default();
        assert!(!is_routine_due(&off, last, occasion), "off: {what}");
    }
}

#[test]
fn for_somebody_whose_day_begins_at_four_the_night_belongs_to_the_day_before() {
    let night = |now: DateTime, began: i8| Occasion {
        day_began: clock(began, 4, 0),
        ..free(now)
    };
    let on = |hour| StretchSettings {
        routine_at: Some(TimeOfDay(time(hour, 0, 0, 0))),
        ..StretchSettings::default()
    };
    let done = offered(clock(23, 23, 0), OfferAgain::No);
    let rows = [
        (23, None, night(clock(24, 1, 0), 23), true),
        (23, done, night(clock(24, 1, 0), 23), false),
        (23, done, night(clock(24, 23, 0), 24), true),
        (1, None, night(clock(24, 0, 59), 23), false),
        (1, None, night(clock(24, 1, 0), 23), true),
    ];
    for (hour, last, occasion, wanted) in rows {
        let due = is_routine_due(&on(hour), last, occasion);
        assert_eq!(due, wanted, "{hour} {occasion:?}");
    }
}

fn at(day: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + day * 86_400).unwrap()
}

fn before(routines: &[Routine], now: Timestamp) -> Past<'_> {
    Past {
        nudges: &[],
        routines,
        now,
    }
}

/// The routines of some days, each done.
fn days(settings: &StretchSettings, days: i64) -> Vec<Vec<&'static Stretch>> {
    let mut past: Vec<Routine> = Vec::new();
    (0..days)
        .map(|day| {
            let chosen = routine(catalogue(), settings, before(&past, at(day))).unwrap();
            past.push(Routine {
                at: at(day),
                stretches: chosen.iter().map(|stretch| stretch.id.clone()).collect(),
                answer: Answer::Done,
                answered: Some(at(day)),
            });
            chosen
        })
        .collect()
}

fn with(limits: &[Limit]) -> StretchSettings {
    StretchSettings {
        limits: limits.iter().copied().collect(),
        ..StretchSettings::default()
    }
}

#[test]
fn it_warms_up_then_extends_and_turns_or_opens_in_about_two_minutes() {
    let all = StretchSettings {
        places: BTreeSet::from([Place::Desk, Place::Room, Place::Floor]),
        equipment: BTreeSet::from([
            Equipment::Chair,
            Equipment::Wall,
            Equipment::Doorway,
            Equipment::Mat,
            Equipment::FoamRoller,
            Equipment::Towel,
        ]),
        ..StretchSettings::default()
    };
    let rows = [
        StretchSettings::default(),
        all,
        with(&[Limit::SoreShoulder]),
        with(&[Limit::NoTwist, Limit::NoStanding]),
        with(&[Limit::Osteoporosis]),
    ];
    for settings in rows {
        for chosen in days(&settings, 14) {
            let ids: Vec<&str> = chosen.iter().map(|stretch| stretch.id.as_str()).collect();
            let moves = |movements: &[ThoracicMovement]| {
                chosen
                    .iter()
                    .any(|stretch| movements.iter().any(|one| stretch.thoracic.contains(one)))
            };
            assert!(moves(&[ThoracicMovement::Extension]), "{ids:?}");
            assert!(
                chosen.iter().all(|stretch| settings.allows(stretch)),
                "{ids:?}"
            );
            assert_eq!(chosen[0].depth, Depth::WarmUp, "{ids:?}");
            assert!(
                chosen[1..].iter().all(|stretch| stretch.is_thoracic()),
                "{ids:?}"
            );
            assert_eq!(
                ids.iter().collect::<BTreeSet<_>>().len(),
                ids.len(),
                "{ids:?}"
            );
            let seconds = total(&chosen).as_secs();
            assert!((80..=150).contains(&seconds), "{seconds} s: {ids:?}");
        }
    }
}

#[test]
fn it_varies_from_day_to_day() {
    let week = days(&StretchSettings::default(), 7);
    let ids: BTreeSet<&str> = week
        .iter()
        .flatten()
        .filter(|stretch| stretch.is_thoracic())
        .map(|stretch| stretch.id.as_str())
        .collect();
    assert!(ids.len() >= 7, "{ids:?}");
    for pair in week.windows(2) {
        let same = pair[0].iter().filter(|stretch| pair[1].contains(stretch));
        assert_eq!(same.count(), 0, "{pair:?}");
    }
}

#[test]
fn what_rules_everything_out_is_named() {
    let settings = with(&[Limit::RecentInjury]);
    assert_eq!(
        routine(catalogue(), &settings, before(&[], at(0))),
        Err(Some(Exclusion::Alone(Obstacle::Limit(Limit::RecentInjury))))
    );
}

#[test]
fn the_notice_says_what_comes_and_how_long_it_takes() {
    let chosen = routine(catalogue(), &StretchSettings::default(), before(&[], at(0))).unwrap();
    insta::assert_snapshot!(routine_brief(&chosen), @r"
    Shoulder rolls, seated cat and cow, rotation with crossed arms, 104 seconds in all. Slowly; stop at pain.
    A little every day does more than waiting until it hurts.
    ");
}
