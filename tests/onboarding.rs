//! `sitwell` without a subcommand, at a terminal that `script` makes and elsewhere.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests too")]

mod support;

use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

use support::Sandbox;

/// A desk whose camera is missing, and whose user has no systemd.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    let settings = "[notify]\nchannel = \"terminal\"\n[camera]\ndevice = \"no such camera\"\n";
    fs::write(sandbox.path("config.toml"), settings).unwrap();
    fs::create_dir(sandbox.path("run")).unwrap();
    sandbox
}

/// Runs `sitwell` at a terminal and types these answers, which are to be enough; what is on the terminal.
/// None where there is no `script` to make one.
fn at_a_terminal(sandbox: &Sandbox, answers: &str) -> Option<String> {
    let program = env!("CARGO_BIN_EXE_sitwell");
    let started = Command::new("script")
        .args([
            "--quiet",
            "--return",
            "--echo",
            "never",
            "--command",
            program,
        ])
        .arg("/dev/null")
        .env("HOME", sandbox.path("home"))
        .env("XDG_CONFIG_HOME", sandbox.path("cfg"))
        .env("XDG_RUNTIME_DIR", sandbox.path("run"))
        .env("SITWELL_CONFIG_DIR", sandbox.path(""))
        .env("SITWELL_DATA_DIR", sandbox.path("data"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut script) = started else {
        // Written past the test harness, which keeps what a passing test prints to itself.
        let _ = writeln!(
            std::io::stderr(),
            "SKIPPED: script is missing (apt-get install bsdutils)"
        );
        return None;
    };
    script
        .stdin
        .take()
        .unwrap()
        .write_all(answers.as_bytes())
        .unwrap();
    let done = script.wait_with_output().unwrap();
    let said = String::from_utf8(done.stdout).unwrap().replace('\r', "");
    assert!(done.status.success(), "{said}");
    Some(said)
}

#[test]
fn the_setup_goes_through_all_steps_and_nothing_happens_without_a_yes() {
    let sandbox = sandbox();
    let Some(said) = at_a_terminal(&sandbox, "n\nn\nn\nn\nn\n") else {
        return;
    };
    for part in [
        "Nothing happens without your yes.",
        "1. Check that everything works.",
        "Later: sitwell doctor",
        "2. Calibrate.",
        "Later: sitwell calibrate",
        "3. Where you can stretch.",
        "Later: [stretch] in sitwell config edit",
        "4. Start.",
        "Later: sitwell autostart enable",
        "Later: sitwell start",
        "\n  sitwell report week --open",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    for nothing in ["data", "cfg", "home"] {
        assert!(!sandbox.path(nothing).exists(), "{nothing}");
    }
}

#[test]
fn a_yes_shows_what_is_wrong_and_sets_up_autostart() {
    let sandbox = sandbox();
    let Some(said) = at_a_terminal(&sandbox, "y\ny\nn\ny\ny\nn\nn\nperhaps\ny\nn\n") else {
        return;
    };
    for part in [
        "FAIL   camera         no camera matches \"no such camera\"",
        "Sitwell needs this to be fixed",
        "Try again?",
        "Please answer y or n.",
        "Sitwell starts when you log in",
        "Later: sitwell start",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(!said.contains("calibration  "), "{said}");
    let settings = fs::read_to_string(sandbox.path("config.toml")).unwrap();
    assert!(
        settings.contains("limits = [\"no_standing\"]") && settings.contains("no such camera"),
        "{settings}"
    );
    assert!(sandbox.path("cfg/autostart").read_dir().unwrap().count() > 0);
}

#[test]
fn calibrated_users_get_the_status_and_a_pipe_gets_the_help() {
    let sandbox = sandbox();
    let (help, ..) = sandbox.run(&["--help"]);
    assert_eq!(sandbox.run(&[]), (help, String::new(), true));
    sandbox.calibrate();
    let Some(said) = at_a_terminal(&sandbox, "") else {
        return;
    };
    assert!(
        said.starts_with("Sitwell is not running. To start it: sitwell start\n"),
        "{said}"
    );
    assert!(said.contains("sitwell report week --open"), "{said}");
}
