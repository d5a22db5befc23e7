//! A mocked logind with one session.

use crate::private::{Bus, Mock};

const SERVICE: &str = "org.freedesktop.login1";
const OBJECT: &str = "/org/freedesktop/login1";
const MANAGER: &str = "org.freedesktop.login1.Manager";
const SESSION: &str = "/org/freedesktop/login1/session/auto";
const SESSION_INTERFACE: &str = "org.freedesktop.login1.Session";

/// A mocked logind.
pub(crate) struct Logind(Mock);

impl Logind {
    /// Starts it with the session that the user is in.
    pub(crate) fn start(bus: &Bus, python: &str) -> Logind {
        let logind = Logind(bus.mock(python, "logind"));
        logind.open_session();
        logind
    }

    fn open_session(&self) {
        let session = ("auto", "seat0", 1000_u32, "somebody", true);
        self.0.lead(SERVICE, OBJECT, "AddSession", &session);
    }

    /// Says that a property of the session has changed.
    pub(crate) fn session(&self, name: &str, value: bool) {
        let place = (SERVICE, SESSION, SESSION_INTERFACE);
        self.0.set(place, name, value);
    }

    /// Asks the session to lock or unlock, as `loginctl` does.
    pub(crate) fn ask(&self, method: &str) {
        self.0
            .call((SERVICE, SESSION, SESSION_INTERFACE), method, &());
    }

    /// Says that the machine is about to sleep, or that it has woken.
    pub(crate) fn sleep(&self, is_about_to: bool) {
        let place = (SERVICE, OBJECT, MANAGER);
        self.0
            .signal(place, "PrepareForSleep", ("b", is_about_to.into()));
    }

    /// What holds the machine back from sleeping.
    pub(crate) fn holds(&self) -> Vec<String> {
        type Inhibitor = (String, String, String, String, u32, u32);
        let answer = self
            .0
            .call((SERVICE, OBJECT, MANAGER), "ListInhibitors", &());
        let held: Vec<Inhibitor> = answer.body().deserialize().unwrap();
        held.into_iter()
            .map(|(what, who, _, mode, ..)| format!("{what} {who} {mode}"))
            .collect()
    }

    /// Ends it at once.
    pub(crate) fn die(&mut self) {
        self.0.die();
    }
}
