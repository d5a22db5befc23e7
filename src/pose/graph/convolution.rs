//! Convolutions, ordinary and depthwise.

use sitwell_kernels::{Activation, Geometry, Stride, pack};
use tract_onnx::pb::NodeProto;
use tract_onnx::prelude::*;
use tract_onnx::tract_core::internal::*;
use tract_onnx::tract_core::ops::cnn::{Conv, KernelFormat, PaddingSpec, PoolSpec};
use tract_onnx::tract_core::ops::nn::DataFormat;

use super::{Translation, WeightStorage};
use crate::pose::dense::Dense;
use crate::pose::depthwise::Depthwise;
use crate::pose::half_precision::HalfPrecisionWeights;

/// At most so many channels are a picture's own.
const FEW: usize = 4;

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
        let is_small_step = node
            .get_attr_tvec::<usize>("strides")?
            .iter()
            .all(|step| *step <= 2);
        if group(node)? == 1 && channels <= FEW && is_small_step {
            let geometry = self.geometry(node, channels, height, width)?;
            let dense = Dense {
                weights: packed(&kernel, [filters, channels * side * side], Some(&bias))?,
                outputs: filters,
                activation: self.activation(name)?,
                geometry,
            };
            return self.put(name, dense, &[from]);
        }
        if group(node)? == 1 {
            let conv = Conv {
                pool_spec: pool_spec(node, channels, filters)?,
                kernel_fmt: KernelFormat::OIHW,
                group: 1,
                q_params: None,
            };
            let kernel = self.weights(&format!("{name}.kernel"), kernel)?;
            let bias = self.model.add_const(format!("{name}.bias"), bias)?;
            return self.put(name, conv, &[from, kernel, bias]);
        }
        ensure!(kernel.shape() == [channels, 1, side, side] && bias.len() == channels);
        ensure!(group(node)? == channels);
        let geometry = self.geometry(node, channels, height, width)?;
        let activation = self.activation(name)?;
        let depthwise = Depthwise {
            filters: kernel,
            bias,
            activation,
            geometry,
        };
        self.put(name, depthwise, &[from])
    }

    /// Of a convolution by square filters of planes of this size.
    pub(super) fn geometry(
        &self,
        node: &NodeProto,
        channels: usize,
        height: usize,
        width: usize,
    ) -> TractResult<Geometry> {
        let kernel = self.constant(node, 1)?;
        let &[_, _, _, side] = kernel.shape() else {
            bail!("not of a picture");
        };
        let [top, left, bottom, right] = pads(node)?;
        ensure!(top == left && bottom == right);
        ensure!(side > 0 && height.min(width) + top + bottom >= side);
        Ok(Geometry {
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
        })
    }

    fn weights(&mut self, name: &str, weights: Arc<Tensor>) -> TractResult<OutletId> {
        match self.weight_storage {
            WeightStorage::Float32 => self.model.add_const(name, weights),
            WeightStorage::Float16 => self.put(name, HalfPrecisionWeights::new(&weights)?, &[]),
        }
    }

    /// Relu6 if a clip to 0 to 6 is the only reader of a value. That clip is then left out.
    fn activation(&mut self, name: &'g str) -> TractResult<Activation> {
        let reads = |by: &&NodeProto| by.input.iter().any(|input| input == name);
        let mut readers = self.graph.node.iter().filter(reads);
        let (Some(clip), None) = (readers.next(), readers.next()) else {
            return Ok(Activation::None);
        };
        let is_output = self.graph.output.iter().any(|output| output.name == name);
        if is_output || clip.op_type != "Clip" || self.clip_bounds(clip)? != (0.0, 6.0) {
            return Ok(Activation::None);
        }
        self.clipped.insert(name);
        Ok(Activation::Relu6)
    }
}

/// Packs a kernel: a row for each output, and for each input (or tap of it) a column.
pub(super) fn packed(
    kernel: &Tensor,
    [rows, columns]: [usize; 2],
    biases: Option<&Tensor>,
) -> TractResult<Arc<Tensor>> {
    ensure!(kernel.len() == rows * columns && biases.is_none_or(|biases| biases.len() == rows));
    let kernel = kernel.try_as_plain_ram()?;
    let kernel = kernel.as_slice::<f32>()?;
    let biases = biases.map(Tensor::try_as_plain_ram).transpose()?;
    let biases = biases.as_ref().map(PlainView::as_slice).transpose()?;
    Ok(tensor1(&pack(kernel, columns, biases)).into())
}

/// Into how many groups the channels of a convolution fall.
pub(super) fn group(node: &NodeProto) -> TractResult<usize> {
    Ok(node.get_attr_opt("group")?.unwrap_or(1))
}

/// Zeros above, on the left, below and on the right.
pub(super) fn pads(node: &NodeProto) -> TractResult<[usize; 4]> {
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
