// SPDX-License-Identifier: Apache-2.0

mod amend;
mod approve;
mod claim;
mod decline;
mod delegate;
mod deny_root;
mod give_back;
mod grant;
mod integrity;
mod migration;
mod opt_in;
mod paying;
mod property;
mod prune;
mod redeem;
mod renew;
mod request;
mod revoke;
mod sale;
mod views;
mod withdraw_request;

use crate::{mock::*, Consents, SealedTerms, Terms};
use frame_support::assert_ok;
use salus_policy::{
	Aim, Modifiers, Obligation, Permission, Request, ResearchRequest, ResearchTerms,
};
use salus_primitives::{
	Category, Commitment, ConsentId, ContentId, DateWindow, Day, Grantee, Moment, MultiCodec,
	PurposeOfUse, Window,
};
use sp_runtime::DispatchResult;
use std::collections::BTreeSet;

const SALT: [u8; 32] = [7; 32];

fn envelope() -> ContentId {
	ContentId { codec: MultiCodec::DagPb, digest: [2; 32] }
}

fn sealed_terms() -> SealedTerms {
	SealedTerms { commitment: Commitment([1; 32]), envelope: envelope() }
}

fn sealed() -> Terms {
	sealed_terms().into()
}

fn public(permission: Permission) -> Terms {
	Terms::Public(research(permission))
}

fn window() -> Window {
	Window { from: NOW, until: NOW + 1_000 }
}

fn set<T: Ord, S: TryFrom<BTreeSet<T>>>(items: impl IntoIterator<Item = T>) -> S {
	let items: BTreeSet<T> = items.into_iter().collect();
	S::try_from(items).ok().unwrap()
}

fn research(permission: Permission) -> salus_policy::Terms {
	salus_policy::Terms {
		permitted: set([PurposeOfUse::Research]),
		exceptions: Default::default(),
		categories: set([Category::Labs, Category::Vitals]),
		act: window(),
		data: DateWindow::ALL,
		research: Some(ResearchTerms {
			permission,
			clinical_care: false,
			modifiers: Modifiers::new(),
		}),
		obligations: Obligation::defaults(),
	}
}

fn request(aims: &[Aim]) -> Request {
	Request {
		purpose: PurposeOfUse::Research,
		categories: set([Category::Labs]),
		data: DateWindow { from: Some(Day::of(NOW)), until: None },
		research: Some(ResearchRequest { aims: set(aims.iter().cloned()), ..Default::default() }),
	}
}

fn by(who: u64) -> RuntimeOrigin {
	RuntimeOrigin::signed(who)
}

/// Forgets what was written down and told.
fn forget() {
	entries();
	events();
}

/// Grants a consent of the patient to the clinician, or to the researcher when it is public.
fn granted(terms: Terms, uses: u32) -> ConsentId {
	granted_with(terms, uses, 0)
}

/// The same, to be delegated over so many levels.
fn granted_with(terms: Terms, uses: u32, delegations: u8) -> ConsentId {
	let grantee = match &terms {
		Terms::Sealed { .. } => CLINICIAN,
		Terms::Public(_) => RESEARCHER,
	};
	let grantee = Grantee::Account(grantee);
	assert_ok!(Consent::grant(by(PATIENT), SALT, grantee, terms, window(), uses, delegations));
	forget();
	ConsentId::derive(&PATIENT, &SALT)
}

/// Passes on a part of a consent with sealed terms.
fn delegate(
	from: u64,
	parent: ConsentId,
	to: u64,
	uses: u32,
	delegations: u8,
) -> Result<ConsentId, sp_runtime::DispatchError> {
	Consent::delegate(by(from), parent, SALT, to, sealed(), window(), uses, delegations)?;
	Ok(ConsentId::derive(&from, &SALT))
}

/// A consent with sealed terms that the clinician passed on to the nurse, she to the specialist,
/// and she to the laboratory; one use of it stays with each.
fn chain() -> [ConsentId; 4] {
	let first = granted_with(sealed(), 4, 3);
	let second = delegate(CLINICIAN, first, NURSE, 3, 2).unwrap();
	let third = delegate(NURSE, second, SPECIALIST, 2, 1).unwrap();
	let fourth = delegate(SPECIALIST, third, LABORATORY, 1, 0).unwrap();
	forget();
	[first, second, third, fourth]
}

/// Asks the patient for a consent with sealed terms.
fn ask(requester: u64, salt: [u8; 32]) -> DispatchResult {
	Consent::request(by(requester), PATIENT, salt, sealed_terms(), window(), 2)
}

/// The consent for which the clinician asks the patient.
fn asked() -> ConsentId {
	assert_ok!(ask(CLINICIAN, SALT));
	forget();
	Consent::open_request(PATIENT, CLINICIAN).unwrap().consent
}

fn deny_root(who: u64, version: u32, rules: bool, no_emergency: bool) -> DispatchResult {
	let root = Commitment([version as u8; 32]);
	Consent::set_deny_root(by(who), version, root, envelope(), rules, no_emergency)
}

fn short() -> Window {
	Window { from: NOW, until: NOW + MAX_STANDING_DURATION }
}

fn claim(who: u64, salt: u8, window: Window, uses: u32) -> DispatchResult {
	Consent::claim(by(who), PATIENT, [salt; 32], sealed_terms(), window, uses)
}

/// What the clinician claims under a standing rule of the patient.
fn claimed() -> ConsentId {
	assert_ok!(deny_root(PATIENT, 0, true, false));
	assert_ok!(claim(CLINICIAN, 1, short(), 2));
	forget();
	ConsentId::derive(&CLINICIAN, &[1; 32])
}

fn wait_until(moment: Moment) {
	Timestamp::set_timestamp(moment);
}

fn uses_left(id: &ConsentId) -> u32 {
	Consents::<Test>::get(id).unwrap().uses_left
}
