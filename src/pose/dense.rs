//! Convolution of a picture's few channels as a tract operation. `kernels/` computes it.

use std::sync::Arc;

use sitwell_kernels::{Activation, Geometry, dense};
use tract_onnx::prelude::*;
use tract_onnx::tract_core::internal::*;

/// One filter for each channel of the input and of the output.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Dense {
    /// Filters and biases, packed.
    pub(super) weights: Arc<Tensor>,
    /// How many channels the output has.
    pub(super) outputs: usize,
    pub(super) activation: Activation,
    /// Of the input.
    pub(super) geometry: Geometry,
}

impl Dense {
    fn out_shape(&self) -> [usize; 4] {
        let [one, _, height, width] = self.geometry.out_shape();
        [one, self.outputs, height, width]
    }
}

impl Op for Dense {
    fn name(&self) -> StaticName {
        "Dense".into()
    }

    op_as_typed_op!();
}

impl EvalOp for Dense {
    op_out_of_plan!();

    fn eval(&self, _: &EvalContext<'_>, inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
        let mut output = Tensor::zero::<f32>(&self.out_shape())?;
        let weights = self.weights.try_as_plain_ram()?;
        let input = inputs[0].try_as_plain_ram()?;
        dense(
            self.geometry,
            weights.as_slice()?,
            self.activation,
            input.as_slice()?,
            output.try_as_plain_ram_mut()?.as_slice_mut()?,
        );
        Ok(tvec!(output.into()))
    }
}

impl TypedOp for Dense {
    fn output_facts(&self, _: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
        Ok(tvec!(f32::fact(self.out_shape())))
    }

    as_op!();
}
