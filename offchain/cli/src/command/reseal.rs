// SPDX-License-Identifier: Apache-2.0
//! `salus records reseal`

use super::{
	jobs::{add_job, open_queue, run_jobs},
	Context,
};
use crate::{
	account::Unlocked,
	arguments::ResealReason,
	error::Result,
	session::{catalogue, worker, Session},
};
use salus_primitives::RecordId;
use salus_worker::{
	jobs::IdempotencyKey,
	resealing::{ResealRecord, Resealed, Resealer},
};
use serde::Serialize;

#[derive(Serialize)]
struct Said {
	/// Records whose way to the owner leads through her newest key now.
	rewrapped: Vec<RecordId>,
	/// Records under fresh keys.
	resealed: Vec<Resealed>,
}

pub(crate) async fn run(
	context: &Context,
	session: &Session,
	name: &str,
	record: Option<RecordId>,
	reason: ResealReason,
) -> Result<()> {
	let unlocked = session.unlock(context, name)?;
	let known = catalogue(context, &unlocked.card.account)?;
	let entries = match record {
		Some(record) => known.get(&record).map(|entry| vec![entry]),
		None => known.list(),
	};
	let entries = entries.map_err(|error| worker(&error))?;
	let mut said = Said { rewrapped: Vec::new(), resealed: Vec::new() };
	match reason {
		ResealReason::Rotated => {
			let patient = session.patient(context, unlocked)?;
			for entry in entries {
				if patient.rewrap(&entry.record).map_err(|error| worker(&error))? {
					said.rewrapped.push(entry.record);
				}
			}
		},
		ResealReason::Revoked | ResealReason::Compromised => {
			let records = entries.iter().map(|entry| (entry.record, entry.version)).collect();
			said.resealed = reseal(context, session, unlocked, records).await?;
		},
	}
	context.output.result(&said, || match reason {
		ResealReason::Rotated => format!(
			"{} records are sealed to your newest key. Keep the older ones: they open what is inside.",
			said.rewrapped.len()
		),
		ResealReason::Revoked | ResealReason::Compromised => format!(
			"{} records are under fresh keys, and the store let go of what the old ones open. Copies \
			 that somebody has made stay readable to whoever has the old keys.",
			said.resealed.len()
		),
	});
	Ok(())
}

async fn reseal(
	context: &Context,
	session: &Session,
	unlocked: Unlocked,
	records: Vec<(RecordId, u32)>,
) -> Result<Vec<Resealed>> {
	let account = unlocked.card.account;
	let queue = open_queue(context, &account).await?;
	let mut wanted = Vec::new();
	for (record, version) in records {
		let key = IdempotencyKey::new(format!("{account}:reseal:{record}:{version}"));
		let key = key.map_err(|error| worker(&error))?;
		wanted.push(add_job::<Resealer>(&queue, &key, &ResealRecord { record, version }).await?);
	}
	let keys = unlocked.keys.clone();
	let resealer = Resealer { publisher: session.publisher(context, unlocked)?, keys };
	run_jobs(context, queue, resealer, wanted, "the same command goes on where it stopped").await
}
