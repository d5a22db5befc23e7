//! The sentences that the text and the page of a report share.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::times::{Times, percentages};
use super::trend::{Trend, TrendVerdict};
use super::{Angle, Days, RoutineDays, Summary, TimeCategory};
use crate::quantities::{count, degrees, duration, percent, rounded_percent, signed};
use crate::record::{Answer, Period};

/// Less observed time than this says little about how somebody sits. Our own choice.
const LITTLE: SignedDuration = SignedDuration::from_mins(30);

/// A day in full: `Monday 23 November 2026`.
pub(super) fn day(date: Date) -> String {
    date.strftime("%A %-d %B %Y").to_string()
}

/// Days in full: `Monday 23 November 2026`, `23 to 29 November 2026`, `November 2026`.
pub(super) fn days(days: Days) -> String {
    let Days { first, last } = days;
    if first == last {
        day(first)
    } else if first == first.first_of_month() && last == first.last_of_month() {
        first.strftime("%B %Y").to_string()
    } else if (first.year(), first.month()) == (last.year(), last.month()) {
        format!("{} to {}", first.day(), last.strftime("%-d %B %Y"))
    } else if first.year() == last.year() {
        format!(
            "{} to {}",
            first.strftime("%-d %B"),
            last.strftime("%-d %B %Y")
        )
    } else {
        format!(
            "{} to {}",
            first.strftime("%-d %B %Y"),
            last.strftime("%-d %B %Y")
        )
    }
}

/// The time of day: `09:05`.
pub(super) fn clock(at: Timestamp, zone: &TimeZone) -> String {
    zone.to_datetime(at).strftime("%H:%M").to_string()
}

/// A minute: the time of day, with the day where the report has several.
pub(super) fn moment(at: Timestamp, summary: &Summary) -> String {
    let local = summary.zone.to_datetime(at);
    if summary.days.len() > 1 {
        local.strftime("%a %-d %b, %H:%M").to_string()
    } else {
        local.strftime("%H:%M").to_string()
    }
}

/// A period with its ends: `1 h 12 min (09:10 to 10:22)`.
pub(super) fn span(period: Period, summary: &Summary) -> String {
    let length = duration(period.length());
    format!(
        "{length} ({} to {})",
        moment(period.from, summary),
        clock(period.to, &summary.zone)
    )
}

/// The period in one or two sentences.
pub(super) fn headline(summary: &Summary) -> String {
    let times = &summary.times;
    let observed = times.observed();
    let Some(share) = times.upright_share() else {
        let words = match (times.recorded().is_positive(), summary.forgotten) {
            (true, _) => "Sitwell was on, but never saw how you sat. Where the time went is below.",
            (false, 0) if summary.has_records() => {
                "How you sat was not recorded. Sitwell records while `sitwell monitor` runs."
            }
            (false, 0) => "Nothing was recorded. Sitwell records while `sitwell monitor` runs.",
            (false, _) => "How long you sat upright is no longer kept; slouches and stretches are.",
        };
        return words.to_owned();
    };
    let mut words = format!(
        "You sat upright for {} of the {} observed.",
        percent(share),
        duration(observed)
    );
    if observed < LITTLE {
        words.push_str(" That is too little to say much.");
        return words;
    }
    if summary.forgotten > 0 {
        let days = count(summary.forgotten, "day", "days");
        words.push_str(&format!(
            " Of {days} only slouches and stretches are still kept."
        ));
    }
    let mut faults = times.faults();
    faults.sort_by_key(|&(_, time)| std::cmp::Reverse(time));
    match (faults.first(), times.of_kind(TimeCategory::Slouched)) {
        (Some((fault, time)), slouched) if *time * 2 > slouched => {
            words.push_str(&format!(" Most of the rest: {fault}."));
        }
        _ => {}
    }
    words
}

/// How the period compares with the one before.
pub(super) fn trend(trend: &Trend, summary: &Summary) -> String {
    let before = if summary.covers.first == summary.covers.last {
        "the week before".to_owned()
    } else {
        days(trend.against)
    };
    let share_before = match trend.before {
        Some(share) => format!(
            " ({} upright of {})",
            percent(share),
            duration(trend.observed_before)
        ),
        None => " (nothing observed)".to_owned(),
    };
    let chance = |chance: f64| format!("days differ by ±{chance:.1} points by chance alone");
    match trend.verdict {
        TrendVerdict::TooLittle { days, days_before } => format!(
            "Too little to compare with {before}{share_before}: {} with an hour or more observed now, {days_before} then. \
             It takes five together, one at least on each side.",
            count(days, "day", "days"),
        ),
        TrendVerdict::Same { points, chance: by } => format!(
            "No clear change against {before}{share_before}: {} points on an average day, and {}.",
            signed(points),
            chance(by)
        ),
        TrendVerdict::Better { points, chance: by } => format!(
            "More upright than {before}{share_before}: {} points on an average day; {}.",
            signed(points),
            chance(by)
        ),
        TrendVerdict::Worse { points, chance: by } => format!(
            "Less upright than {before}{share_before}: {} points on an average day; {}.",
            signed(points),
            chance(by)
        ),
    }
}

/// How slouches ended and the longest time without one, one sentence each.
pub(super) fn slouches(summary: &Summary) -> Vec<String> {
    let slouches = &summary.slouches;
    let mut sentences = Vec::new();
    sentences.push(match slouches.median {
        None => "No sustained slouch.".to_owned(),
        Some(median) => {
            let number = slouches.episodes.len();
            let number = count(number, "sustained slouch", "sustained slouches");
            let half = match slouches.episodes.len() {
                1 => "",
                _ => "half of them longer than ",
            };
            format!("{number}, {half}{}.", duration(median))
        }
    });
    if let Some(median) = slouches.by_itself.median {
        sentences.push(format!(
            "You sat up unprompted {}, typically {} after the slouch began.",
            count(slouches.by_itself.count, "time", "times"),
            duration(median)
        ));
    }
    if let Some(median) = slouches.after_nudge.median {
        let from_nudge = slouches
            .from_nudge
            .map(|time| format!(", {} after the nudge", duration(time)));
        sentences.push(format!(
            "You sat up after a nudge {}, typically {} after the slouch began{}.",
            count(slouches.after_nudge.count, "time", "times"),
            duration(median),
            from_nudge.unwrap_or_default()
        ));
    }
    if slouches.out_of_sight > 0 {
        let its = if slouches.out_of_sight == 1 {
            "its"
        } else {
            "their"
        };
        sentences.push(format!(
            "{} ended unseen: you left or watching stopped before {its} end.",
            slouches.out_of_sight
        ));
    }
    let before = slouches
        .episodes
        .iter()
        .filter(|slouch| slouch.began_before);
    for (number, what) in [
        (before.count(), "began the day before"),
        (slouches.went_on, "went on into the next day"),
    ] {
        if number > 0 {
            sentences.push(format!(
                "{number} {what}; the lengths above are those of whole slouches."
            ));
        }
    }
    if let Some(longest) = summary.longest_upright {
        sentences.push(format!("Longest time upright: {}.", span(longest, summary)));
    }
    sentences
}

/// What became of all suggestions, such as `5 suggested: 3 done, 1 skipped`.
pub(super) fn uptake(summary: &Summary) -> String {
    if summary.suggested() == 0 {
        return "No stretch was suggested.".to_owned();
    }
    format!(
        "{} suggested: {}.",
        count(summary.suggested(), "stretch", "stretches"),
        answers(&summary.answers())
    )
}

/// The person's own rate of false alarms, if there were any.
pub(super) fn false_alarms(summary: &Summary) -> Option<String> {
    let alarms = summary.false_alarms;
    let (share, (low, high)) = (alarms.share()?, alarms.interval()?);
    (alarms.appealed > 0).then(|| {
        format!(
            "You called {} of {} a false alarm, {} (95% interval after Wilson: {} to {}).",
            alarms.appealed,
            count(alarms.nudges, "nudge", "nudges"),
            percent(share),
            percent(low),
            percent(high)
        )
    })
}

/// The daily routine, such as `Daily routine: done on 4 of 5 days, in part on 1.`
pub(super) fn routine(summary: &Summary) -> Option<String> {
    let RoutineDays { days, done, part } = summary.routine?;
    let in_part = match part {
        0 => String::new(),
        part => format!(", in part on {part}"),
    };
    let days = count(days, "day", "days");
    Some(format!("Daily routine: done on {done} of {days}{in_part}."))
}

/// Answers with their numbers, such as `3 done, 1 skipped`.
pub(super) fn answers(answers: &BTreeMap<Answer, usize>) -> String {
    let answers: Vec<String> = answers
        .iter()
        .map(|(answer, n)| format!("{n} {answer}"))
        .collect();
    answers.join(", ")
}

/// An angle over the period.
pub(super) fn angle(angle: Angle, summary: &Summary) -> String {
    let Angle { span, worst_at } = angle;
    format!(
        "{} on average, furthest {} ({}). One reading is good to ±{:.1}°.",
        degrees(span.mean),
        degrees(span.worst),
        moment(worst_at, summary),
        span.error
    )
}

/// A part of the observed time: upright, or with one fault.
pub(super) struct Share {
    pub(super) kind: TimeCategory,
    pub(super) name: String,
    pub(super) time: SignedDuration,
    /// In percent.
    pub(super) whole: u32,
    /// The same in words.
    pub(super) percent: String,
}

/// The parts of the observed time; none when nothing was observed.
pub(super) fn shares(times: &Times) -> Vec<Share> {
    let upright = TimeCategory::Upright;
    let mut parts = vec![(upright, "upright".to_owned(), times.of_kind(upright))];
    let faults = times.faults().into_iter();
    parts.extend(faults.map(|(fault, time)| (TimeCategory::Slouched, fault.to_string(), time)));
    let observed = times.observed();
    if !observed.is_positive() {
        return Vec::new();
    }
    let lengths: Vec<SignedDuration> = parts.iter().map(|part| part.2).collect();
    let shares = parts.into_iter().zip(percentages(&lengths));
    shares
        .map(|((kind, name, time), whole)| Share {
            kind,
            name,
            time,
            whole,
            percent: rounded_percent(time.div_duration_f64(observed), whole),
        })
        .collect()
}

/// The time that was not observed: the kind with a colon where there are several reasons, the
/// reason, and how long.
pub(super) fn not_observed(summary: &Summary) -> Vec<(&'static str, String, SignedDuration)> {
    let times = &summary.times;
    let mut rows = vec![("", "away".to_owned(), times.of_kind(TimeCategory::Away))];
    let unclear = times.unclear().into_iter();
    rows.extend(unclear.map(|(reason, time)| ("unclear: ", reason.to_string(), time)));
    let not_watched = times.not_watched().into_iter();
    rows.extend(not_watched.map(|(reason, time)| ("not watching: ", reason.to_string(), time)));
    let off = "Sitwell off or computer asleep".to_owned();
    rows.push(("", off, summary.unrecorded));
    rows.retain(|(_, _, time)| time.is_positive());
    rows
}

/// What the weekly notification says, in two or three short sentences.
#[must_use]
pub fn weekly_notice(summary: &Summary) -> String {
    let mut words = headline(summary);
    if summary.times.observed() < LITTLE {
        return words;
    }
    words.push(' ');
    words.push_str(&uptake(summary));
    if let Some(compared) = &summary.trend {
        words.push(' ');
        words.push_str(match compared.verdict {
            TrendVerdict::TooLittle { .. } => "It is too early to compare weeks.",
            TrendVerdict::Same { .. } => "About the same as the week before.",
            TrendVerdict::Better { .. } => "More upright than the week before.",
            TrendVerdict::Worse { .. } => "Less upright than the week before.",
        });
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_named_as_people_name_them() {
        let date = jiff::civil::date;
        let rows = [
            (
                date(2026, 11, 23),
                date(2026, 11, 23),
                "Monday 23 November 2026",
            ),
            (
                date(2026, 11, 23),
                date(2026, 11, 29),
                "23 to 29 November 2026",
            ),
            (date(2026, 11, 1), date(2026, 11, 30), "November 2026"),
            (
                date(2026, 11, 30),
                date(2026, 12, 6),
                "30 November to 6 December 2026",
            ),
            (
                date(2026, 12, 28),
                date(2027, 1, 3),
                "28 December 2026 to 3 January 2027",
            ),
        ];
        for (first, last, words) in rows {
            assert_eq!(days(Days { first, last }), words);
        }
    }
}
