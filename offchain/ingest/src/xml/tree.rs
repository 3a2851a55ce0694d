// SPDX-License-Identifier: Apache-2.0
//! A part of a document, which knows what of it was taken: what is left is kept as it came.

use quick_xml::escape::{escape, partial_escape};
use salus_mdf::RawJson;
use std::{cell::Cell, fmt::Write};

/// An element with everything in it. Names are without their prefix.
#[derive(Default)]
pub(crate) struct Element {
	pub(crate) name: Box<str>,
	/// Its first byte in the text, and the one after its last.
	pub(crate) bytes: (u64, u64),
	attributes: Vec<Attribute>,
	nodes: Vec<Node>,
}

struct Attribute {
	name: Box<str>,
	value: Box<str>,
	taken: Cell<bool>,
}

enum Node {
	Element(Element),
	Text(String, Cell<bool>),
}

impl Element {
	pub(crate) fn new(name: &str, start: u64) -> Self {
		Self { name: name.into(), bytes: (start, start), ..Self::default() }
	}

	pub(crate) fn add_attribute(&mut self, name: &str, value: &str) {
		let (name, value) = (name.into(), value.into());
		self.attributes.push(Attribute { name, value, taken: Cell::new(false) });
	}

	pub(crate) fn add(&mut self, element: Self) {
		self.nodes.push(Node::Element(element));
	}

	pub(crate) fn add_text(&mut self, text: &str) {
		match self.nodes.last_mut() {
			Some(Node::Text(before, _)) => before.push_str(text),
			_ => self.nodes.push(Node::Text(text.to_owned(), Cell::new(false))),
		}
	}

	/// The value of an attribute, which stays where it is.
	pub(crate) fn peek(&self, name: &str) -> Option<&str> {
		self.attributes.iter().find(|one| &*one.name == name).map(|one| &*one.value)
	}

	/// Takes the value of an attribute.
	pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
		let found = self.attributes.iter().find(|one| &*one.name == name)?;
		found.taken.set(true);
		Some(&found.value)
	}

	/// Leaves an attribute that was taken where it was.
	pub(crate) fn give_back(&self, name: &str) {
		let found = self.attributes.iter().find(|one| &*one.name == name);
		found.into_iter().for_each(|one| one.taken.set(false));
	}

	/// Its attributes, which stay where they are.
	pub(crate) fn attributes(&self) -> impl Iterator<Item = (&str, &str)> {
		self.attributes.iter().map(|one| (&*one.name, &*one.value))
	}

	/// The text right in it, as it stands.
	pub(crate) fn own_text(&self) -> impl Iterator<Item = &str> {
		self.nodes.iter().filter_map(|node| match node {
			Node::Text(text, _) => Some(text.as_str()),
			Node::Element(_) => None,
		})
	}

	/// The element as a document of its own, in this namespace.
	pub(crate) fn markup(&self, namespace: &str) -> String {
		let mut out = format!("<{} xmlns=\"{}\"", self.name, escape(namespace));
		self.write_markup(&mut out);
		out
	}

	/// Everything behind the name.
	fn write_markup(&self, out: &mut String) {
		for Attribute { name, value, .. } in &self.attributes {
			// Writing into a string cannot fail.
			let _ = write!(out, " {name}=\"{}\"", escape(&**value));
		}
		if self.nodes.is_empty() {
			out.push_str("/>");
			return;
		}
		out.push('>');
		for node in &self.nodes {
			match node {
				Node::Text(text, _) => out.push_str(&partial_escape(text)),
				Node::Element(element) => {
					out.push('<');
					out.push_str(&element.name);
					element.write_markup(out);
				},
			}
		}
		let _ = write!(out, "</{}>", self.name);
	}

	/// The elements right in it.
	pub(crate) fn elements(&self) -> impl Iterator<Item = &Self> {
		self.nodes.iter().filter_map(|node| match node {
			Node::Element(element) => Some(element),
			Node::Text(..) => None,
		})
	}

	/// Those with this name.
	pub(crate) fn children<'e>(&'e self, name: &'e str) -> impl Iterator<Item = &'e Self> {
		self.elements().filter(move |element| &*element.name == name)
	}

	/// The first one with this name.
	pub(crate) fn child(&self, name: &str) -> Option<&Self> {
		self.elements().find(|element| &*element.name == name)
	}

	/// The first one at the end of this way down.
	pub(crate) fn at(&self, way: &[&str]) -> Option<&Self> {
		way.iter().try_fold(self, |element, name| element.child(name))
	}

	/// Takes the text right in it; none when there is only white space.
	pub(crate) fn text(&self) -> Option<String> {
		let mut text = String::new();
		for node in &self.nodes {
			if let Node::Text(part, taken) = node {
				taken.set(true);
				text.push_str(part);
			}
		}
		let text = text.trim();
		(!text.is_empty()).then(|| text.to_owned())
	}

	/// Takes all text in it, at every depth, in one line for each of its blocks; none when there is
	/// none. Attributes stay.
	pub(crate) fn all_text(&self) -> Option<String> {
		let mut text = String::new();
		self.write_text(&mut text);
		let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
		let lines: Vec<_> = lines.filter(|line| !line.is_empty()).collect();
		(!lines.is_empty()).then(|| lines.join("\n"))
	}

	fn write_text(&self, out: &mut String) {
		for node in &self.nodes {
			match node {
				Node::Text(text, taken) => {
					taken.set(true);
					// Line breaks of the file are white space; those of the document are elements.
					out.extend(text.chars().map(|one| if one.is_whitespace() { ' ' } else { one }));
				},
				Node::Element(element) => {
					element.write_text(out);
					out.push_str(match &*element.name {
						"paragraph" | "tr" | "item" | "br" | "caption" | "list" | "table"
						| "title" => "\n",
						"td" | "th" => " | ",
						_ => "",
					});
				},
			}
		}
	}

	/// The element with this `ID`, at any depth.
	pub(crate) fn with_id(&self, id: &str) -> Option<&Self> {
		if self.peek("ID") == Some(id) {
			return Some(self);
		}
		self.elements().find_map(|element| element.with_id(id))
	}

	/// Hears of it and of every element in it.
	pub(crate) fn visit<'e>(&'e self, hear: &mut impl FnMut(&'e Self)) {
		hear(self);
		self.elements().for_each(|element| element.visit(hear));
	}

	/// What of it was not taken, as JSON: attributes as members named with `@`, elements as lists of
	/// objects, text as `#text`.
	pub(crate) fn rest(&self) -> Option<RawJson> {
		self.rest_outside(&[])
	}

	/// The same without these elements in it.
	pub(crate) fn rest_outside(&self, inner: &[&Self]) -> Option<RawJson> {
		RawJson::new(self.rest_text(inner)?).ok()
	}

	fn rest_text(&self, inner: &[&Self]) -> Option<String> {
		if inner.iter().any(|element| std::ptr::eq(*element, self)) {
			return None;
		}
		let mut members: Vec<(String, Vec<String>)> = Vec::new();
		let mut add = |name: String, value: String| match members
			.iter_mut()
			.find(|(known, _)| *known == name)
		{
			Some((_, values)) => values.push(value),
			None => members.push((name, vec![value])),
		};
		for attribute in self.attributes.iter().filter(|attribute| !attribute.taken.get()) {
			add(format!("@{}", attribute.name), quoted(&attribute.value));
		}
		for node in &self.nodes {
			match node {
				Node::Text(text, taken) => {
					if !taken.get() && !text.trim().is_empty() {
						add("#text".into(), quoted(text.trim()));
					}
				},
				Node::Element(element) => {
					if let Some(rest) = element.rest_text(inner) {
						add(element.name.to_string(), rest);
					}
				},
			}
		}
		if members.is_empty() {
			return None;
		}
		let mut out = String::from("{");
		for (name, values) in &members {
			if out.len() > 1 {
				out.push(',');
			}
			let is_list = values.len() > 1 || !name.starts_with(['@', '#']);
			let values = values.join(",");
			// Writing into a string cannot fail.
			let _ = match is_list {
				true => write!(out, "{}:[{values}]", quoted(name)),
				false => write!(out, "{}:{values}", quoted(name)),
			};
		}
		out.push('}');
		Some(out)
	}
}

fn quoted(text: &str) -> String {
	RawJson::string(text).get().to_owned()
}
