//! What live watching and a replay have in common: requests, answers to nudges, daily work and
//! progress.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::Duration;

use anyhow::{Result, bail};
use crossbeam_channel::{Receiver, Sender, after, select_biased};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use super::active_settings::ActiveSettings;
use super::effects::Effects;
use super::followers::Followers;
use super::guide_window::GuideWindow;
use super::previews::Previews;
use super::progress::ProgressWriter;
use super::resource_use::ResourceMeter;
use super::run::RunOptions;
use crate::calendar::Calendar;
use crate::camera::CameraReport;
use crate::clock::now;
use crate::control::{self, PendingRequest, Request};
use crate::desktop::{DesktopEvent, SleepDelay, WatchReasons};
use crate::frame::Frame;
use crate::history::summarize;
use crate::monitor::Input;
use crate::notify::{Action, Notice, NoticeEvent, NoticeReply};
use crate::record::{Answer, CalibrationRecord};
use crate::report::{Days, weekly_notice};
use crate::settings::Channel;

/// Where the current instant comes from.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Time {
    Clock,
    Recording(Timestamp),
}

/// Why a wait ended.
pub(crate) enum Wakeup {
    /// The wait is over.
    Due,
    /// A report of the camera.
    Camera(CameraReport),
    /// The computer is about to sleep: close the camera, then drop this.
    Sleep(SleepDelay),
    /// The user stops the monitor.
    Stop,
}

/// The channels that reach the monitor. Each keeps a sender, so that it stays open while nobody sends.
pub(crate) struct Channels {
    /// Ctrl-C, or a request of the system to stop.
    pub(crate) stop: Receiver<()>,
    /// Requests of other processes of the user.
    pub(crate) requests: (Sender<PendingRequest>, Receiver<PendingRequest>),
    /// Answers to notifications.
    pub(crate) notice_events: (Sender<NoticeEvent>, Receiver<NoticeEvent>),
    /// Notifications that fall back to the terminal.
    pub(crate) fallback_lines: (Sender<String>, Receiver<String>),
    /// Events of the desktop.
    pub(crate) desktop: (Sender<DesktopEvent>, Receiver<DesktopEvent>),
}

/// Writes notifications that no desktop shows into the progress.
pub(crate) struct NotificationFallback {
    lines: Sender<String>,
    text: Vec<u8>,
}

impl NotificationFallback {
    pub(crate) fn new(lines: Sender<String>) -> NotificationFallback {
        NotificationFallback {
            lines,
            text: Vec::new(),
        }
    }
}

impl Write for NotificationFallback {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.text.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let text = String::from_utf8_lossy(&std::mem::take(&mut self.text)).into_owned();
        let gone = |_| io::Error::from(io::ErrorKind::BrokenPipe);
        self.lines.send(text).map_err(gone)
    }
}

/// The running monitor: everything that live watching and a replay have in common.
pub(crate) struct Runtime<'a, W> {
    pub(crate) effects: Effects<'a>,
    pub(crate) progress: ProgressWriter<W>,
    pub(crate) time: Time,
    pub(crate) cost: ResourceMeter,
    pub(crate) channels: Channels,
    pub(crate) reasons: WatchReasons,
    pub(super) followers: Followers,
    pub(super) previews: Previews,
    guide: GuideWindow,
    guides: Vec<Child>,
    pub(super) profile: Option<String>,
    pub(crate) camera: Option<String>,
    /// The newest calibration of the camera. Another one is in use where the camera stands as for that.
    pub(super) newest: Option<CalibrationRecord>,
    history: PathBuf,
    pub(crate) active: ActiveSettings,
    pub(crate) zone: TimeZone,
    /// The last day on which the daily work was done.
    day: Option<Date>,
    /// The last notice that was not shown, and why.
    pub(super) not_shown: Option<(Timestamp, String)>,
}

impl<'a, W: Write> Runtime<'a, W> {
    pub(crate) fn new(
        mut effects: Effects<'a>,
        progress: ProgressWriter<W>,
        channels: Channels,
        guide: GuideWindow,
        options: &RunOptions,
        active: ActiveSettings,
        now: &Zoned,
    ) -> Runtime<'a, W> {
        let zone = now.time_zone().clone();
        let calendar = active.settings.report.calendar(&zone);
        // An earlier run may have done the work of this day.
        let last = effects.history().and_then(|history| history.last_minute());
        let last = last.ok().flatten();
        Runtime {
            history: guide.history(),
            day: last.map(|minute| calendar.date_of(minute.start)),
            effects,
            progress,
            time: match &options.recording {
                Some(recording) => Time::Recording(recording.began),
                None => Time::Clock,
            },
            cost: ResourceMeter::new(),
            channels,
            reasons: WatchReasons::new(active.settings.watch.clone(), zone.clone()),
            followers: Followers::default(),
            previews: Previews::default(),
            guide,
            guides: Vec::new(),
            profile: options.profile.clone(),
            camera: None,
            newest: None,
            not_shown: None,
            active,
            zone,
        }
    }

    /// The data folder.
    pub(super) fn data(&self) -> &Path {
        self.guide.data()
    }

    /// The person's days.
    pub(crate) fn calendar(&self) -> Calendar {
        self.active.settings.report.calendar(&self.zone)
    }

    /// The instant.
    pub(crate) fn now(&self) -> Timestamp {
        match self.time {
            Time::Clock => now().timestamp(),
            Time::Recording(at) => at,
        }
    }

    /// Waits, and handles requests and answers meanwhile.
    ///
    /// # Errors
    ///
    /// An answer or request could not be handled, or the thread of the camera has ended.
    pub(crate) fn wait(
        &mut self,
        wait: Duration,
        camera: &Receiver<CameraReport>,
    ) -> Result<Wakeup> {
        let due = after(wait);
        loop {
            // A recording that plays faster than it can be analysed is always due. This order handles
            // requests even then.
            select_biased! {
                recv(self.channels.stop) -> _ => return Ok(Wakeup::Stop),
                recv(camera) -> report => match report {
                    Ok(report) => return Ok(Wakeup::Camera(report)),
                    Err(_) => bail!("the thread that keeps the camera has ended"),
                },
                recv(self.channels.desktop.1) -> event => if let Ok(event) = event {
                    return self.on_desktop_event(event);
                },
                recv(self.channels.requests.1) -> request => if let Ok(request) = request {
                    return self.handle_request(&request);
                },
                recv(self.channels.notice_events.1) -> event => if let Ok(event) = event {
                    self.on_notice_event(event)?;
                },
                recv(self.channels.fallback_lines.1) -> line => if let Ok(line) = line {
                    self.progress.line(line.trim_end());
                },
                recv(due) -> _ => return Ok(Wakeup::Due),
            }
        }
    }

    /// Answers a request of another process.
    fn handle_request(&mut self, pending: &PendingRequest) -> Result<Wakeup> {
        let at = self.now();
        self.progress.at(at);
        let (reply, wakeup) = match pending.request {
            Request::Status => {
                let status = Box::new(self.status(at));
                (control::Response::Status(status), Wakeup::Due)
            }
            Request::Follow => {
                self.followers.add(pending.reply.clone());
                (
                    control::Response::Status(Box::new(self.status(at))),
                    Wakeup::Due,
                )
            }
            Request::Preview => match self.effects.not_watching() {
                Some(reason) => {
                    let reason = format!("there is no picture: {reason}");
                    (control::Response::Refused { reason }, Wakeup::Due)
                }
                None => {
                    self.previews.add(pending.reply.clone());
                    return Ok(Wakeup::Due);
                }
            },
            Request::Pause { until } => {
                self.give(Input::Pause { until, at })?;
                (control::Response::Done, Wakeup::Due)
            }
            Request::Resume => {
                self.give(Input::Resume { at })?;
                // There may be a new calibration: taking one pauses the monitor.
                self.reload_calibration();
                (control::Response::Done, Wakeup::Due)
            }
            Request::Reload => {
                self.follow_settings();
                self.reload_calibration();
                let status = Box::new(self.status(at));
                (control::Response::Status(status), Wakeup::Due)
            }
            Request::NudgeMe => (self.nudge_me(at)?, Wakeup::Due),
            Request::NotASlouch { nudge } => {
                let progress = &mut self.progress;
                self.effects
                    .appeal(nudge, at, &mut |event| progress.write_event(&event))?;
                (control::Response::Done, Wakeup::Due)
            }
            Request::Stop => (control::Response::Done, Wakeup::Stop),
        };
        // The other process may have ended.
        let _ = pending.reply.send(reply);
        Ok(wakeup)
    }

    /// Shows a stretch because the user wants one.
    fn nudge_me(&mut self, at: Timestamp) -> Result<control::Response> {
        Ok(match self.effects.nudge_me(at)? {
            Some(title) => {
                self.progress.line(&format!("shown: {title}"));
                control::Response::Shown { title }
            }
            None => control::Response::Refused {
                reason: "the settings ask for no notifications (channel under [notify]); sitwell stretch shows one here".to_owned(),
            },
        })
    }

    /// Observes a frame of a recording if an observation is due.
    pub(crate) fn observe_if_due(&mut self, frame: &Frame) -> Result<()> {
        let progress = &mut self.progress;
        self.effects
            .observe_if_due(frame, &mut |event| progress.write_event(&event))?;
        self.settle_calibration_doubt();
        Ok(())
    }

    /// Observes a frame of the camera.
    pub(crate) fn observe(&mut self, frame: &Frame) -> Result<()> {
        let progress = &mut self.progress;
        self.effects
            .observe(frame, &mut |event| progress.write_event(&event))?;
        self.note_observation();
        self.settle_calibration_doubt();
        Ok(())
    }

    /// Lets time pass, and does the daily work.
    pub(crate) fn tick(&mut self, at: Timestamp) -> Result<()> {
        self.progress.at(at);
        self.cost.note();
        self.follow_settings();
        let progress = &mut self.progress;
        self.effects
            .tick(at, &mut |event| progress.write_event(&event))?;
        self.reload_calibration();
        // Reaps guides that were closed.
        self.guides
            .retain_mut(|guide| matches!(guide.try_wait(), Ok(None)));
        let today = self.calendar().date_of(at);
        let before = self.day.replace(today);
        if before != Some(today) {
            self.delete_old_minutes(at);
            if self.active.settings.report.weekly_notice {
                self.show_weekly_notice(before, at);
            }
            // The routine waits for the next tick: a notice replaces the one before.
            return Ok(());
        }
        let calendar = self.calendar();
        let progress = &mut self.progress;
        self.effects
            .offer_routine_if_due(at, &calendar, &mut |event| progress.write_event(&event))
    }

    /// Stops watching and saves everything.
    pub(crate) fn end(mut self) -> Result<()> {
        let at = self.now();
        self.progress.at(at);
        let progress = &mut self.progress;
        self.effects
            .stop(at, &mut |event| progress.write_event(&event))?;
        self.progress.end("stopped, everything is saved");
        Ok(())
    }

    pub(crate) fn give(&mut self, input: Input) -> Result<()> {
        let progress = &mut self.progress;
        self.effects
            .give(input, &mut |event| progress.write_event(&event))
    }

    fn on_notice_event(&mut self, event: NoticeEvent) -> Result<()> {
        let answer = match event.reply {
            NoticeReply::Chosen(Action::Start) => {
                self.open_guide(event.at);
                return Ok(());
            }
            NoticeReply::Chosen(Action::Done) => Answer::Done,
            NoticeReply::Chosen(Action::Snooze) => Answer::Snoozed,
            NoticeReply::Chosen(Action::NotNow) => Answer::Skipped,
            NoticeReply::Chosen(Action::NotASlouch) => Answer::NotASlouch,
            // No answer: the monitor withdraws the nudge when it expires.
            NoticeReply::Closed | NoticeReply::Expired | NoticeReply::InTerminal => {
                self.effects.note_seen(event.at);
                return Ok(());
            }
            NoticeReply::Silenced(program) => {
                let reason = match program {
                    Some(program) => format!("not shown: {program} is in front"),
                    None => "not shown: the desktop does not want to be disturbed".to_owned(),
                };
                self.note_unseen(event.at, &reason);
                self.not_shown = Some((event.at, reason));
                return Ok(());
            }
            NoticeReply::Lost => {
                let reason = "the notification went away with the desktop's notification service";
                self.note_unseen(event.at, reason);
                return Ok(());
            }
        };
        let at = self.now();
        self.progress.at(at);
        let progress = &mut self.progress;
        let is_routine = self
            .effects
            .answer_routine(event.at, answer, at, &mut |event| {
                progress.write_event(&event);
            });
        if is_routine {
            return Ok(());
        }
        self.give(Input::Answered {
            nudge: event.at,
            answer,
            at,
        })
    }

    fn note_unseen(&mut self, notice: Timestamp, reason: &str) {
        self.progress.line(reason);
        let at = self.now();
        self.effects.note_unseen(notice, at);
    }

    /// Opens the guide through the stretch that a notice suggested.
    fn open_guide(&mut self, notice: Timestamp) {
        let Some(suggested) = self.effects.suggested(notice) else {
            return;
        };
        match self.guide.open(&suggested) {
            Ok(guide) => {
                self.guides.push(guide);
                self.progress.line("the guide opens");
            }
            Err(error) => self.progress.line(&format!("{error:#}")),
        }
    }

    /// Deletes minutes older than the settings keep.
    fn delete_old_minutes(&mut self, at: Timestamp) {
        let days = self.active.settings.history.keep_minutes_days;
        let forgotten = self
            .effects
            .history()
            .and_then(|history| history.forget_minutes(days, at));
        match forgotten {
            Ok(0) => {}
            Ok(minutes) => self
                .progress
                .line(&format!("deleted {minutes} min older than {days} d")),
            Err(error) => self.progress.line(&error.to_string()),
        }
    }

    /// Shows a summary of last week, unless that was done this week: `before` is the last day of daily work.
    fn show_weekly_notice(&mut self, before: Option<Date>, at: Timestamp) {
        let calendar = self.calendar();
        let starts = self.active.settings.report.week_starts.weekday();
        let Some(week) = Days::week_to_report(before, calendar.date_of(at), starts) else {
            return;
        };
        match summarize(&self.history, week, at, &calendar) {
            Ok(summary) if !summary.times.observed().is_positive() => {}
            Ok(summary) => {
                let notice = Notice {
                    at,
                    guide: "",
                    title: "Your last week with Sitwell".to_owned(),
                    body: weekly_notice(&summary),
                    actions: Vec::new(),
                };
                self.progress
                    .line(&format!("{}\n{}", notice.title, notice.body));
                // The terminal has it by now.
                if self.active.settings.notify.channel != Channel::Terminal
                    && let Err(error) = self.effects.notify(&notice, at)
                {
                    self.progress.line(&error.to_string());
                }
            }
            Err(error) => self.progress.line(&format!("{error:#}")),
        }
    }
}
