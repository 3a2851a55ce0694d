// SPDX-License-Identifier: Apache-2.0
//! Whether a custodian releases: from what the chain says and what was opened, nothing else.

use super::{
	deposit::SegmentFacts,
	scope::{is_sold, opens},
	view::TicketFacts,
};
use crate::sharing::{OpenedDenials, OpenedReason, OpenedRequest};
use salus_chain::{AccessRequest, ConsentTerms, Sale, TicketBasis};
use salus_policy::{decide, Outcome, Request, Terms};
use salus_primitives::{
	custody::CustodianRefusal, Basis, ConsentId, DateWindow, EmergencyId, Moment, PurposeOfUse,
	SaleId, Window,
};
use std::collections::BTreeSet;

/// Why nothing is released.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
	/// Never for this ticket. The custodian says so on chain.
	Refuse(CustodianRefusal),
	/// Not now. The custodian says nothing on chain, as long as the ticket is valid.
	Defer(CustodianRefusal),
}

/// What the custodian itself demands of the chain.
#[derive(Clone, Debug)]
pub(super) struct Demands {
	/// The runtime codes that its operator approved.
	pub(super) approved: Vec<[u8; 32]>,
	/// How far consensus time may be behind the clock, in milliseconds.
	pub(super) max_lag: Moment,
}

/// What a ticket asks for, where it is not sealed.
#[derive(Debug)]
pub(super) enum Asked<'a> {
	/// Sealed: it has to be opened.
	Sealed(ConsentId),
	/// Public, with the public terms of each consent.
	Public(&'a Request),
	/// What a clinician sealed for an emergency: it has to be opened.
	Reason(EmergencyId),
	/// What a buyer sealed, with the authorisation under which she buys: it has to be opened.
	Purchase(SaleId, &'a Sale),
}

/// Checks everything for which nothing sealed has to be opened. `clock` is the custodian's own.
///
/// # Errors
/// Why nothing is released.
pub(super) fn check<'a>(
	facts: &'a TicketFacts,
	demands: &Demands,
	clock: Moment,
) -> Result<Asked<'a>, Verdict> {
	use CustodianRefusal as Why;
	let is_over = facts.ticket.expires_at <= facts.now;
	// What the custodian cannot judge it refuses when it has waited for as long as it may.
	let unless_over = |why| if is_over { Verdict::Refuse(why) } else { Verdict::Defer(why) };
	if !demands.approved.contains(&facts.code) {
		return Err(unless_over(Why::RuntimeNotApproved));
	}
	// A clock that is behind would see no head as stale.
	if clock.abs_diff(facts.now) > demands.max_lag {
		return Err(unless_over(Why::StaleHead));
	}
	if is_over {
		return Err(Verdict::Refuse(Why::TicketExpired));
	}
	if facts.is_erased {
		return Err(Verdict::Refuse(Why::RecordErased));
	}
	match facts.ticket.basis {
		TicketBasis::Consent { version, .. } => check_consents(facts, version)?,
		TicketBasis::Emergency { .. } => check_emergency(facts)?,
		TicketBasis::Sale { .. } => check_sale(facts)?,
	}
	if !facts.is_openable {
		return Err(Verdict::Refuse(Why::RecordRetired));
	}
	if !facts.grantee_in_good_standing {
		return Err(Verdict::Refuse(Why::CredentialMissing));
	}
	if facts.is_being_revoked {
		return Err(Verdict::Defer(Why::ConsentRevoked));
	}
	match (facts.ticket.basis, &facts.ticket.request) {
		(TicketBasis::Consent { consent, .. }, AccessRequest::Sealed { .. }) => {
			Ok(Asked::Sealed(consent))
		},
		(TicketBasis::Consent { .. }, AccessRequest::Public(request)) => Ok(Asked::Public(request)),
		(TicketBasis::Emergency { emergency }, AccessRequest::Sealed { .. }) => {
			Ok(Asked::Reason(emergency))
		},
		(TicketBasis::Sale { sale: id }, AccessRequest::Sealed { .. }) => {
			let sale = facts.sale.as_ref().ok_or(Verdict::Refuse(Why::ConsentRevoked))?;
			Ok(Asked::Purchase(id, sale))
		},
		_ => Err(Verdict::Refuse(Why::RequestMismatch)),
	}
}

/// Checks that the seller stands by the authorisation, and that it is for this buyer and record.
fn check_sale(facts: &TicketFacts) -> Result<(), Verdict> {
	use CustodianRefusal as Why;
	let refuse = |why| Err(Verdict::Refuse(why));
	let Some(sale) = &facts.sale else { return refuse(Why::ConsentRevoked) };
	let ticket = &facts.ticket;
	let is_for_it =
		(sale.seller, sale.buyer, sale.record) == (ticket.subject, ticket.grantee, ticket.record);
	if !is_for_it {
		return refuse(Why::RequestMismatch);
	}
	if sale.revoked {
		return refuse(Why::ConsentRevoked);
	}
	if sale.until <= facts.now {
		return refuse(Why::ConsentExpired);
	}
	Ok(())
}

/// Checks that the emergency is one, and that the subject has not opted out of all.
fn check_emergency(facts: &TicketFacts) -> Result<(), Verdict> {
	use CustodianRefusal as Why;
	if !facts.emergency_stands {
		return Err(Verdict::Refuse(Why::RequestMismatch));
	}
	if facts.denials.as_ref().is_some_and(|root| root.no_emergency) {
		return Err(Verdict::Refuse(Why::Denied));
	}
	Ok(())
}

/// Checks the consent of the ticket and every one above it.
fn check_consents(facts: &TicketFacts, version: u32) -> Result<(), Verdict> {
	use CustodianRefusal as Why;
	let refuse = |why| Err(Verdict::Refuse(why));
	let Some((_, own)) = facts.consents.first() else { return refuse(Why::ConsentRevoked) };
	let are_active = facts
		.consents
		.iter()
		.all(|(_, consent)| consent.is_active() && stands_by_rule(facts, &consent.basis));
	let are_hers =
		facts.consents.iter().all(|(_, consent)| consent.subject == facts.ticket.subject);
	if !facts.is_rooted || !are_active || !are_hers {
		return refuse(Why::ConsentRevoked);
	}
	let are_open = facts
		.consents
		.iter()
		.all(|(_, consent)| consent.window.from <= facts.now && facts.now < consent.window.until);
	if !are_open {
		return refuse(Why::ConsentExpired);
	}
	// It was amended since: the request was made under other terms.
	if own.version != version {
		return refuse(Why::RequestMismatch);
	}
	Ok(())
}

/// Whether the subject has not switched off since the rules under which a consent was claimed.
fn stands_by_rule(facts: &TicketFacts, basis: &Basis) -> bool {
	let Basis::StandingRule { version } = basis else { return true };
	facts.denials.is_some_and(|root| root.rules_since.is_some_and(|since| since <= *version))
}

/// What is opened: the request, and the terms of every consent that it rests on.
#[derive(Debug)]
pub(super) struct Scope {
	request: Request,
	terms: Vec<Terms>,
}

impl Scope {
	/// From a public request. All terms have to be public too.
	pub(super) fn public(
		facts: &TicketFacts,
		request: &Request,
		denials: Option<&OpenedDenials>,
	) -> Result<Self, CustodianRefusal> {
		// Nobody has verified the hierarchy of diseases that she says.
		let request = request.clone().without_ancestors();
		Self { request, terms: terms(facts, Vec::new())? }.decided(facts, denials)
	}

	/// From a request that was sealed to the custodian.
	pub(super) fn sealed(
		facts: &TicketFacts,
		opened: OpenedRequest,
		denials: Option<&OpenedDenials>,
	) -> Result<Self, CustodianRefusal> {
		let mismatch = CustodianRefusal::RequestMismatch;
		let AccessRequest::Sealed { commitment, .. } = &facts.ticket.request else {
			return Err(mismatch);
		};
		if opened.commitment() != *commitment {
			return Err(mismatch);
		}
		let OpenedRequest { request, terms: openings, .. } = opened;
		let request = request.without_ancestors();
		let openings = openings.into_iter().map(|terms| (terms.commitment(), terms.terms));
		Self { request, terms: terms(facts, openings.collect())? }.decided(facts, denials)
	}

	/// From the reason of an emergency. It stands in the place of terms: what it names is permitted
	/// for an emergency, for as long as the ticket lasts. What the subject denies stays denied.
	pub(super) fn emergency(
		facts: &TicketFacts,
		opened: OpenedReason,
		denials: Option<&OpenedDenials>,
	) -> Result<Self, CustodianRefusal> {
		let AccessRequest::Sealed { commitment, .. } = &facts.ticket.request else {
			return Err(CustodianRefusal::RequestMismatch);
		};
		if opened.commitment() != *commitment {
			return Err(CustodianRefusal::RequestMismatch);
		}
		let request = opened.request.without_ancestors();
		// The last two are never meant by a wider one.
		let purposes: BTreeSet<_> = [
			PurposeOfUse::EmergencyTreatment,
			PurposeOfUse::BreakTheGlass,
			PurposeOfUse::EmergencyRoom,
		]
		.into();
		let terms = Terms {
			permitted: purposes.try_into().unwrap_or_default(),
			exceptions: Default::default(),
			categories: request.categories.clone(),
			act: Window { from: facts.ticket.opened_at, until: facts.ticket.expires_at },
			data: DateWindow::ALL,
			research: None,
			obligations: Default::default(),
		};
		Self { request, terms: vec![terms] }.decided(facts, denials)
	}

	/// From what a buyer sealed. The seller's authorisation stands in the place of terms: for the
	/// purpose that it names, all of a data set in which nothing is that is never sold. She who buys
	/// gets the whole or nothing.
	pub(super) fn purchase(
		facts: &TicketFacts,
		sale: &Sale,
		opened: OpenedRequest,
		segments: &[SegmentFacts],
		denials: Option<&OpenedDenials>,
	) -> Result<Self, CustodianRefusal> {
		let AccessRequest::Sealed { commitment, .. } = &facts.ticket.request else {
			return Err(CustodianRefusal::RequestMismatch);
		};
		if opened.commitment() != *commitment || !opened.terms.is_empty() {
			return Err(CustodianRefusal::RequestMismatch);
		}
		let request = opened.request.without_ancestors();
		let terms = Terms {
			permitted: BTreeSet::from([sale.purpose]).try_into().unwrap_or_default(),
			exceptions: Default::default(),
			categories: request.categories.clone(),
			act: Window { from: facts.ticket.opened_at, until: sale.until },
			data: DateWindow::ALL,
			research: None,
			obligations: Default::default(),
		};
		let scope = Self { request, terms: vec![terms] }.decided(facts, denials)?;
		let is_whole = segments.iter().all(|one| is_sold(one.category) && scope.opens(one));
		if is_whole {
			Ok(scope)
		} else {
			Err(CustodianRefusal::ScopeMismatch)
		}
	}

	/// Only what every consent permits and the subject does not deny.
	fn decided(
		mut self,
		facts: &TicketFacts,
		denials: Option<&OpenedDenials>,
	) -> Result<Self, CustodianRefusal> {
		let permits =
			|terms: &Terms| decide(terms, &self.request, facts.now).outcome == Outcome::Permit;
		if self.terms.is_empty() || !self.terms.iter().all(permits) {
			return Err(CustodianRefusal::ScopeMismatch);
		}
		match (&facts.denials, denials) {
			(None, None) => Ok(self),
			(Some(root), Some(opened)) if opened.commitment() == root.root => {
				if opened.deny(&self.request) {
					return Err(CustodianRefusal::Denied);
				}
				if facts.consents.iter().any(|(_, consent)| is_claimed(&consent.basis)) {
					// Whoever claimed it wrote its terms herself: the subject's rule bounds them.
					let (grantee, role) = (&facts.ticket.grantee, facts.grantee_role);
					let rule = opened.approval(grantee, role, &self.request, facts.now);
					self.terms.push(rule.ok_or(CustodianRefusal::ScopeMismatch)?.clone());
				}
				Ok(self)
			},
			_ => Err(CustodianRefusal::DenyRootMissing),
		}
	}

	/// Whether the key of a segment is released.
	pub(super) fn opens(&self, segment: &SegmentFacts) -> bool {
		self.terms.iter().all(|terms| opens(terms, &self.request, segment.category, &segment.dates))
	}
}

/// Whether a consent came to be under a standing rule.
const fn is_claimed(basis: &Basis) -> bool {
	matches!(basis, Basis::StandingRule { .. })
}

/// The terms of each consent: those on chain, or their openings, in the same order.
fn terms(
	facts: &TicketFacts,
	openings: Vec<(salus_primitives::Commitment, Terms)>,
) -> Result<Vec<Terms>, CustodianRefusal> {
	let mismatch = CustodianRefusal::RequestMismatch;
	let mut openings = openings.into_iter();
	let mut found = Vec::with_capacity(facts.consents.len());
	for (_, consent) in &facts.consents {
		found.push(match &consent.terms {
			ConsentTerms::Public(terms) => Terms::clone(terms),
			ConsentTerms::Sealed { commitment, .. } => match openings.next() {
				Some((opened, terms)) if opened == *commitment => terms,
				_ => return Err(mismatch),
			},
		});
	}
	match openings.next() {
		None => Ok(found),
		Some(_) => Err(mismatch),
	}
}
