// SPDX-License-Identifier: Apache-2.0
//! What custodians release to who bought it.

use crate::world::{request, terms, World};
use salus_chain::{AccessRequest, AccountId, Sale};
use salus_policy::{Exception, Request};
use salus_primitives::{
	custody::CustodianRefusal, Category, DateWindow, Day, PurposeOfUse, RecordId, Salt,
};
use salus_worker::{
	custodian::TicketFacts,
	sharing::{OpenedRequest, OpenedTerms},
};
use std::collections::BTreeSet;

/// What a data set holds: no source file.
const SOLD: [Category; 3] = [Category::Labs, Category::Vitals, Category::Medications];
const PURPOSE: PurposeOfUse = PurposeOfUse::Research;

async fn data_set() -> World {
	let mut world = World::new().await;
	world.segments = SOLD.map(|category| (category, 0, 4096)).to_vec();
	world
}

fn all() -> Request {
	request(PURPOSE, &SOLD)
}

fn sale(facts: &mut TicketFacts) -> &mut Sale {
	facts.sale.as_mut().unwrap()
}

async fn refusal(world: &World, request: Request) -> String {
	let ticket = world.purchase(request).await;
	world.release(&ticket).await.unwrap_err().code().to_owned()
}

#[tokio::test]
async fn who_bought_a_data_set_gets_all_of_it() {
	let world = data_set().await;
	let (_, keys) = world.deal().await;
	for purpose in [PURPOSE, PurposeOfUse::ClinicalTrial] {
		let ticket = world.purchase(request(purpose, &SOLD)).await;
		let opened = world.release(&ticket).await.unwrap().segments;
		let released: Vec<_> = opened.iter().map(|(facts, key)| (facts.category, key)).collect();
		let expected: Vec<_> = SOLD.into_iter().zip(&keys).collect();
		assert_eq!(released, expected);
	}
}

#[tokio::test]
async fn a_data_set_is_released_whole_or_not_at_all() {
	let world = data_set().await;
	world.deal().await;
	let some_days = DateWindow { from: Some(Day(1)), until: None };
	for asked in
		[request(PURPOSE, &SOLD[..2]), request(PURPOSE, &[]), Request { data: some_days, ..all() }]
	{
		assert_eq!(refusal(&world, asked).await, "SCOPE_MISMATCH");
	}
}

#[tokio::test]
async fn it_is_for_what_the_seller_said() {
	let world = data_set().await;
	world.deal().await;
	for purpose in [PurposeOfUse::Treatment, PurposeOfUse::MachineLearning, PurposeOfUse::Marketing]
	{
		assert_eq!(refusal(&world, request(purpose, &SOLD)).await, "SCOPE_MISMATCH");
	}
}

#[tokio::test]
async fn source_files_and_sensitive_data_are_not_sold() {
	for unsold in [Category::Original, Category::Hiv, Category::Genomics] {
		let mut world = data_set().await;
		world.segments[2].0 = unsold;
		world.deal().await;
		let categories = [SOLD[0], SOLD[1], unsold];
		assert_eq!(refusal(&world, request(PURPOSE, &categories)).await, "SCOPE_MISMATCH");
	}
}

#[tokio::test]
async fn what_the_chain_holds_against_a_sale_refuses() {
	type Change = fn(&mut TicketFacts);
	let world = data_set().await;
	world.deal().await;
	let changes: &[(CustodianRefusal, Change)] = &[
		(CustodianRefusal::ConsentRevoked, |facts| sale(facts).revoked = true),
		(CustodianRefusal::ConsentRevoked, |facts| facts.sale = None),
		(CustodianRefusal::ConsentExpired, |facts| sale(facts).until = facts.now),
		// It is for somebody else, of somebody else, or for something else.
		(CustodianRefusal::RequestMismatch, |facts| sale(facts).buyer = AccountId::new([1; 32])),
		(CustodianRefusal::RequestMismatch, |facts| sale(facts).seller = AccountId::new([1; 32])),
		(CustodianRefusal::RequestMismatch, |facts| sale(facts).record = RecordId([1; 32])),
		(CustodianRefusal::CredentialMissing, |facts| facts.grantee_in_good_standing = false),
		(CustodianRefusal::RecordRetired, |facts| facts.is_openable = false),
		(CustodianRefusal::RecordErased, |facts| facts.is_erased = true),
		(CustodianRefusal::TicketExpired, |facts| facts.ticket.expires_at = facts.now),
	];
	for (expected, change) in changes {
		let ticket = world.purchase(all()).await;
		world.change(&ticket, change);
		assert_eq!(world.release(&ticket).await.unwrap_err().code(), expected.code());
	}
	// She takes it back in the newest block: not now.
	let ticket = world.purchase(all()).await;
	world.change(&ticket, |facts| facts.is_being_revoked = true);
	assert_eq!(world.release(&ticket).await.unwrap_err().code(), "RELEASE_SHORT");
	world.change(&ticket, |facts| facts.is_being_revoked = false);
	assert!(world.release(&ticket).await.is_ok());
}

#[tokio::test]
async fn what_the_seller_denies_is_not_sold_either() {
	let world = data_set().await;
	world.deal().await;
	let vitals: BTreeSet<_> = [Category::Vitals].into();
	let denied = Exception::of_categories(vitals.try_into().unwrap());
	let root = world.denials(&world.owner, vec![denied]).await;
	let ticket = world.purchase(all()).await;
	world.change(&ticket, |facts| facts.denials = Some(root));
	assert_eq!(world.release(&ticket).await.unwrap_err().code(), "DENIED");
}

#[tokio::test]
async fn another_request_than_the_one_on_chain_opens_nothing() {
	let world = data_set().await;
	world.deal().await;
	// With terms of a consent: a sale rests on none.
	let terms = OpenedTerms { terms: terms(&SOLD), salt: Salt([1; 32]) };
	let opened = OpenedRequest { request: all(), salt: Salt([8; 32]), terms: vec![terms] };
	let ticket = world.purchase_of(opened).await;
	assert_eq!(world.release(&ticket).await.unwrap_err().code(), "REQUEST_MISMATCH");
	// The custodians find another document than the buyer committed to.
	let other = world.purchase(request(PURPOSE, &SOLD[..1])).await;
	let found = world.view.0.lock().unwrap().tickets[&other.id].ticket.request.clone();
	let AccessRequest::Sealed { envelope: elsewhere, .. } = found else { panic!("it is sealed") };
	let ticket = world.purchase(all()).await;
	world.change(&ticket, |facts| match &mut facts.ticket.request {
		AccessRequest::Sealed { envelope, .. } => *envelope = elsewhere,
		AccessRequest::Public(_) => unreachable!("purchases are sealed"),
	});
	assert_eq!(world.release(&ticket).await.unwrap_err().code(), "REQUEST_MISMATCH");
	// A request in the open is none for a sale.
	world.change(&ticket, |facts| {
		facts.ticket.request = AccessRequest::Public(Box::new(all()));
	});
	assert_eq!(world.release(&ticket).await.unwrap_err().code(), "REQUEST_MISMATCH");
}

#[tokio::test]
async fn what_was_released_is_not_given_out_again_once_the_sale_is_withdrawn() {
	let world = data_set().await;
	world.deal().await;
	let ticket = world.purchase(all()).await;
	assert!(world.release(&ticket).await.is_ok());
	// Withdrawn after the release: the same ticket gives nothing out again.
	world.change(&ticket, |facts| sale(facts).revoked = true);
	assert_eq!(world.release(&ticket).await.unwrap_err().code(), "CONSENT_REVOKED");
}
