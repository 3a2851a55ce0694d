// SPDX-License-Identifier: Apache-2.0
//! What becomes of assets that a message leaves behind: they are trapped, for whoever the message
//! says, or whoever sent it, to claim.

use super::reserves::{is_registered, RemoteAssets};
use crate::{AccountId, Assets, PolkadotXcm};
use frame_support::{
	traits::fungibles::{Inspect, Unbalanced},
	weights::Weight,
};
use xcm::latest::{prelude::*, Assets as RemoteAssetList};
use xcm_executor::{
	traits::{ClaimAssets, DropAssets, MatchesFungibles},
	AssetsInHolding,
};

/// Added to the location that may claim an asset which was not registered when it was trapped.
const UNREGISTERED: Junction =
	GeneralKey { length: 12, data: *b"unregistered\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0" };

fn marked(claimer: &Location) -> Location {
	// A location too deep to be marked gets one that is nobody's: the event still tells what came.
	claimer.clone().pushed_with_interior(UNREGISTERED).unwrap_or_else(|_| UNREGISTERED.into())
}

/// The traps. A trapped asset counts as issued, and claiming it issues no more. What was not
/// registered when it came was never issued, though: it is trapped apart from the rest, waits until
/// the council registers it, and is issued when it is claimed.
#[derive(Debug)]
pub struct Traps;

impl DropAssets for Traps {
	fn drop_assets(claimer: &Location, holding: AssetsInHolding, context: &XcmContext) -> Weight {
		let mut issued = AssetsInHolding::new();
		let mut unissued = AssetsInHolding::new();
		for single in holding.into_per_asset_holdings() {
			if single.assets_iter().all(|asset| is_registered(&asset)) {
				issued.subsume_assets(single);
			} else {
				unissued.subsume_assets(single);
			}
		}
		PolkadotXcm::drop_assets(claimer, issued, context).saturating_add(PolkadotXcm::drop_assets(
			&marked(claimer),
			unissued,
			context,
		))
	}
}

impl ClaimAssets for Traps {
	fn claim_assets(
		origin: &Location,
		ticket: &Location,
		assets: &RemoteAssetList,
		context: &XcmContext,
	) -> Option<AssetsInHolding> {
		// The mark is not for senders to set: they would get what is not issued.
		if origin.last() == Some(&UNREGISTERED) {
			return None;
		}
		if let Some(claimed) =
			<PolkadotXcm as ClaimAssets>::claim_assets(origin, ticket, assets, context)
		{
			return Some(claimed);
		}
		if !assets.inner().iter().all(is_registered) {
			return None;
		}
		let claimed =
			<PolkadotXcm as ClaimAssets>::claim_assets(&marked(origin), ticket, assets, context)?;
		for asset in claimed.fungible_assets_iter() {
			if let Ok((id, amount)) = RemoteAssets::matches_fungibles(&asset) {
				let issued = <Assets as Inspect<AccountId>>::total_issuance(id);
				<Assets as Unbalanced<AccountId>>::set_total_issuance(
					id,
					issued.saturating_add(amount),
				);
			}
		}
		Some(claimed)
	}
}
