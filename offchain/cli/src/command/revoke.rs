// SPDX-License-Identifier: Apache-2.0
//! `salus revoke`

use super::Context;
use crate::{
	arguments::Revoke,
	error::Result,
	session::{chain, Session},
};
use serde_json::json;

pub(crate) async fn run(context: &Context, arguments: Revoke) -> Result<()> {
	let session = Session::connect(context).await?;
	let unlocked = session.unlock(context, &arguments.who.name)?;
	let included = session
		.chain
		.revoke(&unlocked.signer, arguments.consent)
		.await
		.map_err(|error| chain(&error))?;
	context.output.result(
		&json!({ "revoked": arguments.consent, "block": included.block }),
		|| {
			format!(
				"Revoked, final in block {}. Nothing is released from now on; copies already taken \
				cannot be called back.",
				included.block
			)
		},
	);
	Ok(())
}
