//! The report as JSON. These types are the format's documentation: they change
//! only together with [`FORMAT`], whatever becomes of the inner ones.

use std::collections::BTreeMap;
use std::io::{self, Write};

use jiff::Timestamp;
use serde::Serialize;

use super::{Angle, FalseAlarms, Summary, TimeCategory, Times, TrendVerdict};
use crate::posture::PerAngle;
use crate::quantities::whole_seconds as seconds;
use crate::record::{Answer, EpisodeOutcome};

mod desk;
mod trial;

pub use desk::{JsonAgreement, JsonDesk, JsonDeskCheck, JsonDeskDifference, JsonDeskFinding};
pub use trial::JsonTrial;

/// The name and number of the format, its first field.
pub const FORMAT: &str = "sitwell-report/1";

/// A report. Durations are whole seconds, instants are RFC 3339 in UTC, angles
/// are degrees of change from the person's neutral, shares are 0 to 1.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct JsonReport {
    /// [`FORMAT`].
    pub format: &'static str,
    /// The first day, `YYYY-MM-DD` in the reader's calendar.
    pub first_day: String,
    /// The last day, included.
    pub last_day: String,
    /// The reader's time zone, an IANA name where it has one.
    pub time_zone: Option<String>,
    /// All days together.
    pub total: JsonSpending,
    /// Time between each day's first and last record of which nothing was recorded.
    pub unrecorded_s: i64,
    /// Days whose minutes were deleted: their slouches and stretches are listed, their time is in no sum.
    pub forgotten_days: usize,
    /// Each day, with or without a record.
    pub days: Vec<JsonDaySpending>,
    /// The longest time without more than a passing slouch.
    pub longest_upright: Option<JsonSpan>,
    /// Sustained slouches.
    pub slouches: JsonSlouches,
    /// Stretches suggested.
    pub stretches: Vec<JsonStretch>,
    /// The nudges that the person called false alarms.
    pub false_alarms: JsonFalseAlarms,
    /// The daily routine; null when it was neither offered nor done.
    pub routine: Option<JsonRoutine>,
    /// `forward_head`, and `rounded_shoulders`: their protraction.
    #[serde(flatten)]
    pub angles: PerAngle<Option<JsonAngleChange>>,
    /// Against the period before.
    pub trend: Option<JsonTrend>,
    /// Whether nudges help, by the whole trial up to now; null without one.
    pub trial: Option<JsonTrial>,
    /// The same of dimmed edges against the notification alone; null without a comparison.
    pub edges_trial: Option<JsonTrial>,
    /// What the angles of the eight weeks up to the last day depend on; null with few days.
    pub desk: Option<JsonDesk>,
    /// How well the webcam agrees with photographs from the side; null with fewer than five.
    pub agreement: Option<JsonAgreement>,
}

/// How time was spent.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct JsonSpending {
    /// Time in which somebody was there and how they sat is known: the whole of every share.
    pub observed_s: i64,
    /// Upright.
    pub upright_s: i64,
    /// `upright_s / observed_s`; null when nothing was observed.
    pub upright_share: Option<f64>,
    /// Slouched, by fault.
    pub slouched_s: BTreeMap<&'static str, i64>,
    /// Somebody there, posture unknown, by reason.
    pub unclear_s: BTreeMap<&'static str, i64>,
    /// Nobody there.
    pub away_s: i64,
    /// Not watching, by reason.
    pub not_watched_s: BTreeMap<&'static str, i64>,
}

/// A day.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct JsonDaySpending {
    /// The date.
    pub day: String,
    /// How it was spent.
    #[serde(flatten)]
    pub spent: JsonSpending,
    /// Its hours with a record.
    pub hours: Vec<JsonHourSpending>,
}

/// An hour.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct JsonHourSpending {
    /// When it began.
    pub from: Timestamp,
    /// The hour on the reader's clock.
    pub clock: i8,
    /// How it was spent.
    #[serde(flatten)]
    pub spent: JsonSpending,
}

/// The nudges that the person called false alarms.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct JsonFalseAlarms {
    /// All nudges.
    pub nudges: usize,
    /// Those that were false alarms.
    pub appealed: usize,
    /// `appealed / nudges`; null without a nudge.
    pub share: Option<f64>,
    /// The lower end of its 95 % interval.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
}

/// The daily routine.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct JsonRoutine {
    /// The days on which it was offered or done.
    pub days: usize,
    /// Those on which it was done.
    pub done_days: usize,
    /// Those on which only a part of it was done.
    pub part_days: usize,
}

/// From one instant to another.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct JsonSpan {
    /// The first instant.
    pub from: Timestamp,
    /// The first instant after.
    pub to: Timestamp,
}

/// Sustained slouches.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct JsonSlouches {
    /// How many.
    pub count: usize,
    /// Their median length.
    pub median_s: Option<i64>,
    /// How many ended without a nudge.
    pub by_itself: usize,
    /// The median length of those.
    pub by_itself_median_s: Option<i64>,
    /// How many ended after a nudge.
    pub after_nudge: usize,
    /// The median length of those.
    pub after_nudge_median_s: Option<i64>,
    /// The median time from the nudge to sitting up.
    pub from_nudge_median_s: Option<i64>,
    /// How many ended unobserved.
    pub out_of_sight: usize,
    /// How many went on after the last day.
    pub went_on: usize,
    /// Each one.
    pub episodes: Vec<JsonEpisode>,
}

/// A sustained slouch, or its part in these days.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct JsonEpisode {
    /// Its fault.
    pub fault: &'static str,
    /// The first slouched observation.
    pub from: Timestamp,
    /// The last slouched observation.
    pub to: Timestamp,
    /// Slouched time between them.
    pub observed_s: i64,
    /// Mean change of the leading angle.
    pub mean_degrees: f64,
    /// Its furthest.
    pub worst_degrees: f64,
    /// One standard error of a reading.
    pub error_degrees: f64,
    /// How it ended, perhaps after the last day.
    pub ending: EpisodeOutcome,
    /// Whether it began before the first day.
    pub began_before: bool,
    /// Whether it went on after the last day.
    pub went_on: bool,
}

/// A stretch and what became of its suggestions.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct JsonStretch {
    /// The stretch's id.
    pub stretch: String,
    /// How often it was suggested.
    pub suggested: usize,
    /// How often with each answer.
    pub answers: BTreeMap<&'static str, usize>,
}

/// An angle.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct JsonAngleChange {
    /// Mean.
    pub mean_degrees: f64,
    /// Furthest from neutral.
    pub worst_degrees: f64,
    /// The minute of that.
    pub worst_at: Timestamp,
    /// One standard error of a reading.
    pub error_degrees: f64,
}

/// The period against the one before.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct JsonTrend {
    /// `too_little`, `same`, `better` or `worse`; the last two only beyond chance.
    pub verdict: &'static str,
    /// The share upright before.
    pub upright_share_before: Option<f64>,
    /// The time observed before.
    pub observed_before_s: i64,
    /// The difference between average days, in percentage points.
    pub points: Option<f64>,
    /// By how many points average days differ by chance (two standard errors).
    pub chance_points: Option<f64>,
}

/// Writes the report as one JSON object.
///
/// # Errors
///
/// When `out` cannot be written to.
pub fn json(summary: &Summary, out: &mut impl Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &JsonReport::from(summary))?;
    writeln!(out)
}

impl From<&Summary> for JsonReport {
    fn from(summary: &Summary) -> JsonReport {
        JsonReport {
            format: FORMAT,
            first_day: summary.covers.first.to_string(),
            last_day: summary.covers.last.to_string(),
            time_zone: summary.zone.iana_name().map(str::to_owned),
            total: JsonSpending::from(&summary.times),
            unrecorded_s: seconds(summary.unrecorded),
            forgotten_days: summary.forgotten,
            days: summary.days.iter().map(JsonDaySpending::from).collect(),
            longest_upright: summary.longest_upright.map(|period| JsonSpan {
                from: period.from,
                to: period.to,
            }),
            slouches: JsonSlouches::from(&summary.slouches),
            stretches: summary.uptake.iter().map(JsonStretch::from).collect(),
            false_alarms: JsonFalseAlarms::from(summary.false_alarms),
            routine: summary.routine.map(|routine| JsonRoutine {
                days: routine.days,
                done_days: routine.done,
                part_days: routine.part,
            }),
            angles: summary.angles.map(|angle| angle.map(JsonAngleChange::from)),
            trend: summary.trend.as_ref().map(JsonTrend::from),
            trial: summary.trial.map(JsonTrial::from),
            edges_trial: summary.edges_trial.map(JsonTrial::from),
            desk: summary.desk.as_ref().map(JsonDesk::from),
            agreement: summary.agreement.map(JsonAgreement::from),
        }
    }
}

impl From<FalseAlarms> for JsonFalseAlarms {
    fn from(alarms: FalseAlarms) -> JsonFalseAlarms {
        JsonFalseAlarms {
            nudges: alarms.nudges,
            appealed: alarms.appealed,
            share: alarms.share(),
            low: alarms.interval().map(|(low, _)| low),
            high: alarms.interval().map(|(_, high)| high),
        }
    }
}

impl From<&Times> for JsonSpending {
    fn from(times: &Times) -> JsonSpending {
        JsonSpending {
            observed_s: seconds(times.observed()),
            upright_s: seconds(times.of_kind(TimeCategory::Upright)),
            upright_share: times.upright_share(),
            slouched_s: times
                .faults()
                .into_iter()
                .map(|(fault, time)| (fault.id(), seconds(time)))
                .collect(),
            unclear_s: times
                .unclear()
                .into_iter()
                .map(|(reason, time)| (reason.id(), seconds(time)))
                .collect(),
            away_s: seconds(times.of_kind(TimeCategory::Away)),
            not_watched_s: times
                .not_watched()
                .into_iter()
                .map(|(reason, time)| (reason.id(), seconds(time)))
                .collect(),
        }
    }
}

impl From<&super::Day> for JsonDaySpending {
    fn from(day: &super::Day) -> JsonDaySpending {
        let hours = day
            .hours
            .iter()
            .filter(|hour| hour.times.recorded().is_positive());
        JsonDaySpending {
            day: day.date.to_string(),
            spent: JsonSpending::from(&day.times),
            hours: hours
                .map(|hour| JsonHourSpending {
                    from: hour.from,
                    clock: hour.clock,
                    spent: JsonSpending::from(&hour.times),
                })
                .collect(),
        }
    }
}

impl From<&super::Slouches> for JsonSlouches {
    fn from(slouches: &super::Slouches) -> JsonSlouches {
        JsonSlouches {
            count: slouches.episodes.len(),
            median_s: slouches.median.map(seconds),
            by_itself: slouches.by_itself.count,
            by_itself_median_s: slouches.by_itself.median.map(seconds),
            after_nudge: slouches.after_nudge.count,
            after_nudge_median_s: slouches.after_nudge.median.map(seconds),
            from_nudge_median_s: slouches.from_nudge.map(seconds),
            out_of_sight: slouches.out_of_sight,
            went_on: slouches.went_on,
            episodes: slouches.episodes.iter().map(JsonEpisode::from).collect(),
        }
    }
}

impl From<&super::SlouchPart> for JsonEpisode {
    fn from(slouch: &super::SlouchPart) -> JsonEpisode {
        let episode = &slouch.episode;
        JsonEpisode {
            fault: episode.fault.id(),
            from: episode.from,
            to: episode.to,
            observed_s: seconds(episode.observed),
            mean_degrees: episode.angle.mean,
            worst_degrees: episode.angle.worst,
            error_degrees: episode.angle.error,
            ending: episode.ending,
            began_before: slouch.began_before,
            went_on: slouch.went_on,
        }
    }
}

impl From<&super::StretchUptake> for JsonStretch {
    fn from(uptake: &super::StretchUptake) -> JsonStretch {
        JsonStretch {
            stretch: uptake.stretch.clone(),
            suggested: uptake.suggested,
            answers: uptake
                .answers
                .iter()
                .map(|(&answer, &count)| (Answer::id(answer), count))
                .collect(),
        }
    }
}

impl From<Angle> for JsonAngleChange {
    fn from(angle: Angle) -> JsonAngleChange {
        JsonAngleChange {
            mean_degrees: angle.span.mean,
            worst_degrees: angle.span.worst,
            worst_at: angle.worst_at,
            error_degrees: angle.span.error,
        }
    }
}

impl From<&super::Trend> for JsonTrend {
    fn from(trend: &super::Trend) -> JsonTrend {
        let (verdict, numbers) = match trend.verdict {
            TrendVerdict::TooLittle { .. } => ("too_little", None),
            TrendVerdict::Same { points, chance } => ("same", Some((points, chance))),
            TrendVerdict::Better { points, chance } => ("better", Some((points, chance))),
            TrendVerdict::Worse { points, chance } => ("worse", Some((points, chance))),
        };
        JsonTrend {
            verdict,
            upright_share_before: trend.before,
            observed_before_s: seconds(trend.observed_before),
            points: numbers.map(|(points, _)| points),
            chance_points: numbers.map(|(_, chance)| chance),
        }
    }
}
