//! What each system wants written to start Sitwell. Pure: text in, text out.

/// What is started, all of it as text, since these files hold nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LaunchCommand {
    /// The program's whole path.
    pub(super) program: String,
    /// The folder of the history, where the usual one is not meant.
    pub(super) data: Option<String>,
    /// The settings file, where the usual one is not meant.
    pub(super) settings: Option<String>,
}

impl LaunchCommand {
    /// The words of a command line that ends in this subcommand.
    #[must_use]
    pub fn words<'a>(&'a self, subcommand: &'a str) -> Vec<&'a str> {
        let mut words = vec![self.program.as_str()];
        if let Some(data) = &self.data {
            words.extend(["--data-dir", data]);
        }
        if let Some(settings) = &self.settings {
            words.extend(["--config", settings]);
        }
        words.push(subcommand);
        words
    }
}

/// By this a file is known as ours; the program it starts follows.
const MARK: &str = "Written by `sitwell autostart enable` for ";

/// A systemd user unit. systemd keeps the monitor running, so the monitor itself is started.
pub(super) fn unit(launch: &LaunchCommand) -> String {
    let words = launch.words("monitor");
    let quoted = words.iter().enumerate().map(|(n, word)| {
        let escaped = word.replace('\\', r"\\").replace('"', "\\\"");
        let escaped = escaped.replace('%', "%%");
        // The program is the one word in which systemd sees no variables.
        let escaped = if n == 0 {
            escaped
        } else {
            escaped.replace('$', "$$")
        };
        quoted(word, &escaped)
    });
    filled(include_str!("sitwell.service"), launch, &joined(quoted))
}

/// An entry for desktops that start programs by themselves, as freedesktop.org's autostart has it.
pub(super) fn entry(launch: &LaunchCommand) -> String {
    let words = launch.words("start");
    let quoted = words.iter().map(|word| {
        let mut escaped = String::new();
        for letter in word.chars() {
            // Escaped for the quoting of words, and its backslash again for the file.
            match letter {
                '\\' => escaped.push_str(r"\\\\"),
                '"' | '`' | '$' => escaped.extend(["\\\\", &letter.to_string()]),
                '%' => escaped.push_str("%%"),
                letter => escaped.push(letter),
            }
        }
        quoted(word, &escaped)
    });
    filled(include_str!("sitwell.desktop"), launch, &joined(quoted))
}

/// A launchd agent. launchd starts the monitor again after a crash.
pub(super) fn plist(launch: &LaunchCommand) -> String {
    let strings = launch.words("monitor").into_iter().map(|word| {
        let escaped = word
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;");
        format!("\t\t<string>{escaped}</string>")
    });
    let words = strings.collect::<Vec<_>>().join("\n");
    let comment = LaunchCommand {
        program: launch.program.replace("--", COMMENT_DASHES),
        ..launch.clone()
    };
    filled(include_str!("sitwell.plist"), &comment, &words)
}

/// Two dashes, which must not stand in an XML comment.
const COMMENT_DASHES: &str = "-&#45;";

/// A batch file for Windows' startup folder.
pub(super) fn batch(launch: &LaunchCommand) -> String {
    let words = launch.words("start");
    let quoted = words
        .iter()
        .map(|word| quoted(word, &word.replace('%', "%%")));
    let command = format!("start \"\" /min {}", joined(quoted));
    filled(include_str!("sitwell.cmd"), launch, &command).replace('\n', "\r\n")
}

/// The program that a file of ours starts; none where the file is not ours.
pub(super) fn program(text: &str) -> Option<String> {
    let (_, rest) = text.split_once(MARK)?;
    let line = rest.lines().next()?;
    let line = line.trim_end_matches(" -->");
    Some(line.replace(COMMENT_DASHES, "--"))
}

fn filled(template: &str, launch: &LaunchCommand, words: &str) -> String {
    template
        .replace("@MARK@", &format!("{MARK}{}", launch.program))
        .replace("@WORDS@", words)
}

fn joined(words: impl Iterator<Item = String>) -> String {
    words.collect::<Vec<_>>().join(" ")
}

/// Quotes a word that is more than letters and what paths are made of.
fn quoted(word: &str, escaped: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "/\\:._-+".contains(letter);
    if escaped == word && word.chars().all(is_plain) {
        escaped.to_owned()
    } else {
        format!("\"{escaped}\"")
    }
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

    /// Where every letter that some quoting minds is in the way.
    fn odd() -> LaunchCommand {
        LaunchCommand {
            program: "/opt/a & b/50%/$x/\"q\"/sitwell".to_owned(),
            data: Some("/home/ada/da--ta".to_owned()),
            settings: Some("/home/ada/$y \\ <z>.toml".to_owned()),
        }
    }

    /// The one line that says what is started.
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
    fn the_entry_starts_it_in_the_background() {
        assert_snapshot!(entry(&usual()), @"
        # Written by `sitwell autostart enable` for /home/ada/.cargo/bin/sitwell
        [Desktop Entry]
        Type=Application
        Name=Sitwell
        Comment=Watches how you sit
        Exec=/home/ada/.cargo/bin/sitwell start
        Terminal=false
        ");
        assert_snapshot!(line(&entry(&odd()), "Exec="), @r#"Exec="/opt/a & b/50%%/\\$x/\\"q\\"/sitwell" --data-dir /home/ada/da--ta --config "/home/ada/\\$y \\\\ <z>.toml" start"#);
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
    fn every_file_says_which_program_it_starts_and_others_do_not() {
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
