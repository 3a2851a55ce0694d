// SPDX-License-Identifier: Apache-2.0
//! Bitswap 1.2.0: how peers ask each other for blocks.
//!
//! The protocol's loop owns the connections. Each peer has a task that writes, one that answers its
//! wants, and one for each stream that it opened: a peer that does not read, or wants a lot, holds up
//! nobody but itself. Fetching a block is the work of whoever wants it ([`session`]).

mod message;
mod protocol;
mod queue;
mod session;
mod wire;

pub(crate) use protocol::{protocol, Protocol};

use bytes::Bytes;
use litep2p::{types::multiaddr::Multiaddr, PeerId};
use salus_primitives::ContentId;
use std::sync::{
	atomic::{AtomicU64, Ordering},
	Arc,
};
use tokio::sync::{mpsc, oneshot, watch};

/// What the loop is told to do.
enum Command {
	/// To send a message; whoever waits for its answer hears when that fails.
	Send { peer: PeerId, message: Bytes },
	/// To tell about a block until the other end is dropped.
	Watch { id: ContentId, events: mpsc::Sender<Event> },
	/// To say who is connected.
	Peers(oneshot::Sender<Vec<PeerId>>),
	/// To learn where a peer may be reached.
	Reach { peer: PeerId, addresses: Vec<Multiaddr> },
}

/// What happened to a block that is waited for.
#[derive(Clone, Debug)]
enum Event {
	/// It came, and was verified.
	Block { from: PeerId, data: Bytes },
	/// A peer says whether it has it.
	Here { peer: PeerId, here: bool },
	/// A peer cannot be reached.
	Gone { peer: PeerId },
}

/// What was exchanged so far.
#[derive(Debug, Default)]
pub struct Traffic {
	/// Blocks sent to peers.
	pub blocks_sent: AtomicU64,
	/// Blocks of peers that somebody had asked for.
	pub blocks_received: AtomicU64,
	/// Blocks that nobody had asked for, or that came twice.
	pub blocks_unasked: AtomicU64,
	/// Parts of messages, or whole ones, that made no sense or were not true.
	pub ignored: AtomicU64,
	/// Wants of ours that were asked again of another peer.
	pub asked_again: AtomicU64,
}

impl Traffic {
	fn add(counter: &AtomicU64, more: usize) {
		counter.fetch_add(more as u64, Ordering::Relaxed);
	}
}

/// How the rest of the store talks to the protocol. Cloning gives another handle.
#[derive(Clone)]
pub(crate) struct Bitswap {
	commands: mpsc::Sender<Command>,
	traffic: Arc<Traffic>,
	/// Closed when the protocol has ended.
	ended: watch::Receiver<()>,
}

/// The node is shut down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the node is shut down")]
pub(crate) struct Stopped;

impl From<Stopped> for crate::Error {
	fn from(_: Stopped) -> Self {
		Self::NodeStopped
	}
}

impl Bitswap {
	pub(crate) fn traffic(&self) -> &Arc<Traffic> {
		&self.traffic
	}

	/// Waits until the protocol has ended and let go of its store.
	pub(crate) async fn ended(&self) {
		let _ = self.ended.clone().wait_for(|()| false).await;
	}

	/// The peers that are connected.
	pub(crate) async fn peers(&self) -> Result<Vec<PeerId>, Stopped> {
		let (reply, answer) = oneshot::channel();
		self.command(Command::Peers(reply)).await?;
		answer.await.map_err(|_| Stopped)
	}

	/// Learns where a peer may be reached.
	pub(crate) async fn reach(
		&self,
		peer: PeerId,
		addresses: Vec<Multiaddr>,
	) -> Result<(), Stopped> {
		self.command(Command::Reach { peer, addresses }).await
	}

	async fn command(&self, command: Command) -> Result<(), Stopped> {
		self.commands.send(command).await.map_err(|_| Stopped)
	}
}
