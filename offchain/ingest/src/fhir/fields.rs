// SPDX-License-Identifier: Apache-2.0
//! Reading an object member by member, so that whatever nobody asked for is known at the end.

use crate::{
	json::tree::{Json, Text},
	Code,
};
use salus_mdf::RawJson;

/// What was noticed while an element was read.
#[derive(Default)]
pub(super) struct Care {
	/// Something of the element has no place in the model: its raw form is kept too.
	pub(super) partial: bool,
	/// Something of the element is wrong.
	pub(super) fault: Option<Code>,
}

impl Care {
	/// Notes a fault; reads as nothing.
	pub(super) fn fault<T>(&mut self, code: Code) -> Option<T> {
		self.partial = true;
		self.fault = Some(code);
		None
	}

	/// Notes something wrong with an element that is mapped all the same. A fault weighs more.
	pub(super) fn doubt(&mut self, code: Code) {
		self.fault = self.fault.or(Some(code));
	}
}

/// How an element is read.
pub(super) type Reader<T> = fn(&Json<'_>, &mut Care) -> Option<T>;

/// The members of an object, and which of them were read.
#[derive(Clone)]
pub(super) struct Fields<'j, 'a> {
	members: &'j [(Text<'a>, Json<'a>)],
	taken: u128,
}

impl<'j, 'a> Fields<'j, 'a> {
	pub(super) fn new(members: &'j [(Text<'a>, Json<'a>)]) -> Self {
		Self { members, taken: 0 }
	}

	/// The members of an element that must be an object.
	pub(super) fn of(json: &'j Json<'a>, care: &mut Care) -> Option<Self> {
		match json {
			Json::Object(members) => {
				// An empty object says nothing the model could hold.
				care.partial |= members.is_empty();
				Some(Self::new(members))
			},
			_ => care.fault(Code::ElementType),
		}
	}

	fn find(&self, key: &str) -> Option<usize> {
		self.members.iter().position(|(name, _)| name.is(key))
	}

	/// The place of the first member named `prefix` and a type, and the type.
	pub(super) fn find_choice(&self, prefix: &str) -> Option<(usize, String)> {
		self.members.iter().enumerate().find_map(|(index, (name, _))| {
			let name = name.get();
			let kind = name.strip_prefix(prefix)?;
			kind.starts_with(|c: char| c.is_ascii_uppercase()).then(|| (index, kind.to_owned()))
		})
	}

	/// Forgets what was read since `before`.
	pub(super) fn restore(&mut self, before: &Fields<'_, '_>) {
		self.taken = before.taken;
	}

	pub(super) fn value(&self, index: usize) -> &'j Json<'a> {
		&self.members[index].1
	}

	pub(super) fn take(&mut self, index: usize) {
		// Members beyond the 128th are kept raw, which loses nothing.
		self.taken |= 1_u128.checked_shl(index as u32).unwrap_or(0);
	}

	/// Reads one member.
	pub(super) fn one<T>(&mut self, key: &str, care: &mut Care, read: Reader<T>) -> Option<T> {
		let index = self.find(key)?;
		let value = read(self.value(index), care);
		if value.is_some() {
			self.take(index);
		}
		value
	}

	/// Reads a list.
	pub(super) fn many<T>(&mut self, key: &str, care: &mut Care, read: Reader<T>) -> Vec<T> {
		let Some(index) = self.find(key) else { return Vec::new() };
		let Json::Array(values) = self.value(index) else {
			care.fault::<()>(Code::ElementType);
			return Vec::new();
		};
		let mut found = Vec::with_capacity(values.len());
		found.extend(values.iter().filter_map(|value| read(value, care)));
		// An empty list has no place in the model.
		if found.len() == values.len() && !values.is_empty() {
			self.take(index);
		}
		found
	}

	/// Reads the member named `prefix` and a type.
	pub(super) fn choice<T>(
		&mut self,
		prefix: &str,
		care: &mut Care,
		read: fn(&str, &Json<'_>, &mut Care) -> Option<T>,
	) -> Option<T> {
		let (index, kind) = self.find_choice(prefix)?;
		let value = read(&kind, self.value(index), care);
		if value.is_some() {
			self.take(index);
		}
		value
	}

	/// Ends reading an element: members nobody asked for make it partial.
	pub(super) fn done(self, care: &mut Care) {
		care.partial |= self.rest().next().is_some();
	}

	/// The members nobody asked for.
	pub(super) fn rest(&self) -> impl Iterator<Item = &'j (Text<'a>, Json<'a>)> + '_ {
		self.members.iter().enumerate().filter_map(|(index, member)| {
			let taken = 1_u128.checked_shl(index as u32).is_some_and(|bit| self.taken & bit != 0);
			(!taken).then_some(member)
		})
	}
}

/// The raw form of an element.
pub(super) fn raw(json: &Json<'_>) -> Option<RawJson> {
	let mut text = String::new();
	json.write(&mut text);
	RawJson::new(text).ok()
}
