// SPDX-License-Identifier: Apache-2.0
//! `salus share`

use super::Context;
use crate::{
	arguments::Share,
	error::{Failure, Result},
	session::{chain, worker, Session},
};
use salus_policy::{Exception, Obligation, Terms};
use salus_primitives::{Category, DateWindow, Moment, PurposeOfUse, Window};
use serde_json::json;
use std::collections::BTreeSet;

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
		&arguments.except,
		Window { from: now, until: now.saturating_add(arguments.days.saturating_mul(DAY)) },
	)?;
	let exceptions = terms.exceptions.clone();
	let consent =
		patient.grant(&grantee, terms, arguments.uses).await.map_err(|error| worker(&error))?;
	let result = json!({ "consent": consent, "grantee": grantee, "exceptions": exceptions });
	context.output.result(&result, || {
		format!(
			"Consent {consent}\n{grantee} may read {} for {} days, {} times.\n\
			{}Take it back: salus revoke --as {} {consent}\n\
			Neither that nor erasing the record takes back what was read, or keeps out who has your \
			key or what enough custodians held before.",
			codes(arguments.categories.iter().map(|category| category.code())),
			arguments.days,
			arguments.uses,
			exceptions.iter().map(|one| denied("She", one)).collect::<String>(),
			arguments.who.name,
		)
	});
	Ok(())
}

fn codes<'a>(codes: impl Iterator<Item = &'a str>) -> String {
	codes.collect::<Vec<_>>().join(", ")
}

/// An exception in words, on a line of its own.
pub(crate) fn denied(who: &str, exception: &Exception) -> String {
	let categories = codes(exception.categories.iter().map(|category| category.code()));
	let purposes = codes(exception.purposes.iter().map(|purpose| purpose.code()));
	let what = if categories.is_empty() { "anything" } else { &categories };
	if purposes.is_empty() {
		format!("{who} may not read {what}.\n")
	} else {
		format!("{who} may not read {what} for {purposes}.\n")
	}
}

/// Consensus time.
pub(crate) async fn now(session: &Session) -> Result<Moment> {
	let state = session.chain.state().await.map_err(|error| chain(&error))?;
	state.now().await.map_err(|error| chain(&error))
}

/// Terms for these purposes and categories but for the exceptions, with the obligations that every
/// grant carries.
pub(crate) fn terms(
	purposes: &[PurposeOfUse],
	categories: &[Category],
	exceptions: &[Exception],
	act: Window,
) -> Result<Terms> {
	let too_many = |what: &str| Failure::new("INPUT_TOO_MANY", format!("too many {what}"));
	Ok(Terms {
		permitted: purposes
			.iter()
			.copied()
			.collect::<BTreeSet<_>>()
			.try_into()
			.map_err(|_| too_many("purposes"))?,
		exceptions: exceptions
			.iter()
			.cloned()
			.collect::<BTreeSet<_>>()
			.try_into()
			.map_err(|_| too_many("exceptions"))?,
		categories: categories
			.iter()
			.copied()
			.collect::<BTreeSet<_>>()
			.try_into()
			.map_err(|_| too_many("categories"))?,
		act,
		data: DateWindow::ALL,
		research: None,
		obligations: Obligation::defaults(),
	})
}

#[cfg(test)]
mod tests {
	use super::*;

	fn set<T: Ord, S: TryFrom<BTreeSet<T>>>(items: impl IntoIterator<Item = T>) -> S {
		S::try_from(items.into_iter().collect()).unwrap_or_else(|_| panic!("too many items"))
	}

	fn excepting(exceptions: &[Exception]) -> Result<Terms> {
		let act = Window { from: 0, until: DAY };
		terms(&[PurposeOfUse::Treatment], &[Category::Labs], exceptions, act)
	}

	#[test]
	fn exceptions_are_in_the_terms_and_at_most_four() {
		let purposes = [
			PurposeOfUse::Marketing,
			PurposeOfUse::Payment,
			PurposeOfUse::Research,
			PurposeOfUse::PublicHealth,
			PurposeOfUse::Operations,
		];
		let each = purposes.map(|purpose| Exception::of_purposes(set([purpose])));
		let four = &each[..4];
		let found = excepting(four).unwrap().exceptions.into_inner();
		assert_eq!(found, four.iter().cloned().collect());
		// The same twice is one.
		let twice = [four, four].concat();
		assert_eq!(excepting(&twice).unwrap().exceptions.len(), 4);
		assert!(excepting(&each).is_err());
	}

	#[test]
	fn exceptions_are_told() {
		let (labs, documents) = (Category::Labs, Category::Documents);
		let purposes = || set([PurposeOfUse::Marketing, PurposeOfUse::CoordinationOfCare]);
		for (exception, told) in [
			(Exception::of_purposes(purposes()), "She may not read anything for HMARKT, COC.\n"),
			(Exception::of_categories(set([labs])), "She may not read labs.\n"),
			(
				Exception {
					purposes: purposes(),
					..Exception::of_categories(set([labs, documents]))
				},
				"She may not read labs, documents for HMARKT, COC.\n",
			),
		] {
			assert_eq!(denied("She", &exception), told);
		}
	}
}
