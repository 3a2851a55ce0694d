// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]

use codec::Codec;
use salus_primitives::audit::TrailHead;

sp_api::decl_runtime_apis! {
	/// Reads where the audit trails of subjects stand.
	pub trait AuditApi<AccountId>
	where
		AccountId: Codec,
	{
		/// Where `subject`'s trail stands; nothing when there is no trail. The entries are in the
		/// events of past blocks, from `block` backwards.
		fn trail_head(subject: AccountId) -> Option<TrailHead>;
	}
}
