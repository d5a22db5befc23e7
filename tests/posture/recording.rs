//! Recordings made of pictures: each is held for a while, looked at every few
//! seconds through the crops in turns or through all where that is wanted, with the noise of a camera.

use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use sitwell::frame::PictureSize;
use sitwell::landmarks::{
    CropLandmarks, Face, FaceShape, Joint, Landmark, Landmarks, Person, Sighting, WorldPoint,
};
use sitwell::monitor::Observation;
use sitwell::perception::{PerceptionSettings, PostureTracker};
use sitwell::pose::{Crop, CropPlan, merge};
use sitwell::posture::episode::EpisodeEvent;
use sitwell::posture::{
    Calibration, CalibrationBuilder, CalibrationDoubt, EpisodeState, EpisodeTiming, ErrorFactor,
    FilterState, MEASURED,
};

use super::noise::Noise;

/// What is no slouch: looking down, turning, tilting, leaning aside, the chair nearer or farther, the camera nudged.
pub(crate) const NOT_A_SLOUCH: [&str; 7] =
    ["pitch", "yaw", "roll", "side", "near", "far", "campitch"];

/// A still person's joints move this much between a camera's pictures, one standard
/// deviation in picture heights: half a pixel of 480, as measured with noise of 4 of 255 on every pixel.
const NOISE: f64 = 0.001;

/// One picture as each crop shows it.
pub(crate) struct Picture {
    pub(crate) name: String,
    pub(crate) pose: String,
    /// The true angle in degrees.
    pub(crate) forward_head: f64,
    pub(crate) crops: Vec<CropLandmarks>,
    pub(crate) face: Option<Face>,
}

impl Picture {
    /// The crops that take turns.
    fn round(&self) -> Vec<CropLandmarks> {
        let has = |crop: usize| self.crops.iter().any(|cut| cut.crop == crop);
        let round = Crop::round(has(Crop::FACING.start), self.face.is_some());
        let of_round = self.crops.iter().filter(|cut| round.contains(&cut.crop));
        of_round.cloned().collect()
    }
}

/// One person before one camera.
pub(crate) struct Session {
    pub(crate) name: String,
    pub(crate) view: String,
    pub(crate) pictures: Vec<Picture>,
}

impl Session {
    pub(crate) fn neutrals(&self) -> Vec<&Picture> {
        let neutral = |picture: &&Picture| picture.pose == "neutral";
        self.pictures.iter().filter(neutral).collect()
    }

    /// Pictures of the neutral posture are not among them.
    pub(crate) fn others(&self) -> impl Iterator<Item = &Picture> {
        self.pictures.iter().filter(|p| p.pose != "neutral")
    }

    /// The mean true angle of the neutral posture.
    pub(crate) fn neutral_angle(&self) -> f64 {
        let neutrals = self.neutrals();
        neutrals.iter().map(|p| p.forward_head).sum::<f64>() / neutrals.len() as f64
    }
}

/// All sessions of the fixture.
pub(crate) fn sessions() -> Vec<Session> {
    sessions_in("joints.csv")
}

/// The sessions in a file of the fixture's folder.
pub(crate) fn sessions_in(file: &str) -> Vec<Session> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/posture");
    let path = folder.join(file);
    let text = std::fs::read_to_string(path).unwrap();
    let mut sessions: Vec<Session> = Vec::new();
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let (name, view, pose, picture) = (cells[0], cells[1], cells[2], cells[3]);
        if sessions.last().is_none_or(|last| last.name != name) {
            sessions.push(Session {
                name: name.into(),
                view: view.into(),
                pictures: Vec::new(),
            });
        }
        let pictures = &mut sessions.last_mut().unwrap().pictures;
        let (joints, face) = cells.split_at(cells.len() - 6);
        if pictures.last().is_none_or(|last| last.name != picture) {
            pictures.push(Picture {
                name: picture.into(),
                pose: pose.into(),
                forward_head: cells[5].parse().unwrap(),
                crops: Vec::new(),
                face: self::face(face),
            });
        }
        let numbers: Vec<f32> = joints[6..]
            .iter()
            .map(|cell| cell.parse().unwrap())
            .collect();
        pictures.last_mut().unwrap().crops.push(CropLandmarks {
            crop: cells[4].parse().unwrap(),
            joints: landmarks(&numbers),
        });
    }
    sessions
}

/// None of empty cells.
fn face(cells: &[&str]) -> Option<Face> {
    let (cells, shape) = cells.split_at(4);
    let numbers: Result<Vec<f32>, _> = cells.iter().map(|cell| cell.parse()).collect();
    let [x, y, size, pitch] = numbers.ok()?[..] else {
        return None;
    };
    let [x, y, size] = [x, y, size].map(|length| length / 1e5);
    let pitch = pitch / 1e4;
    let shape: Result<Vec<f32>, _> = shape.iter().map(|cell| cell.parse()).collect();
    Some(Face {
        x,
        y,
        size,
        pitch,
        shape: match shape.ok().as_deref() {
            Some(&[width, ears]) => Some(FaceShape {
                width: width / 1e4,
                ears: ears / 1e4,
            }),
            Some(_) | None => None,
        },
    })
}

fn landmarks(numbers: &[f32]) -> Landmarks {
    let mut points = [Landmark::default(); Joint::COUNT];
    for (joint, at) in MEASURED.iter().zip(numbers.chunks(2)) {
        points[*joint as usize] = Landmark {
            x: at[0] / 10_000.0,
            y: at[1] / 10_000.0,
            visibility: 1.0,
            ..Landmark::default()
        };
    }
    let shoulders = [Joint::LeftShoulder, Joint::RightShoulder];
    for (joint, visibility) in shoulders.iter().zip(&numbers[2 * MEASURED.len()..]) {
        points[*joint as usize].visibility = visibility / 100.0;
    }
    Landmarks {
        points,
        world: [WorldPoint::default(); Joint::COUNT],
        presence: 1.0,
        picture: PictureSize {
            width: 640,
            height: 480,
        },
    }
}

/// The whole picture made larger about its centre, then moved, in picture heights.
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct Moved {
    pub(crate) scale: f32,
    pub(crate) right: f32,
    pub(crate) down: f32,
}

impl Moved {
    pub(crate) const NOT: Moved = Moved {
        scale: 1.0,
        right: 0.0,
        down: 0.0,
    };

    pub(crate) fn apply(self, mut joints: Landmarks) -> Landmarks {
        let aspect = joints.picture.aspect();
        for point in &mut joints.points {
            (point.x, point.y) = self.point(aspect, (point.x, point.y));
        }
        joints
    }

    fn point(self, aspect: f32, (x, y): (f32, f32)) -> (f32, f32) {
        let centre = aspect / 2.0;
        (
            centre + (x - centre) * self.scale + self.right,
            0.5 + (y - 0.5) * self.scale + self.down,
        )
    }

    /// A face in a picture of the set.
    pub(crate) fn apply_to_face(self, face: Face) -> Face {
        let (x, y) = self.point(4.0 / 3.0, (face.x, face.y));
        Face {
            x,
            y,
            size: face.size * self.scale,
            ..face
        }
    }
}

/// The camera's side: which crop's turn it is, and its noise.
struct Camera {
    turn: usize,
    noise: Noise,
    /// The picture last seen through a crop, when, and what it showed.
    seen: Option<(String, Moved, Timestamp, Sighting)>,
}

impl Camera {
    /// An observation by the crops of the plan.
    fn see(&mut self, picture: &Picture, plan: CropPlan, moved: Moved, at: Timestamp) -> Sighting {
        if let Some((name, before, then, sighting)) = &self.seen
            && plan == CropPlan::IfMoved
            && picture.face.is_some()
            && (name, *before) == (&picture.name, moved)
            && at.duration_since(*then) <= CropPlan::MAX_UNMOVED
        {
            return sighting.clone();
        }
        let round = picture.round();
        let crops = match plan {
            CropPlan::AllCrops | CropPlan::Single => picture.crops.clone(),
            CropPlan::Round => round,
            CropPlan::NextCrop | CropPlan::IfMoved => {
                self.turn += 1;
                vec![round[self.turn % round.len()].clone()]
            }
        };
        // The mesh repeats itself as joints do: its points are many, and noise is even less there.
        let mut noise = || (NOISE * self.noise.normal()) as f32;
        let face = picture.face.map(|face| {
            moved.apply_to_face(Face {
                x: face.x + noise() / 2.0,
                y: face.y + noise() / 2.0,
                ..face
            })
        });
        let crops = crops.into_iter().map(|cut| {
            let mut joints = cut.joints;
            for point in &mut joints.points {
                point.x += noise();
                point.y += noise();
            }
            CropLandmarks {
                joints: moved.apply(joints),
                ..cut
            }
        });
        let sighting = person(crops, face);
        self.seen = Some((picture.name.clone(), moved, at, sighting.clone()));
        sighting
    }
}

/// Somebody as these crops show them.
pub(crate) fn person(crops: impl Iterator<Item = CropLandmarks>, face: Option<Face>) -> Sighting {
    let crops: Vec<CropLandmarks> = crops.collect();
    let merged = merge(crops.iter().map(|cut| &cut.joints));
    Sighting::Person(Box::new(Person {
        merged,
        crops,
        face,
        girdle: None,
    }))
}

/// Somebody watched, from the calibration on.
pub(crate) struct Watched {
    camera: Camera,
    tracker: PostureTracker,
    state: EpisodeState,
    filter: FilterState,
    steady: SignedDuration,
    max_gap: SignedDuration,
    at: Timestamp,
    /// What the slouch detector has said.
    pub(crate) events: Vec<EpisodeEvent>,
    /// How often all crops were looked through.
    pub(crate) thorough: usize,
}

/// Between observations, as the monitor does it when it is steady, and when one is held back.
pub(crate) const STEADY: SignedDuration = SignedDuration::from_secs(5);
const DOUBTFUL: SignedDuration = SignedDuration::from_millis(1500);

impl Watched {
    /// Calibrates on 10 s of the session's neutral, an observation a second.
    pub(crate) fn calibrated(session: &Session) -> Watched {
        Watched::every(session, STEADY, PerceptionSettings::default().max_gap)
    }

    /// The same with so much time between observations, and after this long a gap.
    pub(crate) fn every(
        session: &Session,
        steady: SignedDuration,
        max_gap: SignedDuration,
    ) -> Watched {
        let settings = PerceptionSettings {
            max_gap,
            ..PerceptionSettings::default()
        };
        let mut camera = Camera {
            turn: 0,
            noise: Noise(1),
            seen: None,
        };
        let neutrals = session.neutrals();
        let mut neutral = CalibrationBuilder::default();
        for second in 0..11 {
            let picture = neutrals[second % neutrals.len()];
            let plan = CropPlan::AllCrops;
            if let Sighting::Person(person) =
                camera.see(picture, plan, Moved::NOT, Timestamp::UNIX_EPOCH)
            {
                let _ = neutral.add(&person);
            }
        }
        Watched {
            camera,
            tracker: PostureTracker::new(Some(neutral.calibration().unwrap()), settings),
            steady,
            max_gap: settings.max_gap,
            state: EpisodeState::default(),
            filter: FilterState::Settled,
            at: Timestamp::UNIX_EPOCH + SignedDuration::from_secs(10),
            events: Vec::new(),
            thorough: 0,
        }
    }

    /// Sits as in a picture for so many seconds.
    pub(crate) fn sits(
        &mut self,
        picture: &Picture,
        seconds: i64,
        moved: Moved,
    ) -> Vec<Observation> {
        self.observations(seconds, |watched, crops| {
            watched.thorough += usize::from(crops == CropPlan::Round);
            watched.camera.see(picture, crops, moved, watched.at)
        })
    }

    /// What makes the calibration doubtful by now.
    pub(crate) fn doubt(&self) -> Option<CalibrationDoubt> {
        self.tracker.doubt(self.at)
    }

    /// Whether another calibration fits where the camera stands now.
    pub(crate) fn fits(&self, other: &Calibration) -> bool {
        self.tracker.distance(other).is_some()
    }

    /// Is not there for so many seconds.
    pub(crate) fn leaves(&mut self, seconds: i64) -> Vec<Observation> {
        self.observations(seconds, |_, _| Sighting::Nobody)
    }

    fn observations(
        &mut self,
        seconds: i64,
        see: impl Fn(&mut Watched, CropPlan) -> Sighting,
    ) -> Vec<Observation> {
        let end = self.at + SignedDuration::from_secs(seconds);
        let mut observations = Vec::new();
        loop {
            let wait = match self.filter {
                FilterState::Settled => self.steady,
                FilterState::Doubtful => DOUBTFUL,
            };
            if self.at + wait > end {
                self.at = end;
                return observations;
            }
            self.at += wait;
            let crops = self.tracker.crop_plan(self.at);
            let sighting = see(self, crops);
            let observation =
                self.tracker
                    .observe(&sighting, crops, ErrorFactor::default(), self.at);
            self.filter = observation.filter;
            if !observation.is_held_back() {
                let patience = EpisodeTiming {
                    max_gap: self.max_gap,
                    ..EpisodeTiming::default()
                };
                let (state, event) =
                    self.state
                        .step(observation.moment, observation.since, &patience);
                self.state = state;
                self.events.extend(event);
            }
            observations.push(observation);
        }
    }
}
