//! PRelu as a tract operation. `kernels/` computes it.

use std::sync::Arc;

use sitwell_kernels::prelu;
use tract_onnx::prelude::*;
use tract_onnx::tract_core::internal::*;

/// Multiplies what is negative by a slope for each channel, in planes of one size.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Prelu {
    /// One number for each channel.
    pub(super) slopes: Arc<Tensor>,
}

impl Op for Prelu {
    fn name(&self) -> StaticName {
        "Prelu".into()
    }

    op_as_typed_op!();
}

impl EvalOp for Prelu {
    op_out_of_plan!();

    fn eval(&self, _: &EvalContext<'_>, inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
        let mut values = args_1!(inputs).into_tensor();
        let plane = values.shape()[2..].iter().product();
        let slopes = self.slopes.try_as_plain_ram()?;
        {
            let mut values = values.try_as_plain_ram_mut()?;
            prelu(plane, slopes.as_slice::<f32>()?, values.as_slice_mut()?);
        }
        Ok(tvec!(values.into()))
    }
}

impl TypedOp for Prelu {
    fn output_facts(&self, inputs: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
        Ok(tvec!(inputs[0].without_value()))
    }

    as_op!();
}
