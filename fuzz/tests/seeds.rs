// SPDX-License-Identifier: Apache-2.0
//! The seeds of the corpora: small inputs that get past each target's first checks.
//!
//! `SALUS_WRITE_CORPUS=1` writes them; otherwise they have to be there as they are made here.

use codec::Encode;
use rand::{rngs::StdRng, Rng, SeedableRng};
use salus_chain::{AccountId, Signature};
use salus_crypto::custody::{SealedSeatShares, SealedShare};
use salus_ingest::{sample, Diagnostic, Sink, SinkError, Source};
use salus_mdf::{Category, Header, Item, SegmentWriter};
use salus_policy::{
	Aim, Exception, Modifier, Permission, Request, ResearchRequest, ResearchTerms, Terms,
};
use salus_primitives::{
	audit::{AuditAction, AuditEntry, Refusal, TrailHead},
	blake2_256,
	custody::{DealingDigest, EpochId, Seat},
	Commitment, ConsentId, ContentId, DateWindow, Day, EncryptionKey, Grantee, MultiCodec,
	PurposeOfUse, RecordId, Role, Salt, Suite, TicketId, Window,
};
use salus_runtime::RuntimeCall;
use salus_simulation::{People, START};
use salus_worker::{
	custodian::{
		Deposit, Evidence, Released, ReleasedSegment, RepairRequest, SegmentFacts, SubdealRequest,
		TakeOverRequest,
	},
	sharing::{
		EmergencyReason, OpenedDenials, OpenedReason, OpenedRequest, OpenedTerms, StandingRule,
	},
};
use std::{
	collections::BTreeSet,
	fs,
	io::{self, Cursor},
	path::Path,
};

type Seed = (&'static str, &'static str, Vec<u8>);

fn set<T: Ord, S: TryFrom<BTreeSet<T>>>(items: impl IntoIterator<Item = T>) -> S {
	S::try_from(items.into_iter().collect()).unwrap_or_else(|_| panic!("too many items"))
}

fn made(write: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> Vec<u8> {
	let mut bytes = Vec::new();
	write(&mut bytes).unwrap();
	bytes
}

/// A result message with escapes, repetitions and a correction.
const RESULT: &str = "MSH|^~\\&|LAB|HOSP|EHR||20240301101500+0100||ORU^R01^ORU_R01|M1|P|2.5.1\r\
	PID|1||77^^^HOSP&1.2.3&ISO^MR~8||Doe^Jo^^^^^L||19800101|F\r\
	PV1|1|O|W^1^A||||5^Who^Dr|||||||||Y\r\
	ORC|RE||F1\r\
	OBR|1||F1|X^Y^L|||20240301\r\
	OBX|1|NM|718-7^Hb^LN|1|13.5|g/dL^^UCUM|12-16|N|||F\r\
	OBX|2|FT|N||a\\.br\\b\\Q\\||||||C\r\
	NTE|1||note\r\
	SPM|1|S&1||BLD\r";

/// A batch with messages of several versions, and lines that are no segments.
const BATCH: &str = "FHS|^~\\&|A\r\n\
	BHS|^~\\&|A\r\n\
	MSH|^~\\&|A|B|||2024||ADT^A40|1|P|2.3||||||8859/1\r\n\
	PID|1||9^^^H^MR\r\n\
	MRG|7\r\n\
	\u{b}msh|^~\\\\&|A|B|||||VXU^V04|2\r\n\
	pid|1||9\r\n\
	RXA|0|1|2024|2024|08^HepB^CVX|0.5|mL\r\n\
	more text\r\n\
	ZZZ|x\r\n\
	BTS|2\r\n\
	FTS|1\r\n";

/// A document in a frame, with delimiters of its own.
const DOCUMENT: &str = "\u{b}MSH^~|\\&#^A^B^^^^^MDM~T02^3^P^2.7\r\
	PID^1^^7\r\
	TXA^1^DS^TX^2024^^^^^^^^D1\r\
	OBX^1^ED^a^^~AP~PDF~Base64~Zm9v\r\
	OBX^2^TX^b^^\"\"\r\
	\u{1c}\r";

/// A resource in XML with what XML has and JSON has not.
const PATIENT: &str = "<?xml version=\"1.0\"?><!-- a --><Bundle xmlns=\"http://hl7.org/fhir\">\
	<type value=\"collection\"/><entry><fullUrl value=\"urn:uuid:1\"/><resource><Patient><id value=\"p\"/>\
	<text><status value=\"generated\"/><div xmlns=\"http://www.w3.org/1999/xhtml\">a &lt; <b>b</b></div></text>\
	<contained><Organization><id value=\"o\"/></Organization></contained><active value=\"true\"/>\
	<name><given id=\"g\"/><given value=\"A\"><extension url=\"u\"><valueDecimal value=\"1.00\"/></extension>\
	</given></name><multipleBirthInteger value=\"2\"/></Patient></resource></entry></Bundle>";

/// An export of Apple Health with one of each element that is mapped.
const APPLE_HEALTH: &str = "<?xml version=\"1.0\"?><!DOCTYPE HealthData [<!ELEMENT Me EMPTY>]>\
	<HealthData locale=\"en\"><ExportDate value=\"2024-03-01 10:00:00 +0100\"/>\
	<Me HKCharacteristicTypeIdentifierDateOfBirth=\"1980-01-02\"/>\
	<Record type=\"HKQuantityTypeIdentifierBloodGlucose\" unit=\"mmol&lt;180.15588&gt;/L\" value=\"5.10\" \
	startDate=\"2024-02-01 08:00:00 +0100\" endDate=\"2024-02-01 08:00:00 +0100\"/>\
	<Correlation type=\"HKCorrelationTypeIdentifierBloodPressure\"><Record type=\"\
	HKQuantityTypeIdentifierBloodPressureSystolic\" unit=\"mmHg\" value=\"120\"/></Correlation>\
	<Workout workoutActivityType=\"HKWorkoutActivityTypeYoga\" duration=\"30\" durationUnit=\"min\"/>\
	<ActivitySummary dateComponents=\"2024-02-01\" appleStandHours=\"12\"/></HealthData>";

fn ingest() -> Vec<Seed> {
	let options = sample::Options { seed: 3, entries: 12 };
	let bundle = made(|out| sample::fhir(out, &options));
	let table = made(|out| sample::csv(out, &sample::Options { seed: 4, entries: 3 }));
	let units = std::iter::once(0xfeff).chain(std::str::from_utf8(&table).unwrap().encode_utf16());
	vec![
		("ingest", "truncated.json", bundle[..bundle.len() / 2].to_vec()),
		("ingest", "bundle.json", bundle),
		("ingest", "resources.ndjson", made(|out| sample::fhir_ndjson(out, &options))),
		("ingest", "table.csv", made(|out| sample::csv(out, &options))),
		("ingest", "result.hl7", RESULT.into()),
		("ingest", "batch.hl7", BATCH.into()),
		("ingest", "document.hl7", DOCUMENT.into()),
		("ingest", "document.xml", made(|out| sample::ccda(out, &options))),
		("ingest", "patient.xml", PATIENT.into()),
		("ingest", "export.xml", APPLE_HEALTH.into()),
		("ingest", "utf-16.csv", units.flat_map(u16::to_le_bytes).collect()),
	]
}

struct Labs(SegmentWriter<Vec<u8>>);

impl Sink for Labs {
	fn item(&mut self, item: Item) -> Result<(), SinkError> {
		if item.category == Category::Labs {
			self.0.write(&item).unwrap();
		}
		Ok(())
	}

	fn diagnostic(&mut self, _: Diagnostic) -> Result<(), SinkError> {
		Ok(())
	}
}

fn segment() -> Vec<Seed> {
	let table = made(|out| sample::csv(out, &sample::Options { seed: 5, entries: 6 }));
	let source = Source { name: "table".to_owned(), reader: Cursor::new(table) };
	let header = Header::new(Category::Labs);
	let mut labs = Labs(SegmentWriter::new(Vec::new(), &header).unwrap());
	salus_ingest::ingest(source, &Default::default(), &mut labs).unwrap();
	let mut document = labs.0.finish().unwrap();
	document.extend_from_slice(b"{\"id\":\n");
	vec![("segment", "labs.ndjson", document)]
}

fn crypto() -> Vec<Seed> {
	let text = include_str!("../../docs/formats/vectors/envelope-v1.json");
	let vectors: serde_json::Value = serde_json::from_str(text).unwrap();
	let bytes = |pointer: &str| hex::decode(vectors.pointer(pointer).unwrap().as_str().unwrap());
	vec![
		("envelope", "whole", bytes("/envelopes/1/sealed").unwrap()),
		("envelope", "unchanged", vec![0, 200]),
		("envelope", "header", vec![9, 4, 1]),
		("capsule", "owner", bytes("/capsules/0/capsule").unwrap()),
		("document", "terms", bytes("/documents/0/document").unwrap()),
		("keystore", "file.json", vectors["keystore"]["file"].to_string().into_bytes()),
	]
}

fn custody() -> Vec<Seed> {
	let text = include_str!("../../docs/formats/vectors/custody-v1.json");
	let vectors: serde_json::Value = serde_json::from_str(text).unwrap();
	[
		("commitments", "/dealing/commitments"),
		("shares", "/dealing/shares/0"),
		("sealed-share", "/releases/0/sealed"),
		("mask-commitments", "/repair/commitments/0"),
		("mask", "/repair/masks/1/0"),
		("repair-share", "/repair/shares/0"),
		("subdealing", "/resharing/dealers/0/subdealings/0"),
		("wrong-subdealing", "/refused/subdealings/0/subdealing"),
		("complaint", "/complaints/0/complaint"),
		("equivocation", "/complaints/1/complaint"),
	]
	.into_iter()
	.map(|(name, pointer)| {
		let text = vectors.pointer(pointer).unwrap().as_str().unwrap();
		("custody", name, hex::decode(text).unwrap())
	})
	.collect()
}

fn recovery() -> Vec<Seed> {
	let text = include_str!("../../docs/formats/vectors/recovery-v1.json");
	let vectors: serde_json::Value = serde_json::from_str(text).unwrap();
	let of = |pointer: &str| vectors.pointer(pointer).unwrap().as_str().unwrap().to_owned();
	let bytes = |name, pointer| ("recovery", name, hex::decode(of(pointer)).unwrap());
	let text = |name, pointer| ("recovery", name, of(pointer).into_bytes());
	vec![
		bytes("kit", "/kit"),
		bytes("request", "/request"),
		bytes("secret", "/recovering_secret"),
		bytes("share", "/guardians/0/released"),
		bytes("share-of-suite-2", "/guardians/1/released"),
		text("kit.txt", "/kit_text"),
		text("request.txt", "/request_text"),
		text("share.txt", "/guardians/0/released_text"),
	]
}

fn messages() -> Vec<Seed> {
	let text = include_str!("../../docs/formats/vectors/custody-v1.json");
	let vectors: serde_json::Value = serde_json::from_str(text).unwrap();
	let share = vectors.pointer("/releases/0/sealed").unwrap().as_str().unwrap();
	let share = SealedShare::from_bytes(&hex::decode(share).unwrap()).unwrap();
	// One that is made is another each time.
	let signature: Signature = serde_json::from_value("11".repeat(64).into()).unwrap();
	let facts = |index| SegmentFacts {
		index,
		category: Category::Labs,
		dates: DateWindow { from: Some(Day(1)), until: None },
		range: 0,
		content: ContentId { codec: MultiCodec::Raw, digest: [2; 32] },
		size: 4096,
		signature,
	};
	let released = Released {
		ticket: TicketId([1; 32]),
		record: RecordId([5; 32]),
		version: 1,
		epoch: EpochId(4),
		seat: Seat(0),
		segments: vec![
			ReleasedSegment {
				facts: facts(0),
				digest: Commitment(blake2_256(&share.to_bytes())),
				share: Some(share),
			},
			ReleasedSegment { facts: facts(1), digest: Commitment([3; 32]), share: None },
		],
		at: 9,
		salt: Salt([6; 32]),
		signature,
	};
	let sealed = [&[1][..], &[0x22; 32], &[0x33; 64]].concat();
	let deposit = Deposit {
		owner: AccountId::new([9; 32]),
		record_salt: Salt([8; 32]),
		record: RecordId([5; 32]),
		version: 1,
		epoch: EpochId(4),
		digest: DealingDigest([7; 32]),
		segments: vec![facts(0)],
		seat: Seat(2),
		shares: SealedSeatShares::from_bytes(&sealed).unwrap(),
		signature,
	};
	let dealings = vec![(RecordId([5; 32]), 1)];
	let (from, to) = (EpochId(1), EpochId(2));
	let subdeal =
		SubdealRequest { from, to, receiver: Seat(1), dealings: dealings.clone(), signature };
	let dealers = vec![Seat(0), Seat(2)];
	let take_over = TakeOverRequest {
		from,
		to,
		coordinator: Seat(1),
		dealers: dealers.clone(),
		dealings,
		signature,
	};
	let repair = RepairRequest {
		epoch: from,
		record: RecordId([5; 32]),
		version: 1,
		recovering: Seat(1),
		helpers: dealers,
		session: [4; 32],
		masks: Vec::new(),
		signature,
	};
	let evidence = Evidence {
		complaint: serde_json::from_value(
			vectors.pointer("/complaints/0/complaint").unwrap().clone(),
		)
		.unwrap(),
		salt: Salt([6; 32]),
	};
	let asked = Request {
		purpose: PurposeOfUse::Treatment,
		categories: set([Category::Labs]),
		data: DateWindow { from: Some(Day(120)), until: None },
		research: None,
	};
	let salt = Salt([6; 32]);
	let terms = Terms {
		permitted: set([PurposeOfUse::Treatment]),
		exceptions: Default::default(),
		categories: set([Category::Labs]),
		act: Window { from: 1_000, until: 2_000 },
		data: DateWindow { from: None, until: None },
		research: None,
		obligations: Default::default(),
	};
	let request = OpenedRequest {
		request: asked.clone(),
		salt,
		terms: vec![OpenedTerms { terms: terms.clone(), salt }],
	};
	let denials = OpenedDenials {
		denials: vec![Exception::of_categories(set([Category::MentalHealth]))],
		rules: vec![StandingRule { grantee: Grantee::Role(Role::Clinician), terms }],
		salt,
	};
	let reason = OpenedReason { reason: EmergencyReason::Disaster, request: asked, salt };
	let json =
		|name, message: serde_json::Value| ("messages", name, message.to_string().into_bytes());
	vec![
		("messages", "request", request.encode()),
		("messages", "denials", denials.encode()),
		("messages", "reason", reason.encode()),
		json("evidence.json", serde_json::to_value(evidence).unwrap()),
		json("released.json", serde_json::to_value(released).unwrap()),
		json("deposit.json", serde_json::to_value(deposit).unwrap()),
		json("subdeal.json", serde_json::to_value(subdeal).unwrap()),
		json("take-over.json", serde_json::to_value(take_over).unwrap()),
		json("repair.json", serde_json::to_value(repair).unwrap()),
	]
}

/// What files say of Jo Quillfeather, whom nobody may find in what is released. The first byte tells the
/// format and how words are replaced.
fn deid() -> Vec<Seed> {
	const NOTE: &str = "Jo Quillfeather, MRN 4459201, 93 years, seen 03/14/2024, takes Lasix.";
	let options = sample::Options { seed: 6, entries: 4 };
	let seed = |kind: u8, name, bytes: Vec<u8>| ("deid", name, [vec![kind], bytes].concat());
	let line = serde_json::json!({ "id": "n1", "text": NOTE }).to_string();
	let table = format!("mrn,name,note,zip,dx\n4459201,Jo Quillfeather,\"{NOTE}\",60614,I10\n");
	let groups = "18,minor,*\n34,adult,*\n36,adult,*\0";
	let people = "age,years,zip,seen,dx\n34,34,02139,2024-03-01,E11.9\n36,36,02138,2024-04,I10\n\
		18,18,60614,2023,I10\nold,92,1,,x\nshort\n";
	vec![
		seed(0, "note.txt", NOTE.into()),
		seed(9, "notes.jsonl", line.into_bytes()),
		seed(2, "table.csv", table.into_bytes()),
		seed(11, "bundle.json", made(|out| sample::fhir(out, &options))),
		seed(4, "resources.ndjson", made(|out| sample::fhir_ndjson(out, &options))),
		seed(21, "result.hl7", RESULT.replace("note", NOTE).into()),
		seed(6, "document.xml", made(|out| sample::ccda(out, &options))),
		seed(7, "image.dcm", image(NOTE)),
		("disclosure", "people", [groups, people].concat().into_bytes()),
	]
}

/// A DICOM file in little-endian explicit form with a description, a name and a comment.
fn image(note: &str) -> Vec<u8> {
	let element = |group: u16, number: u16, kind: &[u8; 2], value: &str| {
		let mut value = value.as_bytes().to_vec();
		if value.len() % 2 == 1 {
			value.push(if kind == b"UI" { 0 } else { b' ' });
		}
		let length = (value.len() as u16).to_le_bytes();
		let head = [group.to_le_bytes(), number.to_le_bytes(), *kind, length].concat();
		[head, value].concat()
	};
	let meta = [
		element(2, 2, b"UI", "1.2.840.10008.5.1.4.1.1.7"),
		element(2, 3, b"UI", "1.2.3"),
		element(2, 0x10, b"UI", "1.2.840.10008.1.2.1"),
	]
	.concat();
	let length = (meta.len() as u32).to_le_bytes();
	let head = [2u16.to_le_bytes(), 0u16.to_le_bytes(), *b"UL", 4u16.to_le_bytes()].concat();
	[
		vec![0; 128],
		b"DICM".to_vec(),
		head,
		length.to_vec(),
		meta,
		element(8, 0x16, b"UI", "1.2.840.10008.5.1.4.1.1.7"),
		element(8, 0x18, b"UI", "1.2.3"),
		element(8, 0x1030, b"LO", "Chest of Jo Quillfeather"),
		element(0x10, 0x10, b"PN", "Quillfeather^Jo"),
		element(0x10, 0x20, b"LO", "4459201"),
		element(0x10, 0x4000, b"LT", note),
	]
	.concat()
}

fn store() -> Vec<Seed> {
	let text = |text: &str| text.as_bytes().to_vec();
	vec![
		("content_id", "raw", text("bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku")),
		("content_id", "tree", text("bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi")),
	]
}

fn policy() -> Vec<Seed> {
	let care = Terms {
		permitted: set([PurposeOfUse::Treatment]),
		exceptions: Default::default(),
		categories: set([Category::Labs, Category::Vitals]),
		act: Window { from: 1_000, until: 2_000 },
		data: DateWindow { from: Some(Day(100)), until: None },
		research: None,
		obligations: Default::default(),
	};
	let research = Terms {
		permitted: set([PurposeOfUse::Research]),
		research: Some(ResearchTerms {
			permission: Permission::HealthMedicalBiomedical,
			clinical_care: false,
			modifiers: set([Modifier::NotForProfit, Modifier::EthicsApproval]),
		}),
		..care.clone()
	};
	let read = Request {
		purpose: PurposeOfUse::Treatment,
		categories: set([Category::Labs]),
		data: DateWindow { from: Some(Day(120)), until: Some(Day(150)) },
		research: None,
	};
	let study = Request {
		purpose: PurposeOfUse::Research,
		research: Some(ResearchRequest {
			aims: set([Aim::Health]),
			for_profit: Some(false),
			ethics_approval_until: Some(9_000),
			..Default::default()
		}),
		..read.clone()
	};
	let excepting = Terms {
		exceptions: set([
			Exception::of_purposes(set([PurposeOfUse::EmergencyTreatment])),
			Exception {
				purposes: set([PurposeOfUse::Treatment, PurposeOfUse::Payment]),
				categories: set([Category::Labs]),
				data: DateWindow { from: Some(Day(150)), until: Some(Day(160)) },
			},
			Exception::of_categories(set([Category::MentalHealth])),
			Exception::of_data(DateWindow { from: None, until: Some(Day(110)) }),
		]),
		..care.clone()
	};
	let earlier = DateWindow { from: Some(Day(120)), until: Some(Day(149)) };
	let outside = Request { data: earlier, ..read.clone() };
	vec![
		("policy", "care", (&care, &read, 1_500u64).encode()),
		("policy", "late", (&care, &read, 2_500u64).encode()),
		("policy", "research", (&research, &study, 1_500u64).encode()),
		("policy", "aimless", (&research, &read, 1_500u64).encode()),
		("policy", "excepted", (&excepting, &read, 1_500u64).encode()),
		("policy", "beside", (&excepting, &outside, 1_500u64).encode()),
	]
}

fn trail() -> Vec<Seed> {
	let subject = [5u8; 32];
	let (consent, record) = (ConsentId([1; 32]), RecordId([2; 32]));
	let actions = [
		AuditAction::RecordAnchored { record },
		AuditAction::ConsentGranted { consent },
		AuditAction::AccessOpened { consent, version: 1, record, ticket: TicketId([3; 32]) },
		AuditAction::AccessRefused { consent, record, refusal: Refusal::ConsentSpent },
	];
	let start = TrailHead::start(&subject);
	let mut head = start;
	let mut entries = Vec::new();
	for action in actions {
		let (index, previous) = (head.count, head.block);
		let entry = AuditEntry { index, at: 1_000 + index, previous, actor: subject, action };
		head = head.then(&entry, previous + 3);
		entries.push(entry);
	}
	vec![("trail", "whole", (subject, head, start.hash, entries).encode())]
}

/// A step of the target `extrinsic`: somebody applies a call.
fn applied(who: u8, call: impl Into<RuntimeCall>) -> Vec<u8> {
	let call = call.into().encode();
	let length = (call.len() as u16).to_le_bytes();
	[&[3, who, 0], &length[..], &call].concat()
}

fn extrinsic() -> Vec<Seed> {
	let register = pallet_registry::Call::register {
		role: Role::Patient,
		encryption_key: EncryptionKey::new(Suite::X25519, &[7; 32]).unwrap(),
	};
	let anchor = pallet_records::Call::anchor {
		salt: [1; 32],
		manifest: Commitment([2; 32]),
		categories: Commitment([3; 32]),
		segments: 1,
		dealing: None,
	};
	let grant = pallet_consent::Call::grant {
		salt: [1; 32],
		grantee: Grantee::Account(People::new().clinicians[0].clone()),
		terms: pallet_consent::Terms::Sealed {
			commitment: Commitment([4; 32]),
			envelope: ContentId { codec: MultiCodec::Raw, digest: [5; 32] },
		},
		window: Window { from: 0, until: START + 1_000_000 },
		uses: 3,
		delegations: 0,
	};
	let calls = [register.into(), anchor.into(), grant.into()];
	let batch = pallet_utility::Call::batch { calls: calls.to_vec() };
	let signed = calls.into_iter().flat_map(|call| applied(0, call));
	let lives = ["life", "longer-life"].into_iter().zip([96, 1_024]).map(|(name, length)| {
		let mut bytes = vec![0; length];
		StdRng::seed_from_u64(length as u64).fill_bytes(&mut bytes);
		("extrinsic", name, bytes)
	});
	let mut seeds = vec![
		("extrinsic", "day", std::iter::once(0).chain(signed).chain([7; 8]).collect()),
		("extrinsic", "batch", [vec![1], applied(10, batch), vec![7; 8]].concat()),
	];
	seeds.extend(lives);
	seeds
}

#[test]
fn seeds_are_as_written() {
	let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
	let write = std::env::var_os("SALUS_WRITE_CORPUS").is_some();
	let seeds = [
		ingest(),
		segment(),
		crypto(),
		custody(),
		deid(),
		recovery(),
		messages(),
		store(),
		policy(),
		trail(),
		extrinsic(),
	]
	.concat();
	for (target, name, bytes) in seeds {
		let path = corpus.join(target).join(name);
		if write {
			fs::create_dir_all(path.parent().unwrap()).unwrap();
			fs::write(&path, &bytes).unwrap();
		}
		let found = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
		assert!(found == bytes, "{} is not what is made here", path.display());
	}
}
