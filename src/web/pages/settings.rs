//! Every setting with its explanation, and what Sitwell keeps.

use std::path::Path;

use jiff::SignedDuration;
use maud::{Markup, html};

use super::with_commands;
use crate::quantities::{count, duration};
use crate::settings::{DescribedSetting, SettingGroup, SettingKind};

/// All settings. `value` gives what the file sets.
pub(in crate::web) fn settings(
    groups: &[SettingGroup],
    file: &Path,
    mistake: Option<&str>,
    value: &dyn Fn(&str) -> Option<String>,
) -> Markup {
    html! {
        h1 { "Settings" }
        p.note { "They are in " (file.display()) ". What you write there yourself stays: only the values that you change here are replaced." }
        @if let Some(mistake) = mistake {
            p.said.wrong role="alert" { (mistake) }
        }
        @for group in groups {
            section.card.group aria-labelledby=(group.name) {
                h2 #(group.name) { (heading(&group.name)) }
                @if !group.explanation.is_empty() { p.note { (with_commands(&group.explanation)) } }
                form method="post" action="settings" {
                    @for setting in &group.settings {
                        (field(setting, value(&setting.path)))
                    }
                    button { "Save " (heading(&group.name)) }
                }
            }
        }
    }
}

/// The name of a table in words.
fn heading(table: &str) -> &str {
    match table {
        "monitor.patience" => "patience",
        "monitor.nudges" => "nudges",
        "monitor.looks" => "observations",
        "posture.limits" => "limits",
        other => other,
    }
}

pub(super) fn field(setting: &DescribedSetting, set: Option<String>) -> Markup {
    let key = setting.path.rsplit('.').next().unwrap_or_default();
    let explained = format!("{}-explained", setting.path);
    let default = setting.default.as_deref().unwrap_or("off");
    let present = set.clone().or_else(|| setting.default.clone());
    let options = |choices: &[(&str, &str)]| {
        html! {
            select id=(setting.path) name=(setting.path) aria-describedby=(explained) {
                @for (choice, name) in choices {
                    option value=(choice) selected[present.as_deref() == Some(choice)] { (name) }
                }
            }
        }
    };
    html! {
        div.field {
            label for=(setting.path) { (key.replace('_', " ")) }
            @match &setting.kind {
                SettingKind::Choice(choices) => {
                    (options(&choices.iter().map(|choice| (choice.as_str(), choice.as_str())).collect::<Vec<_>>()))
                },
                SettingKind::Switch => (options(&SWITCH)),
                SettingKind::Number if is_limit(&setting.path) => {
                    input type="number" step="any" id=(setting.path) name=(setting.path) value=(set.unwrap_or_default()) placeholder=(default)
                        aria-describedby=(explained) autocomplete="off" data-what-if;
                    p.what-if id=(what_if_place(&setting.path)) role="status" {}
                },
                SettingKind::Text | SettingKind::Number | SettingKind::List => {
                    input id=(setting.path) name=(setting.path) value=(set.unwrap_or_default()) placeholder=(default)
                        aria-describedby=(explained) autocomplete="off" spellcheck="false";
                },
            }
            p.note id=(explained) {
                @match &setting.kind {
                    SettingKind::List => { (as_typed(&setting.explanation)) " Put a comma between two." },
                    _ => (with_commands(&setting.explanation)),
                }
                " Default: " (named(default)) "."
            }
        }
    }
}

/// What a switch can be, with its words.
const SWITCH: [(&str, &str); 2] = [("true", "yes"), ("false", "no")];

/// A default in words.
fn named(default: &str) -> &str {
    match SWITCH.iter().find(|(value, _)| *value == default) {
        Some((_, name)) => name,
        None if default.is_empty() => "none",
        None => default,
    }
}

/// An explanation of a list, as a list is typed into its field: without brackets and quotes.
fn as_typed(explanation: &str) -> Markup {
    let explanation = explanation.replace("[]", "Nothing");
    with_commands(&explanation.replace(['[', ']', '"'], ""))
}

/// Whether a setting is the limit of an angle.
fn is_limit(path: &str) -> bool {
    path.starts_with(LIMITS)
}

/// The table of the limits, with the dot behind it.
pub(in crate::web) const LIMITS: &str = "posture.limits.";

fn what_if_place(path: &str) -> String {
    format!("{path}-what-if")
}

/// What another limit would have meant, for its place on the page.
pub(in crate::web) fn what_if(path: &str, found: &Result<WhatIf, String>) -> Markup {
    html! {
        p id=(what_if_place(path)) {
            @match found {
                Ok(found) => {
                    "In the last " (WhatIf::DAYS) " days this would have meant "
                    (count(found.then, "slouch", "slouches")) " instead of " (found.now) "."
                    " Both are counted from the mean of each kept minute: runs of at least "
                    (duration(found.onset)) " beyond the limit, whatever the times between nudges."
                },
                Err(why) => (why),
            }
        }
    }
}

/// Slouches of the last days, by the limit in force and by another.
pub(in crate::web) struct WhatIf {
    pub(in crate::web) now: usize,
    pub(in crate::web) then: usize,
    pub(in crate::web) onset: SignedDuration,
}

impl WhatIf {
    /// The days that are counted. Our choice: a week has every kind of day.
    pub(in crate::web) const DAYS: i64 = 7;
}

/// A file or folder that Sitwell keeps.
pub(in crate::web) struct KeptFile {
    pub(in crate::web) what: &'static str,
    pub(in crate::web) path: String,
    /// None if there is none.
    pub(in crate::web) bytes: Option<u64>,
}

/// What is stored, where and how much, and how to take it along or delete it.
pub(in crate::web) fn privacy(kept: &[KeptFile], minutes_days: u32) -> Markup {
    html! {
        h1 { "Privacy" }
        p.lead { "Sitwell keeps numbers and times, never a picture. Nothing leaves this computer." }
        p {
            "A picture of the camera stays in memory until it is measured, and is then gone. "
            "Kept are: angles, how near you sat and how the time was spent, minute by minute "
            @if minutes_days == 0 { "(for good)" } @else { "(for " (minutes_days) " days)" }
            "; slouches; suggested stretches and your answers, with what the latest were based on (angles, and head and shoulders as points); when somebody was there; calibrations and when each was in use; what you changed at the desk; your answers to proposals; the angles of your photographs from the side; for some days, how long the camera was open and what for."
        }
        dl.facts {
            @for file in kept {
                dt { (file.what) }
                dd.path { (file.path) ", " (file.bytes.map_or_else(|| "none yet".to_owned(), size)) }
            }
        }
        h2 { "Take it along" }
        p { "Everything that is kept, as " a href="history.csv" download { "CSV" } " or " a href="history.json" download { "JSON" } "." }
        h2 { "Delete it" }
        p { "This deletes the whole history: minutes, slouches, stretches and calibrations. It cannot be undone. The settings stay." }
        form.controls method="post" action="wipe" {
            label for="confirm" { "Type " b { "delete" } " to confirm" }
            input #confirm name="confirm" required pattern="[Dd]elete" autocomplete="off";
            button { "Delete the history" }
        }
    }
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{:.0} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_explained_as_it_is_typed_and_commands_stand_out() {
        let hours =
            r#"Such as ["mon 9am-3pm", "22:00-06:00"]. [] means always; see `sitwell status`."#;
        assert_eq!(
            as_typed(hours).into_string(),
            "Such as mon 9am-3pm, 22:00-06:00. Nothing means always; see <code>sitwell status</code>."
        );
        assert_eq!([named("true"), named(""), named("5")], ["yes", "none", "5"]);
    }
}
