//! The temporal filter: combines observations through different crops, 0.1 to 15 s apart.
//!
//! A crop's error stays the same from frame to frame while the posture stays, and differs from
//! every other crop's: on recordings of the posture set, observations through the same crop differ
//! by 0.6 degrees (one standard deviation), observations of one posture through different crops by
//! 4.6. So the filter keeps the last features of each crop, and the posture is their mean. To find
//! out whether the posture changed, it compares a crop with itself. An observation that differs is
//! held back and changes nothing until another one, at least a second later, agrees with it; then
//! everything older is dropped. So an outlier, or a short swap of left and right, never reaches an
//! angle, and a slouch is followed at once. A plain filter would mix old and new postures.
//!
//! Compared with two usual filters on synthetic observations with those errors, 5 s apart through
//! four crops (`temporal/figures.rs` checks this table):
//!
//! | filter | a change of 12: error, delay | of 6 | an outlier |
//! |---|---|---|---|
//! | one-euro | 2.2, 20 s | 1.9, 22 s | 11.3 |
//! | median | 2.3, 24 s | 2.2, 26 s | 0.0 |
//! | this | 1.8, 4 s | 1.8, 9 s | 0.0 |
//!
//! The columns: the angle's error half a minute after a change of 12 and of 6 degrees; the time
//! until 70 % of the change shows; how far one observation of 40 degrees moves the output. The
//! one-euro filter has a cut-off of 0.009 Hz and a beta of 0.002, the median a window of 40 s.
//!
//! One crop says little about a new posture. After an observation was held back, the next one is
//! best taken through a round of crops ([`TemporalFilter::wants_round`]); this is limited because of
//! its cost.

use jiff::{SignedDuration, Timestamp};

use crate::posture::{AngleKind, Features, PerAngle};

/// A crop that differs from its last features by more degrees than this shows another posture. It is
/// small against a slouch's limit and twice the assumed sway of a person who sits still (2 degrees,
/// one standard deviation; on recordings with that sway, 3 degrees made the angles worse by 0.15).
const CHANGED: f64 = 4.0;
/// The same for the mean of a round of crops.
const CHANGED_IN_ALL: f64 = 2.5;
/// Different crops of one posture agree within this many degrees: three standard deviations.
const CROPS_DIFFER_BY: f64 = 14.0;
/// Observations that were held back are accepted once they have agreed for this long. In a series of
/// quick observations, a swap of left and right is over sooner.
const CONFIRMED: SignedDuration = SignedDuration::from_secs(1);
/// A crop is forgotten after this many maximum gaps. Our choice: with the default gap that is 120 s,
/// longer than the monitor takes for a round of four crops while somebody sits still.
const FORGOTTEN_GAPS: i32 = 4;
/// A round is wanted at most this often within [`ROUNDS_PERIOD`]. It costs as much as six observations,
/// so this adds at most three quarters to observations every 5 s.
const MAX_ROUNDS: usize = 3;
const ROUNDS_PERIOD: SignedDuration = SignedDuration::from_mins(3);

/// The variance of an angle's error by number of crops, relative to eight crops: a part that all
/// crops share, and a part of each crop. On the posture set one crop's error is 1.25 times that of eight
/// by the joints alone, and 1.12 to 1.14 times from all places where the face shows and at the side
/// (`cargo run --release -p train -- SET --crops one`). The greatest of these counts.
const SHARED: f64 = 0.92;
const EACH: f64 = 0.64;

/// Whether the last observation agreed with those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FilterState {
    /// It did, or there was none.
    Settled,
    /// It differed and is held back; the next observation decides.
    Doubtful,
}

/// The features in one crop, relative to that crop's neutral.
#[derive(Debug, Clone, Copy, PartialEq)]
struct CropFeatures {
    crop: usize,
    features: Features,
    at: Timestamp,
}

/// The last features of each crop.
#[derive(Debug, Clone, Default)]
pub struct TemporalFilter {
    accepted: Vec<CropFeatures>,
    /// The observations held back.
    held: Vec<CropFeatures>,
    last: Option<Timestamp>,
    /// The last times when a round was taken, newest first.
    rounds: [Option<Timestamp>; MAX_ROUNDS],
}

impl TemporalFilter {
    /// Adds an observation: the features in each of its crops, relative to the crop's neutral.
    /// `degrees` converts features to the angles that are compared.
    ///
    /// An observation without crops is ignored, and so is one from before the last. After more than
    /// `max_gap` without an observation, or if the clock was set back by more, the filter starts anew.
    pub fn push(
        &mut self,
        crops: &[(usize, Features)],
        at: Timestamp,
        max_gap: SignedDuration,
        degrees: impl Fn(&Features) -> PerAngle<f64>,
    ) {
        if self.is_over(at, max_gap) {
            self.accepted.clear();
            self.held.clear();
        } else if self.last.is_some_and(|last| at < last) {
            return;
        }
        if crops.is_empty() {
            return;
        }
        self.last = Some(at);
        let now: Vec<CropFeatures> = crops
            .iter()
            .map(|&(crop, features)| CropFeatures { crop, features, at })
            .collect();
        self.accepted
            .retain(|shown| at.duration_since(shown.at) <= max_gap * FORGOTTEN_GAPS);
        let allowed = if crops.len() > 1 {
            CHANGED_IN_ALL
        } else {
            CHANGED
        };
        if self.accepted.is_empty() || agree(&now, &self.accepted, allowed, &degrees) {
            self.held.clear();
            replace(&mut self.accepted, now);
        } else if self.held.is_empty() || !agree(&now, &self.held, CROPS_DIFFER_BY, &degrees) {
            self.held = now;
        } else {
            let first = self.held[0].at;
            replace(&mut self.held, now);
            if at.duration_since(first) >= CONFIRMED {
                self.accepted = std::mem::take(&mut self.held);
            }
        }
    }

    /// The posture; `None` before the first observation.
    #[must_use]
    pub fn features(&self) -> Option<Features> {
        mean(&self.accepted)
    }

    /// One standard error of an angle, given that of an angle through eight crops.
    #[must_use]
    pub fn error(&self, of_eight: f64) -> f64 {
        let crops = self.accepted.len().max(1) as f64;
        of_eight * (SHARED + EACH / crops).sqrt()
    }

    /// Whether an observation is held back.
    #[must_use]
    pub fn state(&self) -> FilterState {
        if self.held.is_empty() {
            FilterState::Settled
        } else {
            FilterState::Doubtful
        }
    }

    /// Whether the next observation should use a round of crops, because the posture is new or may have changed.
    #[must_use]
    pub fn wants_round(&self, at: Timestamp, max_gap: SignedDuration) -> bool {
        let is_new = self.accepted.is_empty() || !self.held.is_empty() || self.is_over(at, max_gap);
        let is_recent = |all: Timestamp| at.duration_since(all).abs() < ROUNDS_PERIOD;
        is_new && !self.rounds[MAX_ROUNDS - 1].is_some_and(is_recent)
    }

    /// Records that a round was taken, even if nothing could be measured: the cost is the same.
    pub fn record_round(&mut self, at: Timestamp) {
        self.rounds.rotate_right(1);
        self.rounds[0] = Some(at);
    }

    fn is_over(&self, at: Timestamp, max_gap: SignedDuration) -> bool {
        self.last
            .is_some_and(|last| at.duration_since(last).abs() > max_gap)
    }
}

/// Whether observations show the same posture. Compares equal crops if there are any, otherwise the
/// means.
fn agree(
    now: &[CropFeatures],
    before: &[CropFeatures],
    allowed: f64,
    degrees: &impl Fn(&Features) -> PerAngle<f64>,
) -> bool {
    let same = |one: &CropFeatures| before.iter().find(|other| other.crop == one.crop);
    let pairs: Vec<_> = now
        .iter()
        .filter_map(|one| Some(degrees(&one.features).zip(degrees(&same(one)?.features))))
        .collect();
    if pairs.is_empty() {
        let (Some(one), Some(other)) = (mean(now), mean(before)) else {
            return true;
        };
        let mut angles = degrees(&one).zip(degrees(&other)).into_iter();
        return angles.all(|(_, (one, other))| (one - other).abs() <= CROPS_DIFFER_BY);
    }
    let count = pairs.len() as f64;
    AngleKind::ALL.into_iter().all(|angle| {
        let changes = pairs.iter().map(|pair| pair[angle].0 - pair[angle].1);
        (changes.sum::<f64>() / count).abs() <= allowed
    })
}

/// Replaces the features of the same crops.
fn replace(accepted: &mut Vec<CropFeatures>, now: Vec<CropFeatures>) {
    accepted.retain(|before| now.iter().all(|one| one.crop != before.crop));
    accepted.extend(now);
}

fn mean(shown: &[CropFeatures]) -> Option<Features> {
    let features: Vec<Features> = shown.iter().map(|shown| shown.features).collect();
    Features::mean(&features)
}

#[cfg(test)]
mod figures;
#[cfg(test)]
mod tests;
