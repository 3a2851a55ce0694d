// SPDX-License-Identifier: Apache-2.0
//! A row of the table `jobs`, and the job that it describes.

use jiff::Timestamp;

use super::{Failure, IdempotencyKey, Job, JobData, JobId, JobState, LeaseInfo, Progress, Saved};
use crate::{Error, Result};

/// A row of the table `jobs`.
#[derive(sqlx::FromRow)]
pub(super) struct JobRow {
	id: i64,
	kind: String,
	idempotency_key: String,
	payload: String,
	state: String,
	available_at: i64,
	attempts: i64,
	pub(super) fence: i64,
	lease_owner: Option<String>,
	stage: Option<String>,
	stage_data: Option<String>,
	progress_phase: Option<String>,
	progress_done: Option<i64>,
	progress_total: Option<i64>,
	progress_unit: Option<String>,
	result: Option<String>,
	error_code: Option<String>,
	error_message: Option<String>,
	created_at: i64,
	updated_at: i64,
	finished_at: Option<i64>,
}

impl JobRow {
	/// The job that the row describes.
	///
	/// # Errors
	/// [`Error::Corrupt`] when a column holds what this crate never writes.
	pub(super) fn into_job(self) -> Result<Job> {
		let corrupt = |column: &str| Error::Corrupt {
			reason: format!("job {}: unexpected value of {column}", self.id),
		};
		let state = JobState::from_name(&self.state).ok_or_else(|| corrupt("state"))?;
		let key =
			IdempotencyKey::new(self.idempotency_key).map_err(|_| corrupt("idempotency_key"))?;
		let time = |millis: i64, column: &str| {
			Timestamp::from_millisecond(millis).map_err(|_| corrupt(column))
		};
		let available_at = time(self.available_at, "available_at")?;
		let progress = match (self.progress_phase, self.progress_done, self.progress_unit) {
			(Some(phase), Some(done), Some(unit)) => Some(Progress::stored(
				phase,
				count_from_sql(done),
				self.progress_total.map(count_from_sql),
				unit,
			)),
			_ => None,
		};
		Ok(Job {
			id: JobId::from_raw(self.id),
			kind: self.kind,
			key,
			payload: JobData::stored(JobData::PAYLOAD, self.payload),
			state,
			attempts: u32::try_from(self.attempts).map_err(|_| corrupt("attempts"))?,
			lease: self
				.lease_owner
				.filter(|_| state == JobState::Running)
				.map(|owner| LeaseInfo { owner, expires_at: available_at }),
			retry_at: (state == JobState::Waiting).then_some(available_at),
			checkpoint: self.stage.zip(self.stage_data).map(|(stage, data)| Saved {
				stage,
				data: JobData::stored(JobData::CHECKPOINT, data),
			}),
			progress,
			result: self.result.map(|result| JobData::stored(JobData::RESULT, result)),
			failure: self
				.error_code
				.zip(self.error_message)
				.map(|(code, message)| Failure { code, message }),
			created_at: time(self.created_at, "created_at")?,
			updated_at: time(self.updated_at, "updated_at")?,
			finished_at: self.finished_at.map(|at| time(at, "finished_at")).transpose()?,
		})
	}
}

/// A count as SQLite holds it.
pub(super) fn count_to_sql(count: u64) -> i64 {
	i64::try_from(count).unwrap_or(i64::MAX)
}

fn count_from_sql(count: i64) -> u64 {
	u64::try_from(count).unwrap_or_default()
}
