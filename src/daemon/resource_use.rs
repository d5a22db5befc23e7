//! What Sitwell uses: processor time and memory of the monitor and of the capture process.
//!
//! Read from `/proc` on Linux, which takes fewer lines than the set-up of a crate for it. Nothing is
//! measured on other systems.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::camera::CaptureProcess;
use crate::clock;
use crate::control::{self, CpuShare};

/// The recent share covers this much time. Our choice: long enough to average over observations that
/// come every few seconds.
const RECENT: Duration = Duration::from_secs(5 * 60);

/// The shortest time between two readings that are kept. A recording can tick much faster.
const MIN_INTERVAL: Duration = Duration::from_secs(10);

/// The shortest time that gives a share. Processor time is counted in steps of 10 ms.
const SHORTEST: Duration = Duration::from_secs(1);

/// Processor time since the start, and memory now.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct ProcessUse {
    cpu: Duration,
    memory_bytes: u64,
}

/// Measures what Sitwell uses.
#[derive(Debug)]
pub(crate) struct ResourceMeter {
    capture: Option<CaptureProcess>,
    started: Instant,
    readings: CpuReadings,
}

impl ResourceMeter {
    /// Starts to measure.
    pub(crate) fn new() -> ResourceMeter {
        let mut meter = ResourceMeter {
            capture: None,
            started: clock::instant(),
            readings: CpuReadings::default(),
        };
        meter.note();
        meter
    }

    /// Includes the capture process.
    pub(crate) fn with(&mut self, capture: CaptureProcess) {
        self.capture = Some(capture);
    }

    /// Keeps a reading for later comparison. Once a minute is enough.
    pub(crate) fn note(&mut self) {
        if let Some(used) = self.used() {
            self.readings.note(self.started.elapsed(), used.cpu);
        }
    }

    /// What was used so far; none where the system does not say.
    pub(crate) fn so_far(&self) -> Option<control::ResourceUse> {
        let used = self.used()?;
        let at = self.started.elapsed();
        Some(control::ResourceUse {
            cpu_s: used.cpu.as_secs_f64(),
            since_start: self.readings.since_start(at, used.cpu),
            recent: self.readings.recent(at, used.cpu),
            memory_bytes: used.memory_bytes,
        })
    }

    fn used(&self) -> Option<ProcessUse> {
        let own = system::used(None)?;
        let capture = self.capture.as_ref().and_then(CaptureProcess::id);
        // A process that has just ended counts with the monitor's own children.
        let child = capture.and_then(|id| system::used(Some(id)));
        let child = child.unwrap_or_default();
        Some(ProcessUse {
            cpu: own.cpu + child.cpu,
            memory_bytes: own.memory_bytes + child.memory_bytes,
        })
    }
}

/// Readings of processor time, each with the time since the start.
#[derive(Debug, Default)]
struct CpuReadings {
    first: Option<(Duration, Duration)>,
    recent: VecDeque<(Duration, Duration)>,
}

impl CpuReadings {
    fn note(&mut self, at: Duration, cpu: Duration) {
        self.first.get_or_insert((at, cpu));
        if self
            .recent
            .back()
            .is_none_or(|(last, _)| at >= *last + MIN_INTERVAL)
        {
            self.recent.push_back((at, cpu));
        }
        // One older reading stays, so that the recent time is long enough.
        while self
            .recent
            .get(1)
            .is_some_and(|(second, _)| *second + RECENT <= at)
        {
            self.recent.pop_front();
        }
    }

    fn since_start(&self, at: Duration, cpu: Duration) -> CpuShare {
        share(self.first, at, cpu)
    }

    fn recent(&self, at: Duration, cpu: Duration) -> CpuShare {
        share(self.recent.front().copied(), at, cpu)
    }
}

/// The share of a processor core since a reading.
fn share(since: Option<(Duration, Duration)>, at: Duration, cpu: Duration) -> CpuShare {
    let (from, before) = since.unwrap_or((at, cpu));
    let over = at.saturating_sub(from);
    let used = cpu.saturating_sub(before);
    CpuShare {
        over_s: over.as_secs_f64(),
        of_a_core: (over >= SHORTEST).then(|| used.div_duration_f64(over)),
    }
}

#[cfg(target_os = "linux")]
mod system {
    use std::fs;
    use std::time::Duration;

    use super::ProcessUse;

    /// What a process has used, with its children that have ended; none for this process.
    pub(crate) fn used(process: Option<u32>) -> Option<ProcessUse> {
        let process = process.map_or_else(|| "self".to_owned(), |id| id.to_string());
        parse(&fs::read_to_string(format!("/proc/{process}/stat")).ok()?)
    }

    /// Reads `utime`, `stime`, `cutime`, `cstime` and `rss` of proc(5). They follow the name, which
    /// ends with `)`.
    pub(crate) fn parse(stat: &str) -> Option<ProcessUse> {
        let (_, fields) = stat.rsplit_once(')')?;
        let fields: Vec<&str> = fields.split_whitespace().collect();
        let ticks = fields
            .get(11..15)?
            .iter()
            .map(|ticks| ticks.parse::<u64>().ok());
        let ticks: u64 = ticks.sum::<Option<u64>>()?;
        let pages: u64 = fields.get(21)?.parse().ok()?;
        let seconds = ticks as f64 / rustix::param::clock_ticks_per_second() as f64;
        Some(ProcessUse {
            cpu: Duration::from_secs_f64(seconds),
            memory_bytes: pages * rustix::param::page_size() as u64,
        })
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use super::ProcessUse;

    pub(crate) fn used(_process: Option<u32>) -> Option<ProcessUse> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn s(seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds)
    }

    #[test]
    fn shares_are_of_the_time_since_the_beginning_and_of_the_last_minutes() {
        let mut readings = CpuReadings::default();
        let at_once = readings.since_start(s(0.5), s(0.4));
        assert_eq!(at_once.of_a_core, None);
        // A tenth of a core for an hour, then half a core for a quarter of an hour.
        for half_minute in 0..120 {
            let at = f64::from(half_minute) * 30.0;
            readings.note(s(at), s(at / 10.0));
        }
        for half_minute in 0..30 {
            let at = f64::from(half_minute) * 30.0;
            readings.note(s(3600.0 + at), s(360.0 + at / 2.0));
        }
        let (at, cpu) = (s(4500.0), s(360.0 + 450.0));
        let whole = readings.since_start(at, cpu);
        assert_eq!(whole.over_s, 4500.0);
        assert_eq!(whole.of_a_core, Some(0.18));
        let recent = readings.recent(at, cpu);
        assert!((300.0..=330.0).contains(&recent.over_s), "{recent:?}");
        assert_eq!(recent.of_a_core, Some(0.5));
    }

    #[test]
    fn a_recording_that_ticks_fast_does_not_fill_the_memory() {
        let mut readings = CpuReadings::default();
        for n in 0..100_000 {
            readings.note(s(f64::from(n) / 100.0), s(0.0));
        }
        assert!(readings.recent.len() <= 32, "{}", readings.recent.len());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_process_is_read_whatever_its_name() {
        let stat = "42 (a) b (c) S 1 42 42 0 -1 4194560 100 0 0 0 700 50 20 5 20 0 3 0 100 1 15";
        let used = system::parse(stat).unwrap();
        assert_eq!(used.cpu, s(7.75));
        assert_eq!(used.memory_bytes, 15 * rustix::param::page_size() as u64);
        assert_eq!(system::parse("42 (short) S 1"), None);
        let own = system::used(None).unwrap();
        assert!(own.memory_bytes > 1024 * 1024, "{own:?}");
        assert_eq!(system::used(Some(u32::MAX)), None);
    }
}
