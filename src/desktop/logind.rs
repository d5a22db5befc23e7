//! logind: whether the session is locked, in front and idle, and that the machine goes to sleep.

use std::collections::HashMap;
use std::env;

use zbus::{Message, OwnedObjectPath};

use super::listener::{Changed, Line, PROPERTIES, changed, is, is_about};
use super::{DesktopEvent, ReasonSource, SleepDelay};
use crate::record::NotWatching;

/// systemd's and elogind's name.
pub(super) const SERVICE: &str = "org.freedesktop.login1";

const OBJECT: &str = "/org/freedesktop/login1";
const SESSIONS: &str = "/org/freedesktop/login1/session";
const MANAGER: &str = "org.freedesktop.login1.Manager";
const SESSION: &str = "org.freedesktop.login1.Session";

/// The properties of a session that matter, with the reason that each gives and the value that gives it.
const FLAGS: [(&str, NotWatching, bool); 3] = [
    ("LockedHint", NotWatching::Locked, true),
    ("Active", NotWatching::SessionInactive, false),
    ("IdleHint", NotWatching::Idle, true),
];

/// What to be told of.
pub(super) fn rules() -> Vec<String> {
    vec![
        format!("type='signal',sender='{SERVICE}',path='{OBJECT}',interface='{MANAGER}'"),
        format!(
            "type='signal',sender='{SERVICE}',path_namespace='{SESSIONS}',interface='{SESSION}'"
        ),
        format!(
            "type='signal',sender='{SERVICE}',path_namespace='{SESSIONS}',interface='{PROPERTIES}'"
        ),
    ]
}

/// What is to be remembered.
#[derive(Default)]
pub(super) struct Logind {
    /// The session of the user's desktop; none outside of one.
    session: Option<OwnedObjectPath>,
    /// What holds the machine back from sleeping until the camera is closed.
    delay: Option<zbus::OwnedFd>,
}

impl Logind {
    pub(super) async fn begin(&mut self, line: &Line<'_>) -> zbus::Result<()> {
        // One that an earlier logind gave holds nothing back.
        self.delay = None;
        self.hold(line).await;
        self.find_session(line).await
    }

    pub(super) async fn hear(&mut self, line: &Line<'_>, signal: &Message) -> zbus::Result<()> {
        if is(signal, MANAGER, "PrepareForSleep") {
            return match signal.body().deserialize::<bool>() {
                Ok(true) => {
                    let held = self.delay.take();
                    line.tell(DesktopEvent::Sleeping(SleepDelay::new(
                        held.map(|fd| Box::new(fd) as _),
                    )));
                    Ok(())
                }
                Ok(false) => {
                    line.says(ReasonSource::Logind, NotWatching::Suspended, false);
                    self.hold(line).await;
                    Ok(())
                }
                Err(_) => Ok(()),
            };
        }
        if is(signal, MANAGER, "SessionNew") || is(signal, MANAGER, "SessionRemoved") {
            return self.find_session(line).await;
        }
        match &self.session {
            Some(session) if is_about(signal, session.as_str()) => {}
            Some(_) | None => return Ok(()),
        }
        if is(signal, SESSION, "Lock") {
            line.tell(DesktopEvent::LockAsked);
        } else if is(signal, SESSION, "Unlock") {
            line.tell(DesktopEvent::UnlockAsked);
        }
        match changed(signal, SESSION) {
            Some(Changed::To(flags)) => tell(line, &flags),
            Some(Changed::Somehow) => self.ask(line).await?,
            None => {}
        }
        Ok(())
    }

    /// Has the machine wait before it sleeps. Where that is not granted, sleep comes without a wait.
    async fn hold(&mut self, line: &Line<'_>) {
        let place = (SERVICE, OBJECT, MANAGER);
        let words = ("sleep", "Sitwell", "Closes the camera first", "delay");
        match line.call(place, "Inhibit", &words).await {
            Ok(answer) => self.delay = answer.body().deserialize().ok(),
            Err(error) => {
                tracing::debug!(%error, "the machine will not wait for the camera before it sleeps");
            }
        }
    }

    /// Finds the session of the user's desktop anew, and how it stands.
    async fn find_session(&mut self, line: &Line<'_>) -> zbus::Result<()> {
        let place = (SERVICE, OBJECT, MANAGER);
        let mut found = line.call(place, "GetSession", &"auto").await;
        // Before systemd 243 it knew no "auto".
        if let (Err(_), Ok(own)) = (&found, env::var("XDG_SESSION_ID")) {
            found = line.call(place, "GetSession", &own).await;
        }
        let session = match found {
            Ok(answer) => answer.body().deserialize().ok(),
            Err(error) => {
                tracing::debug!(%error, "no session of a desktop");
                None
            }
        };
        if session != self.session {
            for (_, why, _) in FLAGS {
                line.says(ReasonSource::Logind, why, false);
            }
            self.session = session;
        }
        self.ask(line).await
    }

    /// Asks how the session stands.
    async fn ask(&self, line: &Line<'_>) -> zbus::Result<()> {
        if let Some(session) = &self.session {
            let flags = line.flags((SERVICE, session.as_str(), SESSION)).await?;
            tell(line, &flags);
        }
        Ok(())
    }
}

fn tell(line: &Line<'_>, flags: &HashMap<String, bool>) {
    for (name, why, gives) in FLAGS {
        if let Some(value) = flags.get(name) {
            line.says(ReasonSource::Logind, why, *value == gives);
        }
    }
}
