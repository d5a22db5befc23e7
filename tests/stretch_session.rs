//! A guided session: where somebody is after some time, and what it looks like.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests too")]

use jiff::SignedDuration;
use sitwell::stretch::drawing::Charset;
use sitwell::stretch::{GuidedSession, Outcome, Progress, Screen, catalogue, frame, sheet};

fn seconds(seconds: i64) -> SignedDuration {
    SignedDuration::from_secs(seconds)
}

fn session(ids: &[&str]) -> GuidedSession<'static> {
    GuidedSession::new(ids.iter().map(|id| catalogue().get(id).unwrap()).collect())
}

fn screen(columns: usize, rows: usize, charset: Charset) -> Screen {
    Screen {
        columns,
        rows,
        charset,
    }
}

/// One word for where somebody is.
fn word(progress: Progress<'_>) -> String {
    match progress {
        Progress::Ready { stretch, left } => format!("{} ready {}", stretch.id, left.as_secs()),
        Progress::Moving {
            stretch,
            side,
            repetition,
            left,
            ..
        } => {
            format!("{} {side}.{repetition} {}", stretch.id, left.as_secs())
        }
        Progress::Over => "over".to_owned(),
    }
}

#[test]
fn time_runs_through_getting_ready_every_side_and_every_repetition() {
    let session = session(&["shoulder-rolls", "upper-trapezius"]);
    assert_eq!(session.total(), seconds(12 + 24 + 12 + 40));
    let rows = [
        (-5, "shoulder-rolls ready 12"),
        (0, "shoulder-rolls ready 12"),
        (11, "shoulder-rolls ready 1"),
        (12, "shoulder-rolls 1.1 3"),
        (15, "shoulder-rolls 1.2 3"),
        (35, "shoulder-rolls 1.8 1"),
        (36, "upper-trapezius ready 12"),
        (48, "upper-trapezius 1.1 20"),
        (68, "upper-trapezius 2.1 20"),
        (87, "upper-trapezius 2.1 1"),
        (88, "over"),
        (9999, "over"),
    ];
    for (at, expected) in rows {
        assert_eq!(word(session.at(seconds(at))), expected, "after {at} s");
    }
}

#[test]
fn the_next_key_jumps_to_the_end_of_the_stage() {
    let session = session(&["upper-trapezius"]);
    let rows = [
        (0, 12),
        (11, 12),
        (12, 32),
        (31, 32),
        (32, 52),
        (52, 52),
        (60, 60),
    ];
    for (at, expected) in rows {
        assert_eq!(session.next(seconds(at)), seconds(expected), "after {at} s");
    }
}

#[test]
fn a_session_is_worth_what_was_moved_not_what_was_skipped() {
    let session = session(&["chin-tuck"]);
    let rows = [
        (40, true, Outcome::Done),
        (36, true, Outcome::Done),
        (35, true, Outcome::Part),
        (39, false, Outcome::Part),
        (5, false, Outcome::Part),
        (4, false, Outcome::Skipped),
        (0, true, Outcome::Skipped),
    ];
    for (moved, over, expected) in rows {
        assert_eq!(session.outcome(seconds(moved), over), expected, "{moved} s");
    }
}

#[test]
fn a_frame_fits_the_screen_and_always_shows_what_is_left_and_the_safety_rules() {
    for stretch in catalogue().all() {
        let session = GuidedSession::new(vec![stretch]);
        for (columns, rows) in [(80, 24), (80, 50), (120, 60), (40, 24), (60, 10)] {
            for charset in [Charset::Braille, Charset::Ascii] {
                let lines = frame(&session, seconds(14), false, screen(columns, rows, charset));
                assert!(lines.len() <= rows, "{} {columns}x{rows}", stretch.id);
                let all = lines.join("\n");
                assert!(all.contains("left in all"), "{all}");
                if columns >= 60 {
                    assert!(
                        lines.iter().all(|line| line.chars().count() <= columns),
                        "{all}"
                    );
                }
                if columns == 80 {
                    assert!(
                        all.contains("Slow and controlled") && all.contains("tingling"),
                        "{all}"
                    );
                }
                // On the usual terminal there is a picture beside the steps.
                if (columns, rows) == (80, 24) {
                    let start = |label: &str| label.chars().take(8).collect::<String>();
                    let pictured = stretch
                        .drawing
                        .iter()
                        .any(|one| all.contains(&start(&one.label)));
                    assert!(pictured, "{all}");
                }
                if rows >= 50 {
                    assert!(
                        all.contains(&stretch.drawing[0].label) && all.contains("1. "),
                        "{all}"
                    );
                }
            }
        }
    }
}

#[test]
fn a_sheet_says_everything_about_a_stretch() {
    for stretch in catalogue().all() {
        let all = sheet(stretch, screen(500, 100, Charset::Ascii))
            .join(" ")
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        let texts = stretch.steps.iter().chain(&stretch.cautions);
        for text in texts.chain([
            &stretch.name,
            &stretch.purpose,
            &stretch.breathing,
            &stretch.easier,
            &stretch.stronger,
        ]) {
            assert!(all.contains(text.as_str()), "{text} is not in {all}");
        }
    }
}

#[test]
fn a_running_guide_looks_like_this() {
    let lines = frame(
        &session(&["chin-tuck"]),
        seconds(20),
        true,
        screen(80, 20, Charset::Ascii),
    );
    insta::assert_snapshot!(lines.join("\n"));
}
