// SPDX-License-Identifier: Apache-2.0
//! The code that runs jobs of one name.

use std::{future::Future, pin::Pin};

use serde::{de::DeserializeOwned, Serialize};

use super::{JobContext, JobData, JobError, RetryPolicy};

/// The code that runs jobs of one name.
///
/// A job may be stopped at any `await` and begun again, by this or another process, from its last
/// checkpoint. What it does between two checkpoints must therefore bear being done twice.
pub trait JobKind: Send + Sync + 'static {
	/// The name in the database. Changing it orphans the jobs that bear it.
	const NAME: &'static str;

	/// What a job is to do: ids and parameters, no health data. Only additive changes are safe
	/// while jobs are queued.
	type Payload: Serialize + DeserializeOwned + Send;

	/// What comes out.
	type Output: Serialize + DeserializeOwned + Send;

	/// Why an attempt failed; the conversion classifies it as retryable or fatal.
	type Error: Into<JobError> + Send;

	/// How often a job is tried, and how long it waits in between.
	fn retry_policy(&self) -> RetryPolicy {
		RetryPolicy::default()
	}

	/// Runs one attempt.
	///
	/// The future is dropped when the lease is lost, or when the worker stops and the job does not
	/// return within the grace period after [`JobContext::cancellation`]. Work that outlives the
	/// future (a detached task, a blocking thread) must ask there itself whether to go on.
	fn run(
		&self,
		context: &JobContext,
		payload: Self::Payload,
	) -> impl Future<Output = Result<Self::Output, Self::Error>> + Send;
}

/// An attempt whose types are known to the kind only.
pub(super) type Attempt<'a> = Pin<Box<dyn Future<Output = Result<JobData, JobError>> + Send + 'a>>;

/// A [`JobKind`] without its types.
pub(super) trait ErasedKind: Send + Sync {
	/// [`JobKind::retry_policy`].
	fn retry_policy(&self) -> RetryPolicy;

	/// [`JobKind::run`], decoding and encoding included.
	fn run<'a>(&'a self, context: &'a JobContext, payload: &'a JobData) -> Attempt<'a>;
}

impl<K: JobKind> ErasedKind for K {
	fn retry_policy(&self) -> RetryPolicy {
		JobKind::retry_policy(self)
	}

	fn run<'a>(&'a self, context: &'a JobContext, payload: &'a JobData) -> Attempt<'a> {
		Box::pin(async move {
			let payload = payload.decode::<K::Payload>()?;
			let output = JobKind::run(self, context, payload).await.map_err(Into::into)?;
			Ok(JobData::encode(JobData::RESULT, &output)?)
		})
	}
}
