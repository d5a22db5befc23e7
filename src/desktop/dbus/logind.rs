//! logind: whether the session is locked, in front and idle, and whether the machine goes to sleep.

use std::env;

use zbus::fdo::PropertiesChanged;

use zbus::{MatchRule, Message, ObjectPath, OwnedObjectPath};

use super::link::{Link, signals_of};
use crate::desktop::{DesktopEvent, ReasonSource, SleepDelay};
use crate::record::NotWatching;

/// The name that systemd and elogind use.
pub(super) const SERVICE: &str = "org.freedesktop.login1";

const SESSION: &str = "org.freedesktop.login1.Session";

/// The properties of a session that matter: the name, the reason that each gives, and the value that
/// gives it.
const FLAGS: [(&str, NotWatching, bool); 3] = [
    ("LockedHint", NotWatching::Locked, true),
    ("Active", NotWatching::SessionInactive, false),
    ("IdleHint", NotWatching::Idle, true),
];

#[zbus::proxy(
    interface = "org.freedesktop.login1.Manager",
    default_service = "org.freedesktop.login1",
    default_path = "/org/freedesktop/login1"
)]
trait Manager {
    fn get_session(&self, id: &str) -> zbus::Result<OwnedObjectPath>;
    fn inhibit(&self, what: &str, who: &str, why: &str, mode: &str) -> zbus::Result<zbus::OwnedFd>;
    #[zbus(signal)]
    fn prepare_for_sleep(&self, starting: bool) -> zbus::Result<()>;
    #[zbus(signal)]
    fn session_new(&self, id: &str, path: ObjectPath<'_>) -> zbus::Result<()>;
    #[zbus(signal)]
    fn session_removed(&self, id: &str, path: ObjectPath<'_>) -> zbus::Result<()>;
}

#[zbus::proxy(interface = "org.freedesktop.login1.Session")]
trait Session {
    #[zbus(signal)]
    fn lock(&self) -> zbus::Result<()>;
    #[zbus(signal)]
    fn unlock(&self) -> zbus::Result<()>;
}

/// Users, seats and the manager's own properties are left out.
pub(super) fn rules() -> zbus::Result<Vec<MatchRule<'static>>> {
    let manager = signals_of(SERVICE).interface("org.freedesktop.login1.Manager");
    let sessions = signals_of(SERVICE).path_namespace("/org/freedesktop/login1/session");
    Ok(vec![manager.build()?, sessions.build()?])
}

/// What must be remembered of logind.
#[derive(Default)]
pub(super) struct Logind {
    /// The session of the user's desktop, if there is one.
    session: Option<OwnedObjectPath>,
    /// Delays sleep until the camera is closed.
    inhibitor: Option<zbus::OwnedFd>,
}

impl Logind {
    pub(super) async fn read_state(&mut self, link: &Link<'_>) -> zbus::Result<()> {
        let manager = ManagerProxy::new(link.connection).await?;
        self.inhibit_sleep(&manager).await;
        self.find_session(&manager, link).await
    }

    pub(super) async fn on_signal(
        &mut self,
        link: &Link<'_>,
        signal: &Message,
    ) -> zbus::Result<()> {
        if let Some(sleep) = PrepareForSleep::from_message(signal.clone()) {
            match sleep.args()?.starting {
                true => {
                    let inhibitor = self.inhibitor.take().map(|fd| Box::new(fd) as _);
                    link.send(DesktopEvent::Suspending(SleepDelay::new(inhibitor)));
                }
                false => {
                    link.report(ReasonSource::Logind, NotWatching::Suspended, false);
                    let manager = ManagerProxy::new(link.connection).await?;
                    self.inhibit_sleep(&manager).await;
                }
            }
        } else if SessionNew::from_message(signal.clone()).is_some()
            || SessionRemoved::from_message(signal.clone()).is_some()
        {
            let manager = ManagerProxy::new(link.connection).await?;
            self.find_session(&manager, link).await?;
        } else if signal.header().path() == self.session.as_deref() {
            self.on_session_signal(link, signal).await?;
        }
        Ok(())
    }

    async fn on_session_signal(&self, link: &Link<'_>, signal: &Message) -> zbus::Result<()> {
        if Lock::from_message(signal.clone()).is_some() {
            link.send(DesktopEvent::LockRequested);
        } else if Unlock::from_message(signal.clone()).is_some() {
            link.send(DesktopEvent::UnlockRequested);
        } else if let Some(change) = PropertiesChanged::from_message(signal.clone()) {
            let change = change.args()?;
            if change.interface_name != SESSION {
                return Ok(());
            }
            if !change.invalidated_properties.is_empty() {
                return self.read_session(link).await;
            }
            // The values in the signal, in their order: a lock may be over before it could be read.
            report(link, |name| {
                change.changed_properties.get(name)?.try_into().ok()
            });
        }
        Ok(())
    }

    /// Asks logind to wait before the machine sleeps. If it refuses, sleep does not wait for the camera.
    async fn inhibit_sleep(&mut self, manager: &ManagerProxy<'_>) {
        // One from before logind restarted delays nothing.
        self.inhibitor = None;
        match manager
            .inhibit("sleep", "Sitwell", "Closes the camera first", "delay")
            .await
        {
            Ok(inhibitor) => self.inhibitor = Some(inhibitor),
            Err(error) => tracing::debug!(%error, "sleep will not wait for the camera to close"),
        }
    }

    /// Finds the session of the user's desktop and reports its state.
    async fn find_session(
        &mut self,
        manager: &ManagerProxy<'_>,
        link: &Link<'_>,
    ) -> zbus::Result<()> {
        let mut found = manager.get_session("auto").await;
        // systemd before 243 does not know "auto".
        if let (Err(_), Ok(id)) = (&found, env::var("XDG_SESSION_ID")) {
            found = manager.get_session(&id).await;
        }
        let session = found
            .inspect_err(|error| tracing::debug!(%error, "no desktop session"))
            .ok();
        if session != self.session {
            for (_, reason, _) in FLAGS {
                link.report(ReasonSource::Logind, reason, false);
            }
            self.session = session;
        }
        self.read_session(link).await
    }

    async fn read_session(&self, link: &Link<'_>) -> zbus::Result<()> {
        if let Some(session) = &self.session {
            let flags = link.flags(SERVICE, session.as_str(), SESSION).await?;
            report(link, |name| flags.get(name).copied());
        }
        Ok(())
    }
}

/// Reports the flags that are known.
fn report(link: &Link<'_>, flag: impl Fn(&str) -> Option<bool>) {
    for (name, reason, holds_at) in FLAGS {
        if let Some(value) = flag(name) {
            link.report(ReasonSource::Logind, reason, value == holds_at);
        }
    }
}
