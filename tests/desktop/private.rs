//! Buses of the tests' own, with mocked services on them.

use std::collections::HashMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use zbus::{Connection, DynamicType, Message, Variant};

/// Who has dbusmock: Debian's own Python, where others come first in the path.
const PYTHONS: [&str; 2] = ["/usr/bin/python3", "python3"];

/// The interface through which mocks are led.
const MOCK: &str = "org.freedesktop.DBus.Mock";

/// A Python with dbusmock; without one, says that the test is skipped.
pub(crate) fn python(test: &str) -> Option<&'static str> {
    let has_mock = |python: &&str| {
        Command::new(python)
            .args(["-c", "import dbusmock"])
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    };
    let has_bus = Command::new("dbus-daemon")
        .arg("--version")
        .stdout(Stdio::null())
        .status()
        .is_ok();
    let found = PYTHONS
        .into_iter()
        .find(|python| has_bus && has_mock(python));
    if found.is_none() {
        // Written past the test harness, which keeps what a passing test prints to itself.
        let _ = writeln!(
            std::io::stderr(),
            "SKIPPED {test}: dbus-daemon or dbusmock is missing (apt-get install dbus python3-dbusmock)"
        );
    }
    found
}

/// A bus at a place of its own, which may die and come back.
pub(crate) struct Bus {
    folder: PathBuf,
    name: &'static str,
    daemon: Child,
}

impl Bus {
    /// Starts a bus; `name` is `system` or `session`.
    pub(crate) fn start(folder: &Path, name: &'static str) -> Bus {
        // No service folders: nothing starts by itself on this bus.
        let config = folder.join("bus.conf");
        fs::write(
            &config,
            "<!DOCTYPE busconfig PUBLIC \"-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN\" \
             \"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd\"><busconfig><type>session</type>\
             <listen>unix:tmpdir=/tmp</listen><auth>EXTERNAL</auth><policy context=\"default\">\
             <allow send_destination=\"*\" eavesdrop=\"true\"/><allow eavesdrop=\"true\"/><allow own=\"*\"/>\
             </policy></busconfig>",
        )
        .unwrap();
        let bus = Bus {
            daemon: daemon(folder, name),
            folder: folder.to_owned(),
            name,
        };
        until("the bus answers", || bus.try_connect().is_ok());
        bus
    }

    /// The address, for the environment.
    pub(crate) fn address(folder: &Path, name: &str) -> String {
        format!("unix:path={}/{name}.sock", folder.display())
    }

    /// Ends the bus at once, with everything on it.
    pub(crate) fn die(&mut self) {
        self.daemon.kill().unwrap();
        self.daemon.wait().unwrap();
        fs::remove_file(self.folder.join(format!("{}.sock", self.name))).unwrap();
    }

    /// Starts it again in the same place.
    pub(crate) fn come_back(&mut self) {
        self.daemon = daemon(&self.folder, self.name);
        until("the bus answers", || self.try_connect().is_ok());
    }

    /// Starts a mock from one of dbusmock's templates.
    pub(crate) fn mock(&self, python: &str, template: &str) -> Mock {
        self.start_mock(python, &["--template", template])
    }

    /// Starts a mock of a service with one object and one interface, of which nothing is there yet.
    pub(crate) fn empty_mock(&self, python: &str, service: &str, object: &str) -> Mock {
        self.start_mock(python, &[service, object, service])
    }

    fn start_mock(&self, python: &str, words: &[&str]) -> Mock {
        let address = Bus::address(&self.folder, self.name);
        let log = fs::File::create(self.folder.join(format!("{}-mock.log", self.name))).unwrap();
        let process = Command::new(python)
            .args(["-m", "dbusmock", &format!("--{}", self.name)])
            .args(words)
            .env("DBUS_SYSTEM_BUS_ADDRESS", &address)
            .env("DBUS_SESSION_BUS_ADDRESS", &address)
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        Mock {
            process,
            bus: self.try_connect().unwrap(),
        }
    }

    fn try_connect(&self) -> zbus::Result<Connection> {
        let address = Bus::address(&self.folder, self.name);
        let builder = zbus::connection::Builder::address(address.as_str());
        zbus::block_on(builder.build())
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

fn daemon(folder: &Path, name: &str) -> Child {
    Command::new("dbus-daemon")
        .arg(format!("--config-file={}/bus.conf", folder.display()))
        .arg(format!("--address={}", Bus::address(folder, name)))
        .arg("--nofork")
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// A mocked service.
pub(crate) struct Mock {
    process: Child,
    bus: Connection,
}

impl Mock {
    /// Calls a method of an object.
    pub(crate) fn try_call<B>(
        &self,
        (service, object, interface): (&str, &str, &str),
        method: &str,
        arguments: &B,
    ) -> zbus::Result<Message>
    where
        B: serde::Serialize + DynamicType,
    {
        let call = self
            .bus
            .call_method(Some(service), object, Some(interface), method, arguments);
        zbus::block_on(call)
    }

    /// Waits until the service is there, then calls a method that must go well.
    pub(crate) fn call<B>(&self, place: (&str, &str, &str), method: &str, arguments: &B) -> Message
    where
        B: serde::Serialize + DynamicType,
    {
        let mut answer = None;
        until(method, || {
            let called = self.try_call(place, method, arguments);
            let is_missing = called
                .as_ref()
                .is_err_and(|error| error.to_string().contains("not provided by any"));
            answer = Some(called);
            !is_missing
        });
        answer.unwrap().unwrap()
    }

    /// Leads the mock.
    pub(crate) fn lead<B>(&self, service: &str, object: &str, method: &str, arguments: &B)
    where
        B: serde::Serialize + DynamicType,
    {
        self.call((service, object, MOCK), method, arguments);
    }

    /// Changes a property, with the signal that says so.
    pub(crate) fn set(
        &self,
        (service, object, interface): (&str, &str, &str),
        name: &str,
        value: bool,
    ) {
        let changes = HashMap::from([(name, Variant::from(value))]);
        self.lead(service, object, "UpdateProperties", &(interface, changes));
    }

    /// Sends a signal with one argument.
    pub(crate) fn signal(
        &self,
        (service, object, interface): (&str, &str, &str),
        name: &str,
        (kind, argument): (&str, Variant<'_>),
    ) {
        let arguments = (interface, name, kind, vec![argument]);
        self.lead(service, object, "EmitSignal", &arguments);
    }

    /// Ends the service at once.
    pub(crate) fn die(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Waits for something that happens in another process.
pub(crate) fn until(what: &str, mut done: impl FnMut() -> bool) {
    for _ in 0..1000 {
        if done() {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("{what}: not within 20 seconds");
}
