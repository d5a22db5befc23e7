//! Tables, and what opens when its title is clicked.

use maud::{Markup, html};

/// Something that opens when its title is clicked.
pub(super) fn details(title: &str, inside: Markup) -> Markup {
    html! { details { summary { (title) } (inside) } }
}

/// A table whose first cells are the rows' headings. Columns of numbers are flush right.
pub(super) fn table<R: AsRef<[String]>>(class: &str, header: &[&str], rows: &[R]) -> Markup {
    linked_table(class, header, rows, &[])
}

/// The same, with an address for each heading of a row, as far as there are addresses.
pub(super) fn linked_table<R: AsRef<[String]>>(
    class: &str,
    header: &[&str],
    rows: &[R],
    addresses: &[String],
) -> Markup {
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
    let class_of = |column: usize| numbers.get(column).is_some_and(|is| *is).then_some("n");
    html! {
        div.scroll {
            table class=(class) {
                thead {
                    tr {
                        @for (column, name) in header.iter().enumerate() {
                            // An empty corner is no heading.
                            @if name.is_empty() {
                                td {}
                            } @else {
                                th scope="col" class=[class_of(column)] { (name) }
                            }
                        }
                    }
                }
                tbody {
                    @for (number, row) in rows.iter().enumerate() {
                        tr {
                            @for (column, cell) in row.as_ref().iter().enumerate() {
                                @if column == 0 {
                                    th scope="row" {
                                        @match addresses.get(number) {
                                            Some(address) => a href=(address) { (cell) },
                                            None => (cell),
                                        }
                                    }
                                } @else {
                                    td class=[class_of(column)] { (cell) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
