// SPDX-License-Identifier: Apache-2.0
//! Which elements of FHIR are lists, objects, numbers or booleans: JSON says so by its form, XML does
//! not.

use std::{collections::HashMap, sync::LazyLock};

/// Of R4, as `scripts/fhir-elements` writes it: a type a line.
const TABLE: &str = include_str!("elements.txt");

/// What an element is in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
	Text,
	Boolean,
	Number,
	/// An object of this type.
	Object(&'static str),
	/// A resource, named by the element in it.
	Resource,
}

/// What an element is in JSON, and whether it stands in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shape {
	pub(super) is_list: bool,
	pub(super) kind: Kind,
}

static TYPES: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| {
	TABLE.lines().map(|line| line.split_once(' ').unwrap_or((line, ""))).collect()
});

/// What the element of this name is in this type. Nothing when the type has no such element, or one that
/// is a text.
pub(super) fn shape(of: &str, name: &str) -> Option<Shape> {
	match name {
		"extension" | "modifierExtension" => {
			return Some(Shape { is_list: true, kind: Kind::Object("Extension") })
		},
		"contained" => return Some(Shape { is_list: true, kind: Kind::Resource }),
		_ => {},
	}
	let elements = TYPES.get(of).copied().unwrap_or_default();
	let listed = elements.split(' ').find_map(|element| {
		let rest = element.strip_prefix(name)?;
		// Another name may begin the same way.
		(!rest.starts_with(|one: char| one.is_ascii_alphanumeric())).then_some(rest)
	});
	match listed {
		Some(marks) => {
			let (is_list, mark) = match marks.strip_prefix('*') {
				Some(mark) => (true, mark),
				None => (false, marks),
			};
			let kind = match mark.split_at_checked(1) {
				Some(("?", _)) => Kind::Boolean,
				Some(("#", _)) => Kind::Number,
				Some(("!", _)) => Kind::Resource,
				Some((":", "")) => Kind::Object(known(&part(of, name))?),
				Some((_, object)) => Kind::Object(object),
				None => Kind::Text,
			};
			Some(Shape { is_list, kind })
		},
		None => choice(name).map(|kind| Shape { is_list: false, kind }),
	}
}

/// The type of a part of a type: `Patient_Contact`.
fn part(of: &str, name: &str) -> String {
	let (first, rest) = name.split_at_checked(1).unwrap_or_default();
	format!("{of}_{}{rest}", first.to_ascii_uppercase())
}

fn known(name: &str) -> Option<&'static str> {
	TYPES.get_key_value(name).map(|(name, _)| *name)
}

/// The type that the name of a choice ends with: `valueQuantity`.
fn choice(name: &str) -> Option<Kind> {
	let ends_with = |kinds: &[&str]| kinds.iter().any(|kind| name.ends_with(kind));
	if ends_with(&["Boolean"]) {
		return Some(Kind::Boolean);
	}
	if ends_with(&["Integer", "Decimal", "PositiveInt", "UnsignedInt"]) {
		return Some(Kind::Number);
	}
	let ends = name.char_indices().skip(1).filter(|(_, one)| one.is_ascii_uppercase());
	ends.filter_map(|(at, _)| known(name.get(at..)?)).map(Kind::Object).next()
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn elements_have_the_shape_that_r4_gives_them() {
		let object = |name| Kind::Object(name);
		for (of, name, is_list, kind) in [
			("Patient", "name", true, object("HumanName")),
			("Patient", "contact", true, object("Patient_Contact")),
			("Patient_Contact", "name", false, object("HumanName")),
			("Patient", "active", false, Kind::Boolean),
			("HumanName", "given", true, Kind::Text),
			("Patient", "multipleBirthInteger", false, Kind::Number),
			("Patient", "deceasedBoolean", false, Kind::Boolean),
			("Quantity", "value", false, Kind::Number),
			("Observation", "valueQuantity", false, object("Quantity")),
			("Observation", "valueCodeableConcept", false, object("CodeableConcept")),
			("Observation", "code", false, object("CodeableConcept")),
			("Observation", "component", true, object("Observation_Component")),
			("Bundle_Entry", "resource", false, Kind::Resource),
			("Patient", "contained", true, Kind::Resource),
			("Nothing", "extension", true, object("Extension")),
			("Extension", "valueReference", false, object("Reference")),
			("Questionnaire_Item", "item", true, object("Questionnaire_Item")),
		] {
			assert_eq!(shape(of, name), Some(Shape { is_list, kind }), "{of}.{name}");
		}
		for (of, name) in [
			("Patient", "gender"),
			("Patient", "birthDate"),
			("Patient", "nam"),
			("Observation", "valueString"),
			("Observation", "effectiveDateTime"),
			("Nothing", "nothing"),
			("", "x"),
			("Patient", "ü"),
		] {
			assert_eq!(shape(of, name), None, "{of}.{name}");
		}
	}

	#[test]
	fn every_type_that_is_named_is_described() {
		for (of, elements) in TYPES.iter() {
			for element in elements.split(' ').filter(|element| element.contains(':')) {
				let (name, target) = element.split_once(':').unwrap();
				let own = part(of, name.trim_end_matches('*'));
				let target = if target.is_empty() { own.as_str() } else { target };
				assert!(known(target).is_some(), "{of}: {element}");
			}
		}
	}
}
