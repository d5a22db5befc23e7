//! Blocks: nodes that are computed together, because one after the other they wait for memory.

use std::collections::HashMap;

use sitwell_kernels::{Activation, Residual};
use tract_onnx::pb::NodeProto;
use tract_onnx::prelude::*;
use tract_onnx::tract_core::internal::*;

use super::Translation;
use super::convolution::{group, packed, pads};
use crate::pose::block::Block;

/// The nodes of one block.
struct Nodes<'g> {
    input: &'g str,
    expand: Option<&'g NodeProto>,
    depthwise: &'g NodeProto,
    activation: Activation,
    project: &'g NodeProto,
    residual: Residual,
    prelu: Option<&'g NodeProto>,
    is_clipped: bool,
}

/// All blocks of a graph.
#[derive(Default)]
pub(super) struct Blocks<'g> {
    /// By the name of the block's output.
    by_output: HashMap<&'g str, Nodes<'g>>,
    /// The block's output for each value within it. Nobody else reads these.
    within: HashMap<&'g str, &'g str>,
}

/// A block pays where its outputs have at least so many pixels: at 4 by 4 and less tract's products are twice as
/// fast, at 8 by 8 it is even (each operation's smallest time of 150 runs, AVX2).
const MIN_PLANE: usize = 64;

/// Who reads and who computes each value.
struct Readers<'g> {
    by_value: HashMap<&'g str, Vec<&'g NodeProto>>,
    producers: HashMap<&'g str, &'g NodeProto>,
}

impl<'g> Readers<'g> {
    fn only(&self, value: &str, op_type: &str) -> Option<&'g NodeProto> {
        match self.by_value.get(value)?[..] {
            [reader] if reader.op_type == op_type => Some(reader),
            _ => None,
        }
    }

    /// What computes a value that nobody reads but one node.
    fn producer(&self, value: &str, op_type: &str) -> Option<&'g NodeProto> {
        let only_one = self.by_value.get(value)?.len() == 1;
        let producer = self.producers.get(value).copied();
        producer.filter(|node| only_one && node.op_type == op_type)
    }
}

fn output(node: &NodeProto) -> &str {
    &node.output[0]
}

impl<'g> Translation<'g> {
    /// Finds the blocks of the graph.
    pub(super) fn blocks(&self) -> TractResult<Blocks<'g>> {
        let mut readers = Readers {
            by_value: HashMap::new(),
            producers: HashMap::new(),
        };
        for node in &self.graph.node {
            ensure!(node.output.len() == 1, "{} outputs", node.output.len());
            ensure!(!node.input.is_empty(), "{} has no input", node.name);
            readers.producers.insert(output(node), node);
            for input in &node.input {
                readers.by_value.entry(input).or_default().push(node);
            }
        }
        for value in &self.graph.output {
            readers.by_value.remove(&*value.name);
        }
        let mut blocks = Blocks::default();
        for node in &self.graph.node {
            if node.op_type == "Conv" && group(node)? > 1 {
                self.block_around(node, &readers, &mut blocks)?;
            }
        }
        Ok(blocks)
    }

    fn block_around(
        &self,
        depthwise: &'g NodeProto,
        readers: &Readers<'g>,
        blocks: &mut Blocks<'g>,
    ) -> TractResult<()> {
        let mut within = vec![output(depthwise)];
        let mut activation = Activation::None;
        if let Some(clip) = readers.only(output(depthwise), "Clip")
            && self.is_relu6(clip)?
        {
            within.push(output(clip));
            activation = Activation::Relu6;
        }
        let filtered = within[within.len() - 1];
        let Some(project) = readers.only(filtered, "Conv") else {
            return Ok(());
        };
        if !is_pointwise(project)? {
            return Ok(());
        }
        let mut nodes = Nodes {
            input: &depthwise.input[0],
            expand: None,
            depthwise,
            activation,
            project,
            residual: Residual::None,
            prelu: None,
            is_clipped: false,
        };
        if let Some(clip) = readers.producer(nodes.input, "Clip")
            && let Some(expand) = readers.producer(&clip.input[0], "Conv")
            && self.is_relu6(clip)?
            && is_pointwise(expand)?
        {
            within.extend([output(clip), output(expand)]);
            nodes.input = &expand.input[0];
            nodes.expand = Some(expand);
        }
        let mut last = project;
        if let Some(add) = readers.only(output(project), "Add") {
            let others = add.input.iter().filter(|other| *other != output(project));
            let others: Vec<&str> = others.map(String::as_str).collect();
            if let [other] = others[..]
                && let Some((residual, hidden)) = self.residual(other, nodes.input, readers)?
            {
                nodes.residual = residual;
                within.push(output(project));
                within.extend(hidden);
                last = add;
            }
        }
        if let Some(prelu) = readers.only(output(last), "PRelu") {
            within.push(output(last));
            nodes.prelu = Some(prelu);
            last = prelu;
        } else if let Some(clip) = readers.only(output(last), "Clip")
            && self.is_relu6(clip)?
        {
            within.push(output(last));
            nodes.is_clipped = true;
            last = clip;
        }
        let within = within.into_iter().map(|value| (value, output(last)));
        blocks.within.extend(within);
        blocks.by_output.insert(output(last), nodes);
        Ok(())
    }

    /// What `value` is of a block's input, and the values on the way.
    fn residual(
        &self,
        value: &'g str,
        input: &str,
        readers: &Readers<'g>,
    ) -> TractResult<Option<(Residual, Vec<&'g str>)>> {
        if value == input {
            return Ok(Some((Residual::Input, Vec::new())));
        }
        let mut hidden = vec![value];
        if let Some(pad) = readers.producer(value, "Pad")
            && matches!(self.integers(pad, 1)?[..], [0, 0, 0, 0, 0, _, 0, 0])
        {
            hidden.push(&pad.input[0]);
        }
        let Some(pool) = readers.producer(hidden[hidden.len() - 1], "MaxPool") else {
            return Ok(None);
        };
        let is_pooled = pool.input[0] == input
            && pads(pool)? == [0; 4]
            && pool.get_attr_tvec::<usize>("kernel_shape")?[..] == [2, 2]
            && pool.get_attr_tvec::<usize>("strides")?[..] == [2, 2];
        Ok(is_pooled.then_some((Residual::Pooled, hidden)))
    }

    /// Whether a value is within a block. Gives up the block if it does not pay.
    pub(super) fn is_within(&mut self, name: &str, blocks: &mut Blocks<'g>) -> TractResult<bool> {
        let Some(&of) = blocks.within.get(name) else {
            return Ok(false);
        };
        // In a file whose nodes are out of order it may be there already.
        let Some(nodes) = blocks.by_output.get(of) else {
            return Ok(true);
        };
        let from = self.wire(nodes.input)?;
        let plane: usize = self.shape(from)?.iter().skip(2).product();
        let steps = nodes.depthwise.get_attr_tvec::<usize>("strides")?;
        let pays = plane >= MIN_PLANE * steps.iter().product::<usize>();
        if !pays {
            blocks.by_output.remove(of);
            blocks.within.retain(|_, output| *output != of);
        }
        Ok(pays)
    }

    fn is_relu6(&self, clip: &NodeProto) -> TractResult<bool> {
        Ok(self.clip_bounds(clip)? == (0.0, 6.0))
    }

    /// Puts the block into the model whose output a value is. Returns whether there is one.
    pub(super) fn block(&mut self, name: &'g str, blocks: &mut Blocks<'g>) -> TractResult<bool> {
        let Some(nodes) = blocks.by_output.remove(name) else {
            return Ok(false);
        };
        let from = self.wire(nodes.input)?;
        let shape = self.shape(from)?;
        let &[_, inputs, height, width] = &shape[..] else {
            bail!("not of a picture");
        };
        let mut channels = inputs;
        let expand = match nodes.expand {
            Some(expand) => {
                let (kernel, biases) = (self.taken(expand, 1)?, self.taken(expand, 2)?);
                channels = biases.len();
                Some(packed(&kernel, [channels, inputs], Some(&biases))?)
            }
            None => None,
        };
        let filters = self.constant(nodes.depthwise, 1)?;
        let geometry = self.geometry(nodes.depthwise, channels, height, width)?;
        let filter_biases = self.constant(nodes.depthwise, 2)?;
        ensure!(filters.len() == channels * geometry.side * geometry.side);
        ensure!(filter_biases.len() == channels);
        let kernel = self.taken(nodes.project, 1)?;
        let biases = self.constant(nodes.project, 2)?;
        let outputs = biases.len();
        let [_, _, out_height, out_width] = geometry.out_shape();
        match nodes.residual {
            Residual::None => {}
            Residual::Input => {
                ensure!(inputs == outputs && (out_height, out_width) == (height, width));
            }
            Residual::Pooled => {
                ensure!(inputs <= outputs && (2 * out_height, 2 * out_width) == (height, width));
            }
        }
        let slopes = match nodes.prelu {
            Some(prelu) => self.constant(prelu, 1)?,
            None if nodes.is_clipped => tensor1(&vec![0_f32; outputs]).into(),
            None => tensor1(&vec![1_f32; outputs]).into(),
        };
        ensure!(slopes.len() == outputs);
        let block = Block {
            expand,
            geometry,
            filters,
            filter_biases,
            activation: nodes.activation,
            project: packed(&kernel, [outputs, channels], None)?,
            biases,
            residual: nodes.residual,
            slopes,
            is_clipped: nodes.is_clipped,
        };
        let wire = self.put(name, block, &[from])?;
        self.wires.insert(name, wire);
        Ok(true)
    }

    /// A constant that nobody else reads. A second copy of all weights takes 12 MB.
    fn taken(&mut self, node: &NodeProto, input: usize) -> TractResult<Arc<Tensor>> {
        let value = self.constant(node, input)?;
        self.constants.remove(&node.input[input]);
        Ok(value)
    }
}

fn is_pointwise(conv: &NodeProto) -> TractResult<bool> {
    Ok(group(conv)? == 1
        && pads(conv)? == [0; 4]
        && conv.get_attr_tvec::<usize>("kernel_shape")?[..] == [1, 1]
        && conv.get_attr_tvec::<usize>("strides")?[..] == [1, 1])
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use image::imageops::FilterType;
    use prost::Message;
    use tract_onnx::pb::ModelProto;

    use super::super::{WeightStorage, translate};
    use super::*;

    /// A network's outputs for a person's picture, and how many blocks it has.
    fn run(onnx: &[u8], weights: WeightStorage) -> (Vec<TValue>, usize) {
        let onnx = ModelProto::decode(onnx).unwrap();
        let model = translate(onnx, weights).unwrap();
        let nodes = model.nodes.iter();
        let blocks = nodes.filter(|node| node.op_is::<Block>()).count();
        let shape = model
            .input_fact(0)
            .unwrap()
            .shape
            .as_concrete()
            .unwrap()
            .to_vec();
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/landmarks");
        let picture = image::open(folder.join("s02_front_top_00_neutral.jpg")).unwrap();
        let (side, filter) = (shape[3] as u32, FilterType::Triangle);
        let picture = picture.resize_exact(side, side, filter).into_rgb8();
        let picture = tract_ndarray::Array4::from_shape_fn((1, 3, shape[2], shape[3]), |at| {
            f32::from(picture.get_pixel(at.3 as u32, at.2 as u32).0[at.1]) / 255.0
        });
        let picture = Tensor::from(picture);
        let model = model.into_optimized().unwrap().into_runnable().unwrap();
        (model.run(tvec!(picture.into())).unwrap().to_vec(), blocks)
    }

    #[test]
    fn blocks_compute_what_their_nodes_compute_one_after_the_other() {
        for (onnx, blocks) in [
            (
                &include_bytes!("../../../models/pose_landmark_full.onnx")[..],
                20,
            ),
            (&include_bytes!("../../../models/face_mesh.onnx")[..], 11),
        ] {
            let (together, found) = run(onnx, WeightStorage::Float32);
            let (apart, none) = run(onnx, WeightStorage::Float16);
            assert_eq!((found, none), (blocks, 0));
            for (together, apart) in together.iter().zip(&apart) {
                let together = together.to_plain_array_view::<f32>().unwrap();
                let apart = apart.to_plain_array_view::<f32>().unwrap();
                let pairs = together.iter().zip(&apart);
                let most = pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
                assert!(most < 1e-3, "{most}");
            }
        }
    }

    #[test]
    fn a_graph_without_inputs_or_out_of_order_does_not_panic() {
        let onnx = &include_bytes!("../../../models/face_mesh.onnx")[..];
        let spoilt = |spoil: fn(&mut Vec<NodeProto>)| {
            let mut onnx = ModelProto::decode(onnx).unwrap();
            spoil(&mut onnx.graph.as_mut().unwrap().node);
            translate(onnx, WeightStorage::Float32).is_err()
        };
        assert!(spoilt(|nodes| {
            let conv = nodes.iter_mut().rfind(|node| node.op_type == "Conv");
            conv.unwrap().input.clear();
        }));
        assert!(spoilt(|nodes| nodes.reverse()));
    }
}
