// SPDX-License-Identifier: Apache-2.0
//! Which clinical statement becomes which item.

use super::{
	header::first_id,
	section::{Section, Topic},
	types::{identifier, reference, Types},
	Counts, Loader,
};
use crate::{xml::Element, Code, Error, Place};
use salus_mdf::{
	vital::is_vital_sign, Activity, Allergy, Body, CarePlan, Category, Component, Concept,
	Condition, Coverage, Device, Dosage, Encounter, Immunization, Item, Medication, Observation,
	Other, Period, Procedure, Reaction, Report, Value,
};
use std::io::Read;

/// What a statement is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
	/// An act around statements, which says how current they are.
	Concern,
	/// Statements that belong together.
	Organizer,
	Problem,
	Allergy,
	Observation(Category),
	Medication,
	Immunization,
	Procedure,
	Encounter,
	Device,
	Coverage,
	Plan,
	Goal,
	Note,
	Other,
}

/// By the template that it says it follows, whichever version of it.
fn by_template(element: &Element) -> Option<Kind> {
	let roots = element.children("templateId").filter_map(|template| template.peek("root"));
	let mut numbers = roots.filter_map(|root| root.strip_prefix("2.16.840.1.113883.10.20.22.4."));
	numbers.find_map(|number| {
		Some(match number {
			"3" | "30" | "132" | "136" => Kind::Concern,
			"1" | "26" | "45" | "66" | "127" => Kind::Organizer,
			"4" | "79" => Kind::Problem,
			"7" | "90" => Kind::Allergy,
			"2" => Kind::Observation(Category::Labs),
			"27" => Kind::Observation(Category::Vitals),
			"38" | "78" | "85" | "15" | "72" | "74" | "67" | "69" | "109" | "111" | "200"
			| "501" => Kind::Observation(Category::SocialHistory),
			"46" => Kind::Observation(Category::Other),
			"16" | "17" | "18" => Kind::Medication,
			"52" => Kind::Immunization,
			"12" | "13" | "14" => Kind::Procedure,
			"49" => Kind::Encounter,
			"37" => Kind::Device,
			"60" | "61" => Kind::Coverage,
			"39" | "40" | "41" | "42" | "43" | "44" | "120" => Kind::Plan,
			"121" => Kind::Goal,
			"202" => Kind::Note,
			_ => return None,
		})
	})
}

/// By its element, its mood, and the section that it stands in.
fn by_place(element: &Element, topic: Option<Topic>) -> Kind {
	let category = topic.map_or(Category::Other, Topic::category);
	match (&*element.name, topic) {
		("organizer", _) => Kind::Organizer,
		("encounter", _) => Kind::Encounter,
		("substanceAdministration", Some(Topic::Immunizations)) => Kind::Immunization,
		("substanceAdministration", _) => Kind::Medication,
		("procedure", Some(Topic::Devices)) => Kind::Device,
		("procedure", _) => Kind::Procedure,
		("act", Some(Topic::Problems | Topic::Allergies)) => Kind::Concern,
		("act", Some(Topic::Payers)) => Kind::Coverage,
		("act", Some(Topic::Procedures)) => Kind::Procedure,
		("act", Some(Topic::Notes)) => Kind::Note,
		("act", Some(Topic::Plans)) => Kind::Plan,
		("observation", Some(Topic::Problems)) => Kind::Problem,
		("observation", Some(Topic::Allergies)) => Kind::Allergy,
		("observation", _) => Kind::Observation(category),
		("supply", Some(Topic::Devices)) => Kind::Device,
		("supply", Some(Topic::Medications)) => Kind::Medication,
		_ => Kind::Other,
	}
}

impl<R: Read> Loader<'_, '_, R> {
	/// Maps a statement, and those in it that are facts of their own.
	pub(super) fn statement(
		&mut self,
		section: &Section,
		element: &Element,
		path: &str,
	) -> Result<(), Error> {
		let kind = by_template(element).unwrap_or_else(|| by_place(element, section.topic));
		match kind {
			Kind::Concern => self.concern(section, element, path),
			Kind::Organizer => self.organizer(section, element, path),
			kind => self.single(section, kind, element, path, None).map(drop),
		}
	}

	/// The statements that a concern is about. What the concern itself says stays with the first.
	fn concern(&mut self, section: &Section, element: &Element, path: &str) -> Result<(), Error> {
		let mut counts = Counts::default();
		let about = element.children("entryRelationship").filter_map(|relation| {
			let path = counts.path(path, "entryRelationship");
			let observation = relation.child("observation")?;
			let kind = by_template(observation).or_else(|| {
				let is_subject = relation.peek("typeCode") == Some("SUBJ");
				is_subject.then(|| by_place(observation, section.topic))
			})?;
			matches!(kind, Kind::Problem | Kind::Allergy)
				.then(|| (kind, observation, format!("{path}/observation[1]")))
		});
		let about: Vec<_> = about.collect();
		if about.is_empty() {
			return self.single(section, Kind::Other, element, path, None).map(drop);
		}
		let inner: Vec<_> = about.iter().map(|(_, observation, _)| *observation).collect();
		let mut around = Some(Concern { element, inner: &inner });
		for (kind, observation, path) in &about {
			self.single(section, *kind, observation, path, around.take())?;
		}
		Ok(())
	}

	/// The statements of an organizer, and the organizer as a report of them.
	fn organizer(&mut self, section: &Section, element: &Element, path: &str) -> Result<(), Error> {
		let (mut counts, mut results, mut inner) = (Counts::default(), Vec::new(), Vec::new());
		let mut category = section.topic.map_or(Category::Labs, Topic::category);
		for component in element.children("component") {
			let path = counts.path(path, "component");
			for statement in component.elements() {
				inner.push(statement);
				let kind =
					by_template(statement).unwrap_or_else(|| by_place(statement, section.topic));
				if let Kind::Observation(of) = kind {
					category = of;
				}
				let path = format!("{path}/{}[1]", statement.name);
				let id = match kind {
					Kind::Organizer => {
						self.organizer(section, statement, &path)?;
						continue;
					},
					kind => self.single(section, kind, statement, &path, None)?,
				};
				results.push(reference(&id));
			}
		}
		self.context.report.pieces += 1;
		let id = self.id(element, path);
		let mut types = types(section);
		let body = Report { results, ..Report::default() };
		let origin = self.origin(element, path, "ccda/organizer");
		let mut item = Item::new(id, category, body, origin);
		common(&mut item, element, &mut types);
		let faults = types.faults;
		self.emit(item, element, &inner, path, faults)
	}

	/// One statement as one item; its id. `concern` is what stands around it.
	fn single(
		&mut self,
		section: &Section,
		kind: Kind,
		element: &Element,
		path: &str,
		concern: Option<Concern<'_>>,
	) -> Result<String, Error> {
		self.context.report.pieces += 1;
		let place = || Place::XmlPath(path.to_owned());
		let id = self.id(element, path);
		let mut types = types(section);
		let around = concern.as_ref().map(|concern| concern.element);
		let is_negated = element.peek("negationInd") == Some("true");
		let is_fact = matches!(element.peek("moodCode"), None | Some("EVN"));
		let made = match kind {
			Kind::Problem => Some((
				"ccda/problem",
				Category::Conditions,
				condition(element, around, is_negated, &mut types),
			)),
			Kind::Allergy => Some((
				"ccda/allergy",
				Category::Allergies,
				allergy(element, around, is_negated, &mut types),
			)),
			Kind::Medication => Some((
				"ccda/medication",
				Category::Medications,
				medication(element, is_fact, &mut types),
			)),
			Kind::Immunization if is_fact => Some((
				"ccda/immunization",
				Category::Immunizations,
				immunization(element, &mut types),
			)),
			// A plan and what did not happen are never shown as facts.
			Kind::Goal => {
				Some(("ccda/goal", Category::CarePlans, plan(element, "goal", &mut types)))
			},
			Kind::Plan
			| Kind::Procedure
			| Kind::Encounter
			| Kind::Observation(_)
			| Kind::Immunization
				if !is_fact =>
			{
				Some(("ccda/plan", Category::CarePlans, plan(element, "plan", &mut types)))
			},
			_ if is_negated && !matches!(kind, Kind::Procedure) => None,
			Kind::Observation(category) => {
				let body = observation(element, &mut types);
				Some(("ccda/observation", observed(element, category), body))
			},
			Kind::Procedure => {
				Some(("ccda/procedure", Category::Procedures, procedure(element, &mut types)))
			},
			Kind::Encounter => {
				Some(("ccda/encounter", Category::Encounters, encounter(element, &mut types)))
			},
			Kind::Device => Some(("ccda/device", Category::Devices, device(element))),
			Kind::Coverage => Some(("ccda/coverage", Category::Coverage, {
				let identifiers = element.children("id").filter_map(identifier).collect();
				Coverage { act: Some("coverage".into()), identifiers, ..Coverage::default() }.into()
			})),
			Kind::Note => {
				Some(("ccda/note", Category::Documents, salus_mdf::Document::default().into()))
			},
			_ => None,
		};
		let Some((rule, category, body)) = made else {
			let code = if is_negated { Code::Negated } else { Code::StatementUnknown };
			self.context.diagnose(place(), code)?;
			let category = section.topic.map_or(Category::Other, Topic::category);
			let body = Other { resource: Some(element.name.to_string()), ..Other::default() };
			let origin = self.origin(element, path, "ccda/unmapped");
			let item = Item::new(id.clone(), category, body, origin);
			self.emit(item, element, &[], path, Vec::new())?;
			return Ok(id);
		};
		let origin = self.origin(element, path, rule);
		let mut item = Item::new(id.clone(), category, body, origin);
		item.provenance.resource_id = first_id(element);
		item.concept = match kind {
			Kind::Problem => element.child("value").and_then(|value| types.concept(value)),
			Kind::Allergy => substance(element, &mut types),
			Kind::Medication | Kind::Immunization => product(element, &mut types),
			_ => None,
		};
		common(&mut item, element, &mut types);
		if is_negated {
			element.attribute("negationInd");
			if matches!(kind, Kind::Immunization | Kind::Procedure | Kind::Medication) {
				item.status = Some("not-done".into());
			}
			self.context.diagnose(place(), Code::Negated)?;
		}
		let faults = types.faults;
		if let Some(Concern { element, inner }) = concern {
			let rest = element.rest_outside(inner);
			item.extra.extend(rest.map(|rest| ("concern".to_owned(), rest)));
		}
		self.emit(item, element, &[], path, faults)?;
		Ok(id)
	}

	fn emit(
		&mut self,
		mut item: Item,
		element: &Element,
		inner: &[&Element],
		path: &str,
		faults: Vec<(String, Code)>,
	) -> Result<(), Error> {
		item.subject.clone_from(&self.subject);
		item.encounter.clone_from(&self.encounter);
		self.finish_outside(item, element, inner, path, faults)
	}
}

/// What stands around the first of the statements that it is about.
struct Concern<'e> {
	element: &'e Element,
	/// Those statements.
	inner: &'e [&'e Element],
}

fn types(section: &Section) -> Types<'_> {
	Types { narrative: section.narrative.as_ref(), faults: Vec::new() }
}

/// What every statement has.
fn common(item: &mut Item, element: &Element, types: &mut Types<'_>) {
	if item.concept.is_none() {
		item.concept = element.child("code").and_then(|code| types.concept(code));
	}
	if item.status.is_none() {
		item.status = element
			.child("statusCode")
			.and_then(|status| status.attribute("code"))
			.map(str::to_owned);
	}
	item.withdrawn = item.status.as_deref() == Some("nullified");
	if let Some(time) = element.child("effectiveTime") {
		let (at, period) = types.period(time);
		item.times.at = at;
		item.times.start = period.start;
		item.times.end = period.end;
	}
	let author = element.child("author").and_then(|author| author.child("time"));
	item.times.recorded = author.and_then(|time| types.time(time));
	item.notes.extend(element.child("text").and_then(|text| types.pointed(text)));
}

/// The statements that another one points to in this way.
fn related<'e>(element: &'e Element, template: &'e str) -> impl Iterator<Item = &'e Element> {
	element.children("entryRelationship").flat_map(Element::elements).filter(move |statement| {
		statement.children("templateId").any(|one| {
			one.peek("root").and_then(|root| root.strip_prefix("2.16.840.1.113883.10.20.22.4."))
				== Some(template)
		})
	})
}

fn value_of(statement: &Element, types: &mut Types<'_>) -> Option<Concept> {
	types.concept(statement.child("value")?)
}

fn coded(system: &str, code: &str) -> Concept {
	let coding = salus_mdf::Coding {
		system: Some(system.to_owned()),
		code: Some(code.to_owned()),
		..salus_mdf::Coding::default()
	};
	Concept { codes: vec![coding], text: None }
}

/// What a concern that is active or over says of what it is about.
fn clinical_status(concern: Option<&Element>) -> Option<Concept> {
	let status = concern?.child("statusCode")?.attribute("code")?;
	Some(coded("http://terminology.hl7.org/CodeSystem/v3-ActStatus", status))
}

/// What is said not to be so.
fn refuted(is_negated: bool) -> Option<Concept> {
	let system = "http://terminology.hl7.org/CodeSystem/condition-ver-status";
	is_negated.then(|| coded(system, "refuted"))
}

fn condition(
	element: &Element,
	concern: Option<&Element>,
	is_negated: bool,
	types: &mut Types<'_>,
) -> Body {
	let status = related(element, "6").next().and_then(|status| value_of(status, types));
	let severity = related(element, "8").next().and_then(|severity| value_of(severity, types));
	let sites = element.children("targetSiteCode");
	let body = Condition {
		clinical_status: status.or_else(|| clinical_status(concern)),
		verification_status: refuted(is_negated),
		severity,
		body_sites: sites.filter_map(|site| types.concept(site)).collect(),
		..Condition::default()
	};
	body.into()
}

/// What somebody is allergic to.
fn substance(element: &Element, types: &mut Types<'_>) -> Option<Concept> {
	let code = element.at(&["participant", "participantRole", "playingEntity", "code"]);
	let found = code.and_then(|code| types.concept(code));
	// A text of the product stands in for its code.
	found.or_else(|| element.child("value").and_then(|value| types.concept(value)))
}

fn allergy(
	element: &Element,
	concern: Option<&Element>,
	is_negated: bool,
	types: &mut Types<'_>,
) -> Body {
	let status = related(element, "28").next().and_then(|status| value_of(status, types));
	let mut reactions = Vec::new();
	for reaction in related(element, "9") {
		// Only its word has a place; the code stays.
		let severity = related(reaction, "8").next().and_then(|severity| severity.child("value"));
		let severity = severity.and_then(|value| value.peek("displayName"));
		let severity = severity.map(str::to_lowercase);
		let onset = reaction.at(&["effectiveTime", "low"]).and_then(|time| types.time(time));
		reactions.push(Reaction {
			manifestations: value_of(reaction, types).into_iter().collect(),
			severity,
			onset,
			..Reaction::default()
		});
	}
	let body = Allergy {
		clinical_status: status.or_else(|| clinical_status(concern)),
		verification_status: refuted(is_negated),
		reactions,
		..Allergy::default()
	};
	body.into()
}

/// What was taken or given.
fn product(element: &Element, types: &mut Types<'_>) -> Option<Concept> {
	let holder = element.child("consumable").or_else(|| element.child("product"))?;
	let material = holder.at(&["manufacturedProduct", "manufacturedMaterial"])?;
	let concept = types.concept(material.child("code")?);
	let name = material.child("name").and_then(Element::text);
	match (concept, name) {
		(Some(mut concept), name) => {
			concept.text = concept.text.or(name);
			Some(concept)
		},
		(None, Some(name)) => Some(Concept { codes: Vec::new(), text: Some(name) }),
		(None, None) => None,
	}
}

fn medication(element: &Element, is_fact: bool, types: &mut Types<'_>) -> Body {
	let (act, intent) = match (&*element.name, is_fact) {
		("supply", true) => ("dispense", None),
		(_, true) => ("statement", None),
		(_, false) => ("request", element.attribute("moodCode").map(str::to_owned)),
	};
	let dose = element.child("doseQuantity").and_then(|dose| types.quantity(dose));
	let rate = element.child("rateQuantity").and_then(|rate| types.quantity(rate));
	let dosage = Dosage {
		route: element.child("routeCode").and_then(|route| types.concept(route)),
		site: element.child("approachSiteCode").and_then(|site| types.concept(site)),
		dose: dose.map(Value::Quantity),
		rate: rate.map(Value::Quantity),
		..Dosage::default()
	};
	let quantity = element.child("quantity").filter(|_| act == "dispense");
	let body = Medication {
		act: Some(act.to_owned()),
		intent,
		dosages: Some(dosage).into_iter().filter(|dosage| *dosage != Dosage::default()).collect(),
		reasons: related(element, "19").filter_map(|reason| value_of(reason, types)).collect(),
		form: element.child("administrationUnitCode").and_then(|form| types.concept(form)),
		quantity: quantity.and_then(|quantity| types.quantity(quantity)),
		..Medication::default()
	};
	body.into()
}

fn immunization(element: &Element, types: &mut Types<'_>) -> Body {
	let material = element.at(&["consumable", "manufacturedProduct", "manufacturedMaterial"]);
	let refusal = related(element, "53").next().and_then(|refusal| refusal.child("code"));
	let body = Immunization {
		lot: material.and_then(|one| one.child("lotNumberText")).and_then(Element::text),
		expiry: material.and_then(|one| types.time(one.child("expirationTime")?)),
		site: element.child("approachSiteCode").and_then(|site| types.concept(site)),
		route: element.child("routeCode").and_then(|route| types.concept(route)),
		dose: element.child("doseQuantity").and_then(|dose| types.quantity(dose)),
		status_reason: refusal.and_then(|code| types.concept(code)),
		..Immunization::default()
	};
	body.into()
}

fn observation(element: &Element, types: &mut Types<'_>) -> Body {
	let mut values = element.children("value");
	let value = values.next().and_then(|value| types.value(value));
	// Several values of one observation are parts of it.
	let components = values.filter_map(|value| {
		types.value(value).map(|value| Component { value: Some(value), ..Component::default() })
	});
	let components = components.collect();
	let interpretation = element.children("interpretationCode");
	let interpretation = interpretation.filter_map(|code| types.concept(code)).collect();
	let ranges = element.children("referenceRange");
	let body = Observation {
		value,
		components,
		interpretation,
		reference_ranges: ranges.filter_map(|range| types.reference_range(range)).collect(),
		body_site: element.child("targetSiteCode").and_then(|site| types.concept(site)),
		method: element.child("methodCode").and_then(|method| types.concept(method)),
		..Observation::default()
	};
	body.into()
}

/// The category of an observation: vital signs are ones wherever they stand.
fn observed(element: &Element, category: Category) -> Category {
	let code = element.child("code");
	let is_loinc = code.and_then(|code| code.peek("codeSystem")) == Some("2.16.840.1.113883.6.1");
	let is_vital = is_loinc && code.and_then(|code| code.peek("code")).is_some_and(is_vital_sign);
	if is_vital {
		Category::Vitals
	} else {
		category
	}
}

fn procedure(element: &Element, types: &mut Types<'_>) -> Body {
	let sites = element.children("targetSiteCode");
	let body = Procedure {
		body_sites: sites.filter_map(|site| types.concept(site)).collect(),
		reasons: related(element, "19").filter_map(|reason| value_of(reason, types)).collect(),
		outcome: element.child("value").and_then(|value| match types.value(value) {
			Some(Value::Concept(concept)) => Some(concept),
			_ => None,
		}),
		..Procedure::default()
	};
	body.into()
}

fn encounter(element: &Element, types: &mut Types<'_>) -> Body {
	let diagnoses = related(element, "80").chain(related(element, "19"));
	let problems = diagnoses.flat_map(|act| {
		let inner = related(act, "4").filter_map(|problem| problem.child("value"));
		inner.chain(act.child("value")).collect::<Vec<_>>()
	});
	let reasons = problems.filter_map(|value| types.concept(value)).collect();
	Encounter { reasons, ..Encounter::default() }.into()
}

fn device(element: &Element) -> Body {
	let roles = element.children("participant").filter_map(|one| one.child("participantRole"));
	let ids = roles.flat_map(|role| role.children("id"));
	let udi = ids.filter_map(|id| id.attribute("extension")).map(str::to_owned).collect();
	Device { udi, ..Device::default() }.into()
}

/// Something that is to be, and is not yet.
fn plan(element: &Element, act: &str, types: &mut Types<'_>) -> Body {
	let intent = element.attribute("moodCode").map(str::to_owned);
	let mut body = CarePlan { act: Some(act.to_owned()), intent, ..CarePlan::default() };
	if act == "plan" {
		let period = element.child("effectiveTime").map(|time| types.period(time));
		let (at, period) = period.unwrap_or_default();
		let period = match at {
			Some(at) => Period { start: Some(at.clone()), end: Some(at) },
			None => period,
		};
		let concept = element.child("code").and_then(|code| types.concept(code));
		let period = (period != Period::default()).then_some(period);
		body.activities.push(Activity { concept, period, ..Activity::default() });
	}
	body.into()
}
