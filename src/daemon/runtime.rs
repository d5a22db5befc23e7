//! What the webcam and a recording have in common while somebody is watched:
//! the answers to nudges, what is to be done once a day, and the story.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::Child;
use std::time::Duration;

use anyhow::{Result, bail};
use crossbeam_channel::{Receiver, Sender, after, select_biased};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use super::active_settings::ActiveSettings;
use super::effects::Effects;
use super::guide_window::GuideWindow;
use super::progress::ProgressWriter;
use super::resource_use::ResourceMeter;
use super::run::RunOptions;
use crate::camera::CameraReport;
use crate::clock::now;
use crate::control::{self, PendingRequest, Request};
use crate::desktop::{DesktopEvent, SleepDelay, WatchReasons};
use crate::frame::Frame;
use crate::history::{HistoryError, StoredCalibration, summarize};
use crate::monitor::Input;
use crate::notify::{Action, Notice, NoticeEvent, NoticeReply};
use crate::record::{Answer, CalibrationRecord};
use crate::report::{Days, weekly_notice};
use crate::wording as words;

/// What the instant is: the clock's, or that of a recording.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Time {
    Clock,
    Recording(Timestamp),
}

/// What ended a wait.
pub(crate) enum Wakeup {
    /// The wait is over.
    Due,
    /// The camera has something to say.
    Camera(CameraReport),
    /// The machine is about to sleep: the camera is to be closed before this is dropped.
    Sleep(SleepDelay),
    /// The user ends the watching.
    Stop,
}

/// What reaches the monitor from outside.
pub(crate) struct Channels {
    /// Ctrl-C, or the system's request to end.
    pub(crate) stop: Receiver<()>,
    /// What other processes of the user ask. The sender keeps the channel open where nobody asks.
    pub(crate) asked: (Sender<PendingRequest>, Receiver<PendingRequest>),
    /// Answers to notifications. The sender keeps the channel open where nobody answers.
    pub(crate) heard: (Sender<NoticeEvent>, Receiver<NoticeEvent>),
    /// What falls back to the terminal.
    pub(crate) fallback_lines: (Sender<String>, Receiver<String>),
    /// What the desktop says. The sender keeps the channel open where nobody says anything.
    pub(crate) desktop: (Sender<DesktopEvent>, Receiver<DesktopEvent>),
}

/// Where notifications go that no desktop shows: they become lines of the story.
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

/// Somebody who is watched, and all that goes with it.
pub(crate) struct Runtime<'a, W> {
    pub(crate) effects: Effects<'a>,
    pub(crate) story: ProgressWriter<W>,
    pub(crate) time: Time,
    pub(crate) cost: ResourceMeter,
    pub(crate) channels: Channels,
    pub(crate) reasons: WatchReasons,
    guide: GuideWindow,
    guides: Vec<Child>,
    profile: Option<String>,
    pub(crate) camera: Option<String>,
    /// The calibration that is measured against.
    pub(crate) calibrated: Option<CalibrationRecord>,
    history: PathBuf,
    pub(crate) settings: ActiveSettings,
    pub(crate) zone: TimeZone,
    /// The day on which the daily work was done last.
    day: Option<Date>,
}

impl<'a, W: Write> Runtime<'a, W> {
    pub(crate) fn new(
        mut effects: Effects<'a>,
        story: ProgressWriter<W>,
        channels: Channels,
        guide: GuideWindow,
        options: &RunOptions,
        settings: ActiveSettings,
        now: &Zoned,
    ) -> Runtime<'a, W> {
        let zone = now.time_zone().clone();
        // What an earlier run did on this day is not done again.
        let last = effects.history().and_then(|history| history.last_minute());
        let last = last.ok().flatten();
        Runtime {
            history: guide.history(),
            day: last.map(|minute| zone.to_datetime(minute.start).date()),
            effects,
            story,
            time: match &options.recording {
                Some(recording) => Time::Recording(recording.began),
                None => Time::Clock,
            },
            cost: ResourceMeter::new(),
            channels,
            reasons: WatchReasons::new(settings.config.watch.clone(), zone.clone()),
            guide,
            guides: Vec::new(),
            profile: options.profile.clone(),
            camera: None,
            calibrated: None,
            settings,
            zone,
        }
    }

    /// The instant.
    pub(crate) fn now(&self) -> Timestamp {
        match self.time {
            Time::Clock => now().timestamp(),
            Time::Recording(at) => at,
        }
    }

    /// Waits, and answers meanwhile whoever asks.
    ///
    /// # Errors
    ///
    /// What an answer led to could not be done, or the camera's thread is gone.
    pub(crate) fn wait(
        &mut self,
        wait: Duration,
        camera: &Receiver<CameraReport>,
    ) -> Result<Wakeup> {
        let due = after(wait);
        loop {
            // In this order, so that where the time is always up, as in a recording that is
            // played faster than it can be looked at, whoever asks still gets an answer.
            select_biased! {
                recv(self.channels.stop) -> _ => return Ok(Wakeup::Stop),
                recv(camera) -> report => match report {
                    Ok(report) => return Ok(Wakeup::Camera(report)),
                    Err(_) => bail!("the thread that keeps the camera has ended"),
                },
                recv(self.channels.desktop.1) -> word => if let Ok(word) = word {
                    return self.on_desktop_event(word);
                },
                recv(self.channels.asked.1) -> asked => if let Ok(asked) = asked {
                    return self.obey(&asked);
                },
                recv(self.channels.heard.1) -> heard => if let Ok(heard) = heard {
                    self.answer(heard)?;
                },
                recv(self.channels.fallback_lines.1) -> aside => if let Ok(aside) = aside {
                    self.story.line(aside.trim_end());
                },
                recv(due) -> _ => return Ok(Wakeup::Due),
            }
        }
    }

    /// Does what another process asks.
    fn obey(&mut self, asked: &PendingRequest) -> Result<Wakeup> {
        let at = self.now();
        self.story.at(at);
        let (reply, woken) = match asked.request {
            Request::Status => {
                let status = Box::new(self.status(at));
                (control::Response::Status(status), Wakeup::Due)
            }
            Request::Pause { until } => {
                self.give(Input::Pause { until, at })?;
                (control::Response::Done, Wakeup::Due)
            }
            Request::Resume => {
                self.give(Input::Resume { at })?;
                // There may be a new calibration: taking one pauses the monitor.
                self.look_up_calibration();
                (control::Response::Done, Wakeup::Due)
            }
            Request::Reload => {
                self.follow_settings();
                self.look_up_calibration();
                let status = Box::new(self.status(at));
                (control::Response::Status(status), Wakeup::Due)
            }
            Request::NudgeMe => (self.nudge_me(at)?, Wakeup::Due),
            Request::Stop => (control::Response::Done, Wakeup::Stop),
        };
        // Who asked may have gone.
        let _ = asked.reply.send(reply);
        Ok(woken)
    }

    /// Shows a stretch because the person wants one.
    fn nudge_me(&mut self, at: Timestamp) -> Result<control::Response> {
        Ok(match self.effects.nudge_me(at)? {
            Some(title) => control::Response::Shown { title },
            None => control::Response::Refused {
                why: "the settings ask for no notifications (channel under [notify]); sitwell stretch shows one here".to_owned(),
            },
        })
    }

    /// Another camera watches: its own calibration counts.
    pub(crate) fn sit_before(&mut self, camera: &str) {
        if self.camera.as_deref() == Some(camera) {
            return;
        }
        self.camera = Some(camera.to_owned());
        self.story.camera(camera);
        match self.calibration_of(camera) {
            Ok(found) => self.measure_against(camera, found),
            Err(error) => {
                self.story.line(&error.to_string());
                self.calibrated = None;
                self.effects.perception.calibrate(None);
            }
        }
    }

    /// Goes over to another calibration of the camera, where one was taken or removed meanwhile.
    fn look_up_calibration(&mut self) {
        let Some(camera) = self.camera.clone() else {
            return;
        };
        // A history that cannot be read now changes nothing; it is told when something is to be kept.
        if let Ok(found) = self.calibration_of(&camera)
            && found.as_ref().map(|found| &found.taken) != self.calibrated.as_ref()
        {
            self.measure_against(&camera, found);
        }
    }

    fn calibration_of(&mut self, camera: &str) -> Result<Option<StoredCalibration>, HistoryError> {
        let history = self.effects.history()?;
        history.calibration(camera, self.profile.as_deref())
    }

    fn measure_against(&mut self, camera: &str, calibration: Option<StoredCalibration>) {
        self.story.line(&match &calibration {
            Some(StoredCalibration { taken, calibration }) => format!(
                "watching through {camera}, calibrated {} ({}): {}",
                words::ago(taken.at, now().timestamp()),
                taken.profile,
                words::calibration(calibration)
            ),
            None => format!(
                "watching through {camera}, which is not calibrated: angles are rough and nothing is called a slouch; run sitwell calibrate"
            ),
        });
        let (taken, calibration) = calibration
            .map(|StoredCalibration { taken, calibration }| (taken, calibration))
            .unzip();
        self.calibrated = taken;
        self.effects.perception.calibrate(calibration);
    }

    /// Whether it is known which camera watches.
    pub(crate) fn knows_camera(&self) -> bool {
        self.camera.is_some()
    }

    /// Observes a frame of a recording if an observation is due.
    pub(crate) fn observe_if_due(&mut self, frame: &Frame) -> Result<()> {
        let story = &mut self.story;
        self.effects
            .observe_if_due(frame, &mut |event| story.tell(&event))
    }

    /// Observes a frame of the camera.
    pub(crate) fn observe(&mut self, frame: &Frame) -> Result<()> {
        let story = &mut self.story;
        self.effects
            .observe(frame, &mut |event| story.tell(&event))?;
        self.note_observation();
        Ok(())
    }

    /// Lets time pass, and does what is to be done once a day.
    pub(crate) fn tick(&mut self, at: Timestamp) -> Result<()> {
        self.story.at(at);
        self.cost.note();
        self.follow_settings();
        let story = &mut self.story;
        self.effects.tick(at, &mut |told| story.tell(&told))?;
        self.look_up_calibration();
        // A window that was closed is not to stay in the list of processes.
        self.guides
            .retain_mut(|guide| matches!(guide.try_wait(), Ok(None)));
        let today = self.zone.to_datetime(at).date();
        let before = self.day.replace(today);
        if before != Some(today) {
            self.forget(at);
            if self.settings.config.report.weekly_notice {
                self.tell_the_week(before, at);
            }
        }
        Ok(())
    }

    /// Ends the watching with everything kept.
    pub(crate) fn end(mut self) -> Result<()> {
        let at = self.now();
        self.story.at(at);
        let story = &mut self.story;
        self.effects.stop(at, &mut |told| story.tell(&told))?;
        self.story.end("stopped, everything is kept");
        Ok(())
    }

    pub(crate) fn give(&mut self, input: Input) -> Result<()> {
        let story = &mut self.story;
        self.effects.give(input, &mut |told| story.tell(&told))
    }

    fn answer(&mut self, heard: NoticeEvent) -> Result<()> {
        let answer = match heard.reply {
            NoticeReply::Chosen(Action::Start) => {
                self.start(heard.at);
                return Ok(());
            }
            NoticeReply::Chosen(Action::Done) => Answer::Done,
            NoticeReply::Chosen(Action::Snooze) => Answer::Snoozed,
            NoticeReply::Chosen(Action::NotNow) => Answer::Skipped,
            NoticeReply::Chosen(Action::NotASlouch) => Answer::NotASlouch,
            // Nobody has answered; the monitor takes the nudge back in its time.
            NoticeReply::Closed | NoticeReply::Expired | NoticeReply::InTerminal => return Ok(()),
            NoticeReply::Silenced => {
                self.story
                    .line("not shown: the desktop does not want to be disturbed");
                return Ok(());
            }
            NoticeReply::Lost => {
                self.story
                    .line("the notification went away with the desktop's notification service");
                return Ok(());
            }
        };
        let at = self.now();
        self.story.at(at);
        self.give(Input::Answered {
            nudge: heard.at,
            answer,
            at,
        })
    }

    /// Opens the guide through the stretch that a notice suggested.
    fn start(&mut self, notice: Timestamp) {
        let Some(suggested) = self.effects.suggested(notice) else {
            return;
        };
        match self.guide.open(&suggested) {
            Ok(guide) => {
                self.guides.push(guide);
                self.story.line("the guide opens");
            }
            Err(error) => self.story.line(&format!("{error:#}")),
        }
    }

    fn forget(&mut self, at: Timestamp) {
        let days = self.settings.config.history.keep_minutes_days;
        let forgotten = self
            .effects
            .history()
            .and_then(|history| history.forget_minutes(days, at));
        match forgotten {
            Ok(0) => {}
            Ok(minutes) => self
                .story
                .line(&format!("let go of {minutes} min older than {days} d")),
            Err(error) => self.story.line(&error.to_string()),
        }
    }

    /// Sums up the week that is over, unless that was done on `before` or a day of this week before it.
    fn tell_the_week(&mut self, before: Option<Date>, at: Timestamp) {
        let now = at.to_zoned(self.zone.clone());
        let starts = self.settings.config.report.week_starts.weekday();
        let Some(week) = Days::week_to_tell(before, now.date(), starts) else {
            return;
        };
        match summarize(&self.history, week, &now) {
            Ok(summary) if !summary.times.observed().is_positive() => {}
            Ok(summary) => {
                let notice = Notice {
                    at,
                    title: "Your last week with Sitwell".to_owned(),
                    body: weekly_notice(&summary),
                    actions: Vec::new(),
                };
                self.story
                    .line(&format!("{}\n{}", notice.title, notice.body));
                if let Err(error) = self.effects.notify(&notice) {
                    self.story.line(&error.to_string());
                }
            }
            Err(error) => self.story.line(&format!("{error:#}")),
        }
    }
}
