// SPDX-License-Identifier: Apache-2.0
//! `salus share`

use super::Context;
use crate::{
	arguments::Share,
	error::{Failure, Result},
	session::{chain, worker, Session},
};
use salus_policy::{Obligation, Terms};
use salus_primitives::{Category, DateWindow, Moment, PurposeOfUse, Window};
use serde_json::json;

/// A day in milliseconds of consensus time.
const DAY: Moment = 24 * 60 * 60 * 1000;

pub(crate) async fn run(context: &Context, arguments: Share) -> Result<()> {
	let session = Session::connect(context).await?;
	let grantee = session.accounts.resolve(&arguments.with)?;
	let patient = session.patient(context, session.unlock(context, &arguments.who.name)?)?;
	let now = now(&session).await?;
	let terms = terms(
		&arguments.purpose,
		&arguments.categories,
		Window { from: now, until: now.saturating_add(arguments.days.saturating_mul(DAY)) },
	)?;
	let consent =
		patient.grant(&grantee, terms, arguments.uses).await.map_err(|error| worker(&error))?;
	context.output.result(&json!({ "consent": consent, "grantee": grantee }), || {
		format!(
			"Consent {consent}\n{grantee} may read {} for {} days, {} times.\n\
			Take it back: salus revoke --as {} {consent}",
			arguments.categories.iter().map(|c| c.code()).collect::<Vec<_>>().join(", "),
			arguments.days,
			arguments.uses,
			arguments.who.name,
		)
	});
	Ok(())
}

/// Consensus time.
pub(crate) async fn now(session: &Session) -> Result<Moment> {
	let state = session.chain.state().await.map_err(|error| chain(&error))?;
	state.now().await.map_err(|error| chain(&error))
}

/// Terms for these purposes and categories, with the obligations that every grant carries.
pub(crate) fn terms(
	purposes: &[PurposeOfUse],
	categories: &[Category],
	act: Window,
) -> Result<Terms> {
	let too_many = |what: &str| Failure::new("INPUT_TOO_MANY", format!("too many {what}"));
	Ok(Terms {
		permitted: purposes
			.iter()
			.copied()
			.collect::<std::collections::BTreeSet<_>>()
			.try_into()
			.map_err(|_| too_many("purposes"))?,
		exceptions: Default::default(),
		categories: categories
			.iter()
			.copied()
			.collect::<std::collections::BTreeSet<_>>()
			.try_into()
			.map_err(|_| too_many("categories"))?,
		act,
		data: DateWindow::ALL,
		research: None,
		obligations: Obligation::defaults(),
	})
}
