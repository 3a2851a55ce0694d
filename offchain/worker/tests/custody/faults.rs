// SPDX-License-Identifier: Apache-2.0
//! Custodians that fail, lie, or fall silent.

use crate::world::{custodian, labs, World, GENESIS};
use async_trait::async_trait;
use salus_chain::Signature;
use salus_crypto::{custody::ShareCombiner, EphemeralKey};
use salus_primitives::{custody::CustodianRefusal, EncryptionKey, Salt, Suite, TicketId};
use salus_worker::{
	custodian::{Custodian, Deposit, Released},
	Error, Result,
};
use std::sync::Arc;

/// A custodian that changes what an honest one would have said.
pub(crate) struct Liar<F>(pub(crate) Arc<dyn Custodian>, pub(crate) F);

#[async_trait]
impl<F> Custodian for Liar<F>
where
	F: Fn(Released) -> Result<Released> + Send + Sync,
{
	async fn deposit(&self, deposit: &Deposit) -> Result<Signature> {
		self.0.deposit(deposit).await
	}

	async fn release(&self, ticket: &TicketId, from: u16) -> Result<Released> {
		self.1(self.0.release(ticket, from).await?)
	}
}

/// Signs as the custodian at seat 0 does.
fn signed(mut released: Released) -> Released {
	released.signature = custodian(0).sign(&released.message(GENESIS));
	released
}

#[tokio::test]
async fn one_custodian_that_lies_is_named_and_the_open_succeeds() {
	let world = World::new().await;
	let (_, keys) = world.deal().await;
	let honest = Arc::clone(&world.members[0]) as Arc<dyn Custodian>;
	let other = labs(&world).await;
	let others = world.members[0].release(&other.id, 0).await.unwrap();
	let second = {
		let ticket = labs(&world).await;
		(ticket.id, world.members[1].release(&ticket.id, 0).await.unwrap())
	};

	type Lie = Box<dyn Fn(Released) -> Result<Released> + Send + Sync>;
	let lies: Vec<(&str, Lie)> = vec![
		// Somebody else's signature, or none over this.
		(
			"CUSTODIAN_MALFORMED",
			Box::new(|mut released| {
				released.salt = Salt([0; 32]);
				Ok(released)
			}),
		),
		// The release of another ticket, signed for this one.
		("CUSTODY_SHARE_NOT_OPENED", {
			let others = others.clone();
			Box::new(move |mut released| {
				released.segments = others.segments.clone();
				Ok(signed(released))
			})
		}),
		// A replay of the other ticket's answer.
		("CUSTODIAN_MALFORMED", Box::new(move |_| Ok(others.clone()))),
		// The answer of another custodian.
		("CUSTODIAN_MALFORMED", Box::new(move |_| Ok(second.1.clone()))),
		// What its owner never said of a segment.
		(
			"CUSTODIAN_MALFORMED",
			Box::new(|mut released| {
				released.segments[0].facts.content.digest[0] ^= 1;
				Ok(signed(released))
			}),
		),
		// Silence.
		(
			"RELEASE_DEFERRED",
			Box::new(|released| {
				let (ticket, refusal) = (released.ticket, CustodianRefusal::StaleHead);
				Err(Error::ReleaseDeferred { ticket, refusal })
			}),
		),
	];
	for (code, lie) in lies {
		let ticket = labs(&world).await;
		let liar: Arc<dyn Custodian> = Arc::new(Liar(Arc::clone(&honest), lie));
		let committee = world.committee_with([(0, Some(Arc::clone(&liar)))]);
		let released = committee.release(&ticket.id, &ticket.ephemeral, 0).await.unwrap();
		assert_eq!(released.segments[0].1, keys[0]);
		// Whether it was heard at all depends on who answers first.
		for failure in released.failures {
			assert_eq!(failure.custodian, custodian(0).account());
			assert_eq!(failure.error.code(), code);
		}
		// With another one lost it is heard, and named.
		let committee = world.committee_with([(0, Some(liar)), (2, None)]);
		let error = committee.release(&ticket.id, &ticket.ephemeral, 0).await.unwrap_err();
		let Error::ReleaseShort { found: 1, failures, .. } = error else { panic!("{error}") };
		let named = failures.iter().find(|failure| failure.custodian == custodian(0).account());
		assert_eq!(named.unwrap().error.code(), code);
	}
}

#[tokio::test]
async fn a_custodian_that_opens_less_does_not_hide_a_segment() {
	let world = World::new().await;
	let (_, keys) = world.deal().await;
	let honest = Arc::clone(&world.members[0]) as Arc<dyn Custodian>;
	let ticket = labs(&world).await;
	let liar: Arc<dyn Custodian> = Arc::new(Liar(honest, |mut released: Released| {
		released.segments.clear();
		Ok(signed(released))
	}));
	let committee = world.committee_with([(0, Some(Arc::clone(&liar)))]);
	let released = committee.release(&ticket.id, &ticket.ephemeral, 0).await.unwrap();
	assert_eq!(released.segments[0].1, keys[0]);
	for failure in released.failures {
		assert_eq!(failure.custodian, custodian(0).account());
		assert_eq!(failure.error.code(), "CUSTODIAN_DISAGREES");
	}
	// One against one: nothing opens, whoever lies.
	let committee = world.committee_with([(0, Some(liar)), (2, None)]);
	let error = committee.release(&ticket.id, &ticket.ephemeral, 0).await.unwrap_err();
	assert_eq!(error.code(), "RELEASE_SHORT");
}

#[tokio::test]
async fn a_member_without_a_usable_key_hurts_nobody_else() {
	let world = World::new().await;
	let (_, keys) = world.deal().await;
	// It left the registry, or registered a key that nothing can be sealed to.
	let unusable = EncryptionKey::new(Suite::X25519, &[0; 32]).unwrap();
	for key in [None, Some(unusable)] {
		let mut roster = world.roster();
		roster.members[2].key = key;
		world.view.0.lock().unwrap().roster = Some(roster);
		let ticket = labs(&world).await;
		let released = world.release(&ticket).await.unwrap();
		assert_eq!(released.segments[0].1, keys[0]);
		let error = world.members[2].release(&ticket.id, 0).await.unwrap_err();
		assert_eq!(error.code(), "REQUEST_MISMATCH");
	}
}

#[tokio::test]
async fn a_suspended_member_takes_and_releases_nothing() {
	let world = World::new().await;
	world.deal().await;
	let mut roster = world.roster();
	roster.members[0].is_suspended = true;
	world.view.0.lock().unwrap().roster = Some(roster);
	let ticket = labs(&world).await;
	let member = &world.members[0];
	assert_eq!(member.release(&ticket.id, 0).await.unwrap_err().code(), "NOT_A_MEMBER");
	let (deposits, _) = world.deposits();
	assert_eq!(member.deposit(&deposits[0]).await.unwrap_err().code(), "NOT_A_MEMBER");
	world.release(&ticket).await.unwrap();
}

#[tokio::test]
async fn one_custodian_alone_opens_nothing_and_two_do() {
	let world = World::new().await;
	let (_, keys) = world.deal().await;
	let ticket = labs(&world).await;
	for (lost, opens) in [(&[0u8, 1][..], false), (&[2], true), (&[0], true)] {
		let committee = world.committee_with(lost.iter().map(|seat| (*seat, None)));
		match committee.release(&ticket.id, &ticket.ephemeral, 0).await {
			Ok(released) => assert!(opens && released.segments[0].1 == keys[0]),
			Err(Error::ReleaseShort { found: 1, needed: 2, failures, .. }) => {
				assert!(!opens);
				assert_eq!(failures.len(), 2);
			},
			Err(other) => panic!("{other}"),
		}
	}
}

#[tokio::test]
async fn what_is_released_is_for_the_holder_of_the_ticket_only() {
	let world = World::new().await;
	let (dealing, _) = world.deal().await;
	let ticket = labs(&world).await;
	let stranger = EphemeralKey::generate().unwrap();
	let error = world.committee().release(&ticket.id, &stranger, 0).await.unwrap_err();
	let Error::ReleaseShort { failures, .. } = error else { panic!("{error}") };
	assert!(failures.iter().all(|failure| failure.error.code() == "CUSTODY_SHARE_NOT_OPENED"));

	// All that one custodian has and gives, in the right hands: still no key.
	let released = world.members[0].release(&ticket.id, 0).await.unwrap();
	let context = world.deposits().0[0].context(GENESIS, world.scheme()).unwrap();
	let mut alone = ShareCombiner::new(context, dealing.digest, ticket.id, 0).unwrap();
	alone
		.add(ticket.ephemeral.secret(), released.seat, released.segments[0].share.as_ref().unwrap())
		.unwrap();
	assert_eq!(alone.finish().unwrap_err().code(), "CUSTODY_TOO_FEW_SHARES");
}

#[tokio::test]
async fn two_refusals_of_three_are_a_refusal() {
	let world = World::new().await;
	world.deal().await;
	let ticket = labs(&world).await;
	// Two have seen the revocation, the third has not: it is not asked again.
	for member in &world.members[..2] {
		world.change(&ticket, |facts| facts.grantee_in_good_standing = false);
		member.release(&ticket.id, 0).await.unwrap_err();
	}
	world.change(&ticket, |facts| facts.grantee_in_good_standing = true);
	let error = world.release(&ticket).await.unwrap_err();
	assert_eq!(error.code(), "CREDENTIAL_MISSING");
}
