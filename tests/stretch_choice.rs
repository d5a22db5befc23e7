//! Which stretch answers a fault: rows, and laws over any past and any settings.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests too")]

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use sitwell::posture::Fault;
use sitwell::record::{Answer, Nudge, Routine};
use sitwell::stretch::{
    Depth, Equipment, Exclusion, Limit, MOVE, MoveReason, Obstacle, Past, Place, Stretch,
    StretchSettings, Suggestion, catalogue, choose,
};
use strum::VariantArray;

/// Noon of some day; minutes before it are negative.
fn at(minute: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + minute * 60).unwrap()
}

fn nudge(minute: i64, fault: Fault, stretch: &str, answer: Answer) -> Nudge {
    Nudge {
        at: at(minute),
        fault,
        stretch: stretch.to_owned(),
        answer,
        answered: None,
    }
}

fn everywhere() -> StretchSettings {
    StretchSettings {
        places: Place::VARIANTS.iter().copied().collect(),
        equipment: Equipment::VARIANTS.iter().copied().collect(),
        ..StretchSettings::default()
    }
}

/// What was suggested before an instant.
fn before(nudges: &[Nudge], now: Timestamp) -> Past<'_> {
    Past {
        nudges,
        routines: &[],
        now,
    }
}

/// The suggestion in a word: warm-up, opener, stretch.
fn word(suggestion: &Suggestion<'_>) -> String {
    match suggestion {
        Suggestion::Stretch { .. } => {
            let ids: Vec<&str> = suggestion.stretches().map(|one| one.id.as_str()).collect();
            ids.join(" ")
        }
        Suggestion::Move(reason) => format!("{reason:?}"),
    }
}

/// What a day of slouches every half hour brings, each answered alike.
fn day(fault: Fault, settings: &StretchSettings, answer: Answer, slouches: i64) -> Vec<String> {
    let mut past = Vec::new();
    (0..slouches)
        .map(|slouch| {
            let suggestion = choose(catalogue(), fault, settings, before(&past, at(slouch * 30)));
            past.push(nudge(slouch * 30, fault, suggestion.id(), answer));
            word(&suggestion)
        })
        .collect()
}

#[test]
fn a_day_brings_the_least_effort_first_then_something_else_then_the_advice_to_get_up() {
    let settings = StretchSettings::default();
    let rows = [
        (
            Fault::ForwardHead,
            "shoulder-rolls chin-tuck seated-cat-cow, chin-tuck chest-lift, \
             chin-tuck seated-rotation, chin-tuck reach-up, \
             pelvic-tilts chin-tuck thoracic-extension, SameRelief { times: 5 }, \
             chin-tuck seated-cat-cow",
        ),
        (
            Fault::RoundedShoulders,
            "shoulder-rolls chest-opener, goalpost-lift, reach-up, shoulder-rolls thoracic-extension, \
             chest-opener, SameRelief { times: 5 }, goalpost-lift",
        ),
    ];
    for (fault, expected) in rows {
        assert_eq!(
            day(fault, &settings, Answer::Done, 7).join(", "),
            expected,
            "{fault}"
        );
    }
}

#[test]
fn the_routine_counts_as_movement_and_its_last_stretch_is_not_suggested_next() {
    let settings = StretchSettings::default();
    let after = |answer| {
        let routine = Routine {
            at: at(-20),
            stretches: vec!["shoulder-rolls".to_owned(), "seated-cat-cow".to_owned()],
            answer,
            answered: Some(at(-18)),
        };
        let past = Past {
            nudges: &[],
            routines: &[routine],
            now: at(0),
        };
        word(&choose(catalogue(), Fault::ForwardHead, &settings, past))
    };
    assert_eq!(after(Answer::Done), "chin-tuck chest-lift");
    assert_eq!(
        after(Answer::Skipped),
        "shoulder-rolls chin-tuck chest-lift"
    );
}

#[test]
fn a_person_who_sat_up_or_never_slouched_is_not_sent_away() {
    for answer in [Answer::Recovered, Answer::NotASlouch] {
        let settings = StretchSettings::default();
        let words = day(Fault::HeadAndShoulders, &settings, answer, 12);
        assert!(
            words.iter().all(|word| !word.contains("SameRelief")),
            "{words:?}"
        );
    }
}

#[test]
fn what_was_turned_down_twice_steps_back_until_it_is_done_again() {
    let settings = StretchSettings::default();
    let mut past = vec![
        nudge(-3000, Fault::ForwardHead, "seated-cat-cow", Answer::Skipped),
        nudge(-2900, Fault::ForwardHead, "seated-cat-cow", Answer::Skipped),
    ];
    let now = |past: &[Nudge]| {
        choose(
            catalogue(),
            Fault::ForwardHead,
            &settings,
            before(past, at(0)),
        )
        .id()
        .to_owned()
    };
    assert_eq!(now(&past), "chest-lift");
    past.push(nudge(
        -2800,
        Fault::ForwardHead,
        "seated-cat-cow",
        Answer::Done,
    ));
    assert_eq!(now(&past), "seated-cat-cow");
}

#[test]
fn a_warm_up_comes_first_when_the_last_movement_was_long_ago() {
    let rows = [
        (-119, "chin-tuck seated-cat-cow"),
        (-120, "pelvic-tilts chin-tuck seated-cat-cow"),
        (-700, "pelvic-tilts chin-tuck seated-cat-cow"),
    ];
    for (minute, expected) in rows {
        let past = [nudge(minute, Fault::ForwardHead, "chin-tuck", Answer::Done)];
        let suggestion = choose(
            catalogue(),
            Fault::ForwardHead,
            &StretchSettings::default(),
            before(&past, at(0)),
        );
        assert_eq!(word(&suggestion), expected, "{minute}");
    }
}

#[test]
fn limits_leave_what_is_safe_and_otherwise_the_advice_to_move() {
    let rows: [(&[Limit], Fault, &str); 7] = [
        (&[Limit::SoreNeck], Fault::ForwardHead, "seated-cat-cow"),
        (
            &[Limit::SoreShoulder],
            Fault::RoundedShoulders,
            "seated-cat-cow",
        ),
        (
            &[Limit::NoTwist, Limit::SoreShoulder],
            Fault::HeadAndShoulders,
            "seated-cat-cow",
        ),
        (
            &[Limit::Osteoporosis],
            Fault::HeadAndShoulders,
            "chest-opener",
        ),
        (&[Limit::Pregnancy], Fault::HeadAndShoulders, "chest-opener"),
        (
            &[Limit::NoStanding, Limit::SoreBack],
            Fault::HeadAndShoulders,
            "scapular-squeeze",
        ),
        (&[Limit::RecentInjury], Fault::ForwardHead, MOVE),
    ];
    for (limits, fault, expected) in rows {
        let settings = StretchSettings {
            limits: limits.iter().copied().collect(),
            ..everywhere()
        };
        let suggestion = choose(catalogue(), fault, &settings, before(&[], at(0)));
        assert_eq!(suggestion.id(), expected, "{limits:?} {fault}");
    }
}

#[test]
fn a_notification_has_two_lines_with_the_name_the_seconds_and_a_word_of_care() {
    for stretch in catalogue()
        .all()
        .iter()
        .filter(|stretch| stretch.depth != Depth::WarmUp)
    {
        let brief = Suggestion::Stretch {
            stretch,
            opener: None,
            warm_up: None,
            excluded_by: None,
        }
        .brief();
        let lines: Vec<&str> = brief.lines().collect();
        assert_eq!(lines.len(), 2, "{brief}");
        assert!(
            lines[0].starts_with(&stretch.name)
                && lines[0].contains("seconds. Slowly; stop at pain."),
            "{brief}"
        );
    }
    let nothing = |excluded_by| MoveReason::NothingFits { excluded_by };
    let injury = Exclusion::Alone(Obstacle::Limit(Limit::RecentInjury));
    for reason in [
        nothing(None),
        nothing(Some(injury)),
        MoveReason::SameRelief { times: 5 },
    ] {
        assert_eq!(Suggestion::Move(reason).brief().lines().count(), 2);
    }
}

#[test]
fn a_notification_names_the_warm_up_and_the_opener_before_the_stretch() {
    let settings = StretchSettings {
        disabled: [
            "seated-cat-cow",
            "chest-lift",
            "reach-up",
            "seated-rotation",
        ]
        .map(str::to_owned)
        .into(),
        ..StretchSettings::default()
    };
    let brief = |past: &[Nudge]| {
        choose(
            catalogue(),
            Fault::ForwardHead,
            &settings,
            before(past, at(0)),
        )
        .brief()
    };
    assert_eq!(
        brief(&[]),
        "Shoulder rolls, 20 seconds chin tuck, then arch over the chair back, 84 seconds in all. \
         Slowly; stop at pain.\nHands behind your head, arch your upper back slowly over the chair back."
    );
    let gentle = StretchSettings::default();
    let past = [nudge(-30, Fault::ForwardHead, "reach-up", Answer::Done)];
    assert_eq!(
        choose(
            catalogue(),
            Fault::ForwardHead,
            &gentle,
            before(&past, at(0))
        )
        .brief(),
        "20 seconds chin tuck, then seated cat and cow, 60 seconds in all. Slowly; stop at pain.\n\
         Hands on your thighs, round your back, then lift your chest and look up."
    );
}

#[test]
fn where_no_thoracic_stretch_is_left_the_rest_is_offered_with_the_reason() {
    let rows: [(&[Limit], Fault, &str, &str); 3] = [
        (
            &[Limit::SoreBack, Limit::SoreShoulder],
            Fault::ForwardHead,
            "chin-tuck",
            "No stretch for the upper back fits your settings (limit: sore back).",
        ),
        (
            &[Limit::SoreBack],
            Fault::RoundedShoulders,
            "scapular-squeeze",
            "No stretch for the upper back fits your settings (limit: sore back).",
        ),
        (
            &[Limit::RecentInjury],
            Fault::ForwardHead,
            MOVE,
            "No stretch fits your settings (limit: recent injury): get up and move for 5 minutes.",
        ),
    ];
    for (limits, fault, expected, reason) in rows {
        let settings = StretchSettings {
            limits: limits.iter().copied().collect(),
            ..StretchSettings::default()
        };
        let suggestion = choose(catalogue(), fault, &settings, before(&[], at(0)));
        assert_eq!(suggestion.id(), expected, "{limits:?}");
        assert!(
            suggestion.brief().contains(reason),
            "{}",
            suggestion.brief()
        );
    }
}

#[test]
fn where_several_settings_leave_nothing_the_most_frequent_is_called_that() {
    let settings = StretchSettings {
        limits: BTreeSet::from([Limit::SoreBack, Limit::SoreShoulder]),
        disabled: [
            "seated-cat-cow",
            "chest-lift",
            "seated-rotation",
            "seated-twist",
        ]
        .map(str::to_owned)
        .into(),
        ..StretchSettings::default()
    };
    let suggestion = choose(
        catalogue(),
        Fault::ForwardHead,
        &settings,
        before(&[], at(0)),
    );
    let reason = "No stretch for the upper back fits your settings (mostly limit: sore shoulder).";
    assert!(
        suggestion.brief().ends_with(reason),
        "{}",
        suggestion.brief()
    );
}

fn any_fault() -> impl Strategy<Value = Fault> {
    select(Fault::ALL.as_slice())
}

fn any_id() -> impl Strategy<Value = String> {
    let ids = catalogue()
        .all()
        .iter()
        .map(|stretch| stretch.id.clone())
        .chain([MOVE.to_owned(), "gone".to_owned()]);
    select(ids.collect::<Vec<_>>())
}

fn any_past() -> impl Strategy<Value = Vec<Nudge>> {
    let answers = [
        Answer::Done,
        Answer::Part,
        Answer::Snoozed,
        Answer::Skipped,
        Answer::NotASlouch,
        Answer::Recovered,
        Answer::Unanswered,
    ];
    let one = (
        -15_000_i64..200,
        any_fault(),
        any_id(),
        select(answers.to_vec()),
    )
        .prop_map(|(minute, fault, id, answer)| nudge(minute, fault, &id, answer));
    prop::collection::vec(one, 0..30)
}

fn any_settings() -> impl Strategy<Value = StretchSettings> {
    let ids: Vec<String> = catalogue()
        .all()
        .iter()
        .map(|stretch| stretch.id.clone())
        .collect();
    (
        subsequence(Place::VARIANTS.to_vec(), 0..=3),
        subsequence(Equipment::VARIANTS.to_vec(), 0..=6),
        subsequence(Limit::VARIANTS.to_vec(), 0..=2),
        subsequence(ids, 0..=8),
        1_u32..9,
    )
        .prop_map(
            |(places, equipment, limits, disabled, same_relief_a_day)| StretchSettings {
                places: places.into_iter().collect(),
                equipment: equipment.into_iter().collect(),
                limits: limits.into_iter().collect(),
                disabled: disabled.into_iter().collect(),
                same_relief_a_day,
                ..StretchSettings::default()
            },
        )
}

/// Whether a stretch can be suggested under these settings at all.
fn can(settings: &StretchSettings, stretch: &Stretch) -> bool {
    let warm = |one: &Stretch| one.depth == Depth::WarmUp && settings.allows(one);
    settings.allows(stretch) && (stretch.depth != Depth::Deep || catalogue().all().iter().any(warm))
}

proptest! {
    #[test]
    fn nothing_is_suggested_that_is_disabled_limited_or_not_at_hand(
        fault in any_fault(), settings in any_settings(), past in any_past(),
    ) {
        let suggestion = choose(catalogue(), fault, &settings, before(&past, at(0)));
        if let Suggestion::Stretch { stretch, warm_up, .. } = suggestion {
            for one in suggestion.stretches() {
                prop_assert!(settings.obstacle(one).is_none(), "{}", one.id);
                prop_assert!(!settings.disabled.contains(&one.id) && settings.places.contains(&one.place));
                prop_assert!(one.equipment.iter().all(|thing| settings.equipment.contains(thing)));
                prop_assert!(!settings.limits.iter().any(|limit| limit.rules_out(one)));
            }
            prop_assert!(stretch.depth != Depth::WarmUp);
            prop_assert!(stretch.depth != Depth::Deep || warm_up.is_some(), "{} without a warm-up", stretch.id);
        }
    }

    #[test]
    fn a_thoracic_stretch_comes_first_then_no_repetition_then_the_fit(
        fault in any_fault(), settings in any_settings(), past in any_past(),
    ) {
        let today = past.iter().filter(|one| one.at <= at(0) && at(0).duration_since(one.at).as_hours() < 12);
        let last = today.filter(|one| one.stretch != MOVE).map(|one| (one.at, one.stretch.clone())).max();
        let is_last = |s: &Stretch| last.as_ref().is_some_and(|(_, id)| *id == s.id);
        let rank = |s: &Stretch| (!s.is_thoracic(), is_last(s), !s.answers.contains(&fault));
        let possible = || catalogue().for_fault(fault).into_iter().filter(|s| can(&settings, s));
        match choose(catalogue(), fault, &settings, before(&past, at(0))) {
            Suggestion::Stretch { stretch, excluded_by, .. } => {
                prop_assert_eq!(Some(rank(stretch)), possible().map(rank).min());
                prop_assert_eq!(excluded_by.is_some(), !stretch.is_thoracic());
            }
            Suggestion::Move(MoveReason::NothingFits { excluded_by }) => {
                prop_assert!(possible().next().is_none());
                prop_assert!(excluded_by.is_some());
            }
            Suggestion::Move(MoveReason::SameRelief { times }) => {
                prop_assert!(times >= settings.same_relief_a_day as usize);
            }
        }
    }

    #[test]
    fn neither_the_order_of_the_past_nor_the_future_matters(
        fault in any_fault(), settings in any_settings(), mut past in any_past(),
    ) {
        let first = word(&choose(catalogue(), fault, &settings, before(&past, at(0))));
        past.reverse();
        prop_assert_eq!(&word(&choose(catalogue(), fault, &settings, before(&past, at(0)))), &first);
        past.retain(|nudge| nudge.at <= at(0));
        prop_assert_eq!(&word(&choose(catalogue(), fault, &settings, before(&past, at(0)))), &first);
    }

    #[test]
    fn every_fitting_stretch_has_its_turn_before_one_comes_again(fault in any_fault(), settings in any_settings()) {
        let settings = StretchSettings { same_relief_a_day: u32::MAX, ..settings };
        let fits = |s: &&Stretch| s.is_thoracic() && s.answers.contains(&fault) && can(&settings, s);
        let answering = catalogue().all().iter().filter(fits).count();
        let words = day(fault, &settings, Answer::Unanswered, 20);
        for turn in words.windows(answering.clamp(1, 20)) {
            let last = |word: &String| word.rsplit(' ').next().map(str::to_owned);
            prop_assert_eq!(turn.iter().map(last).collect::<BTreeSet<_>>().len(), turn.len());
        }
    }

    #[test]
    fn the_same_relief_is_never_suggested_more_often_in_a_row_than_the_settings_say(
        fault in any_fault(), settings in any_settings(),
    ) {
        let words = day(fault, &settings, Answer::Done, 24);
        let most = settings.same_relief_a_day as usize;
        for run in words.windows(most + 1) {
            prop_assert!(run.iter().any(|word| word.contains("SameRelief") || word.contains("NothingFits")), "{run:?}");
        }
    }

    #[test]
    fn yesterday_does_not_send_anybody_away(fault in any_fault(), mut past in any_past()) {
        let shift = SignedDuration::from_hours(24);
        past.iter_mut().for_each(|nudge| nudge.at -= shift);
        let suggestion = choose(catalogue(), fault, &StretchSettings::default(), before(&past, at(0)));
        let stretch = matches!(suggestion, Suggestion::Stretch { .. });
        prop_assert!(stretch);
    }
}
