//! The person's days: where they are, and when a day begins for them.

use jiff::Timestamp;
use jiff::Zoned;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

/// The days of somebody in a time zone.
#[derive(Debug, Clone, PartialEq)]
pub struct Calendar {
    /// The time zone.
    pub zone: TimeZone,
    /// When a day begins. What is earlier belongs to the day before.
    pub day_starts: Time,
}

impl Calendar {
    /// The day to which an instant belongs.
    #[must_use]
    pub fn date_of(&self, at: Timestamp) -> Date {
        let date = self.zone.to_datetime(at).date();
        match self.beginning(date) {
            Ok(beginning) if at < beginning.timestamp() => date.yesterday().unwrap_or(date),
            Ok(_) | Err(_) => date,
        }
    }

    /// When a day begins.
    ///
    /// # Errors
    ///
    /// At the ends of the calendar.
    pub fn beginning(&self, date: Date) -> Result<Zoned, jiff::Error> {
        date.to_datetime(self.day_starts)
            .to_zoned(self.zone.clone())
    }
}

/// Days that begin at midnight.
impl From<TimeZone> for Calendar {
    fn from(zone: TimeZone) -> Calendar {
        Calendar {
            zone,
            day_starts: Time::midnight(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_before_the_day_starts_belongs_to_the_day_before() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let day = |starts: &str, at: &str| {
            let calendar = Calendar {
                zone: zone.clone(),
                day_starts: starts.parse().unwrap(),
            };
            let at = at.parse::<jiff::civil::DateTime>().unwrap();
            let at = at.to_zoned(zone.clone()).unwrap().timestamp();
            let date = calendar.date_of(at);
            let begins = |date| calendar.beginning(date).unwrap().timestamp();
            assert!(begins(date) <= at && at < begins(date.tomorrow().unwrap()));
            date.day()
        };
        let rows = [
            ("00:00", "2026-11-24T00:00", 24),
            ("00:00", "2026-11-23T23:59", 23),
            ("04:00", "2026-11-24T03:59", 23),
            ("04:00", "2026-11-24T04:00", 24),
            ("04:00", "2026-11-24T23:00", 24),
            // The clocks go from 02:00 to 03:00, and from 03:00 to 02:00.
            ("02:00", "2026-03-29T01:59", 28),
            ("02:00", "2026-03-29T03:00", 29),
            ("02:00", "2026-10-25T01:59", 24),
            ("02:00", "2026-10-25T02:30", 25),
        ];
        for (starts, at, wanted) in rows {
            assert_eq!(day(starts, at), wanted, "{starts} {at}");
        }
    }
}
