//! How long a posture must last before it counts: the settings of the slouch detector.

use jiff::SignedDuration;
use jiff::fmt::serde::duration::friendly::compact::required as friendly;
use serde::{Deserialize, Serialize};

/// How long a posture must last before it counts. None of these times depends on how often Sitwell
/// observes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EpisodeTiming {
    /// How much slouched time makes a slouch sustained.
    #[serde(serialize_with = "friendly")]
    pub onset: SignedDuration,
    /// While a slouch builds up, sitting up or leaving for less than this is forgiven.
    #[serde(serialize_with = "friendly")]
    pub forgiven: SignedDuration,
    /// How long one must sit upright, or be away, to end a sustained slouch.
    #[serde(serialize_with = "friendly")]
    pub recovery: SignedDuration,
    /// After a longer time without a clear observation, that time is unknown and a slouch is over.
    #[serde(serialize_with = "friendly")]
    pub max_gap: SignedDuration,
}

impl Default for EpisodeTiming {
    /// Our choices. Onset, a minute: reading a line, reaching for a cup or picking up a pen takes
    /// less. Recovery, 10 s: stretching the neck takes less. Gap, 30 s: twice the longest interval
    /// between observations, so that one lost frame ends nothing.
    fn default() -> EpisodeTiming {
        EpisodeTiming {
            onset: SignedDuration::from_secs(60),
            forgiven: SignedDuration::from_secs(5),
            recovery: SignedDuration::from_secs(10),
            max_gap: SignedDuration::from_secs(30),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_written_as_people_write_them() {
        let text = toml::to_string(&EpisodeTiming::default()).unwrap();
        insta::assert_snapshot!(text, @r#"
        onset = "1m"
        forgiven = "5s"
        recovery = "10s"
        max_gap = "30s"
        "#);
        assert_eq!(
            toml::from_str::<EpisodeTiming>(&text).unwrap(),
            EpisodeTiming::default()
        );
        assert_eq!(
            toml::from_str::<EpisodeTiming>("onset = '2 min'")
                .unwrap()
                .onset,
            SignedDuration::from_mins(2)
        );
        assert!(toml::from_str::<EpisodeTiming>("frames = 8").is_err());
    }
}
