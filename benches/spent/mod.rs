//! Processor time, which says what work costs however busy the machine is.

use std::time::Duration;

/// What this process has used so far.
#[cfg(unix)]
pub(crate) fn spent() -> Duration {
    use rustix::time::{ClockId, clock_gettime};

    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(
        time.tv_sec.unsigned_abs(),
        u32::try_from(time.tv_nsec).unwrap_or_default(),
    )
}

/// The time that has passed, where the system is not asked for more.
#[cfg(not(unix))]
pub(crate) fn spent() -> Duration {
    use std::sync::LazyLock;
    use std::time::Instant;

    static BEGAN: LazyLock<Instant> = LazyLock::new(Instant::now);
    BEGAN.elapsed()
}

/// The median of what the work uses.
pub(crate) fn median_of(rounds: usize, mut work: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..rounds)
        .map(|_| {
            let before = spent();
            work();
            spent() - before
        })
        .collect();
    times.sort();
    times[rounds / 2]
}
