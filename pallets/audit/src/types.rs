// SPDX-License-Identifier: Apache-2.0
//! What is stored.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use salus_primitives::audit::ChainHash;
use scale_info::TypeInfo;

/// Where a trail stands.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Trail {
	/// How many entries it has.
	pub count: u64,
	/// The hash after the last entry.
	pub head: ChainHash,
	/// The index of the oldest entry in the window.
	pub oldest_kept: u64,
	/// The hash just before that entry.
	pub before_oldest: ChainHash,
}

impl Trail {
	/// The trail of `subject` before its first entry.
	pub fn start<AccountId: Encode>(subject: &AccountId) -> Self {
		let start = ChainHash::start(subject);
		Self { count: 0, head: start, oldest_kept: 0, before_oldest: start }
	}

	/// How many entries are in the window.
	pub const fn kept(&self) -> u64 {
		self.count.saturating_sub(self.oldest_kept)
	}
}
