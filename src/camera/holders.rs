//! Which other programs have the camera open, on Linux. inotify reports that a program opened it,
//! /proc says which one. Nothing is polled.
//!
//! Programs of other users stay hidden, because the kernel does not show their files. Counting
//! openings does not help either, because inotify merges equal events. Such a program, or any
//! program where inotify has no watch left, shows as a busy camera when Sitwell opens it.

use std::collections::BTreeSet;
use std::fs;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustix::event::{EventfdFlags, PollFd, PollFlags, eventfd, poll};
use rustix::fs::inotify::{self, CreateFlags, ReadFlags, Reader, WatchFlags};
use rustix::io::Errno;

/// What the watch reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum HolderEvent {
    /// A program opened the camera.
    Opened,
    /// A program closed the camera, or the device is gone.
    Closed,
    /// A video device appeared, disappeared or got other permissions.
    DevicesChanged,
}

/// A program that has the camera open.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Holder {
    pub(super) pid: u32,
    pub(super) name: String,
}

/// Watches one camera, and `/dev` for all of them. Ends when dropped.
pub(super) struct HolderWatch {
    inotify: Arc<OwnedFd>,
    stop: Arc<OwnedFd>,
    node: Arc<Mutex<WatchedNode>>,
}

#[derive(Debug, Default)]
struct WatchedNode {
    path: String,
    watch: Option<i32>,
}

impl HolderWatch {
    /// Starts watching `/dev`; `None` if the kernel has no watch left.
    pub(super) fn start(mut report: impl FnMut(HolderEvent) + Send + 'static) -> Option<Self> {
        let inotify = Arc::new(inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK).ok()?);
        let stop = Arc::new(eventfd(0, EventfdFlags::CLOEXEC).ok()?);
        let devices = WatchFlags::CREATE | WatchFlags::DELETE | WatchFlags::ATTRIB;
        inotify::add_watch(&inotify, "/dev", devices).ok()?;
        let watch = HolderWatch {
            inotify: Arc::clone(&inotify),
            stop: Arc::clone(&stop),
            node: Arc::default(),
        };
        let node = Arc::clone(&watch.node);
        std::thread::Builder::new()
            .name("camera-watch".to_owned())
            .spawn(move || {
                while wait(&inotify, &stop) {
                    read(&inotify, &node).into_iter().for_each(&mut report);
                }
            })
            .ok()?;
        Some(watch)
    }

    /// Watches this camera in place of the one before. Returns whether it was not watched already.
    pub(super) fn set_camera(&self, path: &str) -> bool {
        let mut node = self.node.lock().unwrap_or_else(PoisonError::into_inner);
        if node.path == path && node.watch.is_some() {
            return false;
        }
        if let Some(old) = node.watch.take() {
            // The watch may have gone with its device.
            let _ = inotify::remove_watch(&self.inotify, old);
        }
        let flags = WatchFlags::OPEN | WatchFlags::CLOSE_WRITE | WatchFlags::CLOSE_NOWRITE;
        *node = WatchedNode {
            path: path.to_owned(),
            watch: inotify::add_watch(&self.inotify, path, flags).ok(),
        };
        true
    }
}

impl Drop for HolderWatch {
    fn drop(&mut self) {
        // Wakes the thread, which ends. If the write fails the thread sleeps on, which is harmless.
        let _ = rustix::io::write(&self.stop, &1_u64.to_ne_bytes());
    }
}

/// Waits for an event; false when the watch was dropped.
fn wait(inotify: &OwnedFd, stop: &OwnedFd) -> bool {
    let mut both = [
        PollFd::new(inotify, PollFlags::IN),
        PollFd::new(stop, PollFlags::IN),
    ];
    loop {
        match poll(&mut both, None) {
            Err(Errno::INTR) => {}
            Err(_) => return false,
            Ok(_) => return both[1].revents().is_empty(),
        }
    }
}

fn read(inotify: &OwnedFd, node: &Mutex<WatchedNode>) -> BTreeSet<HolderEvent> {
    let mut found = BTreeSet::new();
    let mut buffer = [MaybeUninit::uninit(); 4096];
    let mut events = Reader::new(inotify, &mut buffer);
    let mut node = node.lock().unwrap_or_else(PoisonError::into_inner);
    while let Ok(event) = events.next() {
        if Some(event.wd()) != node.watch {
            let name = event.file_name().map(std::ffi::CStr::to_bytes);
            if name.is_some_and(|name| name.starts_with(b"video")) {
                found.insert(HolderEvent::DevicesChanged);
            }
            continue;
        }
        if event.events().contains(ReadFlags::IGNORED) {
            // The device is gone and took the watch with it.
            node.watch = None;
        }
        found.insert(if event.events().contains(ReadFlags::OPEN) {
            HolderEvent::Opened
        } else {
            HolderEvent::Closed
        });
    }
    found
}

/// The programs that have a device open, apart from the processes `except`.
pub(super) fn holders(node: &str, except: &[u32]) -> Vec<Holder> {
    let Ok(processes) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    let mut holders: Vec<Holder> = processes
        .filter_map(|process| process.ok()?.file_name().to_str()?.parse().ok())
        .filter(|pid| !except.contains(pid) && holds(*pid, Path::new(node)))
        .map(|pid| Holder {
            pid,
            name: name(pid),
        })
        .collect();
    holders.sort();
    holders
}

/// Who had a device open before Sitwell opens it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct EarlierHolders {
    /// The processes that have had it open for a while: they do not use it, because it is not busy.
    pub(super) settled: Vec<u32>,
    /// Another program has just opened it: a call opens a camera and starts its stream a moment later.
    pub(super) is_contested: bool,
}

/// Finds out which processes have had a device open for `age`. Waits that long if there are any.
pub(super) fn earlier_holders(node: &str, except: &[u32], age: Duration) -> EarlierHolders {
    let pids = || -> Vec<u32> {
        let holders = holders(node, except);
        holders.into_iter().map(|holder| holder.pid).collect()
    };
    let before = pids();
    if before.is_empty() {
        return EarlierHolders::default();
    }
    std::thread::sleep(age);
    let (settled, new): (_, Vec<u32>) = pids().into_iter().partition(|pid| before.contains(pid));
    EarlierHolders {
        settled,
        is_contested: !new.is_empty(),
    }
}

fn holds(pid: u32, node: &Path) -> bool {
    fs::read_dir(format!("/proc/{pid}/fd")).is_ok_and(|files| {
        files
            .filter_map(Result::ok)
            .any(|file| fs::read_link(file.path()).is_ok_and(|target| target == node))
    })
}

/// The name of the program's file, which threads cannot change; else the kernel's 15 letters.
fn name(pid: u32) -> String {
    let file = fs::read_link(format!("/proc/{pid}/exe")).ok();
    let file = file.and_then(|path| path.file_name()?.to_str().map(str::to_owned));
    file.or_else(|| fs::read_to_string(format!("/proc/{pid}/comm")).ok())
        .map(|name| name.trim().trim_end_matches(" (deleted)").to_owned())
        .unwrap_or_else(|| format!("process {pid}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_holder_is_named_and_excepted_processes_are_left_out() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory
            .path()
            .join("video0")
            .canonicalize()
            .unwrap_or(directory.path().join("video0"));
        let file = fs::File::create(&path).unwrap();
        let me = std::process::id();
        let found = holders(path.to_str().unwrap(), &[]);
        assert_eq!(
            found.iter().map(|holder| holder.pid).collect::<Vec<_>>(),
            [me]
        );
        assert!(found[0].name.starts_with("sitwell"), "{found:?}");
        assert_eq!(holders(path.to_str().unwrap(), &[me]), []);
        drop(file);
        assert_eq!(holders(path.to_str().unwrap(), &[]), []);
    }

    #[test]
    fn only_programs_that_have_held_a_camera_for_a_while_are_settled() {
        let folder = tempfile::tempdir().unwrap().keep().canonicalize().unwrap();
        let path = folder.join("video0");
        fs::write(&path, "").unwrap();
        let node = path.to_str().unwrap().to_owned();
        let hold = {
            let path = path.clone();
            move || {
                std::process::Command::new("sleep")
                    .arg("60")
                    .stdin(fs::File::open(&path).unwrap())
                    .spawn()
                    .unwrap()
            }
        };
        let me = [std::process::id()];
        // Without a holder nothing is waited for.
        let long = Duration::from_secs(600);
        assert_eq!(earlier_holders(&node, &me, long), EarlierHolders::default());
        let mut first = hold();
        let settled = vec![first.id()];
        let mut wanted = EarlierHolders {
            settled,
            is_contested: false,
        };
        let age = Duration::from_millis(500);
        assert_eq!(earlier_holders(&node, &me, age), wanted);
        let newcomer = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(200));
            hold()
        });
        // The one that was there before stays settled.
        wanted.is_contested = true;
        let age = Duration::from_secs(2);
        assert_eq!(earlier_holders(&node, &me, age), wanted);
        for child in [&mut first, &mut newcomer.join().unwrap()] {
            child.kill().unwrap();
            child.wait().unwrap();
        }
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn opening_and_closing_is_reported_until_the_watch_ends() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("video0");
        fs::write(&path, "").unwrap();
        let (sender, events) = std::sync::mpsc::channel();
        let watch = HolderWatch::start(move |event| sender.send(event).unwrap_or(())).unwrap();
        watch.set_camera(path.to_str().unwrap());
        let limit = Duration::from_secs(2);
        let file = fs::File::open(&path).unwrap();
        assert_eq!(events.recv_timeout(limit), Ok(HolderEvent::Opened));
        drop(file);
        assert_eq!(events.recv_timeout(limit), Ok(HolderEvent::Closed));
        drop(watch);
        assert!(
            events.recv_timeout(limit).is_err(),
            "the thread ended and dropped its sender"
        );
    }
}
