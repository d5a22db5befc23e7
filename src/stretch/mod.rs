//! The stretches, which one answers which fault, and the safety rules.
//!
//! The catalogue is data apart from the code: the built-in stretches are TOML
//! files beside this one, and a person's own stretches go through the very
//! same reader. [`choose`] is a pure function of the fault, the settings, the
//! recent nudges and the time. The drawings come from joints in the same data,
//! as SVG and as text art.
//!
//! Nothing here reads a file, shows anything or reads the clock. The monitor
//! decides how often a person is nudged.

mod catalogue;
mod choice;
pub mod drawing;
mod entry;
mod headline;
mod past;
mod routine;
pub mod safety;
mod screen;
mod session;
mod settings;
mod suggestion;

#[cfg(any(test, fuzzing))]
pub(crate) use catalogue::fuzz;
pub use catalogue::{Catalogue, CatalogueError, Problem, catalogue};
pub use choice::{choose, prepare, survey};
pub use entry::{
    Demand, Depth, Effort, Equipment, LIST, MOVE, Opener, Place, ROUTINE, Stretch, ThoracicMovement,
};
pub use headline::headline;
pub use past::{Past, RECENT};
pub use routine::{
    LastRoutine, Occasion, OfferAgain, is_routine_due, is_time_for_routine, routine, routine_brief,
};
pub use screen::{Screen, frame, sheet};
pub use session::{GuidedSession, Outcome, Progress};
pub use settings::{Exclusion, Limit, Obstacle, StretchSettings};
pub use suggestion::{DESK_CHECK, MoveReason, Suggestion};
