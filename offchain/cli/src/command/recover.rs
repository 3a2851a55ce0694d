// SPDX-License-Identifier: Apache-2.0
//! `salus recover`: from an export and keys to plain files. Asks nobody.

use super::{
	kit::{read_kit, read_text},
	Setting,
};
use crate::{
	account::{crypto, passphrase_for, Accounts},
	arguments::Recover,
	error::{Failure, Result},
	session::{catalogue, worker},
};
use salus_crypto::{
	recovery::{KitCombiner, ReleasedShare},
	Keystore,
};
use salus_worker::recovery::{recover, restore_catalogue, RecoveryReport};
use serde_json::json;
use std::path::Path;

pub(crate) async fn run(setting: &Setting, arguments: Recover) -> Result<()> {
	let (keys, refused) = keys(setting, &arguments)?;
	// Keys first: with them everything else can be tried again.
	let restored = match arguments.restore_keystore.as_deref() {
		Some(name) => Some(restore(setting, name, &keys, &arguments)?),
		None => None,
	};
	let report = match arguments.export.as_deref().zip(arguments.out.as_deref()) {
		Some((export, out)) => Some(open(setting, export, &keys, out).await?),
		None => None,
	};
	let result = json!({
		"keys": keys.encryption_keys().count(),
		"refused_shares": refused,
		"report": report,
		"restored": restored,
	});
	setting.output.result(&result, || {
		let count = keys.encryption_keys().count();
		let opened = report.as_ref().zip(arguments.out.as_deref());
		let lines =
			[
				(!refused.is_empty()).then(|| format!("Left out: {}", refused.join("; "))),
				Some(format!("{count} encryption keys.")),
				opened.map(|(report, out)| describe(report, out)),
				restored.map(|account| {
					format!("They are in the keystore of {account} now. Rotate: `salus account rotate`.")
				}),
			];
		lines.into_iter().flatten().collect::<Vec<_>>().join("\n")
	});
	match report {
		Some(report) if !report.is_whole() => Err(Failure::new(
			"RECOVERY_INCOMPLETE",
			"not everything opened, or was there to be opened",
		)
		.fix("look at report.json: it says what, and why; another copy of the export may have it")),
		_ => Ok(()),
	}
}

/// The keys from the keystore, or from the kit and what guardians released; then the shares that were
/// left out, and why.
fn keys(setting: &Setting, arguments: &Recover) -> Result<(Keystore, Vec<String>)> {
	let given = setting.passphrase_file.as_deref();
	let load = |path: &Path| {
		let passphrase = passphrase_for(&path.display().to_string(), given, false)?;
		Keystore::load(path, &passphrase).map_err(|error| crypto(&error))
	};
	if let Some(path) = &arguments.keystore {
		return Ok((load(path)?, Vec::new()));
	}
	let (kit, key) = arguments.kit.as_deref().zip(arguments.key.as_deref()).ok_or_else(|| {
		Failure::new("INPUT_MISSING", "a kit needs the key that its shares were asked for with")
			.fix("give --kit, --share and --key, or --keystore")
	})?;
	let kit = read_kit(kit)?;
	let shares = arguments.shares.iter().map(|path| {
		let share = read_text(path)?.parse::<ReleasedShare>();
		share.map_err(|error| crypto(&error).cause(path.display()))
	});
	let shares = shares.collect::<Result<Vec<_>>>()?;
	let fresh = load(key)?;
	let fresh = fresh
		.current_encryption_key()
		.ok_or_else(|| Failure::new("KEYSTORE_NO_KEY", "the keystore holds no encryption key"))?;
	let mut combiner = KitCombiner::new(&kit);
	let mut refused = Vec::new();
	for (share, path) in shares.iter().zip(&arguments.shares) {
		// One that lies or was damaged stops nobody: it is named, and the others may be enough.
		if let Err(error) = combiner.add(fresh.secret(), share) {
			refused.push(format!("{}: {error} ({})", path.display(), error.code()));
		}
	}
	match combiner.finish() {
		Ok(keys) => Ok((keys, refused)),
		Err(error) => Err(refused.into_iter().fold(crypto(&error), Failure::cause)),
	}
}

async fn open(
	setting: &Setting,
	export: &Path,
	keys: &Keystore,
	out: &Path,
) -> Result<RecoveryReport> {
	let (export, keys, out) = (export.to_owned(), keys.clone(), out.to_owned());
	let bar = setting.output.spinner("opening");
	let shown = bar.clone();
	let opened = tokio::task::spawn_blocking(move || {
		recover(&export, &keys, &out, &|done, total| {
			shown.set_message(format!("opening: {done} of {total} records"));
		})
	});
	let opened = opened.await;
	bar.finish_and_clear();
	opened.map_err(|error| Failure::of("INTERRUPTED", &error))?.map_err(|error| worker(&error))
}

/// Gives the keys, and the way to her records, to an account of the home; its address.
fn restore(
	setting: &Setting,
	name: &str,
	keys: &Keystore,
	arguments: &Recover,
) -> Result<salus_chain::AccountId> {
	let context = setting.context()?;
	let given = arguments.new_passphrase_file.as_deref();
	let (card, is_new) = Accounts::of(&context.home)?.restore(name, keys, given)?;
	if let Some(export) = &arguments.export {
		let catalogue = catalogue(&context, &card.account)?;
		restore_catalogue(export, &catalogue).map_err(|error| worker(&error))?;
	}
	if is_new && keys.signing().is_none() {
		context.output.say(format!("{name} is a new account: it signs with a new key."));
	}
	Ok(card.account)
}

fn describe(report: &RecoveryReport, out: &Path) -> String {
	let failed = report.failed.iter().map(|failed| {
		let what =
			failed.segment.map_or_else(|| "its manifest".to_owned(), |at| format!("segment {at}"));
		format!("\n  not opened of {}: {what}: {}", failed.record, failed.reason)
	});
	let missing = report.missing.iter();
	let missing = missing.map(|one| format!("\n  not exported of {}: {}", one.record, one.reason));
	format!(
		"{} files in {}. They are plain text: keep them safe.{}{}",
		report.opened.len(),
		out.display(),
		failed.collect::<String>(),
		missing.collect::<String>()
	)
}
