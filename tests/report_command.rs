//! `sitwell report` and `sitwell history`, through the program.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may stop where it stands"
)]

use std::path::Path;
use std::process::{Command, Output, Stdio};

use jiff::civil::date;
use jiff::tz::TimeZone;
use sitwell::camera::USAGE_FILE;
use sitwell::history::{FILE_NAME, History};
use sitwell::posture::Fault;
use sitwell::record::{Answer, DeskChangeKind, Nudge, Period, Record};

#[allow(dead_code, reason = "each user takes what it needs")]
mod made_up;

fn sandbox() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let mut history = History::open(&directory.path().join(FILE_NAME)).unwrap();
    history
        .save_all(&made_up::days(date(2026, 11, 16), 5, &TimeZone::UTC, 1))
        .unwrap();
    directory
}

fn sitwell(data: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sitwell"))
        .args(arguments)
        .env("SITWELL_DATA_DIR", data)
        .env("TZ", "UTC")
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn answer(data: &Path, arguments: &[&str]) -> String {
    let output = sitwell(data, arguments);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

fn refusal(data: &Path, arguments: &[&str]) -> String {
    let output = sitwell(data, arguments);
    assert!(!output.status.success());
    String::from_utf8(output.stderr).unwrap()
}

const WEEK: &str = "2026-11-16..2026-11-22";

#[test]
fn a_week_is_told_in_every_format() {
    let sandbox = sandbox();
    let text = answer(sandbox.path(), &["report", WEEK]);
    assert!(
        text.starts_with("How you sat: 16 to 22 November 2026\n"),
        "{text}"
    );
    assert!(!text.contains('\u{1b}'), "a pipe is no terminal");
    let json: serde_json::Value = serde_json::from_str(&answer(
        sandbox.path(),
        &["report", WEEK, "--format", "json"],
    ))
    .unwrap();
    assert_eq!(json["format"], "sitwell-report/1");
    assert_eq!(json["days"].as_array().unwrap().len(), 7);
    let total = &json["total"];
    let slouched: i64 = total["slouched_s"]
        .as_object()
        .unwrap()
        .values()
        .map(|time| time.as_i64().unwrap())
        .sum();
    assert_eq!(
        total["upright_s"].as_i64().unwrap() + slouched,
        total["observed_s"].as_i64().unwrap()
    );
    let csv = answer(sandbox.path(), &["report", WEEK, "--format", "csv"]);
    let width = csv.lines().next().unwrap().split(',').count();
    assert!(csv.lines().count() > 30 && csv.lines().all(|line| line.split(',').count() == width));
}

#[test]
fn a_report_suits_the_terminal() {
    let sandbox = sandbox();
    let report = |variables: &[(&str, &str)]| {
        let output = Command::new(env!("CARGO_BIN_EXE_sitwell"))
            .args(["report", "2026-11-18"])
            .env("SITWELL_DATA_DIR", sandbox.path())
            .env("TZ", "UTC")
            .env_remove("LC_ALL")
            .env_remove("LC_CTYPE")
            .env_remove("LANG")
            .envs(variables.iter().copied())
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(!report(&[]).is_ascii());
    assert!(!report(&[("LANG", "de_DE.UTF-8")]).is_ascii());
    assert!(report(&[("LC_ALL", "C"), ("LANG", "de_DE.UTF-8")]).is_ascii());
    assert!(report(&[("LANG", "de_DE.ISO-8859-1")]).is_ascii());
    let narrow = report(&[("COLUMNS", "40")]);
    assert!(
        narrow.lines().all(|line| line.chars().count() <= 40),
        "{narrow}"
    );
}

#[test]
fn a_report_names_the_users_own_stretches_and_the_advice_to_get_up() {
    let sandbox = sandbox();
    let settings = tempfile::tempdir().unwrap();
    std::fs::write(settings.path().join("config.toml"), "").unwrap();
    let own = "[[stretch]]\nid = \"tall-reach\"\nname = \"My tall reach\"\npurpose = \"Lifts the chest.\"\n\
               brief = \"Reach up.\"\nanswers = [\"mixed\"]\nplace = \"desk\"\ndepth = \"gentle\"\neffort = \"little\"\nseconds_each = 10\n\
               repetitions = 1\nsteps = [\"Reach up slowly.\"]\nbreathing = \"Breathe.\"\neasier = \"One arm.\"\n\
               stronger = \"Twice.\"\n";
    std::fs::write(settings.path().join("stretches.toml"), own).unwrap();
    let nudge = |clock: &str, stretch: &str| {
        Record::Nudge(Nudge {
            at: format!("2026-11-18T{clock}:00Z").parse().unwrap(),
            fault: Fault::ForwardHead,
            stretch: stretch.to_owned(),
            answer: Answer::Done,
            answered: None,
        })
    };
    History::open(&sandbox.path().join(FILE_NAME))
        .unwrap()
        .save_all(&[nudge("08:00", "tall-reach"), nudge("09:00", "move")])
        .unwrap();
    for format in ["text", "html"] {
        let output = Command::new(env!("CARGO_BIN_EXE_sitwell"))
            .args(["report", "2026-11-18", "--format", format])
            .env("SITWELL_DATA_DIR", sandbox.path())
            .env("SITWELL_CONFIG_DIR", settings.path())
            .output()
            .unwrap();
        let report = String::from_utf8(output.stdout).unwrap();
        for name in ["My tall reach", "Get up and move"] {
            assert!(report.contains(name), "{report}");
        }
        assert!(!report.contains("tall-reach"), "{report}");
    }
}

#[test]
fn every_command_writes_ascii_where_the_terminal_shows_no_more() {
    let data = tempfile::tempdir().unwrap();
    let folder = data.path().join("J\u{fc}rgen");
    let run = |words: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_sitwell"))
            .args(words)
            .env("SITWELL_DATA_DIR", &folder)
            .env("SITWELL_CONFIG_DIR", &folder)
            .env("LC_ALL", "C")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (text(output.stdout), text(output.stderr))
    };
    let (drawn, _) = run(&["stretch", "chin-tuck", "--print"]);
    assert!(drawn.contains("Chin tuck") && drawn.is_ascii(), "{drawn}");
    let (shown, _) = run(&["config", "check"]);
    assert!(shown.contains("J?rgen") && shown.is_ascii(), "{shown}");
    let (_, refused) = run(&["--config", "/J\u{fc}rgen", "config", "check"]);
    assert!(
        refused.contains("/J?rgen") && refused.is_ascii(),
        "{refused}"
    );
    // What programs read stays as it is.
    assert!(
        run(&["history", "path"])
            .0
            .contains("J\u{fc}rgen/history.db")
    );
    assert!(
        run(&["config", "path"])
            .0
            .contains("J\u{fc}rgen/config.toml")
    );
}

#[test]
fn a_page_needs_nothing_but_itself() {
    let sandbox = sandbox();
    let file = sandbox.path().join("week.html");
    answer(
        sandbox.path(),
        &[
            "report",
            WEEK,
            "--format",
            "html",
            "-o",
            file.to_str().unwrap(),
        ],
    );
    let page = std::fs::read_to_string(&file).unwrap();
    assert!(page.starts_with("<!DOCTYPE html>") && page.trim_end().ends_with("</html>"));
    for foreign in ["<script", "<link", "src=", "url(", "@import", "NaN", "inf%"] {
        assert!(!page.contains(foreign), "{foreign}");
    }
    let drawings = page.matches("role=\"img\"").count();
    assert!(
        drawings > 7 && page.matches("<table").count() >= 6,
        "{drawings}"
    );
    // Written whole or not at all: nothing but the page and the history is left.
    let files = std::fs::read_dir(sandbox.path())
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap());
    assert_eq!(
        files
            .filter(|name| !name.starts_with("history.db"))
            .collect::<Vec<_>>(),
        ["week.html"]
    );
}

#[test]
fn a_history_is_found_exported_and_wiped() {
    let sandbox = sandbox();
    let path = answer(sandbox.path(), &["history", "path"]);
    assert_eq!(Path::new(path.trim_end()), sandbox.path().join(FILE_NAME));
    let csv = answer(sandbox.path(), &["history", "export", "--format", "csv"]);
    let json: serde_json::Value = serde_json::from_str(&answer(
        sandbox.path(),
        &["history", "export", "--format", "json"],
    ))
    .unwrap();
    let minutes = json["records"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|record| record["record"] == "minute")
        .count();
    assert!(minutes > 1000 && csv.lines().count() > minutes);

    assert!(refusal(sandbox.path(), &["history", "wipe"]).contains("add --yes"));
    answer(
        sandbox.path(),
        &["history", "wipe", "--before", "2026-11-18", "--yes"],
    );
    let csv = answer(sandbox.path(), &["history", "export", "--format", "csv"]);
    assert!(!csv.contains("2026-11-17T") && csv.contains("2026-11-18T"));
    answer(sandbox.path(), &["history", "wipe", "--yes"]);
    assert_eq!(
        answer(sandbox.path(), &["history", "export", "--format", "csv"])
            .lines()
            .count(),
        1
    );
    assert!(answer(sandbox.path(), &["report", WEEK]).contains("Nothing was recorded."));
}

#[test]
fn wiping_takes_when_the_camera_was_open_from_the_same_days() {
    let sandbox = sandbox();
    let file = sandbox.path().join(USAGE_FILE);
    let used = |day| format!("2026-11-{day}T09:00:00Z,2026-11-{day}T09:01:00Z,watching,1,3.00\n");
    std::fs::write(&file, used(17) + &used(18)).unwrap();
    let before = ["history", "wipe", "--before", "2026-11-18", "--yes"];
    let wipe = sitwell(sandbox.path(), &before);
    assert!(wipe.status.success());
    let said = String::from_utf8(wipe.stderr).unwrap();
    assert!(said.contains("when the camera was open"), "{said}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), used(18));
    // What a process that was killed had begun to write.
    std::fs::write(sandbox.path().join(format!(".{USAGE_FILE}.x")), used(18)).unwrap();
    answer(sandbox.path(), &["history", "wipe", "--yes"]);
    let left = || std::fs::read_dir(sandbox.path()).unwrap();
    let names: Vec<_> = left().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(names, [FILE_NAME]);
    // It goes without a history, too.
    std::fs::remove_file(sandbox.path().join(FILE_NAME)).unwrap();
    std::fs::write(&file, used(18)).unwrap();
    answer(sandbox.path(), &["history", "wipe", "--yes"]);
    assert_eq!(left().count(), 0);
}

#[test]
fn what_cannot_be_done_is_said_with_what_can() {
    let sandbox = sandbox();
    assert!(refusal(sandbox.path(), &["report", "someday"]).contains("try today, yesterday"));
    let nowhere = sandbox.path().join("nowhere/week.html");
    assert!(
        refusal(sandbox.path(), &["report", "-o", nowhere.to_str().unwrap()])
            .contains("cannot write the report to")
    );
    let none = sandbox.path().join("none");
    assert!(refusal(&none, &["history", "export", "--format", "csv"]).contains("no history at"));
    assert!(answer(&none, &["report"]).contains("Nothing was recorded."));
    std::fs::write(sandbox.path().join(FILE_NAME), "not a database").unwrap();
    assert!(refusal(sandbox.path(), &["report"]).contains("is not a Sitwell history"));
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let sandbox = sandbox();
    for arguments in [
        ["history", "export", "--format=json"],
        ["history", "export", "--format=csv"],
        ["report", WEEK, "--format=html"],
    ] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_sitwell"))
            .args(arguments)
            .env("SITWELL_DATA_DIR", sandbox.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success() && output.stderr.is_empty());
    }
}

#[test]
fn wiping_everything_takes_damaged_copies_and_the_page_along() {
    let sandbox = sandbox();
    let history = sandbox.path().join(FILE_NAME);
    std::fs::write(sandbox.path().join("report.html"), "a page").unwrap();
    std::fs::write(sandbox.path().join("mine.txt"), "not Sitwell's").unwrap();
    std::fs::write(&history, vec![0; 4096]).unwrap();
    let aside = History::set_aside(&history).unwrap();
    std::fs::write(&history, vec![0; 4096]).unwrap();
    let refused = refusal(
        sandbox.path(),
        &["history", "wipe", "--before", "2026-11-18", "--yes"],
    );
    assert!(refused.contains("is damaged"), "{refused}");
    assert!(aside.exists());
    answer(sandbox.path(), &["history", "wipe", "--yes"]);
    let left = std::fs::read_dir(sandbox.path()).unwrap();
    let left: Vec<_> = left.map(|file| file.unwrap().file_name()).collect();
    assert_eq!(left, ["mine.txt"]);
}

#[test]
fn wiping_takes_what_is_left_without_a_history() {
    let sandbox = tempfile::tempdir().unwrap();
    let left = || std::fs::read_dir(sandbox.path()).unwrap().count();
    let whole = ["history", "wipe", "--yes"];
    let before = ["history", "wipe", "--before", "2026-11-18", "--yes"];
    let rows: [(&str, &[&str]); 6] = [
        ("report.html", &whole),
        ("report.html", &before),
        // What a report that was killed had begun to write.
        (".report.html.x1Y2z3", &whole),
        ("history.db-wal", &whole),
        ("history.db-journal", &whole),
        ("history.db.damaged-1", &whole),
    ];
    for (file, wipe) in rows {
        std::fs::write(sandbox.path().join(file), "how somebody sat").unwrap();
        let told = sitwell(sandbox.path(), wipe).stderr;
        let told = String::from_utf8(told).unwrap();
        assert!(told.contains(&format!("{file}.\n")), "{file}: {told}");
        assert_eq!(left(), 0, "{file}: {told}");
    }
    let told = String::from_utf8(sitwell(sandbox.path(), &whole).stderr).unwrap();
    assert!(told.starts_with("There is no history at "), "{told}");
}

#[test]
fn wiping_takes_everything_along_also_while_a_reader_keeps_traces_in_the_log() {
    let sandbox = sandbox();
    let history = sandbox.path().join(FILE_NAME);
    let page = sandbox.path().join("report.html");
    let copy = sandbox.path().join("history.db.damaged-1");
    for file in [&page, &copy] {
        std::fs::write(file, "left").unwrap();
    }
    // The program waits five seconds for such a reader.
    let reader = rusqlite::Connection::open(&history).unwrap();
    reader
        .execute_batch("BEGIN; SELECT count(*) FROM minutes")
        .unwrap();
    let refused = refusal(sandbox.path(), &["history", "wipe", "--yes"]);
    assert!(refused.contains("still holds traces"), "{refused}");
    assert!(!page.exists() && !copy.exists());
}

#[test]
fn the_last_nudge_can_be_called_a_false_alarm() {
    let data = tempfile::tempdir().unwrap();
    let none = refusal(data.path(), &["appeal"]);
    assert!(
        none.contains("there was no nudge in the last 12 hours"),
        "{none}"
    );
    let now = sitwell::clock::now().timestamp();
    let nudges = [13 * 60, 25, 20].map(|minutes| {
        Record::Nudge(Nudge {
            at: now - jiff::SignedDuration::from_mins(minutes),
            fault: Fault::ForwardHead,
            stretch: "chest-lift".to_owned(),
            answer: Answer::Unanswered,
            answered: None,
        })
    });
    let path = data.path().join(FILE_NAME);
    History::open(&path).unwrap().save_all(&nudges).unwrap();
    let said = answer(data.path(), &["appeal"]);
    assert!(
        said.contains("(head forward) is marked as a false alarm.\n"),
        "{said}"
    );
    let kept = History::open(&path)
        .unwrap()
        .nudges(Period::ALWAYS)
        .unwrap();
    let answers: Vec<Answer> = kept.into_iter().map(|nudge| nudge.answer).collect();
    let unanswered = Answer::Unanswered;
    assert_eq!(answers, [unanswered, unanswered, Answer::NotASlouch]);
}

#[cfg(unix)]
#[test]
fn a_report_goes_into_a_pipe_or_through_a_link_and_replaces_neither() {
    use std::os::unix::fs::FileTypeExt;
    let sandbox = sandbox();
    let place = |name: &str| sandbox.path().join(name);
    let pipe = place("pipe");
    assert!(
        Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    let reader = std::thread::spawn({
        let pipe = pipe.clone();
        move || std::fs::read_to_string(pipe).unwrap()
    });
    answer(
        sandbox.path(),
        &["report", WEEK, "-o", pipe.to_str().unwrap()],
    );
    assert!(reader.join().unwrap().starts_with("How you sat"));
    assert!(std::fs::metadata(&pipe).unwrap().file_type().is_fifo());

    std::fs::write(place("week.txt"), "old").unwrap();
    std::os::unix::fs::symlink(place("week.txt"), place("link")).unwrap();
    answer(
        sandbox.path(),
        &["report", WEEK, "-o", place("link").to_str().unwrap()],
    );
    assert!(
        std::fs::symlink_metadata(place("link"))
            .unwrap()
            .is_symlink()
    );
    assert!(
        std::fs::read_to_string(place("week.txt"))
            .unwrap()
            .starts_with("How you sat")
    );
    let folder = refusal(
        sandbox.path(),
        &["report", WEEK, "-o", sandbox.path().to_str().unwrap()],
    );
    assert!(
        folder.contains("it is a folder; name a file in it"),
        "{folder}"
    );
}

#[test]
fn a_change_at_the_desk_is_kept_by_a_command_too() {
    let directory = sandbox();
    let said = answer(directory.path(), &["desk-change", "screen-raised"]);
    assert_eq!(
        said,
        "You raised the screen. The report compares the days before and after.\n"
    );
    let history = History::open(&directory.path().join(FILE_NAME)).unwrap();
    let kept = history.read(Period::ALWAYS).unwrap().desk_changes;
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].what, DeskChangeKind::ScreenRaised);
    let refused = sitwell(directory.path(), &["desk-change", "sofa"]);
    assert!(!refused.status.success());
    let reason = String::from_utf8(refused.stderr).unwrap();
    let known = "no such change; known are screen-raised, screen-moved, chair, break";
    assert!(reason.contains(known), "{reason}");
}
