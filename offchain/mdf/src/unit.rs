// SPDX-License-Identifier: Apache-2.0
//! Units: whether a text is a UCUM unit, what common other spellings mean, and exact conversion.

use crate::{Canonical, Decimal};
use octofhir_ucum::{evaluate, parse_expression, EvalResult, Number, SpecialKind, UnitExpr};
use std::{
	cell::RefCell,
	collections::HashMap,
	rc::Rc,
	sync::{LazyLock, OnceLock},
};

/// The longest text that is taken for a unit.
const MAX_UNIT: usize = 64;
/// So many texts are remembered.
const MAX_KNOWN: usize = 512;

/// A number that ends within so many digits is exact.
const EXACT_DIGITS: u32 = 24;
/// Another number is rounded to so many.
const ROUNDED_DIGITS: u32 = 15;

/// The units in which amounts are compared, one for each kind of quantity.
const COMPARED: [&str; 23] = [
	"g",
	"m",
	"s",
	"Cel",
	"L",
	"m2",
	"kg/m2",
	"mm[Hg]",
	"/min",
	"%",
	"g/L",
	"mmol",
	"mmol/L",
	"mmol/kg",
	"mmol/mol",
	"10*9/L",
	"U/L",
	"[iU]/L",
	"mL/min",
	"mL/min/m2",
	"g/mol",
	"J",
	"ug/min",
];

/// Spellings that mean one UCUM unit and no other.
const SPELLINGS: [(&str, &str); 24] = [
	("mmHg", "mm[Hg]"),
	("mm Hg", "mm[Hg]"),
	("bpm", "/min"),
	("beats/min", "/min"),
	("beats/minute", "/min"),
	("breaths/min", "/min"),
	("breaths/minute", "/min"),
	("degrees C", "Cel"),
	("°C", "Cel"),
	("degC", "Cel"),
	("degrees F", "[degF]"),
	("°F", "[degF]"),
	("degF", "[degF]"),
	("in", "[in_i]"),
	("inches", "[in_i]"),
	("lb", "[lb_av]"),
	("lbs", "[lb_av]"),
	("µg", "ug"),
	("mcg", "ug"),
	("µg/L", "ug/L"),
	("mcg/L", "ug/L"),
	("µmol/L", "umol/L"),
	("IU/L", "[iU]/L"),
	("mEq/L", "meq/L"),
];

/// A unit that was understood.
struct Unit {
	meaning: EvalResult,
	/// The power of the mole, when it has one: UCUM takes a mole for a plain number.
	moles: Option<i32>,
	/// The place, among the units in which amounts are compared, of the one for its kind.
	compared: OnceLock<Option<usize>>,
}

impl Unit {
	/// Understands a text. A file repeats few units very often, so they are remembered.
	fn of(text: &str) -> Option<Rc<Self>> {
		thread_local! {
			static KNOWN: RefCell<HashMap<Box<str>, Option<Rc<Unit>>>> = RefCell::default();
		}
		if text.len() > MAX_UNIT {
			return None;
		}
		KNOWN.with_borrow_mut(|known| {
			if let Some(unit) = known.get(text) {
				return unit.clone();
			}
			let unit = Self::parse(text).map(Rc::new);
			if known.len() < MAX_KNOWN {
				known.insert(text.into(), unit.clone());
			}
			unit
		})
	}

	fn parse(text: &str) -> Option<Self> {
		let expression = parse_expression(text).ok()?;
		Some(Self {
			meaning: evaluate(&expression).ok()?,
			moles: moles(&expression),
			compared: OnceLock::new(),
		})
	}

	/// A value of this unit in base units.
	fn in_base(&self, value: Number) -> Option<Number> {
		let value = match self.meaning.special {
			None => value,
			Some(special) => {
				let offset = offset(special.unit.special)?;
				value.checked_mul(special.scale)?.checked_add(offset)?
			},
		};
		value.checked_mul(self.meaning.factor)
	}

	/// A value in base units in this unit.
	fn of_base(&self, value: Number) -> Option<Number> {
		let value = value.checked_div(self.meaning.factor)?;
		match self.meaning.special {
			None => Some(value),
			Some(special) => {
				value.checked_sub(offset(special.unit.special)?)?.checked_div(special.scale)
			},
		}
	}

	fn convert(&self, value: Number, to: &Self) -> Option<Number> {
		let fits = self.meaning.is_commensurable(&to.meaning);
		if !fits {
			return None;
		}
		to.of_base(self.in_base(value)?)
	}
}

/// The zero of a temperature; the other special units are logarithms, which no decimal holds.
fn offset(kind: SpecialKind) -> Option<Number> {
	match kind {
		SpecialKind::Celsius => Number::parse("273.15"),
		SpecialKind::Fahrenheit => Number::parse("459.67"),
		_ => None,
	}
}

/// The power of the mole in an expression; a mole in a mole is still another kind than a plain
/// number.
fn moles(expression: &UnitExpr) -> Option<i32> {
	let joined = |above: Option<i32>, below: Option<i32>| match (above, below) {
		(None, None) => None,
		(above, below) => Some(above.unwrap_or(0).saturating_add(below.unwrap_or(0))),
	};
	match expression {
		UnitExpr::Symbol(symbol) => {
			let atoms = ["mol", "eq", "osm", "kat", "U"];
			atoms.iter().any(|atom| symbol.ends_with(atom)).then_some(1)
		},
		UnitExpr::Numeric(_) | UnitExpr::Annotation(_) => None,
		UnitExpr::Power(inner, power) => Some(moles(inner)?.saturating_mul(*power)),
		UnitExpr::Annotated(inner, _) => moles(inner),
		UnitExpr::Reciprocal(inner) => Some(moles(inner)?.saturating_neg()),
		UnitExpr::Product(parts) => parts.iter().map(moles).fold(None, joined),
		UnitExpr::Quotient(above, below) => {
			joined(moles(above), moles(below).map(i32::saturating_neg))
		},
	}
}

/// A number as text, without an exponent where that is readable.
fn decimal(number: Number) -> Option<Decimal> {
	let (mut digits, mut exponent) = number.to_integer_and_exponent();
	let length = digits.unsigned_abs().checked_ilog10().map_or(1, |log| log + 1);
	if length > EXACT_DIGITS {
		let unit = 10_i128.checked_pow(length - ROUNDED_DIGITS)?;
		let half = if digits < 0 { -unit / 2 } else { unit / 2 };
		digits = digits.checked_add(half)? / unit;
		exponent = exponent.checked_add(i32::try_from(length - ROUNDED_DIGITS).ok()?)?;
		while digits != 0 && digits % 10 == 0 {
			digits /= 10;
			exponent = exponent.checked_add(1)?;
		}
	}
	let mut text = String::with_capacity(32);
	if digits < 0 {
		text.push('-');
	}
	let mut buffer = itoa::Buffer::new();
	let digits = buffer.format(digits.unsigned_abs());
	match exponent {
		0..=18 => {
			text.push_str(digits);
			text.extend((0..exponent).map(|_| '0'));
		},
		-24..=-1 => {
			let places = usize::try_from(exponent.unsigned_abs()).ok()?;
			let (whole, fraction) = digits.split_at(digits.len().saturating_sub(places));
			text.push_str(if whole.is_empty() { "0" } else { whole });
			text.push('.');
			text.extend((fraction.len()..places).map(|_| '0'));
			text.push_str(fraction);
		},
		_ => {
			text.push_str(digits);
			text.push('e');
			text.push_str(itoa::Buffer::new().format(exponent));
		},
	}
	Decimal::from_text(text)
}

/// Whether a unit counts by the mole.
pub(crate) fn is_molar_unit(text: &str) -> bool {
	Unit::of(text).is_some_and(|unit| unit.moles.is_some_and(|power| power != 0))
}

/// Whether a text is a unit in UCUM's case-sensitive form.
pub fn is_ucum(text: &str) -> bool {
	Unit::of(text).is_some()
}

/// The UCUM unit of a text: the text itself, or what a common spelling means.
pub fn to_ucum(text: &str) -> Option<&str> {
	if is_ucum(text) {
		return Some(text);
	}
	SPELLINGS.iter().find(|(spelling, _)| *spelling == text).map(|(_, unit)| *unit)
}

/// Converts a value from one UCUM unit to another of the same dimension. The result is exact
/// where a decimal can hold it, and rounded to 15 digits elsewhere. Logarithmic units are not
/// converted.
pub fn convert(value: &Decimal, from: &str, to: &str) -> Option<Decimal> {
	if from == to {
		return Some(value.clone());
	}
	let (from, to) = (Unit::of(from)?, Unit::of(to)?);
	decimal(from.convert(Number::parse(value.as_str())?, &to)?)
}

/// The value in the unit in which amounts of its kind are compared, for example `g/L` for every
/// mass concentration. Nothing for a kind without such a unit.
pub fn canonical(value: &Decimal, unit: &str) -> Option<Canonical> {
	static UNITS: LazyLock<Vec<(&str, Unit)>> = LazyLock::new(|| {
		COMPARED.iter().filter_map(|text| Some((*text, Unit::parse(text)?))).collect()
	});
	// What is only annotated counts something, which is compared with nothing.
	if unit.starts_with('{') && unit.find('}') == Some(unit.len() - 1) {
		return None;
	}
	let from = Unit::of(unit)?;
	let place = from.compared.get_or_init(|| {
		UNITS.iter().position(|(_, known)| {
			known.moles == from.moles && known.meaning.is_commensurable(&from.meaning)
		})
	});
	let (text, to) = UNITS.get((*place)?)?;
	let value = if *text == unit {
		value.clone()
	} else {
		decimal(from.convert(Number::parse(value.as_str())?, to)?)?
	};
	Some(Canonical { value, unit: (*text).into() })
}

/// Arithmetic for conversions that need more than a unit.
pub(crate) mod arithmetic {
	use super::{decimal, Decimal, Number};

	/// `value × factor / divisor + offset`, each a decimal.
	pub(crate) fn linear(
		value: &str,
		factor: &str,
		divisor: &str,
		offset: &str,
	) -> Option<Decimal> {
		let value = Number::parse(value)?.checked_mul(Number::parse(factor)?)?;
		let value = value.checked_div(Number::parse(divisor)?)?;
		decimal(value.checked_add(Number::parse(offset)?)?)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn converted(value: &str, from: &str, to: &str) -> Option<String> {
		convert(&value.parse().unwrap(), from, to).map(|value| value.to_string())
	}

	fn compared(value: &str, unit: &str) -> Option<(String, String)> {
		canonical(&value.parse().unwrap(), unit).map(|c| (c.value.to_string(), c.unit))
	}

	#[test]
	fn conversion_is_exact_where_a_decimal_can_be() {
		for (value, from, to, result) in [
			("98.6", "[degF]", "Cel", "37"),
			("37", "Cel", "[degF]", "98.6"),
			("100", "[degF]", "Cel", "37.7777777777778"),
			("180", "[lb_av]", "kg", "81.6466266"),
			("5.10", "mg/dL", "g/L", "0.051"),
			("72", "[in_i]", "cm", "182.88"),
			("1e3", "ug", "mg", "1"),
			("7.25", "mg", "mg", "7.25"),
			("0", "mmol/L", "umol/L", "0"),
			("-2.5", "mV", "uV", "-2500"),
			("12345678901234567890.5", "m", "mm", "12345678901234567890500"),
		] {
			assert_eq!(converted(value, from, to).as_deref(), Some(result), "{value} {from}");
		}
		assert_eq!(converted("1", "mg/dL", "mmol/L"), None);
		assert_eq!(converted("7.4", "[pH]", "mol/L"), None);
		assert_eq!(converted("1", "furlong", "m"), None);
	}

	#[test]
	fn amounts_of_a_kind_are_compared_in_one_unit() {
		let is = |value: &str, unit: &str| Some((value.to_owned(), unit.to_owned()));
		assert_eq!(compared("98.6", "[degF]"), is("37", "Cel"));
		assert_eq!(compared("98.60", "g/L"), is("98.60", "g/L"));
		assert_eq!(compared("14.1", "g/dL"), is("141", "g/L"));
		assert_eq!(compared("4.5", "10*6/uL"), is("4500", "10*9/L"));
		// UCUM takes a mole for a number, but ions are not cells.
		assert_eq!(compared("140", "meq/L"), is("140", "mmol/L"));
		assert_eq!(compared("48000", "umol/mol"), is("48", "mmol/mol"));
		assert_eq!(compared("1", "{score}"), None);
		assert_eq!(compared("0.97", "1"), is("97", "%"));
		assert_eq!(compared("1", "Bq"), is("60", "/min"));
		assert_eq!(compared("1", "T"), None);
		for unit in COMPARED {
			assert_eq!(compared("1.50", unit), is("1.50", unit), "{unit}");
		}
	}

	#[test]
	fn spellings_mean_units() {
		for (spelling, unit) in SPELLINGS {
			assert!(is_ucum(unit) && !is_ucum(spelling), "{spelling}");
		}
	}

	#[test]
	fn clinical_units_are_known() {
		for unit in [
			"mm[Hg]",
			"mg/dL",
			"{score}",
			"kg",
			"cm",
			"mmol/L",
			"kg/m2",
			"fL",
			"%",
			"g/dL",
			"10*3/uL",
			"10*6/uL",
			"pg",
			"mL/min/{1.73_m2}",
			"mL/min",
			"Cel",
			"U/L",
			"mg/g",
			"/min",
			"[degF]",
			"mL/min/1.73.m2",
			"meq/L",
			"m[IU]/L",
			"ug/mL{FEU}",
			"10*-3",
			"/[HPF]",
			"ng/mL",
			"{#}/wk",
			"[lb_av]",
			"s-1",
			"1",
			"mg/kg/d",
		] {
			assert!(is_ucum(unit), "{unit}");
		}
	}

	#[test]
	fn other_texts_are_not() {
		for text in [
			"mgs%",
			"furlong",
			"U/mLL",
			"??",
			"",
			"mmHg",
			"mg/",
			"mg//dL",
			"MG/DL",
			"{score",
			"mg dL",
			"milligram",
			"10*x",
			"[made up]",
		] {
			assert!(!is_ucum(text), "{text}");
		}
		assert_eq!(to_ucum("mmHg"), Some("mm[Hg]"));
		assert_eq!(to_ucum("furlong"), None);
	}

	proptest::proptest! {
		#[test]
		fn no_text_panics(text in ".{0,20}") {
			let _ = to_ucum(&text);
		}
	}
}
