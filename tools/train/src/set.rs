//! The posture set: its truth, and the joints of each crop of each picture.
//!
//! The pose model is expensive, so the joints are kept in `target/` and merged again for each
//! choice of crops.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use sitwell::folders::HEAVY_FILE;
use sitwell::frame::PictureSize;
use sitwell::image::read_picture;
use sitwell::landmarks::{Joint, Landmark, Landmarks, WorldPoint};
use sitwell::pose::{Crop, Pose, merge};
use sitwell::posture::{Calibration, Facing, Features, View, measure};
use sitwell::settings::ModelVariant;

/// Every picture of the set has this size.
const PICTURE: PictureSize = PictureSize {
    width: 640,
    height: 480,
};

/// Choices of crops by name: their indices in [`Crop::ALL`].
pub(crate) const CHOICES: [(&str, &[usize]); 9] = [
    ("one", &[0]),
    ("two", &[0, 1]),
    ("sizes", &[0, 1, 2, 3]),
    ("turns", &[0, 1, 10, 12]),
    ("all but plain", &[8, 9, 11, 13]),
    ("six", &[0, 1, 2, 3, 10, 12]),
    ("facing", &[0, 1, 2, 3, 4, 5, 6, 7]),
    ("aside", &[0, 1, 2, 3, 8, 9, 10, 11, 12, 13]),
    ("all", &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]),
];

/// The choice that Sitwell makes for a picture on its own.
pub(crate) const AS_OBSERVED: &str = "as observed";

/// Of each joint: x and y in picture heights, and visibility.
type JointCache = BTreeMap<String, Vec<Option<Vec<[f32; 3]>>>>;

/// One row of labels.csv.
pub(crate) type Row = BTreeMap<String, String>;

/// The set with every crop of every picture.
pub(crate) struct Set {
    rows: Vec<Row>,
    cache: JointCache,
}

/// One picture that is not a neutral, and its neutral.
#[derive(Debug, Clone)]
pub(crate) struct Sample {
    pub(crate) file: String,
    pub(crate) subject: String,
    pub(crate) view: String,
    pub(crate) pose: String,
    pub(crate) neutral: Features,
    pub(crate) facing: Facing,
    pub(crate) features: Features,
    /// True changes from the neutral, in degrees.
    pub(crate) head: f64,
    pub(crate) shoulders: f64,
    /// Thoracic flexion.
    pub(crate) slump: f64,
    /// The absolute truths.
    pub(crate) fha: f64,
    pub(crate) protraction: f64,
}

impl Set {
    /// Reads the set. The first time it runs the pose model on all pictures.
    pub(crate) fn open(folder: &Path, model: ModelVariant) -> Set {
        let text = std::fs::read_to_string(folder.join("labels.csv")).expect("labels.csv");
        let mut lines = text.lines();
        let names: Vec<_> = lines.next().expect("a header").split(',').collect();
        let row = |line: &str| -> Row {
            let cells = line.split(',').map(str::to_owned);
            names.iter().map(ToString::to_string).zip(cells).collect()
        };
        let rows: Vec<Row> = lines.map(row).collect();
        let name = model.to_string();
        let file = PathBuf::from(format!("target/posture-set-{name}-crops.json"));
        let cache = match std::fs::read_to_string(&file) {
            Ok(text) => {
                serde_json::from_str(&text).expect("joints; remove the file to begin again")
            }
            Err(_) => {
                let cache = detect(folder, model, &rows);
                std::fs::write(&file, serde_json::to_string(&cache).unwrap()).unwrap();
                cache
            }
        };
        Set { rows, cache }
    }

    /// The rows of labels.csv.
    pub(crate) fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The joints of one picture by a choice of crops.
    pub(crate) fn joints(&self, file: &str, choice: &str) -> Option<Landmarks> {
        if choice == AS_OBSERVED {
            let further = Crop::further(&self.merged(file, &[0])?);
            let facing = further == Crop::FACING;
            return self.joints(file, if facing { "facing" } else { "aside" });
        }
        let (_, crops) = CHOICES.iter().find(|(name, _)| *name == choice)?;
        self.merged(file, crops)
    }

    /// The joints of one picture by some crops, given by their indices.
    pub(crate) fn merged(&self, file: &str, crops: &[usize]) -> Option<Landmarks> {
        let all = self.cache.get(file)?;
        let crops: Vec<Landmarks> = crops
            .iter()
            .filter_map(|&crop| all.get(crop)?.as_deref().map(landmarks))
            .collect();
        (!crops.is_empty()).then(|| merge(&crops))
    }

    /// Every picture that is not a neutral, compared to its session's neutrals.
    pub(crate) fn samples(&self, crops: &str) -> Vec<Sample> {
        let sessions: BTreeSet<&String> = self.rows.iter().map(|row| &row["session"]).collect();
        let sessions = sessions.into_iter();
        sessions
            .flat_map(|session| self.session(session, crops))
            .collect()
    }

    /// The proportions in one picture.
    fn features(&self, row: &Row, crops: &str) -> Option<Features> {
        measure(&self.joints(&row["file"], crops)?).ok()
    }

    fn session(&self, session: &str, crops: &str) -> Vec<Sample> {
        let rows = self.rows.iter().filter(|row| row["session"] == session);
        let (neutrals, others): (Vec<&Row>, Vec<&Row>) =
            rows.partition(|row| row["pose"] == "neutral");
        let neutral: Vec<Features> = neutrals
            .iter()
            .filter_map(|row| self.features(row, crops))
            .collect();
        let Ok(calibration) = Calibration::from_features(&neutral) else {
            println!("no calibration for {session}");
            return Vec::new();
        };
        let view = match calibration.view() {
            View::Front => "front",
            View::Oblique => "oblique",
            View::Side => "side",
        };
        if !session.contains(view) {
            println!("{session} was taken for {view}");
        }
        let base = |name: &str| {
            neutrals.iter().map(|row| number(row, name)).sum::<f64>() / neutrals.len() as f64
        };
        let (head, shoulders) = (base("fha"), base("protraction"));
        let slump = base("thoracic_flex");
        let sample = |row: &Row| {
            Some(Sample {
                file: row["file"].clone(),
                subject: row["subject"].clone(),
                view: row["view"].clone(),
                pose: row["pose"].clone(),
                neutral: *calibration.neutral(),
                facing: calibration.facing(),
                features: self.features(row, crops)?,
                head: number(row, "fha") - head,
                shoulders: number(row, "protraction") - shoulders,
                slump: number(row, "thoracic_flex") - slump,
                fha: number(row, "fha"),
                protraction: number(row, "protraction"),
            })
        };
        others.into_iter().filter_map(sample).collect()
    }
}

pub(crate) fn number(row: &Row, name: &str) -> f64 {
    row[name].parse().unwrap()
}

/// Runs every crop of every picture.
fn detect(folder: &Path, model: ModelVariant, rows: &[Row]) -> JointCache {
    let heavy = [Path::new("models").join(HEAVY_FILE)];
    let pose = Pose::load(model, &heavy).unwrap();
    let mut cache = JointCache::new();
    for row in rows {
        let picture = read_picture(&folder.join("pictures").join(&row["file"])).unwrap();
        let crops = pose.detect_crops(&picture, &Crop::ALL).unwrap();
        let joints = |crop: Landmarks| {
            let points = crop.points.iter();
            points.map(|p| [p.x, p.y, p.visibility]).collect()
        };
        let crops = crops.into_iter().map(|crop| crop.map(joints)).collect();
        cache.insert(row["file"].clone(), crops);
    }
    cache
}

fn landmarks(joints: &[[f32; 3]]) -> Landmarks {
    let mut points = [Landmark::default(); Joint::COUNT];
    for (point, &[x, y, visibility]) in points.iter_mut().zip(joints) {
        *point = Landmark {
            x,
            y,
            visibility,
            ..Landmark::default()
        };
    }
    Landmarks {
        points,
        world: [WorldPoint::default(); Joint::COUNT],
        presence: 1.0,
        picture: PICTURE,
    }
}
