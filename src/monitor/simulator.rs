//! A day in simulated time. One character is one minute: `.` upright, `x` head forward, `w` a
//! little less, `n` upright but near the limit, `_` nobody, `?` unclear, `L` locked, `P` paused, a
//! space asleep.

use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::posture::{Basis, Estimate, Fault, FilterState, PerAngle, Posture, UnclearReason, View};
use crate::record::Answer;

/// The person's answer to each nudge, half a minute after it.
#[derive(Clone, Copy)]
pub(super) enum Habit {
    Ignores,
    Answers(Answer),
}

#[derive(Default)]
pub(super) struct SimulatedDay {
    pub(super) observations: u32,
    pub(super) effects: Vec<(Timestamp, Effect)>,
}

pub(super) fn second(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}

pub(super) fn observation(letter: char, at: Timestamp) -> Observation {
    let (moment, change) = match letter {
        '.' => (Moment::Upright, Some(1.0)),
        'n' => (Moment::Upright, Some(8.0)),
        'x' => (Moment::Slouched(Fault::ForwardHead), Some(14.0)),
        'w' => (Moment::Slouched(Fault::ForwardHead), Some(12.0)),
        // A slouch that is classified without a calibration.
        'u' => (Moment::Slouched(Fault::ForwardHead), None),
        '?' => (Moment::Unclear(UnclearReason::TurnedAway), None),
        '_' => (Moment::Away, None),
        other => panic!("no such letter: {other}"),
    };
    let estimate = Estimate {
        degrees: 40.0,
        change,
        error: 2.5,
    };
    let posture = Posture {
        view: View::Front,
        basis: Basis::Joints,
        placement: None,
        trunk_lean: None,
        angles: PerAngle {
            forward_head: Some(estimate),
            rounded_shoulders: None,
        },
    };
    Observation {
        at,
        since: at,
        moment,
        severity: change.map(|change| change / 10.0),
        filter: FilterState::Settled,
        posture: Some(posture),
    }
}

/// Runs a monitor over the day: observes when the monitor asks, ticks every minute.
pub(super) fn live(strip: &str, habit: Habit, settings: MonitorSettings) -> SimulatedDay {
    let mut monitor = Monitor::new(settings);
    let mut day = SimulatedDay::default();
    let letters: Vec<char> = strip.chars().collect();
    let mut next_observation = second(0);
    let mut answer: Option<(Timestamp, Timestamp)> = None;
    let mut now = second(0);
    let end = second(i64::try_from(letters.len()).unwrap() * 60);
    let mut before = '.';
    while now < end {
        let letter = letters[usize::try_from(now.as_second() / 60).unwrap()];
        let on_the_minute = now.as_millisecond() % 60_000 == 0;
        let mut inputs = Vec::new();
        match (before, letter) {
            (was, is) if was == is => {}
            ('L', _) => inputs.push(Input::Watching { at: now }),
            ('P', _) => inputs.push(Input::Resume { at: now }),
            (' ', _) => next_observation = now,
            (_, _) => {}
        }
        match letter {
            'L' if before != 'L' => inputs.push(Input::NotWatching {
                reason: NotWatching::Locked,
                at: now,
            }),
            'P' if before != 'P' => inputs.push(Input::Pause {
                until: None,
                at: now,
            }),
            _ => {}
        }
        before = letter;
        if on_the_minute && letter != ' ' {
            inputs.push(Input::Tick(now));
        }
        if let Some((nudge, when)) = answer
            && now >= when
            && let Habit::Answers(given) = habit
        {
            inputs.push(Input::Answered {
                nudge,
                answer: given,
                at: now,
            });
            answer = None;
        }
        if now >= next_observation && !matches!(letter, ' ' | 'L' | 'P') {
            day.observations += 1;
            inputs.push(Input::Observation(observation(letter, now)));
        }
        let mut inputs = std::collections::VecDeque::from(inputs);
        while let Some(input) = inputs.pop_front() {
            for effect in monitor.on(input) {
                match &effect {
                    Effect::ObserveAt(at) => next_observation = *at,
                    Effect::Nudge(suggestion) => {
                        answer =
                            Some((suggestion.at, suggestion.at + SignedDuration::from_secs(30)));
                        inputs.push_back(Input::Shown {
                            nudge: suggestion.at,
                            stretch: "chin_tuck".to_owned(),
                        });
                    }
                    Effect::Withdraw(_)
                    | Effect::MentionStillness { .. }
                    | Effect::Save(_)
                    | Effect::TimeUse(_)
                    | Effect::Publish(_) => {}
                }
                day.effects.push((now, effect));
            }
        }
        now += SignedDuration::from_millis(500);
    }
    day
}

pub(super) fn clock(at: Timestamp) -> String {
    format!("{}:{:02}", at.as_second() / 60, at.as_second() % 60)
}
