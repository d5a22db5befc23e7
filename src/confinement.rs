//! What the kernel forbids Sitwell's own processes, so that privacy does not depend on Sitwell's
//! word. On Linux, Landlock limits files and TCP, and seccomp limits sockets and programs. Other
//! systems forbid nothing here.
//!
//! A limit can never be lifted again. A kernel without Landlock or seccomp forbids less; nothing
//! fails because of that, and `sitwell privacy` shows what really holds.

use std::fs::{self, File};
use std::io;
use std::net::UdpSocket;
use std::path::Path;
use std::process::{Command, Stdio};

use serde::{Deserialize, Serialize};

/// What the kernel forbids from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Confinement {
    /// Opening any file but the camera's device, and TCP. Holds for the calling thread.
    pub files: bool,
    /// Sockets and starting programs. Holds for the whole process.
    pub calls: bool,
}

/// Forbids the camera process everything that it does not need once its camera is open: other
/// files, sockets, other programs, and other processes' memory.
pub fn confine_camera_process(device: Option<&Path>) -> Confinement {
    Confinement {
        files: device.is_some_and(system::allow_only_device),
        calls: system::forbid_sockets_and_programs(),
    }
}

/// What the kernel forbids a process that is confined as the camera process is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfinementProbe {
    /// What the kernel agreed to forbid.
    pub confinement: Confinement,
    /// What was tried to find out.
    pub actions: Vec<ProbedAction>,
}

/// Something that the camera process must not do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProbedAction {
    /// What was tried.
    pub action: String,
    /// Whether it worked before this process was confined as the camera process is, and fails now.
    pub is_forbidden: bool,
}

/// Confines this process as the camera process is, with `/dev/null` in the place of the camera, and
/// tries what must fail then.
#[must_use]
pub fn probe() -> ConfinementProbe {
    let before = ACTIONS.map(|(_, action)| action().is_ok());
    let confinement = confine_camera_process(Some(Path::new("/dev/null")));
    let actions = ACTIONS
        .into_iter()
        .zip(before)
        .map(|((name, action), worked)| ProbedAction {
            action: name.to_owned(),
            is_forbidden: worked && action().is_err(),
        });
    ConfinementProbe {
        confinement,
        actions: actions.collect(),
    }
}

/// A running process of Sitwell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnProcess {
    /// The process id.
    pub id: u32,
    /// The subcommand that it runs.
    pub role: String,
    /// The cameras that it has open.
    pub cameras: Vec<String>,
    /// Whether a seccomp filter holds for it.
    pub is_confined: bool,
}

/// The subcommands that run for long.
const ROLES: [&str; 5] = ["monitor", "capture-child", "dashboard", "calibrate", "tray"];

/// The other running processes of this program that `/proc` shows to this user; none where there is
/// no `/proc`.
#[must_use]
pub fn processes() -> Vec<OwnProcess> {
    let ids = fs::read_dir("/proc").into_iter().flatten().flatten();
    let ids = ids.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let others = ids.filter(|id| *id != std::process::id());
    let mut found: Vec<OwnProcess> = others.filter_map(own_process).collect();
    found.sort_by_key(|process| process.id);
    found
}

fn own_process(id: u32) -> Option<OwnProcess> {
    let file = |name: &str| format!("/proc/{id}/{name}");
    let program = fs::read_link(file("exe")).ok()?;
    // The kernel adds ` (deleted)` after an update.
    let is_ours = program.file_name()?.to_str()?.split(' ').next() == Some("sitwell");
    if !is_ours {
        return None;
    }
    let words = fs::read_to_string(file("cmdline")).ok()?;
    let role = words.split('\0').find(|word| ROLES.contains(word))?;
    let status = fs::read_to_string(file("status")).ok()?;
    let links = fs::read_dir(file("fd")).into_iter().flatten().flatten();
    let links = links.filter_map(|link| fs::read_link(link.path()).ok());
    let mut cameras: Vec<String> = links
        .map(|path| path.to_string_lossy().into_owned())
        .filter(|path| path.starts_with("/dev/video"))
        .collect();
    cameras.sort();
    cameras.dedup();
    Some(OwnProcess {
        id,
        role: role.to_owned(),
        cameras,
        is_confined: status.lines().any(|line| line == "Seccomp:\t2"),
    })
}

/// A name and the action.
type Action = (&'static str, fn() -> io::Result<()>);

const ACTIONS: [Action; 5] = [
    ("read a file", || {
        File::open(std::env::current_exe()?).map(drop)
    }),
    ("write a file", || {
        let name = format!("sitwell-probe-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        File::create(&path)?;
        fs::remove_file(&path)
    }),
    ("open another device", || File::open("/dev/zero").map(drop)),
    ("open an internet socket", || {
        UdpSocket::bind(("127.0.0.1", 0)).map(drop)
    }),
    ("start a program", || {
        let mut program = Command::new(std::env::current_exe()?);
        program.arg("--version").stdout(Stdio::null());
        program.status().map(drop)
    }),
];

#[cfg(all(
    target_os = "linux",
    any(
        target_arch = "x86_64",
        target_arch = "aarch64",
        target_arch = "riscv64"
    )
))]
mod system {
    use std::path::Path;

    use landlock::{
        ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, PathBeneath, PathFd, Ruleset,
        RulesetAttr, RulesetCreatedAttr, RulesetError, RulesetStatus, Scope,
    };
    use seccompiler::{BackendError, BpfProgram, SeccompAction, SeccompFilter};

    /// The newest Landlock interface whose limits are used; an older kernel enforces what it knows.
    const LANDLOCK: ABI = ABI::V6;

    pub(super) fn allow_only_device(device: &Path) -> bool {
        let Ok(device) = PathFd::new(device) else {
            return false;
        };
        let access = AccessFs::ReadFile | AccessFs::WriteFile | AccessFs::IoctlDev;
        let restrict = || -> Result<RulesetStatus, RulesetError> {
            let restricted = Ruleset::default()
                .set_compatibility(CompatLevel::BestEffort)
                .handle_access(AccessFs::from_all(LANDLOCK))?
                .handle_access(AccessNet::from_all(LANDLOCK))?
                .scope(Scope::from_all(LANDLOCK))?
                .create()?
                .add_rule(PathBeneath::new(device, access))?
                .restrict_self()?;
            Ok(restricted.ruleset)
        };
        restrict().is_ok_and(|status| status != RulesetStatus::NotEnforced)
    }

    pub(super) fn forbid_sockets_and_programs() -> bool {
        let forbidden = [
            libc::SYS_socket,
            libc::SYS_socketpair,
            libc::SYS_connect,
            libc::SYS_execve,
            libc::SYS_execveat,
            libc::SYS_ptrace,
            libc::SYS_process_vm_readv,
            libc::SYS_process_vm_writev,
            libc::SYS_pidfd_getfd,
            // Its operations open files and sockets past every filter.
            libc::SYS_io_uring_setup,
        ];
        let rules = forbidden.map(|call| (call, Vec::new())).into();
        let compile = || -> Result<BpfProgram, BackendError> {
            SeccompFilter::new(
                rules,
                SeccompAction::Allow,
                SeccompAction::Errno(libc::EPERM.unsigned_abs()),
                std::env::consts::ARCH.try_into()?,
            )?
            .try_into()
        };
        compile().is_ok_and(|program| seccompiler::apply_filter_all_threads(&program).is_ok())
    }
}

#[cfg(not(all(
    target_os = "linux",
    any(
        target_arch = "x86_64",
        target_arch = "aarch64",
        target_arch = "riscv64"
    )
)))]
mod system {
    use std::path::Path;

    pub(super) fn allow_only_device(_: &Path) -> bool {
        false
    }

    pub(super) fn forbid_sockets_and_programs() -> bool {
        false
    }
}
