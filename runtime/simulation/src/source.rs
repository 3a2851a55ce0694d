// SPDX-License-Identifier: Apache-2.0
//! Bytes that decide.

/// Bytes that decide what happens. At their end they are all zero.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a>(&'a [u8]);

impl<'a> Source<'a> {
	/// Decides by `bytes`.
	pub const fn new(bytes: &'a [u8]) -> Self {
		Self(bytes)
	}

	/// Whether the bytes are used up.
	pub const fn is_empty(&self) -> bool {
		self.0.is_empty()
	}

	/// The next byte.
	pub fn byte(&mut self) -> u8 {
		match self.0.split_first() {
			Some((byte, rest)) => {
				self.0 = rest;
				*byte
			},
			None => 0,
		}
	}

	/// The next bytes, at most so many.
	pub fn take(&mut self, length: usize) -> &'a [u8] {
		let (taken, rest) = self.0.split_at(length.min(self.0.len()));
		self.0 = rest;
		taken
	}

	/// A number below `end`, which is at least 1.
	pub fn below(&mut self, end: usize) -> usize {
		let wide = usize::from(self.byte()) | (usize::from(self.byte()) << 8);
		wide % end.max(1)
	}

	/// Yes once in `times`.
	pub fn once_in(&mut self, times: usize) -> bool {
		self.below(times) == 0
	}

	/// One of `choices`, of which there is at least one.
	pub fn pick<T: Clone>(&mut self, choices: &[T]) -> T {
		choices[self.below(choices.len())].clone()
	}

	/// One of `known`, or `unknown` when there is none; once in sixteen times `unknown` anyway. What
	/// came last is the likeliest to be of use.
	pub fn known<T: Clone>(&mut self, known: &[T], unknown: T) -> T {
		if known.is_empty() || self.once_in(16) {
			return unknown;
		}
		let newest = known.len().saturating_sub(4);
		if self.once_in(2) {
			self.pick(&known[newest..])
		} else {
			self.pick(known)
		}
	}

	/// One of 256 salts: few enough to meet again.
	pub fn salt(&mut self) -> [u8; 32] {
		[self.byte(); 32]
	}
}
