// SPDX-License-Identifier: Apache-2.0
//! `salus deny`

use super::{
	share::{denied, now, terms},
	Context,
};
use crate::{
	arguments::{Deny, Rule},
	error::Result,
	session::{worker, Session},
};
use salus_primitives::{Grantee, Moment, Window};
use salus_worker::sharing::StandingRule;
use serde_json::json;

pub(crate) async fn run(context: &Context, arguments: Deny) -> Result<()> {
	let session = Session::connect(context).await?;
	let unlocked = session.unlock(context, &arguments.who.name)?;
	let patient = session.patient(context, unlocked)?;
	let act = Window { from: now(&session).await?, until: Moment::MAX };
	let denials = arguments.denials;
	let rules = arguments.rules.iter().map(|rule| standing(rule, act)).collect::<Result<_>>()?;
	let no_emergency = arguments.emergencies.map(|allowed| !allowed);
	let changed = patient.deny(&session.committee, denials.clone(), rules, no_emergency).await;
	let version = changed.map_err(|error| worker(&error))?;
	let approved: Vec<_> = arguments.rules.iter().map(told).collect();
	let result = json!({ "version": version, "denials": denials, "approved": approved });
	context.output.result(&result, || {
		let mut told: Vec<_> = denials.iter().map(|one| denied("Nobody", one)).collect();
		if denials.is_empty() {
			told.push("You deny nothing any more but what your consents leave out.\n".to_owned());
		}
		told.extend(approved.iter().map(|one| format!("{one}\n")));
		format!(
			"{}That holds whatever you granted, and replaces what you denied and approved before. \
			Copies already taken cannot be called back.",
			told.concat()
		)
	});
	Ok(())
}

fn standing(rule: &Rule, act: Window) -> Result<StandingRule> {
	let purposes: Vec<_> = rule.approved.purposes.iter().copied().collect();
	let categories: Vec<_> = rule.approved.categories.iter().copied().collect();
	Ok(StandingRule { grantee: rule.grantee, terms: terms(&purposes, &categories, &[], act)? })
}

/// A rule in words.
fn told(rule: &Rule) -> String {
	let who = match rule.grantee {
		Grantee::Account(account) => account.to_string(),
		Grantee::Role(role) => format!("Every verified {role:?}"),
	};
	let codes = |codes: Vec<&str>| codes.join(", ");
	format!(
		"{who} may claim {} for {}.",
		codes(rule.approved.categories.iter().map(|category| category.code()).collect()),
		codes(rule.approved.purposes.iter().map(|purpose| purpose.code()).collect()),
	)
}
