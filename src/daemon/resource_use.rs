//! What Sitwell itself uses: processor time and memory of the monitor and of the process that holds the camera.
//!
//! Linux tells it in `/proc`. Other systems are not asked.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::camera::CaptureProcess;
use crate::control::{self, CpuShare};

/// The share lately is over so long. Ours: long enough for looks that come every few seconds to even out.
const LATELY: Duration = Duration::from_secs(5 * 60);

/// Readings are kept no closer, for a recording ticks faster than a clock.
const APART: Duration = Duration::from_secs(10);

/// Processor time is counted in steps of 10 ms, so over less than this a share says nothing.
const SHORTEST: Duration = Duration::from_secs(1);

/// What processes have used since they began, and the memory that they use now.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct ProcessUse {
    cpu: Duration,
    memory_bytes: u64,
}

/// What Sitwell has used, over time.
#[derive(Debug)]
pub(crate) struct ResourceMeter {
    capture: Option<CaptureProcess>,
    began: Instant,
    course: Course,
}

impl ResourceMeter {
    /// Counts from now on.
    pub(crate) fn new() -> ResourceMeter {
        let mut cost = ResourceMeter {
            capture: None,
            began: clock(),
            course: Course::default(),
        };
        cost.note();
        cost
    }

    /// Counts the process that holds the camera too.
    pub(crate) fn with(&mut self, capture: CaptureProcess) {
        self.capture = Some(capture);
    }

    /// Notes what is used by now, to compare with later. About once a minute will do.
    pub(crate) fn note(&mut self) {
        if let Some(used) = self.used() {
            self.course.note(self.began.elapsed(), used.cpu);
        }
    }

    /// What is used by now; none where the system does not tell.
    pub(crate) fn so_far(&self) -> Option<control::ResourceUse> {
        let used = self.used()?;
        let at = self.began.elapsed();
        Some(control::ResourceUse {
            cpu_s: used.cpu.as_secs_f64(),
            since_start: self.course.since_start(at, used.cpu),
            lately: self.course.lately(at, used.cpu),
            memory_bytes: used.memory_bytes,
        })
    }

    fn used(&self) -> Option<ProcessUse> {
        let own = system::used(None)?;
        let capture = self.capture.as_ref().and_then(CaptureProcess::id);
        // It may just have ended, and is then counted with the monitor.
        let child = capture.and_then(|id| system::used(Some(id)));
        let child = child.unwrap_or_default();
        Some(ProcessUse {
            cpu: own.cpu + child.cpu,
            memory_bytes: own.memory_bytes + child.memory_bytes,
        })
    }
}

/// Processor time used, at instants since the beginning.
#[derive(Debug, Default)]
struct Course {
    first: Option<(Duration, Duration)>,
    lately: VecDeque<(Duration, Duration)>,
}

impl Course {
    fn note(&mut self, at: Duration, cpu: Duration) {
        self.first.get_or_insert((at, cpu));
        if self
            .lately
            .back()
            .is_none_or(|(last, _)| at >= *last + APART)
        {
            self.lately.push_back((at, cpu));
        }
        // One that is older stays, or the time lately would be too short.
        while self
            .lately
            .get(1)
            .is_some_and(|(second, _)| *second + LATELY <= at)
        {
            self.lately.pop_front();
        }
    }

    fn since_start(&self, at: Duration, cpu: Duration) -> CpuShare {
        share(self.first, at, cpu)
    }

    fn lately(&self, at: Duration, cpu: Duration) -> CpuShare {
        share(self.lately.front().copied(), at, cpu)
    }
}

/// The share of a core since a reading.
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

    /// Processor time in `/proc` is counted in hundredths of a second: USER_HZ,
    /// fixed for programs on every processor that Rust knows Linux on.
    const TICK: Duration = Duration::from_millis(10);

    /// What a process has used, or this one, with those of its own that have ended.
    pub(crate) fn used(process: Option<u32>) -> Option<ProcessUse> {
        let folder = process.map_or_else(|| "self".to_owned(), |id| id.to_string());
        let stat = fs::read_to_string(format!("/proc/{folder}/stat")).ok()?;
        let status = fs::read_to_string(format!("/proc/{folder}/status")).ok()?;
        Some(ProcessUse {
            cpu: TICK * u32::try_from(ticks(&stat)?).ok()?,
            // A process that has ended and was not buried has no memory any more.
            memory_bytes: resident(&status).unwrap_or(0),
        })
    }

    /// `utime`, `stime`, `cutime` and `cstime` of proc(5), which follow the name that ends with `)`.
    pub(crate) fn ticks(stat: &str) -> Option<u64> {
        let (_, fields) = stat.rsplit_once(')')?;
        let times = fields.split_whitespace().skip(11).take(4);
        let times: Option<Vec<u64>> = times.map(|time| time.parse().ok()).collect();
        times
            .filter(|times| times.len() == 4)
            .map(|times| times.iter().sum())
    }

    /// `VmRSS` of proc(5), in bytes.
    pub(crate) fn resident(status: &str) -> Option<u64> {
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))?;
        let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
        Some(kilobytes * 1024)
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use super::ProcessUse;

    /// Not asked.
    pub(crate) fn used(_process: Option<u32>) -> Option<ProcessUse> {
        None
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "processor time is set against the time that passes on the clock, whatever is watched"
)]
fn clock() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn s(seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds)
    }

    #[test]
    fn shares_are_of_the_time_since_the_beginning_and_of_the_last_minutes() {
        let mut course = Course::default();
        let at_once = course.since_start(s(0.5), s(0.4));
        assert_eq!(at_once.of_a_core, None);
        // A tenth of a core for an hour, then half a core for a quarter of an hour.
        for half_minute in 0..120 {
            let at = f64::from(half_minute) * 30.0;
            course.note(s(at), s(at / 10.0));
        }
        for half_minute in 0..30 {
            let at = f64::from(half_minute) * 30.0;
            course.note(s(3600.0 + at), s(360.0 + at / 2.0));
        }
        let (at, cpu) = (s(4500.0), s(360.0 + 450.0));
        let whole = course.since_start(at, cpu);
        assert_eq!(whole.over_s, 4500.0);
        assert_eq!(whole.of_a_core, Some(0.18));
        let lately = course.lately(at, cpu);
        assert!((300.0..=330.0).contains(&lately.over_s), "{lately:?}");
        assert_eq!(lately.of_a_core, Some(0.5));
    }

    #[test]
    fn a_recording_that_ticks_fast_does_not_fill_the_memory() {
        let mut course = Course::default();
        for n in 0..100_000 {
            course.note(s(f64::from(n) / 100.0), s(0.0));
        }
        assert!(course.lately.len() <= 32, "{}", course.lately.len());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_process_is_read_whatever_its_name() {
        let stat = "42 (a) b (c) S 1 42 42 0 -1 4194560 100 0 0 0 700 50 20 5 20 0 3 0 100 1 2";
        assert_eq!(system::ticks(stat), Some(775));
        assert_eq!(system::ticks("42 (short) S 1"), None);
        let status = "Name:\tx\nVmRSS:\t   61440 kB\nThreads:\t3\n";
        assert_eq!(system::resident(status), Some(61440 * 1024));
        let own = system::used(None).unwrap();
        assert!(own.memory_bytes > 1024 * 1024, "{own:?}");
        assert_eq!(system::used(Some(u32::MAX)), None);
    }
}
