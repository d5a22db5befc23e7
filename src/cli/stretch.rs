//! `sitwell stretch`.

use clap::Args;
use jiff::Timestamp;
use strum::VariantArray;

use crate::posture::Fault;
use crate::stretch::Place;

/// What `sitwell stretch` takes.
#[derive(Debug, Args)]
pub struct StretchArgs {
    /// A stretch by name, `list`, or `routine` for two minutes for the upper back; without it the one that the last nudge suggested or that fits now.
    pub name: Option<String>,
    /// Only stretches for this fault: forward_head, rounded_shoulders or mixed (both). With NAME: also what goes before it.
    #[arg(long = "for", value_name = "FAULT", value_parser = fault)]
    pub fault: Option<Fault>,
    /// Only stretches for this place: desk, room or floor.
    #[arg(long, value_parser = place)]
    pub place: Option<Place>,
    /// Print the steps and leave, without a timer.
    #[arg(long)]
    pub print: bool,
    /// Open the guide in a new terminal window, as a click on a notification does.
    #[arg(long, conflicts_with = "print")]
    pub window: bool,
    /// The nudge or the routine that this answers.
    #[arg(long, hide = true)]
    pub nudge: Option<Timestamp>,
}

/// A fault by its name in settings, hyphens allowed.
fn fault(text: &str) -> Result<Fault, String> {
    let wanted = text.replace('-', "_");
    let known = Fault::ALL.map(Fault::id);
    Fault::ALL
        .into_iter()
        .find(|fault| fault.id() == wanted)
        .ok_or_else(|| format!("no such fault; known are {}", known.join(", ")))
}

/// A place by its name.
fn place(text: &str) -> Result<Place, String> {
    let known: Vec<String> = Place::VARIANTS.iter().map(Place::to_string).collect();
    Place::VARIANTS
        .iter()
        .copied()
        .find(|place| place.to_string() == text)
        .ok_or_else(|| format!("no such place; known are {}", known.join(", ")))
}
