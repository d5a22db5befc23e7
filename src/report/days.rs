//! Which days a report is about, in the reader's calendar.

use jiff::civil::{Date, Weekday};
use jiff::{Span, ToSpan};

use crate::calendar::Calendar;
use crate::record::Period;

/// Whole days of the calendar, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days {
    /// The first day.
    pub first: Date,
    /// The last day.
    pub last: Date,
}

/// Why a text names no days.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DaysError {
    /// The text is neither a name nor a date.
    #[error(
        "cannot tell which days `{text}` means; try today, yesterday, week, last-week, month, last-month, year, 2026-11-23 or 2026-11-01..2026-11-23"
    )]
    Unknown {
        /// The text.
        text: String,
    },
    /// The first day is after the last.
    #[error("{first} is after {last}; put the earlier day first")]
    Backwards {
        /// The first day.
        first: Date,
        /// The last day.
        last: Date,
    },
    /// The calendar does not reach these days.
    #[error("the days from {first} to {last} are beyond the calendar; ask for nearer ones")]
    Beyond {
        /// The first day.
        first: Date,
        /// The last day.
        last: Date,
    },
}

impl Days {
    /// Understands `today`, `yesterday`, `week`, `last-week`, `month`, `last-month`,
    /// `year`, a date, or two dates as `FROM..TO`. Weeks begin on `week_start`.
    ///
    /// # Errors
    ///
    /// When `text` is none of these.
    pub fn parse(text: &str, today: Date, week_start: Weekday) -> Result<Days, DaysError> {
        let unknown = || DaysError::Unknown {
            text: text.to_owned(),
        };
        let date = |date: &str| date.trim().parse::<Date>().map_err(|_| unknown());
        let back = |days: i64| today.saturating_sub(days.days());
        let week_day = i64::from(today.weekday().since(week_start));
        let month = today.first_of_month();
        let last_month = month.saturating_sub(1.day());
        let days = match text {
            "today" => Days::from(today),
            "yesterday" => Days::from(back(1)),
            "week" => Days {
                first: back(week_day),
                last: back(week_day - 6),
            },
            "last-week" => Days {
                first: back(week_day + 7),
                last: back(week_day + 1),
            },
            "month" => Days {
                first: month,
                last: today.last_of_month(),
            },
            "last-month" => Days {
                first: last_month.first_of_month(),
                last: last_month,
            },
            "year" => Days {
                first: today.first_of_year(),
                last: today.last_of_year(),
            },
            dates => match dates.split_once("..") {
                Some((first, last)) => Days {
                    first: date(first)?,
                    last: date(last)?,
                },
                None => Days::from(date(dates)?),
            },
        };
        if days.first > days.last {
            return Err(DaysError::Backwards {
                first: days.first,
                last: days.last,
            });
        }
        Ok(days)
    }

    /// From the first instant of the first day up to the first after the last.
    ///
    /// # Errors
    ///
    /// At the ends of the calendar.
    pub fn period(self, calendar: &Calendar) -> Result<Period, DaysError> {
        let start = |day: Date| calendar.beginning(day).map(|zoned| zoned.timestamp());
        let period = || -> Result<Period, jiff::Error> {
            Ok(Period {
                from: start(self.first)?,
                to: start(self.last.tomorrow()?)?,
            })
        };
        period().map_err(|_| DaysError::Beyond {
            first: self.first,
            last: self.last,
        })
    }

    /// The days to compare with: the week before a day, the calendar
    /// month before a whole month, else as many days before.
    #[must_use]
    pub fn before(self) -> Days {
        let last = self.first.saturating_sub(1.day());
        let is_month = self.first.day() == 1 && self.last == self.first.last_of_month();
        let first = if self.first == self.last {
            self.first.saturating_sub(7.days())
        } else if is_month {
            last.first_of_month()
        } else {
            let length: Span = self.first.until(self.last).unwrap_or_default();
            self.first.saturating_sub(length).saturating_sub(1.day())
        };
        Days { first, last }
    }

    /// The last whole week, unless it was reported already; `reported` is the day of the
    /// last weekly report. The caller reports only a week with observations.
    #[must_use]
    pub fn week_to_report(
        reported: Option<Date>,
        today: Date,
        week_start: Weekday,
    ) -> Option<Days> {
        let into_week = i64::from(today.weekday().since(week_start));
        let last = today.saturating_sub((into_week + 1).days());
        // A clock that ran ahead wrote a future day; it must not suppress the weeks until then.
        let is_reported = reported.is_some_and(|day| last < day && day <= today);
        (!is_reported).then(|| Days {
            first: last.saturating_sub(6.days()),
            last,
        })
    }

    /// Without future days, unless all are in the future.
    #[must_use]
    pub fn until(self, today: Date) -> Days {
        Days {
            first: self.first,
            last: self.last.min(today.max(self.first)),
        }
    }

    /// How many days.
    #[must_use]
    pub fn count(self) -> i64 {
        self.first
            .until(self.last)
            .map_or(0, |span| i64::from(span.get_days()))
            + 1
    }
}

impl From<Date> for Days {
    fn from(day: Date) -> Days {
        Days {
            first: day,
            last: day,
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;

    fn parsed(text: &str) -> String {
        // A Wednesday.
        let today = jiff::civil::date(2026, 11, 25);
        match Days::parse(text, today, Weekday::Monday) {
            Ok(days) => format!(
                "{} {} after {}..{}",
                days.first,
                days.last,
                days.before().first,
                days.before().last
            ),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn days_are_understood() {
        let rows = [
            (
                "today",
                "2026-11-25 2026-11-25 after 2026-11-18..2026-11-24",
            ),
            (
                "yesterday",
                "2026-11-24 2026-11-24 after 2026-11-17..2026-11-23",
            ),
            ("week", "2026-11-23 2026-11-29 after 2026-11-16..2026-11-22"),
            (
                "last-week",
                "2026-11-16 2026-11-22 after 2026-11-09..2026-11-15",
            ),
            (
                "month",
                "2026-11-01 2026-11-30 after 2026-10-01..2026-10-31",
            ),
            (
                "last-month",
                "2026-10-01 2026-10-31 after 2026-09-01..2026-09-30",
            ),
            ("year", "2026-01-01 2026-12-31 after 2025-01-01..2025-12-31"),
            (
                "2026-02-28",
                "2026-02-28 2026-02-28 after 2026-02-21..2026-02-27",
            ),
            (
                "2026-11-01..2026-11-10",
                "2026-11-01 2026-11-10 after 2026-10-22..2026-10-31",
            ),
            (
                "2026-11-10..2026-11-01",
                "2026-11-10 is after 2026-11-01; put the earlier day first",
            ),
        ];
        for (text, expected) in rows {
            assert_eq!(parsed(text), expected, "{text}");
        }
        assert!(
            parsed("tomorrowish")
                .starts_with("cannot tell which days `tomorrowish` means; try today")
        );
    }

    #[test]
    fn future_days_are_left_out() {
        let today = jiff::civil::date(2026, 11, 25);
        let rows = [
            ("week", "2026-11-23 2026-11-25"),
            ("last-week", "2026-11-16 2026-11-22"),
            ("today", "2026-11-25 2026-11-25"),
            ("2026-12-01..2026-12-05", "2026-12-01 2026-12-01"),
        ];
        for (text, expected) in rows {
            let days = Days::parse(text, today, Weekday::Monday).unwrap();
            let Days { first, last } = days.until(today);
            assert_eq!(format!("{first} {last}"), expected, "{text}");
        }
    }

    #[test]
    fn a_week_is_reported_once_when_it_is_over() {
        let rows = [
            // Never reported, on a Wednesday, a Sunday and a Monday.
            ("", "2026-11-25", "2026-11-16..2026-11-22"),
            ("", "2026-11-29", "2026-11-16..2026-11-22"),
            ("", "2026-11-30", "2026-11-23..2026-11-29"),
            // Reported on this week's Monday, or later in it.
            ("2026-11-23", "2026-11-25", "-"),
            ("2026-11-25", "2026-11-29", "-"),
            ("2026-11-25", "2026-11-30", "2026-11-23..2026-11-29"),
            // Back from four weeks away: only the last week.
            ("2026-10-26", "2026-11-25", "2026-11-16..2026-11-22"),
            // The clock ran ahead at the last report.
            ("2027-01-01", "2026-11-25", "2026-11-16..2026-11-22"),
        ];
        for (reported, today, expected) in rows {
            let week = Days::week_to_report(
                reported.parse().ok(),
                today.parse().unwrap(),
                Weekday::Monday,
            );
            let week = week.map_or("-".to_owned(), |week| {
                format!("{}..{}", week.first, week.last)
            });
            assert_eq!(week, expected, "reported {reported}, today {today}");
        }
        let american = Days::week_to_report(None, "2026-11-29".parse().unwrap(), Weekday::Sunday);
        assert_eq!(american.unwrap().last, jiff::civil::date(2026, 11, 28));
    }

    #[test]
    fn a_sunday_belongs_to_the_week_that_its_reader_keeps() {
        let sunday = jiff::civil::date(2026, 11, 29);
        let first = |start| {
            Days::parse("week", sunday, start)
                .unwrap()
                .first
                .to_string()
        };
        assert_eq!(first(Weekday::Monday), "2026-11-23");
        assert_eq!(first(Weekday::Sunday), "2026-11-29");
    }

    #[test]
    fn a_day_is_as_long_as_the_clocks_make_it() {
        let berlin = Calendar::from(TimeZone::get("Europe/Berlin").unwrap());
        let hours = |day: &str| {
            let period = Days::from(day.parse::<Date>().unwrap())
                .period(&berlin)
                .unwrap();
            period.to.duration_since(period.from).as_hours()
        };
        assert_eq!(
            (
                hours("2026-03-29"),
                hours("2026-10-25"),
                hours("2026-11-23")
            ),
            (23, 25, 24)
        );
    }
}
