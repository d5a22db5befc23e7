//! Rows of `scripts/test-camera`: the monitor with a camera that is there.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;

use super::logind::Logind;
use super::private::until;
use super::{LONG, Machine};

/// Whether any process has a camera open.
fn is_camera_open() -> bool {
    let opened = |process: std::fs::DirEntry| {
        let files = std::fs::read_dir(process.path().join("fd"));
        files.is_ok_and(|files| {
            files
                .flatten()
                .filter_map(|file| std::fs::read_link(file.path()).ok())
                .any(|to| to.to_string_lossy().starts_with("/dev/video"))
        })
    };
    std::fs::read_dir("/proc").unwrap().flatten().any(opened)
}

#[test]
#[ignore = "rig: --cam vivid"]
#[expect(clippy::disallowed_methods, reason = "a row says how long it took")]
fn the_camera_is_closed_within_a_second_of_a_lock_or_a_pause_and_before_sleep() {
    for mode in ["mode = \"glance\"", "mode = \"continuous\""] {
        println!("{mode}");
        // Sockets lie in memory: the guest shows the host's files.
        let folder = tempfile::tempdir_in("/dev/shm").unwrap();
        let machine = Machine::with(mode, folder, "the_camera_is_closed_..").unwrap();
        let bus = machine.bus("system");
        let logind = Logind::start(&bus, machine.python);
        let sitwell = |words: &[&str]| assert!(machine.command(words).status().unwrap().success());
        let _monitor = machine.start();
        let closes_after = |what: &str, deed: &dyn Fn()| {
            until("the camera is open", is_camera_open);
            deed();
            let since = std::time::Instant::now();
            until("the camera is closed", || !is_camera_open());
            let took = since.elapsed();
            println!("{what}: closed after {} ms", took.as_millis());
            assert!(took < std::time::Duration::from_secs(1), "{what}");
            // Longer than from one look to the next.
            std::thread::sleep(std::time::Duration::from_secs(12));
            assert!(!is_camera_open(), "{what}: opened again");
        };
        closes_after("lock", &|| logind.session("LockedHint", true));
        logind.session("LockedHint", false);
        closes_after("pause", &|| sitwell(&["pause"]));
        sitwell(&["resume"]);
        closes_after("sleep", &|| {
            logind.sleep(true);
            until("the machine may sleep", || logind.holds().is_empty());
            assert!(
                !is_camera_open(),
                "the machine may sleep with an open camera"
            );
        });
        logind.sleep(false);
        until("the camera is open", is_camera_open);
    }
}

#[test]
#[ignore = "rig: --cam vivid"]
fn the_picture_is_shown_while_somebody_looks_and_the_status_says_so() {
    let folder = tempfile::tempdir_in("/dev/shm").unwrap();
    let machine = Machine::with("mode = \"glance\"", folder, "the_picture_is_shown_..").unwrap();
    let bus = machine.bus("system");
    let _logind = Logind::start(&bus, machine.python);
    let monitor = machine.start();
    let is_told = || {
        let done = machine.command(&["status"]).output().unwrap();
        String::from_utf8_lossy(&done.stdout).contains("its picture is being shown")
    };
    until("the camera is open", is_camera_open);
    let mut asker = UnixStream::connect(machine.folder.path().join("data/monitor.sock")).unwrap();
    // A guest loads the model for as long as half a minute before it answers.
    asker.set_read_timeout(Some(4 * LONG)).unwrap();
    asker.write_all(b"\"preview\"\n").unwrap();
    let mut pictures = 0;
    for line in BufReader::new(asker.try_clone().unwrap()).lines() {
        let response: serde_json::Value = serde_json::from_str(&line.unwrap()).unwrap();
        if let Some(jpeg) = response["preview"]["jpeg"].as_str() {
            // "/9j/" begins every JPEG file in base64.
            assert!(jpeg.starts_with("/9j/"), "{}", &jpeg[..20]);
            let aspect = response["preview"]["aspect"].as_f64().unwrap();
            assert!((1.0..2.0).contains(&aspect), "{aspect}");
            pictures += 1;
        }
        if pictures == 5 {
            break;
        }
    }
    assert_eq!(pictures, 5);
    assert!(is_told());
    drop(asker);
    until("nobody looks any more", || !is_told());
    println!("5 of 5 pictures shown");
    monitor.stop();
}
