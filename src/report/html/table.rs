//! Tables, and text made safe for a page.

use std::io::{self, Write};

/// Something that opens when its title is clicked.
pub(super) fn details<W: Write>(
    out: &mut W,
    title: &str,
    inside: impl FnOnce(&mut W) -> io::Result<()>,
) -> io::Result<()> {
    writeln!(out, "<details><summary>{}</summary>", escaped(title))?;
    inside(out)?;
    out.write_all(b"</details>\n")
}

/// A table whose first cells are the rows' headings; the others are set flush right if they begin with a number.
pub(super) fn table<R: AsRef<[String]>>(
    out: &mut impl Write,
    class: &str,
    header: &[&str],
    rows: &[R],
) -> io::Result<()> {
    let is_number = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.as_ref().get(column));
        let begins =
            |cell: &String| cell.starts_with(|c: char| c.is_ascii_digit() || "+-<>–".contains(c));
        column > 0
            && cells.clone().any(begins)
            && cells
                .filter(|cell| !begins(cell))
                .all(|cell| cell == "not observed")
    };
    let numbers: Vec<bool> = (0..header.len()).map(is_number).collect();
    let class_of = |column: usize| {
        if numbers.get(column) == Some(&true) {
            " class=\"n\""
        } else {
            ""
        }
    };
    write!(
        out,
        "<div class=\"scroll\"><table class=\"{class}\">\n<thead><tr>"
    )?;
    for (column, name) in header.iter().enumerate() {
        // An empty corner is no heading.
        let (tag, scope) = match *name {
            "" => ("td", ""),
            _ => ("th", " scope=\"col\""),
        };
        write!(out, "<{tag}{scope}{}>{name}</{tag}>", class_of(column))?;
    }
    out.write_all(b"</tr></thead>\n<tbody>\n")?;
    for row in rows {
        out.write_all(b"<tr>")?;
        for (column, cell) in row.as_ref().iter().enumerate() {
            match column {
                0 => write!(out, "<th scope=\"row\">{}</th>", escaped(cell))?,
                _ => write!(out, "<td{}>{}</td>", class_of(column), escaped(cell))?,
            }
        }
        out.write_all(b"</tr>\n")?;
    }
    out.write_all(b"</tbody></table></div>\n")
}

/// Text as it stands in a page.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
