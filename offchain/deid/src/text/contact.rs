// SPDX-License-Identifier: Apache-2.0
//! Addresses in networks: e-mail, web, user names, IP version 6, hardware.

use super::{
	lexicon::words,
	scan::Scan,
	token::{Gap, Kind, Token},
};
use crate::Class;

/// Ends of the names of hosts that are taken for such without a scheme.
const ENDINGS: &[u64] = words![
	"com", "org", "net", "edu", "gov", "io", "info", "health", "biz", "mil", "app", "nhs", "ac"
];

/// How many tokens an address may have.
const REACH: usize = 64;

/// A mark that may be the middle of an address.
pub(super) fn mark(scan: &mut Scan<'_>, index: usize) -> Option<usize> {
	match scan.at(index).mark {
		b'@' => at_sign(scan, index),
		b':' => scheme(scan, index).or_else(|| colons(scan, index)),
		b'.' => host(scan, index),
		_ => None,
	}
}

/// A word that an address may begin with.
pub(super) fn word(scan: &mut Scan<'_>, index: usize) -> Option<usize> {
	// jane dot doe at example dot com
	if scan.one_of(scan.at(index), words!["at"]) {
		let (host, dot, end) = (scan.at(index + 1), scan.at(index + 2), scan.at(index + 3));
		if host.is_word() && scan.one_of(dot, words!["dot"]) && scan.one_of(end, ENDINGS) {
			let mut from = index.checked_sub(1)?;
			while from >= 2 && scan.one_of(scan.at(from - 1), words!["dot", "underscore"]) {
				from -= 2;
			}
			scan.add(from, index + 4, Class::Email, "email-spoken");
			return Some(index + 4);
		}
	}
	None
}

fn in_local_part(token: &Token) -> bool {
	matches!(token.kind, Kind::Word | Kind::Mixed | Kind::Number)
		|| matches!(token.mark, b'.' | b'_' | b'-' | b'+' | b'%' | b'\'' | b'!' | b'&' | b'~')
}

fn at_sign(scan: &mut Scan<'_>, index: usize) -> Option<usize> {
	let mut from = index;
	while from > 0
		&& index - from < REACH
		&& scan.at(from).gap == Gap::None
		&& in_local_part(scan.at(from - 1))
	{
		from -= 1;
	}
	while from < index && matches!(scan.at(from).mark, b'\'' | b'-' | b'.') {
		from += 1;
	}
	let (mut to, mut dots) = (index + 1, 0);
	while to - index < REACH {
		let token = scan.at(to);
		if token.gap != Gap::None || token.kind == Kind::Edge {
			break;
		}
		match token.kind {
			Kind::Mark if token.is_mark(b'.') => dots += 1,
			Kind::Mark if !matches!(token.mark, b'-' | b'_') => break,
			_ => {},
		}
		to += 1;
	}
	while to > index + 1 && scan.before(to, 1).kind == Kind::Mark {
		dots -= usize::from(scan.before(to, 1).is_mark(b'.'));
		to -= 1;
	}
	if to == index + 1 {
		return None;
	}
	if from < index {
		let (class, rule) = if dots > 0 {
			(Class::Email, "email")
		} else {
			(Class::OtherId, "address-without-host")
		};
		scan.add(from, to, class, rule);
		return Some(to);
	}
	let name = scan.at(index + 1);
	if (scan.at(index).gap != Gap::None || matches!(scan.before(index, 1).mark, b'(' | b'"' | b':'))
		&& name.kind != Kind::Number
		&& scan.counts(index + 1, to).0 >= 3
	{
		scan.add(index, to, Class::OtherId, "user-handle");
		return Some(to);
	}
	None
}

/// Where an address in the web ends: at a blank, without marks of the sentence.
fn web_end(scan: &Scan<'_>, from: usize) -> usize {
	let mut to = from;
	while to - from < 4 * REACH {
		let token = scan.at(to);
		if token.kind == Kind::Edge
			|| (to > from && token.gap != Gap::None)
			|| matches!(token.mark, b'"' | b'<' | b'>' | b'`')
		{
			break;
		}
		to += 1;
	}
	while to > from
		&& matches!(
			scan.before(to, 1).mark,
			b'.' | b',' | b';' | b':' | b')' | b'!' | b'?' | b']' | b'\''
		) {
		to -= 1;
	}
	to
}

fn scheme(scan: &mut Scan<'_>, index: usize) -> Option<usize> {
	let slashes = [index + 1, index + 2]
		.into_iter()
		.all(|at| scan.at(at).is_mark(b'/') && scan.at(at).gap == Gap::None);
	let before = scan.before(index, 1);
	if !slashes
		|| scan.at(index).gap != Gap::None
		|| !matches!(before.kind, Kind::Word | Kind::Mixed)
	{
		return None;
	}
	let to = web_end(scan, index);
	scan.add(index - 1, to, Class::Url, "url");
	Some(to)
}

/// A name of a host, by its end.
fn host(scan: &mut Scan<'_>, index: usize) -> Option<usize> {
	let (dot, end) = (scan.at(index), scan.at(index + 1));
	let before = scan.before(index, 1);
	let joined = dot.gap == Gap::None
		&& end.gap == Gap::None
		&& matches!(before.kind, Kind::Word | Kind::Mixed | Kind::Number);
	if !joined || !end.is_word() {
		return None;
	}
	let www = scan.one_of(before, words!["www"]);
	if !www && !scan.one_of(end, ENDINGS) {
		return None;
	}
	// "the end.Info" is a missing blank.
	if !www && end.capital() && !before.capital() {
		return None;
	}
	let mut from = index;
	while from > 0
		&& index - from < REACH
		&& scan.at(from).gap == Gap::None
		&& (matches!(scan.at(from - 1).kind, Kind::Word | Kind::Mixed | Kind::Number)
			|| matches!(scan.at(from - 1).mark, b'.' | b'-'))
	{
		from -= 1;
	}
	let to = web_end(scan, index + 1).max(index + 2);
	scan.add(from, to, Class::Url, "host");
	Some(to)
}

/// Groups of hexadecimal digits with colons: an address of a device or of IP version 6.
fn colons(scan: &mut Scan<'_>, index: usize) -> Option<usize> {
	let hexadecimal = |token: &Token| {
		matches!(token.kind, Kind::Word | Kind::Mixed | Kind::Number)
			&& token.length <= 4
			&& scan.slice(token).bytes().all(|byte| byte.is_ascii_hexdigit())
	};
	let first = scan.before(index, 1);
	let headless = scan.at(index).gap != Gap::None;
	if !(headless || (hexadecimal(first) && scan.at(index).gap == Gap::None)) {
		return None;
	}
	let from = if headless { index } else { index - 1 };
	if from > 0 && !headless && scan.at(from).gap == Gap::None && scan.before(from, 1).is_mark(b':')
	{
		return None;
	}
	let (mut at, mut marks, mut groups, mut double, mut pairs) =
		(index, 0, usize::from(!headless), false, !headless && first.length == 2);
	while at - index < 20 {
		let token = scan.at(at);
		if at > index && token.gap != Gap::None {
			break;
		}
		if token.is_mark(b':') {
			marks += 1;
			double |= at > from && scan.before(at, 1).is_mark(b':');
		} else if hexadecimal(token) {
			groups += 1;
			pairs &= token.length == 2;
		} else {
			break;
		}
		at += 1;
	}
	while at > index && scan.before(at, 1).is_mark(b':') && !double {
		at -= 1;
		marks -= 1;
	}
	if pairs && groups == 6 && marks == 5 {
		scan.add(from, at, Class::Device, "mac-address");
		return Some(at);
	}
	if (double && groups >= 2 && marks >= 3) || (groups == 8 && marks == 7) {
		scan.add(from, at, Class::Ip, "ipv6");
		return Some(at);
	}
	None
}
