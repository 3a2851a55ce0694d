// SPDX-License-Identifier: Apache-2.0
//! What a file is, by its content.

use crate::{
	apple, ccda, csv, fhir, hl7v2,
	xml::{local_name, root_tag},
	Error,
};

/// A format that is read.
pub(crate) enum Found {
	Ccda,
	Json,
	FhirXml,
	AppleHealth,
	Csv,
	Hl7v2,
}

/// Looks at the first bytes, in UTF-8.
pub(crate) fn detect(head: &[u8]) -> Result<Found, Error> {
	let unsupported = |detected| Err(Error::FormatUnsupported { detected });
	if head.get(128..132) == Some(b"DICM") {
		return unsupported("DICOM");
	}
	for (magic, name) in [
		(&b"PK\x03\x04"[..], "a ZIP archive"),
		(b"\x1f\x8b", "a gzip archive"),
		(b"%PDF-", "PDF"),
		(b"\x89PNG", "PNG"),
		(b"\xff\xd8\xff", "JPEG"),
	] {
		if head.starts_with(magic) {
			return unsupported(name);
		}
	}
	if head.contains(&0) {
		return unsupported("binary data");
	}
	let text = head.trim_ascii_start();
	let text = text.strip_prefix(b"\x0b").unwrap_or(text).trim_ascii_start();
	match text {
		[] => return Err(Error::Empty),
		[b'{' | b'[', ..] => return Ok(Found::Json),
		[b'<', ..] => {
			return match root_tag(text) {
				Some(tag) if fhir::is_resource(tag) => Ok(Found::FhirXml),
				Some(tag) if local_name(tag) == apple::ROOT => Ok(Found::AppleHealth),
				Some(tag) if ccda::looks_like(tag) => Ok(Found::Ccda),
				_ => unsupported("XML"),
			}
		},
		_ if hl7v2::looks_like_header(text) => return Ok(Found::Hl7v2),
		_ => {},
	}
	let header = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
	let header = String::from_utf8_lossy(header);
	if csv::looks_like_header(&header) {
		return Ok(Found::Csv);
	}
	unsupported("unknown text")
}
