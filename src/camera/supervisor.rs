//! Does what the [`Keeper`] decides: one thread with the child, the watch and the clock.

use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, after, never, select, unbounded};
use jiff::Timestamp;

use super::capture_process::handle::{CaptureProcess, Heard, Running};
use super::capture_process::protocol::{Notice, Said};
use super::holders::{Holder, Seen, Watch, holders};
use super::policy::{Deed, Event, Keeper};
use super::{CameraError, CameraState, Looked, Report, Settings};
use crate::frame::Frame;

/// What the owner of the webcam asks for. The end of the channel ends the thread.
pub(super) enum Order {
    Look,
    /// To close the camera; what comes with it is dropped after that.
    Rest(Option<Box<dyn Send>>),
}

pub(super) struct Keeping {
    settings: Settings,
    reports: Sender<Report>,
    keeper: Keeper,
    child: Option<Running>,
    process: CaptureProcess,
    children: u64,
    heard: (Sender<Heard>, Receiver<Heard>),
    seen: (Sender<Seen>, Receiver<Seen>),
    watch: Option<Watch>,
    /// The camera's device, when it is one that cannot be shared.
    node: Option<String>,
    /// Who had it open before us and let us open it too.
    tolerated: Vec<u32>,
    picture: Option<Frame>,
    started: Instant,
    told: CameraState,
}

impl Keeping {
    pub(super) fn new(
        settings: Settings,
        reports: Sender<Report>,
        process: CaptureProcess,
    ) -> Self {
        let seen = unbounded();
        let tell = seen.0.clone();
        Keeping {
            settings,
            reports,
            keeper: Keeper::new(),
            child: None,
            process,
            children: 0,
            heard: unbounded(),
            seen,
            watch: Watch::start(move |what| {
                // The thread that listens may just be ending.
                let _ = tell.send(what);
            }),
            node: None,
            tolerated: Vec::new(),
            picture: None,
            started: now(),
            told: CameraState::Resting,
        }
    }

    /// Runs until the orders end.
    pub(super) fn run(mut self, orders: &Receiver<Order>) {
        loop {
            let tick = self.keeper.deadline().map_or_else(never, |deadline| {
                after(deadline.saturating_sub(self.elapsed()))
            });
            select! {
                recv(orders) -> order => match order {
                    Ok(Order::Look) => self.on(Event::Look),
                    Ok(Order::Rest(held)) => {
                        self.on(Event::Rest);
                        drop(held);
                    }
                    Err(_) => return,
                },
                recv(self.heard.1) -> heard => if let Ok(heard) = heard {
                    self.hear(heard);
                },
                recv(self.seen.1) -> seen => match seen {
                    Ok(Seen::OpenedOrClosed) => self.look_around(),
                    Ok(Seen::DevicesChanged) => self.on(Event::DevicesChanged),
                    Err(_) => {}
                },
                recv(tick) -> _ => self.on(Event::Tick),
            }
        }
    }

    fn on(&mut self, event: Event) {
        for deed in self.keeper.on(event, self.elapsed()) {
            match deed {
                Deed::Ask => self.ask(),
                Deed::Stop => self.child = None,
                Deed::HandOut => {
                    if let Some(picture) = self.picture.take() {
                        self.report(Report::Looked(Looked::Picture(picture)));
                    }
                }
                Deed::AnswerNothing => {
                    let state = self.state();
                    self.report(Report::Looked(Looked::Nothing(state)));
                }
            }
        }
        self.process.is(self.child.as_ref());
        let state = self.state();
        if state != self.told {
            self.told = state.clone();
            self.report(Report::State(state));
        }
    }

    fn ask(&mut self) {
        if self.child.is_none() {
            self.children += 1;
            let heard = self.heard.0.clone();
            match Running::start(&self.settings, self.children, heard) {
                Ok(child) => self.child = Some(child),
                Err(error) => return self.on(Event::Failed(error)),
            }
        }
        if let Some(child) = &mut self.child {
            child.ask();
        }
    }

    /// Takes in what the child said. A child that was ended may still be heard; it is not listened to.
    fn hear(&mut self, heard: Heard) {
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
                self.on(Event::Failed(CameraError::Child { what }));
            }
            Some(Said::Picture(picture)) => {
                self.picture = Some(picture);
                self.on(Event::Picture);
            }
            Some(Said::Notice(Notice::Opening { node, is_virtual })) => {
                self.node = node.filter(|_| !is_virtual);
                if let (Some(watch), Some(node)) = (&self.watch, &self.node) {
                    watch.camera(node);
                }
            }
            Some(Said::Notice(Notice::Opened { camera, .. })) => {
                self.tolerated = self.others().into_iter().map(|holder| holder.pid).collect();
                self.on(Event::Opened(camera));
            }
            Some(Said::Notice(Notice::Closed)) => {}
            Some(Said::Notice(Notice::Failed(CameraError::Busy { .. }))) => {
                let by = names(&self.others());
                self.on(Event::Failed(CameraError::Busy { by }));
            }
            Some(Said::Notice(Notice::Failed(error))) => self.on(Event::Failed(error)),
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
            Some(by) => Event::Arrived(by),
            None => Event::Left,
        });
    }

    fn others(&self) -> Vec<Holder> {
        let mut ours = vec![std::process::id()];
        ours.extend(self.child.as_ref().map(Running::id));
        self.node
            .as_deref()
            .map_or_else(Vec::new, |node| holders(node, &ours))
    }

    /// Nobody may be listening any more; then the orders end too.
    fn report(&self, report: Report) {
        let _ = self.reports.send(report);
    }

    fn elapsed(&self) -> Duration {
        now().duration_since(self.started)
    }

    fn state(&self) -> CameraState {
        self.keeper.state(self.elapsed(), today())
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
