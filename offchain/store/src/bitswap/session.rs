// SPDX-License-Identifier: Apache-2.0
//! Fetching one block from whoever has it: one peer is asked for the block, a few others whether they
//! have it, and the next one is asked as soon as it is known that the one before does not.

use super::{message, wire::WantType, Bitswap, Command, Event, Stopped, Traffic};
use bytes::Bytes;
use litep2p::PeerId;
use salus_primitives::ContentId;
use std::{
	collections::{BTreeSet, VecDeque},
	time::Duration,
};
use tokio::{
	sync::mpsc,
	time::{sleep, timeout_at, Instant},
};

/// How long a peer may take for a block.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long to wait before a peer is asked again whose connection broke: it may be coming back.
const COMING_BACK: Duration = Duration::from_millis(500);
/// How many peers are asked whether they have it, beside the one that is asked for it.
const ASKED_BESIDE: usize = 3;
/// Events of one block that wait to be looked at; presences beyond are lost, which costs patience only.
const EVENTS: usize = 64;

/// One block that is being looked for.
struct Session<'a> {
	bitswap: &'a Bitswap,
	id: ContentId,
	/// Who was not asked yet.
	waiting: VecDeque<PeerId>,
	/// Who was asked whether it has it.
	asked: BTreeSet<PeerId>,
	/// Who says so.
	having: VecDeque<PeerId>,
	/// Who was asked for it.
	current: Option<PeerId>,
	/// Until when that one may take.
	deadline: Instant,
	/// Who was asked for it before.
	former: Vec<PeerId>,
	/// Whose connection broke.
	broken: BTreeSet<PeerId>,
}

impl Bitswap {
	/// Fetches a block from one of these peers; the first is asked first. `None` when none of them has
	/// it. Its digest was verified.
	pub(crate) async fn fetch(
		&self,
		id: &ContentId,
		peers: impl IntoIterator<Item = PeerId>,
	) -> Result<Option<(PeerId, Bytes)>, Stopped> {
		let (sender, mut events) = mpsc::channel(EVENTS);
		self.command(Command::Watch { id: *id, events: sender }).await?;
		let mut session = Session {
			bitswap: self,
			id: *id,
			waiting: peers.into_iter().collect(),
			asked: BTreeSet::new(),
			having: VecDeque::new(),
			current: None,
			deadline: Instant::now(),
			former: Vec::new(),
			broken: BTreeSet::new(),
		};
		loop {
			if session.current.is_none() {
				session.ask_next().await?;
			}
			if session.current.is_none() && session.asked.is_empty() {
				return Ok(None);
			}
			match timeout_at(session.deadline, events.recv()).await {
				Ok(None) => return Err(Stopped),
				Ok(Some(Event::Block { from, data })) => {
					session.end(from).await?;
					return Ok(Some((from, data)));
				},
				Ok(Some(Event::Here { peer, here: true })) => {
					if session.asked.remove(&peer) {
						session.having.push_back(peer);
					}
				},
				Ok(Some(Event::Here { peer, here: false })) => {
					session.leave(peer);
				},
				Ok(Some(Event::Gone { peer })) => {
					// Once more, when nobody else is left to ask.
					if session.leave(peer) && session.broken.insert(peer) {
						session.waiting.push_back(peer);
					}
				},
				Err(_) => session.lose_patience(),
			}
		}
	}
}

impl Session<'_> {
	/// Asks the next peer for the block, and others whether they have it.
	async fn ask_next(&mut self) -> Result<(), Stopped> {
		let Some(peer) = self.having.pop_front().or_else(|| self.waiting.pop_front()) else {
			return Ok(());
		};
		if self.broken.contains(&peer) {
			sleep(COMING_BACK).await;
		}
		if !self.former.is_empty() {
			Traffic::add(&self.bitswap.traffic.asked_again, 1);
		}
		self.former.push(peer);
		self.current = Some(peer);
		self.deadline = Instant::now() + PATIENCE;
		self.send(peer, message::ask(&self.id, WantType::Block)).await?;
		while self.asked.len() < ASKED_BESIDE {
			let Some(peer) = self.waiting.pop_front() else { break };
			self.asked.insert(peer);
			self.send(peer, message::ask(&self.id, WantType::Have)).await?;
		}
		Ok(())
	}

	/// Asks a peer no more. Returns whether it was asked.
	fn leave(&mut self, peer: PeerId) -> bool {
		let was_asked = self.asked.remove(&peer);
		self.having.retain(|other| *other != peer);
		let was_current = self.current == Some(peer);
		if was_current {
			self.current = None;
		}
		was_asked || was_current
	}

	fn lose_patience(&mut self) {
		self.current = None;
		// Who did not say anything in this time is not worth more of it.
		self.asked.clear();
	}

	/// Takes the want back from everybody who may still send the block.
	async fn end(&self, from: PeerId) -> Result<(), Stopped> {
		for peer in self.former.iter().filter(|peer| **peer != from) {
			self.send(*peer, message::cancel(&self.id)).await?;
		}
		Ok(())
	}

	async fn send(&self, peer: PeerId, message: super::wire::Message) -> Result<(), Stopped> {
		let message = message.to_bytes();
		self.bitswap.command(Command::Send { peer, message }).await
	}
}
