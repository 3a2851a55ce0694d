// SPDX-License-Identifier: Apache-2.0
//! A custodian over HTTP/1.1 in the channel of [`crate::transport`], for whoever connects.
//!
//! Nobody is told apart by where she connects from. So that nobody keeps a custodian from the others,
//! everything has its bound ([`Limits`]): what is too much waits, or is told to come back; what is too
//! slow is cut off.

use super::{Custodian, Deposit, Peer, RepairRequest, SubdealRequest, TakeOverRequest};
use crate::{
	transport::{ChannelSuite, Identity},
	Error, Result,
};
use axum::{
	body::{to_bytes, Body},
	extract::{rejection::PathRejection, Path, Request, State},
	http::{header, StatusCode},
	middleware::{from_fn_with_state, Next},
	response::{IntoResponse, Response},
	routing::{get, post},
	Json, Router,
};
use hyper::{body::Body as _, server::conn::http1};
use hyper_util::{
	rt::{TokioIo, TokioTimer},
	service::TowerToHyperService,
};
use salus_primitives::{custody::CustodianRefusal, TicketId};
use serde::de::DeserializeOwned;
use serde_json::json;
use std::{io, sync::Arc, time::Duration};
use tokio::{
	net::{TcpListener, TcpStream},
	sync::Semaphore,
	task::JoinSet,
	time::{sleep, timeout},
};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

/// The channel is post-quantum or there is none.
pub(super) const SUITES: &[ChannelSuite] = &[ChannelSuite::X25519MlKem768];
/// A deposit of one record version: some hundred bytes a segment.
const MAX_BODY: usize = 4 * 1024 * 1024;
/// What is read of a connection at once.
const READ_BUFFER: usize = 64 * 1024;
/// When who was turned away may come back, in seconds.
const COME_BACK: u64 = 1;
/// How long to wait after the system refused to accept: it has no file descriptors left.
const PAUSE: Duration = Duration::from_millis(200);

/// How much of a custodian its users may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
	/// Connections at a time. More wait until they are accepted.
	pub connections: usize,
	/// Requests of each kind at a time. More wait for their turn; only health is always told.
	pub requests: usize,
	/// How long a request may wait for its turn. Then it is told to come back.
	pub turn: Duration,
	/// How long a handshake may take.
	pub handshake: Duration,
	/// How long a connection may wait for the head of its next request.
	pub head: Duration,
	/// How long the body of a request may take.
	pub body: Duration,
	/// How long a connection may go on.
	pub age: Duration,
	/// How long what is under way may take when a connection, or the custodian, has to end.
	pub grace: Duration,
}

impl Default for Limits {
	fn default() -> Self {
		Self {
			connections: 256,
			requests: 32,
			turn: Duration::from_secs(5),
			handshake: Duration::from_secs(10),
			head: Duration::from_secs(15),
			body: Duration::from_secs(10),
			age: Duration::from_secs(600),
			grace: Duration::from_secs(10),
		}
	}
}

#[derive(Clone)]
struct Served {
	custodian: Arc<dyn Custodian>,
	peer: Option<Arc<dyn Peer>>,
	limits: Limits,
}

/// Serves as `identity` until `shutdown`; what is under way then may end. `peer` is what other
/// custodians are served by, if they are.
///
/// # Errors
/// When the channel cannot be set up.
pub async fn serve(
	listener: TcpListener,
	custodian: Arc<dyn Custodian>,
	peer: Option<Arc<dyn Peer>>,
	identity: Arc<Identity>,
	limits: Limits,
	shutdown: CancellationToken,
) -> Result<()> {
	let address = listener.local_addr().map_err(|source| Error::Serve { source })?;
	tracing::info!(%address, account = %identity.account(), "serving");
	let acceptor = TlsAcceptor::from(Arc::new(identity.server_config(SUITES)?));
	let router = router(Served { custodian, peer, limits });
	let slots = Arc::new(Semaphore::new(limits.connections));
	// Dropping it ends what is in it: nothing is left behind, however this ends.
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
		let stream = match accepted {
			Ok((stream, _)) => stream,
			Err(error) => {
				if !is_of_one_connection(&error) {
					tracing::error!(%error, "cannot accept");
					sleep(PAUSE).await;
				}
				continue;
			},
		};
		let (acceptor, router, stop) = (acceptor.clone(), router.clone(), shutdown.clone());
		connections.spawn(async move {
			converse(stream, acceptor, router, limits, stop).await;
			drop(slot);
		});
	}
	drop(listener);
	while connections.join_next().await.is_some() {}
	Ok(())
}

/// Whether accepting failed because of who connected.
fn is_of_one_connection(error: &io::Error) -> bool {
	use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
	matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}

/// One connection, from the handshake to its end.
async fn converse(
	stream: TcpStream,
	acceptor: TlsAcceptor,
	router: Router,
	limits: Limits,
	stop: CancellationToken,
) {
	// Answers are whole when they are written.
	let _ = stream.set_nodelay(true);
	let shaken = tokio::select! {
		() = stop.cancelled() => return,
		shaken = timeout(limits.handshake, acceptor.accept(stream)) => shaken,
	};
	let stream = match shaken {
		Ok(Ok(stream)) => stream,
		Ok(Err(error)) => return tracing::debug!(%error, "no handshake"),
		Err(_) => return tracing::debug!("the handshake took too long"),
	};
	let connection = http1::Builder::new()
		.timer(TokioTimer::new())
		.header_read_timeout(limits.head)
		.max_buf_size(READ_BUFFER)
		.serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
	tokio::pin!(connection);
	tokio::select! {
		ended = connection.as_mut() => return said(ended),
		() = stop.cancelled() => {},
		() = sleep(limits.age) => {},
	}
	connection.as_mut().graceful_shutdown();
	match timeout(limits.grace, connection).await {
		Ok(ended) => said(ended),
		Err(_) => tracing::debug!("a connection did not end in time"),
	}
}

fn said(ended: hyper::Result<()>) {
	if let Err(error) = ended {
		tracing::debug!(%error, "a connection broke");
	}
}

fn router(served: Served) -> Router {
	// Each kind has turns of its own: whoever deposits slowly keeps nobody from a release.
	let turns = || {
		let Limits { requests, turn, .. } = served.limits;
		from_fn_with_state((Arc::new(Semaphore::new(requests)), turn), in_turn)
	};
	Router::new()
		.route("/deposits", post(deposit).layer(turns()))
		.route("/releases/{ticket}/{segment}", post(release).layer(turns()))
		.route("/subdealings", post(subdeal).layer(turns()))
		.route("/take-overs", post(take_over).layer(turns()))
		.route("/masks", post(mask).layer(turns()))
		.route("/masked-shares", post(help).layer(turns()))
		.route("/health", get(health))
		.fallback(|| async { Problem::new(StatusCode::NOT_FOUND, "NOT_FOUND", "no such resource") })
		.method_not_allowed_fallback(|| async {
			let status = StatusCode::METHOD_NOT_ALLOWED;
			Problem::new(status, "METHOD_NOT_ALLOWED", "no such method here")
		})
		.with_state(served)
}

/// Lets so many requests through at a time.
async fn in_turn(
	State((turns, patience)): State<(Arc<Semaphore>, Duration)>,
	request: Request,
	next: Next,
) -> Response {
	match timeout(patience, turns.acquire()).await {
		Ok(Ok(_turn)) => next.run(request).await,
		Ok(Err(_)) | Err(_) => Problem::busy().into_response(),
	}
}

/// Says which process answers.
async fn health() -> Json<serde_json::Value> {
	Json(json!({ "status": "ok", "process": std::process::id() }))
}

/// Reads what is asked for.
async fn read<T: DeserializeOwned>(served: &Served, body: Body) -> Result<T, Problem> {
	let too_slow = |_| {
		let detail = "the body took too long";
		Problem::new(StatusCode::REQUEST_TIMEOUT, "REQUEST_TOO_SLOW", detail)
	};
	let unread = || {
		let detail = format!("the body is cut off, or longer than {MAX_BODY} bytes");
		Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "REQUEST_TOO_LARGE", detail)
	};
	if body.size_hint().lower() > MAX_BODY as u64 {
		return Err(unread());
	}
	let read = timeout(served.limits.body, to_bytes(body, MAX_BODY)).await.map_err(too_slow)?;
	let bytes = read.map_err(|_| unread())?;
	serde_json::from_slice(&bytes).map_err(|_| Problem::malformed())
}

async fn deposit(State(served): State<Served>, body: Body) -> Result<Response, Problem> {
	let deposit: Deposit = read(&served, body).await?;
	Ok(Json(served.custodian.deposit(&deposit).await?).into_response())
}

async fn subdeal(State(served): State<Served>, body: Body) -> Result<Response, Problem> {
	let request: SubdealRequest = read(&served, body).await?;
	Ok(Json(served.peer()?.subdeal(&request).await?).into_response())
}

async fn take_over(State(served): State<Served>, body: Body) -> Result<Response, Problem> {
	let request: TakeOverRequest = read(&served, body).await?;
	Ok(Json(served.peer()?.take_over(&request).await?).into_response())
}

async fn mask(State(served): State<Served>, body: Body) -> Result<Response, Problem> {
	let request: RepairRequest = read(&served, body).await?;
	Ok(Json(served.peer()?.mask(&request).await?).into_response())
}

async fn help(State(served): State<Served>, body: Body) -> Result<Response, Problem> {
	let request: RepairRequest = read(&served, body).await?;
	Ok(Json(served.peer()?.help(&request).await?).into_response())
}

impl Served {
	fn peer(&self) -> Result<&dyn Peer, Problem> {
		let detail = "no custodians are served here";
		let none = || Problem::new(StatusCode::NOT_FOUND, "NOT_FOUND", detail);
		self.peer.as_deref().ok_or_else(none)
	}
}

async fn release(
	State(served): State<Served>,
	page: Result<Path<(TicketId, u16)>, PathRejection>,
) -> Result<Response, Problem> {
	let Path((ticket, from)) = page.map_err(|_| Problem::malformed())?;
	Ok(Json(served.custodian.release(&ticket, from).await?).into_response())
}

/// A problem document (RFC 9457).
#[derive(Debug)]
struct Problem {
	status: StatusCode,
	code: String,
	detail: String,
	/// Why a release has to wait.
	refusal: Option<CustodianRefusal>,
	/// Whether the same request may succeed soon.
	come_back: bool,
}

impl Problem {
	fn new(status: StatusCode, code: &str, detail: impl Into<String>) -> Self {
		let (code, detail) = (code.to_owned(), detail.into());
		Self { status, code, detail, refusal: None, come_back: false }
	}

	fn busy() -> Self {
		let detail = "too many requests are under way";
		let busy = Self::new(StatusCode::SERVICE_UNAVAILABLE, "CUSTODIAN_BUSY", detail);
		Self { come_back: true, ..busy }
	}

	fn malformed() -> Self {
		let detail = "not what is asked for here";
		Self::new(StatusCode::BAD_REQUEST, "REQUEST_MALFORMED", detail)
	}
}

impl From<Error> for Problem {
	fn from(error: Error) -> Self {
		let status = match &error {
			Error::ReleaseRefused { .. } => StatusCode::FORBIDDEN,
			Error::TicketNotFinalised { .. } | Error::NotHeld { .. } => StatusCode::NOT_FOUND,
			Error::DepositInvalid { .. }
			| Error::NotAMember { .. }
			| Error::HandoverInvalid { .. }
			| Error::CustodianMalformed
			| Error::Crypto(_) => StatusCode::BAD_REQUEST,
			Error::OwnerUnknown { .. } => StatusCode::FORBIDDEN,
			Error::NotDealt { .. } => StatusCode::NOT_FOUND,
			Error::RecordErased { .. } => StatusCode::GONE,
			Error::MaxDepositsExceeded { .. } => StatusCode::TOO_MANY_REQUESTS,
			// It stands still until its operator has looked at the upgrade.
			Error::CodeNotApproved { .. } => StatusCode::SERVICE_UNAVAILABLE,
			error if error.is_retryable() => StatusCode::SERVICE_UNAVAILABLE,
			_ => StatusCode::INTERNAL_SERVER_ERROR,
		};
		let come_back = status == StatusCode::SERVICE_UNAVAILABLE && error.is_retryable();
		let refusal = match &error {
			Error::ReleaseDeferred { refusal, .. } => Some(*refusal),
			_ => None,
		};
		let code = error.code().to_owned();
		let detail = if status == StatusCode::INTERNAL_SERVER_ERROR {
			// It may name what is nobody else's business.
			tracing::error!(%code, %error, "failed");
			"it is the custodian's own fault; its log says more".to_owned()
		} else {
			tracing::warn!(%code, "refused");
			error.to_string()
		};
		Self { status, code, detail, refusal, come_back }
	}
}

impl IntoResponse for Problem {
	fn into_response(self) -> Response {
		let body = json!({
			"title": self.status.canonical_reason(),
			"status": self.status.as_u16(),
			"code": self.code,
			"detail": self.detail,
			"refusal": self.refusal,
		});
		let kind = [(header::CONTENT_TYPE, "application/problem+json")];
		let mut response = (self.status, kind, body.to_string()).into_response();
		if self.come_back {
			response.headers_mut().insert(header::RETRY_AFTER, COME_BACK.into());
		}
		response
	}
}
