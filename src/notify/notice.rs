//! What is shown, and what is answered.

use jiff::{SignedDuration, Timestamp};

use crate::posture::{Fault, PerAngle};
use crate::quantities::duration;
use crate::stretch::{ROUTINE, Stretch, Suggestion, headline, routine_brief};

/// Something to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The instant of the nudge, which is its identity.
    pub at: Timestamp,
    /// The fact in one line.
    pub title: String,
    /// What to do about it, in two lines; further ones where there is reason to doubt the fact, and for a trunk that leans forward.
    pub body: String,
    /// The answers to offer, in this order, each with the label of its button. A click on the notice
    /// itself means [`Action::Start`].
    pub actions: Vec<(Action, String)>,
    /// What to write after `sitwell stretch` for the guide; empty for the stretch that fits now.
    pub guide: &'static str,
}

/// A slouch that lasts this long without a break may be a false alarm: the camera or the chair was
/// moved, or somebody else sits there, which no single observation shows. Our choice: by then three
/// nudges, a quarter of an hour apart, changed nothing.
const DOUBTED: SignedDuration = SignedDuration::from_mins(45);

impl Notice {
    /// The notice for a suggestion, which can be put off by `snooze`.
    #[must_use]
    pub fn for_suggestion(
        at: Timestamp,
        fault: Fault,
        changes: PerAngle<Option<f64>>,
        lasted: SignedDuration,
        suggestion: &Suggestion<'_>,
        snooze: SignedDuration,
    ) -> Notice {
        let fits = |action: &Action| match suggestion {
            Suggestion::Stretch { .. } => true,
            // There is no guide through getting up.
            Suggestion::Move(_) => *action != Action::Start,
        };
        let actions = Action::ALL.into_iter().filter(fits);
        let mut body = suggestion.brief();
        let is_measured = changes.into_iter().any(|(_, change)| change.is_some());
        if is_measured && lasted >= DOUBTED {
            body.push_str(
                "\nIf you do sit well, the camera, the chair or the person has changed: run sitwell calibrate.",
            );
        }
        Notice {
            at,
            title: headline(fault, changes, lasted),
            body,
            actions: actions
                .map(|action| (action, action.label(snooze)))
                .collect(),
            guide: "",
        }
    }

    /// The same for somebody who also leans forward, which the chair's back answers.
    #[must_use]
    pub fn for_leaning(mut self) -> Notice {
        self.body
            .push_str("\nYour trunk leans forward: sit back against the chair's back.");
        self
    }

    /// The notice for the daily routine, which can be put off by `snooze`.
    #[must_use]
    pub fn for_routine(at: Timestamp, stretches: &[&Stretch], snooze: SignedDuration) -> Notice {
        Notice {
            at,
            title: "Your two minutes for the upper back".to_owned(),
            body: routine_brief(stretches),
            actions: vec![
                (Action::Start, Action::Start.label(snooze)),
                (Action::Snooze, format!("In {}", duration(snooze))),
                (Action::NotNow, "Not today".to_owned()),
            ],
            guide: ROUTINE,
        }
    }

    /// The notice that somebody has sat in one posture for `lasted`. There is nothing to answer.
    #[must_use]
    pub fn for_stillness(at: Timestamp, lasted: SignedDuration) -> Notice {
        Notice {
            at,
            title: format!("{} in one posture", duration(lasted)),
            body: "Your head and shoulders have hardly moved. Sit differently for a while, or get up for a moment.".to_owned(),
            actions: Vec::new(),
            guide: "",
        }
    }

    /// The body where there are no buttons: with what to type instead.
    pub(super) fn body_without_buttons(&self) -> String {
        let mut body = self.body.clone();
        if self.offers(Action::Start) {
            body.push_str("\nTo start the guide, type: ");
            body.push_str(&self.guide_command());
        }
        if self.offers(Action::NotASlouch) {
            body.push_str("\nTo stop watching for 15 minutes, type: sitwell pause 15m");
        }
        body
    }

    /// The command that opens the guide.
    pub(super) fn guide_command(&self) -> String {
        format!("sitwell stretch {}", self.guide)
            .trim_end()
            .to_owned()
    }

    /// Whether this answer is offered.
    pub(super) fn offers(&self, action: Action) -> bool {
        self.actions.iter().any(|(offered, _)| *offered == action)
    }
}

/// An answer that a notice offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Open the guide.
    Start,
    /// It is done already.
    Done,
    /// Tell me again in a while.
    Snooze,
    /// No.
    NotNow,
    /// The person did not slouch.
    NotASlouch,
}

impl Action {
    /// Every answer, in the order in which they are offered.
    pub const ALL: [Action; 5] = [
        Action::Start,
        Action::Done,
        Action::Snooze,
        Action::NotNow,
        Action::NotASlouch,
    ];

    /// The label of the button.
    fn label(self, snooze: SignedDuration) -> String {
        match self {
            Action::Start => "Start".to_owned(),
            Action::Done => "Done".to_owned(),
            Action::Snooze => format!("Snooze {}", duration(snooze)),
            Action::NotNow => "Not now".to_owned(),
            Action::NotASlouch => "That was no slouch".to_owned(),
        }
    }

    /// The name under which the desktop reports it.
    #[cfg_attr(
        target_os = "macos",
        expect(dead_code, reason = "no answer is heard there")
    )]
    pub(super) fn key(self) -> &'static str {
        match self {
            Action::Start => "start",
            Action::Done => "done",
            Action::Snooze => "snooze",
            Action::NotNow => "not-now",
            Action::NotASlouch => "not-a-slouch",
        }
    }

    /// The action that the desktop reports.
    #[cfg_attr(
        target_os = "macos",
        expect(dead_code, reason = "no answer is heard there")
    )]
    pub(super) fn from_key(key: &str) -> Option<Action> {
        Action::ALL.into_iter().find(|action| action.key() == key)
    }
}

/// What happened to a notice.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum NoticeReply {
    /// An offered answer was chosen; a click on the notice counts as [`Action::Start`].
    Chosen(Action),
    /// It was closed without an answer.
    Closed,
    /// It went away by itself.
    Expired,
    /// It was not shown: the desktop wants quiet, or this program of the settings is in front.
    Silenced(Option<String>),
    /// It was shown in the terminal instead, where nothing is answered.
    InTerminal,
    /// The notification service went away while it was shown.
    Lost,
}

/// A report about one notice.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct NoticeEvent {
    /// Which notice, by the instant of its nudge.
    pub at: Timestamp,
    /// What happened to it.
    pub reply: NoticeReply,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stretch::{Past, StretchSettings, catalogue, choose};

    const SNOOZE: SignedDuration = SignedDuration::from_mins(15);

    /// The notice of a slouch that lasted for some minutes.
    fn nudge(minutes: i64, degrees: Option<f64>) -> Notice {
        let at = Timestamp::UNIX_EPOCH;
        let past = Past {
            nudges: &[],
            routines: &[],
            now: at,
        };
        let settings = StretchSettings::default();
        let suggestion = choose(catalogue(), Fault::ForwardHead, &settings, past);
        let changes = PerAngle {
            forward_head: degrees,
            rounded_shoulders: None,
        };
        let lasted = SignedDuration::from_mins(minutes);
        Notice::for_suggestion(at, Fault::ForwardHead, changes, lasted, &suggestion, SNOOZE)
    }

    #[test]
    fn a_trunk_that_leans_forward_is_sent_back_to_the_chair() {
        let (plain, leaning) = (nudge(5, Some(14.0)), nudge(5, Some(14.0)).for_leaning());
        let added = leaning.body.strip_prefix(&plain.body);
        assert_eq!(
            added,
            Some("\nYour trunk leans forward: sit back against the chair's back.")
        );
    }

    #[test]
    fn a_slouch_that_never_breaks_doubts_the_calibration_instead_of_the_person() {
        let doubts = |minutes, degrees| {
            let notice = nudge(minutes, degrees);
            notice.body.contains("sitwell calibrate")
        };
        assert!(!doubts(44, Some(14.0)));
        assert!(doubts(45, Some(14.0)));
        assert!(
            !doubts(45, None),
            "a stretch that was asked for blames nobody"
        );
    }

    #[test]
    fn without_buttons_the_body_says_what_to_type() {
        let typed = |notice: &Notice| {
            let text = notice.body_without_buttons();
            let commands = text.lines().filter_map(|line| line.split_once("type: "));
            commands
                .map(|(_, command)| command.to_owned())
                .collect::<Vec<_>>()
        };
        let at = Timestamp::UNIX_EPOCH;
        assert_eq!(
            typed(&nudge(1, Some(14.0))),
            ["sitwell stretch", "sitwell pause 15m"]
        );
        let routine: Vec<&Stretch> = catalogue().get("chest-lift").into_iter().collect();
        assert_eq!(
            typed(&Notice::for_routine(at, &routine, SNOOZE)),
            ["sitwell stretch routine"]
        );
    }

    #[test]
    fn the_button_says_how_long_snoozing_lasts() {
        let rows = [
            (0, "0 s"),
            (30, "30 s"),
            (300, "5 min"),
            (5400, "1 h 30 min"),
            (7200, "2 h"),
        ];
        for (seconds, words) in rows {
            let snooze = SignedDuration::from_secs(seconds);
            assert_eq!(Action::Snooze.label(snooze), format!("Snooze {words}"));
        }
    }
}
