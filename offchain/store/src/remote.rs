// SPDX-License-Identifier: Apache-2.0
//! A store of another process, behind the HTTP interface of [`crate::server`].

use crate::{
	content_id::names,
	server::{Pins, Problem},
	unixfs::Importer,
	BlockStore, Content, ContentIdText, ContentStat, ContentStore, Error, Result, Stored, Usage,
	CHUNK, MAX_BLOCK,
};
use async_trait::async_trait;
use bytes::Bytes;
use futures::{stream, StreamExt, TryStreamExt};
use reqwest::{redirect::Policy, Client, Method, RequestBuilder, Response, StatusCode, Url};
use salus_primitives::ContentId;
use serde::de::DeserializeOwned;
use std::{fmt, ops::Range, sync::Arc, time::Duration};
use tokio::io::{AsyncRead, AsyncReadExt};

const CONNECT: Duration = Duration::from_secs(5);
const REQUEST: Duration = Duration::from_secs(60);
/// The longest answer that is no block.
const MAX_ANSWER: usize = 64 << 10;
/// Blocks that are sent at the same time.
const UPLOADS: usize = 4;

/// A client of a store in another process. Cloning gives another handle.
///
/// The server is not trusted: every block is verified here, identifiers are computed here, no
/// redirect is followed, and no answer is read beyond its bound. Whether content is there and how
/// often it is pinned can only be believed.
#[derive(Clone)]
pub struct RemoteStore {
	client: Client,
	base: Arc<Url>,
}

impl RemoteStore {
	/// A client of the store at `address`, for example `http://127.0.0.1:8480`.
	///
	/// # Errors
	/// When the address is no HTTP address.
	pub fn new(address: &str) -> Result<Self> {
		let wrong = |reason: &dyn fmt::Display| Error::InvalidAddress {
			address: address.to_owned(),
			reason: reason.to_string(),
		};
		let base = Url::parse(address).map_err(|error| wrong(&error))?;
		if base.scheme() != "http" {
			return Err(wrong(&"its scheme is not http"));
		}
		if !base.username().is_empty() || base.password().is_some() {
			return Err(wrong(&"it has credentials, and the store knows no users"));
		}
		let client = Client::builder()
			.redirect(Policy::none())
			.no_proxy()
			.connect_timeout(CONNECT)
			.timeout(REQUEST)
			.build()
			.map_err(|error| wrong(&error))?;
		Ok(Self { client, base: Arc::new(base) })
	}

	fn request(&self, method: Method, resource: &str, id: Option<&ContentId>) -> RequestBuilder {
		let mut url = Url::clone(&self.base);
		let path = match id {
			Some(id) => format!("/{resource}/{}", ContentIdText(*id)),
			None => format!("/{resource}"),
		};
		url.set_path(&path);
		// Only the gateway's path knows more than one form of an answer.
		url.set_query((resource == "ipfs").then_some("format=raw"));
		self.client.request(method, url)
	}

	async fn send(&self, request: RequestBuilder, id: Option<&ContentId>) -> Result<Response> {
		let response = request.send().await.map_err(|error| self.unreachable(&error))?;
		if response.status().is_success() {
			return Ok(response);
		}
		Err(self.refusal(response, id).await)
	}

	async fn json<T: DeserializeOwned>(
		&self,
		request: RequestBuilder,
		id: Option<&ContentId>,
	) -> Result<T> {
		let response = self.send(request, id).await?;
		let status = response.status();
		let answer = self.bounded(response, MAX_ANSWER).await?;
		answer.and_then(|answer| serde_json::from_slice(&answer).ok()).ok_or_else(|| {
			self.refused(status, "STORE_REFUSED", "the answer is not what this store gives")
		})
	}

	/// Reads an answer; `None` when it is longer than `limit`, whatever it declared.
	async fn bounded(&self, mut response: Response, limit: usize) -> Result<Option<Vec<u8>>> {
		let mut body = Vec::new();
		while let Some(part) = response.chunk().await.map_err(|error| self.unreachable(&error))? {
			if body.len().saturating_add(part.len()) > limit {
				return Ok(None);
			}
			body.extend_from_slice(&part);
		}
		Ok(Some(body))
	}

	async fn refusal(&self, response: Response, id: Option<&ContentId>) -> Error {
		let status = response.status();
		let answer = self.bounded(response, MAX_ANSWER).await.ok().flatten().unwrap_or_default();
		let problem: Option<Problem> = serde_json::from_slice(&answer).ok();
		let code = problem.as_ref().and_then(|problem| Error::known_code(&problem.code));
		match (code, id) {
			(Some("STORE_NOT_FOUND"), Some(id)) => Error::NotFound { id: (*id).into() },
			(Some("STORE_NOT_PINNED"), Some(id)) => Error::NotPinned { id: (*id).into() },
			// A server that is no store of ours, or a HEAD request, which has no body.
			(None, Some(id)) if status == StatusCode::NOT_FOUND => {
				Error::NotFound { id: (*id).into() }
			},
			_ => {
				let detail = problem.map_or_else(String::new, |problem| problem.detail);
				let detail: String = detail.chars().take(512).collect();
				self.refused(status, code.unwrap_or("STORE_REFUSED"), &detail)
			},
		}
	}

	fn refused(&self, status: StatusCode, code: &'static str, detail: &str) -> Error {
		Error::Refused {
			url: self.base.to_string(),
			status: status.as_u16(),
			code,
			detail: detail.to_owned(),
		}
	}

	fn unreachable(&self, error: &reqwest::Error) -> Error {
		// The causes say what happened; the error itself only that a request failed.
		let mut reason = error.to_string();
		let mut cause = std::error::Error::source(error);
		while let Some(inner) = cause {
			reason = inner.to_string();
			cause = inner.source();
		}
		Error::Unreachable { url: self.base.to_string(), reason }
	}
}

impl fmt::Debug for RemoteStore {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("RemoteStore").field("address", &self.base.as_str()).finish()
	}
}

#[async_trait]
impl BlockStore for RemoteStore {
	async fn get_block(&self, id: &ContentId) -> Result<Bytes> {
		let request = self.request(Method::GET, "ipfs", Some(id));
		let response = self.send(request, Some(id)).await?;
		let corrupt = |reason| Error::Corrupt { id: (*id).into(), reason };
		let block = self
			.bounded(response, MAX_BLOCK)
			.await?
			.ok_or_else(|| corrupt("the server sent more than a block"))?;
		if !names(id, &block) {
			return Err(corrupt("the server sent other bytes"));
		}
		Ok(block.into())
	}

	async fn put_block(&self, id: &ContentId, block: Bytes) -> Result<()> {
		if block.len() > MAX_BLOCK {
			return Err(Error::MaxBlockExceeded {
				found: block.len() as u64,
				limit: MAX_BLOCK as u64,
			});
		}
		if !names(id, &block) {
			return Err(Error::DigestMismatch { id: (*id).into() });
		}
		let request = self.request(Method::PUT, "blocks", Some(id)).body(block);
		self.send(request, Some(id)).await.map(drop)
	}

	async fn has_block(&self, id: &ContentId) -> Result<bool> {
		let request = self.request(Method::HEAD, "ipfs", Some(id));
		match self.send(request, Some(id)).await {
			Ok(_) => Ok(true),
			Err(Error::NotFound { .. }) => Ok(false),
			Err(error) => Err(error),
		}
	}

	async fn delete_block(&self, id: &ContentId) -> Result<()> {
		let request = self.request(Method::DELETE, "blocks", Some(id));
		self.send(request, Some(id)).await.map(drop)
	}
}

#[async_trait]
impl ContentStore for RemoteStore {
	async fn put(&self, content: &mut (dyn AsyncRead + Send + Unpin)) -> Result<Stored> {
		let mut importer = Importer::new();
		loop {
			let mut batch = Vec::new();
			(&mut *content)
				.take(CHUNK as u64 * UPLOADS as u64)
				.read_to_end(&mut batch)
				.await
				.map_err(|source| Error::Source { source })?;
			let last = batch.len() < CHUNK * UPLOADS;
			let hashing = tokio::task::spawn_blocking(move || {
				let mut blocks = Vec::new();
				importer.push(&batch, &mut blocks)?;
				let step = if last { Err(importer.finish(&mut blocks)?) } else { Ok(importer) };
				Ok::<_, Error>((step, blocks))
			});
			let (step, blocks) = hashing
				.await
				.map_err(|_| Error::Internal { operation: "a hashing thread was stopped" })??;
			stream::iter(blocks)
				.map(|block| async move { self.put_block(&block.id, block.bytes).await })
				.buffer_unordered(UPLOADS)
				.try_collect::<()>()
				.await?;
			match step {
				Ok(unfinished) => importer = unfinished,
				Err(stored) => {
					// The server pins only what it holds completely.
					self.pin(&stored.id).await?;
					return Ok(stored);
				},
			}
		}
	}

	async fn get(&self, id: &ContentId, range: Option<Range<u64>>) -> Result<Content> {
		Content::open(Arc::new(self.clone()), *id, range).await
	}

	async fn has(&self, id: &ContentId) -> Result<bool> {
		match self.stat(id).await {
			Ok(_) => Ok(true),
			Err(Error::NotFound { .. }) => Ok(false),
			Err(error) => Err(error),
		}
	}

	async fn pin(&self, id: &ContentId) -> Result<u64> {
		let request = self.request(Method::PUT, "pins", Some(id));
		self.json::<Pins>(request, Some(id)).await.map(|answer| answer.pins)
	}

	async fn unpin(&self, id: &ContentId) -> Result<u64> {
		let request = self.request(Method::DELETE, "pins", Some(id));
		self.json::<Pins>(request, Some(id)).await.map(|answer| answer.pins)
	}

	async fn stat(&self, id: &ContentId) -> Result<ContentStat> {
		self.json(self.request(Method::GET, "contents", Some(id)), Some(id)).await
	}

	async fn usage(&self) -> Result<Usage> {
		self.json(self.request(Method::GET, "stat", None), None).await
	}
}
