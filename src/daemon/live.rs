//! Watching through the webcam.

use std::io::Write;
use std::time::Duration;

use anyhow::{Context, Result};
use crossbeam_channel::Sender;
use jiff::{SignedDuration, Timestamp};

use super::runtime::{Runtime, Wakeup};
use crate::camera::{
    CameraError, CameraOptions, CameraPurpose, CameraReport, CameraState, CaptureAnswer, UsageLog,
    Webcam,
};
use crate::desktop::{Desktop, DesktopEvent};
use crate::settings::WatchSettings;
use crate::supervisor::Supervisor;

/// How often time passes for the monitor.
const TICK: SignedDuration = SignedDuration::from_secs(30);

/// The wait after an answer without a frame. The camera itself waits longer between its attempts.
const RETRY_AFTER: SignedDuration = SignedDuration::from_secs(2);

/// No frame is due later than this, unless the clock was set back.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_mins(1);

/// How long the first frame waits for the desktop to say whether to watch. Our choice: a desktop
/// that hangs must not stop Sitwell.
const DESKTOP_TIMEOUT: SignedDuration = SignedDuration::from_secs(3);

/// A camera thread that owes an answer for this long hangs. Answers take 4.5 s at most, see
/// `camera::policy`. The loop then no longer reports that it is alive, so that systemd restarts it.
const CAMERA_SILENCE: SignedDuration = SignedDuration::from_mins(1);

/// When the next frame is requested.
#[derive(Debug, Clone, Copy, PartialEq)]
enum FrameSchedule {
    /// When the desktop has said whether to watch, at this instant at the latest.
    AwaitingDesktop(Timestamp),
    /// At this instant.
    Due(Timestamp),
    /// It has been requested.
    Requested,
    /// Not at all: the camera is closed.
    Closed,
}

/// Watches until the user stops it.
///
/// # Errors
///
/// The thread of the camera cannot be started, or the pose model fails.
pub(crate) fn watch<W: Write>(runtime: &mut Runtime<'_, W>) -> Result<()> {
    let mut camera = runtime.camera_settings();
    let mut webcam = start_webcam(runtime)?;
    runtime.cost.with(webcam.process());
    let mut watch = runtime.active.settings.watch.clone();
    let mut desktop = listen(&watch, runtime.channels.desktop.0.clone())?;
    let mut supervisor = Supervisor::from_environment();
    let mut schedule = FrameSchedule::AwaitingDesktop(runtime.now() + DESKTOP_TIMEOUT);
    let mut tick = Timestamp::MIN;
    // When the camera last got a request or sent a report.
    let mut camera_contact = runtime.now();
    loop {
        let now = runtime.now();
        runtime.progress.at(now);
        if now >= tick || tick.duration_since(now) > TICK {
            runtime.tick(now)?;
            tick = now + TICK;
        }
        if camera != runtime.camera_settings() {
            camera = runtime.camera_settings();
            // Closed first, because it may be the same camera.
            drop(webcam);
            webcam = start_webcam(runtime)?;
            runtime.cost.with(webcam.process());
            schedule = FrameSchedule::Due(now);
        }
        if watch != runtime.active.settings.watch {
            watch = runtime.active.settings.watch.clone();
            drop(desktop);
            desktop = listen(&watch, runtime.channels.desktop.0.clone())?;
        }
        runtime.apply_reasons(now)?;
        tick = runtime
            .next_change(now)
            .map_or(tick, |change| change.min(tick));
        schedule = match schedule {
            FrameSchedule::Closed if runtime.must_close_camera() => FrameSchedule::Closed,
            // Nobody is watched now.
            FrameSchedule::AwaitingDesktop(_)
            | FrameSchedule::Due(_)
            | FrameSchedule::Requested
                if runtime.must_close_camera() =>
            {
                webcam.close();
                FrameSchedule::Closed
            }
            FrameSchedule::Closed => FrameSchedule::Due(now),
            FrameSchedule::AwaitingDesktop(latest)
                if runtime.reasons.initial_state_known() || now >= latest =>
            {
                FrameSchedule::Due(now)
            }
            FrameSchedule::Due(due) => FrameSchedule::Due(runtime.with_previews(due, now)),
            FrameSchedule::AwaitingDesktop(_) | FrameSchedule::Requested => schedule,
        };
        let until_frame = match schedule {
            FrameSchedule::Requested | FrameSchedule::Closed => None,
            FrameSchedule::AwaitingDesktop(latest) => Some(latest.duration_since(now)),
            FrameSchedule::Due(due) if !is_due(due, now) => Some(due.duration_since(now)),
            FrameSchedule::Due(_) => {
                webcam.request_frame();
                camera_contact = now;
                schedule = FrameSchedule::Requested;
                None
            }
        };
        let until = runtime.not_watching_until(now);
        let next_observation = match schedule {
            FrameSchedule::Due(due) | FrameSchedule::AwaitingDesktop(due) => Some(due),
            FrameSchedule::Requested => Some(now),
            FrameSchedule::Closed => None,
        };
        runtime.progress.write_status(next_observation, until);
        runtime.tell_followers(now);
        let until_tick = tick.duration_since(now);
        let wait = until_frame.map_or(until_tick, |until_frame| until_frame.min(until_tick));
        let is_alive = is_alive(schedule, camera_contact, now);
        // Ready only after the first status.
        if is_alive && runtime.effects.status().is_some() {
            let (words, since) = runtime.progress.current_state();
            supervisor.report(words, since, now);
        }
        let next_report = supervisor.longest_wait(now).filter(|_| is_alive);
        let wait = next_report.map_or(wait, |left| wait.min(left));
        let wait = Duration::try_from(wait).unwrap_or_default();
        let report = match runtime.wait(wait, webcam.reports())? {
            Wakeup::Stop => return Ok(()),
            Wakeup::Due => continue,
            Wakeup::Sleep(delay) => {
                webcam.close_then_drop(delay);
                schedule = FrameSchedule::Closed;
                continue;
            }
            Wakeup::Camera(report) => report,
        };
        let now = runtime.now();
        camera_contact = now;
        runtime.progress.at(now);
        schedule = match report {
            // A report from before the camera was closed.
            _ if schedule == FrameSchedule::Closed => FrameSchedule::Closed,
            CameraReport::State(state) => {
                camera_state(runtime, &state, now)?;
                schedule
            }
            CameraReport::Answer(CaptureAnswer::Frame { frame, camera }) => {
                runtime.use_camera(&camera);
                runtime.set_camera_reason(frame.at, None)?;
                runtime.show_preview(&frame)?;
                let next = runtime.effects.next_observation();
                if !runtime.previews.are_wanted() || is_due(next, frame.at) {
                    runtime.observe(&frame)?;
                }
                FrameSchedule::Due(runtime.effects.next_observation())
            }
            CameraReport::Answer(CaptureAnswer::NoFrame(state)) => {
                camera_state(runtime, &state, now)?;
                FrameSchedule::Due(now + RETRY_AFTER)
            }
        };
    }
}

/// Whether the time has come, or the clock was set back.
fn is_due(due: Timestamp, now: Timestamp) -> bool {
    let left = due.duration_since(now);
    left <= SignedDuration::ZERO || left > LONGEST_WAIT
}

/// Whether the loop does its work: it waits for no frame, or the frame is not overdue.
fn is_alive(schedule: FrameSchedule, camera_contact: Timestamp, now: Timestamp) -> bool {
    // Either way, for a clock that was set back.
    schedule != FrameSchedule::Requested
        || now.duration_since(camera_contact).abs() < CAMERA_SILENCE
}

/// Starts the camera of the settings.
fn start_webcam<W: Write>(runtime: &Runtime<'_, W>) -> Result<Webcam> {
    let camera = runtime.camera_settings();
    let purpose = match runtime.previews.are_wanted() {
        true => CameraPurpose::Showing,
        false => CameraPurpose::Watching,
    };
    let usage = UsageLog::new(runtime.data(), purpose);
    let options = CameraOptions::of_this_program(&camera, camera.mode, usage)?;
    Ok(Webcam::start(options)?)
}

/// Listens to the desktop.
pub(crate) fn listen(watch: &WatchSettings, tell: Sender<DesktopEvent>) -> Result<Desktop> {
    Desktop::start(watch, tell).context("cannot listen to the desktop")
}

/// Writes a change of the camera's state, with advice.
fn camera_state<W: Write>(
    runtime: &mut Runtime<'_, W>,
    state: &CameraState,
    now: Timestamp,
) -> Result<()> {
    let trouble = match state {
        CameraState::Off | CameraState::Opening => return Ok(()),
        CameraState::Watching { .. } => None,
        CameraState::Busy { by } => Some(CameraError::Busy { by: by.clone() }),
        CameraState::Failed { error } => Some(error.clone()),
    };
    let words = trouble
        .as_ref()
        .map(|reason| (reason.to_string(), reason.advice()));
    if runtime.progress.camera_trouble(words) {
        match trouble {
            Some(reason) => tracing::warn!("the camera: {}", reason.kind()),
            None => tracing::info!("the camera works again"),
        }
    }
    match state.not_watching() {
        Some(reason) => runtime.set_camera_reason(now, Some(reason)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_camera_that_owes_an_answer_for_a_minute_silences_the_sign_of_life() {
        let second = |second| Timestamp::UNIX_EPOCH + SignedDuration::from_secs(second);
        let rows = [
            (FrameSchedule::Requested, 5, true),
            (FrameSchedule::Requested, 59, true),
            (FrameSchedule::Requested, 60, false),
            (FrameSchedule::Requested, 3600, false),
            (FrameSchedule::Closed, 3600, true),
            (FrameSchedule::Due(second(7200)), 3600, true),
            (FrameSchedule::AwaitingDesktop(second(3)), 3600, true),
        ];
        for (schedule, now, wanted) in rows {
            let is_alive = is_alive(schedule, second(0), second(now));
            assert_eq!(is_alive, wanted, "{schedule:?} after {now} s");
        }
    }
}
