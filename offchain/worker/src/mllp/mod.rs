// SPDX-License-Identifier: Apache-2.0
//! HL7 v2 messages from the systems of a clinic, over MLLP (HL7 v2 Transport Specification, release 1):
//! each is durable in an [`Inbox`] before it is acknowledged.
//!
//! MLLP knows neither encryption nor authentication: it listens where only those reach it who may send.

mod answer;
mod inbox;

pub use inbox::{Inbox, Kept};

use crate::{Error, Result};
use answer::Reading;
use salus_ingest::hl7v2::{frame, FrameDecoder};
use std::{io, sync::Arc, time::Duration};
use tokio::{
	io::{AsyncReadExt, AsyncWriteExt},
	net::{TcpListener, TcpStream},
	sync::Semaphore,
	task::JoinSet,
	time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;

/// What is read of a connection at once.
const READ_BUFFER: usize = 64 * 1024;
/// How long to wait after the system refused to accept: it has no file descriptors left.
const PAUSE: Duration = Duration::from_millis(200);

/// How much of a listener its senders may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
	/// Connections at a time. More wait until they are accepted.
	pub connections: usize,
	/// Bytes of a message. A larger one is skipped.
	pub message: usize,
	/// How long a sender may be silent between messages.
	pub idle: Duration,
	/// How long a sender may be silent within a message, or not read what it is answered.
	pub stall: Duration,
}

impl Default for Limits {
	fn default() -> Self {
		Self {
			connections: 64,
			message: 32 << 20,
			// Senders keep a connection open for the day.
			idle: Duration::from_secs(24 * 60 * 60),
			stall: Duration::from_secs(60),
		}
	}
}

/// Takes messages into `inbox` until `shutdown`; a message that is whole by then is kept and answered.
///
/// # Errors
/// When the listener has no address.
pub async fn listen(
	listener: TcpListener,
	inbox: Arc<Inbox>,
	limits: Limits,
	shutdown: CancellationToken,
) -> Result<()> {
	let address = listener.local_addr().map_err(|source| Error::Serve { source })?;
	tracing::info!(%address, "listening for messages");
	let slots = Arc::new(Semaphore::new(limits.connections));
	let mut connections = JoinSet::new();
	loop {
		let next = async {
			let slot = Arc::clone(&slots).acquire_owned().await;
			(slot, listener.accept().await)
		};
		let (slot, accepted) = tokio::select! {
			() = shutdown.cancelled() => break,
			next = next => next,
		};
		while connections.try_join_next().is_some() {}
		let (stream, peer) = match accepted {
			Ok(accepted) => accepted,
			Err(error) => {
				tracing::error!(%error, "cannot accept");
				sleep(PAUSE).await;
				continue;
			},
		};
		let (inbox, shutdown) = (Arc::clone(&inbox), shutdown.clone());
		connections.spawn(async move {
			match converse(stream, &inbox, limits, &shutdown).await {
				Ok(()) => tracing::debug!(%peer, "a connection ended"),
				Err(error) => tracing::warn!(%peer, %error, "a connection broke"),
			}
			drop(slot);
		});
	}
	drop(listener);
	while connections.join_next().await.is_some() {}
	Ok(())
}

/// One connection: messages one after the other, each answered before the next is looked at.
async fn converse(
	mut stream: TcpStream,
	inbox: &Arc<Inbox>,
	limits: Limits,
	shutdown: &CancellationToken,
) -> io::Result<()> {
	// Answers are whole when they are written.
	stream.set_nodelay(true)?;
	let mut decoder = FrameDecoder::new(limits.message);
	let mut buffer = vec![0; READ_BUFFER];
	loop {
		let patience = if decoder.is_inside() { limits.stall } else { limits.idle };
		// What was not answered the sender sends again.
		let read = tokio::select! {
			() = shutdown.cancelled() => return Ok(()),
			read = timeout(patience, stream.read(&mut buffer)) => read??,
		};
		let mut bytes = match read {
			0 => return Ok(()),
			read => buffer.get(..read).unwrap_or_default(),
		};
		while let Some(decoded) = decoder.next(&mut bytes) {
			let message = match decoded {
				Ok(message) => message,
				Err(error) => {
					tracing::warn!(code = error.code(), %error, "bytes were skipped");
					continue;
				},
			};
			for answer in take(inbox, message).await? {
				timeout(limits.stall, stream.write_all(&frame(answer.as_bytes()))).await??;
			}
		}
	}
}

/// Reads a message, keeps it, and says what its sender is answered.
async fn take(inbox: &Arc<Inbox>, message: Vec<u8>) -> io::Result<Vec<String>> {
	let inbox = Arc::clone(inbox);
	let taken = tokio::task::spawn_blocking(move || {
		let reading = Reading::of(&message);
		let kept = inbox.keep(&message, reading.is_accepted());
		match &kept {
			Ok(kept) => tracing::info!(?kept, accepted = reading.is_accepted(), "a message"),
			Err(error) => tracing::error!(code = error.code(), %error, "a message is not kept"),
		}
		reading.answers(&message, kept.is_ok())
	});
	taken.await.map_err(io::Error::other)
}
