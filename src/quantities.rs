//! How durations, shares, numbers and degrees read, wherever they are shown.

use jiff::SignedDuration;

/// A duration in whole seconds, rounded in the one way of every format.
pub(crate) fn whole_seconds(time: SignedDuration) -> i64 {
    time.as_secs() + i64::from(time.subsec_millis() >= 500)
}

/// A duration from which seconds are left out unless it is shorter than a minute.
pub(crate) fn whole_minutes(time: SignedDuration) -> String {
    match whole_seconds(time) {
        ..60 => duration(time),
        seconds => duration(SignedDuration::from_mins((seconds + 30) / 60)),
    }
}

/// A duration, as exact as is useful: `45 s`, `3 min 20 s`, `52 min`, `6 h 12 min`.
pub(crate) fn duration(time: SignedDuration) -> String {
    let seconds = whole_seconds(time).max(0);
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

/// A share of 0 to 1 in whole percent.
pub(crate) fn whole_percent(share: f64) -> u32 {
    (share * 100.0).round() as u32
}

/// A share as a whole percentage.
pub(crate) fn percent(share: f64) -> String {
    rounded_percent(share, whole_percent(share))
}

/// A share that was rounded to `whole` percent. What is neither nothing nor all never reads as it.
pub(crate) fn rounded_percent(share: f64, whole: u32) -> String {
    match whole {
        0 if share > 0.0 => "<1%".to_owned(),
        100 if share < 1.0 => ">99%".to_owned(),
        whole => format!("{whole}%"),
    }
}

/// A number with its noun, such as `3 days`.
pub(crate) fn count(number: usize, one: &str, many: &str) -> String {
    if number == 1 {
        format!("1 {one}")
    } else {
        format!("{number} {many}")
    }
}

/// A difference with its sign: `+4.2`.
pub(crate) fn signed(difference: f64) -> String {
    // Adding zero turns -0 into 0.
    let rounded = (difference * 10.0).round() / 10.0 + 0.0;
    format!("{rounded:+.1}")
}

/// Degrees with their sign: `+4.2°`.
pub(crate) fn degrees(degrees: f64) -> String {
    format!("{}°", signed(degrees))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_as_exact_as_is_useful() {
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
    fn a_little_is_not_rounded_to_nothing() {
        assert_eq!(
            [0.0, 0.004, 0.5, 0.996, 1.0].map(percent),
            ["0%", "<1%", "50%", ">99%", "100%"]
        );
        assert_eq!(degrees(-0.04), "+0.0°");
        assert_eq!(signed(-1.26), "-1.3");
    }

    #[test]
    fn whole_minutes_have_no_seconds() {
        let rows = [
            (45, "45 s"),
            (60, "1 min"),
            (200, "3 min"),
            (5430, "1 h 31 min"),
        ];
        for (seconds, words) in rows {
            assert_eq!(whole_minutes(SignedDuration::from_secs(seconds)), words);
        }
    }
}
