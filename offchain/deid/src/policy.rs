// SPDX-License-Identifier: Apache-2.0
//! What is done to data, as versioned data itself, and what the result may be called.

use crate::Error;
use serde::{Deserialize, Serialize};

/// Which rules a policy follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Profile {
	/// 45 CFR 164.514(b)(2): the eighteen identifiers go.
	SafeHarbor,
	/// 45 CFR 164.514(e): dates, towns and ZIP codes stay; needs a data use agreement.
	LimitedDataSet,
	/// 45 CFR 164.514(b)(1): an expert decides; dates are shifted per patient.
	Expert,
}

/// What becomes of dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dates {
	/// The year stays, in free text only where it stands alone.
	Year,
	/// Nothing stays: for data sets whose events are days since the first one.
	Remove,
	/// Each patient's dates move by her own number of days.
	Shift,
	/// They stay.
	Keep,
}

/// What becomes of numbers that name a person, a record or a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Identifiers {
	/// Random ones take their place, the same for the same within a data set.
	Random,
	/// They go.
	Remove,
}

/// What stays of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Geography {
	/// Country, state, and three digits of the ZIP code where enough people live.
	Zip3,
	/// Country, state, town and ZIP code.
	Town,
}

/// What becomes of free text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FreeText {
	/// Identifiers are found and replaced.
	Scrub,
	/// No free text is released.
	Drop,
}

/// What takes the place of an identifier in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Style {
	/// Its class and a number within the text: `[NAME-1]`.
	Tag,
	/// A made-up value, the same for the same within a data set.
	Surrogate,
	/// As many asterisks as it has letters and digits, at most eight.
	Mask,
}

/// A policy. A field that is not known is an error, and so is one that lacks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Policy {
	/// What it is called.
	pub id: String,
	/// Its version.
	pub version: u32,
	/// Which rules it follows.
	pub profile: Profile,
	/// Dates.
	pub dates: Dates,
	/// Ages over 89 become `90+`.
	pub cap_ages: bool,
	/// Numbers of persons and resources.
	pub identifiers: Identifiers,
	/// Addresses.
	pub geography: Geography,
	/// Free text.
	pub free_text: FreeText,
	/// What takes an identifier's place in a text.
	pub style: Style,
}

impl Policy {
	/// Safe Harbor.
	///
	/// # Errors
	/// Never for the data that the crate carries.
	pub fn safe_harbor() -> Result<Self, Error> {
		Self::from_json(include_str!("../policies/safe-harbor.json"))
	}

	/// Limited data set.
	///
	/// # Errors
	/// Never for the data that the crate carries.
	pub fn limited_data_set() -> Result<Self, Error> {
		Self::from_json(include_str!("../policies/limited-data-set.json"))
	}

	/// Expert determination.
	///
	/// # Errors
	/// Never for the data that the crate carries.
	pub fn expert() -> Result<Self, Error> {
		Self::from_json(include_str!("../policies/expert.json"))
	}

	/// One of those the crate carries, by its id.
	///
	/// # Errors
	/// If there is none of that id.
	pub fn named(id: &str) -> Result<Self, Error> {
		match id {
			"safe-harbor" => Self::safe_harbor(),
			"limited-data-set" => Self::limited_data_set(),
			"expert" => Self::expert(),
			_ => Err(Error::PolicyInvalid {
				reason: "no policy of that id comes with the program; give its file".into(),
			}),
		}
	}

	/// Reads a policy. One that names itself Safe Harbor and is not is refused here.
	///
	/// # Errors
	/// If it does not read, or cannot be called what it says.
	pub fn from_json(json: &str) -> Result<Self, Error> {
		let policy: Self = serde_json::from_str(json)
			.map_err(|error| Error::PolicyInvalid { reason: error.to_string() })?;
		if policy.profile == Profile::SafeHarbor {
			policy.check_safe_harbor()?;
		}
		Ok(policy)
	}

	fn check_safe_harbor(&self) -> Result<(), Error> {
		let reason = if !matches!(self.dates, Dates::Year | Dates::Remove) {
			"it keeps or shifts dates"
		} else if !self.cap_ages {
			"it keeps ages over 89"
		} else if self.geography != Geography::Zip3 {
			"it keeps places smaller than a state"
		} else {
			return Ok(());
		};
		Err(Error::LabelRefused { id: self.id.clone(), reason })
	}

	/// What the result may be called.
	///
	/// # Errors
	/// If the policy calls itself Safe Harbor and does what that forbids.
	pub fn label(&self) -> Result<Label, Error> {
		if self.profile == Profile::SafeHarbor {
			self.check_safe_harbor()?;
		}
		Ok(Label { id: self.id.clone(), version: self.version, profile: self.profile })
	}
}

/// What a result is called: which policy made it. Only a policy that keeps its word makes one; it is
/// never a statement that a law is complied with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Label {
	id: String,
	version: u32,
	profile: Profile,
}

impl Label {
	/// Whether the policy removed the eighteen identifiers of Safe Harbor.
	pub fn is_safe_harbor(&self) -> bool {
		self.profile == Profile::SafeHarbor
	}
}

impl std::fmt::Display for Label {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		write!(f, "transformed by policy {} version {}", self.id, self.version)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn the_policies_of_the_crate_read() {
		for id in ["safe-harbor", "limited-data-set", "expert"] {
			let policy = Policy::named(id).expect(id);
			assert_eq!(policy.id, id);
			assert_eq!(policy.label().expect("true").is_safe_harbor(), id == "safe-harbor");
		}
		let label = Policy::safe_harbor().expect("reads").label().expect("true").to_string();
		assert_eq!(label, "transformed by policy safe-harbor version 1");
	}

	#[test]
	fn a_policy_cannot_call_itself_what_it_is_not() {
		let honest = Policy::safe_harbor().expect("reads");
		let false_ones = [
			Policy { dates: Dates::Shift, ..honest.clone() },
			Policy { dates: Dates::Keep, ..honest.clone() },
			Policy { cap_ages: false, ..honest.clone() },
			Policy { geography: Geography::Town, ..honest },
		];
		for policy in false_ones {
			assert_eq!(policy.label().expect_err("false").code(), "LABEL_REFUSED");
			let json = serde_json::to_string(&policy).expect("writes");
			assert_eq!(Policy::from_json(&json).expect_err("false").code(), "LABEL_REFUSED");
		}
	}

	#[test]
	fn unknown_and_missing_fields_are_refused() {
		let json = include_str!("../policies/safe-harbor.json");
		for broken in [
			json.replace("\"dates\"", "\"days\""),
			json.replace("\"version\": 1,", ""),
			"{}".into(),
		] {
			assert_eq!(Policy::from_json(&broken).expect_err("broken").code(), "POLICY_INVALID");
		}
		assert_eq!(Policy::named("other").expect_err("unknown").code(), "POLICY_INVALID");
	}
}
