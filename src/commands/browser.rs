//! Opens Sitwell's own pages in the browser, from files that only the user can read.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::folders;
use crate::subprocess::output_within;

/// A launcher such as `xdg-open` fails at once, or lasts as long as the browser
/// does: one that still runs after this time has succeeded. Our own choice.
const LAUNCH_TIMEOUT: Duration = Duration::from_secs(2);

/// How long the desktop is asked which browser it opens. Our own choice.
const QUERY_LIMIT: Duration = Duration::from_secs(2);

/// A page that Sitwell writes for the browser.
#[derive(Debug, Clone, Copy)]
pub(super) enum OwnPage {
    /// The report that `--open` writes when no file was named.
    Report,
    /// The page that takes the browser to the dashboard.
    Dashboard,
}

impl OwnPage {
    fn name(self) -> &'static str {
        match self {
            OwnPage::Report => "report.html",
            OwnPage::Dashboard => "dashboard.html",
        }
    }

    /// Where the browser that opens it can read it: in the data folder, or in the snap's folder
    /// where the browser is a snap, which cannot read hidden folders.
    pub(super) fn place(self, data: &Path) -> PathBuf {
        let folder = folders::home().and_then(|home| snap_folder(&home, &html_opener()?));
        match folder {
            Some(folder) => folder.join(self.name_in_snap()),
            None => data.join(self.name()),
        }
    }

    /// The files of it that exist, and what a process that was killed left of a new version.
    pub(super) fn existing(self, data: &Path) -> Vec<PathBuf> {
        let home = folders::home();
        let in_snaps = home.iter().flat_map(|home| snap_folders(home));
        let in_snaps = in_snaps.flat_map(|folder| files_of(&folder, &self.name_in_snap()));
        files_of(data, self.name())
            .into_iter()
            .chain(in_snaps)
            .collect()
    }

    fn name_in_snap(self) -> String {
        format!("sitwell-{}", self.name())
    }
}

/// The file of this name in a folder, and new versions of it that [`folders::write_whole`] began. None without the folder.
fn files_of(folder: &Path, name: &str) -> Vec<PathBuf> {
    let begun = format!(".{name}.");
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    let ours = files.filter(|file| {
        let file = file.file_name();
        file == name || file.to_string_lossy().starts_with(&begun)
    });
    let mut ours: Vec<PathBuf> = ours.map(|file| file.path()).collect();
    ours.sort();
    ours
}

/// Opens a page in the browser.
pub(super) fn open_page(page: &Path) -> Result<()> {
    open::that_detached_with_timeout(page, LAUNCH_TIMEOUT)
        .with_context(|| format!("cannot start a browser; open {} yourself", page.display()))
}

/// The desktop entry that opens pages, such as `firefox.desktop`; none where no desktop says so.
fn html_opener() -> Option<String> {
    let mut query = Command::new("xdg-mime");
    query.args(["query", "default", "text/html"]);
    let answer = output_within(&mut query, QUERY_LIMIT).ok()?;
    Some(String::from_utf8_lossy(&answer.stdout).trim().to_owned())
}

/// The folder in which the snap of a desktop entry keeps its own files. snapd names the entries of
/// snaps `SNAP_APPLICATION.desktop`.
fn snap_folder(home: &Path, entry: &str) -> Option<PathBuf> {
    let (snap, _) = entry.split_once('_')?;
    snap_folders(home)
        .into_iter()
        .find(|folder| folder.parent() == Some(home.join("snap").join(snap).as_path()))
}

/// The folders of all snaps for files of their own that outlast an update.
fn snap_folders(home: &Path) -> Vec<PathBuf> {
    // Without snaps there is no such folder.
    let Ok(snaps) = fs::read_dir(home.join("snap")) else {
        return Vec::new();
    };
    let folders = snaps.flatten().map(|snap| snap.path().join("common"));
    folders.filter(|folder| folder.is_dir()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snap_gets_its_pages_in_its_own_folder() {
        let home = tempfile::tempdir().unwrap();
        let firefox = home.path().join("snap/firefox/common");
        fs::create_dir_all(&firefox).unwrap();
        let rows = [
            ("firefox_firefox.desktop", Some(firefox)),
            ("firefox.desktop", None),
            ("chromium_chromium.desktop", None),
            (".._..", None),
            ("", None),
        ];
        for (entry, wanted) in rows {
            assert_eq!(snap_folder(home.path(), entry), wanted, "{entry}");
        }
    }
}
