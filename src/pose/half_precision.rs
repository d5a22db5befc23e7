//! Weights that stay in the 16 bits of their file, for a network that seldom runs.

use std::sync::Arc;

use tract_onnx::prelude::*;
use tract_onnx::tract_core::internal::*;

/// Weights in 16 bits, widened to 32 at every run. They take half the memory. The convolution that
/// reads them takes longer, because it must pack them at every run.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct HalfPrecisionWeights {
    weights: Arc<Tensor>,
}

impl HalfPrecisionWeights {
    /// Nothing is lost: these 32-bit weights were 16-bit ones in the file.
    pub(super) fn new(weights: &Tensor) -> TractResult<HalfPrecisionWeights> {
        let weights = weights.cast_to::<f16>()?.into_owned().into_arc_tensor();
        Ok(HalfPrecisionWeights { weights })
    }
}

impl Op for HalfPrecisionWeights {
    fn name(&self) -> StaticName {
        "HalfPrecisionWeights".into()
    }

    op_as_typed_op!();
}

impl EvalOp for HalfPrecisionWeights {
    // Otherwise tract would replace it by the widened weights.
    not_out_of_plan!();

    fn eval(&self, _: &EvalContext<'_>, _: TVec<TValue>) -> TractResult<TVec<TValue>> {
        Ok(tvec!(self.weights.cast_to::<f32>()?.into_owned().into()))
    }
}

impl TypedOp for HalfPrecisionWeights {
    fn output_facts(&self, _: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
        Ok(tvec!(f32::fact(self.weights.shape())))
    }

    as_op!();
}

#[cfg(test)]
mod tests {
    use super::*;
    use tract_onnx::tract_core::ops::cnn::{Conv, KernelFormat, PaddingSpec, PoolSpec};
    use tract_onnx::tract_core::ops::konst::Const;
    use tract_onnx::tract_core::ops::nn::DataFormat;

    /// The output of a convolution with these weights, and whether the network still holds them in 16 bits.
    fn convolved(side: usize, weights: impl Into<Box<dyn TypedOp>>) -> (Tensor, bool) {
        let conv = Conv {
            pool_spec: PoolSpec {
                data_format: DataFormat::NCHW,
                kernel_shape: tvec!(side, side),
                padding: PaddingSpec::Valid,
                dilations: None,
                strides: None,
                input_channels: 3,
                output_channels: 4,
            },
            kernel_fmt: KernelFormat::OIHW,
            group: 1,
            q_params: None,
        };
        let mut model = TypedModel::default();
        let input = numbers(&[1, 3, 9, 7]);
        let from = model.add_source("input", f32::fact(input.shape())).unwrap();
        let kernel = model.wire_node("weights", weights, &[]).unwrap()[0];
        let bias = model
            .add_const("bias", tensor1(&[0.5_f32, 0.0, -1.0, 2.0]))
            .unwrap();
        let out = model
            .wire_node("conv", conv, &[from, kernel, bias])
            .unwrap();
        model.select_output_outlets(&out).unwrap();
        let model = model.into_optimized().unwrap();
        let is_narrow = model.nodes.iter().any(Node::op_is::<HalfPrecisionWeights>);
        let model = model.into_runnable().unwrap();
        let out = model.run(tvec!(input.into())).unwrap();
        (out[0].clone().into_tensor(), is_narrow)
    }

    /// Numbers that 16 bits can hold.
    fn numbers(shape: &[usize]) -> Tensor {
        let numbers: Vec<f32> = (0..shape.iter().product::<usize>())
            .map(|n| ((n * 37) % 101) as f32 / 64.0 - 0.75)
            .collect();
        Tensor::from_shape(shape, &numbers).unwrap()
    }

    #[test]
    fn weights_stay_in_16_bits_and_nothing_is_lost() {
        for side in [1, 3] {
            let weights = numbers(&[4, 3, side, side]);
            let (narrow, stayed) = convolved(side, HalfPrecisionWeights::new(&weights).unwrap());
            let wide = Const::new(weights.into_arc_tensor()).unwrap();
            let (wide, _) = convolved(side, wide);
            assert!(stayed, "{side}");
            narrow.close_enough(&wide, Approximation::Exact).unwrap();
        }
    }
}
