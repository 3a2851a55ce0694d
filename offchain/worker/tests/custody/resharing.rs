// SPDX-License-Identifier: Apache-2.0
//! Keys on their way from one committee to the next: nobody ever holds one, whoever is lost, lies or
//! dies meanwhile, and until enough have them they stay where they are.

use crate::{
	network::{until, Network, BEFORE},
	world::{custodian, labs, request, terms, World, BATCH, EPOCH, GENESIS, NEXT, SEGMENTS},
};
use async_trait::async_trait;
use salus_chain::{Call, DealtVersion};
use salus_crypto::custody::{ReshareContext, SealedRepairShare, Subdealing};
use salus_policy::Exception;
use salus_primitives::{
	custody::{EpochId, Seat},
	Category, PurposeOfUse, RecordId,
};
use salus_worker::{
	custodian::{
		kept_evidence, Custodian, Evidence, Masked, Member, Peer, RepairRequest, Roster, Settings,
		SubdealRequest, Subdealt, TakeOverRequest, TakenOver,
	},
	Error, Result,
};
use std::{collections::BTreeSet, sync::Arc, time::Duration};

fn epoch_of(world: &World) -> EpochId {
	world.view.0.lock().unwrap().dealings[&(world.record, 1)].epoch
}

/// Runs the custodians of the next committee until the record has moved to it.
async fn move_keys(world: &World, next: &Roster) -> Network {
	let (network, _) = Network::new(world);
	for index in NEXT {
		let member = &world.members[usize::from(index)];
		network.run(member, Some(BEFORE));
	}
	until(async || epoch_of(world) == next.epoch).await;
	network
}

#[tokio::test]
async fn keys_move_to_the_next_committee_and_open_there() {
	let mut world = World::new().await;
	let (_, keys) = world.deal().await;
	let next = world.succeed().await;
	// While they are on their way, the first committee serves.
	assert_eq!(world.release(&labs(&world).await).await.unwrap().segments[0].1, keys[0]);
	move_keys(&world, &next).await;

	let all = SEGMENTS;
	let ticket = world.ticket(terms(&all), request(PurposeOfUse::Treatment, &all)).await;
	let opened = world.release(&ticket).await.unwrap().segments;
	assert_eq!(opened.into_iter().map(|(_, key)| key).collect::<Vec<_>>(), keys);
	// Three of five open it, and two do not.
	let ticket = labs(&world).await;
	let without = |lost: &[u8]| world.committee_with(lost.iter().map(|index| (*index, None)));
	let two_left = without(&[1, 3, 4]);
	let error = two_left.release(&ticket.id, &ticket.ephemeral, 0).await.unwrap_err();
	assert!(matches!(error, Error::ReleaseShort { found: 2, needed: 3, .. }), "{error}");
	let three_left = without(&[1, 3]);
	assert!(three_left.release(&ticket.id, &ticket.ephemeral, 0).await.is_ok());
	// A member of the first committee alone has nothing to say any more.
	assert_eq!(world.members[2].subdeal_of(&world, &next, 0).await.unwrap(), []);

	// When the epoch is over, nothing of it is left anywhere.
	world.view.0.lock().unwrap().roster = None;
	for member in &world.members {
		member.tidy_up().await.unwrap();
	}
	let old = |index| world.held_in(index, EPOCH);
	for index in 0..6 {
		assert_eq!(old(index).await, 0, "custodian {index}");
	}
	assert_eq!(world.held(2).await, 0);
	assert!(world.release(&labs(&world).await).await.is_ok());
}

#[tokio::test]
async fn a_ticket_stays_with_who_answered_it_when_keys_move_on() {
	let mut world = World::new().await;
	let (_, keys) = world.deal().await;
	let next = world.succeed().await;
	let ticket = labs(&world).await;
	let committee = world.committee();
	committee.holding(&world.record, 1).await.unwrap();
	// They answer what is final, asked or not.
	for member in &world.members[..3] {
		member.release(&ticket.id, 0).await.unwrap();
	}
	move_keys(&world, &next).await;

	let released = committee.release(&ticket.id, &ticket.ephemeral, 0).await.unwrap();
	assert_eq!(released.segments[0].1, keys[0]);
	// Who never saw them there cannot tell whether their shares are right.
	let error = world.release(&ticket).await.unwrap_err();
	assert!(matches!(error, Error::ReleaseShort { found: 0, needed: 3, .. }), "{error}");
}

#[tokio::test]
async fn every_key_moves_when_there_are_many() {
	let mut world = World::new().await;
	let records = world.deal_many(0..usize::try_from(BATCH).unwrap() * 3 + 1).await;
	let next = world.succeed().await;
	let (network, _calls) = Network::new(&world);
	for index in NEXT {
		network.run(&world.members[usize::from(index)], Some(BEFORE));
	}
	let left = async || {
		let chain = world.view.0.lock().unwrap();
		records.iter().filter(|record| chain.dealings[&(**record, 1)].epoch == EPOCH).count()
	};
	until(async || left().await == 0).await;
	// Nobody holds on to what is to move, and everyone holds what has moved.
	for index in NEXT {
		until(async || {
			let left: i64 = sqlx::query_scalar("SELECT count(*) FROM moves")
				.fetch_one(&world.database(index).await)
				.await
				.unwrap();
			left == 0
		})
		.await;
		// Who took something over from other dealers than the chain has gets it from its peers.
		until(async || {
			let anchored: i64 = sqlx::query_scalar(
				"SELECT count(*) FROM dealings WHERE epoch = ?1 AND anchored = 1",
			)
			.bind(next.epoch.0)
			.fetch_one(&world.database(index).await)
			.await
			.unwrap();
			usize::try_from(anchored).unwrap() == records.len()
		})
		.await;
	}
}

#[tokio::test]
async fn without_a_quorum_keys_stay_where_they_are_and_move_when_it_is_back() {
	let mut world = World::new().await;
	let (_, keys) = world.deal().await;
	let next = world.succeed().await;
	// Three of the five are cut off: the quorum is four.
	for index in [3, 4, 5] {
		world.wires.connect(custodian(index).account(), None);
	}
	let (network, mut calls) = Network::new(&world);
	for index in NEXT {
		network.run(&world.members[usize::from(index)], Some(BEFORE));
	}
	// Everybody has tried; nothing was submitted.
	for index in NEXT {
		until(async || {
			let tried: i64 = sqlx::query_scalar("SELECT count(*) FROM moves WHERE tried_at > 0")
				.fetch_one(&world.database(index).await)
				.await
				.unwrap();
			tried == 1
		})
		.await;
	}
	assert_eq!(epoch_of(&world), EPOCH);
	assert_eq!(world.release(&labs(&world).await).await.unwrap().segments[0].1, keys[0]);

	for index in [3u8, 4] {
		let member = Arc::clone(&world.members[usize::from(index)]);
		world.wires.connect(member.account(), Some(member as Arc<dyn Peer>));
	}
	network.finalise(Vec::new());
	until(async || epoch_of(&world) == next.epoch).await;
	let moves = loop {
		// Tickets are reported meanwhile.
		if let (_, Call::Reshare { moves }) = calls.recv().await.unwrap() {
			break moves;
		}
	};
	assert!(moves[0].acknowledgements.len() >= 4);
	assert_eq!(world.release(&labs(&world).await).await.unwrap().segments[0].1, keys[0]);
}

/// A dealer that changes what it deals.
struct Liar<F>(Arc<Member>, F);

#[async_trait]
impl<F> Peer for Liar<F>
where
	F: Fn(&SubdealRequest, Vec<Subdealt>) -> Result<Vec<Subdealt>> + Send + Sync,
{
	async fn subdeal(&self, request: &SubdealRequest) -> Result<Vec<Subdealt>> {
		self.1(request, self.0.subdeal(request).await?)
	}

	async fn take_over(&self, request: &TakeOverRequest) -> Result<TakenOver> {
		self.0.take_over(request).await
	}

	async fn mask(&self, request: &RepairRequest) -> Result<Masked> {
		self.0.mask(request).await
	}

	async fn help(&self, request: &RepairRequest) -> Result<SealedRepairShare> {
		self.0.help(request).await
	}
}

type Lie = Box<dyn Fn(&SubdealRequest, Vec<Subdealt>) -> Result<Vec<Subdealt>> + Send + Sync>;

#[tokio::test]
async fn a_dealer_that_lies_is_named_and_others_deal_in_its_place() {
	let mut world = World::new().await;
	let (_, keys) = world.deal().await;
	let next = world.succeed().await;
	let wrong = wrong_shares(&world, &next).await;
	let lies: Vec<(&str, Lie)> = vec![
		("CUSTODY_WRONG_SHARE", Box::new(move |request, _| Ok(wrong(request.receiver)))),
		("DEALER_INVALID", Box::new(|_, _| Ok(Vec::new()))),
		(
			"CUSTODIAN_SILENT",
			Box::new(|_, _| Err(Error::CustodianSilent { custodian: custodian(2).account() })),
		),
		(
			"CUSTODIAN_MALFORMED",
			Box::new(|_, mut dealt| {
				// Signed by somebody else.
				dealt[0].signature = custodian(1).sign(b"something");
				Ok(dealt)
			}),
		),
		(
			"CUSTODIAN_MALFORMED",
			Box::new(|_, mut dealt| {
				// The owner never said this of a segment.
				dealt[0].segments[0].category = Category::Genomics;
				Ok(dealt)
			}),
		),
	];
	for (code, lie) in lies {
		let liar: Arc<dyn Peer> = Arc::new(Liar(Arc::clone(&world.members[2]), lie));
		world.wires.connect(custodian(2).account(), Some(liar));
		let ask = take_over(&world, &next, &[Seat(0), Seat(2)]);
		let answer = world.members[4].take_over(&ask).await.unwrap();
		assert_eq!(answer.taken, []);
		let [fault] = answer.faults.as_slice() else { panic!("{:?}", answer.faults) };
		assert_eq!((fault.dealer, fault.code.as_str()), (Seat(2), code));
	}
	// All the same it moves.
	move_keys(&world, &next).await;
	assert_eq!(world.release(&labs(&world).await).await.unwrap().segments[0].1, keys[0]);
}

/// Has the third custodian deal wrongly to the fifth, who takes nothing over and keeps what shows it.
async fn wronged() -> (World, Roster, Evidence) {
	let mut world = World::new().await;
	world.deal().await;
	let next = world.succeed().await;
	let wrong = wrong_shares(&world, &next).await;
	let lie: Lie = Box::new(move |request, _| Ok(wrong(request.receiver)));
	let liar: Arc<dyn Peer> = Arc::new(Liar(Arc::clone(&world.members[2]), lie));
	world.wires.connect(custodian(2).account(), Some(liar));
	let ask = take_over(&world, &next, &[Seat(0), Seat(2)]);
	for _ in 0..2 {
		// Asked twice, there is one piece of evidence.
		world.members[4].take_over(&ask).await.unwrap();
	}
	let evidence = kept_evidence(&world.path(4)).await.unwrap();
	let [evidence] = evidence.as_slice() else { panic!("{evidence:?}") };
	let evidence = evidence.clone();
	(world, next, evidence)
}

#[tokio::test]
async fn a_wrong_share_convicts_its_dealer_before_anybody() {
	let (world, _, evidence) = wronged().await;
	assert_eq!(evidence.complaint.dealer(), Seat(2));
	let handed_over = serde_json::to_string(&evidence).unwrap();
	let evidence: Evidence = serde_json::from_str(&handed_over).unwrap();
	assert_eq!(evidence.judge(&world.view).await.unwrap(), custodian(2).account());
	// What the chain does not say convicts nobody.
	let code =
		async |world: &World| evidence.judge(&world.view).await.unwrap_err().code().to_owned();
	let change = |change: &dyn Fn(&mut DealtVersion)| {
		let mut chain = world.view.0.lock().unwrap();
		change(chain.dealings.get_mut(&(world.record, 1)).unwrap());
	};
	change(&|dealt| dealt.digest.0[0] ^= 1);
	assert_eq!(code(&world).await, "CUSTODY_COMPLAINT_UNFOUNDED");
	change(&|dealt| dealt.digest.0[0] ^= 1);
	change(&|dealt| dealt.epoch = EpochId(5));
	assert_eq!(code(&world).await, "NOT_DEALT");
	change(&|dealt| dealt.epoch = EPOCH);
	// Somebody else in the dealer's seat signed nothing of it.
	let other = custodian(5).account();
	world.view.0.lock().unwrap().roster.as_mut().unwrap().members[2].account = other;
	assert_eq!(code(&world).await, "CUSTODY_COMPLAINT_UNFOUNDED");
}

#[tokio::test]
async fn the_chain_is_told_of_a_wrong_share_once() {
	let (world, _, evidence) = wronged().await;
	// Nothing moves meanwhile: then there would be nothing to complain about.
	for index in 0..6 {
		world.wires.connect(custodian(index).account(), None);
	}
	let (network, mut calls) = Network::new(&world);
	let (running, shutdown) = network.run(&world.members[4], Some(BEFORE));
	network.finalise(Vec::new());
	let complaint = Call::Complain {
		record: world.record,
		version: 1,
		dealer: Seat(2),
		evidence: evidence.commitment(),
	};
	assert_eq!(calls.recv().await.unwrap(), (custodian(4).account(), complaint));
	told(&world).await;
	shutdown.cancel();
	running.await.unwrap().unwrap();

	// Started again, it has nothing more to say about it: the next word is that it is there.
	let (_running, _shutdown) = network.run(&world.members[4], Some(BEFORE));
	until(async || {
		world.clock.advance(Duration::from_secs(600));
		network.finalise(Vec::new());
		!calls.is_empty()
	})
	.await;
	assert!(matches!(calls.recv().await.unwrap().1, Call::Report { .. }));
}

#[tokio::test]
async fn a_dealing_that_moved_on_is_not_complained_about() {
	let (world, next, _) = wronged().await;
	// Others dealt in the liar's place before the chain could be told.
	let moved = |dealt: &mut DealtVersion| dealt.epoch = next.epoch;
	moved(world.view.0.lock().unwrap().dealings.get_mut(&(world.record, 1)).unwrap());
	let (network, mut calls) = Network::new(&world);
	let (_running, _shutdown) = network.run(&world.members[4], Some(BEFORE));
	network.finalise(Vec::new());
	told(&world).await;
	assert!(calls.try_recv().is_err());
	// The evidence is kept for the operator.
	assert_eq!(kept_evidence(&world.path(4)).await.unwrap().len(), 1);
}

/// Waits until the fifth custodian has done about its evidence what there is to do.
async fn told(world: &World) {
	let database = world.database(4).await;
	until(async || {
		let query = sqlx::query_scalar::<_, i64>("SELECT count(*) FROM complaints WHERE told = 1");
		query.fetch_one(&database).await.unwrap() == 1
	})
	.await;
}

/// What the custodian in the last seat of the first committee would deal of other shares than its
/// own, in its own name.
async fn wrong_shares(
	world: &World,
	next: &Roster,
) -> impl Fn(Seat) -> Vec<Subdealt> + Send + Sync + use<> {
	let held = world.shares(2).await;
	let (from, to) = (*held.context(), (next.epoch, next.scheme));
	let context = ReshareContext { from, epoch: to.0, scheme: to.1 };
	let (record, segments, next) = (world.record, world.facts(world.record), next.clone());
	move |receiver| {
		let dealt = held.reshare(context.epoch, context.scheme).unwrap();
		let mut bytes = dealt.as_slice()[usize::from(receiver.0)].to_bytes().to_vec();
		// The share of the last segment; its lowest byte is its first.
		let at = bytes.len() - 32;
		bytes[at] ^= 1;
		let changed = Subdealing::from_bytes(&bytes).unwrap();
		let key = next.members[usize::from(receiver.0)].key.clone().unwrap();
		vec![Subdealt {
			record,
			version: 1,
			segments: segments.clone(),
			subdealing: changed.seal(held.commitments(), &key).unwrap(),
			signature: custodian(2).sign(&changed.statement().payload()),
			denials: None,
		}]
	}
}

/// Custodian 1 asks, who has the first seat of the next committee.
fn take_over(world: &World, next: &Roster, dealers: &[Seat]) -> TakeOverRequest {
	let dealings = vec![(world.record, 1)];
	let epochs = (EPOCH, next.epoch);
	TakeOverRequest::new(&custodian(1), GENESIS, epochs, Seat(0), dealers.to_vec(), dealings)
}

#[tokio::test]
async fn nobody_is_served_who_has_no_business_with_it() {
	let mut world = World::new().await;
	world.deal().await;
	let early = world.roster();
	let next = world.succeed().await;
	let (dealer, receiver) = (&world.members[2], &world.members[4]);
	let code = |error: Error| error.code().to_owned();
	let dealings = vec![(world.record, 1)];
	let subdeal = |signer: u8, epochs, seat| {
		SubdealRequest::new(&custodian(signer), GENESIS, epochs, Seat(seat), dealings.clone())
	};
	let epochs = (EPOCH, next.epoch);
	for (request, expected) in [
		// Signed by somebody else than who has the seat; a seat that nobody has; the wrong way; from
		// an epoch that is none.
		(subdeal(2, epochs, 0), "HANDOVER_INVALID"),
		(subdeal(1, epochs, 9), "HANDOVER_INVALID"),
		(subdeal(1, (next.epoch, EPOCH), 0), "HANDOVER_INVALID"),
		(subdeal(1, (EPOCH, EPOCH), 0), "HANDOVER_INVALID"),
		(subdeal(1, (EpochId(99), next.epoch), 0), "HANDOVER_INVALID"),
	] {
		assert_eq!(code(dealer.subdeal(&request).await.unwrap_err()), expected);
	}
	assert_eq!(dealer.subdeal(&subdeal(1, epochs, 0)).await.unwrap().len(), 1);
	// A member of the next committee alone holds nothing.
	let error = world.members[5].subdeal(&subdeal(1, epochs, 0)).await.unwrap_err();
	assert_eq!(error.code(), "NOT_A_MEMBER");
	let mut many = subdeal(1, epochs, 0);
	many.dealings = vec![(world.record, 1); 5];
	let many = SubdealRequest::new(&custodian(1), GENESIS, epochs, Seat(0), many.dealings);
	assert_eq!(code(dealer.subdeal(&many).await.unwrap_err()), "HANDOVER_INVALID");

	for dealers in [&[Seat(0)][..], &[Seat(0), Seat(0)], &[Seat(0), Seat(1), Seat(2)]] {
		let error = receiver.take_over(&take_over(&world, &next, dealers)).await.unwrap_err();
		assert_eq!(error.code(), "HANDOVER_INVALID");
	}
	let mut forged = take_over(&world, &next, &[Seat(0), Seat(1)]);
	forged.dealings = vec![(RecordId([1; 32]), 1)];
	assert_eq!(code(receiver.take_over(&forged).await.unwrap_err()), "HANDOVER_INVALID");
	let error = world.members[2].take_over(&take_over(&world, &next, &[Seat(0), Seat(1)])).await;
	assert_eq!(error.unwrap_err().code(), "NOT_A_MEMBER");

	// Before there is a next committee, nothing moves.
	{
		let mut chain = world.view.0.lock().unwrap();
		(chain.roster, chain.next) = (Some(early), None);
	}
	assert_eq!(code(dealer.subdeal(&subdeal(1, epochs, 0)).await.unwrap_err()), "HANDOVER_INVALID");
}

#[tokio::test]
async fn what_is_contested_or_erased_does_not_move() {
	let mut world = World::new().await;
	world.deal().await;
	let next = world.succeed().await;
	let ask = take_over(&world, &next, &[Seat(0), Seat(1)]);
	let contest = |contested| {
		let mut chain = world.view.0.lock().unwrap();
		chain.dealings.get_mut(&(world.record, 1)).unwrap().contested = contested;
	};
	contest(true);
	assert_eq!(world.members[4].take_over(&ask).await.unwrap(), TakenOver::default());
	contest(false);
	world.view.0.lock().unwrap().erased.insert(world.record);
	assert_eq!(world.members[4].take_over(&ask).await.unwrap(), TakenOver::default());
	world.view.0.lock().unwrap().erased.clear();
	assert_eq!(world.members[4].take_over(&ask).await.unwrap().taken.len(), 1);
	// Taking it over again changes nothing, also after a restart.
	let again = world.members[4].take_over(&ask).await.unwrap().taken;
	let restarted = world.start(4, Settings::default()).await.unwrap();
	assert_eq!(restarted.take_over(&ask).await.unwrap().taken[0].digest, again[0].digest);
	assert_eq!(world.held(4).await, 1);
}

#[tokio::test]
async fn what_the_subject_denies_moves_with_her_keys() {
	let mut world = World::new().await;
	world.deal().await;
	let vitals: BTreeSet<_> = [Category::Vitals].into();
	let denied = Exception::of_categories(vitals.try_into().unwrap());
	let root = world.denials(&world.owner.clone(), vec![denied]).await;
	world.view.0.lock().unwrap().denials = Some(root);
	let next = world.succeed().await;
	move_keys(&world, &next).await;

	let categories = [Category::Labs, Category::Vitals];
	let ask = async |category| {
		let request = request(PurposeOfUse::Treatment, &[category]);
		let ticket = world.ticket(terms(&categories), request).await;
		world.change(&ticket, |facts| facts.denials = Some(root));
		world.release(&ticket).await
	};
	assert!(ask(Category::Labs).await.is_ok());
	assert_eq!(ask(Category::Vitals).await.unwrap_err().code(), "DENIED");
	// Custodian 4 was in no committee when she denied.
	let labs = request(PurposeOfUse::Treatment, &[Category::Labs]);
	let ticket = world.ticket(terms(&categories), labs).await;
	world.change(&ticket, |facts| facts.denials = Some(root));
	assert!(world.members[4].release(&ticket.id, 0).await.is_ok());
}

/// What a custodian says to the holder of a seat in the next committee.
trait SubdealOf {
	async fn subdeal_of(&self, world: &World, next: &Roster, seat: u8) -> Result<Vec<Subdealt>>;
}

impl SubdealOf for Arc<Member> {
	async fn subdeal_of(&self, world: &World, next: &Roster, seat: u8) -> Result<Vec<Subdealt>> {
		let (epochs, dealings) = ((EPOCH, next.epoch), vec![(world.record, 1)]);
		let signer = custodian(NEXT[usize::from(seat)]);
		let ask = SubdealRequest::new(&signer, GENESIS, epochs, Seat(seat), dealings);
		self.subdeal(&ask).await
	}
}
