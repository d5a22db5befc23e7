//! The webcam on real kernel devices. Each row is a fault that happens at a desk.
//!
//! A row needs a guest with the right camera in it, and `scripts/test-camera` starts one for each.
//! `cargo test` has no camera, so it ignores them.
#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a row that cannot go on has failed, and prints what it measured"
)]

use std::cell::RefCell;
use std::fs;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use sitwell::camera::{
    CameraError, CameraOptions, CameraReport, CameraState, CaptureAnswer, Webcam,
};
use sitwell::settings::{CameraMode, PictureRotation};

/// The longest that any request may take.
const ANSWER_LIMIT: Duration = Duration::from_secs(5);

/// The oldest that a frame may be when it arrives.
const FRESH_MS: i128 = 250;

struct Rig {
    webcam: Webcam,
    started: Instant,
    /// The last answer, so that it is printed once.
    last_state: RefCell<String>,
}

impl Rig {
    fn start(mode: CameraMode) -> Self {
        Rig::choosing("auto", mode)
    }

    fn choosing(camera: &str, mode: CameraMode) -> Self {
        let webcam = Webcam::start(CameraOptions {
            program: env!("CARGO_BIN_EXE_sitwell").into(),
            choice: camera.parse().unwrap(),
            mode,
            rotate: PictureRotation::None,
            usage: None,
        });
        Rig {
            webcam: webcam.unwrap(),
            started: Instant::now(),
            last_state: RefCell::default(),
        }
    }

    /// Requests one frame: the answer, how long it took, and how old the frame was.
    fn request(&self) -> TimedAnswer {
        let requested = Instant::now();
        let answer = wait_for_frame(&self.webcam);
        let took = requested.elapsed();
        assert!(took < ANSWER_LIMIT, "a request took {took:?}");
        let age_ms = match &answer {
            CaptureAnswer::Frame { frame, .. } => {
                Timestamp::now().as_millisecond() - frame.at.as_millisecond()
            }
            CaptureAnswer::NoFrame(_) => 0,
        };
        let words = state(&answer);
        if *self.last_state.borrow() != words {
            println!("{:6.2} s: {words}", self.started.elapsed().as_secs_f64());
            self.last_state.replace(words);
        }
        TimedAnswer {
            answer,
            took,
            age_ms: i128::from(age_ms),
        }
    }

    /// Observations every 200 ms until the answer is as wanted; how long that took.
    fn until(
        &self,
        what: &str,
        limit: Duration,
        wanted: impl Fn(&CaptureAnswer) -> bool,
    ) -> Duration {
        let since = Instant::now();
        loop {
            let timed = self.request();
            if wanted(&timed.answer) {
                println!("{what} after {:.2} s", since.elapsed().as_secs_f64());
                return since.elapsed();
            }
            assert!(
                since.elapsed() < limit,
                "not {what} after {limit:?}: {:?}",
                state(&timed.answer)
            );
            pause(200);
        }
    }
}

fn wait_for_frame(webcam: &Webcam) -> CaptureAnswer {
    webcam.request_frame();
    loop {
        if let CameraReport::Answer(answer) = webcam.reports().recv().unwrap() {
            return answer;
        }
    }
}

struct TimedAnswer {
    answer: CaptureAnswer,
    took: Duration,
    age_ms: i128,
}

fn state(answer: &CaptureAnswer) -> String {
    match answer {
        CaptureAnswer::Frame { frame, .. } => format!("a picture of {:?}", frame.size()),
        CaptureAnswer::NoFrame(state) => state.to_string(),
    }
}

fn is_picture(answer: &CaptureAnswer) -> bool {
    matches!(answer, CaptureAnswer::Frame { .. })
}

fn failed(answer: &CaptureAnswer, wanted: impl Fn(&CameraError) -> bool) -> bool {
    matches!(answer, CaptureAnswer::NoFrame(CameraState::Failed { error }) if wanted(error))
}

fn busy_by(answer: &CaptureAnswer, program: &str) -> bool {
    matches!(answer, CaptureAnswer::NoFrame(CameraState::Busy { by: Some(by) }) if by.contains(program))
}

fn pause(ms: u64) {
    std::thread::sleep(Duration::from_millis(ms));
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// A process that ends with the test.
struct Other(Child);

impl Other {
    fn start(program: &str, arguments: &[&str]) -> Self {
        Other(
            Command::new(program)
                .args(arguments)
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .spawn()
                .unwrap(),
        )
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn shell(script: &str) {
    assert!(
        Command::new("sh")
            .args(["-c", script])
            .status()
            .unwrap()
            .success(),
        "{script}"
    );
}

/// Processes other than this one that have a video device open, by /proc.
fn holders() -> Vec<String> {
    let mut holders = Vec::new();
    for process in fs::read_dir("/proc").unwrap().flatten() {
        let Ok(files) = fs::read_dir(process.path().join("fd")) else {
            continue;
        };
        let holds = files.flatten().any(|file| {
            fs::read_link(file.path())
                .is_ok_and(|to| to.to_string_lossy().starts_with("/dev/video"))
        });
        if holds {
            holders.push(
                fs::read_to_string(process.path().join("comm"))
                    .unwrap_or_default()
                    .trim()
                    .to_owned(),
            );
        }
    }
    holders
}

fn we_hold_the_camera() -> bool {
    holders().iter().any(|name| name.starts_with("sitwell"))
}

/// How long until Sitwell has no camera open.
fn released(limit: Duration) -> Duration {
    let since = Instant::now();
    while we_hold_the_camera() {
        assert!(since.elapsed() < limit, "still held after {limit:?}");
        pause(2);
    }
    since.elapsed()
}

fn each_mode(row: impl Fn(CameraMode)) {
    if std::env::var_os("SITWELL_RIG_LATE").is_some() {
        // The feeder of faults takes the place of the rig's own first; between them there is no camera.
        let replaced = std::path::PathBuf::from(std::env::var("RIG_OUT").unwrap()).join("replaced");
        let since = Instant::now();
        while !replaced.exists() || !holders().iter().any(|name| name.starts_with("python")) {
            assert!(since.elapsed() < seconds(20), "nothing feeds the camera");
            pause(50);
        }
        pause(1000);
    }
    for mode in [CameraMode::Glance, CameraMode::Continuous] {
        println!("-- {mode}");
        row(mode);
    }
}

#[test]
#[ignore = "rig: --cam yuyv, mjpeg, or either with 29.97 fps"]
fn a_picture_comes_and_is_what_was_fed() {
    each_mode(|mode| {
        let rig = Rig::start(mode);
        let timed = rig.request();
        let CaptureAnswer::Frame { frame, .. } = &timed.answer else {
            panic!("{}", state(&timed.answer))
        };
        println!(
            "first picture after {:?}, {} ms old",
            timed.took, timed.age_ms
        );
        assert_eq!(frame.pixels.dimensions(), (640, 480));
        // The feed is one picture, given as RIG_FED.
        if let Ok(fed) = std::env::var("SITWELL_RIG_FED") {
            let fed = image::open(fed).unwrap().into_rgb8();
            let mut off = 0_u64;
            for (a, b) in frame.pixels.as_raw().iter().zip(fed.as_raw()) {
                off += u64::from(a.abs_diff(*b));
            }
            let mean = off as f64 / fed.as_raw().len() as f64;
            println!("mean difference from what was fed: {mean:.2} of 255");
            assert!(mean < 4.0);
        }
    });
}

#[test]
#[ignore = "rig: --cam vivid"]
fn a_looked_at_picture_is_fresh_at_any_look_rate() {
    each_mode(|mode| {
        let rig = Rig::start(mode);
        let mut worst = 0;
        for wait in [0, 0, 0, 30, 100, 200, 500, 1000, 1000, 2000, 3000] {
            pause(wait);
            let timed = rig.request();
            assert!(is_picture(&timed.answer), "{}", state(&timed.answer));
            println!(
                "{wait} ms after the last: {} ms old, took {} ms",
                timed.age_ms,
                timed.took.as_millis()
            );
            worst = worst.max(timed.age_ms);
        }
        println!("worst age {worst} ms");
        assert!((0..=FRESH_MS).contains(&worst), "{worst} ms old");
    });
}

#[test]
#[ignore = "rig: --cam none"]
fn an_absent_camera_is_said_and_waited_for() {
    each_mode(|mode| {
        let rig = Rig::start(mode);
        let missing = |answer: &CaptureAnswer| {
            failed(answer, |error| {
                matches!(error, CameraError::Missing { wanted: None, .. })
            })
        };
        for _ in 0..3 {
            assert!(missing(&rig.request().answer));
            pause(700);
        }
        let rig = Rig::choosing("c920", mode);
        let timed = rig.request();
        assert_eq!(
            state(&timed.answer),
            "no camera matches \"c920\" (found no camera)"
        );
    });
}

#[test]
#[ignore = "rig: --cam vivid, as a user who may not open it"]
fn a_camera_without_permission_is_said_by_its_name() {
    each_mode(|mode| {
        let timed = Rig::start(mode).request();
        let words = state(&timed.answer);
        assert_eq!(words, "no permission to use the camera /dev/video0");
    });
}

#[test]
#[ignore = "rig: --cam vivid"]
fn a_camera_in_use_is_waited_for_and_taken_when_it_is_free() {
    for size in [
        "width=640,height=480,pixelformat=YUYV",
        "width=1280,height=720,pixelformat=NV12",
    ] {
        each_mode(|mode| {
            println!("-- in use with {size}");
            let call = Other::start(
                "v4l2-ctl",
                &["-d", "/dev/video0", "-v", size, "--stream-mmap"],
            );
            pause(500);
            let rig = Rig::start(mode);
            for _ in 0..4 {
                let timed = rig.request();
                assert!(
                    busy_by(&timed.answer, "v4l2-ctl"),
                    "{}",
                    state(&timed.answer)
                );
                assert!(!we_hold_the_camera());
                pause(400);
            }
            drop(call);
            rig.until("taken again", seconds(31), is_picture);
        });
    }
}

#[test]
#[ignore = "rig: --cam vivid"]
fn another_program_gets_the_camera_within_300_ms() {
    each_mode(|mode| {
        let rig = Rig::start(mode);
        assert!(is_picture(&rig.request().answer));
        match mode {
            CameraMode::Glance => drop(released(Duration::from_millis(300))),
            CameraMode::Continuous => assert!(we_hold_the_camera(), "it is kept"),
        }
        let call = Other::start("v4l2-ctl", &["-d", "/dev/video0", "--sleep", "4"]);
        while !holders().contains(&"v4l2-ctl".to_owned()) {
            pause(1);
        }
        let took = released(Duration::from_millis(300));
        println!("released after {} ms", took.as_millis());
        pause(50);
        // Nothing was asked for, and the state is told all the same.
        let states: Vec<CameraState> = rig
            .webcam
            .reports()
            .try_iter()
            .filter_map(|report| match report {
                CameraReport::State(state) => Some(state),
                CameraReport::Answer(_) => None,
            })
            .collect();
        assert!(
            matches!(states.last(), Some(CameraState::Busy { by: Some(by) }) if by == "v4l2-ctl"),
            "{states:?}"
        );
        assert!(busy_by(&rig.request().answer, "v4l2-ctl"));
        drop(call);
        let free_for = rig.until("taken again", seconds(5), is_picture);
        assert!(
            free_for > Duration::from_millis(2500),
            "too soon: {free_for:?}"
        );
    });
}

#[test]
#[ignore = "rig: --cam vivid"]
fn rest_closes_the_camera_within_a_second_and_a_look_opens_it() {
    each_mode(|mode| {
        let rig = Rig::start(mode);
        assert!(is_picture(&rig.request().answer));
        rig.webcam.close();
        println!("closed after {} ms", released(seconds(1)).as_millis());
        assert!(is_picture(&rig.request().answer));
        // What keeps the machine from sleeping is let go of when the camera is closed, not before.
        let (held, dropped) = crossbeam_channel::bounded::<()>(0);
        rig.webcam.close_then_drop(held);
        assert!(
            dropped
                .recv_timeout(seconds(1))
                .unwrap_err()
                .is_disconnected()
        );
        assert!(!we_hold_the_camera(), "still open");
        assert!(is_picture(&rig.request().answer));
        drop(rig);
        assert!(
            !we_hold_the_camera(),
            "dropping the webcam closes the camera"
        );
    });
}

#[test]
#[ignore = "rig: --cam vivid"]
fn an_unplugged_camera_is_said_and_found_again_under_another_index() {
    each_mode(|mode| {
        let rig = Rig::choosing("vivid", mode);
        assert!(is_picture(&rig.request().answer));
        shell("echo vivid.0 > /sys/bus/platform/drivers/vivid/unbind");
        let gone = |answer: &CaptureAnswer| {
            failed(answer, |error| {
                matches!(error, CameraError::Unplugged | CameraError::Missing { .. })
            })
        };
        rig.until("said to be gone", seconds(5), gone);
        pause(1500);
        // Something else takes the old index while the camera is away.
        shell("[ -e /dev/video0 ] || modprobe -d $RIG_GUEST v4l2loopback devices=1 video_nr=0");
        shell("echo vivid.0 > /sys/bus/platform/drivers/vivid/bind");
        rig.until("found again", seconds(31), is_picture);
        shell("ls /dev/video*");
    });
}

#[test]
#[ignore = "rig: --cam yuyv"]
fn a_stalled_camera_is_noticed_within_5_s_and_recovers() {
    each_mode(|mode| {
        let rig = Rig::start(mode);
        assert!(is_picture(&rig.request().answer));
        shell("kill -STOP $FEEDER");
        let stalled =
            |answer: &CaptureAnswer| failed(answer, |error| *error == CameraError::Stalled);
        rig.until("noticed", seconds(5), stalled);
        assert!(!we_hold_the_camera(), "a stalled camera is let go");
        shell("kill -CONT $FEEDER");
        rig.until("recovered", seconds(31), is_picture);
    });
}

#[test]
#[ignore = "rig: --cam mjpeg with its feeder replaced by one of faults"]
fn what_is_no_picture_ends_in_a_named_state() {
    let wanted = std::env::var("SITWELL_RIG_FAULT").unwrap();
    each_mode(|mode| {
        let rig = Rig::start(mode);
        let damaged = |answer: &CaptureAnswer| match wanted.as_str() {
            "damaged" => failed(answer, |error| *error == CameraError::Damaged),
            "wrong-size" => failed(answer, |error| {
                matches!(error, CameraError::WrongSize { .. })
            }),
            other => panic!("{other}"),
        };
        rig.until(&wanted, seconds(5), damaged);
        shell("touch $RIG_OUT/whole");
        rig.until("recovered", seconds(31), is_picture);
        shell("rm $RIG_OUT/whole; sleep 1");
    });
}

#[test]
#[ignore = "rig: --cam mjpeg whose feeder tears every second picture"]
fn torn_pictures_are_passed_over() {
    each_mode(|mode| {
        let rig = Rig::start(mode);
        for _ in 0..10 {
            let timed = rig.request();
            let CaptureAnswer::Frame { frame, .. } = &timed.answer else {
                panic!("{}", state(&timed.answer))
            };
            assert!(timed.age_ms <= FRESH_MS);
            // The lower half of a torn picture would be flat.
            let row = frame.pixels.rows().nth(470).unwrap();
            let (low, high) = row.fold((255, 0), |(low, high), p| (p[1].min(low), p[1].max(high)));
            assert!(high - low > 20, "the last rows are flat: {low}..{high}");
        }
    });
}

#[test]
#[ignore = "rig: --cam yuyv with its feeder replaced by one of GREY"]
fn a_grey_camera_gives_grey_pictures() {
    each_mode(|mode| {
        let timed = Rig::start(mode).request();
        let CaptureAnswer::Frame { frame, .. } = &timed.answer else {
            panic!("{}", state(&timed.answer))
        };
        assert_eq!(frame.pixels.dimensions(), (640, 480));
        assert!(frame.pixels.pixels().all(|p| p[0] == p[1] && p[1] == p[2]));
    });
}

#[test]
#[ignore = "rig: --cam yuyv; a stalled device is the worst place to lose one's parent"]
fn the_child_ends_with_its_parent_whatever_the_camera_does() {
    for stalled in [false, true] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_sitwell"))
            .args(["capture-child", "--mode=continuous"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        std::io::Write::write_all(&mut stdin, b"R").unwrap();
        while !we_hold_the_camera() {
            pause(10);
        }
        pause(300);
        if stalled {
            shell("kill -STOP $FEEDER");
            pause(500);
        }
        drop(stdin);
        println!(
            "stalled {stalled}: released after {} ms",
            released(seconds(1)).as_millis()
        );
        child.wait().unwrap();
    }
}

/// The kilobytes of memory and the number of files and threads of this process.
fn size() -> (u64, usize, usize) {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let resident = status
        .lines()
        .find(|line| line.starts_with("VmRSS"))
        .unwrap();
    let resident = resident.split_whitespace().nth(1).unwrap().parse().unwrap();
    let count = |folder: &str| fs::read_dir(folder).unwrap().count();
    (resident, count("/proc/self/fd"), count("/proc/self/task"))
}

/// Runs a cycle many times and fails if memory, files or threads have grown.
fn nothing_grows(cycle: impl Fn()) {
    let cycles: u32 = std::env::var("SITWELL_RIG_CYCLES").map_or(100, |text| text.parse().unwrap());
    // The first ones fill the allocator's pools.
    for _ in 0..cycles.min(20) {
        cycle();
    }
    pause(200);
    let before = size();
    for n in 1..=cycles {
        cycle();
        if n % 100 == 0 {
            println!("after {n}: {:?}", size());
        }
    }
    pause(200);
    let after = size();
    println!("{cycles} cycles: (KB, files, threads) {before:?} -> {after:?}");
    assert_eq!((before.1, before.2), (after.1, after.2));
    // The allocator keeps the room of a picture (0.9 MB) or two, whichever thread had it.
    assert!(after.0 < before.0 + 2 * 1024, "memory grew");
}

#[test]
#[ignore = "rig: --cam vivid"]
fn many_cycles_of_opening_and_closing_leak_nothing() {
    let rig = Rig::start(CameraMode::Glance);
    nothing_grows(|| {
        assert!(is_picture(&rig.request().answer));
        rig.webcam.close();
    });
    assert!(!we_hold_the_camera());
}

#[test]
#[ignore = "rig: --cam vivid"]
fn many_cycles_of_unplugging_and_replugging_leak_nothing() {
    let rig = Rig::start(CameraMode::Continuous);
    let wait_for = |wanted: fn(&CaptureAnswer) -> bool| {
        let since = Instant::now();
        while !wanted(&wait_for_frame(&rig.webcam)) {
            assert!(since.elapsed() < seconds(31), "it does not come");
            pause(50);
        }
    };
    nothing_grows(|| {
        wait_for(is_picture);
        shell("echo vivid.0 > /sys/bus/platform/drivers/vivid/unbind");
        wait_for(|answer| matches!(answer, CaptureAnswer::NoFrame(CameraState::Failed { .. })));
        shell("echo vivid.0 > /sys/bus/platform/drivers/vivid/bind");
        wait_for(is_picture);
    });
}

#[test]
#[ignore = "rig: --cam vivid; figures, not a test"]
fn what_a_minute_costs() {
    let every = 3000;
    each_mode(|mode| {
        let rig = Rig::start(mode);
        let (mut took, mut observations) = (Duration::ZERO, 0);
        let before = children_cpu();
        for _ in 0..20 {
            let timed = rig.request();
            assert!(is_picture(&timed.answer));
            took += timed.took;
            observations += 1;
            pause(every - timed.took.as_millis() as u64);
        }
        let ours = children_cpu()
            .iter()
            .map(|(pid, ms)| ms - before.get(pid).unwrap_or(&0))
            .sum::<u64>();
        println!(
            "{observations} observations in a minute: {ours} ms of CPU in Sitwell's processes; a look took {:?}",
            took / observations
        );
    });
}

#[test]
#[ignore = "rig: --cam vivid; figures, not a test"]
fn how_often_a_call_gets_the_camera_at_its_first_try() {
    each_mode(|mode| {
        let (mut got, tries) = (0, 20);
        for n in 0..tries {
            // An observation every 3 s; the call comes at any moment of them.
            let rig = Rig::start(mode);
            assert!(is_picture(&rig.request().answer));
            rig.webcam.request_frame();
            pause(n * 3000 / tries);
            let call = ["-d", "/dev/video0", "--stream-mmap", "--stream-count=2"];
            let status = Command::new("v4l2-ctl").args(call).output().unwrap().status;
            got += u32::from(status.success());
        }
        println!("{got} of {tries} calls got the camera at once");
    });
}

/// Milliseconds of processor time of each process called sitwell or of this test, to 10 ms.
fn children_cpu() -> std::collections::BTreeMap<u32, u64> {
    let me = std::process::id();
    let mut all = std::collections::BTreeMap::new();
    for process in fs::read_dir("/proc").unwrap().flatten() {
        let Some(pid) = process
            .file_name()
            .to_str()
            .and_then(|name| name.parse().ok())
        else {
            continue;
        };
        let Ok(stat) = fs::read_to_string(process.path().join("stat")) else {
            continue;
        };
        let Some((name, rest)) = stat.rsplit_once(") ") else {
            continue;
        };
        if pid != me && !name.ends_with("(sitwell") {
            continue;
        }
        let fields: Vec<&str> = rest.split(' ').collect();
        all.insert(
            pid,
            (fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()) * 10,
        );
    }
    all
}
