//! Convolutions, ordinary and depthwise.

use sitwell_kernels::{Activation, Geometry, Stride};
use tract_onnx::pb::NodeProto;
use tract_onnx::prelude::*;
use tract_onnx::tract_core::internal::*;
use tract_onnx::tract_core::ops::cnn::{Conv, KernelFormat, PaddingSpec, PoolSpec};
use tract_onnx::tract_core::ops::nn::DataFormat;

use super::{Translation, WeightStorage};
use crate::pose::depthwise::Depthwise;
use crate::pose::half_precision::HalfPrecisionWeights;

impl<'g> Translation<'g> {
    pub(super) fn conv(
        &mut self,
        node: &'g NodeProto,
        name: &'g str,
        from: OutletId,
    ) -> TractResult<OutletId> {
        let (kernel, bias) = (self.constant(node, 1)?, self.constant(node, 2)?);
        let shape = self.shape(from)?;
        let (&[_, channels, height, width], &[filters, _, side, _]) = (&shape[..], kernel.shape())
        else {
            bail!("not of a picture");
        };
        let group = node.get_attr_opt("group")?.unwrap_or(1);
        if group == 1 {
            let conv = Conv {
                pool_spec: pool_spec(node, channels, filters)?,
                kernel_fmt: KernelFormat::OIHW,
                group,
                q_params: None,
            };
            let kernel = self.weights(&format!("{name}.kernel"), kernel)?;
            let bias = self.model.add_const(format!("{name}.bias"), bias)?;
            return self.put(name, conv, &[from, kernel, bias]);
        }
        let [top, left, bottom, right] = pads(node)?;
        ensure!(group == channels && kernel.shape() == [channels, 1, side, side]);
        ensure!(bias.len() == channels && top == left && bottom == right);
        ensure!(side > 0 && height.min(width) + top + bottom >= side);
        let geometry = Geometry {
            side,
            stride: match &node.get_attr_tvec::<usize>("strides")?[..] {
                [1, 1] => Stride::One,
                [2, 2] => Stride::Two,
                other => bail!("a stride of {other:?}"),
            },
            pad_before: top,
            pad_after: bottom,
            channels,
            height,
            width,
        };
        let activation = self.activation(name)?;
        if activation == Activation::Relu6 {
            self.clipped.insert(name);
        }
        let depthwise = Depthwise {
            filters: kernel,
            bias,
            activation,
            geometry,
        };
        self.put(name, depthwise, &[from])
    }

    fn weights(&mut self, name: &str, weights: Arc<Tensor>) -> TractResult<OutletId> {
        match self.weight_storage {
            WeightStorage::Float32 => self.model.add_const(name, weights),
            WeightStorage::Float16 => self.put(name, HalfPrecisionWeights::new(&weights)?, &[]),
        }
    }

    /// Relu6 if a clip to 0 to 6 is the only reader of a value.
    fn activation(&self, name: &str) -> TractResult<Activation> {
        let reads = |by: &&NodeProto| by.input.iter().any(|input| input == name);
        let mut readers = self.graph.node.iter().filter(reads);
        let (Some(clip), None) = (readers.next(), readers.next()) else {
            return Ok(Activation::None);
        };
        let is_output = self.graph.output.iter().any(|output| output.name == name);
        if is_output || clip.op_type != "Clip" || self.clip_bounds(clip)? != (0.0, 6.0) {
            return Ok(Activation::None);
        }
        Ok(Activation::Relu6)
    }
}

/// Zeros above, on the left, below and on the right.
fn pads(node: &NodeProto) -> TractResult<[usize; 4]> {
    let pads: TVec<usize> = node.get_attr_opt_tvec("pads")?.unwrap_or(tvec!(0; 4));
    pads[..].try_into().context("pads are not of a picture")
}

pub(super) fn pool_spec(
    node: &NodeProto,
    input_channels: usize,
    output_channels: usize,
) -> TractResult<PoolSpec> {
    let [top, left, bottom, right] = pads(node)?;
    Ok(PoolSpec {
        data_format: DataFormat::NCHW,
        kernel_shape: node.get_attr_tvec("kernel_shape")?,
        padding: PaddingSpec::Explicit(tvec!(top, left), tvec!(bottom, right)),
        dilations: None,
        strides: Some(node.get_attr_tvec("strides")?),
        input_channels,
        output_channels,
    })
}
