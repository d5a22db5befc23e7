//! `sitwell appeal`: the last nudge was a false alarm. The dashboard says so of any nudge.

use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result, bail};
use jiff::{SignedDuration, Timestamp, Zoned};

use crate::control::{Request, ask, read_status};
use crate::history::{FILE_NAME, History};
use crate::posture::Fault;
use crate::record::{Answer, Nudge, Period, Record, SettledProposal};
use crate::report::{LimitInForce, Proposal, Remedy};
use crate::settings::Settings;
use crate::{folders, wording};

/// An older nudge can no longer be judged from memory. Our choice: a waking day.
const RECENT: SignedDuration = SignedDuration::from_hours(12);

/// Runs the subcommand.
pub(super) fn run(
    data_dir: Option<&Path>,
    settings: &Settings,
    now: &Zoned,
    out: &mut impl Write,
) -> Result<()> {
    let folder = folders::data(data_dir)?;
    // A recording's time is not the clock's.
    let now = match read_status(&folder) {
        Ok(status) => status.at.to_zoned(now.time_zone().clone()),
        Err(_) => now.clone(),
    };
    let at = now.timestamp();
    let Some(nudge) = last_in(&folder, since(RECENT, at))? else {
        bail!("there was no nudge in the last {} hours", RECENT.as_hours());
    };
    mark(&folder, nudge.clone(), &now, out)?;
    let history = History::open(&folder.join(FILE_NAME))?;
    let records = history.read(since(SignedDuration::from_hours(24 * Proposal::DAYS), at))?;
    if let Some(evidence) = records.evidence.iter().find(|one| one.nudge == nudge.at) {
        writeln!(out, "It was based on this:")?;
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

/// Marks the nudge of an instant, which is known to the millisecond.
pub(super) fn mark_nudge(
    at: Timestamp,
    data_dir: Option<&Path>,
    now: &Zoned,
    out: &mut impl Write,
) -> Result<()> {
    let folder = folders::data(data_dir)?;
    let Some(nudge) = last_in(&folder, since(SignedDuration::ZERO, at))? else {
        bail!("there was no nudge at {at}");
    };
    mark(&folder, nudge, now, out)
}

/// Keeps that the proposal for a kind of false alarms was answered: only new ones count from now on.
pub(super) fn settle(fault: Fault, folder: &Path, at: Timestamp) -> Result<()> {
    let settled = SettledProposal { at, fault };
    History::open(&folder.join(FILE_NAME))?.save(&Record::SettledProposal(settled))?;
    Ok(())
}

fn last_in(folder: &Path, period: Period) -> Result<Option<Nudge>> {
    let history = History::open_to_read(&folder.join(FILE_NAME))?;
    let nudges = history.map_or(Ok(Vec::new()), |history| history.nudges(period))?;
    Ok(nudges.into_iter().next_back())
}

fn mark(folder: &Path, nudge: Nudge, now: &Zoned, out: &mut impl Write) -> Result<()> {
    let nudge = Nudge {
        answer: Answer::NotASlouch,
        answered: Some(now.timestamp()),
        ..nudge
    };
    let (at, fault) = (nudge.at, nudge.fault);
    History::open(&folder.join(FILE_NAME))?
        .save(&Record::Nudge(nudge))
        .context("cannot keep that it was a false alarm")?;
    // A monitor that does not hear it may nudge for the same slouch again.
    let _ = ask(folder, &Request::NotASlouch { nudge: at });
    let when = wording::on_its_day(at, now, "at %H:%M", "on %A at %H:%M");
    writeln!(
        out,
        "The nudge {when} ({fault}) is marked as a false alarm."
    )?;
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
