//! Writes the fitted numbers as Rust, a file for each view.

use std::fmt::Write;

use ndarray::Array1;
use sitwell::posture::regression::{
    ErrorModel, PolynomialSurface, RadialBasis, TanhNetwork, UncalibratedModel,
};

use crate::estimator::Estimator;
use crate::figures::Figures;

/// One file in `src/posture/`.
pub(crate) struct File {
    name: &'static str,
    text: String,
}

impl File {
    pub(crate) fn new(name: &'static str) -> File {
        File {
            name,
            text: String::from(
                "//! Numbers fitted by `tools/train`, which writes this file.\n\n\
                 use std::sync::LazyLock;\n\n\
                 use ndarray::array;\n\n\
                 use crate::posture::regression::*;\n",
            ),
        }
    }

    /// Adds an estimator with its error.
    pub(crate) fn add(
        &mut self,
        name: &str,
        what: &str,
        estimator: &Estimator,
        error: &ErrorModel,
    ) -> &mut File {
        let out = &mut self.text;
        match estimator {
            Estimator::Surface(fitted) => surface(out, name, what, fitted),
            Estimator::Basis(fitted) => basis(out, name, what, fitted),
            Estimator::Side(fitted, beside) => {
                basis(out, name, what, fitted);
                network(
                    out,
                    &format!("{name}_NETWORK"),
                    "The network beside it.",
                    beside,
                );
            }
            // The surface in front is that of the joints alone.
            Estimator::Network(fitted) | Estimator::Front(_, fitted) => {
                network(out, name, what, fitted)
            }
        }
        writeln!(
            out,
            "\npub(in crate::posture) const {name}_ERROR: ErrorModel = ErrorModel {{ base: {}, share: {}, grows_to: {} }};",
            number(error.base),
            number(error.share),
            number(error.grows_to)
        )
        .unwrap();
        self
    }

    /// Adds the gain of an estimator.
    pub(crate) fn gain(&mut self, name: &str, figures: &Figures) -> &mut File {
        writeln!(
            self.text,
            "\n/// `classify` multiplies the change by this: the estimates' shrinkage, as far as false alarms allow.\npub(in crate::posture) const {name}_GAIN: f64 = {};",
            number(figures.gain)
        )
        .unwrap();
        self
    }

    /// Adds the line for an absolute angle.
    pub(crate) fn rough(&mut self, name: &str, model: &UncalibratedModel) -> &mut File {
        writeln!(
            self.text,
            "\npub(in crate::posture) static {name}: LazyLock<UncalibratedModel> = LazyLock::new(|| UncalibratedModel {{ weights: {}, intercept: {}, error: {} }});",
            list(&model.weights),
            number(model.intercept),
            number(model.error)
        )
        .unwrap();
        self
    }

    pub(crate) fn write(&self) {
        let file = format!("src/posture/{}.rs", self.name);
        std::fs::write(&file, &self.text).unwrap();
        println!("wrote {file}; now cargo fmt");
    }
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
        "\n/// {what}\npub(in crate::posture) static {name}: LazyLock<TanhNetwork> = LazyLock::new(|| TanhNetwork {{\nscale: {},\nelevation: ({}, {}),\nhidden: array![[{}]],\nheights: {},\noffset: {},\n}});",
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
        "\n/// {what}\npub(in crate::posture) static {name}: LazyLock<PolynomialSurface> = LazyLock::new(|| PolynomialSurface {{\nscale: {},\nelevation: ({}, {}),\nweights: {},\n}});",
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
        "\n/// {what}\npub(in crate::posture) static {name}: LazyLock<RadialBasis> = LazyLock::new(|| RadialBasis {{\nscale: {},\ncentres: {},\nweights: {},\noffset: {},\nsharpness: {},\n}});",
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
