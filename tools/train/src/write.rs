//! Writes the fitted numbers as Rust.

use std::fmt::Write;

use ndarray::Array1;
use sitwell::posture::regression::{PolynomialSurface, RadialBasis, UncalibratedModel};

use crate::figures::Figures;

/// The contents of the file beside the fits.
pub(crate) struct Table {
    pub(crate) front: Figures,
    pub(crate) oblique: Figures,
    pub(crate) side: Figures,
    pub(crate) shoulders: Figures,
    /// Front, oblique, side, shoulders.
    pub(crate) uncalibrated: Vec<UncalibratedModel>,
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
            "//! Numbers fitted by `tools/train`, which writes this file.\n\
             #![allow(clippy::approx_constant, reason = \"a fitted number equals a mathematical constant by chance\")]\n\n\
             use std::sync::LazyLock;\n\n\
             use ndarray::array;\n\n\
             use super::regression::{RadialBasis, ErrorModel, UncalibratedModel, PolynomialSurface};\n",
        );
        let out = &mut text;
        surface(out, "FRONT_HEAD", "Forward head from the front.", front);
        basis(
            out,
            "OBLIQUE_HEAD",
            "Forward head from an oblique camera.",
            oblique,
        );
        basis(out, "SIDE_HEAD", "Forward head from the side.", side);
        basis(
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
                "\n/// `classify` multiplies the change by this: the estimates' shrinkage, as far as false alarms allow.\npub(super) const {name}_GAIN: f64 = {};",
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
        for (name, model) in names.iter().zip(&self.uncalibrated) {
            writeln!(
                out,
                "\npub(super) static {name}: LazyLock<UncalibratedModel> = LazyLock::new(|| UncalibratedModel {{ weights: {}, intercept: {}, error: {} }});",
                list(&model.weights),
                number(model.intercept),
                number(model.error)
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
        "\n/// {what}\npub(super) static {name}: LazyLock<PolynomialSurface> = LazyLock::new(|| PolynomialSurface {{\nscale: {},\nelevation: ({}, {}),\nweights: {},\n}});",
        list(&fitted.scale),
        number(fitted.elevation.0),
        number(fitted.elevation.1),
        list(&fitted.weights)
    )
    .unwrap();
}

fn basis(out: &mut String, name: &str, what: &str, fitted: &RadialBasis) {
    writeln!(
        out,
        "\n/// {what}\npub(super) static {name}: LazyLock<RadialBasis> = LazyLock::new(|| RadialBasis {{\nscale: {},\ncentres: {},\nweights: {},\noffset: {},\nsharpness: {},\n}});",
        list(&fitted.scale),
        list(&fitted.centres),
        list(&fitted.weights),
        number(fitted.offset),
        number(fitted.sharpness)
    )
    .unwrap();
}

/// Four decimals are far more exact than any of the numbers.
fn number(value: f64) -> String {
    format!("{value:.4}")
}

fn list(values: &Array1<f64>) -> String {
    let values: Vec<_> = values.iter().map(|value| number(*value)).collect();
    format!("array![{}]", values.join(", "))
}
