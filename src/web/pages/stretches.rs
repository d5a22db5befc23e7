//! The stretches: all of them, and one with a guide.

use std::path::Path;

use jiff::SignedDuration;
use maud::{Markup, PreEscaped, html};
use serde::Serialize;

use crate::posture::Fault;
use crate::quantities::duration;
use crate::stretch::{Depth, GuidedSession, Obstacle, Progress, Stretch, drawing, safety};

/// All stretches for a fault, or all there are, with what keeps each from being suggested.
pub(in crate::web) fn stretches(
    fault: Option<Fault>,
    listed: &[(&Stretch, Option<Obstacle>)],
) -> Markup {
    let filter = |name: &str, this: Option<Fault>| {
        let address = match this {
            Some(fault) => format!("stretches?fault={}", fault.id()),
            None => "stretches".to_owned(),
        };
        html! { a.button href=(address) aria-current=[(this == fault).then_some("page")] { (name) } }
    };
    html! {
        h1 { "Stretches" }
        nav.periods aria-label="What they are for" {
            (filter("All", None))
            @for fault in Fault::ALL { (filter(&fault.to_string(), Some(fault))) }
        }
        p { a href="own-stretches" { "Add your own stretches" } }
        @if listed.is_empty() { p { "No stretch is for that." } }
        ul.catalogue {
            @for (stretch, obstacle) in listed {
                li.card {
                    h2 { a href={ "stretch?id=" (stretch.id) } { (stretch.name) } }
                    p.note { (facts(stretch)) }
                    (picture(stretch))
                    p { (stretch.purpose) }
                    @if let Some(obstacle) = obstacle {
                        p.note { "Not suggested by itself: " (obstacle) "." }
                    }
                }
            }
        }
        (rules())
    }
}

/// The file of own stretches, to be edited. `wrong` says what is wrong with the text.
pub(in crate::web) fn own_stretches(file: &Path, text: &str, wrong: Option<&str>) -> Markup {
    html! {
        p { a href="stretches" { "All stretches" } }
        h1 { "Your own stretches" }
        p {
            "Each begins with " code { "[[stretch]]" } ". The built-in ones have the same form, so they can be suggested and guided in the same way. "
            "Stretches are slow and free of pain, and a stretch is never forced."
        }
        @if let Some(wrong) = wrong {
            p.said.wrong role="alert" { "Not saved: " (wrong) }
        }
        form method="post" action="own-stretches" {
            label for="text" { "The file " span.path { (file.display()) } }
            textarea #text name="text" rows="28" spellcheck="false" autocomplete="off" { "\n" (text) }
            div.controls { button.main { "Save" } }
        }
        details {
            summary { "An example" }
            pre { (EXAMPLE) }
        }
        details {
            summary { "What the keys mean" }
            dl.facts {
                @for (key, meaning) in KEYS { dt { code { (key) } } dd { (meaning) } }
            }
        }
    }
}

/// A stretch that is read without an error; a test holds that.
const EXAMPLE: &str = include_str!("own_stretch.toml");

/// The keys that are not clear by themselves, as the built-in files explain them.
const KEYS: [(&str, &str); 7] = [
    (
        "thoracic",
        "How it moves the upper back: extension, rotation, opening, mobility. Only such stretches answer a slouch.",
    ),
    (
        "answers, eases",
        "The faults it is for: forward_head, rounded_shoulders, mixed. Those that answer go first.",
    ),
    (
        "sources",
        "Names of studies or advice; the table [sources] says what they are. A stretch for the upper back has at least one.",
    ),
    ("place", "Where it is done: desk, room, floor."),
    (
        "demands",
        "What it asks of the body; limits in the settings rule stretches out by it.",
    ),
    (
        "seconds_each, repetitions",
        "How long one repetition takes, and how many there are.",
    ),
    (
        "brief",
        "What a notification says, in at most 90 characters.",
    ),
];

/// One stretch, with a guide through it.
pub(in crate::web) fn stretch(stretch: &Stretch) -> Markup {
    let stages = stages(stretch);
    // What is made of numbers and words can always be written as JSON.
    let json = serde_json::to_string(&stages).unwrap_or_default();
    html! {
        p { a href="stretches" { "All stretches" } }
        h1 { (stretch.name) }
        p.lead { (stretch.purpose) }
        p.note { (facts(stretch)) }
        (picture(stretch))
        section #guide .card data-stages=(json) aria-label="Guide" {
            p #stage role="status" { "Ready when you are." }
            p #clock { (duration(stretch.total() + GuidedSession::GET_READY)) " in all" }
            progress #whole max="1" value="0" aria-label="How far you are" {}
            div.controls {
                button.main #go type="button" { "Start" }
                button #next type="button" hidden { "Next" }
                button #stop type="button" hidden { "Stop" }
                label { input #sound type="checkbox"; " Sound at each change" }
            }
            form #held method="post" action="stretched" hidden {
                input type="hidden" name="stretch" value=(stretch.id);
                input type="hidden" name="moved" value="0";
                input type="hidden" name="over" value="false";
            }
        }
        ol.steps { @for step in &stretch.steps { li { (step) } } }
        dl.facts {
            dt { "Breathing" } dd { (stretch.breathing) }
            dt { "Easier" } dd { (stretch.easier) }
            dt { "Stronger" } dd { (stretch.stronger) }
            @for caution in &stretch.cautions { dt { "Take care" } dd { (caution) } }
            @for source in &stretch.sources { dt { "Study" } dd { (source) } }
        }
        p { b { (safety::SHORT) } @if stretch.depth == Depth::Deep { " " (safety::DEEP) } }
        script src="guide.js" defer {}
    }
}

fn facts(stretch: &Stretch) -> String {
    format!(
        "{}, {} in all. Where: {}. Needs: {}.",
        stretch.dose(),
        duration(stretch.total()),
        stretch.place,
        stretch.needs()
    )
}

fn picture(stretch: &Stretch) -> Markup {
    html! {
        @if let Some(svg) = drawing::svg(stretch) { div.drawing { (PreEscaped(svg)) } }
    }
}

fn rules() -> Markup {
    html! {
        h2 { "Before you stretch" }
        ul { @for rule in safety::RULES.into_iter().chain(safety::HABITS) { li { (rule) } } }
    }
}

/// A stage of the guide, for the script.
#[derive(Debug, PartialEq, Serialize)]
struct Stage {
    words: String,
    seconds: i64,
    /// Whether its time counts as stretching.
    moves: bool,
}

fn stages(stretch: &Stretch) -> Vec<Stage> {
    let session = GuidedSession::new(vec![stretch]);
    let mut stages = Vec::new();
    let mut elapsed = SignedDuration::ZERO;
    loop {
        let progress = session.at(elapsed);
        let (left, moves) = match progress {
            Progress::Ready { left, .. } => (left, false),
            Progress::Moving { left, .. } => (left, true),
            Progress::Over => return stages,
        };
        stages.push(Stage {
            words: progress.to_string(),
            seconds: left.as_secs(),
            moves,
        });
        elapsed += left;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stretch::catalogue;

    #[test]
    fn the_example_of_an_own_stretch_is_one() {
        let with = catalogue().clone().with(EXAMPLE, "example");
        assert_eq!(with.unwrap().all().len(), catalogue().all().len() + 1);
    }

    #[test]
    fn the_script_gets_every_stage_of_the_session() {
        for stretch in catalogue().all() {
            let stages = stages(stretch);
            let seconds: i64 = stages.iter().map(|stage| stage.seconds).sum();
            let session = GuidedSession::new(vec![stretch]);
            assert_eq!(seconds, session.total().as_secs(), "{}", stretch.id);
            let moves = stages.iter().filter(|stage| stage.moves).count();
            assert_eq!(
                moves as u32,
                stretch.repetitions * stretch.sides,
                "{}",
                stretch.id
            );
            assert!(
                stages
                    .iter()
                    .all(|stage| stage.words.contains(&stretch.name))
            );
        }
    }
}
