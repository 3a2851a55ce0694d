// SPDX-License-Identifier: Apache-2.0
//! What can be made of a source.

use super::{draft::Draft, Options, Refusal};
use crate::write::{Bulk, Bundle, Mdf, Summary, Tables, Terms, Writer};
use serde::Serialize;
use std::{
	ffi::OsString,
	io::{self, BufWriter, Write},
	path::{Path, PathBuf},
};

/// The form of a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
	/// Mist Data Format: one item a line.
	Mdf,
	/// A FHIR R4 bundle.
	Fhir,
	/// An International Patient Summary.
	Ips,
	/// A folder of tables.
	Csv,
	/// A folder of FHIR resources, one a line, a file for each type.
	Ndjson,
}

/// Where a writer writes: a file, or nowhere.
type Out = BufWriter<Box<dyn Write>>;

impl Form {
	const fn suffix(self) -> &'static str {
		match self {
			Self::Mdf => ".mdf.ndjson",
			Self::Fhir => ".fhir.json",
			Self::Ips => ".ips.json",
			Self::Csv => ".tables",
			Self::Ndjson => ".resources",
		}
	}

	/// The extension of the files in the folder that the result is; nothing when it is a file.
	const fn inside(self) -> Option<&'static str> {
		match self {
			Self::Mdf | Self::Fhir | Self::Ips => None,
			Self::Csv => Some("csv"),
			Self::Ndjson => Some("ndjson"),
		}
	}

	/// The path of a result.
	pub(super) fn target(self, out: &Path, name: &str, is_single: bool) -> PathBuf {
		if is_single && (self.inside().is_some() || !out.is_dir()) {
			return out.to_owned();
		}
		let mut path = OsString::from(out.join(name));
		path.push(self.suffix());
		path.into()
	}

	/// The draft of a result; none when nothing is to be written.
	pub(super) fn draft(self, target: &Path, options: &Options) -> io::Result<Option<Draft>> {
		if options.dry_run {
			return Ok(None);
		}
		Ok(Some(match self.inside() {
			Some(extension) => Draft::folder(target, extension, options.overwrite)?,
			None => Draft::file(target, options.overwrite)?,
		}))
	}

	/// A writer into a draft.
	pub(super) fn writer<'d>(
		self,
		draft: Option<&'d Draft>,
		terms: Terms,
	) -> Result<Box<dyn Writer + 'd>, Refusal> {
		let open = move |name: Option<&str>| -> io::Result<Out> {
			let file: Box<dyn Write> = match draft {
				Some(draft) => Box::new(draft.open(name)?),
				None => Box::new(io::sink()),
			};
			Ok(BufWriter::new(file))
		};
		let one = || open(None).map_err(|error| Refusal::of_io(&error));
		Ok(match self {
			Self::Mdf => Box::new(Mdf::new(one()?)),
			Self::Fhir => Box::new(Bundle::new(one()?)),
			Self::Ips => {
				let summary = Summary::new(one()?, terms);
				Box::new(summary.map_err(|error| Refusal::of_write(&error))?)
			},
			Self::Csv => Box::new(Tables::new(move |name: &str| open(Some(name)))),
			Self::Ndjson => Box::new(Bulk::new(move |name: &str| open(Some(name)))),
		})
	}
}
