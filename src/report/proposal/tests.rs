use super::*;
use crate::posture::{Basis, CalibrationDoubt, PerAngle, View};
use crate::record::{
    AngleReading, AngleSpan, CalibrationRecord, EpisodeOutcome, Minute, Reading, SettledProposal,
};

const LIMIT: LimitInForce = LimitInForce {
    set: 10.0,
    scaled: 10.0,
};

fn at(minute: i64) -> Timestamp {
    Timestamp::from_second(1_795_392_000 + 60 * minute).unwrap()
}

fn mins(minutes: i64) -> SignedDuration {
    SignedDuration::from_mins(minutes)
}

/// Slouches an hour apart: the mean angle, how many minutes, and the answer to the nudge in it. The error of
/// each reading is this.
fn records(slouches: &[(f64, i64, Answer)], error: f64) -> Records {
    let mut records = Records::default();
    for (&(mean, minutes, answer), hour) in slouches.iter().zip(0..) {
        let (from, angle) = (
            at(60 * hour),
            AngleSpan {
                mean,
                worst: mean,
                error,
            },
        );
        let nudge = from + mins(2);
        records.episodes.push(Episode {
            fault: Fault::ForwardHead,
            from,
            to: from + mins(minutes),
            observed: mins(minutes),
            angle,
            ending: EpisodeOutcome::ByItself,
        });
        records.nudges.push(Nudge {
            at: nudge,
            fault: Fault::ForwardHead,
            stretch: "chest-lift".to_owned(),
            answer,
            answered: None,
        });
        let angles = PerAngle {
            forward_head: Some(AngleReading {
                change: mean,
                error,
            }),
            rounded_shoulders: None,
        };
        records.evidence.push(NudgeEvidence {
            nudge,
            readings: vec![Reading { at: nudge, angles }],
            view: View::Side,
            basis: Basis::Joints,
            skeleton: None,
            limits: PerAngle::default(),
            onset: mins(1),
            model: "full".to_owned(),
            calibration: None,
            doubt: None,
        });
        records.minutes.extend((0..minutes).map(|minute| Minute {
            start: from + mins(minute),
            spent: [].into(),
            placement: None,
            angles: PerAngle {
                forward_head: Some(angle),
                rounded_shoulders: None,
            },
        }));
    }
    records
}

fn proposal(records: &Records) -> Option<Proposal> {
    Proposal::for_fault(records, Fault::ForwardHead, |_| LIMIT, mins(1))
}

use Answer::{Done, NotASlouch};

/// Three false alarms near the limit, and two slouches beyond it.
const NEAR: [(f64, i64, Answer); 5] = [
    (11.2, 4, NotASlouch),
    (12.4, 4, NotASlouch),
    (19.0, 4, NotASlouch),
    (12.9, 4, Done),
    (25.0, 4, Done),
];

#[test]
fn two_false_alarms_are_few() {
    assert_eq!(proposal(&records(&NEAR[1..], 2.0)), None);
    let shoulders = |_| LIMIT;
    let near = records(&NEAR, 2.0);
    let other = Proposal::for_fault(&near, Fault::RoundedShoulders, shoulders, mins(1));
    assert_eq!(other, None);
}

#[test]
fn false_alarms_near_the_limit_lead_to_a_higher_one() {
    let near = records(&NEAR, 2.0);
    let found = proposal(&near).unwrap();
    let Remedy::RaiseLimit { angle, to } = found.remedy else {
        panic!("{found:?}")
    };
    // 13 degrees are shown, and this view's estimates count for less or more against the limit.
    let gain = angles::gains(View::Side, Basis::Joints).forward_head;
    assert_eq!((angle, to), (AngleKind::ForwardHead, (13.0 * gain).ceil()));
    let effect = RemedyEffect {
        left_out: 2,
        appealed: 3,
        lost: 1,
        others: 2,
        counted: 5,
        then: 2,
    };
    assert_eq!(found.effect, Some(effect));
    assert_eq!(
        found.reason(),
        "You called 3 nudges for head forward a false alarm within two weeks."
    );
    assert_eq!(
        found.change().unwrap(),
        "That would have left out 2 of 3 false alarms. It would also have left out 1 of 2 other slouches of this kind. \
         By the kept minutes of these two weeks there would have been 2 slouches instead of 5."
    );
    // A high sensitivity scales what the settings say.
    let high = |_| LimitInForce {
        set: 10.0,
        scaled: 7.5,
    };
    let found = Proposal::for_fault(&near, Fault::ForwardHead, high, mins(1)).unwrap();
    let to = (13.0 * gain / 0.75).ceil();
    assert_eq!(
        found.remedy,
        Remedy::RaiseLimit {
            angle: AngleKind::ForwardHead,
            to
        }
    );
}

#[test]
fn a_limit_that_would_leave_out_most_slouches_is_not_proposed() {
    let slouches = [
        (20.0, 4, NotASlouch),
        (21.0, 4, NotASlouch),
        (22.0, 4, NotASlouch),
        (13.0, 4, Done),
        (14.0, 4, Done),
    ];
    let found = proposal(&records(&slouches, 2.0)).unwrap();
    assert_eq!(found.remedy, Remedy::Calibrate { doubtful: 0 });
    // The neutral would be at 21 degrees, and limits count from there.
    let effect = found.effect.unwrap();
    assert_eq!((effect.left_out, effect.lost, effect.then), (3, 2, 0));
}

#[test]
fn a_calibration_that_seemed_not_to_fit_is_done_again() {
    let mut doubted = records(&NEAR, 2.0);
    for evidence in &mut doubted.evidence[..2] {
        evidence.doubt = Some(CalibrationDoubt::CameraElsewhere);
    }
    let found = proposal(&doubted).unwrap();
    assert_eq!(found.remedy, Remedy::Calibrate { doubtful: 2 });
    assert!(found.advice().starts_with("In 2 of them the camera"));
    // False alarms from before a calibration say nothing about it.
    doubted.calibrations.push(CalibrationRecord {
        at: at(60),
        camera: "usb-1".to_owned(),
        profile: "sitting".to_owned(),
    });
    assert_eq!(proposal(&doubted), None);
}

#[test]
fn readings_that_are_too_inexact_for_the_limit_lead_to_the_camera() {
    let found = proposal(&records(&NEAR, 8.0)).unwrap();
    assert_eq!(found.remedy, Remedy::MoveCamera { error: 8.0 });
    assert_eq!(found.effect, None);
    // The largest error from in front in good light is 4.4 degrees.
    let found = proposal(&records(&NEAR, 4.4)).unwrap();
    assert!(!matches!(found.remedy, Remedy::MoveCamera { .. }));
}

#[test]
fn false_alarms_that_are_long_and_alike_lead_to_a_profile() {
    let standing = [
        (14.0, 40, NotASlouch),
        (15.0, 50, NotASlouch),
        (16.0, 30, NotASlouch),
        (24.0, 4, Done),
    ];
    let found = proposal(&records(&standing, 2.0)).unwrap();
    assert_eq!(found.remedy, Remedy::AddProfile);
    // Where everything of this kind is a false alarm, the neutral itself is wrong.
    let found = proposal(&records(&standing[..3], 2.0)).unwrap();
    assert_ne!(found.remedy, Remedy::AddProfile);
}

#[test]
fn without_evidence_false_alarms_still_lead_to_a_proposal() {
    let mut older = records(&NEAR, 2.0);
    older.evidence.clear();
    let found = proposal(&older).unwrap();
    let remedy = Remedy::RaiseLimit {
        angle: AngleKind::ForwardHead,
        to: 13.0,
    };
    assert_eq!(found.remedy, remedy);
}

#[test]
fn after_an_answer_only_new_false_alarms_count() {
    let slouches = [NEAR[0], NEAR[1], NEAR[1], NEAR[0], NEAR[1], NEAR[2]];
    let all = records(&slouches, 2.0);
    let settled = |fault| Records {
        settled_proposals: vec![SettledProposal { at: at(150), fault }],
        ..all.clone()
    };
    assert_eq!(proposal(&all).unwrap().appeals, 6);
    let other = settled(Fault::RoundedShoulders);
    assert_eq!(proposal(&other).unwrap().appeals, 6);
    let mut answered = settled(Fault::ForwardHead);
    let found = proposal(&answered).unwrap();
    assert_eq!(found.appeals, 3);
    assert_eq!(found.effect.unwrap().appealed, 3);
    answered.nudges.pop();
    assert_eq!(proposal(&answered), None);
}
