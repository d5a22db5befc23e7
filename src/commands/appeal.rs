//! `sitwell appeal`: the last nudge was a false alarm. The dashboard says so of any nudge.

use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result, bail};
use jiff::{SignedDuration, Timestamp, Zoned};

use crate::control::{Request, ask, read_status};
use crate::history::{FILE_NAME, History};
use crate::record::{Answer, Nudge, Period, Record};
use crate::report::{LimitInForce, Proposal, Remedy};
use crate::settings::Settings;
use crate::{folders, wording};

/// An older nudge can no longer be judged from memory. Our choice: a waking day.
const RECENT: SignedDuration = SignedDuration::from_hours(12);

/// Which nudge was a false alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Appealed {
    /// The last one, if it is recent.
    Last,
    /// The one of this instant.
    At(Timestamp),
}

/// Runs the subcommand.
pub(super) fn run(
    appealed: Appealed,
    data_dir: Option<&Path>,
    settings: &Settings,
    now: &Zoned,
    out: &mut impl Write,
) -> Result<()> {
    let folder = folders::data(data_dir)?;
    let file = folder.join(FILE_NAME);
    // A recording's time is not the clock's.
    let now = match read_status(&folder) {
        Ok(status) => status.at.to_zoned(now.time_zone().clone()),
        Err(_) => now.clone(),
    };
    let at = now.timestamp();
    let history = History::open_to_read(&file)?;
    let nudges = match &history {
        Some(history) => history.nudges(match appealed {
            Appealed::Last => since(RECENT, at),
            Appealed::At(nudge) => since(SignedDuration::ZERO, nudge),
        })?,
        None => Vec::new(),
    };
    let Some(nudge) = nudges.into_iter().next_back() else {
        match appealed {
            Appealed::Last => bail!("there was no nudge in the last {} hours", RECENT.as_hours()),
            Appealed::At(nudge) => bail!("there was no nudge at {nudge}"),
        }
    };
    let nudge = Nudge {
        answer: Answer::NotASlouch,
        answered: Some(at),
        ..nudge
    };
    History::open(&file)?
        .save(&Record::Nudge(nudge.clone()))
        .context("cannot keep that it was a false alarm")?;
    // A monitor that does not hear it may nudge for the same slouch again.
    let _ = ask(&folder, &Request::NotASlouch { nudge: nudge.at });
    writeln!(
        out,
        "The nudge {} ({}) is marked as a false alarm.",
        wording::on_its_day(nudge.at, &now, "at %H:%M", "on %A at %H:%M"),
        nudge.fault
    )?;
    let Some(history) = history else {
        return Ok(());
    };
    let records = history.read(since(SignedDuration::from_hours(24 * Proposal::DAYS), at))?;
    if let Some(evidence) = records.evidence.iter().find(|one| one.nudge == nudge.at) {
        writeln!(out, "What it was based on:")?;
        for sentence in wording::evidence(evidence, now.time_zone()) {
            writeln!(out, "  {sentence}")?;
        }
    }
    let limit = |angle| LimitInForce {
        set: settings.posture.limits[angle].0,
        scaled: settings.posture.limits()[angle].0,
    };
    let onset = settings.monitor.episodes.onset;
    if let Some(proposal) = Proposal::for_fault(&records, nudge.fault, limit, onset) {
        writeln!(out, "{} {}", proposal.reason(), proposal.advice())?;
        if let Some(change) = proposal.change() {
            writeln!(out, "{change}")?;
        }
        writeln!(out, "{}", how(proposal.remedy))?;
    }
    Ok(())
}

/// From some time before an instant up to that instant, included.
fn since(time: SignedDuration, at: Timestamp) -> Period {
    Period {
        from: at.saturating_sub(time).unwrap_or(Timestamp::MIN),
        to: at
            .saturating_add(SignedDuration::from_millis(1))
            .unwrap_or(at),
    }
}

/// How to do what is proposed. Nothing is changed without that.
fn how(remedy: Remedy) -> String {
    match remedy {
        Remedy::Calibrate { .. } | Remedy::MoveCamera { .. } => {
            "To do so: sitwell calibrate".to_owned()
        }
        Remedy::AddProfile => "To do so: sitwell calibrate --profile standing".to_owned(),
        Remedy::RaiseLimit { angle, to } => format!(
            "To do so: sitwell config edit, and set {} = {to} under [posture.limits]",
            angle.id()
        ),
    }
}
