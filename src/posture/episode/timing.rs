//! How long things must last before they count: the settings of the slouch detector.

use jiff::SignedDuration;
use jiff::fmt::serde::duration::friendly::compact::required as friendly;
use serde::{Deserialize, Serialize};

/// How long things must last before they count. All are seconds of the person's
/// time and none depends on how often the camera looks.
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
    /// After so long without a look that tells anything, the time since is
    /// unknown and whatever went on is over.
    #[serde(serialize_with = "friendly")]
    pub max_gap: SignedDuration,
}

impl Default for EpisodeTiming {
    /// The onset of a minute outlasts what people do at a desk without sitting
    /// so: reading a line, reaching for a cup, picking up a pen. Recovery of
    /// 10 s outlasts a stretch of the neck. The gap is twice the longest
    /// interval between looks, 15 s, so that one lost picture closes nothing.
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
