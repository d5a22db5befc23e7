//! What the kernel forbids the camera process. Linux only.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test may stop where it stands")]

use std::process::Command;

use sitwell::confinement::ConfinementProbe;

#[test]
fn a_confined_camera_process_has_no_files_no_sockets_and_no_programs() {
    let mut probe = Command::new(env!("CARGO_BIN_EXE_sitwell"));
    let output = probe.args(["capture-child", "--probe"]).output().unwrap();
    let probe: ConfinementProbe = serde_json::from_slice(&output.stdout).unwrap();
    let allowed = probe.actions.iter().filter(|tried| !tried.is_forbidden);
    let allowed: Vec<&str> = allowed.map(|tried| tried.action.as_str()).collect();
    assert!(
        probe.confinement.calls,
        "every supported kernel has seccomp"
    );
    // Without Landlock in the kernel, seccomp still forbids sockets and programs.
    let files = ["read a file", "write a file", "open another device"];
    let expected: &[&str] = if probe.confinement.files { &[] } else { &files };
    assert_eq!(allowed, expected);
}
