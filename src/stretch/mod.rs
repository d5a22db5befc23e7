//! The stretches, which one answers which fault, and the safety rules.
//!
//! The catalogue is data apart from the code: the built-in stretches are TOML
//! files beside this one, and a person's own stretches go through the very
//! same reader. [`choose`] is a pure function of the fault, what is allowed
//! and at hand, what was suggested lately, and the time. The drawings come
//! from joints in the same data, as SVG and as text art.
//!
//! Nothing here reads a file, shows anything or knows the clock. How often a
//! person may be told at all is the monitor's matter.

mod catalogue;
mod choice;
pub mod drawing;
mod entry;
mod headline;
pub mod safety;
mod screen;
mod session;
mod settings;

pub use catalogue::{Catalogue, CatalogueError, Problem, catalogue};
pub use choice::{DESK_CHECK, MoveReason, Suggestion, choose, survey};
pub use entry::{Demand, Depth, Effort, Equipment, MOVE, Place, Stretch};
pub use headline::headline;
pub use screen::{Screen, frame, sheet};
pub use session::{GuidedSession, Outcome, Progress};
pub use settings::{Limit, Obstacle, StretchSettings};
