// SPDX-License-Identifier: Apache-2.0
//! A custodian over HTTP on loopback.

use super::{Custodian, Deposit};
use crate::Error;
use axum::{
	extract::{DefaultBodyLimit, Path, State},
	http::{header, StatusCode},
	response::{IntoResponse, Response},
	routing::{get, post},
	Json, Router,
};
use salus_primitives::TicketId;
use serde_json::json;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// A deposit of one record version: some hundred bytes a segment.
const MAX_BODY: usize = 4 * 1024 * 1024;

type Shared = Arc<dyn Custodian>;

/// Serves until `shutdown`.
///
/// # Errors
/// When the listener is not on loopback, or serving fails.
pub async fn serve(
	listener: TcpListener,
	custodian: Shared,
	shutdown: CancellationToken,
) -> crate::Result<()> {
	let address = listener.local_addr().map_err(|source| Error::Serve { source })?;
	if !address.ip().is_loopback() {
		return Err(Error::NotLoopback { address });
	}
	let router = Router::new()
		.route("/health", get(health))
		.route("/deposits", post(deposit))
		.route("/releases/{ticket}", post(release))
		.layer(DefaultBodyLimit::max(MAX_BODY))
		.with_state(custodian);
	axum::serve(listener, router)
		.with_graceful_shutdown(shutdown.cancelled_owned())
		.await
		.map_err(|source| Error::Serve { source })
}

/// Says which process answers, so that nobody takes another service on this port for this one.
async fn health() -> Json<serde_json::Value> {
	Json(json!({ "status": "ok", "process": std::process::id() }))
}

async fn deposit(
	State(custodian): State<Shared>,
	Json(deposit): Json<Deposit>,
) -> Result<Response, Problem> {
	Ok(Json(custodian.deposit(&deposit).await?).into_response())
}

async fn release(
	State(custodian): State<Shared>,
	Path(ticket): Path<TicketId>,
) -> Result<Response, Problem> {
	Ok(Json(custodian.release(&ticket).await?).into_response())
}

/// An error as a problem document (RFC 9457).
struct Problem(Error);

impl From<Error> for Problem {
	fn from(error: Error) -> Self {
		tracing::warn!(code = error.code(), "refused");
		Self(error)
	}
}

impl IntoResponse for Problem {
	fn into_response(self) -> Response {
		let status = match &self.0 {
			Error::ReleaseRefused { .. } => StatusCode::FORBIDDEN,
			Error::ReleaseUnsupported { .. } => StatusCode::NOT_IMPLEMENTED,
			Error::ReleaseDeferred { .. } => StatusCode::SERVICE_UNAVAILABLE,
			Error::TicketNotFinalised { .. } | Error::NotHeld { .. } => StatusCode::NOT_FOUND,
			Error::DepositInvalid { .. } | Error::NotAMember { .. } | Error::Crypto(_) => {
				StatusCode::BAD_REQUEST
			},
			Error::RecordErased { .. } => StatusCode::GONE,
			Error::MaxDepositsExceeded { .. } => StatusCode::TOO_MANY_REQUESTS,
			_ => StatusCode::INTERNAL_SERVER_ERROR,
		};
		let refusal = match &self.0 {
			Error::ReleaseDeferred { refusal, .. } => Some(refusal),
			_ => None,
		};
		let body = json!({
			"title": status.canonical_reason(),
			"status": status.as_u16(),
			"code": self.0.code(),
			"detail": self.0.to_string(),
			"refusal": refusal,
		});
		(status, [(header::CONTENT_TYPE, "application/problem+json")], body.to_string())
			.into_response()
	}
}
