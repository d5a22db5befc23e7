//! What the camera sees, as in a mirror: head and shoulders as a skeleton, over the picture where it is shown.

use maud::{Markup, html};

use crate::control::Preview;
use crate::landmarks::{Joint, Skeleton};
use crate::posture::UnclearReason;

/// The lines between joints. The neck is drawn apart.
const BONES: [(Joint, Joint); 2] = [
    (Joint::LeftShoulder, Joint::RightShoulder),
    (Joint::LeftEar, Joint::RightEar),
];

/// Draws a skeleton on a blank canvas, with what is wrong with the view.
pub(super) fn skeleton(skeleton: &Skeleton, problem: Option<UnclearReason>) -> Markup {
    let label = "You as the camera sees you: head, ears and shoulders";
    let aspect = skeleton.aspect;
    mirror(
        aspect,
        label,
        &html! { (guides(aspect, problem)) (joints(skeleton)) },
    )
}

/// Draws the skeleton over the picture, with what is wrong with the view.
pub(super) fn picture(preview: &Preview, problem: Option<UnclearReason>) -> Markup {
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
            (guides(*aspect, problem))
            @if let Some(skeleton) = skeleton { (joints(skeleton)) }
        },
    )
}

/// Where head and shoulders belong, and which rule the view breaks. The rules themselves are
/// `posture`'s; the places only show where to move.
fn guides(aspect: f32, problem: Option<UnclearReason>) -> Markup {
    let Some(problem) = problem else {
        return Markup::default();
    };
    let (left, width) = (0.05 * aspect, 0.9 * aspect);
    let is_about_shoulders = problem == UnclearReason::ShouldersOutOfPicture;
    let is_about_head = problem == UnclearReason::HeadCutOff;
    html! {
        @if is_about_shoulders {
            rect.guide x=(left) y="0.4" width=(width) height="0.55" rx="0.03" {}
            (words("both shoulders in here", aspect, 0.92))
        }
        @if is_about_head {
            line.guide x1=(left) x2=(left + width) y1="0.08" y2="0.08" {}
            (words("the whole head below this line", aspect, 0.15))
        }
        @if !is_about_head && !is_about_shoulders {
            (words(&problem.to_string(), aspect, 0.95))
        }
    }
}

/// The size of words in a picture of height 1. The style sheet has the same.
const WORDS: f32 = 0.06;

/// The mean width of a letter against its size, in bold sans-serif. Wide letters are rare in words.
const LETTER: f32 = 0.6;

/// Words in the middle, smaller where the picture is too narrow for them.
fn words(words: &str, aspect: f32, y: f32) -> Markup {
    let width = words.chars().count() as f32 * WORDS * LETTER;
    let scale = (0.95 * aspect / width).min(1.0);
    let place = format!("translate({} {y}) scale({scale})", aspect / 2.0);
    html! { text.guide transform=(place) text-anchor="middle" { (words) } }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_fit_into_a_picture_that_stands_on_end() {
        let upright = words("nobody in view", 4.0 / 3.0, 0.95).into_string();
        assert!(upright.contains("scale(1)"), "{upright}");
        let long = words("picture on its side, head to the left", 0.75, 0.95).into_string();
        let (_, scale) = long.split_once("scale(").unwrap();
        let scale: f32 = scale.split(')').next().unwrap().parse().unwrap();
        assert!(scale < 0.6, "{long}");
    }
}
