//! Recordings made of pictures: each is held for a while, looked at every few
//! seconds through the crops in turns, with the noise of a camera.

use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use sitwell::frame::PictureSize;
use sitwell::landmarks::{Joint, Landmark, Landmarks, Person, Sighting, WorldPoint};
use sitwell::monitor::{Look, Observer};
use sitwell::posture::slouch::Event;
use sitwell::posture::{Baseline, Limits, MEASURED, Patience, Shape, State, measure};

use super::noise::Noise;

/// What is no slouch: looking down, turning, tilting, leaning aside, the chair nearer or farther, the camera nudged.
pub(crate) const NOT_A_SLOUCH: [&str; 7] =
    ["pitch", "yaw", "roll", "side", "near", "far", "campitch"];

/// A still person's joints move this much between a camera's pictures, one standard
/// deviation in picture heights: half a pixel of 480.
const NOISE: f64 = 0.001;

/// One picture as each crop shows it.
pub(crate) struct Picture {
    pub(crate) name: String,
    pub(crate) pose: String,
    /// The true angle in degrees.
    pub(crate) forward_head: f64,
    pub(crate) crops: Vec<Landmarks>,
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
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/posture/joints.csv");
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
        if pictures.last().is_none_or(|last| last.name != picture) {
            pictures.push(Picture {
                name: picture.into(),
                pose: pose.into(),
                forward_head: cells[5].parse().unwrap(),
                crops: Vec::new(),
            });
        }
        let numbers: Vec<f32> = cells[6..]
            .iter()
            .map(|cell| cell.parse().unwrap())
            .collect();
        pictures.last_mut().unwrap().crops.push(landmarks(&numbers));
    }
    sessions
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
#[derive(Clone, Copy)]
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
        let centre = (joints.picture.aspect() / 2.0, 0.5);
        for point in &mut joints.points {
            point.x = centre.0 + (point.x - centre.0) * self.scale + self.right;
            point.y = centre.1 + (point.y - centre.1) * self.scale + self.down;
        }
        joints
    }
}

/// The camera's side: which crop's turn it is, and its noise.
struct Camera {
    turn: usize,
    noise: Noise,
}

impl Camera {
    fn see(&mut self, picture: &Picture) -> Landmarks {
        self.turn += 1;
        let mut joints = picture.crops[self.turn % picture.crops.len()].clone();
        for point in &mut joints.points {
            point.x += (NOISE * self.noise.normal()) as f32;
            point.y += (NOISE * self.noise.normal()) as f32;
        }
        joints
    }
}

/// Somebody watched, from the calibration on.
pub(crate) struct Watched {
    camera: Camera,
    observer: Observer,
    state: State,
    at: Timestamp,
    /// What the slouch detector has said.
    pub(crate) events: Vec<Event>,
}

/// Seconds between looks, as the monitor does it when it is steady.
const STEP: i64 = 5;

impl Watched {
    /// Calibrates on 10 s of the session's neutral, a look a second.
    pub(crate) fn calibrated(session: &Session) -> Watched {
        let mut camera = Camera {
            turn: 0,
            noise: Noise(1),
        };
        let neutrals = session.neutrals();
        let shapes: Vec<Shape> = (0..11)
            .filter_map(|second| measure(&camera.see(neutrals[second % neutrals.len()])).ok())
            .collect();
        let baseline = Baseline::from_shapes(&shapes).unwrap();
        Watched {
            camera,
            observer: Observer::new(Some(baseline), Limits::default()),
            state: State::default(),
            at: Timestamp::UNIX_EPOCH + SignedDuration::from_secs(10),
            events: Vec::new(),
        }
    }

    /// Sits as in a picture for so many seconds.
    pub(crate) fn sits(&mut self, picture: &Picture, seconds: i64, moved: Moved) -> Vec<Look> {
        let looks = 0..seconds / STEP;
        looks
            .map(|_| {
                let joints = moved.apply(self.camera.see(picture));
                self.look(Sighting::Person(Box::new(Person {
                    plain: joints.clone(),
                    settled: joints,
                })))
            })
            .collect()
    }

    /// Is not there for so many seconds.
    pub(crate) fn leaves(&mut self, seconds: i64) -> Vec<Look> {
        let looks = 0..seconds / STEP;
        looks.map(|_| self.look(Sighting::Nobody)).collect()
    }

    fn look(&mut self, sighting: Sighting) -> Look {
        self.at += SignedDuration::from_secs(STEP);
        let look = self.observer.look(&sighting, self.at);
        let (state, event) = self.state.step(look.moment, look.at, &Patience::default());
        self.state = state;
        self.events.extend(event);
        look
    }
}
