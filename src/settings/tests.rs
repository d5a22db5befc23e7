//! The settings' file: the documented example, and what is said of a wrong one.

use insta::assert_snapshot;

use super::*;

/// The example with its settings no longer commented out: `#key = value` has no space, words do.
fn example_in_force() -> String {
    EXAMPLE
        .lines()
        .map(|line| match line.strip_prefix('#') {
            Some(setting) if !setting.starts_with(' ') => setting,
            Some(_) | None => line,
        })
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn the_documented_example_is_the_default() {
    assert_eq!(Settings::parse(EXAMPLE), Ok(Settings::default()));
    assert_eq!(
        Settings::parse(&example_in_force()),
        Ok(Settings::default())
    );
    assert_eq!(Settings::parse(""), Ok(Settings::default()));
}

#[test]
fn the_example_names_every_setting() {
    let written = toml::to_string(&Settings::default()).unwrap();
    let example: toml::Table = toml::from_str(&example_in_force()).unwrap();
    let whole: toml::Table = toml::from_str(&written).unwrap();
    assert_eq!(example, whole);
}

fn wrong(text: &str) -> String {
    Settings::parse(text).unwrap_err().to_string()
}

#[test]
fn what_is_wrong_is_named_with_its_line_and_what_was_meant() {
    assert_snapshot!(wrong("[camera]\ndevise = \"auto\"\n"), @"line 2: camera.devise: there is no such setting; did you mean device?");
    assert_snapshot!(wrong("[monitr]\n"), @"line 1: monitr: there is no such setting; did you mean monitor?");
    assert_snapshot!(wrong("[monitor.patience]\n\nframes = 8\n"), @"line 3: monitor.patience.frames: there is no such setting; there are onset, forgiven, recovery, max_gap");
    assert_snapshot!(wrong("[pose]\nmodel = \"huge\"\n"), @"line 2: pose.model: there is no model huge; there are full, heavy");
    assert_snapshot!(wrong("[posture.limits]\nforward_head = -3\n"), @"line 2: posture.limits.forward_head: must be from 1 to 90 degrees");
    assert_snapshot!(wrong("[monitor.looks]\nsteady = \"2h\"\n"), @"line 2: monitor.looks.steady: must be from 1 second to 1 minute");
    assert_snapshot!(wrong("[monitor.looks]\nsteady = \"often\"\n"), @r#"line 2: monitor.looks.steady: give a time, such as "90s" or "15m""#);
    assert_snapshot!(wrong("[watch]\non_battery = true\nschedule = [\"mon-fri 9-17\"]\n"), @r#"line 3: watch.schedule: cannot read the hours "mon-fri 9-17"; write them as in "mon-fri 09:00-17:30", "sat,sun 10:00-12:00" or "22:00-06:00""#);
    assert_snapshot!(wrong("[stretch]\nroutine_at = \"3 o'clock\"\n"), @r#"line 2: stretch.routine_at: "3 o'clock" is not a time of day; write it as in "15:00""#);
    assert_snapshot!(wrong("[camera\n"), @"line 1: camera: unclosed table, expected `]`");
}

#[test]
fn what_is_wrong_is_found_in_inline_tables_and_not_in_strings() {
    assert_snapshot!(wrong("[monitor]\npatience = { onset = \"0s\" }\n"), @"line 2: monitor.patience.onset: must be from 1 second to 1 hour");
    assert_snapshot!(wrong("monitor . patience . onset = \"0s\"\n"), @"line 1: monitor.patience.onset: must be from 1 second to 1 hour");
    assert_snapshot!(wrong("[camera]\ndevice = \"\"\"\n[posture.limits]\nforward_head = 0\n\"\"\"\n[posture.limits]\nforward_head = 0\n"), @"line 7: posture.limits.forward_head: must be from 1 to 90 degrees");
}

/// Each setting with a range: the ends of the range, and values just outside it.
const RANGES: [(&str, [&str; 2], &[&str]); 17] = [
    (
        "posture.limits.forward_head",
        ["1", "90"],
        &["0.9", "90.1", "nan"],
    ),
    (
        "posture.limits.rounded_shoulders",
        ["1", "90"],
        &["0.9", "90.1"],
    ),
    (
        "monitor.patience.onset",
        ["\"1s\"", "\"1h\""],
        &["\"999ms\"", "\"1h 1s\""],
    ),
    (
        "monitor.patience.forgiven",
        ["\"0s\"", "\"10m\""],
        &["\"-1s\"", "\"601s\""],
    ),
    (
        "monitor.patience.recovery",
        ["\"1s\"", "\"10m\""],
        &["\"999ms\"", "\"601s\""],
    ),
    // The longest interval between two observations is 10 seconds.
    (
        "monitor.patience.max_gap",
        ["\"10s 1ms\"", "\"10m\""],
        &["\"10s\"", "\"601s\""],
    ),
    (
        "monitor.nudges.cooldown",
        ["\"0s\"", "\"24h\""],
        &["\"-1s\"", "\"24h 1s\""],
    ),
    (
        "monitor.nudges.snooze",
        ["\"1s\"", "\"24h\""],
        &["\"0s\"", "\"24h 1s\""],
    ),
    (
        "monitor.nudges.expires",
        ["\"1s\"", "\"1h\""],
        &["\"0s\"", "\"1h 1s\""],
    ),
    (
        "monitor.nudges.stillness",
        ["\"0s\"", "\"24h\""],
        &["\"-1s\"", "\"24h 1s\""],
    ),
    (
        "monitor.looks.steady",
        ["\"1s\"", "\"29s\""],
        &["\"999ms\"", "\"61s\""],
    ),
    (
        "monitor.looks.quick",
        ["\"1s\"", "\"29s\""],
        &["\"999ms\"", "\"61s\""],
    ),
    (
        "monitor.looks.doubtful",
        ["\"1s\"", "\"29s\""],
        &["\"999ms\"", "\"61s\""],
    ),
    (
        "monitor.looks.away",
        ["\"1s\"", "\"29s\""],
        &["\"999ms\"", "\"61s\""],
    ),
    ("monitor.looks.near", ["0.0", "1.0"], &["-0.1", "1.1"]),
    (
        "report.day_starts",
        ["\"00:00\"", "\"12:00\""],
        &["\"13:00\"", "\"04:30\""],
    ),
    ("stretch.same_relief_a_day", ["1", "1000000"], &["0"]),
];

#[test]
fn only_what_turns_something_off_silently_is_refused() {
    let refused = RANGES.map(|(key, _, refused)| (key, refused));
    let no_names: [(&str, &[&str]); 2] = [
        ("stretch.places", &["[]"]),
        ("notify.quiet_programs", &["[\"\"]", "[\"zoom\", \" \"]"]),
    ];
    for (key, values) in refused.into_iter().chain(no_names) {
        for value in values {
            let error = Settings::parse(&format!("{key} = {value}")).unwrap_err();
            let found = (error.line, error.key.as_deref());
            assert_eq!(found, (Some(1), Some(key)), "{value}");
        }
    }
    for (key, ends, _) in RANGES {
        for value in ends {
            let line = format!("{key} = {value}");
            assert!(Settings::parse(&line).is_ok(), "{line}");
        }
    }
    // These are off on purpose: the example says so.
    for line in [
        "monitor.nudges.hourly = 0",
        "notify.channel = \"off\"",
        "watch.schedule = []",
    ] {
        assert!(Settings::parse(line).is_ok(), "{line}");
    }
}

#[test]
fn the_routine_is_off_until_it_has_a_time() {
    let time = |text: &str| {
        Settings::parse(text).map(|config| config.stretch.routine_at.map(|at| at.to_string()))
    };
    assert_eq!(time(""), Ok(None));
    assert_eq!(
        time("[stretch]\nroutine_at = \"9:05\"\n"),
        Ok(Some("09:05".to_owned()))
    );
}

#[test]
fn the_model_that_is_gone_becomes_the_default() {
    let settings = Settings::parse("[pose]\nmodel = \"lite\"\n").unwrap();
    assert_eq!(settings.pose.model, ModelVariant::Full);
}

#[test]
fn sensitivity_scales_the_limits() {
    let limits = |text: &str| {
        Settings::parse(text)
            .unwrap()
            .posture
            .limits()
            .forward_head
            .0
    };
    assert_eq!(limits("[posture]\nsensitivity = \"low\""), 15.0);
    assert_eq!(limits(""), 10.0);
    assert_eq!(limits("[posture]\nsensitivity = \"high\""), 7.5);
}
