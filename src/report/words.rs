//! Numbers in the words of every form of report.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::trend::{Trend, TrendVerdict};
use super::{Days, Summary, TimeCategory};
use crate::record::{Answer, Period};

/// Less than this says little about how somebody sits. Our own choice.
const LITTLE: SignedDuration = SignedDuration::from_mins(30);

/// A duration, no more exact than it is of use: `45 s`, `3 min 20 s`, `52 min`, `6 h 12 min`.
pub(crate) fn duration(time: SignedDuration) -> String {
    let seconds = time.as_secs().max(0) + i64::from(time.subsec_millis() >= 500);
    match seconds {
        0..60 => format!("{seconds} s"),
        60..600 if seconds % 60 == 0 => format!("{} min", seconds / 60),
        60..600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => {
            let minutes = (seconds + 30) / 60;
            match (minutes / 60, minutes % 60) {
                (0, minutes) => format!("{minutes} min"),
                (hours, 0) => format!("{hours} h"),
                (hours, minutes) => format!("{hours} h {minutes} min"),
            }
        }
    }
}

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

/// A minute: its time on a day's report, its day too on a longer one's.
pub(super) fn moment(at: Timestamp, summary: &Summary) -> String {
    let local = summary.zone.to_datetime(at);
    if summary.days.len() > 1 {
        local.strftime("%a %-d %b, %H:%M").to_string()
    } else {
        local.strftime("%H:%M").to_string()
    }
}

/// A length with its ends: `1 h 12 min (09:10 to 10:22)`.
pub(super) fn span(period: Period, summary: &Summary) -> String {
    let length = duration(period.to.duration_since(period.from));
    format!(
        "{length} ({} to {})",
        moment(period.from, summary),
        clock(period.to, &summary.zone)
    )
}

/// A whole percentage. What is neither nothing nor all is never told as it.
pub(crate) fn percent(share: f64) -> String {
    match share * 100.0 {
        p if p > 0.0 && p < 0.5 => "<1%".to_owned(),
        p if p > 99.5 && p < 100.0 => ">99%".to_owned(),
        p => format!("{p:.0}%"),
    }
}

pub(super) fn count(number: usize, one: &str, many: &str) -> String {
    if number == 1 {
        format!("1 {one}")
    } else {
        format!("{number} {many}")
    }
}

/// Degrees with their sign: `+4.2°`.
pub(super) fn degrees(degrees: f64) -> String {
    // -0.04 is written +0.0.
    let rounded = (degrees * 10.0).round() / 10.0 + 0.0;
    format!("{rounded:+.1}°")
}

/// The period in one or two sentences.
pub(super) fn headline(summary: &Summary) -> String {
    let times = &summary.times;
    let observed = times.observed();
    let Some(share) = times.upright_share() else {
        return match (times.recorded().is_positive(), summary.forgotten) {
            (true, _) => "Sitwell was on, but never saw how you sat. Where the time went is below."
                .to_owned(),
            (false, 0) => {
                "Nothing was recorded. Sitwell records while `sitwell monitor` runs.".to_owned()
            }
            (false, _) => {
                "How long you sat upright is no longer kept; slouches and stretches are.".to_owned()
            }
        };
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
    let was = match trend.before {
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
            "Too little to compare with {before}{was}: {} with an hour or more observed now, {days_before} then. \
             It takes five together, one at least on each side.",
            count(days, "day", "days"),
        ),
        TrendVerdict::Same { points, chance: by } => format!(
            "No clear change against {before}{was}: {points:+.1} points on an average day, and {}.",
            chance(by)
        ),
        TrendVerdict::Better { points, chance: by } => format!(
            "More upright than {before}{was}: {points:+.1} points on an average day; {}.",
            chance(by)
        ),
        TrendVerdict::Worse { points, chance: by } => format!(
            "Less upright than {before}{was}: {points:+.1} points on an average day; {}.",
            chance(by)
        ),
    }
}

/// How slouches ended, one sentence each.
pub(super) fn slouches(summary: &Summary) -> Vec<String> {
    let slouches = &summary.slouches;
    let mut sentences = Vec::new();
    let Some(median) = slouches.median else {
        sentences.push("No sustained slouch.".to_owned());
        return sentences;
    };
    let number = slouches.episodes.len();
    let length = if number == 1 {
        ""
    } else {
        "half of them longer than "
    };
    sentences.push(format!(
        "{}, {length}{}.",
        count(number, "sustained slouch", "sustained slouches"),
        duration(median)
    ));
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
        let (left, its) = if slouches.out_of_sight == 1 {
            ("ended", "its")
        } else {
            ("ended", "their")
        };
        sentences.push(format!(
            "{} {left} unseen: you left or watching stopped before {its} end.",
            slouches.out_of_sight
        ));
    }
    sentences
}

/// What became of all suggestions, such as `5 suggested: 3 done, 1 skipped`.
pub(super) fn uptake(summary: &Summary) -> String {
    if summary.suggested() == 0 {
        return "No stretch was suggested.".to_owned();
    }
    let answers = Answer::ALL
        .into_iter()
        .map(|answer| (answer, summary.answered(answer)));
    let answers: Vec<String> = answers
        .filter(|&(_, n)| n > 0)
        .map(|(answer, n)| format!("{n} {answer}"))
        .collect();
    format!(
        "{} suggested: {}.",
        count(summary.suggested(), "stretch", "stretches"),
        answers.join(", ")
    )
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
    fn durations_are_told_as_exactly_as_is_of_use() {
        let rows = [
            (0, "0 s"),
            (45, "45 s"),
            (60, "1 min"),
            (200, "3 min 20 s"),
            (3120, "52 min"),
            (3600, "1 h"),
            (22_320, "6 h 12 min"),
            (86_400, "24 h"),
        ];
        for (seconds, words) in rows {
            assert_eq!(duration(SignedDuration::from_secs(seconds)), words);
        }
    }

    #[test]
    fn days_are_told_as_people_say_them() {
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

    #[test]
    fn a_little_is_not_told_as_nothing() {
        assert_eq!(
            [0.0, 0.004, 0.5, 0.996, 1.0].map(percent),
            ["0%", "<1%", "50%", ">99%", "100%"]
        );
        assert_eq!(degrees(-0.04), "+0.0°");
    }
}
