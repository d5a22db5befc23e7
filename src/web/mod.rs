//! The dashboard: pages for the browser of this user on this computer (the door to axum and tokio).
//!
//! It is a process of its own, because the monitor keeps out of the network. It knows the monitor
//! only through the control socket. Nobody else gets in: `guard` refuses what other pages and other
//! users may try, and `session` lets in the one browser that was opened. The pages need hardly any
//! script: the server renders what changes. What a button does is the caller's.

mod assets;
mod camera_tasks;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzz;
mod guard;
mod live;
mod open_pages;
mod pages;
mod routes;
mod server;
mod session;

use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use camera_tasks::CameraTasks;
pub(crate) use camera_tasks::{
    CameraOutcome, CameraTask, CameraView, OfferedCamera, TakenCalibration,
};
use jiff::Timestamp;
use live::Live;
use open_pages::OpenPages;
pub(crate) use pages::Page;
use session::Session;

use crate::control::PauseLength;
use crate::history::FILE_NAME;
use crate::posture::{Fault, SidePoints};
use crate::record::DeskChangeKind;
use crate::settings::{self, SettingChange, Settings, SettingsError};
use crate::stretch::{Catalogue, Outcome, StretchSettings};

/// What the dashboard shows, and how.
pub(crate) struct DashboardOptions {
    /// The data folder.
    pub(crate) folder: PathBuf,
    /// The data folder, if it is not the usual one.
    pub(crate) data_dir: Option<PathBuf>,
    /// The settings file, if it is not the usual one.
    pub(crate) settings: Option<PathBuf>,
    /// The page that the browser is taken to.
    pub(crate) first_page: Page,
    /// The port; 0 for any free one.
    pub(crate) port: u16,
    /// Does what a button asks for, and returns the answer or the error in words.
    pub(crate) perform: Box<dyn Fn(DashboardAction) -> Result<String, String> + Send + Sync>,
    /// Checks everything that Sitwell needs.
    pub(crate) check: Box<dyn Fn() -> Result<Vec<DoctorCheck>, String> + Send + Sync>,
    /// Lists the cameras.
    pub(crate) cameras: Box<dyn Fn() -> Result<Vec<OfferedCamera>, String> + Send + Sync>,
    /// Guesses tragus and C7 in a photograph from the side, a JPEG or PNG file.
    pub(crate) guess: Box<GuessPoints>,
    /// Does something with the camera, and shows how it goes for as long as somebody looks.
    pub(crate) camera: Box<UseCamera>,
}

type GuessPoints = dyn Fn(&[u8]) -> Result<SidePoints, String> + Send + Sync;

type UseCamera = dyn Fn(&CameraTask, &mut dyn FnMut(CameraView) -> ControlFlow<()>) -> Result<CameraOutcome, String>
    + Send
    + Sync;

/// The result of one of doctor's checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DoctorCheck {
    pub(crate) name: &'static str,
    pub(crate) status: CheckStatus,
    pub(crate) message: String,
    /// How to fix it, a sentence.
    pub(crate) fix: Option<String>,
}

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CheckStatus {
    Ok,
    Problem,
    /// It could not run because of another problem.
    Unknown,
}

/// What a button asks for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum DashboardAction {
    Start,
    Restart,
    Pause(PauseLength),
    Resume,
    StartAtLogin,
    DoNotStartAtLogin,
    /// Keep what became of a guided stretch.
    KeepStretch {
        stretch: String,
        outcome: Outcome,
    },
    ChangeSettings(Vec<SettingChange>),
    /// Replace the file of own stretches by this text.
    ChangeOwnStretches(String),
    /// Measure against this calibration from now on.
    KeepCalibration(Box<TakenCalibration>),
    /// A nudge, by its instant to the millisecond, was a false alarm.
    Appeal(Timestamp),
    /// Do what a proposal after false alarms says, or drop it.
    SettleProposal {
        fault: Fault,
        /// What the yes changes; nothing after a no.
        change: Option<SettingChange>,
    },
    /// Compare a photograph with what the webcam said in that minute.
    CheckPhoto(ClickedPhoto),
    /// Something was changed at the desk.
    NoteDeskChange(DeskChangeKind),
    /// Delete the whole history.
    Wipe,
}

/// What was clicked on a photograph from the side.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ClickedPhoto {
    pub(crate) taken: Timestamp,
    /// Tragus and C7, twice, rightwards and downwards in pixels.
    pub(crate) clicks: [((f64, f64), (f64, f64)); 2],
}

/// A dashboard that listens.
pub(crate) struct Dashboard {
    listener: TcpListener,
    app: Arc<App>,
}

/// What all pages share.
struct App {
    options: DashboardOptions,
    /// The port that it listens on.
    port: u16,
    session: Session,
    live: Live,
    open_pages: OpenPages,
    camera_tasks: CameraTasks,
    /// The last checks.
    checked: Mutex<Option<Result<Vec<DoctorCheck>, String>>>,
    /// The answer to the last button, until a page shows it.
    said: Mutex<Option<Result<String, String>>>,
}

impl Dashboard {
    /// Listens on this computer only.
    pub(crate) fn bind(options: DashboardOptions) -> io::Result<Dashboard> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port))?;
        let port = listener.local_addr()?.port();
        Ok(Dashboard {
            listener,
            app: Arc::new(App {
                port,
                session: Session::new()?,
                live: Live::start(options.folder.clone())?,
                open_pages: OpenPages::new(crate::clock::instant()),
                camera_tasks: CameraTasks::default(),
                checked: Mutex::new(None),
                said: Mutex::new(None),
                options,
            }),
        })
    }

    /// The port that it listens on. No other dashboard has it.
    pub(crate) fn port(&self) -> u16 {
        self.app.port
    }

    /// The address that lets a browser in, once.
    pub(crate) fn address(&self) -> String {
        self.app.session.address(self.app.port)
    }

    /// A page that takes the browser to [`Dashboard::address`].
    pub(crate) fn redirect(&self) -> String {
        pages::redirect(&self.address()).into_string()
    }

    /// Does something before anybody presses a button. If that fails, the next page says so.
    pub(crate) fn begin_with(&self, action: DashboardAction) -> io::Result<()> {
        let app = Arc::clone(&self.app);
        thread::Builder::new()
            .name("begin".to_owned())
            .spawn(move || {
                if let Err(error) = (app.options.perform)(action) {
                    *app.said.lock().unwrap_or_else(PoisonError::into_inner) = Some(Err(error));
                }
            })
            .map(drop)
    }

    /// Serves until Ctrl-C, or until no page has been open for a while.
    pub(crate) fn serve(self) -> io::Result<()> {
        server::run(self.listener, self.app, server::ConnectionLimits::default())
    }
}

impl App {
    /// The settings as they are now. Where the file has a mistake these are the defaults; the
    /// settings page says what it is.
    fn settings(&self) -> Settings {
        let loaded = settings::load(self.options.settings.as_deref());
        loaded.map(|loaded| loaded.settings).unwrap_or_default()
    }

    /// The stretches, and what the settings say about them.
    fn stretches(&self) -> Result<(StretchSettings, Catalogue), String> {
        let load = || {
            let loaded = settings::load(self.options.settings.as_deref())?;
            let catalogue = settings::load_catalogue(&loaded.settings.stretch, loaded.folder())?;
            Ok((loaded.settings.stretch, catalogue))
        };
        load().map_err(|error: SettingsError| routes::chain(&error))
    }

    /// The file of the history.
    fn history(&self) -> PathBuf {
        self.options.folder.join(FILE_NAME)
    }
}
