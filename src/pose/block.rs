//! A block of convolutions as a tract operation. `kernels/` computes it.

use std::sync::Arc;

use sitwell_kernels::{self as kernels, Activation, Geometry, Residual};
use tract_onnx::prelude::*;
use tract_onnx::tract_core::internal::*;

/// Pointwise (or none), depthwise and pointwise convolution, and what follows. See [`kernels::Block`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Block {
    pub(super) expand: Option<Arc<Tensor>>,
    pub(super) geometry: Geometry,
    pub(super) filters: Arc<Tensor>,
    pub(super) filter_biases: Arc<Tensor>,
    /// After the filters.
    pub(super) activation: Activation,
    pub(super) project: Arc<Tensor>,
    pub(super) biases: Arc<Tensor>,
    pub(super) residual: Residual,
    /// One number for each output channel: 1 where what is negative stays as it is.
    pub(super) slopes: Arc<Tensor>,
    /// Whether outputs are at most 6.
    pub(super) is_clipped: bool,
}

impl Block {
    fn out_shape(&self) -> [usize; 4] {
        let [one, _, height, width] = self.geometry.out_shape();
        [one, self.biases.len(), height, width]
    }
}

impl Op for Block {
    fn name(&self) -> StaticName {
        "Block".into()
    }

    op_as_typed_op!();
}

impl EvalOp for Block {
    op_out_of_plan!();

    fn eval(&self, _: &EvalContext<'_>, inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
        let mut output = Tensor::zero::<f32>(&self.out_shape())?;
        let expand = self.expand.as_deref();
        let expand = expand.map(Tensor::try_as_plain_ram).transpose()?;
        let block = kernels::Block {
            expand: expand.as_ref().map(PlainView::as_slice).transpose()?,
            geometry: self.geometry,
            filters: self.filters.try_as_plain_ram()?.as_slice()?,
            filter_biases: self.filter_biases.try_as_plain_ram()?.as_slice()?,
            activation: self.activation,
            project: self.project.try_as_plain_ram()?.as_slice()?,
            biases: self.biases.try_as_plain_ram()?.as_slice()?,
            residual: self.residual,
            slopes: self.slopes.try_as_plain_ram()?.as_slice()?,
            most: if self.is_clipped { 6.0 } else { f32::INFINITY },
        };
        let input = inputs[0].try_as_plain_ram()?;
        block.run(
            input.as_slice()?,
            output.try_as_plain_ram_mut()?.as_slice_mut()?,
        );
        Ok(tvec!(output.into()))
    }
}

impl TypedOp for Block {
    fn output_facts(&self, _: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
        Ok(tvec!(f32::fact(self.out_shape())))
    }

    as_op!();
}
