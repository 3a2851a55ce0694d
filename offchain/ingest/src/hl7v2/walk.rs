// SPDX-License-Identifier: Apache-2.0
//! The way through a message, segment by segment: what belongs to which item.

use super::{
	code::{self, known_system, ACT_CODE, CONFIDENTIALITY},
	fields::{plain, Care, Fields},
	message::{Message, Part, Segment},
};
use crate::{
	id::{digest, with_digest},
	load::Context,
	Code, Error, Place,
};
use salus_mdf::{
	sensitivity::{class_of, classify},
	Body, ByteRange, Category, Coding, Identifier, Item, Location, Other, Provenance, Time,
};
use std::collections::HashMap;

/// Where a message lies in the file.
pub(super) struct Origin {
	/// Its number, from 1.
	pub(super) number: u64,
	/// Its first line, from 1.
	pub(super) line: u64,
	/// Its first byte, when places in its text are places in the file.
	pub(super) offset: Option<u64>,
}

impl Origin {
	/// A place in a segment.
	pub(super) fn place(&self, segment: &Segment<'_>, path: String) -> Place {
		Place::Segment { message: self.number, line: self.line + segment.line(), path }
	}
}

pub(super) fn name_of(id: [u8; 3]) -> String {
	String::from_utf8_lossy(&id).into_owned()
}

/// An item while its message is read.
pub(super) struct Draft {
	pub(super) item: Item,
	/// The segments it is made of, and how many of each.
	parts: Vec<([u8; 3], usize)>,
	/// Whether restrictions of the patient's data are about it.
	restricted: bool,
}

/// What the results and remarks of an order need of it.
#[derive(Default)]
pub(super) struct Order {
	/// The filler's number of the order, else the placer's.
	pub(super) key: String,
	/// The report its results are part of.
	pub(super) report: Option<usize>,
	/// The item that stands for the order.
	pub(super) main: Option<usize>,
	/// What its results are, where the order says so.
	pub(super) section: Option<Category>,
	/// When its specimen was taken.
	pub(super) at: Option<Time>,
	labels: Vec<Coding>,
}

/// So many items of one message are usual; room for more is given back.
const USUAL: usize = 256;

/// Room for the items of a message. Kept from message to message.
#[derive(Default)]
pub(super) struct Room {
	drafts: Vec<Draft>,
	given: Given,
}

impl Room {
	fn keep(&mut self, drafts: Vec<Draft>, mut given: Given) {
		given.0.clear();
		if drafts.capacity() <= USUAL {
			*self = Self { drafts, given };
		}
	}
}

/// The way through one message.
pub(super) struct Walk<'c, 'x, 'm> {
	pub(super) context: &'c mut Context<'x>,
	pub(super) origin: Origin,
	/// Sending application and facility, as written.
	pub(super) sender: String,
	/// MSH-10.
	pub(super) control: String,
	/// MSH-9: what kind of message, and why it was sent.
	pub(super) kind: &'m str,
	pub(super) event: &'m str,
	pub(super) drafts: Vec<Draft>,
	/// The ids that were given.
	pub(super) given: Given,
	pub(super) subject: Option<String>,
	pub(super) encounter: Option<String>,
	pub(super) patient: Option<usize>,
	pub(super) visit: Option<usize>,
	/// The item that segments without a place of their own belong to.
	pub(super) last: Option<usize>,
	pub(super) order: Order,
	/// Segments of an order whose details have not come yet.
	waiting: Vec<Fields<'m>>,
	/// The first item of the patient.
	first: usize,
	labels: Vec<Coding>,
	restrictions: Vec<Coding>,
}

/// Reads a message whose segments are cut.
pub(super) fn map(
	context: &mut Context<'_>,
	message: &Message<'_>,
	origin: Origin,
	room: &mut Room,
) -> Result<(), Error> {
	let Some(header) = message.header() else { return Ok(()) };
	let kind = header.field(9);
	let control = header.field(10).raw().trim();
	let control = match control {
		// Without a control id the place in the file stands in for it.
		"" => format!("{}#{}", context.report.source_digest, origin.number),
		given => given.to_owned(),
	};
	let mut walk = Walk {
		sender: format!("{}\u{1f}{}", header.field(3).raw().trim(), header.field(4).raw().trim()),
		control,
		kind: kind.component(1).raw(),
		event: kind.component(2).raw(),
		context,
		origin,
		drafts: core::mem::take(&mut room.drafts),
		given: core::mem::take(&mut room.given),
		subject: None,
		encounter: None,
		patient: None,
		visit: None,
		last: None,
		order: Order::default(),
		waiting: Vec::new(),
		first: 0,
		labels: Vec::new(),
		restrictions: Vec::new(),
	};
	if !message.has_good_delimiters() {
		walk.tell(&header, 2, Code::WrongDelimiters)?;
	}
	for segment in message.segments() {
		walk.segment(segment)?;
	}
	walk.flush_order()?;
	walk.close_patient();
	let Walk { context, mut drafts, given, .. } = walk;
	for draft in drafts.drain(..) {
		context.emit(draft.item)?;
	}
	room.keep(drafts, given);
	Ok(())
}

/// An id made of what names the item in the source: later versions of it have the same.
pub(super) fn id_of(kind: &str, parts: &[&str]) -> String {
	with_digest(&[kind, "/"], &digest(parts))
}

/// How often one message gave each id.
#[derive(Default)]
pub(super) struct Given(HashMap<([u8; 16], bool), u32>);

impl Given {
	/// An id for something that its source names. Where one message names several things alike,
	/// as the lines of a text, they are counted; corrections are counted by themselves, so that
	/// the first correction meets the first of what it corrects.
	pub(super) fn id(&mut self, kind: &str, parts: &[&str], correction: bool) -> String {
		let mut short = digest(parts);
		let count = self.0.entry((short, correction)).or_default();
		if *count > 0 {
			short = digest(&[&with_digest(&[], &short), &count.to_string()]);
		}
		*count += 1;
		with_digest(&[kind, "/"], &short)
	}
}

impl<'m> Walk<'_, '_, 'm> {
	fn segment(&mut self, segment: Segment<'m>) -> Result<(), Error> {
		let id = segment.id();
		if segment.is_lower_case() {
			self.tell(&segment, 0, Code::LowerCaseSegment)?;
		}
		if segment.is_continued() {
			self.tell(&segment, 0, Code::ContinuedSegment)?;
		}
		let fields = Fields::new(segment);
		match &id {
			b"MSH" | b"FHS" | b"BHS" | b"FTS" | b"BTS" if self.drafts.is_empty() => {
				self.header(fields)
			},
			b"EVN" | b"SFT" | b"UAC" | b"MSA" | b"ERR" | b"QRD" | b"QRF" | b"QPD" | b"QAK"
			| b"RCP" | b"DSC" | b"ERQ" => self.attach(Some(0), fields),
			b"PID" => self.patient(fields),
			b"PD1" => self.patient_more(fields),
			b"MRG" => self.merge(fields),
			b"NK1" => self.relative(fields),
			b"GT1" => self.guarantor(fields),
			b"PV1" => self.visit(fields),
			b"PV2" => self.visit_more(fields),
			b"ARV" | b"CON" => self.restriction(fields),
			b"ORC" => {
				self.flush_order()?;
				self.order = Order {
					key: order_key(&fields),
					labels: labels(&fields, 28),
					..Order::default()
				};
				self.waiting.push(fields);
				Ok(())
			},
			b"OBR" => self.request(fields),
			b"ODS" | b"ODT" => self.detail(fields),
			b"OBX" => self.observation(fields),
			b"NTE" => self.note(fields),
			b"SPM" => self.specimen(fields),
			b"TXA" => self.document(fields),
			b"AL1" => self.allergy(fields, false),
			b"IAM" => self.allergy(fields, true),
			b"DG1" => self.diagnosis(fields),
			b"PRB" => self.problem(fields),
			b"PR1" => self.procedure(fields),
			b"RXO" => self.medicine_ordered(fields),
			b"RXE" => self.medicine_encoded(fields),
			b"RXD" => self.medicine_dispensed(fields),
			b"RXA" => self.medicine_given(fields),
			b"RXR" => self.route(fields),
			b"IN1" => self.insurance(fields),
			b"FT1" => self.charge(fields),
			b"SCH" => self.appointment(fields),
			// Details of what came before them.
			b"TQ1" | b"TQ2" | b"CTD" | b"CTI" | b"BLG" | b"RXC" | b"SAC" | b"IN2" | b"IN3"
			| b"IAR" | b"RGS" | b"AIS" | b"AIG" | b"AIL" | b"AIP" | b"ADD" => self.detail(fields),
			_ => self.alone(fields),
		}
	}

	/// Says that something is wrong with a field (0: the segment).
	pub(super) fn tell(
		&mut self,
		segment: &Segment<'_>,
		field: usize,
		code: Code,
	) -> Result<(), Error> {
		let name = name_of(segment.id());
		let path = if field == 0 { name } else { format!("{name}-{field}") };
		self.context.diagnose(self.origin.place(segment, path), code)
	}

	/// An id by the message for something that nothing names.
	pub(super) fn local_id(&mut self, kind: &str, segment: &Segment<'_>) -> String {
		self.given.id(kind, &[&self.sender, &self.control, &name_of(segment.id())], false)
	}

	/// An item that begins with a segment. Its fields are kept by [`Self::attach`].
	pub(super) fn begin(
		&mut self,
		id: String,
		category: Category,
		body: impl Into<Body>,
		segment: &Segment<'_>,
	) -> usize {
		let range = segment.range();
		let bytes = self.origin.offset.map(|offset| ByteRange {
			start: offset + range.start as u64,
			end: offset + range.end as u64,
		});
		let name = name_of(segment.id());
		let line = Some(self.origin.line + segment.line());
		let provenance = Provenance {
			source: self.context.report.source_digest.clone(),
			location: Location { line, bytes, ..self.context.location() },
			rule: ["hl7v2/", &name].concat(),
			resource: Some(name),
			..Provenance::default()
		};
		let mut item = Item::new(id, category, body, provenance);
		item.subject.clone_from(&self.subject);
		item.encounter.clone_from(&self.encounter);
		self.drafts.push(Draft { item, parts: Vec::new(), restricted: true });
		self.drafts.len() - 1
	}

	/// The item at a place.
	pub(super) fn item(&mut self, index: usize) -> Option<&mut Item> {
		self.drafts.get_mut(index).map(|draft| &mut draft.item)
	}

	/// Adds a segment to an item: what was not read of it is kept raw. Without an item the segment
	/// stands by itself.
	pub(super) fn attach(
		&mut self,
		index: Option<usize>,
		mut fields: Fields<'m>,
	) -> Result<(), Error> {
		let Some(draft) = index.and_then(|index| self.drafts.get_mut(index)) else {
			self.tell(&fields.segment, 0, Code::UnexpectedSegment)?;
			return self.alone(fields);
		};
		let id = fields.segment.id();
		let count = match draft.parts.iter_mut().find(|(known, _)| *known == id) {
			Some((_, count)) => {
				*count += 1;
				*count
			},
			None => {
				draft.parts.push((id, 1));
				1
			},
		};
		let name = name_of(id);
		draft.item.category = scan(draft.item.category, &fields.segment);
		for (number, raw) in fields.rest() {
			let mut digits = itoa::Buffer::new();
			let digits = digits.format(number);
			let path = match count {
				1 => [&*name, "-", digits].concat(),
				_ => format!("{name}[{count}]-{digits}"),
			};
			draft.item.extra.insert(path, raw);
		}
		for fault in &fields.faults {
			let mut path = format!("{name}-{}", fault.field);
			if fault.repetition > 1 {
				path.push_str(&format!("[{}]", fault.repetition));
			}
			if fault.component > 0 {
				path.push_str(&format!(".{}", fault.component));
			}
			let place = self.origin.place(&fields.segment, path);
			self.context.diagnose(place, fault.code)?;
		}
		Ok(())
	}

	/// An item that is one segment, kept as it came.
	pub(super) fn alone(&mut self, fields: Fields<'m>) -> Result<(), Error> {
		let id = self.local_id("Segment", &fields.segment);
		let body = Other { resource: Some(name_of(fields.segment.id())), ..Other::default() };
		let index = self.begin(id, Category::Other, body, &fields.segment);
		self.last = Some(index);
		self.attach(Some(index), fields)
	}

	/// A segment that says more about what came before it, or about the order whose details are
	/// still to come.
	fn detail(&mut self, fields: Fields<'m>) -> Result<(), Error> {
		let is_order = matches!(&fields.segment.id(), b"ODS" | b"ODT");
		if is_order && !self.waiting.is_empty() {
			self.flush_order()?;
		}
		if !self.waiting.is_empty() {
			self.waiting.push(fields);
			return Ok(());
		}
		let target = match (is_order, self.order.main) {
			(true, Some(main)) => Some(main),
			_ => self.last,
		};
		self.attach(target.filter(|index| *index > 0), fields)
	}

	/// NTE.
	fn note(&mut self, mut fields: Fields<'m>) -> Result<(), Error> {
		if !self.waiting.is_empty() {
			self.waiting.push(fields);
			return Ok(());
		}
		let target = self.last.or(Some(0));
		if let Some(index) = target {
			read_note(&mut self.drafts, index, &mut fields);
		}
		self.attach(target, fields)
	}

	/// The segments of the order that wait for its details, the first of them ORC.
	pub(super) fn take_waiting(&mut self) -> Vec<Fields<'m>> {
		core::mem::take(&mut self.waiting)
	}

	/// Adds the segments of an order to the item that stands for it.
	pub(super) fn attach_waiting(
		&mut self,
		index: Option<usize>,
		waiting: Vec<Fields<'m>>,
	) -> Result<(), Error> {
		for mut fields in waiting {
			if let (b"NTE", Some(index)) = (&fields.segment.id(), index) {
				read_note(&mut self.drafts, index, &mut fields);
			}
			self.attach(index, fields)?;
		}
		Ok(())
	}

	/// An order without details is an item all the same.
	fn flush_order(&mut self) -> Result<(), Error> {
		if self.waiting.is_empty() {
			return Ok(());
		}
		let mut waiting = self.take_waiting();
		let index = self.begin_order(waiting.first_mut(), None);
		self.attach_waiting(index, waiting)
	}

	/// Forgets the order: what follows belongs to the patient.
	pub(super) fn leave_order(&mut self) -> Result<(), Error> {
		self.flush_order()?;
		self.order = Order::default();
		Ok(())
	}

	/// A label for everything about the patient.
	pub(super) fn label_all(&mut self, labels: impl IntoIterator<Item = Coding>) {
		self.labels.extend(labels);
	}

	/// ARV and CON: what of the patient's data must not be shown.
	fn restriction(&mut self, fields: Fields<'m>) -> Result<(), Error> {
		let restricted = Coding {
			system: Some(CONFIDENTIALITY.into()),
			code: Some("R".into()),
			..Coding::default()
		};
		if &fields.segment.id() == b"ARV" {
			let mut found = labels_of_table(&fields, 3, "0717");
			found.extend(labels_of_table(&fields, 4, "0719"));
			// A restriction that is taken back (D) or not changed has no effect here.
			if fields.code(2) != "D" {
				self.restrictions.extend(found);
			}
		} else if matches!(fields.code(21), "P" | "N") || matches!(fields.code(11), "R" | "X") {
			self.restrictions.push(restricted);
		}
		self.alone(fields)
	}

	/// Ends what is about one patient: labels that hold for all of it are set.
	pub(super) fn close_patient(&mut self) {
		let labels = core::mem::take(&mut self.labels);
		let restrictions = core::mem::take(&mut self.restrictions);
		for draft in self.drafts.iter_mut().skip(self.first) {
			let item = &mut draft.item;
			item.labels.extend(labels.iter().cloned());
			if draft.restricted {
				item.labels.extend(restrictions.iter().cloned());
			}
			settle_labels(item);
		}
		self.first = self.drafts.len();
		self.subject = None;
		self.encounter = None;
		self.patient = None;
		self.visit = None;
		self.last = None;
	}

	/// Restrictions of a patient's data are not about her name.
	pub(super) fn unrestricted(&mut self, index: usize) {
		if let Some(draft) = self.drafts.get_mut(index) {
			draft.restricted = false;
		}
	}

	/// The labels of the order go to an item of it.
	pub(super) fn label_of_order(&mut self, index: usize) {
		let labels = self.order.labels.clone();
		if let Some(item) = self.item(index) {
			item.labels.extend(labels);
		}
	}

	/// MSH.
	fn header(&mut self, mut fields: Fields<'m>) -> Result<(), Error> {
		let is_message = &fields.segment.id() == b"MSH";
		let value = match is_message {
			true => fields.one(10, super::element::text),
			false => None,
		};
		let recorded = match fields.segment.is_header() {
			true => fields.one(7, super::element::time),
			false => None,
		};
		let identifiers = value
			.map(|value| Identifier { value: Some(value), ..Identifier::default() })
			.into_iter()
			.collect();
		let (resource, id) = if is_message {
			("MessageHeader", self.given.id("MessageHeader", &[&self.sender, &self.control], false))
		} else {
			let place = [&*self.context.report.source_digest, &self.origin.line.to_string()];
			("Batch", id_of("Batch", &place))
		};
		let body = Other { resource: Some(resource.into()), identifiers, name: None };
		let index = self.begin(id, Category::Other, body, &fields.segment);
		if let Some(item) = self.item(index) {
			item.times.recorded = recorded;
		}
		self.unrestricted(index);
		self.first = 1;
		self.attach(Some(index), fields)
	}
}

/// The number of an order: the filler's, else the placer's.
pub(super) fn order_key(fields: &Fields<'_>) -> String {
	let filler = fields.peek(3).raw();
	let number = if filler.is_empty() { fields.peek(2).raw() } else { filler };
	number.trim().to_owned()
}

fn read_note(drafts: &mut [Draft], index: usize, fields: &mut Fields<'_>) {
	let lines = fields.many(3, super::element::prose);
	if let (Some(draft), false) = (drafts.get_mut(index), lines.is_empty()) {
		draft.item.notes.push(lines.join("\n"));
	}
}

/// Security labels of a field with confidentiality codes (0177).
pub(super) fn labels(fields: &Fields<'_>, number: usize) -> Vec<Coding> {
	labels_of_table(fields, number, "0177")
}

/// The labels of a field: each code in its own table, and what it means to the model.
pub(super) fn labels_of_table(fields: &Fields<'_>, number: usize, table: &str) -> Vec<Coding> {
	let mut labels = Vec::new();
	for repetition in fields.peek(number).repetitions() {
		let written = plain(repetition.component(1), 0, &mut Care::default());
		if written.is_empty() || repetition.is_deletion() {
			continue;
		}
		for (code, system, label) in &code::LABELS {
			if *code == written {
				labels.push(Coding {
					system: Some((*system).into()),
					code: Some((*label).into()),
					..Coding::default()
				});
			}
		}
		labels.push(Coding {
			system: Some(code::table(table)),
			code: Some(written),
			..Coding::default()
		});
	}
	labels
}

/// Labels once each, and the category they demand.
fn settle_labels(item: &mut Item) {
	if item.labels.is_empty() {
		return;
	}
	let mut seen: Vec<Coding> = Vec::new();
	for label in core::mem::take(&mut item.labels) {
		if !seen.contains(&label) {
			seen.push(label);
		}
	}
	item.labels = seen;
	let codes = item.labels.iter().filter_map(|label| {
		let system = label.system.as_deref().filter(|system| *system == ACT_CODE)?;
		Some((Some(system), label.code.as_deref()?))
	});
	item.category = classify(item.category, codes);
}

/// Fields with diagnoses: a code in them that names no system is taken for one of the ICD.
const DIAGNOSES: [(&[u8; 3], usize); 5] =
	[(b"DG1", 3), (b"PRB", 3), (b"FT1", 19), (b"PV2", 3), (b"OBR", 31)];

/// The category of an item with the codes of a segment.
fn scan(ordinary: Category, segment: &Segment<'_>) -> Category {
	let id = segment.id();
	let mut category = ordinary;
	let mut see = |system: Option<&str>, code: Part<'_>| {
		let code = code.raw().trim();
		if !code.is_empty() && class_of(system, code).is_some() {
			category = classify(category, [(system, code)]);
		}
	};
	let diagnosis = DIAGNOSES.iter().find(|(known, _)| **known == id).map(|(_, number)| *number);
	for (number, field) in (1..).zip(segment.fields()).filter(|(_, field)| !field.is_empty()) {
		for repetition in field.repetitions() {
			let mut components = repetition.components();
			let Some(code) = components.next() else { continue };
			let system = components.nth(1);
			let alternate = components.next();
			let alternate_system = components.nth(1);
			for (code, system) in [(Some(code), system), (alternate, alternate_system)] {
				let Some(code) = code else { continue };
				match system.map(|system| system.raw()).unwrap_or_default() {
					"" if diagnosis == Some(number) => see(None, code),
					"" => {},
					name => {
						let known = known_system(name);
						if known.is_some() {
							see(known.as_deref(), code);
						}
					},
				}
			}
		}
	}
	category
}
