// SPDX-License-Identifier: Apache-2.0
//! `salus measure`: how long an open takes on the running network, from the finalised ticket to the
//! first decrypted byte.

use super::{
	demo::{CLINICIAN, PATIENT},
	open::request,
	Context,
};
use crate::{
	arguments::Measure,
	error::{Failure, Result},
	session::{worker, Session},
};
use futures::{stream, StreamExt, TryStreamExt};
use salus_chain::OpenOutcome;
use salus_policy::Terms;
use salus_primitives::{Category, DateWindow, PurposeOfUse, Window};
use salus_worker::grantee::Grantee;
use serde_json::json;
use std::{
	collections::BTreeSet,
	io::{self, Write},
	time::{Duration, Instant},
};

/// A day in milliseconds of consensus time.
const DAY: u64 = 24 * 60 * 60 * 1000;

/// Notes when the first byte comes.
struct First(Option<Instant>);

impl Write for First {
	fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
		self.0.get_or_insert_with(Instant::now);
		Ok(bytes.len())
	}

	fn flush(&mut self) -> io::Result<()> {
		Ok(())
	}
}

pub(crate) async fn run(context: &Context, arguments: Measure) -> Result<()> {
	let session = Session::connect(context).await?;
	let patient = session.patient(context, session.unlock(context, PATIENT)?)?;
	let clinician = session.grantee(context, session.unlock(context, CLINICIAN)?)?;
	let wrong = |error: salus_worker::Error| worker(&error);
	let entries = patient.catalogue.list().map_err(wrong)?;
	let record = entries.first().map(|entry| entry.record).ok_or_else(|| {
		Failure::new("NO_RECORD", "the patient has no record").fix("run `salus demo` first")
	})?;
	let (_, manifest) = patient.manifest(&record).await.map_err(wrong)?;
	let category = manifest.segments.first().map(|segment| segment.category);
	let category = category.ok_or_else(|| Failure::new("NO_RECORD", "the record is empty"))?;
	let categories: BTreeSet<Category> = [category].into();
	let now = super::share::now(&session).await?;
	let purpose: BTreeSet<_> = [PurposeOfUse::Treatment].into();
	let terms = Terms {
		permitted: purpose.try_into().unwrap_or_default(),
		exceptions: Default::default(),
		categories: categories.clone().try_into().unwrap_or_default(),
		act: Window { from: now, until: now.saturating_add(DAY) },
		data: DateWindow::ALL,
		research: None,
		obligations: Default::default(),
	};
	let grantee = clinician.signer.account();
	let consent = patient.grant(&grantee, terms, arguments.opens).await.map_err(wrong)?;
	let at_once = usize::try_from(arguments.at_once).unwrap_or(usize::MAX);

	let tickets = stream::iter(0..arguments.opens).map(|_| async {
		let request = request(PurposeOfUse::Treatment, categories.clone())?;
		let asked = clinician.request_ticket(&consent, &record, request).await;
		match asked.map_err(|error| worker(&error))? {
			OpenOutcome::Ticket(ticket) => Ok(ticket),
			OpenOutcome::Refused(refusal) => Err(super::open::refused(refusal)),
		}
	});
	let tickets: Vec<_> = tickets.buffer_unordered(at_once).try_collect().await?;

	let started = Instant::now();
	let opened = stream::iter(tickets).map(|ticket| open(&session, &clinician, ticket));
	let mut times: Vec<Duration> = opened.buffer_unordered(at_once).try_collect().await?;
	let in_all = started.elapsed();
	times.sort_unstable();
	let at = |share: usize| {
		let index = times.len().saturating_mul(share).div_ceil(100).saturating_sub(1);
		times.get(index).copied().unwrap_or_default()
	};
	let (median, slow, slowest) = (at(50), at(99), at(100));
	let report = json!({
		"opens": arguments.opens,
		"at_once": arguments.at_once,
		"p50_ms": median.as_millis(),
		"p99_ms": slow.as_millis(),
		"max_ms": slowest.as_millis(),
		"opens_per_second": f64::from(arguments.opens) / in_all.as_secs_f64(),
	});
	context.output.result(&report, || {
		format!(
			"{} opens, {} at once, from the finalised ticket to the first byte: half within {median:.2?}, \
			99 of 100 within {slow:.2?}, all within {slowest:.2?}; {:.0} a second",
			arguments.opens,
			arguments.at_once,
			f64::from(arguments.opens) / in_all.as_secs_f64(),
		)
	});
	Ok(())
}

/// How long it takes from the ticket to the first byte.
async fn open(
	session: &Session,
	clinician: &Grantee,
	ticket: salus_primitives::TicketId,
) -> Result<Duration> {
	let started = Instant::now();
	let opened = clinician.resume(ticket).await.map_err(|error| worker(&error))?;
	let Some(segment) = opened.segments.first() else {
		return Err(Failure::new("NOTHING_OPENED", "no segment was released"));
	};
	let read = segment.read(&*session.store, First(None)).await;
	let (first, _) = read.map_err(|error| worker(&error))?;
	Ok(first.0.unwrap_or(started).duration_since(started))
}
