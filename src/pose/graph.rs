//! From an ONNX graph to tract's: the dozen operations that the networks are made of.
//!
//! tract-onnx would translate all of ONNX, which makes the program 2.4 MB larger, and would find out
//! shapes that are known here as one node follows the other. Depthwise convolutions become
//! [`Depthwise`]; everything else is tract's own.
//!
//! A file that is none of the four networks is an error here, never a panic.

use std::collections::{HashMap, HashSet};

use sitwell_kernels::{Ends, Geometry, Stride};
use tract_onnx::pb::{GraphProto, NodeProto, ValueInfoProto, tensor_shape_proto, type_proto};
use tract_onnx::prelude::*;
use tract_onnx::tract_core::internal::*;
use tract_onnx::tract_core::ops::array::{Pad, PadMode, TypedConcat};
use tract_onnx::tract_core::ops::cnn::{Conv, KernelFormat, MaxPool, PaddingSpec, PoolSpec};
use tract_onnx::tract_core::ops::einsum::EinSum;
use tract_onnx::tract_core::ops::math::{add, max, min};
use tract_onnx::tract_core::ops::nn::{DataFormat, sigmoid};

use super::depthwise::Depthwise;
use super::weights::WeightSource;
use super::widened::Widened;

/// The networks take a picture's channels last and turn them into planes first of all. Here they
/// are given the planes.
const TO_PLANES: [usize; 4] = [0, 3, 1, 2];

/// How often a network runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Runs {
    /// Each look: it is to be fast.
    Often,
    /// It is to be small meanwhile.
    Seldom,
}

/// The network of a source.
pub(super) fn translate(mut source: WeightSource<'_>, runs: Runs) -> TractResult<TypedModel> {
    let mut graph = source.onnx.graph.take().context("there is no graph")?;
    let mut constants = HashMap::new();
    // Each is dropped when its value is read: two copies of all weights are 20 MB.
    for constant in std::mem::take(&mut graph.initializer) {
        let value = source
            .value(&constant)
            .with_context(|| constant.name.clone())?;
        constants.insert(constant.name, Arc::new(value));
    }
    let mut translation = Translation {
        graph: &graph,
        runs,
        model: TypedModel::default(),
        constants,
        wires: HashMap::new(),
        clipped: HashSet::new(),
    };
    for input in &graph.input {
        translation.input(input)?;
    }
    for node in &graph.node {
        let place = || format!("{} {}", node.op_type, node.name);
        translation.node(node).with_context(place)?;
    }
    let outputs: Vec<OutletId> = graph
        .output
        .iter()
        .map(|output| translation.wire(&output.name))
        .collect::<TractResult<_>>()?;
    translation.model.select_output_outlets(&outputs)?;
    Ok(translation.model)
}

struct Translation<'g> {
    graph: &'g GraphProto,
    runs: Runs,
    model: TypedModel,
    constants: HashMap<String, Arc<Tensor>>,
    /// Where each value that is not constant comes from.
    wires: HashMap<&'g str, OutletId>,
    /// Values that are clipped where they are computed.
    clipped: HashSet<&'g str>,
}

impl<'g> Translation<'g> {
    fn input(&mut self, input: &'g ValueInfoProto) -> TractResult<()> {
        let of = input.r#type.as_ref().and_then(|of| of.value.as_ref());
        let shape = of.and_then(|type_proto::Value::TensorType(of)| of.shape.as_ref());
        let dims = shape.context("an input without a shape")?.dim.iter();
        let dim = |value: &tensor_shape_proto::dimension::Value| match value {
            tensor_shape_proto::dimension::Value::DimValue(dim) => Ok(*dim as usize),
            tensor_shape_proto::dimension::Value::DimParam(name) => bail!("{name} is open"),
        };
        let dims: TVec<usize> = dims
            .flat_map(|of| of.value.as_ref())
            .map(dim)
            .collect::<TractResult<_>>()?;
        let &[one, height, width, channels] = &dims[..] else {
            bail!("an input that is not of a picture");
        };
        let planes = f32::fact([one, channels, height, width]);
        let wire = self.model.add_source(input.name.clone(), planes)?;
        self.wires.insert(&input.name, wire);
        Ok(())
    }

    fn node(&mut self, node: &'g NodeProto) -> TractResult<()> {
        let [name] = &node.output[..] else {
            bail!("{} outputs", node.output.len());
        };
        // Constants are the only values that are cast, from 16 to 32 bits, and they were when they were read.
        if node.op_type == "Cast" {
            let value = self.constant(node, 0)?;
            self.constants.insert(name.clone(), value);
            return Ok(());
        }
        let from = self.input_wire(node, 0)?;
        let wire = match &*node.op_type {
            "Identity" => from,
            "Conv" => self.conv(node, name, from)?,
            "Clip" => self.clip(node, name, from)?,
            "Add" => {
                let other = self.input_wire(node, 1)?;
                self.put(name, add(), &[from, other])?
            }
            "MatMul" => self.mat_mul(node, name, from)?,
            "MaxPool" => {
                let channels = self.shape(from)?[1];
                let pool_spec = pool(node, channels, channels)?;
                let with_index_outputs = None;
                self.put(
                    name,
                    MaxPool {
                        pool_spec,
                        with_index_outputs,
                    },
                    &[from],
                )?
            }
            "Sigmoid" => self.put(name, sigmoid(), &[from])?,
            "Transpose" => {
                let order = node.get_attr_tvec::<usize>("perm")?;
                if self.is_input(from) {
                    ensure!(order[..] == TO_PLANES);
                    from
                } else {
                    self.turned(name, perm_to_ops(&order), from)?
                }
            }
            "Reshape" => {
                let to = dims(
                    self.constant(node, 1)?
                        .try_as_plain_ram()?
                        .as_slice::<i64>()?,
                );
                let shape = dims(&self.shape(from)?);
                self.put(name, AxisOp::Reshape(0, shape, to), &[from])?
            }
            "DepthToSpace" => self.depth_to_space(node, name, from)?,
            "Concat" => {
                let axis = node.get_attr("axis")?;
                let all: TVec<OutletId> = (0..node.input.len())
                    .map(|n| self.input_wire(node, n))
                    .collect::<TractResult<_>>()?;
                self.put(name, TypedConcat { axis }, &all)?
            }
            "Pad" => {
                let pads = self.constant(node, 1)?;
                let pads = pads.try_as_plain_ram()?.as_slice::<i64>()?;
                let (before, after) = pads.split_at(pads.len() / 2);
                let pads = before
                    .iter()
                    .zip(after)
                    .map(|(b, a)| (*b as usize, *a as usize));
                let mode = PadMode::Constant(tensor0(0_f32).into());
                self.put(
                    name,
                    Pad {
                        pads: pads.collect(),
                        mode,
                    },
                    &[from],
                )?
            }
            _ => bail!("no pose network has this operation"),
        };
        self.wires.insert(name, wire);
        Ok(())
    }

    fn conv(
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
            let pool_spec = pool(node, channels, filters)?;
            let kernel_fmt = KernelFormat::OIHW;
            let conv = Conv {
                pool_spec,
                kernel_fmt,
                group,
                q_params: None,
            };
            let kernel = self.weights(&format!("{name}.kernel"), kernel)?;
            let bias = self.model.add_const(format!("{name}.bias"), bias)?;
            return self.put(name, conv, &[from, kernel, bias]);
        }
        let pads = pads(node)?;
        ensure!(group == channels && kernel.shape() == [channels, 1, side, side]);
        ensure!(bias.len() == channels && pads[0] == pads[1] && pads[2] == pads[3]);
        let geometry = Geometry {
            side,
            stride: match &node.get_attr_tvec::<usize>("strides")?[..] {
                [1, 1] => Stride::One,
                [2, 2] => Stride::Two,
                other => bail!("a stride of {other:?}"),
            },
            before: pads[0],
            after: pads[2],
            channels,
            height,
            width,
        };
        ensure!(side > 0 && height.min(width) + pads[0] + pads[2] >= side);
        let ends = self.ends(name)?;
        if ends == Ends::Relu6 {
            self.clipped.insert(name);
        }
        self.put(
            name,
            Depthwise {
                filters: kernel,
                bias,
                ends,
                geometry,
            },
            &[from],
        )
    }

    fn weights(&mut self, name: &str, weights: Arc<Tensor>) -> TractResult<OutletId> {
        match self.runs {
            Runs::Often => self.model.add_const(name, weights),
            Runs::Seldom => self.put(name, Widened::new(&weights)?, &[]),
        }
    }

    /// Whether all that is done with a value is to clip it to 0 to 6.
    fn ends(&self, name: &str) -> TractResult<Ends> {
        let is_read = |by: &&NodeProto| by.input.iter().any(|input| input == name);
        let mut readers = self.graph.node.iter().filter(is_read);
        let (Some(clip), None) = (readers.next(), readers.next()) else {
            return Ok(Ends::Open);
        };
        let is_output = self.graph.output.iter().any(|output| output.name == name);
        if is_output || clip.op_type != "Clip" || self.bounds(clip)? != (0.0, 6.0) {
            return Ok(Ends::Open);
        }
        Ok(Ends::Relu6)
    }

    fn bounds(&self, clip: &NodeProto) -> TractResult<(f32, f32)> {
        let bound = |n| {
            let value = self.constant(clip, n)?;
            let value = value
                .try_as_plain_ram()?
                .as_slice::<f32>()?
                .first()
                .copied();
            value.context("a bound without a value")
        };
        Ok((bound(1)?, bound(2)?))
    }

    fn clip(
        &mut self,
        node: &'g NodeProto,
        name: &'g str,
        from: OutletId,
    ) -> TractResult<OutletId> {
        if self.clipped.contains(&*node.input[0]) {
            return Ok(from);
        }
        let rank = self.shape(from)?.len();
        let (low, high) = self.bounds(node)?;
        let mut bound = |end: &str, value| {
            let value = tensor0(value).broadcast_into_rank(rank)?;
            self.model.add_const(format!("{name}.{end}"), value)
        };
        let (low, high) = (bound("low", low)?, bound("high", high)?);
        let raised = self.put(&format!("{name}.raised"), max(), &[from, low])?;
        self.put(name, min(), &[raised, high])
    }

    /// A matrix times each plane, or each plane times a matrix.
    fn mat_mul(
        &mut self,
        node: &'g NodeProto,
        name: &'g str,
        from: OutletId,
    ) -> TractResult<OutletId> {
        let by = self.input_wire(node, 1)?;
        let axes = match (self.shape(from)?.len(), self.shape(by)?.len()) {
            (2, 4) => "mk,abkn->abmn",
            (4, 2) => "abmk,kn->abmn",
            (left, right) => bail!("of {left} and {right} axes"),
        };
        let product = EinSum::new(axes.parse()?, f32::datum_type());
        self.put(name, product, &[from, by])
    }

    /// Channels become pixels, the block's row and column before the new channel (`DCR`).
    fn depth_to_space(
        &mut self,
        node: &'g NodeProto,
        name: &'g str,
        from: OutletId,
    ) -> TractResult<OutletId> {
        ensure!(
            node.get_attr_opt("mode")?
                .is_none_or(|mode: &str| mode == "DCR")
        );
        let side: usize = node.get_attr("blocksize")?;
        let shape = self.shape(from)?;
        let &[_, depth, height, width] = &shape[..] else {
            bail!("not of a picture");
        };
        ensure!(side > 0 && depth.is_multiple_of(side * side));
        let steps = [
            AxisOp::Reshape(
                1,
                dims(&[depth]),
                dims(&[side, side, depth / (side * side)]),
            ),
            AxisOp::Move(2, 5),
            AxisOp::Move(1, 3),
            AxisOp::Reshape(
                2,
                dims(&[height, side, width, side]),
                dims(&[height * side, width * side]),
            ),
        ];
        self.turned(name, steps, from)
    }

    fn turned(
        &mut self,
        name: &str,
        steps: impl IntoIterator<Item = AxisOp>,
        mut wire: OutletId,
    ) -> TractResult<OutletId> {
        for (n, step) in steps.into_iter().enumerate() {
            wire = self.put(&format!("{name}.{n}"), step, &[wire])?;
        }
        Ok(wire)
    }

    fn put(
        &mut self,
        name: &str,
        op: impl Into<Box<dyn TypedOp>>,
        from: &[OutletId],
    ) -> TractResult<OutletId> {
        Ok(self.model.wire_node(name, op, from)?[0])
    }

    fn constant(&self, node: &NodeProto, input: usize) -> TractResult<Arc<Tensor>> {
        let name = node.input.get(input).context("an input is missing")?;
        let value = self.constants.get(name).cloned();
        value.with_context(|| format!("{name} is not constant"))
    }

    fn input_wire(&mut self, node: &'g NodeProto, input: usize) -> TractResult<OutletId> {
        self.wire(node.input.get(input).context("an input is missing")?)
    }

    fn is_input(&self, wire: OutletId) -> bool {
        self.model.inputs.contains(&wire)
    }

    fn wire(&mut self, name: &'g str) -> TractResult<OutletId> {
        if let Some(wire) = self.wires.get(name) {
            return Ok(*wire);
        }
        let value = self.constants.get(name).cloned();
        let value = value.with_context(|| format!("nothing gives {name}"))?;
        let wire = self.model.add_const(name, value)?;
        self.wires.insert(name, wire);
        Ok(wire)
    }

    fn shape(&self, wire: OutletId) -> TractResult<TVec<usize>> {
        let shape = self.model.outlet_fact(wire)?.shape.as_concrete();
        Ok(shape.context("a shape is open")?.into())
    }
}

fn dims<D: ToDim>(dims: &[D]) -> TVec<TDim> {
    dims.iter().map(ToDim::to_dim).collect()
}

/// Zeros above, on the left, below and on the right.
fn pads(node: &NodeProto) -> TractResult<[usize; 4]> {
    let pads: TVec<usize> = node.get_attr_opt_tvec("pads")?.unwrap_or(tvec!(0; 4));
    pads[..].try_into().context("pads are not of a picture")
}

fn pool(node: &NodeProto, input_channels: usize, output_channels: usize) -> TractResult<PoolSpec> {
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
