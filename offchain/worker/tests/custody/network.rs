// SPDX-License-Identifier: Apache-2.0
//! A chain that takes the calls of custodians, makes a block of each, and shows it to all of them.

use crate::world::{View, World, GENESIS};
use async_trait::async_trait;
use futures::channel::mpsc as stream;
use salus_chain::{
	AccountId, BlockHash, BlockId, Call, CustodyEvent, DealtVersion, DomainEvent, FinalizedBlock,
	Move, Signer,
};
use salus_primitives::{
	custody::{acknowledgement_payload, Seats},
	Moment,
};
use salus_worker::{
	custodian::{Duties, Ledger, Member},
	Result,
};
use std::sync::{Arc, Mutex};
use tokio::{
	sync::{mpsc, watch},
	task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

type Blocks = stream::UnboundedSender<std::result::Result<FinalizedBlock, salus_chain::Error>>;

/// A block that was read before.
pub(crate) const BEFORE: BlockId = BlockId { number: 0, hash: BlockHash([0; 32]) };

/// The chain of a world, as transactions see it.
#[derive(Clone)]
pub(crate) struct Network {
	view: View,
	blocks: Arc<Mutex<Vec<(AccountId, Blocks)>>>,
	calls: mpsc::UnboundedSender<(AccountId, Call)>,
	/// Whether transactions become final.
	is_open: watch::Sender<bool>,
}

#[async_trait]
impl Ledger for Network {
	async fn submit(&self, signer: &Signer, call: &Call) -> Result<()> {
		let _ = self.calls.send((signer.account(), call.clone()));
		let mut is_open = self.is_open.subscribe();
		let _ = is_open.wait_for(|open| *open).await;
		let mut events = Vec::new();
		if let Call::Reshare { moves } = call {
			events.extend(moves.iter().filter_map(|one| self.reshare(one)));
		}
		self.finalise(events);
		Ok(())
	}
}

impl Network {
	/// A chain, and the calls that it is sent.
	pub(crate) fn new(world: &World) -> (Self, mpsc::UnboundedReceiver<(AccountId, Call)>) {
		let (calls, sent) = mpsc::unbounded_channel();
		let view = world.view.clone();
		(Self { view, blocks: Arc::default(), calls, is_open: watch::Sender::new(true) }, sent)
	}

	/// From now on transactions become final, or wait.
	pub(crate) fn open(&self, open: bool) {
		self.is_open.send_replace(open);
	}

	/// Has a custodian do its duties, as one that read the chain before or not.
	pub(crate) fn run(
		&self,
		member: &Member,
		cursor: Option<BlockId>,
	) -> (JoinHandle<Result<()>>, CancellationToken) {
		let (blocks, follower) = stream::unbounded();
		self.blocks.lock().unwrap().push((member.account(), blocks));
		let shutdown = CancellationToken::new();
		let duties = Duties::new(member.clone(), Arc::new(self.clone()));
		(tokio::spawn(duties.run(follower, cursor, shutdown.clone())), shutdown)
	}

	/// Finalises a block in which this happened.
	pub(crate) fn finalise(&self, events: Vec<DomainEvent>) {
		let time = self.view.0.lock().unwrap().now;
		self.finalise_at(time, events);
	}

	/// The same at another time than the state is of.
	pub(crate) fn finalise_at(&self, time: Moment, events: Vec<DomainEvent>) {
		for (_, blocks) in self.blocks.lock().unwrap().iter() {
			let block = FinalizedBlock {
				number: 1,
				hash: BlockHash([1; 32]),
				parent: BlockHash([0; 32]),
				time,
				events: events.clone(),
			};
			let _ = blocks.unbounded_send(Ok(block));
		}
	}

	/// Moves a dealing as the chain does: when enough of the active committee acknowledged it.
	fn reshare(&self, one: &Move) -> Option<DomainEvent> {
		let mut chain = self.view.0.lock().unwrap();
		let (to, owner) = (chain.next.clone()?, chain.owner);
		let dealt = *chain.dealings.get(&(one.record, one.version))?;
		if dealt.epoch == to.epoch || dealt.contested || chain.erased.contains(&one.record) {
			return None;
		}
		let payload = acknowledgement_payload(
			GENESIS,
			to.epoch,
			&owner,
			one.record,
			one.version,
			dealt.segments,
			one.digest,
		);
		let mut acknowledged = Seats::EMPTY;
		for (seat, signature) in &one.acknowledgements {
			let member = to.members.iter().find(|member| member.seat == *seat)?;
			assert!(member.account.verify(&payload, signature), "the chain refuses all of it");
			acknowledged.insert(*seat);
		}
		assert!(acknowledged.len() >= u32::from(to.quorum));
		let moved = DealtVersion { epoch: to.epoch, digest: one.digest, acknowledged, ..dealt };
		chain.dealings.insert((one.record, one.version), moved);
		let (record, version, digest) = (one.record, one.version, one.digest);
		let (from, to) = (dealt.epoch, to.epoch);
		Some(DomainEvent::Custody(CustodyEvent::Reshared { record, version, from, to, digest }))
	}
}

/// Waits until something is so, however long it takes: whoever runs the tests has patience with a
/// limit.
pub(crate) async fn until(what: impl AsyncFn() -> bool) {
	while !what().await {
		tokio::task::yield_now().await;
	}
}
