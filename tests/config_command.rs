//! `sitwell config`, and the settings file in force for other commands, through the binary.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests too")]

use std::path::Path;
use std::process::Command;

/// Runs `sitwell` with its settings in a folder: what it writes, and what it complains of.
fn sitwell(folder: &Path, words: &[&str]) -> (String, String) {
    let done = Command::new(env!("CARGO_BIN_EXE_sitwell"))
        .args(words)
        .env("SITWELL_CONFIG_DIR", folder)
        .env("SITWELL_DATA_DIR", folder)
        .env("EDITOR", "sh -c 'exit 0'")
        .output()
        .unwrap();
    let place = folder.display().to_string();
    let text = |bytes| String::from_utf8(bytes).unwrap().replace(&place, "DIR");
    (text(done.stdout), text(done.stderr))
}

#[test]
fn a_settings_file_is_begun_checked_and_never_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let run = |words: &[&str]| sitwell(folder.path(), words);
    assert_eq!(run(&["config", "path"]).0, "DIR/config.toml\n");
    assert_eq!(
        run(&["config", "check"]).0,
        "there is no DIR/config.toml; the defaults are in force\n"
    );
    assert_eq!(run(&["config", "init"]).0, "wrote DIR/config.toml\n");
    assert_eq!(run(&["config", "check"]).0, "DIR/config.toml is OK\n");
    let (_, complaint) = run(&["config", "init"]);
    assert!(complaint.contains("exists"), "{complaint}");
    let (shown, _) = run(&["config", "show"]);
    assert!(
        shown.starts_with(
            "# Settings with a line are from DIR/config.toml, the others are defaults.\n"
        ),
        "{shown}"
    );
    assert!(
        shown.contains("[monitor.patience]\nonset = \"1m\"\n"),
        "{shown}"
    );
    std::fs::write(
        folder.path().join("config.toml"),
        "[monitor.patience]\nonset = \"2m\"\n",
    )
    .unwrap();
    let (shown, _) = run(&["config", "show"]);
    assert!(shown.contains("\nonset = \"2m\"  # line 2\n"), "{shown}");
    assert_eq!(shown.matches("  # line ").count(), 1, "{shown}");
}

#[test]
fn every_setting_is_explained_in_the_help() {
    let folder = tempfile::tempdir().unwrap();
    let (help, _) = sitwell(folder.path(), &["config", "--help"]);
    let unbroken = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let help = unbroken(&help);
    for line in sitwell::settings::EXAMPLE.lines() {
        assert!(help.contains(&unbroken(line)), "{line}: {help}");
    }
}

#[test]
fn a_wrong_setting_is_named_by_every_command_that_needs_the_settings() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("config.toml"),
        "[report]\nweek_start = \"sunday\"\n",
    )
    .unwrap();
    let wanted = "sitwell: cannot use the settings DIR/config.toml: line 2: report.week_start: \
                  there is no such setting; did you mean week_starts?\n";
    for words in [
        &["config", "check"][..],
        &["report"],
        &["stretch", "list"],
        &["cameras"],
        &["monitor", "--source", "nowhere"],
        &["calibrate", "--source", "nowhere"],
        &["analyze", "nowhere.png"],
    ] {
        assert_eq!(sitwell(folder.path(), words).1, wanted, "{words:?}");
    }
    assert_eq!(
        sitwell(folder.path(), &["history", "path"]).0,
        "DIR/history.db\n",
        "what needs no settings goes on"
    );
}

#[test]
fn the_settings_say_where_weeks_begin_and_which_stretches_there_are() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("config.toml"),
        "[report]\nweek_starts = \"sunday\"\n[stretch]\nplaces = [\"desk\", \"floor\"]\nequipment = [\"mat\"]\n",
    )
    .unwrap();
    let (week, _) = sitwell(folder.path(), &["report", "week", "--format", "json"]);
    let week: serde_json::Value = serde_json::from_str(&week).unwrap();
    let first: jiff::civil::Date = week["first_day"].as_str().unwrap().parse().unwrap();
    assert_eq!(first.weekday(), jiff::civil::Weekday::Sunday);
    let (list, _) = sitwell(folder.path(), &["stretch", "list"]);
    assert!(!list.contains("not among your places: floor"), "{list}");
    assert!(list.contains("[no foam roller at hand]"), "{list}");
}
