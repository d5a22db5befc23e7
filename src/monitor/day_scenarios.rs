//! Days at the desk and what came of them; the letters are in `simulator.rs`.

use insta::assert_snapshot;
use jiff::SignedDuration;

use super::simulator::{Habit, clock, live, observation, second};
use super::*;
use crate::posture::FilterState;
use crate::record::Answer;

/// The nudges and what became of them, and the episodes, as `minute:second`.
fn tell(strip: &str, habit: Habit) -> String {
    let mut story = String::new();
    for (at, effect) in live(strip, habit, MonitorSettings::default()).effects {
        story += &match effect {
            Effect::Nudge(suggestion) => {
                let head = suggestion.changes.forward_head.unwrap();
                format!("{} nudge {head:.0} deg; ", clock(at))
            }
            Effect::Save(Record::Nudge(nudge)) if nudge.answered.is_some() => {
                format!(
                    "{} {}; ",
                    clock(at),
                    format!("{:?}", nudge.answer).to_lowercase()
                )
            }
            Effect::Save(Record::Episode(episode)) => {
                format!(
                    "slouch {}..{} {:?}; ",
                    clock(episode.from),
                    clock(episode.to),
                    episode.ending
                )
            }
            Effect::Save(_)
            | Effect::Withdraw(_)
            | Effect::MentionStillness { .. }
            | Effect::TimeUse(_)
            | Effect::Publish(_)
            | Effect::ObserveAt(_) => String::new(),
        };
    }
    story.trim_end().to_owned()
}

fn minutes(letter: &str, minutes: usize) -> String {
    letter.repeat(minutes)
}

#[test]
fn one_who_sits_well_hears_nothing() {
    assert_snapshot!(tell(&minutes(".", 240), Habit::Ignores), @"");
    assert_snapshot!(tell(&minutes("n", 240), Habit::Ignores), @"");
    assert_snapshot!(tell(&minutes("_", 240), Habit::Ignores), @"");
}

#[test]
fn a_slouch_is_answered_after_a_minute_and_the_nudge_taken_back_on_sitting_up() {
    assert_snapshot!(tell("...xxxx....", Habit::Ignores), @"4:03 nudge 14 deg; slouch 3:03..7:03 AfterNudge; 7:13 recovered;");
}

#[test]
fn one_who_sits_up_unasked_gets_the_credit() {
    let strip = format!("..xx..xx{}xxx...", minutes(".", 20));
    assert_snapshot!(tell(&strip, Habit::Ignores), @"3:03 nudge 14 deg; slouch 2:03..4:03 AfterNudge; 4:13 recovered; slouch 6:03..8:03 ByItself; 29:03 nudge 14 deg; slouch 28:03..31:03 AfterNudge; 31:13 recovered;");
}

#[test]
fn one_who_slouches_on_and_on_is_told_every_quarter_of_an_hour() {
    assert_snapshot!(tell(&minutes("x", 70), Habit::Ignores), @"1:00 nudge 14 deg; 11:00 unanswered; 16:00 nudge 14 deg; 26:00 unanswered; 31:00 nudge 14 deg; 41:00 unanswered; 46:00 nudge 14 deg; 56:00 unanswered; 61:00 nudge 14 deg;");
}

#[test]
fn a_shorter_cooldown_still_leaves_four_an_hour() {
    let mut settings = MonitorSettings::default();
    settings.nudges.cooldown = SignedDuration::from_mins(5);
    settings.nudges.expires = SignedDuration::from_mins(1);
    let nudges: Vec<String> = live(&minutes("x", 70), Habit::Ignores, settings)
        .effects
        .into_iter()
        .filter(|(_, effect)| matches!(effect, Effect::Nudge(_)))
        .map(|(at, _)| clock(at))
        .collect();
    assert_snapshot!(nudges.join(" "), @"1:00 6:00 11:00 16:00 61:00 66:00");
}

#[test]
fn each_slouch_has_its_own_angles() {
    let worst: Vec<f64> = live("xx..ww..", Habit::Ignores, MonitorSettings::default())
        .effects
        .into_iter()
        .filter_map(|(_, effect)| match effect {
            Effect::Save(Record::Episode(episode)) => Some(episode.angle.worst),
            _ => None,
        })
        .collect();
    assert_eq!(worst, [14.0, 12.0]);
}

#[test]
fn later_means_a_quarter_of_an_hour_later() {
    assert_snapshot!(tell(&minutes("x", 40), Habit::Answers(Answer::Snoozed)), @"1:00 nudge 14 deg; 1:30 snoozed; 16:30 nudge 14 deg; 17:00 snoozed; 32:00 nudge 14 deg; 32:30 snoozed;");
}

#[test]
fn one_who_declines_is_left_alone_until_the_next_slouch() {
    let strip = minutes("x", 60) + "..." + &minutes("x", 5);
    assert_snapshot!(tell(&strip, Habit::Answers(Answer::Skipped)), @"1:00 nudge 14 deg; 1:30 skipped; slouch 0:00..60:00 AfterNudge; 64:00 nudge 14 deg; 64:30 skipped;");
    assert_snapshot!(tell(&strip, Habit::Answers(Answer::NotASlouch)), @"1:00 nudge 14 deg; 1:30 notaslouch; slouch 0:00..60:00 AfterNudge; 64:00 nudge 14 deg; 64:30 notaslouch;");
}

#[test]
fn one_who_stretches_and_slouches_again_waits_for_the_cooldown() {
    let strip = "xx.".repeat(8);
    assert_snapshot!(tell(&strip, Habit::Answers(Answer::Done)), @"1:00 nudge 14 deg; 1:30 done; slouch 0:00..2:00 AfterNudge; slouch 3:00..5:00 ByItself; slouch 6:00..8:00 ByItself; slouch 9:00..11:00 ByItself; slouch 12:00..14:00 ByItself; 16:00 nudge 14 deg; 16:30 done; slouch 15:00..17:00 AfterNudge; slouch 18:00..20:00 ByItself; slouch 21:00..23:00 ByItself;");
}

#[test]
fn without_a_calibration_nobody_is_nudged() {
    assert_snapshot!(tell(&minutes("u", 120), Habit::Ignores), @"");
}

#[test]
fn leaving_locking_pausing_and_sleeping_end_a_slouch() {
    assert_snapshot!(tell("xxx___xxx", Habit::Ignores), @"1:00 nudge 14 deg; slouch 0:00..2:55 OutOfSight;");
    assert_snapshot!(tell("xxxLLLxxx", Habit::Ignores), @"1:00 nudge 14 deg; slouch 0:00..2:55 OutOfSight; 3:00 unanswered;");
    assert_snapshot!(tell("xxxPPPxxx", Habit::Ignores), @"1:00 nudge 14 deg; slouch 0:00..2:55 OutOfSight; 3:00 unanswered;");
    assert_snapshot!(tell(&format!("xxx{}xxx", minutes(" ", 480)), Habit::Ignores), @"1:00 nudge 14 deg; slouch 0:00..2:55 OutOfSight; 483:00 unanswered; 484:00 nudge 14 deg;");
}

/// Seconds spent in each way.
fn spent(strip: &str) -> String {
    let mut sums = std::collections::BTreeMap::<TimeUse, SignedDuration>::new();
    for (_, effect) in live(strip, Habit::Ignores, MonitorSettings::default()).effects {
        if let Effect::TimeUse(span) = effect {
            *sums.entry(span.spent).or_default() += span.to.duration_since(span.from);
        }
    }
    sums.iter()
        .map(|(spent, sum)| format!("{spent:?} {}s; ", sum.as_secs()))
        .collect::<String>()
        .trim_end()
        .to_owned()
}

#[test]
fn time_is_spent_as_it_was_seen_and_a_night_asleep_is_missing() {
    assert_snapshot!(spent("..xx"), @"Upright 123s; Slouched(ForwardHead) 115s;");
    assert_snapshot!(spent("..__.."), @"Upright 236s; Away 120s;");
    assert_snapshot!(spent("..LLL.."), @"Upright 238s; NotWatched(Locked) 180s;");
    assert_snapshot!(spent("..PPP.."), @"Upright 238s; NotWatched(Paused) 180s;");
    assert_snapshot!(spent(&format!("..{}..", minutes(" ", 480))), @"Upright 233s;");
}

#[test]
fn sessions_end_with_a_break() {
    let sessions = |strip: &str| -> String {
        let mut sessions = std::collections::BTreeMap::new();
        for (_, effect) in live(strip, Habit::Ignores, MonitorSettings::default()).effects {
            if let Effect::Save(Record::Session(session)) = effect {
                sessions.insert(session.from, session.to);
            }
        }
        sessions
            .iter()
            .map(|(from, to)| format!("{}..{}; ", clock(*from), clock(*to)))
            .collect::<String>()
            .trim_end()
            .to_owned()
    };
    assert_snapshot!(sessions("....____....______....______"), @"0:00..11:56; 18:01..21:59;");
    assert_snapshot!(sessions("....LL...."), @"0:00..3:58; 6:00..9:03;");
}

/// The observations in an hour of each kind, and what they cost at 30 ms each.
#[test]
fn looking_costs_a_hundredth_of_a_core_at_most() {
    let hour = |strip: &str| {
        let observations = live(
            &strip.repeat(60 / strip.len()),
            Habit::Ignores,
            MonitorSettings::default(),
        )
        .observations;
        format!(
            "{observations} observations {:.2} %",
            f64::from(observations) * 0.030 / 3600.0 * 100.0
        )
    };
    assert_snapshot!(hour("."), @"721 observations 0.60 %");
    assert_snapshot!(hour("n"), @"1200 observations 1.00 %");
    assert_snapshot!(hour("x"), @"728 observations 0.61 %");
    assert_snapshot!(hour("x."), @"990 observations 0.83 %");
    assert_snapshot!(hour("_"), @"360 observations 0.30 %");
}

#[test]
fn verdicts_fall_within_five_seconds_of_their_time() {
    for offset in 0..12 {
        let mut monitor = Monitor::new(MonitorSettings::default());
        let truth = |at: Timestamp| match at.as_second() - offset {
            120..=299 => 'x',
            _ => '.',
        };
        // A change is held back in the first observation that shows it, as the smoothing does.
        let (mut shown, mut held) = ('.', None);
        let (mut now, mut nudged, mut recovered) = (second(0), None, None);
        while now < second(400) {
            let mut next = now;
            let observation = match (truth(now), held) {
                (letter, None) if letter != shown => {
                    held = Some(now);
                    Observation {
                        filter: FilterState::Doubtful,
                        ..observation(shown, now)
                    }
                }
                (letter, since) => {
                    (shown, held) = (letter, None);
                    Observation {
                        since: since.unwrap_or(now),
                        ..observation(letter, now)
                    }
                }
            };
            for effect in monitor.on(Input::Observation(observation)) {
                match effect {
                    Effect::ObserveAt(at) => next = at,
                    Effect::Nudge(suggestion) => nudged = Some(suggestion.at),
                    Effect::Withdraw(_) => recovered = Some(now),
                    Effect::Save(_)
                    | Effect::MentionStillness { .. }
                    | Effect::TimeUse(_)
                    | Effect::Publish(_) => {}
                }
            }
            now = next;
        }
        let late =
            |at: Option<Timestamp>, due: i64| at.unwrap().duration_since(second(due + offset));
        for late in [late(nudged, 180), late(recovered, 310)] {
            assert!(
                late >= SignedDuration::ZERO && late <= SignedDuration::from_secs(5),
                "{late:#} at {offset}"
            );
        }
    }
}

#[test]
fn a_look_held_back_is_followed_soon() {
    let mut monitor = Monitor::new(MonitorSettings::default());
    let mut doubtful = observation('.', second(10));
    doubtful.filter = FilterState::Doubtful;
    let effects = monitor.on(Input::Observation(doubtful));
    assert_eq!(
        effects.last(),
        Some(&Effect::ObserveAt(
            second(10) + SignedDuration::from_millis(1500)
        ))
    );
}

#[test]
fn what_was_held_back_before_a_pause_does_not_count_from_then() {
    let mut held = observation('.', second(10));
    held.filter = FilterState::Doubtful;
    let mut confirmed = observation('x', second(21));
    confirmed.since = second(10);
    let inputs = [
        Input::Observation(observation('.', second(5))),
        Input::Observation(held),
        Input::Pause {
            until: None,
            at: second(11),
        },
        Input::Resume { at: second(20) },
        Input::Observation(confirmed),
        Input::Observation(observation('x', second(26))),
    ];
    let mut monitor = Monitor::new(MonitorSettings::default());
    let effects = inputs.into_iter().flat_map(|input| monitor.on(input));
    let spans: Vec<_> = effects
        .filter_map(|effect| match effect {
            Effect::TimeUse(span) => Some((span.from.as_second(), span.to.as_second())),
            _ => None,
        })
        .collect();
    assert_eq!(spans, [(5, 11), (11, 20), (21, 26)]);
}

#[test]
fn a_pause_ends_at_its_time_but_not_the_lock_behind_it() {
    let mut monitor = Monitor::new(MonitorSettings::default());
    let mut observations = |input: Input| {
        let mut effects = monitor.on(input).into_iter();
        effects.find_map(|effect| match effect {
            Effect::ObserveAt(at) => Some(at.as_second()),
            _ => None,
        })
    };
    let until = Some(second(60));
    let at = second(0);
    assert_eq!(observations(Input::Pause { until, at }), Some(60));
    assert_eq!(
        observations(Input::Observation(observation('.', second(1)))),
        None
    );
    let reason = NotWatching::Locked;
    let at = second(30);
    assert_eq!(observations(Input::NotWatching { reason, at }), None);
    assert_eq!(observations(Input::Tick(second(60))), None);
    let at = second(90);
    assert_eq!(observations(Input::Watching { at }), Some(90));
}

/// The times not watched, in whole seconds.
fn not_watched(inputs: Vec<Input>) -> String {
    let mut monitor = Monitor::new(MonitorSettings::default());
    let effects = inputs.into_iter().flat_map(|input| monitor.on(input));
    effects
        .filter_map(|effect| match effect {
            Effect::TimeUse(span) if matches!(span.spent, TimeUse::NotWatched(_)) => Some(format!(
                "{:?} {}..{}; ",
                span.spent,
                span.from.as_second(),
                span.to.as_second()
            )),
            _ => None,
        })
        .collect::<String>()
        .trim_end()
        .to_owned()
}

#[test]
fn a_pause_is_as_long_as_it_was_meant_however_late_its_end_is_noticed() {
    let pause = |until| Input::Pause {
        until: Some(second(until)),
        at: second(10),
    };
    let observation = |at| Input::Observation(observation('.', second(at)));
    assert_snapshot!(not_watched(vec![pause(60), Input::Tick(second(40)), Input::Tick(second(75))]), @"NotWatched(Paused) 10..40; NotWatched(Paused) 40..60;");
    assert_snapshot!(not_watched(vec![pause(60), observation(50), observation(61), Input::Tick(second(75))]), @"NotWatched(Paused) 10..60;");
    assert_snapshot!(not_watched(vec![pause(60), pause(90), observation(61), observation(100)]), @"NotWatched(Paused) 10..90;");
}

#[test]
fn a_night_asleep_is_no_pause() {
    let pause = Input::Pause {
        until: Some(second(500)),
        at: second(10),
    };
    let sleep = |at| Input::NotWatching {
        reason: NotWatching::Suspended,
        at: second(at),
    };
    let wake = |at| Input::Watching { at: second(at) };
    let tick = |at| Input::Tick(second(at));
    assert_snapshot!(not_watched(vec![pause.clone(), sleep(100), wake(400), tick(450)]), @"NotWatched(Paused) 10..100; NotWatched(Suspended) 100..400; NotWatched(Paused) 400..450;");
    assert_snapshot!(not_watched(vec![pause.clone(), sleep(100), wake(900), tick(901), tick(930)]), @"NotWatched(Paused) 10..100; NotWatched(Suspended) 100..900;");
    assert_snapshot!(not_watched(vec![pause, sleep(100), tick(901), wake(902)]), @"NotWatched(Paused) 10..100; NotWatched(Suspended) 100..901; NotWatched(Suspended) 901..902;");
}

#[test]
fn an_answer_that_comes_late_replaces_the_recovery() {
    let day = live(
        "xx...",
        Habit::Answers(Answer::Done),
        MonitorSettings::default(),
    );
    let answers: Vec<Answer> = day
        .effects
        .iter()
        .filter_map(|(_, effect)| match effect {
            Effect::Save(Record::Nudge(nudge)) => Some(nudge.answer),
            _ => None,
        })
        .collect();
    assert_eq!(answers, [Answer::Unanswered, Answer::Done]);
}
