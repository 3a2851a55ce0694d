// SPDX-License-Identifier: Apache-2.0
//! The protocol's loop, and the tasks of each peer.

use super::{
	message::{self, Incoming, Want, WantKind},
	queue::WantQueue,
	wire::{self, MAX_MESSAGE},
	Bitswap, Command, Event, Traffic,
};
use crate::BlockStore;
use async_trait::async_trait;
use bytes::Bytes;
use futures::StreamExt;
use litep2p::{
	codec::ProtocolCodec,
	error::ImmediateDialError,
	protocol::{Direction, TransportEvent, TransportService, UserProtocol},
	substream::Substream,
	types::SubstreamId,
	PeerId, ProtocolName,
};
use salus_primitives::ContentId;
use std::{
	collections::{HashMap, HashSet},
	sync::Arc,
	time::Duration,
};
use tokio::{
	sync::{mpsc, watch, Semaphore},
	task::JoinSet,
	time::timeout,
};
use tokio_util::sync::CancellationToken;

const NAME: &str = "/ipfs/bitswap/1.2.0";
/// Commands that wait for the loop.
const COMMANDS: usize = 256;
/// Messages of all peers that wait for the loop.
const INCOMING: usize = 32;
/// Messages that wait to be written to a peer: with the largest blocks 32 MiB.
const OUTGOING: usize = 16;
/// Streams of one peer that are read at the same time. Some peers open one for each message.
const STREAMS: usize = 32;
/// How long a peer may take to read a message.
const WRITE: Duration = Duration::from_secs(30);
/// Wants that are answered in one go.
const WANTS: usize = 64;
/// Longer messages are read on a thread of their own: verifying them takes a while.
const SHORT: usize = 64 << 10;

/// A protocol over `store` that runs until `end`, and the handle to it.
pub(crate) fn protocol(store: Arc<dyn BlockStore>, end: CancellationToken) -> (Protocol, Bitswap) {
	let (commands, receiver) = mpsc::channel(COMMANDS);
	let (running, ended) = watch::channel(());
	let traffic = Arc::<Traffic>::default();
	let handle = Bitswap { commands, traffic: Arc::clone(&traffic), ended };
	(Protocol { store, commands: receiver, traffic, end, running }, handle)
}

/// Bitswap, to be registered with a node.
pub(crate) struct Protocol {
	store: Arc<dyn BlockStore>,
	commands: mpsc::Receiver<Command>,
	traffic: Arc<Traffic>,
	end: CancellationToken,
	/// Dropped when nothing holds the store any more.
	running: watch::Sender<()>,
}

/// What the loop keeps of a peer that is connected or about to be.
struct Peer {
	/// To its writer.
	outgoing: mpsc::Sender<Bytes>,
	/// Streams for its writer; `None` when there is no way to it.
	streams: mpsc::Sender<Option<Substream>>,
	queue: Arc<WantQueue>,
	reading: Arc<Semaphore>,
	is_connected: bool,
	/// Its tasks, which end with it.
	tasks: JoinSet<()>,
}

struct Loop {
	service: TransportService,
	store: Arc<dyn BlockStore>,
	traffic: Arc<Traffic>,
	peers: HashMap<PeerId, Peer>,
	/// Streams that are being opened.
	opening: HashMap<SubstreamId, PeerId>,
	/// Who is dialled because a stream to it is wanted.
	dialling: HashSet<PeerId>,
	/// Who waits for which block.
	watching: HashMap<ContentId, Vec<mpsc::Sender<Event>>>,
	/// What readers of streams have read.
	incoming: mpsc::Sender<(PeerId, Incoming)>,
	/// Writers that need a stream.
	wanting: mpsc::Sender<PeerId>,
}

#[async_trait]
impl UserProtocol for Protocol {
	fn protocol(&self) -> ProtocolName {
		ProtocolName::from(NAME)
	}

	fn codec(&self) -> ProtocolCodec {
		ProtocolCodec::UnsignedVarint(Some(MAX_MESSAGE))
	}

	async fn run(self: Box<Self>, service: TransportService) -> litep2p::Result<()> {
		let Self { store, mut commands, traffic, end, running } = *self;
		let (incoming, mut received) = mpsc::channel(INCOMING);
		let (wanting, mut wanted) = mpsc::channel(INCOMING);
		let mut this = Loop {
			service,
			store,
			traffic,
			peers: HashMap::new(),
			opening: HashMap::new(),
			dialling: HashSet::new(),
			watching: HashMap::new(),
			incoming,
			wanting,
		};
		loop {
			tokio::select! {
				() = end.cancelled() => break,
				event = this.service.next() => match event {
					Some(event) => this.on_event(event),
					None => break,
				},
				command = commands.recv() => match command {
					Some(command) => this.on_command(command),
					None => break,
				},
				Some((peer, incoming)) = received.recv() => this.on_incoming(peer, incoming),
				Some(peer) = wanted.recv() => this.open(peer),
			}
		}
		for (_, mut peer) in this.peers.drain() {
			peer.tasks.shutdown().await;
		}
		drop((this, commands));
		drop(running);
		Ok(())
	}
}

impl Loop {
	fn on_event(&mut self, event: TransportEvent) {
		match event {
			TransportEvent::ConnectionEstablished { peer, .. } => {
				self.peer(peer).is_connected = true;
				if self.dialling.remove(&peer) {
					self.open(peer);
				}
			},
			TransportEvent::ConnectionClosed { peer } => self.lose(peer),
			TransportEvent::DialFailure { peer, .. } => {
				if self.dialling.remove(&peer) {
					self.lose(peer);
				}
			},
			TransportEvent::SubstreamOpened { peer, direction, substream, .. } => match direction {
				Direction::Inbound => self.read(peer, substream),
				Direction::Outbound(id) => {
					self.opening.remove(&id);
					// The writer waits for exactly one.
					let _ = self.peer(peer).streams.try_send(Some(substream));
				},
			},
			TransportEvent::SubstreamOpenFailure { substream, error } => {
				if let Some(peer) = self.opening.remove(&substream) {
					tracing::debug!(%peer, ?error, "no stream for blocks");
					self.refuse(peer);
				}
			},
		}
	}

	fn on_command(&mut self, command: Command) {
		match command {
			Command::Send { peer, message } => {
				if self.peer(peer).outgoing.try_send(message).is_err() {
					// It does not read; whoever waits for it asks somebody else.
					self.tell_gone(peer);
				}
			},
			Command::Watch { id, events } => {
				self.watching.retain(|_, all| {
					all.retain(|events| !events.is_closed());
					!all.is_empty()
				});
				self.watching.entry(id).or_default().push(events);
			},
			Command::Peers(reply) => {
				let connected = self.peers.iter().filter(|(_, peer)| peer.is_connected);
				let _ = reply.send(connected.map(|(peer, _)| *peer).collect());
			},
			Command::Reach { peer, addresses } => {
				self.service.add_known_address(&peer, addresses.into_iter());
			},
		}
	}

	fn on_incoming(&mut self, from: PeerId, incoming: Incoming) {
		Traffic::add(&self.traffic.ignored, incoming.ignored);
		for (id, data) in incoming.blocks {
			let waiting = self.watching.remove(&id).unwrap_or_default();
			let mut is_asked = false;
			for events in waiting {
				let event = Event::Block { from, data: data.clone() };
				is_asked |= events.try_send(event).is_ok();
			}
			let counter = match is_asked {
				true => &self.traffic.blocks_received,
				false => &self.traffic.blocks_unasked,
			};
			Traffic::add(counter, 1);
		}
		for (id, here) in incoming.presences {
			for events in self.watching.get(&id).into_iter().flatten() {
				let _ = events.try_send(Event::Here { peer: from, here });
			}
		}
		if incoming.is_full || !incoming.wants.is_empty() {
			if let Some(peer) = self.peers.get(&from) {
				peer.queue.take(incoming.is_full, incoming.wants);
			}
		}
	}

	/// What is kept of a peer, from now on at the latest.
	fn peer(&mut self, peer: PeerId) -> &mut Peer {
		self.peers.entry(peer).or_insert_with(|| {
			let (outgoing, frames) = mpsc::channel(OUTGOING);
			let (streams, substreams) = mpsc::channel(1);
			let queue = Arc::<WantQueue>::default();
			let mut tasks = JoinSet::new();
			let writer =
				Writer { peer, frames, substreams, wanting: self.wanting.clone(), open: None };
			tasks.spawn(writer.run());
			let server = Server {
				store: Arc::clone(&self.store),
				queue: Arc::clone(&queue),
				outgoing: outgoing.clone(),
				traffic: Arc::clone(&self.traffic),
			};
			tasks.spawn(server.run());
			let reading = Arc::new(Semaphore::new(STREAMS));
			Peer { outgoing, streams, queue, reading, is_connected: false, tasks }
		})
	}

	/// Opens a stream for the writer of a peer, over a new connection where there is none.
	fn open(&mut self, peer: PeerId) {
		match self.service.open_substream(peer) {
			Ok(id) => {
				self.opening.insert(id, peer);
			},
			Err(_) if self.dialling.contains(&peer) => {},
			Err(_) => match self.service.dial(&peer) {
				Ok(()) => {
					self.dialling.insert(peer);
				},
				// Its connection takes no more streams for now.
				Err(ImmediateDialError::AlreadyConnected) => self.refuse(peer),
				Err(error) => {
					tracing::debug!(%peer, ?error, "no way to the peer");
					self.lose(peer);
				},
			},
		}
	}

	/// There is no stream for the writer of a peer.
	fn refuse(&self, peer: PeerId) {
		if let Some(peer) = self.peers.get(&peer) {
			let _ = peer.streams.try_send(None);
		}
		self.tell_gone(peer);
	}

	/// Ends the tasks of a peer.
	fn lose(&mut self, peer: PeerId) {
		self.peers.remove(&peer);
		self.opening.retain(|_, other| *other != peer);
		self.dialling.remove(&peer);
		self.tell_gone(peer);
	}

	fn tell_gone(&self, peer: PeerId) {
		for events in self.watching.values().flatten() {
			let _ = events.try_send(Event::Gone { peer });
		}
	}

	/// Reads a stream that a peer opened, until it ends or says what makes no sense.
	fn read(&mut self, from: PeerId, mut substream: Substream) {
		let (incoming, traffic) = (self.incoming.clone(), Arc::clone(&self.traffic));
		let peer = self.peer(from);
		let Ok(permit) = Arc::clone(&peer.reading).try_acquire_owned() else {
			tracing::debug!(peer = %from, "too many streams");
			return;
		};
		// Tasks of streams that ended.
		while peer.tasks.try_join_next().is_some() {}
		peer.tasks.spawn(async move {
			let _permit = permit;
			while let Some(Ok(frame)) = substream.next().await {
				let read = if frame.len() < SHORT {
					Incoming::read(&frame)
				} else {
					let read = tokio::task::spawn_blocking(move || Incoming::read(&frame)).await;
					let Ok(read) = read else { return };
					read
				};
				let Ok(read) = read else {
					Traffic::add(&traffic.ignored, 1);
					return;
				};
				if incoming.send((from, read)).await.is_err() {
					return;
				}
			}
		});
	}
}

/// Writes to one peer.
struct Writer {
	peer: PeerId,
	frames: mpsc::Receiver<Bytes>,
	substreams: mpsc::Receiver<Option<Substream>>,
	wanting: mpsc::Sender<PeerId>,
	open: Option<Substream>,
}

impl Writer {
	async fn run(mut self) {
		while let Some(frame) = self.frames.recv().await {
			// A stream may have been closed while it was idle.
			if !self.write(frame.clone()).await && !self.write(frame).await {
				tracing::debug!(peer = %self.peer, "a message was lost");
			}
		}
	}

	/// Whether it was written.
	async fn write(&mut self, frame: Bytes) -> bool {
		let mut substream = match self.open.take() {
			Some(substream) => substream,
			None => {
				if self.wanting.send(self.peer).await.is_err() {
					return false;
				}
				let Some(Some(substream)) = self.substreams.recv().await else { return false };
				substream
			},
		};
		let written = matches!(timeout(WRITE, substream.send_framed(frame)).await, Ok(Ok(())));
		if written {
			self.open = Some(substream);
		}
		written
	}
}

/// Answers the wants of one peer.
struct Server {
	store: Arc<dyn BlockStore>,
	queue: Arc<WantQueue>,
	outgoing: mpsc::Sender<Bytes>,
	traffic: Arc<Traffic>,
}

impl Server {
	async fn run(self) {
		loop {
			let mut presences = Vec::new();
			for want in self.queue.next(WANTS).await {
				match self.answer(&want).await {
					Answer::Block(data) => {
						let message = message::block(&want.cid, data);
						if !self.send(&message).await {
							return;
						}
						Traffic::add(&self.traffic.blocks_sent, 1);
					},
					Answer::Presence(here) => presences.push((want.cid, here)),
					Answer::Nothing => {},
				}
			}
			if !presences.is_empty() && !self.send(&message::presences(presences)).await {
				return;
			}
		}
	}

	async fn send(&self, message: &wire::Message) -> bool {
		self.outgoing.send(message.to_bytes()).await.is_ok()
	}

	async fn answer(&self, want: &Want) -> Answer {
		let id = message::content_id(&want.cid);
		match (want.kind, id) {
			(WantKind::Block { tell }, Some(id)) => match self.store.get_block(&id).await {
				Ok(data) => Answer::Block(data),
				Err(error) => {
					if !matches!(error, crate::Error::NotFound { .. }) {
						tracing::warn!(code = error.code(), "a block that a peer wants");
					}
					Answer::unless_silent(tell)
				},
			},
			(WantKind::Have { tell }, Some(id)) => match self.store.has_block(&id).await {
				Ok(true) => Answer::Presence(true),
				_ => Answer::unless_silent(tell),
			},
			(WantKind::Block { tell } | WantKind::Have { tell }, None) => {
				Answer::unless_silent(tell)
			},
			(WantKind::Cancel, _) => Answer::Nothing,
		}
	}
}

enum Answer {
	Block(Bytes),
	Presence(bool),
	Nothing,
}

impl Answer {
	const fn unless_silent(tell: bool) -> Self {
		if tell {
			Self::Presence(false)
		} else {
			Self::Nothing
		}
	}
}
