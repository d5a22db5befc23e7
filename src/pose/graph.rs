//! Translates an ONNX graph into tract's, for the dozen operations that our networks use.
//!
//! tract-onnx would translate all of ONNX: the program would grow by 2.4 MB, and tract would infer
//! shapes that are known here. Depthwise convolutions become our own operation; every other
//! operation is tract's.
//!
//! A file that is not one of the four networks is an error, never a panic.

mod blocks;
mod convolution;

use std::collections::{HashMap, HashSet};

use tract_onnx::data_resolver;
use tract_onnx::pb::tensor_proto::DataType;
use tract_onnx::pb::{
    GraphProto, ModelProto, NodeProto, TensorProto, ValueInfoProto, tensor_shape_proto, type_proto,
};
use tract_onnx::prelude::*;
use tract_onnx::tensor::load_tensor;
use tract_onnx::tract_core::internal::*;
use tract_onnx::tract_core::ops::array::{Pad, PadMode, TypedConcat};
use tract_onnx::tract_core::ops::cnn::MaxPool;
use tract_onnx::tract_core::ops::einsum::EinSum;
use tract_onnx::tract_core::ops::math::{add, max, min};
use tract_onnx::tract_core::ops::nn::{Softmax, SoftmaxKind, sigmoid};

use super::prelu::Prelu;
use blocks::Blocks;

/// The networks take channels last and move them first with a transpose by this order. The
/// translated graph takes channels first and has no such transpose.
const CHANNELS_FIRST: [usize; 4] = [0, 3, 1, 2];

/// The types of the networks' constants.
const DATA_TYPES: [DataType; 3] = [DataType::Float, DataType::Int64, DataType::Float16];

/// How a network keeps the weights of its convolutions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WeightStorage {
    /// Fast: for a network that runs at every observation.
    Float32,
    /// Half the memory, widened at every run: for a network that seldom runs.
    Float16,
}

/// Translates a whole model.
pub(super) fn translate(
    mut onnx: ModelProto,
    weight_storage: WeightStorage,
) -> TractResult<TypedModel> {
    let mut graph = onnx.graph.take().context("there is no graph")?;
    let mut constants = HashMap::new();
    // Each is dropped once it is read, since a second copy of all weights takes 6 MB.
    for constant in std::mem::take(&mut graph.initializer) {
        let value = read(&constant).with_context(|| constant.name.clone())?;
        constants.insert(constant.name, Arc::new(value));
    }
    let mut translation = Translation {
        graph: &graph,
        weight_storage,
        model: TypedModel::default(),
        constants,
        wires: HashMap::new(),
        clipped: HashSet::new(),
    };
    for input in &graph.input {
        translation.input(input)?;
    }
    // A block keeps its weights in 32 bits.
    let mut blocks = match weight_storage {
        WeightStorage::Float32 => translation.blocks()?,
        WeightStorage::Float16 => Blocks::default(),
    };
    for node in &graph.node {
        let place = || format!("{} {}", node.op_type, node.name);
        translation.node(node, &mut blocks).with_context(place)?;
    }
    let outputs: Vec<OutletId> = graph
        .output
        .iter()
        .map(|output| translation.wire(&output.name))
        .collect::<TractResult<_>>()?;
    translation.model.select_output_outlets(&outputs)?;
    Ok(translation.model)
}

/// A constant's value. 16-bit floats become 32-bit ones, which the networks compute with.
fn read(constant: &TensorProto) -> TractResult<Tensor> {
    // tract panics at some other types.
    let data_type = constant.data_type;
    let is_known = DATA_TYPES.iter().any(|known| *known as i32 == data_type);
    ensure!(is_known, "unknown data type {data_type}");
    let value = load_tensor(&*data_resolver::default(), constant, None)?;
    if value.datum_type() == f16::datum_type() {
        return Ok(value.cast_to::<f32>()?.into_owned());
    }
    Ok(value)
}

struct Translation<'g> {
    graph: &'g GraphProto,
    weight_storage: WeightStorage,
    model: TypedModel,
    constants: HashMap<String, Arc<Tensor>>,
    /// The outlet of each value that is not constant.
    wires: HashMap<&'g str, OutletId>,
    /// Values that the operation before has already clipped.
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
            bail!("an input that is not a picture");
        };
        let planes = f32::fact([one, channels, height, width]);
        let wire = self.model.add_source(input.name.clone(), planes)?;
        self.wires.insert(&input.name, wire);
        Ok(())
    }

    fn node(&mut self, node: &'g NodeProto, blocks: &mut Blocks<'g>) -> TractResult<()> {
        let [name] = &node.output[..] else {
            bail!("{} outputs", node.output.len());
        };
        if self.is_within(name, blocks)? || self.block(name, blocks)? {
            return Ok(());
        }
        // The networks cast only constants, from 16 to 32 bits, which `read` has done.
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
                let max_pool = MaxPool {
                    pool_spec: convolution::pool_spec(node, channels, channels)?,
                    with_index_outputs: None,
                };
                self.put(name, max_pool, &[from])?
            }
            "PRelu" => {
                let slopes = self.constant(node, 1)?;
                ensure!(self.shape(from)?.get(1) == Some(&slopes.len()));
                self.put(name, Prelu { slopes }, &[from])?
            }
            "Sigmoid" => self.put(name, sigmoid(), &[from])?,
            "Softmax" => {
                let axis = node.get_attr("axis")?;
                ensure!(axis < self.shape(from)?.len());
                let softmax = Softmax::new(tvec!(axis), None, SoftmaxKind::Softmax);
                self.put(name, softmax, &[from])?
            }
            "Transpose" => {
                let order = node.get_attr_tvec::<usize>("perm")?;
                if self.model.inputs.contains(&from) {
                    ensure!(order[..] == CHANNELS_FIRST);
                    from
                } else {
                    self.chain(name, perm_to_ops(&order), from)?
                }
            }
            "Reshape" => {
                let to = dims(&self.integers(node, 1)?);
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
                let pads = self.integers(node, 1)?;
                let (before, after) = pads.split_at(pads.len() / 2);
                let pads = before.iter().zip(after);
                let pad = Pad {
                    pads: pads.map(|(b, a)| (*b as usize, *a as usize)).collect(),
                    mode: PadMode::Constant(tensor0(0_f32).into()),
                };
                self.put(name, pad, &[from])?
            }
            _ => bail!("our networks do not have this operation"),
        };
        self.wires.insert(name, wire);
        Ok(())
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
        let (low, high) = self.clip_bounds(node)?;
        let mut bound = |end: &str, value| {
            let value = tensor0(value).broadcast_into_rank(rank)?;
            self.model.add_const(format!("{name}.{end}"), value)
        };
        let (low, high) = (bound("low", low)?, bound("high", high)?);
        let raised = self.put(&format!("{name}.raised"), max(), &[from, low])?;
        self.put(name, min(), &[raised, high])
    }

    fn clip_bounds(&self, clip: &NodeProto) -> TractResult<(f32, f32)> {
        let bound = |n| {
            let value = self.constant(clip, n)?;
            let value = value.try_as_plain_ram()?;
            let value = value.as_slice::<f32>()?.first().copied();
            value.context("a bound without a value")
        };
        Ok((bound(1)?, bound(2)?))
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

    /// Channels become pixels: block row and column before the new channel (mode `DCR`).
    fn depth_to_space(
        &mut self,
        node: &'g NodeProto,
        name: &'g str,
        from: OutletId,
    ) -> TractResult<OutletId> {
        let mode: Option<&str> = node.get_attr_opt("mode")?;
        ensure!(mode.is_none_or(|mode| mode == "DCR"));
        let side: usize = node.get_attr("blocksize")?;
        let shape = self.shape(from)?;
        let &[_, depth, height, width] = &shape[..] else {
            bail!("not of a picture");
        };
        ensure!(side > 0 && depth.is_multiple_of(side * side));
        let split = dims(&[side, side, depth / (side * side)]);
        let rows_and_columns = dims(&[height, side, width, side]);
        let steps = [
            AxisOp::Reshape(1, dims(&[depth]), split),
            AxisOp::Move(2, 5),
            AxisOp::Move(1, 3),
            AxisOp::Reshape(2, rows_and_columns, dims(&[height * side, width * side])),
        ];
        self.chain(name, steps, from)
    }

    /// One axis operation after the other.
    fn chain(
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

    fn integers(&self, node: &NodeProto, input: usize) -> TractResult<Vec<i64>> {
        let constant = self.constant(node, input)?;
        let constant = constant.try_as_plain_ram()?;
        Ok(constant.as_slice::<i64>()?.to_vec())
    }

    fn input_wire(&mut self, node: &'g NodeProto, input: usize) -> TractResult<OutletId> {
        self.wire(node.input.get(input).context("an input is missing")?)
    }

    fn wire(&mut self, name: &'g str) -> TractResult<OutletId> {
        if let Some(wire) = self.wires.get(name) {
            return Ok(*wire);
        }
        let value = self.constants.get(name).cloned();
        let value = value.with_context(|| format!("no node computes {name}"))?;
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
