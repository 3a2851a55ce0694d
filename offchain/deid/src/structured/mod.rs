// SPDX-License-Identifier: Apache-2.0
//! Files of records: what is known is gathered from them, and they are written again without it.

mod cda;
mod dicom;
mod fhir;
mod hl7v2;
pub(crate) mod machine;
mod table;

pub(crate) use cda::is_start as is_cda;
pub(crate) use dicom::is_start as is_dicom;
pub(crate) use hl7v2::is_start as is_hl7v2;
pub(crate) use table::is_header;

use crate::{
	manifest::{Action, Reason},
	zip3, Deidentifier, Error, LeakGate,
};
use serde_json::{Map, Value};
use std::io::{BufRead, Read, Write};

/// How many bytes a line, or a document that is no lines, may have.
pub const MAX_PIECE: usize = 64 << 20;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Format {
	/// Plain text, one document.
	Text,
	/// One JSON object a line, with a `text`.
	JsonLines,
	/// A table with a header.
	Csv,
	/// One FHIR R4 resource or bundle in JSON.
	Fhir,
	/// One FHIR R4 resource a line.
	FhirLines,
	/// Messages of HL7 v2 with their own delimiters, alone or in batches.
	Hl7v2,
	/// One document of CDA R2, as C-CDA.
	Cda,
	/// One DICOM file of PS3.10.
	Dicom,
}

/// Reads a line of at most [`MAX_PIECE`] bytes; the rest of a longer one is skipped, and it is nothing.
pub(crate) fn line(reader: &mut impl BufRead, buffer: &mut Vec<u8>) -> Result<Option<bool>, Error> {
	buffer.clear();
	until(reader, buffer, b"\n", MAX_PIECE)
}

/// Reads to the end of a file or behind one of some bytes, and says whether it had at most `most`; the rest
/// of what is longer is skipped. Nothing at the end of the file.
fn until(
	reader: &mut impl BufRead,
	buffer: &mut Vec<u8>,
	ends: &[u8],
	most: usize,
) -> Result<Option<bool>, Error> {
	let mut read = 0_usize;
	loop {
		let available = match reader.fill_buf() {
			Ok(available) => available,
			Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
			Err(error) => return Err(error.into()),
		};
		let end = available.iter().position(|byte| ends.contains(byte)).map(|at| at + 1);
		let length = end.unwrap_or(available.len());
		let fits = length.min(most.saturating_sub(read));
		buffer.extend_from_slice(&available[..fits]);
		reader.consume(length);
		read += length;
		if end.is_some() || length == 0 {
			return Ok((read > 0).then_some(read <= most));
		}
	}
}

/// What may stay of a ZIP code, or of the three digits that stayed before.
fn zip(code: &str) -> &str {
	let code = code.trim();
	if code.len() == 3 && zip3(&format!("{code}00")) == code {
		return code;
	}
	zip3(code)
}

/// Whether a quantity is an age of ninety years and more, if it is one.
fn is_old(value: f64, unit: &str) -> bool {
	let years = match unit.trim_matches(['{', '}']).to_ascii_lowercase().as_str() {
		"a" | "y" | "yr" | "yrs" | "year" | "years" => 1.0,
		"mo" | "month" | "months" => 12.0,
		"wk" | "week" | "weeks" => 52.18,
		"d" | "day" | "days" => 365.25,
		_ => return false,
	};
	value >= 90.0 * years
}

fn whole(reader: impl Read) -> Result<Option<Vec<u8>>, Error> {
	let mut bytes = Vec::new();
	reader.take(MAX_PIECE as u64 + 1).read_to_end(&mut bytes)?;
	Ok((bytes.len() <= MAX_PIECE).then_some(bytes))
}

impl Deidentifier {
	/// Gathers what a file says of people, for all files of the data set. Every file is learnt before the
	/// first is transformed.
	///
	/// # Errors
	/// If reading fails. What does not parse is left for [`Deidentifier::transform`] to withhold.
	pub fn learn(&mut self, format: Format, mut reader: impl BufRead) -> Result<(), Error> {
		self.known = None;
		match format {
			Format::Text | Format::JsonLines => {},
			Format::Csv => table::learn(self, reader)?,
			Format::Hl7v2 => hl7v2::learn(self, reader)?,
			Format::Cda => {
				if let Some(bytes) = whole(reader)? {
					cda::learn(self, &bytes);
				}
			},
			Format::Dicom => {
				if let Some(bytes) = whole(reader)? {
					dicom::learn(self, &bytes);
				}
			},
			Format::Fhir => {
				if let Some(Ok(value)) =
					whole(reader)?.map(|bytes| serde_json::from_slice::<Value>(&bytes))
				{
					fhir::learn(self, &value);
				}
			},
			Format::FhirLines => {
				let mut buffer = Vec::new();
				while let Some(fits) = line(&mut reader, &mut buffer)? {
					if let (true, Ok(value)) = (fits, serde_json::from_slice::<Value>(&buffer)) {
						fhir::learn(self, &value);
					}
				}
			},
		}
		Ok(())
	}

	/// Writes what may leave of a file, in the same format. A piece that cannot be decided, or in which a
	/// known identifier is still found, is withheld and listed in the manifest.
	///
	/// # Errors
	/// If reading or writing fails.
	pub fn transform(
		&mut self,
		format: Format,
		mut reader: impl BufRead,
		mut writer: impl Write,
	) -> Result<(), Error> {
		self.prepare();
		let gate = LeakGate::new(&self.identifiers)?;
		match format {
			Format::Csv => return table::transform(self, &gate, reader, writer),
			Format::Hl7v2 => hl7v2::transform(self, &gate, reader, &mut writer)?,
			Format::Dicom => {
				self.manifest.piece(1);
				let file = whole(reader)?
					.ok_or(Reason::LimitExceeded)
					.and_then(|bytes| dicom::file(self, &bytes))
					.and_then(|(bytes, texts)| {
						match gate.count(&bytes) + gate.count(texts.as_bytes()) {
							0 => Ok(bytes),
							_ => Err(Reason::KnownIdentifier),
						}
					});
				match file {
					Ok(bytes) => writer.write_all(&bytes)?,
					Err(reason) => self.manifest.withhold("", reason),
				}
			},
			Format::Text | Format::Fhir | Format::Cda => {
				self.manifest.piece(1);
				let Some(bytes) = whole(reader)? else {
					self.manifest.withhold("", Reason::LimitExceeded);
					return Ok(());
				};
				let out = match format {
					Format::Text => self.prose(&bytes),
					Format::Cda => match cda::document(self, &bytes) {
						Ok(out) => Some(out),
						Err(reason) => {
							self.manifest.withhold("", reason);
							None
						},
					},
					_ => self.resource(&bytes),
				};
				if let Some(out) = out.and_then(|out| self.pass(&gate, out)) {
					writer.write_all(out.as_bytes())?;
				}
			},
			Format::JsonLines | Format::FhirLines => {
				let mut buffer = Vec::new();
				let mut number = 0;
				while let Some(fits) = line(&mut reader, &mut buffer)? {
					number += 1;
					if buffer.iter().all(u8::is_ascii_whitespace) {
						continue;
					}
					self.manifest.piece(number);
					if !fits {
						self.manifest.withhold("", Reason::LimitExceeded);
						continue;
					}
					let out = if format == Format::JsonLines {
						self.note(&buffer)
					} else {
						self.resource(&buffer)
					};
					if let Some(out) = out.and_then(|out| self.pass(&gate, out)) {
						writer.write_all(out.as_bytes())?;
						writer.write_all(b"\n")?;
					}
				}
			},
		}
		writer.flush()?;
		Ok(())
	}

	/// Looks through finished output once more: after withholding nothing may be found.
	///
	/// # Errors
	/// If a known identifier is in it.
	pub fn verify(&self, mut output: impl BufRead) -> Result<(), Error> {
		let gate = LeakGate::new(&self.identifiers)?;
		let mut buffer = Vec::new();
		let mut count = 0;
		// Some formats end lines otherwise.
		while let Some(fits) = until(&mut output, &mut buffer, b"\r\n", MAX_PIECE)? {
			count += gate.count(&buffer) + usize::from(!fits);
			buffer.clear();
		}
		if count > 0 {
			return Err(Error::Leak { count });
		}
		Ok(())
	}

	/// A finished piece, if no known identifier is in it.
	fn pass(&mut self, gate: &LeakGate, out: String) -> Option<String> {
		if gate.count(out.as_bytes()) > 0 {
			self.manifest.withhold("", Reason::KnownIdentifier);
			return None;
		}
		Some(out)
	}

	fn prose(&mut self, bytes: &[u8]) -> Option<String> {
		let reason = match std::str::from_utf8(bytes) {
			Ok(text) if machine::is_machine(text) => Reason::KindUnsupported,
			Ok(text) => return self.text(text, ""),
			Err(_) => Reason::Malformed,
		};
		self.manifest.withhold("", reason);
		None
	}

	fn resource(&mut self, bytes: &[u8]) -> Option<String> {
		let Ok(Value::Object(resource)) = serde_json::from_slice(bytes) else {
			self.manifest.withhold("", Reason::Malformed);
			return None;
		};
		let resource = fhir::resource(self, &resource, 0)?;
		serde_json::to_string(&resource).ok()
	}

	/// A line of JSON with a text: the text, and a random id.
	fn note(&mut self, bytes: &[u8]) -> Option<String> {
		let Ok(Value::Object(note)) = serde_json::from_slice(bytes) else {
			self.manifest.withhold("", Reason::Malformed);
			return None;
		};
		let mut out = Map::new();
		for (key, value) in &note {
			match (key.as_str(), value) {
				("text", Value::String(text)) => {
					out.insert("text".into(), self.text(text, "")?.into());
				},
				("id", Value::String(id)) => {
					out.insert("id".into(), self.map.id(id).into());
					self.manifest.element("id", Action::Replaced);
				},
				("id", Value::Number(id)) => {
					out.insert("id".into(), self.map.id(&id.to_string()).into());
					self.manifest.element("id", Action::Replaced);
				},
				_ => self.manifest.element("unknown", Action::Removed),
			}
		}
		if !out.contains_key("text") {
			self.manifest.withhold("", Reason::Malformed);
			return None;
		}
		serde_json::to_string(&Value::Object(out)).ok()
	}
}
