//! The dimmed edges of all screens, for who wants more of a nudge than a notification (the door to
//! x11rb).
//!
//! On X11 each edge of each screen is a window of its own: click-through, above all others, and dark
//! at the rim only. The server takes the windows away when this process ends, however it ends. Wayland
//! needs another way, which there is not yet.

mod x11;

use jiff::SignedDuration;
use thiserror::Error;

pub use x11::DimmedEdges;

/// Why the edges cannot be dimmed.
#[derive(Debug, Error)]
pub enum OverlayError {
    /// Windows of X11 programs are not above those of Wayland programs.
    #[error("dimming needs X11, and this desktop runs on Wayland")]
    Wayland,
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
