// SPDX-License-Identifier: Apache-2.0
//! What exists by now.

use pallet_access::Event as Access;
use pallet_consent::Event as Consent;
use pallet_market::Event as Market;
use pallet_records::Event as Records;
use salus_primitives::{
	CohortId, ConsentId, EmergencyId, ListingId, OfferId, RecordId, SaleId, StudyId, TicketId,
};
use salus_runtime::{AccountId, RuntimeEvent};

/// What exists by now, or did.
#[derive(Clone, Debug, Default)]
pub struct Book {
	/// Records.
	pub records: Vec<RecordId>,
	/// Consents.
	pub consents: Vec<ConsentId>,
	/// Requests: subject, requester, and the consent that it would be.
	pub requests: Vec<(AccountId, AccountId, ConsentId)>,
	/// Tickets.
	pub tickets: Vec<TicketId>,
	/// Emergencies.
	pub emergencies: Vec<EmergencyId>,
	/// Sale authorisations.
	pub sales: Vec<SaleId>,
	/// Listings.
	pub listings: Vec<ListingId>,
	/// Offers.
	pub offers: Vec<OfferId>,
	/// Cohorts.
	pub cohorts: Vec<CohortId>,
	/// Studies.
	pub studies: Vec<StudyId>,
}

impl Book {
	/// Notes what an event says.
	pub fn note(&mut self, event: RuntimeEvent) {
		match event {
			RuntimeEvent::Records(
				Records::Anchored { record, .. } | Records::Proposed { record, .. },
			) => self.records.push(record),
			RuntimeEvent::Consent(event) => self.note_consent(event),
			RuntimeEvent::Access(event) => match event {
				Access::Opened { ticket, .. } | Access::SaleOpened { ticket, .. } => {
					self.tickets.push(ticket);
				},
				Access::EmergencyDeclared { emergency, .. } => self.emergencies.push(emergency),
				Access::EmergencyOpened { ticket, .. } => self.tickets.push(ticket),
				_ => {},
			},
			RuntimeEvent::Market(event) => match event {
				Market::Listed { listing, .. } => self.listings.push(listing),
				Market::Offered { offer, .. } => self.offers.push(offer),
				Market::CohortListed { cohort, .. } => self.cohorts.push(cohort),
				Market::StudyProposed { study, .. } => self.studies.push(study),
				_ => {},
			},
			_ => {},
		}
	}

	fn note_consent(&mut self, event: Consent<salus_runtime::Runtime>) {
		match event {
			Consent::Granted { consent, .. } | Consent::Delegated { consent, .. } => {
				self.consents.push(consent);
			},
			Consent::Requested { consent, subject, requester } => {
				self.requests.push((subject, requester, consent));
			},
			Consent::SaleAuthorised { sale, .. } => self.sales.push(sale),
			_ => {},
		}
	}
}
