use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::Smooth;

fn at(seconds: f64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs_f64(seconds)
}

/// Pushes looks so many seconds apart and writes down what comes out, in whole degrees.
fn play(step: f64, looks: &[f64]) -> String {
    let mut smooth = Smooth::default();
    let outputs = looks
        .iter()
        .zip(0_u32..)
        .map(|(look, n)| smooth.push(*look, at(f64::from(n) * step)));
    outputs
        .map(|output| format!("{output:.0}"))
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn a_single_wild_look_does_not_move_the_angle() {
    insta::assert_snapshot!(play(3.0, &[5.0, 5.0, 5.0, 60.0, 5.0, 5.0]), @"5 5 5 5 5 5");
    insta::assert_snapshot!(play(3.0, &[5.0, 5.0, 60.0, -40.0, 5.0]), @"5 5 5 5 5");
}

#[test]
fn a_swap_in_a_run_of_quick_looks_does_not_either() {
    insta::assert_snapshot!(play(0.1, &[5.0, 5.0, 5.0, 60.0, 60.0, 60.0, 60.0, 60.0, 5.0]), @"5 5 5 5 5 5 5 5 5");
}

#[test]
fn a_slouch_is_followed_with_its_second_look() {
    insta::assert_snapshot!(play(3.0, &[0.0, 0.0, 0.0, 14.0, 14.0, 14.0]), @"0 0 0 0 14 14");
}

#[test]
fn a_wild_first_look_is_dropped_when_the_others_agree() {
    insta::assert_snapshot!(play(3.0, &[60.0, 5.0, 5.0, 5.0]), @"60 60 5 5");
}

#[test]
fn a_small_change_comes_slowly() {
    insta::assert_snapshot!(play(5.0, &[0.0, 0.0, 0.0, 0.0, 6.0, 6.0, 6.0, 6.0, 6.0, 6.0]), @"0 0 0 0 2 3 4 4 5 5");
}

#[test]
fn a_gap_starts_anew() {
    let mut smooth = Smooth::default();
    smooth.push(0.0, at(0.0));
    assert_eq!(smooth.push(4.0, at(31.0)), 4.0);
    assert_eq!(smooth.looks(), 1.0);
}

#[test]
fn what_is_not_a_number_counts_as_no_look() {
    let mut smooth = Smooth::default();
    smooth.push(3.0, at(0.0));
    assert_eq!(smooth.push(f64::NAN, at(3.0)), 3.0);
    assert_eq!(smooth.push(f64::INFINITY, at(6.0)), 3.0);
}

#[test]
fn the_error_shrinks_with_the_looks_but_not_below_what_they_share() {
    let mut smooth = Smooth::default();
    let mut errors = Vec::new();
    for n in 0..20 {
        smooth.push(5.0, at(f64::from(n) * 3.0));
        errors.push(format!("{:.2}", smooth.error(2.5)));
    }
    insta::assert_snapshot!(format!("{} .. {}", errors[..4].join(" "), errors[19]), @"2.50 2.17 2.05 1.98 .. 1.84");
}

proptest! {
    #[test]
    fn the_angle_stays_within_the_looks(looks in proptest::collection::vec((-90.0..90.0_f64, -5.0..15.0_f64), 1..100)) {
        let mut smooth = Smooth::default();
        let (mut now, mut low, mut high) = (0.0_f64, f64::MAX, f64::MIN);
        for (look, step) in looks {
            now += step;
            low = low.min(look);
            high = high.max(look);
            let output = smooth.push(look, at(now));
            prop_assert!(low - 1e-9 <= output && output <= high + 1e-9);
            prop_assert!(smooth.error(2.5) <= 2.5 && smooth.error(2.5) >= 1.76);
        }
    }

    #[test]
    fn shifting_every_look_shifts_the_angle(looks in proptest::collection::vec((-30.0..30.0_f64, 0.1..15.0_f64), 1..50), shift in -20.0..20.0_f64) {
        let (mut plain, mut shifted, mut now) = (Smooth::default(), Smooth::default(), 0.0);
        for (look, step) in looks {
            now += step;
            prop_assert!((plain.push(look, at(now)) + shift - shifted.push(look + shift, at(now))).abs() < 1e-6);
        }
    }
}
