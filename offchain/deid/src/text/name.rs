// SPDX-License-Identifier: Apache-2.0
//! Names of people: by what stands beside them, by the dictionary, and by both together.

use super::{
	lexicon::{words, Role},
	place,
	scan::Scan,
	token::{Case, Gap, Kind, Token},
};
use crate::Class;

/// How many words a name has at most.
const WORDS: usize = 6;

/// Verbs only people are subject of: an unknown word with a capital before one is a name.
const PEOPLE_DO: &[u64] = words![
	"reports",
	"reported",
	"states",
	"stated",
	"denies",
	"denied",
	"complains",
	"complained",
	"says",
	"said",
	"tells",
	"told",
	"asks",
	"asked",
	"endorses",
	"endorsed",
	"lives",
	"lived",
	"works",
	"worked",
	"arrived",
	"agrees",
	"agreed",
	"refuses",
	"refused",
	"wants",
	"wanted",
	"wishes",
	"mentioned",
	"thinks",
	"feels",
	"felt",
	"visited",
	"called",
	"came",
	"declined",
	"verbalized",
	"understands",
	"returned",
	"underwent",
	"presented",
	"recommended",
	"saw",
	"lost",
	"accompanied",
	"brought",
];

/// Words before "by" after which a person is named.
const BY: &[u64] = words![
	"seen",
	"signed",
	"dictated",
	"performed",
	"referred",
	"reviewed",
	"ordered",
	"prepared",
	"interpreted",
	"written",
	"authored",
	"entered",
	"followed",
	"evaluated",
	"examined",
	"accompanied",
	"brought",
	"treated",
	"recommended",
	"prescribed",
	"verified",
	"assisted",
	"transcribed",
	"approved",
	"completed",
	"attended",
	"cosigned",
	"authenticated",
	"completed",
	"raised",
	"operated",
];

fn blocked(token: &Token) -> bool {
	token.is(Role::NEVER) && !token.is(Role::HOMONYM)
}

fn initial(token: &Token) -> bool {
	token.is_word() && token.length == 1 && token.case == Case::Title
}

/// Whether a word in small letters may be part of a name: no word of English, of medicine or a drug.
fn rare(token: &Token) -> bool {
	let lexical = token.lexical;
	let surname = lexical.last() == 3 || lexical.first() >= 2;
	lexical.english() <= u16::from(surname)
		&& (!lexical.drug() || lexical.first() == 3)
		&& (!lexical.clinical() || surname)
}

/// Whether a word may be a name for all that the dictionary says: not common, not clinical.
pub(super) fn is_proper(token: &Token) -> bool {
	token.is_word() && token.lexical.english() < 3 && !blocked(token)
}

/// How much a word with a capital speaks for a name, or nothing if it speaks against one.
fn weight(token: &Token) -> Option<u32> {
	if initial(token) {
		return Some(3);
	}
	if !token.capital() || token.length < 2 || blocked(token) || token.is(Role::TITLE) {
		return None;
	}
	let lexical = token.lexical;
	let (first, last, english) = (lexical.first(), lexical.last(), lexical.english());
	let base = [0, 10, 22, 30][usize::from(first)].max([0, 8, 16, 25][usize::from(last)]);
	let known = first >= 2 || last >= 2;
	if place::is_region(token) && !token.is(Role::HOMONYM) && first < 2 {
		return None;
	}
	let ordinary = token.is(Role::FACILITY
		.or(Role::STREET)
		.or(Role::MEASURE)
		.or(Role::DISEASE_HEAD)
		.or(Role::PERSON)
		.or(Role::RELATION));
	if ordinary && english >= 3 && !token.is(Role::HOMONYM) {
		return None;
	}
	if base == 0 {
		let strange = lexical.unknown()
			|| (lexical.city() && english == 0 && !lexical.clinical() && !lexical.drug());
		return (strange && token.length >= 3).then_some(if token.case == Case::Upper {
			2
		} else {
			4
		});
	}
	let mut value = base;
	if lexical.clinical() || lexical.drug() {
		if english == 0 && (first == 3 || (last == 3 && !lexical.drug())) {
			value = value.min(21);
		} else if known {
			value = value * 2 / 5;
		} else {
			return None;
		}
	}
	value = match english {
		0 => value,
		1 => value * 4 / 5,
		2 => value * 3 / 5,
		_ if token.is(Role::HOMONYM) || (known && base >= 22) => 7,
		3 if base >= 16 => 5,
		_ => return None,
	};
	if token.is(Role::EPONYM) {
		value = value.min(16);
	}
	if token.case == Case::Upper && token.length <= 3 {
		value = value.min(5);
	}
	Some(value)
}

/// Whether a sentence may begin here, so that a capital says nothing.
fn begins(scan: &Scan<'_>, index: usize) -> bool {
	let before = scan.before(index, 1);
	scan.at(index).gap == Gap::Line
		|| matches!(
			before.mark,
			b'.' | b'!' | b'?' | b':' | b'*' | b';' | b'"' | b'(' | b'[' | b'|' | b'>'
		) || (before.is_mark(b'-') && before.gap != Gap::None)
		|| before.kind == Kind::Edge
}

fn keep(scan: &mut Scan<'_>, from: usize, to: usize, rule: &'static str) {
	scan.add(from, to, Class::Name, rule);
	for index in from..to {
		let token = scan.at(index);
		if token.is_word()
			&& token.length >= 3
			&& !blocked(token)
			&& !token.is(Role::PARTICLE.or(Role::TITLE).or(Role::SUFFIX))
		{
			scan.names.push(token.key);
		}
	}
}

/// How a name may be written after a word that announces it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Announced {
	/// Surely: small letters and common words too.
	Surely,
	/// Probably: a capital, or a usual name in small letters.
	Probably,
}

/// Whether an announced name may begin with a word.
fn may_begin(scan: &Scan<'_>, token: &Token, announced: Announced) -> bool {
	if !token.is_word()
		|| blocked(token)
		|| token.is(Role::FILLER) && !token.is(Role::HOMONYM) && token.case == Case::Lower
	{
		return false;
	}
	let lexical = token.lexical;
	let (first, last, english) = (lexical.first(), lexical.last(), lexical.english());
	let known = first >= 2 || last >= 2;
	match token.case {
		Case::Title | Case::Upper | Case::Mixed => match announced {
			Announced::Surely => {
				(token.length > 1 || scan.text.len() > token.end as usize)
					&& (english < 4 || known || token.is(Role::HOMONYM))
					&& !(token.is(Role::PERSON_VERB) && !known)
			},
			Announced::Probably => {
				initial(token)
					|| (token.length > 1
						&& !(lexical.drug() || lexical.clinical()) | (first >= 2 || last == 3)
						&& (english < 3 || known && token.case == Case::Title)
						&& (first > 0 || last > 0 || lexical.unknown()))
			},
		},
		Case::Lower => {
			let rare = english == 0
				|| (english <= 2 && known)
				|| (announced == Announced::Surely && english <= 2);
			token.length > 2
				&& rare && !lexical.clinical()
				&& (first >= 2
					|| (announced == Announced::Surely && (last > 0 || lexical.unknown()))
					|| (last >= 2 && !lexical.drug()))
				&& !(lexical.drug() && first < 3)
		},
	}
}

/// Where a name that begins at a token ends.
fn end_of(scan: &Scan<'_>, from: usize, announced: Announced, comma: bool) -> usize {
	let mut at = from;
	let mut words = 0;
	let small = scan.at(from).case == Case::Lower;
	while words < WORDS {
		let token = scan.at(at);
		if at > from && token.gap == Gap::Line {
			break;
		}
		let next = scan.at(at + 1);
		if at > from && token.is(Role::SUFFIX) && token.case != Case::Lower {
			at += 1;
			break;
		}
		let named = |token: &Token| {
			token.gap == Gap::Space && (token.capital() || (small && token.lexical.last() > 0))
		};
		if at > from
			&& token.is(Role::PARTICLE)
			&& token.case == Case::Lower
			&& (named(next)
				|| next.is(Role::PARTICLE) && next.gap == Gap::Space && named(scan.at(at + 2)))
			&& !scan.one_of(token, words!["e", "y", "of", "al", "st", "a", "san"])
		{
			at += 1;
			continue;
		}
		// al-sayed
		if at > from
			&& small && scan.one_of(token, words!["al", "el"])
			&& next.is_mark(b'-')
			&& next.gap == Gap::None
			&& scan.at(at + 2).is_word()
		{
			at += 3;
			words += 1;
			continue;
		}
		if token.is_word()
			&& token.length == 1
			&& at > from
			&& (initial(token) || (small && next.is_word()))
		{
			at += 1 + usize::from(scan.at(at + 1).is_mark(b'.'));
			words += 1;
			continue;
		}
		let fits =
			if at == from {
				true
			} else if small {
				token.case == Case::Lower
					&& token.length > 2
					&& rare(token) && !blocked(token)
					&& token.is_word()
					&& (token.lexical.last() > 0
						|| token.lexical.first() > 0
						|| token.lexical.unknown())
					|| (token.lexical.last() == 3
						&& token.lexical.english() < 5
						&& token.is(Role::HOMONYM)
						&& token.is_word() && words <= 2)
			} else {
				match announced {
					Announced::Surely => {
						token.capital()
							&& !blocked(token) && !token.is(Role::CREDENTIAL.or(Role::FACILITY_HEAD))
							&& (token.lexical.english() < 4 || weight(token).is_some())
							&& !(token.lexical.drug()
								&& token.lexical.first() == 0
								&& token.lexical.last() == 0)
					},
					Announced::Probably => weight(token).is_some() && !token.is(Role::CREDENTIAL),
				}
			};
		if !fits || (at > from && token.is(Role::DISEASE_HEAD) && !token.is(Role::HOMONYM)) {
			break;
		}
		words += 1;
		at += 1;
		if token.possessive {
			break;
		}
		let mark = scan.at(at);
		let then = scan.at(at + 1);
		if mark.is_mark(b'-')
			&& mark.gap == Gap::None
			&& then.gap == Gap::None
			&& then.is_word()
			&& (then.capital() || small)
		{
			at += 1;
		} else if mark.is_mark(b'.')
			&& token.length <= 2
			&& !(token.length == 2 && then.gap != Gap::Space)
		{
			at += 1;
		} else if matches!(mark.mark, b'"' | b'(' | b'\'')
			&& then.capital()
			&& matches!(scan.at(at + 2).mark, b'"' | b')' | b'\'')
			&& scan.at(at + 3).capital()
		{
			at += 3;
			words += 1;
		} else if comma
			&& words == 1
			&& mark.is_mark(b',')
			&& !then.is(Role::LABELS)
			&& (then.capital() && weight(then).is_some() || (small && then.lexical.first() >= 2))
			&& then.gap != Gap::Line
		{
			at += 1;
		}
	}
	while at > from && matches!(scan.before(at, 1).mark, b',' | b'-' | b'"' | b'(') {
		at -= 1;
	}
	at
}

/// Whether a word in small letters that is also a common one is a first name, by what follows.
fn small_pair(scan: &Scan<'_>, index: usize) -> bool {
	let token = scan.at(index);
	let mut next = scan.at(index + 1);
	let lettered = next.is_word() && next.length == 1 && !scan.one_of(next, words!["i", "a"]);
	if lettered {
		next = scan.at(index + 2);
	}
	let follows = next.is_word()
		&& next.gap == Gap::Space
		&& next.case == Case::Lower
		&& next.length > 2
		&& !blocked(next);
	let last = follows && rare(next) && (next.lexical.last() > 0 || next.lexical.unknown())
		|| follows
			&& next.lexical.last() == 3
			&& next.is(Role::HOMONYM)
			&& (lettered || token.lexical.english() == 0);
	let first = token.lexical.first() >= 2 || token.lexical.unknown() && token.length > 3;
	token.is_word() && token.case == Case::Lower && !blocked(token) && first && last
}

/// Takes an announced name.
fn announced(
	scan: &mut Scan<'_>,
	from: usize,
	how: Announced,
	comma: bool,
	rule: &'static str,
) -> Option<usize> {
	let mut from = from;
	// "my daughter Dr. Jane Roe": the title's own rule takes it.
	if scan.at(from).is(Role::TITLE) && scan.at(from).case != Case::Upper {
		return None;
	}
	while matches!(scan.at(from).mark, b'"' | b'\'' | b'(' | b'*' | b'_') {
		from += 1;
	}
	if !may_begin(scan, scan.at(from), how) && !small_pair(scan, from) {
		return None;
	}
	let to = end_of(scan, from, how, comma);
	if to == from {
		return None;
	}
	keep(scan, from, to, rule);
	// "Anna and Bela"
	if scan.one_of(scan.at(to), words!["and"])
		&& scan.at(to).gap == Gap::Space
		&& scan.at(to + 1).capital()
		&& weight(scan.at(to + 1)).is_some_and(|weight| weight >= 16)
	{
		let end = end_of(scan, to + 1, Announced::Probably, false);
		keep(scan, to + 1, end, rule);
		return Some(end);
	}
	Some(to)
}

/// Skips what may stand between an announcement and the name.
fn skip(scan: &Scan<'_>, from: usize, marks: &[u8], words: &[u64], lines: bool) -> usize {
	let mut at = from;
	while at - from < 4 {
		let token = scan.at(at);
		if token.gap == Gap::Line && !lines {
			break;
		}
		if (token.kind == Kind::Mark && marks.contains(&token.mark)) || scan.one_of(token, words) {
			at += 1;
		} else {
			break;
		}
	}
	at
}

/// Names that begin at a word, or that it announces.
pub(super) fn word(scan: &mut Scan<'_>, index: usize) -> Option<usize> {
	let token = scan.at(index);
	let introduced = if token.roles.0 != 0 { cue(scan, index) } else { None };
	if introduced.is_some() {
		return introduced;
	}
	if token.capital() {
		return run(scan, index);
	}
	// van der Berg
	if token.is(Role::PARTICLE)
		&& scan.one_of(token, words!["van", "von", "de", "da", "dos", "di", "del", "bin", "ibn"])
	{
		let more = usize::from(scan.at(index + 1).is(Role::PARTICLE));
		let next = scan.at(index + 1 + more);
		if next.capital()
			&& next.gap == Gap::Space
			&& weight(next).is_some_and(|weight| weight >= 16 || (weight >= 4 && more > 0))
			&& !next.is(Role::EPONYM)
		{
			let end = end_of(scan, index + 1 + more, Announced::Probably, true);
			keep(scan, index, end, "name-particle");
			return Some(end);
		}
	}
	if token.case == Case::Lower && token.lexical.first() > 0 {
		return small(scan, index);
	}
	None
}

fn cue(scan: &mut Scan<'_>, index: usize) -> Option<usize> {
	let token = scan.at(index);
	if token.is(Role::TITLE) {
		if let Some(end) = title(scan, index) {
			return Some(end);
		}
	}
	if token.is(Role::CREDENTIAL) && token.case != Case::Lower && token.case != Case::Title
		|| (token.is(Role::CREDENTIAL) && scan.before(index, 1).is_mark(b','))
	{
		credential(scan, index);
	}
	if token.is(Role::NAME_CUE) {
		let after = skip(
			scan,
			index + 1,
			b":,=-\"|",
			words!["is", "was", "are", "of", "patient", "known", "as"],
			true,
		);
		let firm = after > index + 1
			|| token.possessive
			|| scan.one_of(token, words!["named", "nickname", "alias", "aka", "nee", "née"]);
		let of =
			scan.one_of(scan.before(after, 1), words!["of"]) && scan.at(after).case == Case::Lower;
		if firm && !of && scan.at(index + 1).gap <= scan.at(index).gap.max(Gap::Space) {
			let sure = if scan.at(after).gap == Gap::Line {
				Announced::Probably
			} else {
				Announced::Surely
			};
			if let Some(end) = announced(scan, after, sure, true, "name-announced") {
				return Some(end);
			}
		}
	}
	// I'm, I am, this is, it's, call me, goes by
	let subject = scan.one_of(token, words!["am"])
		&& scan.one_of(scan.before(index, 1), words!["i"])
		|| scan.one_of(token, words!["it", "its"])
			&& (token.possessive || scan.one_of(token, words!["its"]))
			&& scan.before(index, 1).mark != 0
		|| token.apostrophe
			&& matches!(scan.slice(token).to_ascii_lowercase().as_str(), "i'm" | "i’m")
		|| scan.one_of(token, words!["im"]) && token.case == Case::Lower;
	let this = scan.one_of(token, words!["is"])
		&& scan.one_of(scan.before(index, 1), words!["this", "he", "she"])
		|| scan.one_of(token, words!["me"]) && scan.one_of(scan.before(index, 1), words!["call"])
		|| scan.one_of(token, words!["by"])
			&& scan.one_of(scan.before(index, 1), words!["goes", "go"])
		|| scan.one_of(token, words!["as"]) && scan.one_of(scan.before(index, 1), words!["known"]);
	if subject || this {
		let next = scan.at(index + 1);
		if next.gap == Gap::Space && next.is_word() && !next.is(Role::EPONYM) {
			let usual = next.lexical.first() >= 2
				|| (next.lexical.unknown() && subject && next.length > 3)
				|| (next.lexical.last() >= 1 && next.capital())
				|| (next.lexical.first() >= 1 && next.capital() && next.lexical.english() == 0);
			let plain =
				next.lexical.english() >= 3 && !(next.capital() && next.lexical.first() >= 2);
			let pair = small_pair(scan, index + 1);
			let closed = subject
				&& next.lexical.unknown()
				&& (scan.at(index + 2).mark != 0
					|| scan.one_of(scan.at(index + 2), words!["and", "from"]));
			if pair || usual && !plain && (next.capital() || next.lexical.first() >= 2 || closed) {
				if closed && next.case == Case::Lower && !pair {
					keep(scan, index + 1, index + 2, "name-introduced");
					return Some(index + 2);
				}
				if let Some(end) =
					announced(scan, index + 1, Announced::Probably, false, "name-introduced")
				{
					return Some(end);
				}
			}
		}
	}
	if token.is(Role::GREETING)
		&& !scan.one_of(token, words!["from", "to", "re", "best", "signed", "thank"])
	{
		let after = skip(scan, index + 1, b":,!", words!["you", "there", "again"], false);
		let next = scan.at(after);
		if next.gap == Gap::Space
			&& (next.capital() || next.lexical.first() == 3)
			&& !next.is(Role::EPONYM)
		{
			let how = if scan.one_of(token, words!["dear", "attn", "cc"]) {
				Announced::Surely
			} else {
				Announced::Probably
			};
			if next.lexical.english() < 3 || next.lexical.first() >= 2 {
				if let Some(end) = announced(scan, after, how, false, "name-greeted") {
					return Some(end);
				}
			}
		}
	}
	if token.is(Role::GREETING)
		&& scan.one_of(token, words!["from", "to", "attn", "cc", "re"])
		&& scan.at(index + 1).is_mark(b':')
		&& token.gap == Gap::Line
	{
		if let Some(end) = announced(scan, index + 2, Announced::Probably, true, "name-header") {
			return Some(end);
		}
	}
	if token.is(Role::CLOSING) {
		let after = skip(
			scan,
			index + 1,
			b",-!.",
			words!["you", "wishes", "regards", "so", "much", "yours", "truly"],
			false,
		);
		if after > index + 1
			&& scan.at(after).gap == Gap::Line
			&& scan.at(after).capital()
			&& !scan.at(after).is(Role::TITLE)
		{
			let first = scan.at(after);
			if first.lexical.english() < 4 || first.lexical.first() >= 2 {
				if let Some(end) = announced(scan, after, Announced::Probably, false, "name-signed")
				{
					return Some(end);
				}
			}
		} else if after > index + 1
			&& scan.at(after).capital()
			&& scan.at(after).lexical.first() >= 1
		{
			if let Some(end) = announced(scan, after, Announced::Probably, false, "name-signed") {
				return Some(end);
			}
		}
	}
	if scan.one_of(token, words!["by"]) && scan.one_of(scan.before(index, 1), BY)
		|| scan.one_of(token, words!["by"]) && scan.at(index + 1).is_mark(b':')
	{
		let after = skip(scan, index + 1, b":", words!["the"], false);
		if scan.at(after).capital()
			&& scan.at(after).gap != Gap::Line
			&& (scan.at(after).lexical.english() < 3 || scan.at(after).lexical.first() >= 2)
			&& !scan.at(after).is(Role::EPONYM.or(Role::FACILITY))
		{
			if let Some(end) = announced(scan, after, Announced::Surely, true, "name-by") {
				return Some(end);
			}
		}
	}
	if token.is(Role::PERSON.or(Role::RELATION)) {
		return person(scan, index);
	}
	None
}

/// Mr., Dr. and the like.
fn title(scan: &mut Scan<'_>, index: usize) -> Option<usize> {
	let token = scan.at(index);
	let mut at = index + 1;
	if scan.at(at).is_mark(b'.') && scan.at(at).gap == Gap::None {
		at += 1;
	}
	let next = scan.at(at);
	if next.gap == Gap::Line || !next.is_word() || next.is(Role::TITLE) && next.case == Case::Lower
	{
		return None;
	}
	if next.is(Role::TITLE) && !scan.one_of(next, words!["miss", "col"]) {
		return None;
	}
	// MS is multiple sclerosis, DR a range, Miss a verb.
	let vague = scan.one_of(token, words!["ms", "miss", "col", "capt", "lt", "sir"])
		&& token.case != Case::Title
		|| scan.one_of(token, words!["dr"])
			&& scan.before(index, 1).capital()
			&& !scan.at(index + 1).is_mark(b'.')
			&& !next.capital();
	let fits = if next.capital() || next.case == Case::Mixed {
		!blocked(next)
			&& (next.length > 1
				|| scan.at(at + 1).is_word()
				|| scan.at(at + 1).is_mark(b'.')
				|| !vague)
			&& !(vague && next.lexical.first() < 2 && next.lexical.last() < 2)
	} else {
		!vague
			&& next.length > 1
			&& !blocked(next)
			&& (next.lexical.english() < 3
				|| (next.lexical.last() >= 2
					&& next.is(Role::HOMONYM)
					&& next.lexical.english() < 5))
			&& !next.is(Role::PERSON_VERB.or(Role::FILLER))
			|| (!vague
				&& next.is(Role::PARTICLE)
				&& (scan.at(at + 1).capital()
					|| scan.at(at + 1).is(Role::PARTICLE) && scan.at(at + 2).capital()))
	};
	if !fits {
		return None;
	}
	let mut to = at;
	while scan.at(to).is(Role::PARTICLE)
		&& scan.at(to).case == Case::Lower
		&& to - at < 3
		&& scan.at(to + 1).is_word()
	{
		to += 1;
	}
	to = end_of(scan, to, Announced::Surely, false).max(to + 1);
	// "Dr. Will see you": a verb after a word that is also one.
	keep(scan, at, to, "name-titled");
	// Drs. Smith and Jones
	if scan.one_of(token, words!["drs", "mr", "drs"])
		&& scan.one_of(scan.at(to), words!["and"])
		&& scan.at(to + 1).capital()
		&& !blocked(scan.at(to + 1))
		&& !scan.at(to + 1).is(Role::TITLE)
	{
		let end = end_of(scan, to + 1, Announced::Surely, false);
		keep(scan, to + 1, end, "name-titled");
		return Some(end);
	}
	Some(to)
}

/// "Jane Roe, MD": the words before.
fn credential(scan: &mut Scan<'_>, index: usize) {
	let mut end = index;
	// John Doe, RN, BSN
	while end > 0
		&& (scan.before(end, 1).is_mark(b',')
			|| scan.before(end, 1).is_mark(b'.') && scan.before(end, 2).length == 1)
	{
		end -= 1;
	}
	if end == index && scan.at(index).gap != Gap::Space || scan.at(index).gap == Gap::Line {
		return;
	}
	let mut from = end;
	let mut known = 0;
	while from > 0 && end - from < 6 {
		let token = scan.before(from, 1);
		if token.is_mark(b'.') && scan.before(from, 2).length <= 2 && scan.before(from, 2).capital()
			|| token.is_mark(b'-') && scan.before(from, 2).capital() && token.gap == Gap::None
		{
			from -= 1;
			continue;
		}
		let fits = (initial(token) || (token.capital() && weight(token).is_some()))
			&& !token.is(Role::CREDENTIAL.or(Role::TITLE).or(Role::FACILITY_HEAD));
		if !fits {
			break;
		}
		if token.lexical.first() > 0
			|| token.lexical.last() > 0
			|| token.lexical.unknown() && token.length > 2
		{
			known += 1;
		}
		from -= 1;
		if scan.at(from).gap == Gap::Line {
			break;
		}
	}
	while from < end && scan.at(from).kind == Kind::Mark {
		from += 1;
	}
	let state = scan.at(index).is(Role::STATE_CODE)
		&& end - from == 1
		&& scan.at(from).lexical.city()
		&& scan.at(from).lexical.first() < 2;
	if known > 0 && !state && (end - from > 1 || scan.before(index, 1).is_mark(b',')) {
		keep(scan, from, end, "name-credential");
	}
}

/// "patient Jane", "Attending: Roe", "her daughter, Anna,"
fn person(scan: &mut Scan<'_>, index: usize) -> Option<usize> {
	let token = scan.at(index);
	if token.possessive {
		return None;
	}
	let relation = token.is(Role::RELATION);
	let mark = scan.at(index + 1);
	if mark.is_mark(b':') && mark.gap == Gap::None {
		let after = skip(scan, index + 2, b"*_", words![], false);
		let next = scan.at(after);
		if next.gap == Gap::Line
			|| next.lexical.english() >= 3 && next.lexical.first() < 2 && next.lexical.last() < 2
		{
			return None;
		}
		return announced(scan, after, Announced::Surely, true, "name-labelled");
	}
	let mut at = index + 1;
	let mut comma = false;
	if (mark.is_mark(b',') || mark.is_mark(b'(')) && (relation || token.is(Role::PERSON)) {
		comma = true;
		at += 1;
	}
	at = skip(scan, at, b"", words!["is", "named", "called", "name"], false);
	let linked = at > index + 1 + usize::from(comma);
	let next = scan.at(at);
	if next.gap == Gap::Line
		|| !next.is_word()
		|| next.is(Role::EPONYM) && (next.possessive || scan.at(at + 1).is(Role::DISEASE_HEAD))
	{
		return None;
	}
	if next.is(Role::MONTH) || next.is(Role::PERSON_VERB) && next.lexical.first() < 2 {
		return None;
	}
	let lexical = next.lexical;
	let doubtful = comma || linked;
	let strong = lexical.first() >= 2 || (lexical.last() >= 2 && lexical.english() == 0);
	// "her brother, Mark, says"
	let enclosed =
		comma && scan.at(at + 1).is_mark(b',') && next.case == Case::Title && lexical.first() >= 2;
	// "ATTENDING MILLER."
	let behind = scan.at(at + 1);
	let ends = behind.kind == Kind::Edge
		|| behind.gap == Gap::Line
		|| behind.kind == Kind::Mark && matches!(behind.mark, b'.' | b',' | b';' | b')');
	let of_staff = scan.one_of(
		token,
		words![
			"attending",
			"surgeon",
			"provider",
			"resident",
			"pcp",
			"nurse",
			"physician",
			"doctor"
		],
	) && ends
		&& next.length > 2
		&& (lexical.last() >= 2 || lexical.last() >= 1 && lexical.english() == 0)
		&& !blocked(next);
	if next.capital() && of_staff && !doubtful {
		keep(scan, at, at + 1, "name-of-person");
		return Some(at + 1);
	}
	let fits = if next.capital() {
		let mixed =
			next.case == Case::Upper && scan.at(index).case != Case::Upper && next.length <= 3;
		!mixed
			&& !(next.case == Case::Upper && lexical.unknown() && token.case == Case::Upper)
			&& if doubtful {
				strong && (lexical.english() < 3 || enclosed)
			} else {
				strong
					|| (lexical.english() == 0
						&& !lexical.clinical()
						&& !lexical.drug() && !next.is(Role::FACILITY.or(Role::STATE))
						&& !(next.case == Case::Upper && lexical.unknown()))
			}
	} else {
		lexical.first() >= 2
			&& lexical.english() <= 1
			&& !lexical.clinical()
			&& !next.is(Role::HOMONYM)
			&& next.length > 3
			|| (lexical.last() == 3
				&& lexical.english() == 0
				&& !doubtful && !lexical.drug()
				&& !lexical.clinical())
	};
	if !fits || next.case == Case::Lower && token.is(Role::RELATION) && comma {
		return None;
	}
	announced(scan, at, Announced::Probably, !comma, "name-of-person")
}

/// Words with capitals, by the dictionary.
fn run(scan: &mut Scan<'_>, index: usize) -> Option<usize> {
	let first = scan.at(index);
	weight(first)?;
	// A town that was found here is none.
	if scan
		.found
		.last()
		.is_some_and(|found| found.start == first.start && found.class != Class::Name)
	{
		// Unless a last name follows: "Brandon P. Kowalski".
		let mut next = scan.at(index + 1);
		if initial(next) {
			next = scan.at(index + 2 + usize::from(scan.at(index + 2).is_mark(b'.')));
		}
		let followed = first.lexical.first() == 3
			&& next.capital()
			&& next.gap == Gap::Space
			&& next.lexical.last() >= 2
			&& next.lexical.english() == 0
			&& !place::is_region(next)
			&& !next.is(Role::STATE_CODE);
		if !followed {
			return None;
		}
	}
	let (mut at, mut words, mut total, mut best) = (index, 0, 0, 0);
	while words < WORDS {
		let token = scan.at(at);
		if at > index && token.gap != Gap::Space && !scan.before(at, 1).is_mark(b'-') {
			break;
		}
		let next = scan.at(at + 1);
		if at > index && token.is(Role::SUFFIX) && token.case != Case::Lower && token.length > 1 {
			at += 1;
			break;
		}
		if at > index
			&& token.is(Role::PARTICLE)
			&& token.case == Case::Lower
			&& next.gap == Gap::Space
			&& !scan.one_of(token, words!["e", "y", "of", "a", "st"])
			&& (next.capital() && weight(next).is_some()
				|| next.is(Role::PARTICLE) && scan.at(at + 2).capital())
		{
			at += 1;
			continue;
		}
		// DE LA CRUZ
		let shouted = at > index
			&& token.is(Role::PARTICLE)
			&& token.case == Case::Upper
			&& first.case == Case::Upper
			&& token.length > 1
			&& next.gap == Gap::Space
			&& (next.is(Role::PARTICLE) && scan.at(at + 2).lexical.last() > 0
				|| next.lexical.last() > 0 && next.length > 3);
		if shouted {
			at += 1;
			continue;
		}
		let Some(value) = weight(token) else { break };
		if token.is(Role::STATE_CODE) && token.case == Case::Upper && at > index
			|| token.is(Role::CREDENTIAL) && token.case == Case::Upper && at > index
		{
			break;
		}
		// An eponym, and what was called after it.
		if next.is(Role::DISEASE_HEAD)
			&& next.gap == Gap::Space
			&& !next.is(Role::HOMONYM)
			&& !token.possessive
			&& words == 0
			&& (next.case == Case::Lower || token.is(Role::EPONYM))
		{
			return None;
		}
		total += value;
		best = best.max(value);
		words += 1;
		at += 1;
		if token.possessive {
			break;
		}
		let mark = scan.at(at);
		if initial(token) && mark.is_mark(b'.') && mark.gap == Gap::None {
			at += 1;
		} else if mark.is_mark(b'-')
			&& mark.gap == Gap::None
			&& scan.at(at + 1).gap == Gap::None
			&& scan.at(at + 1).capital()
		{
			at += 1;
		} else if matches!(mark.mark, b'"' | b'(')
			&& scan.at(at + 1).capital()
			&& matches!(scan.at(at + 2).mark, b'"' | b')')
			&& weight(scan.at(at + 1)).is_some()
			&& scan.at(at + 3).capital()
			&& weight(scan.at(at + 3)).is_some()
		{
			at += 3;
		}
	}
	while at > index && scan.before(at, 1).kind == Kind::Mark && !initial(scan.before(at, 2)) {
		at -= 1;
	}
	// Initials alone are none.
	let last = scan.before(at, 1 + usize::from(scan.before(at, 1).is_mark(b'.')));
	let (first_kinds, last_kinds) = (first.lexical, last.lexical);
	// Roe, Jane
	let comma = scan.at(at).is_mark(b',') && words <= 2;
	let given = scan.at(at + 1);
	let rare_last = last_kinds.last() >= 2 && last_kinds.english() == 0;
	let sure_given = given.lexical.first() >= 1
		&& given.lexical.english() == 0
		&& !given.lexical.clinical()
		&& !given.lexical.drug();
	if comma
		&& given.capital()
		&& given.gap == Gap::Space
		&& (given.lexical.first() >= 2 || sure_given)
		&& !given.is(Role::LABELS)
		&& (given.lexical.english() < 3 || rare_last && given.lexical.first() == 3)
		&& last_kinds.last() >= 1
		&& (best >= 8 || given.lexical.first() == 3 || sure_given)
		&& (last_kinds.english() < 5
			|| sure_given && last_kinds.last() == 3 && !begins(scan, index))
		&& weight(given).is_some()
	{
		let to = end_of(scan, at + 1, Announced::Probably, false);
		let list = scan.at(to).is_mark(b',') && scan.at(to + 1).capital();
		if (last_kinds.last() >= 2 || first.case == Case::Upper)
			&& (!list || last_kinds.english() < 3)
		{
			keep(scan, index, to, "name-last-first");
			return Some(to);
		}
	}
	if words == 0 {
		return None;
	}
	let place_behind = scan.at(at).is(Role::FACILITY_HEAD.or(Role::STREET))
		&& scan.at(at).gap == Gap::Space
		&& scan.at(at).capital();
	if place_behind && words <= 2 && best < 22 {
		return None;
	}
	// "In Florida", "The Kaplan-Meier curves"
	let article = scan.one_of(scan.before(index, 1), words!["the", "a", "an"]);
	let hyphenated = at - index == 3 && scan.at(index + 1).is_mark(b'-');
	let preposition = words == 2 && first.length <= 2 && first_kinds.english() >= 4;
	// "Wolff-Parkinson-White"
	let chain = words >= 3 && (index + 1..at).step_by(2).all(|mark| scan.at(mark).is_mark(b'-'));
	if chain {
		return None;
	}
	if words >= 2 && (hyphenated && article || preposition && place::is_region(last)) {
		return None;
	}
	let accepted = if words >= 2 {
		let strange = |token: &Token| token.lexical.unknown() && token.length >= 4;
		// Two words that nobody knows, or a doubtful first name with one.
		let strangers = words <= 3
			&& !hyphenated
			&& strange(last)
			&& first.case == last.case
			&& (strange(first) && !begins(scan, index) && first.case == Case::Title
				|| first_kinds.first() >= 2 && last.length >= 5)
			&& !scan.at(at).is(Role::DISEASE_HEAD.or(Role::FACILITY));
		let shouted = first.case == Case::Upper
			&& last.case == Case::Upper
			&& first_kinds.first() == 3
			&& last_kinds.last() == 3
			&& words <= 3;
		let both = first_kinds.first() >= 2
			&& last_kinds.last() >= 2
			&& first.case == Case::Title
			&& last.case == Case::Title
			&& !last.is(Role::FACILITY.or(Role::DISEASE_HEAD).or(Role::STREET));
		let usual_and_rare = first_kinds.first() == 3
			&& first.case == Case::Title
			&& last.case == Case::Title
			&& last_kinds.last() >= 1
			&& last_kinds.english() == 0
			&& !last_kinds.clinical()
			&& !last_kinds.drug();
		// "Takeshi Hall": a rare first name and a usual last name that is also a word.
		let rare_and_usual = first_kinds.first() >= 1
			&& first_kinds.english() == 0
			&& !first_kinds.clinical()
			&& !first_kinds.drug()
			&& first.case == Case::Title
			&& last.case == Case::Title
			&& last_kinds.last() == 3
			&& last.is(Role::HOMONYM)
			&& !last.is(Role::DISEASE_HEAD.or(Role::STREET));
		// "VIOLET DESAI, DOB 03/16/1973"
		let behind = at + usize::from(matches!(scan.at(at).mark, b',' | b'|' | b'('));
		let headed = scan.one_of(scan.at(behind), words!["dob", "mrn", "ssn"])
			&& scan.at(behind).gap != Gap::Line
			&& (first_kinds.first() >= 1 || last_kinds.last() >= 1);
		let eponyms =
			(index..at).all(|n| scan.at(n).is(Role::EPONYM) || scan.at(n).kind == Kind::Mark);
		(total >= 20
			&& best >= 16
			&& !eponyms
			&& !(best < 20
				&& total < 24
				&& (first.is(Role::EPONYM) || begins(scan, index) && first_kinds.english() >= 3)))
			|| ((both || headed || strangers || shouted || usual_and_rare || rare_and_usual)
				&& !eponyms)
	} else {
		single(scan, index, at, best)
	};
	if !accepted {
		return None;
	}
	keep(scan, index, at, if words >= 2 { "name-dictionary" } else { "name-word" });
	Some(at)
}

/// Whether one word with a capital is a name.
fn single(scan: &Scan<'_>, index: usize, end: usize, value: u32) -> bool {
	let token = scan.at(index);
	let lexical = token.lexical;
	if initial(token) || token.is(Role::EPONYM) || token.length < 3 {
		return false;
	}
	if place::is_region(token) && !scan.one_of(scan.at(end), PEOPLE_DO) {
		return false;
	}
	let next = scan.at(end);
	let before = scan.before(index, 1);
	// St. John's wort
	let saint = usize::from(before.is_mark(b'.'));
	if token.possessive && scan.one_of(scan.before(index, 1 + saint), words!["st", "saint"]) {
		return false;
	}
	// New York
	if scan.one_of(token, words!["york", "jersey", "mexico", "hampshire"])
		&& scan.one_of(before, words!["new"])
	{
		return false;
	}
	// GABA-A, Rh-negative, Anti-Jo
	if next.is_mark(b'-') && next.gap == Gap::None
		|| before.is_mark(b'-') && before.gap == Gap::None
	{
		return value >= 22 && token.case == Case::Title && lexical.first() >= 2;
	}
	let upper = token.case == Case::Upper;
	if upper {
		return token.length >= 4
			&& value >= 22
			&& lexical.english() == 0
			&& (lexical.first() == 3
				|| lexical.last() == 3
				|| lexical.first() >= 2 && scan.at(index + 1).is(Role::PERSON_VERB));
	}
	if value >= 20 {
		return !(next.is(Role::DISEASE_HEAD)
			&& next.gap == Gap::Space
			&& next.case == Case::Lower);
	}
	let does = next.gap == Gap::Space
		&& (scan.one_of(next, PEOPLE_DO)
			|| scan.one_of(next, words!["is", "was"])
				&& scan.at(end + 1).is_word()
				&& scan.one_of(
					scan.at(end + 1),
					words![
						"feeling",
						"doing",
						"complaining",
						"here",
						"able",
						"seen",
						"admitted",
						"discharged",
						"taking",
						"having"
					],
				));
	if value >= 8 {
		// Known as a last name only, and no word.
		if lexical.english() == 0 {
			return !begins(scan, index) && !lexical.large_city()
				|| does || token.possessive
				|| next.is(Role::PERSON_VERB) && !lexical.large_city();
		}
		return does || (token.possessive && !begins(scan, index));
	}
	// Words that are also names: only before what people do, or behind what is done with them.
	if (lexical.first() >= 2 || lexical.unknown() && token.length >= 4)
		&& !begins(scan, index)
		&& !token.is(Role::MONTH)
		&& scan.one_of(
			before,
			words![
				"saw",
				"told",
				"asked",
				"met",
				"referring",
				"thanked",
				"called",
				"brother",
				"sister"
			],
		) {
		return true;
	}
	// "since then Mark has lost", "dangerous for Mark to take": no sentence begins, and a person acts.
	let acts = token.case == Case::Title
		&& !begins(scan, index)
		&& !token.is(Role::MONTH)
		&& next.gap == Gap::Space
		&& (next.is(Role::PERSON_VERB)
			|| scan.one_of(next, words!["and", "to"]) && scan.one_of(before, words!["for"])
			|| scan.one_of(before, words!["to", "with"])
				&& scan.one_of(
					scan.before(index, 2),
					words!["spoke", "talked", "speak", "speaking", "talk", "spoken"],
				));
	// "Hope and his wife": a name before what only a person has.
	let comma = usize::from(next.is_mark(b','));
	let has_relative = (comma == 1 || scan.one_of(next, words!["and"]))
		&& scan.one_of(scan.at(end + 1), words!["his", "her"])
		&& scan.at(end + 2).is(Role::RELATION);
	let who = comma == 1
		&& scan.one_of(scan.at(end + 1), words!["who", "whose"])
		&& !begins(scan, index)
		&& token.case == Case::Title;
	if lexical.first() >= 2
		&& (who || has_relative || acts && lexical.first() == 3 && token.is(Role::HOMONYM))
	{
		return true;
	}
	lexical.first() >= 2 && token.is(Role::HOMONYM) && does && !token.is(Role::MONTH)
		|| (lexical.unknown() && does && token.length >= 4)
		|| (lexical.first() == 3
			&& !begins(scan, index)
			&& lexical.english() < 5
			&& !token.is(Role::MONTH)
			&& (token.possessive
				|| next.is(Role::PERSON_VERB)
				|| scan.one_of(before, words!["and", "with", "for", "to", "told", "ask", "saw"])))
}

/// Names in small letters.
fn small(scan: &mut Scan<'_>, index: usize) -> Option<usize> {
	let token = scan.at(index);
	let lexical = token.lexical;
	if blocked(token) || token.length < 3 || !rare(token) && !token.is(Role::HOMONYM) {
		return None;
	}
	let mut at = index + 1;
	if scan.at(at).is_word()
		&& scan.at(at).length == 1
		&& scan.at(at).gap == Gap::Space
		&& !scan.one_of(scan.at(at), words!["i", "a"])
	{
		at += 1 + usize::from(scan.at(at + 1).is_mark(b'.'));
	}
	let next = scan.at(at);
	let follows = next.is_word()
		&& next.gap == Gap::Space
		&& next.case == Case::Lower
		&& !blocked(next)
		&& next.length > 1;
	let last = follows
		&& (next.lexical.last() >= 1 && rare(next)
			|| next.lexical.unknown() && next.length > 3 && lexical.first() == 3);
	let sure = rare(token);
	// Nothing that the last word could belong to stands behind it.
	let behind = scan.at(at + 1);
	let closed = behind.kind == Kind::Mark && behind.gap == Gap::None
		|| behind.kind == Kind::Edge
		|| behind.gap == Gap::Line
		|| scan.one_of(behind, words!["and", "from", "is", "was", "has", "to", "in", "at", "here"]);
	// "tyrone van der berg", "chloe al-sayed"
	if sure
		&& lexical.first() >= 2
		&& lexical.english() == 0
		&& next.is(Role::PARTICLE)
		&& next.gap == Gap::Space
	{
		let mut to = at;
		while to - at < 3 && scan.at(to).is(Role::PARTICLE) && scan.at(to).length > 1 {
			to +=
				1 + usize::from(scan.at(to + 1).is_mark(b'-') && scan.at(to + 1).gap == Gap::None);
		}
		let last = scan.at(to);
		if last.is_word()
			&& last.gap != Gap::Line
			&& last.length > 3
			&& rare(last)
			&& (last.lexical.last() > 0 || last.lexical.unknown())
		{
			keep(scan, index, to + 1, "name-small");
			return Some(to + 1);
		}
	}
	if last
		&& (sure && (lexical.first() >= 2)
			|| (token.is(Role::HOMONYM) && next.lexical.last() == 3 && lexical.first() >= 2))
		|| follows
			&& sure && lexical.english() == 0
			&& next.lexical.last() >= 2
			&& next.is(Role::HOMONYM)
			&& closed
	{
		let end = end_of(scan, at, Announced::Probably, false).max(at + 1);
		keep(scan, index, end, "name-small");
		return Some(end);
	}
	// "if phuong can": only people are asked about like that.
	let asked = scan.one_of(
		scan.before(index, 1),
		words!["if", "can", "should", "does", "that", "whether", "is", "because", "since", "when"],
	) && lexical.english() == 0
		&& scan.at(index + 1).gap == Gap::Space
		&& (scan.at(index + 1).is(Role::PERSON_VERB)
			|| scan.one_of(
				scan.at(index + 1),
				words!["can", "should", "could", "may", "take", "stop", "and"],
			));
	// "sarah", which is no word
	if sure
		&& (lexical.first() == 3 || lexical.first() == 2 && lexical.english() == 0 || asked)
		&& token.length > 3
		&& !token.is(Role::HOMONYM)
		&& !lexical.drug()
		&& !(lexical.large_city() && scan.before(index, 1).is(Role::IN))
		&& !place::is_region(token)
	{
		let mark = scan.at(index + 1);
		let part = matches!(mark.mark, b'_' | b'@') && mark.gap == Gap::None
			|| scan.before(index, 1).mark == b'_';
		if !part {
			keep(scan, index, index + 1, "name-small");
			return Some(index + 1);
		}
	}
	None
}

/// The names of a text wherever they stand again.
pub(super) fn repeat(scan: &mut Scan<'_>) {
	if scan.names.is_empty() {
		return;
	}
	let mut names = std::mem::take(&mut scan.names);
	names.sort_unstable();
	names.dedup();
	let mut filter = [0_u64; 256];
	let place = |key: u64| ((key >> 40) as usize & 255, 1_u64 << (key >> 8 & 63));
	for key in &names {
		let (word, bit) = place(*key);
		filter[word] |= bit;
	}
	for index in 0..scan.tokens.len() {
		let token = scan.at(index);
		if token.kind != Kind::Word {
			continue;
		}
		let (word, bit) = place(token.key);
		if filter[word] & bit == 0 || names.binary_search(&token.key).is_err() {
			continue;
		}
		let common = token.lexical.english() >= 1
			|| token.is(Role::HOMONYM.or(Role::EPONYM))
			|| token.lexical.clinical()
			|| token.lexical.drug();
		let fits = if token.is(Role::EPONYM)
			&& (scan.at(index + 1).is(Role::DISEASE_HEAD)
				|| scan.before(index, 1).is_mark(b'-')
				|| scan.at(index + 1).is_mark(b'-'))
		{
			false
		} else if common {
			token.case == Case::Title
				&& !begins(scan, index)
				&& !(token.is(Role::EPONYM)
					&& token.possessive
					&& scan.at(index + 1).is(Role::DISEASE_HEAD))
		} else {
			true
		};
		if fits {
			scan.add(index, index + 1, Class::Name, "name-repeated");
		}
	}
}
