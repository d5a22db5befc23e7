//! What another limit would have meant, as far as the kept minutes tell.
//!
//! The history keeps the mean change of each minute, not each observation. So slouches are counted in
//! whole minutes here, and a number compares only with another that was counted in the same way.

use jiff::SignedDuration;

use crate::posture::AngleKind;
use crate::record::Minute;

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

/// How often an angle was beyond a limit for `onset`, by the means of consecutive minutes.
#[must_use]
pub fn slouches_beyond(
    minutes: &[Minute],
    angle: AngleKind,
    limit: f64,
    onset: SignedDuration,
) -> usize {
    let is_beyond = |minute: &&Minute| minute.angles[angle].is_some_and(|span| span.mean >= limit);
    let beyond: Vec<&Minute> = minutes.iter().filter(is_beyond).collect();
    let runs = beyond.chunk_by(|one, next| one.start + MINUTE == next.start);
    runs.filter(|run| MINUTE * i32::try_from(run.len()).unwrap_or(i32::MAX) >= onset)
        .count()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::Timestamp;

    use super::*;
    use crate::posture::PerAngle;
    use crate::record::AngleSpan;

    /// A minute for each character: its tens of degrees, or a gap.
    fn minutes(means: &str) -> Vec<Minute> {
        let minute = |(number, mean): (i32, char)| {
            let mean = f64::from(mean.to_digit(10)?) * 10.0;
            Some(Minute {
                start: Timestamp::UNIX_EPOCH + MINUTE * number,
                spent: BTreeMap::new(),
                placement: None,
                angles: PerAngle {
                    forward_head: Some(AngleSpan {
                        mean,
                        worst: mean,
                        error: 3.0,
                    }),
                    rounded_shoulders: None,
                },
            })
        };
        (0..).zip(means.chars()).filter_map(minute).collect()
    }

    #[test]
    fn runs_of_minutes_beyond_the_limit_count_once_each() {
        let count = |means, limit, onset| {
            slouches_beyond(
                &minutes(means),
                AngleKind::ForwardHead,
                limit,
                SignedDuration::from_secs(onset),
            )
        };
        assert_eq!(count("011022201", 10.0, 60), 3);
        assert_eq!(count("011022201", 15.0, 60), 1);
        assert_eq!(count("011022201", 10.0, 120), 2);
        assert_eq!(count("22.22", 20.0, 60), 2, "nothing is known of a gap");
        assert_eq!(count("22.22", 20.0, 180), 0);
        assert_eq!(count("", 10.0, 60), 0);
        let shoulders = AngleKind::RoundedShoulders;
        assert_eq!(slouches_beyond(&minutes("222"), shoulders, 10.0, MINUTE), 0);
    }
}
