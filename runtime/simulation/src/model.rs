// SPDX-License-Identifier: Apache-2.0
//! Who may do what, in the fewest words.

use crate::{Actor, Operation};
use pallet_access::{AccessRequest, Call as Access};
use pallet_consent::Call as Consent;
use pallet_custody::Call as Custody;
use pallet_market::{Call as Market, StudyState};
use pallet_records::Call as Records;
use pallet_registry::Call as Registry;
use salus_policy::Request;
use salus_primitives::{
	traits::Participants as _, ConsentId, EmergencyId, Grantee, ListingId, Moment, OfferId,
	RecordId, Role, TicketId,
};
use salus_runtime::{AccountId, Registry as Participants, Runtime, RuntimeCall};

/// Whether the model knows why the operation may succeed, before it is tried.
pub fn is_authorised(operation: &Operation, now: Moment) -> bool {
	may(&operation.actor, &operation.call, now)
}

/// Whether the operation asks for what the public terms of the consent except, or those of one that
/// it is a part of. Then it may be written down as refused, and opens nothing.
pub fn is_excepted(operation: &Operation) -> bool {
	let RuntimeCall::Access(
		Access::open { consent, request, .. } | Access::open_delegated { consent, request, .. },
	) = &operation.call
	else {
		return false;
	};
	let AccessRequest::Public(Request { purpose, categories, data, .. }) = request else {
		return false;
	};
	let terms = line(consent).into_iter().filter_map(pallet_consent::PublicTerms::<Runtime>::get);
	terms.flat_map(|terms| terms.exceptions).any(|exception| {
		categories.iter().any(|category| exception.touches(*purpose, *category, data))
	})
}

fn may(actor: &Actor, call: &RuntimeCall, now: Moment) -> bool {
	let Some(who) = actor.account() else { return is_for_a_body(actor, call) };
	match call {
		RuntimeCall::Registry(call) => may_in_registry(who, call, now),
		RuntimeCall::Records(call) => may_in_records(who, call, now),
		RuntimeCall::Consent(call) => may_in_consent(who, call, now),
		RuntimeCall::Access(call) => may_in_access(who, call, now),
		RuntimeCall::Custody(call) => may_in_custody(who, call),
		RuntimeCall::Market(call) => may_in_market(who, call, now),
		_ => false,
	}
}

/// What is not for people who sign.
const fn is_for_a_body(actor: &Actor, call: &RuntimeCall) -> bool {
	matches!(actor, Actor::Council | Actor::Root)
		&& matches!(
			call,
			RuntimeCall::Registry(
				Registry::appoint_registrar { .. }
					| Registry::dismiss_registrar { .. }
					| Registry::withdraw { .. }
			) | RuntimeCall::Custody(
				Custody::suspend { .. } | Custody::reinstate { .. } | Custody::forgive { .. }
			) | RuntimeCall::Access(
				Access::review_emergency { .. } | Access::lift_suspension { .. }
			) | RuntimeCall::Market(
				Market::resolve { .. }
					| Market::approve_study { .. }
					| Market::close_study { .. }
					| Market::take_down { .. }
			)
		)
}

fn is_registered(who: &AccountId) -> bool {
	Participants::role(who).is_some()
}

fn stands(who: &AccountId, roles: &[Role], now: Moment) -> bool {
	Participants::role(who).is_some_and(|role| roles.contains(&role))
		&& Participants::is_in_good_standing(who, now)
}

fn guards(guardian: &AccountId, ward: &AccountId, now: Moment) -> bool {
	pallet_registry::Guardianships::<Runtime>::get(ward, guardian)
		.is_some_and(|guardianship| now < guardianship.until)
}

fn may_in_registry(who: &AccountId, call: &pallet_registry::Call<Runtime>, now: Moment) -> bool {
	match call {
		Registry::register { .. } => !is_registered(who),
		Registry::rotate_key { .. } | Registry::set_contacts { .. } | Registry::leave {} => {
			is_registered(who)
		},
		Registry::verify { .. } | Registry::withdraw { .. } => {
			Participants::role(who) == Some(Role::Registrar)
		},
		Registry::appoint_guardian { ward, .. } => {
			ward == who || Participants::role(who) == Some(Role::Registrar)
		},
		Registry::dismiss_guardian { ward, guardian } => {
			ward == who
				|| guardian == who
				|| Participants::role(who) == Some(Role::Registrar)
				|| !guards(guardian, ward, now)
		},
		// What comes of it is in an event; the call inside is the ward's.
		Registry::act_for { ward, call } => guards(who, ward, now) && is_for_guardians(call),
		Registry::fund_pool { .. }
		| Registry::reclaim_pool { .. }
		| Registry::settle_pool { .. }
		| Registry::take_over_deposit { .. } => true,
		// Whoever has paid in advance.
		Registry::admit { .. } => pallet_registry::Pools::<Runtime>::contains_key(who),
		Registry::expel { who: out } => {
			out == who
				|| pallet_registry::Admissions::<Runtime>::get(out)
					.is_some_and(|admission| admission.sponsor == *who)
		},
		_ => false,
	}
}

/// Nothing that sells, moves money, or hands power on.
const fn is_for_guardians(call: &RuntimeCall) -> bool {
	match call {
		RuntimeCall::Records(_) => true,
		RuntimeCall::Consent(call) => !matches!(call, Consent::authorise_sale { .. }),
		RuntimeCall::Access(call) => matches!(
			call,
			Access::object_emergency { .. }
				| Access::review_trail { .. }
				| Access::dispute_access { .. }
		),
		RuntimeCall::Registry(call) => matches!(
			call,
			Registry::register { .. }
				| Registry::rotate_key { .. }
				| Registry::set_contacts { .. }
				| Registry::leave {}
		),
		_ => false,
	}
}

fn owns(who: &AccountId, record: &RecordId) -> bool {
	pallet_records::Records::<Runtime>::get(record).is_some_and(|stored| stored.owner == *who)
}

fn may_in_records(who: &AccountId, call: &pallet_records::Call<Runtime>, now: Moment) -> bool {
	match call {
		Records::anchor { .. } => is_registered(who),
		Records::propose { owner, .. } => {
			owner != who && stands(who, &[Role::Clinician, Role::Organisation], now)
		},
		Records::revise { record, .. }
		| Records::retire { record }
		| Records::restore { record }
		| Records::accept { record }
		| Records::decline { record }
		| Records::set_retention { record, .. }
		| Records::set_data_types { record, .. }
		| Records::erase { record } => owns(who, record),
		// Time or the custodians allow these.
		Records::lapse { .. } | Records::expire { .. } | Records::clear { .. } => true,
		_ => false,
	}
}

fn is_subject(who: &AccountId, consent: &ConsentId) -> bool {
	pallet_consent::Consents::<Runtime>::get(consent).is_some_and(|stored| stored.subject == *who)
}

fn is_grantee(who: &AccountId, consent: &ConsentId) -> bool {
	pallet_consent::Consents::<Runtime>::get(consent).is_some_and(|stored| match stored.grantee {
		Grantee::Account(account) => account == *who,
		Grantee::Role(role) => Participants::role(who) == Some(role),
	})
}

/// The consents from this one up to the subject's own.
fn line(consent: &ConsentId) -> Vec<ConsentId> {
	let mut line = vec![*consent];
	while let Some(parent) = line
		.last()
		.and_then(pallet_consent::Consents::<Runtime>::get)
		.and_then(|stored| stored.parent)
	{
		line.push(parent);
	}
	line
}

/// Whether nobody in the line revoked and no window is over.
fn lasts(consent: &ConsentId, now: Moment) -> bool {
	line(consent).iter().all(|id| {
		pallet_consent::Consents::<Runtime>::get(id).is_some_and(|stored| {
			stored.state == pallet_consent::State::Active && now < stored.window.until
		})
	})
}

fn may_in_consent(who: &AccountId, call: &pallet_consent::Call<Runtime>, now: Moment) -> bool {
	const ASKING: &[Role] =
		&[Role::Clinician, Role::Organisation, Role::Researcher, Role::Custodian];
	match call {
		Consent::grant { .. } => is_registered(who),
		Consent::revoke { consent } => {
			is_subject(who, consent)
				|| line(consent).get(1).is_some_and(|parent| is_grantee(who, parent))
		},
		Consent::amend { consent, .. }
		| Consent::renew { consent, .. }
		| Consent::opt_in_retrospectively { consent, .. } => is_subject(who, consent),
		Consent::request { .. } => stands(who, ASKING, now),
		Consent::claim { subject, .. } => {
			stands(who, ASKING, now)
				&& pallet_consent::DenyRoots::<Runtime>::get(subject)
					.is_some_and(|root| root.standing_rules)
		},
		Consent::approve { requester, .. } | Consent::decline { requester, .. } => {
			pallet_consent::Requests::<Runtime>::contains_key(who, requester)
		},
		Consent::delegate { parent, .. } => {
			is_grantee(who, parent)
				&& lasts(parent, now)
				&& Participants::is_in_good_standing(who, now)
		},
		Consent::set_deny_root { .. } => is_registered(who),
		Consent::authorise_sale { record, .. } => owns(who, record),
		Consent::revoke_sale { sale } => {
			pallet_consent::Sales::<Runtime>::get(sale).is_some_and(|stored| stored.seller == *who)
		},
		Consent::withdraw_request { .. } | Consent::prune { .. } | Consent::prune_sale { .. } => {
			true
		},
		_ => false,
	}
}

fn may_in_access(who: &AccountId, call: &pallet_access::Call<Runtime>, now: Moment) -> bool {
	let emergency = |id: &EmergencyId| pallet_access::Emergencies::<Runtime>::get(id);
	let ticket = |id: &TicketId| pallet_access::Tickets::<Runtime>::get(id);
	let is_clinician = stands(who, &[Role::Clinician], now);
	match call {
		// A refusal succeeds too, with an entry in the trail.
		Access::open { consent, .. } | Access::open_delegated { consent, .. } => {
			is_grantee(who, consent)
		},
		Access::renounce { ticket: id } => ticket(id).is_some_and(|stored| stored.grantee == *who),
		Access::declare_emergency { .. } => is_clinician,
		Access::confirm_emergency { emergency: id } => {
			is_clinician && emergency(id).is_some_and(|stored| stored.clinician != *who)
		},
		Access::open_emergency { emergency: id } => {
			is_clinician && emergency(id).is_some_and(|stored| stored.clinician == *who)
		},
		Access::object_emergency { emergency: id } => {
			emergency(id).is_some_and(|stored| stored.subject == *who)
		},
		Access::review_emergency { emergency: id, .. } => {
			Participants::role(who) == Some(Role::Registrar)
				&& emergency(id).is_some_and(|stored| stored.clinician != *who)
		},
		Access::lift_suspension { who: suspended } => {
			Participants::role(who) == Some(Role::Registrar) && suspended != who
		},
		Access::review_trail { .. } => true,
		Access::dispute_access { ticket: id } => {
			ticket(id).is_some_and(|stored| stored.subject == *who)
		},
		Access::close { .. } | Access::escalate_review { .. } | Access::prune_emergency { .. } => {
			true
		},
		_ => false,
	}
}

fn may_in_custody(who: &AccountId, call: &pallet_custody::Call<Runtime>) -> bool {
	let sits =
		pallet_custody::Epochs::<Runtime>::iter_values().any(|epoch| epoch.members.contains(who));
	match call {
		Custody::report { .. }
		| Custody::acknowledge_erasure { .. }
		| Custody::acknowledge_revocations { .. } => sits,
		Custody::mark_missed { .. }
		| Custody::prune { .. }
		| Custody::clear_erased { .. }
		| Custody::mark_erasure_overdue { .. } => true,
		_ => false,
	}
}

fn may_in_market(who: &AccountId, call: &pallet_market::Call<Runtime>, now: Moment) -> bool {
	let sells = |id: &ListingId| {
		pallet_market::Listings::<Runtime>::get(id).is_some_and(|stored| stored.seller == *who)
	};
	let offer = |id: &OfferId| pallet_market::Offers::<Runtime>::get(id);
	let bought = |id: &OfferId| offer(id).is_some_and(|stored| stored.buyer == *who);
	let sold = |id: &OfferId| offer(id).is_some_and(|stored| stored.seller == *who);
	match call {
		Market::list { goods, .. } => owns(who, &goods.record),
		Market::update_price { listing, .. }
		| Market::unlist { listing }
		| Market::join_cohort { listing, .. }
		| Market::appeal { listing, .. } => sells(listing),
		Market::leave_cohort { cohort, listing } => {
			sells(listing)
				|| pallet_market::Cohorts::<Runtime>::get(cohort)
					.is_some_and(|stored| stored.curator == *who)
		},
		Market::offer { .. } => stands(who, &[Role::Researcher, Role::Organisation], now),
		Market::withdraw_offer { offer }
		| Market::open_sale { offer, .. }
		| Market::redownload { offer, .. }
		| Market::dispute { offer, .. }
		| Market::rate { offer, .. } => bought(offer),
		Market::accept { offer, .. } | Market::decline { offer } => sold(offer),
		Market::claim { .. } | Market::claim_platform { .. } => true,
		// Time or the custodians allow these.
		Market::refund { .. } | Market::settle { .. } | Market::forget { .. } => true,
		Market::list_cohort { .. } => Participants::is_in_good_standing(who, now),
		Market::propose_study { .. } => stands(who, &[Role::Researcher, Role::Organisation], now),
		Market::enrol { consent, .. } => is_subject(who, consent) && lasts(consent, now),
		Market::compensate { study, .. } => pallet_market::Studies::<Runtime>::get(study)
			.is_some_and(|stored| stored.researcher == *who),
		// Once it is closed anybody tidies up.
		Market::leave_study { study, patient } => {
			patient == who
				|| pallet_market::Studies::<Runtime>::get(study)
					.is_some_and(|stored| stored.state == StudyState::Closed)
		},
		Market::close_study { .. } => true,
		_ => false,
	}
}
