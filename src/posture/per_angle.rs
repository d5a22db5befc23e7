//! One value for each angle that Sitwell measures.

use std::ops::{Index, IndexMut};

use serde::{Deserialize, Serialize};

use super::Fault;

/// An angle that Sitwell measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AngleKind {
    /// See [`PerAngle::forward_head`].
    ForwardHead,
    /// See [`PerAngle::rounded_shoulders`].
    RoundedShoulders,
}

impl AngleKind {
    /// Every angle, in the order in which reports list them.
    pub const ALL: [AngleKind; 2] = [AngleKind::ForwardHead, AngleKind::RoundedShoulders];

    /// The name in stored data and settings, such as `forward_head`.
    #[must_use]
    pub fn id(self) -> &'static str {
        self.fault().id()
    }

    /// The fault of somebody with too much of this angle alone.
    #[must_use]
    pub fn fault(self) -> Fault {
        match self {
            AngleKind::ForwardHead => Fault::ForwardHead,
            AngleKind::RoundedShoulders => Fault::RoundedShoulders,
        }
    }
}

/// One value for each angle. An angle that is missing from stored data or settings has the default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PerAngle<T> {
    /// Forward head angle (FHA): from the vertical through C7 to the line from C7 to the tragus, in
    /// the sagittal plane, forward positive. The craniovertebral angle is 90 degrees less this.
    pub forward_head: T,
    /// Protraction: the acromion forward of C7 in the transverse plane of the upper trunk, mean of
    /// both sides.
    pub rounded_shoulders: T,
}

impl<T> PerAngle<T> {
    /// The values that a function gives for each angle.
    pub fn from_fn(mut value: impl FnMut(AngleKind) -> T) -> PerAngle<T> {
        PerAngle {
            forward_head: value(AngleKind::ForwardHead),
            rounded_shoulders: value(AngleKind::RoundedShoulders),
        }
    }

    /// Each value turned into another.
    pub fn map<U>(self, mut change: impl FnMut(T) -> U) -> PerAngle<U> {
        PerAngle {
            forward_head: change(self.forward_head),
            rounded_shoulders: change(self.rounded_shoulders),
        }
    }

    /// Both values of each angle.
    pub fn zip<U>(self, other: PerAngle<U>) -> PerAngle<(T, U)> {
        PerAngle {
            forward_head: (self.forward_head, other.forward_head),
            rounded_shoulders: (self.rounded_shoulders, other.rounded_shoulders),
        }
    }

    /// The values by reference.
    #[must_use]
    pub fn as_ref(&self) -> PerAngle<&T> {
        PerAngle {
            forward_head: &self.forward_head,
            rounded_shoulders: &self.rounded_shoulders,
        }
    }

    /// The values, to be changed in place.
    pub fn as_mut(&mut self) -> PerAngle<&mut T> {
        PerAngle {
            forward_head: &mut self.forward_head,
            rounded_shoulders: &mut self.rounded_shoulders,
        }
    }

    /// Each angle with its value, in the order of [`AngleKind::ALL`].
    pub fn iter(&self) -> std::array::IntoIter<(AngleKind, &T), 2> {
        self.as_ref().into_iter()
    }
}

impl<T> IntoIterator for PerAngle<T> {
    type Item = (AngleKind, T);
    type IntoIter = std::array::IntoIter<(AngleKind, T), 2>;

    fn into_iter(self) -> Self::IntoIter {
        [
            (AngleKind::ForwardHead, self.forward_head),
            (AngleKind::RoundedShoulders, self.rounded_shoulders),
        ]
        .into_iter()
    }
}

impl<'a, T> IntoIterator for &'a PerAngle<T> {
    type Item = (AngleKind, &'a T);
    type IntoIter = std::array::IntoIter<(AngleKind, &'a T), 2>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<T> Index<AngleKind> for PerAngle<T> {
    type Output = T;

    fn index(&self, angle: AngleKind) -> &T {
        match angle {
            AngleKind::ForwardHead => &self.forward_head,
            AngleKind::RoundedShoulders => &self.rounded_shoulders,
        }
    }
}

impl<T> IndexMut<AngleKind> for PerAngle<T> {
    fn index_mut(&mut self, angle: AngleKind) -> &mut T {
        match angle {
            AngleKind::ForwardHead => &mut self.forward_head,
            AngleKind::RoundedShoulders => &mut self.rounded_shoulders,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_a_value_finds_the_same_one() {
        let ids = PerAngle::from_fn(AngleKind::id);
        let listed: Vec<_> = ids.into_iter().collect();
        assert_eq!(listed, AngleKind::ALL.map(|angle| (angle, ids[angle])));
        let json = serde_json::to_value(ids).unwrap();
        for (angle, id) in ids {
            assert_eq!(json[id], angle.id());
        }
        let pairs = ids.zip(ids.map(str::len));
        assert!(pairs.iter().all(|(_, (id, length))| id.len() == *length));
    }

    #[test]
    fn an_angle_that_is_not_stored_has_the_default_and_an_unknown_one_is_refused() {
        let read = serde_json::from_str::<PerAngle<f64>>;
        let stored = read(r#"{"rounded_shoulders": 2.5}"#).unwrap();
        assert_eq!((stored.forward_head, stored.rounded_shoulders), (0.0, 2.5));
        assert!(read(r#"{"knees": 2.5}"#).is_err());
    }
}
