//! Where the system shares the camera between programs there is nobody to watch.

/// What the watch saw: nothing, ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HolderEvent {
    /// Never seen here.
    #[expect(dead_code, reason = "the Linux watch sees it")]
    OpenedOrClosed,
    /// Never seen here.
    #[expect(dead_code, reason = "the Linux watch sees it")]
    DevicesChanged,
}

/// A program that has the camera open.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Holder {
    pub(super) pid: u32,
    pub(super) name: String,
}

/// No watch is ever started.
pub(super) enum HolderWatch {}

impl HolderWatch {
    pub(super) fn start(_: impl FnMut(HolderEvent) + Send + 'static) -> Option<Self> {
        None
    }

    pub(super) fn camera(&self, _: &str) {
        match *self {}
    }
}

/// Nobody can be named here.
pub(super) fn holders(_: &str, _: &[u32]) -> Vec<Holder> {
    Vec::new()
}
