//! Performs what the [`CameraPolicy`] decides: one thread with the capture child, the watch and the clock.

use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, after, never, select, unbounded};

use image::{RgbImage, imageops};

use super::capture_process::handle::{CaptureChild, CaptureProcess, ChildOutput};
use super::capture_process::protocol::{ChildMessage, ChildNotice};
use super::holders::{Holder, HolderEvent, HolderWatch, holders};
use super::policy::{CameraPolicy, PolicyAction, PolicyEvent};
use super::state::names;
use super::usage::UsageMeter;
use super::{CameraError, CameraOptions, CameraReport, CameraState, CaptureAnswer};
use crate::clock;
use crate::frame::Frame;
use crate::settings::PictureRotation;

/// An order of the webcam's owner. The end of the channel ends the thread.
pub(super) enum CameraOrder {
    RequestFrame,
    /// Close the camera, then drop what is held.
    Close(Option<Box<dyn Send>>),
}

pub(super) struct CameraSupervisor {
    options: CameraOptions,
    reports: Sender<CameraReport>,
    policy: CameraPolicy,
    child: Option<CaptureChild>,
    /// Below the child, which closes the camera when it is dropped.
    usage: Option<UsageMeter>,
    process: CaptureProcess,
    children_started: u64,
    child_output: (Sender<ChildOutput>, Receiver<ChildOutput>),
    holder_events: (Sender<HolderEvent>, Receiver<HolderEvent>),
    watch: Option<HolderWatch>,
    /// The camera's device, if programs compete for it.
    node: Option<String>,
    /// Processes that had it open a while before Sitwell and did not prevent it.
    tolerated: Vec<u32>,
    frame: Option<Frame>,
    started: Instant,
    reported_state: CameraState,
}

impl CameraSupervisor {
    pub(super) fn new(
        options: CameraOptions,
        reports: Sender<CameraReport>,
        process: CaptureProcess,
    ) -> Self {
        let holder_events = unbounded();
        let sender = holder_events.0.clone();
        CameraSupervisor {
            usage: options.usage.clone().map(UsageMeter::new),
            options,
            reports,
            policy: CameraPolicy::new(),
            child: None,
            process,
            children_started: 0,
            child_output: unbounded(),
            holder_events,
            watch: HolderWatch::start(move |event| {
                // The receiving thread may just be ending.
                let _ = sender.send(event);
            }),
            node: None,
            tolerated: Vec::new(),
            frame: None,
            started: clock::instant(),
            reported_state: CameraState::Off,
        }
    }

    /// Runs until the orders end.
    pub(super) fn run(mut self, orders: &Receiver<CameraOrder>) {
        loop {
            let deadline = self.policy.deadline().map_or_else(never, |deadline| {
                after(deadline.saturating_sub(self.elapsed()))
            });
            select! {
                recv(orders) -> order => match order {
                    Ok(CameraOrder::RequestFrame) => self.handle(PolicyEvent::FrameRequested),
                    Ok(CameraOrder::Close(held)) => {
                        self.handle(PolicyEvent::CloseRequested);
                        drop(held);
                    }
                    Err(_) => return,
                },
                recv(self.child_output.1) -> output => if let Ok(output) = output {
                    self.handle_output(output);
                },
                recv(self.holder_events.1) -> event => match event {
                    Ok(HolderEvent::Opened) => self.check_holders(),
                    Ok(HolderEvent::Closed) => {
                        // Otherwise the child closed it, as it does after each glance.
                        if self.policy.has_competitor() || !self.tolerated.is_empty() {
                            self.check_holders();
                        }
                    }
                    Ok(HolderEvent::DevicesChanged) => self.handle(PolicyEvent::DevicesChanged),
                    Err(_) => {}
                },
                recv(deadline) -> _ => self.handle(PolicyEvent::DeadlinePassed),
            }
        }
    }

    fn handle(&mut self, event: PolicyEvent) {
        for action in self.policy.handle(event, self.elapsed()) {
            match action {
                PolicyAction::RequestFrame => self.request_frame(),
                PolicyAction::CloseCamera => {
                    self.child = None;
                    self.count(UsageMeter::closed);
                }
                PolicyAction::SendFrame => {
                    self.count(UsageMeter::goes_on);
                    if let Some(frame) = self.frame.take() {
                        let camera = self.policy.camera().to_owned();
                        let answer = CaptureAnswer::Frame { frame, camera };
                        self.report(CameraReport::Answer(answer));
                    }
                }
                PolicyAction::SendNoFrame => {
                    let answer = CaptureAnswer::NoFrame(self.state());
                    self.report(CameraReport::Answer(answer));
                }
            }
        }
        self.process.set(self.child.as_ref());
        let state = self.state();
        if state != self.reported_state {
            self.reported_state = state.clone();
            self.report(CameraReport::State(state));
        }
    }

    fn request_frame(&mut self) {
        if self.child.is_none() {
            self.children_started += 1;
            let output = self.child_output.0.clone();
            match CaptureChild::start(&self.options, self.children_started, output) {
                Ok(child) => self.child = Some(child),
                Err(error) => return self.handle(PolicyEvent::Failed(error)),
            }
        }
        if let Some(child) = &mut self.child {
            child.request_frame();
        }
    }

    fn handle_output(&mut self, output: ChildOutput) {
        let current = self.child.as_mut();
        let Some(child) = current.filter(|child| child.number == output.child) else {
            // The last output of a child that was ended.
            return;
        };
        match output.message {
            None => {
                let what = child.exit_reason();
                self.handle(PolicyEvent::Failed(CameraError::Child { what }));
            }
            Some(ChildMessage::Frame(mut frame)) => {
                frame.pixels = rotated(frame.pixels, self.options.rotate);
                self.frame = Some(frame);
                self.handle(PolicyEvent::FrameArrived);
            }
            Some(ChildMessage::Notice(ChildNotice::Selected {
                contended_node,
                settled_holders,
            })) => {
                self.tolerated = settled_holders;
                self.node = contended_node;
            }
            Some(ChildMessage::Notice(ChildNotice::Closed)) => self.count(UsageMeter::closed),
            Some(ChildMessage::Notice(ChildNotice::Opening)) => {
                self.count(UsageMeter::opened);
                if let Some(node) = &self.node
                    && self
                        .watch
                        .as_ref()
                        .is_none_or(|watch| watch.set_camera(node))
                {
                    // A call may have opened it before the watch began.
                    self.check_holders();
                }
            }
            Some(ChildMessage::Notice(ChildNotice::Opened { camera })) => {
                self.handle(PolicyEvent::Opened(camera));
            }
            Some(ChildMessage::Notice(ChildNotice::Failed(error))) => {
                let error = match error {
                    CameraError::Busy { .. } => CameraError::Busy {
                        by: names(&self.others()),
                    },
                    error => error,
                };
                self.handle(PolicyEvent::Failed(error));
            }
        }
    }

    /// Finds out whether another program opened or closed the camera.
    fn check_holders(&mut self) {
        let mut others = self.others();
        // A program that closes it may open it again to use it.
        self.tolerated
            .retain(|pid| others.iter().any(|holder| holder.pid == *pid));
        others.retain(|holder| !self.tolerated.contains(&holder.pid));
        self.handle(match names(&others) {
            Some(by) => PolicyEvent::OtherOpened(by),
            None => PolicyEvent::OthersClosed,
        });
    }

    fn others(&self) -> Vec<Holder> {
        let mut ours = vec![std::process::id()];
        ours.extend(self.child.as_ref().map(CaptureChild::id));
        let node = self.node.as_deref();
        node.map_or_else(Vec::new, |node| holders(node, &ours))
    }

    fn count(&mut self, what: impl FnOnce(&mut UsageMeter)) {
        self.usage.as_mut().map(what);
    }

    fn report(&self, report: CameraReport) {
        // When nobody receives reports any more, the orders end too.
        let _ = self.reports.send(report);
    }

    fn elapsed(&self) -> Duration {
        clock::instant().duration_since(self.started)
    }

    fn state(&self) -> CameraState {
        self.policy.state(self.elapsed())
    }
}

fn rotated(pixels: RgbImage, rotation: PictureRotation) -> RgbImage {
    match rotation {
        PictureRotation::None => pixels,
        PictureRotation::Quarter => imageops::rotate90(&pixels),
        PictureRotation::Half => imageops::rotate180(&pixels),
        PictureRotation::ThreeQuarters => imageops::rotate270(&pixels),
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::io::Write;
    use std::process::{Command, Stdio};

    use jiff::Timestamp;

    use super::super::capture_process::protocol;
    use super::super::{Webcam, fake_child};
    use super::*;

    #[test]
    fn each_program_is_named_once() {
        let holder = |pid, name: &str| Holder {
            pid,
            name: name.to_owned(),
        };
        let rows: [(&[Holder], Option<&str>); 3] = [
            (&[], None),
            (&[holder(7, "zoom")], Some("zoom")),
            (
                &[holder(3, "zoom"), holder(5, "cheese"), holder(7, "zoom")],
                Some("cheese and zoom"),
            ),
        ];
        for (holders, wanted) in rows {
            assert_eq!(names(holders).as_deref(), wanted);
        }
    }

    #[test]
    fn a_failure_is_reported_once_however_often_a_frame_is_requested() {
        let (_folder, mut options) = fake_child("");
        options.program = "/none/such".into();
        let (reports, received) = unbounded();
        let mut supervisor = CameraSupervisor::new(options, reports, CaptureProcess::default());
        for _ in 0..3 {
            supervisor.handle(PolicyEvent::FrameRequested);
        }
        let (answers, states): (Vec<_>, Vec<_>) = received
            .try_iter()
            .partition(|report| matches!(report, CameraReport::Answer(_)));
        assert_eq!((answers.len(), states.len()), (3, 1), "{states:?}");
    }

    #[test]
    fn a_tolerated_program_that_opens_the_camera_again_gets_it() {
        let (folder, options) = fake_child("");
        let node = folder.path().canonicalize().unwrap().join("video0");
        std::fs::write(&node, "").unwrap();
        let node = node.to_str().unwrap().to_owned();
        // Opens and closes the camera at each line of its input.
        let mut call = Command::new("sh")
            .args([
                "-c",
                "exec 3<\"$0\"; read line; exec 3<&-; read line; exec 3<\"$0\"; read line",
                &node,
            ])
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = call.stdin.take().unwrap();
        let wait_until = |is_open: bool| {
            while holders(&node, &[]).is_empty() == is_open {
                std::thread::sleep(Duration::from_millis(5));
            }
        };
        let (reports, _receiver) = unbounded();
        let mut supervisor = CameraSupervisor::new(options, reports, CaptureProcess::default());
        supervisor.node = Some(node.clone());
        supervisor.tolerated = vec![call.id()];
        let mut is_busy = || {
            supervisor.check_holders();
            matches!(supervisor.state(), CameraState::Busy { .. })
        };
        wait_until(true);
        assert!(!is_busy(), "it may keep it open");
        writeln!(lines).unwrap();
        wait_until(false);
        assert!(!is_busy());
        writeln!(lines).unwrap();
        wait_until(true);
        assert!(is_busy(), "it opened it again");
        drop(lines);
        call.wait().unwrap();
    }

    /// A program opens the camera after the child has looked who holds it and before the watch begins.
    #[test]
    fn a_call_that_begins_while_the_camera_is_opened_gets_it() {
        for is_settled in [false, true] {
            let (folder, mut options) =
                fake_child("cd \"${0%/*}\"; head -c 1 >asked; cat messages; exec sleep 60");
            options.rotate = PictureRotation::Quarter;
            let node = folder.path().canonicalize().unwrap().join("video0");
            std::fs::write(&node, "").unwrap();
            let mut call = Command::new("sleep")
                .arg("60")
                .stdin(std::fs::File::open(&node).unwrap())
                .spawn()
                .unwrap();
            let mut messages = Vec::new();
            let selected = ChildNotice::Selected {
                contended_node: Some(node.to_str().unwrap().to_owned()),
                settled_holders: is_settled.then(|| call.id()).into_iter().collect(),
            };
            let opened = ChildNotice::Opened {
                camera: "usb/C920".to_owned(),
            };
            protocol::write_notice(&mut messages, &selected).unwrap();
            protocol::write_notice(&mut messages, &ChildNotice::Opening).unwrap();
            protocol::write_notice(&mut messages, &opened).unwrap();
            let picture = RgbImage::new(3, 2);
            protocol::write_frame(&mut messages, &picture, Timestamp::UNIX_EPOCH).unwrap();
            std::fs::write(folder.path().join("messages"), messages).unwrap();
            let webcam = Webcam::start(options).unwrap();
            webcam.request_frame();
            let answer = loop {
                match webcam
                    .reports()
                    .recv_timeout(Duration::from_secs(30))
                    .unwrap()
                {
                    CameraReport::Answer(answer) => break answer,
                    CameraReport::State(_) => {}
                }
            };
            match answer {
                CaptureAnswer::Frame { frame, camera } => {
                    assert!(is_settled, "the call does not get it");
                    assert_eq!(camera, "usb/C920");
                    assert_eq!(frame.pixels.dimensions(), (2, 3), "it is turned");
                }
                CaptureAnswer::NoFrame(state) => {
                    assert!(!is_settled, "{state}");
                    assert_eq!(state.to_string(), "waiting: sleep uses the camera");
                }
            }
            call.kill().unwrap();
            call.wait().unwrap();
        }
    }
}
