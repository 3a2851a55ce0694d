// SPDX-License-Identifier: Apache-2.0
//! What the sender of a message is told.

use salus_ingest::{
	hl7v2::{acknowledge, Message, Spans, Stage, Verdict},
	ingest, Diagnostic, Options, Sink, SinkError, Source,
};
use salus_mdf::Item;
use std::io::Cursor;

/// More is wrong with no message than anybody reads.
const MAX_DIAGNOSTICS: usize = 100;
/// What stands for a message that is none, so that it can be answered.
const NO_MESSAGE: &str = "MSH|^~\\&|||||||||P|2.5.1";

/// What was found in a message.
pub(super) struct Reading {
	verdict: Verdict,
	diagnostics: Vec<Diagnostic>,
}

impl Reading {
	/// Reads a message as ingestion will.
	pub(super) fn of(message: &[u8]) -> Self {
		let mut found = Found::default();
		let source = Source { name: "message".to_owned(), reader: Cursor::new(message) };
		let read = ingest(source, &Options::default(), &mut found);
		let Found(diagnostics) = found;
		let verdict = match read {
			Ok(_) if has_header(message) => Verdict::of(&diagnostics),
			// Not a message at all.
			Ok(_) | Err(_) => Verdict::Rejected,
		};
		Self { verdict, diagnostics }
	}

	/// Whether everything in it was understood.
	pub(super) fn is_accepted(&self) -> bool {
		self.verdict == Verdict::Accepted
	}

	/// The answers, in their order: that it is stored, where its sender wants to know, and what was
	/// found in it.
	pub(super) fn answers(&self, message: &[u8], is_kept: bool) -> Vec<String> {
		let text = String::from_utf8_lossy(message);
		let mut spans = Spans::default();
		let Some(message) = Message::parse(&text, &mut spans) else {
			let mut spans = Spans::default();
			let none = Message::parse(NO_MESSAGE, &mut spans);
			let answer = none.and_then(|none| self.answer(&none, Stage::Application, false));
			return answer.into_iter().collect();
		};
		let stages = [Stage::Accept, Stage::Application].into_iter();
		stages.filter_map(|stage| self.answer(&message, stage, is_kept)).collect()
	}

	fn answer(&self, message: &Message<'_>, stage: Stage, is_kept: bool) -> Option<String> {
		let verdict = match (is_kept, stage) {
			(false, _) => Verdict::Rejected,
			(true, Stage::Accept) => Verdict::Accepted,
			(true, Stage::Application) => self.verdict,
		};
		let control = format!("{:016X}", rand::random::<u64>());
		let now = jiff::Timestamp::now().strftime("%Y%m%d%H%M%S+0000").to_string();
		acknowledge(message, stage, verdict, &self.diagnostics, &control, &now)
	}
}

fn has_header(message: &[u8]) -> bool {
	Message::parse(&String::from_utf8_lossy(message), &mut Spans::default()).is_some()
}

/// Keeps what is wrong with a message and nothing else of it.
#[derive(Default)]
struct Found(Vec<Diagnostic>);

impl Sink for Found {
	fn item(&mut self, _: Item) -> Result<(), SinkError> {
		Ok(())
	}

	fn diagnostic(&mut self, diagnostic: Diagnostic) -> Result<(), SinkError> {
		if self.0.len() < MAX_DIAGNOSTICS {
			self.0.push(diagnostic);
		}
		Ok(())
	}
}
