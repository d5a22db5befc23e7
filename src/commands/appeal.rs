//! `sitwell appeal`: the last nudge was a false alarm.

use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result, bail};
use jiff::{SignedDuration, Timestamp, Zoned};

use crate::control::{Request, ask, read_status};
use crate::history::{FILE_NAME, History};
use crate::posture::{AngleKind, Fault};
use crate::record::{Answer, Nudge, Period, Record, Records};
use crate::report::HigherLimit;
use crate::settings::PostureSettings;
use crate::{folders, wording};

/// An older nudge can no longer be judged. Our choice: a waking day.
const RECENT: SignedDuration = SignedDuration::from_hours(12);

/// How far back appeals count together. Our choice: a calibration or a camera that does not fit
/// shows within two weeks.
const TOGETHER: SignedDuration = SignedDuration::from_hours(14 * 24);

/// From this many appeals for a fault on, something may be wrong for good. Our choice.
const MANY: usize = 3;

/// Runs the subcommand.
pub(super) fn run(
    data_dir: Option<&Path>,
    settings: &PostureSettings,
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
    let mut records = match History::open_to_read(&file)? {
        Some(history) => history.read(since(TOGETHER, at))?,
        None => Records::default(),
    };
    let recent = since(RECENT, at);
    let mut nudges = records.nudges.iter_mut();
    let Some(nudge) = nudges.rfind(|nudge| recent.holds(nudge.at)) else {
        bail!("there was no nudge in the last {} hours", RECENT.as_hours());
    };
    nudge.answer = Answer::NotASlouch;
    nudge.answered = Some(at);
    let nudge = nudge.clone();
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
    if let Some(advice) = advice(&records, &nudge, settings) {
        writeln!(out, "{advice}")?;
    }
    Ok(())
}

/// From just now back to some time ago.
fn since(time: SignedDuration, now: Timestamp) -> Period {
    Period {
        from: now.saturating_sub(time).unwrap_or(Timestamp::MIN),
        // This instant is included.
        to: now
            .saturating_add(SignedDuration::from_millis(1))
            .unwrap_or(now),
    }
}

/// What to do about false alarms for one fault that come again and again.
fn advice(records: &Records, last: &Nudge, settings: &PostureSettings) -> Option<String> {
    let is_alike = |nudge: &&Nudge| nudge.answer == Answer::NotASlouch && nudge.fault == last.fault;
    let appeals = records.nudges.iter().filter(is_alike).count();
    if appeals < MANY {
        return None;
    }
    let higher = higher_limit(records, last.fault, settings).map_or(String::new(), |higher| {
        format!("\n{higher} To change it: sitwell config edit")
    });
    Some(format!(
        "You called {appeals} nudges for {} false alarms in two weeks. Sit as you want to sit and calibrate again: \
         sitwell calibrate{higher}",
        last.fault
    ))
}

/// A higher limit in the settings, and what it would have changed.
fn higher_limit(records: &Records, fault: Fault, settings: &PostureSettings) -> Option<String> {
    let angle = AngleKind::ALL
        .into_iter()
        .find(|angle| angle.fault() == fault)?;
    let (set, in_force) = (settings.limits[angle].0, settings.limits()[angle].0);
    let higher = HigherLimit::for_fault(records, fault, in_force)?;
    // The sensitivity scales what the settings say.
    let wanted = (f64::from(higher.degrees) * set / in_force).ceil();
    Some(format!(
        "If that does not help: posture.limits.{} = {wanted} in the settings would have left out {} of {} false \
         alarms, and {} of {} other slouches of this kind.",
        angle.id(),
        higher.left_out,
        higher.appealed,
        higher.lost,
        higher.others
    ))
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use crate::record::{AngleSpan, Episode, EpisodeOutcome};
    use crate::settings::Settings;

    #[test]
    fn false_alarms_that_come_again_lead_to_advice() {
        let mut records = Records::default();
        let answers = [
            (11.5, Answer::NotASlouch),
            (12.5, Answer::Done),
            (14.0, Answer::NotASlouch),
            (12.2, Answer::NotASlouch),
        ];
        let mut told = Vec::new();
        for (number, (mean, answer)) in (0..).zip(answers) {
            let at = Timestamp::from_second(1_795_392_000 + 3600 * number).unwrap();
            records.episodes.push(Episode {
                fault: Fault::ForwardHead,
                from: at,
                to: at + SignedDuration::from_mins(5),
                observed: SignedDuration::from_mins(5),
                angle: AngleSpan {
                    mean,
                    worst: mean,
                    error: 2.0,
                },
                ending: EpisodeOutcome::ByItself,
            });
            records.nudges.push(Nudge {
                at: at + SignedDuration::from_mins(1),
                fault: Fault::ForwardHead,
                stretch: "chest-lift".to_owned(),
                answer,
                answered: None,
            });
            told.push(advice(
                &records,
                &records.nudges[0],
                &PostureSettings::default(),
            ));
        }
        assert_eq!(told[..3], [None, None, None], "two are few");
        assert_snapshot!(told[3].as_deref().unwrap_or_default(), @"
        You called 3 nudges for head forward false alarms in two weeks. Sit as you want to sit and calibrate again: sitwell calibrate
        If that does not help: posture.limits.forward_head = 13 in the settings would have left out 2 of 3 false alarms, and 1 of 1 other slouches of this kind. To change it: sitwell config edit
        ");
        let high = Settings::parse("[posture]\nsensitivity = \"high\"").unwrap();
        let told = advice(&records, &records.nudges[0], &high.posture).unwrap_or_default();
        assert!(told.contains("posture.limits.forward_head = 18 "), "{told}");
    }
}
