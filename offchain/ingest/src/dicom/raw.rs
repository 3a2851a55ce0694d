// SPDX-License-Identifier: Apache-2.0
//! Elements kept as they came, in the DICOM JSON model (PS3.18, annex F).

use super::{
	element::{name, DataSet, Element, Left, Value},
	reader::{is_free, width},
};
use crate::base64::base64;
use dicom_core::VR;
use salus_mdf::RawJson;
use serde_json::{json, Map, Value as Json};

/// One element.
///
/// Numbers written as text keep their digits as text. What stays in the file is said by its place:
/// `Left`, which the model does not have.
pub(super) fn raw(element: &Element) -> Option<RawJson> {
	RawJson::new(of(element).to_string()).ok()
}

fn of(element: &Element) -> Json {
	let mut out = Map::new();
	out.insert("vr".into(), element.vr.to_string().into());
	match &element.value {
		Value::Text(text) if text.is_empty() => {},
		Value::Text(text) => {
			let values = if is_free(element.vr) {
				vec![Json::from(text.as_str())]
			} else {
				text.split('\\').map(|value| written(element.vr, value)).collect()
			};
			out.insert("Value".into(), values.into());
		},
		Value::Bytes(bytes) if bytes.is_empty() => {},
		Value::Bytes(bytes) => {
			match numbers(element.vr, bytes) {
				Some(values) => out.insert("Value".into(), values.into()),
				None => out.insert("InlineBinary".into(), base64(bytes).into()),
			};
		},
		Value::Items(items) => {
			let items: Vec<_> = items.iter().map(data_set).collect();
			out.insert("Value".into(), items.into());
		},
		Value::Left(Left { offset, bytes, fragments }) => {
			let mut left = json!({ "offset": offset, "bytes": bytes });
			if let (Some(fragments), Some(left)) = (fragments, left.as_object_mut()) {
				left.insert("fragments".into(), (*fragments).into());
			}
			out.insert("Left".into(), left);
		},
	}
	out.into()
}

fn data_set(set: &DataSet) -> Json {
	let mut out = Map::new();
	for element in &set.0 {
		let mut key = name(element.tag);
		// An element that is there twice breaks the rules, and is kept twice.
		while out.contains_key(&key) {
			key.push('+');
		}
		out.insert(key, of(element));
	}
	out.into()
}

fn written(vr: VR, value: &str) -> Json {
	let value = value.trim_matches(' ');
	if value.is_empty() {
		return Json::Null;
	}
	if vr != VR::PN {
		return value.into();
	}
	let mut groups = Map::new();
	for (name, group) in ["Alphabetic", "Ideographic", "Phonetic"].iter().zip(value.splitn(3, '='))
	{
		if !group.is_empty() {
			groups.insert((*name).to_owned(), group.into());
		}
	}
	groups.into()
}

/// Binary numbers, when the bytes are a whole number of them.
pub(super) fn numbers(vr: VR, bytes: &[u8]) -> Option<Vec<Json>> {
	let width = width(vr);
	let whole = if vr == VR::AT { 4 } else { width };
	if !bytes.len().is_multiple_of(whole) {
		return None;
	}
	let values = bytes.chunks_exact(width);
	let float = |number: f64, text: String| match serde_json::from_str(&text) {
		Ok(json) if number.is_finite() => json,
		_ => Json::from(text),
	};
	Some(match vr {
		VR::US => {
			values.filter_map(|v| v.first_chunk().map(|v| u16::from_le_bytes(*v).into())).collect()
		},
		VR::SS => {
			values.filter_map(|v| v.first_chunk().map(|v| i16::from_le_bytes(*v).into())).collect()
		},
		VR::UL => {
			values.filter_map(|v| v.first_chunk().map(|v| u32::from_le_bytes(*v).into())).collect()
		},
		VR::SL => {
			values.filter_map(|v| v.first_chunk().map(|v| i32::from_le_bytes(*v).into())).collect()
		},
		VR::UV => {
			values.filter_map(|v| v.first_chunk().map(|v| u64::from_le_bytes(*v).into())).collect()
		},
		VR::SV => {
			values.filter_map(|v| v.first_chunk().map(|v| i64::from_le_bytes(*v).into())).collect()
		},
		VR::FL => values
			.filter_map(|v| {
				let number = f32::from_le_bytes(*v.first_chunk()?);
				Some(float(number.into(), number.to_string()))
			})
			.collect(),
		VR::FD => values
			.filter_map(|v| {
				let number = f64::from_le_bytes(*v.first_chunk()?);
				Some(float(number, number.to_string()))
			})
			.collect(),
		VR::AT => bytes
			.chunks_exact(4)
			.filter_map(|v| match v {
				[a, b, c, d] => Some(format!("{b:02X}{a:02X}{d:02X}{c:02X}").into()),
				_ => None,
			})
			.collect(),
		_ => return None,
	})
}
