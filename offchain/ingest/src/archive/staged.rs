// SPDX-License-Identifier: Apache-2.0
//! What an entry gives, until it is known that the entry is good.

use crate::{Diagnostic, Sink, SinkError};
use salus_mdf::Item;

/// So many items and diagnostics are held; an entry with more is read twice.
const MAX_HELD: usize = 4096;

enum Given {
	Item(Box<Item>),
	Diagnostic(Diagnostic),
}

/// Holds what an entry gives: an entry that turns out to be broken must leave nothing behind.
#[derive(Default)]
pub(super) struct Staged {
	held: Vec<Given>,
	full: bool,
}

impl Staged {
	/// Whether there was more than is held.
	pub(super) const fn is_full(&self) -> bool {
		self.full
	}

	/// Gives what is held to a sink, in order.
	pub(super) fn give(self, sink: &mut dyn Sink) -> Result<(), SinkError> {
		self.held.into_iter().try_for_each(|given| match given {
			Given::Item(item) => sink.item(*item),
			Given::Diagnostic(diagnostic) => sink.diagnostic(diagnostic),
		})
	}

	fn hold(&mut self, given: Given) {
		if self.held.len() >= MAX_HELD {
			self.full = true;
			self.held = Vec::new();
		}
		if !self.full {
			self.held.push(given);
		}
	}
}

impl Sink for Staged {
	fn item(&mut self, item: Item) -> Result<(), SinkError> {
		self.hold(Given::Item(Box::new(item)));
		Ok(())
	}

	fn diagnostic(&mut self, diagnostic: Diagnostic) -> Result<(), SinkError> {
		self.hold(Given::Diagnostic(diagnostic));
		Ok(())
	}
}
