// SPDX-License-Identifier: Apache-2.0
//! `salus sample`

use crate::{
	arguments::{Sample, SampleFormat},
	error::{IoContext, Result},
	output::Output,
};
use salus_ingest::sample;
use std::{
	fs::File,
	io::{self, BufWriter, Write},
};

pub(crate) fn run(arguments: &Sample, output: Output) -> Result<()> {
	match &arguments.out {
		None => write(arguments, io::stdout().lock()).about("standard output"),
		Some(path) => {
			let file = File::create(path).about(path.display())?;
			write(arguments, file).about(path.display())?;
			output.result(&serde_json::json!({ "file": path }), || format!("{}", path.display()));
			Ok(())
		},
	}
}

fn write(arguments: &Sample, out: impl Write) -> io::Result<()> {
	let mut out = BufWriter::new(out);
	let options = sample::Options { seed: arguments.seed, entries: arguments.entries };
	match arguments.format {
		SampleFormat::Fhir => sample::fhir(&mut out, &options),
		SampleFormat::Hl7 => sample::hl7(&mut out, &options),
		SampleFormat::Ccda => sample::ccda(&mut out, &options),
		SampleFormat::Csv => sample::csv(&mut out, &options),
	}?;
	out.flush()
}
