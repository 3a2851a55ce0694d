// SPDX-License-Identifier: Apache-2.0
//! What is under way, taken one step further by whom it is for.
//!
//! A sale is settled after six steps of three people; whoever only tries would hardly get there.

use crate::operation::{Actor, Deciding, DAY};
use pallet_access::{Call as Access, EmergencyState};
use pallet_consent::Call as Consent;
use pallet_custody::Call as Custody;
use pallet_market::{Call as Market, DisputeReason, OfferState, StudyState};
use pallet_records::{Call as Records, RecordState};
use salus_primitives::{
	custody::{Answer, EpochId},
	Grantee, OfferId, StudyId, TicketId, Window,
};
use salus_runtime::{configs::Currency, AccountId, Runtime, RuntimeCall};
use sp_runtime::Permill;

type Step = (Actor, RuntimeCall);

/// Those that are still there, the newest last.
fn kept<Id: Copy>(ids: &[Id], is_there: impl Fn(&Id) -> bool) -> Vec<Id> {
	ids.iter().copied().filter(is_there).collect()
}

fn active_epoch() -> EpochId {
	pallet_custody::Live::<Runtime>::get().active.unwrap_or(EpochId(1))
}

impl Deciding<'_, '_> {
	/// The next step of something that is under way, if anything is.
	pub(crate) fn story(&mut self) -> Option<Step> {
		match self.source.below(8) {
			0..=3 => self.sale_goes_on(),
			4 => self.emergency_goes_on(),
			5 | 6 => self.study_goes_on(),
			_ => self.erasure_goes_on(),
		}
	}

	/// One of the newest.
	fn newest<Id: Copy>(&mut self, ids: &[Id]) -> Option<Id> {
		let newest = &ids[ids.len().saturating_sub(3)..];
		(!newest.is_empty()).then(|| self.source.pick(newest))
	}

	fn sale_goes_on(&mut self) -> Option<Step> {
		let under_way =
			kept(&self.book.offers, |id| pallet_market::Offers::<Runtime>::contains_key(id));
		if under_way.is_empty() || self.source.once_in(8) {
			return self.sale_begins();
		}
		let offer = self.newest(&under_way)?;
		let stored = pallet_market::Offers::<Runtime>::get(offer)?;
		let (seller, buyer) = (Actor::Signed(stored.seller), Actor::Signed(stored.buyer));
		Some(match stored.state {
			OfferState::Open => (seller, self.take_offer(offer)),
			OfferState::Accepted { .. } => {
				let (request, ephemeral_key) = (self.sealed_request(), self.key());
				(buyer, Market::open_sale { offer, request, ephemeral_key }.into())
			},
			OfferState::Locked(purchase) => self.delivery_goes_on(offer, purchase.ticket, buyer),
			OfferState::Disputed { .. } => {
				let to_buyer = Permill::from_percent(self.source.pick(&[0, 1, 50, 99, 100]));
				(Actor::Council, Market::resolve { offer, to_buyer }.into())
			},
			OfferState::Settled { .. } => self.after_the_sale(offer, seller, buyer),
		})
	}

	fn sale_begins(&mut self) -> Option<Step> {
		let on_sale =
			kept(&self.book.listings, |id| pallet_market::Listings::<Runtime>::contains_key(id));
		if let Some(listing) = self.newest(&on_sale) {
			return Some(self.make_offer(listing));
		}
		let live = kept(&self.book.records, |id| {
			pallet_records::Records::<Runtime>::get(id)
				.is_some_and(|record| record.state == RecordState::Live)
		});
		self.newest(&live).map(|record| self.put_on_sale(record))
	}

	fn delivery_goes_on(&mut self, offer: OfferId, ticket: TicketId, buyer: Actor) -> Step {
		match self.source.below(6) {
			0..=3 => {
				let custodian = self.of(&self.people.custodians.clone());
				let answer = Answer::Released { receipt: self.commitment() };
				let answers = vec![(ticket, answer)].try_into().unwrap_or_default();
				let (epoch, receipts) = (active_epoch(), self.commitment());
				(Actor::Signed(custodian), Custody::report { epoch, answers, receipts }.into())
			},
			4 => (buyer, Market::settle { offer }.into()),
			_ => {
				let reason = DisputeReason::Misdescribed;
				let evidence = self.commitment();
				(buyer, Market::dispute { offer, reason, evidence }.into())
			},
		}
	}

	fn after_the_sale(&mut self, offer: OfferId, seller: Actor, buyer: Actor) -> Step {
		let asset = Currency::Native;
		match self.source.below(5) {
			0 => (seller, Market::claim { asset }.into()),
			1 => (buyer, Market::rate { offer, stars: 5 }.into()),
			2 => {
				let ephemeral_key = self.key();
				(buyer, Market::redownload { offer, ephemeral_key }.into())
			},
			3 => (seller, Market::claim_platform { asset }.into()),
			_ => (buyer, Market::forget { offer }.into()),
		}
	}

	fn emergency_goes_on(&mut self) -> Option<Step> {
		let under_way = kept(&self.book.emergencies, |id| {
			pallet_access::Emergencies::<Runtime>::contains_key(id)
		});
		let emergency = self.newest(&under_way)?;
		let stored = pallet_access::Emergencies::<Runtime>::get(emergency)?;
		let clinician = Actor::Signed(stored.clinician.clone());
		let registrar = Actor::Signed(self.people.registrar.clone());
		Some(match stored.state {
			EmergencyState::Declared if stored.second.is_none() && self.source.once_in(2) => {
				(Actor::Signed(self.clinician()), Access::confirm_emergency { emergency }.into())
			},
			EmergencyState::Declared => (clinician, Access::open_emergency { emergency }.into()),
			EmergencyState::Objected => (clinician, Access::prune_emergency { emergency }.into()),
			EmergencyState::Opened(_) if self.source.once_in(2) => {
				(clinician, Access::escalate_review { emergency }.into())
			},
			EmergencyState::Opened(_) => {
				let justified = !self.source.once_in(4);
				(registrar, Access::review_emergency { emergency, justified }.into())
			},
			EmergencyState::Reviewed { justified: false, .. } => {
				(registrar, Access::lift_suspension { who: stored.clinician }.into())
			},
			EmergencyState::Reviewed { .. } => {
				(clinician, Access::prune_emergency { emergency }.into())
			},
		})
	}

	fn study_goes_on(&mut self) -> Option<Step> {
		let under_way = kept(&self.book.studies, |id| {
			pallet_market::Studies::<Runtime>::get(id)
				.is_some_and(|study| study.state != StudyState::Closed)
		});
		let study = self.newest(&under_way)?;
		let stored = pallet_market::Studies::<Runtime>::get(study)?;
		if stored.state == StudyState::Proposed {
			return Some((Actor::Council, Market::approve_study { study }.into()));
		}
		let enrolled: Vec<_> =
			pallet_market::Enrolments::<Runtime>::iter_key_prefix(study).collect();
		match self.source.below(8) {
			0 => Some((Actor::Signed(stored.researcher), Market::close_study { study }.into())),
			1 => {
				let patient = self.newest_of(&enrolled)?;
				let call = Market::leave_study { study, patient: patient.clone() };
				Some((Actor::Signed(patient), call.into()))
			},
			2..=4 if !enrolled.is_empty() => {
				let patient = self.newest_of(&enrolled)?;
				let milestone = self.source.below(2) as u32;
				let call = Market::compensate { study, patient, milestone };
				Some((Actor::Signed(stored.researcher), call.into()))
			},
			_ => Some(self.enrolment(study, &stored.researcher)),
		}
	}

	fn newest_of(&mut self, people: &[AccountId]) -> Option<AccountId> {
		(!people.is_empty()).then(|| self.of(people))
	}

	/// Somebody enrols under a consent to the researcher, or grants it.
	fn enrolment(&mut self, study: StudyId, researcher: &AccountId) -> Step {
		let grantee = Grantee::Account(researcher.clone());
		let fitting = kept(&self.book.consents, |id| {
			pallet_consent::Consents::<Runtime>::get(id)
				.is_some_and(|consent| consent.grantee == grantee)
		});
		if let Some(consent) = self.newest(&fitting).filter(|_| !self.source.once_in(4)) {
			let subject = pallet_consent::Consents::<Runtime>::get(consent)
				.map_or_else(|| self.patient(), |stored| stored.subject);
			return (Actor::Signed(subject), Market::enrol { study, consent }.into());
		}
		let window = Window { from: self.now, until: self.now + 100 * DAY };
		let call = Consent::grant {
			salt: self.source.salt(),
			grantee,
			terms: self.terms(window, true),
			window,
			uses: 3,
			delegations: 0,
		};
		(Actor::Signed(self.patient()), call.into())
	}

	fn erasure_goes_on(&mut self) -> Option<Step> {
		let erasing = kept(&self.book.records, |id| {
			pallet_records::Records::<Runtime>::get(id)
				.is_some_and(|record| record.state == RecordState::Erasing)
		});
		let record = self.newest(&erasing)?;
		let who = Actor::Signed(self.of(&self.people.custodians.clone()));
		Some(match self.source.below(8) {
			0..=4 => {
				let records = vec![record].try_into().unwrap_or_default();
				(who, Custody::acknowledge_erasure { epoch: active_epoch(), records }.into())
			},
			5 => (who, Custody::clear_erased { record, limit: 8 }.into()),
			6 => (who, Custody::mark_erasure_overdue { record }.into()),
			_ => (who, Records::clear { record, limit: 8 }.into()),
		})
	}
}
