//! Failures: full disks, damage, records that do not fit.

use super::*;

#[test]
fn an_unfit_record_is_refused_and_nothing_of_its_batch_is_kept() {
    let sandbox = Sandbox::new();
    let mut history = sandbox.history();
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

#[test]
fn a_damaged_history_is_set_aside_and_a_new_one_begun() {
    let filled = || {
        let sandbox = Sandbox::new();
        let mut history = sandbox.history();
        let minutes: Vec<Record> = (0..3000)
            .map(|number| Record::Minute(minute(number, 60, 0)))
            .collect();
        history.save_all(&minutes).unwrap();
        drop(history);
        let bytes = std::fs::read(sandbox.path()).unwrap();
        (sandbox, bytes)
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
        let (sandbox, bytes) = filled();
        let bytes = damage(bytes);
        sandbox.put(&bytes);
        let error = History::open(&sandbox.path()).unwrap_err();
        assert!(error.is_damage(), "{error}");
        let mut writer = Writer::new(&sandbox.path());
        let notices = writer.save(one_of_each());
        let [WriterNotice::SetAside { path, .. }] = &notices[..] else {
            panic!("{notices:?}")
        };
        assert_eq!(std::fs::read(path).unwrap(), bytes);
        assert_eq!(
            sandbox.history().read(Period::ALWAYS).unwrap().minutes,
            [minute(0, 40, 20)]
        );
    }
}

#[test]
fn a_full_disk_is_reported_once_and_tried_again() {
    let sandbox = Sandbox::new();
    let mut writer = Writer::new(&sandbox.path());
    assert!(writer.save(one_of_each()).is_empty());
    writer.history().unwrap().limit_growth(0);
    let mut notices = Vec::new();
    let mut number = 0;
    while notices.is_empty() {
        number += 1;
        notices = writer.save([Record::Minute(minute(number, 60, 0))]);
    }
    assert!(
        matches!(
            notices[..],
            [WriterNotice::Waiting(HistoryError::DiskFull { .. })]
        ),
        "{notices:?}"
    );
    assert_eq!(writer.waiting().len(), 1);
    // The file stays open: to open it reads all of it, which would happen every minute.
    assert!(writer.save([]).is_empty());
    assert_eq!(writer.waiting().len(), 1);
    writer.history().unwrap().limit_growth(100);
    let notices = writer.save([Record::Minute(minute(number + 1, 60, 0))]);
    assert!(
        matches!(notices[..], [WriterNotice::CaughtUp { saved: 2, lost: 0 }]),
        "{notices:?}"
    );
    assert_eq!(
        sandbox
            .history()
            .read(Period::ALWAYS)
            .unwrap()
            .minutes
            .len() as i64,
        number + 2
    );
}

#[test]
fn a_place_that_cannot_be_written_is_tried_again_and_memory_is_bounded() {
    let sandbox = Sandbox::new();
    // A file stands where the directory should be: this stops even a superuser.
    let directory = sandbox.path().parent().unwrap().to_owned();
    std::fs::write(&directory, "in the way").unwrap();
    let mut writer = Writer::new(&sandbox.path());
    assert!(matches!(
        writer.save([Record::Minute(minute(0, 60, 0))])[..],
        [WriterNotice::Waiting(HistoryError::Make { .. })]
    ));
    let many = (1..=10_005).map(|number| Record::Minute(minute(number, 60, 0)));
    assert!(writer.save(many).is_empty());
    assert_eq!(writer.waiting().len(), 10_000);
    std::fs::remove_file(&directory).unwrap();
    assert!(matches!(
        writer.save([])[..],
        [WriterNotice::CaughtUp {
            saved: 10_000,
            lost: 6
        }]
    ));
    assert_eq!(
        sandbox.history().last_minute().unwrap(),
        Some(minute(10_005, 60, 0))
    );
}

#[test]
fn one_unfit_record_does_not_hold_up_the_others() {
    let sandbox = Sandbox::new();
    let mut writer = Writer::new(&sandbox.path());
    let records = [minute(0, 60, 0), minute(1, 61, 0), minute(2, 60, 0)].map(Record::Minute);
    assert!(matches!(
        writer.save(records)[..],
        [WriterNotice::Dropped(HistoryError::Unfit { .. })]
    ));
    assert_eq!(writer.waiting().len(), 0);
    assert_eq!(
        sandbox.history().read(Period::ALWAYS).unwrap().minutes,
        [minute(0, 60, 0), minute(2, 60, 0)]
    );
}

fn journal_of(history: &History) -> String {
    let mode = history
        .db
        .pragma_query_value(None, "journal_mode", |row| row.get(0));
    mode.unwrap()
}

#[cfg(unix)]
#[test]
fn without_shared_memory_another_journal_serves() {
    // SQLite follows no link to its shared memory, so it has none here.
    let sandbox = Sandbox::new();
    let block =
        || std::os::unix::fs::symlink("/nowhere", suffixed(&sandbox.path(), "-shm")).unwrap();
    sandbox.put(b"");
    std::fs::remove_file(sandbox.path()).unwrap();
    block();
    let mut monitor = sandbox.history();
    assert_eq!(journal_of(&monitor), "truncate");
    monitor.save_all(&one_of_each()).unwrap();
    let minutes = |history: History| history.read(Period::ALWAYS).unwrap().minutes.len();
    assert_eq!(minutes(sandbox.reader()), 1);
    assert_eq!(minutes(sandbox.history()), 1);
    monitor.save(&Record::Minute(minute(1, 60, 0))).unwrap();
    assert_eq!(minutes(sandbox.history()), 2);
}

#[cfg(unix)]
#[test]
fn a_history_moved_to_where_there_is_no_shared_memory_changes_its_journal() {
    let sandbox = Sandbox::new();
    sandbox.history().save_all(&one_of_each()).unwrap();
    std::os::unix::fs::symlink("/nowhere", suffixed(&sandbox.path(), "-shm")).unwrap();
    let mut history = sandbox.history();
    assert_eq!(journal_of(&history), "truncate");
    history.save(&Record::Minute(minute(1, 60, 0))).unwrap();
    assert_eq!(history.read(Period::ALWAYS).unwrap().minutes.len(), 2);
}

/// A copy of a history with a rollback journal, taken in the middle of a transaction that
/// deletes everything, as a power cut leaves it. Gives what was saved before, too.
fn cut_off() -> (Sandbox, Vec<Minute>) {
    let whole = Sandbox::new();
    let minutes: Vec<Minute> = (0..3000).map(|number| minute(number, 60, 0)).collect();
    let mut history = whole.history();
    history
        .save_all(
            &minutes
                .clone()
                .into_iter()
                .map(Record::Minute)
                .collect::<Vec<_>>(),
        )
        .unwrap();
    drop(history);
    let db = Connection::open(whole.path()).unwrap();
    let mode: String = db
        .pragma_update_and_check(None, "journal_mode", "truncate", |row| row.get(0))
        .unwrap();
    assert_eq!(mode, "truncate");
    let before = std::fs::read(whole.path()).unwrap();
    // With no room for changed pages they go to the file before the commit.
    db.execute_batch("PRAGMA cache_size = 1; BEGIN; DELETE FROM spent; DELETE FROM minutes")
        .unwrap();
    let after = std::fs::read(whole.path()).unwrap();
    assert_ne!(before, after);
    let copy = Sandbox::new();
    copy.put(&after);
    std::fs::copy(
        suffixed(&whole.path(), "-journal"),
        suffixed(&copy.path(), "-journal"),
    )
    .unwrap();
    (copy, minutes)
}

#[test]
fn a_transaction_that_was_cut_off_is_undone_before_anything_is_read() {
    let (sandbox, minutes) = cut_off();
    let read = sandbox.reader().read(Period::ALWAYS).unwrap();
    assert_eq!(read.minutes, minutes);

    // The same where the first page is lost, but not its copy in the journal.
    let (sandbox, minutes) = cut_off();
    let mut bytes = std::fs::read(sandbox.path()).unwrap();
    bytes[..4096].fill(0);
    sandbox.put(&bytes);
    let read = sandbox.reader().read(Period::ALWAYS).unwrap();
    assert_eq!(read.minutes, minutes);
}

#[test]
fn a_history_that_is_being_written_is_not_read_without_its_journal() {
    let (sandbox, _) = cut_off();
    let writer = Connection::open(sandbox.path()).unwrap();
    writer
        .execute_batch("BEGIN EXCLUSIVE; DELETE FROM spent")
        .unwrap();
    let failure = History::read_only(&sandbox.path(), Duration::ZERO).unwrap_err();
    assert!(failure.is_busy(), "{failure:?}");
}

#[test]
fn a_damaged_history_keeps_its_journal_beside_it() {
    let (sandbox, _) = cut_off();
    let journal = std::fs::read(suffixed(&sandbox.path(), "-journal")).unwrap();
    let aside = History::set_aside(&sandbox.path()).unwrap();
    assert_eq!(
        std::fs::read(suffixed(&aside, "-journal")).unwrap(),
        journal
    );
    assert!(!suffixed(&sandbox.path(), "-journal").exists());
    let remains = History::remains(&sandbox.path()).unwrap();
    assert_eq!(remains, [aside.clone(), suffixed(&aside, "-journal")]);
}
