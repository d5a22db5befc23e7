//! A made-up history: office days with slouches, nudges, breaks and gaps. The
//! same seed makes the same history, so reports of it can be compared and shown.

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use sitwell::landmarks::Skeleton;
use sitwell::posture::{Basis, Estimate, Fault, PerAngle, UnclearReason, View};
use sitwell::record::{
    AngleReading, AngleSpan, Answer, CalibrationRecord, Episode, EpisodeOutcome, Minute,
    MinuteTally, NotWatching, Nudge, NudgeEvidence, Reading, Record, TimeSpan, TimeUse,
    WatchSession,
};

const LOOK: SignedDuration = SignedDuration::from_secs(10);
const STRETCHES: [&str; 4] = [
    "chin-tuck",
    "thoracic-extension",
    "doorway-stretch",
    "seated-cat-cow",
];

/// Numbers that look random and are not.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x5EED)
    }

    /// From 0 up to 1.
    pub(crate) fn roll(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as f64 / f64::from(1_u32 << 31)
    }

    pub(crate) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.roll()
    }
}

/// Everything kept of `count` days from `first`, in order of time. Weekends are free.
pub(crate) fn days(first: Date, count: i64, zone: &TimeZone, seed: u64) -> Vec<Record> {
    let mut dice = Dice::new(seed);
    let mut records = vec![Record::Calibration(CalibrationRecord {
        at: instant(first, 8.7, zone),
        camera: "usb-046d-0825".to_owned(),
        profile: "sitting".to_owned(),
    })];
    for number in 0..count {
        let date = first.saturating_add(number.days());
        let is_free = matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday);
        if !is_free {
            let improvement = (number as f64 / 40.0).min(0.3);
            office_day(date, zone, improvement, &mut dice, &mut records);
        }
    }
    records
}

fn instant(date: Date, hours: f64, zone: &TimeZone) -> Timestamp {
    let start = date.to_zoned(zone.clone()).unwrap().timestamp();
    start + SignedDuration::from_secs((hours * 3600.0) as i64)
}

fn office_day(
    date: Date,
    zone: &TimeZone,
    improvement: f64,
    dice: &mut Dice,
    records: &mut Vec<Record>,
) {
    let mut tally = MinuteTally::new(SignedDuration::from_secs(30));
    let mut now = instant(date, 8.75 + dice.roll() * 0.5, zone);
    let begin = now;
    let lunch = instant(date, 12.0 + dice.roll() * 0.5, zone);
    let after_lunch = lunch + SignedDuration::from_mins(35 + (dice.roll() * 20.0) as i64);
    let end = instant(date, 16.75 + dice.roll() * 1.25, zone);
    let mut sandbox = Sandbox {
        tally: &mut tally,
        dice,
        records,
    };
    while now < end {
        if now >= lunch && now < after_lunch {
            now = sandbox.sit(now, after_lunch, TimeUse::Away, 0.0);
        }
        let hours = now.duration_since(begin).as_secs_f64() / 3600.0;
        let upright_minutes = sandbox.dice.between(4.0, 34.0) * (1.25 - hours / 14.0 + improvement);
        now = sandbox.sit(now, now + minutes(upright_minutes), TimeUse::Upright, 1.5);
        now = match (sandbox.dice.roll() * 20.0) as u32 {
            0..13 => sandbox.slouch(now, hours),
            13..15 => sandbox.sit(now, now + minutes(6.0), TimeUse::Away, 0.0),
            15 => sandbox.sit(
                now,
                now + minutes(4.0),
                TimeUse::Unclear(UnclearReason::TurnedAway),
                0.0,
            ),
            16 => sandbox.sit(
                now,
                now + minutes(8.0),
                TimeUse::Unclear(UnclearReason::ShouldersOutOfPicture),
                0.0,
            ),
            17 => sandbox.sit(
                now,
                now + minutes(28.0),
                TimeUse::NotWatched(NotWatching::CameraBusy),
                0.0,
            ),
            18 => sandbox.sit(
                now,
                now + minutes(12.0),
                TimeUse::NotWatched(NotWatching::Paused),
                0.0,
            ),
            // Asleep: no record of this time.
            _ => now + minutes(9.0),
        };
    }
    records.extend(tally.flush().map(Record::Minute));
    records.push(Record::Session(WatchSession {
        from: begin,
        to: lunch,
    }));
    records.push(Record::Session(WatchSession {
        from: after_lunch,
        to: end,
    }));
}

fn minutes(minutes: f64) -> SignedDuration {
    SignedDuration::from_secs((minutes * 60.0) as i64)
}

struct Sandbox<'a> {
    tally: &'a mut MinuteTally,
    dice: &'a mut Dice,
    records: &'a mut Vec<Record>,
}

impl Sandbox<'_> {
    fn sit(&mut self, from: Timestamp, to: Timestamp, spent: TimeUse, lean: f64) -> Timestamp {
        let mut now = from;
        while now < to {
            let next = now + LOOK;
            let mut reading = |lean: f64, error: f64| {
                let change = lean + self.dice.between(-1.0, 1.0) * error;
                Some(Estimate {
                    degrees: 38.0 + change,
                    change: Some(change),
                    error,
                })
            };
            let span = TimeSpan {
                spent,
                from: now,
                to: next,
                placement: None,
                angles: PerAngle {
                    forward_head: reading(lean, 2.2),
                    rounded_shoulders: reading(lean * 0.6, 3.8),
                },
            };
            self.records
                .extend(self.tally.add(&span).into_iter().map(Record::Minute));
            now = next;
        }
        now
    }

    fn slouch(&mut self, from: Timestamp, hours: f64) -> Timestamp {
        let fault = match (self.dice.roll() * 10.0) as u32 {
            0..5 => Fault::ForwardHead,
            5..8 => Fault::RoundedShoulders,
            _ => Fault::HeadAndShoulders,
        };
        let lean = self.dice.between(8.0, 13.0) + hours * 0.5;
        let roll = self.dice.roll();
        let (length, ending) = match roll {
            r if r < 0.35 => (self.dice.between(0.8, 4.0), EpisodeOutcome::ByItself),
            r if r < 0.9 => (self.dice.between(5.2, 7.5), EpisodeOutcome::AfterNudge),
            _ => (self.dice.between(2.0, 12.0), EpisodeOutcome::OutOfSight),
        };
        let to = self.sit(from, from + minutes(length), TimeUse::Slouched(fault), lean);
        self.records.push(Record::Episode(Episode {
            fault,
            from,
            to,
            observed: to.duration_since(from),
            angle: AngleSpan {
                mean: lean,
                worst: lean + 4.0,
                error: 2.2,
            },
            ending,
        }));
        let shown = from + minutes(5.0);
        if shown < to {
            let answer = match (self.dice.roll() * 10.0) as u32 {
                0..4 => Answer::Done,
                4 => Answer::Part,
                5 => Answer::Snoozed,
                6 => Answer::Skipped,
                7..9 => Answer::Recovered,
                _ => Answer::Unanswered,
            };
            self.records.push(Record::Nudge(Nudge {
                at: shown,
                fault,
                stretch: STRETCHES[(self.dice.roll() * 4.0) as usize].to_owned(),
                answer,
                answered: (answer != Answer::Unanswered).then_some(to),
            }));
        }
        to
    }
}

/// About a million minutes over ten years, as a diligent user has them.
#[allow(dead_code, reason = "the bench needs it, the tests do not")]
pub(crate) fn many_minutes(first: Date, last: Date, zone: &TimeZone) -> Vec<Minute> {
    let mut dice = Dice::new(7);
    let mut minutes = Vec::new();
    for date in first.series(1.day()).take_while(|&date| date <= last) {
        let begin = instant(date, 9.0, zone).as_second() / 60 * 60;
        for number in 0..274 {
            let reading = AngleSpan {
                mean: dice.between(-2.0, 9.0),
                worst: dice.between(5.0, 14.0),
                error: 2.2,
            };
            let slouched = SignedDuration::from_millis((dice.roll().powi(3) * 60_000.0) as i64);
            let spent = [
                (TimeUse::Upright, SignedDuration::from_mins(1) - slouched),
                (TimeUse::Slouched(Fault::ForwardHead), slouched),
            ];
            minutes.push(Minute {
                start: Timestamp::from_second(begin + number * 60).unwrap(),
                spent: spent
                    .into_iter()
                    .filter(|(_, time)| time.is_positive())
                    .collect(),
                placement: None,
                angles: PerAngle {
                    forward_head: Some(reading),
                    rounded_shoulders: Some(reading),
                },
            });
        }
    }
    minutes
}

/// Eight nudges a day with their slouches and their evidence.
#[allow(dead_code, reason = "the bench needs it, the tests do not")]
pub(crate) fn many_nudges(last: Date, days: i64, zone: &TimeZone) -> Vec<Record> {
    let mut records = Vec::new();
    for (back, number) in (0..days).flat_map(|back| (0..8).map(move |number| (back, number))) {
        let date = last.saturating_sub(back.days());
        let from = instant(date, 9.0 + 0.5 * f64::from(number), zone);
        let at = from + SignedDuration::from_mins(5);
        let fault = Fault::ForwardHead;
        let reading = |number: i64| Reading {
            at: from + LOOK * number as i32,
            angles: PerAngle::from_fn(|_| {
                Some(AngleReading {
                    change: 12.5,
                    error: 2.2,
                })
            }),
        };
        records.push(Record::Episode(Episode {
            fault,
            from,
            to: at,
            observed: at.duration_since(from),
            angle: AngleSpan {
                mean: 12.5,
                worst: 14.0,
                error: 2.2,
            },
            ending: EpisodeOutcome::AfterNudge,
        }));
        records.push(Record::Nudge(Nudge {
            at,
            fault,
            stretch: STRETCHES[0].to_owned(),
            answer: Answer::Done,
            answered: Some(at),
        }));
        records.push(Record::Evidence(NudgeEvidence {
            nudge: at,
            readings: (0..30).map(reading).collect(),
            view: View::Front,
            basis: Basis::FaceMesh,
            skeleton: Some(Skeleton {
                aspect: 1.5,
                points: [(0.75, 0.25); Skeleton::JOINTS.len()],
            }),
            limits: PerAngle::from_fn(|_| Some(10.0)),
            onset: SignedDuration::from_mins(1),
            model: "full".to_owned(),
            calibration: None,
            doubt: None,
        }));
    }
    records
}
