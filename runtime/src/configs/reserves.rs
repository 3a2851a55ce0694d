// SPDX-License-Identifier: Apache-2.0
//! Whose assets are whose: what of other chains is kept here, under which id, and who keeps the real
//! thing.

use super::{execution::UniversalLocation, AssetId};
use crate::{
	constants::remote::{
		ASSET_HUB, ASSET_HUB_ASSETS, ASSET_HUB_COUNT, ASSET_HUB_FIRST, RELAY_TOKEN,
	},
	AccountId, Assets, Balance, RuntimeCall,
};
use alloc::vec::Vec;
use core::marker::PhantomData;
use frame_support::traits::{fungibles::Inspect, Contains, ContainsPair};
use xcm::{latest::prelude::*, VersionedLocation, VersionedXcm};
use xcm_builder::InspectMessageQueues;
use xcm_executor::traits::{Error as MatchError, MatchesFungibles};

/// The id under which an asset of another chain is kept here, registered or not.
pub fn local_id(location: &Location) -> Option<AssetId> {
	match location.unpack() {
		(1, []) => Some(RELAY_TOKEN),
		(1, [Parachain(ASSET_HUB), PalletInstance(ASSET_HUB_ASSETS), GeneralIndex(number)]) => {
			let number = AssetId::try_from(*number).ok()?;
			(number < ASSET_HUB_COUNT).then(|| ASSET_HUB_FIRST.checked_add(number)).flatten()
		},
		_ => None,
	}
}

/// The way back: where the asset is that is kept here under an id. None for the council's own.
pub fn remote_location(id: AssetId) -> Option<Location> {
	if id == RELAY_TOKEN {
		return Some(Location::parent());
	}
	let number = id.checked_sub(ASSET_HUB_FIRST).filter(|number| *number < ASSET_HUB_COUNT)?;
	let within =
		[Parachain(ASSET_HUB), PalletInstance(ASSET_HUB_ASSETS), GeneralIndex(number.into())];
	Some(Location::new(1, within))
}

/// Assets of other chains, by their ids here.
#[derive(Debug)]
pub struct RemoteAssets;

impl MatchesFungibles<AssetId, Balance> for RemoteAssets {
	fn matches_fungibles(asset: &Asset) -> Result<(AssetId, Balance), MatchError> {
		match (local_id(&asset.id.0), &asset.fun) {
			(Some(id), Fungible(amount)) => Ok((id, *amount)),
			_ => Err(MatchError::AssetNotHandled),
		}
	}
}

fn is_native(asset: &Asset) -> bool {
	asset.id.0.is_here() && matches!(asset.fun, Fungible(_))
}

/// Whether an asset has accounts here: the native token, and what the council registered.
pub(super) fn is_registered(asset: &Asset) -> bool {
	is_native(asset)
		|| RemoteAssets::matches_fungibles(asset)
			.is_ok_and(|(id, _)| <Assets as Inspect<AccountId>>::asset_exists(id))
}

/// Who may say that an asset was put into our account with it: the asset hub of its own assets, the
/// relay chain of its token, and the asset hub of that token too, because either keeps it. Nobody of
/// the native token, whose reserve is here. Whether an asset is registered is asked later, so that one
/// which is not is trapped and can be claimed.
#[derive(Debug)]
pub struct Reserves;

impl ContainsPair<Asset, Location> for Reserves {
	fn contains(asset: &Asset, origin: &Location) -> bool {
		match (RemoteAssets::matches_fungibles(asset), origin.unpack()) {
			(Ok(_), (1, [Parachain(ASSET_HUB)])) => true,
			(Ok((id, _)), (1, [])) => id == RELAY_TOKEN,
			_ => false,
		}
	}
}

/// What accounts may send away: the native token, and what came from elsewhere. Nothing else has a
/// place that another chain knows.
#[derive(Debug)]
pub struct OwnersMaySend;

impl Contains<(Location, Vec<Asset>)> for OwnersMaySend {
	fn contains((origin, assets): &(Location, Vec<Asset>)) -> bool {
		matches!(origin.unpack(), (0, [AccountId32 { .. }]))
			&& assets
				.iter()
				.all(|asset| is_native(asset) || RemoteAssets::matches_fungibles(asset).is_ok())
	}
}

/// A router that speaks as the reserve of the native token alone, and never to the relay chain, which
/// keeps no foreign assets: what was sent otherwise would be left in an account that nobody reaches.
#[derive(Debug)]
pub struct ReserveOfNativeOnly<Inner>(PhantomData<Inner>);

impl<Inner> ReserveOfNativeOnly<Inner> {
	fn allows(to: &Location, instruction: &Instruction<()>) -> bool {
		let ReserveAssetDeposited(assets) = instruction else { return true };
		let native = Location::here().reanchored(to, &UniversalLocation::get());
		!to.contains_parents_only(1)
			&& native.is_ok_and(|native| assets.inner().iter().all(|asset| asset.id.0 == native))
	}
}

impl<Inner: SendXcm> SendXcm for ReserveOfNativeOnly<Inner> {
	type Ticket = Inner::Ticket;

	fn validate(
		destination: &mut Option<Location>,
		message: &mut Option<Xcm<()>>,
	) -> SendResult<Self::Ticket> {
		let to = destination.as_ref().ok_or(SendError::MissingArgument)?;
		let xcm = message.as_ref().ok_or(SendError::MissingArgument)?;
		if !xcm.0.iter().all(|instruction| Self::allows(to, instruction)) {
			return Err(SendError::Unroutable);
		}
		Inner::validate(destination, message)
	}

	fn deliver(ticket: Self::Ticket) -> Result<XcmHash, SendError> {
		Inner::deliver(ticket)
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn ensure_successful_delivery(location: Option<Location>) {
		Inner::ensure_successful_delivery(location);
	}
}

impl<Inner: InspectMessageQueues> InspectMessageQueues for ReserveOfNativeOnly<Inner> {
	fn clear_messages() {
		Inner::clear_messages();
	}

	fn get_messages() -> Vec<(VersionedLocation, Vec<VersionedXcm<()>>)> {
		Inner::get_messages()
	}
}

/// Every call but one: nobody, whoever the council named, mints an asset that another chain keeps for
/// us. Each unit here stands for one there; more would be paid with what is others'.
#[derive(Debug)]
pub struct NothingIsMintedUnbacked;

impl Contains<RuntimeCall> for NothingIsMintedUnbacked {
	fn contains(call: &RuntimeCall) -> bool {
		match call {
			RuntimeCall::Assets(pallet_assets::Call::mint { id, .. }) => {
				remote_location(id.0).is_none()
			},
			_ => true,
		}
	}
}
