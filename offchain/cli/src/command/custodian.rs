// SPDX-License-Identifier: Apache-2.0
//! `salus custodian`

use super::Context;
use crate::{
	account::Accounts,
	arguments::{As, Custodian, CustodianCommand},
	error::{Failure, IoContext, Result},
	session::{chain, worker, Session},
};
use salus_chain::Call;
use salus_primitives::RecordId;
use salus_worker::custodian::{kept_evidence, Evidence};
use serde_json::json;
use std::{
	fs,
	path::{Path, PathBuf},
};

pub(crate) async fn run(context: &Context, arguments: Custodian) -> Result<()> {
	match arguments.command {
		CustodianCommand::Evidence { who, out } => evidence(context, &who, &out).await,
		CustodianCommand::Judge { file } => judge(context, &file).await,
		CustodianCommand::Settle { who, record, version } => {
			settle(context, &who, record, version).await
		},
	}
}

async fn evidence(context: &Context, who: &As, out: &Path) -> Result<()> {
	let card = Accounts::of(&context.home)?.card(&who.name)?;
	let database = context.home.custodians().join(&card.name).join("custody.sqlite");
	if !database.exists() {
		return Err(Failure::new("NOT_A_CUSTODIAN", format!("{} keeps no shares here", card.name)));
	}
	let kept = kept_evidence(&database).await.map_err(|error| worker(&error))?;
	fs::create_dir_all(out).about(out.display())?;
	let mut files: Vec<PathBuf> = Vec::new();
	for one in &kept {
		let about = one.complaint.context().from;
		let name = format!("epoch-{}-seat-{}.json", about.epoch, one.complaint.dealer());
		let path = out.join(name);
		let text = serde_json::to_vec_pretty(one)
			.map_err(|error| Failure::of("EVIDENCE_MALFORMED", &error))?;
		fs::write(&path, text).about(path.display())?;
		files.push(path);
	}
	context.output.result(&json!({ "files": files }), || {
		if files.is_empty() {
			return "Nobody dealt it a wrong share.".to_owned();
		}
		let files: Vec<_> = files.iter().map(|file| format!("  {}", file.display())).collect();
		format!(
			"Hand these to the council, and publish them nowhere:\n{}\n\
			Each member looks for herself: salus custodian judge FILE",
			files.join("\n")
		)
	});
	Ok(())
}

async fn judge(context: &Context, file: &Path) -> Result<()> {
	let bytes = fs::read(file).about(file.display())?;
	let evidence: Evidence = serde_json::from_slice(&bytes).map_err(|error| {
		Failure::of("INPUT_MALFORMED", &error).fix("name a file of `salus custodian evidence`")
	})?;
	let session = Session::connect(context).await?;
	let guilty = evidence.judge(&session.chain).await.map_err(|error| worker(&error))?;
	let about = evidence.complaint.context().from;
	let (record, version, seat) = (about.record, about.version, evidence.complaint.dealer());
	let commitment = evidence.commitment();
	let judged = json!({
		"dealer": guilty, "epoch": about.epoch, "seat": seat,
		"record": record, "version": version, "evidence": commitment,
	});
	context.output.result(&judged, || {
		format!(
			"{guilty}, seat {seat} of epoch {}, is at fault.\n\
			The complaint on chain about version {version} of {record} has to name the evidence\n  \
			{commitment}\nThen the council upholds it: custody.adjudicate",
			about.epoch
		)
	});
	Ok(())
}

async fn settle(context: &Context, who: &As, record: RecordId, version: u32) -> Result<()> {
	let session = Session::connect(context).await?;
	let custodian = session.unlock(context, &who.name)?;
	let call = Call::SettleComplaint { record, version };
	let settled = session.chain.submit(&custodian.signer, &call).await;
	let block = settled.map_err(|error| chain(&error))?.block;
	context.output.result(&json!({ "record": record, "version": version, "block": block }), || {
		format!("Taken back, final in block {block}: the dealing moves on.")
	});
	Ok(())
}
