//! Files of other programs and of other versions.

use super::*;

#[test]
fn foreign_and_newer_files_have_their_own_errors_and_stay_as_they_are() {
    let foreign = |sql: &str| {
        let sandbox = Sandbox::new();
        sandbox.put(b"");
        Connection::open(sandbox.path())
            .unwrap()
            .execute_batch(sql)
            .unwrap();
        sandbox
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
            "was written by a newer Sitwell (format 99, this one knows 10)",
        ),
    ];
    let text = Sandbox::new();
    text.put(b"Dear diary, today I sat up straight.");
    for (sandbox, message) in rows.into_iter().chain([(text, "is not a Sitwell history")]) {
        let before = std::fs::read(sandbox.path()).unwrap();
        for error in [
            History::open(&sandbox.path()).unwrap_err(),
            History::open_to_read(&sandbox.path()).unwrap_err(),
        ] {
            assert!(error.to_string().contains(message), "{error}");
            assert!(!error.is_damage());
        }
        let mut writer = Writer::new(&sandbox.path());
        assert!(matches!(
            writer.save(one_of_each())[..],
            [WriterNotice::Waiting(_)]
        ));
        assert_eq!(std::fs::read(sandbox.path()).unwrap(), before);
    }
}

/// A history as an older Sitwell stored it.
fn stored(version: usize) -> Sandbox {
    let fixture = format!(
        "{}/tests/fixtures/history/format_{version}.sql",
        env!("CARGO_MANIFEST_DIR")
    );
    let sandbox = Sandbox::new();
    sandbox.put(b"");
    Connection::open(sandbox.path())
        .unwrap()
        .execute_batch(&std::fs::read_to_string(fixture).unwrap())
        .unwrap();
    sandbox
}

#[test]
fn a_stored_file_learns_the_ways_to_spend_time_that_are_new_since() {
    let sandbox = stored(schema::STEPS.len());
    let new = TimeUse::NotWatched(NotWatching::CameraMissing);
    Connection::open(sandbox.path())
        .unwrap()
        .execute("DELETE FROM kinds WHERE name = ?1", [new.id()])
        .unwrap();
    let minute = Minute {
        spent: [(new, SignedDuration::from_secs(60))].into(),
        ..minute(24 * 60, 60, 0)
    };
    let mut history = sandbox.history();
    history.save(&Record::Minute(minute.clone())).unwrap();
    assert_eq!(history.last_minute().unwrap(), Some(minute));
}

#[test]
fn every_format_ever_released_opens_and_keeps_its_records() {
    for version in 1..=schema::STEPS.len() {
        let sandbox = stored(version);
        let records = sandbox.history().read(Period::ALWAYS).unwrap();
        let clock = |at: Timestamp| at.strftime("%F %T").to_string();
        assert_eq!(records.minutes.len(), 3);
        assert_eq!(clock(records.minutes[0].start), "2026-11-23 08:00:00");
        assert_eq!(
            records.minutes[1].spent[&TimeUse::Slouched(Fault::ForwardHead)],
            SignedDuration::from_secs(45)
        );
        let placement = records.minutes[0].placement;
        assert_eq!(placement.is_some(), version >= 10);
        if let Some(placement) = placement {
            assert_eq!((placement.distance, placement.elevation), (0.875, -2.5));
        }
        assert_eq!(records.minutes[1].placement, None);
        assert_eq!(
            records.minutes[2].spent[&TimeUse::Unclear(UnclearReason::TooDark)],
            SignedDuration::from_millis(1500)
        );
        assert_eq!(clock(records.episodes[0].from), "2026-11-23 08:01:15");
        assert_eq!(records.nudges[0].answer, Answer::Done);
        assert_eq!((records.sessions.len(), records.calibrations.len()), (1, 1));
        let profiles = sandbox.history().profiles().unwrap();
        assert_eq!(profiles.len(), usize::from(version >= 2));
        for profile in profiles {
            let found = profile.calibration.unwrap();
            assert_eq!(found.view(), View::Front);
            assert!((found.spread().forward_head - 0.406).abs() < 1e-3);
        }
        assert_eq!(records.routines.len(), usize::from(version >= 3));
        for routine in records.routines {
            assert_eq!(routine.stretches, ["shoulder-rolls", "chest-lift"]);
            assert_eq!(routine.answer, Answer::Done);
        }
        assert_eq!(records.trial.len(), usize::from(version >= 5));
        for due in records.trial {
            assert_eq!(
                (due.seed, due.number, due.is_withheld),
                (0xdead_beef, 7, false)
            );
            assert_eq!(due.edges, (version >= 9).then_some(true));
        }
        assert_eq!(
            records.calibration_uses.len(),
            2 * usize::from(version >= 6)
        );
        assert_eq!(records.desk_changes.len(), usize::from(version >= 6));
        for change in records.desk_changes {
            assert_eq!(change.what, DeskChangeKind::ScreenRaised);
        }
        assert_eq!(records.photo_checks.len(), usize::from(version >= 7));
        for check in records.photo_checks {
            assert_eq!((check.photo, check.webcam), ((51.5, 52.25), 49.0));
        }
        assert_eq!(records.settled_proposals.len(), usize::from(version >= 8));
        for settled in records.settled_proposals {
            assert_eq!(settled.fault, Fault::RoundedShoulders);
        }
        assert_eq!(records.evidence.len(), usize::from(version >= 4));
        for evidence in records.evidence {
            assert_eq!(evidence.nudge, records.nudges[0].at);
            assert_eq!(evidence.limits.forward_head, Some(10.0));
            assert_eq!(evidence.readings.len(), 2);
        }
    }
}

#[test]
fn an_older_file_is_brought_up_to_date_to_be_read() {
    for version in 1..=schema::STEPS.len() {
        let sandbox = stored(version);
        let history = History::open_to_read(&sandbox.path()).unwrap().unwrap();
        assert_eq!(history.read(Period::ALWAYS).unwrap().minutes.len(), 3);
    }
}

#[test]
fn a_slump_in_an_older_file_is_read_as_a_forward_head() {
    let sandbox = Sandbox::new();
    sandbox.history().save_all(&one_of_each()).unwrap();
    let db = Connection::open(sandbox.path()).unwrap();
    db.execute_batch(
        "INSERT OR IGNORE INTO kinds (name) VALUES ('slouched.slump');
         INSERT OR IGNORE INTO kinds (name) VALUES ('slouched.forward_head');
         INSERT INTO spent SELECT start, (SELECT id FROM kinds WHERE name = 'slouched.slump'), 3000 FROM minutes;
         INSERT INTO spent SELECT start, (SELECT id FROM kinds WHERE name = 'slouched.forward_head'), 4000 FROM minutes;
         UPDATE episodes SET fault = 'slump';
         UPDATE nudges SET fault = 'slump';",
    )
    .unwrap();
    drop(db);
    let records = sandbox.history().read(Period::ALWAYS).unwrap();
    assert_eq!(
        records.minutes[0].spent[&TimeUse::Slouched(Fault::ForwardHead)],
        SignedDuration::from_secs(7)
    );
    assert_eq!(records.episodes[0].fault, Fault::ForwardHead);
    assert_eq!(records.nudges[0].fault, Fault::ForwardHead);
}

#[test]
fn a_step_to_a_newer_format_happens_wholly_or_not_at_all() {
    let known = schema::STEPS.len() as u32;
    let and = |step| [schema::STEPS.as_slice(), &[step]].concat();
    let sandbox = Sandbox::new();
    sandbox.history().save_all(&one_of_each()).unwrap();
    let mut db = Connection::open(sandbox.path()).unwrap();
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
        History::open(&sandbox.path()),
        Err(HistoryError::Newer { found, .. }) if found == known + 1
    ));
}
