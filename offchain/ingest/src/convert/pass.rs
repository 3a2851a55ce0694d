// SPDX-License-Identifier: Apache-2.0
//! One source on its way: items to the writer, with an eye on them.

use super::{Outcome, Progress};
use crate::{mapping::Mapping, write::Writer, Diagnostic, Sink, SinkError};
use salus_mdf::{quality::Quality, Day, Item};
use std::ops::ControlFlow;

/// So many diagnostics of a source are listed.
const MAX_LISTED: usize = 1_000;

pub(super) struct Pass<'p> {
	writer: &'p mut dyn Writer,
	progress: Progress<'p>,
	watch: &'p mut dyn FnMut(Progress<'_>) -> ControlFlow<()>,
	/// Whether somebody stopped the work.
	pub(super) stopped: bool,
	quality: Quality,
	mapping: Mapping,
	diagnostics: Vec<Diagnostic>,
	left_out: u64,
	room: usize,
}

impl<'p> Pass<'p> {
	pub(super) fn new(
		writer: &'p mut dyn Writer,
		today: Option<Day>,
		progress: Progress<'p>,
		watch: &'p mut dyn FnMut(Progress<'_>) -> ControlFlow<()>,
		room: usize,
	) -> Self {
		Self {
			writer,
			progress,
			watch,
			stopped: false,
			quality: Quality::new(today),
			mapping: Mapping::default(),
			diagnostics: Vec::new(),
			left_out: 0,
			room: room.min(MAX_LISTED),
		}
	}

	/// Tells what was seen.
	pub(super) fn end(self, outcome: &mut Outcome) {
		outcome.quality = Some(self.quality.score());
		outcome.unlisted = self.mapping.unlisted();
		outcome.mapping = self.mapping;
		outcome.diagnostics = self.diagnostics;
		outcome.diagnostics_left_out = self.left_out;
	}

	const fn go_on(&self) -> Result<(), SinkError> {
		if self.stopped {
			return Err(SinkError::Cancelled);
		}
		Ok(())
	}
}

impl Sink for Pass<'_> {
	fn item(&mut self, item: Item) -> Result<(), SinkError> {
		self.lent(&item)
	}

	fn lent(&mut self, item: &Item) -> Result<(), SinkError> {
		self.go_on()?;
		self.quality.add(item);
		self.mapping.add(item);
		let written = self.writer.item(item);
		written.map_err(|error| SinkError::Failed { source: Box::new(error) })
	}

	fn diagnostic(&mut self, diagnostic: Diagnostic) -> Result<(), SinkError> {
		self.go_on()?;
		if self.diagnostics.len() < self.room {
			self.diagnostics.push(diagnostic);
		} else {
			self.left_out += 1;
		}
		Ok(())
	}

	fn progress(&mut self, bytes_read: u64) {
		let progress = Progress { bytes: bytes_read, ..self.progress };
		self.stopped |= (self.watch)(progress).is_break();
	}
}
