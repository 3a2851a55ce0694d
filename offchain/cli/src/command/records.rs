// SPDX-License-Identifier: Apache-2.0
//! `salus records`

use super::{confirm, open::output, reseal, Context};
use crate::{
	arguments::{Records, RecordsCommand},
	error::{Failure, IoContext, Result},
	output::table,
	session::{catalogue, chain, worker, Session},
};
use futures::TryStreamExt;
use salus_primitives::RecordId;
use salus_store::ContentIdText;
use salus_worker::{manifest::Manifest, patient::Patient, reading::Layout};
use serde::Serialize;
use serde_json::json;
use std::{
	fs,
	io::{BufWriter, Write},
	path::{Path, PathBuf},
	time::{Duration, Instant},
};

/// How long custodians may take to say that they destroyed what they held, before somebody at a
/// terminal is told that they have not yet.
const ERASURE_PATIENCE: Duration = Duration::from_secs(60);
/// How often the chain is asked whether they have.
const POLL: Duration = Duration::from_millis(250);

pub(crate) async fn run(context: &Context, arguments: Records) -> Result<()> {
	let session = Session::connect(context).await?;
	match arguments.command {
		RecordsCommand::List(who) => list(context, &session, &who.name).await,
		RecordsCommand::Show { who, record } => {
			let patient = session.patient(context, session.unlock(context, &who.name)?)?;
			let (_, manifest) = patient.manifest(&record).await.map_err(|error| worker(&error))?;
			context.output.result(&manifest, || describe(&manifest));
			Ok(())
		},
		RecordsCommand::Export { who, record, out } => {
			let patient = session.patient(context, session.unlock(context, &who.name)?)?;
			let exported = export(&patient, &record, &out).await?;
			context.output.result(&exported, || {
				format!(
					"{} files in {}. They are plain text: keep them safe.",
					exported.len(),
					out.display()
				)
			});
			Ok(())
		},
		RecordsCommand::Retire { who, record } => {
			let unlocked = session.unlock(context, &who.name)?;
			let included = session
				.chain
				.retire(&unlocked.signer, record)
				.await
				.map_err(|error| chain(&error))?;
			context.output.result(&json!({ "retired": record, "block": included.block }), || {
				format!("Retired, final in block {}.", included.block)
			});
			Ok(())
		},
		RecordsCommand::Restore { who, record } => {
			let unlocked = session.unlock(context, &who.name)?;
			let restored = session.chain.restore(&unlocked.signer, record).await;
			let included = restored.map_err(|error| chain(&error))?;
			context.output.result(&json!({ "restored": record, "block": included.block }), || {
				format!("Restored, final in block {}.", included.block)
			});
			Ok(())
		},
		RecordsCommand::Reseal { who, record, reason } => {
			reseal::run(context, &session, &who.name, record, reason).await
		},
		RecordsCommand::Erase { who, record, yes, no_wait } => {
			erase(context, &session, &who.name, record, yes, no_wait).await
		},
	}
}

async fn erase(
	context: &Context,
	session: &Session,
	name: &str,
	record: RecordId,
	yes: bool,
	no_wait: bool,
) -> Result<()> {
	if !yes {
		let question = format!("Nobody will ever open {record} again, nor will you");
		confirm(context.output, &question, "erase")?;
	}
	let patient = session.patient(context, session.unlock(context, name)?)?;
	let erased = patient.erase(&record).await.map_err(|error| worker(&error))?;
	let deadline = Instant::now() + ERASURE_PATIENCE;
	let waiting = loop {
		let state = session.chain.state().await.map_err(|error| chain(&error))?;
		let erasure = state.erasure(&record).await.map_err(|error| chain(&error))?;
		// No erasure is left once it is complete and cleared.
		let pending = erasure.iter().flat_map(|erasure| &erasure.pending);
		let waiting: u32 = pending.map(|(_, seats)| seats.len()).sum();
		if waiting == 0 || no_wait || Instant::now() > deadline {
			break waiting;
		}
		tokio::time::sleep(POLL).await;
	};
	let said = json!({ "erased": record, "unpinned": erased.unpinned, "waiting_for": waiting });
	context.output.result(&said, || {
		match waiting {
		0 => "Erased: every custodian has destroyed its shares and said so. Exports that hold it and \
		      copies that were taken cannot be called back."
			.to_owned(),
		_ => format!(
			"Nothing opens it any more. {waiting} custodians have not yet said that they destroyed \
			 their shares; the same command looks again."
		),
	}
	});
	Ok(())
}

#[derive(Serialize)]
struct Listed {
	record: RecordId,
	version: u32,
	segments: u16,
	live: bool,
	/// Whether this home knows where its ciphertext is.
	known_here: bool,
}

async fn list(context: &Context, session: &Session, name: &str) -> Result<()> {
	let account = session.accounts.card(name)?.account;
	let known = catalogue(context, &account)?.list().map_err(|error| worker(&error))?;
	let read = async {
		let state = session.chain.state().await?;
		let mut listed = Vec::new();
		let records: Vec<RecordId> = state.records_of(&account).try_collect().await?;
		for record in records {
			let Some(anchored) = state.record(&record).await? else { continue };
			let version = state.record_version(&record, anchored.version).await?;
			listed.push(Listed {
				record,
				version: anchored.version,
				segments: version.map_or(0, |version| version.segments),
				live: anchored.is_live(),
				known_here: known.iter().any(|entry| entry.record == record),
			});
		}
		Ok::<_, salus_chain::Error>(listed)
	};
	let listed = read.await.map_err(|error| chain(&error))?;
	context.output.result(&listed, || {
		table(
			["record", "version", "segments", "state", "known here"],
			listed.iter().map(|record| {
				[
					record.record.to_string(),
					record.version.to_string(),
					record.segments.to_string(),
					if record.live { "live" } else { "retired" }.to_owned(),
					if record.known_here { "yes" } else { "no" }.to_owned(),
				]
			}),
		)
	});
	Ok(())
}

fn describe(manifest: &Manifest) -> String {
	format!(
		"Record {}, version {}\n{}",
		manifest.record,
		manifest.version,
		table(
			["segment", "category", "items", "bytes", "ciphertext"],
			manifest.segments.iter().map(|segment| {
				[
					segment.index.to_string(),
					segment.category.to_string(),
					segment.items.to_string(),
					segment.length.to_string(),
					ContentIdText(segment.content).to_string(),
				]
			}),
		)
	)
}

/// Decrypts a record of the patient's into a new directory.
pub(crate) async fn export(
	patient: &Patient,
	record: &RecordId,
	out: &Path,
) -> Result<Vec<PathBuf>> {
	let (entry, manifest) = patient.manifest(record).await.map_err(|error| worker(&error))?;
	fs::create_dir(out).about(out.display()).map_err(|failure| {
		if out.exists() {
			Failure::new("OUTPUT_EXISTS", format!("{} exists", out.display()))
				.fix("name a directory that does not exist yet")
		} else {
			failure
		}
	})?;
	let mut written = Vec::new();
	let mut layout = Layout::default();
	for segment in &manifest.segments {
		let place = layout.place(segment.category, segment.range);
		let path = out.join(&place.file);
		let file = BufWriter::new(output(&path, &place)?);
		let (mut file, _) =
			patient.read(&manifest, segment.index, file).await.map_err(|error| worker(&error))?;
		file.flush().about(path.display())?;
		if place.begins {
			written.push(path);
		}
	}
	for (name, value) in [
		("manifest.json", serde_json::to_vec_pretty(&manifest)),
		("catalogue-entry.json", serde_json::to_vec_pretty(&entry)),
	] {
		let path = out.join(name);
		let bytes = value.map_err(|error| Failure::of("STATE_CORRUPT", &error))?;
		fs::write(&path, bytes).about(path.display())?;
		written.push(path);
	}
	Ok(written)
}
