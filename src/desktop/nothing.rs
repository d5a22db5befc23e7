//! Here the desktop tells nothing yet: Sitwell watches whether or not the screen is locked.

use std::io;

use crossbeam_channel::Sender;

use super::{Bus, Word};
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
    pub fn start(_: &Watch, tell: Sender<Word>) -> io::Result<Desktop> {
        for bus in [Bus::System, Bus::Session] {
            // With nobody to hear it, the program is ending.
            let _ = tell.send(Word::Told(bus));
        }
        Ok(Desktop)
    }
}
