// SPDX-License-Identifier: Apache-2.0
//! Orders, reports, results, specimens and documents: OBR, OBX, SPM, TXA.

use super::{
	code,
	element::{
		concept, data, entity, entity_pair, inner_person, kept, number, organization, period,
		person, pointer, prose, range, structured, text, time, unit, with_unit, Unit,
	},
	fields::{Care, Fields},
	message::Part,
	person::with_table,
	walk::{labels, labels_of_table, order_key, Order, Walk},
};
use crate::{
	base64::base64,
	csv::{comparator, reference_range},
	Code, Error,
};
use salus_mdf::{
	vital::is_vital_sign, Attachment, Body, Category, Coding, Component, Concept, Document,
	Identifier, Observation, Other, Quantity, Reference, Report, Value,
};

const LOINC: &str = "http://loinc.org";

/// An identifier of an order, and whose it is.
fn order_number(identifier: Identifier, whose: &str) -> Identifier {
	let kind = Concept {
		codes: vec![Coding {
			system: Some(code::table("0203")),
			code: Some(whose.into()),
			..Coding::default()
		}],
		text: None,
	};
	Identifier { kind: Some(kind), ..identifier }
}

impl<'m> Walk<'_, '_, 'm> {
	/// An order by its ORC, and by its OBR where it has one.
	pub(super) fn begin_order(
		&mut self,
		mut orc: Option<&mut Fields<'m>>,
		mut detail: Option<&mut Fields<'m>>,
	) -> Option<usize> {
		let segment = detail.as_deref().or(orc.as_deref())?.segment;
		let mut identifiers = Vec::new();
		for (field, whose) in [(2, "PLAC"), (3, "FILL")] {
			let mut known = "";
			for fields in [orc.as_deref_mut(), detail.as_deref_mut()].into_iter().flatten() {
				let written = fields.peek(field).raw();
				let found = fields.one(field, entity).map(|found| order_number(found, whose));
				// Most senders give the number in both segments.
				identifiers.extend(found.filter(|_| written != known));
				known = written;
			}
		}
		let status = orc.as_mut().and_then(|orc| {
			let state = orc.translated(5, &code::ORDER_STATES);
			state.or_else(|| orc.translated(1, &code::ORDER_CONTROLS))
		});
		let recorded = orc.as_mut().and_then(|orc| orc.one(9, time));
		let concept = detail.as_mut().and_then(|detail| detail.one(4, concept));
		let at =
			detail.as_mut().and_then(|detail| detail.one(6, time).or_else(|| detail.one(7, time)));
		let body = Other { resource: Some("ServiceRequest".into()), identifiers, name: None };
		let id = if self.order.key.is_empty() {
			self.local_id("ServiceRequest", &segment)
		} else {
			self.given.id("ServiceRequest", &[&self.sender, &self.order.key], false)
		};
		let index = self.begin(id, Category::Other, body, &segment);
		self.label_of_order(index);
		if let Some(item) = self.item(index) {
			item.status = status.map(str::to_owned);
			item.concept = concept;
			item.times.at = at;
			item.times.recorded = recorded;
		}
		self.order.main = Some(index);
		self.last = Some(index);
		Some(index)
	}

	/// OBR: a report where results are sent, else an order.
	pub(super) fn request(&mut self, mut fields: Fields<'m>) -> Result<(), Error> {
		let mut waiting = self.take_waiting();
		if waiting.is_empty() {
			self.order = Order::default();
		}
		let own = order_key(&fields);
		if !own.is_empty() && (self.order.key.is_empty() || !fields.peek(3).is_empty()) {
			self.order.key = own;
		}
		let section = fields.code(24);
		self.order.section = Some(section_category(section));
		if !matches!(self.kind, "ORU" | "OUL" | "ORF" | "OPU" | "ORA") {
			let index = self.begin_order(waiting.first_mut(), Some(&mut fields));
			self.attach_waiting(index, waiting)?;
			return self.attach(index, fields);
		}
		let concept = fields.one(4, concept);
		let (start, end) = (fields.one(7, time), fields.one(8, time));
		let recorded = fields.one(22, time);
		let class = with_table(fields.one(24, super::element::concept), "0074");
		let status = match fields.translated(25, &code::REPORT_STATES) {
			Some(status) => Some(status.to_owned()),
			None => fields.one(25, text),
		};
		let mut performers = fields.many(32, inner_person);
		for field in [33, 34, 35] {
			performers.extend(fields.many(field, inner_person));
			// Who of them did what is in the raw form only.
			fields.keep(field);
		}
		let body = Report { performers, ..Report::default() };
		let id = if self.order.key.is_empty() {
			self.local_id("DiagnosticReport", &fields.segment)
		} else {
			let parts = [&*self.sender, &self.order.key, fields.code(4)];
			self.given.id("DiagnosticReport", &parts, false)
		};
		self.order.at.clone_from(&start);
		let category = match self.order.section {
			Some(Category::Imaging) => Category::Imaging,
			Some(Category::Genomics) => Category::Genomics,
			_ => Category::Labs,
		};
		let index = self.begin(id, category, body, &fields.segment);
		self.label_of_order(index);
		if let Some(item) = self.item(index) {
			item.concept = concept;
			item.status = status;
			item.classes.extend(class);
			match end {
				Some(end) => {
					item.times.start = start;
					item.times.end = Some(end);
				},
				None => item.times.at = start,
			}
			item.times.recorded = recorded;
		}
		self.order.report = Some(index);
		self.order.main = Some(index);
		self.last = Some(index);
		self.attach_waiting(Some(index), waiting)?;
		self.attach(Some(index), fields)
	}

	/// OBX.
	pub(super) fn observation(&mut self, mut fields: Fields<'m>) -> Result<(), Error> {
		if self.kind == "MDM" {
			if let Some(index) = self.document_draft() {
				return self.content(index, fields);
			}
		}
		let kind = fields.code(2);
		let withdrawn = matches!(fields.code(11), "D" | "W");
		let correction = withdrawn || fields.code(11) == "C";
		let (what, part) = (fields.peek(3), fields.peek(4).raw());
		let code = what.component(1).raw();
		let code = if code.is_empty() { what.raw() } else { code };
		let system = what.component(3).raw();
		let encapsulated = matches!(kind, "ED" | "RP");
		let resource = if encapsulated { "DocumentReference" } else { "Observation" };
		let (sender, order) = (&*self.sender, &*self.order.key);
		let id = if order.is_empty() {
			let parts = [sender, &self.control, code, system, part];
			self.given.id(resource, &parts, correction)
		} else {
			self.given.id(resource, &[sender, "order", order, code, system, part], correction)
		};
		let concept = fields.one(3, concept);
		let status = match fields.translated(11, &code::RESULT_STATES) {
			Some(status) => Some(status.to_owned()),
			None => fields.one(11, text),
		};
		let at = fields.one(14, time).or_else(|| self.order.at.clone());
		let mut labels = labels_of_table(&fields, 26, "0909");
		if !labels.is_empty() && fields.peek(26).component(2).is_empty() {
			fields.take(26);
		}
		let performers = fields.many(16, person);
		let (category, body): (_, Body) = if encapsulated {
			let read = if kind == "ED" { data } else { pointer };
			let content = fields.many(5, read);
			(
				Category::Documents,
				Document { content, authors: performers, ..Document::default() }.into(),
			)
		} else {
			let category = self.observation_category(concept.as_ref());
			(category, self.result(&mut fields, kind, concept.as_ref(), performers)?.into())
		};
		let index = self.begin(id.clone(), category, body, &fields.segment);
		self.label_of_order(index);
		if let Some(item) = self.item(index) {
			item.concept = concept;
			item.status = status;
			item.withdrawn = withdrawn;
			item.times.at = at;
			item.labels.append(&mut labels);
		}
		if withdrawn {
			self.tell(&fields.segment, 11, Code::EnteredInError)?;
		}
		if let Some(report) = self.order.report.and_then(|index| self.item(index)) {
			if let Body::Report(report) = &mut report.body {
				report.results.push(Reference { reference: Some(id), display: None });
			}
		}
		self.last = Some(index);
		self.attach(Some(index), fields)
	}

	/// What an OBX says beside its name, time and state.
	fn result(
		&mut self,
		fields: &mut Fields<'m>,
		kind: &str,
		concept: Option<&Concept>,
		performers: Vec<Reference>,
	) -> Result<Observation, Error> {
		let field = fields.peek(5);
		let silent = field.is_empty() || field.is_deletion();
		let unit = match silent {
			true => None,
			false => fields.one(6, unit),
		};
		let read = match kind {
			"" if !silent => {
				self.tell(&fields.segment, 2, Code::MissingValueType)?;
				Some(Kind::Prose)
			},
			kind => Kind::of(kind),
		};
		if read.is_none() && !silent {
			self.tell(&fields.segment, 2, Code::UnknownValueType)?;
		}
		let mut values = match read {
			_ if silent => Vec::new(),
			Some(Kind::Prose) => {
				let lines = fields.many(5, prose);
				match lines.is_empty() {
					true => Vec::new(),
					false => vec![Value::Text(lines.join("\n"))],
				}
			},
			Some(Kind::Number) => fields.many(5, numeric),
			Some(Kind::Structured) => fields.many(5, structured),
			Some(Kind::Coded) => {
				fields.many(5, |part, care| super::element::concept(part, care).map(Value::Concept))
			},
			Some(Kind::Time) => fields.many(5, |part, care| time(part, care).map(Value::Time)),
			Some(Kind::Period) => {
				fields.many(5, |part, care| period(part, care).map(Value::Period))
			},
			Some(Kind::Range) => fields.many(5, |part, care| range(part, care).map(Value::Range)),
			Some(Kind::Kept) | None => {
				fields.many(5, |part, care| kept(part, care).map(Value::Raw))
			},
		};
		let measured = values
			.iter()
			.any(|value| matches!(value, Value::Quantity(_) | Value::Range(_) | Value::Ratio(_)));
		match &unit {
			Some(unit) if measured => values.iter_mut().for_each(|value| give_unit(value, unit)),
			// A unit beside a text stays where it was.
			Some(_) => fields.keep(6),
			None if matches!(kind, "NM") && measured => {
				self.tell(&fields.segment, 6, Code::MissingUnit)?;
			},
			None => {},
		}
		let range = fields.one(7, prose);
		let amount = values.first().and_then(|value| match value {
			Value::Quantity(amount) => Some(amount),
			_ => None,
		});
		let range = range.and_then(|range| reference_range(&range, amount));
		let mut body = Observation {
			interpretation: fields
				.many(8, super::element::concept)
				.into_iter()
				.filter_map(|concept| with_table(Some(concept), "0078"))
				.collect(),
			reference_ranges: range.into_iter().collect(),
			method: fields.one(17, super::element::concept),
			body_site: fields.one(20, super::element::concept),
			performers,
			..Observation::default()
		};
		body.performers.extend(fields.many(23, organization));
		if values.len() > 1 {
			let component = |value| Component {
				concept: concept.cloned(),
				value: Some(value),
				..Component::default()
			};
			body.components = values.into_iter().map(component).collect();
		} else {
			body.value = values.pop();
		}
		Ok(body)
	}

	fn observation_category(&self, concept: Option<&Concept>) -> Category {
		let mut loinc = concept
			.iter()
			.flat_map(|concept| &concept.codes)
			.filter(|coding| coding.system.as_deref() == Some(LOINC))
			.filter_map(|coding| coding.code.as_deref())
			.peekable();
		let has_loinc = loinc.peek().is_some();
		if loinc.any(is_vital_sign) {
			return Category::Vitals;
		}
		match (self.kind, self.order.section) {
			("VXU", _) => Category::Immunizations,
			(_, Some(section)) => section,
			(_, None) if has_loinc => Category::Labs,
			_ => Category::Other,
		}
	}

	/// SPM.
	pub(super) fn specimen(&mut self, mut fields: Fields<'m>) -> Result<(), Error> {
		let mut identifiers: Vec<_> = fields.many(2, entity_pair);
		identifiers.extend(fields.many(30, super::element::identifier));
		let number = fields.peek(2).raw();
		let id = if number.is_empty() {
			self.local_id("Specimen", &fields.segment)
		} else {
			self.given.id("Specimen", &[&self.sender, number], false)
		};
		let kind = with_table(fields.one(4, concept), "0487");
		let collected = fields.one(17, period);
		let recorded = fields.one(18, time);
		let notes = fields.many(14, prose);
		let body = Other { resource: Some("Specimen".into()), identifiers, name: None };
		let index = self.begin(id.clone(), Category::Labs, body, &fields.segment);
		self.label_of_order(index);
		if let Some(item) = self.item(index) {
			item.concept = kind;
			item.notes = notes;
			item.times.recorded = recorded;
			match collected {
				Some(period) if period.end.is_none() => item.times.at = period.start,
				Some(period) => {
					item.times.start = period.start;
					item.times.end = period.end;
				},
				None => {},
			}
		}
		if let Some(report) = self.order.report.and_then(|index| self.item(index)) {
			if let Body::Report(report) = &mut report.body {
				report.specimens.push(Reference { reference: Some(id), display: None });
			}
		}
		self.last = Some(index);
		self.attach(Some(index), fields)
	}

	/// TXA.
	pub(super) fn document(&mut self, mut fields: Fields<'m>) -> Result<(), Error> {
		self.leave_order()?;
		let mut identifiers = fields.many(12, entity);
		let number = fields.peek(12).raw();
		identifiers.extend(fields.many(16, entity));
		let id = if number.is_empty() {
			self.local_id("DocumentReference", &fields.segment)
		} else {
			self.given.id("DocumentReference", &[&self.sender, number], false)
		};
		let kind = with_table(fields.one(2, concept), "0270");
		let at = fields.one(4, time).or_else(|| fields.one(6, time));
		let recorded = fields.one(8, time).or_else(|| fields.one(7, time));
		let status = match fields.translated(17, &code::DOCUMENT_STATES) {
			Some(status) => Some(status.to_owned()),
			None => fields.one(17, text),
		};
		let labels = labels(&fields, 18);
		let body = Document {
			identifiers,
			description: fields.one(25, text),
			authors: fields.many(9, person),
			..Document::default()
		};
		let index = self.begin(id, Category::Documents, body, &fields.segment);
		if let Some(item) = self.item(index) {
			item.concept = kind;
			item.status = status;
			item.times.at = at;
			item.times.recorded = recorded;
			item.labels.extend(labels);
		}
		self.order.main = Some(index);
		self.last = Some(index);
		self.attach(Some(index), fields)
	}

	/// The document whose content OBX segments are.
	fn document_draft(&self) -> Option<usize> {
		let index = self.order.main?;
		let draft = self.drafts.get(index)?;
		matches!(draft.item.body, Body::Document(_)).then_some(index)
	}

	/// OBX as content of a document: texts are joined, data stay apart.
	fn content(&mut self, index: usize, mut fields: Fields<'m>) -> Result<(), Error> {
		let (mut content, mut lines) = (Vec::new(), Vec::new());
		match fields.code(2) {
			"ED" => content = fields.many(5, data),
			"RP" => content = fields.many(5, pointer),
			_ => lines = fields.many(5, prose),
		}
		if let Some(Body::Document(document)) = self.item(index).map(|item| &mut item.body) {
			if !lines.is_empty() {
				document.content.push(Attachment {
					content_type: Some("text/plain;charset=utf-8".into()),
					data: Some(base64(lines.join("\n").as_bytes())),
					..Attachment::default()
				});
			}
			document.content.extend(content);
		}
		self.attach(Some(index), fields)
	}
}

/// How a value is read.
#[derive(Clone, Copy)]
enum Kind {
	Number,
	Structured,
	Coded,
	Prose,
	Time,
	Period,
	Range,
	Kept,
}

impl Kind {
	/// By the value type (0125).
	fn of(kind: &str) -> Option<Self> {
		Some(match kind {
			"NM" => Self::Number,
			"SN" => Self::Structured,
			"CE" | "CWE" | "CNE" | "CF" | "IS" | "ID" => Self::Coded,
			"ST" | "TX" | "FT" | "TM" | "VR" | "GTS" => Self::Prose,
			"DT" | "TS" | "DTM" => Self::Time,
			"DR" => Self::Period,
			"NR" => Self::Range,
			"AD" | "CD" | "CK" | "CN" | "CP" | "CQ" | "CX" | "EI" | "HD" | "JCC" | "MA" | "MO"
			| "NA" | "PN" | "RI" | "RPT" | "SAD" | "SPD" | "TN" | "XAD" | "XCN" | "XON" | "XPN"
			| "XTN" => Self::Kept,
			_ => return None,
		})
	}
}

/// NM as a value; a sign of comparison before it is understood, another text kept.
fn numeric(part: Part<'_>, care: &mut Care) -> Option<Value> {
	let written = prose(part, care)?;
	let (sign, digits) = comparator(written.trim());
	if let Ok(value) = digits.parse() {
		return Some(Value::Quantity(with_unit(value, sign.map(str::to_owned), None)));
	}
	match number(part, care) {
		Some(value) => Some(Value::Quantity(with_unit(value, None, None))),
		None => Some(Value::Text(written)),
	}
}

fn give_unit(value: &mut Value, unit: &Unit) {
	let give = |quantity: &mut Quantity| {
		quantity.unit.clone_from(&unit.ucum);
		quantity.unit_text.clone_from(&unit.text);
		*quantity = std::mem::take(quantity).compared();
	};
	match value {
		Value::Quantity(quantity) => give(quantity),
		Value::Range(range) => range.low.iter_mut().chain(&mut range.high).for_each(give),
		Value::Ratio(ratio) => {
			ratio.numerator.iter_mut().chain(&mut ratio.denominator).for_each(give)
		},
		_ => {},
	}
}

/// What the results of a department are (0074).
fn section_category(section: &str) -> Category {
	match section {
		"RAD" | "RX" | "CT" | "NMR" | "NMS" | "RUS" | "OUS" | "CUS" | "VUS" | "XRC" | "MR"
		| "US" | "CTH" => Category::Imaging,
		"GE" | "CG" => Category::Genomics,
		_ => Category::Labs,
	}
}
