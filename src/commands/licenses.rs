//! `sitwell licenses`: the terms of Sitwell and of everything inside the program.

use std::io::{self, Write};

/// The notices of the libraries. `packaging/licenses` writes them.
const LIBRARIES: &str = include_str!("licenses.txt");

/// Writes all notices.
pub(super) fn run(out: &mut impl Write) -> io::Result<()> {
    let parts = [
        (
            "Sitwell is licensed under MIT or Apache-2.0, at your choice.",
            include_str!("../../LICENSE-MIT"),
        ),
        (
            "The pose models are Google's, from MediaPipe, under Apache-2.0. They were translated from TFLite to ONNX.",
            include_str!("../../models/LICENSE"),
        ),
        (
            "The pictures of the demo are rendered from MakeHuman's bodies, which are in the public domain (CC0).\n\
             SQLite is in the public domain. These are the notices of the other libraries:",
            LIBRARIES,
        ),
    ];
    for (heading, notice) in parts {
        writeln!(out, "{heading}\n\n{}\n", notice.trim_end())?;
    }
    Ok(())
}
