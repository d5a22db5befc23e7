//! Which program's window is in front, where the desktop tells it: on X11, and on Wayland in
//! compositors that list their windows, as those of wlroots do.

#[cfg(all(unix, not(target_os = "macos")))]
mod wayland;
#[cfg(all(unix, not(target_os = "macos")))]
mod x11;

/// The names of the program whose window is in front; none where that is not told. The desktop is
/// asked without a limit.
#[cfg(all(unix, not(target_os = "macos")))]
#[must_use]
pub fn program_in_front() -> Option<String> {
    let on_wayland = wayland::program_in_front().unwrap_or_else(|error| {
        tracing::debug!(%error, "no Wayland compositor tells which window is in front");
        None
    });
    // Programs for X11 run on Wayland, too.
    on_wayland.or_else(|| {
        x11::program_in_front().unwrap_or_else(|error| {
            tracing::debug!(%error, "no X server tells which window is in front");
            None
        })
    })
}

/// The names of the program whose window is in front; none where that is not told.
#[cfg(not(all(unix, not(target_os = "macos"))))]
#[must_use]
pub fn program_in_front() -> Option<String> {
    None
}
