// SPDX-License-Identifier: Apache-2.0
//! The committee of a development network: proposed with the well-known sudo key, joined by the
//! development custodians. Elsewhere the council proposes, and each custodian joins by itself.

use crate::{
	account::{Accounts, CUSTODIANS},
	error::Result,
	home::Home,
	session::chain,
};
use futures::future::try_join_all;
use salus_chain::{Client, Signer};

/// How many of the three shares open a key.
const THRESHOLD: u8 = 2;
/// How many custodians may be lost after a key was dealt.
const TOLERANCE: u8 = 1;
/// Has the sudo key of development networks.
const SUDO: &str = "//Alice";

/// Sees to it that a committee is active. One that was proposed before and not joined by everyone is
/// completed.
pub(super) async fn form_committee(home: &Home, client: &Client) -> Result<()> {
	let wrong = |error: salus_chain::Error| chain(&error);
	let state = client.state().await.map_err(wrong)?;
	if state.active_committee().await.map_err(wrong)?.is_some() {
		return Ok(());
	}
	let accounts = Accounts::of(home)?;
	let mut custodians = Vec::new();
	for name in CUSTODIANS {
		custodians.push(accounts.unlock(name, None)?.signer);
	}
	let forming = state.forming_committee().await.map_err(wrong)?;
	let (epoch, missing) = match forming {
		Some(forming) => {
			let has_joined = |custodian: &&Signer| {
				let seat = forming.seat_of(&custodian.account());
				seat.is_none_or(|seat| forming.joined.contains(seat))
			};
			(forming.epoch, custodians.iter().filter(|one| !has_joined(one)).collect())
		},
		None => {
			let sudo = Signer::from_uri(SUDO).map_err(wrong)?;
			let members = custodians.iter().map(Signer::account).collect();
			let proposal = client.propose_committee(&sudo, members, THRESHOLD, TOLERANCE).await;
			(proposal.map_err(wrong)?, custodians.iter().collect::<Vec<_>>())
		},
	};
	try_join_all(missing.into_iter().map(|custodian| client.join_committee(custodian, epoch)))
		.await
		.map_err(wrong)?;
	Ok(())
}
