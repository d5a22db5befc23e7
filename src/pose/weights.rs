//! A model's constants: from an ONNX file, or from what `build.rs` made of one.

use std::io::Read;

use flate2::read::DeflateDecoder;
use tract_onnx::pb::{ModelProto, TensorProto};
use tract_onnx::prelude::*;
use tract_onnx::tract_core::internal::*;

/// The types of constants in the networks, as `onnx.proto` numbers them.
const FLOAT: i32 = 1;
const INT64: i32 = 7;
const FLOAT16: i32 = 10;

/// A model whose weights are still to be read.
pub(super) struct WeightSource<'a> {
    /// The graph, with all constants but those that lie apart.
    pub(super) onnx: ModelProto,
    apart: Option<Apart<'a>>,
}

/// The 16-bit weights of a packed model, in the order of the constants.
struct Apart<'a> {
    /// One bit for each weight, the lowest of a byte first: whether it is not zero.
    is_set: DeflateDecoder<&'a [u8]>,
    /// Of those that are not.
    low: DeflateDecoder<&'a [u8]>,
    high: DeflateDecoder<&'a [u8]>,
}

impl WeightSource<'_> {
    /// An ONNX file as it is.
    pub(super) fn file(file: &mut dyn Read) -> TractResult<WeightSource<'static>> {
        Ok(WeightSource {
            onnx: tract_onnx::Onnx::default().proto_model_for_read(file)?,
            apart: None,
        })
    }

    /// A model that the program carries.
    pub(super) fn packed(mut packed: &[u8]) -> TractResult<WeightSource<'_>> {
        let mut part = || -> TractResult<DeflateDecoder<&[u8]>> {
            let broken = "the packed model breaks off";
            let (length, rest) = packed.split_first_chunk().context(broken)?;
            let length = u32::from_le_bytes(*length) as usize;
            let (part, rest) = rest.split_at_checked(length).context(broken)?;
            packed = rest;
            Ok(DeflateDecoder::new(part))
        };
        let mut graph = part()?;
        Ok(WeightSource {
            apart: Some(Apart {
                is_set: part()?,
                low: part()?,
                high: part()?,
            }),
            ..WeightSource::file(&mut graph)?
        })
    }

    /// The value of the next constant; 16-bit floats become 32-bit ones, which networks run on.
    pub(super) fn value(&mut self, constant: &TensorProto) -> TractResult<Tensor> {
        let shape: TVec<usize> = constant.dims.iter().map(|&dim| dim as usize).collect();
        let raw = &constant.raw_data;
        match constant.data_type {
            FLOAT16 => {
                let values = match &mut self.apart {
                    Some(apart) => apart.read(shape.iter().product())?,
                    None => numbers(raw, |two| f16::from_le_bytes(two).to_f32()),
                };
                shaped(&shape, &values)
            }
            FLOAT if raw.is_empty() => shaped(&shape, &constant.float_data),
            FLOAT => shaped(&shape, &numbers(raw, f32::from_le_bytes)),
            INT64 if raw.is_empty() => shaped(&shape, &constant.int64_data),
            INT64 => shaped(&shape, &numbers(raw, i64::from_le_bytes)),
            other => bail!("{} has the unknown data type {other}", constant.name),
        }
    }
}

fn numbers<const N: usize, T>(raw: &[u8], number: impl Fn([u8; N]) -> T) -> Vec<T> {
    raw.as_chunks()
        .0
        .iter()
        .map(|bytes| number(*bytes))
        .collect()
}

/// `from_shape` alone would stop the program where a damaged file has too few values.
fn shaped<T: Datum + Copy>(shape: &[usize], values: &[T]) -> TractResult<Tensor> {
    ensure!(shape.iter().product::<usize>() == values.len());
    Tensor::from_shape(shape, values)
}

impl Apart<'_> {
    fn read(&mut self, count: usize) -> TractResult<Vec<f32>> {
        let bits = bytes(&mut self.is_set, count.div_ceil(8))?;
        let is_set = |n: usize| bits[n / 8] >> (n % 8) & 1 == 1;
        let set = (0..count).filter(|n| is_set(*n)).count();
        let (low, high) = (bytes(&mut self.low, set)?, bytes(&mut self.high, set)?);
        let mut set = low.into_iter().zip(high);
        let weight = |n| match is_set(n) {
            true => set
                .next()
                .map(|(low, high)| f16::from_le_bytes([low, high]).to_f32()),
            false => None,
        };
        Ok((0..count)
            .map(weight)
            .map(Option::unwrap_or_default)
            .collect())
    }
}

fn bytes(from: &mut impl Read, count: usize) -> TractResult<Vec<u8>> {
    let mut bytes = vec![0; count];
    from.read_exact(&mut bytes)?;
    Ok(bytes)
}
