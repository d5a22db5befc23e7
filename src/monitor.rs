//! The monitor: inputs come in, effects go out, and nothing is performed here.
