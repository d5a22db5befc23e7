//! Decides what to do with the camera; [`super::supervisor`] does it.
//!
//! Pure: events and times come in, actions go out. Times count from the start of the webcam, by a
//! clock that stops while the machine sleeps, so that a suspended night is not a stall.

use std::time::Duration;

use super::{CameraError, CameraState};

/// A request that is not answered within this time has met a stalled camera. The child itself
/// gives up after 3 s without a frame; this limit is for a child that hangs.
const REQUEST_LIMIT: Duration = Duration::from_millis(4500);

/// Another program must have closed the camera for this long before Sitwell opens it again: a call
/// that changes its settings closes and opens it.
const RELEASE_DELAY: Duration = Duration::from_secs(3);

/// The wait after a first failure. It doubles with each further one, up to [`LONGEST_WAIT`].
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// The wait after a device appeared, in which the system sets its permissions.
const NEW_DEVICE_WAIT: Duration = Duration::from_millis(500);

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum PolicyEvent {
    FrameRequested,
    CloseRequested,
    /// The child opened the camera with this id.
    Opened(String),
    FrameArrived,
    /// The child failed.
    Failed(CameraError),
    /// Another program, with this name, has the camera open.
    OtherOpened(String),
    /// No other program has it open any more.
    OthersClosed,
    /// A camera was plugged in or out.
    DevicesChanged,
    /// The time in [`CameraPolicy::deadline`] passed.
    DeadlinePassed,
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
    /// No frame is wanted.
    Off,
    /// The last request was answered with a frame.
    Watching,
    /// A request waits for its frame.
    Pending { since: Duration },
    /// The camera failed and is not tried again until then.
    Waiting { error: CameraError, until: Duration },
}

/// Whether other programs use the camera, and which.
#[derive(Debug, Clone, PartialEq)]
enum Competitors {
    None,
    Using { by: String },
    Closed { at: Duration, by: String },
}

/// The state from which the decisions follow.
#[derive(Debug)]
pub(super) struct CameraPolicy {
    phase: Phase,
    competitors: Competitors,
    failures: u32,
    camera: String,
}

impl CameraPolicy {
    pub(super) fn new() -> Self {
        CameraPolicy {
            phase: Phase::Off,
            competitors: Competitors::None,
            failures: 0,
            camera: String::new(),
        }
    }

    /// The actions that follow from an event, in order.
    pub(super) fn handle(&mut self, event: PolicyEvent, now: Duration) -> Vec<PolicyAction> {
        match (event, &mut self.phase) {
            (PolicyEvent::FrameRequested, _) => return self.request_frame(now),
            (PolicyEvent::CloseRequested, _) => return self.close(Phase::Off),
            (PolicyEvent::Failed(error), _) => return self.fail(error, now),
            (PolicyEvent::DeadlinePassed, Phase::Pending { since })
                if now >= *since + REQUEST_LIMIT =>
            {
                return self.fail(CameraError::Stalled, now);
            }
            (PolicyEvent::FrameArrived, Phase::Pending { .. }) => {
                self.phase = Phase::Watching;
                self.failures = 0;
                return vec![PolicyAction::SendFrame];
            }
            (PolicyEvent::OtherOpened(by), phase) => {
                self.competitors = Competitors::Using { by };
                if matches!(phase, Phase::Pending { .. } | Phase::Watching) {
                    return self.close(Phase::Off);
                }
            }
            (PolicyEvent::OthersClosed, _) => {
                if let Competitors::Using { by } = &self.competitors {
                    let by = by.clone();
                    self.competitors = Competitors::Closed { at: now, by };
                }
            }
            (PolicyEvent::Opened(camera), _) => self.camera = camera,
            (
                PolicyEvent::DevicesChanged,
                Phase::Waiting {
                    error: CameraError::Missing { .. } | CameraError::Unplugged,
                    until,
                },
            ) => *until = (*until).min(now + NEW_DEVICE_WAIT),
            (
                PolicyEvent::DevicesChanged
                | PolicyEvent::FrameArrived
                | PolicyEvent::DeadlinePassed,
                _,
            ) => {}
        }
        vec![]
    }

    fn request_frame(&mut self, now: Duration) -> Vec<PolicyAction> {
        if self.competitor(now).is_some() {
            return vec![PolicyAction::SendNoFrame];
        }
        self.competitors = Competitors::None;
        match &self.phase {
            // Requests made while one is pending share its answer.
            Phase::Pending { .. } => vec![],
            Phase::Waiting { until, .. } if now < *until => vec![PolicyAction::SendNoFrame],
            Phase::Off | Phase::Watching | Phase::Waiting { .. } => {
                self.phase = Phase::Pending { since: now };
                vec![PolicyAction::RequestFrame]
            }
        }
    }

    fn fail(&mut self, error: CameraError, now: Duration) -> Vec<PolicyAction> {
        if self.phase == Phase::Off {
            return vec![PolicyAction::CloseCamera];
        }
        self.failures += 1;
        let until = now + wait_after(self.failures);
        self.close(Phase::Waiting { error, until })
    }

    /// Closes the camera and answers the pending request.
    fn close(&mut self, next: Phase) -> Vec<PolicyAction> {
        match std::mem::replace(&mut self.phase, next) {
            Phase::Pending { .. } => vec![PolicyAction::CloseCamera, PolicyAction::SendNoFrame],
            Phase::Off | Phase::Watching | Phase::Waiting { .. } => vec![PolicyAction::CloseCamera],
        }
    }

    /// When [`PolicyEvent::DeadlinePassed`] is due, if at all.
    pub(super) fn deadline(&self) -> Option<Duration> {
        match self.phase {
            Phase::Pending { since } => Some(since + REQUEST_LIMIT),
            Phase::Off | Phase::Watching | Phase::Waiting { .. } => None,
        }
    }

    /// The program that uses the camera, or closed it too recently.
    fn competitor(&self, now: Duration) -> Option<&String> {
        match &self.competitors {
            Competitors::Using { by } => Some(by),
            Competitors::Closed { at, by } if now < *at + RELEASE_DELAY => Some(by),
            Competitors::Closed { .. } | Competitors::None => None,
        }
    }

    /// The id of the camera that was opened last.
    pub(super) fn camera(&self) -> &str {
        &self.camera
    }

    /// Whether another program has the camera open.
    pub(super) fn has_competitor(&self) -> bool {
        matches!(self.competitors, Competitors::Using { .. })
    }

    /// The state to report.
    pub(super) fn state(&self, now: Duration) -> CameraState {
        if let Some(by) = self.competitor(now) {
            let by = Some(by.clone());
            return CameraState::Busy { by };
        }
        let is_watching = self.failures == 0 && !self.camera.is_empty();
        match &self.phase {
            Phase::Off => CameraState::Off,
            Phase::Pending { .. } if !is_watching => CameraState::Opening,
            Phase::Watching | Phase::Pending { .. } => CameraState::Watching {
                camera: self.camera.clone(),
            },
            Phase::Waiting {
                error: CameraError::Busy { by },
                ..
            } => CameraState::Busy { by: by.clone() },
            Phase::Waiting { error, .. } => CameraState::Failed {
                error: error.clone(),
            },
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

    /// Plays events at their seconds and writes down the actions and the state after each.
    fn play(events: &[(f64, PolicyEvent)]) -> String {
        let mut policy = CameraPolicy::new();
        let mut lines = Vec::new();
        for (seconds, event) in events {
            let actions = policy.handle(event.clone(), at(*seconds));
            let state = policy.state(at(*seconds));
            let retry = match (&state, &policy.phase) {
                (CameraState::Failed { .. }, Phase::Waiting { until, .. }) => {
                    let wait = until.saturating_sub(at(*seconds)).as_secs_f64();
                    format!(" (again in {wait:.1} s)")
                }
                _ => String::new(),
            };
            lines.push(format!("{seconds}: {actions:?} {state}{retry}"));
        }
        lines.join("\n")
    }

    use PolicyEvent::{
        CloseRequested, DeadlinePassed, DevicesChanged, Failed, FrameArrived, FrameRequested,
        Opened, OtherOpened, OthersClosed,
    };

    #[test]
    fn a_request_is_answered_with_a_frame_and_close_closes() {
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
    fn a_stall_is_noticed_and_waits_grow_to_30_s_until_a_frame_arrives() {
        insta::assert_snapshot!(play(&[
            (0.0, FrameRequested),
            (4.4, DeadlinePassed),
            (4.5, DeadlinePassed),
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
    fn a_camera_that_is_busy_from_the_start_is_waited_for() {
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
