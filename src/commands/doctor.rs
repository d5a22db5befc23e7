//! `sitwell doctor`: checks everything that Sitwell needs, and says how to fix what fails.

mod checks;
mod finding;
mod view;

use std::fmt;
use std::io::Write;
use std::path::Path;

use anyhow::{Error, Result, bail};
use jiff::Zoned;

use self::finding::{Finding, FindingStatus};
use self::view::ObservationSource;
use super::start::MonitorInstance;
use crate::camera::{CameraPurpose, UsageLog};
use crate::cli::DoctorArgs;
use crate::control::read_status;
use crate::perception::{FrameOrigin, Perception};
use crate::settings::Settings;
use crate::web::DoctorCheck;
use crate::{folders, settings};

/// What is said when no check failed.
const ALL_OK: &str = "Everything is OK.";

/// Runs the subcommand.
pub(super) fn run(
    args: &DoctorArgs,
    data_dir: Option<&Path>,
    config: Option<&Path>,
    now: &Zoned,
    out: &mut impl Write,
) -> Result<()> {
    let count = if args.json {
        let mut findings = Vec::new();
        examine(data_dir, config, now, &mut |finding| {
            findings.push(finding);
            Ok(())
        })?;
        writeln!(out, "{}", serde_json::to_string_pretty(&findings)?)?;
        let mut count = FindingCount::default();
        findings.iter().for_each(|finding| count.add(finding));
        count
    } else {
        write_findings(&[], data_dir, config, now, out)?
    };
    if !count.is_ok() {
        bail!("{count}");
    }
    if !args.json {
        writeln!(out, "{ALL_OK}")?;
    }
    Ok(())
}

/// Runs the checks for the dashboard.
///
/// # Errors
///
/// There is no data folder.
pub(super) fn findings(
    data_dir: Option<&Path>,
    config: Option<&Path>,
    now: &Zoned,
) -> Result<Vec<DoctorCheck>> {
    let mut findings = Vec::new();
    examine(data_dir, config, now, &mut |finding| {
        findings.push(finding.into());
        Ok(())
    })?;
    Ok(findings)
}

/// How many checks failed, and how many could not run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct FindingCount {
    problems: usize,
    unknown: usize,
}

impl FindingCount {
    fn add(&mut self, finding: &Finding) {
        match finding.status {
            FindingStatus::Ok => {}
            FindingStatus::Problem => self.problems += 1,
            FindingStatus::Unknown => self.unknown += 1,
        }
    }

    /// Whether every check ran and found no problem.
    pub(super) fn is_ok(self) -> bool {
        self == FindingCount::default()
    }
}

impl fmt::Display for FindingCount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let checks = |count| if count == 1 { "check" } else { "checks" };
        match *self {
            FindingCount {
                problems: 0,
                unknown,
            } => write!(f, "{unknown} {} could not run", checks(unknown)),
            FindingCount { problems, unknown } => {
                write!(f, "{problems} {} failed", checks(problems))?;
                match unknown {
                    0 => Ok(()),
                    unknown => write!(f, ", {unknown} could not run"),
                }
            }
        }
    }
}

/// Runs the checks, except some, and writes each finding as soon as it is known.
pub(super) fn write_findings(
    left_out: &[&str],
    data_dir: Option<&Path>,
    config: Option<&Path>,
    now: &Zoned,
    out: &mut impl Write,
) -> Result<FindingCount> {
    let mut count = FindingCount::default();
    examine(data_dir, config, now, &mut |finding| {
        if left_out.contains(&finding.check) {
            return Ok(());
        }
        count.add(&finding);
        finding.write(out)?;
        // The next check may take seconds.
        Ok(out.flush()?)
    })?;
    Ok(count)
}

/// Runs one check after the other and reports each finding as soon as it is known.
fn examine(
    data_dir: Option<&Path>,
    config: Option<&Path>,
    now: &Zoned,
    report: &mut dyn FnMut(Finding) -> Result<()>,
) -> Result<()> {
    let folder = folders::data(data_dir)?;
    let loaded = settings::load(config).map_err(Error::from);
    report(checks::settings(&loaded, config))?;
    // Invalid settings must not hide other problems.
    let settings = loaded.map_or_else(|_| Settings::default(), |loaded| loaded.settings);
    let status = read_status(&folder);
    report(checks::monitor(&status))?;
    let (model, pose) = checks::model(&settings.pose);
    report(model)?;
    let status = status
        .ok()
        .map(|status| view::status_after_start(&folder, status));
    let seen = match view::observation_source(status) {
        ObservationSource::Monitor(status) => view::findings_of_monitor(&status),
        ObservationSource::Own => {
            let perception = pose.map(|pose| {
                Perception::new(Box::new(pose), FrameOrigin::Camera, (&settings).into())
            });
            let usage = UsageLog::new(&folder, CameraPurpose::Checking);
            view::findings_of_camera(&settings.camera, usage, perception)
        }
    };
    let at = now.timestamp();
    let calibration = checks::calibration(&folder, &seen, at);
    seen.findings.into_iter().try_for_each(&mut *report)?;
    report(calibration)?;
    report(checks::notifications(&settings.notify, at))?;
    #[cfg(all(unix, not(target_os = "macos")))]
    for finding in [Some(checks::tray()), checks::edges(&settings.notify)]
        .into_iter()
        .flatten()
    {
        report(finding)?;
    }
    report(checks::autostart(MonitorInstance::new(data_dir, config)))?;
    report(checks::history(&folder))?;
    report(checks::log(&folders::log(data_dir)?))
}
