//! The posture set: its truth, and the joints of each crop of each picture.
//!
//! The pose model is expensive, so the joints are kept in `target/` and merged again for each
//! choice of crops.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Path, PathBuf};

use image::RgbImage;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sitwell::folders::HEAVY_FILE;
use sitwell::frame::PictureSize;
use sitwell::image::quality::PictureQuality;
use sitwell::image::read_picture;
use sitwell::landmarks::{Face, FaceShape, Girdle, Joint, Landmark, Landmarks, WorldPoint};
use sitwell::pose::{Crop, Pose, merge};
use sitwell::posture::{
    Calibration, ErrorFactor, Facing, Features, GirdleChange, View, girdle, measure,
};
use sitwell::settings::ModelVariant;

use crate::conditions::Condition;
use crate::estimator::TAUGHT;

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

/// Of each joint by each crop: x and y in picture heights, and visibility. By picture.
type JointCache = BTreeMap<String, Vec<Option<Vec<[f32; 3]>>>>;
/// The head by the face mesh: x, y, size, pitch, and its own width and ears. By picture.
type FaceCache = BTreeMap<String, Option<[f32; 6]>>;
/// The shoulder girdle in front. By picture.
type GirdleCache = BTreeMap<String, Option<Girdle>>;

/// A picture's contrast, highlight and sharpness. By picture.
type QualityCache = BTreeMap<String, (u8, u8, f32)>;

/// The whole picture made larger about its middle, then moved, in picture heights.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moved {
    pub(crate) name: &'static str,
    pub(crate) scale: f32,
    pub(crate) right: f32,
    pub(crate) down: f32,
}

impl Moved {
    pub(crate) const NOT: Moved = Moved {
        name: "not moved",
        scale: 1.0,
        right: 0.0,
        down: 0.0,
    };

    fn point(self, (x, y): (f32, f32), aspect: f32) -> (f32, f32) {
        let middle = aspect / 2.0;
        (
            middle + (x - middle) * self.scale + self.right,
            0.5 + (y - 0.5) * self.scale + self.down,
        )
    }
}

/// One row of labels.csv, and as `set` the folder that it came from. `further` is there where that is not the first one.
pub(crate) type Row = BTreeMap<String, String>;

/// The set with every crop of every picture. It may come from several folders.
pub(crate) struct Set {
    rows: Vec<Row>,
    /// The size of every picture.
    picture: PictureSize,
    joints: JointCache,
    faces: FaceCache,
    girdles: GirdleCache,
    qualities: QualityCache,
}

/// One picture that is not a neutral, and its neutral.
#[derive(Debug, Clone)]
pub(crate) struct Sample {
    /// The folder of the set.
    pub(crate) set: String,
    /// Whether it is not the first set's.
    pub(crate) is_further: bool,
    pub(crate) file: String,
    pub(crate) subject: String,
    pub(crate) view: String,
    pub(crate) pose: String,
    pub(crate) neutral: Features,
    pub(crate) facing: Facing,
    pub(crate) features: Features,
    /// What the shoulder network would find with the shoulders larger and smaller by [`TAUGHT`].
    pub(crate) girdles: Option<[GirdleChange; 2]>,
    pub(crate) factor: ErrorFactor,
    /// What it counts in a fit where something is worn in it or at its neutral; none where nothing is.
    pub(crate) worn: Option<f64>,
    /// True changes from the neutral, in degrees.
    pub(crate) head: f64,
    pub(crate) shoulders: f64,
    /// Thoracic flexion.
    pub(crate) slump: f64,
    /// The trunk forward of the vertical.
    pub(crate) lean: f64,
    /// The absolute truths.
    pub(crate) fha: f64,
    pub(crate) protraction: f64,
}

impl Set {
    /// Reads the sets in some folders as one. Of spoilt copies some have none.
    ///
    /// # Panics
    ///
    /// Where the first has no pictures, or pictures differ in their size.
    pub(crate) fn open(folders: &[PathBuf], model: ModelVariant, spoilt: Option<Condition>) -> Set {
        let sets = folders
            .iter()
            .filter_map(|folder| Set::read(folder, model, spoilt));
        let both = |mut all: Set, set: Set| {
            assert_eq!(all.picture, set.picture, "pictures of one size");
            let further = |mut row: Row| {
                row.insert("further".to_owned(), String::new());
                row
            };
            all.rows.extend(set.rows.into_iter().map(further));
            all.joints.extend(set.joints);
            all.faces.extend(set.faces);
            all.girdles.extend(set.girdles);
            all.qualities.extend(set.qualities);
            all
        };
        sets.reduce(both).expect("pictures")
    }

    /// Reads one set. The first time it runs the pose model on all pictures, or on spoilt copies of
    /// some. Copies in which Sitwell would not look for anybody show nobody.
    fn read(folder: &Path, model: ModelVariant, spoilt: Option<Condition>) -> Option<Set> {
        let text = std::fs::read_to_string(folder.join("labels.csv")).expect("labels.csv");
        let mut lines = text.lines();
        let names: Vec<_> = lines.next().expect("a header").split(',').collect();
        let row = |line: &str| -> Row {
            let cells = line.split(',').map(str::to_owned);
            let cells = names.iter().map(ToString::to_string).zip(cells);
            let set = ("set".to_owned(), folder.display().to_string());
            cells.chain([set]).collect()
        };
        let mut rows: Vec<Row> = lines.map(row).collect();
        rows.retain(|row| spoilt.is_none_or(|spoilt| spoilt.is_applied_to(row)));
        let heavy = [Path::new("models").join(HEAVY_FILE)];
        let pose = Pose::load(model, &heavy).unwrap();
        let picture = |row: &Row| {
            let picture = picture_of(row);
            spoilt.map_or(picture.clone(), |spoilt| spoilt.apply(picture, row))
        };
        let (width, height) = picture(rows.first()?).dimensions();
        let of = folder.file_name().expect("a folder's name").display();
        let copies = spoilt.map_or(String::new(), |spoilt| format!("-{spoilt:?}"));
        let joints = kept(&format!("{of}-{model}{copies}-crops"), &rows, |row| {
            let pixels = picture(row);
            match spoilt.and(PictureQuality::of(&pixels).problem()) {
                Some(_) => vec![None; Crop::ALL.len()],
                None => detect(&pose, &pixels),
            }
        });
        let mut set = Set {
            picture: PictureSize { width, height },
            joints,
            faces: FaceCache::new(),
            girdles: GirdleCache::new(),
            qualities: kept(&format!("{of}{copies}-qualities"), &rows, |row| {
                let quality = PictureQuality::of(&picture(row));
                (quality.contrast, quality.highlight, quality.sharpness)
            }),
            rows,
        };
        set.faces = kept(&format!("{of}-{model}{copies}-faces"), &set.rows, |row| {
            let joints = set.joints(&row["file"], AS_OBSERVED)?;
            let face = pose.detect_face(&picture(row), &joints).unwrap()?;
            let FaceShape { width, ears } = face.shape?;
            Some([face.x, face.y, face.size, face.pitch, width, ears])
        });
        set.girdles = kept(&format!("{of}-{model}{copies}-girdles"), &set.rows, |row| {
            // As for Sitwell they show only where the face does.
            set.face(&row["file"])?;
            let joints = set.joints(&row["file"], AS_OBSERVED)?;
            pose.detect_girdle(&picture(row), &joints).unwrap()
        });
        Some(set)
    }

    /// The rows of labels.csv.
    pub(crate) fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Whether a picture is in the set.
    pub(crate) fn has(&self, file: &str) -> bool {
        self.joints.contains_key(file)
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
        let all = self.joints.get(file)?;
        let crops: Vec<Landmarks> = crops
            .iter()
            .filter_map(|&crop| Some(self.landmarks(all.get(crop)?.as_deref()?)))
            .collect();
        (!crops.is_empty()).then(|| merge(&crops))
    }

    /// The head in one picture by the face mesh.
    pub(crate) fn face(&self, file: &str) -> Option<Face> {
        let [x, y, size, pitch, width, ears] = (*self.faces.get(file)?)?;
        Some(Face {
            x,
            y,
            size,
            pitch,
            shape: Some(FaceShape { width, ears }),
        })
    }

    /// The shoulder girdle in one picture that was made larger by `scale`.
    fn girdle(&self, file: &str, scale: f32) -> Option<Girdle> {
        let girdle = self.girdles.get(file)?.clone()?;
        let scaled = |values: Option<Vec<f32>>| {
            let mut values = values?;
            for value in &mut values[Girdle::EMBEDDING..] {
                *value *= scale;
            }
            Some(values)
        };
        Some(Girdle {
            plain: scaled(girdle.plain),
            mirrored: scaled(girdle.mirrored),
        })
    }

    fn error_factor(&self, file: &str) -> ErrorFactor {
        let (contrast, highlight, sharpness) = self.qualities[file];
        let quality = PictureQuality {
            contrast,
            highlight,
            sharpness,
        };
        quality.error_factor()
    }

    /// Every picture that is not a neutral, compared to its session's neutrals. All but these are
    /// moved.
    pub(crate) fn samples(&self, crops: &str, moved: Moved) -> Vec<Sample> {
        self.samples_against(self, crops, moved)
    }

    /// The same compared to the neutrals in another copy of this set.
    pub(crate) fn samples_against(
        &self,
        calibrated: &Set,
        crops: &str,
        moved: Moved,
    ) -> Vec<Sample> {
        let sessions = |set: &Set| -> BTreeSet<String> {
            set.rows.iter().map(|row| row["session"].clone()).collect()
        };
        let sessions = &sessions(self) & &sessions(calibrated);
        sessions
            .iter()
            .flat_map(|session| self.session(calibrated, session, crops, moved))
            .collect()
    }

    /// The proportions in one picture.
    fn features(&self, row: &Row, crops: &str, moved: Moved) -> Option<Features> {
        let mut joints = self.joints(&row["file"], crops)?;
        let aspect = self.picture.aspect();
        for point in &mut joints.points {
            (point.x, point.y) = moved.point((point.x, point.y), aspect);
        }
        let mut face = self.face(&row["file"]);
        if let Some(face) = &mut face {
            (face.x, face.y) = moved.point((face.x, face.y), aspect);
            face.size *= moved.scale;
        }
        measure(&joints, face.as_ref()).ok()
    }

    fn session(&self, calibrated: &Set, session: &str, crops: &str, moved: Moved) -> Vec<Sample> {
        let rows = self.rows.iter().filter(|row| row["session"] == session);
        let (neutrals, others): (Vec<&Row>, Vec<&Row>) =
            rows.partition(|row| row["pose"] == "neutral");
        let neutral: Vec<Features> = neutrals
            .iter()
            .filter_map(|row| calibrated.features(row, crops, Moved::NOT))
            .collect();
        // The calibration's own angles play no part, least of all those by the mesh, which is fitted here.
        let joints: Vec<Features> = neutral.iter().map(|of| of.joints.into()).collect();
        let (Ok(calibration), Some(neutral)) = (
            Calibration::from_features(&joints),
            Features::mean(&neutral),
        ) else {
            // Some choices of crops are not taken in every view.
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
        let (slump, lean) = (base("thoracic_flex"), base("trunk_lean"));
        let upright: Vec<Girdle> = neutrals
            .iter()
            .filter_map(|row| calibrated.girdle(&row["file"], 1.0))
            .collect();
        let upright = girdle::mean(&upright);
        let change = |row: &Row, scale: f64| {
            let now = self.girdle(&row["file"], moved.scale * scale as f32)?;
            girdle::change(&now, upright.as_ref()?)
        };
        let sample = |row: &Row| {
            Some(Sample {
                set: row["set"].clone(),
                is_further: row.contains_key("further"),
                file: row["file"].clone(),
                subject: row["subject"].clone(),
                view: row["view"].clone(),
                pose: row["pose"].clone(),
                neutral,
                facing: calibration.facing(),
                features: Features {
                    girdle: change(row, 1.0),
                    ..self.features(row, crops, moved)?
                },
                girdles: change(row, TAUGHT.exp())
                    .zip(change(row, (-TAUGHT).exp()))
                    .map(Into::into),
                factor: self.error_factor(&row["file"]),
                worn: None,
                head: number(row, "fha") - head,
                shoulders: number(row, "protraction") - shoulders,
                slump: number(row, "thoracic_flex") - slump,
                lean: number(row, "trunk_lean") - lean,
                fha: number(row, "fha"),
                protraction: number(row, "protraction"),
            })
        };
        others.into_iter().filter_map(sample).collect()
    }

    fn landmarks(&self, joints: &[[f32; 3]]) -> Landmarks {
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
            picture: self.picture,
        }
    }
}

/// The picture of a row.
pub(crate) fn picture_of(row: &Row) -> RgbImage {
    let folder = Path::new(&row["set"]).join("pictures");
    read_picture(&folder.join(&row["file"])).unwrap()
}

pub(crate) fn number(row: &Row, name: &str) -> f64 {
    row[name].parse().unwrap()
}

/// What is kept in `target/` of each row's picture. What is not there yet is made and kept.
fn kept<T: Serialize + DeserializeOwned>(
    name: &str,
    rows: &[Row],
    make: impl Fn(&Row) -> T,
) -> BTreeMap<String, T> {
    /// How many pictures are measured between two writes: a run that is stopped continues from there.
    const AT_A_TIME: usize = 50;
    let file = PathBuf::from(format!("target/{name}.json"));
    let mut all: BTreeMap<String, T> = match std::fs::read_to_string(&file) {
        Ok(text) => serde_json::from_str(&text).expect("remove the file to begin again"),
        Err(_) => BTreeMap::new(),
    };
    let is_missing = |row: &&Row| !all.contains_key(&row["file"]);
    let missing: Vec<&Row> = rows.iter().filter(is_missing).collect();
    for some in missing.chunks(AT_A_TIME) {
        all.extend(some.iter().map(|row| (row["file"].clone(), make(row))));
        std::fs::write(&file, serde_json::to_string(&all).unwrap()).unwrap();
    }
    all
}

/// Runs the crops that Sitwell takes of a picture on its own. The others stay empty.
fn detect(pose: &Pose, picture: &RgbImage) -> Vec<Option<Vec<[f32; 3]>>> {
    let mut all = vec![None; Crop::ALL.len()];
    let mut run = |crops: Range<usize>| {
        let found = pose
            .detect_crops(picture, &Crop::ALL[crops.clone()])
            .unwrap();
        for (crop, joints) in crops.zip(&found) {
            let points = joints.iter().flat_map(|joints| &joints.points);
            all[crop] = joints
                .is_some()
                .then(|| points.map(|p| [p.x, p.y, p.visibility]).collect());
        }
        found
    };
    let plain = run(Crop::COMMON).into_iter().next().flatten();
    if let Some(plain) = plain {
        run(Crop::further(&plain));
    }
    all
}
