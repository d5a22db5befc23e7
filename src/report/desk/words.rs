//! What the angles depend on, in words.

use jiff::civil::Weekday;
use jiff::tz::TimeZone;

use super::{
    DeskCheck, DeskDifference, DeskFactor, DeskFinding, DeskReport, ENOUGH_DAYS_OF_CHANGE, LATE,
};
use crate::quantities::count;
use crate::record::DeskChangeKind;
use crate::wording::angle_name;

impl DeskReport {
    /// What is told, a sentence each.
    #[must_use]
    pub fn sentences(&self, zone: &TimeZone) -> Vec<String> {
        let mut sentences: Vec<String> = self.findings.iter().map(DeskFinding::sentence).collect();
        if sentences.is_empty() {
            sentences.push(format!(
                "No clear difference between profiles, times of day, weekdays, or places before the camera in {}.",
                count(self.days, "day", "days")
            ));
        }
        sentences.extend(self.check.as_ref().map(|check| check.sentence(zone)));
        sentences.extend(self.advice().map(|(_, advice)| advice));
        sentences
    }

    /// One thing to try, and what it changes. While the last change is still being checked there is none.
    #[must_use]
    pub fn advice(&self) -> Option<(DeskChangeKind, String)> {
        if self
            .check
            .as_ref()
            .is_some_and(|check| check.since.is_none())
        {
            return None;
        }
        self.findings
            .iter()
            .filter(|finding| finding.difference.degrees > 0.0)
            .find_map(|finding| match &finding.factor {
                // The height and distance of screens: OSHA, Computer Workstations eTool, "Monitors".
                DeskFactor::Profile(profile) => Some((
                    DeskChangeKind::ScreenRaised,
                    format!(
                        "One thing to try: where you use the profile {profile}, raise the screen until its upper edge is at \
                         the height of your eyes, an arm's length away."
                    ),
                )),
                DeskFactor::LateInTheDay => Some((
                    DeskChangeKind::Break,
                    format!(
                        "One thing to try: get up before {LATE}:00. routine_at = \"14:45\" under [stretch] reminds you."
                    ),
                )),
                DeskFactor::Near => Some((
                    DeskChangeKind::ScreenMoved,
                    "One thing to try: move the screen an arm's length away, and make its text larger.".to_owned(),
                )),
                DeskFactor::LowerCamera => Some((
                    DeskChangeKind::ScreenRaised,
                    "One thing to try: raise the screen with its camera, until its upper edge is at the height of your eyes."
                        .to_owned(),
                )),
                DeskFactor::Weekday(_) | DeskFactor::HigherCamera => None,
            })
    }
}

impl DeskFinding {
    fn sentence(&self) -> String {
        let when = match &self.factor {
            DeskFactor::Profile(profile) => format!("with the profile {profile} than with others"),
            DeskFactor::LateInTheDay => format!("from {LATE}:00 on than earlier on the same days"),
            DeskFactor::Weekday(weekday) => {
                format!("on {} than on other days", weekday_name(*weekday))
            }
            DeskFactor::Near => {
                "while you sit at least a tenth nearer to the camera than calibrated, compared with the rest of the same days".to_owned()
            }
            DeskFactor::LowerCamera => {
                "on days with the camera below its calibrated place than on those with it in place".to_owned()
            }
            DeskFactor::HigherCamera => {
                "on days with the camera above its calibrated place than on those with it in place".to_owned()
            }
        };
        let caution = match self.factor {
            DeskFactor::LowerCamera | DeskFactor::HigherCamera => {
                " Angles are less exact with a camera that was moved."
            }
            DeskFactor::Profile(_)
            | DeskFactor::LateInTheDay
            | DeskFactor::Weekday(_)
            | DeskFactor::Near => "",
        };
        format!(
            "{}: {} from neutral {when}{}.{caution}",
            angle_name(self.angle),
            self.difference.more_or_less("further", "less far"),
            self.difference.in_brackets()
        )
    }
}

impl DeskCheck {
    fn sentence(&self, zone: &TimeZone) -> String {
        let day = zone.to_datetime(self.change.at).strftime("%-d %B");
        let since = format!("Since you {} on {day}", self.change.what);
        let Some(difference) = self.since else {
            let days = count(self.days, "day", "days");
            return format!(
                "{since}: {days} so far, too few to compare. It takes {ENOUGH_DAYS_OF_CHANGE}, and as many before."
            );
        };
        let clear = match self.is_sure {
            true => difference.more_or_less("further from neutral", "nearer to neutral"),
            false => "no clear difference of the head".to_owned(),
        };
        let anew = match self.recalibrated {
            true => " You calibrated anew since, so neutral is not what it was.",
            false => "",
        };
        format!("{since}: {clear}{}.{anew}", difference.in_brackets())
    }
}

impl DeskDifference {
    fn more_or_less(self, more: &str, less: &str) -> String {
        let word = if self.degrees < 0.0 { less } else { more };
        format!("{:.0}\u{b0} {word}", self.degrees.abs())
    }

    fn in_brackets(self) -> String {
        let (low, high) = self.interval;
        format!(" (95% interval: {low:+.1}\u{b0} to {high:+.1}\u{b0})")
    }
}

/// Several of a weekday.
fn weekday_name(weekday: Weekday) -> &'static str {
    match weekday {
        Weekday::Monday => "Mondays",
        Weekday::Tuesday => "Tuesdays",
        Weekday::Wednesday => "Wednesdays",
        Weekday::Thursday => "Thursdays",
        Weekday::Friday => "Fridays",
        Weekday::Saturday => "Saturdays",
        Weekday::Sunday => "Sundays",
    }
}
