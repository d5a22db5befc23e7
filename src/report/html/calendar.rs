//! Months as calendars: how much of each day was slouched.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use maud::{Markup, html};

use super::Links;
use crate::quantities::percent;
use crate::report::svg::level;
use crate::report::{Day, Summary};

/// With fewer days each has a strip of its own. As for the timeline.
const FEWEST_DAYS: usize = 15;

/// The days of months in weeks from Monday to Sunday, with the percentage upright. Months in which
/// nothing was observed are left out.
#[must_use]
pub fn calendar(summary: &Summary, links: Option<Links<'_>>) -> Markup {
    if summary.days.len() < FEWEST_DAYS {
        return Markup::default();
    }
    html! {
        section {
            h2 { "Day by day in the calendar" }
            div.months {
                @for month in summary.days.chunk_by(|a, b| a.date.first_of_month() == b.date.first_of_month()) {
                    @if month.iter().any(|day| day.times.observed().is_positive()) {
                        (table(month, links))
                    }
                }
            }
            p.note { "The percentage of each day's observed time spent upright. The stronger the colour, the more was slouched." }
        }
    }
}

fn table(month: &[Day], links: Option<Links<'_>>) -> Markup {
    let weekdays = Weekday::Monday.cycle_forward().take(7);
    let weeks: Vec<&[Day]> = month
        .chunk_by(|a, b| monday(a.date) == monday(b.date))
        .collect();
    html! {
        table.month {
            caption { @if let Some(day) = month.first() { (day.date.strftime("%B %Y")) } }
            thead { tr { @for day in weekdays { th scope="col" { (short(day)) } } } }
            tbody {
                @for week in weeks {
                    tr {
                        @for weekday in Weekday::Monday.cycle_forward().take(7) {
                            @match week.iter().find(|day| day.date.weekday() == weekday) {
                                Some(day) => (cell(day, links)),
                                None => td {},
                            }
                        }
                    }
                }
            }
        }
    }
}

fn cell(day: &Day, links: Option<Links<'_>>) -> Markup {
    let number = day.date.day();
    let Some(share) = day.times.upright_share() else {
        return html! { td { span.date { (number) } } };
    };
    let inside = html! { span.date { (number) } b { (percent(share)) } };
    html! {
        td class={ "day l" (level((1.0 - share) * 100.0)) } {
            @match links {
                Some(links) => a href=((links.day)(day.date)) { (inside) },
                None => (inside),
            }
        }
    }
}

fn monday(date: Date) -> Date {
    date.saturating_sub(i64::from(date.weekday().to_monday_zero_offset()).days())
}

fn short(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "Mo",
        Weekday::Tuesday => "Tu",
        Weekday::Wednesday => "We",
        Weekday::Thursday => "Th",
        Weekday::Friday => "Fr",
        Weekday::Saturday => "Sa",
        Weekday::Sunday => "Su",
    }
}
