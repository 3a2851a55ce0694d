// SPDX-License-Identifier: Apache-2.0
//! What kinds of identifiers there are (45 CFR 164.514(b)(2)(i)).

use serde::{Deserialize, Serialize};

macro_rules! classes {
	($($(#[$meta:meta])* $variant:ident = $name:literal, $letter:literal;)+) => {
		/// A kind of identifier. The text form is stable.
		#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
		#[non_exhaustive]
		pub enum Class {
			$($(#[$meta])* #[serde(rename = $name)] $variant,)+
		}

		impl Class {
			/// Every class.
			pub const ALL: &'static [Self] = &[$(Self::$variant),+];

			/// The stable text form.
			pub const fn as_str(self) -> &'static str {
				match self { $(Self::$variant => $name),+ }
			}

			/// The letter of the identifier in 45 CFR 164.514(b)(2)(i).
			pub const fn letter(self) -> char {
				match self { $(Self::$variant => $letter),+ }
			}
		}
	};
}

classes! {
	/// The name of a person: patient, relative, employer or provider.
	Name = "NAME", 'A';
	/// A place smaller than a state: address, city, county, ZIP code, coordinates.
	Location = "LOCATION", 'B';
	/// A hospital, practice, school or employer: it places the person.
	Organization = "ORGANIZATION", 'B';
	/// An element of a date finer than a year, or a year that tells a birth.
	Date = "DATE", 'C';
	/// An age over 89.
	Age = "AGE", 'C';
	/// A telephone number.
	Phone = "PHONE", 'D';
	/// A fax number.
	Fax = "FAX", 'E';
	/// An e-mail address.
	Email = "EMAIL", 'F';
	/// A social security number, or the national number of a person elsewhere.
	Ssn = "SSN", 'G';
	/// A medical record number.
	RecordNumber = "MRN", 'H';
	/// A number of a health plan's beneficiary.
	PlanNumber = "PLAN", 'I';
	/// The number of an account or card.
	Account = "ACCOUNT", 'J';
	/// The number of a certificate or licence.
	License = "LICENSE", 'K';
	/// A vehicle's number or plate.
	Vehicle = "VEHICLE", 'L';
	/// The serial number of a device.
	Device = "DEVICE", 'M';
	/// A web address.
	Url = "URL", 'N';
	/// An address in a network.
	Ip = "IP", 'O';
	/// A reference to a finger print, voice or the like.
	Biometric = "BIOMETRIC", 'P';
	/// Any other number, code or user name that tells one person.
	OtherId = "ID", 'R';
}

impl Class {
	/// Which of two classes a place in a text gets when rules disagree and neither is longer.
	pub(crate) const fn rank(self) -> u8 {
		match self {
			Self::Email | Self::Url => 9,
			Self::Ssn | Self::RecordNumber | Self::PlanNumber | Self::Account => 8,
			Self::License | Self::Vehicle | Self::Device | Self::Biometric => 7,
			Self::Fax => 6,
			Self::Phone | Self::Ip => 5,
			Self::Date | Self::Age => 4,
			Self::Name => 3,
			Self::Location | Self::Organization => 2,
			Self::OtherId => 1,
		}
	}
}
