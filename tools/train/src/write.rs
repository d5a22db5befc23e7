//! Writes the fitted numbers as Rust.

use std::fmt::Write;

use ndarray::Array1;
use sitwell::posture::regression::{
    PolynomialSurface, RadialBasis, TanhNetwork, UncalibratedModel,
};

use crate::figures::Figures;

/// A name, what it is, and the numbers.
type Named<T> = Vec<(&'static str, &'static str, T)>;

/// The contents of the file.
pub(crate) struct Table {
    pub(crate) surfaces: Named<PolynomialSurface>,
    pub(crate) networks: Named<TanhNetwork>,
    pub(crate) bases: Named<RadialBasis>,
    pub(crate) errors: Vec<(&'static str, Figures)>,
    pub(crate) uncalibrated: Vec<(&'static str, UncalibratedModel)>,
}

impl Table {
    pub(crate) fn write(&self) {
        let mut text = String::from(
            "//! Numbers fitted by `tools/train`, which writes this file.\n\
             #![allow(clippy::approx_constant, reason = \"a fitted number equals a mathematical constant by chance\")]\n\n\
             use std::sync::LazyLock;\n\n\
             use ndarray::array;\n\n\
             use super::regression::{RadialBasis, ErrorModel, UncalibratedModel, PolynomialSurface, TanhNetwork};\n",
        );
        let out = &mut text;
        for (name, what, fitted) in &self.surfaces {
            surface(out, name, what, fitted);
        }
        for (name, what, fitted) in &self.networks {
            network(out, name, what, fitted);
        }
        for (name, what, fitted) in &self.bases {
            basis(out, name, what, fitted);
        }
        for (name, figures) in &self.errors {
            writeln!(
                out,
                "\npub(super) const {name}_ERROR: ErrorModel = ErrorModel {{ base: {}, share: {} }};",
                number(figures.base),
                number(figures.share)
            )
            .unwrap();
        }
        let heads = self
            .errors
            .iter()
            .filter(|(name, _)| name.ends_with("HEAD"));
        for (name, figures) in heads {
            writeln!(
                out,
                "\n/// `classify` multiplies the change by this: the estimates' shrinkage, as far as false alarms allow.\npub(super) const {name}_GAIN: f64 = {};",
                number(figures.gain)
            )
            .unwrap();
        }
        for (name, model) in &self.uncalibrated {
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

/// Writes the numbers for a camera that stands elsewhere than it was calibrated.
pub(crate) fn moved_camera(fitted: &TanhNetwork, figures: Figures) {
    let mut text = String::from(
        "//! Numbers for a camera that may stand elsewhere than it was calibrated, fitted by `tools/train --moved-camera`, which writes this file.\n\n\
         use std::sync::LazyLock;\n\n\
         use ndarray::array;\n\n\
         use super::regression::{ErrorModel, TanhNetwork};\n",
    );
    network(&mut text, "HEAD", "Forward head from the front.", fitted);
    writeln!(
        text,
        "\npub(super) const HEAD_ERROR: ErrorModel = ErrorModel {{ base: {}, share: {} }};\n\n/// See `coefficients`.\npub(super) const HEAD_GAIN: f64 = {};",
        number(figures.base),
        number(figures.share),
        number(figures.gain)
    )
    .unwrap();
    let file = "src/posture/moved_camera_coefficients.rs";
    std::fs::write(file, text).expect("the file can be written");
    println!("\nwrote {file}; now cargo fmt");
}

fn network(out: &mut String, name: &str, what: &str, fitted: &TanhNetwork) {
    let rows: Vec<String> = fitted
        .hidden
        .rows()
        .into_iter()
        .map(|row| {
            row.iter()
                .map(|v| number(*v))
                .collect::<Vec<_>>()
                .join(", ")
        })
        .collect();
    writeln!(
        out,
        "\n/// {what}\npub(super) static {name}: LazyLock<TanhNetwork> = LazyLock::new(|| TanhNetwork {{\nscale: {},\nelevation: ({}, {}),\nhidden: array![[{}]],\nheights: {},\noffset: {},\n}});",
        list(&fitted.scale),
        number(fitted.elevation.0),
        number(fitted.elevation.1),
        rows.join("], ["),
        list(&fitted.heights),
        number(fitted.offset)
    )
    .unwrap();
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
