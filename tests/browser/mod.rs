//! Chromium without a window, driven through its DevTools protocol over two pipes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests are tests too"
)]

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// No answer and no page takes so long, however busy the machine.
const PATIENCE: Duration = Duration::from_secs(300);

/// A browser with one tab.
pub(crate) struct Browser {
    process: Child,
    commands: File,
    answers: Receiver<Value>,
    /// The number of the last command.
    number: u64,
    session: Option<String>,
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Browser {
    /// Starts it with a new profile in this folder.
    pub(crate) fn start(folder: &Path) -> Browser {
        std::fs::create_dir(folder).unwrap();
        let (commands, answers) = (folder.join("commands"), folder.join("answers"));
        let made = Command::new("mkfifo").args([&commands, &answers]).status();
        assert!(made.unwrap().success());
        // The protocol's pipes are the descriptors 3 and 4. Killing the browser ends its children.
        let script = "exec chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage \
                      --disable-popup-blocking --host-resolver-rules='MAP evil.example 127.0.0.1' \
                      --remote-debugging-pipe --user-data-dir=\"$0/profile\" 3<\"$1\" 4>\"$2\"";
        let process = Command::new("sh")
            .args(["-c", script])
            .args([folder, &commands, &answers])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let commands = OpenOptions::new().write(true).open(commands).unwrap();
        let lines = BufReader::new(File::open(answers).unwrap()).split(0);
        let (tell, answers) = channel();
        thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                if tell.send(serde_json::from_slice(&line).unwrap()).is_err() {
                    return;
                }
            }
        });
        let mut browser = Browser {
            process,
            commands,
            answers,
            number: 0,
            session: None,
        };
        let tab = browser.command("Target.createTarget", json!({ "url": "about:blank" }));
        let attach = json!({ "targetId": tab["targetId"], "flatten": true });
        let session = browser.command("Target.attachToTarget", attach);
        browser.session = session["sessionId"].as_str().map(str::to_owned);
        browser.command("Page.enable", json!({}));
        browser
    }

    /// Sends a command and waits for its result.
    fn command(&mut self, method: &str, parameters: Value) -> Value {
        let answer = self.answer_to(method, parameters);
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].clone()
    }

    /// Sends a command and waits for its answer, which may be an error.
    fn answer_to(&mut self, method: &str, parameters: Value) -> Value {
        self.number += 1;
        let mut command = json!({ "id": self.number, "method": method, "params": parameters });
        if let Some(session) = &self.session {
            command["sessionId"] = json!(session);
        }
        write!(self.commands, "{command}\0").expect("chromium runs; scripts/test installs it");
        loop {
            let answer = self.answers.recv_timeout(PATIENCE);
            let answer = answer.unwrap_or_else(|_| {
                panic!("no answer to {method}; scripts/test installs chromium")
            });
            if answer["id"] == self.number {
                return answer;
            }
        }
    }

    /// Loads a page.
    pub(crate) fn go(&mut self, address: &str) {
        self.command("Page.navigate", json!({ "url": address }));
    }

    /// The value of a JavaScript expression in the page; null while one page gives way to another.
    pub(crate) fn value(&mut self, expression: &str) -> Value {
        let evaluate =
            json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let answer = self.answer_to("Runtime.evaluate", evaluate);
        if let Some(error) = answer.get("error") {
            let message = error["message"].as_str().unwrap_or_default();
            let gives_way = ["navigated", "context"].map(|word| message.contains(word));
            assert!(gives_way.contains(&true), "{expression}: {error}");
            return Value::Null;
        }
        answer["result"]["result"]["value"].clone()
    }

    /// What the page shows as text; nothing before it is whole and its scripts have begun.
    pub(crate) fn text(&mut self) -> String {
        let text = self.value("document.readyState === 'complete' ? document.body.innerText : ''");
        text.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until the page shows these words, and returns its text.
    pub(crate) fn wait_for(&mut self, words: &str) -> String {
        let began = clock();
        loop {
            let text = self.text();
            if text.contains(words) {
                return text;
            }
            assert!(
                began.elapsed() < PATIENCE,
                "`{words}` does not come: {text}"
            );
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// Waits until a JavaScript expression is true in the page.
    pub(crate) fn wait_until(&mut self, expression: &str) {
        let began = clock();
        while self.value(&format!("Boolean({expression})")) != true {
            let text = self.text();
            assert!(
                began.elapsed() < PATIENCE,
                "`{expression}` never holds: {text}"
            );
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// Presses the mouse on the middle of an element, or lets it go there.
    pub(crate) fn mouse(&mut self, action: &str, selector: &str) {
        let selector = json!(selector);
        self.wait_until(&format!(
            "document.readyState === 'complete' && document.querySelector({selector})"
        ));
        let middle = self.value(&format!(
            "(() => {{ const e = document.querySelector({selector}); e.scrollIntoView(); \
             const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; }})()"
        ));
        let event = json!({ "type": action, "x": middle[0], "y": middle[1], "button": "left", "clickCount": 1 });
        self.command("Input.dispatchMouseEvent", event);
    }

    /// Presses and lets go at a place in an element, in parts of its width and height.
    pub(crate) fn click_at(&mut self, selector: &str, (right, down): (f64, f64)) {
        let selector = json!(selector);
        let place = self.value(&format!(
            "(() => {{ const e = document.querySelector({selector}); e.scrollIntoView(); \
             const r = e.getBoundingClientRect(); return [r.x + r.width * {right}, r.y + r.height * {down}]; }})()"
        ));
        for action in ["mousePressed", "mouseReleased"] {
            let event = json!({ "type": action, "x": place[0], "y": place[1], "button": "left", "clickCount": 1 });
            self.command("Input.dispatchMouseEvent", event);
        }
    }

    /// Chooses a file for a field.
    pub(crate) fn choose(&mut self, selector: &str, file: &Path) {
        let find = json!({ "expression": format!("document.querySelector({})", json!(selector)) });
        let field = self.command("Runtime.evaluate", find);
        let id = &field["result"]["objectId"];
        self.command(
            "DOM.setFileInputFiles",
            json!({ "files": [file], "objectId": id }),
        );
    }

    /// Presses a key on what has the focus, or lets it go.
    pub(crate) fn key(&mut self, action: &str, key: &str) {
        let code = match key {
            "Tab" => 9,
            "Enter" => 13,
            _ => 32,
        };
        let event = json!({ "type": action, "key": key, "windowsVirtualKeyCode": code });
        self.command("Input.dispatchKeyEvent", event);
    }

    /// Clicks the button whose text or label this is, or else the link, once the page is complete.
    pub(crate) fn click(&mut self, name: &str) {
        let name = json!(name);
        self.wait_until(&format!(
            "document.readyState === 'complete' && (() => {{ \
             const all = [...document.querySelectorAll('button'), ...document.querySelectorAll('a')]; \
             const found = all.find((e) => e.textContent.trim() === {name} || e.ariaLabel === {name}); \
             found?.click(); return found; }})()"
        ));
    }

    /// Sets what the desktop prefers: `light` or `dark`, and no movement.
    pub(crate) fn prefer(&mut self, theme: &str) {
        let features = json!([
            { "name": "prefers-color-scheme", "value": theme },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ]);
        self.command(
            "Emulation.setEmulatedMedia",
            json!({ "features": features }),
        );
    }

    /// What axe-core finds that is serious or worse in the page.
    pub(crate) fn violations(&mut self, axe: &str) -> Vec<String> {
        self.value(axe);
        let found = self.value(
            "axe.run(document, { resultTypes: ['violations'] }).then((r) => r.violations \
             .filter((v) => ['serious', 'critical'].includes(v.impact)) \
             .map((v) => v.id + ': ' + v.nodes.map((n) => n.html).join(' ')))",
        );
        let found = found.as_array().expect("axe answers with a list").iter();
        found.map(ToString::to_string).collect()
    }

    /// Sets the size of the window's content, in pixels.
    pub(crate) fn resize(&mut self, width: u32, height: u32) {
        let size =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.command("Emulation.setDeviceMetricsOverride", size);
    }

    /// What a screen reader reaches and has no name for.
    pub(crate) fn without_name(&mut self) -> Vec<String> {
        let tree = self.command("Accessibility.getFullAXTree", json!({}));
        let roles = [
            "button",
            "link",
            "textbox",
            "combobox",
            "checkbox",
            "image",
            "progressbar",
        ];
        let nodes = tree["nodes"].as_array().unwrap().iter();
        nodes
            .filter(|node| node["ignored"] == false)
            .filter(|node| roles.iter().any(|role| node["role"]["value"] == *role))
            .filter(|node| node["name"]["value"].as_str().is_none_or(str::is_empty))
            .map(ToString::to_string)
            .collect()
    }

    /// Fills in a field.
    pub(crate) fn fill(&mut self, id: &str, value: &str) {
        let (id, value) = (json!(id), json!(value));
        self.value(&format!("document.getElementById({id}).value = {value}"));
    }
}

/// The text of axe-core, which npm fetches into this folder: its licence (MPL-2.0) keeps it out of the
/// repository. None, with a line about it, where there is no npm or no network.
pub(crate) fn axe(folder: &Path) -> Option<String> {
    std::fs::create_dir_all(folder).unwrap();
    let script = "timeout 60 npm pack --silent axe-core@4.14.1 && tar xf axe-core-*.tgz";
    let fetched = Command::new("sh")
        .args(["-c", script])
        .current_dir(folder)
        .output()
        .is_ok_and(|output| output.status.success());
    if !fetched {
        let line = b"axe-core cannot be fetched, so its rules are not tested here\n";
        std::io::stderr().write_all(line).unwrap();
        return None;
    }
    Some(std::fs::read_to_string(folder.join("package/axe.min.js")).unwrap())
}

#[expect(
    clippy::disallowed_methods,
    reason = "a browser is waited for, and such a wait has a limit"
)]
fn clock() -> Instant {
    Instant::now()
}
