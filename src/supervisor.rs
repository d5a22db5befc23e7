//! Reports to systemd when it runs the monitor as its service: ready, status, alive, stopping.
//!
//! The loop that watches reports by itself and not through a thread: if the loop hangs, the
//! reports stop and systemd restarts the service. Only this file uses sd-notify.

use jiff::{SignedDuration, Timestamp};

/// The program that started the monitor and supervises it. Dropping it reports the end.
#[derive(Debug)]
pub(crate) struct Supervisor {
    /// systemd restarts a service that reports nothing for this long; none without a watchdog.
    watchdog: Option<SignedDuration>,
    /// The last reported status, and since when it holds.
    status: String,
    since: Option<Timestamp>,
    /// The last report of being alive.
    alive: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(
    not(target_os = "linux"),
    allow(dead_code, reason = "only systemd gets reports")
)]
enum Report {
    /// The monitor watches, or knows why not.
    Ready,
    Alive,
    Status(String),
    Stopping,
}

impl Supervisor {
    /// The supervisor that the environment names, if any.
    pub(crate) fn from_environment() -> Supervisor {
        Supervisor::new(watchdog())
    }

    fn new(watchdog: Option<SignedDuration>) -> Supervisor {
        Supervisor {
            watchdog,
            status: String::new(),
            since: None,
            alive: None,
        }
    }

    /// Reports the status and since when it holds, where that is due. Call it in every round of the loop.
    pub(crate) fn report(&mut self, status: &str, since: Timestamp, now: Timestamp) {
        let reports = self.reports(status, since, now);
        if !reports.is_empty() {
            send(&reports);
        }
    }

    /// A new state is reported at once, and new degrees in the same state with the next report
    /// of being alive, which is due at half the watchdog's time.
    fn reports(&mut self, status: &str, since: Timestamp, now: Timestamp) -> Vec<Report> {
        let mut reports = Vec::new();
        if self.since.is_none() {
            reports.push(Report::Ready);
        }
        let is_due = self.watchdog.is_some_and(|watchdog| {
            // The absolute value, as the clock may be set back.
            let silence = |alive| now.duration_since(alive).abs();
            self.alive
                .is_none_or(|alive| silence(alive) >= watchdog / 2)
        });
        if is_due {
            self.alive = Some(now);
            reports.push(Report::Alive);
        }
        let is_new = self.since.replace(since) != Some(since);
        if (is_new || is_due) && self.status != status {
            status.clone_into(&mut self.status);
            reports.push(Report::Status(status.to_owned()));
        }
        reports
    }

    /// How long the loop may wait before its next report; none without a watchdog.
    ///
    /// At three quarters of the watchdog's time it must report. A loop that makes its rounds
    /// anyway reports at half of it and is never woken for this.
    pub(crate) fn longest_wait(&self, now: Timestamp) -> Option<SignedDuration> {
        let silence = now.duration_since(self.alive?).abs();
        Some((self.watchdog? / 4 * 3 - silence).max(SignedDuration::ZERO))
    }
}

impl Drop for Supervisor {
    fn drop(&mut self) {
        send(&[Report::Stopping]);
    }
}

#[cfg(target_os = "linux")]
fn watchdog() -> Option<SignedDuration> {
    SignedDuration::try_from(sd_notify::watchdog_enabled()?).ok()
}

#[cfg(target_os = "linux")]
fn send(reports: &[Report]) {
    use sd_notify::NotifyState;
    let states: Vec<NotifyState<'_>> = reports
        .iter()
        .map(|report| match report {
            Report::Ready => NotifyState::Ready,
            Report::Alive => NotifyState::Watchdog,
            Report::Status(status) => NotifyState::Status(status),
            Report::Stopping => NotifyState::Stopping,
        })
        .collect();
    // A supervisor that cannot be reached has gone and waits for nothing.
    let _ = sd_notify::notify(&states);
}

#[cfg(not(target_os = "linux"))]
fn watchdog() -> Option<SignedDuration> {
    None
}

#[cfg(not(target_os = "linux"))]
fn send(_: &[Report]) {}

#[cfg(test)]
mod tests {
    use super::*;

    fn second(second: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs(second)
    }

    /// The reports for rows of (second, status, since).
    fn reported(rows: &[(i64, &str, i64)], watchdog: Option<i64>) -> Vec<String> {
        let mut supervisor = Supervisor::new(watchdog.map(SignedDuration::from_secs));
        rows.iter()
            .map(|(now, status, since)| {
                let reports = supervisor.reports(status, second(*since), second(*now));
                let words = reports.iter().map(|report| match report {
                    Report::Ready => "ready".to_owned(),
                    Report::Alive => "alive".to_owned(),
                    Report::Status(status) => status.clone(),
                    Report::Stopping => "stopping".to_owned(),
                });
                words.collect::<Vec<_>>().join(", ")
            })
            .collect()
    }

    #[test]
    fn a_new_state_is_reported_at_once_and_new_degrees_with_the_next_sign_of_life() {
        let rows = [
            (0, "upright, 2°", 0),
            (5, "upright, 3°", 0),
            (59, "upright, 4°", 0),
            (61, "upright, 4°", 0),
            (62, "nobody there", 62),
            (90, "nobody there", 62),
            (121, "nobody there", 62),
        ];
        let wanted = [
            "ready, alive, upright, 2°",
            "",
            "",
            "alive, upright, 4°",
            "nobody there",
            "",
            "alive",
        ];
        assert_eq!(reported(&rows, Some(120)), wanted);
    }

    #[test]
    fn without_a_watchdog_only_states_are_reported() {
        let rows = [(0, "a", 0), (500, "b", 0), (501, "c", 501)];
        assert_eq!(reported(&rows, None), ["ready, a", "", "c"]);
    }

    #[test]
    fn a_clock_set_back_does_not_stop_the_reports() {
        let rows = [(5000, "a", 0), (1000, "a", 0)];
        assert_eq!(reported(&rows, Some(120)), ["ready, alive, a", "alive"]);
    }

    #[test]
    fn the_loop_may_wait_for_three_quarters_of_the_watchdogs_time() {
        let mut supervisor = Supervisor::new(Some(SignedDuration::from_secs(120)));
        assert_eq!(supervisor.longest_wait(second(0)), None, "it is not ready");
        supervisor.reports("a", second(0), second(0));
        let wait = |now| {
            supervisor
                .longest_wait(second(now))
                .map(|left| left.as_secs())
        };
        assert_eq!(wait(0), Some(90));
        assert_eq!(wait(60), Some(30));
        assert_eq!(wait(100), Some(0));
    }
}
