// SPDX-License-Identifier: Apache-2.0
//! A custodian seen from another process.

use super::{
	server::SUITES, Custodian, Deposit, Masked, Released, RepairRequest, SubdealRequest, Subdealt,
	TakeOverRequest, TakenOver,
};
use crate::{
	clock::Clock,
	transport::{client_config, fault, Peer},
	Error, Result,
};
use async_trait::async_trait;
use backon::{ExponentialBuilder, Retryable};
use bytes::Bytes;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::{
	header::{HeaderMap, CONTENT_TYPE, RETRY_AFTER},
	Method, Request, StatusCode, Uri,
};
use hyper_rustls::HttpsConnector;
use hyper_util::{
	client::legacy::{connect::HttpConnector, Client},
	rt::{TokioExecutor, TokioTimer},
};
use salus_chain::Signature;
use salus_crypto::custody::SealedRepairShare;
use salus_primitives::{custody::CustodianRefusal, TicketId};
use serde::{de::DeserializeOwned, Deserialize, Serialize};
use std::{error::Error as StdError, fmt, future::Future, sync::Arc, time::Duration};
use tokio::time::timeout;

/// The longest answer: shares of every segment of a large record version.
const MAX_ANSWER: usize = 16 * 1024 * 1024;
/// How long connecting may take, without the handshake.
const CONNECT: Duration = Duration::from_secs(5);
/// How long a request may take, with everything.
const REQUEST: Duration = Duration::from_secs(30);
/// How long a connection is kept for the next request: not for as long as the custodian keeps it.
const IDLE: Duration = Duration::from_secs(10);
/// The longest that a custodian makes anybody wait.
const MAX_WAIT: Duration = Duration::from_secs(5);

type BoxError = Box<dyn StdError + Send + Sync>;

/// A custodian behind a URL: that one, whoever else answers there. What it says is signed, too.
#[derive(Clone)]
pub struct RemoteCustodian {
	peer: Peer,
	base: String,
	http: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
}

impl fmt::Debug for RemoteCustodian {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("RemoteCustodian")
			.field("peer", &self.peer)
			.field("base", &self.base)
			.finish_non_exhaustive()
	}
}

#[derive(Deserialize)]
struct Problem {
	code: String,
	detail: String,
	/// Why a release has to wait.
	refusal: Option<CustodianRefusal>,
	/// When to ask again, if that may help.
	#[serde(skip)]
	retry_after: Option<Duration>,
}

#[derive(Deserialize)]
struct Health {
	process: u32,
}

impl RemoteCustodian {
	/// The custodian `peer` at `url`, which begins with `https://` and has no path.
	///
	/// # Errors
	/// When it is no such URL.
	pub fn new(url: &str, peer: Peer, clock: Arc<dyn Clock>) -> Result<Self> {
		let wrong = || Error::InvalidSetting { setting: "URL of a custodian" };
		let base = url.trim_end_matches('/');
		let parsed: Uri = base.parse().map_err(|_| wrong())?;
		if parsed.scheme_str() != Some("https") || parsed.path() != "/" || parsed.query().is_some()
		{
			return Err(wrong());
		}
		let mut tcp = HttpConnector::new();
		tcp.enforce_http(false);
		tcp.set_nodelay(true);
		tcp.set_connect_timeout(Some(CONNECT));
		let mut connector = HttpsConnector::from((tcp, client_config(peer, clock, SUITES)?));
		connector.enforce_https();
		let http = Client::builder(TokioExecutor::new())
			.pool_timer(TokioTimer::new())
			.pool_idle_timeout(IDLE)
			.build(connector);
		Ok(Self { peer, base: base.to_owned(), http })
	}

	/// Who it is.
	pub const fn peer(&self) -> &Peer {
		&self.peer
	}

	/// The number of the process that answers.
	///
	/// # Errors
	/// When none does, or not this custodian.
	pub async fn health(&self) -> Result<u32> {
		let health: Health = self.ask(Method::GET, "/health", Bytes::new()).await?;
		Ok(health.process)
	}

	async fn ask<T: DeserializeOwned>(
		&self,
		method: Method,
		path: &str,
		body: Bytes,
	) -> Result<T, Refused> {
		let request = Request::builder()
			.method(method)
			.uri(format!("{}{path}", self.base))
			.header(CONTENT_TYPE, "application/json")
			.body(Full::new(body))
			.map_err(|error| self.unreachable(error))?;
		let answered = timeout(REQUEST, self.exchange(request)).await;
		let (status, headers, body) = answered.map_err(|error| self.unreachable(error))??;
		if status.is_success() {
			return serde_json::from_slice(&body).map_err(|_| Error::CustodianMalformed.into());
		}
		let mut problem: Problem =
			serde_json::from_slice(&body).map_err(|_| Error::CustodianMalformed)?;
		if status == StatusCode::SERVICE_UNAVAILABLE {
			problem.retry_after = retry_after(&headers);
		}
		Err(Refused::Problem(problem))
	}

	/// Sends a request and reads the answer, up to the longest there is.
	async fn exchange(
		&self,
		request: Request<Full<Bytes>>,
	) -> Result<(StatusCode, HeaderMap, Bytes)> {
		let sent = self.http.request(request).await;
		let (head, body) = sent.map_err(|error| self.unreachable(error))?.into_parts();
		let read = Limited::new(body, MAX_ANSWER).collect().await;
		let body = read.map_err(|error| {
			if error.is::<LengthLimitError>() {
				Error::CustodianMalformed
			} else {
				self.unreachable(error)
			}
		})?;
		Ok((head.status, head.headers, body.to_bytes()))
	}

	/// Why there was no answer: because somebody else is there, or for any other reason.
	fn unreachable(&self, source: impl Into<BoxError>) -> Error {
		let (custodian, source) = (self.peer.account, source.into());
		match fault(&*source) {
			Some(fault) => Error::CustodianImpostor { custodian, fault },
			None => Error::CustodianUnreachable { custodian, source },
		}
	}
}

/// When the custodian wants to be asked again.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
	let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
	Some(Duration::from_secs(seconds).min(MAX_WAIT))
}

/// Why there is no answer.
enum Refused {
	Failed(Error),
	Problem(Problem),
}

impl From<Error> for Refused {
	fn from(error: Error) -> Self {
		Self::Failed(error)
	}
}

impl From<Refused> for Error {
	fn from(refused: Refused) -> Self {
		match refused {
			Refused::Failed(error) => error,
			Refused::Problem(Problem { code, detail, retry_after, .. }) => match retry_after {
				Some(retry_after) => Self::CustodianUnavailable { code, detail, retry_after },
				None => Self::CustodianFailed { code, detail },
			},
		}
	}
}

/// What is worth asking again at once, and how often: a custodian may be busy, or see finality a
/// moment after we do.
async fn persistently<T, F: Future<Output = Result<T>>>(ask: impl FnMut() -> F) -> Result<T> {
	let policy = ExponentialBuilder::default()
		.with_min_delay(Duration::from_millis(50))
		.with_max_delay(Duration::from_secs(2))
		.with_max_times(8)
		.with_jitter();
	ask.retry(policy)
		.when(|error| {
			matches!(
				error,
				Error::TicketNotFinalised { .. }
					| Error::ReleaseDeferred { .. }
					| Error::CustodianUnavailable { .. }
			)
		})
		.adjust(|error, delay| match error {
			Error::CustodianUnavailable { retry_after, .. } => {
				delay.map(|delay| delay.max(*retry_after))
			},
			_ => delay,
		})
		.await
}

#[async_trait]
impl Custodian for RemoteCustodian {
	async fn deposit(&self, deposit: &Deposit) -> Result<Signature> {
		self.post("/deposits", deposit).await
	}

	async fn release(&self, ticket: &TicketId, from: u16) -> Result<Released> {
		let path = format!("/releases/{ticket}/{from}");
		persistently(|| async {
			let asked = self.ask(Method::POST, &path, Bytes::new()).await;
			asked.map_err(|why| refusal(why, ticket))
		})
		.await
	}
}

impl RemoteCustodian {
	/// Asks another custodian.
	async fn post<T: DeserializeOwned>(&self, path: &str, request: &impl Serialize) -> Result<T> {
		let body = Bytes::from(serde_json::to_vec(request)?);
		persistently(|| async { Ok(self.ask(Method::POST, path, body.clone()).await?) }).await
	}
}

#[async_trait]
impl super::Peer for RemoteCustodian {
	async fn subdeal(&self, request: &SubdealRequest) -> Result<Vec<Subdealt>> {
		self.post("/subdealings", request).await
	}

	async fn take_over(&self, request: &TakeOverRequest) -> Result<TakenOver> {
		self.post("/take-overs", request).await
	}

	async fn mask(&self, request: &RepairRequest) -> Result<Masked> {
		self.post("/masks", request).await
	}

	async fn help(&self, request: &RepairRequest) -> Result<SealedRepairShare> {
		self.post("/masked-shares", request).await
	}
}

/// What a refusal means for a ticket.
fn refusal(refused: Refused, ticket: &TicketId) -> Error {
	let Refused::Problem(problem) = &refused else { return refused.into() };
	let ticket = *ticket;
	if problem.code == "TICKET_NOT_FINALISED" {
		return Error::TicketNotFinalised { ticket };
	}
	match (problem.refusal, CustodianRefusal::from_code(&problem.code)) {
		(Some(refusal), _) => Error::ReleaseDeferred { ticket, refusal },
		(None, Some(refusal)) => Error::ReleaseRefused { ticket, refusal },
		(None, None) => refused.into(),
	}
}
