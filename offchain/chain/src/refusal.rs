// SPDX-License-Identifier: Apache-2.0
//! Why the runtime refused a call.

use crate::Error;
use std::fmt;
use subxt::{
	error::{DispatchError, DispatchErrorDecodeError, ModuleError},
	ArcMetadata,
};

/// What begins the encoding of a result that is an error.
const RESULT_ERR: u8 = 1;

/// A pallet's refusal of a call.
#[derive(Clone, PartialEq, Eq)]
pub struct PalletError {
	pallet: String,
	error: String,
	code: String,
	explanation: String,
}

impl PalletError {
	fn new(pallet: &str, error: &str, docs: &[String]) -> Self {
		let code = format!("{}_{}", screaming_snake(pallet), screaming_snake(error));
		let explanation = docs.join(" ").trim().to_owned();
		Self { pallet: pallet.to_owned(), error: error.to_owned(), code, explanation }
	}

	/// The name of the pallet in the runtime.
	pub fn pallet(&self) -> &str {
		&self.pallet
	}

	/// The name of the error in the pallet.
	pub fn error(&self) -> &str {
		&self.error
	}

	/// The stable code: the pallet and the error, as in `CONSENT_ALREADY_REVOKED`.
	pub fn code(&self) -> &str {
		&self.code
	}

	/// What the pallet says of the error, for people.
	pub fn explanation(&self) -> &str {
		&self.explanation
	}
}

impl fmt::Display for PalletError {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "{}: {}", self.code, self.explanation)
	}
}

impl fmt::Debug for PalletError {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "PalletError({self})")
	}
}

impl std::error::Error for PalletError {}

/// The encoded error with which the fields of an event begin, if the event tells that a call failed.
/// What the sudo key had called fails in a transaction that succeeds.
pub(crate) fn failure<'a>(pallet: &str, event: &str, fields: &'a [u8]) -> Option<&'a [u8]> {
	match (pallet, event) {
		("System", "ExtrinsicFailed") => Some(fields),
		("Sudo", "Sudid") => fields.strip_prefix(&[RESULT_ERR]),
		_ => None,
	}
}

/// The error that [`failure`] found.
pub(crate) fn dispatch_error(fields: &[u8], metadata: ArcMetadata) -> Error {
	match DispatchError::decode_from(fields, metadata) {
		Ok(DispatchError::Module(error)) => module_error(&error),
		Ok(error) => Error::Dispatch { reason: error.to_string() },
		Err(error @ DispatchErrorDecodeError::DispatchErrorTypeIdNotFound) => {
			Error::RuntimeIncompatible { item: error.to_string() }
		},
		Err(error) => Error::InvalidData { cause: error.into() },
	}
}

fn module_error(error: &ModuleError) -> Error {
	match error.details() {
		Ok(details) => {
			let (pallet, variant) = (details.pallet.name(), details.variant);
			Error::Pallet(PalletError::new(pallet, &variant.name, &variant.docs))
		},
		Err(error) => Error::RuntimeIncompatible { item: error.to_string() },
	}
}

/// `AlreadyRevoked` as `ALREADY_REVOKED`, `InvalidCIDVersion` as `INVALID_CID_VERSION`.
fn screaming_snake(name: &str) -> String {
	let mut text = String::with_capacity(name.len() + 4);
	let mut previous: Option<char> = None;
	let mut rest = name.chars().peekable();
	while let Some(letter) = rest.next() {
		let begins_word = letter.is_uppercase()
			&& previous.is_some_and(|before| {
				!before.is_uppercase() || rest.peek().is_some_and(|after| after.is_lowercase())
			});
		if begins_word {
			text.push('_');
		}
		text.extend(letter.to_uppercase());
		previous = Some(letter);
	}
	text
}

#[cfg(test)]
mod tests {
	use super::*;
	use codec::Decode;
	use std::sync::Arc;
	use subxt::Metadata;

	const METADATA: &[u8] = include_bytes!("../metadata.scale");

	#[test]
	fn names_become_codes() {
		for (name, code) in [
			("Consent", "CONSENT"),
			("AlreadyRevoked", "ALREADY_REVOKED"),
			("ParachainSystem", "PARACHAIN_SYSTEM"),
			("InvalidCIDVersion", "INVALID_CID_VERSION"),
			("NotFound2", "NOT_FOUND2"),
			("", ""),
		] {
			assert_eq!(screaming_snake(name), code);
		}
	}

	/// The fields of an `ExtrinsicFailed` event with the error `name` of `pallet`.
	fn failed(metadata: &Metadata, pallet: &str, name: &str) -> Vec<u8> {
		let pallet = metadata.pallet_by_name(pallet).unwrap();
		let index = (0..=u8::MAX)
			.find(|index| pallet.error_variant_by_index(*index).is_some_and(|v| v.name == name))
			.unwrap();
		// Module(index, error), then the dispatch info: weight, class, whether a fee was paid.
		vec![3, pallet.error_index(), index, 0, 0, 0, 4, 4, 0, 0]
	}

	#[test]
	fn every_pallet_error_has_a_code_and_an_explanation() {
		let metadata = Arc::new(Metadata::decode(&mut &METADATA[..]).unwrap());
		for pallet in ["Registry", "Records", "Consent", "Access", "Custody"] {
			let errors = metadata.pallet_by_name(pallet).unwrap().error_variants().unwrap();
			assert!(!errors.is_empty());
			for variant in errors {
				let bytes = failed(&metadata, pallet, &variant.name);
				let Error::Pallet(error) = dispatch_error(&bytes, Arc::clone(&metadata)) else {
					panic!("{pallet}::{} is a pallet's error", variant.name);
				};
				assert_eq!((error.pallet(), error.error()), (pallet, variant.name.as_str()));
				assert!(!error.explanation().is_empty());
				assert!(error.code().starts_with(&pallet.to_uppercase()));
			}
		}
	}

	#[test]
	fn a_revoked_consent_has_its_stable_code() {
		let metadata = Arc::new(Metadata::decode(&mut &METADATA[..]).unwrap());
		let bytes = failed(&metadata, "Consent", "AlreadyRevoked");
		let error = dispatch_error(&bytes, metadata);
		assert_eq!(error.code(), "CONSENT_ALREADY_REVOKED");
		assert!(!error.is_retryable());
	}

	#[test]
	fn what_the_sudo_key_is_refused_is_a_refusal() {
		let metadata = Arc::new(Metadata::decode(&mut &METADATA[..]).unwrap());
		let failed = failed(&metadata, "Custody", "InvalidThreshold");
		let sudid = [&[RESULT_ERR], &failed[..6]].concat();
		let found = failure("Sudo", "Sudid", &sudid).unwrap();
		assert_eq!(dispatch_error(found, metadata).code(), "CUSTODY_INVALID_THRESHOLD");
		assert_eq!(failure("System", "ExtrinsicFailed", &failed), Some(&failed[..]));
		assert_eq!(failure("Sudo", "Sudid", &[0]), None);
		assert_eq!(failure("Custody", "Proposed", &sudid), None);
	}

	#[test]
	fn other_refusals_keep_their_reason() {
		let metadata = Arc::new(Metadata::decode(&mut &METADATA[..]).unwrap());
		let error = dispatch_error(&[2, 4, 4, 0, 0], metadata);
		assert_eq!(
			(error.code(), error.to_string().contains("Bad origin")),
			("DISPATCH_FAILED", true)
		);
	}
}
