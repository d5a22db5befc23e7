use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::posture::{Baseline, Fault, Shape, Why};
use crate::record::*;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_795_392_000 + seconds).unwrap()
}

fn minute(number: i64, upright: i64, slouched: i64) -> Minute {
    let spent = [
        (Spent::Upright, upright),
        (Spent::Slouched(Fault::Slump), slouched),
    ];
    Minute {
        start: at(60 * number),
        spent: spent
            .into_iter()
            .filter(|&(_, s)| s > 0)
            .map(|(k, s)| (k, SignedDuration::from_secs(s)))
            .collect(),
        forward_head: Some(AngleSpan {
            mean: 3.5,
            worst: -7.25,
            error: 2.0,
        }),
        rounded_shoulders: None,
    }
}

fn one_of_each() -> Vec<Record> {
    vec![
        Record::Minute(minute(0, 40, 20)),
        Record::Episode(Episode {
            fault: Fault::Mixed,
            from: at(3),
            to: at(200),
            observed: SignedDuration::from_millis(190_500),
            angle: AngleSpan {
                mean: 12.0,
                worst: 19.0,
                error: 3.0,
            },
            ending: Ending::AfterNudge,
        }),
        Record::Nudge(Nudge {
            at: at(150),
            fault: Fault::Mixed,
            stretch: "chin-tuck".to_owned(),
            answer: Answer::Done,
            answered: Some(at(190)),
        }),
        Record::Session(Session {
            from: at(0),
            to: at(300),
        }),
        Record::Calibration(CalibrationTaken {
            at: at(1),
            camera: "usb-1".to_owned(),
            profile: "sitting".to_owned(),
        }),
    ]
}

struct Desk {
    directory: tempfile::TempDir,
}

impl Desk {
    fn new() -> Desk {
        Desk {
            directory: tempfile::tempdir().unwrap(),
        }
    }

    fn path(&self) -> PathBuf {
        self.directory.path().join("sitwell").join(FILE_NAME)
    }

    fn history(&self) -> History {
        History::open(&self.path()).unwrap()
    }

    /// Replaces the history with these bytes.
    fn put(&self, bytes: &[u8]) {
        std::fs::create_dir_all(self.path().parent().unwrap()).unwrap();
        std::fs::write(self.path(), bytes).unwrap();
    }
}

#[test]
fn what_is_saved_is_read_again() {
    let desk = Desk::new();
    desk.history().save_all(&one_of_each()).unwrap();
    let records = History::open_read_only(&desk.path())
        .unwrap()
        .read(Period::ALWAYS)
        .unwrap();
    let mut again: Vec<Record> = Vec::new();
    again.extend(records.minutes.into_iter().map(Record::Minute));
    again.extend(records.episodes.into_iter().map(Record::Episode));
    again.extend(records.nudges.into_iter().map(Record::Nudge));
    again.extend(records.sessions.into_iter().map(Record::Session));
    again.extend(records.calibrations.into_iter().map(Record::Calibration));
    assert_eq!(again, one_of_each());
}

#[test]
fn every_way_to_spend_time_is_kept() {
    let desk = Desk::new();
    let mut history = desk.history();
    let spent = Spent::all()
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
    let desk = Desk::new();
    let mut history = desk.history();
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
    let desk = Desk::new();
    let mut history = desk.history();
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

#[test]
fn an_unfit_record_is_refused_and_nothing_of_its_batch_is_kept() {
    let desk = Desk::new();
    let mut history = desk.history();
    let misplaced = Minute {
        start: at(1),
        ..minute(0, 1, 0)
    };
    for unfit in [minute(0, 50, 20), misplaced] {
        let batch = [Record::Minute(minute(9, 60, 0)), Record::Minute(unfit)];
        assert!(matches!(
            history.save_all(&batch),
            Err(HistoryError::Unfit { .. })
        ));
    }
    assert_eq!(history.read(Period::ALWAYS).unwrap(), Records::default());
}

#[cfg(unix)]
#[test]
fn nobody_else_can_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let desk = Desk::new();
    let mut history = desk.history();
    history.save_all(&one_of_each()).unwrap();
    assert_eq!(mode(desk.path().parent().unwrap()), 0o700);
    for file in ["", "-wal", "-shm"] {
        assert_eq!(mode(&suffixed(&desk.path(), file)), 0o600, "{file}");
    }
    drop(history);
    std::fs::set_permissions(desk.path(), std::fs::Permissions::from_mode(0o644)).unwrap();
    desk.history();
    assert_eq!(mode(&desk.path()), 0o600);
}

#[test]
fn a_report_reads_while_a_monitor_writes() {
    let desk = Desk::new();
    let mut monitor = desk.history();
    let report = History::open_read_only(&desk.path()).unwrap();
    for number in 0..20 {
        monitor
            .save(&Record::Minute(minute(number, 60, 0)))
            .unwrap();
        assert_eq!(
            report.read(Period::ALWAYS).unwrap().minutes.len() as i64,
            number + 1
        );
    }
    assert!(matches!(
        History::open_read_only(&desk.path().with_file_name("none")),
        Err(HistoryError::Missing { .. })
    ));
}

#[test]
fn foreign_and_newer_files_are_told_apart_and_left_alone() {
    let foreign = |sql: &str| {
        let desk = Desk::new();
        desk.put(b"");
        Connection::open(desk.path())
            .unwrap()
            .execute_batch(sql)
            .unwrap();
        desk
    };
    let rows = [
        (
            foreign("CREATE TABLE recipes (name TEXT)"),
            "is not a Sitwell history",
        ),
        (
            foreign("PRAGMA user_version = 1"),
            "is not a Sitwell history",
        ),
        (
            foreign("PRAGMA application_id = 7; CREATE TABLE a (b)"),
            "is not a Sitwell history",
        ),
        (
            foreign(
                "PRAGMA application_id = 0x53495457; PRAGMA user_version = 99; CREATE TABLE a (b)",
            ),
            "was written by a newer Sitwell (format 99, this one knows 2)",
        ),
    ];
    let text = Desk::new();
    text.put(b"Dear diary, today I sat up straight.");
    for (desk, message) in rows.into_iter().chain([(text, "is not a Sitwell history")]) {
        let before = std::fs::read(desk.path()).unwrap();
        for error in [
            History::open(&desk.path()).unwrap_err(),
            History::open_read_only(&desk.path()).unwrap_err(),
        ] {
            assert!(error.to_string().contains(message), "{error}");
            assert!(!error.is_damage());
        }
        let mut writer = Writer::new(&desk.path());
        assert!(matches!(
            writer.keep(one_of_each())[..],
            [Notice::Waiting(_)]
        ));
        assert_eq!(std::fs::read(desk.path()).unwrap(), before);
    }
}

#[test]
fn a_damaged_history_is_set_aside_and_a_new_one_begun() {
    let filled = || {
        let desk = Desk::new();
        let mut history = desk.history();
        let minutes: Vec<Record> = (0..3000)
            .map(|number| Record::Minute(minute(number, 60, 0)))
            .collect();
        history.save_all(&minutes).unwrap();
        drop(history);
        let bytes = std::fs::read(desk.path()).unwrap();
        (desk, bytes)
    };
    let scratched = |mut bytes: Vec<u8>| {
        let middle = bytes.len() / 2;
        bytes[middle..middle + 20_000].fill(0xAA);
        bytes
    };
    let cut_short = |bytes: Vec<u8>| bytes[..bytes.len() / 2].to_vec();
    let zeroed = |bytes: Vec<u8>| vec![0; bytes.len()];
    let damages: [&dyn Fn(Vec<u8>) -> Vec<u8>; 3] = [&scratched, &cut_short, &zeroed];
    for damage in damages {
        let (desk, bytes) = filled();
        let bytes = damage(bytes);
        desk.put(&bytes);
        let error = History::open(&desk.path()).unwrap_err();
        assert!(error.is_damage(), "{error}");
        let mut writer = Writer::new(&desk.path());
        let notices = writer.keep(one_of_each());
        let [Notice::SetAside { path, .. }] = &notices[..] else {
            panic!("{notices:?}")
        };
        assert_eq!(std::fs::read(path).unwrap(), bytes);
        assert_eq!(
            desk.history().read(Period::ALWAYS).unwrap().minutes,
            [minute(0, 40, 20)]
        );
    }
}

#[test]
fn a_full_disk_is_waited_for_and_said_once() {
    let desk = Desk::new();
    let mut writer = Writer::new(&desk.path());
    assert!(writer.keep(one_of_each()).is_empty());
    let mut said = Vec::new();
    let mut number = 1;
    while said.is_empty() {
        // SQLite answers a page limit as it answers a full disk. The limit goes
        // with the connection, so it is set anew, as a full disk would stay full.
        let pages: u32 = writer
            .history()
            .unwrap()
            .db
            .pragma_query_value(None, "page_count", |row| row.get(0))
            .unwrap();
        writer
            .history()
            .unwrap()
            .db
            .pragma_update(None, "max_page_count", pages)
            .unwrap();
        said = writer.keep([Record::Minute(Minute {
            spent: minute(0, 60, 0).spent,
            ..minute(number, 60, 0)
        })]);
        number += 1;
    }
    assert!(
        matches!(said[..], [Notice::Waiting(HistoryError::DiskFull { .. })]),
        "{said:?}"
    );
    assert_eq!(writer.waiting(), 1);
    let said = writer.keep([Record::Minute(minute(number, 60, 0))]);
    assert!(
        matches!(said[..], [Notice::CaughtUp { kept: 2, lost: 0 }]),
        "{said:?}"
    );
    assert_eq!(
        desk.history().read(Period::ALWAYS).unwrap().minutes.len() as i64,
        number + 1
    );
}

#[test]
fn a_place_that_cannot_be_written_is_tried_again_and_memory_is_bounded() {
    let desk = Desk::new();
    // A file stands where the directory should be: this stops even a superuser.
    let directory = desk.path().parent().unwrap().to_owned();
    std::fs::write(&directory, "in the way").unwrap();
    let mut writer = Writer::new(&desk.path());
    assert!(matches!(
        writer.keep([Record::Minute(minute(0, 60, 0))])[..],
        [Notice::Waiting(HistoryError::Make { .. })]
    ));
    let many = (1..=10_005).map(|number| Record::Minute(minute(number, 60, 0)));
    assert!(writer.keep(many).is_empty());
    assert_eq!(writer.waiting(), 10_000);
    std::fs::remove_file(&directory).unwrap();
    assert!(matches!(
        writer.keep([])[..],
        [Notice::CaughtUp {
            kept: 10_000,
            lost: 6
        }]
    ));
    assert_eq!(
        desk.history().last_minute().unwrap(),
        Some(minute(10_005, 60, 0))
    );
}

#[test]
fn one_unfit_record_does_not_hold_up_the_others() {
    let desk = Desk::new();
    let mut writer = Writer::new(&desk.path());
    let records = [minute(0, 60, 0), minute(1, 61, 0), minute(2, 60, 0)].map(Record::Minute);
    assert!(matches!(
        writer.keep(records)[..],
        [Notice::GaveUp(HistoryError::Unfit { .. })]
    ));
    assert_eq!(writer.waiting(), 0);
    assert_eq!(
        desk.history().read(Period::ALWAYS).unwrap().minutes,
        [minute(0, 60, 0), minute(2, 60, 0)]
    );
}

#[test]
fn retention_takes_minutes_and_wipe_takes_everything() {
    let desk = Desk::new();
    let mut history = desk.history();
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
            others: 2
        }
    );
    assert_eq!(history.read(Period::ALWAYS).unwrap(), Records::default());
    let places = [desk.path(), wal_of(&desk.path())];
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
    let desk = Desk::new();
    let mut monitor = desk.history();
    monitor.save_all(&one_of_each()).unwrap();
    desk.history().wipe(None).unwrap();
    for path in [desk.path(), wal_of(&desk.path())] {
        let bytes = std::fs::read(path).unwrap();
        assert!(!bytes.windows(9).any(|window| window == b"chin-tuck"));
    }
    monitor.save(&Record::Minute(minute(5, 60, 0))).unwrap();
    assert_eq!(
        desk.history().read(Period::ALWAYS).unwrap().minutes,
        [minute(5, 60, 0)]
    );
}

#[test]
fn every_format_ever_released_opens_and_keeps_its_records() {
    for version in 1..=schema::STEPS.len() {
        let fixture = format!(
            "{}/tests/fixtures/history/format_{version}.sql",
            env!("CARGO_MANIFEST_DIR")
        );
        let desk = Desk::new();
        desk.put(b"");
        Connection::open(desk.path())
            .unwrap()
            .execute_batch(&std::fs::read_to_string(fixture).unwrap())
            .unwrap();
        let records = desk.history().read(Period::ALWAYS).unwrap();
        let clock = |at: Timestamp| at.strftime("%F %T").to_string();
        assert_eq!(records.minutes.len(), 3);
        assert_eq!(clock(records.minutes[0].start), "2026-11-23 08:00:00");
        assert_eq!(
            records.minutes[1].spent[&Spent::Slouched(Fault::ForwardHead)],
            SignedDuration::from_secs(45)
        );
        assert_eq!(
            records.minutes[2].spent[&Spent::Unclear(Why::TooDark)],
            SignedDuration::from_millis(1500)
        );
        assert_eq!(clock(records.episodes[0].from), "2026-11-23 08:01:15");
        assert_eq!(records.nudges[0].answer, Answer::Done);
        assert_eq!((records.sessions.len(), records.calibrations.len()), (1, 1));
    }
}

#[test]
fn a_step_to_a_newer_format_happens_wholly_or_not_at_all() {
    let known = schema::STEPS.len() as u32;
    let and = |step| [schema::STEPS.as_slice(), &[step]].concat();
    let desk = Desk::new();
    desk.history().save_all(&one_of_each()).unwrap();
    let mut db = Connection::open(desk.path()).unwrap();
    let version = |db: &Connection| -> u32 {
        db.pragma_query_value(None, "user_version", |row| row.get(0))
            .unwrap()
    };
    let columns = |db: &Connection| -> u32 {
        db.query_row(
            "SELECT count(*) FROM pragma_table_info('minutes')",
            [],
            |row| row.get(0),
        )
        .unwrap()
    };
    let before = columns(&db);

    let failing = "ALTER TABLE minutes ADD COLUMN extra REAL; INSERT INTO nowhere VALUES (1)";
    assert!(schema::migrate(&mut db, &and(failing)).is_err());
    assert_eq!((version(&db), columns(&db)), (known, before));

    let good = "ALTER TABLE minutes ADD COLUMN extra REAL";
    schema::migrate(&mut db, &and(good)).unwrap();
    assert_eq!((version(&db), columns(&db)), (known + 1, before + 1));
    schema::migrate(&mut db, &and(good)).unwrap();
    assert_eq!(columns(&db), before + 1);

    // The Sitwell of today refuses what that newer one has written.
    drop(db);
    assert!(matches!(
        History::open(&desk.path()),
        Err(HistoryError::Newer { found, .. }) if found == known + 1
    ));
}

/// A calibration of somebody seen from the front, with this height of the ears.
fn calibration(seconds: i64, profile: &str, ear_height: f64) -> Calibration {
    let shape = Shape {
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
    Calibration {
        taken: CalibrationTaken {
            at: at(seconds),
            camera: "usb-1".to_owned(),
            profile: profile.to_owned(),
        },
        baseline: Baseline::from_shapes(&[shape, shape]).unwrap(),
    }
}

#[test]
fn a_new_calibration_takes_the_place_of_the_old_one_of_its_camera_and_profile() {
    let desk = Desk::new();
    let mut history = desk.history();
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

    let mut history = desk.history();
    history.wipe(Some(at(100))).unwrap();
    assert!(history.calibration("usb-1", None).unwrap().is_some());
    history.wipe(None).unwrap();
    assert_eq!(history.calibration("usb-1", None).unwrap(), None);
}

#[test]
fn what_the_person_answered_outlasts_what_the_monitor_concludes() {
    let desk = Desk::new();
    let mut history = desk.history();
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
