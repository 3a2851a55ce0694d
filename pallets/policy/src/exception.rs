// SPDX-License-Identifier: Apache-2.0
//! What terms take out again of what they permit.

use crate::{Categories, Purposes, Reason, Request, Terms};
use bounded_collections::{BoundedBTreeSet, ConstU32};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::iter::successors;
use salus_primitives::{Category, DateWindow, PurposeOfUse};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// The most exceptions in one consent. More would make the terms too long to be read with each use.
pub const MAX_EXCEPTIONS: u32 = 4;

/// A set of exceptions.
pub type Exceptions = BoundedBTreeSet<Exception, ConstU32<MAX_EXCEPTIONS>>;

/// What is denied, whatever is permitted: these purposes, of these categories, of these dates.
///
/// What is left empty or open does not narrow it: it then stands for every purpose, every category
/// or every date. An exception has no exceptions.
#[derive(
	Clone,
	Debug,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct Exception {
	/// For which purposes, their descendants included. Empty is for every purpose.
	pub purposes: Purposes,
	/// Which categories; the original file holds every one. Empty is every category.
	pub categories: Categories,
	/// The data of which dates.
	pub data: DateWindow,
}

impl Exception {
	/// Denies purposes with their descendants. No purpose at all denies everything.
	pub fn of_purposes(purposes: Purposes) -> Self {
		Self { purposes, categories: Categories::new(), data: DateWindow::ALL }
	}

	/// Denies categories. No category at all denies everything.
	pub fn of_categories(categories: Categories) -> Self {
		Self { purposes: Purposes::new(), categories, data: DateWindow::ALL }
	}

	/// Denies dates.
	pub fn of_data(data: DateWindow) -> Self {
		Self { purposes: Purposes::new(), categories: Categories::new(), data }
	}

	/// Whether data of this category and these dates are taken out for this purpose.
	pub fn touches(&self, purpose: PurposeOfUse, category: Category, data: &DateWindow) -> bool {
		self.is_over(purpose) && self.is_about(category) && self.is_of(data)
	}

	/// One reason for each of its purposes and each category requested that the exception and the
	/// request have in common; none when it does not touch the request.
	pub(crate) fn reasons<'a>(&'a self, request: &'a Request) -> impl Iterator<Item = Reason> + 'a {
		let touched = self.is_of(&request.data);
		let purposes = self.purposes_over(request.purpose).filter(move |_| touched);
		purposes.flat_map(move |purpose| {
			self.categories_in(&request.categories).map(move |category| Reason::Excepted {
				purpose,
				category,
				data: self.data,
			})
		})
	}

	/// Whether nothing is left of `terms`. A permit that lies within one of the purposes lies
	/// within it with its descendants.
	pub(crate) fn takes_everything(&self, terms: &Terms) -> bool {
		self.data.covers(&terms.data)
			&& terms.categories.iter().all(|category| self.is_about(*category))
			&& terms.permitted.iter().all(|purpose| self.is_over(*purpose))
	}

	/// The purposes that cover this one; `None` when every purpose does.
	fn purposes_over(
		&self,
		purpose: PurposeOfUse,
	) -> impl Iterator<Item = Option<PurposeOfUse>> + '_ {
		let every = self.purposes.is_empty().then_some(None);
		let upwards = successors(Some(purpose), |purpose| purpose.parent());
		every.into_iter().chain(upwards.filter(move |over| self.purposes.contains(over)).map(Some))
	}

	/// Those of `requested` that it is about; `None` when it is about every category.
	fn categories_in<'a>(
		&'a self,
		requested: &'a Categories,
	) -> impl Iterator<Item = Option<Category>> + 'a {
		let every = self.categories.is_empty();
		let named = requested.iter().filter(move |category| !every && self.is_about(**category));
		every.then_some(None).into_iter().chain(named.map(|category| Some(*category)))
	}

	fn is_over(&self, purpose: PurposeOfUse) -> bool {
		self.purposes_over(purpose).next().is_some()
	}

	fn is_about(&self, category: Category) -> bool {
		self.categories.is_empty()
			|| self.categories.iter().any(|excepted| category.holds(*excepted))
	}

	fn is_of(&self, data: &DateWindow) -> bool {
		self.data.is_all() || self.data.overlaps(data)
	}
}
