//! Stands in for `holders` on systems that share the camera between programs.

use std::time::Duration;

/// What the watch reports: nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HolderEvent {
    #[expect(dead_code, reason = "only Linux reports it")]
    Opened,
    #[expect(dead_code, reason = "only Linux reports it")]
    Closed,
    #[expect(dead_code, reason = "only Linux reports it")]
    DevicesChanged,
}

/// A program that has the camera open.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Holder {
    pub(super) pid: u32,
    pub(super) name: String,
}

/// Never exists.
pub(super) enum HolderWatch {}

impl HolderWatch {
    pub(super) fn start(_: impl FnMut(HolderEvent) + Send + 'static) -> Option<Self> {
        None
    }

    pub(super) fn set_camera(&self, _: &str) -> bool {
        match *self {}
    }
}

pub(super) fn holders(_: &str, _: &[u32]) -> Vec<Holder> {
    Vec::new()
}

/// Who had a device open before Sitwell opens it: nobody who matters.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct EarlierHolders {
    pub(super) settled: Vec<u32>,
    pub(super) is_contested: bool,
}

pub(super) fn earlier_holders(_: &str, _: &[u32], _: Duration) -> EarlierHolders {
    EarlierHolders::default()
}
