// SPDX-License-Identifier: Apache-2.0
//! `salus demo`: one record's whole life, every step checked.

mod sale;

use super::{
	ingest::ingest,
	open::request,
	records::export,
	share::{now, terms},
	Context,
};
use crate::{
	arguments::Demo,
	error::{Failure, IoContext, Result},
	session::{chain, worker, Session},
};
use backon::{ConstantBuilder, Retryable};
use salus_crypto::EphemeralKey;
use salus_ingest::sample;
use salus_primitives::{
	audit::{AuditAction, Refusal},
	custody::CustodianRefusal,
	Category, ConsentId, PurposeOfUse, RecordId, Sensitivity, TicketId, Window,
};
use salus_store::ContentIdText;
use salus_worker::{
	grantee::{Attempt, Grantee},
	manifest::Manifest,
	patient::Patient,
	reading::Layout,
	Error,
};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::{
	collections::BTreeSet,
	fs::{self, File},
	io::{BufWriter, Write},
	path::{Path, PathBuf},
	time::{Duration, Instant},
};

pub(super) const PATIENT: &str = "patient";
pub(super) const CLINICIAN: &str = "clinician-one";
/// Thirty days in milliseconds of consensus time.
const MONTH: u64 = 30 * 24 * 60 * 60 * 1000;
const USES: u32 = 5;

/// One step, as it is told.
#[derive(Serialize)]
struct Step {
	name: &'static str,
	told: Vec<String>,
	milliseconds: u128,
}

struct Story<'a> {
	context: &'a Context,
	steps: Vec<Step>,
	since: Instant,
}

impl Story<'_> {
	fn tell(&mut self, name: &'static str, told: Vec<String>) {
		let milliseconds = self.since.elapsed().as_millis();
		self.since = Instant::now();
		let number = self.steps.len() + 1;
		self.context.output.say(format!("\n{number}. {name} ({milliseconds} ms)"));
		for line in &told {
			self.context.output.say(format!("   {line}"));
		}
		self.steps.push(Step { name, told, milliseconds });
	}
}

/// What must be so, or the demo fails.
fn check(holds: bool, what: &str) -> Result<()> {
	if holds {
		return Ok(());
	}
	Err(mismatch(what))
}

fn mismatch(what: &str) -> Failure {
	Failure::new("DEMO_MISMATCH", format!("it is not so that {what}"))
		.fix("this is a fault of the system: report it with the logs that `salus status` names")
}

pub(crate) async fn run(context: &Context, arguments: Demo) -> Result<()> {
	let started = Instant::now();
	let scratch = tempfile::tempdir().about("a temporary directory")?;
	let file = match arguments.file {
		Some(file) => file,
		None => generated(scratch.path())?,
	};
	let session = Session::connect(context).await?;
	let patient = session.patient(context, session.unlock(context, PATIENT)?)?;
	let clinician = session.grantee(context, session.unlock(context, CLINICIAN)?)?;
	let mut story = Story { context, steps: Vec::new(), since: Instant::now() };

	let (record, manifest) = ingested(context, &session, &patient, &file, &mut story).await?;
	let granted = shareable(&manifest)?;
	let consent = grant(&session, &patient, &clinician, granted, &mut story).await?;
	let opened =
		open(&session, &patient, &clinician, &manifest, consent, granted, &mut story).await?;
	let refused = ask_too_much(&clinician, record, consent, granted, &mut story).await?;
	accounted(&session, opened, refused, &mut story).await?;
	revoke(&session, &patient, &clinician, record, consent, granted, &mut story).await?;
	trail(&session, &patient, record, consent, &mut story).await?;
	sale::sell(context, &session, record, &mut story).await?;
	exported(&patient, &record, &file, scratch.path(), &mut story).await?;

	let report = serde_json::json!({
		"record": record,
		"consent": consent,
		"steps": story.steps,
		"milliseconds": started.elapsed().as_millis(),
	});
	context.output.result(&report, || {
		format!("\nEvery check held. {} ms in all.", started.elapsed().as_millis())
	});
	Ok(())
}

/// Where plain text goes that only has to be compared.
struct Digesting(Sha256);

impl Write for Digesting {
	fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
		self.0.update(bytes);
		Ok(bytes.len())
	}

	fn flush(&mut self) -> std::io::Result<()> {
		Ok(())
	}
}

fn generated(directory: &Path) -> Result<PathBuf> {
	let path = directory.join("bundle.json");
	let mut out = BufWriter::new(File::create(&path).about(path.display())?);
	sample::fhir(&mut out, &sample::Options { seed: 1, entries: 300 })
		.and_then(|()| out.flush())
		.about(path.display())?;
	Ok(path)
}

async fn ingested(
	context: &Context,
	session: &Session,
	patient: &Patient,
	file: &Path,
	story: &mut Story<'_>,
) -> Result<(RecordId, Manifest)> {
	let unlocked = session.unlock(context, PATIENT)?;
	let ingested = ingest(context, session, unlocked, Some(file)).await?;
	let ingested = ingested
		.into_iter()
		.next_back()
		.ok_or_else(|| Failure::new("DEMO_MISMATCH", "nothing was ingested"))?;
	let items = ingested.segments.iter().map(|segment| segment.items).sum::<u64>();
	let mut told = vec![format!(
		"{} became {items} items in {} segments, each sealed with a key of its own:",
		file.display(),
		ingested.segments.len()
	)];
	told.extend(ingested.segments.iter().map(|segment| {
		format!("{:20} {:6}  {}", segment.category, segment.items, ContentIdText(segment.content))
	}));
	story.tell("The patient ingests a file", told);

	let (entry, manifest) =
		patient.manifest(&ingested.record).await.map_err(|error| worker(&error))?;
	check(manifest.segments.len() == ingested.segments.len(), "the manifest lists every segment")?;
	for segment in &manifest.segments {
		let held = session.store.has(&segment.content).await;
		check(held.is_ok_and(|held| held), "the store holds every segment")?;
	}
	story.tell(
		"The chain holds a commitment",
		vec![
			format!("record {}", ingested.record),
			format!("manifest {}", ContentIdText(entry.manifest)),
			"On chain are the record's number, its owner and a salted hash; nothing of the above."
				.to_owned(),
		],
	);
	Ok((ingested.record, manifest))
}

/// Laboratory results where there are any, else the first category that is not sensitive.
fn shareable(manifest: &Manifest) -> Result<Category> {
	let has = |category| manifest.segments.iter().any(|segment| segment.category == category);
	if has(Category::Labs) {
		return Ok(Category::Labs);
	}
	manifest
		.segments
		.iter()
		.map(|segment| segment.category)
		.find(|category| category.sensitivity() == Sensitivity::Normal)
		.ok_or_else(|| Failure::new("INPUT_NOTHING_TO_SHARE", "the file has only sensitive data"))
}

async fn grant(
	session: &Session,
	patient: &Patient,
	clinician: &Grantee,
	category: Category,
	story: &mut Story<'_>,
) -> Result<ConsentId> {
	let from = now(session).await?;
	let terms = terms(
		&[PurposeOfUse::Treatment],
		&[category],
		&[],
		Window { from, until: from.saturating_add(MONTH) },
	)?;
	let consent = patient
		.grant(&clinician.signer.account(), terms.clone(), USES)
		.await
		.map_err(|error| worker(&error))?;
	let (read, _) = clinician.terms(&consent).await.map_err(|error| worker(&error))?;
	check(read == terms, "the clinician reads the terms that the patient granted")?;
	story.tell(
		"The patient grants a consent",
		vec![
			format!("consent {consent}"),
			format!("{CLINICIAN} may read {category}, for treatment, 30 days, {USES} times."),
			"The terms are sealed to the clinician; the chain sees a commitment.".to_owned(),
		],
	);
	Ok(consent)
}

fn only(category: Category) -> BTreeSet<Category> {
	BTreeSet::from([category])
}

async fn open(
	session: &Session,
	patient: &Patient,
	clinician: &Grantee,
	manifest: &Manifest,
	consent: ConsentId,
	category: Category,
	story: &mut Story<'_>,
) -> Result<TicketId> {
	let request = request(PurposeOfUse::Treatment, only(category))?;
	let attempt = clinician
		.open(&consent, &manifest.record, request)
		.await
		.map_err(|error| worker(&error))?;
	let Attempt::Opened(opened) = attempt else {
		return Err(Failure::new(
			"DEMO_MISMATCH",
			"the clinician was refused under a good consent",
		));
	};
	let released = &opened.segments;
	let expected = manifest.segments.iter().filter(|segment| segment.category == category);
	check(
		released
			.iter()
			.map(|segment| segment.facts.index)
			.eq(expected.map(|segment| segment.index)),
		"exactly the granted segments are released",
	)?;

	let mut bytes = 0;
	for segment in released {
		let (hers, length) = segment
			.read(&*session.store, Digesting(Sha256::new()))
			.await
			.map_err(|error| worker(&error))?;
		let (owners, _) = patient
			.read(manifest, segment.facts.index, Digesting(Sha256::new()))
			.await
			.map_err(|error| worker(&error))?;
		check(hers.0.finalize() == owners.0.finalize(), "both read the same plain text")?;
		bytes += length;

		// The released key on everything else: each must refuse.
		for other in manifest.segments.iter().filter(|other| other.category != category) {
			let mut wrong = segment.clone();
			wrong.facts.content = other.content;
			let result = wrong.read(&*session.store, std::io::sink()).await;
			check(result.is_err(), "a released key opens nothing but its segment")?;
		}
	}
	story.tell(
		"The clinician opens the record",
		vec![
			format!("ticket {} is final on chain, and is an audit entry", opened.ticket),
			format!(
				"custodians gave shares of {} key, two of three are enough; she reads {bytes} bytes \
				of {category}",
				released.len()
			),
			format!(
				"the other {} segments stay closed to her",
				manifest.segments.len() - released.len()
			),
		],
	);
	Ok(opened.ticket)
}

async fn ask_too_much(
	clinician: &Grantee,
	record: RecordId,
	consent: ConsentId,
	granted: Category,
	story: &mut Story<'_>,
) -> Result<TicketId> {
	let request = request(PurposeOfUse::Treatment, BTreeSet::from([granted, Category::Original]))?;
	let Err(Error::ReleaseRefused { ticket, refusal: CustodianRefusal::ScopeMismatch }) =
		clinician.open(&consent, &record, request).await
	else {
		return Err(mismatch("a request beyond the terms releases no key"));
	};
	story.tell(
		"The clinician asks for more than was granted",
		vec![
			"The terms are sealed, so the chain gives a ticket; each custodian opens the request, \
			decides, and releases nothing: SCOPE_MISMATCH."
				.to_owned(),
		],
	);
	Ok(ticket)
}

/// What custodians did has to be on chain before long: each answers every ticket.
async fn accounted(
	session: &Session,
	opened: TicketId,
	refused: TicketId,
	story: &mut Story<'_>,
) -> Result<()> {
	let answered = || async {
		let state = session.chain.state().await.map_err(|error| chain(&error))?;
		let (opened, refused) =
			tokio::try_join!(state.ticket_answers(&opened), state.ticket_answers(&refused))
				.map_err(|error| chain(&error))?;
		let delivered = opened.filter(|answers| answers.first_delivered_at.is_some());
		let refused = refused.filter(|answers| answers.refused_at.is_some());
		delivered
			.zip(refused)
			.ok_or_else(|| mismatch("custodians report what they released and refused"))
	};
	let patience =
		ConstantBuilder::default().with_delay(Duration::from_millis(200)).with_max_times(300);
	let (delivered, withheld) = answered.retry(patience).await?;
	story.tell(
		"The custodians account for it",
		vec![
			format!("{} of them put on chain that they released", delivered.released.len()),
			format!("{} of them that they refused; the use is given back", withheld.refused.len()),
		],
	);
	Ok(())
}

async fn revoke(
	session: &Session,
	patient: &Patient,
	clinician: &Grantee,
	record: RecordId,
	consent: ConsentId,
	category: Category,
	story: &mut Story<'_>,
) -> Result<()> {
	// A ticket from before the revocation, to be tried after it.
	let request = || request(PurposeOfUse::Treatment, only(category));
	let before =
		clinician.open(&consent, &record, request()?).await.map_err(|error| worker(&error))?;
	let Attempt::Opened(before) = before else {
		return Err(Failure::new("DEMO_MISMATCH", "the second use was refused"));
	};
	let included =
		session.chain.revoke(&patient.signer, consent).await.map_err(|error| chain(&error))?;
	let after =
		clinician.open(&consent, &record, request()?).await.map_err(|error| worker(&error))?;
	check(
		matches!(after, Attempt::Refused(Refusal::ConsentRevoked)),
		"a revoked consent opens nothing",
	)?;
	// The key does not matter: no custodian gets as far as sealing to it.
	let ephemeral = EphemeralKey::generate().map_err(|error| Failure::of(error.code(), &error))?;
	let old = session.committee.release(&before.ticket, &ephemeral, 0).await;
	check(
		matches!(old, Err(Error::ReleaseRefused { refusal: CustodianRefusal::ConsentRevoked, .. })),
		"a ticket from before the revocation gets no key after it",
	)?;
	story.tell(
		"The patient revokes",
		vec![
			format!("final in block {}", included.block),
			"The next attempt is refused: CONSENT_REVOKED, and the refusal is audited.".to_owned(),
			"A ticket from before the revocation gets no key any more.".to_owned(),
		],
	);
	Ok(())
}

async fn trail(
	session: &Session,
	patient: &Patient,
	record: RecordId,
	consent: ConsentId,
	story: &mut Story<'_>,
) -> Result<()> {
	let read = session.chain.verified_trail(&patient.signer.account()).await;
	let trail = read.map_err(|error| chain(&error))?;
	let about = trail
		.entries
		.iter()
		.map(|entry| entry.action)
		.filter(|action| match action {
			AuditAction::RecordAnchored { record: of } => *of == record,
			AuditAction::ConsentGranted { consent: of }
			| AuditAction::ConsentRevoked { consent: of, .. }
			| AuditAction::AccessOpened { consent: of, .. }
			| AuditAction::AccessRefused { consent: of, .. } => *of == consent,
			_ => false,
		})
		.collect::<Vec<_>>();
	let expected = matches!(
		about.as_slice(),
		[
			AuditAction::RecordAnchored { .. },
			AuditAction::ConsentGranted { .. },
			AuditAction::AccessOpened { .. },
			AuditAction::AccessOpened { .. },
			AuditAction::AccessOpened { .. },
			AuditAction::ConsentRevoked { .. },
			AuditAction::AccessRefused { refusal: Refusal::ConsentRevoked, .. },
		]
	);
	check(expected, "the trail tells exactly what happened, in its order")?;
	let mut told = about.iter().map(super::audit::describe).collect::<Vec<_>>();
	told.push(format!(
		"{} entries in all; their hash chain gives the head that the chain keeps.",
		trail.entries.len()
	));
	story.tell("The patient reads her trail", told);
	Ok(())
}

async fn exported(
	patient: &Patient,
	record: &RecordId,
	file: &Path,
	scratch: &Path,
	story: &mut Story<'_>,
) -> Result<()> {
	let out = scratch.join("export");
	let files = export(patient, record, &out).await?;
	let original = out.join(Layout::default().place(Category::Original, 0).file);
	let original = fs::read(original).about(out.display())?;
	let source = fs::read(file).about(file.display())?;
	check(original == source, "the exported original is the file that came in, byte for byte")?;
	story.tell(
		"The patient exports",
		vec![format!(
			"{} files; the original among them is the file that came in, byte for byte.",
			files.len()
		)],
	);
	Ok(())
}
