//! Darkens the edges of all screens while a nudge is not answered, if the settings want that.

use std::path::PathBuf;

use jiff::Timestamp;

use crate::control::{ControlError, DaemonStatus};
use crate::notify::ServiceCalls;
use crate::overlay::{DimmedEdges, OverlayError, depth};
use crate::record::TimeUse;
use crate::settings;

/// The edges, and what decides about them.
pub(super) struct EdgeNudge {
    config: Option<PathBuf>,
    desktop: ServiceCalls,
    /// Since when they dim; none while they do not.
    dimmed: Option<(Timestamp, DimmedEdges)>,
}

impl EdgeNudge {
    pub(super) fn new(config: Option<PathBuf>) -> EdgeNudge {
        EdgeNudge {
            config,
            desktop: ServiceCalls::default(),
            dimmed: None,
        }
    }

    /// Takes note of what the monitor does, or that none runs.
    pub(super) fn follow(&mut self, news: &Result<Box<DaemonStatus>, ControlError>) {
        let dimmed = match news {
            Ok(status) if is_unanswered(status) => self.dim(status.at),
            Ok(_) | Err(_) => Ok(false),
        };
        if !matches!(dimmed, Ok(true)) {
            // A slouch that begins again begins with bright edges.
            self.dimmed = None;
        }
        if let Err(error) = dimmed {
            tracing::debug!(%error, "the edges are not dimmed");
        }
    }

    /// Dims the edges, and returns whether that is wanted.
    fn dim(&mut self, at: Timestamp) -> Result<bool, OverlayError> {
        let settings = settings::load(self.config.as_deref());
        let settings = settings.map(|loaded| loaded.settings.notify);
        let settings = settings.unwrap_or_default();
        if !settings.dim_edges {
            return Ok(false);
        }
        let wishes = self.desktop.wishes();
        let is_quiet = settings.respect_do_not_disturb && wishes.quiet;
        if is_quiet || self.desktop.quiet_program(&settings).is_some() {
            return Ok(false);
        }
        let (since, edges) = match &mut self.dimmed {
            Some(dimmed) => dimmed,
            None => self.dimmed.insert((at, DimmedEdges::new()?)),
        };
        edges.dim(depth(at.duration_since(*since), wishes.no_motion))?;
        Ok(true)
    }
}

/// Whether a slouch goes on after a nudge that nobody has answered. While it is unclear how the
/// person sits, nothing changes: edges must not flash.
fn is_unanswered(status: &DaemonStatus) -> bool {
    let sits_up = matches!(
        status.observation,
        Some(TimeUse::Upright | TimeUse::Away | TimeUse::NotWatched(_))
    );
    status.nudge.is_some()
        && !status.leaves_out_edges
        && status.slouched_for_s.is_some()
        && status.not_watching.is_none()
        && !sits_up
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::status::tests::watching;
    use crate::posture::{Fault, UnclearReason};
    use crate::record::NotWatching;

    #[test]
    fn the_edges_are_dim_only_while_a_slouch_goes_on_unanswered() {
        let slouched = Some(TimeUse::Slouched(Fault::ForwardHead));
        assert_eq!(watching().observation, slouched);
        assert!(is_unanswered(&watching()));
        let unclear = DaemonStatus {
            observation: Some(TimeUse::Unclear(UnclearReason::TurnedAway)),
            ..watching()
        };
        assert!(is_unanswered(&unclear), "a glance does not make them flash");
        let rows = [
            DaemonStatus {
                observation: Some(TimeUse::Upright),
                ..watching()
            },
            DaemonStatus {
                observation: Some(TimeUse::Away),
                ..watching()
            },
            DaemonStatus {
                nudge: None,
                ..watching()
            },
            // The trial compares with a notification alone.
            DaemonStatus {
                leaves_out_edges: true,
                ..watching()
            },
            DaemonStatus {
                slouched_for_s: None,
                ..watching()
            },
            // A locked screen, and a call that takes the camera.
            DaemonStatus {
                not_watching: Some(NotWatching::Locked),
                ..watching()
            },
            DaemonStatus {
                not_watching: Some(NotWatching::CameraBusy),
                ..watching()
            },
        ];
        for status in rows {
            assert!(!is_unanswered(&status), "{status:?}");
        }
    }
}
