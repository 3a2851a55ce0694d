// SPDX-License-Identifier: Apache-2.0
//! The accounting of disclosures: who got at which record, when, and why she could.

use crate::{AccountId, VerifiedTrail};
use salus_primitives::{
	audit::AuditAction, ConsentId, EmergencyId, Moment, RecordId, SaleId, TicketId,
};
use serde::Serialize;
use std::collections::BTreeMap;

/// A record that was opened to somebody, with what 45 CFR 164.528 asks an accounting to say. The
/// purpose of a sealed consent is in its terms, which only her keys open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Disclosure {
	/// When the ticket was issued, in milliseconds since 1970.
	pub at: Moment,
	/// Who got it.
	pub recipient: AccountId,
	/// Which record.
	pub record: RecordId,
	/// Why she could.
	pub basis: DisclosureBasis,
	/// The ticket.
	pub ticket: TicketId,
	/// When enough custodians had reported that they released its keys; `None` while they have not.
	pub delivered_at: Option<Moment>,
}

/// What a disclosure rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DisclosureBasis {
	/// A consent, in one of its versions.
	Consent {
		/// The consent.
		consent: ConsentId,
		/// Its version.
		version: u32,
	},
	/// A sale.
	Sale {
		/// Its authorisation.
		sale: SaleId,
	},
	/// An emergency.
	Emergency {
		/// Which.
		emergency: EmergencyId,
	},
}

impl VerifiedTrail {
	/// The disclosures since a moment, oldest first. A ticket that the custodians refused disclosed
	/// nothing and is left out; one that nobody has answered yet counts.
	pub fn disclosures(&self, since: Moment) -> Vec<Disclosure> {
		let mut of_ticket = BTreeMap::new();
		for entry in &self.entries {
			let (basis, record, ticket) = match entry.action {
				AuditAction::AccessOpened { consent, version, record, ticket } => {
					(DisclosureBasis::Consent { consent, version }, record, ticket)
				},
				AuditAction::SaleOpened { sale, record, ticket } => {
					(DisclosureBasis::Sale { sale }, record, ticket)
				},
				AuditAction::EmergencyOpened { emergency, record, ticket } => {
					(DisclosureBasis::Emergency { emergency }, record, ticket)
				},
				AuditAction::AccessDelivered { ticket } => {
					if let Some(Disclosure { delivered_at, .. }) = of_ticket.get_mut(&ticket) {
						*delivered_at = Some(entry.at);
					}
					continue;
				},
				AuditAction::AccessNotReleased { ticket } => {
					of_ticket.remove(&ticket);
					continue;
				},
				_ => continue,
			};
			let (at, recipient) = (entry.at, entry.actor);
			let disclosure =
				Disclosure { at, recipient, record, basis, ticket, delivered_at: None };
			of_ticket.insert(ticket, disclosure);
		}
		let mut disclosures: Vec<_> =
			of_ticket.into_values().filter(|disclosure| disclosure.at >= since).collect();
		disclosures.sort_by_key(|disclosure| (disclosure.at, disclosure.ticket));
		disclosures
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use salus_primitives::audit::{AuditEntry, ChainHash, Refusal};

	const SUBJECT: AccountId = AccountId::new([1; 32]);
	const CLINICIAN: AccountId = AccountId::new([2; 32]);
	const CONSENT: ConsentId = ConsentId([3; 32]);
	const RECORD: RecordId = RecordId([4; 32]);

	fn trail(actions: impl IntoIterator<Item = AuditAction>) -> VerifiedTrail {
		let entries = (0..).zip(actions).map(|(index, action)| AuditEntry {
			index,
			at: 1_000 * index,
			previous: 0,
			actor: CLINICIAN,
			action,
		});
		let head = ChainHash::start(&SUBJECT);
		VerifiedTrail { subject: SUBJECT, entries: entries.collect(), head }
	}

	fn opened(ticket: u8) -> AuditAction {
		let ticket = TicketId([ticket; 32]);
		AuditAction::AccessOpened { consent: CONSENT, version: 2, record: RECORD, ticket }
	}

	fn tickets(disclosures: &[Disclosure]) -> Vec<u8> {
		disclosures.iter().map(|disclosure| disclosure.ticket.0[0]).collect()
	}

	#[test]
	fn every_basis_is_accounted_for_and_nothing_else() {
		let (sale, emergency) = (SaleId([5; 32]), EmergencyId([6; 32]));
		let ticket = |ticket: u8| TicketId([ticket; 32]);
		let trail = trail([
			AuditAction::RecordAnchored { record: RECORD },
			opened(9),
			AuditAction::AccessRefused {
				consent: CONSENT,
				record: RECORD,
				refusal: Refusal::ConsentSpent,
			},
			AuditAction::SaleOpened { sale, record: RECORD, ticket: ticket(8) },
			AuditAction::EmergencyDeclared { emergency, record: RECORD },
			AuditAction::EmergencyOpened { emergency, record: RECORD, ticket: ticket(7) },
			AuditAction::TrailRead { entries: 5 },
		]);
		let disclosures = trail.disclosures(0);
		assert_eq!(tickets(&disclosures), [9, 8, 7], "oldest first");
		let bases: Vec<_> = disclosures.iter().map(|disclosure| disclosure.basis).collect();
		assert_eq!(
			bases,
			[
				DisclosureBasis::Consent { consent: CONSENT, version: 2 },
				DisclosureBasis::Sale { sale },
				DisclosureBasis::Emergency { emergency },
			]
		);
		assert!(disclosures.iter().all(|disclosure| disclosure.recipient == CLINICIAN));
	}

	#[test]
	fn what_custodians_refused_was_not_disclosed() {
		let delivered = AuditAction::AccessDelivered { ticket: TicketId([1; 32]) };
		let refused = AuditAction::AccessNotReleased { ticket: TicketId([2; 32]) };
		let disclosures =
			trail([opened(1), opened(2), opened(3), refused, delivered]).disclosures(0);
		assert_eq!(tickets(&disclosures), [1, 3]);
		assert_eq!(disclosures[0].delivered_at, Some(4_000));
		assert_eq!(disclosures[1].delivered_at, None, "nobody has answered yet");
	}

	#[test]
	fn what_was_opened_before_is_left_out() {
		let trail = trail([opened(1), opened(2), opened(3)]);
		assert_eq!(tickets(&trail.disclosures(1_000)), [2, 3]);
		assert!(trail.disclosures(2_001).is_empty());
	}
}
