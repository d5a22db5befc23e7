//! Weights that are kept in the 16 bits in which they come, for a network that seldom runs.

use std::sync::Arc;

use tract_onnx::prelude::*;
use tract_onnx::tract_core::internal::*;

/// Weights of 16 bits, which become 32 each time that the network runs. They take half the memory, and the
/// operation that reads them more time: it must bring them into its order each time.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Widened {
    weights: Arc<Tensor>,
}

impl Widened {
    /// From weights of 32 bits that were 16 once, so that nothing is lost.
    pub(super) fn new(weights: &Tensor) -> TractResult<Widened> {
        let weights = weights.cast_to::<f16>()?.into_owned().into_arc_tensor();
        Ok(Widened { weights })
    }
}

impl Op for Widened {
    fn name(&self) -> StaticName {
        "Widened".into()
    }

    op_as_typed_op!();
}

impl EvalOp for Widened {
    // Or else tract would put the wide weights in its place.
    not_out_of_plan!();

    fn eval(&self, _: &EvalContext<'_>, _: TVec<TValue>) -> TractResult<TVec<TValue>> {
        Ok(tvec!(self.weights.cast_to::<f32>()?.into_owned().into()))
    }
}

impl TypedOp for Widened {
    fn output_facts(&self, _: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
        Ok(tvec!(f32::fact(self.weights.shape())))
    }

    as_op!();
}
