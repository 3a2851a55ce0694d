// SPDX-License-Identifier: Apache-2.0
//! What the calls weigh.

use frame_support::weights::Weight;

/// The weights of this pallet's calls. The runtime has measured ones.
pub trait WeightInfo {
	/// Grant a consent with sealed terms.
	fn grant_sealed() -> Weight;
	/// Grant a consent with public terms.
	fn grant_public() -> Weight;
	/// Revoke a consent.
	fn revoke() -> Weight;
	/// Remove a consent that ended long ago.
	fn prune() -> Weight;
	/// Ask for a consent, where an old request makes room.
	fn request() -> Weight;
	/// Approve a request.
	fn approve() -> Weight;
	/// Decline a request.
	fn decline() -> Weight;
	/// Remove a request.
	fn withdraw_request() -> Weight;
	/// Amend a consent to sealed terms.
	fn amend_sealed() -> Weight;
	/// Amend a consent to public terms.
	fn amend_public() -> Weight;
	/// Renew a consent.
	fn renew() -> Weight;
	/// Let a consent reach what was recorded before it.
	fn opt_in_retrospectively() -> Weight;
	/// Pass on a part of a consent with sealed terms.
	fn delegate_sealed() -> Weight;
	/// Pass on a part of a consent with public terms.
	fn delegate_public() -> Weight;
	/// Claim a consent under a standing rule.
	fn claim() -> Weight;
	/// Change a deny root.
	fn set_deny_root() -> Weight;
	/// Authorise a sale.
	fn authorise_sale() -> Weight;
	/// Withdraw the authorisation of a sale.
	fn revoke_sale() -> Weight;
	/// Remove a sale authorisation that ended long ago.
	fn prune_sale() -> Weight;
	/// Rewrite the public terms of one consent.
	fn migrate_public_terms() -> Weight;
}

/// Guesses, for tests.
impl WeightInfo for () {
	fn grant_sealed() -> Weight {
		Weight::from_parts(50_000_000, 10_000)
	}

	fn grant_public() -> Weight {
		Weight::from_parts(60_000_000, 10_000)
	}

	fn revoke() -> Weight {
		Weight::from_parts(50_000_000, 10_000)
	}

	fn prune() -> Weight {
		Weight::from_parts(50_000_000, 10_000)
	}

	fn request() -> Weight {
		Weight::from_parts(50_000_000, 10_000)
	}

	fn approve() -> Weight {
		Weight::from_parts(50_000_000, 10_000)
	}

	fn decline() -> Weight {
		Weight::from_parts(50_000_000, 10_000)
	}

	fn withdraw_request() -> Weight {
		Weight::from_parts(50_000_000, 10_000)
	}

	fn amend_sealed() -> Weight {
		Weight::from_parts(50_000_000, 10_000)
	}

	fn amend_public() -> Weight {
		Weight::from_parts(60_000_000, 10_000)
	}

	fn renew() -> Weight {
		Weight::from_parts(50_000_000, 10_000)
	}

	fn opt_in_retrospectively() -> Weight {
		Weight::from_parts(50_000_000, 10_000)
	}

	fn delegate_sealed() -> Weight {
		Weight::from_parts(60_000_000, 10_000)
	}

	fn delegate_public() -> Weight {
		Weight::from_parts(60_000_000, 10_000)
	}

	fn claim() -> Weight {
		Weight::from_parts(50_000_000, 10_000)
	}

	fn set_deny_root() -> Weight {
		Weight::from_parts(50_000_000, 10_000)
	}

	fn authorise_sale() -> Weight {
		Weight::from_parts(50_000_000, 10_000)
	}

	fn revoke_sale() -> Weight {
		Weight::from_parts(50_000_000, 10_000)
	}

	fn prune_sale() -> Weight {
		Weight::from_parts(50_000_000, 10_000)
	}

	fn migrate_public_terms() -> Weight {
		Weight::from_parts(30_000_000, 10_000)
	}
}
