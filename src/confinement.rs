//! What the kernel forbids Sitwell's own processes, so that privacy does not depend on Sitwell's
//! word. On Linux, Landlock limits files and TCP, and seccomp limits sockets and programs. Other
//! systems forbid nothing here.
//!
//! A limit can never be lifted again. A kernel without Landlock or seccomp forbids less; nothing
//! fails because of that, and `sitwell privacy` shows what really holds.

use std::fs::{self, File};
use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
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

/// Forbids this process, and all that it starts from now on, to open internet sockets. Sockets
/// that it has stay open: the dashboard keeps the one that listens on this computer.
pub fn forbid_internet() -> bool {
    system::forbid_internet()
}

/// What the kernel forbids a confined process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfinementProbe {
    /// What the kernel agreed to forbid.
    pub confinement: Confinement,
    /// What was tried to find out.
    pub actions: Vec<ProbedAction>,
}

/// Something that was tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProbedAction {
    /// What was tried.
    pub action: String,
    /// Whether it worked before this process was confined, and fails now.
    pub is_forbidden: bool,
}

/// Confines this process as the camera process is, with `/dev/null` in the place of the camera, and
/// tries what must fail then.
#[must_use]
pub fn probe_camera_process() -> ConfinementProbe {
    probe(|| confine_camera_process(Some(Path::new("/dev/null"))))
}

/// Confines this process as the monitor and the dashboard are, and tries the same.
#[must_use]
pub fn probe_monitor() -> ConfinementProbe {
    probe(|| Confinement {
        files: false,
        calls: forbid_internet(),
    })
}

fn probe(confine: impl FnOnce() -> Confinement) -> ConfinementProbe {
    let before = ACTIONS.map(|(_, action)| action().is_ok());
    let confinement = confine();
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
    /// The addresses of its internet sockets. One of this computer's own reaches no other.
    pub addresses: Vec<SocketAddr>,
    /// Whether a seccomp filter holds for all its threads.
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
    let links = fs::read_dir(file("fd")).into_iter().flatten().flatten();
    let links = links.filter_map(|link| fs::read_link(link.path()).ok());
    let open: Vec<String> = links
        .map(|path| path.to_string_lossy().into_owned())
        .collect();
    let is_camera = |path: &&String| path.starts_with("/dev/video");
    let mut cameras: Vec<String> = open.iter().filter(is_camera).cloned().collect();
    cameras.sort();
    cameras.dedup();
    let tables = ["net/tcp", "net/tcp6", "net/udp", "net/udp6"].map(file);
    let sockets = tables.iter().flat_map(|table| internet_sockets(table));
    let sockets = sockets.filter(|(socket, _)| open.contains(socket));
    let mut addresses: Vec<SocketAddr> = sockets.map(|(_, address)| address).collect();
    addresses.sort();
    addresses.dedup();
    let threads = fs::read_dir(file("task")).ok()?.flatten();
    let mut threads =
        threads.filter_map(|thread| fs::read_to_string(thread.path().join("status")).ok());
    Some(OwnProcess {
        id,
        role: role.to_owned(),
        cameras,
        addresses,
        is_confined: threads.all(|status| status.lines().any(|line| line == "Seccomp:\t2")),
    })
}

/// The sockets in a table of proc(5): the name of each among a process's open files, and its address.
fn internet_sockets(table: &str) -> Vec<(String, SocketAddr)> {
    let text = fs::read_to_string(table).unwrap_or_default();
    let socket = |line: &str| {
        let mut fields = line.split_whitespace().skip(1);
        let address = socket_address(fields.next()?)?;
        Some((format!("socket:[{}]", fields.nth(7)?), address))
    };
    text.lines().filter_map(socket).collect()
}

/// An address as proc(5) writes it: words of the memory in hexadecimal, and the port.
fn socket_address(text: &str) -> Option<SocketAddr> {
    let (host, port) = text.split_once(':')?;
    let word = |at| u32::from_str_radix(host.get(at..at + 8)?, 16).ok();
    let ip = match host.len() {
        8 => IpAddr::from(word(0)?.to_ne_bytes()),
        32 => {
            let words = [word(0)?, word(8)?, word(16)?, word(24)?].map(u32::to_ne_bytes);
            IpAddr::from(<[u8; 16]>::try_from(words.concat()).ok()?).to_canonical()
        }
        _ => return None,
    };
    Some(SocketAddr::new(ip, u16::from_str_radix(port, 16).ok()?))
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
    use std::collections::BTreeMap;
    use std::path::Path;

    use landlock::{
        ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, PathBeneath, PathFd, Ruleset,
        RulesetAttr, RulesetCreatedAttr, RulesetError, RulesetStatus, Scope,
    };
    use seccompiler::{
        BackendError, BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition,
        SeccompFilter, SeccompRule,
    };

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
        forbid(forbidden.map(|call| (call, Vec::new())).into()).is_ok()
    }

    pub(super) fn forbid_internet() -> bool {
        // D-Bus, the desktop and Sitwell's own processes are reached through Unix sockets. The C
        // library asks the kernel for this computer's addresses through netlink.
        let allowed = [libc::AF_UNIX, libc::AF_NETLINK];
        let is_other = |family: libc::c_int| {
            let family = u64::from(family.unsigned_abs());
            SeccompCondition::new(0, SeccompCmpArgLen::Dword, SeccompCmpOp::Ne, family)
        };
        let rules = || -> Result<BTreeMap<_, _>, BackendError> {
            let others = allowed
                .into_iter()
                .map(is_other)
                .collect::<Result<_, _>>()?;
            Ok(BTreeMap::from([
                (libc::SYS_socket, vec![SeccompRule::new(others)?]),
                // Its operations open sockets past every filter.
                (libc::SYS_io_uring_setup, Vec::new()),
            ]))
        };
        rules().map_err(Into::into).and_then(forbid).is_ok()
    }

    /// Makes these calls fail, in all threads.
    fn forbid(rules: BTreeMap<i64, Vec<SeccompRule>>) -> Result<(), seccompiler::Error> {
        let filter = SeccompFilter::new(
            rules,
            SeccompAction::Allow,
            SeccompAction::Errno(libc::EPERM.unsigned_abs()),
            std::env::consts::ARCH.try_into()?,
        )?;
        seccompiler::apply_filter_all_threads(&BpfProgram::try_from(filter)?)
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

    pub(super) fn forbid_internet() -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_endian = "little")]
    fn addresses_are_read_as_the_kernel_writes_them() {
        // The second column of /proc/net/tcp, tcp6 and udp6.
        let rows = [
            ("0100007F:1F90", Some("127.0.0.1:8080")),
            ("00000000000000000000000001000000:0016", Some("[::1]:22")),
            (
                "0000000000000000FFFF00000100007F:1F90",
                Some("127.0.0.1:8080"),
            ),
            ("local_address", None),
            ("0100007:1F90", None),
            ("0100007F:", None),
        ];
        for (text, wanted) in rows {
            let wanted = wanted.map(|wanted| wanted.parse().unwrap());
            assert_eq!(socket_address(text), wanted, "{text}");
        }
    }
}
