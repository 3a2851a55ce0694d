// SPDX-License-Identifier: Apache-2.0
//! What was done, in numbers: never a value.

use crate::{policy::Label, Class};
use serde::Serialize;
use std::collections::BTreeMap;

/// What happened to a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
	/// It is gone.
	Removed,
	/// Something stands in its place.
	Replaced,
	/// Less of it stands there.
	Generalized,
	/// The whole piece was not released, because it could not be decided.
	Withheld,
}

/// Why a piece was withheld. The text form is stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum Reason {
	/// It does not read as what it is said to be.
	Malformed,
	/// It is of a kind that is not looked into.
	KindUnsupported,
	/// It is larger or deeper than is looked into.
	LimitExceeded,
	/// Most of its letters are of a script that the rules do not know.
	ScriptUnsupported,
	/// A known identifier was still in it.
	KnownIdentifier,
}

/// A piece that was withheld, and where it stood in its file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Withheld {
	/// The number of the file in the data set, from 1.
	pub source: u64,
	/// The line or row, from 1; 1 for a file that is one document.
	pub piece: u64,
	/// The path within it, of names of the format alone.
	pub path: String,
	/// Why.
	pub reason: Reason,
}

/// How many rows of [`Withheld`] are kept; all are counted.
const MAX_LISTED: usize = 10_000;

/// What was done to a data set.
#[derive(Clone, Debug, Serialize)]
pub struct Manifest {
	/// The policy that did it.
	pub policy: Label,
	/// The version of the program.
	pub program: &'static str,
	/// The census that decided which parts of ZIP codes stay.
	pub census_year: u16,
	/// How often which rule took what out of free text.
	pub rules: BTreeMap<String, u64>,
	/// How often which element had what done to it; elements that are not known stand under `unknown`.
	pub elements: BTreeMap<String, BTreeMap<Action, u64>>,
	/// Pieces that were withheld, the first ten thousand of them.
	pub withheld: Vec<Withheld>,
	/// How many were.
	pub withheld_count: u64,
	/// How many of those are whole pieces: a file, line, row or resource.
	pub withheld_whole: u64,
	/// How many pieces were read.
	pub pieces: u64,
	/// Where the work stands.
	#[serde(skip)]
	at: (u64, u64),
}

impl Manifest {
	pub(crate) fn new(policy: Label) -> Self {
		Self {
			policy,
			program: concat!("salus-deid ", env!("CARGO_PKG_VERSION")),
			census_year: crate::CENSUS_YEAR,
			rules: BTreeMap::new(),
			elements: BTreeMap::new(),
			withheld: Vec::new(),
			withheld_count: 0,
			withheld_whole: 0,
			pieces: 0,
			at: (1, 0),
		}
	}

	pub(crate) fn rule(&mut self, class: Class, rule: &'static str) {
		*self.rules.entry(format!("{}/{rule}", class.as_str())).or_default() += 1;
	}

	pub(crate) fn element(&mut self, element: &str, action: Action) {
		match self.elements.get_mut(element) {
			Some(actions) => *actions.entry(action).or_default() += 1,
			None => {
				self.elements.insert(element.to_owned(), BTreeMap::from([(action, 1)]));
			},
		}
	}

	pub(crate) fn withhold(&mut self, path: &str, reason: Reason) {
		self.withheld_count += 1;
		self.withheld_whole += u64::from(path.is_empty());
		let (source, piece) = self.at;
		if self.withheld.len() < MAX_LISTED {
			self.withheld.push(Withheld { source, piece, path: path.to_owned(), reason });
		}
	}

	/// A file of the data set begins.
	pub(crate) fn source(&mut self, number: u64) {
		self.at = (number, 0);
	}

	/// A piece begins: the line or row where it stands.
	pub(crate) fn piece(&mut self, number: u64) {
		self.pieces += 1;
		self.at.1 = number;
	}

	/// The numbers of the file and of the piece in it.
	pub(crate) const fn at(&self) -> (u64, u64) {
		self.at
	}
}
