// SPDX-License-Identifier: Apache-2.0
//! What the calls weigh. The runtime measures its own; `()` is for tests.

use frame_support::weights::Weight;

/// The weight of each call.
pub trait WeightInfo {
	/// Of `register`.
	fn register() -> Weight;
	/// Of `rotate_key`.
	fn rotate_key() -> Weight;
	/// Of `verify`; a benchmark cannot be called that.
	fn verify_participant() -> Weight;
	/// Of `withdraw`.
	fn withdraw() -> Weight;
	/// Of `appoint_registrar`.
	fn appoint_registrar() -> Weight;
	/// Of `dismiss_registrar`.
	fn dismiss_registrar() -> Weight;
}

impl WeightInfo for () {
	fn register() -> Weight {
		Weight::from_parts(30_000_000, 4_000)
	}

	fn rotate_key() -> Weight {
		Weight::from_parts(30_000_000, 4_000)
	}

	fn verify_participant() -> Weight {
		Weight::from_parts(30_000_000, 4_000)
	}

	fn withdraw() -> Weight {
		Weight::from_parts(30_000_000, 4_000)
	}

	fn appoint_registrar() -> Weight {
		Weight::from_parts(30_000_000, 4_000)
	}

	fn dismiss_registrar() -> Weight {
		Weight::from_parts(30_000_000, 4_000)
	}
}
