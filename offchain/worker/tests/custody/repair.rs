// SPDX-License-Identifier: Apache-2.0
//! A custodian that lost its shares gets them back from its peers, whatever one of them does.

use crate::{
	network::{until, Network, BEFORE},
	world::{custodian, labs, World, EPOCH, GENESIS},
};
use async_trait::async_trait;
use salus_crypto::custody::SealedRepairShare;
use salus_primitives::custody::Seat;
use salus_worker::{
	custodian::{
		Custodian, Masked, Member, Peer, RepairRequest, Settings, SubdealRequest, Subdealt,
		TakeOverRequest, TakenOver,
	},
	Error, Result,
};
use std::sync::Arc;

/// The custodian at this seat with nothing but its keys.
async fn bereft(world: &mut World, seat: u8) -> Arc<Member> {
	let index = usize::from(seat);
	let old = world.members.remove(index);
	drop(old);
	let lost = world.path(seat);
	std::fs::remove_dir_all(lost.parent().unwrap()).unwrap();
	let member = Arc::new(world.start(seat, Settings::default()).await.unwrap());
	world.wires.connect(member.account(), Some(Arc::clone(&member) as Arc<dyn Peer>));
	world.members.insert(index, Arc::clone(&member));
	member
}

#[tokio::test]
async fn lost_shares_come_back_and_open_again() {
	let mut world = World::new().await;
	let (_, keys) = world.deal().await;
	let before = world.shares(1).await.to_bytes();
	let member = bereft(&mut world, 1).await;
	assert_eq!(world.held(1).await, 0);
	let (network, _calls) = Network::new(&world);
	network.run(&member, None);
	network.finalise(Vec::new());
	until(async || world.held(1).await == 1).await;
	assert_eq!(world.shares(1).await.to_bytes(), before);

	// It serves: with another one lost, both that are left are needed.
	let ticket = labs(&world).await;
	let committee = world.committee_with([(0, None)]);
	let opened = committee.release(&ticket.id, &ticket.ephemeral, 0).await.unwrap();
	assert_eq!(opened.segments[0].1, keys[0]);
}

#[tokio::test]
async fn a_ticket_waits_for_shares_that_come_back() {
	let mut world = World::new().await;
	world.deal().await;
	let member = bereft(&mut world, 2).await;
	let ticket = labs(&world).await;
	let Err(Error::ReleaseDeferred { refusal, .. }) = member.release(&ticket.id, 0).await else {
		panic!("it holds nothing")
	};
	assert_eq!(refusal.code(), "NOT_HELD");
	let (network, _calls) = Network::new(&world);
	network.run(&member, Some(BEFORE));
	until(async || member.release(&ticket.id, 0).await.is_ok()).await;
}

/// A helper that changes what it says.
struct Liar<M, H>(Arc<Member>, M, H);

#[async_trait]
impl<M, H> Peer for Liar<M, H>
where
	M: Fn(Masked) -> Masked + Send + Sync,
	H: Fn(SealedRepairShare) -> Result<SealedRepairShare> + Send + Sync,
{
	async fn subdeal(&self, request: &SubdealRequest) -> Result<Vec<Subdealt>> {
		self.0.subdeal(request).await
	}

	async fn take_over(&self, request: &TakeOverRequest) -> Result<TakenOver> {
		self.0.take_over(request).await
	}

	async fn mask(&self, request: &RepairRequest) -> Result<Masked> {
		Ok(self.1(self.0.mask(request).await?))
	}

	async fn help(&self, request: &RepairRequest) -> Result<SealedRepairShare> {
		self.2(self.0.help(request).await?)
	}
}

#[tokio::test]
async fn nothing_comes_back_from_a_helper_that_lies() {
	let mut world = World::new().await;
	world.deal().await;
	let honest = Arc::clone(&world.members[0]);
	let member = bereft(&mut world, 1).await;
	type Mask = Box<dyn Fn(Masked) -> Masked + Send + Sync>;
	type Help = Box<dyn Fn(SealedRepairShare) -> Result<SealedRepairShare> + Send + Sync>;
	let as_is = || -> Mask { Box::new(|masked| masked) };
	let given = || -> Help { Box::new(Ok) };
	let silent: Help =
		Box::new(|_| Err(Error::CustodianSilent { custodian: custodian(0).account() }));
	let lies: Vec<(Mask, Help)> = vec![
		(as_is(), silent),
		(
			as_is(),
			Box::new(|share| {
				let mut bytes = share.to_bytes();
				*bytes.last_mut().unwrap() ^= 1;
				Ok(SealedRepairShare::from_bytes(&bytes)?)
			}),
		),
		(
			// Facts that the owner did not sign.
			Box::new(|mut masked| {
				masked.segments[0].content.digest[0] ^= 1;
				masked
			}),
			given(),
		),
		(
			// Masks that somebody else signed: the helper whom they are for gives nothing.
			Box::new(|mut masked| {
				for mask in &mut masked.masks {
					mask.signature = custodian(1).sign(b"something");
				}
				masked
			}),
			given(),
		),
	];
	for (mask, help) in lies {
		let liar: Arc<dyn Peer> = Arc::new(Liar(Arc::clone(&honest), mask, help));
		world.wires.connect(custodian(0).account(), Some(liar));
		let ticket = labs(&world).await;
		member.release(&ticket.id, 0).await.unwrap_err();
		let (network, _calls) = Network::new(&world);
		let (_running, shutdown) = network.run(&member, Some(BEFORE));
		until(async || {
			let tried: i64 = sqlx::query_scalar("SELECT count(*) FROM repairs WHERE tried_at > 0")
				.fetch_one(&world.database(1).await)
				.await
				.unwrap();
			tried == 1
		})
		.await;
		shutdown.cancel();
		assert_eq!(world.held(1).await, 0);
	}
	// Two helpers are needed of two: when both are honest again, it has its shares.
	world.wires.connect(custodian(0).account(), Some(honest as Arc<dyn Peer>));
	let (network, _calls) = Network::new(&world);
	network.run(&member, Some(BEFORE));
	until(async || world.held(1).await == 1).await;
}

#[tokio::test]
async fn a_helper_helps_only_its_committee_and_only_with_its_own_masks() {
	let world = World::new().await;
	world.deal().await;
	let helper = &world.members[0];
	let request = |signer: u8, seat| {
		RepairRequest {
			epoch: EPOCH,
			record: world.record,
			version: 1,
			recovering: Seat(seat),
			helpers: vec![Seat(0), Seat(2)],
			session: [7; 32],
			masks: Vec::new(),
			signature: custodian(signer).sign(&[]),
		}
		.signed(&custodian(signer), GENESIS)
	};
	// Another than who has the seat; a stranger.
	for (signer, seat) in [(2, 1), (5, 1), (1, 9)] {
		let error = helper.mask(&request(signer, seat)).await.unwrap_err();
		assert_eq!(error.code(), "NOT_A_MEMBER");
	}
	let mut elsewhere = request(1, 1);
	elsewhere.version = 2;
	let elsewhere = elsewhere.signed(&custodian(1), GENESIS);
	assert_eq!(helper.mask(&elsewhere).await.unwrap_err().code(), "NOT_DEALT");

	let asked = request(1, 1);
	let own = helper.mask(&asked).await.unwrap();
	let others = world.members[2].mask(&asked).await.unwrap();
	let for_helper = |masked: &Masked| {
		masked.masks.iter().find(|mask| mask.receiver == Seat(0)).unwrap().clone()
	};
	let with = |masks| {
		let mut request = request(1, 1);
		request.masks = masks;
		request.signed(&custodian(1), GENESIS)
	};
	// Without its own masks, or with some that the one who recovers made in its name, it would show
	// its share.
	let missing = helper.help(&with(vec![for_helper(&others)])).await.unwrap_err();
	assert_eq!(missing.code(), "CUSTODY_TOO_FEW_SHARES");
	let mut forged = for_helper(&others);
	forged.dealer = Seat(0);
	let forged = helper.help(&with(vec![forged, for_helper(&others)])).await.unwrap_err();
	assert_eq!(forged.code(), "CUSTODIAN_MALFORMED");
	// Of another session.
	let mut again = request(1, 1);
	again.session = [8; 32];
	again.masks = vec![for_helper(&own), for_helper(&others)];
	let again = helper.help(&again.signed(&custodian(1), GENESIS)).await.unwrap_err();
	assert_eq!(again.code(), "CUSTODY_SHARE_NOT_OPENED");
	helper.help(&with(vec![for_helper(&own), for_helper(&others)])).await.unwrap();

	world.view.0.lock().unwrap().erased.insert(world.record);
	assert_eq!(helper.mask(&asked).await.unwrap_err().code(), "RECORD_ERASED");
}
