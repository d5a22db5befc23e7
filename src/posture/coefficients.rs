//! The numbers of the estimators, by view. `tools/train` fits them and writes the files below.
#![allow(
    clippy::approx_constant,
    reason = "a fitted number equals a mathematical constant by chance"
)]

mod front;
mod lean;
mod oblique;
mod shoulders;
mod side;

pub(super) use front::*;
pub(super) use lean::*;
pub(super) use oblique::*;
pub(super) use shoulders::*;
pub(super) use side::*;
