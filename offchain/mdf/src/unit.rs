// SPDX-License-Identifier: Apache-2.0
//! Units: whether a text is a UCUM unit, and what common other spellings mean.

/// UCUM atoms in clinical use that take metric prefixes.
const METRIC: [&str; 35] = [
	"m", "g", "s", "L", "l", "mol", "K", "Cel", "Pa", "J", "W", "V", "A", "Hz", "N", "C", "F",
	"Ohm", "S", "T", "lm", "cd", "rad", "Gy", "Sv", "Bq", "kat", "U", "eq", "osm", "bar", "cal",
	"[iU]", "[IU]", "m[Hg]",
];

/// UCUM atoms in clinical use without prefixes.
const OTHER: [&str; 64] = [
	"%",
	"[ppth]",
	"[ppm]",
	"[ppb]",
	"min",
	"h",
	"d",
	"wk",
	"mo",
	"a",
	"deg",
	"[degF]",
	"[in_i]",
	"[ft_i]",
	"[yd_i]",
	"[mi_i]",
	"[lb_av]",
	"[oz_av]",
	"[gr]",
	"[foz_us]",
	"[cup_us]",
	"[tsp_us]",
	"[tbs_us]",
	"[pt_us]",
	"[qt_us]",
	"[gal_us]",
	"[drp]",
	"[pH]",
	"[psi]",
	"[in_i'Hg]",
	"m[H2O]",
	"cm[H2O]",
	"[HPF]",
	"[LPF]",
	"[arb'U]",
	"[USP'U]",
	"[CFU]",
	"[PFU]",
	"[GPL'U]",
	"[MPL'U]",
	"[APL'U]",
	"[Ch]",
	"[diop]",
	"[MET]",
	"[Cal]",
	"[APGAR]",
	"[CCID_50]",
	"[TCID_50]",
	"[ELU]",
	"[FFU]",
	"[KIU]",
	"[AU]",
	"[BAU]",
	"[EU]",
	"[Lf]",
	"[IR]",
	"[PNU]",
	"[todd'U]",
	"[ka'U]",
	"[pfu]",
	"[car_m]",
	"[sft_i]",
	"[cin_i]",
	"[beth'U]",
];

const PREFIXES: [&str; 17] =
	["da", "Y", "Z", "E", "P", "T", "G", "M", "k", "h", "d", "c", "m", "u", "n", "p", "f"];

/// Spellings that mean one UCUM unit and no other.
const SPELLINGS: [(&str, &str); 26] = [
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
	("mg/dl", "mg/dL"),
	("g/dl", "g/dL"),
	("IU/L", "[iU]/L"),
	("mEq/L", "meq/L"),
];

/// Whether a text is a unit in UCUM's case-sensitive grammar, made of the atoms in clinical use.
pub fn is_ucum(text: &str) -> bool {
	if text.is_empty() || text.len() > 64 || !text.is_ascii() {
		return false;
	}
	let mut rest = text.strip_prefix('/').unwrap_or(text);
	loop {
		let Some(after) = component(rest) else { return false };
		rest = after;
		if rest.is_empty() {
			return true;
		}
		let Some(next) = rest.strip_prefix(['.', '/']) else { return false };
		rest = next;
	}
}

/// The UCUM unit of a text: the text itself, or what a common spelling means.
pub fn to_ucum(text: &str) -> Option<&str> {
	if is_ucum(text) {
		return Some(text);
	}
	SPELLINGS.iter().find(|(spelling, _)| *spelling == text).map(|(_, unit)| *unit)
}

/// What follows one component, as `10*3`, `kg`, `m2`, `mL{total}` or `{score}`.
fn component(text: &str) -> Option<&str> {
	if let Some(annotation) = text.strip_prefix('{') {
		return annotation.split_once('}').map(|(_, rest)| rest);
	}
	// Atoms in square brackets may contain separators and digits.
	let mut end = 0;
	let mut bracket = false;
	for byte in text.bytes() {
		match byte {
			b'[' => bracket = true,
			b']' => bracket = false,
			b'.' | b'/' | b'{' if !bracket => break,
			_ => {},
		}
		end += 1;
	}
	let (simple, rest) = text.split_at(end);
	if !is_simple(simple) {
		return None;
	}
	match rest.strip_prefix('{') {
		Some(annotation) => annotation.split_once('}').map(|(_, rest)| rest),
		None => Some(rest),
	}
}

fn is_simple(text: &str) -> bool {
	if let Some(exponent) = text.strip_prefix("10*").or_else(|| text.strip_prefix("10^")) {
		let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
		return digits.bytes().all(|byte| byte.is_ascii_digit())
			&& (exponent == digits) | !digits.is_empty();
	}
	if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
		return true;
	}
	let unit = text.trim_end_matches(|character: char| character.is_ascii_digit());
	let unit = unit.strip_suffix(['+', '-']).unwrap_or(unit);
	let metric = |atom: &str| METRIC.contains(&atom);
	metric(unit)
		|| OTHER.contains(&unit)
		|| PREFIXES.iter().any(|prefix| unit.strip_prefix(prefix).is_some_and(metric))
}

#[cfg(test)]
mod tests {
	use super::*;

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
