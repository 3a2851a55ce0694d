// SPDX-License-Identifier: Apache-2.0
//! What a file is, by its content.

use crate::{
	apple, ccda, csv, dicom, fhir, hl7v2,
	source::Survey,
	xml::{local_name, root_tag},
	Error,
};

/// A format that is read.
pub(crate) enum Found {
	Zip,
	Dicom,
	Ccda,
	Json,
	FhirXml,
	AppleHealth,
	Csv,
	Hl7v2,
}

/// A format whose bytes are no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Binary {
	/// A DICOM file, or a bare data set.
	Dicom,
	/// An archive; one without entries has an end only.
	Zip,
	/// A format that is not read.
	Unread(&'static str),
}

/// Looks for a format whose bytes are no text, before anybody takes them for one.
pub(crate) fn binary(head: &[u8]) -> Option<Binary> {
	if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
		return Some(Binary::Zip);
	}
	for (magic, name) in [
		(&b"\x1f\x8b"[..], "a gzip archive"),
		(b"%PDF-", "PDF"),
		(b"\x89PNG", "PNG"),
		(b"\xff\xd8\xff", "JPEG"),
	] {
		if head.starts_with(magic) {
			return Some(Binary::Unread(name));
		}
	}
	dicom::looks_like(head).then_some(Binary::Dicom)
}

/// Looks at the first bytes.
pub(crate) fn detect(survey: &Survey) -> Result<Found, Error> {
	if let Some(binary) = survey.binary {
		return Ok(match binary {
			Binary::Dicom => Found::Dicom,
			Binary::Zip => Found::Zip,
			Binary::Unread(detected) => return Err(Error::FormatUnsupported { detected }),
		});
	}
	let head = survey.head.as_slice();
	let unsupported = |detected| Err(Error::FormatUnsupported { detected });
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
