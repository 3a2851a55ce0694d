// SPDX-License-Identifier: Apache-2.0
//! A store behind HTTP on loopback, readable like a trustless IPFS gateway.
//!
//! | request | answer |
//! |---|---|
//! | `GET`, `HEAD /ipfs/{cid}?format=raw` | the block, `application/vnd.ipld.raw` |
//! | `PUT /blocks/{cid}` | 201 when the body has the digest |
//! | `DELETE /blocks/{cid}` | 204, whether it was there or not |
//! | `GET /contents/{cid}` | `ContentStat` of content that is complete |
//! | `PUT`, `DELETE /pins/{cid}` | `{"pins": n}` |
//! | `GET /stat` | `Usage` |
//! | `GET /health` | `{"status": "ok", "process": PID}` |
//!
//! Errors are problem documents (RFC 7807) with the stable code in `code`.

use crate::{ContentIdText, Error, Result, Store, MAX_BLOCK};
use axum::{
	body::{to_bytes, Body},
	extract::{Path, RawQuery, State},
	http::{header, HeaderMap, StatusCode},
	response::{IntoResponse, Response},
	routing::{get, put},
	Json, Router,
};
use serde::{Deserialize, Serialize};
use std::{future::IntoFuture, sync::Arc, time::Duration};
use tokio::{net::TcpListener, sync::Semaphore};
use tokio_util::sync::CancellationToken;

const RAW: &str = "application/vnd.ipld.raw";
/// A block never changes: its name is its digest.
const FOREVER: &str = "public, max-age=29030400, immutable";
/// How long a client may take to send a block.
const UPLOAD: Duration = Duration::from_secs(60);
/// How long requests may go on after the server was told to stop.
const GRACE: Duration = Duration::from_secs(10);
/// Blocks that are received at the same time; more wait, so that memory is bounded.
const UPLOADS: usize = 16;

#[derive(Clone)]
struct Served {
	store: Arc<dyn Store>,
	uploads: Arc<Semaphore>,
}

/// The routes over a store.
pub fn router(store: Arc<dyn Store>) -> Router {
	Router::new()
		.route("/ipfs/{cid}", get(block))
		.route("/blocks/{cid}", put(put_block).delete(delete_block))
		.route("/contents/{cid}", get(content))
		.route("/pins/{cid}", put(pin).delete(unpin))
		.route("/stat", get(usage))
		.route("/health", get(health))
		.fallback(|| async { problem(StatusCode::NOT_FOUND, "NOT_FOUND", "no such resource") })
		.method_not_allowed_fallback(|| async {
			problem(StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", "no such method here")
		})
		.with_state(Served { store, uploads: Arc::new(Semaphore::new(UPLOADS)) })
}

/// Serves a store until `stop` is cancelled; then running requests get ten seconds to end.
///
/// # Errors
/// When the listener is not on loopback, or accepting fails.
pub async fn serve(
	listener: TcpListener,
	store: Arc<dyn Store>,
	stop: CancellationToken,
) -> Result<()> {
	let address = listener.local_addr().map_err(|source| Error::Serve { source })?;
	if !address.ip().is_loopback() {
		return Err(Error::NotLoopback { address });
	}
	tracing::info!(%address, "serving the store");
	let server = axum::serve(listener, router(store))
		.with_graceful_shutdown(stop.clone().cancelled_owned())
		.into_future();
	let overdue = async {
		stop.cancelled().await;
		tokio::time::sleep(GRACE).await;
	};
	tokio::select! {
		served = server => served.map_err(|source| Error::Serve { source }),
		() = overdue => Ok(()),
	}
}

/// How many pins content has.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Pins {
	pub(crate) pins: u64,
}

/// A problem document.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Problem {
	#[serde(rename = "type")]
	kind: String,
	title: String,
	status: u16,
	pub(crate) code: String,
	pub(crate) detail: String,
}

fn problem(status: StatusCode, code: &str, detail: &str) -> Response {
	let body = Problem {
		kind: format!("urn:salus:error:{code}"),
		title: status.canonical_reason().unwrap_or_default().to_owned(),
		status: status.as_u16(),
		code: code.to_owned(),
		detail: detail.to_owned(),
	};
	(status, [(header::CONTENT_TYPE, "application/problem+json")], Json(body).into_response())
		.into_response()
}

impl IntoResponse for Error {
	fn into_response(self) -> Response {
		let status = match &self {
			Self::NotFound { .. } | Self::NotPinned { .. } => StatusCode::NOT_FOUND,
			Self::DigestMismatch { .. } | Self::InvalidContentId { .. } => StatusCode::BAD_REQUEST,
			Self::MaxBlockExceeded { .. } | Self::MaxContentExceeded { .. } => {
				StatusCode::PAYLOAD_TOO_LARGE
			},
			Self::InvalidRange { .. } => StatusCode::RANGE_NOT_SATISFIABLE,
			Self::Full { .. } => StatusCode::INSUFFICIENT_STORAGE,
			Self::Locked { .. } => StatusCode::SERVICE_UNAVAILABLE,
			Self::Unreachable { .. } | Self::Refused { .. } => StatusCode::BAD_GATEWAY,
			_ => StatusCode::INTERNAL_SERVER_ERROR,
		};
		if status.is_server_error() {
			tracing::warn!(code = self.code(), error = %self, "request failed");
		}
		problem(status, self.code(), &self.to_string())
	}
}

async fn block(
	State(served): State<Served>,
	Path(cid): Path<String>,
	RawQuery(query): RawQuery,
	headers: HeaderMap,
) -> Result<Response> {
	let id: ContentIdText = cid.parse()?;
	let asked = query.is_some_and(|query| query.split('&').any(|part| part == "format=raw"));
	let accepted = headers
		.get(header::ACCEPT)
		.and_then(|accept| accept.to_str().ok())
		.is_some_and(|accept| accept.contains(RAW));
	if !asked && !accepted {
		let detail = "only raw blocks are served: ask with ?format=raw";
		return Ok(problem(StatusCode::NOT_ACCEPTABLE, "STORE_NOT_ACCEPTABLE", detail));
	}
	let block = served.store.get_block(&id.0).await?;
	let headers = [
		(header::CONTENT_TYPE, RAW.to_owned()),
		(header::CACHE_CONTROL, FOREVER.to_owned()),
		(header::ETAG, format!("\"{id}.raw\"")),
		(header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
	];
	Ok((headers, block).into_response())
}

async fn put_block(
	State(served): State<Served>,
	Path(cid): Path<String>,
	body: Body,
) -> Result<Response> {
	let id: ContentIdText = cid.parse()?;
	let _turn = served
		.uploads
		.acquire()
		.await
		.map_err(|_| Error::Internal { operation: "waiting for a turn" })?;
	let Ok(received) = tokio::time::timeout(UPLOAD, to_bytes(body, MAX_BLOCK)).await else {
		let detail = "the block took too long";
		return Ok(problem(StatusCode::REQUEST_TIMEOUT, "STORE_UPLOAD_TOO_SLOW", detail));
	};
	let Ok(block) = received else {
		let detail = format!("the body is cut off, or longer than {MAX_BLOCK} bytes");
		return Ok(problem(StatusCode::PAYLOAD_TOO_LARGE, "STORE_BLOCK_TOO_LARGE", &detail));
	};
	served.store.put_block(&id.0, block).await?;
	Ok(StatusCode::CREATED.into_response())
}

async fn delete_block(State(served): State<Served>, Path(cid): Path<String>) -> Result<Response> {
	let id: ContentIdText = cid.parse()?;
	served.store.delete_block(&id.0).await?;
	Ok(StatusCode::NO_CONTENT.into_response())
}

async fn content(State(served): State<Served>, Path(cid): Path<String>) -> Result<Response> {
	let id: ContentIdText = cid.parse()?;
	Ok(Json(served.store.stat(&id.0).await?).into_response())
}

async fn pin(State(served): State<Served>, Path(cid): Path<String>) -> Result<Response> {
	let id: ContentIdText = cid.parse()?;
	Ok(Json(Pins { pins: served.store.pin(&id.0).await? }).into_response())
}

async fn unpin(State(served): State<Served>, Path(cid): Path<String>) -> Result<Response> {
	let id: ContentIdText = cid.parse()?;
	Ok(Json(Pins { pins: served.store.unpin(&id.0).await? }).into_response())
}

async fn usage(State(served): State<Served>) -> Result<Response> {
	Ok(Json(served.store.usage().await?).into_response())
}

async fn health() -> Response {
	// Which process answers, so that nobody takes another service on this port for this one.
	Json(serde_json::json!({ "status": "ok", "process": std::process::id() })).into_response()
}
