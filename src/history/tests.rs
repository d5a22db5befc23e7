use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::posture::{
    Basis, Calibration, Estimate, Fault, JointFeatures, PerAngle, Placement, UnclearReason, View,
};
use crate::record::*;

mod formats;
mod records;
mod failures;

impl History {
    /// Takes so many pages more and no others. SQLite answers a page limit as it answers a full
    /// disk, and the limit stays while the file is open.
    pub(crate) fn limit_growth(&self, more: u32) {
        let pages: u32 = self
            .db
            .pragma_query_value(None, "page_count", |row| row.get(0))
            .unwrap();
        self.db
            .pragma_update(None, "max_page_count", pages + more)
            .unwrap();
    }
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_795_392_000 + seconds).unwrap()
}

fn minute(number: i64, upright: i64, slouched: i64) -> Minute {
    let spent = [
        (TimeUse::Upright, upright),
        (TimeUse::Slouched(Fault::RoundedShoulders), slouched),
    ];
    Minute {
        start: at(60 * number),
        spent: spent
            .into_iter()
            .filter(|&(_, s)| s > 0)
            .map(|(k, s)| (k, SignedDuration::from_secs(s)))
            .collect(),
        placement: Some(Placement {
            distance: 0.875,
            elevation: -2.5,
        }),
        angles: PerAngle {
            forward_head: Some(AngleSpan {
                mean: 3.5,
                worst: -7.25,
                error: 2.0,
            }),
            rounded_shoulders: None,
        },
    }
}

fn evidence(seconds: i64) -> NudgeEvidence {
    let angles = PerAngle {
        forward_head: Some(Estimate {
            degrees: 52.0,
            change: Some(12.5),
            error: 3.0,
        }),
        rounded_shoulders: None,
    };
    NudgeEvidence {
        nudge: at(seconds),
        readings: vec![
            Reading::new(at(seconds - 60), &angles),
            Reading::new(at(seconds), &angles),
        ],
        view: View::Front,
        basis: Basis::FaceMesh,
        skeleton: None,
        limits: PerAngle {
            forward_head: Some(10.0),
            rounded_shoulders: None,
        },
        onset: SignedDuration::from_mins(1),
        model: "full".to_owned(),
        calibration: Some(CalibrationRecord {
            at: at(1),
            camera: "usb-1".to_owned(),
            profile: "sitting".to_owned(),
        }),
        doubt: None,
    }
}

fn one_of_each() -> Vec<Record> {
    vec![
        Record::Minute(minute(0, 40, 20)),
        Record::Episode(Episode {
            fault: Fault::HeadAndShoulders,
            from: at(3),
            to: at(200),
            observed: SignedDuration::from_millis(190_500),
            angle: AngleSpan {
                mean: 12.0,
                worst: 19.0,
                error: 3.0,
            },
            ending: EpisodeOutcome::AfterNudge,
        }),
        Record::Nudge(Nudge {
            at: at(150),
            fault: Fault::HeadAndShoulders,
            stretch: "chin-tuck".to_owned(),
            answer: Answer::Done,
            answered: Some(at(190)),
        }),
        Record::Evidence(evidence(150)),
        Record::Trial(TrialNudge {
            at: at(150),
            fault: Fault::HeadAndShoulders,
            is_withheld: false,
            edges: Some(false),
            seed: u32::MAX,
            number: 3,
        }),
        Record::Routine(Routine {
            at: at(160),
            stretches: vec!["shoulder-rolls".to_owned(), "chest-lift".to_owned()],
            answer: Answer::Part,
            answered: Some(at(250)),
        }),
        Record::Session(WatchSession {
            from: at(0),
            to: at(300),
        }),
        Record::Calibration(CalibrationRecord {
            at: at(1),
            camera: "usb-1".to_owned(),
            profile: "sitting".to_owned(),
        }),
        Record::CalibrationUse(CalibrationUse {
            from: at(2),
            camera: "usb-1".to_owned(),
            profile: Some("sitting".to_owned()),
        }),
        Record::DeskChange(DeskChange {
            at: at(400),
            what: DeskChangeKind::Chair,
        }),
        Record::PhotoCheck(PhotoCheck {
            taken: at(410),
            photo: (51.5, 52.25),
            webcam: 49.0,
            error: 3.0,
        }),
        Record::SettledProposal(SettledProposal {
            at: at(420),
            fault: Fault::RoundedShoulders,
        }),
    ]
}

struct Sandbox {
    directory: tempfile::TempDir,
}

impl Sandbox {
    fn new() -> Sandbox {
        Sandbox {
            directory: tempfile::tempdir().unwrap(),
        }
    }

    fn path(&self) -> PathBuf {
        self.directory.path().join("sitwell").join(FILE_NAME)
    }

    fn history(&self) -> History {
        History::open(&self.path()).unwrap()
    }

    fn reader(&self) -> History {
        History::open_to_read(&self.path()).unwrap().unwrap()
    }

    /// Replaces the history with these bytes.
    fn put(&self, bytes: &[u8]) {
        std::fs::create_dir_all(self.path().parent().unwrap()).unwrap();
        std::fs::write(self.path(), bytes).unwrap();
    }
}
