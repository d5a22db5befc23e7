//! Here the desktop tells nothing yet: Sitwell watches whether or not the screen is locked.

use std::io;

use crossbeam_channel::Sender;

use super::{Bus, DesktopEvent};
use crate::settings::Watch;

/// Nobody listens.
#[derive(Debug)]
pub struct Desktop;

impl Desktop {
    /// Starts nothing.
    ///
    /// # Errors
    ///
    /// None.
    pub fn start(_: &Watch, tell: Sender<DesktopEvent>) -> io::Result<Desktop> {
        for bus in [Bus::System, Bus::Session] {
            // With nobody to hear it, the program is ending.
            let _ = tell.send(DesktopEvent::Complete(bus));
        }
        Ok(Desktop)
    }
}
