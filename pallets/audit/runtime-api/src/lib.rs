// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]

use codec::Codec;
use salus_primitives::audit::{ChainHash, TrailPage};

sp_api::decl_runtime_apis! {
	/// Reads the audit trails of subjects.
	pub trait AuditApi<AccountId>
	where
		AccountId: Codec,
	{
		/// The page of `subject`'s trail that begins at `from` and has at most `limit` entries.
		///
		/// Empty when `from` is older than what the state keeps: then `oldest_kept` is the first
		/// index to ask for, and the older entries are in the events of past blocks. Verify the
		/// page with `TrailPage::verify`.
		fn trail(subject: AccountId, from: u64, limit: u32) -> TrailPage<AccountId>;

		/// How many entries `subject`'s trail has, and the hash after the last; nothing when there
		/// is no trail.
		fn trail_head(subject: AccountId) -> Option<(u64, ChainHash)>;
	}
}
