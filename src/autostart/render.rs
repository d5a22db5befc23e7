//! The text of each file that starts Sitwell. Pure: text in, text out.

use std::path::Path;

use super::AutostartError;

/// The command that starts Sitwell. It is all text, as these files hold nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LaunchCommand {
    /// The program's absolute path.
    pub(super) program: String,
    /// The folder of the history, if it is not the usual one.
    data: Option<String>,
    /// The settings file, if it is not the usual one.
    settings: Option<String>,
}

impl LaunchCommand {
    /// The command for a program, with a data folder and a settings file that are not the usual ones.
    pub(crate) fn new(
        program: &Path,
        data: Option<&Path>,
        settings: Option<&Path>,
    ) -> Result<LaunchCommand, AutostartError> {
        let text = |path: &Path| match path.to_str() {
            Some(text) if !text.contains(char::is_control) => Ok(text.to_owned()),
            Some(_) | None => Err(AutostartError::NotText {
                path: path.to_owned(),
            }),
        };
        Ok(LaunchCommand {
            program: text(program)?,
            data: data.map(text).transpose()?,
            settings: settings.map(text).transpose()?,
        })
    }

    /// The words of the command line for a subcommand with its options.
    pub(crate) fn words<'a>(&'a self, subcommand: &'a str) -> Vec<&'a str> {
        let mut words = vec![self.program.as_str()];
        if let Some(data) = &self.data {
            words.extend(["--data-dir", data]);
        }
        if let Some(settings) = &self.settings {
            words.extend(["--config", settings]);
        }
        words.extend(subcommand.split(' '));
        words
    }
}

/// Marks a file as Sitwell's. The path of its program follows.
const MARK: &str = "Written by `sitwell autostart enable` for ";

/// A systemd user unit. It starts the monitor itself, which systemd keeps running.
pub(super) fn unit(launch: &LaunchCommand) -> String {
    let words = command(launch, "monitor", |word| {
        let escaped = word.replace('\\', r"\\").replace('"', "\\\"");
        let escaped = escaped.replace('%', "%%");
        // The program is the only word in which systemd expands no variables.
        if word == launch.program {
            escaped
        } else {
            escaped.replace('$', "$$")
        }
    });
    filled(include_str!("sitwell.service"), &launch.program, &words)
}

/// A desktop entry for autostart, as freedesktop.org specifies it. It shows the icon in the panel, and
/// starts the monitor if none runs.
pub(super) fn entry(launch: &LaunchCommand) -> String {
    let words = command(launch, "tray --start", |word| {
        let mut escaped = String::new();
        for letter in word.chars() {
            // Escaped for the quotes, and each backslash once more for the file.
            match letter {
                '\\' => escaped.push_str(r"\\\\"),
                '"' | '`' | '$' => escaped.extend(["\\\\", &letter.to_string()]),
                '%' => escaped.push_str("%%"),
                letter => escaped.push(letter),
            }
        }
        escaped
    });
    filled(include_str!("sitwell.desktop"), &launch.program, &words)
}

/// A launchd agent. launchd restarts the monitor after a crash.
pub(super) fn plist(launch: &LaunchCommand) -> String {
    let strings = launch.words("monitor").into_iter().map(|word| {
        let escaped = word.replace('&', "&amp;");
        let escaped = escaped.replace('<', "&lt;").replace('>', "&gt;");
        format!("\t\t<string>{escaped}</string>")
    });
    let words = strings.collect::<Vec<_>>().join("\n");
    let program = launch.program.replace("--", COMMENT_DASHES);
    filled(include_str!("sitwell.plist"), &program, &words)
}

/// Replaces two dashes, which an XML comment must not contain.
const COMMENT_DASHES: &str = "-&#45;";

/// A batch file for the startup folder of Windows.
pub(super) fn batch(launch: &LaunchCommand) -> String {
    let words = command(launch, "start", |word| word.replace('%', "%%"));
    let command = format!("start \"\" /min {words}");
    filled(include_str!("sitwell.cmd"), &launch.program, &command).replace('\n', "\r\n")
}

/// The program that a file of Sitwell's starts; none if the file is not Sitwell's.
pub(super) fn program(text: &str) -> Option<String> {
    let (_, rest) = text.split_once(MARK)?;
    let line = rest.lines().next()?;
    let line = line.trim_end_matches(" -->");
    Some(line.replace(COMMENT_DASHES, "--"))
}

/// What a file does: its text without comments and empty lines.
pub(super) fn instructions(text: &str) -> impl Iterator<Item = &str> {
    let is_comment = |line: &str| {
        ["#", ";", "<!--", "rem "]
            .iter()
            .any(|mark| line.starts_with(mark))
    };
    let lines = text.lines().map(str::trim);
    lines.filter(move |line| !line.is_empty() && !is_comment(line))
}

fn filled(template: &str, program: &str, words: &str) -> String {
    template
        .replace("@MARK@", &format!("{MARK}{program}"))
        .replace("@WORDS@", words)
}

/// The command line, each word escaped and, if it needs them, in quotes.
fn command(launch: &LaunchCommand, subcommand: &str, escape: impl Fn(&str) -> String) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "/\\:._-+".contains(letter);
    let words = launch.words(subcommand).into_iter().map(|word| {
        let escaped = escape(word);
        if escaped == word && word.chars().all(is_plain) {
            escaped
        } else {
            format!("\"{escaped}\"")
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;

    fn usual() -> LaunchCommand {
        LaunchCommand {
            program: "/home/ada/.cargo/bin/sitwell".to_owned(),
            data: None,
            settings: None,
        }
    }

    /// Paths with every character that some format must escape.
    fn odd() -> LaunchCommand {
        LaunchCommand {
            program: "/opt/a & b/50%/$x/\"q\"/sitwell".to_owned(),
            data: Some("/home/ada/da--ta".to_owned()),
            settings: Some("/home/ada/$y \\ <z>.toml".to_owned()),
        }
    }

    /// The only line that begins so.
    fn line(text: &str, begin: &str) -> String {
        let mut found = text
            .lines()
            .map(str::trim)
            .filter(|line| line.starts_with(begin));
        let line = found.next().unwrap();
        assert_eq!(found.next(), None, "{text}");
        line.to_owned()
    }

    #[test]
    fn the_unit_starts_the_monitor() {
        assert_snapshot!(line(&unit(&usual()), "ExecStart="), @"ExecStart=/home/ada/.cargo/bin/sitwell monitor");
        assert_snapshot!(line(&unit(&odd()), "ExecStart="), @r#"ExecStart="/opt/a & b/50%%/$x/\"q\"/sitwell" --data-dir /home/ada/da--ta --config "/home/ada/$$y \\ <z>.toml" monitor"#);
    }

    #[test]
    fn the_entry_shows_the_icon_and_starts_the_monitor() {
        assert_snapshot!(entry(&usual()), @"
        # Written by `sitwell autostart enable` for /home/ada/.cargo/bin/sitwell
        [Desktop Entry]
        Type=Application
        Name=Sitwell
        Comment=Watches how you sit
        Exec=/home/ada/.cargo/bin/sitwell tray --start
        Terminal=false
        ");
        assert_snapshot!(line(&entry(&odd()), "Exec="), @r#"Exec="/opt/a & b/50%%/\\$x/\\"q\\"/sitwell" --data-dir /home/ada/da--ta --config "/home/ada/\\$y \\\\ <z>.toml" tray --start"#);
    }

    #[test]
    fn the_agent_starts_the_monitor() {
        let words = |launch| {
            let text = plist(&launch);
            let (_, rest) = text.split_once("<array>").unwrap();
            let (words, _) = rest.split_once("</array>").unwrap();
            let words: Vec<&str> = words.trim().lines().map(str::trim).collect();
            words.join("\n")
        };
        assert_snapshot!(words(usual()), @"
        <string>/home/ada/.cargo/bin/sitwell</string>
        <string>monitor</string>
        ");
        assert_snapshot!(words(odd()), @r#"
        <string>/opt/a &amp; b/50%/$x/"q"/sitwell</string>
        <string>--data-dir</string>
        <string>/home/ada/da--ta</string>
        <string>--config</string>
        <string>/home/ada/$y \ &lt;z&gt;.toml</string>
        <string>monitor</string>
        "#);
    }

    #[test]
    fn the_batch_file_starts_it_in_the_background() {
        let windows = LaunchCommand {
            program: r"C:\Program Files\100%\sitwell.exe".to_owned(),
            data: Some(r"D:\sitwell".to_owned()),
            settings: None,
        };
        let text = batch(&windows);
        assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
        assert_snapshot!(text.replace('\r', ""), @r#"
        @echo off
        rem Written by `sitwell autostart enable` for C:\Program Files\100%\sitwell.exe
        chcp 65001 >nul
        start "" /min "C:\Program Files\100%%\sitwell.exe" --data-dir D:\sitwell start
        "#);
    }

    #[test]
    fn every_file_names_the_program_that_it_starts() {
        for launch in [usual(), odd()] {
            for render in [unit, entry, plist, batch] {
                assert_eq!(program(&render(&launch)), Some(launch.program.clone()));
            }
        }
        let dashes = LaunchCommand {
            program: "/a--b/sitwell".to_owned(),
            ..usual()
        };
        assert_eq!(program(&plist(&dashes)), Some(dashes.program.clone()));
        assert_eq!(program("[Service]\nExecStart=/usr/bin/sitwell"), None);
    }
}
