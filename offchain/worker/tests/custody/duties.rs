// SPDX-License-Identifier: Apache-2.0
//! What a custodian does by itself: as blocks come, whatever becomes of its transactions.

use crate::{
	network::{until, Network, BEFORE},
	world::{custodian, labs, World, CONSENT, EPOCH, NOW},
};
use salus_chain::{AccessEvent, Call, ConsentEvent, CustodyEvent, DomainEvent, TicketAnswers};
use salus_primitives::{
	custody::{Answer, CustodianRefusal, Seat, Seats},
	ConsentId, RecordId, TicketId,
};
use salus_worker::custodian::{Custodian, Settings};
use std::time::Duration;

fn opened(world: &World, ticket: TicketId) -> DomainEvent {
	let (consent, record) = (CONSENT, world.record);
	DomainEvent::Access(AccessEvent::Opened { ticket, consent, record })
}

#[tokio::test]
async fn every_ticket_is_answered_and_reported() {
	let world = World::new().await;
	world.deal().await;
	let ticket = labs(&world).await;
	let (network, mut calls) = Network::new(&world);
	let (_running, _shutdown) = network.run(&world.members[0], Some(BEFORE));
	network.finalise(vec![opened(&world, ticket.id)]);
	let (account, call) = calls.recv().await.unwrap();
	assert_eq!(account, custodian(0).account());
	let Call::Report { epoch, answers, .. } = call else { panic!("{call:?}") };
	let released = world.members[0].release(&ticket.id, 0).await.unwrap();
	let receipt = released.receipt(crate::world::GENESIS);
	assert_eq!((epoch, answers), (EPOCH, vec![(ticket.id, Answer::Released { receipt })]));
}

#[tokio::test]
async fn one_with_nothing_to_report_says_that_it_is_there() {
	let world = World::new().await;
	let (network, mut calls) = Network::new(&world);
	let (_running, _shutdown) = network.run(&world.members[0], Some(BEFORE));
	for _ in 0..2 {
		// Time counts from when it looked first, which is its own affair.
		until(async || {
			world.clock.advance(Duration::from_secs(600));
			network.finalise(Vec::new());
			!calls.is_empty()
		})
		.await;
		let (account, call) = calls.recv().await.unwrap();
		assert_eq!(account, custodian(0).account());
		let Call::Report { epoch, answers, .. } = call else { panic!("{call:?}") };
		assert_eq!((epoch, answers), (EPOCH, vec![]));
	}
}

#[tokio::test]
async fn who_reads_on_after_a_revocation_is_reported_once_and_after_the_release() {
	let world = World::new().await;
	world.deal().await;
	let ticket = labs(&world).await;
	let member = &world.members[0];
	member.release(&ticket.id, 0).await.unwrap();
	world.change(&ticket, |facts| facts.consents.clear());
	for _ in 0..2 {
		member.release(&ticket.id, 1).await.unwrap_err();
	}
	let (network, mut calls) = Network::new(&world);
	network.open(false);
	let (_running, _shutdown) = network.run(member, Some(BEFORE));
	let (_, call) = calls.recv().await.unwrap();
	let Call::Report { answers, .. } = call else { panic!("{call:?}") };
	let refusal = CustodianRefusal::ConsentRevoked;
	assert!(matches!(answers[0].1, Answer::Released { .. }));
	assert_eq!(answers[1..], [(ticket.id, Answer::Stopped(refusal))]);

	// The report hangs; what the chain shows it knows all the same.
	let (epoch, seat) = (EPOCH, Seat(0));
	let stopped = CustodyEvent::Stopped { ticket: ticket.id, epoch, seat, refusal };
	network.finalise(vec![DomainEvent::Custody(stopped)]);
	let waiting = async || -> i64 {
		let query = sqlx::query_scalar("SELECT count(*) FROM stops WHERE reported = 0");
		query.fetch_one(&world.database(0).await).await.unwrap()
	};
	until(async || waiting().await == 0).await;
}

#[tokio::test]
async fn what_was_released_before_the_database_was_lost_is_stopped_too() {
	let world = World::new().await;
	world.deal().await;
	let ticket = labs(&world).await;
	world.change(&ticket, |facts| {
		facts.consents.clear();
		facts.answers = Some(TicketAnswers {
			epoch: EPOCH,
			released: Seats::from_iter([Seat(0)]),
			refused: Seats::EMPTY,
			first_delivered_at: None,
			refused_at: None,
		});
	});
	let member = &world.members[0];
	member.release(&ticket.id, 1).await.unwrap_err();
	let stops: i64 = sqlx::query_scalar("SELECT count(*) FROM stops")
		.fetch_one(&world.database(0).await)
		.await
		.unwrap();
	assert_eq!(stops, 1);
}

#[tokio::test]
async fn what_was_asked_for_directly_is_reported_without_a_block() {
	let world = World::new().await;
	world.deal().await;
	let ticket = labs(&world).await;
	let (network, mut calls) = Network::new(&world);
	let (_running, _shutdown) = network.run(&world.members[0], Some(BEFORE));
	world.members[0].release(&ticket.id, 0).await.unwrap();
	let (_, call) = calls.recv().await.unwrap();
	assert!(matches!(call, Call::Report { answers, .. } if answers[0].0 == ticket.id));
}

#[tokio::test]
async fn a_transaction_that_is_not_final_yet_keeps_nothing_from_being_done() {
	let world = World::new().await;
	world.deal().await;
	let ticket = labs(&world).await;
	let (network, mut calls) = Network::new(&world);
	network.open(false);
	let (_running, _shutdown) = network.run(&world.members[0], Some(BEFORE));
	network.finalise(vec![opened(&world, ticket.id)]);
	assert!(matches!(calls.recv().await.unwrap().1, Call::Report { .. }));

	// The report hangs. An erasure is done, and a revocation acknowledged, all the same.
	let consent = ConsentId([3; 32]);
	network.finalise(vec![
		DomainEvent::Custody(CustodyEvent::ErasureStarted { record: world.record }),
		DomainEvent::Consent(ConsentEvent::Revoked { consent, version: 2 }),
	]);
	until(async || world.held(0).await == 0).await;
	let (_, call) = calls.recv().await.unwrap();
	assert_eq!(call, Call::AcknowledgeRevocations { epoch: EPOCH, consents: vec![(consent, 2)] });
	network.open(true);
	let (_, call) = calls.recv().await.unwrap();
	assert_eq!(call, Call::AcknowledgeErasure { epoch: EPOCH, records: vec![world.record] });
}

#[tokio::test]
async fn one_that_read_nothing_does_what_the_chain_waits_for() {
	let world = World::new().await;
	world.deal().await;
	let ticket = labs(&world).await;
	let (gone, consent) = (RecordId([9; 32]), ConsentId([3; 32]));
	{
		let mut chain = world.view.0.lock().unwrap();
		chain.outstanding.tickets = vec![(ticket.id, NOW)];
		chain.outstanding.erasures = vec![gone];
		chain.outstanding.revocations = vec![(consent, 2)];
	}
	let (network, mut calls) = Network::new(&world);
	let (_running, _shutdown) = network.run(&world.members[0], None);
	network.finalise(Vec::new());
	let mut expected = vec![
		Call::AcknowledgeRevocations { epoch: EPOCH, consents: vec![(consent, 2)] },
		Call::AcknowledgeErasure { epoch: EPOCH, records: vec![gone] },
	];
	let mut is_reported = false;
	while !expected.is_empty() || !is_reported {
		let (_, call) = calls.recv().await.unwrap();
		match call {
			Call::Report { answers, .. } => is_reported = answers[0].0 == ticket.id,
			call => expected.retain(|one| *one != call),
		}
	}
}

#[tokio::test]
async fn what_is_read_stays_read() {
	let world = World::new().await;
	world.deal().await;
	let (network, _calls) = Network::new(&world);
	let (running, shutdown) = network.run(&world.members[0], None);
	network.finalise(Vec::new());
	let cursors = async || -> i64 {
		let query = sqlx::query_scalar("SELECT count(*) FROM settings WHERE name = 'cursor'");
		query.fetch_one(&world.database(0).await).await.unwrap()
	};
	until(async || cursors().await == 1).await;
	shutdown.cancel();
	running.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_ticket_that_comes_back_under_its_old_name_is_answered_anew() {
	let world = World::new().await;
	world.deal().await;
	let ticket = labs(&world).await;
	let (network, mut calls) = Network::new(&world);
	let (_running, _shutdown) = network.run(&world.members[0], Some(BEFORE));
	let report = async |calls: &mut tokio::sync::mpsc::UnboundedReceiver<_>| {
		let (_, call): (_, Call) = calls.recv().await.unwrap();
		let Call::Report { answers, .. } = call else { panic!("{call:?}") };
		answers[0].1
	};
	// It comes back while the first answer is on its way.
	network.open(false);
	network.finalise(vec![opened(&world, ticket.id)]);
	let first = report(&mut calls).await;
	world.change(&ticket, |facts| facts.ticket.opened_at = NOW + 1);
	world.view.0.lock().unwrap().now = NOW + 1;
	network.finalise(vec![opened(&world, ticket.id)]);
	until(async || {
		let opened_at: i64 = sqlx::query_scalar("SELECT opened_at FROM tickets")
			.fetch_one(&world.database(0).await)
			.await
			.unwrap();
		opened_at == i64::try_from(NOW + 1).unwrap()
	})
	.await;
	network.open(true);
	let second = report(&mut calls).await;
	assert!(matches!((first, second), (Answer::Released { .. }, Answer::Released { .. })));
	assert_ne!(first, second);
}

#[tokio::test]
async fn a_refusal_that_the_chain_knows_is_final_though_the_database_is_lost() {
	let world = World::new().await;
	world.deal().await;
	let refused = CustodianRefusal::CredentialMissing;

	// Its node shows it the events again.
	let ticket = labs(&world).await;
	let (network, _calls) = Network::new(&world);
	let (_running, _shutdown) = network.run(&world.members[0], Some(BEFORE));
	world.change(&ticket, |facts| facts.is_being_revoked = true);
	network.finalise(vec![
		opened(&world, ticket.id),
		DomainEvent::Custody(CustodyEvent::Refused {
			ticket: ticket.id,
			epoch: EPOCH,
			seat: Seat(0),
			refusal: refused,
		}),
	]);
	until(async || {
		let answered: i64 = sqlx::query_scalar("SELECT count(*) FROM tickets WHERE answer NOTNULL")
			.fetch_one(&world.database(0).await)
			.await
			.unwrap();
		answered == 1
	})
	.await;
	world.change(&ticket, |facts| facts.is_being_revoked = false);
	assert_eq!(world.members[0].release(&ticket.id, 0).await.unwrap_err().code(), refused.code());
	// Another's refusal is no word of ours.
	world.members[1].release(&ticket.id, 0).await.unwrap();

	// Its node does not, and only the state tells.
	let ticket = labs(&world).await;
	let answers = salus_chain::TicketAnswers {
		epoch: EPOCH,
		released: Seats::EMPTY,
		refused: Seats::from_iter([Seat(0)]),
		first_delivered_at: None,
		refused_at: None,
	};
	world.change(&ticket, |facts| facts.answers = Some(answers));
	assert_eq!(world.members[0].release(&ticket.id, 0).await.unwrap_err().code(), "NOT_HELD");
	world.members[1].release(&ticket.id, 0).await.unwrap();
}

#[tokio::test]
async fn a_ticket_that_the_node_has_not_come_to_is_not_forgotten() {
	let world = World::new().await;
	world.deal().await;
	let ticket = labs(&world).await;
	let (network, mut calls) = Network::new(&world);
	let (_running, _shutdown) = network.run(&world.members[0], Some(BEFORE));
	let facts = world.view.0.lock().unwrap().tickets.remove(&ticket.id).unwrap();
	// The block is ahead of what the node answers from.
	network.finalise_at(NOW + 10, vec![opened(&world, ticket.id)]);
	let tried = async || {
		let tried: i64 = sqlx::query_scalar("SELECT count(*) FROM tickets WHERE tried_at > 0")
			.fetch_one(&world.database(0).await)
			.await
			.unwrap();
		tried == 1
	};
	until(tried).await;
	world.view.0.lock().unwrap().tickets.insert(ticket.id, facts);
	network.finalise(Vec::new());
	assert!(matches!(calls.recv().await.unwrap().1, Call::Report { .. }));
}

#[tokio::test]
async fn what_was_released_is_deleted_when_its_ticket_is_over() {
	let world = World::new().await;
	world.deal().await;
	let ticket = labs(&world).await;
	world.members[0].release(&ticket.id, 0).await.unwrap();
	let bodies = async || -> i64 {
		let query = sqlx::query_scalar("SELECT count(*) FROM tickets WHERE released NOTNULL");
		query.fetch_one(&world.database(0).await).await.unwrap()
	};
	world.members[0].tidy_up().await.unwrap();
	assert_eq!(bodies().await, 1);
	let later = NOW + 3_600_000;
	world.view.0.lock().unwrap().now = later;
	world.change(&ticket, |facts| facts.now = later);
	world.clock.advance(std::time::Duration::from_secs(3_600));
	world.members[0].tidy_up().await.unwrap();
	assert_eq!(bodies().await, 0);
	assert_eq!(world.members[0].release(&ticket.id, 0).await.unwrap_err().code(), "TICKET_EXPIRED");
}

#[tokio::test]
async fn shares_of_an_epoch_that_is_over_are_deleted() {
	let world = World::new().await;
	world.deal().await;
	world.members[0].tidy_up().await.unwrap();
	assert_eq!(world.held(0).await, 1);
	world.view.0.lock().unwrap().roster = None;
	world.members[0].tidy_up().await.unwrap();
	assert_eq!(world.held(0).await, 0);
	// A custodian that comes back later finds the same.
	world.start(1, Settings::default()).await.unwrap().tidy_up().await.unwrap();
	assert_eq!(world.held(1).await, 0);
}
