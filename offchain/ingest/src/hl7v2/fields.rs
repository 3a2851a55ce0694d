// SPDX-License-Identifier: Apache-2.0
//! Reading a segment field by field, so that whatever nobody asked for is known at the end.

use super::message::{Part, Parts, Segment};
use crate::Code;
use salus_mdf::RawJson;

/// What was noticed while a field was read.
#[derive(Default)]
pub(super) struct Care {
	/// Something of the field has no place in the model: its raw form is kept too.
	pub(super) partial: bool,
	/// What is wrong, and with which component (0: all of it).
	pub(super) fault: Option<(Code, usize)>,
}

impl Care {
	/// Notes a fault; reads as nothing.
	pub(super) fn fault<T>(&mut self, code: Code, component: usize) -> Option<T> {
		self.partial = true;
		self.note(code, component);
		None
	}

	/// Notes something wrong with a value that is kept all the same.
	pub(super) fn note(&mut self, code: Code, component: usize) {
		self.fault = self.fault.or(Some((code, component)));
	}
}

/// How a repetition is read.
pub(super) type Reader<T> = fn(Part<'_>, &mut Care) -> Option<T>;

/// Something wrong, and where in the segment.
pub(super) struct Fault {
	pub(super) code: Code,
	pub(super) field: usize,
	pub(super) repetition: usize,
	pub(super) component: usize,
}

/// The fields of a segment, and which of them were read.
pub(super) struct Fields<'m> {
	pub(super) segment: Segment<'m>,
	taken: u128,
	pub(super) faults: Vec<Fault>,
}

impl<'m> Fields<'m> {
	pub(super) fn new(segment: Segment<'m>) -> Self {
		// The delimiters are what the segment is cut by: they say nothing else.
		let taken = if segment.is_header() { 0b110 } else { 0 };
		Self { segment, taken, faults: Vec::new() }
	}

	/// Looks at a field without taking it.
	pub(super) fn peek(&self, number: usize) -> Part<'m> {
		self.segment.field(number)
	}

	/// The text of the first component of a field, as written, without taking it.
	pub(super) fn code(&self, number: usize) -> &'m str {
		let field = self.peek(number);
		let first = field.repetitions().next().unwrap_or(field);
		first.component(1).raw().trim()
	}

	/// Marks a field as read.
	pub(super) fn take(&mut self, number: usize) {
		// Fields beyond the 127th are kept raw, which loses nothing.
		self.taken |= 1_u128.checked_shl(number as u32).unwrap_or(0);
	}

	/// Keeps the raw form of a field although it was read: the model has less than it says.
	pub(super) fn keep(&mut self, number: usize) {
		self.taken &= !1_u128.checked_shl(number as u32).unwrap_or(0);
	}

	fn is_taken(&self, number: usize) -> bool {
		1_u128.checked_shl(number as u32).is_some_and(|bit| self.taken & bit != 0)
	}

	/// Reads a field that has one repetition.
	pub(super) fn one<T>(&mut self, number: usize, read: Reader<T>) -> Option<T> {
		let field = self.peek(number);
		if field.is_empty() || field.is_deletion() {
			return None;
		}
		let mut repetitions = field.repetitions();
		let mut care = Care::default();
		let value = repetitions.next().and_then(|first| read(first, &mut care));
		care.partial |= value.is_none() || repetitions.any(|other| !other.is_empty());
		self.settle(number, 1, &care);
		if !care.partial {
			self.take(number);
		}
		value
	}

	/// Reads every repetition of a field.
	pub(super) fn many<T>(&mut self, number: usize, read: Reader<T>) -> Vec<T> {
		let field = self.peek(number);
		if field.is_empty() || field.is_deletion() {
			return Vec::new();
		}
		// Most fields have one repetition, and values are large.
		let mut values = Vec::with_capacity(1);
		let mut partial = false;
		for (index, repetition) in field.repetitions().enumerate() {
			if repetition.is_empty() {
				continue;
			}
			let mut care = Care::default();
			let value = read(repetition, &mut care);
			partial |= care.partial || value.is_none();
			self.settle(number, index + 1, &care);
			values.extend(value);
		}
		if !partial {
			self.take(number);
		}
		values
	}

	/// Reads a code by a table of what it means elsewhere. Where several codes mean the same, the
	/// code itself is kept raw as well.
	pub(super) fn translated(
		&mut self,
		number: usize,
		table: &[(&str, &'static str)],
	) -> Option<&'static str> {
		let code = self.code(number);
		let (_, meaning) = table.iter().find(|(known, _)| *known == code)?;
		let alone = table.iter().filter(|(_, other)| other == meaning).count() == 1;
		if alone && self.peek(number).raw() == code {
			self.take(number);
		}
		Some(meaning)
	}

	fn settle(&mut self, field: usize, repetition: usize, care: &Care) {
		if let Some((code, component)) = care.fault {
			self.faults.push(Fault { code, field, repetition, component });
		}
	}

	/// The raw forms of the fields nobody asked for, with their numbers.
	pub(super) fn rest(&mut self) -> Vec<(usize, RawJson)> {
		let mut rest = Vec::new();
		for number in 1..=self.segment.len() {
			let field = self.segment.field(number);
			if field.is_empty() || self.is_taken(number) {
				continue;
			}
			let mut care = Care::default();
			rest.extend(raw(field, &mut care).map(|raw| (number, raw)));
			let told = self.faults.iter().any(|fault| fault.field == number);
			if !told {
				self.settle(number, 0, &care);
			}
		}
		rest
	}
}

/// The components of a repetition, and which of them were read.
pub(super) struct Components<'a> {
	whole: Part<'a>,
	texts: [&'a str; 32],
	/// How many of the texts are written.
	written: usize,
	taken: u32,
	/// There are more than are read.
	more: bool,
}

impl<'a> Components<'a> {
	pub(super) fn of(whole: Part<'a>) -> Self {
		Self::cut(whole, whole.components())
	}

	/// The subcomponents of a component in place of components.
	pub(super) fn of_subcomponents(whole: Part<'a>) -> Self {
		Self::cut(whole, whole.subcomponents())
	}

	fn cut(whole: Part<'a>, parts: Parts<'a>) -> Self {
		let mut components = Self { whole, texts: [""; 32], written: 1, taken: 0, more: false };
		for part in parts {
			match components.texts.get_mut(components.written) {
				Some(text) => {
					*text = part.raw();
					components.written += 1;
				},
				None => components.more |= !part.is_empty(),
			}
		}
		components
	}

	/// Looks at a component.
	pub(super) fn peek(&self, number: usize) -> Part<'a> {
		self.whole.with(self.texts.get(number).copied().unwrap_or_default())
	}

	/// Marks a component as read and gives it.
	pub(super) fn take(&mut self, number: usize) -> Part<'a> {
		self.taken |= 1_u32.checked_shl(number as u32).unwrap_or(0);
		self.peek(number)
	}

	/// Reads the text of a component.
	pub(super) fn text(&mut self, number: usize, care: &mut Care) -> Option<String> {
		let part = self.take(number);
		if part.is_empty() {
			return None;
		}
		leaf(part, number, care)
	}

	/// Ends reading: components nobody asked for make the field partial.
	pub(super) fn done(self, care: &mut Care) {
		let left = |(number, text): (usize, &&str)| {
			!text.is_empty() && self.taken & 1_u32.checked_shl(number as u32).unwrap_or(0) == 0
		};
		let mut written = self.texts.iter().enumerate().take(self.written);
		care.partial |= self.more || written.any(left);
	}
}

/// The text of a part that has no parts of its own; if it has, the first counts.
pub(super) fn leaf(part: Part<'_>, component: usize, care: &mut Care) -> Option<String> {
	if part.is_deletion() {
		care.partial = true;
		return None;
	}
	let mut subcomponents = part.subcomponents();
	let first = subcomponents.next().unwrap_or(part);
	care.partial |= subcomponents.any(|other| !other.is_empty());
	let text = plain(first, component, care);
	if text.trim().is_empty() {
		care.partial = true;
		return None;
	}
	Some(text)
}

/// What a text means, whatever delimiters are in it.
pub(super) fn plain(part: Part<'_>, component: usize, care: &mut Care) -> String {
	let read = part.read();
	if read.unknown {
		care.note(Code::UnknownEscape, component);
	} else if read.formatted {
		care.note(Code::FormattingDropped, component);
	}
	read.text.into_owned()
}

/// The raw form of a field: its text, or a list of repetitions; of these, each its text or a list
/// of components; of these, each its text or a list of subcomponents.
pub(super) fn raw(field: Part<'_>, care: &mut Care) -> Option<RawJson> {
	let mut repetitions = field.repetitions();
	let first = repetitions.next()?;
	if repetitions.next().is_none() && is_leaf(first) {
		return Some(RawJson::string(&plain(field, 0, care)));
	}
	let mut text = String::with_capacity(field.raw().len() * 2);
	list(field.repetitions(), &mut text, |repetition, text| {
		if is_leaf(repetition) {
			return string(&plain(repetition, 0, care), text);
		}
		list(repetition.components(), text, |component, text| {
			if component.subcomponents().nth(1).is_none() {
				return string(&plain(component, 0, care), text);
			}
			list(component.subcomponents(), text, |part, text| {
				string(&plain(part, 0, care), text);
			});
		});
	});
	RawJson::new(text).ok()
}

fn is_leaf(repetition: Part<'_>) -> bool {
	let mut components = repetition.components();
	let only = components.next();
	components.next().is_none() && only.is_some_and(|only| only.subcomponents().nth(1).is_none())
}

fn list<'a>(
	parts: impl Iterator<Item = Part<'a>>,
	text: &mut String,
	mut write: impl FnMut(Part<'a>, &mut String),
) {
	text.push('[');
	for (index, part) in parts.enumerate() {
		if index > 0 {
			text.push(',');
		}
		write(part, text);
	}
	text.push(']');
}

fn string(content: &str, text: &mut String) {
	text.push_str(RawJson::string(content).get());
}
