//! What may end false alarms of one kind: a single proposal, and what it would have changed. Nothing is changed here.

use jiff::{SignedDuration, Timestamp};

use super::what_if::slouches_beyond;
use crate::posture::{AngleKind, Fault, angles};
use crate::quantities::count;
use crate::record::{Answer, Episode, Nudge, NudgeEvidence, Records};
use crate::statistics::median;

/// From this many false alarms of a kind on, something may be wrong for good. Our choice.
const MANY: usize = 3;

/// Slouches that last this long and differ by no more than this many degrees are another way to sit, such as
/// standing, rather than slouches. Our choices: a slouch is over sooner, and readings of one posture differ by about as much.
const LONG: SignedDuration = SignedDuration::from_mins(20);
const ALIKE: f64 = 4.0;

/// What may end false alarms of one kind.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// The kind.
    pub fault: Fault,
    /// How many there were since the last calibration, or since the last proposal was answered.
    pub appeals: usize,
    /// What to do.
    pub remedy: Remedy,
    /// What that would have changed; `None` if it cannot be told.
    pub effect: Option<RemedyEffect>,
}

/// What to do about false alarms.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Remedy {
    /// Calibrate again.
    Calibrate {
        /// In how many of them the calibration seemed not to fit.
        doubtful: usize,
    },
    /// Calibrate another way to sit as a profile of its own.
    AddProfile,
    /// Give the camera a better view.
    MoveCamera {
        /// One standard error of a reading, in degrees.
        error: f64,
    },
    /// Raise the limit in the settings.
    RaiseLimit {
        /// The angle.
        angle: AngleKind,
        /// What the setting would be, in degrees.
        to: f64,
    },
}

/// What a proposal would have changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RemedyEffect {
    /// How many of the false alarms it would have left out.
    pub left_out: usize,
    /// The false alarms whose slouch is known.
    pub appealed: usize,
    /// How many of the other slouches it would have left out.
    pub lost: usize,
    /// The other slouches of this kind.
    pub others: usize,
    /// Slouches as counted from the mean of each kept minute.
    pub counted: usize,
    /// The same with the proposal.
    pub then: usize,
}

/// The limit of an angle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LimitInForce {
    /// In the settings.
    pub set: f64,
    /// With the sensitivity.
    pub scaled: f64,
}

impl Proposal {
    /// How many days back false alarms count together. Our choice: a calibration or a camera that does not
    /// fit shows within two weeks.
    pub const DAYS: i64 = 14;

    /// The proposal for a kind of false alarms in these records; `None` while there are few.
    #[must_use]
    pub fn for_fault(
        records: &Records,
        fault: Fault,
        limit: impl Fn(AngleKind) -> LimitInForce,
        onset: SignedDuration,
    ) -> Option<Proposal> {
        let calibrated = records.calibrations.iter().map(|taken| taken.at).max();
        let settled = records.settled_proposals.iter();
        let settled = settled.filter(|one| one.fault == fault).map(|one| one.at);
        let since = calibrated.max(settled.max()).unwrap_or(Timestamp::MIN);
        let is_appealed = |nudge: &&Nudge| {
            nudge.answer == Answer::NotASlouch && nudge.fault == fault && nudge.at >= since
        };
        let appeals: Vec<&Nudge> = records.nudges.iter().filter(is_appealed).collect();
        if appeals.len() < MANY {
            return None;
        }
        let evidence = |nudge: &&Nudge| records.evidence.iter().find(|one| one.nudge == nudge.at);
        let evidence: Vec<&NudgeEvidence> = appeals.iter().filter_map(evidence).collect();
        let of_kind = records
            .episodes
            .iter()
            .filter(|one| one.fault == fault && one.from >= since);
        let (appealed, others): (Vec<&Episode>, Vec<&Episode>) = of_kind.partition(|episode| {
            let mut during = appeals.iter();
            during.any(|nudge| episode.from <= nudge.at && nudge.at <= episode.to)
        });
        let kind = Kind {
            records,
            angle: AngleKind::ALL
                .into_iter()
                .find(|angle| angle.fault() == fault),
            evidence,
            appealed,
            others,
            onset,
        };
        let raised = kind
            .angle
            .and_then(|angle| kind.raised(angle, limit(angle)));
        let anew = kind.angle.and_then(|angle| kind.anew(angle, limit(angle)));
        let doubtful = kind
            .evidence
            .iter()
            .filter(|one| one.doubt.is_some())
            .count();
        let calibrate = Remedy::Calibrate { doubtful };
        let error = kind
            .angle
            .and_then(|angle| kind.inexact(angle, limit(angle)));
        let (remedy, effect) = match (error, raised) {
            _ if doubtful > 0 && 2 * doubtful >= kind.evidence.len() => (calibrate, anew),
            (Some(error), _) => (Remedy::MoveCamera { error }, None),
            _ if kind.is_steady() && !kind.others.is_empty() => (Remedy::AddProfile, anew),
            (None, Some((remedy, effect)))
                if calibrated.is_some()
                    || (2 * effect.left_out >= effect.appealed
                        && 2 * effect.lost <= effect.others) =>
            {
                (remedy, Some(effect))
            }
            _ => (calibrate, anew),
        };
        Some(Proposal {
            fault,
            appeals: appeals.len(),
            remedy,
            effect,
        })
    }

    /// What it is about.
    #[must_use]
    pub fn reason(&self) -> String {
        format!(
            "You called {} for {} a false alarm within two weeks.",
            count(self.appeals, "nudge", "nudges"),
            self.fault
        )
    }

    /// What to do, and why this.
    #[must_use]
    pub fn advice(&self) -> String {
        match self.remedy {
            Remedy::Calibrate { doubtful: 0 } => {
                "Sit as you want to sit and calibrate again.".to_owned()
            }
            Remedy::Calibrate { doubtful } => format!(
                "In {doubtful} of them the camera, or your head, did not look as when you calibrated. Sit as you want to sit and \
                 calibrate again."
            ),
            Remedy::AddProfile => "You sat that way for long, and nearly the same each time, as when standing or at another \
                                   desk. Calibrate it as a profile of its own."
                .to_owned(),
            Remedy::MoveCamera { error } => format!(
                "One reading was only good to ±{error:.1}°, which is much for your limit. Put the camera straight before you at \
                 the height of your eyes, with light on your face, and calibrate again."
            ),
            Remedy::RaiseLimit { to, .. } => {
                format!("Raise the limit for {} to {to}°.", self.fault)
            }
        }
    }

    /// What it would have changed.
    #[must_use]
    pub fn change(&self) -> Option<String> {
        let effect = self.effect?;
        let others = match effect.others {
            0 => "There were no other slouches of this kind.".to_owned(),
            others => format!(
                "It would also have left out {} of {} of this kind.",
                effect.lost,
                count(others, "other slouch", "other slouches")
            ),
        };
        Some(format!(
            "That would have left out {} of {}. {others} By the kept minutes of these two weeks there would have been {} instead of {}.",
            effect.left_out,
            count(effect.appealed, "false alarm", "false alarms"),
            count(effect.then, "slouch", "slouches"),
            effect.counted,
        ))
    }
}

/// The slouches of one kind.
struct Kind<'a> {
    records: &'a Records,
    angle: Option<AngleKind>,
    /// Of the false alarms.
    evidence: Vec<&'a NudgeEvidence>,
    appealed: Vec<&'a Episode>,
    others: Vec<&'a Episode>,
    onset: SignedDuration,
}

impl Kind<'_> {
    /// How much larger a change counts against its limit than it is shown.
    fn gain(&self, angle: AngleKind) -> f64 {
        let last = self.evidence.last();
        last.map_or(1.0, |last| angles::gains(last.view, last.basis)[angle])
    }

    /// The typical change from neutral of a false alarm.
    fn typical(&self) -> Option<f64> {
        median(self.appealed.iter().map(|one| one.angle.mean.abs()))
    }

    /// What another limit, in the degrees that are shown, would have changed.
    fn with_limit(&self, angle: AngleKind, limit: LimitInForce, degrees: f64) -> RemedyEffect {
        let below = |episodes: &[&Episode]| {
            let below = episodes.iter().filter(|one| one.angle.mean.abs() < degrees);
            below.count()
        };
        let slouches = |degrees| slouches_beyond(&self.records.minutes, angle, degrees, self.onset);
        RemedyEffect {
            left_out: below(&self.appealed),
            appealed: self.appealed.len(),
            lost: below(&self.others),
            others: self.others.len(),
            counted: slouches(limit.scaled / self.gain(angle)),
            then: slouches(degrees),
        }
    }

    /// A limit of the whole degrees just above the typical false alarm; `None` if it is no higher.
    fn raised(&self, angle: AngleKind, limit: LimitInForce) -> Option<(Remedy, RemedyEffect)> {
        let degrees = self.typical()?.floor() + 1.0;
        let to = (degrees * self.gain(angle) * limit.set / limit.scaled).ceil();
        let effect = self.with_limit(angle, limit, degrees);
        (to > limit.set).then_some((Remedy::RaiseLimit { angle, to }, effect))
    }

    /// A neutral at the typical false alarm: limits then count from there.
    fn anew(&self, angle: AngleKind, limit: LimitInForce) -> Option<RemedyEffect> {
        let degrees = self.typical()? + limit.scaled / self.gain(angle);
        Some(self.with_limit(angle, limit, degrees))
    }

    /// The error of a typical reading, if it is much for the limit: two thirds of it. In good light a slouch's error stays below
    /// that for the usual limit of 10 degrees, but for cameras at the side and for the shoulders.
    fn inexact(&self, angle: AngleKind, limit: LimitInForce) -> Option<f64> {
        let readings = self.evidence.iter().flat_map(|one| &one.readings);
        let errors = readings.filter_map(|reading| Some(reading.angles[angle]?.error));
        median(errors).filter(|error| 1.5 * error * self.gain(angle) > limit.scaled)
    }

    /// Whether the false alarms lasted long and were alike.
    fn is_steady(&self) -> bool {
        let lengths = self
            .appealed
            .iter()
            .map(|one| one.to.duration_since(one.from));
        let length = median(lengths.map(|length| length.as_secs_f64()));
        let means = self.appealed.iter().map(|one| one.angle.mean);
        let (low, high) = means.fold((f64::MAX, f64::MIN), |(low, high), mean| {
            (low.min(mean), high.max(mean))
        });
        length.is_some_and(|length| length >= LONG.as_secs_f64()) && high - low <= ALIKE
    }
}

#[cfg(test)]
mod tests;
