// SPDX-License-Identifier: Apache-2.0
//! Taking shares into custody, and letting go of them.

use crate::world::{custodian, keys, labs, secret, signer, World, EPOCH, GENESIS};
use async_trait::async_trait;
use salus_chain::{Signature, Signer};
use salus_crypto::{custody::SealedSeatShares, Keystore, SecretKey};
use salus_primitives::{
	custody::{acknowledgement_payload, EpochId, Seat},
	Suite, TicketId,
};
use salus_worker::{
	custodian::{Custodian, Deposit, Released, Settings, UnsignedDeposit},
	Error, Result,
};
use std::sync::Arc;
use std::time::Duration;

#[tokio::test]
async fn what_is_acknowledged_is_what_the_chain_verifies() {
	let world = World::new().await;
	let (deposits, _) = world.deposits();
	let owner = world.owner.account();
	for (seat, deposit) in (0u8..).zip(&deposits) {
		let member = &world.members[usize::from(seat)];
		let signature = member.deposit(deposit).await.unwrap();
		let payload =
			acknowledgement_payload(GENESIS, EPOCH, &owner, world.record, 1, 3, deposit.digest);
		assert!(custodian(seat).account().verify(&payload, &signature));
		// Again, after an answer that was lost on its way: nothing changes.
		member.deposit(deposit).await.unwrap();
	}
}

#[tokio::test]
async fn only_the_right_shares_of_the_right_seat_are_taken() {
	let world = World::new().await;
	let (deposits, _) = world.deposits();
	let member = &world.members[0];
	assert_eq!(member.deposit(&deposits[1]).await.unwrap_err().code(), "NOT_A_MEMBER");

	let resigned = |change: &dyn Fn(&mut UnsignedDeposit)| {
		let deposit = deposits[0].clone();
		let mut unsigned = UnsignedDeposit {
			record_salt: deposit.record_salt,
			version: deposit.version,
			epoch: deposit.epoch,
			digest: deposit.digest,
			segments: deposit.segments,
			seat: deposit.seat,
			shares: deposit.shares,
		};
		change(&mut unsigned);
		unsigned
	};
	// Shares of another seat, of another dealing than the digest says, for another version.
	let others = deposits[1].shares.clone();
	let (second, _) = world.deposits();
	let changes: [(&str, &dyn Fn(&mut UnsignedDeposit)); 4] = [
		("CUSTODY_SHARE_NOT_OPENED", &|deposit| deposit.shares = others.clone()),
		("DEPOSIT_INVALID", &|deposit| deposit.digest = second[0].digest),
		("DEPOSIT_INVALID", &|deposit| deposit.version = 2),
		("COMMITTEE_INVALID", &|deposit| deposit.epoch = EpochId(9)),
	];
	for (code, change) in changes {
		let deposit = resigned(change).sign(&world.owner, GENESIS);
		assert_eq!(member.deposit(&deposit).await.unwrap_err().code(), code);
	}
	let stranger = resigned(&|_| {}).sign(&signer("Stranger"), GENESIS);
	assert_eq!(member.deposit(&stranger).await.unwrap_err().code(), "DEPOSIT_INVALID");
}

#[tokio::test]
async fn who_takes_no_part_in_the_network_deposits_nothing() {
	let world = World::new().await;
	world.view.0.lock().unwrap().is_registered = false;
	let (deposits, _) = world.deposits();
	let error = world.members[0].deposit(&deposits[0]).await.unwrap_err();
	assert_eq!(error.code(), "OWNER_UNKNOWN");
	assert_eq!(world.held(0).await, 0);
}

#[tokio::test]
async fn a_dealing_needs_its_quorum() {
	let world = World::new().await;
	let (deposits, _) = world.deposits();
	let roster = world.committee().active().await.unwrap();
	let without_one = world.committee_with([(2, None)]);
	match without_one.deal(&roster, &deposits).await.unwrap_err() {
		Error::DealingShort { found: 2, needed: 3, failures } => {
			assert_eq!(failures.len(), 1);
			assert_eq!(failures[0].custodian, custodian(2).account());
			assert_eq!(failures[0].error.code(), "CUSTODIAN_NOT_LISTED");
		},
		other => panic!("{other}"),
	}
	let dealing = world.committee().deal(&roster, &deposits).await.unwrap();
	let seats: Vec<_> = dealing.acknowledgements.iter().map(|(seat, _)| *seat).collect();
	assert_eq!(seats, [Seat(0), Seat(1), Seat(2)]);
}

/// A custodian that signs that it holds something, but not what it was given.
struct Careless(Signer);

#[async_trait]
impl Custodian for Careless {
	async fn deposit(&self, _: &Deposit) -> Result<Signature> {
		Ok(self.0.sign(b"I hold it"))
	}

	async fn release(&self, ticket: &TicketId, _: u16) -> Result<Released> {
		Err(Error::NotHeld { ticket: *ticket })
	}
}

#[tokio::test]
async fn an_acknowledgement_of_something_else_does_not_count() {
	let world = World::new().await;
	let (deposits, _) = world.deposits();
	let careless: Arc<dyn Custodian> = Arc::new(Careless(custodian(1)));
	let committee = world.committee_with([(1, Some(careless))]);
	let error = committee.deal(&world.roster(), &deposits).await.unwrap_err();
	let Error::DealingShort { found: 2, failures, .. } = error else { panic!("{error}") };
	assert_eq!(failures[0].custodian, custodian(1).account());
	assert_eq!(failures[0].error.code(), "CUSTODIAN_MALFORMED");
}

#[tokio::test]
async fn an_owner_cannot_fill_a_custodian_with_what_she_never_anchors() {
	let world = World::new().await;
	let member = &world.members[0];
	let first = world.deposits().0.swap_remove(0);
	member.deposit(&first).await.unwrap();
	let mut taken = 0;
	let error = loop {
		match member.deposit(&world.deposits().0[0]).await {
			Ok(_) => taken += 1,
			Err(error) => break error,
		}
		assert!(taken < 1_000, "there is a limit");
	};
	assert_eq!(error.code(), "MAX_DEPOSITS_EXCEEDED");
	// What is there already is acknowledged again.
	member.deposit(&first).await.unwrap();
}

#[tokio::test]
async fn what_is_not_anchored_within_a_day_is_let_go() {
	let world = World::new().await;
	let member = &world.members[0];
	// Anchored, whether or not the custodian was there to see it.
	world.deal().await;
	for _ in 0..3 {
		member.deposit(&world.deposits().0[0]).await.unwrap();
	}
	let held = || async { world.held(0).await };
	member.tidy_up().await.unwrap();
	assert_eq!(held().await, 4);
	// A chain that stands still lets nothing get old.
	world.clock.advance(Duration::from_secs(25 * 3_600));
	member.tidy_up().await.unwrap();
	assert_eq!(held().await, 4);
	world.view.0.lock().unwrap().now += 25 * 3_600_000;
	member.tidy_up().await.unwrap();
	assert_eq!(held().await, 1);
	// What is left is what the chain has: it opens.
	let ticket = labs(&world).await;
	world.change(&ticket, |facts| {
		facts.now += 25 * 3_600_000;
		facts.ticket.expires_at += 25 * 3_600_000;
		facts.consents[0].1.window.until += 25 * 3_600_000;
	});
	let asked = member.release(&ticket.id, 0).await;
	// The terms were for a day; the shares are there.
	assert_eq!(asked.unwrap_err().code(), "SCOPE_MISMATCH");
}

#[tokio::test]
async fn a_custodian_that_comes_back_from_a_backup_resurrects_nothing() {
	let world = World::new().await;
	world.deal().await;
	let (before, ticket) = (labs(&world).await, labs(&world).await);
	world.members[0].release(&before.id, 0).await.unwrap();
	// It was away when the record was erased. Whatever it kept, it deletes before it serves.
	world.view.0.lock().unwrap().erased.insert(world.record);
	let restored = world.start(0, Settings::default()).await.unwrap();
	world.view.0.lock().unwrap().erased.clear();
	let error = restored.release(&ticket.id, 0).await.unwrap_err();
	assert_eq!(error.code(), "RECORD_ERASED");
	// Nor is there anything left of what it had released before.
	let query = "SELECT count(*) FROM tickets WHERE released IS NOT NULL";
	let left: i64 = sqlx::query_scalar(query).fetch_one(&world.database(0).await).await.unwrap();
	assert_eq!(left, 0);
	let error = restored.release(&before.id, 0).await.unwrap_err();
	assert_eq!(error.code(), "RECORD_ERASED");
	// Nor does it take the shares again.
	let (deposits, _) = world.deposits();
	assert_eq!(restored.deposit(&deposits[0]).await.unwrap_err().code(), "RECORD_ERASED");
}

#[tokio::test]
async fn under_code_that_nobody_approved_a_custodian_stands_still() {
	let world = World::new().await;
	let (deposits, _) = world.deposits();
	world.view.0.lock().unwrap().code = [2; 32];
	let error = world.members[0].deposit(&deposits[0]).await.unwrap_err();
	assert_eq!(error.code(), "RUNTIME_NOT_APPROVED");
	let error = world.start(0, Settings::default()).await.unwrap_err();
	assert_eq!(error.code(), "RUNTIME_NOT_APPROVED");
}

#[tokio::test]
async fn nothing_of_another_chain_is_served() {
	let world = World::new().await;
	let pool = world.database(0).await;
	sqlx::query("UPDATE settings SET value = x'00' WHERE name = 'genesis'")
		.execute(&pool)
		.await
		.unwrap();
	pool.close().await;
	let error = world.start(0, Settings::default()).await.unwrap_err();
	assert_eq!(error.code(), "CUSTODY_ELSEWHERE");
}

#[tokio::test]
async fn no_share_is_on_disk_in_the_clear() {
	let world = World::new().await;
	let (deposits, keys) = world.deposits();
	for (member, deposit) in world.members.iter().zip(&deposits) {
		member.deposit(deposit).await.unwrap();
	}
	let context = deposits[0].context(GENESIS, world.scheme()).unwrap();
	for (seat, deposit) in (0u8..).zip(&deposits) {
		let shares = deposit.shares.open(&secret(seat), &context, deposit.seat).unwrap();
		// Message 2 ends with the share of the last segment.
		let share = &shares[shares.len() - 32..];
		let mut found_sealed = false;
		for file in std::fs::read_dir(world.path(seat).parent().unwrap()).unwrap() {
			let bytes = std::fs::read(file.unwrap().path()).unwrap();
			let holds = |part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
			assert!(!holds(share) && !holds(hex::encode(share).as_bytes()));
			assert!(keys.iter().all(|key| !holds(key.expose())));
			found_sealed |= holds(&deposit.shares.to_bytes());
		}
		assert!(found_sealed, "what is looked for would be found");
	}
}

#[tokio::test]
async fn shares_follow_the_key_of_their_custodian() {
	let world = World::new().await;
	world.deal().await;
	let context = world.deposits().0[0].context(GENESIS, world.scheme()).unwrap();
	let opens = async |secret: SecretKey| {
		let query = sqlx::query_scalar("SELECT shares FROM dealings");
		let sealed: Vec<u8> = query.fetch_one(&world.database(0).await).await.unwrap();
		let sealed = SealedSeatShares::from_bytes(&sealed).unwrap();
		sealed.open(&secret, &context, Seat(0)).is_ok()
	};
	let newer = || SecretKey::from_bytes(Suite::XWing, &[77; 32]).unwrap();
	let mut both = keys(0);
	both.add_encryption_key(newer()).unwrap();
	let member = world.start_with(0, Settings::default(), both).await.unwrap();
	// Owners still seal to the key that the chain knows.
	member.tidy_up().await.unwrap();
	assert!(opens(secret(0)).await);
	let public = newer().public().unwrap();
	world.view.0.lock().unwrap().roster.as_mut().unwrap().members[0].key = Some(public);
	member.tidy_up().await.unwrap();
	assert!(!opens(secret(0)).await && opens(newer()).await);

	// It serves without the older key.
	let mut only = Keystore::new();
	only.add_encryption_key(newer()).unwrap();
	let member = world.start_with(0, Settings::default(), only).await.unwrap();
	let ticket = labs(&world).await;
	member.release(&ticket.id, 0).await.unwrap();
}
