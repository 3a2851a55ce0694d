// SPDX-License-Identifier: Apache-2.0
//! `salus deny`

use super::{share::denied, Context};
use crate::{
	arguments::Deny,
	error::Result,
	session::{worker, Session},
};
use serde_json::json;

pub(crate) async fn run(context: &Context, arguments: Deny) -> Result<()> {
	let session = Session::connect(context).await?;
	let unlocked = session.unlock(context, &arguments.who.name)?;
	let patient = session.patient(context, unlocked)?;
	let denials = arguments.denials;
	let changed = patient
		.deny(&session.committee, denials.clone(), arguments.emergencies.map(|allowed| !allowed))
		.await;
	let version = changed.map_err(|error| worker(&error))?;
	context.output.result(&json!({ "version": version, "denials": denials }), || {
		if denials.is_empty() {
			return "You deny nothing any more but what your consents leave out.".to_owned();
		}
		format!(
			"{}That holds whatever you granted, and replaces what you denied before. Copies already \
			taken cannot be called back.",
			denials.iter().map(|one| denied("Nobody", one)).collect::<String>()
		)
	});
	Ok(())
}
