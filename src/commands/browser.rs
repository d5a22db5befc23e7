//! Opens Sitwell's own pages in the browser, from files that only the user can read.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OwnPage {
    /// The report that `--open` writes when no file was named.
    Report,
    /// The page that takes the browser to the dashboard on a port. Dashboards that run at the same time have a page each.
    Dashboard { port: u16 },
}

impl OwnPage {
    fn name(self) -> String {
        match self {
            OwnPage::Report => "report.html".to_owned(),
            OwnPage::Dashboard { port } => format!("dashboard-{port}.html"),
        }
    }

    /// The page of a file, or of a new version of it that [`folders::write_whole`] began. Names of such files have a `beginning`.
    fn of_file(name: &str, beginning: &str) -> Option<OwnPage> {
        let name = match name.strip_prefix('.') {
            Some(begun) => begun.rsplit_once('.')?.0,
            None => name,
        };
        let name = name.strip_prefix(beginning)?;
        if name == OwnPage::Report.name() {
            return Some(OwnPage::Report);
        }
        let port = name.strip_prefix("dashboard-")?.strip_suffix(".html")?;
        let page = OwnPage::Dashboard {
            port: port.parse().ok()?,
        };
        (page.name() == name).then_some(page)
    }

    /// Where the browser that opens it can read it: in the data folder, or in the snap's folder
    /// where the browser is a snap, which cannot read hidden folders.
    pub(super) fn place(self, data: &Path) -> PathBuf {
        let folder = folders::home().and_then(|home| snap_folder(&home, &html_opener()?));
        match folder {
            Some(folder) => folder.join(format!("{IN_SNAP}{}", self.name())),
            None => data.join(self.name()),
        }
    }
}

/// What the names of Sitwell's files begin with in a snap's folder.
const IN_SNAP: &str = "sitwell-";

/// The files of the report that exist, and what a process that was killed left of a new version.
pub(super) fn reports(data: &Path) -> Vec<PathBuf> {
    let pages = own_pages(data).into_iter();
    let reports = pages.filter(|(page, _)| *page == OwnPage::Report);
    reports.map(|(_, file)| file).collect()
}

/// The files that lead to a dashboard, with its port, and what a process that was killed left of a new version.
pub(super) fn dashboards(data: &Path) -> Vec<(u16, PathBuf)> {
    let pages = own_pages(data).into_iter();
    let dashboards = pages.filter_map(|(page, file)| match page {
        OwnPage::Dashboard { port } => Some((port, file)),
        OwnPage::Report => None,
    });
    dashboards.collect()
}

/// Deletes the files that lead nowhere, because their dashboard was killed.
pub(super) fn delete_dead_links(data: &Path) {
    for (port, file) in dashboards(data) {
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            // Whether it can be deleted changes nothing.
            let _ = fs::remove_file(file);
        }
    }
}

fn own_pages(data: &Path) -> Vec<(OwnPage, PathBuf)> {
    let home = folders::home();
    let snaps = home.iter().flat_map(|home| snap_folders(home));
    let in_snaps = snaps.map(|folder| (folder, IN_SNAP));
    let mut pages = Vec::new();
    for (folder, beginning) in std::iter::once((data.to_path_buf(), "")).chain(in_snaps) {
        let files = fs::read_dir(folder).into_iter().flatten().flatten();
        pages.extend(files.filter_map(|file| {
            let page = OwnPage::of_file(&file.file_name().to_string_lossy(), beginning)?;
            Some((page, file.path()))
        }));
    }
    pages.sort_by(|(_, one), (_, other)| one.cmp(other));
    pages
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
    fn only_names_that_sitwell_gives_are_its_pages() {
        let dashboard = Some(OwnPage::Dashboard { port: 4711 });
        let rows = [
            ("report.html", "", Some(OwnPage::Report)),
            (".report.html.x1Y2z3", "", Some(OwnPage::Report)),
            ("dashboard-4711.html", "", dashboard),
            (".dashboard-4711.html.x1Y2z3", "", dashboard),
            ("sitwell-report.html", IN_SNAP, Some(OwnPage::Report)),
            (".sitwell-dashboard-4711.html.x1Y2z3", IN_SNAP, dashboard),
            ("report.html", IN_SNAP, None),
            ("sitwell-report.html", "", None),
            ("report.html.bak", "", None),
            ("dashboard-04711.html", "", None),
            ("dashboard-70000.html", "", None),
            ("dashboard-notes.html", "", None),
            (".report", "", None),
        ];
        for (name, beginning, wanted) in rows {
            assert_eq!(OwnPage::of_file(name, beginning), wanted, "{name}");
        }
    }

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
