// SPDX-License-Identifier: Apache-2.0
//! `salus claim`

use super::{
	share::{now, terms},
	Context,
};
use crate::{
	arguments::Claim,
	error::Result,
	session::{worker, Session},
};
use salus_primitives::{Moment, Window};
use serde_json::json;

/// An hour in milliseconds of consensus time.
const HOUR: Moment = 60 * 60 * 1000;

pub(crate) async fn run(context: &Context, arguments: Claim) -> Result<()> {
	let session = Session::connect(context).await?;
	let subject = session.accounts.resolve(&arguments.patient)?;
	let grantee = session.grantee(context, session.unlock(context, &arguments.who.name)?)?;
	let from = now(&session).await?;
	let until = from.saturating_add(arguments.hours.saturating_mul(HOUR));
	let terms = terms(&arguments.purpose, &arguments.categories, &[], Window { from, until })?;
	let claimed = grantee.claim(&subject, terms, arguments.uses).await;
	let consent = claimed.map_err(|error| worker(&error))?;
	context.output.result(&json!({ "consent": consent, "subject": subject }), || {
		format!(
			"Consent {consent}\nCustodians hold it against the patient's rules when you open: salus \
			open --as {} RECORD --consent {consent}",
			arguments.who.name
		)
	});
	Ok(())
}
