//! What the camera sees, as in a mirror: head and shoulders as a skeleton, over the picture where it is shown.

use maud::{Markup, html};

use crate::control::Preview;
use crate::landmarks::{Joint, Skeleton};

/// The lines between joints. The neck is drawn apart.
const BONES: [(Joint, Joint); 2] = [
    (Joint::LeftShoulder, Joint::RightShoulder),
    (Joint::LeftEar, Joint::RightEar),
];

/// Draws a skeleton on a blank canvas.
pub(super) fn skeleton(skeleton: &Skeleton) -> Markup {
    let label = "You as the camera sees you: head, ears and shoulders";
    mirror(skeleton.aspect, label, &html! { (joints(skeleton)) })
}

/// Draws the skeleton over the picture.
pub(super) fn picture(preview: &Preview) -> Markup {
    let Preview {
        jpeg,
        aspect,
        skeleton,
    } = preview;
    let address = format!("data:image/jpeg;base64,{jpeg}");
    mirror(
        *aspect,
        "The camera's picture, with what Sitwell finds in it",
        &html! {
            g transform=(format!("matrix(-1 0 0 1 {aspect} 0)")) {
                image href=(address) width=(aspect) height="1" {}
            }
            @if let Some(skeleton) = skeleton { (joints(skeleton)) }
        },
    )
}

fn mirror(aspect: f32, label: &str, inside: &Markup) -> Markup {
    html! {
        svg.mirror viewBox=(format!("0 0 {aspect} 1")) role="img" aria-label=(label) { (inside) }
    }
}

/// The joints, mirrored as people know themselves.
fn joints(skeleton: &Skeleton) -> Markup {
    let points = skeleton.points.map(|(x, y)| (skeleton.aspect - x, y));
    let place = |joint: Joint| {
        let index = Skeleton::JOINTS.iter().position(|other| *other == joint);
        index.map_or((0.0, 0.0), |index| points[index])
    };
    let middle = |(a, b): (Joint, Joint)| {
        let ((ax, ay), (bx, by)) = (place(a), place(b));
        ((ax + bx) / 2.0, (ay + by) / 2.0)
    };
    let line = |((x1, y1), (x2, y2)): ((f32, f32), (f32, f32))| {
        html! { line x1=(x1) y1=(y1) x2=(x2) y2=(y2) {} }
    };
    let [shoulders, ears] = BONES;
    html! {
        @for (from, to) in BONES { (line((place(from), place(to)))) }
        (line((middle(shoulders), middle(ears))))
        @for (x, y) in points { circle cx=(x) cy=(y) r="0.012" {} }
    }
}
