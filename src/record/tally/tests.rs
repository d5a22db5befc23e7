use proptest::prelude::*;

use super::*;
use crate::posture::{Fault, Placement, UnclearReason};
use crate::record::NotWatching;

const GAP: SignedDuration = SignedDuration::from_secs(30);

fn at(text: &str) -> Timestamp {
    format!("2026-11-23T{text}Z").parse().unwrap()
}

fn spent_of(letter: char) -> TimeUse {
    match letter {
        'u' => TimeUse::Upright,
        's' => TimeUse::Slouched(Fault::ForwardHead),
        '?' => TimeUse::Unclear(UnclearReason::TooDark),
        'a' => TimeUse::Away,
        'p' => TimeUse::NotWatched(NotWatching::Paused),
        other => panic!("no such letter: {other}"),
    }
}

fn observation(letter: char, from: Timestamp, to: Timestamp) -> TimeSpan {
    let reading = Estimate {
        degrees: 40.0,
        change: Some(4.0),
        error: 2.0,
    };
    TimeSpan {
        spent: spent_of(letter),
        from,
        to,
        placement: None,
        angles: PerAngle {
            forward_head: Some(reading),
            rounded_shoulders: None,
        },
    }
}

/// Plays rows of `letter from to` and tells the minutes, the unfinished one last.
fn play(rows: &str) -> String {
    let mut tally = MinuteTally::new(GAP);
    let mut minutes = Vec::new();
    for row in rows.split(',') {
        let [letter, from, to] = row
            .split_whitespace()
            .collect::<Vec<_>>()
            .try_into()
            .unwrap();
        let letter = letter.chars().next().unwrap();
        minutes.extend(tally.add(&observation(letter, at(from), at(to))));
    }
    minutes.extend(tally.flush());
    minutes.iter().map(told).collect::<Vec<_>>().join("; ")
}

fn told(minute: &Minute) -> String {
    let spent: Vec<String> = minute
        .spent
        .iter()
        .map(|(spent, time)| format!("{} {}s", spent.id(), time.as_secs_f64()))
        .collect();
    format!("{} {}", minute.start.strftime("%H:%M"), spent.join(" "))
}

#[test]
fn looks_add_up_on_the_clock() {
    let rows = [
        (
            "u 09:00:00 09:00:10, s 09:00:10 09:00:30",
            "09:00 upright 10s slouched.forward_head 20s",
        ),
        // A span is cut at the whole minute.
        (
            "u 09:00:50 09:01:10",
            "09:00 upright 10s; 09:01 upright 10s",
        ),
        // Asleep from 09:00:20 to 17:00: not eight hours of anything.
        (
            "u 09:00:00 09:00:20, u 09:00:20 17:00:00, u 17:00:00 17:00:05",
            "09:00 upright 20s; 17:00 upright 5s",
        ),
        // Unwatched time may be told in one piece.
        (
            "p 09:00:30 09:02:30",
            "09:00 not_watched.paused 30s; 09:01 not_watched.paused 60s; 09:02 not_watched.paused 30s",
        ),
        // NTP sets the clock back 20 s: what was counted is not counted again.
        (
            "u 09:00:00 09:00:30, u 09:00:10 09:00:25, u 09:00:25 09:00:40",
            "09:00 upright 40s",
        ),
        // ... also across a minute.
        (
            "u 09:00:55 09:01:05, s 09:00:45 09:01:10",
            "09:00 upright 5s; 09:01 upright 5s slouched.forward_head 5s",
        ),
        // The span in which the clock went back has no length.
        ("u 09:00:30 09:00:10", ""),
        ("u 09:00:30 09:00:30", ""),
        // The clock was two hours ahead: the right time counts from now on.
        (
            "u 11:00:00 11:00:20, u 09:00:00 09:00:10",
            "11:00 upright 20s; 09:00 upright 10s",
        ),
        // The clock jumps ahead: the gap is nobody's time.
        (
            "u 09:00:00 09:00:10, u 09:00:10 09:00:45, u 09:00:45 09:00:50",
            "09:00 upright 15s",
        ),
    ];
    for (observations, minutes) in rows {
        assert_eq!(play(observations), minutes, "{observations}");
    }
}

#[test]
fn a_clock_that_jumps_a_year_while_paused_fills_nothing() {
    let mut tally = MinuteTally::new(GAP);
    let later = at("09:00:00") + SignedDuration::from_hours(24 * 365);
    assert_eq!(tally.add(&observation('p', at("09:00:00"), later)), []);
    assert_eq!(tally.flush(), None);
}

#[test]
fn angles_are_means_over_time_and_the_furthest() {
    let mut tally = MinuteTally::new(GAP);
    let angled = |change: f64, from: &str, to: &str, letter: char| TimeSpan {
        angles: PerAngle {
            forward_head: Some(Estimate {
                degrees: 0.0,
                change: Some(change),
                error: 2.0,
            }),
            rounded_shoulders: None,
        },
        ..observation(letter, at(from), at(to))
    };
    tally.add(&angled(2.0, "09:00:00", "09:00:10", 'u'));
    tally.add(&angled(-8.0, "09:00:10", "09:00:12", 'u'));
    tally.add(&angled(90.0, "09:00:12", "09:00:40", '?'));
    tally.add(&angled(f64::NAN, "09:00:40", "09:00:50", 'u'));
    let minute = tally.flush().unwrap();
    let span = minute.angles.forward_head.unwrap();
    assert!((span.mean - 4.0 / 12.0).abs() < 1e-9);
    assert_eq!((span.worst, span.error), (-8.0, 2.0));
    assert_eq!(minute.angles.rounded_shoulders, None);
}

#[test]
fn a_minute_keeps_the_mean_place_before_the_camera_and_grows_after_a_restart() {
    let placed = |distance: f64, from: &str, to: &str, letter: char| TimeSpan {
        placement: Some(Placement {
            distance,
            elevation: 10.0 * distance,
        }),
        ..observation(letter, at(from), at(to))
    };
    let mut tally = MinuteTally::new(GAP);
    tally.add(&placed(1.0, "09:00:00", "09:00:10", 'u'));
    tally.add(&placed(0.7, "09:00:10", "09:00:15", 's'));
    // Where nothing can be measured nobody knows the place either.
    tally.add(&placed(3.0, "09:00:15", "09:00:25", '?'));
    let minute = tally.flush().unwrap();
    let mut resumed = MinuteTally::resume(GAP, &minute);
    resumed.add(&placed(0.9, "09:00:25", "09:00:40", 'u'));
    let means = [minute, resumed.flush().unwrap()].map(|minute| minute.placement.unwrap());
    for (mean, wanted) in means.into_iter().zip([0.9, 0.9]) {
        assert!((mean.distance - wanted).abs() < 1e-9, "{means:?}");
        assert!((mean.elevation - 10.0 * wanted).abs() < 1e-9, "{means:?}");
    }
    tally.add(&placed(0.6, "09:00:25", "09:00:40", 'u'));
    let mean = tally.flush().unwrap().placement.unwrap();
    assert!((mean.distance - 0.75).abs() < 1e-9, "{mean:?}");
}

fn any_spent() -> impl Strategy<Value = char> {
    prop::sample::select(vec!['u', 's', '?', 'a', 'p'])
}

/// A day of observations: each lasts `length` ms and starts `step` ms after the last one ended; a negative step sets the clock back.
fn stream(steps: Vec<(char, i64, i64)>) -> Vec<TimeSpan> {
    let mut now = at("09:00:00").as_millisecond();
    steps
        .into_iter()
        .map(|(letter, step, length)| {
            let from = now + step;
            now = from + length;
            observation(
                letter,
                Timestamp::from_millisecond(from).unwrap(),
                Timestamp::from_millisecond(now).unwrap(),
            )
        })
        .collect()
}

fn run(tally: &mut MinuteTally, observations: &[TimeSpan]) -> Vec<Minute> {
    observations
        .iter()
        .flat_map(|observation| tally.add(observation))
        .collect()
}

/// Minutes by their start, the longer of two, as the history keeps them.
fn kept(minutes: Vec<Minute>) -> BTreeMap<Timestamp, BTreeMap<TimeUse, SignedDuration>> {
    let mut kept: BTreeMap<Timestamp, BTreeMap<TimeUse, SignedDuration>> = BTreeMap::new();
    let sum = |spent: &BTreeMap<TimeUse, SignedDuration>| {
        spent.values().map(SignedDuration::as_millis).sum::<i128>()
    };
    for minute in minutes {
        let old = kept.entry(minute.start).or_default();
        if sum(&minute.spent) >= sum(old) {
            *old = minute.spent;
        }
    }
    kept
}

proptest! {
    #[test]
    fn no_minute_holds_more_than_sixty_seconds_whatever_the_clock_does(
        steps in prop::collection::vec((any_spent(), -40_000_000_i64..40_000_000, -20_000_i64..40_000), 0..60)
    ) {
        let mut tally = MinuteTally::new(GAP);
        let mut minutes = run(&mut tally, &stream(steps));
        minutes.extend(tally.flush());
        for minute in minutes {
            let sum: i128 = minute.spent.values().map(SignedDuration::as_millis).sum();
            prop_assert!(minute.spent.values().all(SignedDuration::is_positive));
            prop_assert!(sum <= 60_000);
            prop_assert_eq!(minute.start.as_millisecond() % 60_000, 0);
        }
    }

    #[test]
    fn no_instant_counts_twice_and_none_is_invented(
        steps in prop::collection::vec((any_spent(), -60_000_i64..60_000, 0_i64..40_000), 0..60)
    ) {
        let observations = stream(steps);
        let mut tally = MinuteTally::new(GAP);
        let mut minutes = run(&mut tally, &observations);
        minutes.extend(tally.flush());
        prop_assert!(minutes.windows(2).all(|pair| pair[0].start < pair[1].start));
        let counted: i128 = minutes.iter().flat_map(|minute| minute.spent.values()).map(SignedDuration::as_millis).sum();
        let lived: i128 = observations.iter().map(|observation| observation.to.duration_since(observation.from).as_millis()).sum();
        prop_assert!(counted <= lived);
    }

    #[test]
    fn a_stream_cut_anywhere_gives_the_same_minutes(
        steps in prop::collection::vec((any_spent(), 0_i64..5_000, 0_i64..29_000), 1..60),
        cut in any::<prop::sample::Index>(),
    ) {
        let observations = stream(steps);
        let mut whole = MinuteTally::new(GAP);
        let mut expected = run(&mut whole, &observations);
        expected.extend(whole.flush());

        let (before, after) = observations.split_at(cut.index(observations.len()));
        let mut first = MinuteTally::new(GAP);
        let mut minutes = run(&mut first, before);
        minutes.extend(first.flush());
        let mut second = match minutes.last() {
            Some(last) => MinuteTally::resume(GAP, last),
            None => MinuteTally::new(GAP),
        };
        minutes.extend(run(&mut second, after));
        minutes.extend(second.flush());
        prop_assert_eq!(kept(minutes), kept(expected));
    }
}
