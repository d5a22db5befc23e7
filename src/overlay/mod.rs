//! The dimmed edges of all screens, for who wants more of a nudge than a notification (the door to
//! x11rb and wayland-client).
//!
//! Each edge of each screen is a window or surface of its own: click-through, above all others, and
//! dark at the rim only. The server takes them away when this process ends, however it ends.

mod wayland;
mod x11;

use jiff::SignedDuration;
use thiserror::Error;

use wayland::WaylandEdges;
use x11::X11Edges;

/// The dimmed edges of all screens. They are gone when this is dropped.
pub struct DimmedEdges(Server);

enum Server {
    Wayland(Box<WaylandEdges>),
    X11(Box<X11Edges>),
}

impl DimmedEdges {
    /// Connects to the desktop. Nothing is dimmed yet.
    ///
    /// # Errors
    ///
    /// This desktop cannot show such edges.
    pub fn new() -> Result<DimmedEdges, OverlayError> {
        // On Wayland there may be an X server too, whose windows are not above everything.
        Ok(DimmedEdges(match std::env::var_os("WAYLAND_DISPLAY") {
            Some(_) => Server::Wayland(Box::new(WaylandEdges::new()?)),
            None => Server::X11(Box::new(X11Edges::new()?)),
        }))
    }

    /// Dims the edges of all screens that there are now: 0 not at all, 1 to black at the rim.
    ///
    /// # Errors
    ///
    /// The server or the compositor has gone.
    pub fn dim(&mut self, depth: f32) -> Result<(), OverlayError> {
        match &mut self.0 {
            Server::Wayland(edges) => edges.dim(depth),
            Server::X11(edges) => edges.dim(depth),
        }
    }
}

/// How opaque each pixel is from the rim towards the middle of the screen, 255 for black. On the far
/// sides the rim comes last.
fn gradient(reach: u16, is_far: bool, depth: f32) -> impl Iterator<Item = u8> {
    (0..reach).map(move |step| {
        let from_rim = if is_far { reach - 1 - step } else { step };
        let left = 1.0 - f32::from(from_rim) / f32::from(reach);
        (left * left * depth.clamp(0.0, 1.0) * 255.0) as u8
    })
}

/// Why the edges cannot be dimmed.
#[derive(Debug, Error)]
pub enum OverlayError {
    /// The Wayland compositor lets no program draw above the others, as GNOME's.
    #[error("this desktop lets no program draw above the others")]
    NoLayerShell,
    /// The Wayland compositor cannot be reached.
    #[error("cannot reach the Wayland compositor")]
    ConnectWayland(#[from] wayland_client::ConnectError),
    /// The Wayland compositor refuses a request or has gone.
    #[error("lost the Wayland compositor")]
    LostWayland(#[from] wayland_client::DispatchError),
    /// There is no memory to share.
    #[error("cannot share memory with the Wayland compositor")]
    Memory(#[from] std::io::Error),
    /// Without a compositor a window that lets something through would be black.
    #[error("dimming needs a compositor, and none runs")]
    NoCompositor,
    /// The X server has no visual with transparency, or none of its extensions that this needs.
    #[error("the X server cannot show windows that let something through")]
    NoTransparency,
    /// The X server cannot be reached.
    #[error("cannot reach the X server")]
    Connect(#[from] x11rb::errors::ConnectError),
    /// The X server has gone.
    #[error("lost the X server")]
    Lost(#[from] x11rb::errors::ConnectionError),
    /// The X server refuses a request or has gone.
    #[error("the X server refuses")]
    Refused(#[from] x11rb::errors::ReplyError),
    /// The X server has no more identifiers.
    #[error("the X server has no more identifiers")]
    Identifiers(#[from] x11rb::errors::ReplyOrIdError),
}

/// How dark the rim becomes at most, and without motion from the first moment on, as a part of black.
/// Our choices: text at the very edge can still be read.
const DEEPEST: f32 = 0.7;
const WITHOUT_MOTION: f32 = 0.4;

/// How long it takes to get there. Our choice: slower than anybody sees move.
const DEEPENS_FOR: SignedDuration = SignedDuration::from_mins(5);

/// How dark the edges are when a slouch has gone on for so long since they began to dim.
#[must_use]
pub fn depth(lasted: SignedDuration, reduces_motion: bool) -> f32 {
    if reduces_motion {
        return WITHOUT_MOTION;
    }
    let part = lasted.as_secs_f32() / DEEPENS_FOR.as_secs_f32();
    DEEPEST * part.clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_deepens_slowly_and_never_to_black() {
        let after = |seconds| depth(SignedDuration::from_secs(seconds), false);
        assert_eq!(after(0), 0.0);
        assert_eq!(after(-5), 0.0);
        assert!(after(4) < 0.01, "one observation after the other");
        assert!(after(60) < after(120));
        assert_eq!(after(3600), DEEPEST);
        for seconds in [0, 60, 3600] {
            let still = depth(SignedDuration::from_secs(seconds), true);
            assert_eq!(still, WITHOUT_MOTION);
        }
    }
}
