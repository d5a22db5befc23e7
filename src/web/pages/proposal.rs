//! What may end false alarms that come again.

use jiff::Timestamp;
use maud::{Markup, html};

use super::Page;
use super::settings::LIMITS;
use crate::report::{Proposal, Remedy};

/// A proposal with its answers. Only a button changes something. The slouch is the one whose page shows it.
pub(super) fn proposed(proposal: &Proposal, slouch: Option<Timestamp>) -> Markup {
    let page = html! {
        input type="hidden" name="fault" value=(proposal.fault.id());
        @if let Some(slouch) = slouch { input type="hidden" name="slouch" value=(slouch); }
    };
    html! {
        section.card.group aria-labelledby="proposal" {
            h2 #proposal { "What may help" }
            p { (proposal.reason()) }
            p { (proposal.advice()) }
            @if let Some(change) = proposal.change() { p { (change) } }
            div.controls {
                @match proposal.remedy {
                    Remedy::RaiseLimit { angle, to } => {
                        form method="post" action="proposal" {
                            (page)
                            input type="hidden" name="setting" value={ (LIMITS) (angle.id()) };
                            input type="hidden" name="value" value=(to);
                            button { "Yes, set the limit to " (to) "\u{b0}" }
                        }
                    },
                    Remedy::Calibrate { .. } | Remedy::AddProfile => {
                        a.button href=(Page::Calibrate.address()) { "Calibrate" }
                    },
                    Remedy::MoveCamera { .. } => {
                        a.button href=(Page::SetUp.address()) { "See what the camera sees" }
                    },
                }
                form method="post" action="proposal" { (page) button { "No" } }
            }
            p.note { "Nothing changes unless you do that. After \u{201c}No\u{201d} it takes three more false alarms until Sitwell proposes something again." }
        }
    }
}
