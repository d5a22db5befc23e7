//! The records of a day: minutes, slouches, nudges, routines and their answers.
//!
//! The monitor makes these values, the history stores them and reports read them.
//! None holds a picture. Instants are UTC; the reader's time zone decides days.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::posture::{Fault, Moment, PerAngle, Placement, UnclearReason};

mod desk;
mod evidence;
mod names;
mod photo_check;
mod tally;

pub use desk::{CalibrationUse, DeskChange, DeskChangeKind};
pub use evidence::{AngleReading, NudgeEvidence, Reading};
pub use photo_check::{PhotoCheck, craniovertebral};
pub use tally::{MinuteTally, TimeSpan};

/// Why Sitwell is not watching.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotWatching {
    /// The user paused it.
    Paused,
    /// The screen is locked.
    Locked,
    /// The machine slept.
    Suspended,
    /// Another user's session is in front.
    SessionInactive,
    /// No input, and nobody in view.
    Idle,
    /// Outside the working hours in the settings.
    OutOfHours,
    /// Running on battery, and the settings say not to.
    OnBattery,
    /// Another program uses the camera.
    CameraBusy,
    /// There is no working camera.
    CameraMissing,
}

impl NotWatching {
    /// Every reason, in the order in which reports list them.
    pub const ALL: [NotWatching; 9] = [
        NotWatching::Paused,
        NotWatching::Locked,
        NotWatching::Suspended,
        NotWatching::SessionInactive,
        NotWatching::Idle,
        NotWatching::OutOfHours,
        NotWatching::OnBattery,
        NotWatching::CameraBusy,
        NotWatching::CameraMissing,
    ];
}

/// How a stretch of time was spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeUse {
    /// Watched and upright.
    Upright,
    /// Watched and beyond a limit, sustained or not.
    Slouched(Fault),
    /// Watched, somebody there, posture unknown.
    Unclear(UnclearReason),
    /// Watched, nobody there.
    Away,
    /// Not watched.
    NotWatched(NotWatching),
}

impl From<Moment> for TimeUse {
    fn from(moment: Moment) -> TimeUse {
        match moment {
            Moment::Upright => TimeUse::Upright,
            Moment::Slouched(fault) => TimeUse::Slouched(fault),
            Moment::Unclear(reason) => TimeUse::Unclear(reason),
            Moment::Away => TimeUse::Away,
        }
    }
}

/// Mean and worst of an angle's change from neutral over some time, in degrees.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct AngleSpan {
    /// Time-weighted mean.
    pub mean: f64,
    /// Furthest from neutral.
    pub worst: f64,
    /// One standard error of a single reading.
    pub error: f64,
}

/// One minute of the clock, cut at whole UTC minutes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Minute {
    /// When the minute began, a whole UTC minute.
    pub start: Timestamp,
    /// How its time was spent, at most 60 s in sum. The rest was not recorded.
    pub spent: BTreeMap<TimeUse, SignedDuration>,
    /// Where the person sat before the camera, the mean; `None` where that did not show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub placement: Option<Placement>,
    /// The angles over the minute's readings.
    #[serde(flatten)]
    pub angles: PerAngle<Option<AngleSpan>>,
}

/// How a sustained slouch ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EpisodeOutcome {
    /// The person sat up without a nudge.
    ByItself,
    /// The person sat up after a nudge.
    AfterNudge,
    /// The person left, or watching stopped.
    OutOfSight,
}

/// A sustained slouch, from its first slouched observation to its last.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Episode {
    /// What was wrong, most of the time.
    pub fault: Fault,
    /// The first slouched observation.
    pub from: Timestamp,
    /// The last slouched observation.
    pub to: Timestamp,
    /// Slouched time observed between the two.
    pub observed: SignedDuration,
    /// The leading angle's change from neutral, in degrees.
    pub angle: AngleSpan,
    /// How it ended.
    pub ending: EpisodeOutcome,
}

/// The answer to a nudge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// The stretch was done.
    Done,
    /// Part of the stretch was done.
    Part,
    /// The person sat up; the nudge was taken back.
    Recovered,
    /// Put off.
    Snoozed,
    /// Turned down.
    Skipped,
    /// The person says that there was no slouch.
    NotASlouch,
    /// No answer came.
    Unanswered,
}

/// A suggested stretch and its answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Nudge {
    /// When it was shown; this identifies it.
    pub at: Timestamp,
    /// The slouch that it was for.
    pub fault: Fault,
    /// The id of the stretch suggested.
    pub stretch: String,
    /// The answer.
    pub answer: Answer,
    /// When the answer came.
    pub answered: Option<Timestamp>,
}

/// A nudge that was due while the trial was on: shown, or withheld to compare with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrialNudge {
    /// When it was due; this identifies it, and the nudge if it was shown.
    pub at: Timestamp,
    /// The slouch that it was for.
    pub fault: Fault,
    /// Whether it was withheld.
    pub is_withheld: bool,
    /// Whether the screens' edges may dim with it; `None` if it was withheld or this was not compared.
    pub edges: Option<bool>,
    /// What decides which ones are withheld.
    pub seed: u32,
    /// Its number in the trial, from 0.
    pub number: u32,
}

/// The person's yes or no to a proposal after false alarms of one kind. From then on only new ones count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettledProposal {
    /// When.
    pub at: Timestamp,
    /// The kind.
    pub fault: Fault,
}

/// A daily routine that was offered, or done without an offer, and its answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Routine {
    /// When it was shown; this identifies it.
    pub at: Timestamp,
    /// The ids of its stretches, in order.
    pub stretches: Vec<String>,
    /// The answer: done, part, snoozed, skipped or unanswered.
    pub answer: Answer,
    /// When the answer came.
    pub answered: Option<Timestamp>,
}

/// A span in which Sitwell watched and somebody was there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WatchSession {
    /// The first observation with somebody there.
    pub from: Timestamp,
    /// The last one.
    pub to: Timestamp,
}

/// A calibration that took place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CalibrationRecord {
    /// When it was finished.
    pub at: Timestamp,
    /// The camera's stable id.
    pub camera: String,
    /// The profile's name, such as `sitting`.
    pub profile: String,
}

/// One record.
#[derive(Debug, Clone, PartialEq)]
pub enum Record {
    /// A finished minute; replaces an earlier, shorter one with the same start.
    Minute(Minute),
    /// A finished slouch.
    Episode(Episode),
    /// A nudge; with its answer it replaces the earlier one of the same instant.
    Nudge(Nudge),
    /// What a nudge was based on.
    Evidence(NudgeEvidence),
    /// A nudge that was due in the trial.
    Trial(TrialNudge),
    /// A daily routine; with its answer it replaces the earlier one of the same instant.
    Routine(Routine),
    /// A session; replaces the earlier one with the same start as it grows.
    Session(WatchSession),
    /// A calibration.
    Calibration(CalibrationRecord),
    /// A calibration came into use.
    CalibrationUse(CalibrationUse),
    /// Something was changed at the desk.
    DeskChange(DeskChange),
    /// A photograph was compared with the webcam.
    PhotoCheck(PhotoCheck),
    /// A proposal was answered.
    SettledProposal(SettledProposal),
}

/// All records of a period, each list in order of time.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Records {
    /// The minutes that began in the period.
    pub minutes: Vec<Minute>,
    /// The slouches that began in the period.
    pub episodes: Vec<Episode>,
    /// The nudges shown in the period.
    pub nudges: Vec<Nudge>,
    /// What the period's latest nudges were based on.
    pub evidence: Vec<NudgeEvidence>,
    /// The nudges of the trial that were due in the period.
    pub trial: Vec<TrialNudge>,
    /// The daily routines shown in the period.
    pub routines: Vec<Routine>,
    /// The sessions that began in the period.
    pub sessions: Vec<WatchSession>,
    /// The calibrations taken in the period.
    pub calibrations: Vec<CalibrationRecord>,
    /// The calibrations that came into use in the period.
    pub calibration_uses: Vec<CalibrationUse>,
    /// What was changed at the desk in the period.
    pub desk_changes: Vec<DeskChange>,
    /// The comparisons with photographs taken in the period.
    pub photo_checks: Vec<PhotoCheck>,
    /// The proposals that were answered in the period.
    pub settled_proposals: Vec<SettledProposal>,
}

/// From one instant up to, not including, another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// The first instant.
    pub from: Timestamp,
    /// The first instant after.
    pub to: Timestamp,
}

impl Period {
    /// All of time.
    pub const ALWAYS: Period = Period {
        from: Timestamp::MIN,
        to: Timestamp::MAX,
    };

    /// How long it is.
    #[must_use]
    pub fn length(self) -> SignedDuration {
        self.to.duration_since(self.from)
    }

    /// Whether an instant lies inside.
    #[must_use]
    pub fn holds(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.to
    }
}
