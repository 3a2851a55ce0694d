// SPDX-License-Identifier: Apache-2.0
//! Workbooks (ECMA-376): each worksheet is a table as a CSV file is.

mod cell;
mod sheet;

use crate::{
	archive::{check_declared, open},
	csv::{sheet_table, Patients},
	load::Context,
	source::Survey,
	Code, Error, Format, Place,
};
use calamine::{Reader, SheetType, SheetVisible, Xlsx};
use sheet::{Fault, Sheet};
use std::{
	io::{Cursor, Read},
	panic::{catch_unwind, AssertUnwindSafe},
};

/// The largest workbook as a file; it is held while it is read.
const MAX_FILE: u64 = 64 << 20;
/// The most that its parts may have together.
const MAX_EXPANDED: u64 = 512 << 20;
/// The part that makes an archive a workbook.
pub(crate) const WORKBOOK: &str = "xl/workbook.xml";

/// Reads an archive as a whole, when it is a workbook.
///
/// # Errors
/// Nothing when it is an archive of another kind.
pub(crate) fn bytes<R: Read>(file: R, survey: &Survey) -> Result<Option<Vec<u8>>, Error> {
	if survey.bytes > MAX_FILE {
		return Ok(None);
	}
	let mut bytes = Vec::new();
	file.take(MAX_FILE).read_to_end(&mut bytes)?;
	let archive = open(Cursor::new(&bytes))?;
	let is_workbook = archive.index_for_name(WORKBOOK).is_some();
	Ok(is_workbook.then_some(bytes))
}

/// Maps a workbook.
pub(crate) fn load(bytes: &[u8], survey: &Survey, context: &mut Context<'_>) -> Result<(), Error> {
	context.report.format = Format::Xlsx;
	let archive = open(Cursor::new(bytes))?;
	check_declared(&archive, MAX_EXPANDED.min(context.options.max_bytes))?;
	for name in archive.file_names() {
		let name = name.map(|name| name.into_owned()).unwrap_or_default();
		if let Some(code) = unread(&name) {
			context.diagnose(Place::Line(1), code)?;
		}
	}
	drop(archive);
	let mut book = guarded(|| Ok(Xlsx::new(Cursor::new(bytes))?))?;
	let sheets = book.sheets_metadata().to_vec();
	let mut patients = Patients::default();
	let mut understood = false;
	for (index, entry) in sheets.iter().enumerate() {
		let number = index as u64 + 1;
		let label = format!("{}#{number}", context.name);
		let part = match &context.part {
			Some(part) => format!("{part}#{}", entry.name),
			None => entry.name.clone(),
		};
		let (file, options) = (survey, context.options);
		if entry.typ != SheetType::WorkSheet {
			context.diagnose(Place::Entry(number), Code::SheetSkipped)?;
			continue;
		}
		let mut sheet = guarded(|| Sheet::read(&mut book, &entry.name))?;
		if sheet.is_empty() {
			continue;
		}
		let above = sheet.above_header();
		let mut own = Context::for_sheet(&label, part, file, options, context);
		own.report.format = Format::Xlsx;
		if entry.visible != SheetVisible::Visible {
			own.diagnose(Place::Line(1), Code::SheetHidden)?;
		}
		if let Some(line) = sheet.formula {
			own.diagnose(Place::Line(line), Code::FormulaValues)?;
		}
		for (line, column) in std::mem::take(&mut sheet.wrong) {
			own.diagnose(Place::Cell { line, column }, Code::CellError)?;
		}
		match above {
			None => {
				own.report.pieces += 1;
				own.diagnose(Place::Line(1), Code::SheetUnrecognized)?;
			},
			Some(above) => {
				for line in above {
					own.report.pieces += 1;
					own.diagnose(Place::Line(line), Code::RowAboveHeader)?;
				}
				match sheet_table(&mut own, &mut sheet, number, &mut patients) {
					Ok(()) => understood = true,
					Err(Error::HeaderUnrecognized { .. }) => {
						own.report.pieces += 1;
						own.diagnose(Place::Line(1), Code::SheetUnrecognized)?;
					},
					Err(error) => return Err(error),
				}
			},
		}
		let outcome = own.outcome();
		if context.report.columns.is_empty() {
			context.report.columns.clone_from(&outcome.report.columns);
		}
		context.add(number, outcome);
	}
	patients.finish(context)?;
	if understood {
		Ok(())
	} else {
		Err(Error::HeaderUnrecognized { missing: "the result in any sheet" })
	}
}

/// Calls the workbook reader, which adds up numbers of a file without a check: that a sum is too
/// large is a fault of the file.
fn guarded<T>(read: impl FnOnce() -> Result<T, Fault>) -> Result<T, Error> {
	let read = catch_unwind(AssertUnwindSafe(read));
	Ok(read.unwrap_or(Err(Fault::Broken))?)
}

/// What is told of a part that is not read. Styles, strings, relations and the like are read or say
/// nothing of anybody.
fn unread(name: &str) -> Option<Code> {
	let name = name.to_ascii_lowercase();
	let is = |start: &str| name.starts_with(start);
	if name.ends_with('/') {
		None
	} else if name.ends_with("vbaproject.bin") || is("xl/macrosheets/") || is("xl/activex/") {
		Some(Code::MacroIgnored)
	} else if is("xl/externallinks/") || name == "xl/connections.xml" || is("xl/querytables/") {
		Some(Code::LinkIgnored)
	} else if is("xl/worksheets/sheet")
		|| name.ends_with(".rels")
		|| is("xl/theme/")
		|| matches!(
			&*name,
			"[content_types].xml"
				| "xl/workbook.xml"
				| "xl/styles.xml"
				| "xl/sharedstrings.xml"
				| "xl/calcchain.xml"
				| "xl/metadata.xml"
		) {
		None
	} else {
		Some(Code::WorkbookPart)
	}
}
