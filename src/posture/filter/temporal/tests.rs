use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::{FilterState, PerAngle, TemporalFilter};
use crate::posture::{Features, JointFeatures};

const MAX_GAP: SignedDuration = SignedDuration::from_secs(30);

fn at(seconds: f64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs_f64(seconds)
}

fn features(degrees: f64) -> Features {
    let mut values = [0.0; JointFeatures::COUNT];
    values[0] = degrees;
    JointFeatures::of(values).into()
}

/// An observation through these crops, each showing so many degrees.
fn push(smooth: &mut TemporalFilter, seconds: f64, crops: &[(usize, f64)]) -> f64 {
    let crops: Vec<_> = crops
        .iter()
        .map(|(crop, degrees)| (*crop, features(*degrees)))
        .collect();
    if crops.len() > 1 {
        smooth.record_round(at(seconds));
    }
    smooth.push(&crops, at(seconds), MAX_GAP, |features| {
        PerAngle::from_fn(|_| features.joints.ear_height)
    });
    smooth.features().unwrap().joints.ear_height
}

fn all(degrees: f64) -> Vec<(usize, f64)> {
    (0..8).map(|crop| (crop, degrees)).collect()
}

/// Plays observations `step` seconds apart. They come through four crops in turn, which saw somebody at 5 degrees
/// before. Writes the filtered angles in whole degrees.
fn play(step: f64, observations: &[f64]) -> String {
    let mut smooth = TemporalFilter::default();
    for crop in 0..4 {
        push(&mut smooth, 0.0, &[(crop, 5.0)]);
    }
    let outputs = observations.iter().enumerate().map(|(n, observation)| {
        let now = (n + 1) as f64 * step;
        format!("{:.0}", push(&mut smooth, now, &[(n % 4, *observation)]))
    });
    outputs.collect::<Vec<_>>().join(" ")
}

#[test]
fn a_single_wild_observation_does_not_move_the_angle() {
    insta::assert_snapshot!(play(3.0, &[5.0, 5.0, 60.0, 5.0, 5.0]), @"5 5 5 5 5");
    insta::assert_snapshot!(play(3.0, &[5.0, 60.0, -40.0, 5.0]), @"5 5 5 5");
}

#[test]
fn a_swap_in_a_run_of_quick_observations_does_not_either() {
    insta::assert_snapshot!(play(0.1, &[5.0, 5.0, 60.0, 60.0, 60.0, 60.0, 60.0, 5.0]), @"5 5 5 5 5 5 5 5");
}

#[test]
fn another_posture_is_followed_with_its_second_observation_however_small_the_change() {
    insta::assert_snapshot!(play(3.0, &[5.0, 5.0, 19.0, 19.0, 19.0]), @"5 5 5 19 19");
    insta::assert_snapshot!(play(3.0, &[5.0, 5.0, 9.5, 9.5, 9.5]), @"5 5 5 10 10");
}

#[test]
fn what_differs_between_crops_is_averaged_and_no_change() {
    let mut smooth = TemporalFilter::default();
    for round in 0..5 {
        for (crop, degrees) in [(0, 2.0), (1, 8.0), (2, 12.0), (3, -2.0)] {
            let now = f64::from(round * 4) * 5.0 + crop as f64 * 5.0;
            push(&mut smooth, now, &[(crop, degrees)]);
            assert_eq!(smooth.state(), FilterState::Settled);
        }
    }
    assert!((smooth.features().unwrap().joints.ear_height - 5.0).abs() < 1e-9);
}

#[test]
fn a_round_is_wanted_of_a_new_posture_and_where_one_is_doubted_but_seldom() {
    let mut smooth = TemporalFilter::default();
    assert!(smooth.wants_round(at(0.0), MAX_GAP));
    for restlessly in [0.0, 2.0, 4.0] {
        push(&mut smooth, restlessly, &all(5.0));
    }
    assert!(!smooth.wants_round(at(5.0), MAX_GAP));
    push(&mut smooth, 5.0, &[(1, 15.0)]);
    assert_eq!(smooth.state(), FilterState::Doubtful);
    assert!(!smooth.wants_round(at(6.5), MAX_GAP), "three times lately");
    assert!(
        !smooth.wants_round(at(100.0), MAX_GAP),
        "three times lately"
    );

    let mut smooth = TemporalFilter::default();
    push(&mut smooth, 0.0, &all(5.0));
    assert!(!smooth.wants_round(at(5.0), MAX_GAP));
    push(&mut smooth, 25.0, &[(3, 6.0)]);
    push(&mut smooth, 50.0, &[(5, 6.0)]);
    push(&mut smooth, 70.0, &[(5, 15.0)]);
    assert_eq!(smooth.state(), FilterState::Doubtful);
    assert!(smooth.wants_round(at(71.5), MAX_GAP));
    assert_eq!(push(&mut smooth, 71.5, &all(15.0)), 15.0);
    assert_eq!(smooth.state(), FilterState::Settled);
    assert!(
        smooth.wants_round(at(140.0), MAX_GAP),
        "after a gap all is new"
    );
}

#[test]
fn a_round_clears_a_wild_one() {
    let mut smooth = TemporalFilter::default();
    push(&mut smooth, 0.0, &all(5.0));
    push(&mut smooth, 5.0, &[(2, 50.0)]);
    assert_eq!(push(&mut smooth, 6.5, &all(5.5)), 5.5);
    assert_eq!(smooth.state(), FilterState::Settled);
}

#[test]
fn a_gap_starts_anew() {
    let mut smooth = TemporalFilter::default();
    push(&mut smooth, 0.0, &all(0.0));
    assert_eq!(push(&mut smooth, 31.0, &[(1, 4.0)]), 4.0);
}

#[test]
fn a_clock_set_back_starts_anew() {
    let mut smooth = TemporalFilter::default();
    push(&mut smooth, 4000.0, &all(0.0));
    assert_eq!(push(&mut smooth, 400.0, &[(1, 9.0)]), 9.0);
    assert_eq!(push(&mut smooth, 405.0, &[(1, 8.0)]), 8.0);
}

#[test]
fn rounds_that_show_nothing_are_counted_too() {
    let mut smooth = TemporalFilter::default();
    for observation in 0..3 {
        assert!(smooth.wants_round(at(f64::from(observation) * 5.0), MAX_GAP));
        smooth.record_round(at(f64::from(observation) * 5.0));
    }
    assert!(!smooth.wants_round(at(15.0), MAX_GAP));
    assert!(smooth.wants_round(at(181.0), MAX_GAP));
}

#[test]
fn an_observation_without_a_crop_or_from_before_the_last_counts_as_none() {
    let mut smooth = TemporalFilter::default();
    push(&mut smooth, 10.0, &all(3.0));
    assert_eq!(push(&mut smooth, 13.0, &[]), 3.0);
    assert_eq!(push(&mut smooth, 5.0, &all(4.0)), 3.0);
}

#[test]
fn the_error_shrinks_with_the_crops_but_not_below_what_they_share() {
    let mut smooth = TemporalFilter::default();
    let errors = (0..10).map(|crop| {
        push(&mut smooth, crop as f64 * 3.0, &[(crop, 5.0)]);
        format!("{:.2}", smooth.error(2.5))
    });
    insta::assert_snapshot!(errors.collect::<Vec<_>>().join(" "), @"3.12 2.78 2.66 2.60 2.56 2.53 2.51 2.50 2.49 2.48");
}

proptest! {
    #[test]
    fn the_angle_stays_within_the_observations(observations in proptest::collection::vec((-90.0..90.0_f64, -5.0..15.0_f64, 0_usize..8), 1..100)) {
        let mut smooth = TemporalFilter::default();
        let (mut now, mut low, mut high) = (0.0_f64, f64::MAX, f64::MIN);
        for (observation, step, crop) in observations {
            now += step;
            low = low.min(observation);
            high = high.max(observation);
            let output = push(&mut smooth, now, &[(crop, observation)]);
            prop_assert!(low - 1e-9 <= output && output <= high + 1e-9);
        }
    }

    #[test]
    fn shifting_every_observation_shifts_the_angle(observations in proptest::collection::vec((-30.0..30.0_f64, 0.1..15.0_f64, 0_usize..8), 1..50), shift in -20.0..20.0_f64) {
        let (mut plain, mut shifted, mut now) = (TemporalFilter::default(), TemporalFilter::default(), 0.0);
        for (observation, step, crop) in observations {
            now += step;
            let (one, other) = (push(&mut plain, now, &[(crop, observation)]), push(&mut shifted, now, &[(crop, observation + shift)]));
            prop_assert!((one + shift - other).abs() < 1e-6);
        }
    }
}
