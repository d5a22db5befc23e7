//! Days of ten slouches, played through the real verdict, the real monitor and the real choice.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests too")]

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use sitwell::monitor::{Effect, Input, Monitor, MonitorSettings, Observation};
use sitwell::posture::{
    Basis, Estimate, FilterState, Limits, Measurement, Moment, PerAngle, Posture, View, classify,
};
use sitwell::record::{Answer, Nudge, Record};
use sitwell::stretch::{
    Equipment, Limit, Past, Place, StretchSettings, Suggestion, catalogue, choose,
};

/// The changes of head and shoulders from neutral in one slouch, in degrees.
type Slouch = (f64, Option<f64>);

/// How long each slouch lasts, in minutes.
const SLOUCHED: i64 = 4;

/// From the beginning of one slouch to the next, in minutes.
const APART: i64 = 45;

fn posture(view: View, (head, shoulders): Slouch) -> Posture {
    let estimate = |change| Estimate {
        degrees: 40.0 + change,
        change: Some(change),
        error: 2.5,
    };
    Posture {
        view,
        basis: Basis::Joints,
        placement: None,
        trunk_lean: None,
        angles: PerAngle {
            forward_head: Some(estimate(head)),
            rounded_shoulders: shoulders.map(estimate),
        },
    }
}

fn past_of(nudges: &[Nudge], now: Timestamp) -> Past<'_> {
    Past {
        nudges,
        routines: &[],
        now,
    }
}

/// One day at a desk: what was suggested for each slouch, as `warm-up+opener+stretch`.
fn day(view: View, slouches: &[Slouch], settings: &StretchSettings, answer: Answer) -> Vec<String> {
    let mut monitor = Monitor::new(MonitorSettings::default());
    let mut past: Vec<Nudge> = Vec::new();
    let mut suggested = Vec::new();
    let mut before: Option<Moment> = None;
    let start = Timestamp::from_second(1_800_000_000).unwrap();
    let end = start + SignedDuration::from_mins(APART * i64::try_from(slouches.len()).unwrap());
    let mut at = start;
    while at < end {
        let minute = at.duration_since(start).as_mins();
        let slouch = slouches[usize::try_from(minute / APART).unwrap()];
        let upright = (1.0, slouch.1.map(|_| 1.0));
        let changes = if minute % APART < SLOUCHED {
            slouch
        } else {
            upright
        };
        let posture = posture(view, changes);
        let verdict = classify(
            &Measurement::Posture(posture.clone()),
            &Limits::default(),
            before,
        );
        before = Some(verdict.moment);
        let mut inputs = vec![Input::Observation(Observation {
            at,
            since: at,
            moment: verdict.moment,
            severity: verdict.severity,
            filter: FilterState::Settled,
            posture: Some(posture),
        })];
        let mut next = at;
        while let Some(input) = inputs.pop() {
            for effect in monitor.on(input) {
                match effect {
                    Effect::ObserveAt(when) => next = when,
                    Effect::Nudge(nudge) => {
                        let suggestion =
                            choose(catalogue(), nudge.fault, settings, past_of(&past, nudge.at));
                        suggested.push(words(&suggestion));
                        // Last in, first out: it is shown, then answered.
                        inputs.push(Input::Answered {
                            nudge: nudge.at,
                            answer,
                            at,
                        });
                        inputs.push(Input::Shown {
                            nudge: nudge.at,
                            stretch: suggestion.id().to_owned(),
                        });
                    }
                    Effect::Save(Record::Nudge(nudge)) => {
                        past.retain(|known| known.at != nudge.at);
                        past.push(nudge);
                    }
                    Effect::Save(_)
                    | Effect::Withdraw(_)
                    | Effect::MentionStillness { .. }
                    | Effect::TimeUse(_)
                    | Effect::Publish(_) => {}
                }
            }
        }
        at = next;
    }
    suggested
}

fn words(suggestion: &Suggestion<'_>) -> String {
    let ids: Vec<&str> = suggestion.stretches().map(|one| one.id.as_str()).collect();
    if ids.is_empty() {
        suggestion.id().to_owned()
    } else {
        ids.join("+")
    }
}

/// The stretches of a day without what goes before them, and without the advice to get up.
fn stretches(day: &[String]) -> Vec<&str> {
    let last = |words: &'_ String| words.rfind('+').map_or(0, |at| at + 1);
    day.iter()
        .map(|words| &words[last(words)..])
        .filter(|id| catalogue().get(id).is_some())
        .collect()
}

fn check(name: &str, day: &[String]) {
    assert_eq!(day.len(), 10, "{name}: {day:#?}");
    let stretches = stretches(day);
    for id in &stretches {
        assert!(
            catalogue().get(id).unwrap().is_thoracic(),
            "{name}: {id} is not thoracic"
        );
    }
    for pair in stretches.windows(2) {
        assert_ne!(pair[0], pair[1], "{name}: twice in a row in {day:#?}");
    }
}

const HEAD: Slouch = (14.0, Some(2.0));
const SHOULDERS: Slouch = (2.0, Some(14.0));
const BOTH: Slouch = (14.0, Some(13.0));

/// The cameras and what each can measure of ten slouches.
fn cameras() -> [(&'static str, View, [Slouch; 10]); 4] {
    let front = (14.0, None);
    let mixed = [
        HEAD, SHOULDERS, BOTH, HEAD, SHOULDERS, BOTH, HEAD, SHOULDERS, BOTH, HEAD,
    ];
    [
        ("front", View::Front, [front; 10]),
        ("oblique, all kinds", View::Oblique, mixed),
        ("oblique, both", View::Oblique, [BOTH; 10]),
        // From the side no shoulders are given.
        ("side", View::Side, [front; 10]),
    ]
}

#[test]
fn ten_slouches_bring_four_thoracic_stretches_and_none_twice_in_a_row() {
    let settings = StretchSettings::default();
    let mut story = String::new();
    for (name, view, slouches) in cameras() {
        for answer in [
            Answer::Done,
            Answer::Snoozed,
            Answer::Skipped,
            Answer::Unanswered,
        ] {
            let day = day(view, &slouches, &settings, answer);
            check(name, &day);
            let different: BTreeSet<&str> = stretches(&day).into_iter().collect();
            assert!(different.len() >= 4, "{name}: {day:#?}");
            if answer == Answer::Done {
                story += &format!("{name}\n  {}\n", day.join("\n  "));
            }
        }
    }
    insta::assert_snapshot!(story);
}

#[test]
fn a_forward_head_is_opened_by_a_retraction_and_rounded_shoulders_are_not() {
    let settings = StretchSettings::default();
    for (name, view, slouches) in cameras() {
        let day = day(view, &slouches, &settings, Answer::Done);
        for (slouch, words) in slouches.iter().zip(&day) {
            let head_alone = slouch.0 > 10.0 && slouch.1.is_none_or(|shoulders| shoulders < 10.0);
            let opened = words.contains("chin-tuck+");
            let moves = words == "move";
            assert_eq!(opened, head_alone && !moves, "{name}: {words}");
        }
    }
}

#[test]
fn everybody_gets_what_they_can_do() {
    let without = |limits: &[Limit], equipment: &[Equipment], places: &[Place]| StretchSettings {
        limits: limits.iter().copied().collect(),
        equipment: equipment.iter().copied().collect(),
        places: places.iter().copied().collect(),
        ..StretchSettings::default()
    };
    let chair = [Equipment::Chair];
    let desk = [Place::Desk];
    let places = [Place::Desk, Place::Room];
    let rows: [(&str, StretchSettings, usize); 7] = [
        ("no chair with a back", without(&[], &[], &desk), 3),
        ("no twist", without(&[Limit::NoTwist], &chair, &desk), 4),
        (
            "sore shoulder",
            without(&[Limit::SoreShoulder], &chair, &desk),
            2,
        ),
        ("sore neck", without(&[Limit::SoreNeck], &chair, &desk), 3),
        ("meeting room", without(&[Limit::NoStanding], &[], &desk), 2),
        (
            "osteoporosis",
            without(&[Limit::Osteoporosis], &chair, &desk),
            2,
        ),
        ("only a wall", without(&[], &[Equipment::Wall], &places), 3),
    ];
    for (name, settings, least) in rows {
        for (camera, view, slouches) in cameras() {
            let day = day(view, &slouches, &settings, Answer::Done);
            let name = format!("{name}, {camera}");
            check(&name, &day);
            let different: BTreeSet<&str> = stretches(&day).into_iter().collect();
            assert!(different.len() >= least, "{name}: {day:#?}");
            for id in stretches(&day) {
                assert!(
                    settings.allows(catalogue().get(id).unwrap()),
                    "{name}: {id}"
                );
            }
        }
    }
}
