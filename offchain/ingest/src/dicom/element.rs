// SPDX-License-Identifier: Apache-2.0
//! A data set in memory (PS3.5, section 7), without its pictures.

use dicom_core::{Tag, VR};

/// One element of a data set.
pub(super) struct Element {
	pub(super) tag: Tag,
	pub(super) vr: VR,
	pub(super) value: Value,
}

/// What an element holds.
pub(super) enum Value {
	/// Text as UTF-8, without the padding; values are divided by backslashes.
	Text(String),
	/// Numbers and other bytes, in little endian.
	Bytes(Vec<u8>),
	/// The items of a sequence.
	Items(Vec<DataSet>),
	/// What stays in the file.
	Left(Left),
}

/// Pictures and other large values, which stay in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Left {
	/// Where the value begins; in a deflated data set, where it begins there.
	pub(super) offset: u64,
	/// Bytes of the value; those of all fragments where it has fragments.
	pub(super) bytes: u64,
	/// In how many fragments it is; the table of offsets is one of them.
	pub(super) fragments: Option<u64>,
}

/// Elements in the order of the file.
#[derive(Default)]
pub(super) struct DataSet(pub(super) Vec<Element>);

impl DataSet {
	/// The element with this tag.
	pub(super) fn get(&self, tag: Tag) -> Option<&Element> {
		self.0.iter().find(|element| element.tag == tag)
	}

	/// The text with this tag, when it is one text with something in it.
	pub(super) fn text(&self, tag: Tag) -> Option<&str> {
		match &self.get(tag)?.value {
			Value::Text(text) if !text.is_empty() => Some(text),
			_ => None,
		}
	}

	/// The items of the sequence with this tag.
	pub(super) fn items(&self, tag: Tag) -> &[Self] {
		match self.get(tag).map(|element| &element.value) {
			Some(Value::Items(items)) => items,
			_ => &[],
		}
	}

	/// The same text, which is then not kept raw.
	pub(super) fn take_text(&mut self, tag: Tag) -> Option<String> {
		self.take_when(tag, |value| match value {
			Value::Text(text) if !text.is_empty() && !text.contains('\\') => Some(text.clone()),
			_ => None,
		})
	}

	/// What `read` makes of a value, which is then not kept raw; else it stays. An element that is
	/// there twice stays too.
	pub(super) fn take_when<T>(
		&mut self,
		tag: Tag,
		read: impl FnOnce(&Value) -> Option<T>,
	) -> Option<T> {
		let mut places = self.0.iter().enumerate().filter(|(_, element)| element.tag == tag);
		let (place, element) = places.next()?;
		if places.next().is_some() {
			return None;
		}
		let found = read(&element.value)?;
		self.0.remove(place);
		Some(found)
	}

	/// Shows every data set in this one, itself first.
	pub(super) fn visit(&self, see: &mut dyn FnMut(&Self)) {
		see(self);
		for element in &self.0 {
			if let Value::Items(items) = &element.value {
				items.iter().for_each(|item| item.visit(see));
			}
		}
	}
}

/// A tag as eight hexadecimal digits, as PS3.18, annex F, writes it.
pub(super) fn name(tag: Tag) -> String {
	format!("{:04X}{:04X}", tag.0, tag.1)
}
