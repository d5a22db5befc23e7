//! The posture set: its truth, and what each crop of each picture shows.
//!
//! Looking is dear, so the joints that every crop gives are kept in `target/`
//! and merged anew for each choice of crops.

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

/// Choices of crops by name: their places in [`Crop::ALL`].
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

/// The choice that looks at single pictures make themselves.
pub(crate) const AS_LOOKS: &str = "as looks";

/// What is kept of a joint: x, y in picture heights, and visibility.
type Kept = BTreeMap<String, Vec<Option<Vec<[f32; 3]>>>>;

/// One row of labels.csv.
pub(crate) type Row = BTreeMap<String, String>;

/// The set with every crop of every picture.
pub(crate) struct Set {
    rows: Vec<Row>,
    kept: Kept,
}

/// One picture that is not a neutral, with what it is compared to.
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
    /// Reads the set, looking at its pictures where that was not done before.
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
        let cache = PathBuf::from(format!("target/posture-set-{name}-crops.json"));
        let kept = match std::fs::read_to_string(&cache) {
            Ok(text) => serde_json::from_str(&text).expect("joints; remove the file to look again"),
            Err(_) => {
                let kept = look(folder, model, &rows);
                std::fs::write(&cache, serde_json::to_string(&kept).unwrap()).unwrap();
                kept
            }
        };
        Set { rows, kept }
    }

    /// The rows of labels.csv.
    pub(crate) fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The joints of one picture by a choice of crops.
    pub(crate) fn joints(&self, file: &str, choice: &str) -> Option<Landmarks> {
        if choice == AS_LOOKS {
            let further = Crop::further(&self.merged(file, &[0])?);
            let facing = further == Crop::FACING;
            return self.joints(file, if facing { "facing" } else { "aside" });
        }
        let (_, crops) = CHOICES.iter().find(|(name, _)| *name == choice)?;
        self.merged(file, crops)
    }

    /// The joints of one picture by some crops, each by its place.
    pub(crate) fn merged(&self, file: &str, crops: &[usize]) -> Option<Landmarks> {
        let kept = self.kept.get(file)?;
        let looks: Vec<Landmarks> = crops
            .iter()
            .filter_map(|&crop| kept.get(crop)?.as_deref().map(landmarks))
            .collect();
        (!looks.is_empty()).then(|| merge(&looks))
    }

    /// Every picture that is not a neutral, compared to its session's neutrals.
    pub(crate) fn samples(&self, crops: &str) -> Vec<Sample> {
        let sessions: BTreeSet<&String> = self.rows.iter().map(|row| &row["session"]).collect();
        let sessions = sessions.into_iter();
        sessions
            .flat_map(|session| self.session(session, crops))
            .collect()
    }

    /// The shape in one picture.
    fn features(&self, row: &Row, crops: &str) -> Option<Features> {
        measure(&self.joints(&row["file"], crops)?).ok()
    }

    fn session(&self, session: &str, crops: &str) -> Vec<Sample> {
        let rows = self.rows.iter().filter(|row| row["session"] == session);
        let (neutrals, others): (Vec<&Row>, Vec<&Row>) =
            rows.partition(|row| row["pose"] == "neutral");
        let seen: Vec<Features> = neutrals
            .iter()
            .filter_map(|row| self.features(row, crops))
            .collect();
        let Ok(calibration) = Calibration::from_features(&seen) else {
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

/// Looks at every picture through every crop that is tried.
fn look(folder: &Path, model: ModelVariant, rows: &[Row]) -> Kept {
    let heavy = [Path::new("models").join(HEAVY_FILE)];
    let pose = Pose::load(model, &heavy).unwrap();
    let mut kept = Kept::new();
    for row in rows {
        let picture = read_picture(&folder.join("pictures").join(&row["file"])).unwrap();
        let looks = pose.detect_crops(&picture, &Crop::ALL).unwrap();
        let keep = |look: Landmarks| {
            let points = look.points.iter();
            points.map(|p| [p.x, p.y, p.visibility]).collect()
        };
        let looks = looks.into_iter().map(|look| look.map(keep)).collect();
        kept.insert(row["file"].clone(), looks);
    }
    kept
}

fn landmarks(kept: &[[f32; 3]]) -> Landmarks {
    let mut points = [Landmark::default(); Joint::COUNT];
    for (point, &[x, y, visibility]) in points.iter_mut().zip(kept) {
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
