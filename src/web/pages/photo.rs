//! The check with a photograph from the side, which is never kept.

use maud::{Markup, html};

use crate::calendar::Calendar;
use crate::record::PhotoCheck;
use crate::report::{Agreement, click_error};

/// What to click, in order, and what is said then.
const STEPS: [&str; 5] = [
    "Click the tragus: the small flap in front of the ear's opening.",
    "Now C7: the bone that stands out most where the neck meets the back. Below a collar, click the collar over it.",
    "Once more, to see how exact that is: the tragus.",
    "And C7 once more.",
    "Done. Check the time, then compare.",
];

/// The form, and what earlier photographs showed.
pub(in crate::web) fn photo(checks: &[PhotoCheck], calendar: &Calendar) -> Markup {
    let clicks = click_error(checks);
    html! {
        h1 { "Check it with a photograph" }
        p.lead { "Have somebody photograph you from the side while Sitwell watches, and compare the angle of your neck." }
        ul {
            li { "The phone is upright, straight beside you, at the height of your neck and two to three metres away." }
            li { "The ear and the back of the neck show. Each degree that the phone is tilted is a degree of error." }
            li { "Take some upright and some slouched, each of them held for a minute." }
        }
        p {
            "The photograph is never kept. It leaves this page only if you ask for a guess: then Sitwell on this computer searches it once for \
             your ear and shoulders. Of your clicks only the angles are kept."
        }
        form.card.group method="post" action="photo" {
            div.field {
                label for="photo" { "Photograph" }
                input #photo type="file" accept="image/jpeg,image/png";
            }
            p #step role="status" {}
            p.note #guessed role="status" hidden data-searching="Searching for you in the photograph."
                data-found="The two dashed rings are a guess: 7\u{b0} off on average, so no measurement. Look there, and click where both really are." {}
            canvas #canvas hidden data-steps=(serde_json::json!(STEPS)) aria-label="The photograph, to click the tragus and C7" {}
            input #points type="hidden" name="points";
            div.field {
                label for="taken" { "Taken at" }
                input #taken type="datetime-local" name="taken" required;
                p.note { "As the file says. Correct it if the file was changed since." }
            }
            div.controls {
                button.main #send disabled { "Compare" }
                button #again type="button" hidden { "Click again" }
                button #guess type="button" hidden { "Offer a guess" }
            }
        }
        @if !checks.is_empty() {
            h2 { "Photographs so far" }
            @match Agreement::of(checks) {
                Some(agreement) => p { (agreement.sentence()) },
                None => p { "From five photographs on, this says how well your webcam agrees with them." },
            }
            div.scroll {
                table {
                    thead { tr {
                        @for head in ["Taken", "Photograph", "Webcam", "Difference"] { th scope="col" { (head) } }
                    } }
                    tbody {
                        @for check in checks {
                            tr {
                                td { (calendar.zone.to_datetime(check.taken).strftime("%-d %B, %H:%M")) }
                                td { (format!("{:.1}\u{b0} \u{b1} {clicks:.1}\u{b0}", check.measured())) }
                                td { (format!("{:.1}\u{b0} \u{b1} {:.1}\u{b0}", check.webcam, check.error)) }
                                td { (format!("{:+.1}\u{b0}", check.webcam - check.measured())) }
                            }
                        }
                    }
                }
            }
            p.note {
                "Craniovertebral angle: from the horizontal through C7 to the line to the tragus; smaller is further forward. The webcam's comes \
                 from your neutral, which it knows only roughly, and the change from it. So a difference that is always the same says little \
                 about slouches; how much differences vary says more."
            }
            p.links { a href="photo-checks.csv" download { "The angles alone as CSV" } }
        }
        script src="photo.js" defer {}
    }
}
