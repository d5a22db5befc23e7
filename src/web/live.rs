//! Follows the monitor while a page is open, in a thread of its own, and keeps the newest status.

use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, bounded};
use tokio::sync::watch;

use crate::control::{self, ControlError, DaemonStatus};

/// When to see whether anybody still listens while no monitor runs. Our choice.
const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// What is known of the monitor.
#[derive(Debug, Clone)]
pub(super) enum Monitoring {
    /// Nothing yet.
    Connecting,
    /// It runs.
    Running(Box<DaemonStatus>),
    /// None runs.
    Stopped(String),
    /// It does not answer as it should.
    Unreachable(String),
}

impl From<ControlError> for Monitoring {
    fn from(error: ControlError) -> Monitoring {
        let words = error.to_string();
        match error {
            ControlError::NoMonitor => Monitoring::Stopped(words),
            ControlError::NoAnswer(_) | ControlError::Refused { .. } | ControlError::Unexpected => {
                Monitoring::Unreachable(words)
            }
        }
    }
}

/// The thread that follows the monitor.
pub(super) struct Live {
    latest: Arc<watch::Sender<Arc<Monitoring>>>,
    wanted: Sender<()>,
}

impl Live {
    /// Starts the thread. It does nothing until somebody subscribes.
    pub(super) fn start(folder: PathBuf) -> io::Result<Live> {
        let latest = Arc::new(watch::Sender::new(Arc::new(Monitoring::Connecting)));
        let (wanted, wakes) = bounded(1);
        let live = Live {
            latest: Arc::clone(&latest),
            wanted,
        };
        thread::Builder::new()
            .name("follow".to_owned())
            .spawn(move || follow(&folder, &latest, &wakes))?;
        Ok(live)
    }

    /// What is known from now on.
    pub(super) fn subscribe(&self) -> watch::Receiver<Arc<Monitoring>> {
        let latest = self.latest.subscribe();
        // If it is full, the thread is about to wake.
        let _ = self.wanted.try_send(());
        latest
    }
}

/// Follows while anybody listens.
fn follow(folder: &Path, latest: &watch::Sender<Arc<Monitoring>>, wakes: &Receiver<()>) {
    for () in wakes {
        control::follow_status(folder, LONGEST_WAIT, |news| {
            if let Some(news) = news {
                latest.send_replace(Arc::new(match news {
                    Ok(status) => Monitoring::Running(status),
                    Err(error) => error.into(),
                }));
            }
            match latest.receiver_count() {
                0 => ControlFlow::Break(()),
                _ => ControlFlow::Continue(()),
            }
        });
        // Nobody listens any more. The next one must not see what is old by then.
        latest.send_replace(Arc::new(Monitoring::Connecting));
    }
}
