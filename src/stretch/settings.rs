//! What a person allows: places, equipment, limits, stretches turned off.

use std::collections::BTreeSet;
use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use strum::{Display, VariantArray};

use super::entry::{Demand, Depth, Equipment, Place, Stretch};
use crate::time_of_day::TimeOfDay;

/// The section `[stretch]` of the settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StretchSettings {
    /// Where you are willing to stretch: `desk`, `room`, `floor`.
    pub places: BTreeSet<Place>,
    /// What is at hand: `chair`, `wall`, `doorway`, `mat`, `foam_roller`, `towel`.
    pub equipment: BTreeSet<Equipment>,
    /// What to spare, such as `no_twist` or `sore_shoulder`.
    pub limits: BTreeSet<Limit>,
    /// The ids of stretches that are never to be suggested.
    pub disabled: BTreeSet<String>,
    /// A warm-up comes first when you have not stretched for this many minutes.
    pub warm_up_after_minutes: u32,
    /// After this many suggestions for the same fault in a day comes the advice to get up and check the desk.
    pub same_relief_a_day: u32,
    /// When to remind you of the daily two minutes for the upper back, such as "15:00"; none for never.
    pub routine_at: Option<TimeOfDay>,
    /// A file with stretches of your own; none looks for `stretches.toml` beside the settings.
    pub own: Option<PathBuf>,
}

impl Default for StretchSettings {
    fn default() -> StretchSettings {
        StretchSettings {
            places: BTreeSet::from([Place::Desk]),
            equipment: BTreeSet::from([Equipment::Chair, Equipment::Wall, Equipment::Doorway]),
            limits: BTreeSet::new(),
            disabled: BTreeSet::new(),
            // Our choice: two of the hourly pauses that work-place guidance commonly asks for.
            warm_up_after_minutes: 120,
            // Our choice: at one suggestion an hour, most of a working day.
            same_relief_a_day: 5,
            routine_at: None,
            own: None,
        }
    }
}

impl StretchSettings {
    /// What speaks against a stretch, or none.
    #[must_use]
    pub fn obstacle(&self, stretch: &Stretch) -> Option<Obstacle> {
        if self.disabled.contains(&stretch.id) {
            return Some(Obstacle::Disabled);
        }
        if let Some(limit) = self.limits.iter().find(|limit| limit.rules_out(stretch)) {
            return Some(Obstacle::Limit(*limit));
        }
        if !self.places.contains(&stretch.place) {
            return Some(Obstacle::Place(stretch.place));
        }
        stretch
            .equipment
            .iter()
            .find(|thing| !self.equipment.contains(thing))
            .map(|thing| Obstacle::Missing(*thing))
    }

    /// These settings without one obstacle.
    #[must_use]
    pub(super) fn without(&self, obstacle: Obstacle) -> StretchSettings {
        let mut settings = self.clone();
        match obstacle {
            Obstacle::Disabled => settings.disabled.clear(),
            Obstacle::Limit(limit) => {
                settings.limits.remove(&limit);
            }
            Obstacle::Place(place) => {
                settings.places.insert(place);
            }
            Obstacle::Missing(thing) => {
                settings.equipment.insert(thing);
            }
            Obstacle::NotThoracic => {}
        }
        settings
    }

    /// Whether nothing speaks against it.
    #[must_use]
    pub fn allows(&self, stretch: &Stretch) -> bool {
        self.obstacle(stretch).is_none()
    }
}

/// A movement or a load that a person must avoid.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    Display,
    VariantArray,
)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// Nothing on the floor.
    #[strum(to_string = "no floor")]
    NoFloor,
    /// Nothing that needs standing.
    #[strum(to_string = "no standing")]
    NoStanding,
    /// No turning of the trunk.
    #[strum(to_string = "no twist")]
    NoTwist,
    /// No arms above the head.
    #[strum(to_string = "no arms overhead")]
    NoOverhead,
    /// Nothing that moves or loads the shoulder.
    #[strum(to_string = "sore shoulder")]
    SoreShoulder,
    /// Nothing that moves the neck.
    #[strum(to_string = "sore neck")]
    SoreNeck,
    /// No bending, arching or turning of the back.
    #[strum(to_string = "sore back")]
    SoreBack,
    /// No weight on the hands.
    #[strum(to_string = "sore wrists")]
    SoreWrists,
    /// No weight on the knees.
    #[strum(to_string = "sore knees")]
    SoreKnees,
    /// Pregnancy: nothing deep, nothing flat on the back, no twist.
    #[strum(to_string = "pregnancy")]
    Pregnancy,
    /// Brittle bones: nothing deep, no bending forward, no twist.
    #[strum(to_string = "osteoporosis")]
    Osteoporosis,
    /// A recent fall, accident or operation: no stretch at all until a professional has looked.
    #[strum(to_string = "recent injury")]
    RecentInjury,
}

impl Limit {
    /// Whether this limit forbids a stretch.
    #[must_use]
    pub fn rules_out(self, stretch: &Stretch) -> bool {
        let asks = |demands: &[Demand]| {
            stretch
                .demands
                .iter()
                .any(|demand| demands.contains(demand))
        };
        let deep = stretch.depth == Depth::Deep;
        match self {
            Limit::NoFloor => stretch.place == Place::Floor || asks(&[Demand::Floor]),
            Limit::NoStanding => asks(&[Demand::Standing]),
            Limit::NoTwist => asks(&[Demand::Twist]),
            Limit::NoOverhead => asks(&[Demand::Overhead]),
            Limit::SoreShoulder => asks(&[Demand::Shoulder, Demand::Overhead, Demand::Wrists]),
            Limit::SoreNeck => asks(&[Demand::Neck]),
            Limit::SoreBack => asks(&[Demand::Twist, Demand::Flexion, Demand::Extension]),
            Limit::SoreWrists => asks(&[Demand::Wrists]),
            Limit::SoreKnees => asks(&[Demand::Knees]),
            Limit::Pregnancy => deep || asks(&[Demand::Floor, Demand::Twist]),
            Limit::Osteoporosis => deep || asks(&[Demand::Flexion, Demand::Twist]),
            Limit::RecentInjury => true,
        }
    }
}

/// Why no stretch of the kind that is wanted can be suggested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exclusion {
    /// Without this obstacle there would be one.
    Alone(Obstacle),
    /// There are several obstacles; this is the most frequent.
    Mostly(Obstacle),
}

impl fmt::Display for Exclusion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Exclusion::Alone(obstacle) => write!(f, "{obstacle}"),
            Exclusion::Mostly(obstacle) => write!(f, "mostly {obstacle}"),
        }
    }
}

/// Why a stretch is not suggested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle {
    /// Turned off in the settings.
    Disabled,
    /// A limit in the settings forbids it.
    Limit(Limit),
    /// Not one of the places in the settings.
    Place(Place),
    /// Something it needs is not at hand.
    Missing(Equipment),
    /// It does not move the thoracic spine.
    NotThoracic,
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Obstacle::Disabled => f.write_str("turned off"),
            Obstacle::Limit(limit) => write!(f, "limit: {limit}"),
            Obstacle::Place(place) => write!(f, "not among your places: {place}"),
            Obstacle::Missing(thing) => write!(f, "no {thing} at hand"),
            Obstacle::NotThoracic => f.write_str("on request"),
        }
    }
}
