// SPDX-License-Identifier: Apache-2.0
//! One worksheet as rows of text.

use super::cell;
use crate::{
	csv::{is_header, Fields, Row, RowSource, Tabular},
	Code, Error,
};
use calamine::{Xlsx, XlsxError};
use std::{
	collections::VecDeque,
	io::{Read, Seek},
};

/// How many columns a worksheet has.
const MAX_COLUMNS: u32 = 16_384;
/// The most text that a worksheet may have; its rows are held.
const MAX_TEXT: usize = 256 << 20;
/// What a cell takes beside its text.
const CELL_COST: usize = 24;
/// So many rows may stand above the header.
const MAX_ABOVE: usize = 50;

/// The rows of a worksheet that hold something, with their numbers from 1.
#[derive(Default)]
pub(super) struct Sheet {
	rows: Vec<(u64, Vec<String>)>,
	/// Cells that are errors or no dates: row and column, from 1.
	pub(super) wrong: Vec<(u64, usize)>,
	/// The first row with a formula.
	pub(super) formula: Option<u64>,
}

/// Why a worksheet is not read.
pub(super) enum Fault {
	Broken,
	TooLarge,
}

impl From<XlsxError> for Fault {
	fn from(_: XlsxError) -> Self {
		Self::Broken
	}
}

impl From<Fault> for Error {
	fn from(fault: Fault) -> Self {
		match fault {
			Fault::Broken => Self::Malformed { offset: 0 },
			Fault::TooLarge => Self::LimitExceeded {
				what: "bytes of cells in a sheet",
				limit: MAX_TEXT,
				offset: 0,
			},
		}
	}
}

impl Sheet {
	pub(super) fn read<R: Read + Seek>(book: &mut Xlsx<R>, name: &str) -> Result<Self, Fault> {
		let mut sheet = Self::default();
		let mut size = 0_usize;
		let mut cells = book.worksheet_cells_reader(name)?;
		while let Some((cell, style)) = cells.next_cell_with_style_id()? {
			let (row, column) = cell.get_position();
			if column >= MAX_COLUMNS {
				return Err(Fault::Broken);
			}
			let format = cells.styles().get(style).and_then(|style| style.number_format.as_ref());
			let (text, good) =
				cell::text(cell.get_value(), format.map(|format| format.format_code.as_str()));
			if text.is_empty() {
				continue;
			}
			let (row, column) = (u64::from(row) + 1, column as usize);
			if !good {
				sheet.wrong.push((row, column + 1));
			}
			let is_new = match sheet.rows.last() {
				None => true,
				Some((last, _)) if *last < row => true,
				Some((last, _)) if *last == row => false,
				// Rows stand in order (ECMA-376, part 1, section 18.3.1.73).
				Some(_) => return Err(Fault::Broken),
			};
			if is_new {
				sheet.rows.push((row, Vec::new()));
			}
			let Some((_, fields)) = sheet.rows.last_mut() else { continue };
			let empty = (column + 1).saturating_sub(fields.len());
			size = size.saturating_add(text.len() + empty * CELL_COST);
			if size > MAX_TEXT {
				return Err(Fault::TooLarge);
			}
			fields.resize(fields.len().max(column + 1), String::new());
			if let Some(field) = fields.get_mut(column) {
				*field = text;
			}
		}
		drop(cells);
		let mut formulas = book.worksheet_cells_reader(name)?;
		while let Some(formula) = formulas.next_formula()? {
			if !formula.get_value().is_empty() {
				sheet.formula = Some(u64::from(formula.get_position().0) + 1);
				break;
			}
		}
		Ok(sheet)
	}

	pub(super) fn is_empty(&self) -> bool {
		self.rows.is_empty()
	}

	/// The rows above the header, when there is one; they are taken out.
	pub(super) fn above_header(&mut self) -> Option<Vec<u64>> {
		let at = self.rows.iter().take(MAX_ABOVE).position(|(_, fields)| is_header(fields))?;
		Some(self.rows.drain(..at).map(|(row, _)| row).collect())
	}
}

/// The rows of a worksheet, read once.
pub(super) struct SheetRows<'s> {
	rows: VecDeque<&'s (u64, Vec<String>)>,
	columns: Option<usize>,
}

impl RowSource for SheetRows<'_> {
	fn next(&mut self, fields: &mut Fields) -> Result<Option<Row>, Error> {
		let Some((line, cells)) = self.rows.pop_front() else { return Ok(None) };
		fields.clear();
		cells.iter().for_each(|cell| fields.push(cell));
		// Empty cells at the end of a row are not written.
		for _ in cells.len()..self.columns.unwrap_or(0) {
			fields.push("");
		}
		Ok(Some(if cells.iter().any(|cell| cell.len() > 1 << 20) {
			Row::Bad { line: *line, code: Code::MaxPieceExceeded }
		} else {
			Row::Good { line: *line }
		}))
	}

	fn expect_columns(&mut self, columns: usize) {
		self.columns = Some(columns);
	}

	fn offset(&self) -> u64 {
		0
	}
}

impl Tabular for Sheet {
	type Rows<'r> = SheetRows<'r>;

	fn rows(&mut self) -> Result<SheetRows<'_>, Error> {
		Ok(SheetRows { rows: self.rows.iter().collect(), columns: None })
	}
}
