// SPDX-License-Identifier: Apache-2.0
//! Shares at rest follow the custodian's key: when it has rotated, what an older key opens is sealed to
//! the newest one.

use super::{database::Kept, member::Member};
use crate::{Error, Result};
use salus_crypto::{
	custody::{DealingContext, HeldShares},
	EncryptionKeyPair,
};
use salus_primitives::blake2_256;

/// The setting that says to which key all shares are sealed.
const SEALED_TO: &str = "sealed-to";
/// How many dealings are looked at between two looks at the database.
const PAGE: u32 = 64;

impl Member {
	/// Seals what an older key opens to the newest one, once the chain knows that one: until then owners
	/// go on sealing to the one before. Killed on the way, it begins again and finds less to do.
	pub(super) async fn rewrap(&self) -> Result<()> {
		let Some(newest) = self.keys().current_encryption_key() else { return Ok(()) };
		let name = blake2_256(newest.public().public());
		let database = self.database();
		if database.setting(SEALED_TO).await?.is_some_and(|known| known == name) {
			return Ok(());
		}
		let mut after = 0;
		loop {
			let page = database.kept_after(after, PAGE).await?;
			let Some(last) = page.last() else { break };
			after = last.row;
			for kept in &page {
				if !self.rewrap_one(newest, kept).await? {
					return Ok(());
				}
			}
		}
		database.set(SEALED_TO, &name).await
	}

	/// Whether the chain knows the newest key, so that the shares could be seen to.
	async fn rewrap_one(&self, newest: &EncryptionKeyPair, kept: &Kept) -> Result<bool> {
		let Kept { record, version, epoch, .. } = *kept;
		// Shares of an epoch that is over are deleted anyway.
		let Some(roster) = self.view().committee(epoch).await? else { return Ok(true) };
		let own = roster.member(&self.account());
		if own.and_then(|own| own.key.as_ref()).is_some_and(|key| key != newest.public()) {
			return Ok(false);
		}
		let context = DealingContext {
			genesis: self.view().genesis(),
			epoch,
			scheme: roster.scheme,
			record,
			version,
			segments: kept.segments,
		};
		if kept.shares.open(newest.secret(), &context, kept.seat).is_ok() {
			return Ok(true);
		}
		let opened =
			self.with_any_key(|secret| Ok(kept.shares.open(secret, &context, kept.seat)?));
		match opened {
			Ok(bytes) => {
				let sealed = HeldShares::restore(&bytes)?.seal(newest.public())?;
				self.database().reseal(kept, &sealed).await?;
			},
			// Its peers give it back when it is needed.
			Err(Error::Crypto(error)) => {
				tracing::warn!(%record, version, code = error.code(), "shares that no key opens");
			},
			Err(error) => return Err(error),
		}
		Ok(true)
	}
}
