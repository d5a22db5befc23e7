//! What `analyze` prints about a picture: text to read, JSON lines, CSV.

use std::io::{self, Write};
use std::path::PathBuf;

use serde::Serialize;

use crate::cli::Format;
use crate::landmarks::{Joint, Landmarks, Sighting};
use crate::perception::Analysis;
use crate::posture::{AngleKind, Estimate, Measurement, Moment, PerAngle, View};
use crate::report::csv::Table;
use crate::wording;

/// One picture and all that was found in it.
pub(super) struct AnalyzedPicture {
    pub(super) path: PathBuf,
    /// Seconds from the start of a video; none for a picture.
    pub(super) time_s: Option<f64>,
    pub(super) analysis: Analysis,
}

impl AnalyzedPicture {
    fn landmarks(&self) -> Option<&Landmarks> {
        match &self.analysis.sighting {
            Sighting::Person(person) => Some(&person.crops[0].joints),
            Sighting::Nobody => None,
        }
    }

    /// The verdict and the angles in words, such as `slouched, head forward: head 14° ± 3° forward of neutral`.
    pub(super) fn words(&self) -> String {
        let verdict = match self.analysis.classification.moment {
            Moment::Upright => "upright".to_owned(),
            Moment::Slouched(fault) => format!("slouched, {fault}"),
            Moment::Unclear(why) => format!("unclear, {why}"),
            Moment::Away => return "nobody in view".to_owned(),
        };
        let Measurement::Posture(posture) = &self.analysis.measurement else {
            return verdict;
        };
        let words = PerAngle {
            forward_head: ("head", "forward"),
            rounded_shoulders: ("shoulders", "rounded"),
        };
        let angles: Vec<_> = words
            .zip(posture.angles)
            .into_iter()
            .filter_map(|(_, ((part, way), estimate))| Some(describe(part, way, estimate?)))
            .collect();
        let seen = match posture.view {
            View::Front => "from the front",
            View::Oblique => "at an angle",
            View::Side => "from the side",
        };
        let lean = wording::lean(Some(posture));
        format!("{verdict}: {}{lean} (seen {seen})", angles.join(", "))
    }
}

fn describe(
    part: &str,
    way: &str,
    Estimate {
        degrees,
        change,
        error,
    }: Estimate,
) -> String {
    match change {
        Some(change) => {
            let sense = if change < 0.0 { "less" } else { "more" };
            format!(
                "{part} {:.0}° ± {error:.0}° {sense} {way} than neutral",
                change.abs()
            )
        }
        None => format!("{part} roughly {degrees:.0}° ± {error:.0}° {way}"),
    }
}

/// Prints pictures one after the other in one format.
pub(super) struct Printer {
    format: Format,
    header_due: bool,
}

impl Printer {
    pub(super) fn new(format: Format) -> Printer {
        Printer {
            format,
            header_due: true,
        }
    }

    pub(super) fn print(
        &mut self,
        picture: &AnalyzedPicture,
        out: &mut impl Write,
    ) -> io::Result<()> {
        match self.format {
            Format::Text => match picture.time_s {
                Some(time) => writeln!(
                    out,
                    "{} at {time:.1} s: {}",
                    picture.path.display(),
                    picture.words()
                ),
                None => writeln!(out, "{}: {}", picture.path.display(), picture.words()),
            },
            Format::Json => {
                serde_json::to_writer(&mut *out, &row(picture))?;
                writeln!(out)
            }
            Format::Csv => {
                let header_due = std::mem::take(&mut self.header_due);
                write_csv(&row(picture), header_due, out)
            }
        }
    }
}

#[derive(Serialize)]
struct Row {
    path: String,
    time_s: Option<f64>,
    person: bool,
    view: Option<View>,
    landmarks: Vec<Point>,
    world: Vec<World>,
    angles: PerAngle<Option<Estimate>>,
    moment: &'static str,
    why: Option<String>,
    severity: Option<f64>,
}

#[derive(Serialize)]
struct Point {
    name: &'static str,
    x: f32,
    y: f32,
    z: f32,
    visibility: f32,
}

#[derive(Serialize)]
struct World {
    name: &'static str,
    x: f32,
    y: f32,
    z: f32,
}

fn row(picture: &AnalyzedPicture) -> Row {
    let posture = match &picture.analysis.measurement {
        Measurement::Posture(posture) => Some(posture),
        Measurement::Unclear(_) | Measurement::Nobody => None,
    };
    let landmarks = picture.landmarks();
    let height = landmarks.map_or(0.0, |landmarks| landmarks.picture.height as f32);
    let points = landmarks.map_or(&[][..], |landmarks| &landmarks.points);
    let world = landmarks.map_or(&[][..], |landmarks| &landmarks.world);
    let (moment, why) = match picture.analysis.classification.moment {
        Moment::Upright => ("upright", None),
        Moment::Slouched(fault) => ("slouched", Some(fault.to_string())),
        Moment::Unclear(why) => ("unclear", Some(why.to_string())),
        Moment::Away => ("away", None),
    };
    let named = Joint::ALL.iter().map(|(_, name)| *name);
    Row {
        path: picture.path.display().to_string(),
        time_s: picture.time_s,
        person: landmarks.is_some(),
        view: posture.map(|posture| posture.view),
        landmarks: named
            .clone()
            .zip(points)
            .map(|(name, point)| Point {
                name,
                x: point.x * height,
                y: point.y * height,
                z: point.z * height,
                visibility: point.visibility,
            })
            .collect(),
        world: named
            .zip(world)
            .map(|(name, point)| World {
                name,
                x: point.x,
                y: point.y,
                z: point.z,
            })
            .collect(),
        angles: posture.map(|posture| posture.angles).unwrap_or_default(),
        moment,
        why,
        severity: picture.analysis.classification.severity,
    }
}

fn write_csv(row: &Row, header_due: bool, out: &mut impl Write) -> io::Result<()> {
    let mut table = Table::new(out);
    if header_due {
        table.row(&header())?;
    }
    table.row(&cells(row))?;
    table.finish()
}

fn header() -> Vec<String> {
    let columns = ["path", "time_s", "person", "view", "moment", "severity"].map(str::to_owned);
    let angles = AngleKind::ALL
        .map(AngleKind::id)
        .into_iter()
        .flat_map(|id| [id.to_owned(), format!("{id}_change"), format!("{id}_error")]);
    columns.into_iter().chain(angles).collect()
}

fn cells(row: &Row) -> Vec<String> {
    let number = |value: Option<f64>| value.map(|value| format!("{value:.2}")).unwrap_or_default();
    let mut cells = vec![
        row.path.clone(),
        number(row.time_s),
        row.person.to_string(),
        row.view.map(|view| view.to_string()).unwrap_or_default(),
        row.moment.to_owned(),
        number(row.severity),
    ];
    for (_, angle) in row.angles {
        cells.push(number(angle.map(|angle| angle.degrees)));
        cells.push(number(angle.and_then(|angle| angle.change)));
        cells.push(number(angle.map(|angle| angle.error)));
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_one_cell_and_no_formula() {
        let row = |path: &str| Row {
            path: path.to_owned(),
            time_s: None,
            person: false,
            view: None,
            landmarks: Vec::new(),
            world: Vec::new(),
            angles: PerAngle::default(),
            moment: "away",
            why: None,
            severity: None,
        };
        let written = |path: &str, header_due| {
            let mut out = Vec::new();
            write_csv(&row(path), header_due, &mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        assert!(written("=1+1.jpg", false).starts_with("'=1+1.jpg,,false,"));
        assert!(written("a,\"b\".jpg", false).starts_with("\"a,\"\"b\"\".jpg\",,false,"));
        assert_eq!(written("a.jpg", true).lines().count(), 2);
    }
}
