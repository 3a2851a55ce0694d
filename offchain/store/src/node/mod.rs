// SPDX-License-Identifier: Apache-2.0
//! A store that is a peer of IPFS: what it has others can fetch, and what it lacks it fetches from them.

mod identity;
mod settings;
mod swarm;

pub use settings::NodeSettings;

use crate::{
	bitswap::{protocol, Bitswap, Traffic},
	BlockStore, Content, ContentStat, ContentStore, Error, LocalStore, Result, Stored, Usage,
};
use async_trait::async_trait;
use bytes::Bytes;
use futures::TryStreamExt;
use litep2p::{types::multiaddr::Multiaddr, PeerId};
use salus_primitives::ContentId;
use std::{
	fmt,
	ops::Range,
	sync::{Arc, Mutex, PoisonError},
	time::Duration,
};
use swarm::{Ask, Swarm};
use tokio::{
	io::AsyncRead,
	sync::{mpsc, oneshot},
	task::JoinHandle,
	time::timeout,
};
use tokio_util::sync::{CancellationToken, DropGuard};

/// Questions that wait for the swarm.
const ASKS: usize = 256;
/// How long the table may take to say who provides a root.
const SEARCH: Duration = Duration::from_secs(20);
/// The most connected peers that are asked for a block before the table is.
const NEIGHBOURS: usize = 16;

/// A [`LocalStore`] whose blocks peers of IPFS can fetch, and that fetches from them what it lacks.
/// Cloning gives another handle; the node ends with [`shut_down`](Self::shut_down), or when the last
/// handle is dropped.
///
/// Peers are not trusted: a block is taken only with the bytes that its identifier names. What is
/// fetched stays here until garbage is collected.
#[derive(Clone)]
pub struct EmbeddedStore {
	local: LocalStore,
	bitswap: Bitswap,
	asks: mpsc::Sender<Ask>,
	peer_id: PeerId,
	addresses: Arc<[Multiaddr]>,
	/// Who gave the last block: most likely it has the next one.
	last: Arc<Mutex<Option<PeerId>>>,
	running: Arc<Running>,
}

struct Running {
	end: CancellationToken,
	task: Mutex<Option<JoinHandle<()>>>,
	_guard: DropGuard,
}

impl EmbeddedStore {
	/// Takes part in the network with what is in `local`, and tells who asks of every pinned root.
	///
	/// # Errors
	/// When the node's key cannot be read or made, or it cannot listen.
	pub async fn start(local: LocalStore, settings: NodeSettings) -> Result<Self> {
		let path = settings.identity.clone();
		let identity =
			tokio::task::spawn_blocking(move || identity::load_or_make(&path))
				.await
				.map_err(|_| Error::Internal { operation: "a storage thread was stopped" })??;
		let end = CancellationToken::new();
		let (protocol, bitswap) = protocol(Arc::new(local.clone()), end.clone());
		let swarm = Swarm::start(&settings, identity, protocol, bitswap.clone())?;
		let (peer_id, addresses) = (swarm.peer_id(), swarm.addresses().into());
		let (asks, questions) = mpsc::channel(ASKS);
		let task = tokio::spawn(swarm.run(questions, end.clone()));
		let _guard = end.clone().drop_guard();
		let running = Arc::new(Running { end, task: Mutex::new(Some(task)), _guard });
		let last = Arc::default();
		let store = Self { local, bitswap, asks, peer_id, addresses, last, running };
		for address in settings.peers {
			store.connect(address).await?;
		}
		for root in store.local.pinned().await? {
			store.ask(Ask::Provide { id: root }).await?;
		}
		Ok(store)
	}

	/// By which peers know the node.
	pub const fn peer_id(&self) -> PeerId {
		self.peer_id
	}

	/// Where the node listens, each address with its identifier.
	pub fn addresses(&self) -> &[Multiaddr] {
		&self.addresses
	}

	/// What was exchanged so far.
	pub fn traffic(&self) -> &Traffic {
		self.bitswap.traffic()
	}

	/// Connects to a peer whose identifier is at the end of the address. It is tried once; whether it
	/// works is seen in [`peers`](Self::peers).
	///
	/// # Errors
	/// When the node is shut down.
	pub async fn connect(&self, address: Multiaddr) -> Result<()> {
		self.ask(Ask::Dial { address }).await
	}

	/// The peers that are connected.
	///
	/// # Errors
	/// When the node is shut down.
	pub async fn peers(&self) -> Result<Vec<PeerId>> {
		Ok(self.bitswap.peers().await?)
	}

	/// Ends the node; the local store stays open.
	pub async fn shut_down(&self) {
		self.running.end.cancel();
		let task = self.running.task.lock().unwrap_or_else(PoisonError::into_inner).take();
		if let Some(task) = task {
			let _ = task.await;
		}
		self.bitswap.ended().await;
	}

	async fn ask(&self, ask: Ask) -> Result<()> {
		self.asks.send(ask).await.map_err(|_| Error::NodeStopped)
	}

	/// Fetches a block from a connected peer, or from one that provides it.
	async fn fetch(&self, id: &ContentId) -> Result<Bytes> {
		let last = *self.last.lock().unwrap_or_else(PoisonError::into_inner);
		let mut neighbours = self.bitswap.peers().await?;
		neighbours.sort_by_key(|peer| Some(*peer) != last);
		neighbours.truncate(NEIGHBOURS);
		let mut found = self.bitswap.fetch(id, neighbours).await?;
		if found.is_none() {
			let providers = self.providers(id).await?;
			let mut peers = Vec::new();
			for (peer, addresses) in providers.into_iter().filter(|one| one.0 != self.peer_id) {
				self.bitswap.reach(peer, addresses).await?;
				peers.push(peer);
			}
			found = self.bitswap.fetch(id, peers).await?;
		}
		let (peer, block) = found.ok_or_else(|| Error::NotFound { id: (*id).into() })?;
		*self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(peer);
		// The identifier that was verified is the one that was asked for.
		self.local.put_block(id, block.clone()).await?;
		Ok(block)
	}

	/// Who provides a root, by the word of the table.
	async fn providers(&self, id: &ContentId) -> Result<Vec<(PeerId, Vec<Multiaddr>)>> {
		let (reply, answer) = oneshot::channel();
		self.ask(Ask::Providers { id: *id, reply }).await?;
		Ok(timeout(SEARCH, answer).await.ok().and_then(Result::ok).unwrap_or_default())
	}
}

impl fmt::Debug for EmbeddedStore {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("EmbeddedStore")
			.field("peer_id", &self.peer_id)
			.field("local", &self.local)
			.finish_non_exhaustive()
	}
}

#[async_trait]
impl BlockStore for EmbeddedStore {
	async fn get_block(&self, id: &ContentId) -> Result<Bytes> {
		match self.local.get_block(id).await {
			Err(Error::NotFound { .. }) => self.fetch(id).await,
			found => found,
		}
	}

	async fn put_block(&self, id: &ContentId, block: Bytes) -> Result<()> {
		self.local.put_block(id, block).await
	}

	async fn has_block(&self, id: &ContentId) -> Result<bool> {
		self.local.has_block(id).await
	}

	async fn delete_block(&self, id: &ContentId) -> Result<()> {
		self.local.delete_block(id).await
	}
}

#[async_trait]
impl ContentStore for EmbeddedStore {
	async fn put(&self, content: &mut (dyn AsyncRead + Send + Unpin)) -> Result<Stored> {
		let stored = self.local.put(content).await?;
		self.ask(Ask::Provide { id: stored.id }).await?;
		Ok(stored)
	}

	async fn get(&self, id: &ContentId, range: Option<Range<u64>>) -> Result<Content> {
		Content::open(Arc::new(self.clone()), *id, range).await
	}

	async fn has(&self, id: &ContentId) -> Result<bool> {
		self.local.has(id).await
	}

	async fn pin(&self, id: &ContentId) -> Result<u64> {
		// All of it has to be here.
		if !self.local.has(id).await? {
			let mut content = self.get(id, None).await?;
			while content.try_next().await?.is_some() {}
		}
		let pins = self.local.pin(id).await?;
		self.ask(Ask::Provide { id: *id }).await?;
		Ok(pins)
	}

	async fn unpin(&self, id: &ContentId) -> Result<u64> {
		let left = self.local.unpin(id).await?;
		if left == 0 {
			self.ask(Ask::StopProviding { id: *id }).await?;
		}
		Ok(left)
	}

	async fn stat(&self, id: &ContentId) -> Result<ContentStat> {
		self.local.stat(id).await
	}

	async fn usage(&self) -> Result<Usage> {
		self.local.usage().await
	}
}
