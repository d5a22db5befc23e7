//! GNOME's idle monitor: that mouse and keyboard have not been touched for a while.
//!
//! It tells GNOME's own limit to logind as well, but only where the screen is set to turn off.

use zbus::Message;

use super::ReasonSource;
use super::listener::{Line, is};
use crate::record::NotWatching;

/// Its name, and that of its interface.
pub(super) const SERVICE: &str = "org.gnome.Mutter.IdleMonitor";

const OBJECT: &str = "/org/gnome/Mutter/IdleMonitor/Core";

/// A machine is idle when it was not touched for so long, in milliseconds. Our choice: reading
/// is not idleness, but who reads is seen.
const IDLE_MS: u64 = 2 * 60 * 1000;

/// What to be told of.
pub(super) fn rule() -> String {
    format!("type='signal',sender='{SERVICE}',path='{OBJECT}',interface='{SERVICE}'")
}

/// The watches that were asked for, by their numbers.
#[derive(Default)]
pub(super) struct IdleMonitor {
    idle: Option<u32>,
    touched: Option<u32>,
}

impl IdleMonitor {
    pub(super) async fn begin(&mut self, line: &Line<'_>) -> zbus::Result<()> {
        let place = (SERVICE, OBJECT, SERVICE);
        let answer = line.call(place, "AddIdleWatch", &IDLE_MS).await?;
        self.idle = Some(answer.body().deserialize()?);
        let answer = line.call(place, "GetIdletime", &()).await?;
        if answer.body().deserialize::<u64>()? >= IDLE_MS {
            self.is_idle(line).await?;
        }
        Ok(())
    }

    pub(super) async fn hear(&mut self, line: &Line<'_>, signal: &Message) -> zbus::Result<()> {
        if !is(signal, SERVICE, "WatchFired") {
            return Ok(());
        }
        match signal.body().deserialize::<u32>().ok() {
            Some(fired) if Some(fired) == self.idle => self.is_idle(line).await?,
            Some(fired) if Some(fired) == self.touched => {
                self.touched = None;
                line.says(ReasonSource::IdleMonitor, NotWatching::Idle, false);
            }
            Some(_) | None => {}
        }
        Ok(())
    }

    /// Says so, and asks for a watch on the next touch: it fires once.
    async fn is_idle(&mut self, line: &Line<'_>) -> zbus::Result<()> {
        line.says(ReasonSource::IdleMonitor, NotWatching::Idle, true);
        let place = (SERVICE, OBJECT, SERVICE);
        let answer = line.call(place, "AddUserActiveWatch", &()).await?;
        self.touched = Some(answer.body().deserialize()?);
        Ok(())
    }
}
