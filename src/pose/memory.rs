//! Returns to the system the memory that only the loading of a model needs.
//!
//! Sitwell returns nothing else while it runs, because the next observation needs what this one
//! frees (`.cargo/config.toml`).
#![cfg_attr(
    target_os = "linux",
    expect(
        unsafe_code,
        reason = "no library offers these system calls without it"
    )
)]

/// Releases the pages of an embedded file that is read once: 6 MB for the full model.
#[cfg(target_os = "linux")]
pub(super) fn release_pages(embedded: &'static [u8]) {
    use rustix::mm::{Advice, madvise};

    let page = rustix::param::page_size();
    let before = embedded.as_ptr().align_offset(page);
    let whole_pages = embedded.len().saturating_sub(before) / page * page;
    let start = embedded.as_ptr().wrapping_add(before).cast_mut().cast();
    // SAFETY: The pages lie within a constant, which nothing can write to. So they equal the
    // program's file, and the system reads them from there again if they are needed.
    // If the call fails the pages stay, which is harmless.
    let _ = unsafe { madvise(start, whole_pages, Advice::LinuxDontNeed) };
}

#[cfg(not(target_os = "linux"))]
pub(super) fn release_pages(_embedded: &'static [u8]) {}

/// Releases all pages that the allocator holds free.
#[cfg(all(feature = "jemalloc", target_os = "linux", target_env = "gnu"))]
pub(super) fn release_freed() {
    use std::ptr::null_mut;

    /// Every arena (`MALLCTL_ARENAS_ALL` in jemalloc's manual).
    const PURGE: &std::ffi::CStr = c"arena.4096.purge";
    // SAFETY: The name ends with a zero byte. Purging neither reads nor writes through the other
    // pointers and demands that they are null.
    // If the call fails the pages stay, which is harmless.
    let _ = unsafe {
        tikv_jemalloc_sys::mallctl(PURGE.as_ptr(), null_mut(), null_mut(), null_mut(), 0)
    };
}

#[cfg(not(all(feature = "jemalloc", target_os = "linux", target_env = "gnu")))]
pub(super) fn release_freed() {}
