//! Laws that hold for any day at the desk.

use jiff::SignedDuration;
use proptest::prelude::*;

use super::simulator::{Habit, live, observation, second};
use super::*;
use crate::record::Answer;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn nudges_keep_their_distance_and_spans_their_order(strip in "[.xxxxn_?LP ]{1,180}", habit in 0..5_usize) {
        let habit = [
            Habit::Ignores,
            Habit::Answers(Answer::Done),
            Habit::Answers(Answer::Snoozed),
            Habit::Answers(Answer::Skipped),
            Habit::Answers(Answer::Part),
        ][habit];
        let day = live(&strip, habit, MonitorSettings::default());
        let (mut nudges, mut spans, mut slouched, mut episodes) = (Vec::new(), Vec::new(), SignedDuration::ZERO, SignedDuration::ZERO);
        for (_, effect) in &day.effects {
            match effect {
                Effect::Nudge(suggestion) => nudges.push(suggestion.at),
                Effect::TimeUse(span) => {
                    spans.push((span.from, span.to));
                    if matches!(span.spent, TimeUse::Slouched(_)) {
                        slouched += span.to.duration_since(span.from);
                    }
                }
                Effect::Save(Record::Episode(episode)) => episodes += episode.observed,
                Effect::Save(_) | Effect::Withdraw(_) | Effect::MentionStillness { .. } | Effect::Publish(_) | Effect::ObserveAt(_) => {}
            }
        }
        prop_assert!(nudges.windows(2).all(|pair| pair[1].duration_since(pair[0]) >= SignedDuration::from_mins(15)));
        prop_assert!(nudges.windows(5).all(|five| five[4].duration_since(five[0]) >= SignedDuration::from_hours(1)));
        prop_assert!(spans.iter().all(|(from, to)| from < to));
        prop_assert!(spans.windows(2).all(|pair| pair[0].1 <= pair[1].0));
        prop_assert!(episodes <= slouched);
    }

    #[test]
    fn nothing_in_any_order_at_any_time_panics(inputs in proptest::collection::vec((0..9_u8, -1_000_000..1_000_000_i64), 0..80)) {
        let mut monitor = Monitor::new(MonitorSettings::default());
        let mut nudge = second(0);
        for (kind, seconds) in inputs {
            let at = second(seconds);
            let input = match kind {
                0 => Input::Observation(observation('.', at)),
                1 | 2 => Input::Observation(observation('x', at)),
                3 => Input::NotWatching { reason: NotWatching::Suspended, at },
                4 => Input::Watching { at },
                5 => Input::Pause { until: Some(second(seconds + 60)), at },
                6 => Input::Answered { nudge, answer: Answer::Snoozed, at },
                7 => Input::Shown { nudge, stretch: String::new() },
                _ => Input::Tick(at),
            };
            for effect in monitor.on(input) {
                match effect {
                    Effect::Nudge(suggestion) => nudge = suggestion.at,
                    Effect::TimeUse(span) => prop_assert!(span.from < span.to),
                    Effect::Save(_) | Effect::Withdraw(_) | Effect::MentionStillness { .. } | Effect::Publish(_) | Effect::ObserveAt(_) => {}
                }
            }
        }
    }
}
