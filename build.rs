//! Packs the models that the program carries, so that one binary stays small.
//!
//! Nearly all of a model are 16-bit weights. Deflated as they lie they shrink by a quarter; apart
//! they shrink by a third: first which of them are not zero, a bit each, then the low bytes of
//! those, which are noise, then their high bytes, which are sign and magnitude. What is left of
//! the ONNX file without its weights comes before them. `src/pose/weights.rs` reads the result.

use std::error::Error;
use std::fs::File;
use std::io::Write;
use std::path::PathBuf;

use flate2::Compression;
use flate2::write::DeflateEncoder;

const MODELS: [&str; 3] = ["pose_detection", "pose_landmark_lite", "pose_landmark_full"];

/// Of `onnx.proto`: `ModelProto.graph`, `GraphProto.initializer`, and in `TensorProto` `data_type`
/// (whose value for 16-bit floats is 10) and `raw_data`.
const GRAPH: u64 = 7;
const INITIALIZER: u64 = 5;
const DATA_TYPE: u64 = 2;
const FLOAT16: u64 = 10;
const RAW_DATA: u64 = 9;

fn main() -> Result<(), Box<dyn Error>> {
    let out = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    println!("cargo::rerun-if-changed=build.rs");
    for model in MODELS {
        let from = format!("models/{model}.onnx");
        println!("cargo::rerun-if-changed={from}");
        let onnx = std::fs::read(&from).map_err(|e| format!("{from}: {e}"))?;
        let packed = pack(&onnx).ok_or_else(|| format!("{from} is no ONNX file"))?;
        let mut to = File::create(out.join(format!("{model}.packed")))?;
        for part in packed {
            let mut deflated = DeflateEncoder::new(Vec::new(), Compression::best());
            deflated.write_all(&part)?;
            let deflated = deflated.finish()?;
            to.write_all(&u32::try_from(deflated.len())?.to_le_bytes())?;
            to.write_all(&deflated)?;
        }
    }
    Ok(())
}

/// The file without its 16-bit weights; which of these are not zero; their low and their high bytes.
fn pack(onnx: &[u8]) -> Option<[Vec<u8>; 4]> {
    let mut constants: Vec<Vec<u8>> = Vec::new();
    let rest = rewritten(onnx, &mut |number, graph| {
        if number != GRAPH {
            return Some(None);
        }
        let graph = rewritten(graph, &mut |number, tensor| {
            if number != INITIALIZER || !is_float16(tensor)? {
                return Some(None);
            }
            let tensor = rewritten(tensor, &mut |number, raw| {
                if number != RAW_DATA {
                    return Some(None);
                }
                constants.push(raw.to_vec());
                Some(Some(Vec::new()))
            })?;
            Some(Some(tensor))
        })?;
        Some(Some(graph))
    })?;
    let [mut is_set, mut low, mut high] = [const { Vec::new() }; 3];
    for constant in &constants {
        let (weights, _) = constant.as_chunks::<2>();
        // The bits of each constant begin with a byte.
        for eight in weights.chunks(8) {
            let bit = |(n, weight): (usize, &[u8; 2])| u8::from(*weight != [0, 0]) << n;
            is_set.push(eight.iter().enumerate().map(bit).sum());
        }
        for weight in weights.iter().filter(|weight| **weight != [0, 0]) {
            low.push(weight[0]);
            high.push(weight[1]);
        }
    }
    Some([rest, is_set, low, high])
}

/// What becomes of a field's content: something else, or what it is. Outside, none for what is no message.
type Change<'c> = dyn FnMut(u64, &[u8]) -> Option<Option<Vec<u8>>> + 'c;

/// A protobuf message whose fields with a length may have been given another content.
fn rewritten(mut message: &[u8], change: &mut Change<'_>) -> Option<Vec<u8>> {
    let mut to = Vec::with_capacity(message.len());
    while !message.is_empty() {
        let field = Field::read(&mut message)?;
        let other = match field.content {
            Some(old) => change(field.number, old)?,
            None => None,
        };
        match other {
            Some(new) => {
                write_varint(&mut to, field.number << 3 | 2);
                write_varint(&mut to, new.len() as u64);
                to.extend(new);
            }
            None => to.extend_from_slice(field.whole),
        }
    }
    Some(to)
}

fn is_float16(mut tensor: &[u8]) -> Option<bool> {
    while !tensor.is_empty() {
        let field = Field::read(&mut tensor)?;
        if field.number == DATA_TYPE {
            return Some(field.value == FLOAT16);
        }
    }
    Some(false)
}

/// One field of a protobuf message.
struct Field<'m> {
    number: u64,
    /// Of a varint, its value; of a field with a length, that.
    value: u64,
    /// Only fields with a length have one.
    content: Option<&'m [u8]>,
    whole: &'m [u8],
}

impl<'m> Field<'m> {
    fn read(message: &mut &'m [u8]) -> Option<Field<'m>> {
        let from = *message;
        let key = read_varint(message)?;
        let (value, content) = match key & 7 {
            0 => (read_varint(message)?, None),
            1 => (0, take(message, 8).map(|_| None)?),
            2 => {
                let length = read_varint(message)?;
                (length, Some(take(message, usize::try_from(length).ok()?)?))
            }
            5 => (0, take(message, 4).map(|_| None)?),
            _ => return None,
        };
        Some(Field {
            number: key >> 3,
            value,
            content,
            whole: &from[..from.len() - message.len()],
        })
    }
}

fn take<'m>(message: &mut &'m [u8], length: usize) -> Option<&'m [u8]> {
    let (taken, rest) = message.split_at_checked(length)?;
    *message = rest;
    Some(taken)
}

fn read_varint(message: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let byte = take(message, 1)?[0];
        value |= u64::from(byte & 0x7F) << shift;
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}

fn write_varint(to: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        to.push(value as u8 | 0x80);
        value >>= 7;
    }
    to.push(value as u8);
}
