//! What is saved, read and deleted.

use super::*;

#[test]
fn what_is_saved_is_read_again() {
    let sandbox = Sandbox::new();
    sandbox.history().save_all(&one_of_each()).unwrap();
    let records = sandbox.reader().read(Period::ALWAYS).unwrap();
    let mut again: Vec<Record> = Vec::new();
    again.extend(records.minutes.into_iter().map(Record::Minute));
    again.extend(records.episodes.into_iter().map(Record::Episode));
    again.extend(records.nudges.into_iter().map(Record::Nudge));
    again.extend(records.evidence.into_iter().map(Record::Evidence));
    again.extend(records.trial.into_iter().map(Record::Trial));
    again.extend(records.routines.into_iter().map(Record::Routine));
    again.extend(records.sessions.into_iter().map(Record::Session));
    again.extend(records.calibrations.into_iter().map(Record::Calibration));
    let uses = records.calibration_uses.into_iter();
    again.extend(uses.map(Record::CalibrationUse));
    again.extend(records.desk_changes.into_iter().map(Record::DeskChange));
    again.extend(records.photo_checks.into_iter().map(Record::PhotoCheck));
    let settled = records.settled_proposals.into_iter();
    again.extend(settled.map(Record::SettledProposal));
    assert_eq!(again, one_of_each());
}

#[test]
fn how_minutes_were_spent_is_read_without_their_angles() {
    let sandbox = Sandbox::new();
    let mut history = sandbox.history();
    let minutes = [0, 1, 5].map(|number| minute(number, 20, 40));
    history
        .save_all(&minutes.clone().map(Record::Minute))
        .unwrap();
    let period = Period {
        from: minutes[1].start,
        to: minutes[2].start + SignedDuration::from_millis(1),
    };
    let times = history.read_times(period).unwrap();
    let alone = minutes[1..].iter().cloned().map(|minute| Minute {
        placement: None,
        angles: PerAngle::default(),
        ..minute
    });
    let wanted = Records {
        minutes: alone.collect(),
        ..Records::default()
    };
    assert_eq!(times, wanted);
}

#[test]
fn the_evidence_of_the_oldest_nudges_gives_way() {
    let sandbox = Sandbox::new();
    let all: Vec<Record> = (0..510)
        .map(|number| Record::Evidence(evidence(60 * number)))
        .collect();
    let mut history = sandbox.history();
    history.save_all(&all).unwrap();
    history.save_all(&all[..3]).unwrap();
    let kept = history.read(Period::ALWAYS).unwrap().evidence;
    assert_eq!(kept.len(), 500);
    assert_eq!(kept[0].nudge, at(60 * 10));
    assert_eq!(kept[499].nudge, at(60 * 509));
    history.wipe(Some(at(60 * 500))).unwrap();
    assert_eq!(history.read(Period::ALWAYS).unwrap().evidence.len(), 10);
}

#[test]
fn evidence_that_cannot_be_read_is_left_out() {
    let sandbox = Sandbox::new();
    sandbox.history().save_all(&one_of_each()).unwrap();
    let db = Connection::open(sandbox.path()).unwrap();
    db.execute("UPDATE evidence SET evidence = '{}'", [])
        .unwrap();
    let records = sandbox.reader().read(Period::ALWAYS).unwrap();
    assert_eq!((records.evidence.len(), records.nudges.len()), (0, 1));
}

#[test]
fn the_weeks_of_a_desk_begin_with_the_calibration_in_use() {
    let sandbox = Sandbox::new();
    let mut history = sandbox.history();
    let used = |seconds, profile: Option<&str>| CalibrationUse {
        from: at(seconds),
        camera: "usb-1".to_owned(),
        profile: profile.map(str::to_owned),
    };
    let all = [
        used(0, None),
        used(60, Some("desk")),
        used(300, Some("laptop")),
    ];
    assert_eq!(history.last_calibration_use().unwrap(), None);
    history
        .save_all(&all.clone().map(Record::CalibrationUse))
        .unwrap();
    let from = |seconds| {
        let (from, to) = (at(seconds), at(1000));
        history.desk(Period { from, to }).unwrap().calibration_uses
    };
    assert_eq!(from(-5), all);
    assert_eq!(from(100), all[1..]);
    assert_eq!(from(400), all[2..]);
    assert_eq!(history.last_calibration_use().unwrap().as_ref(), all.last());
}

#[test]
fn every_way_to_spend_time_is_kept() {
    let sandbox = Sandbox::new();
    let mut history = sandbox.history();
    let spent = TimeUse::all()
        .map(|spent| (spent, SignedDuration::from_millis(7)))
        .collect();
    let minute = Minute {
        spent,
        ..minute(0, 1, 0)
    };
    history.save(&Record::Minute(minute.clone())).unwrap();
    assert_eq!(history.read(Period::ALWAYS).unwrap().minutes, [minute]);
}

#[test]
fn of_two_minutes_with_the_same_start_the_longer_stays() {
    let sandbox = Sandbox::new();
    let mut history = sandbox.history();
    for (seconds, stays) in [(10, 10), (30, 30), (20, 30), (60, 60)] {
        history
            .save(&Record::Minute(minute(0, seconds, 0)))
            .unwrap();
        assert_eq!(
            history.read(Period::ALWAYS).unwrap().minutes,
            [minute(0, stays, 0)]
        );
    }
    assert_eq!(history.last_minute().unwrap(), Some(minute(0, 60, 0)));
}

#[test]
fn a_period_holds_what_began_in_it() {
    let sandbox = Sandbox::new();
    let mut history = sandbox.history();
    assert_eq!(history.extent().unwrap(), None);
    for number in 0..5 {
        history
            .save(&Record::Minute(minute(number, 60, 0)))
            .unwrap();
    }
    let half = SignedDuration::from_millis(1);
    let rows = [
        (at(60), at(180), vec![1, 2]),
        (at(60) + half, at(180) + half, vec![2, 3]),
        (at(60) - half, at(180) - half, vec![1, 2]),
        (at(180), at(60), vec![]),
    ];
    for (from, to, expected) in rows {
        let minutes = history.read(Period { from, to }).unwrap().minutes;
        let numbers: Vec<i64> = minutes
            .iter()
            .map(|m| (m.start.as_second() - at(0).as_second()) / 60)
            .collect();
        assert_eq!(numbers, expected, "{from} to {to}");
    }
    assert_eq!(
        history.extent().unwrap(),
        Some(Period {
            from: at(0),
            to: at(240) + half
        })
    );
}

#[cfg(unix)]
#[test]
fn nobody_else_can_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let sandbox = Sandbox::new();
    let mut history = sandbox.history();
    history.save_all(&one_of_each()).unwrap();
    assert_eq!(mode(sandbox.path().parent().unwrap()), 0o700);
    for file in ["", "-wal", "-shm"] {
        assert_eq!(mode(&suffixed(&sandbox.path(), file)), 0o600, "{file}");
    }
    drop(history);
    std::fs::set_permissions(sandbox.path(), std::fs::Permissions::from_mode(0o644)).unwrap();
    sandbox.history();
    assert_eq!(mode(&sandbox.path()), 0o600);
}

#[test]
fn a_report_reads_while_a_monitor_writes() {
    let sandbox = Sandbox::new();
    let mut monitor = sandbox.history();
    let report = sandbox.reader();
    for number in 0..20 {
        monitor
            .save(&Record::Minute(minute(number, 60, 0)))
            .unwrap();
        assert_eq!(
            report.read(Period::ALWAYS).unwrap().minutes.len() as i64,
            number + 1
        );
    }
    let none = History::open_to_read(&sandbox.path().with_file_name("none"));
    assert!(none.unwrap().is_none());
}

#[test]
fn retention_takes_minutes_and_wipe_takes_everything() {
    let sandbox = Sandbox::new();
    let mut history = sandbox.history();
    history.save_all(&one_of_each()).unwrap();
    let day = 24 * 60;
    history
        .save(&Record::Minute(minute(2 * day, 60, 0)))
        .unwrap();
    let now = at(60 * (2 * day + 5));
    let rows = [
        (0, now, 0),
        (3, now, 0),
        (2, now, 0),
        // The clock runs ten years ahead, or behind.
        (2, now + SignedDuration::from_hours(24 * 3650), 0),
        (1, now - SignedDuration::from_hours(24 * 3650), 0),
        (1, now, 1),
        (1, now, 0),
    ];
    for (days, now, forgotten) in rows {
        let removed = history.forget_minutes(days, now).unwrap();
        assert_eq!(removed, forgotten, "{days} days at {now}");
    }
    let left = history.read(Period::ALWAYS).unwrap();
    assert_eq!(
        (left.minutes.len(), left.episodes.len(), left.nudges.len()),
        (1, 1, 1)
    );
    assert_eq!(
        history.wipe(Some(at(2))).unwrap(),
        Removed {
            minutes: 0,
            others: 2
        }
    );
    assert_eq!(
        history.wipe(None).unwrap(),
        Removed {
            minutes: 1,
            others: 8
        }
    );
    assert_eq!(history.read(Period::ALWAYS).unwrap(), Records::default());
    let places = [sandbox.path(), suffixed(&sandbox.path(), "-wal")];
    let has = |path: &PathBuf| {
        std::fs::read(path)
            .unwrap()
            .windows(9)
            .any(|window| window == b"chin-tuck")
    };
    assert!(
        !places.iter().any(has),
        "the wiped stretch is still on the disk"
    );
}

#[test]
fn nothing_of_what_is_wiped_stays_on_the_disk_while_a_monitor_runs() {
    let sandbox = Sandbox::new();
    let mut monitor = sandbox.history();
    monitor.save_all(&one_of_each()).unwrap();
    sandbox.history().wipe(None).unwrap();
    for path in [sandbox.path(), suffixed(&sandbox.path(), "-wal")] {
        let bytes = std::fs::read(path).unwrap();
        assert!(!bytes.windows(9).any(|window| window == b"chin-tuck"));
    }
    monitor.save(&Record::Minute(minute(5, 60, 0))).unwrap();
    assert_eq!(
        sandbox.history().read(Period::ALWAYS).unwrap().minutes,
        [minute(5, 60, 0)]
    );
}

#[test]
fn wiping_says_so_when_a_reader_keeps_traces_in_the_log() {
    let sandbox = Sandbox::new();
    let mut history = sandbox.history();
    history.save_all(&one_of_each()).unwrap();
    let reader = Connection::open(sandbox.path()).unwrap();
    reader
        .execute_batch("BEGIN; SELECT count(*) FROM minutes")
        .unwrap();
    history.db.busy_timeout(Duration::ZERO).unwrap();
    let error = history.wipe(None).unwrap_err();
    assert!(matches!(error, HistoryError::TracesLeft { .. }), "{error}");
    assert_eq!(history.read(Period::ALWAYS).unwrap(), Records::default());
    reader.execute_batch("COMMIT").unwrap();
    history.wipe(None).unwrap();
}

/// A calibration of somebody seen from the front, with this height of the ears.
fn calibration(seconds: i64, profile: &str, ear_height: f64) -> StoredCalibration {
    let features = JointFeatures {
        ear_height,
        ear_width: -1.2,
        eye_drop: 0.1,
        nose_drop: 0.3,
        mouth_drop: 0.6,
        ear_right: 0.0,
        ear_up: 0.5,
        face_pitch: 0.2,
        nose_right: 0.0,
        trunk_right: 0.0,
        right_of_right: 1.0,
        right_of_left: -1.0,
        above_right: 1.0,
        above_left: 1.0,
    };
    StoredCalibration {
        taken: CalibrationRecord {
            at: at(seconds),
            camera: "usb-1".to_owned(),
            profile: profile.to_owned(),
        },
        calibration: Calibration::from_features(&[features.into(), features.into()]).unwrap(),
    }
}

#[test]
fn a_new_calibration_takes_the_place_of_the_old_one_of_its_camera_and_profile() {
    let sandbox = Sandbox::new();
    let mut history = sandbox.history();
    assert_eq!(history.calibration("usb-1", None).unwrap(), None);
    let sitting = calibration(10, "sitting", 0.5);
    let standing = calibration(20, "standing", 0.6);
    let again = calibration(30, "sitting", 0.7);
    for one in [&sitting, &standing, &again] {
        history.calibrate(one).unwrap();
    }
    let found = |profile| history.calibration("usb-1", profile).unwrap();
    assert_eq!(found(None), Some(again.clone()));
    assert_eq!(found(Some("sitting")), Some(again));
    assert_eq!(found(Some("standing")), Some(standing));
    assert_eq!(found(Some("lying")), None);
    assert_eq!(history.calibration("usb-2", None).unwrap(), None);
    assert_eq!(history.read(Period::ALWAYS).unwrap().calibrations.len(), 3);

    let mut history = sandbox.history();
    history.wipe(Some(at(100))).unwrap();
    assert!(history.calibration("usb-1", None).unwrap().is_some());
    history.wipe(None).unwrap();
    assert_eq!(history.calibration("usb-1", None).unwrap(), None);
}

#[test]
fn a_calibration_follows_its_camera_to_another_port() {
    let sandbox = Sandbox::new();
    let mut history = sandbox.history();
    let mut calibrate = |camera: &str, seconds| {
        let mut one = calibration(seconds, "default", 0.5);
        one.taken.camera = camera.to_owned();
        history.calibrate(&one).unwrap();
    };
    calibrate("usb-1/C920", 10);
    calibrate("usb-2/Brio", 20);
    calibrate("usb-3/Twin", 30);
    calibrate("usb-4/Twin", 40);
    calibrate("FaceTime", 50);
    let rows = [
        ("usb-1/C920", Some("usb-1/C920")),
        ("usb-7/C920", Some("usb-1/C920")),
        ("usb-3/Twin", Some("usb-3/Twin")),
        // Which of the two it was is not known.
        ("usb-7/Twin", None),
        ("usb-7/Other", None),
        ("FaceTime", Some("FaceTime")),
        ("recording", None),
    ];
    for (camera, wanted) in rows {
        let found = history.calibration(camera, None).unwrap();
        let found = found.map(|found| found.taken.camera);
        assert_eq!(found.as_deref(), wanted, "{camera}");
    }
}

#[test]
fn the_persons_answer_outlasts_what_the_monitor_concludes() {
    let sandbox = Sandbox::new();
    let mut history = sandbox.history();
    let kept = |history: &mut History, answer| {
        let nudge = Nudge {
            at: at(150),
            fault: Fault::ForwardHead,
            stretch: "chin-tuck".to_owned(),
            answer,
            answered: None,
        };
        history.save(&Record::Nudge(nudge)).unwrap();
        history.nudges(Period::ALWAYS).unwrap()[0].answer
    };
    use Answer::{Done, Part, Recovered, Unanswered};
    for (said, is_kept) in [
        (Unanswered, Unanswered),
        (Recovered, Recovered),
        (Part, Part),
        (Unanswered, Part),
        (Recovered, Part),
        (Done, Done),
    ] {
        assert_eq!(kept(&mut history, said), is_kept, "{said:?}");
    }
}

#[test]
fn the_answer_to_a_routine_stays_if_its_offer_is_saved_late() {
    let sandbox = Sandbox::new();
    let mut history = sandbox.history();
    let routine = |answer| Routine {
        at: at(10),
        stretches: vec!["chest-lift".to_owned()],
        answer,
        answered: None,
    };
    let rows = [
        (Answer::Unanswered, Answer::Unanswered),
        (Answer::Snoozed, Answer::Snoozed),
        (Answer::Done, Answer::Done),
        (Answer::Unanswered, Answer::Done),
    ];
    for (saved, wanted) in rows {
        history.save(&Record::Routine(routine(saved))).unwrap();
        let kept = history.routines(Period::ALWAYS).unwrap();
        assert_eq!(kept, [routine(wanted)]);
    }
    assert!(history.extent().unwrap().unwrap().holds(at(10)));
    assert_eq!(history.wipe(None).unwrap().others, 1);
    assert_eq!(history.routines(Period::ALWAYS).unwrap(), []);
}
