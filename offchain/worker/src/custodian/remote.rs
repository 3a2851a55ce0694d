// SPDX-License-Identifier: Apache-2.0
//! A custodian seen from another process.

use super::{Custodian, Deposit, Released};
use crate::{Error, Result};
use async_trait::async_trait;
use backon::{ExponentialBuilder, Retryable};
use salus_chain::Signature;
use salus_primitives::{custody::CustodianRefusal, TicketId};
use serde::{de::DeserializeOwned, Deserialize};
use std::time::Duration;

/// The longest answer: shares of every segment of a large record version.
const MAX_ANSWER: usize = 16 * 1024 * 1024;

/// A custodian behind a URL. What it says is signed; whose signature counts, the chain says.
#[derive(Clone, Debug)]
pub struct RemoteCustodian {
	url: String,
	http: reqwest::Client,
}

#[derive(Deserialize)]
struct Problem {
	code: String,
	detail: String,
	/// Why a release has to wait.
	refusal: Option<CustodianRefusal>,
}

impl RemoteCustodian {
	/// The custodian at `url`.
	///
	/// # Errors
	/// When no HTTP client can be made.
	pub fn new(url: impl Into<String>) -> Result<Self> {
		let http = reqwest::Client::builder()
			.redirect(reqwest::redirect::Policy::none())
			.connect_timeout(Duration::from_secs(5))
			.timeout(Duration::from_secs(30))
			.build()
			.map_err(unreachable)?;
		Ok(Self { url: url.into(), http })
	}

	async fn send<T: DeserializeOwned>(
		&self,
		request: reqwest::RequestBuilder,
	) -> Result<T, Refused> {
		let mut response = request.send().await.map_err(unreachable)?;
		let is_success = response.status().is_success();
		let mut body = Vec::new();
		while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
			if body.len() + chunk.len() > MAX_ANSWER {
				return Err(Error::CustodianMalformed.into());
			}
			body.extend_from_slice(&chunk);
		}
		if is_success {
			return serde_json::from_slice(&body).map_err(|_| Error::CustodianMalformed.into());
		}
		let problem = serde_json::from_slice(&body).map_err(|_| Error::CustodianMalformed)?;
		Err(Refused::Problem(problem))
	}
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
			Refused::Problem(Problem { code, detail, .. }) => {
				Self::CustodianFailed { code, detail }
			},
		}
	}
}

fn unreachable(source: reqwest::Error) -> Error {
	Error::CustodianUnreachable { source }
}

#[async_trait]
impl Custodian for RemoteCustodian {
	async fn deposit(&self, deposit: &Deposit) -> Result<Signature> {
		let request = self.http.post(format!("{}/deposits", self.url)).json(deposit);
		Ok(self.send(request).await?)
	}

	async fn release(&self, ticket: &TicketId) -> Result<Released> {
		let url = format!("{}/releases/{ticket}", self.url);
		// A custodian may see finality a moment after we do.
		let policy = ExponentialBuilder::default()
			.with_min_delay(Duration::from_millis(50))
			.with_max_delay(Duration::from_secs(2))
			.with_max_times(8)
			.with_jitter();
		(|| async { self.send(self.http.post(&url)).await.map_err(|why| refusal(why, ticket)) })
			.retry(policy)
			.when(|error| {
				matches!(error, Error::TicketNotFinalised { .. } | Error::ReleaseDeferred { .. })
			})
			.await
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
