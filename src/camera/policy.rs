//! What to do about the camera: decided here, done in [`super::supervisor`].
//!
//! Pure: events and instants come in, deeds go out. Instants are the time
//! since the webcam was started, by a clock that stands still while the
//! machine sleeps, so that a night in suspend is not a stall.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::{CameraError, CameraState};

/// A look that is not answered by then has met a stalled camera. The child
/// itself gives up after 3 s without a picture; this is for a child that hangs.
pub(super) const LOOK_LIMIT: Duration = Duration::from_millis(4500);

/// A camera must have been free for so long before it is taken again: a call
/// that changes its settings closes and opens it.
pub(super) const FREE_FOR: Duration = Duration::from_secs(3);

/// The wait after a first failure; it doubles with each further one ..
const FIRST_WAIT: Duration = Duration::from_secs(1);

/// .. up to this.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// The wait after a device appeared, in which the system sets its permissions.
const NEW_DEVICE_WAIT: Duration = Duration::from_millis(500);

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum PolicyEvent {
    /// A frame is wanted.
    FrameRequested,
    /// No frame is wanted for now.
    CloseRequested,
    /// The child opened the camera with this id.
    Opened(String),
    /// A frame arrived.
    FrameArrived,
    /// The child said what is wrong.
    Failed(CameraError),
    /// Another program has the camera open.
    OtherOpened(String),
    /// No other program has it open any more.
    OthersClosed,
    /// A camera was plugged in or out.
    DevicesChanged,
    /// Time passed.
    Tick,
}

/// What to do.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum PolicyAction {
    /// Ask the child for a frame; start a child if there is none.
    RequestFrame,
    /// End the child, which closes the camera.
    CloseCamera,
    /// Answer the request with the frame that arrived.
    SendFrame,
    /// Answer the request without a frame.
    SendNoFrame,
}

#[derive(Debug, Clone, PartialEq)]
enum Phase {
    /// Nothing is wanted.
    Resting,
    /// The last look was answered with a picture.
    Watching,
    /// A look waits for its picture.
    PendingRequest { since: Duration },
    /// It failed and is left alone for a while.
    Waiting { error: CameraError, until: Duration },
}

#[derive(Debug, Clone, PartialEq)]
enum Others {
    Away,
    Here { by: String },
    Left { at: Duration, by: String },
}

/// The state of the camera's keeping.
#[derive(Debug)]
pub(super) struct CameraPolicy {
    phase: Phase,
    others: Others,
    failures: u32,
    camera: String,
}

impl CameraPolicy {
    pub(super) fn new() -> Self {
        CameraPolicy {
            phase: Phase::Resting,
            others: Others::Away,
            failures: 0,
            camera: String::new(),
        }
    }

    /// Takes in what happened and says what to do, in this order.
    pub(super) fn on(&mut self, event: PolicyEvent, now: Duration) -> Vec<PolicyAction> {
        match event {
            PolicyEvent::FrameRequested => self.look(now),
            PolicyEvent::CloseRequested => self.leave(Phase::Resting),
            PolicyEvent::Opened(camera) => {
                self.camera = camera;
                vec![]
            }
            PolicyEvent::FrameArrived => match self.phase {
                Phase::PendingRequest { .. } => {
                    self.phase = Phase::Watching;
                    self.failures = 0;
                    vec![PolicyAction::SendFrame]
                }
                Phase::Resting | Phase::Watching | Phase::Waiting { .. } => vec![],
            },
            PolicyEvent::Failed(error) => self.fail(error, now),
            PolicyEvent::OtherOpened(by) => {
                self.others = Others::Here { by };
                match self.phase {
                    Phase::PendingRequest { .. } | Phase::Watching => self.leave(Phase::Resting),
                    Phase::Resting | Phase::Waiting { .. } => vec![],
                }
            }
            PolicyEvent::OthersClosed => {
                if let Others::Here { by } = &self.others {
                    self.others = Others::Left {
                        at: now,
                        by: by.clone(),
                    };
                }
                vec![]
            }
            PolicyEvent::DevicesChanged => {
                if let Phase::Waiting {
                    error: CameraError::Missing { .. } | CameraError::Unplugged,
                    until,
                } = &mut self.phase
                {
                    *until = (*until).min(now + NEW_DEVICE_WAIT);
                }
                vec![]
            }
            PolicyEvent::Tick => match self.phase {
                Phase::PendingRequest { since } if now >= since + LOOK_LIMIT => {
                    self.fail(CameraError::Stalled, now)
                }
                Phase::Resting
                | Phase::Watching
                | Phase::PendingRequest { .. }
                | Phase::Waiting { .. } => {
                    vec![]
                }
            },
        }
    }

    fn look(&mut self, now: Duration) -> Vec<PolicyAction> {
        match &self.others {
            Others::Here { .. } => return vec![PolicyAction::SendNoFrame],
            Others::Left { at, .. } if now < *at + FREE_FOR => {
                return vec![PolicyAction::SendNoFrame];
            }
            Others::Left { .. } => self.others = Others::Away,
            Others::Away => {}
        }
        match &self.phase {
            // One look is answered once, however often it is asked for.
            Phase::PendingRequest { .. } => vec![],
            Phase::Waiting { until, .. } if now < *until => vec![PolicyAction::SendNoFrame],
            Phase::Resting | Phase::Watching | Phase::Waiting { .. } => {
                self.phase = Phase::PendingRequest { since: now };
                vec![PolicyAction::RequestFrame]
            }
        }
    }

    fn fail(&mut self, error: CameraError, now: Duration) -> Vec<PolicyAction> {
        if self.phase == Phase::Resting {
            return vec![PolicyAction::CloseCamera];
        }
        self.failures += 1;
        let until = now + wait_after(self.failures);
        self.leave(Phase::Waiting { error, until })
    }

    /// Stops, and answers the look that waits.
    fn leave(&mut self, to: Phase) -> Vec<PolicyAction> {
        let left = std::mem::replace(&mut self.phase, to);
        match left {
            Phase::PendingRequest { .. } => {
                vec![PolicyAction::CloseCamera, PolicyAction::SendNoFrame]
            }
            Phase::Resting | Phase::Watching | Phase::Waiting { .. } => {
                vec![PolicyAction::CloseCamera]
            }
        }
    }

    /// When to be told that time passed, if at all.
    pub(super) fn deadline(&self) -> Option<Duration> {
        match self.phase {
            Phase::PendingRequest { since } => Some(since + LOOK_LIMIT),
            Phase::Resting | Phase::Watching | Phase::Waiting { .. } => None,
        }
    }

    /// The state, for people. `today` is the instant `now` by the wall clock.
    pub(super) fn state(&self, now: Duration, today: Timestamp) -> CameraState {
        match (&self.others, &self.phase) {
            (Others::Here { by }, _) => CameraState::Busy {
                by: Some(by.clone()),
            },
            (Others::Left { at, by }, _) if now < *at + FREE_FOR => CameraState::Busy {
                by: Some(by.clone()),
            },
            (_, Phase::Resting) => CameraState::Off,
            (_, Phase::Watching) => CameraState::Watching {
                camera: self.camera.clone(),
            },
            (_, Phase::PendingRequest { .. }) if self.failures == 0 && !self.camera.is_empty() => {
                CameraState::Watching {
                    camera: self.camera.clone(),
                }
            }
            (_, Phase::PendingRequest { .. }) => CameraState::Opening,
            (
                _,
                Phase::Waiting {
                    error: CameraError::Busy { by },
                    ..
                },
            ) => CameraState::Busy { by: by.clone() },
            (_, Phase::Waiting { error, until }) => {
                let wait = SignedDuration::try_from(until.saturating_sub(now)).unwrap_or_default();
                CameraState::Failed {
                    error: error.clone(),
                    retry_at: today.saturating_add(wait).unwrap_or(today),
                }
            }
        }
    }
}

fn wait_after(failures: u32) -> Duration {
    let doubled = FIRST_WAIT.saturating_mul(1 << failures.saturating_sub(1).min(10));
    doubled.min(LONGEST_WAIT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds)
    }

    /// Plays events at their seconds and writes down the deeds and the state after each.
    fn play(events: &[(f64, PolicyEvent)]) -> String {
        let mut policy = CameraPolicy::new();
        let mut lines = Vec::new();
        for (seconds, event) in events {
            let deeds = policy.on(event.clone(), at(*seconds));
            let state = policy.state(at(*seconds), Timestamp::UNIX_EPOCH);
            let until = match &state {
                CameraState::Failed { retry_at, .. } => {
                    format!(
                        " (again in {:.1} s)",
                        retry_at.as_millisecond() as f64 / 1e3
                    )
                }
                _ => String::new(),
            };
            lines.push(format!("{seconds}: {deeds:?} {state}{until}"));
        }
        lines.join("\n")
    }

    use PolicyEvent::{
        CloseRequested, DevicesChanged, Failed, FrameArrived, FrameRequested, Opened, OtherOpened,
        OthersClosed, Tick,
    };

    #[test]
    fn a_look_is_answered_with_a_picture_and_rest_closes() {
        insta::assert_snapshot!(play(&[
            (0.0, FrameRequested),
            (0.1, Opened("usb/C920".to_owned())),
            (0.2, FrameRequested),
            (0.3, FrameArrived),
            (3.0, FrameRequested),
            (3.1, FrameArrived),
            (3.2, FrameArrived),
            (4.0, CloseRequested),
        ]), @r"
        0: [RequestFrame] opening the camera
        0.1: [] watching through usb/C920
        0.2: [] watching through usb/C920
        0.3: [SendFrame] watching through usb/C920
        3: [RequestFrame] watching through usb/C920
        3.1: [SendFrame] watching through usb/C920
        3.2: [] watching through usb/C920
        4: [CloseCamera] the camera is off
        ");
    }

    #[test]
    fn a_stall_is_noticed_and_waits_grow_to_30_s_until_a_picture_comes() {
        insta::assert_snapshot!(play(&[
            (0.0, FrameRequested),
            (4.4, Tick),
            (4.5, Tick),
            (5.0, FrameRequested),
            (5.6, FrameRequested),
            (5.7, Failed(CameraError::Damaged)),
            (8.0, FrameRequested),
            (8.1, Failed(CameraError::Damaged)),
            (20.0, FrameRequested),
            (20.1, Failed(CameraError::Damaged)),
            (40.0, FrameRequested),
            (40.1, Failed(CameraError::Damaged)),
            (60.0, FrameRequested),
            (60.1, Failed(CameraError::Damaged)),
            (100.0, FrameRequested),
            (100.1, Failed(CameraError::Damaged)),
            (140.0, FrameRequested),
            (140.1, FrameArrived),
            (150.0, Failed(CameraError::Unplugged)),
            (150.2, DevicesChanged),
            (150.3, FrameRequested),
            (150.8, FrameRequested),
        ]), @r#"
            0: [RequestFrame] opening the camera
            4.4: [] opening the camera
            4.5: [CloseCamera, SendNoFrame] the camera is on but sends no picture (again in 1.0 s)
            5: [SendNoFrame] the camera is on but sends no picture (again in 0.5 s)
            5.6: [RequestFrame] opening the camera
            5.7: [CloseCamera, SendNoFrame] the camera sends damaged pictures (again in 2.0 s)
            8: [RequestFrame] opening the camera
            8.1: [CloseCamera, SendNoFrame] the camera sends damaged pictures (again in 4.0 s)
            20: [RequestFrame] opening the camera
            20.1: [CloseCamera, SendNoFrame] the camera sends damaged pictures (again in 8.0 s)
            40: [RequestFrame] opening the camera
            40.1: [CloseCamera, SendNoFrame] the camera sends damaged pictures (again in 16.0 s)
            60: [RequestFrame] opening the camera
            60.1: [CloseCamera, SendNoFrame] the camera sends damaged pictures (again in 30.0 s)
            100: [RequestFrame] opening the camera
            100.1: [CloseCamera, SendNoFrame] the camera sends damaged pictures (again in 30.0 s)
            140: [RequestFrame] opening the camera
            140.1: [SendFrame] watching through 
            150: [CloseCamera] the camera was unplugged (again in 1.0 s)
            150.2: [] the camera was unplugged (again in 0.5 s)
            150.3: [SendNoFrame] the camera was unplugged (again in 0.4 s)
            150.8: [RequestFrame] opening the camera
            "#);
    }

    #[test]
    fn another_program_gets_the_camera_at_once_and_it_is_taken_again_when_free_for_3_s() {
        insta::assert_snapshot!(play(&[
            (0.0, FrameRequested),
            (0.1, FrameArrived),
            (1.0, OtherOpened("zoom".to_owned())),
            (2.0, FrameRequested),
            (3.0, OthersClosed),
            (4.0, FrameRequested),
            (4.5, OtherOpened("cheese".to_owned())),
            (4.6, OthersClosed),
            (6.5, FrameRequested),
            (7.7, FrameRequested),
            (7.8, OtherOpened("zoom".to_owned())),
        ]), @r#"
            0: [RequestFrame] opening the camera
            0.1: [SendFrame] watching through 
            1: [CloseCamera] waiting: zoom uses the camera
            2: [SendNoFrame] waiting: zoom uses the camera
            3: [] waiting: zoom uses the camera
            4: [SendNoFrame] waiting: zoom uses the camera
            4.5: [] waiting: cheese uses the camera
            4.6: [] waiting: cheese uses the camera
            6.5: [SendNoFrame] waiting: cheese uses the camera
            7.7: [RequestFrame] opening the camera
            7.8: [CloseCamera, SendNoFrame] waiting: zoom uses the camera
            "#);
    }

    #[test]
    fn busy_from_the_start_is_waited_for_quietly() {
        insta::assert_snapshot!(play(&[
            (0.0, FrameRequested),
            (0.1, Failed(CameraError::Busy { by: Some("ffmpeg".to_owned()) })),
            (0.2, CloseRequested),
            (0.3, Failed(CameraError::Unplugged)),
        ]), @r#"
            0: [RequestFrame] opening the camera
            0.1: [CloseCamera, SendNoFrame] waiting: ffmpeg uses the camera
            0.2: [CloseCamera] the camera is off
            0.3: [CloseCamera] the camera is off
            "#);
    }

    #[test]
    fn the_wait_stays_bounded_for_ever() {
        assert_eq!(wait_after(1), at(1.0));
        assert_eq!(wait_after(5), at(16.0));
        for failures in [6, 12, 33, 1000, u32::MAX] {
            assert_eq!(wait_after(failures), at(30.0), "{failures}");
        }
    }
}
