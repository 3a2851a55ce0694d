// SPDX-License-Identifier: Apache-2.0
//! What custodians release without a consent.

use crate::world::{request, World, GENESIS};
use salus_policy::Exception;
use salus_primitives::{custody::CustodianRefusal, Category, EmergencyId, PurposeOfUse, Salt};
use salus_worker::{
	custodian::TicketFacts,
	sharing::{EmergencyReason, OpenedReason},
};
use std::collections::BTreeSet;

const PURPOSE: PurposeOfUse = PurposeOfUse::EmergencyTreatment;

#[tokio::test]
async fn an_emergency_opens_what_its_clinician_named_and_nothing_else() {
	let world = World::new().await;
	let (_, keys) = world.deal().await;
	for purpose in [PURPOSE, PurposeOfUse::BreakTheGlass] {
		let ticket = world.emergency(purpose, &[Category::Vitals]).await;
		let opened = world.release(&ticket).await.unwrap().segments;
		let [(facts, key)] = opened.as_slice() else { panic!("one segment is released") };
		assert_eq!((facts.category, key), (Category::Vitals, &keys[1]));
	}
}

#[tokio::test]
async fn an_emergency_is_for_treatment_of_something_named() {
	let world = World::new().await;
	world.deal().await;
	for (purpose, categories) in [
		(PurposeOfUse::Treatment, &[Category::Vitals][..]),
		(PurposeOfUse::Payment, &[Category::Vitals]),
		(PURPOSE, &[]),
	] {
		let ticket = world.emergency(purpose, categories).await;
		assert_eq!(world.release(&ticket).await.unwrap_err().code(), "SCOPE_MISMATCH");
	}
}

#[tokio::test]
async fn what_the_chain_holds_against_an_emergency_refuses() {
	type Change = fn(&mut TicketFacts);
	let world = World::new().await;
	world.deal().await;
	let changes: &[(CustodianRefusal, Change)] = &[
		// It is no emergency's ticket, or another clinician's.
		(CustodianRefusal::RequestMismatch, |facts| facts.emergency_stands = false),
		(CustodianRefusal::CredentialMissing, |facts| facts.grantee_in_good_standing = false),
		(CustodianRefusal::RecordRetired, |facts| facts.is_openable = false),
		(CustodianRefusal::RecordErased, |facts| facts.is_erased = true),
		// The subject objected, or a review ended it.
		(CustodianRefusal::TicketExpired, |facts| facts.ticket.expires_at = facts.now),
	];
	for (expected, change) in changes {
		let ticket = world.emergency(PURPOSE, &[Category::Vitals]).await;
		world.change(&ticket, change);
		assert_eq!(world.release(&ticket).await.unwrap_err().code(), expected.code());
	}
	// She objects in the newest block: not now.
	let ticket = world.emergency(PURPOSE, &[Category::Vitals]).await;
	world.change(&ticket, |facts| facts.is_being_revoked = true);
	assert_eq!(world.release(&ticket).await.unwrap_err().code(), "RELEASE_SHORT");
	world.change(&ticket, |facts| facts.is_being_revoked = false);
	assert!(world.release(&ticket).await.is_ok());
}

#[tokio::test]
async fn who_opted_out_of_emergencies_or_denies_a_category_is_respected() {
	let world = World::new().await;
	world.deal().await;
	let labs: BTreeSet<_> = [Category::Labs].into();
	let denied = Exception::of_categories(labs.try_into().unwrap());
	let root = world.denials(&world.owner, vec![denied]).await;
	for (no_emergency, category, expected) in [
		(false, Category::Vitals, None),
		(false, Category::Labs, Some("DENIED")),
		(true, Category::Vitals, Some("DENIED")),
	] {
		let ticket = world.emergency(PURPOSE, &[category]).await;
		let mut root = root;
		root.no_emergency = no_emergency;
		world.change(&ticket, |facts| facts.denials = Some(root));
		let released = world.release(&ticket).await;
		assert_eq!(released.err().map(|error| error.code().to_owned()).as_deref(), expected);
	}
}

#[tokio::test]
async fn another_reason_than_the_one_on_chain_opens_nothing() {
	let world = World::new().await;
	world.deal().await;
	let ticket = world.emergency(PURPOSE, &[Category::Vitals]).await;
	// The custodians find another document than she committed to, or one of another emergency.
	let asked = request(PURPOSE, &[Category::Vitals, Category::Labs]);
	for (emergency, request) in [
		(EmergencyId([4; 32]), asked.clone()),
		(EmergencyId([5; 32]), request(PURPOSE, &[Category::Vitals])),
	] {
		let reason = EmergencyReason::Disaster;
		let other = OpenedReason { reason, request, salt: Salt([8; 32]) };
		let sealed = other.seal(&[world.roster()], GENESIS, emergency).unwrap();
		let stored = world.store.put(&mut sealed.to_bytes().as_slice()).await.unwrap();
		let ticket = world.emergency(PURPOSE, &[Category::Vitals]).await;
		world.change(&ticket, |facts| match &mut facts.ticket.request {
			salus_chain::AccessRequest::Sealed { envelope, .. } => *envelope = stored.id,
			salus_chain::AccessRequest::Public(_) => unreachable!("reasons are sealed"),
		});
		assert_eq!(world.release(&ticket).await.unwrap_err().code(), "REQUEST_MISMATCH");
	}
	// A request in the open is none for an emergency.
	world.change(&ticket, |facts| {
		facts.ticket.request = salus_chain::AccessRequest::Public(Box::new(asked));
	});
	assert_eq!(world.release(&ticket).await.unwrap_err().code(), "REQUEST_MISMATCH");
}
