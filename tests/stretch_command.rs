//! `sitwell stretch` through the binary, with and without a terminal.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests too")]

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use sitwell::history::History;
use sitwell::posture::Fault;
use sitwell::record::{Answer, Nudge, Record};

/// Runs `sitwell stretch`: what it writes, what it complains of, whether it went well.
fn stretch(words: &[&str]) -> (String, String, bool) {
    let done = Command::new(env!("CARGO_BIN_EXE_sitwell"))
        .arg("stretch")
        .args(words)
        .env("LC_ALL", "C.UTF-8")
        .env("SITWELL_DATA_DIR", scratch("no-history"))
        .env("SITWELL_CONFIG_DIR", scratch("no-settings"))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(done.stdout), text(done.stderr), done.status.success())
}

/// Runs `sitwell stretch` in a terminal of its own, with keys pressed at intervals; everything it draws.
fn in_terminal(words: &str, keys: &[&str]) -> String {
    let command = format!(
        "stty rows 50 cols 90; {} stretch {words}",
        env!("CARGO_BIN_EXE_sitwell")
    );
    let mut script = Command::new("script")
        .args(["-qec", &command, "/dev/null"])
        .env("LC_ALL", "C.UTF-8")
        .env("SITWELL_DATA_DIR", scratch("no-history"))
        .env("SITWELL_CONFIG_DIR", scratch("no-settings"))
        .env("TERM", "xterm")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = script.stdin.take().unwrap();
    for key in keys {
        sleep(Duration::from_millis(900));
        // The session may be over before the last key.
        let _ = input.write_all(key.as_bytes());
    }
    let done = script.wait_with_output().unwrap();
    drop(input);
    String::from_utf8_lossy(&done.stdout).into_owned()
}

/// A folder with settings, and a stretch of one second in the person's own file beside them.
fn own_stretch(folder: &Path) -> String {
    fs::create_dir_all(folder).unwrap();
    fs::write(
        folder.join("config.toml"),
        "[stretch]\nplaces = [\"floor\"]\ndisabled = [\"chin-tuck\"]\n",
    )
    .unwrap();
    fs::write(
        folder.join("stretches.toml"),
        "[[stretch]]\nid = \"blink\"\nname = \"Blink\"\npurpose = \"Rests the eyes.\"\nbrief = \"Blink.\"\n\
         answers = [\"mixed\"]\nplace = \"desk\"\ndepth = \"gentle\"\neffort = \"little\"\nseconds_each = 1\n\
         repetitions = 1\nsteps = [\"Blink.\"]\nbreathing = \"Breathe.\"\neasier = \"One eye.\"\nstronger = \"Twice.\"\n",
    )
    .unwrap();
    folder.join("config.toml").display().to_string()
}

fn scratch(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

#[test]
fn the_list_names_every_stretch_and_what_speaks_against_it() {
    let (out, _, well) = stretch(&["list"]);
    assert!(
        well && out.lines().take_while(|line| !line.is_empty()).count() == 23,
        "{out}"
    );
    assert!(
        out.contains(
            "chin-tuck            Chin tuck                          40 s  desk   [on request]\n"
        ),
        "{out}"
    );
    assert!(out.contains("[not among your places: floor]"), "{out}");
    for habit in [
        "* Move slowly",
        "* Warm up first",
        "* Many quick fixes",
        "* A little every day",
    ] {
        assert!(out.contains(habit), "{habit} is not in {out}");
    }
}

#[test]
fn the_list_can_be_narrowed_to_a_fault_and_a_place() {
    let (out, _, _) = stretch(&["list", "--for", "forward-head", "--place", "desk"]);
    assert!(
        out.starts_with("reach-up") && out.contains("seated-twist") && !out.contains("\ncat-cow"),
        "{out}"
    );
    let (out, _, _) = stretch(&["list", "--for", "forward_head", "--place", "room"]);
    assert!(
        out.starts_with("wall-stretch") && out.contains("\nwall-angel"),
        "{out}"
    );
}

#[test]
fn without_a_terminal_the_steps_the_drawing_and_the_safety_rules_are_printed() {
    let (out, _, well) = stretch(&["Chin Tuck"]);
    assert!(well, "{out}");
    for text in [
        "Chin tuck (8 x 5 seconds, 0:40 in all)",
        "1. Sit tall",
        "Breathing:",
        "tingling",
        "⣿",
    ] {
        assert!(out.contains(text), "{text} is not in {out}");
    }
}

#[test]
fn without_a_name_it_is_the_one_that_fits_with_a_warm_up_first() {
    let (out, _, _) = stretch(&["--for", "forward_head"]);
    assert!(
        out.starts_with("To warm up first:\n\nShoulder rolls (")
            && out.contains(
                "\nRight before the stretch:\n\nChin tuck (4 x 5 seconds, 0:20 in all)\n"
            )
            && out.contains("\nSeated cat and cow (")
            && out.contains("Related:   Cho, Lee, Lee (2017)"),
        "{out}"
    );
    let (out, _, _) = stretch(&["--for", "rounded_shoulders", "--place", "floor"]);
    assert!(out.starts_with("Get up and move for 5 minutes."), "{out}");
}

#[test]
fn a_wrong_word_is_answered_with_what_would_be_right() {
    let rows = [
        (
            vec!["yoga"],
            "there is no stretch called \"yoga\"; see them with sitwell stretch list",
        ),
        (
            vec!["neck"],
            "\"neck\" may mean upper-trapezius or neck-retraction; give one of them",
        ),
        (
            vec!["list", "--for", "slouch"],
            "known are forward_head, rounded_shoulders, mixed",
        ),
        (
            vec!["list", "--place", "bed"],
            "known are desk, room, floor",
        ),
        (
            vec!["--config", "nowhere.toml"],
            "cannot read the settings nowhere.toml",
        ),
    ];
    for (words, expected) in rows {
        let (_, complaint, well) = stretch(&words);
        assert!(!well && complaint.contains(expected), "{complaint}");
    }
}

#[test]
fn the_settings_and_stretches_of_ones_own_are_used() {
    let config = own_stretch(&scratch("stretch-own"));
    let (out, _, well) = stretch(&["list", "--config", &config]);
    assert!(
        well && out.contains("blink ") && out.contains("[turned off]"),
        "{out}"
    );
    let file = scratch("stretch-own").join("stretches.toml");
    let text = fs::read_to_string(&file)
        .unwrap()
        .replace("seconds_each = 1", "seconds_each = 999");
    let bad = scratch("stretch-bad");
    let config = own_stretch(&bad);
    fs::write(bad.join("stretches.toml"), text).unwrap();
    let (_, complaint, well) = stretch(&["list", "--config", &config]);
    assert!(
        !well && complaint.contains("(id \"blink\"): seconds_each is 999; give 1 to 120"),
        "{complaint}"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn in_a_terminal_the_guide_counts_pauses_and_gives_the_terminal_back() {
    let screen = in_terminal("chin-tuck", &[" ", " ", "n", "q"]);
    for text in [
        "get ready",
        "paused",
        "1 of 8",
        "Glide the head back",
        "tingling",
        "\u{2588}",
        "Not now. That is fine.",
    ] {
        assert!(screen.contains(text), "{text:?} is not in {screen:?}");
    }
    assert!(
        screen.contains("\u{1b}[?1049h") && screen.contains("\u{1b}[?1049l"),
        "{screen:?}"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn in_a_terminal_a_stretch_can_be_done_to_the_end() {
    let config = own_stretch(&scratch("stretch-done"));
    let screen = in_terminal(&format!("blink --config {config}"), &["n", "", ""]);
    assert!(screen.contains("Well done."), "{screen:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_window_of_its_own_runs_the_same_command_in_the_terminal_that_there_is() {
    use std::os::unix::fs::PermissionsExt;
    let folder = scratch("stretch-window");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    let said = folder.join("said");
    let run = |words: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sitwell"));
        command
            .arg("stretch")
            .args(words)
            .env("PATH", &folder)
            .env("SITWELL_DATA_DIR", &folder)
            .env("SITWELL_CONFIG_DIR", scratch("no-settings"))
            .env_remove("TERMINAL")
            .output()
            .unwrap()
    };
    let nothing = run(&["--window", "chin-tuck"]);
    let complaint = String::from_utf8_lossy(&nothing.stderr).into_owned();
    assert!(
        complaint.contains("no terminal program found"),
        "{complaint}"
    );
    let xterm = folder.join("xterm");
    fs::write(
        &xterm,
        format!(
            "#!/bin/sh\necho \"$@\" > {0}.new && /bin/mv {0}.new {0}\n",
            said.display()
        ),
    )
    .unwrap();
    fs::set_permissions(&xterm, fs::Permissions::from_mode(0o755)).unwrap();
    // Another test's new process may still hold the script open for writing for a moment.
    let started = (0..50).any(|_| {
        let well = run(&["--window", "chin-tuck", "--for", "mixed"])
            .status
            .success();
        if !well {
            sleep(Duration::from_millis(50));
        }
        well
    });
    assert!(started);
    for _ in 0..100 {
        if said.exists() {
            break;
        }
        sleep(Duration::from_millis(50));
    }
    let said = fs::read_to_string(&said).unwrap();
    assert!(
        said.starts_with("-e ")
            && said.ends_with(&format!(
                "sitwell stretch chin-tuck --for mixed --data-dir {}\n",
                folder.display()
            )),
        "{said}"
    );
}

/// A history in which this was suggested so many minutes ago.
fn nudged(data: &Path, stretch: &str, fault: Fault, minutes: i64, answer: Answer) -> Nudge {
    #[expect(
        clippy::disallowed_methods,
        reason = "the command reads the real clock"
    )]
    let now = jiff::Timestamp::now();
    let at = now - jiff::SignedDuration::from_mins(minutes);
    let nudge = Nudge {
        at,
        fault,
        stretch: stretch.to_owned(),
        answer,
        answered: None,
    };
    History::open(&data.join("history.db"))
        .unwrap()
        .save(&Record::Nudge(nudge.clone()))
        .unwrap();
    nudge
}

#[test]
fn the_stretch_that_fits_is_for_the_last_fault_and_not_what_was_done_just_now() {
    let data = tempfile::tempdir().unwrap();
    let place = data.path().display().to_string();
    let words = ["--print", "--data-dir", &place];
    let (before, story, _) = stretch(&words);
    assert_eq!(story, "", "without a history it works all the same");
    assert!(!before.is_empty());
    nudged(
        data.path(),
        "seated-cat-cow",
        Fault::ForwardHead,
        9,
        Answer::Done,
    );
    let (out, story, _) = stretch(&words);
    assert_eq!(story, "Your last slouch: head forward, 9 minutes ago.\n");
    assert!(!out.contains("Seated cat and cow"), "{out}");
    nudged(
        data.path(),
        "chest-opener",
        Fault::RoundedShoulders,
        3,
        Answer::Skipped,
    );
    let (out, story, _) = stretch(&words);
    assert_eq!(
        story,
        "Your last slouch: rounded shoulders, 3 minutes ago.\n"
    );
    assert!(!out.contains("Standing chest opener"), "{out}");
}

#[test]
fn without_a_name_the_nudge_that_waits_is_answered() {
    let place = |data: &tempfile::TempDir| data.path().display().to_string();
    let rows = [
        (9, Answer::Unanswered, &[][..], true),
        (9, Answer::Snoozed, &[][..], true),
        (70, Answer::Unanswered, &[][..], false),
        (9, Answer::Done, &[][..], false),
        (9, Answer::Recovered, &[][..], false),
        (9, Answer::Unanswered, &["--for", "forward_head"][..], false),
        (9, Answer::Unanswered, &["--place", "desk"][..], false),
    ];
    for (minutes, answer, more, is_answered) in rows {
        let data = tempfile::tempdir().unwrap();
        let fault = Fault::ForwardHead;
        nudged(data.path(), "goalpost-lift", fault, minutes, answer);
        let place = place(&data);
        let words = [&["--print", "--data-dir", &place], more].concat();
        let (out, story, _) = stretch(&words);
        let is_it = out.contains("Goalpost lift (");
        assert_eq!(is_it, is_answered, "{minutes} {answer:?} {more:?}: {story}");
    }
    if cfg!(target_os = "linux") {
        let data = tempfile::tempdir().unwrap();
        let fault = Fault::ForwardHead;
        let nudge = nudged(data.path(), "chest-lift", fault, 9, Answer::Unanswered);
        in_terminal(&format!("--data-dir {}", place(&data)), &["q"]);
        let history = History::open(&data.path().join("history.db")).unwrap();
        let kept = history.nudges(sitwell::record::Period::ALWAYS).unwrap();
        assert_eq!(kept[0].at.as_second(), nudge.at.as_second());
        assert_eq!(kept[0].answer, Answer::Skipped);
    }
}

#[test]
fn what_goes_before_a_stretch_comes_with_its_name_where_it_is_due() {
    let rows = [
        (&["chest-lift"][..], false, false),
        (&["chest-lift", "--for", "forward_head"], true, true),
        (&["chest-lift", "--for", "rounded_shoulders"], true, false),
        (&["seated-twist"], true, false),
    ];
    for (words, warms_up, is_opened) in rows {
        let (out, ..) = stretch(words);
        assert_eq!(out.starts_with("To warm up first:"), warms_up, "{words:?}");
        assert_eq!(out.contains("Chin tuck (4 x"), is_opened, "{words:?}");
    }
}

#[test]
fn what_became_of_a_stretch_is_kept_with_the_nudge_that_led_to_it() {
    let folder = tempfile::tempdir().unwrap();
    let config = own_stretch(folder.path());
    let data = folder.path().join("data");
    let options = format!("--config {config} --data-dir {}", data.display());
    let answers = || {
        History::open(&data.join("history.db"))
            .unwrap()
            .nudges(sitwell::record::Period::ALWAYS)
            .unwrap()
            .into_iter()
            .map(|nudge| (nudge.stretch, nudge.answer))
            .collect::<Vec<_>>()
    };
    let row = |stretch: &str, answer| (stretch.to_owned(), answer);
    // Started from its notification, and left at once.
    let nudge = nudged(
        &data,
        "chin-tuck",
        Fault::ForwardHead,
        50,
        Answer::Unanswered,
    );
    in_terminal(&format!("chin-tuck --nudge {} {options}", nudge.at), &["q"]);
    assert_eq!(answers(), [row("chin-tuck", Answer::Skipped)]);
    // Done to the end, by its name.
    nudged(
        &data,
        "blink",
        Fault::HeadAndShoulders,
        5,
        Answer::Recovered,
    );
    in_terminal(&format!("blink {options}"), &["n"]);
    assert_eq!(
        answers(),
        [
            row("chin-tuck", Answer::Skipped),
            row("blink", Answer::Done)
        ]
    );
    // What nobody suggested is nobody's answer.
    in_terminal(&format!("seated-twist {options}"), &["q"]);
    assert_eq!(answers().len(), 2);
}

#[test]
fn the_routine_is_done_by_hand_and_kept() {
    let data = tempfile::tempdir().unwrap();
    let place = data.path().display().to_string();
    let (out, story, is_ok) = stretch(&["routine", "--print", "--data-dir", &place]);
    assert!(is_ok, "{story}");
    assert!(
        out.starts_with("To warm up first:\n") && out.contains("\nFor the upper back:\n"),
        "{out}"
    );
    let routines = || {
        let history = History::open(&data.path().join("history.db")).unwrap();
        let routines = history.routines(sitwell::record::Period::ALWAYS);
        routines.unwrap()
    };
    let answers = || {
        let answers = routines().into_iter().map(|routine| routine.answer);
        answers.collect::<Vec<_>>()
    };
    assert_eq!(answers(), [], "printing is not doing");
    let words = format!("routine --data-dir {place}");
    in_terminal(&words, &["q"]);
    assert_eq!(
        answers(),
        [],
        "nothing was offered, so nothing was turned down"
    );

    // What was offered is what is done, and its answer is kept with the offer.
    #[expect(
        clippy::disallowed_methods,
        reason = "the command reads the real clock"
    )]
    let now = jiff::Timestamp::now();
    let offered = sitwell::record::Routine {
        at: now - jiff::SignedDuration::from_mins(2),
        stretches: vec!["pelvic-tilts".to_owned(), "seated-twist".to_owned()],
        answer: Answer::Unanswered,
        answered: None,
    };
    History::open(&data.path().join("history.db"))
        .unwrap()
        .save(&Record::Routine(offered.clone()))
        .unwrap();
    let (out, ..) = stretch(&["routine", "--print", "--data-dir", &place]);
    assert!(out.contains("Seated spinal twist"), "{out}");
    in_terminal(&format!("{words} --nudge {}", offered.at), &["q"]);
    let kept = routines();
    assert_eq!(answers(), [Answer::Skipped]);
    assert_eq!(kept[0].stretches, offered.stretches);
    assert!(kept[0].answered.is_some());
}

#[test]
fn a_routine_that_no_setting_allows_says_which_one_rules_it_out() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("config.toml");
    fs::write(&config, "[stretch]\nlimits = [\"recent_injury\"]\n").unwrap();
    let config = config.display().to_string();
    let (out, story, _) = stretch(&["routine", "--print", "--config", &config]);
    assert_eq!(
        story,
        "The routine cannot be put together: no stretch for the upper back fits your settings (limit: recent injury).\n"
    );
    assert!(out.starts_with("Get up and move for 5 minutes."), "{out}");
}
