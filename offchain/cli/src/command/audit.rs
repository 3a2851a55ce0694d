// SPDX-License-Identifier: Apache-2.0
//! `salus audit`

use super::Context;
use crate::{
	arguments::Audit,
	error::Result,
	output::table,
	session::{chain, Session},
};
use jiff::Timestamp;
use salus_chain::AccountId;
use salus_primitives::audit::{AuditAction, AuditEntry};

pub(crate) async fn run(context: &Context, arguments: Audit) -> Result<()> {
	let session = Session::connect(context).await?;
	let subject = session.accounts.resolve(&arguments.subject)?;
	let trail = session.chain.verified_trail(&subject).await.map_err(|error| chain(&error))?;
	let people = session.accounts.list()?;
	let name = |account: &AccountId| {
		people
			.iter()
			.find(|card| card.account == *account)
			.map_or_else(|| account.to_string(), |card| card.name.clone())
	};
	let value = serde_json::json!({
		"subject": trail.subject,
		"count": trail.entries.len(),
		"head": trail.head,
		"entries": trail.entries,
	});
	context.output.result(&value, || {
		format!(
			"{}\n{} entries, verified against the head on chain.",
			table(
				["#", "time", "who", "what"],
				trail.entries.iter().map(|entry: &AuditEntry<AccountId>| {
					[
						entry.index.to_string(),
						time(entry.at),
						name(&entry.actor),
						describe(&entry.action),
					]
				}),
			),
			trail.entries.len()
		)
	});
	Ok(())
}

fn time(moment: u64) -> String {
	i64::try_from(moment)
		.ok()
		.and_then(|millis| Timestamp::from_millisecond(millis).ok())
		.map_or_else(|| moment.to_string(), |time| time.to_string())
}

/// An entry in words.
pub(crate) fn describe(action: &AuditAction) -> String {
	match action {
		AuditAction::RecordAnchored { record } => format!("anchored record {record}"),
		AuditAction::RecordRevised { record, version } => {
			format!("revised record {record} to version {version}")
		},
		AuditAction::RecordRetired { record } => format!("retired record {record}"),
		AuditAction::ConsentGranted { consent } => format!("granted consent {consent}"),
		AuditAction::ConsentRevoked { consent, .. } => format!("revoked consent {consent}"),
		AuditAction::AccessOpened { consent, record, .. } => {
			format!("opened record {record} under consent {consent}")
		},
		AuditAction::AccessRefused { consent, record, refusal } => {
			format!("was refused ({refusal}) record {record} under consent {consent}")
		},
		AuditAction::TrailRead { entries } => format!("read the trail with {entries} entries"),
	}
}
