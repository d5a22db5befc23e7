//! Which stretch answers a fault now.
//!
//! The choice is pure: the same catalogue, settings, past and instant give the same suggestion.
//! The monitor decides how often a person is nudged at all.

use jiff::SignedDuration;

use super::catalogue::Catalogue;
use super::entry::{Depth, Stretch};
use super::past::Past;
use super::settings::{Exclusion, Obstacle, StretchSettings};
use super::suggestion::{MoveReason, Suggestion};
use crate::posture::Fault;

/// Chooses the suggestion for a fault.
///
/// A thoracic stretch goes before all others. Then the last suggestion is not repeated while
/// there is another one. Then a stretch that answers the fault goes before one that eases it.
/// Then a stretch that was refused repeatedly steps back, then the least recently suggested
/// goes first, then the least effort, then the order of the catalogue.
#[must_use]
pub fn choose<'a>(
    catalogue: &'a Catalogue,
    fault: Fault,
    settings: &StretchSettings,
    past: Past<'_>,
) -> Suggestion<'a> {
    let times = past.quick_fixes(fault);
    if u32::try_from(times).unwrap_or(u32::MAX) >= settings.same_relief_a_day {
        return Suggestion::Move(MoveReason::SameRelief { times });
    }
    let last = past.last_stretch();
    let best = candidates(catalogue, fault, settings).min_by_key(|stretch| {
        (
            !stretch.is_thoracic(),
            last == Some(stretch.id.as_str()),
            !stretch.answers.contains(&fault),
            past.is_refused(&stretch.id),
            past.suggested(&stretch.id),
            stretch.effort,
        )
    });
    match best {
        None => Suggestion::Move(MoveReason::NothingFits {
            excluded_by: excluded_by(catalogue, fault, settings, |_| true),
        }),
        Some(stretch) => prepare(catalogue, stretch, fault, settings, past),
    }
}

/// Adds to a stretch what goes before it: a warm-up where one is due, and the opener for the fault.
#[must_use]
pub fn prepare<'a>(
    catalogue: &'a Catalogue,
    stretch: &'a Stretch,
    fault: Fault,
    settings: &StretchSettings,
    past: Past<'_>,
) -> Suggestion<'a> {
    let is_cold = past.last_movement().is_none_or(|moved| {
        past.now.duration_since(moved)
            >= SignedDuration::from_mins(settings.warm_up_after_minutes.into())
    });
    let is_due = stretch.depth == Depth::Deep || is_cold;
    let warm_up = is_due.then(|| warm_up(catalogue, settings, past)).flatten();
    let opener = catalogue
        .openers(fault)
        .find(|opener| stretch.is_thoracic() && settings.allows(opener));
    let excluded_by = if stretch.is_thoracic() {
        None
    } else {
        excluded_by(catalogue, fault, settings, Stretch::is_thoracic)
    };
    Suggestion::Stretch {
        stretch,
        opener,
        warm_up,
        excluded_by,
    }
}

/// The stretches for a fault, or all of them, each with what speaks against suggesting it.
#[must_use]
pub fn survey<'a>(
    catalogue: &'a Catalogue,
    fault: Option<Fault>,
    settings: &StretchSettings,
) -> Vec<(&'a Stretch, Option<Obstacle>)> {
    let all = fault.map_or_else(
        || catalogue.all().iter().collect(),
        |fault| catalogue.for_fault(fault),
    );
    let on_request = |stretch: &Stretch| {
        (stretch.depth != Depth::WarmUp && !stretch.is_thoracic()).then_some(Obstacle::NotThoracic)
    };
    all.into_iter()
        .map(|stretch| {
            let obstacle = settings.obstacle(stretch);
            (stretch, obstacle.or_else(|| on_request(stretch)))
        })
        .collect()
}

/// The stretches for a fault that the settings allow; a deep one needs a warm-up that they allow too.
fn candidates<'a>(
    catalogue: &'a Catalogue,
    fault: Fault,
    settings: &StretchSettings,
) -> impl Iterator<Item = &'a Stretch> {
    let can_warm_up = warm_ups(catalogue, settings).next().is_some();
    catalogue
        .for_fault(fault)
        .into_iter()
        .filter(move |stretch| settings.allows(stretch))
        .filter(move |stretch| stretch.depth != Depth::Deep || can_warm_up)
}

/// What keeps every wanted stretch from being suggested; none if nothing is wanted for the fault.
pub(super) fn excluded_by(
    catalogue: &Catalogue,
    fault: Fault,
    settings: &StretchSettings,
    is_wanted: impl Fn(&Stretch) -> bool,
) -> Option<Exclusion> {
    let wanted: Vec<Obstacle> = catalogue
        .for_fault(fault)
        .into_iter()
        .filter(|stretch| is_wanted(stretch))
        .filter_map(|stretch| settings.obstacle(stretch))
        .collect();
    let frees = |obstacle: &&Obstacle| {
        candidates(catalogue, fault, &settings.without(**obstacle)).any(&is_wanted)
    };
    let count = |obstacle: &&Obstacle| wanted.iter().filter(|one| one == obstacle).count();
    match wanted.iter().find(frees) {
        Some(obstacle) => Some(Exclusion::Alone(*obstacle)),
        None => wanted
            .iter()
            .max_by_key(count)
            .copied()
            .map(Exclusion::Mostly),
    }
}

/// The warm-up for now: the least effort first, and not always the same.
fn warm_up<'a>(
    catalogue: &'a Catalogue,
    settings: &StretchSettings,
    past: Past<'_>,
) -> Option<&'a Stretch> {
    let mut allowed: Vec<&Stretch> = warm_ups(catalogue, settings).collect();
    allowed.sort_by_key(|stretch| stretch.effort);
    // Which warm-up came with a nudge is not kept, so the count of nudges turns the wheel.
    let turn = past.today().count().checked_rem(allowed.len())?;
    allowed.get(turn).copied()
}

pub(super) fn warm_ups<'a>(
    catalogue: &'a Catalogue,
    settings: &StretchSettings,
) -> impl Iterator<Item = &'a Stretch> {
    catalogue
        .all()
        .iter()
        .filter(|stretch| stretch.depth == Depth::WarmUp && settings.allows(stretch))
}
