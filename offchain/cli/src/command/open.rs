// SPDX-License-Identifier: Apache-2.0
//! `salus open`

use super::{share::now, Context};
use crate::{
	arguments::Open,
	error::{Failure, IoContext, Result},
	session::{worker, Session},
};
use salus_policy::Request;
use salus_primitives::{audit::Refusal, Category, ConsentId, DateWindow, PurposeOfUse};
use salus_worker::{
	grantee::{Attempt, Grantee, OpenedRecord, OpenedSegment as Segment},
	reading::{Layout, Place},
};
use serde::Serialize;
use serde_json::json;
use std::{
	collections::BTreeSet,
	fs::{self, File},
	io::{self, BufWriter, Write},
	path::{Path, PathBuf},
};

#[derive(Serialize)]
struct OpenedSegment {
	category: Category,
	bytes: u64,
	#[serde(skip_serializing_if = "Option::is_none")]
	file: Option<PathBuf>,
}

pub(crate) async fn run(context: &Context, arguments: Open) -> Result<()> {
	let session = Session::connect(context).await?;
	let grantee = session.grantee(context, session.unlock(context, &arguments.who.name)?)?;
	let opened = match (arguments.ticket, arguments.consent, arguments.record) {
		(Some(ticket), ..) => grantee.resume(ticket).await.map_err(|error| worker(&error))?,
		(None, Some(consent), Some(record)) => {
			let request = asked(&session, &grantee, &consent, &arguments).await?;
			match grantee.open(&consent, &record, request).await.map_err(|error| worker(&error))? {
				Attempt::Opened(opened) => opened,
				Attempt::Refused(refusal) => return Err(refused(refusal)),
			}
		},
		// The command line asks for both, or a ticket.
		_ => return Err(Failure::new("USAGE", "a record and a consent, or a ticket, are needed")),
	};
	write(context, &session, &grantee, opened, arguments.out.as_deref()).await
}

/// What to ask for. What the custodians would refuse needs no ticket: it would spend a use for
/// nothing.
async fn asked(
	session: &Session,
	grantee: &Grantee,
	consent: &ConsentId,
	arguments: &Open,
) -> Result<Request> {
	let (terms, _) = grantee.terms(consent).await.map_err(|error| worker(&error))?;
	let categories: BTreeSet<Category> = if arguments.categories.is_empty() {
		let left = terms.categories_left(arguments.purpose, &DateWindow::ALL);
		// Where nothing is left, the refusal tells why.
		let asked = if left.is_empty() { terms.categories.clone() } else { left };
		asked.into_inner()
	} else {
		arguments.categories.iter().copied().collect()
	};
	let request = request(arguments.purpose, categories)?;
	let decision = salus_policy::decide(&terms, &request, now(session).await?);
	if decision.outcome != salus_policy::Outcome::Permit {
		let reasons =
			decision.reasons.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
		return Err(Failure::new("ACCESS_REFUSED_BY_TERMS", "the terms do not allow this request")
			.cause(reasons)
			.fix("ask for less, or ask the patient for another consent"));
	}
	Ok(request)
}

/// Decrypts what was opened, into one file a document or to standard output, page by page: the keys of
/// what follows are asked for when what was opened is written.
pub(crate) async fn write(
	context: &Context,
	session: &Session,
	grantee: &Grantee,
	opened: OpenedRecord,
	directory: Option<&Path>,
) -> Result<()> {
	if let Some(directory) = directory {
		fs::create_dir_all(directory).about(directory.display())?;
	}
	let (ticket, all) = (opened.ticket, opened.all);
	let mut layout = Layout::default();
	let mut segments = Vec::new();
	let mut page = Some(opened);
	while let Some(opened) = page {
		for failure in &opened.failures {
			context.output.say(format!("custodian {failure}"));
		}
		for segment in &opened.segments {
			segments.push(write_segment(session, segment, &mut layout, directory).await?);
		}
		page = grantee.read_on(&opened).await.map_err(|error| {
			let written = segments.len();
			let told =
				format!("{written} of {all} segments were written, the rest was not released");
			worker(&error).cause(told)
		})?;
	}
	if directory.is_some() {
		context.output.result(&json!({ "ticket": ticket, "segments": segments }), || {
			let mut files: Vec<_> = segments.iter().filter_map(|one| one.file.as_ref()).collect();
			files.sort_unstable();
			files.dedup();
			let files: Vec<_> = files.iter().map(|file| format!("  {}", file.display())).collect();
			format!("Ticket {ticket}\n{}", files.join("\n"))
		});
	}
	Ok(())
}

async fn write_segment(
	session: &Session,
	segment: &Segment,
	layout: &mut Layout,
	directory: Option<&Path>,
) -> Result<OpenedSegment> {
	let category = segment.facts.category;
	let place = layout.place(category, segment.facts.range);
	let (out, file): (Box<dyn Write + Send>, _) = match directory {
		Some(directory) => {
			let path = directory.join(&place.file);
			(Box::new(BufWriter::new(output(&path, &place)?)), Some(path))
		},
		None => (Box::new(io::stdout()), None),
	};
	let (mut out, bytes) =
		segment.read(&*session.store, out).await.map_err(|error| worker(&error))?;
	out.flush().about("the output")?;
	Ok(OpenedSegment { category, bytes, file })
}

/// The file at a place in the output.
pub(crate) fn output(path: &Path, place: &Place) -> Result<File> {
	let mut options = File::options();
	if place.begins {
		options.write(true).create(true).truncate(true);
	} else {
		options.append(true);
	}
	options.open(path).about(path.display())
}

/// The failure of an attempt that the chain refused and wrote down.
pub(crate) fn refused(refusal: Refusal) -> Failure {
	Failure::new(
		format!("ACCESS_REFUSED_{refusal}"),
		format!("access was refused: {refusal}. The patient sees this attempt in her trail"),
	)
	.fix("ask the patient for a consent that holds")
}

/// A request for these categories, whatever dates their data bear.
pub(crate) fn request(purpose: PurposeOfUse, categories: BTreeSet<Category>) -> Result<Request> {
	Ok(Request {
		purpose,
		categories: categories
			.try_into()
			.map_err(|_| Failure::new("INPUT_TOO_MANY", "too many categories"))?,
		data: DateWindow::ALL,
		research: None,
	})
}
