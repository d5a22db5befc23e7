//! Smoothing over looks that come through different crops, 0.1 to 15 s apart.
//!
//! A crop errs alike from picture to picture while the posture stays, and unlike every other
//! crop: on recordings of the posture set looks through the same crop differ by 0.6 degrees (one standard
//! deviation), looks through different crops at the same posture by 4.6. So what each crop showed last is
//! kept and the posture is their mean; and whether the posture has changed is told by comparing a crop with
//! itself. A look that differs is held back: it moves nothing until another, a second later or more,
//! agrees with it, and then all that was kept before it is dropped. So a wild look or a
//! brief swap of left and right never reaches an angle, and a slouch is followed at once, where a plain
//! filter would creep or average old with new.
//!
//! Beside the two usual choices on synthetic looks 5 s apart through eight crops with those errors
//! (`temporal/figures.rs` holds the table and fails when it is no longer true):
//!
//! | way | a change of 12: off by, delay | of 6 | a wild look |
//! |---|---|---|---|
//! | one-euro | 1.9, 20 s | 1.5, 22 s | 11.3 |
//! | median | 1.8, 24 s | 1.8, 27 s | 0.0 |
//! | this | 1.3, 2 s | 1.3, 8 s | 0.0 |
//!
//! The columns: how far off the angle is half a minute after a change of 12 and of 6 degrees, and the
//! time until 70 % of it shows; how far one look of 40 degrees moves the output.
//! One-euro with a cut-off of 0.009 Hz and a beta of 0.002, the median over 40 s.
//!
//! One crop alone says little about a new posture, so where a look is held back the next one
//! is best taken through all crops ([`TemporalFilter::wants_all_crops`]), though not so often that it costs much.
//!
//! What it leaves out: which angles there are, and what follows from them.

use jiff::{SignedDuration, Timestamp};

use crate::posture::{AngleKind, Features, PerAngle};

/// A crop's look that differs from its last by so many degrees shows another posture: small against the
/// limit of a slouch, and twice what somebody is assumed to sway who keeps a posture (2 degrees, one standard
/// deviation; on recordings with such a sway 3 degrees made angles worse by 0.15).
const CHANGED: f64 = 4.0;
/// The same for the mean of all crops.
const CHANGED_IN_ALL: f64 = 2.5;
/// Looks through different crops at one posture lie within so many degrees: three standard deviations.
const APART: f64 = 14.0;
/// Looks held back are believed once they have agreed for so long; a swap of
/// left and right in a run of quick looks is over sooner.
const CONFIRMED: SignedDuration = SignedDuration::from_secs(1);
/// A crop is forgotten after this many maximum gaps. Our choice: with the default gap that is 60 s,
/// longer than the monitor takes for a round through all crops.
const FORGOTTEN_GAPS: i32 = 2;
/// All crops are wanted at most so often in so long. A look through all costs as much as nine, so this adds
/// three quarters at most to looks that come every 5 s.
const AT_MOST: usize = 3;
const WITHIN: SignedDuration = SignedDuration::from_mins(3);

/// The variance of an angle's error by the number of crops it rests on: what the crops share, and what each
/// adds by itself, as shares of what eight together have. On the posture set one crop
/// errs 1.55 times as much as eight.
const SHARED: f64 = 0.8;
const EACH: f64 = 1.6;

/// Whether the last look agreed with those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FilterState {
    /// It did, or there was none.
    Settled,
    /// It was far off and is held back: the next look, soon, decides.
    Doubtful,
}

/// What one crop shows, measured from its own zero.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Shown {
    crop: usize,
    features: Features,
    at: Timestamp,
}

/// What the crops showed last of a posture.
#[derive(Debug, Clone, Default)]
pub struct TemporalFilter {
    shown: Vec<Shown>,
    /// The looks held back.
    held: Vec<Shown>,
    last: Option<Timestamp>,
    /// When all crops were looked through, the last few times.
    all_crops: [Option<Timestamp>; AT_MOST],
}

impl TemporalFilter {
    /// Takes in a look: the shape that each of its crops shows, from the crop's own zero. `degrees` turns a
    /// shape into the angles that count.
    ///
    /// A look without a crop, and one from shortly before the last look, counts as none. After more than
    /// `max_gap` without a look, or a clock that was set back by more, the smoothing starts anew.
    pub fn push(
        &mut self,
        crops: &[(usize, Features)],
        at: Timestamp,
        max_gap: SignedDuration,
        degrees: impl Fn(&Features) -> PerAngle<f64>,
    ) {
        if self.is_over(at, max_gap) {
            self.shown.clear();
            self.held.clear();
        } else if self.last.is_some_and(|last| at < last) {
            return;
        }
        if crops.is_empty() {
            return;
        }
        self.last = Some(at);
        let now: Vec<Shown> = crops
            .iter()
            .map(|&(crop, features)| Shown { crop, features, at })
            .collect();
        self.shown
            .retain(|shown| at.duration_since(shown.at) <= max_gap * FORGOTTEN_GAPS);
        let allowed = if crops.len() > 1 {
            CHANGED_IN_ALL
        } else {
            CHANGED
        };
        if self.shown.is_empty() || agree(&now, &self.shown, allowed, &degrees) {
            self.held.clear();
            put(&mut self.shown, now);
        } else if self.held.is_empty() || !agree(&now, &self.held, APART, &degrees) {
            self.held = now;
        } else {
            let first = self.held[0].at;
            put(&mut self.held, now);
            if at.duration_since(first) >= CONFIRMED {
                self.shown = std::mem::take(&mut self.held);
            }
        }
    }

    /// The posture; none before the first look.
    #[must_use]
    pub fn features(&self) -> Option<Features> {
        mean(&self.shown)
    }

    /// One standard error of an angle of the posture, from that of an angle through eight crops.
    #[must_use]
    pub fn error(&self, of_eight: f64) -> f64 {
        let crops = self.shown.len().max(1) as f64;
        of_eight * (SHARED + EACH / crops).sqrt()
    }

    /// Whether a look is held back just now.
    #[must_use]
    pub fn state(&self) -> FilterState {
        if self.held.is_empty() {
            FilterState::Settled
        } else {
            FilterState::Doubtful
        }
    }

    /// Whether a look at this time is best taken through all crops: the posture is new or has perhaps changed.
    #[must_use]
    pub fn wants_all_crops(&self, at: Timestamp, max_gap: SignedDuration) -> bool {
        let is_new = self.shown.is_empty() || !self.held.is_empty() || self.is_over(at, max_gap);
        let is_recent = |all: Timestamp| at.duration_since(all).abs() < WITHIN;
        is_new && !self.all_crops[AT_MOST - 1].is_some_and(is_recent)
    }

    /// Notes that somebody was looked at through all crops, whether they could be measured or not: it cost as much.
    pub fn through_all_crops(&mut self, at: Timestamp) {
        self.all_crops.rotate_right(1);
        self.all_crops[0] = Some(at);
    }

    fn is_over(&self, at: Timestamp, max_gap: SignedDuration) -> bool {
        self.last
            .is_some_and(|last| at.duration_since(last).abs() > max_gap)
    }
}

/// Whether a look shows the posture that others did: through the same crops where there are such, else
/// within what crops differ by.
fn agree(
    now: &[Shown],
    before: &[Shown],
    allowed: f64,
    degrees: &impl Fn(&Features) -> PerAngle<f64>,
) -> bool {
    let same = |one: &Shown| before.iter().find(|other| other.crop == one.crop);
    let pairs: Vec<_> = now
        .iter()
        .filter_map(|one| Some(degrees(&one.features).zip(degrees(&same(one)?.features))))
        .collect();
    if pairs.is_empty() {
        let (Some(one), Some(other)) = (mean(now), mean(before)) else {
            return true;
        };
        let mut angles = degrees(&one).zip(degrees(&other)).into_iter();
        return angles.all(|(_, (one, other))| (one - other).abs() <= APART);
    }
    let count = pairs.len() as f64;
    AngleKind::ALL.into_iter().all(|angle| {
        let changes = pairs.iter().map(|pair| pair[angle].0 - pair[angle].1);
        (changes.sum::<f64>() / count).abs() <= allowed
    })
}

/// Puts looks in the place of what the same crops showed before.
fn put(shown: &mut Vec<Shown>, now: Vec<Shown>) {
    shown.retain(|before| now.iter().all(|one| one.crop != before.crop));
    shown.extend(now);
}

fn mean(shown: &[Shown]) -> Option<Features> {
    let features: Vec<Features> = shown.iter().map(|shown| shown.features).collect();
    Features::mean(&features)
}

#[cfg(test)]
mod figures;
#[cfg(test)]
mod tests;
