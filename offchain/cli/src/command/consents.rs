// SPDX-License-Identifier: Apache-2.0
//! `salus consents`

use super::Context;
use crate::{
	arguments::As,
	error::Result,
	output::table,
	session::{chain, Session},
};
use futures::TryStreamExt;
use salus_chain::AccountId;
use salus_primitives::{ConsentId, Grantee, Moment};
use serde::Serialize;

/// A consent that an account gave or was given.
#[derive(Serialize)]
pub(crate) struct Listed {
	consent: ConsentId,
	/// Given by this account, or to it.
	given: bool,
	other: Grantee<AccountId>,
	active: bool,
	uses_left: u32,
	until: Moment,
}

pub(crate) async fn run(context: &Context, who: As) -> Result<()> {
	let session = Session::connect(context).await?;
	let account = session.accounts.resolve(&who.name)?;
	let listed = list(&session, &account).await?;
	context.output.result(&listed, || {
		table(
			["consent", "", "account", "state", "uses left"],
			listed.iter().map(|consent| {
				[
					consent.consent.to_string(),
					if consent.given { "to" } else { "from" }.to_owned(),
					match consent.other {
						Grantee::Account(account) => account.to_string(),
						Grantee::Role(role) => format!("every {role:?}"),
					},
					if consent.active { "active" } else { "revoked" }.to_owned(),
					consent.uses_left.to_string(),
				]
			}),
		)
	});
	Ok(())
}

/// The consents that an account gave or was given, in whatever state.
pub(crate) async fn list(session: &Session, account: &AccountId) -> Result<Vec<Listed>> {
	let read = async {
		let state = session.chain.state().await?;
		let mut listed = Vec::new();
		let given: Vec<ConsentId> = state.consents_by_subject(account).try_collect().await?;
		let received: Vec<ConsentId> = state.consents_by_grantee(account).try_collect().await?;
		for (consent, is_given) in
			given.into_iter().map(|id| (id, true)).chain(received.into_iter().map(|id| (id, false)))
		{
			let Some(token) = state.consent(&consent).await? else { continue };
			listed.push(Listed {
				consent,
				given: is_given,
				other: if is_given { token.grantee } else { Grantee::Account(token.subject) },
				active: token.is_active(),
				uses_left: token.uses_left,
				until: token.window.until,
			});
		}
		Ok::<_, salus_chain::Error>(listed)
	};
	read.await.map_err(|error| chain(&error))
}
