// SPDX-License-Identifier: Apache-2.0
//! What a custodian releases, and every reason for which it does not.

use crate::world::{labs, request, terms, Opened, World, CONSENT, NOW};
use salus_chain::{AccessRequest, AccountId, ConsentState, ConsentTerms, DenyRoot};
use salus_policy::{Aim, Ancestors, Exception, Mondo, Permission, ResearchRequest, ResearchTerms};
use salus_primitives::{
	custody::CustodianRefusal, Basis, Category, ConsentId, DateWindow, Day, EncryptionKey, Grantee,
	PurposeOfUse, Role, Suite,
};
use salus_worker::{
	custodian::{Custodian, Settings, TicketFacts},
	sharing::StandingRule,
	Error,
};
use std::{collections::BTreeSet, time::Duration};

/// What one custodian says.
async fn asked(world: &World, ticket: &Opened) -> Result<Vec<Category>, Error> {
	let released = world.members[0].release(&ticket.id, 0).await?;
	Ok(released.segments.iter().map(|segment| segment.facts.category).collect())
}

async fn refusal(world: &World, ticket: &Opened) -> CustodianRefusal {
	match asked(world, ticket).await {
		Err(Error::ReleaseRefused { refusal, .. }) => refusal,
		other => panic!("not a refusal: {other:?}"),
	}
}

async fn deferral(world: &World, ticket: &Opened) -> CustodianRefusal {
	match asked(world, ticket).await {
		Err(Error::ReleaseDeferred { refusal, .. }) => refusal,
		other => panic!("not put off: {other:?}"),
	}
}

#[tokio::test]
async fn what_is_permitted_opens_and_nothing_else() {
	let world = World::new().await;
	let (_, keys) = world.deal().await;
	let ticket = labs(&world).await;
	let released = world.release(&ticket).await.unwrap();
	let [(facts, key)] = released.segments.as_slice() else { panic!("one segment is released") };
	assert_eq!((facts.category, key), (Category::Labs, &keys[0]));

	let all = [Category::Labs, Category::Vitals, Category::Original];
	let ticket = world.ticket(terms(&all), request(PurposeOfUse::Treatment, &all)).await;
	let released = world.release(&ticket).await.unwrap();
	let opened: Vec<_> = released.segments.iter().map(|(_, key)| key.clone()).collect();
	assert_eq!(opened, keys);
	assert!(released.failures.is_empty());
}

#[tokio::test]
async fn everything_that_the_chain_holds_against_it_refuses() {
	type Change = fn(&mut TicketFacts);
	let world = World::new().await;
	world.deal().await;
	let changes: &[(CustodianRefusal, Change)] = &[
		(CustodianRefusal::ConsentRevoked, |facts| {
			facts.consents[0].1.state = ConsentState::Revoked;
		}),
		// Pruned: it is gone from the chain.
		(CustodianRefusal::ConsentRevoked, |facts| facts.consents.clear()),
		(CustodianRefusal::ConsentRevoked, |facts| {
			facts.consents[0].1.parent = Some(ConsentId([1; 32]));
			facts.is_rooted = false;
		}),
		(CustodianRefusal::ConsentRevoked, |facts| {
			facts.consents[0].1.subject = facts.ticket.grantee;
		}),
		(CustodianRefusal::ConsentExpired, |facts| facts.consents[0].1.window.until = NOW),
		(CustodianRefusal::ConsentExpired, |facts| facts.consents[0].1.window.from = NOW + 1),
		// Amended since.
		(CustodianRefusal::RequestMismatch, |facts| facts.consents[0].1.version = 2),
		(CustodianRefusal::RecordRetired, |facts| facts.is_openable = false),
		(CustodianRefusal::RecordErased, |facts| facts.is_erased = true),
		(CustodianRefusal::CredentialMissing, |facts| facts.grantee_in_good_standing = false),
		// Claimed, and she has no rules, or not any more.
		(CustodianRefusal::ConsentRevoked, |facts| {
			facts.consents[0].1.basis = Basis::StandingRule { version: 1 };
		}),
		(CustodianRefusal::TicketExpired, |facts| facts.ticket.expires_at = facts.now),
	];
	for (expected, change) in changes {
		let ticket = labs(&world).await;
		world.change(&ticket, change);
		assert_eq!(refusal(&world, &ticket).await, *expected);
		// Everyone says so, which the grantee gets to know.
		let error = world.release(&ticket).await.unwrap_err();
		assert_eq!(error.code(), expected.code());
	}
}

#[tokio::test]
async fn what_the_terms_do_not_permit_is_refused() {
	let world = World::new().await;
	world.deal().await;
	let granted = || terms(&[Category::Labs]);
	let mut excepting = terms(&[Category::Labs, Category::Vitals]);
	let labs: BTreeSet<_> = [Category::Labs].into();
	let exceptions: BTreeSet<_> = [Exception::of_categories(labs.try_into().unwrap())].into();
	excepting.exceptions = exceptions.try_into().unwrap();
	for (terms, request) in [
		// Another category; beyond the terms; another purpose; no category at all.
		(granted(), request(PurposeOfUse::Treatment, &[Category::Vitals])),
		(granted(), request(PurposeOfUse::Treatment, &[Category::Labs, Category::Original])),
		(granted(), request(PurposeOfUse::Marketing, &[Category::Labs])),
		(granted(), request(PurposeOfUse::Treatment, &[])),
		// Excepted.
		(excepting, request(PurposeOfUse::Treatment, &[Category::Labs])),
	] {
		let ticket = world.ticket(terms, request).await;
		assert_eq!(refusal(&world, &ticket).await, CustodianRefusal::ScopeMismatch);
	}
}

#[tokio::test]
async fn a_ticket_key_that_nothing_can_be_sealed_to_is_refused() {
	let world = World::new().await;
	world.deal().await;
	let ticket = labs(&world).await;
	let unusable = EncryptionKey::new(Suite::X25519, &[0; 32]).unwrap();
	world.change(&ticket, |facts| facts.ticket.ephemeral_key = unusable);
	assert_eq!(refusal(&world, &ticket).await, CustodianRefusal::RequestMismatch);
}

#[tokio::test]
async fn what_a_request_says_of_diseases_over_others_is_not_believed() {
	fn set<T: Ord, S: TryFrom<BTreeSet<T>>>(one: T) -> S {
		S::try_from([one].into()).unwrap_or_else(|_| panic!("one is not too many"))
	}
	let world = World::new().await;
	world.deal().await;
	let of =
		|disease: u32, ancestors: Ancestors| Aim::Disease { disease: Mondo(disease), ancestors };
	for (aim, permitted) in [
		(of(1, Ancestors::new()), true),
		(of(2, Ancestors::new()), false),
		(of(2, set(Mondo(1))), false),
	] {
		let mut terms = terms(&[Category::Labs]);
		terms.permitted = set(PurposeOfUse::Research);
		terms.research = Some(ResearchTerms {
			permission: Permission::DiseaseSpecific(set(Mondo(1))),
			clinical_care: false,
			modifiers: Default::default(),
		});
		let mut request = request(PurposeOfUse::Research, &[Category::Labs]);
		request.research = Some(ResearchRequest { aims: set(aim), ..Default::default() });
		let ticket = world.ticket(terms, request).await;
		match permitted {
			true => assert_eq!(asked(&world, &ticket).await.unwrap(), [Category::Labs]),
			false => assert_eq!(refusal(&world, &ticket).await, CustodianRefusal::ScopeMismatch),
		}
	}
}

#[tokio::test]
async fn what_the_subject_denies_is_denied_whatever_she_granted() {
	let world = World::new().await;
	world.deal().await;
	let categories: BTreeSet<_> = [Category::Vitals].into();
	let of_vitals = Exception::of_categories(categories.try_into().unwrap());
	let purposes: BTreeSet<_> = [PurposeOfUse::Marketing].into();
	let of_marketing = Exception::of_purposes(purposes.try_into().unwrap());
	let root = world.denials(&world.owner, vec![of_vitals, of_marketing]).await;
	let all = || terms(&[Category::Labs, Category::Vitals, Category::Original]);
	for (categories, expected) in [
		(&[Category::Labs][..], None),
		(&[Category::Vitals], Some(CustodianRefusal::Denied)),
		(&[Category::Labs, Category::Vitals], Some(CustodianRefusal::Denied)),
		// The original file holds every category.
		(&[Category::Original], Some(CustodianRefusal::Denied)),
	] {
		let ticket = world.ticket(all(), request(PurposeOfUse::Treatment, categories)).await;
		world.change(&ticket, |facts| facts.denials = Some(root));
		match expected {
			None => assert_eq!(asked(&world, &ticket).await.unwrap(), categories),
			Some(expected) => assert_eq!(refusal(&world, &ticket).await, expected),
		}
	}
}

#[tokio::test]
async fn without_the_current_opening_of_what_is_denied_nothing_opens() {
	let world = World::new().await;
	world.deal().await;
	let current = world.denials(&world.owner, Vec::new()).await;
	let ticket = labs(&world).await;
	world.change(&ticket, |facts| facts.denials = Some(current));
	assert_eq!(asked(&world, &ticket).await.unwrap(), [Category::Labs]);

	let missing = CustodianRefusal::DenyRootMissing;
	// An opening of before, somebody else's, and none at all.
	let before = world.denials(&world.owner, Vec::new()).await;
	let others = world.denials(&world.grantee, Vec::new()).await;
	let stored = world.store.put(&mut b"nothing".as_slice()).await.unwrap();
	for opening in [before.opening, others.opening, stored.id] {
		let ticket = labs(&world).await;
		world.change(&ticket, |facts| facts.denials = Some(DenyRoot { opening, ..current }));
		assert_eq!(refusal(&world, &ticket).await, missing);
	}
}

/// A ticket under a consent that its grantee claimed, and wrote the terms of herself.
async fn claimed(world: &World, rules: Vec<StandingRule>) -> Opened {
	let root = world.denials_and_rules(&world.owner, Vec::new(), rules).await;
	let ticket = labs(world).await;
	world.change(&ticket, |facts| {
		facts.denials = Some(root);
		facts.consents[0].1.basis = Basis::StandingRule { version: 1 };
	});
	ticket
}

fn rule(grantee: Grantee<AccountId>, categories: &[Category]) -> StandingRule {
	StandingRule { grantee, terms: terms(categories) }
}

#[tokio::test]
async fn a_claimed_consent_opens_what_a_standing_rule_approves() {
	let world = World::new().await;
	world.deal().await;
	let (labs, vitals) = (&[Category::Labs][..], &[Category::Vitals][..]);
	let clinicians = Grantee::Role(Role::Clinician);
	let her = Grantee::Account(world.grantee.account());
	for rules in [
		vec![rule(clinicians, labs)],
		vec![rule(her, labs)],
		vec![rule(clinicians, vitals), rule(clinicians, &[Category::Labs, Category::Vitals])],
	] {
		let ticket = claimed(&world, rules).await;
		assert_eq!(asked(&world, &ticket).await.unwrap(), [Category::Labs]);
	}
	// For others, or of something else; with dates that the data may be outside of.
	let mut dated = rule(clinicians, labs);
	dated.terms.data = DateWindow { from: Some(Day(1)), until: None };
	for rules in [
		vec![rule(Grantee::Role(Role::Researcher), labs)],
		vec![rule(Grantee::Account(world.owner.account()), labs)],
		vec![rule(clinicians, vitals)],
		vec![dated],
	] {
		let ticket = claimed(&world, rules).await;
		assert_eq!(refusal(&world, &ticket).await, CustodianRefusal::ScopeMismatch);
	}
}

#[tokio::test]
async fn a_rule_that_was_switched_off_since_opens_nothing() {
	let world = World::new().await;
	world.deal().await;
	let rules = || vec![rule(Grantee::Role(Role::Clinician), &[Category::Labs])];
	for since in [None, Some(2)] {
		let ticket = claimed(&world, rules()).await;
		world.change(&ticket, |facts| facts.denials.as_mut().unwrap().rules_since = since);
		assert_eq!(refusal(&world, &ticket).await, CustodianRefusal::ConsentRevoked);
	}
	// Nor does one whose opening is another's.
	let ticket = claimed(&world, rules()).await;
	let others = world.denials_and_rules(&world.grantee, Vec::new(), rules()).await;
	world.change(&ticket, |facts| facts.denials.as_mut().unwrap().opening = others.opening);
	assert_eq!(refusal(&world, &ticket).await, CustodianRefusal::DenyRootMissing);
	// What she denies she does not approve.
	let labs: BTreeSet<_> = [Category::Labs].into();
	let denied = vec![Exception::of_categories(labs.try_into().unwrap())];
	let ticket = claimed(&world, rules()).await;
	let root = world.denials_and_rules(&world.owner, denied, rules()).await;
	world.change(&ticket, |facts| facts.denials = Some(root));
	assert_eq!(refusal(&world, &ticket).await, CustodianRefusal::Denied);
}

#[tokio::test]
async fn a_request_that_is_not_the_committed_one_is_refused() {
	let world = World::new().await;
	world.deal().await;
	let mismatch = CustodianRefusal::RequestMismatch;

	// The request, or the terms, are others than those on chain.
	let ticket = labs(&world).await;
	world.change(&ticket, |facts| match &mut facts.ticket.request {
		AccessRequest::Sealed { commitment, .. } => commitment.0[0] ^= 1,
		AccessRequest::Public(_) => unreachable!("it is sealed"),
	});
	assert_eq!(refusal(&world, &ticket).await, mismatch);
	let ticket = labs(&world).await;
	world.change(&ticket, |facts| match &mut facts.consents[0].1.terms {
		ConsentTerms::Sealed { commitment, .. } => commitment.0[0] ^= 1,
		ConsentTerms::Public(_) => unreachable!("they are sealed"),
	});
	assert_eq!(refusal(&world, &ticket).await, mismatch);

	// Sealed terms cannot be asked for openly, and public ones need no opening.
	let opened = request(PurposeOfUse::Treatment, &[Category::Labs]);
	let ticket = labs(&world).await;
	world.change(&ticket, |facts| facts.ticket.request = AccessRequest::Public(Box::new(opened)));
	assert_eq!(refusal(&world, &ticket).await, mismatch);
	let ticket = labs(&world).await;
	let public = ConsentTerms::Public(Box::new(terms(&[Category::Labs])));
	world.change(&ticket, |facts| facts.consents[0].1.terms = public);
	assert_eq!(refusal(&world, &ticket).await, mismatch);

	// What lies in the store is no request at all.
	let ticket = labs(&world).await;
	let stored = world.store.put(&mut b"something else".as_slice()).await.unwrap();
	world.change(&ticket, |facts| match &mut facts.ticket.request {
		AccessRequest::Sealed { envelope, .. } => *envelope = stored.id,
		AccessRequest::Public(_) => unreachable!("it is sealed"),
	});
	assert_eq!(refusal(&world, &ticket).await, mismatch);
}

#[tokio::test]
async fn public_terms_are_taken_from_the_chain() {
	let world = World::new().await;
	let (_, keys) = world.deal().await;
	let ask = |categories: &[Category]| {
		let asked = Box::new(request(PurposeOfUse::Treatment, categories));
		let terms = ConsentTerms::Public(Box::new(terms(&[Category::Vitals])));
		world.ticket_of(AccessRequest::Public(asked), terms)
	};
	let released = world.release(&ask(&[Category::Vitals])).await.unwrap();
	assert_eq!(released.segments[0].1, keys[1]);
	let ticket = ask(&[Category::Labs]);
	assert_eq!(refusal(&world, &ticket).await, CustodianRefusal::ScopeMismatch);
}

#[tokio::test]
async fn every_consent_above_has_to_permit_it() {
	let world = World::new().await;
	world.deal().await;
	let parent = ConsentId([2; 32]);
	let delegated = |above: &'static [Category]| {
		let world = &world;
		async move {
			let ask = Box::new(request(PurposeOfUse::Treatment, &[Category::Labs]));
			let own = ConsentTerms::Public(Box::new(terms(&[Category::Labs])));
			let ticket = world.ticket_of(AccessRequest::Public(ask), own);
			world.change(&ticket, |facts| {
				let mut consent = facts.consents[0].1.clone();
				consent.terms = ConsentTerms::Public(Box::new(terms(above)));
				facts.consents[0].1.parent = Some(parent);
				facts.consents.push((parent, consent));
			});
			ticket
		}
	};
	let ticket = delegated(&[Category::Labs]).await;
	assert_eq!(asked(&world, &ticket).await.unwrap(), [Category::Labs]);
	let ticket = delegated(&[Category::Vitals]).await;
	assert_eq!(refusal(&world, &ticket).await, CustodianRefusal::ScopeMismatch);
	let ticket = delegated(&[Category::Labs]).await;
	world.change(&ticket, |facts| facts.consents[1].1.state = ConsentState::Revoked);
	assert_eq!(refusal(&world, &ticket).await, CustodianRefusal::ConsentRevoked);
	let ticket = delegated(&[Category::Labs]).await;
	world.change(&ticket, |facts| facts.consents[1].1.window.until = NOW);
	assert_eq!(refusal(&world, &ticket).await, CustodianRefusal::ConsentExpired);
	// The sealed terms of the one above have to come with the request.
	let ticket = labs(&world).await;
	world.change(&ticket, |facts| {
		let above = facts.consents[0].1.clone();
		facts.consents[0].1.parent = Some(parent);
		facts.consents.push((parent, above));
	});
	assert_eq!(refusal(&world, &ticket).await, CustodianRefusal::RequestMismatch);
}

#[tokio::test]
async fn an_unfinalised_ticket_opens_nothing() {
	let world = World::new().await;
	world.deal().await;
	let ticket = labs(&world).await;
	let facts = world.view.0.lock().unwrap().tickets.remove(&ticket.id).unwrap();
	assert_eq!(asked(&world, &ticket).await.unwrap_err().code(), "TICKET_NOT_FINALISED");
	// A fork that carries it may lose; when it is final, it opens.
	world.view.0.lock().unwrap().tickets.insert(ticket.id, facts);
	assert_eq!(asked(&world, &ticket).await.unwrap(), [Category::Labs]);
}

#[tokio::test]
async fn what_is_not_final_yet_puts_a_release_off_but_never_brings_one_about() {
	let world = World::new().await;
	world.deal().await;
	let ticket = labs(&world).await;
	world.change(&ticket, |facts| facts.is_being_revoked = true);
	assert_eq!(deferral(&world, &ticket).await, CustodianRefusal::ConsentRevoked);
	// The block that revoked it lost: nothing was said for good.
	world.change(&ticket, |facts| facts.is_being_revoked = false);
	assert_eq!(asked(&world, &ticket).await.unwrap(), [Category::Labs]);
}

#[tokio::test]
async fn a_head_that_is_stale_or_runs_unknown_code_releases_nothing() {
	let world = World::new().await;
	world.deal().await;
	let ticket = labs(&world).await;
	world.clock.advance(Duration::from_millis(Settings::default().max_lag));
	assert_eq!(asked(&world, &ticket).await.unwrap(), [Category::Labs]);
	world.clock.advance(Duration::from_millis(1));
	assert_eq!(deferral(&world, &ticket).await, CustodianRefusal::StaleHead);

	let world = World::new().await;
	world.deal().await;
	let ticket = labs(&world).await;
	world.change(&ticket, |facts| facts.code = [2; 32]);
	assert_eq!(deferral(&world, &ticket).await, CustodianRefusal::RuntimeNotApproved);
	// At the end of the ticket it owes the chain an answer all the same.
	world.change(&ticket, |facts| facts.now = facts.ticket.expires_at);
	assert_eq!(refusal(&world, &ticket).await, CustodianRefusal::RuntimeNotApproved);
}

#[tokio::test]
async fn a_grantee_who_asks_too_often_waits() {
	let world = World::new().await;
	world.deal().await;
	let settings = Settings { hourly_releases: 2, ..Settings::default() };
	let member = world.start(0, settings).await.unwrap();
	let mut tickets = Vec::new();
	for _ in 0..3 {
		tickets.push(labs(&world).await);
	}
	for ticket in &tickets[..2] {
		member.release(&ticket.id, 0).await.unwrap();
	}
	let error = member.release(&tickets[2].id, 0).await.unwrap_err();
	let limited =
		matches!(error, Error::ReleaseDeferred { refusal: CustodianRefusal::RateLimited, .. });
	assert!(limited, "{error}");
	// What was released before is given again, and an hour later there is room.
	member.release(&tickets[0].id, 0).await.unwrap();
	world.clock.advance(Duration::from_secs(3_601));
	world.change(&tickets[2], |facts| {
		facts.now += 3_601_000;
		facts.ticket.expires_at += 3_601_000;
	});
	member.release(&tickets[2].id, 0).await.unwrap();
}

#[tokio::test]
async fn the_same_ticket_gives_the_same_bytes_until_its_consent_ends() {
	let world = World::new().await;
	world.deal().await;
	let ticket = labs(&world).await;
	let first = world.members[0].release(&ticket.id, 0).await.unwrap();
	assert_eq!(world.members[0].release(&ticket.id, 0).await.unwrap(), first);
	// A process that starts anew has kept them.
	let again = world.start(0, Settings::default()).await.unwrap();
	assert_eq!(again.release(&ticket.id, 0).await.unwrap(), first);
	world.change(&ticket, |facts| facts.consents[0].1.state = ConsentState::Revoked);
	assert_eq!(refusal(&world, &ticket).await, CustodianRefusal::ConsentRevoked);
	// A refusal is final too: a consent does not come back for a ticket that it refused.
	let refused = labs(&world).await;
	world.change(&refused, |facts| facts.grantee_in_good_standing = false);
	assert_eq!(refusal(&world, &refused).await, CustodianRefusal::CredentialMissing);
	world.change(&refused, |facts| facts.grantee_in_good_standing = true);
	assert_eq!(refusal(&world, &refused).await, CustodianRefusal::CredentialMissing);
	assert_eq!(CONSENT, ConsentId([6; 32]));
}
