//! The stretches, which one answers which fault, and the safety rules.
