// SPDX-License-Identifier: Apache-2.0
//! `salus audit`

use super::Context;
use crate::{
	arguments::Audit,
	error::{Failure, Result},
	output::table,
	session::{chain, Session},
};
use jiff::{civil::Date, tz::TimeZone, Timestamp, ToSpan};
use salus_chain::{AccountId, DisclosureBasis};
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
	if arguments.disclosures {
		let since = match arguments.since {
			Some(date) => date,
			None => six_years_ago()?,
		};
		let disclosures = trail.disclosures(start_of(since)?);
		let value = serde_json::json!({
			"subject": trail.subject,
			"since": since.to_string(),
			"disclosures": disclosures,
		});
		context.output.result(&value, || {
			format!(
				"{}\n{} disclosures since {since}, from a trail verified against the head on chain.",
				table(
					["time", "to", "record", "by", "delivered"],
					disclosures.iter().map(|disclosure| {
						[
							time(disclosure.at),
							name(&disclosure.recipient),
							disclosure.record.to_string(),
							basis(&disclosure.basis),
							disclosure.delivered_at.map_or_else(|| "not yet".to_owned(), time),
						]
					}),
				),
				disclosures.len()
			)
		});
		return Ok(());
	}
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

/// How far back an accounting of disclosures goes (45 CFR 164.528).
fn six_years_ago() -> Result<Date> {
	let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
	today.checked_sub(6.years()).map_err(|error| Failure::of("INPUT_DATE", &error))
}

/// The beginning of a date in universal time, in milliseconds since 1970; dates before count as its
/// beginning.
fn start_of(date: Date) -> Result<u64> {
	let start = date.to_zoned(TimeZone::UTC).map_err(|error| Failure::of("INPUT_DATE", &error))?;
	Ok(u64::try_from(start.timestamp().as_millisecond()).unwrap_or(0))
}

fn basis(basis: &DisclosureBasis) -> String {
	match basis {
		DisclosureBasis::Consent { consent, version } => {
			format!("consent {consent}, version {version}")
		},
		DisclosureBasis::Sale { sale } => format!("sale {sale}"),
		DisclosureBasis::Emergency { emergency } => format!("emergency {emergency}"),
	}
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
		AuditAction::AccessDelivered { ticket } => {
			format!("custodians released what ticket {ticket} is for")
		},
		AuditAction::AccessNotReleased { ticket } => {
			format!("custodians refused ticket {ticket}; the use was given back")
		},
		AuditAction::AccessStopped { ticket } => {
			format!("wanted to read on with ticket {ticket}; custodians refused")
		},
		AuditAction::ConsentAmended { consent, version } => {
			format!("changed consent {consent} to version {version}")
		},
		AuditAction::ConsentDelegated { consent, parent } => {
			format!("passed on a part of consent {parent} as {consent}")
		},
		AuditAction::ConsentRequested { consent } => format!("asked for consent {consent}"),
		AuditAction::ConsentDeclined { consent } => format!("declined consent {consent}"),
		AuditAction::DenyRootChanged { version } => {
			format!("changed denials and standing rules to version {version}")
		},
		AuditAction::SaleAuthorised { sale } => format!("authorised sale {sale}"),
		AuditAction::SaleRevoked { sale } => format!("withdrew sale {sale}"),
		AuditAction::SaleOpened { sale, record, .. } => {
			format!("opened record {record} under sale {sale}")
		},
		AuditAction::EmergencyDeclared { emergency, record } => {
			format!("declared emergency {emergency} for record {record}")
		},
		AuditAction::EmergencyOpened { emergency, record, .. } => {
			format!("opened record {record} in emergency {emergency}")
		},
		AuditAction::EmergencyRefused { record, refusal } => {
			format!("was refused ({refusal}) record {record} in an emergency")
		},
		AuditAction::EmergencyReviewed { emergency, justified } => {
			let verdict = if *justified { "justified" } else { "not justified" };
			format!("reviewed emergency {emergency}: {verdict}")
		},
		AuditAction::RecordProposed { record } => format!("put record {record} before you"),
		AuditAction::RecordAccepted { record } => format!("took record {record}"),
		AuditAction::RecordDeclined { record } => format!("did not take record {record}"),
		AuditAction::RecordRestored { record } => format!("restored record {record}"),
		AuditAction::ErasureStarted { record } => format!("erased record {record}"),
		AuditAction::ErasureCompleted { record } => {
			format!("all shares of record {record} are destroyed")
		},
		AuditAction::EmergencyObjected { emergency } => {
			format!("objected to emergency {emergency}")
		},
		AuditAction::AccessDisputed { ticket } => format!("disputes the access of ticket {ticket}"),
		AuditAction::TrailReviewed { entries } => {
			format!("reviewed {entries} entries of the trail")
		},
	}
}
