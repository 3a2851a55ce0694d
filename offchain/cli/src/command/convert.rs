// SPDX-License-Identifier: Apache-2.0
//! `salus convert`

use crate::{
	arguments::{Convert, ConvertForm},
	error::{Failure, Result},
	output::{table, Output},
};
use salus_ingest::{
	convert::{
		check_report, convert, write_report, Conversion, Error, Form, Input, Options, Outcome,
		Progress,
	},
	Options as Limits, Truncation,
};
use salus_mdf::Time;
use std::{
	ops::ControlFlow,
	path::Path,
	sync::{
		atomic::{AtomicBool, Ordering},
		Arc,
	},
};

pub(crate) async fn run(arguments: Convert, output: Output) -> Result<()> {
	let options = options(&arguments)?;
	let bar = output.spinner("converting");
	let stop = Arc::new(AtomicBool::new(false));
	let work = {
		let (bar, stop) = (bar.clone(), Arc::clone(&stop));
		tokio::task::spawn_blocking(move || {
			let watch = &mut |progress: Progress<'_>| {
				let Progress { source, number, of, bytes } = progress;
				bar.set_message(format!("{number} of {of}: {source}, {} MB", bytes / 1_000_000));
				if stop.load(Ordering::Relaxed) {
					return ControlFlow::Break(());
				}
				ControlFlow::Continue(())
			};
			if let Some(report) = &arguments.report {
				check_report(report, arguments.overwrite)?;
			}
			let inputs = arguments.inputs.iter().map(|path| input(path)).collect();
			let done = convert(inputs, &options, watch)?;
			if let Some(report) = &arguments.report {
				write_report(report, &done, arguments.overwrite)?;
			}
			Ok::<_, Error>(done)
		})
	};
	// Who stops it finds no half of a result.
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
		.map_err(|error| Failure::of(error.code(), &error).fix(error.fix()))?;
	output.result(&done, || text(&done));
	if !done.has_refused() {
		return Ok(());
	}
	let (sources, pieces) = refused(&done);
	Err(Failure::new(
		"INPUT_REFUSED",
		format!("{sources} of {} sources and {pieces} pieces were refused", done.sources.len()),
	)
	.fix("the report says which, why, and what to do"))
}

fn options(arguments: &Convert) -> Result<Options> {
	let now = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
	let at = Time::parse(&now).map_err(|error| Failure::of("CLOCK", &error))?;
	let truncation = if arguments.partial { Truncation::Partial } else { Truncation::Fatal };
	Ok(Options {
		form: match arguments.to {
			ConvertForm::Mdf => Form::Mdf,
			ConvertForm::Fhir => Form::Fhir,
			ConvertForm::Ips => Form::Ips,
			ConvertForm::Csv => Form::Csv,
			ConvertForm::Ndjson => Form::Ndjson,
		},
		out: arguments.out.clone(),
		overwrite: arguments.overwrite,
		dry_run: arguments.dry_run,
		at,
		patient: arguments.patient.clone(),
		limits: Limits { truncation, ..Limits::default() },
	})
}

fn input(path: &Path) -> Input {
	if path.as_os_str() == "-" {
		return Input::Stream(Box::new(std::io::stdin()));
	}
	Input::Path(path.to_owned())
}

/// How many sources, and how many pieces of the others, yielded nothing.
fn refused(done: &Conversion) -> (usize, u64) {
	let sources = done.sources.iter().filter(|source| source.refused.is_some()).count();
	let others = done.sources.iter().filter(|source| source.refused.is_none());
	(sources, others.map(Outcome::rejected).sum())
}

fn text(done: &Conversion) -> String {
	let rows = done.sources.iter().map(|source| {
		let items = source.report.as_ref().map_or(0, |report| report.total_items());
		let score = source.quality.as_ref().and_then(|quality| quality.score);
		[
			source.source.clone(),
			items.to_string(),
			source.rejected().to_string(),
			score.map(|score| score.to_string()).unwrap_or_default(),
			match (&source.refused, &source.result) {
				(Some(refusal), _) => {
					format!("refused: {}: {}; {}", refusal.code, refusal.reason, refusal.fix)
				},
				(None, Some(result)) => result.display().to_string(),
				(None, None) => "nothing was written".to_owned(),
			},
		]
	});
	table(["source", "items", "rejected", "quality", "result"], rows)
}
