//! Gives back what only loading a model took.
//!
//! Nothing else is given back while Sitwell runs, for the next look needs what this one frees
//! (`.cargo/config.toml`).
#![cfg_attr(
    target_os = "linux",
    expect(unsafe_code, reason = "no library asks the system for this without it")
)]

/// Gives the pages back in which a part of the program lies that is read once: 6 MB for the full model.
#[cfg(target_os = "linux")]
pub(super) fn was_read(part: &'static [u8]) {
    use rustix::mm::{Advice, madvise};

    let page = rustix::param::page_size();
    let before = part.as_ptr().align_offset(page);
    let whole_pages = part.len().saturating_sub(before) / page * page;
    let start = part.as_ptr().wrapping_add(before).cast_mut().cast();
    // SAFETY: The pages lie within a constant that nobody can write to, so each is as it is in the program's
    // file, from which the system reads it again if it is needed.
    // Where it fails the pages stay, and all works as well.
    let _ = unsafe { madvise(start, whole_pages, Advice::LinuxDontNeed) };
}

#[cfg(not(target_os = "linux"))]
pub(super) fn was_read(_part: &'static [u8]) {}

/// Gives all pages back that nothing lies in any more.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub(super) fn was_freed() {
    use std::ptr::null_mut;

    /// Every arena (`MALLCTL_ARENAS_ALL` in jemalloc's manual).
    const PURGE: &std::ffi::CStr = c"arena.4096.purge";
    // SAFETY: The name ends with a zero byte, and purging reads and writes nothing through the other pointers,
    // which it demands to be null.
    // Where it fails the pages stay, and all works as well.
    let _ = unsafe {
        tikv_jemalloc_sys::mallctl(PURGE.as_ptr(), null_mut(), null_mut(), null_mut(), 0)
    };
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub(super) fn was_freed() {}
