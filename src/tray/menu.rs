//! The menu: which entries there are in which phase.

use super::state::{MonitorPhase, TrayState};
use crate::control::PauseLength;

/// What a click asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TrayAction {
    Start,
    Pause(PauseLength),
    Resume,
    StretchNow,
    Calibrate,
    OpenDashboard,
    Quit,
}

impl TrayAction {
    const ALL: [TrayAction; 9] = [
        TrayAction::Start,
        TrayAction::Pause(PauseLength::QuarterOfAnHour),
        TrayAction::Pause(PauseLength::Hour),
        TrayAction::Pause(PauseLength::UntilTomorrow),
        TrayAction::Resume,
        TrayAction::StretchNow,
        TrayAction::Calibrate,
        TrayAction::OpenDashboard,
        TrayAction::Quit,
    ];

    fn label(self) -> &'static str {
        match self {
            TrayAction::Start => "Start watching",
            TrayAction::Pause(PauseLength::QuarterOfAnHour) => "Pause for 15 minutes",
            TrayAction::Pause(PauseLength::Hour) => "Pause for an hour",
            TrayAction::Pause(PauseLength::UntilTomorrow) => "Pause until tomorrow",
            TrayAction::Resume => "Resume",
            TrayAction::StretchNow => "A stretch now",
            TrayAction::Calibrate => "Calibrate",
            TrayAction::OpenDashboard => "Open the dashboard",
            TrayAction::Quit => "Quit Sitwell",
        }
    }

    fn fits(self, phase: MonitorPhase) -> bool {
        match self {
            TrayAction::Start => phase == MonitorPhase::Stopped,
            TrayAction::Pause(_) | TrayAction::StretchNow => phase != MonitorPhase::Stopped,
            TrayAction::Resume => phase == MonitorPhase::Paused,
            TrayAction::Calibrate | TrayAction::OpenDashboard | TrayAction::Quit => true,
        }
    }
}

/// The number of the entry with the sentence.
pub(super) const SENTENCE: i32 = 1;

/// The numbers of actions begin here, and those of separators far above. An action has the same
/// number in every phase: a panel may report a click on a menu of a moment ago.
const FIRST_ACTION: i32 = 10;
const FIRST_SEPARATOR: i32 = 100;

/// An entry of the menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum MenuEntry {
    Sentence(String),
    Separator(i32),
    Action(i32, TrayAction),
}

impl MenuEntry {
    pub(super) fn id(&self) -> i32 {
        match self {
            MenuEntry::Sentence(_) => SENTENCE,
            MenuEntry::Separator(id) | MenuEntry::Action(id, _) => *id,
        }
    }

    /// What is written; none on a separator. An underscore would mark the next letter as a key.
    pub(super) fn label(&self) -> Option<String> {
        match self {
            MenuEntry::Sentence(sentence) => Some(sentence.replace('_', "__")),
            MenuEntry::Separator(_) => None,
            MenuEntry::Action(_, action) => Some(action.label().to_owned()),
        }
    }
}

/// The entries of the menu in a state.
pub(super) fn entries(state: &TrayState) -> Vec<MenuEntry> {
    let mut entries = vec![
        MenuEntry::Sentence(state.sentence.clone()),
        MenuEntry::Separator(FIRST_SEPARATOR),
    ];
    for (id, action) in (FIRST_ACTION..).zip(TrayAction::ALL) {
        if matches!(action, TrayAction::StretchNow | TrayAction::Quit) {
            entries.push(MenuEntry::Separator(FIRST_SEPARATOR + id));
        }
        if action.fits(state.phase) {
            entries.push(MenuEntry::Action(id, action));
        }
    }
    entries
}

/// The action with this number, in any phase.
pub(super) fn action(id: i32) -> Option<TrayAction> {
    (FIRST_ACTION..)
        .zip(TrayAction::ALL)
        .find_map(|(own, action)| (own == id).then_some(action))
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;

    fn labels(phase: MonitorPhase) -> String {
        let state = TrayState {
            sentence: "camera none_such".to_owned(),
            phase,
            ..TrayState::default()
        };
        let label = |entry: &MenuEntry| entry.label().unwrap_or_else(|| "---".to_owned());
        let labels: Vec<String> = entries(&state).iter().map(label).collect();
        labels.join("\n")
    }

    #[test]
    fn the_menu_offers_what_makes_sense() {
        assert_snapshot!(labels(MonitorPhase::Running), @"
        camera none__such
        ---
        Pause for 15 minutes
        Pause for an hour
        Pause until tomorrow
        ---
        A stretch now
        Calibrate
        Open the dashboard
        ---
        Quit Sitwell
        ");
        assert_snapshot!(labels(MonitorPhase::Paused), @"
        camera none__such
        ---
        Pause for 15 minutes
        Pause for an hour
        Pause until tomorrow
        Resume
        ---
        A stretch now
        Calibrate
        Open the dashboard
        ---
        Quit Sitwell
        ");
        assert_snapshot!(labels(MonitorPhase::Stopped), @"
        camera none__such
        ---
        Start watching
        ---
        Calibrate
        Open the dashboard
        ---
        Quit Sitwell
        ");
    }

    #[test]
    fn every_entry_has_a_number_of_its_own_that_stays_with_its_action() {
        for phase in [
            MonitorPhase::Stopped,
            MonitorPhase::Paused,
            MonitorPhase::Running,
        ] {
            let state = TrayState {
                phase,
                ..TrayState::default()
            };
            let entries = entries(&state);
            let ids: std::collections::BTreeSet<i32> = entries.iter().map(MenuEntry::id).collect();
            assert_eq!(ids.len(), entries.len(), "{phase:?}");
            assert!(!ids.contains(&0), "that is the whole menu");
            for entry in entries {
                let wanted = match entry {
                    MenuEntry::Action(_, action) => Some(action),
                    MenuEntry::Sentence(_) | MenuEntry::Separator(_) => None,
                };
                assert_eq!(action(entry.id()), wanted);
            }
        }
    }
}
