// SPDX-License-Identifier: Apache-2.0
//! `salus deid`

use crate::{
	arguments::{Deid, DeidStyle},
	error::{Failure, IoContext, Result},
	output::{table, Output},
};
use codec::DecodeAll;
use salus_crypto::{seal_file, FileKind};
use salus_deid::{
	batch::{deidentify, read_known, Done, Input, Options, Progress},
	policy::Style,
	Deidentifier, Error, Policy, SurrogateMap,
};
use salus_primitives::EncryptionKey;
use std::{
	io::{self, Write},
	ops::ControlFlow,
	path::Path,
	sync::{
		atomic::{AtomicBool, Ordering},
		Arc,
	},
};

pub(crate) async fn run(arguments: Deid, output: Output) -> Result<()> {
	let job = job(&arguments)?;
	let key = arguments.map_key.as_deref().map(public_key).transpose()?;
	let bar = output.spinner("de-identifying");
	let stop = Arc::new(AtomicBool::new(false));
	let work = {
		let (bar, stop) = (bar.clone(), Arc::clone(&stop));
		tokio::task::spawn_blocking(move || {
			let watch = |progress: Progress| {
				let Progress { pass, number, of } = progress;
				let doing = if pass == 1 { "reading" } else { "writing" };
				bar.set_message(format!("{doing} {number} of {of}"));
				if stop.load(Ordering::Relaxed) {
					return ControlFlow::Break(());
				}
				ControlFlow::Continue(())
			};
			let inputs = arguments.inputs.iter().map(|path| input(path)).collect();
			let options = Options {
				out: arguments.out,
				overwrite: arguments.overwrite,
				manifest: arguments.manifest,
				spans: arguments.spans,
				map: arguments.map,
			};
			let seal = |map: &SurrogateMap, out: &mut dyn Write| match &key {
				Some(key) => sealed(map, key, out),
				None => Ok(()),
			};
			deidentify(job, inputs, &options, seal, watch)
		})
	};
	// Who stops it finds nothing.
	let watch = tokio::spawn(async move {
		if tokio::signal::ctrl_c().await.is_ok() {
			stop.store(true, Ordering::Relaxed);
		}
	});
	let done = work.await;
	watch.abort();
	bar.finish_and_clear();
	let done = done
		.map_err(|error| Failure::of("INTERRUPTED", &error))?
		.map_err(|error| failure(&error))?;
	output.result(&done, || text(&done));
	match done.manifest.withheld_whole {
		0 => Ok(()),
		count => Err(Failure::new(
			"INPUT_WITHHELD",
			format!("{count} files, rows, lines or resources were withheld"),
		)
		.fix("the manifest says which and why")),
	}
}

/// A key as `salus account key` prints it, or the file that it was printed into.
fn public_key(text: &str) -> Result<EncryptionKey> {
	let text = match text.strip_prefix("0x") {
		Some(_) => text.to_owned(),
		None => std::fs::read_to_string(text).about(text)?,
	};
	let digits = text.trim().strip_prefix("0x").unwrap_or_default();
	let bytes = hex::decode(digits).ok();
	bytes.and_then(|bytes| EncryptionKey::decode_all(&mut bytes.as_slice()).ok()).ok_or_else(|| {
		Failure::new("KEY_MALFORMED", "what --map-key gives is no public key")
			.fix("give what `salus account key` printed, or a file with it")
	})
}

fn sealed(map: &SurrogateMap, key: &EncryptionKey, out: &mut dyn Write) -> io::Result<()> {
	let mut file = seal_file(key, FileKind::SurrogateMap, out).map_err(io::Error::other)?;
	file.write_all(&map.expose())?;
	file.finish().map_err(io::Error::other)?;
	Ok(())
}

fn failure(error: &Error) -> Failure {
	Failure::of(error.code(), error).fix(error.fix())
}

fn job(arguments: &Deid) -> Result<Deidentifier> {
	let mut policy = match Policy::named(&arguments.policy) {
		Ok(policy) => policy,
		Err(_) if Path::new(&arguments.policy).exists() => {
			let json = std::fs::read_to_string(&arguments.policy).about(&arguments.policy)?;
			Policy::from_json(&json).map_err(|error| failure(&error))?
		},
		Err(error) => return Err(failure(&error)),
	};
	if let Some(style) = arguments.style {
		policy.style = match style {
			DeidStyle::Tag => Style::Tag,
			DeidStyle::Surrogate => Style::Surrogate,
			DeidStyle::Mask => Style::Mask,
		};
	}
	let mut job = Deidentifier::new(policy).map_err(|error| failure(&error))?;
	for path in &arguments.known {
		job.add_known(&read_known(path).map_err(|error| failure(&error))?);
	}
	Ok(job)
}

fn input(path: &Path) -> Input {
	if path.as_os_str() == "-" {
		return Input::Stream(Box::new(std::io::stdin()));
	}
	Input::Path(path.to_owned())
}

fn text(done: &Done) -> String {
	let rows = done.sources.iter().map(|source| {
		[
			source.number.to_string(),
			source.source.clone(),
			match &source.result {
				Some(result) => result.display().to_string(),
				None => "withheld".to_owned(),
			},
		]
	});
	let found: u64 = done.manifest.rules.values().sum();
	format!(
		"{}\n{found} identifiers were taken out of texts, {} pieces withheld\n{}",
		table(["number", "source", "result"], rows),
		done.manifest.withheld_count,
		done.manifest.policy,
	)
}
