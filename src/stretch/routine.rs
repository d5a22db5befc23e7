//! The daily routine: about two minutes for the upper back at a time of the person's choice.

use jiff::civil::DateTime;
use jiff::{SignedDuration, ToSpan};

use super::catalogue::Catalogue;
use super::choice::{excluded_by, warm_ups};
use super::entry::{Depth, Stretch, ThoracicMovement};
use super::past::Past;
use super::safety::{HABITS, SHORTEST};
use super::settings::{Exclusion, StretchSettings};
use super::suggestion::in_a_sentence;
use crate::posture::Fault;
use crate::time_of_day::TimeOfDay;

/// How long after its time the routine is still offered to somebody who comes back. Our choice:
/// a meeting and a meal; later in the day it would surprise.
const OFFERED_FOR: SignedDuration = SignedDuration::from_hours(4);

/// A stretch that takes longer leaves no room for another one in two minutes.
const LONGEST: SignedDuration = SignedDuration::from_secs(60);

/// A routine that takes less has room for one stretch more.
const ENOUGH: SignedDuration = SignedDuration::from_secs(90);

/// The last routine, by the person's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastRoutine {
    /// When it was offered, or done.
    pub at: DateTime,
    /// Whether and when to offer it again that day.
    pub again: OfferAgain,
}

/// Whether and when to offer the routine a second time on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfferAgain {
    /// It was done, turned down or ignored.
    No,
    /// The person put it off until then.
    PutOff(DateTime),
    /// Nobody saw it; not before then, and no later than a first offer.
    Unseen(DateTime),
}

/// What decides whether the routine is offered now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occasion {
    /// The person's clock.
    pub now: DateTime,
    /// When the person's day began.
    pub day_began: DateTime,
    /// Whether Sitwell watches and somebody is there.
    pub is_somebody_there: bool,
    /// Whether a nudge waits for an answer.
    pub nudge_waits: bool,
}

/// Whether the routine may be offered now, if no earlier one is in the way.
#[must_use]
pub fn is_time_for_routine(settings: &StretchSettings, occasion: Occasion) -> bool {
    due_at(settings, occasion).is_some_and(|due| occasion.now >= due)
        && occasion.is_somebody_there
        && !occasion.nudge_waits
}

/// When today's routine is due.
fn due_at(settings: &StretchSettings, occasion: Occasion) -> Option<DateTime> {
    let TimeOfDay(time) = settings.routine_at?;
    let due = occasion.day_began.date().to_datetime(time);
    // After midnight, in a day that began on the date before.
    Some(match due < occasion.day_began {
        true => due.saturating_add(1.day()),
        false => due,
    })
}

/// Whether the routine is to be offered now: once a day, at its time or when the person is back.
#[must_use]
pub fn is_routine_due(
    settings: &StretchSettings,
    last: Option<LastRoutine>,
    occasion: Occasion,
) -> bool {
    let Some(due) = due_at(settings, occasion) else {
        return false;
    };
    if !is_time_for_routine(settings, occasion) {
        return false;
    }
    let is_in_time = occasion.now.duration_since(due) < OFFERED_FOR;
    match last.filter(|last| last.at >= occasion.day_began) {
        None => is_in_time,
        Some(last) => match last.again {
            OfferAgain::No => false,
            OfferAgain::PutOff(until) => occasion.now >= until,
            OfferAgain::Unseen(until) => occasion.now >= until && is_in_time,
        },
    }
}

/// Chooses today's routine: a warm-up, an extension, then a rotation or opening of the upper back.
///
/// Among what the settings allow, a stretch that was refused repeatedly steps back, then the least
/// recently suggested goes first, then the least effort, then the order of the catalogue.
///
/// # Errors
///
/// No stretch for the upper back is allowed, and why.
pub fn routine<'a>(
    catalogue: &'a Catalogue,
    settings: &StretchSettings,
    past: Past<'_>,
) -> Result<Vec<&'a Stretch>, Option<Exclusion>> {
    let last = |stretch: &Stretch| {
        let in_routines = past
            .routines
            .iter()
            .filter(|routine| routine.at <= past.now && routine.stretches.contains(&stretch.id));
        let in_routines = in_routines.map(|routine| routine.at).max();
        in_routines.max(past.suggested(&stretch.id))
    };
    let warm_up =
        warm_ups(catalogue, settings).min_by_key(|stretch| (last(stretch), stretch.effort));
    let mut left: Vec<&Stretch> = catalogue
        .all()
        .iter()
        .filter(|stretch| stretch.is_thoracic() && settings.allows(stretch))
        .filter(|stretch| stretch.depth != Depth::Deep || warm_up.is_some())
        .collect();
    left.sort_by_key(|stretch| {
        (
            stretch.total() > LONGEST,
            past.is_refused(&stretch.id),
            last(stretch),
            stretch.effort,
        )
    });
    if left.is_empty() {
        let fault = Fault::HeadAndShoulders;
        return Err(excluded_by(
            catalogue,
            fault,
            settings,
            Stretch::is_thoracic,
        ));
    }
    let mut chosen: Vec<&Stretch> = warm_up.into_iter().collect();
    let wanted: [&[ThoracicMovement]; 2] = [
        &[ThoracicMovement::Extension],
        &[ThoracicMovement::Rotation, ThoracicMovement::Opening],
    ];
    for movements in wanted {
        let moves = |stretch: &&Stretch| movements.iter().any(|one| stretch.thoracic.contains(one));
        if let Some(place) = left.iter().position(moves) {
            chosen.push(left.remove(place));
        }
    }
    while total(&chosen) < ENOUGH && !left.is_empty() {
        chosen.push(left.remove(0));
    }
    Ok(chosen)
}

/// The body of the notice: two lines.
#[must_use]
pub fn routine_brief(stretches: &[&Stretch]) -> String {
    let names: Vec<String> = stretches
        .iter()
        .enumerate()
        .map(|(n, stretch)| match n {
            0 => stretch.name.clone(),
            _ => in_a_sentence(&stretch.name),
        })
        .collect();
    format!(
        "{}, {} seconds in all. {SHORTEST}\n{}",
        names.join(", "),
        total(stretches).as_secs(),
        HABITS[2]
    )
}

fn total(stretches: &[&Stretch]) -> SignedDuration {
    stretches
        .iter()
        .fold(SignedDuration::ZERO, |sum, stretch| sum + stretch.total())
}

#[cfg(test)]
mod tests;
