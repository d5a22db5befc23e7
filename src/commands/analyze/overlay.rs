//! A copy of the picture with the skeleton and the angles drawn on it.

use std::path::Path;

use anyhow::{Context, Result};
use embedded_graphics::mono_font::{MonoTextStyle, ascii::FONT_9X18_BOLD};
use embedded_graphics::pixelcolor::Rgb888;
use embedded_graphics::prelude::*;
use embedded_graphics::primitives::{Circle, Line, PrimitiveStyle, Rectangle};
use embedded_graphics::text::{Baseline, Text};
use image::RgbImage;

use super::output::AnalyzedPicture;
use crate::frame::Frame;
use crate::landmarks::{Joint, Landmarks, Sighting};
use crate::posture::Moment;

/// The bones that a camera at a desk sees.
const BONES: [(Joint, Joint); 15] = [
    (Joint::LeftEar, Joint::LeftEye),
    (Joint::LeftEye, Joint::Nose),
    (Joint::Nose, Joint::RightEye),
    (Joint::RightEye, Joint::RightEar),
    (Joint::MouthLeft, Joint::MouthRight),
    (Joint::LeftShoulder, Joint::RightShoulder),
    (Joint::LeftShoulder, Joint::LeftElbow),
    (Joint::LeftElbow, Joint::LeftWrist),
    (Joint::RightShoulder, Joint::RightElbow),
    (Joint::RightElbow, Joint::RightWrist),
    (Joint::LeftShoulder, Joint::LeftHip),
    (Joint::RightShoulder, Joint::RightHip),
    (Joint::LeftHip, Joint::RightHip),
    (Joint::LeftEar, Joint::LeftShoulder),
    (Joint::RightEar, Joint::RightShoulder),
];
/// A joint is drawn when the model rather sees it than not.
const VISIBLE: f32 = 0.5;
const GREEN: Rgb888 = Rgb888::new(60, 220, 120);
const ORANGE: Rgb888 = Rgb888::new(255, 150, 30);
const GREY: Rgb888 = Rgb888::new(190, 190, 190);
/// A joint this many picture heights away is not drawn: a line there would take for ever. Our choice: none is so far.
const FAR: f32 = 100.0;
const LINE_HEIGHT: i32 = 22;
const CHARACTER: u32 = 9;

/// Draws what was found into the picture and writes it into the folder under the picture's own name,
/// as PNG; looks at a video carry their time in the name.
pub(super) fn write(folder: &Path, frame: &Frame, picture: &AnalyzedPicture) -> Result<()> {
    let stem = picture
        .path
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy();
    let name = match picture.time_s {
        Some(time) => format!("{stem}_{time:09.2}s.png"),
        None => format!("{stem}.png"),
    };
    let path = folder.join(name);
    let mut canvas = Canvas(frame.pixels.clone());
    let colour = match picture.analysis.classification.moment {
        Moment::Upright => GREEN,
        Moment::Slouched(_) => ORANGE,
        Moment::Unclear(_) | Moment::Away => GREY,
    };
    if let Sighting::Person(person) = &picture.analysis.sighting {
        skeleton(&mut canvas, &person.crops[0].joints, colour);
    }
    caption(&mut canvas, &picture.words(), colour);
    canvas
        .0
        .save(&path)
        .with_context(|| format!("cannot write {}", path.display()))
}

fn skeleton(canvas: &mut Canvas, landmarks: &Landmarks, colour: Rgb888) {
    let height = canvas.0.height() as f32;
    let scale = (canvas.0.height() / 240).max(1);
    let place = |joint: Joint| {
        let landmark = landmarks[joint];
        let near = -FAR..FAR;
        let seen = landmark.visibility >= VISIBLE
            && near.contains(&landmark.x)
            && near.contains(&landmark.y);
        seen.then(|| Point::new((landmark.x * height) as i32, (landmark.y * height) as i32))
    };
    for (from, to) in BONES {
        if let (Some(from), Some(to)) = (place(from), place(to)) {
            let Ok(()) = Line::new(from, to)
                .into_styled(PrimitiveStyle::with_stroke(colour, scale))
                .draw(canvas);
        }
    }
    for (joint, _) in Joint::ALL {
        if let Some(at) = place(joint) {
            let Ok(()) = Circle::with_center(at, scale * 3)
                .into_styled(PrimitiveStyle::with_fill(Rgb888::WHITE))
                .draw(canvas);
        }
    }
}

/// Writes the words on a dark band at the top, wrapped to the picture's width.
fn caption(canvas: &mut Canvas, words: &str, colour: Rgb888) {
    // The built-in font has no degree sign and no plus-minus.
    let plain = words.replace('°', " deg").replace('±', "+-");
    let columns = (canvas.0.width() / CHARACTER).saturating_sub(1) as usize;
    let mut lines = vec![String::new()];
    for word in plain.split(' ') {
        match lines.last_mut() {
            Some(line) if line.is_empty() || line.len() + 1 + word.len() <= columns => {
                if !line.is_empty() {
                    line.push(' ');
                }
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    let band = Size::new(
        canvas.0.width(),
        lines.len() as u32 * LINE_HEIGHT as u32 + 4,
    );
    let Ok(()) = Rectangle::new(Point::zero(), band)
        .into_styled(PrimitiveStyle::with_fill(Rgb888::new(20, 20, 24)))
        .draw(canvas);
    let style = MonoTextStyle::new(&FONT_9X18_BOLD, colour);
    for (row, line) in (0..).zip(&lines) {
        let at = Point::new(4, 4 + row * LINE_HEIGHT);
        let Ok(_) = Text::with_baseline(line, at, style, Baseline::Top).draw(canvas);
    }
}

/// A picture that can be drawn on; what falls outside is left out.
struct Canvas(RgbImage);

impl OriginDimensions for Canvas {
    fn size(&self) -> Size {
        Size::new(self.0.width(), self.0.height())
    }
}

impl DrawTarget for Canvas {
    type Color = Rgb888;
    type Error = std::convert::Infallible;

    fn draw_iter<I: IntoIterator<Item = Pixel<Rgb888>>>(
        &mut self,
        pixels: I,
    ) -> Result<(), Self::Error> {
        for Pixel(at, colour) in pixels {
            let inside = u32::try_from(at.x).ok().zip(u32::try_from(at.y).ok());
            if let Some(pixel) = inside.and_then(|(x, y)| self.0.get_pixel_mut_checked(x, y)) {
                pixel.0 = [colour.r(), colour.g(), colour.b()];
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::PictureSize;
    use crate::landmarks::{Landmark, WorldPoint};

    #[test]
    fn joints_far_outside_are_not_drawn() {
        for far in [f32::MAX, f32::INFINITY, f32::NAN, -1e8] {
            let mut points = [Landmark::default(); Joint::COUNT];
            points[Joint::LeftShoulder as usize] = Landmark {
                x: far,
                visibility: 1.0,
                ..Landmark::default()
            };
            points[Joint::RightShoulder as usize] = Landmark {
                x: 0.5,
                y: far,
                visibility: 1.0,
                ..Landmark::default()
            };
            let joints = Landmarks {
                points,
                world: [WorldPoint::default(); Joint::COUNT],
                presence: 1.0,
                picture: PictureSize {
                    width: 16,
                    height: 12,
                },
            };
            let mut canvas = Canvas(RgbImage::new(16, 12));
            skeleton(&mut canvas, &joints, GREEN);
            assert_eq!(canvas.0, RgbImage::new(16, 12));
        }
    }
}
