// SPDX-License-Identifier: Apache-2.0
//! A share on its way from a guardian to who recovers.

use super::{
	kit::KitId,
	quorum::Quorum,
	share::Payload,
	wire::{forms, Fields, Message, Object, Written},
};
use crate::{sealing::Sealed, Result};
use minicbor::Encoder;
use salus_primitives::custody::{Seat, Seats};

/// A guardian's share, sealed to the key of a recovery request. It may travel by mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleasedShare {
	pub(super) kit: KitId,
	pub(super) seat: Seat,
	pub(super) threshold: u8,
	pub(super) sealed: Sealed,
}

impl ReleasedShare {
	/// The kit that it is of.
	pub const fn kit(&self) -> KitId {
		self.kit
	}

	/// Which of its guardians released it, counted from one. Whether that is so shows when it opens.
	pub const fn guardian(&self) -> u8 {
		self.seat.0.saturating_add(1)
	}
}

impl Message for ReleasedShare {
	const OBJECT: Object = Object::Share;
	const FIELDS: u64 = 4;

	fn write(&self, encoder: &mut Encoder<Vec<u8>>) -> Written {
		encoder
			.bytes(&self.kit.0)?
			.u8(self.seat.0)?
			.u8(self.threshold)?
			.bytes(&self.sealed.to_bytes())
			.map(drop)
	}

	fn read(fields: &mut Fields<'_>) -> Result<Self> {
		let kit = KitId(fields.array()?);
		let seat = Seat(fields.u8()?);
		// Of how many guardians is known from the kit only.
		let most = u8::try_from(Seats::CAPACITY).unwrap_or(u8::MAX);
		let threshold = Quorum::new(fields.u8()?, most)?.threshold();
		let sealed = fields.sealed(Payload::len(threshold))?;
		Ok(Self { kit, seat, threshold, sealed })
	}
}

forms!(ReleasedShare);
