//! `sitwell analyze` through the binary: what it prints, and what it says of files that are no pictures.

#![allow(clippy::unwrap_used, reason = "a test may stop where it stands")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

fn desk(picture: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("src/commands/demo/frames")
        .join(picture)
}

fn analyze(args: &[&str], paths: &[PathBuf]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sitwell"))
        .arg("analyze")
        .args(args)
        .args(paths)
        .output()
        .unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn with_neutral<'a>(neutral: &'a [String], more: &[&'a str]) -> Vec<&'a str> {
    let pairs = neutral.iter().flat_map(|path| ["--neutral", path.as_str()]);
    pairs.chain(more.iter().copied()).collect()
}

fn neutral() -> Vec<String> {
    ["1.jpg", "2.jpg", "3.jpg"]
        .map(|name| desk(name).display().to_string())
        .to_vec()
}

#[test]
fn a_head_carried_forward_is_a_slouch_and_sitting_well_is_not() {
    let neutral = neutral();
    let output = analyze(
        &with_neutral(&neutral, &["--format", "json"]),
        &[desk("2.jpg"), desk("7.jpg")],
    );
    assert!(output.status.success(), "{}", stderr(&output));
    let rows: Vec<Value> = stdout(&output)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0]["moment"], "upright");
    assert_eq!(rows[1]["moment"], "slouched");
    // The recording's own truth: the head is forward by 24.3 degrees more than the neutrals' mean, and the shoulders
    // are where they were.
    for (angle, expected) in [("forward_head", 24.3), ("rounded_shoulders", 0.0)] {
        let angle = &rows[1]["angles"][angle];
        let (change, error) = (
            angle["change"].as_f64().unwrap(),
            angle["error"].as_f64().unwrap(),
        );
        assert!((change - expected).abs() < 2.0 * error, "{angle}");
    }
    assert!(rows[1]["severity"].as_f64().unwrap() >= 1.0);
}

#[test]
fn a_row_has_every_joint_in_pixels_and_in_metres() {
    let output = analyze(&["--format", "json"], &[desk("1.jpg")]);
    let row: Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!(row["person"], true);
    assert_eq!(row["view"], "front");
    assert_eq!(row["landmarks"].as_array().unwrap().len(), 33);
    assert_eq!(row["world"].as_array().unwrap().len(), 33);
    assert_eq!(row["landmarks"][0]["name"], "nose");
    // The truth of this render: the tip of the nose at 318, 133 give or take a few pixels.
    let (x, y) = (
        row["landmarks"][0]["x"].as_f64().unwrap(),
        row["landmarks"][0]["y"].as_f64().unwrap(),
    );
    assert!(
        (250.0..400.0).contains(&x) && (80.0..220.0).contains(&y),
        "{x} {y}"
    );
    let head = &row["angles"]["forward_head"];
    assert!(
        head["change"].is_null() && head["degrees"].is_f64(),
        "rough without a neutral: {head}"
    );
    assert_eq!(row["moment"], "unclear");
}

#[test]
fn bad_files_are_named_and_the_others_still_done() {
    let folder = TempDir::new().unwrap();
    let put = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    };
    let whole = fs::read(desk("1.jpg")).unwrap();
    let mut huge = Vec::new();
    image::RgbImage::new(13_000, 1)
        .write_to(
            &mut std::io::Cursor::new(&mut huge),
            image::ImageFormat::Png,
        )
        .unwrap();
    let rows = [
        (put("torn.jpg", &whole[..whole.len() / 2]), "torn"),
        (put("empty.jpg", b""), "empty"),
        (put("letter.jpg", b"Dear Sir or Madam"), "not a PNG or JPEG"),
        (
            put("misnamed.png", &whole),
            "is a JPEG picture under another format's name; rename it",
        ),
        (
            put("misnamed.gif", &whole),
            "is a JPEG picture under another format's name; rename it",
        ),
        (put("huge.png", &huge), "too large"),
        (put("film.mp4", b"no film"), "film.mp4"),
        (folder.path().join("absent.jpg"), "cannot open"),
    ];
    let mut paths: Vec<PathBuf> = rows.iter().map(|(path, _)| path.clone()).collect();
    paths.insert(2, desk("1.jpg"));
    let output = analyze(&[], &paths);
    assert_eq!(output.status.code(), Some(1));
    let said = stderr(&output);
    for (path, words) in &rows {
        let name = path.file_name().unwrap().to_string_lossy();
        assert!(
            said.lines()
                .any(|line| line.contains(&*name) && line.contains(words)),
            "{name}: {words}: {said}"
        );
    }
    assert!(said.contains("8 of 9 could not be read"), "{said}");
    assert!(
        stdout(&output).contains("1.jpg: unclear"),
        "{}",
        stdout(&output)
    );
}

#[test]
fn a_folder_is_read_in_order_and_an_empty_one_refused() {
    let output = analyze(&["--format", "csv"], &[desk("")]);
    assert!(output.status.success());
    let text = stdout(&output);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 8, "{text}");
    assert!(lines[0].starts_with("path,time_s,person,view,moment,severity,forward_head,"));
    assert!(lines[1].contains("1.jpg") && lines[7].contains("7.jpg"));
    let columns = lines[0].split(',').count();
    assert!(lines.iter().all(|line| line.split(',').count() == columns));

    let folder = TempDir::new().unwrap();
    let output = analyze(&[], &[folder.path().to_path_buf()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("holds no PNG or JPEG picture"));
}

#[test]
fn the_camera_s_own_orientation_is_honoured() {
    // EXIF orientation 6: the picture is to be turned a quarter clockwise.
    const EXIF: [u8; 36] = [
        0xff, 0xe1, 0, 34, b'E', b'x', b'i', b'f', 0, 0, b'M', b'M', 0, 42, 0, 0, 0, 8, 0, 1, 0x01,
        0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0,
    ];
    let folder = TempDir::new().unwrap();
    let upright = image::open(desk("1.jpg")).unwrap();
    let mut lying = Vec::new();
    upright
        .rotate270()
        .write_to(
            &mut std::io::Cursor::new(&mut lying),
            image::ImageFormat::Jpeg,
        )
        .unwrap();
    let path = folder.path().join("lying.jpg");
    fs::write(&path, [&lying[..2], &EXIF, &lying[2..]].concat()).unwrap();
    let rows: Vec<Value> = stdout(&analyze(&["--format", "json"], &[desk("1.jpg"), path]))
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let nose = |row: &Value| {
        (
            row["landmarks"][0]["x"].as_f64().unwrap(),
            row["landmarks"][0]["y"].as_f64().unwrap(),
        )
    };
    let ((x, y), (turned_x, turned_y)) = (nose(&rows[0]), nose(&rows[1]));
    assert!(
        (x - turned_x).abs() < 6.0 && (y - turned_y).abs() < 6.0,
        "{x} {y}, turned {turned_x} {turned_y}"
    );
}

#[test]
fn an_overlay_is_the_picture_with_something_drawn_on_it() {
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("drawn");
    let output = analyze(&["--overlay", out.to_str().unwrap()], &[desk("1.jpg")]);
    assert!(output.status.success(), "{}", stderr(&output));
    let (plain, drawn) = (
        image::open(desk("1.jpg")).unwrap().into_rgb8(),
        image::open(out.join("1.png")).unwrap().into_rgb8(),
    );
    assert_eq!(plain.dimensions(), drawn.dimensions());
    let changed = plain
        .pixels()
        .zip(drawn.pixels())
        .filter(|(a, b)| a != b)
        .count();
    assert!(
        (2_000..100_000).contains(&changed),
        "{changed} pixels changed"
    );
}

#[test]
fn a_neutral_without_anybody_is_refused() {
    let folder = TempDir::new().unwrap();
    let wall = folder.path().join("wall.png");
    image::RgbImage::from_pixel(640, 480, image::Rgb([120; 3]))
        .save(&wall)
        .unwrap();
    let output = analyze(&["--neutral", wall.to_str().unwrap()], &[desk("1.jpg")]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).contains("nobody was found in the neutral picture"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn a_video_without_ffmpeg_says_what_to_install() {
    let folder = TempDir::new().unwrap();
    let video = folder.path().join("film.mp4");
    fs::write(&video, b"whatever").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_sitwell"))
        .arg("analyze")
        .arg(&video)
        .env("PATH", "")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).contains("install ffmpeg"),
        "{}",
        stderr(&output)
    );
}

/// A pipe holds 64 KB. An `ffmpeg` that complains more than that must not wait for a reader for ever.
#[cfg(unix)]
#[test]
fn a_damaged_video_is_read_to_its_end_and_called_damaged() {
    use std::os::unix::fs::PermissionsExt;

    let folder = TempDir::new().unwrap();
    let video = folder.path().join("film.mp4");
    fs::write(&video, b"whatever").unwrap();
    let ffmpeg = folder.path().join("ffmpeg");
    let script = "#!/bin/sh
        head -c 300000 /dev/zero | tr '\\0' x >&2
        printf '\\nac-tex damaged at 3 4\\n' >&2
        printf 'P6\\n320 240\\n255\\n'
        head -c 230400 /dev/zero
    ";
    fs::write(&ffmpeg, script).unwrap();
    fs::set_permissions(&ffmpeg, fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:/usr/bin:/bin", folder.path().display());
    let mut sitwell = Command::new(env!("CARGO_BIN_EXE_sitwell"))
        .arg("analyze")
        .arg(&video)
        .env("PATH", path)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    for _ in 0..600 {
        if sitwell.try_wait().unwrap().is_some() {
            break;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    if sitwell.try_wait().unwrap().is_none() {
        sitwell.kill().unwrap();
        panic!("it hangs");
    }
    let output = sitwell.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(stdout(&output).contains("film.mp4"), "the picture was read");
    assert!(
        stderr(&output).contains("damaged") && stderr(&output).contains("ac-tex damaged at 3 4"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn the_demo_shows_the_main_job_from_calibration_to_report() {
    let folder = TempDir::new().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_sitwell"))
        .args(["demo", "--quiet"])
        .env("HOME", folder.path())
        .env("XDG_DATA_HOME", folder.path().join("data"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    let text = stdout(&output);
    let mut from = 0;
    for words in [
        "calibrated: camera in front",
        "upright",
        "beyond the limit: head forward",
        "Head ",
        " degrees forward for 1 min",
        "sat up: the notification is taken back",
        "ended after the nudge",
        "How you sat",
    ] {
        let at = text[from..].find(words);
        assert!(
            at.is_some(),
            "`{words}` is missing or out of order in\n{text}"
        );
        from += at.unwrap();
    }
    assert_eq!(
        fs::read_dir(folder.path()).unwrap().count(),
        0,
        "the demo leaves nothing behind"
    );
}
