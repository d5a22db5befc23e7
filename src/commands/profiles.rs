//! `sitwell profiles`: lists and removes calibrations.

use std::io::Write;
use std::path::Path;

use anyhow::{Result, bail};
use jiff::Timestamp;
use serde::Serialize;

use crate::cli::{ProfilesAction, ProfilesArgs, RemoveArgs};
use crate::control::reload;
use crate::history::{FILE_NAME, History, Profile};
use crate::posture::View;
use crate::{folders, wording};

/// Runs the subcommand.
pub(super) fn run(
    args: &ProfilesArgs,
    data_dir: Option<&Path>,
    now: Timestamp,
    out: &mut impl Write,
) -> Result<()> {
    let folder = folders::data(data_dir)?;
    let file = folder.join(FILE_NAME);
    let profiles = match History::open_to_read(&file)? {
        Some(history) => history.profiles()?,
        None => Vec::new(),
    };
    match &args.action {
        Some(ProfilesAction::Remove(which)) => {
            let profile = find(&profiles, which)?;
            History::open(&file)?.remove_profile(profile)?;
            // A monitor that does not answer finds out by itself soon.
            let _ = reload(&folder);
            writeln!(
                out,
                "removed {} of {}",
                profile.taken.profile, profile.taken.camera
            )?;
        }
        None if args.json => {
            let rows: Vec<Row<'_>> = profiles.iter().map(|it| Row::of(it, &profiles)).collect();
            writeln!(out, "{}", serde_json::to_string_pretty(&rows)?)?;
        }
        None => list(&profiles, now, out)?,
    }
    Ok(())
}

fn list(profiles: &[Profile], now: Timestamp, out: &mut impl Write) -> std::io::Result<()> {
    if profiles.is_empty() {
        return writeln!(out, "no calibration yet; run sitwell calibrate");
    }
    let width = profiles.iter().map(|it| it.taken.profile.chars().count());
    let width = width.max().unwrap_or(0);
    let mut camera = None;
    for profile in profiles {
        let taken = &profile.taken;
        if camera.replace(&taken.camera) != Some(&taken.camera) {
            writeln!(out, "{}", taken.camera)?;
        }
        let mark = if is_chosen(profile, profiles) {
            '*'
        } else {
            ' '
        };
        let description = match &profile.calibration {
            Some(calibration) => wording::calibration(calibration),
            None => "made by another version of Sitwell; calibrate again".to_owned(),
        };
        writeln!(
            out,
            "  {mark} {:width$}  {}, {description}",
            taken.profile,
            wording::ago(taken.at, now)
        )?;
    }
    writeln!(
        out,
        "* marks the camera's latest, which is used unless the monitor is started with --profile."
    )
}

/// Whether it is its camera's latest. The profiles are sorted, the latest first.
fn is_chosen(profile: &Profile, profiles: &[Profile]) -> bool {
    profiles
        .iter()
        .find(|other| other.taken.camera == profile.taken.camera)
        == Some(profile)
}

/// The only profile of this name, or of this name and camera.
fn find<'a>(profiles: &'a [Profile], which: &RemoveArgs) -> Result<&'a Profile> {
    let is_named = |it: &&Profile| {
        let camera = which.camera.as_ref();
        it.taken.profile == which.name && camera.is_none_or(|camera| it.taken.camera == *camera)
    };
    let named: Vec<&Profile> = profiles.iter().filter(is_named).collect();
    match named[..] {
        [one] => Ok(one),
        [] => bail!(
            "there is no calibration called \"{}\"{}; see them with sitwell profiles",
            which.name,
            which
                .camera
                .as_ref()
                .map_or_else(String::new, |camera| format!(" for {camera}"))
        ),
        [..] => {
            let cameras: Vec<&str> = named.iter().map(|it| it.taken.camera.as_str()).collect();
            bail!(
                "several cameras have a calibration called \"{}\"; name one with --camera: {}",
                which.name,
                cameras.join(", ")
            )
        }
    }
}

/// A profile for other programs.
#[derive(Debug, Serialize)]
struct Row<'a> {
    camera: &'a str,
    profile: &'a str,
    taken: Timestamp,
    /// None if another version of Sitwell made it.
    view: Option<View>,
    /// The standard deviation of the head's angle during the calibration.
    head_spread_degrees: Option<f64>,
    is_chosen: bool,
}

impl<'a> Row<'a> {
    fn of(profile: &'a Profile, profiles: &[Profile]) -> Row<'a> {
        let calibration = profile.calibration.as_ref();
        Row {
            camera: &profile.taken.camera,
            profile: &profile.taken.profile,
            taken: profile.taken.at,
            view: calibration.map(crate::posture::Calibration::view),
            head_spread_degrees: calibration.map(|calibration| calibration.spread().forward_head),
            is_chosen: is_chosen(profile, profiles),
        }
    }
}
