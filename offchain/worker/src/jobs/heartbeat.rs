// SPDX-License-Identifier: Apache-2.0
//! Keeps a lease while its job runs.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use tokio::select;
use tokio_util::{sync::CancellationToken, task::AbortOnDropHandle};

use super::lease::Lease;
use crate::{clock::after, Error};

/// Renews a lease three times per its duration until it is dropped.
#[derive(Debug)]
pub(super) struct Heartbeat {
	lost: CancellationToken,
	_task: AbortOnDropHandle<()>,
}

impl Heartbeat {
	/// Begins to renew. A task of its own, so that a job that computes does not keep it waiting.
	pub(super) fn start(lease: &Arc<Lease>, duration: Duration) -> Self {
		let lost = CancellationToken::new();
		let first = after(lease.clock().now(), duration / 3);
		let task = tokio::spawn({
			let (lease, lost) = (Arc::clone(lease), lost.clone());
			async move {
				renew_until_lost(&lease, duration, first).await;
				lost.cancel();
			}
		});
		Self { lost, _task: AbortOnDropHandle::new(task) }
	}

	/// Completes when the lease is lost, or may be.
	pub(super) async fn lost(&self) {
		self.lost.cancelled().await;
	}
}

async fn renew_until_lost(lease: &Lease, duration: Duration, first: Timestamp) {
	let clock = lease.clock();
	let mut next = first;
	loop {
		clock.sleep_until(next).await;
		let begun = clock.now();
		// After a suspended process wakes up the lease has expired, but often nobody has taken the
		// job: the token tells, so there is always time for one try.
		let deadline = lease.expires_at().max(after(begun, duration / 3));
		select! {
			biased;
			renewed = lease.renew(duration) => match renewed {
				Ok(()) => next = after(begun, duration / 3),
				Err(Error::LeaseLost { .. }) => return,
				Err(error) => {
					let now = clock.now();
					tracing::warn!(
						job = %lease.job().id,
						code = error.code(),
						"cannot renew the lease",
					);
					if now >= lease.expires_at() {
						return;
					}
					next = after(now, duration / 10).min(lease.expires_at());
				},
			},
			() = clock.sleep_until(deadline) => return,
		}
	}
}
