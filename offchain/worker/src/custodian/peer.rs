// SPDX-License-Identifier: Apache-2.0
//! A custodian, as other custodians see it.

use super::{
	handover::{SubdealRequest, Subdealt, TakeOverRequest, TakenOver},
	repair::{Masked, RepairRequest},
};
use crate::Result;
use async_trait::async_trait;
use salus_chain::AccountId;
use salus_crypto::custody::SealedRepairShare;
use std::{collections::BTreeMap, sync::Arc};

/// Where custodians answer each other, by account.
pub type Peers = BTreeMap<AccountId, Arc<dyn Peer>>;

/// A custodian, as other custodians see it.
#[async_trait]
pub trait Peer: Send + Sync {
	/// Deals its shares anew, for one seat of the active committee. What it does not hold, or what is
	/// not in the draining epoch any more, is left out.
	async fn subdeal(&self, request: &SubdealRequest) -> Result<Vec<Subdealt>>;

	/// Takes dealings over and signs that it holds them, verified and durably. Taking the same over
	/// again from the same dealers changes nothing.
	async fn take_over(&self, request: &TakeOverRequest) -> Result<TakenOver>;

	/// Makes masks for a session in which a member of its committee gets its shares back.
	async fn mask(&self, request: &RepairRequest) -> Result<Masked>;

	/// Gives that member its shares, masked by all helpers.
	async fn help(&self, request: &RepairRequest) -> Result<SealedRepairShare>;
}
