//! Random numbers that are the same each time, and intervals by resampling with them.

/// A random number by its place in the sequence of a seed: `SplitMix64` (Steele, Lea, Flood: Fast splittable pseudorandom
/// number generators, OOPSLA 2014).
#[must_use]
pub fn random(seed: u64, place: u64) -> u64 {
    let mut bits = seed.wrapping_add(place.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

/// Samples with replacement. Our choice: the ends of an interval then differ by about 2 % of its width from seed to seed.
pub const RESAMPLES: usize = 2000;

/// The seed. Any would do; a fixed one makes a report say the same each time.
const SEED: u64 = 1;

/// A statistic of resampled groups, in order.
#[derive(Debug, Clone, PartialEq)]
pub struct Resampled(Vec<f64>);

/// A statistic of two independent groups, each resampled. A resample without the statistic is left out.
#[must_use]
pub fn bootstrap<T: Copy>(
    one: &[T],
    other: &[T],
    resamples: usize,
    statistic: impl Fn(&[T], &[T]) -> Option<f64>,
) -> Resampled {
    let mut place = 0;
    let mut draw = |from: &[T], to: &mut Vec<T>| {
        to.clear();
        for _ in 0..from.len() {
            let drawn = random(SEED, place) % from.len() as u64;
            place += 1;
            to.push(from[drawn as usize]);
        }
    };
    let (mut a, mut b) = (Vec::new(), Vec::new());
    let mut found: Vec<f64> = (0..resamples)
        .filter_map(|_| {
            draw(one, &mut a);
            draw(other, &mut b);
            statistic(&a, &b)
        })
        .collect();
    found.sort_by(f64::total_cmp);
    Resampled(found)
}

impl Resampled {
    /// The percentile interval of this level, such as 0.95 (Efron and Tibshirani, An Introduction to the Bootstrap, 1993);
    /// `None` of nothing.
    #[must_use]
    pub fn interval(&self, level: f64) -> Option<(f64, f64)> {
        let last = self.0.len().checked_sub(1)? as f64;
        let at = |share: f64| {
            let place = share * last;
            let (low, high) = (
                self.0[place.floor() as usize],
                self.0[place.ceil() as usize],
            );
            low + (high - low) * place.fract()
        };
        let beyond = (1.0 - level) / 2.0;
        Some((at(beyond), at(1.0 - beyond)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Lasted, NUDGED, WITHHELD, mean, restricted_mean};
    use super::*;

    #[test]
    fn random_numbers_are_those_of_the_published_generator() {
        // The first three for the seed 1234567 of the authors' reference code, prng.di.unimi.it/splitmix64.c
        let wanted = [
            6_457_827_717_110_365_317,
            3_203_168_211_198_807_973,
            9_817_491_932_198_370_423,
        ];
        assert_eq!([0, 1, 2].map(|place| random(1_234_567, place)), wanted);
    }

    #[test]
    fn the_interval_is_scipys_but_for_the_random_numbers() {
        // tests/fixtures/statistics/survival.py with SciPy 1.17.1 and 20000 resamples: -0.518 to 5.774
        let spans = |list: &[(f64, u8)]| -> Vec<Lasted> {
            let span = |&(time, ended)| Lasted {
                time,
                ended: ended == 1,
            };
            list.iter().map(span).collect()
        };
        let difference = |nudged: &[Lasted], withheld: &[Lasted]| {
            Some(restricted_mean(withheld, 10.0)? - restricted_mean(nudged, 10.0)?)
        };
        let drawn = bootstrap(&spans(&NUDGED), &spans(&WITHHELD), RESAMPLES, difference);
        let (low, high) = drawn.interval(0.95).unwrap();
        // The interval is 6.3 wide.
        assert!((low + 0.518).abs() < 0.25, "{low}");
        assert!((high - 5.774).abs() < 0.25, "{high}");
        assert_eq!(
            bootstrap(&[], &[], RESAMPLES, difference).interval(0.95),
            None
        );
    }

    #[test]
    fn intervals_of_means_are_scipys_but_for_the_random_numbers() {
        // tests/fixtures/statistics/means.py with SciPy 1.17.1 and 200000 resamples
        let differences = [3.1, 5.2, -0.4, 4.4, 2.9, 6.0, 1.2, 3.8, 2.2, 4.9];
        let one = [12.1, 9.8, 14.0, 11.2, 10.5, 13.3, 12.9, 9.1];
        let other = [4.0, 6.2, 3.1, 5.5, 7.4, 4.8, 5.1, 6.6, 3.9, 5.0, 4.4, 6.1];
        let difference = |one: &[f64], other: &[f64]| Some(mean(one) - mean(other));
        let paired = bootstrap(&differences, &[], RESAMPLES, difference);
        let groups = bootstrap(&one, &other, RESAMPLES, difference);
        // With 2000 resamples five lie beyond each end of the wider interval, so it varies more.
        let rows = [
            (&paired, 0.95, (2.14, 4.43), 0.1),
            (&paired, 0.995, (1.61, 4.85), 0.3),
            (&groups, 0.95, (5.112, 7.742), 0.1),
            (&groups, 0.995, (4.567, 8.283), 0.3),
        ];
        for (drawn, level, (low, high), tolerance) in rows {
            let found = drawn.interval(level).unwrap();
            let off = (found.0 - low).abs().max((found.1 - high).abs());
            assert!(off < tolerance, "{level}: {found:?}");
        }
    }
}
