//! The routine through the daemon: offered, answered, kept.

use std::path::Path;
use std::sync::{Arc, Mutex};

use image::RgbImage;
use jiff::civil::date;
use jiff::tz::TimeZone;

use super::super::on_demand::SuggestionOrigin;
use super::*;
use crate::frame::Frame;
use crate::history::History;
use crate::landmarks::{Landmarks, Sighting};
use crate::monitor::{Input, Observation};
use crate::notify::{Action, Notifier, NotifyError};
use crate::perception::{FrameOrigin, Perception};
use crate::pose::{CropPlan, PoseError, PoseModel};
use crate::posture::{Fault, FilterState};
use crate::record::{NotWatching, Nudge};
use crate::settings::Settings;
use crate::stretch::catalogue;

struct NoModel;

impl PoseModel for NoModel {
    fn detect(&mut self, _: &Frame, _: CropPlan) -> Result<Sighting, PoseError> {
        Ok(Sighting::Nobody)
    }

    fn person_sizes(&self, _: &RgbImage) -> Result<Vec<f32>, PoseError> {
        Ok(Vec::new())
    }

    fn outline(&self, _: &RgbImage) -> Result<Option<Landmarks>, PoseError> {
        Ok(None)
    }
}

#[derive(Clone, Default)]
struct Screen(Arc<Mutex<Vec<Notice>>>);

impl Notifier for Screen {
    fn show(&mut self, notice: &Notice) -> Result<(), NotifyError> {
        self.0.lock().unwrap().push(notice.clone());
        Ok(())
    }

    fn withdraw(&mut self) {}
}

/// One day of somebody whose routine is at 15:00.
pub(in crate::daemon) struct Desk {
    pub(in crate::daemon) effects: Effects<'static>,
    screen: Screen,
}

impl Desk {
    pub(in crate::daemon) fn new(folder: &Path) -> Desk {
        let config = Settings::parse("[stretch]\nroutine_at = \"15:00\"\n").unwrap();
        let screen = Screen::default();
        let perception =
            Perception::new(Box::new(NoModel), FrameOrigin::Recording, (&config).into());
        let notifier: Box<dyn Notifier> = Box::new(screen.clone());
        let history = folder.join("history.db");
        Desk {
            effects: Effects::new(perception, Some(notifier), catalogue(), &config, &history),
            screen,
        }
    }

    fn give(&mut self, input: Input) {
        self.effects.give(input, &mut |_| {}).unwrap();
    }

    /// What an observation and the tick after it put on the screen.
    fn observe(&mut self, clock: &str, moment: Moment) -> Vec<Notice> {
        let at = at(clock);
        self.give(Input::Observation(Observation {
            at,
            since: at,
            moment,
            severity: None,
            filter: FilterState::Settled,
            posture: None,
        }));
        self.tick(clock)
    }

    fn tick(&mut self, clock: &str) -> Vec<Notice> {
        self.effects
            .offer_routine_if_due(at(clock), &TimeZone::UTC.into(), &mut |_| {})
            .unwrap();
        self.shown()
    }

    /// What was put on the screen since the last call.
    pub(in crate::daemon) fn shown(&self) -> Vec<Notice> {
        std::mem::take(&mut self.screen.0.lock().unwrap())
    }

    fn answer(&mut self, notice: &Notice, answer: Answer, clock: &str) -> bool {
        self.effects
            .answer_routine(notice.at, answer, at(clock), &mut |_| {})
    }

    fn kept(&self, folder: &Path) -> Vec<(String, Answer)> {
        let history = History::open(&folder.join("history.db")).unwrap();
        history
            .routines(Period::ALWAYS)
            .unwrap()
            .into_iter()
            .map(|routine| (routine.at.strftime("%H:%M").to_string(), routine.answer))
            .collect()
    }
}

fn at(clock: &str) -> Timestamp {
    let time = clock.parse().unwrap();
    let local = date(2026, 11, 23).to_datetime(time);
    TimeZone::UTC.to_timestamp(local).unwrap()
}

fn row(clock: &str, answer: Answer) -> (String, Answer) {
    (clock.to_owned(), answer)
}

#[test]
fn it_is_offered_put_off_offered_again_and_done() {
    let folder = tempfile::tempdir().unwrap();
    let mut desk = Desk::new(folder.path());
    assert_eq!(desk.observe("14:59:30", Moment::Upright), []);
    assert_eq!(desk.observe("15:00", Moment::Away), []);
    let shown = desk.observe("15:20", Moment::Upright);
    let [notice] = &shown[..] else {
        panic!("{shown:?}");
    };
    assert_eq!(notice.title, "Your two minutes for the upper back");
    assert_eq!(desk.kept(folder.path()), [row("15:20", Answer::Unanswered)]);
    assert_eq!(desk.tick("15:21"), []);

    assert!(desk.answer(notice, Answer::Snoozed, "15:22"));
    assert_eq!(desk.tick("15:36"), []);
    let again = desk.tick("15:37");
    assert_eq!(again.len(), 1);
    let guide = desk.effects.suggested(again[0].at).unwrap();
    assert_eq!(
        (guide.stretch.as_str(), guide.origin),
        (ROUTINE, SuggestionOrigin::Notice(again[0].at))
    );
    assert!(desk.answer(&again[0], Answer::Done, "15:40"));
    assert_eq!(desk.observe("16:30", Moment::Upright), []);
    assert_eq!(
        desk.kept(folder.path()),
        [row("15:20", Answer::Snoozed), row("15:37", Answer::Done)]
    );
    // After a restart the history knows.
    assert_eq!(
        Desk::new(folder.path()).observe("16:40", Moment::Upright),
        []
    );
}

#[test]
fn it_waits_while_sitwell_does_not_watch() {
    for reason in [
        NotWatching::Paused,
        NotWatching::Locked,
        NotWatching::CameraBusy,
    ] {
        let folder = tempfile::tempdir().unwrap();
        let mut desk = Desk::new(folder.path());
        desk.observe("14:50", Moment::Upright);
        desk.give(Input::NotWatching {
            reason,
            at: at("14:55"),
        });
        assert_eq!(desk.tick("15:05"), [], "{reason}");
        desk.give(Input::Watching { at: at("15:30") });
        assert_eq!(desk.tick("15:30"), [], "{reason}: nobody was observed yet");
        assert_eq!(
            desk.observe("15:30:05", Moment::Upright).len(),
            1,
            "{reason}"
        );
    }
}

#[test]
fn a_desktop_that_wants_quiet_gets_the_same_routine_later() {
    let folder = tempfile::tempdir().unwrap();
    let mut desk = Desk::new(folder.path());
    let first = desk.observe("15:00", Moment::Upright);
    desk.effects.note_unseen(first[0].at, at("15:00"));
    assert_eq!(desk.tick("15:14"), []);
    assert_eq!(desk.tick("15:15"), first);
    assert_eq!(desk.tick("15:16"), []);
    assert_eq!(desk.kept(folder.path()), [row("15:00", Answer::Unanswered)]);
    desk.effects.note_unseen(first[0].at, at("15:15"));
    assert_eq!(desk.tick("19:00"), [], "four hours after its time");
}

#[test]
fn what_nobody_saw_is_not_offered_again_once_it_was_done_by_hand() {
    let folder = tempfile::tempdir().unwrap();
    let mut desk = Desk::new(folder.path());
    let first = desk.observe("15:00", Moment::Upright);
    desk.effects.note_unseen(first[0].at, at("15:00"));
    let history = folder.path().join("history.db");
    let by_hand = Routine {
        at: first[0].at,
        stretches: vec!["chest-lift".to_owned()],
        answer: Answer::Done,
        answered: Some(at("15:10")),
    };
    let mut history = History::open(&history).unwrap();
    history.save(&Record::Routine(by_hand)).unwrap();
    assert_eq!(desk.tick("15:15"), []);
    assert_eq!(desk.kept(folder.path()), [row("15:00", Answer::Done)]);
}

#[test]
fn a_notice_that_replaces_the_routine_at_once_brings_it_back_later() {
    type Meanwhile = fn(&mut Desk, Timestamp);
    let rows: [(&str, Meanwhile, &str, bool); 3] = [
        ("replaced at once", |_, _| {}, "15:03", true),
        (
            "closed before",
            |desk, notice| desk.effects.note_seen(notice),
            "15:03",
            false,
        ),
        ("replaced when it had been seen", |_, _| {}, "15:10", false),
    ];
    for (what, meanwhile, replaced, is_offered_again) in rows {
        let folder = tempfile::tempdir().unwrap();
        let mut desk = Desk::new(folder.path());
        let first = desk.observe("15:00", Moment::Upright);
        meanwhile(&mut desk, first[0].at);
        desk.effects.nudge_me(at(replaced)).unwrap();
        assert_eq!(desk.screen.0.lock().unwrap().len(), 1, "{what}");
        desk.screen.0.lock().unwrap().clear();
        assert_eq!(desk.tick("15:17"), [], "{what}");
        let later = desk.tick("15:25");
        assert_eq!(later == first, is_offered_again, "{what}: {later:?}");
    }
}

#[test]
fn what_a_full_disk_does_not_take_counts_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let mut desk = Desk::new(folder.path());
    desk.observe("14:50", Moment::Upright);
    let history = desk.effects.history().unwrap();
    history.limit_growth(0);
    let routine = |at| Routine {
        at,
        stretches: vec!["chest-lift".to_owned()],
        answer: Answer::Done,
        answered: None,
    };
    let nudge = |at| Nudge {
        at,
        fault: Fault::ForwardHead,
        stretch: "chest-lift".to_owned(),
        answer: Answer::Unanswered,
        answered: None,
    };
    let old = |day: i64| at("12:00") - SignedDuration::from_hours(24 * day);
    let mut refuses =
        |record: &dyn Fn(i64) -> Record| (1..5000).any(|day| history.save(&record(day)).is_err());
    assert!(refuses(&|day| Record::Routine(routine(old(day + 30)))));
    assert!(refuses(&|day| Record::Nudge(nudge(old(day)))));
    let kept = desk.kept(folder.path());
    assert_eq!(desk.observe("15:00", Moment::Upright).len(), 1);
    assert_eq!(desk.kept(folder.path()), kept, "the disk takes nothing");
    assert_eq!(desk.tick("15:01"), []);
    let last = nudge(at("15:02"));
    desk.effects
        .keep(vec![Record::Nudge(last.clone())], &mut |_| {});
    assert_eq!(desk.effects.last_nudge(at("15:02")), Some(&last));
}

#[test]
fn a_new_snooze_holds_for_the_next_routine() {
    let folder = tempfile::tempdir().unwrap();
    let mut desk = Desk::new(folder.path());
    let settings = "[stretch]\nroutine_at = \"15:00\"\n[monitor.nudges]\nsnooze = \"5m\"\n";
    let settings = Settings::parse(settings).unwrap();
    desk.effects.adopt(&settings, catalogue().clone());
    let first = desk.observe("15:00", Moment::Upright);
    assert!(
        first[0]
            .actions
            .contains(&(Action::Snooze, "In 5 min".to_owned()))
    );
    assert!(desk.answer(&first[0], Answer::Snoozed, "15:01"));
    assert_eq!(desk.tick("15:05"), []);
    assert_eq!(desk.tick("15:06").len(), 1);
}

#[test]
fn a_requested_stretch_is_guided_through_with_what_goes_before_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut desk = Desk::new(folder.path());
    desk.observe("14:50", Moment::Upright);
    desk.effects.nudge_me(at("14:51")).unwrap();
    let shown = std::mem::take(&mut *desk.screen.0.lock().unwrap());
    let guide = desk.effects.suggested(shown[0].at).unwrap();
    assert_eq!(
        guide.origin,
        SuggestionOrigin::Request(Fault::HeadAndShoulders)
    );
}

#[test]
fn an_answer_to_another_notice_is_not_the_routines() {
    let folder = tempfile::tempdir().unwrap();
    let mut desk = Desk::new(folder.path());
    let mut shown = desk.observe("15:00", Moment::Upright);
    shown[0].at = at("14:00");
    assert!(!desk.answer(&shown[0], Answer::Done, "15:01"));
    assert_eq!(desk.kept(folder.path()), [row("15:00", Answer::Unanswered)]);
}
