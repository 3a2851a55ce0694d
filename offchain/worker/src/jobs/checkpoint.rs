// SPDX-License-Identifier: Apache-2.0
//! How far a job is certain to have come.

use std::{fmt, marker::PhantomData};

use serde::{de::DeserializeOwned, Serialize};

use super::{lease::Lease, JobData};
use crate::Result;

/// A stage that a job has reached, and the data to go on from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved<T> {
	/// The stage.
	pub stage: String,
	/// The data.
	pub data: T,
}

/// Access of a running job to its checkpoint, of type `T`.
///
/// There is one checkpoint per job; saving replaces it. It survives the attempt, the worker and
/// the process. Both operations fail with [`crate::Error::LeaseLost`] when somebody else has the
/// job.
pub struct Checkpoint<'a, T> {
	lease: &'a Lease,
	data: PhantomData<fn() -> T>,
}

impl<'a, T> Checkpoint<'a, T> {
	pub(super) fn new(lease: &'a Lease) -> Self {
		Self { lease, data: PhantomData }
	}
}

impl<T: Serialize + DeserializeOwned> Checkpoint<'_, T> {
	/// What was saved last, by this attempt or an earlier one.
	///
	/// # Errors
	/// [`crate::Error::InvalidData`] when it is not a `T`.
	pub async fn load(&self) -> Result<Option<Saved<T>>> {
		let Some(Saved { stage, data }) = self.lease.checkpoint().await? else { return Ok(None) };
		Ok(Some(Saved { stage, data: data.decode()? }))
	}

	/// Saves `data` as what there is after `stage`, on the disk when this returns.
	///
	/// # Errors
	/// [`crate::Error::MaxSizeExceeded`] beyond [`JobData::MAX_BYTES`].
	pub async fn save(&self, stage: &'static str, data: &T) -> Result<()> {
		let data = JobData::encode(JobData::CHECKPOINT, data)?;
		self.lease.save_checkpoint(stage, &data).await
	}
}

impl<T> fmt::Debug for Checkpoint<'_, T> {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("Checkpoint").field("job", &self.lease.job().id).finish_non_exhaustive()
	}
}
