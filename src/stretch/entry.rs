//! One stretch: what it is for, how it is done, and what it asks of the body.

use jiff::SignedDuration;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use strum::{Display, VariantArray};

use super::drawing::Position;
use crate::posture::Fault;

/// The id in stored data that stands for the advice to get up and check the desk.
pub const MOVE: &str = "move";

/// The word that asks `sitwell stretch` for the routine instead of a stretch.
pub const ROUTINE: &str = "routine";

/// The word that asks `sitwell stretch` for the list of stretches.
pub const LIST: &str = "list";

/// A stretch as the catalogue holds it. Texts are plain sentences for the person at the desk.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stretch {
    /// The stable name in stored data, settings and commands, such as `chin-tuck`.
    pub id: String,
    /// The name shown, such as `Chin tuck`.
    pub name: String,
    /// What it does, in one sentence.
    pub purpose: String,
    /// The gist in one sentence of at most 90 characters, for a notification.
    pub brief: String,
    /// How it moves the thoracic spine. Only a thoracic stretch answers a slouch while one is possible.
    #[serde(default)]
    pub thoracic: Vec<ThoracicMovement>,
    /// The faults it answers best.
    #[serde(default, deserialize_with = "faults")]
    pub answers: Vec<Fault>,
    /// The faults it also eases, for when nothing better is allowed.
    #[serde(default, deserialize_with = "faults")]
    pub eases: Vec<Fault>,
    /// Whether a short form of it opens thoracic stretches.
    #[serde(default)]
    pub opener: Option<Opener>,
    /// The ids of published studies behind it; reading the file turns them into citations.
    #[serde(default)]
    pub sources: Vec<String>,
    /// Where it can be done.
    pub place: Place,
    /// Everything it needs; empty where nothing is needed.
    #[serde(default)]
    pub equipment: Vec<Equipment>,
    /// What it asks of the body, so that limits can rule it out.
    #[serde(default)]
    pub demands: Vec<Demand>,
    /// Whether it warms up, is gentle, or goes deeper and wants a warm-up first.
    pub depth: Depth,
    /// How much it takes to do.
    pub effort: Effort,
    /// How long one repetition on one side takes, in seconds.
    pub seconds_each: u32,
    /// How many times, on each side.
    pub repetitions: u32,
    /// 2 where it is done once for the left and once for the right, else 1.
    #[serde(default = "one")]
    pub sides: u32,
    /// How to do it: short sentences, in order.
    pub steps: Vec<String>,
    /// When to breathe in and out.
    pub breathing: String,
    /// A version that asks less.
    pub easier: String,
    /// A version that asks more.
    pub stronger: String,
    /// What to look out for in this stretch; the general rules are in [`super::safety`].
    #[serde(default)]
    pub cautions: Vec<String>,
    /// The key positions, in order. A person's own stretch may have none.
    #[serde(default)]
    pub drawing: Vec<Position>,
}

/// Reads faults by their names in settings. A name that older files use has a special answer.
fn faults<'de, D: Deserializer<'de>>(reader: D) -> Result<Vec<Fault>, D::Error> {
    let fault = |name: &String| {
        let known = Fault::ALL.into_iter().find(|fault| fault.id() == name);
        known.ok_or_else(|| match name.as_str() {
            "slump" => "no such fault: \"slump\", which nothing measures; write forward_head, \
                        rounded_shoulders or mixed"
                .to_owned(),
            _ => {
                let known = Fault::ALL.map(Fault::id).join(", ");
                format!("no such fault: \"{name}\"; known are {known}")
            }
        })
    };
    let names = Vec::<String>::deserialize(reader)?;
    names
        .iter()
        .map(fault)
        .collect::<Result<_, _>>()
        .map_err(Error::custom)
}

/// The number of sides where a stretch does not tell left from right.
fn one() -> u32 {
    1
}

impl Stretch {
    /// Whether it moves the thoracic spine.
    #[must_use]
    pub fn is_thoracic(&self) -> bool {
        !self.thoracic.is_empty()
    }

    /// How long the whole of it takes: every repetition on every side.
    #[must_use]
    pub fn total(&self) -> SignedDuration {
        SignedDuration::from_secs(
            i64::from(self.seconds_each) * i64::from(self.repetitions) * i64::from(self.sides),
        )
    }

    /// The amount in words, such as `2 x 20 seconds on each side`.
    #[must_use]
    pub fn dose(&self) -> String {
        let times = if self.repetitions == 1 {
            String::new()
        } else {
            format!("{} x ", self.repetitions)
        };
        let sides = if self.sides == 1 { "" } else { " on each side" };
        format!("{times}{} seconds{sides}", self.seconds_each)
    }

    /// What it needs in words, such as `chair` or `mat and foam roller`, or `nothing`.
    #[must_use]
    pub fn needs(&self) -> String {
        let names: Vec<String> = self.equipment.iter().map(ToString::to_string).collect();
        match names.as_slice() {
            [] => "nothing".to_owned(),
            [one] => one.clone(),
            [first @ .., last] => format!("{} and {last}", first.join(", ")),
        }
    }
}

/// How a stretch moves the thoracic spine and the ribs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThoracicMovement {
    /// Bends the upper back backwards.
    Extension,
    /// Turns the upper back.
    Rotation,
    /// Opens the chest and draws the shoulder blades back.
    Opening,
    /// Moves the upper back through its range.
    Mobility,
}

/// The short form of a stretch that goes right before a thoracic stretch.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opener {
    /// The faults for which it opens.
    #[serde(deserialize_with = "faults")]
    pub before: Vec<Fault>,
    /// How many repetitions the short form has.
    pub repetitions: u32,
}

/// Where a stretch can be done.
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
#[strum(serialize_all = "snake_case")]
pub enum Place {
    /// In the chair or standing next to it.
    Desk,
    /// A few steps away, at a wall or a doorway.
    Room,
    /// Lying, kneeling or on all fours.
    Floor,
}

/// A thing that a stretch needs.
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
#[strum(serialize_all = "snake_case")]
pub enum Equipment {
    /// A steady chair whose back ends below the shoulder blades.
    Chair,
    /// A free stretch of wall.
    Wall,
    /// A doorway or a corner.
    Doorway,
    /// A mat, a carpet or a folded blanket.
    Mat,
    /// A foam roller.
    #[strum(to_string = "foam roller")]
    FoamRoller,
    /// A bath towel.
    Towel,
}

/// What a stretch asks of the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Demand {
    /// Getting down to the floor and up again.
    Floor,
    /// Standing.
    Standing,
    /// Turning the trunk.
    Twist,
    /// Bending the trunk forward.
    Flexion,
    /// Arching the back.
    Extension,
    /// Moving or holding the neck.
    Neck,
    /// Moving or loading the shoulder.
    Shoulder,
    /// Arms above the head.
    Overhead,
    /// Weight on the hands.
    Wrists,
    /// Weight on the knees, or the knees bent far.
    Knees,
}

/// How deep a stretch goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Depth {
    /// Warms up; offered before others, never as the answer to a fault.
    WarmUp,
    /// Stays well within the natural range.
    Gentle,
    /// Goes towards the end of the range, and wants a warm-up first.
    Deep,
}

/// How much a stretch takes to do, the least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effort {
    /// Without getting up, hardly seen by others.
    Little,
    /// Takes room or a moment's attention.
    Some,
    /// Means getting up and going somewhere, or down to the floor.
    More,
}
