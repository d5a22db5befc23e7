//! Depthwise convolution as a tract operation. `kernels/` computes it.

use std::sync::Arc;

use sitwell_kernels::{Activation, Geometry, depthwise};
use tract_onnx::prelude::*;
use tract_onnx::tract_core::internal::*;

/// One square filter for each channel, on zero-padded planes of one size.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Depthwise {
    /// One filter after the other, row by row.
    pub(super) filters: Arc<Tensor>,
    /// One number for each channel.
    pub(super) bias: Arc<Tensor>,
    pub(super) activation: Activation,
    pub(super) geometry: Geometry,
}

impl Op for Depthwise {
    fn name(&self) -> StaticName {
        "Depthwise".into()
    }

    op_as_typed_op!();
}

impl EvalOp for Depthwise {
    op_out_of_plan!();

    fn eval(&self, _: &EvalContext<'_>, inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
        let mut output = Tensor::zero::<f32>(&self.geometry.out_shape())?;
        let (filters, bias) = (
            self.filters.try_as_plain_ram()?,
            self.bias.try_as_plain_ram()?,
        );
        let (filters, bias) = (filters.as_slice::<f32>()?, bias.as_slice::<f32>()?);
        let input = inputs[0].try_as_plain_ram()?.as_slice::<f32>()?;
        {
            let mut out = output.try_as_plain_ram_mut()?;
            let out = out.as_slice_mut::<f32>()?;
            depthwise(self.geometry, filters, bias, self.activation, input, out);
        }
        Ok(tvec!(output.into()))
    }
}

impl TypedOp for Depthwise {
    fn output_facts(&self, _: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
        Ok(tvec!(f32::fact(self.geometry.out_shape())))
    }

    as_op!();
}

#[cfg(test)]
mod tests {
    use sitwell_kernels::Stride;

    use super::*;
    use tract_onnx::tract_core::ops::cnn::{Conv, KernelFormat, PaddingSpec, PoolSpec};
    use tract_onnx::tract_core::ops::nn::DataFormat;

    /// Numbers between -1 and 1 without a pattern.
    fn numbers(shape: &[usize], mut seed: u32) -> Tensor {
        let mut number = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 8) as f32 / (1 << 23) as f32 - 1.0
        };
        let numbers: Vec<f32> = (0..shape.iter().product()).map(|_| number()).collect();
        Tensor::from_shape(shape, &numbers).unwrap()
    }

    /// The largest difference from what tract's own convolution gives.
    fn difference(geometry: Geometry) -> f32 {
        let Geometry {
            side,
            stride,
            pad_before,
            pad_after,
            channels,
            height,
            width,
        } = geometry;
        let input = numbers(&[1, channels, height, width], 1);
        let filters = Arc::new(numbers(&[channels, 1, side, side], 2));
        let bias = Arc::new(numbers(&[channels], 3));
        let conv = Conv {
            pool_spec: PoolSpec {
                data_format: DataFormat::NCHW,
                kernel_shape: tvec!(side, side),
                padding: PaddingSpec::Explicit(
                    tvec!(pad_before, pad_before),
                    tvec!(pad_after, pad_after),
                ),
                dilations: None,
                strides: Some(tvec!(stride as usize, stride as usize)),
                input_channels: channels,
                output_channels: channels,
            },
            kernel_fmt: KernelFormat::OIHW,
            group: channels,
            q_params: None,
        };
        let mut model = TypedModel::default();
        let from = model.add_source("input", f32::fact(input.shape())).unwrap();
        let kernel = model.add_const("filters", filters.clone()).unwrap();
        let offset = model.add_const("bias", bias.clone()).unwrap();
        let theirs = model
            .wire_node("conv", conv, &[from, kernel, offset])
            .unwrap();
        model.select_output_outlets(&theirs).unwrap();
        let model = model.into_optimized().unwrap().into_runnable().unwrap();
        let theirs = model.run(tvec!(input.clone().into())).unwrap();
        let theirs = theirs[0].to_plain_array_view::<f32>().unwrap().into_owned();
        let largest = |activation, (low, high): (f32, f32)| {
            let ours = Depthwise {
                filters: filters.clone(),
                bias: bias.clone(),
                activation,
                geometry,
            };
            let ours = ours.eval(&EvalContext::out_of_plan(), tvec!(input.clone().into()));
            let ours = ours.unwrap()[0]
                .to_plain_array_view::<f32>()
                .unwrap()
                .into_owned();
            assert_eq!(ours.shape(), theirs.shape());
            let pairs = ours.iter().zip(&theirs);
            pairs
                .map(|(ours, theirs)| (ours - theirs.clamp(low, high)).abs())
                .fold(0.0, f32::max)
        };
        let open = largest(Activation::None, (f32::MIN, f32::MAX));
        open.max(largest(Activation::Relu6, (0.0, 6.0)))
    }

    #[test]
    fn it_gives_what_tract_gives() {
        for side in [1, 3, 5] {
            for (stride, pad_before, pad_after) in [
                (Stride::One, side / 2, side / 2),
                (Stride::Two, side / 2, side / 2),
                (Stride::Two, 0, side / 2),
                (Stride::One, 0, 0),
            ] {
                for (height, width) in [(5, 5), (7, 7), (8, 8), (14, 14), (9, 33), (40, 70)] {
                    let channels = 3;
                    let geometry = Geometry {
                        side,
                        stride,
                        pad_before,
                        pad_after,
                        channels,
                        height,
                        width,
                    };
                    let difference = difference(geometry);
                    assert!(difference < 1e-5, "{geometry:?}: {difference}");
                }
            }
        }
    }
}
