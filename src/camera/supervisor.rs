//! Does what the [`CameraPolicy`] decides: one thread with the child, the watch and the clock.

use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, after, never, select, unbounded};
use jiff::Timestamp;

use super::capture_process::handle::{CaptureChild, CaptureProcess, ChildOutput};
use super::capture_process::protocol::{ChildMessage, ChildNotice};
use super::holders::{Holder, HolderEvent, HolderWatch, holders};
use super::policy::{CameraPolicy, PolicyAction, PolicyEvent};
use super::{CameraError, CameraOptions, CameraReport, CameraState, CaptureAnswer};
use crate::frame::Frame;

/// What the owner of the webcam asks for. The end of the channel ends the thread.
pub(super) enum CameraOrder {
    RequestFrame,
    /// Close the camera, then drop what is held.
    Close(Option<Box<dyn Send>>),
}

pub(super) struct CameraSupervisor {
    settings: CameraOptions,
    reports: Sender<CameraReport>,
    policy: CameraPolicy,
    child: Option<CaptureChild>,
    process: CaptureProcess,
    children: u64,
    heard: (Sender<ChildOutput>, Receiver<ChildOutput>),
    seen: (Sender<HolderEvent>, Receiver<HolderEvent>),
    watch: Option<HolderWatch>,
    /// The camera's device, when it is one that cannot be shared.
    node: Option<String>,
    /// Who had it open before us and let us open it too.
    tolerated: Vec<u32>,
    picture: Option<Frame>,
    started: Instant,
    told: CameraState,
}

impl CameraSupervisor {
    pub(super) fn new(
        settings: CameraOptions,
        reports: Sender<CameraReport>,
        process: CaptureProcess,
    ) -> Self {
        let seen = unbounded();
        let tell = seen.0.clone();
        CameraSupervisor {
            settings,
            reports,
            policy: CameraPolicy::new(),
            child: None,
            process,
            children: 0,
            heard: unbounded(),
            seen,
            watch: HolderWatch::start(move |what| {
                // The thread that listens may just be ending.
                let _ = tell.send(what);
            }),
            node: None,
            tolerated: Vec::new(),
            picture: None,
            started: now(),
            told: CameraState::Off,
        }
    }

    /// Runs until the orders end.
    pub(super) fn run(mut self, orders: &Receiver<CameraOrder>) {
        loop {
            let tick = self.policy.deadline().map_or_else(never, |deadline| {
                after(deadline.saturating_sub(self.elapsed()))
            });
            select! {
                recv(orders) -> order => match order {
                    Ok(CameraOrder::RequestFrame) => self.on(PolicyEvent::FrameRequested),
                    Ok(CameraOrder::Close(held)) => {
                        self.on(PolicyEvent::CloseRequested);
                        drop(held);
                    }
                    Err(_) => return,
                },
                recv(self.heard.1) -> heard => if let Ok(heard) = heard {
                    self.hear(heard);
                },
                recv(self.seen.1) -> seen => match seen {
                    Ok(HolderEvent::OpenedOrClosed) => self.look_around(),
                    Ok(HolderEvent::DevicesChanged) => self.on(PolicyEvent::DevicesChanged),
                    Err(_) => {}
                },
                recv(tick) -> _ => self.on(PolicyEvent::Tick),
            }
        }
    }

    fn on(&mut self, event: PolicyEvent) {
        for deed in self.policy.on(event, self.elapsed()) {
            match deed {
                PolicyAction::RequestFrame => self.ask(),
                PolicyAction::CloseCamera => self.child = None,
                PolicyAction::SendFrame => {
                    if let Some(picture) = self.picture.take() {
                        self.report(CameraReport::Answer(CaptureAnswer::Frame(picture)));
                    }
                }
                PolicyAction::SendNoFrame => {
                    let state = self.state();
                    self.report(CameraReport::Answer(CaptureAnswer::NoFrame(state)));
                }
            }
        }
        self.process.is(self.child.as_ref());
        let state = self.state();
        if state != self.told {
            self.told = state.clone();
            self.report(CameraReport::State(state));
        }
    }

    fn ask(&mut self) {
        if self.child.is_none() {
            self.children += 1;
            let heard = self.heard.0.clone();
            match CaptureChild::start(&self.settings, self.children, heard) {
                Ok(child) => self.child = Some(child),
                Err(error) => return self.on(PolicyEvent::Failed(error)),
            }
        }
        if let Some(child) = &mut self.child {
            child.ask();
        }
    }

    /// Takes in what the child said. A child that was ended may still be heard; it is not listened to.
    fn hear(&mut self, heard: ChildOutput) {
        let Some(child) = self
            .child
            .as_mut()
            .filter(|child| child.number == heard.child)
        else {
            return;
        };
        match heard.said {
            None => {
                let what = child.last_words();
                self.on(PolicyEvent::Failed(CameraError::Child { what }));
            }
            Some(ChildMessage::Picture(picture)) => {
                self.picture = Some(picture);
                self.on(PolicyEvent::FrameArrived);
            }
            Some(ChildMessage::Notice(ChildNotice::Opening { node, is_virtual })) => {
                self.node = node.filter(|_| !is_virtual);
                if let (Some(watch), Some(node)) = (&self.watch, &self.node) {
                    watch.camera(node);
                }
            }
            Some(ChildMessage::Notice(ChildNotice::Opened { camera, .. })) => {
                self.tolerated = self.others().into_iter().map(|holder| holder.pid).collect();
                self.on(PolicyEvent::Opened(camera));
            }
            Some(ChildMessage::Notice(ChildNotice::Closed)) => {}
            Some(ChildMessage::Notice(ChildNotice::Failed(CameraError::Busy { .. }))) => {
                let by = names(&self.others());
                self.on(PolicyEvent::Failed(CameraError::Busy { by }));
            }
            Some(ChildMessage::Notice(ChildNotice::Failed(error))) => {
                self.on(PolicyEvent::Failed(error));
            }
        }
    }

    /// Somebody opened or closed the camera: was it somebody else?
    fn look_around(&mut self) {
        let newcomers: Vec<Holder> = self
            .others()
            .into_iter()
            .filter(|holder| !self.tolerated.contains(&holder.pid))
            .collect();
        self.on(match names(&newcomers) {
            Some(by) => PolicyEvent::OtherOpened(by),
            None => PolicyEvent::OthersClosed,
        });
    }

    fn others(&self) -> Vec<Holder> {
        let mut ours = vec![std::process::id()];
        ours.extend(self.child.as_ref().map(CaptureChild::id));
        self.node
            .as_deref()
            .map_or_else(Vec::new, |node| holders(node, &ours))
    }

    /// Nobody may be listening any more; then the orders end too.
    fn report(&self, report: CameraReport) {
        let _ = self.reports.send(report);
    }

    fn elapsed(&self) -> Duration {
        now().duration_since(self.started)
    }

    fn state(&self) -> CameraState {
        self.policy.state(self.elapsed(), today())
    }
}

fn names(holders: &[Holder]) -> Option<String> {
    let mut names: Vec<&str> = holders.iter().map(|holder| holder.name.as_str()).collect();
    names.dedup();
    (!names.is_empty()).then(|| names.join(" and "))
}

#[expect(
    clippy::disallowed_methods,
    reason = "a stalled camera is noticed by the clock"
)]
fn now() -> Instant {
    Instant::now()
}

#[expect(
    clippy::disallowed_methods,
    reason = "people are told by the wall clock when the camera is tried again"
)]
fn today() -> Timestamp {
    Timestamp::now()
}
