//! Writes the fitted numbers as Rust.

use std::fmt::Write;

use sitwell::posture::regression::{PolynomialSurface, RadialBasis};

use super::figures::Figures;
use super::solve::Line;

/// An absolute angle without a calibration.
#[derive(Debug, Clone)]
pub(crate) struct UncalibratedModel {
    pub(crate) line: Line,
    pub(crate) error: f64,
}

/// All that goes into the file beside the curves.
pub(crate) struct Table {
    pub(crate) front: Figures,
    pub(crate) oblique: Figures,
    pub(crate) side: Figures,
    pub(crate) shoulders: Figures,
    /// Front, oblique, side, shoulders.
    pub(crate) rough: Vec<UncalibratedModel>,
}

impl Table {
    pub(crate) fn write(
        &self,
        front: &PolynomialSurface,
        oblique: &RadialBasis,
        side: &RadialBasis,
        shoulders: &RadialBasis,
    ) {
        let mut text = String::from(
            "//! Numbers fitted by `examples/fit_posture.rs`; made by it, not by hand.\n\
             #![allow(clippy::approx_constant, reason = \"that a fitted number looks like one of nature's is chance\")]\n\n\
             use std::borrow::Cow::Borrowed;\n\n\
             use super::regression::{RadialBasis, ErrorModel, UncalibratedModel, PolynomialSurface};\n",
        );
        let out = &mut text;
        surface(out, "FRONT_HEAD", "Forward head from the front.", front);
        bumps(
            out,
            "OBLIQUE_HEAD",
            "Forward head from an oblique camera.",
            oblique,
        );
        bumps(out, "SIDE_HEAD", "Forward head from the side.", side);
        bumps(
            out,
            "OBLIQUE_SHOULDERS",
            "Rounded shoulders from an oblique camera.",
            shoulders,
        );
        for (name, figures) in [
            ("FRONT_HEAD", self.front),
            ("OBLIQUE_HEAD", self.oblique),
            ("SIDE_HEAD", self.side),
            ("OBLIQUE_SHOULDERS", self.shoulders),
        ] {
            writeln!(
                out,
                "\npub(super) const {name}_ERROR: ErrorModel = ErrorModel {{ base: {}, share: {} }};",
                number(figures.base),
                number(figures.share)
            )
            .unwrap();
        }
        for (name, figures) in [
            ("FRONT_HEAD", self.front),
            ("OBLIQUE_HEAD", self.oblique),
            ("SIDE_HEAD", self.side),
        ] {
            writeln!(
                out,
                "\n/// What a verdict multiplies the change by: the estimates' shrinkage, as far as false alarms allow.\npub(super) const {name}_GAIN: f64 = {};",
                number(figures.gain)
            )
            .unwrap();
        }
        let names = [
            "ROUGH_FRONT_HEAD",
            "ROUGH_OBLIQUE_HEAD",
            "ROUGH_SIDE_HEAD",
            "ROUGH_OBLIQUE_SHOULDERS",
        ];
        for (name, rough) in names.iter().zip(&self.rough) {
            writeln!(
                out,
                "\npub(super) const {name}: Rough = Rough {{ weights: &{}, intercept: {}, error: {} }};",
                list(&rough.line.weights),
                number(rough.line.intercept),
                number(rough.error)
            )
            .unwrap();
        }
        std::fs::write("src/posture/coefficients.rs", text)
            .expect("src/posture/coefficients.rs can be written");
        println!("\nwrote src/posture/coefficients.rs; now cargo fmt");
    }
}

fn surface(out: &mut String, name: &str, what: &str, fitted: &PolynomialSurface) {
    writeln!(
        out,
        "\n/// {what}\npub(super) const {name}: Surface = Surface {{\nscale: Borrowed(&{}),\nelevation: ({}, {}),\nweights: Borrowed(&{}),\n}};",
        list(&fitted.scale),
        number(fitted.elevation.0),
        number(fitted.elevation.1),
        list(&fitted.weights)
    )
    .unwrap();
}

fn bumps(out: &mut String, name: &str, what: &str, fitted: &RadialBasis) {
    writeln!(
        out,
        "\n/// {what}\npub(super) const {name}: Bumps = Bumps {{\nscale: Borrowed(&{}),\ncentres: Borrowed(&{}),\nweights: Borrowed(&{}),\noffset: {},\nsharpness: {},\n}};",
        list(&fitted.scale),
        list(&fitted.centres),
        list(&fitted.weights),
        number(fitted.offset),
        number(fitted.sharpness)
    )
    .unwrap();
}

/// Four decimals are far below what any of them means.
fn number(value: f64) -> String {
    format!("{value:.4}")
}

fn list(values: &[f64]) -> String {
    let values: Vec<_> = values.iter().map(|value| number(*value)).collect();
    format!("[{}]", values.join(", "))
}
