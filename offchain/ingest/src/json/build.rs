// SPDX-License-Identifier: Apache-2.0
//! JSON that is put together: numbers and raw parts as they were written.

use std::borrow::Cow;

/// A JSON value to be written.
pub(crate) enum Node<'a> {
	/// JSON text as it is: a number, or what a source said.
	Raw(&'a str),
	Text(Cow<'a, str>),
	Boolean(bool),
	List(Vec<Self>),
	Object(Object<'a>),
}

impl<'a> Node<'a> {
	pub(crate) fn text(text: impl Into<Cow<'a, str>>) -> Self {
		Self::Text(text.into())
	}

	pub(crate) fn write(&self, out: &mut String) {
		match self {
			Self::Raw(text) => out.push_str(text),
			Self::Text(text) => write_text(text, out),
			Self::Boolean(true) => out.push_str("true"),
			Self::Boolean(false) => out.push_str("false"),
			Self::List(values) => {
				out.push('[');
				for (index, value) in values.iter().enumerate() {
					if index > 0 {
						out.push(',');
					}
					value.write(out);
				}
				out.push(']');
			},
			Self::Object(object) => object.write(out),
		}
	}
}

/// The members of an object, in order. What is absent is not put in.
#[derive(Default)]
pub(crate) struct Object<'a> {
	pub(crate) members: Vec<(Cow<'a, str>, Node<'a>)>,
}

impl<'a> Object<'a> {
	pub(crate) fn is_empty(&self) -> bool {
		self.members.is_empty()
	}

	pub(crate) fn has(&self, key: &str) -> bool {
		self.members.iter().any(|(name, _)| name == key)
	}

	/// Adds a member.
	pub(crate) fn put(&mut self, key: impl Into<Cow<'a, str>>, value: Node<'a>) {
		self.members.push((key.into(), value));
	}

	/// Adds a member when there is a value.
	pub(crate) fn some(&mut self, key: &'static str, value: Option<Node<'a>>) {
		if let Some(value) = value {
			self.put(key, value);
		}
	}

	/// Adds a text when there is one.
	pub(crate) fn text(&mut self, key: &'static str, text: Option<&'a str>) {
		self.some(key, text.map(Node::text));
	}

	/// Adds a list when it is not empty.
	pub(crate) fn list(&mut self, key: &'static str, values: Vec<Node<'a>>) {
		if !values.is_empty() {
			self.put(key, Node::List(values));
		}
	}

	/// The object, when there is something in it.
	pub(crate) fn node(self) -> Option<Node<'a>> {
		(!self.is_empty()).then_some(Node::Object(self))
	}

	pub(crate) fn write(&self, out: &mut String) {
		out.push('{');
		for (index, (name, value)) in self.members.iter().enumerate() {
			if index > 0 {
				out.push(',');
			}
			write_text(name, out);
			out.push(':');
			value.write(out);
		}
		out.push('}');
	}
}

/// Writes a text between quotes.
pub(crate) fn write_text(text: &str, out: &mut String) {
	// Infallible: a text becomes JSON in memory.
	out.push_str(&serde_json::to_string(text).unwrap_or_default());
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn absent_members_are_left_out_and_raw_parts_stay() {
		let mut object = Object::default();
		object.text("a", Some("x\n\"é\""));
		object.text("b", None);
		object.list("c", Vec::new());
		object.list("d", vec![Node::Raw("1.00"), Node::Boolean(true)]);
		object.some("e", Object::default().node());
		let mut out = String::new();
		object.write(&mut out);
		assert_eq!(out, r#"{"a":"x\n\"é\"","d":[1.00,true]}"#);
	}
}
