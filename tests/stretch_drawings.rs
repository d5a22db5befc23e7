//! The drawings of the catalogue, as marks, as SVG and as text.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests too")]

use std::fmt::Write as _;

use sitwell::stretch::Catalogue;
use sitwell::stretch::drawing::{Charset, svg, text};

/// The catalogue read from the files beside the code, so that a drawing can be
/// changed and looked at without a build.
fn drawn() -> Catalogue {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/stretch/catalogue");
    [
        "sources",
        "warm_up",
        "desk_arms",
        "desk",
        "room",
        "floor",
        "neck",
    ]
    .into_iter()
    .fold(Catalogue::default(), |read, name| {
        let file = format!("{folder}/{name}.toml");
        read.with(&std::fs::read_to_string(&file).unwrap(), &file)
            .unwrap()
    })
}

/// Leaves a page with every drawing in the build's scratch folder, to be looked at.
#[test]
fn every_drawing_is_drawn_as_svg_and_as_text_with_its_words() {
    let mut page = String::from(
        "<!doctype html><meta charset=utf-8><title>Stretches</title><style>body{font-family:sans-serif}\
         .light{background:#fff;color:#223}.dark{background:#15181c;color:#dde}svg{height:190px}\
         .row{display:flex;flex-wrap:wrap}pre{font:9px/1 'DejaVu Sans Mono';margin:0 1em}</style>",
    );
    for theme in ["light", "dark"] {
        write!(page, "<div class='row {theme}'>").unwrap();
        for stretch in drawn().all() {
            let svg = svg(stretch).unwrap();
            assert!(
                svg.contains("<title") && svg.contains(&stretch.steps[0]),
                "{}",
                stretch.id
            );
            write!(page, "<div>{} {svg}</div>", stretch.id).unwrap();
        }
        write!(page, "</div>").unwrap();
    }
    for charset in [Charset::Braille, Charset::Ascii] {
        write!(page, "<div class=row>").unwrap();
        for stretch in drawn().all() {
            for position in &stretch.drawing {
                let lines = text(position, 34, charset);
                assert!(
                    lines.len() > 3 && lines.iter().all(|line| line.chars().count() <= 34),
                    "{}",
                    stretch.id
                );
                write!(page, "<pre>{}\n{}</pre>", stretch.id, lines.join("\n")).unwrap();
            }
        }
        write!(page, "</div>").unwrap();
    }
    std::fs::write(
        concat!(env!("CARGO_TARGET_TMPDIR"), "/stretches.html"),
        page,
    )
    .unwrap();
}
