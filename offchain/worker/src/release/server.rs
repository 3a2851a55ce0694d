// SPDX-License-Identifier: Apache-2.0
//! The key release over HTTP on loopback.

use super::{Deposit, KeyRelease};
use crate::{Error, Result};
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

/// Deposits of one record version: some hundred bytes a segment.
const MAX_BODY: usize = 4 * 1024 * 1024;

type Shared = Arc<dyn KeyRelease>;

/// Serves until `shutdown`.
///
/// # Errors
/// When the listener is not on loopback, or serving fails.
pub async fn serve(
	listener: TcpListener,
	release: Shared,
	shutdown: CancellationToken,
) -> Result<()> {
	let address = listener.local_addr().map_err(|source| Error::Serve { source })?;
	if !address.ip().is_loopback() {
		return Err(Error::NotLoopback { address });
	}
	let router = Router::new()
		.route("/health", get(health))
		.route("/custodian", get(custodian))
		.route("/deposits", post(deposit))
		.route("/releases/{ticket}", post(release_keys))
		.layer(DefaultBodyLimit::max(MAX_BODY))
		.with_state(release);
	axum::serve(listener, router)
		.with_graceful_shutdown(shutdown.cancelled_owned())
		.await
		.map_err(|source| Error::Serve { source })
}

/// Says which process answers, so that nobody takes another service on this port for this one.
async fn health() -> Json<serde_json::Value> {
	Json(json!({ "status": "ok", "process": std::process::id() }))
}

async fn custodian(State(release): State<Shared>) -> Result<Response, Problem> {
	let custodian = release.custodian().await?;
	Ok(Json(json!({ "account": custodian.account })).into_response())
}

async fn deposit(
	State(release): State<Shared>,
	Json(deposits): Json<Vec<Deposit>>,
) -> Result<StatusCode, Problem> {
	release.deposit(&deposits).await?;
	Ok(StatusCode::NO_CONTENT)
}

async fn release_keys(
	State(release): State<Shared>,
	Path(ticket): Path<TicketId>,
) -> Result<Response, Problem> {
	Ok(Json(release.release(&ticket).await?).into_response())
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
			Error::ReleaseRefused { .. }
			| Error::ReleaseUnsupported { .. }
			| Error::TicketExpired { .. } => StatusCode::FORBIDDEN,
			Error::TicketNotFinalised { .. } => StatusCode::NOT_FOUND,
			Error::DepositInvalid { .. } | Error::OpeningMismatch { .. } => StatusCode::BAD_REQUEST,
			Error::DepositConflict { .. } => StatusCode::CONFLICT,
			_ => StatusCode::INTERNAL_SERVER_ERROR,
		};
		let body = json!({
			"title": status.canonical_reason(),
			"status": status.as_u16(),
			"code": self.0.code(),
			"detail": self.0.to_string(),
		});
		(status, [(header::CONTENT_TYPE, "application/problem+json")], body.to_string())
			.into_response()
	}
}
