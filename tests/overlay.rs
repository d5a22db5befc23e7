//! The dimmed edges on real servers with two screens: Xvfb with a compositor, and sway. Needs the Debian
//! packages xvfb, picom, sway and grim; without them the tests say so and are skipped.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests are tests too"
)]

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use sitwell::foreground::program_in_front;
use sitwell::overlay::{DimmedEdges, OverlayError};
use x11rb::connection::Connection;
use x11rb::protocol::randr::{ConnectionExt as _, MonitorInfo};
use x11rb::protocol::shape::{self, ConnectionExt as _};
use x11rb::protocol::xproto::{
    AtomEnum, ConnectionExt as _, CreateWindowAux, ImageFormat, MapState, PropMode, Window,
    WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

/// Set in the run that has a screen of its own.
const INSIDE: &str = "SITWELL_TEST_SCREEN";

const SIZE: (u16, u16) = (800, 300);

/// Runs the named test again with a screen of its own: the server is found through the environment,
/// which a test must not change in its own process. False when this is that run.
fn outside(test: &str) -> bool {
    if std::env::var_os(INSIDE).is_some() {
        return false;
    }
    if is_missing(test, &["Xvfb", "picom"]) {
        return true;
    }
    let mut screen = Command::new("Xvfb")
        .args(["-displayfd", "1", "-nolisten", "tcp", "-noreset"])
        .args(["-screen", "0"])
        .arg(format!("{}x{}x24", SIZE.0, SIZE.1))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut number = String::new();
    let mut out = BufReader::new(screen.stdout.take().unwrap());
    out.read_line(&mut number).unwrap();
    let number = number.trim();
    run_inside(test, &[("DISPLAY", format!(":{number}"))]);
    screen.kill().unwrap();
    screen.wait().unwrap();
    true
}

/// Whether a tool is missing; then the test is skipped.
fn is_missing(test: &str, tools: &[&str]) -> bool {
    let is_there = |tool: &&&str| {
        std::env::var_os("PATH").is_some_and(|path| {
            std::env::split_paths(&path).any(|folder| folder.join(tool).exists())
        })
    };
    let missing = tools.iter().find(|tool| !is_there(tool));
    if let Some(tool) = missing {
        // Written past the test harness, which keeps what a passing test prints to itself.
        let _ = writeln!(
            std::io::stderr(),
            "SKIPPED {test}: {tool} is missing (apt-get install xvfb picom sway grim)"
        );
    }
    missing.is_some()
}

/// Runs the named test again, with only this desktop in its environment.
fn run_inside(test: &str, desktop: &[(&str, String)]) {
    let done = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(INSIDE, "1")
        .env_remove("WAYLAND_DISPLAY")
        .envs(desktop.iter().map(|(name, value)| (name, value)))
        .output()
        .unwrap();
    let said =
        String::from_utf8_lossy(&done.stderr).into_owned() + &String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success() && said.contains("1 passed"), "{said}");
}

fn until(what: &str, mut done: impl FnMut() -> bool) {
    for _ in 0..1000 {
        if done() {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("{what}: not within 20 seconds");
}

/// A client that looks at the screen, and a compositor if one is wanted.
struct Desk {
    connection: RustConnection,
    root: Window,
    compositor: Option<Child>,
}

impl Drop for Desk {
    fn drop(&mut self) {
        if let Some(mut compositor) = self.compositor.take() {
            let _ = compositor.kill();
            let _ = compositor.wait();
        }
    }
}

impl Desk {
    fn new() -> Desk {
        let (connection, number) = RustConnection::connect(None).unwrap();
        let root = connection.setup().roots[number].root;
        Desk {
            connection,
            root,
            compositor: None,
        }
    }

    /// Two screens beside each other, on a white desk.
    fn with_two_screens(self) -> Desk {
        let half = SIZE.0 / 2;
        let resources = self
            .connection
            .randr_get_screen_resources_current(self.root);
        // A screen that takes the only output replaces the one that the server made of it.
        let mut outputs = resources.unwrap().reply().unwrap().outputs;
        for (name, x) in [("left", 0), ("right", half)] {
            let atom = self.connection.intern_atom(false, name.as_bytes());
            let monitor = MonitorInfo {
                name: atom.unwrap().reply().unwrap().atom,
                primary: x == 0,
                automatic: false,
                x: x as i16,
                y: 0,
                width: half,
                height: SIZE.1,
                width_in_millimeters: 100,
                height_in_millimeters: 80,
                outputs: std::mem::take(&mut outputs),
            };
            let set = self.connection.randr_set_monitor(self.root, monitor);
            set.unwrap().check().unwrap();
        }
        // Compositors do not agree on what is behind all windows, so a white window is the desk.
        let white = CreateWindowAux::new()
            .background_pixel(0x00ff_ffff)
            .override_redirect(1);
        let window = self.connection.generate_id().unwrap();
        self.connection
            .create_window(
                x11rb::COPY_DEPTH_FROM_PARENT,
                window,
                self.root,
                0,
                0,
                SIZE.0,
                SIZE.1,
                0,
                WindowClass::INPUT_OUTPUT,
                x11rb::COPY_FROM_PARENT,
                &white,
            )
            .unwrap();
        self.connection.map_window(window).unwrap();
        self.connection.sync().unwrap();
        self
    }

    fn with_compositor(mut self) -> Desk {
        let picom = Command::new("picom")
            .args(["--backend", "xrender", "--config", "/dev/null"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        self.compositor = Some(picom.unwrap());
        let atom = self.connection.intern_atom(false, b"_NET_WM_CM_S0");
        let atom = atom.unwrap().reply().unwrap().atom;
        until("a compositor", || {
            let owner = self.connection.get_selection_owner(atom);
            owner.unwrap().reply().unwrap().owner != x11rb::NONE
        });
        self
    }

    /// The windows that no window manager touches and that are shown, with where they are.
    fn windows(&self) -> Vec<(Window, (i16, i16, u16, u16))> {
        let tree = self.connection.query_tree(self.root);
        let children = tree.unwrap().reply().unwrap().children;
        let of_ours = children.into_iter().filter_map(|window| {
            let class = self.connection.get_property(
                false,
                window,
                AtomEnum::WM_CLASS,
                AtomEnum::STRING,
                0,
                100,
            );
            let class = class.ok()?.reply().ok()?.value;
            let attributes = self.connection.get_window_attributes(window).ok()?;
            let attributes = attributes.reply().ok()?;
            let place = self.connection.get_geometry(window).ok()?.reply().ok()?;
            let is_ours = class.starts_with(b"sitwell");
            (is_ours && attributes.map_state == MapState::VIEWABLE).then(|| {
                assert!(attributes.override_redirect);
                (window, (place.x, place.y, place.width, place.height))
            })
        });
        of_ours.collect()
    }

    /// How bright a pixel of the screen is, 0 to 255.
    fn brightness(&self, x: i16, y: i16) -> u8 {
        let image = self
            .connection
            .get_image(ImageFormat::Z_PIXMAP, self.root, x, y, 1, 1, !0);
        image.unwrap().reply().unwrap().data[1]
    }
}

#[test]
fn the_edges_of_every_screen_darken_and_clicks_go_through() {
    if outside("the_edges_of_every_screen_darken_and_clicks_go_through") {
        return;
    }
    let desk = Desk::new().with_two_screens().with_compositor();
    until("a white desk", || desk.brightness(200, 150) == 255);
    let mut edges = DimmedEdges::new().unwrap();
    assert!(desk.windows().is_empty());

    edges.dim(0.35).unwrap();
    until("eight windows", || desk.windows().len() == 8);
    let windows = desk.windows();
    let mut places: Vec<_> = windows.iter().map(|(_, place)| *place).collect();
    places.sort_unstable();
    // An eighth of the shorter side, 300, at each edge of both screens.
    assert_eq!(
        places,
        [
            (0, 0, 36, 300),
            (0, 0, 400, 36),
            (0, 264, 400, 36),
            (364, 0, 36, 300),
            (400, 0, 36, 300),
            (400, 0, 400, 36),
            (400, 264, 400, 36),
            (764, 0, 36, 300),
        ]
    );
    for (window, _) in windows {
        let shape = desk
            .connection
            .shape_get_rectangles(window, shape::SK::INPUT);
        let rectangles = shape.unwrap().reply().unwrap().rectangles;
        assert!(rectangles.is_empty(), "clicks stop at {window}");
    }
    // The rims of both screens, then their middles.
    let rims = [
        (1, 150),
        (200, 1),
        (200, 298),
        (398, 150),
        (401, 150),
        (798, 150),
    ];
    let is_between = |(x, y): (i16, i16), low: u8, high: u8| {
        let brightness = desk.brightness(x, y);
        (low..=high).contains(&brightness)
    };
    until("dimmed rims", || {
        rims.iter().all(|rim| is_between(*rim, 150, 185))
    });
    assert_eq!(desk.brightness(200, 150), 255);
    assert_eq!(desk.brightness(600, 150), 255);

    edges.dim(0.7).unwrap();
    until("darker rims", || {
        rims.iter().all(|rim| is_between(*rim, 70, 105))
    });
    assert_eq!(desk.windows().len(), 8, "the same windows");
    photograph("edges");

    drop(edges);
    until("nothing is left", || desk.windows().is_empty());
    until("a white desk", || {
        rims.iter().all(|(x, y)| desk.brightness(*x, *y) == 255)
    });
}

#[test]
fn without_a_compositor_nothing_is_shown_and_the_reason_is_given() {
    if outside("without_a_compositor_nothing_is_shown_and_the_reason_is_given") {
        return;
    }
    let error = DimmedEdges::new().err().unwrap();
    assert!(matches!(error, OverlayError::NoCompositor), "{error}");

    let mut desk = Desk::new().with_compositor();
    let mut edges = DimmedEdges::new().unwrap();
    edges.dim(0.5).unwrap();
    let mut compositor = desk.compositor.take().unwrap();
    compositor.kill().unwrap();
    compositor.wait().unwrap();
    until("the end of the compositor is noticed", || {
        matches!(edges.dim(0.5), Err(OverlayError::NoCompositor))
    });
}

/// Keeps a picture of the screen to be looked at, where ImageMagick is there.
fn photograph(name: &str) {
    let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.png"));
    let _ = Command::new("import")
        .args(["-window", "root"])
        .arg(file)
        .status();
}

/// The user and group `nobody`, as sway does not run as root.
const NOBODY: u32 = 65534;

/// Runs the named test again on a sway with two screens; false when this is that run.
fn outside_of_sway(test: &str) -> bool {
    if std::env::var_os(INSIDE).is_some() {
        return false;
    }
    if is_missing(test, &["sway", "grim", "setpriv"]) {
        return true;
    }
    let folder = tempfile::tempdir().unwrap();
    let is_root = rustix::process::geteuid().is_root();
    let mut words = vec!["sway", "--config", "/dev/null"];
    if is_root {
        let nobody = Some(NOBODY);
        std::os::unix::fs::chown(folder.path(), nobody, nobody).unwrap();
        let become_nobody = [
            "setpriv",
            "--reuid=65534",
            "--regid=65534",
            "--clear-groups",
        ];
        words.splice(0..0, become_nobody);
    }
    let mut sway = Command::new(words[0])
        .args(&words[1..])
        .env("HOME", folder.path())
        .env("XDG_RUNTIME_DIR", folder.path())
        .env("WLR_BACKENDS", "headless")
        .env("WLR_HEADLESS_OUTPUTS", "2")
        .env("WLR_RENDERER", "pixman")
        .env("WLR_LIBINPUT_NO_DEVICES", "1")
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let found = |begin: &str| {
        let files = std::fs::read_dir(folder.path()).unwrap().flatten();
        let mut names = files.map(|file| file.file_name().to_string_lossy().into_owned());
        names.find(|name| name.starts_with(begin) && !name.ends_with(".lock"))
    };
    until("sway", || {
        found("wayland-").is_some() && found("sway-ipc").is_some()
    });
    let path = |name: String| folder.path().join(name).display().to_string();
    let desktop = [
        ("XDG_RUNTIME_DIR", path(String::new())),
        ("WAYLAND_DISPLAY", found("wayland-").unwrap()),
        ("SWAYSOCK", path(found("sway-ipc").unwrap())),
    ];
    run_inside(test, &desktop);
    sway.kill().unwrap();
    sway.wait().unwrap();
    true
}

/// How bright a screen of sway is at its left rim and in its middle, 0 to 255. The picture is kept.
fn rim_and_middle(screen: &str) -> (u8, u8) {
    let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{screen}.png"));
    let taken = Command::new("grim")
        .args(["-o", screen])
        .arg(&file)
        .status();
    assert!(taken.unwrap().success(), "{screen}");
    let picture = image::open(file).unwrap().to_luma8();
    let (width, height) = picture.dimensions();
    let at = |x, y| picture.get_pixel(x, y).0[0];
    (at(1, height / 2), at(width / 2, height / 2))
}

#[test]
fn the_edges_of_every_screen_darken_on_wayland_too() {
    if outside_of_sway("the_edges_of_every_screen_darken_on_wayland_too") {
        return;
    }
    let bright = rim_and_middle("HEADLESS-1").1;
    assert!(bright > 40, "{bright}");
    let mut edges = DimmedEdges::new().unwrap();
    edges.dim(0.35).unwrap();
    let is_dim = |screen: &str, low: f32, high: f32| {
        let (rim, middle) = rim_and_middle(screen);
        let part = f32::from(rim) / f32::from(bright);
        middle == bright && (low..high).contains(&part)
    };
    for screen in ["HEADLESS-1", "HEADLESS-2"] {
        until("dimmed rims", || is_dim(screen, 0.6, 0.72));
    }
    // A screen that is connected while they are dim.
    let connected = Command::new("swaymsg").arg("create_output").output();
    assert!(connected.unwrap().status.success());
    edges.dim(0.7).unwrap();
    for screen in ["HEADLESS-1", "HEADLESS-2", "HEADLESS-3"] {
        until("darker rims", || is_dim(screen, 0.25, 0.4));
    }
    drop(edges);
    for screen in ["HEADLESS-1", "HEADLESS-2", "HEADLESS-3"] {
        until("nothing is left", || {
            rim_and_middle(screen) == (bright, bright)
        });
    }
}

#[test]
fn the_program_in_front_is_that_of_the_active_window() {
    if outside("the_program_in_front_is_that_of_the_active_window") {
        return;
    }
    assert_eq!(program_in_front(), None);
    let (connection, number) = RustConnection::connect(None).unwrap();
    let screen = &connection.setup().roots[number];
    let window = connection.generate_id().unwrap();
    connection
        .create_window(
            0,
            window,
            screen.root,
            0,
            0,
            10,
            10,
            0,
            WindowClass::INPUT_OUTPUT,
            0,
            &CreateWindowAux::new(),
        )
        .unwrap();
    let class = b"zoom\0Zoom Workplace\0";
    connection
        .change_property8(
            PropMode::REPLACE,
            window,
            AtomEnum::WM_CLASS,
            AtomEnum::STRING,
            class,
        )
        .unwrap();
    let active = connection.intern_atom(false, b"_NET_ACTIVE_WINDOW");
    let active = active.unwrap().reply().unwrap().atom;
    for (front, wanted) in [(window, Some("zoom Zoom Workplace")), (0, None)] {
        connection
            .change_property32(
                PropMode::REPLACE,
                screen.root,
                active,
                AtomEnum::WINDOW,
                &[front],
            )
            .unwrap();
        connection.sync().unwrap();
        assert_eq!(program_in_front().as_deref(), wanted);
    }
}
