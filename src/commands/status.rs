//! `sitwell status`: what the running monitor does, the day so far, and what Sitwell itself uses.

mod follow;

use std::io::{self, Write};
use std::path::Path;

use anyhow::Result;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Zoned};

use crate::cli::StatusArgs;
use crate::control::{CpuShare, DaemonStatus, ResourceUse, read_status};
use crate::posture::{PerAngle, Posture};
use crate::quantities::duration;
use crate::{folders, wording};

/// Runs the subcommand.
pub(super) fn run(
    args: &StatusArgs,
    data_dir: Option<&Path>,
    now: &Zoned,
    out: &mut impl Write,
) -> Result<()> {
    let folder = folders::data(data_dir)?;
    if args.follow {
        return Ok(follow::run(&folder, args.format(), now.time_zone(), out)?);
    }
    let status = read_status(&folder)?;
    if args.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&status)?)?;
    } else {
        write_status(&status, now.time_zone(), out)?;
    }
    Ok(())
}

/// Writes the status for people, a line for each part.
pub(super) fn write_status(
    status: &DaemonStatus,
    zone: &TimeZone,
    out: &mut impl Write,
) -> io::Result<()> {
    // The monitor's time: a recording's time is not the clock's.
    let now = &status.at.to_zoned(zone.clone());
    writeln!(
        out,
        "{} (since {})",
        status.state(now),
        wording::clock(status.since, now)
    )?;
    if let Some(angles) = status.angles.as_ref().and_then(against_neutral) {
        writeln!(out, "against neutral: {angles}")?;
    }
    if let Some(seconds) = status.slouched_for_s {
        writeln!(
            out,
            "slouched for {}",
            duration(SignedDuration::from_secs(seconds))
        )?;
    }
    writeln!(out, "{}", status.camera_words())?;
    if let Some(next_observation) = status.next_observation {
        writeln!(
            out,
            "next observation {}",
            wording::clock(next_observation, now)
        )?;
    }
    if let Some(trouble) = &status.settings_trouble {
        writeln!(out, "the earlier settings stay in force: {trouble}")?;
    }
    if let Some(day) = status.day() {
        writeln!(out, "today so far: {day}")?;
    }
    if let Some(nudged) = status.nudged(now) {
        writeln!(out, "last nudge {nudged}")?;
    }
    if let Some(cost) = &status.cost {
        writeln!(out, "Sitwell itself: {}", used(cost))?;
    }
    Ok(())
}

/// The changes from neutral; none without a calibration.
fn against_neutral(angles: &Posture) -> Option<String> {
    let names = PerAngle {
        forward_head: "head forward",
        rounded_shoulders: "shoulders forward",
    };
    let told: Vec<String> = names
        .zip(angles.angles)
        .into_iter()
        .filter_map(|(_, (name, angle))| Some(format!("{name} {}", wording::change(angle?)?)))
        .collect();
    (!told.is_empty()).then(|| told.join(", "))
}

fn used(cost: &ResourceUse) -> String {
    let cpu = match cost.cpu_s {
        few @ 0.0..10.0 => format!("{few:.1} s"),
        many => duration(SignedDuration::from_secs(many as i64)),
    };
    let share = |share: CpuShare| {
        let percent = share.of_a_core? * 100.0;
        Some(format!("{percent:.1}% of a core"))
    };
    let minutes = (cost.recent.over_s / 60.0).round();
    let shares = match (share(cost.since_start), share(cost.recent)) {
        (Some(whole), Some(recent)) if cost.since_start.over_s > cost.recent.over_s => {
            format!(", {whole} since the start, {recent} over the last {minutes:.0} min")
        }
        (Some(whole), _) => format!(", {whole} since the start"),
        (None, _) => String::new(),
    };
    let megabytes = cost.memory_bytes as f64 / 1e6;
    format!("{cpu} of processor time{shares}; {megabytes:.0} MB of memory")
}

#[cfg(test)]
pub(super) mod tests {
    use insta::assert_snapshot;
    use jiff::Timestamp;

    use super::*;
    use crate::control::{LastNudge, Today};
    use crate::posture::{Basis, Estimate, Fault, View};
    use crate::record::{Answer, NotWatching, TimeUse};

    fn at(text: &str) -> Timestamp {
        format!("2026-11-23T{text}Z").parse().unwrap()
    }

    pub(in crate::commands) fn watching() -> DaemonStatus {
        let estimate = |change, error| Estimate {
            degrees: 40.0,
            change: Some(change),
            error,
        };
        DaemonStatus {
            process: 7,
            at: at("10:00:05"),
            words: "beyond the limit: head forward, 14\u{b0} \u{b1} 3\u{b0} from neutral"
                .to_owned(),
            since: at("09:58:00"),
            not_watching: None,
            until: None,
            slouched_for_s: Some(125),
            nudge: Some(at("09:59:00.000000123")),
            leaves_out_edges: false,
            camera: Some("usb/C920".to_owned()),
            is_calibrated: true,
            next_observation: Some(at("10:00:08")),
            observation: Some(TimeUse::Slouched(Fault::ForwardHead)),
            angles: Some(Posture {
                view: View::Oblique,
                basis: Basis::Joints,
                placement: None,
                trunk_lean: None,
                angles: PerAngle {
                    forward_head: Some(estimate(14.2, 2.6)),
                    rounded_shoulders: Some(estimate(-0.3, 3.1)),
                },
            }),
            limits: Some(PerAngle {
                forward_head: Some(9.1),
                rounded_shoulders: Some(10.0),
            }),
            skeleton: None,
            is_previewed: false,
            settings_file: None,
            settings_trouble: None,
            today: Some(Today {
                observed_s: 7500,
                upright_share: Some(0.814),
                slouches: 1,
            }),
            last_nudge: Some(LastNudge {
                at: at("09:59:00"),
                stretch: "chin-tuck".to_owned(),
                name: "Chin tuck".to_owned(),
                answer: Answer::Unanswered,
                not_shown: None,
            }),
            cost: Some(ResourceUse {
                cpu_s: 151.04,
                since_start: CpuShare {
                    over_s: 7200.0,
                    of_a_core: Some(0.0209),
                },
                recent: CpuShare {
                    over_s: 301.0,
                    of_a_core: Some(0.0184),
                },
                memory_bytes: 61_000_000,
            }),
        }
    }

    fn text(status: &DaemonStatus) -> String {
        let mut out = Vec::new();
        write_status(status, &TimeZone::UTC, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_status_is_written_in_words() {
        assert_snapshot!(text(&watching()), @r"
        beyond the limit: head forward, 14° ± 3° from neutral (since 09:58:00)
        against neutral: head forward 14° ± 3°, shoulders forward 0° ± 3°
        slouched for 2 min 5 s
        camera usb/C920, calibrated
        next observation 10:00:08
        today so far: 2 h 5 min observed, upright 81% of it, 2 sustained slouches
        last nudge at 09:59: Chin tuck, no answer yet
        Sitwell itself: 2 min 31 s of processor time, 2.1% of a core since the start, 1.8% of a core over the last 5 min; 61 MB of memory
        ");
        let paused = DaemonStatus {
            words: "not watching: paused".to_owned(),
            settings_trouble: Some("line 2: there is no such setting".to_owned()),
            not_watching: Some(NotWatching::Paused),
            next_observation: None,
            until: Some(at("14:00:00")),
            slouched_for_s: None,
            nudge: None,
            observation: None,
            angles: None,
            today: Some(Today {
                observed_s: 0,
                upright_share: None,
                slouches: 0,
            }),
            last_nudge: Some(LastNudge {
                at: "2026-11-20T16:30:00Z".parse().unwrap(),
                answer: Answer::Unanswered,
                not_shown: Some("not shown: zoom is in front".to_owned()),
                ..watching().last_nudge.unwrap()
            }),
            cost: None,
            ..watching()
        };
        assert_snapshot!(text(&paused), @r"
        not watching: paused until 14:00 (since 09:58:00)
        camera usb/C920, calibrated
        the earlier settings stay in force: line 2: there is no such setting
        today so far: nothing observed
        last nudge on Friday at 16:30: Chin tuck, not shown: zoom is in front
        ");
    }

    #[test]
    fn an_end_on_another_day_names_the_day() {
        let closed = DaemonStatus {
            words: "not watching: outside working hours".to_owned(),
            since: "2026-11-20T17:30:00Z".parse().unwrap(),
            until: Some("2026-11-30T09:00:00Z".parse().unwrap()),
            ..watching()
        };
        let told = text(&closed);
        let first = told.lines().next().unwrap_or_default();
        assert_snapshot!(first, @"not watching: outside working hours until Monday 30 November 09:00 (since Friday 17:30:00)");
    }

    #[test]
    fn a_status_is_read_as_it_is_written() {
        let text = serde_json::to_string(&watching()).unwrap();
        assert_eq!(
            serde_json::from_str::<DaemonStatus>(&text).unwrap(),
            watching()
        );
    }
}
