// SPDX-License-Identifier: Apache-2.0
//! `salus export`

use super::{consents, Context};
use crate::{
	arguments::Export,
	error::{Failure, Result},
	session::{catalogue, chain, worker, Session},
};
use futures::TryStreamExt;
use salus_chain::{AccountId, BlockId, RecordState};
use salus_primitives::RecordId;
use salus_worker::{
	catalogue::CatalogueEntry,
	export::{Exporter, Missing},
	Error,
};
use serde_json::json;
use std::sync::Arc;

pub(crate) async fn run(context: &Context, arguments: Export) -> Result<()> {
	let session = Session::connect(context).await?;
	let unlocked = session.unlock(context, &arguments.who.name)?;
	let owner = unlocked.card.account;
	let entries = catalogue(context, &owner)?.list().map_err(|error| worker(&error))?;
	let (block, missing) = not_known_here(&session, &owner, &entries).await?;
	let exporter = Exporter {
		genesis: session.chain.genesis(),
		owner,
		block: Some(block),
		store: Arc::clone(&session.store),
		keys: unlocked.keys,
	};
	let directory = &arguments.directory;
	let bar = context.output.spinner("exporting");
	let index = exporter
		.export(directory, &entries, missing, &|done, total| {
			bar.set_message(format!("exporting: {done} of {total} records"));
		})
		.await;
	bar.finish_and_clear();
	let index = index.map_err(|error| worker(&error))?;

	let consents = consents::list(&session, &owner).await?;
	let attached = exporter.attach(directory, "consents.json", &consents).await;
	attached.map_err(|error| worker(&error))?;
	let trail = session.chain.verified_trail(&owner).await.map_err(|error| chain(&error))?;
	let trail = json!({
		"subject": trail.subject,
		"count": trail.entries.len(),
		"head": trail.head,
		"entries": trail.entries,
	});
	let attached = exporter.attach(directory, "trail.json", &trail).await;
	attached.map_err(|error| worker(&error))?;

	let objects: usize = index.records.iter().map(|record| record.objects.len()).sum();
	let result = json!({
		"directory": directory,
		"records": index.records.len(),
		"objects": objects,
		"missing": index.missing,
	});
	context.output.result(&result, || {
		let lost = index.missing.iter();
		let lost = lost.map(|one| format!("\n  missing of {}: {}", one.record, one.reason));
		format!(
			"{} record versions, {objects} sealed files in {}.{}\nYour keys open them: `salus recover`.",
			index.records.len(),
			directory.display(),
			lost.collect::<String>()
		)
	});
	if index.missing.is_empty() {
		return Ok(());
	}
	let count = index.missing.len();
	Err(Failure::new("EXPORT_INCOMPLETE", format!("{count} things could not be exported"))
		.fix("run the same command again where they are; it goes on with what is missing"))
}

/// The records on chain that this home does not know the way to.
async fn not_known_here(
	session: &Session,
	owner: &AccountId,
	entries: &[CatalogueEntry],
) -> Result<(BlockId, Vec<Missing>)> {
	let read = async {
		let state = session.chain.state().await?;
		let records: Vec<RecordId> = state.records_of(owner).try_collect().await?;
		let mut missing = Vec::new();
		for record in records {
			if entries.iter().any(|entry| entry.record == record) {
				continue;
			}
			// What she has not taken, or has erased, is not hers to take along.
			let anchored = state.record(&record).await?;
			if anchored.is_some_and(|record| {
				matches!(record.state, RecordState::Live | RecordState::Retired)
			}) {
				missing.push(Missing::new(record, None, &Error::RecordUnknown { record }));
			}
		}
		Ok::<_, salus_chain::Error>((state.block(), missing))
	};
	read.await.map_err(|error| chain(&error))
}
