// SPDX-License-Identifier: Apache-2.0
//! The key release seen from another process.

use super::{local::custodian_key, Custodian, Deposit, KeyRelease, Released};
use crate::{Error, Result};
use async_trait::async_trait;
use backon::{ExponentialBuilder, Retryable};
use salus_chain::{AccountId, Client};
use salus_primitives::{audit::Refusal, TicketId};
use serde::Deserialize;
use std::time::Duration;

/// A key release behind a URL. Who it is, it says itself; which key it has, the chain says.
#[derive(Clone, Debug)]
pub struct RemoteRelease {
	url: String,
	http: reqwest::Client,
	chain: Client,
}

#[derive(Deserialize)]
struct Who {
	account: AccountId,
}

#[derive(Deserialize)]
struct Problem {
	code: String,
	detail: String,
}

impl RemoteRelease {
	/// The release at `url`.
	///
	/// # Errors
	/// When no HTTP client can be made.
	pub fn new(url: impl Into<String>, chain: Client) -> Result<Self> {
		let http = reqwest::Client::builder()
			.redirect(reqwest::redirect::Policy::none())
			.connect_timeout(Duration::from_secs(5))
			.timeout(Duration::from_secs(30))
			.build()
			.map_err(|source| Error::ReleaseUnreachable { source })?;
		Ok(Self { url: url.into(), http, chain })
	}

	async fn send(
		&self,
		request: reqwest::RequestBuilder,
		ticket: TicketId,
	) -> Result<reqwest::Response> {
		let response =
			request.send().await.map_err(|source| Error::ReleaseUnreachable { source })?;
		if response.status().is_success() {
			return Ok(response);
		}
		let problem: Problem =
			response.json().await.map_err(|source| Error::ReleaseUnreachable { source })?;
		Err(match problem.code.as_str() {
			"TICKET_NOT_FINALISED" => Error::TicketNotFinalised { ticket },
			"TICKET_EXPIRED" => Error::TicketExpired { ticket },
			code => match Refusal::from_code(code) {
				Some(refusal) => Error::ReleaseRefused { ticket, refusal },
				None => Error::ReleaseFailed { code: problem.code, detail: problem.detail },
			},
		})
	}
}

#[async_trait]
impl KeyRelease for RemoteRelease {
	async fn custodian(&self) -> Result<Custodian> {
		let request = self.http.get(format!("{}/custodian", self.url));
		let who: Who = self
			.send(request, TicketId([0; 32]))
			.await?
			.json()
			.await
			.map_err(|source| Error::ReleaseUnreachable { source })?;
		let state = self.chain.state().await?;
		Ok(Custodian { account: who.account, key: custodian_key(&state, &who.account).await? })
	}

	async fn deposit(&self, deposits: &[Deposit]) -> Result<()> {
		let request = self.http.post(format!("{}/deposits", self.url)).json(deposits);
		self.send(request, TicketId([0; 32])).await?;
		Ok(())
	}

	async fn release(&self, ticket: &TicketId) -> Result<Released> {
		let url = format!("{}/releases/{ticket}", self.url);
		// The release may see finality a moment after we do.
		let policy = ExponentialBuilder::default()
			.with_min_delay(Duration::from_millis(100))
			.with_max_delay(Duration::from_secs(2))
			.with_max_times(8)
			.with_jitter();
		let response = (|| self.send(self.http.post(&url), *ticket))
			.retry(policy)
			.when(|error| matches!(error, Error::TicketNotFinalised { .. }))
			.await?;
		response.json().await.map_err(|source| Error::ReleaseUnreachable { source })
	}
}
