//! The numbers of a period. Every form of a report is made from these alone.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::day::{Day, days_of, fill, weight};
use super::false_alarms::FalseAlarms;
use super::times::Times;
use super::trend::Trend;
use super::trial::{TrialResult, TrialTreatment};
use super::{Agreement, Days, DeskReport, sentences};
use crate::calendar::Calendar;
use crate::posture::{AngleKind, PerAngle};
use crate::record::{
    AngleSpan, Answer, Episode, EpisodeOutcome, Minute, Nudge, Period, Records, Routine, TimeUse,
};
use crate::statistics;

/// In the longest time upright, up to this much of each minute may be slouched: a
/// reach for the phone does not end it. Our own choice.
const PASSING_SLOUCH: SignedDuration = SignedDuration::from_secs(6);

/// A longer period is cut to what was recorded, so that all of time has an end.
const LONGEST_DAYS: i64 = 3660;

/// The numbers of a period.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// Which days, in the reader's calendar.
    pub covers: Days,
    /// Each of these days, with or without a record.
    pub days: Vec<Day>,
    /// All of them together.
    pub times: Times,
    /// Time without a record between each day's first and last record.
    pub unrecorded: SignedDuration,
    /// Days whose minutes were deleted: only their slouches and stretches are known.
    pub forgotten: usize,
    /// The longest time without more than a passing slouch.
    pub longest_upright: Option<Period>,
    /// The sustained slouches.
    pub slouches: Slouches,
    /// The stretches suggested, the most often suggested first.
    pub uptake: Vec<StretchUptake>,
    /// The nudges that the person called false alarms.
    pub false_alarms: FalseAlarms,
    /// The daily routine; `None` when it was neither offered nor done.
    pub routine: Option<RoutineDays>,
    /// Each angle's change from neutral.
    pub angles: PerAngle<Option<Angle>>,
    /// Compared with the period before; `None` when nothing was compared.
    pub trend: Option<Trend>,
    /// How well the webcam agrees with photographs; `None` with few of them.
    pub agreement: Option<Agreement>,
    /// Whether nudges help, by everything that the trial has shown so far; `None` without a trial.
    pub trial: Option<TrialResult>,
    /// Whether dimmed edges help more than a notification alone; `None` if that is not compared.
    pub edges_trial: Option<TrialResult>,
    /// What the angles of the last weeks depend on; `None` with too few days.
    pub desk: Option<DeskReport>,
    /// The reader's time zone.
    pub zone: TimeZone,
}

impl Summary {
    /// What the trial shows, under a title each.
    pub(super) fn trials(&self) -> impl Iterator<Item = (&'static str, Vec<String>)> {
        let trials = [
            ("Do nudges help you?", TrialTreatment::Nudge, self.trial),
            (
                "Do dimmed edges help you more?",
                TrialTreatment::DimmedEdges,
                self.edges_trial,
            ),
        ];
        trials
            .into_iter()
            .filter_map(|(title, treatment, result)| Some((title, result?.sentences(treatment))))
    }
}

/// An angle over a period.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Angle {
    /// Mean, worst and the error of one reading, in degrees from neutral.
    pub span: AngleSpan,
    /// The minute of the worst.
    pub worst_at: Timestamp,
}

/// A sustained slouch, or the part of it in the period.
#[derive(Debug, Clone, PartialEq)]
pub struct SlouchPart {
    /// What lies in the period.
    pub episode: Episode,
    /// From its beginning to its end, in the period or not.
    pub whole: Period,
    /// Whether it began before the period.
    pub began_before: bool,
    /// Whether it went on after the period.
    pub went_on: bool,
}

impl SlouchPart {
    /// The part of an episode that lies in a period.
    fn of(episode: &Episode, period: Period) -> Option<SlouchPart> {
        let (began_before, went_on) = (episode.from < period.from, episode.to > period.to);
        let whole = Period {
            from: episode.from,
            to: episode.to,
        };
        let part = Episode {
            from: episode.from.max(period.from),
            to: episode.to.min(period.to),
            ..episode.clone()
        };
        let length = part.to.duration_since(part.from);
        if !period.holds(part.from) || (began_before && !length.is_positive()) {
            return None;
        }
        let observed = match began_before || went_on {
            // How it was spread is not stored: evenly.
            true => episode
                .observed
                .mul_f64(length.div_duration_f64(whole.length())),
            false => episode.observed,
        };
        Some(SlouchPart {
            episode: Episode { observed, ..part },
            whole,
            began_before,
            went_on,
        })
    }
}

/// The sustained slouches of a period.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Slouches {
    /// Each one, or its part in the period.
    pub episodes: Vec<SlouchPart>,
    /// The median length of whole slouches, so that midnight shortens none.
    pub median: Option<SignedDuration>,
    /// Those that ended without a nudge.
    pub by_itself: CorrectedSlouches,
    /// Those that ended after one.
    pub after_nudge: CorrectedSlouches,
    /// The median time from the nudge until the person sat up.
    pub from_nudge: Option<SignedDuration>,
    /// Those whose end was not observed.
    pub out_of_sight: usize,
    /// Those that went on after the period.
    pub went_on: usize,
}

/// Slouches that were corrected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CorrectedSlouches {
    /// How many.
    pub count: usize,
    /// The median time from the first slouched observation to the last.
    pub median: Option<SignedDuration>,
}

/// What became of the suggestions of one stretch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StretchUptake {
    /// The stretch's id.
    pub stretch: String,
    /// How often it was suggested.
    pub suggested: usize,
    /// How often with each answer.
    pub answers: BTreeMap<Answer, usize>,
}

/// On how many days the daily routine was offered or done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RoutineDays {
    /// All of them.
    pub days: usize,
    /// Those on which it was done.
    pub done: usize,
    /// Those on which only a part of it was done.
    pub part: usize,
}

impl Summary {
    /// The same, compared with the period before.
    #[must_use]
    pub fn against(mut self, before: &Summary) -> Summary {
        self.trend = Some(Trend::between(&self, before));
        self
    }

    /// What became of all suggestions together.
    #[must_use]
    pub fn answers(&self) -> BTreeMap<Answer, usize> {
        let mut sums = BTreeMap::new();
        for (&answer, &count) in self.uptake.iter().flat_map(|uptake| &uptake.answers) {
            *sums.entry(answer).or_default() += count;
        }
        sums
    }

    /// How often stretches were suggested.
    #[must_use]
    pub fn suggested(&self) -> usize {
        self.uptake.iter().map(|uptake| uptake.suggested).sum()
    }

    /// Whether the history holds anything of the period.
    #[must_use]
    pub fn has_records(&self) -> bool {
        self.times.recorded().is_positive() || self.forgotten > 0 || self.routine.is_some()
    }

    /// The period in words, such as `Monday 23 November 2026`.
    #[must_use]
    pub fn title(&self) -> String {
        sentences::days(self.covers)
    }
}

/// Sums up the records of the reader's days in a period.
#[must_use]
pub fn summary(records: &Records, period: Period, calendar: &Calendar) -> Summary {
    let period = bounded(records, period);
    let mut days = days_of(period, calendar);
    let minutes: Vec<&Minute> = records
        .minutes
        .iter()
        .filter(|minute| period.holds(minute.start))
        .collect();
    let mut rest = minutes.as_slice();
    let mut unrecorded = SignedDuration::ZERO;
    for day in &mut days {
        let count = rest.partition_point(|minute| minute.start < day.period.to);
        let (own, later) = rest.split_at(count);
        rest = later;
        fill(day, own);
        if let (Some(first), Some(last)) = (own.first(), own.last()) {
            let spread = last.start.duration_since(first.start) + SignedDuration::from_mins(1);
            unrecorded += (spread - day.times.recorded()).max(SignedDuration::ZERO);
        }
    }
    let mut times = Times::default();
    for day in &days {
        times.add_times(&day.times);
    }
    let episodes: Vec<SlouchPart> = records
        .episodes
        .iter()
        .filter_map(|episode| SlouchPart::of(episode, period))
        .collect();
    let nudged = records
        .nudges
        .iter()
        .map(|nudge| nudge.at)
        .filter(|&at| period.holds(at));
    let events: BTreeSet<Timestamp> = episodes
        .iter()
        .map(|slouch| slouch.episode.from)
        .chain(nudged)
        .collect();
    let first = calendar.date_of(period.from);
    Summary {
        covers: Days {
            first: days.first().map_or(first, |day| day.date),
            last: days.last().map_or(first, |day| day.date),
        },
        times,
        unrecorded,
        forgotten: forgotten(&days, &events),
        longest_upright: longest_upright(&minutes),
        slouches: slouches(episodes, &records.nudges),
        uptake: uptake(records.nudges.iter().filter(|nudge| period.holds(nudge.at))),
        false_alarms: FalseAlarms::among(
            records.nudges.iter().filter(|nudge| period.holds(nudge.at)),
        ),
        routine: routine_days(
            records
                .routines
                .iter()
                .filter(|routine| period.holds(routine.at)),
            calendar,
        ),
        angles: PerAngle::from_fn(|kind| angle(&minutes, kind)),
        days,
        trend: None,
        agreement: None,
        trial: None,
        edges_trial: None,
        desk: None,
        zone: calendar.zone.clone(),
    }
}

fn bounded(records: &Records, period: Period) -> Period {
    if period.to.duration_since(period.from) <= SignedDuration::from_hours(24 * LONGEST_DAYS) {
        return period;
    }
    let minutes = records.minutes.iter().map(|minute| minute.start);
    let others = records
        .episodes
        .iter()
        .flat_map(|episode| [episode.from, episode.to])
        .chain(records.nudges.iter().map(|nudge| nudge.at))
        .chain(records.routines.iter().map(|routine| routine.at));
    let within: Vec<Timestamp> = minutes
        .chain(others)
        .filter(|&at| period.holds(at))
        .collect();
    match (within.iter().min(), within.iter().max()) {
        (Some(&from), Some(&to)) => Period {
            from,
            to: to.saturating_add(1.minute()).unwrap_or(period.to),
        },
        _ => Period {
            from: Timestamp::UNIX_EPOCH,
            to: Timestamp::UNIX_EPOCH,
        },
    }
}

/// Days with an event but no minute: a setting deletes old minutes, but no events.
fn forgotten(days: &[Day], events: &BTreeSet<Timestamp>) -> usize {
    let has_events = |period: Period| events.range(period.from..period.to).next().is_some();
    let is_forgotten = |day: &&Day| day.runs.is_empty() && has_events(day.period);
    days.iter().filter(is_forgotten).count()
}

fn angle(minutes: &[&Minute], kind: AngleKind) -> Option<Angle> {
    let (mut mean, mut error, mut total) = (0.0, 0.0, 0.0);
    let mut worst: Option<(f64, Timestamp)> = None;
    for minute in minutes {
        let Some(span) = minute.angles[kind] else {
            continue;
        };
        let weight = weight(minute);
        mean += span.mean * weight;
        error += span.error * weight;
        total += weight;
        if worst.is_none_or(|(worst, _)| span.worst.abs() > worst.abs()) {
            worst = Some((span.worst, minute.start));
        }
    }
    let (worst, worst_at) = worst?;
    if total <= 0.0 {
        return None;
    }
    let span = AngleSpan {
        mean: mean / total,
        worst,
        error: error / total,
    };
    Some(Angle { span, worst_at })
}

fn longest_upright(minutes: &[&Minute]) -> Option<Period> {
    let mut longest: Option<Period> = None;
    let mut current: Option<Period> = None;
    for minute in minutes {
        let upright = minute
            .spent
            .get(&TimeUse::Upright)
            .copied()
            .unwrap_or_default();
        let is_upright = upright >= SignedDuration::from_mins(1) - PASSING_SLOUCH;
        let to = minute.start + SignedDuration::from_mins(1);
        current = match current {
            _ if !is_upright => None,
            Some(run) if run.to == minute.start => Some(Period { from: run.from, to }),
            _ => Some(Period {
                from: minute.start,
                to,
            }),
        };
        let length = |run: Option<Period>| run.map(Period::length);
        if length(current) > length(longest) {
            longest = current;
        }
    }
    longest
}

fn slouches(episodes: Vec<SlouchPart>, nudges: &[Nudge]) -> Slouches {
    let length = |slouch: &SlouchPart| slouch.whole.length();
    let ended = |ending: EpisodeOutcome| {
        let lengths: Vec<_> = episodes
            .iter()
            .filter(|slouch| slouch.episode.ending == ending && !slouch.went_on)
            .map(length)
            .collect();
        CorrectedSlouches {
            count: lengths.len(),
            median: median(lengths),
        }
    };
    let nudged = episodes
        .iter()
        .filter(|slouch| slouch.episode.ending == EpisodeOutcome::AfterNudge && !slouch.went_on);
    let from_nudge = nudged.filter_map(|SlouchPart { whole, .. }| {
        let during = nudges
            .iter()
            .filter(|nudge| whole.from <= nudge.at && nudge.at <= whole.to);
        during.map(|nudge| whole.to.duration_since(nudge.at)).max()
    });
    Slouches {
        median: median(episodes.iter().map(length)),
        by_itself: ended(EpisodeOutcome::ByItself),
        after_nudge: ended(EpisodeOutcome::AfterNudge),
        from_nudge: median(from_nudge),
        out_of_sight: ended(EpisodeOutcome::OutOfSight).count,
        went_on: episodes.iter().filter(|slouch| slouch.went_on).count(),
        episodes,
    }
}

fn uptake<'a>(nudges: impl Iterator<Item = &'a Nudge>) -> Vec<StretchUptake> {
    let mut by_stretch: BTreeMap<&str, BTreeMap<Answer, usize>> = BTreeMap::new();
    for nudge in nudges {
        *by_stretch
            .entry(&nudge.stretch)
            .or_default()
            .entry(nudge.answer)
            .or_default() += 1;
    }
    let mut uptake: Vec<StretchUptake> = by_stretch
        .into_iter()
        .map(|(stretch, answers)| StretchUptake {
            stretch: stretch.to_owned(),
            suggested: answers.values().sum(),
            answers,
        })
        .collect();
    uptake.sort_by_key(|uptake| std::cmp::Reverse(uptake.suggested));
    uptake
}

/// The best answer of a day counts: who puts the routine off and does it later has done it.
fn routine_days<'a>(
    routines: impl Iterator<Item = &'a Routine>,
    calendar: &Calendar,
) -> Option<RoutineDays> {
    let mut best: BTreeMap<Date, Answer> = BTreeMap::new();
    for routine in routines {
        let day = best
            .entry(calendar.date_of(routine.at))
            .or_insert(routine.answer);
        // Done and part are the least of the answers.
        *day = routine.answer.min(*day);
    }
    let count = |wanted| best.values().filter(|&&answer| answer == wanted).count();
    (!best.is_empty()).then(|| RoutineDays {
        days: best.len(),
        done: count(Answer::Done),
        part: count(Answer::Part),
    })
}

fn median(lengths: impl IntoIterator<Item = SignedDuration>) -> Option<SignedDuration> {
    let seconds = lengths.into_iter().map(|length| length.as_secs_f64());
    statistics::median(seconds).map(SignedDuration::from_secs_f64)
}
