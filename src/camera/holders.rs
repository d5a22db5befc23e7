//! Who else uses the camera, on Linux: inotify tells that somebody opened it,
//! /proc tells who.
//!
//! Programs of other users stay hidden: the kernel shows nobody their files, and
//! counting openings does not help, because inotify merges equal events. They
//! are met as a busy camera when it is opened. The same holds where inotify has
//! no watch to give. Nothing is polled.

use std::collections::BTreeSet;
use std::fs;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rustix::event::{EventfdFlags, PollFd, PollFlags, eventfd, poll};
use rustix::fs::inotify::{self, CreateFlags, ReadFlags, Reader, WatchFlags};
use rustix::io::Errno;

/// What the watch saw.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum HolderEvent {
    /// Somebody opened or closed the camera.
    OpenedOrClosed,
    /// A video device came, went, or got other permissions.
    DevicesChanged,
}

/// A program that has the camera open.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Holder {
    pub(super) pid: u32,
    pub(super) name: String,
}

/// Watches one camera, and the coming and going of all. Ends when dropped.
pub(super) struct HolderWatch {
    inotify: Arc<OwnedFd>,
    stop: Arc<OwnedFd>,
    node: Arc<Mutex<Node>>,
}

/// The camera watched.
#[derive(Debug, Default)]
struct Node {
    path: String,
    watch: Option<i32>,
}

impl HolderWatch {
    /// Starts watching; `None` if the kernel has no watch to give.
    pub(super) fn start(mut tell: impl FnMut(HolderEvent) + Send + 'static) -> Option<Self> {
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
                    for seen in read(&inotify, &node) {
                        tell(seen);
                    }
                }
            })
            .ok()?;
        Some(watch)
    }

    /// Watches this camera from now on, instead of the one before. Watching it already changes nothing.
    pub(super) fn camera(&self, path: &str) {
        let mut node = self.node.lock().unwrap_or_else(PoisonError::into_inner);
        if node.path == path && node.watch.is_some() {
            return;
        }
        if let Some(old) = node.watch.take() {
            // It may have gone with its device.
            let _ = inotify::remove_watch(&self.inotify, old);
        }
        let flags = WatchFlags::OPEN | WatchFlags::CLOSE_WRITE | WatchFlags::CLOSE_NOWRITE;
        *node = Node {
            path: path.to_owned(),
            watch: inotify::add_watch(&self.inotify, path, flags).ok(),
        };
    }
}

impl Drop for HolderWatch {
    fn drop(&mut self) {
        // The thread wakes and ends; should the write fail it sleeps on, harmlessly.
        let _ = rustix::io::write(&self.stop, &1_u64.to_ne_bytes());
    }
}

/// Waits for an event; false when told to stop.
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

fn read(inotify: &OwnedFd, node: &Mutex<Node>) -> BTreeSet<HolderEvent> {
    let mut seen = BTreeSet::new();
    let mut buffer = [MaybeUninit::uninit(); 4096];
    let mut events = Reader::new(inotify, &mut buffer);
    let mut node = node.lock().unwrap_or_else(PoisonError::into_inner);
    while let Ok(event) = events.next() {
        if Some(event.wd()) != node.watch {
            let name = event
                .file_name()
                .map(|name| name.to_string_lossy().into_owned());
            if name.is_some_and(|name| name.starts_with("video")) {
                seen.insert(HolderEvent::DevicesChanged);
            }
            continue;
        }
        if event.events().contains(ReadFlags::IGNORED) {
            // The device is gone, and the watch with it.
            node.watch = None;
        }
        seen.insert(HolderEvent::OpenedOrClosed);
    }
    seen
}

/// The programs that have a device open, without those of `except`.
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

fn holds(pid: u32, node: &Path) -> bool {
    fs::read_dir(format!("/proc/{pid}/fd")).is_ok_and(|files| {
        files
            .filter_map(Result::ok)
            .any(|file| fs::read_link(file.path()).is_ok_and(|target| target == node))
    })
}

/// The name of the program file, which threads cannot rename; else the kernel's 15 letters.
fn name(pid: u32) -> String {
    let file = fs::read_link(format!("/proc/{pid}/exe"))
        .ok()
        .and_then(|path| {
            Some(
                path.file_name()?
                    .to_str()?
                    .trim_end_matches(" (deleted)")
                    .to_owned(),
            )
        });
    let kernel =
        || fs::read_to_string(format!("/proc/{pid}/comm")).map(|name| name.trim().to_owned());
    file.or_else(|| kernel().ok())
        .unwrap_or_else(|| format!("process {pid}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_holder_is_named_and_oneself_left_out() {
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
    fn opening_and_closing_is_seen_until_the_watch_ends() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("video0");
        fs::write(&path, "").unwrap();
        let (sender, seen) = std::sync::mpsc::channel();
        let watch = HolderWatch::start(move |what| sender.send(what).unwrap_or(())).unwrap();
        watch.camera(path.to_str().unwrap());
        let patience = std::time::Duration::from_secs(2);
        let file = fs::File::open(&path).unwrap();
        assert_eq!(seen.recv_timeout(patience), Ok(HolderEvent::OpenedOrClosed));
        drop(file);
        assert_eq!(seen.recv_timeout(patience), Ok(HolderEvent::OpenedOrClosed));
        drop(watch);
        assert!(
            seen.recv_timeout(patience).is_err(),
            "the thread ended and dropped its sender"
        );
    }
}
