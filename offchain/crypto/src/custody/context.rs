// SPDX-License-Identifier: Apache-2.0
//! What shares and messages are bound to.

use super::{scheme::ThresholdScheme, wire::Reader};
use crate::{random, Error, Result};
use salus_primitives::{
	custody::{acknowledgement_payload, DealingDigest, EpochId, Seat, Seats},
	RecordId,
};

/// What a dealing is bound to: all that the chain knows of it but its digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DealingContext {
	/// The hash of the chain's genesis block.
	pub genesis: [u8; 32],
	/// The epoch of the committee.
	pub epoch: EpochId,
	/// The committee's scheme.
	pub scheme: ThresholdScheme,
	/// The record.
	pub record: RecordId,
	/// The version of the record.
	pub version: u32,
	/// How many segments it has, each with a key of its own.
	pub segments: u16,
}

impl DealingContext {
	pub(super) const LEN: usize = 76;

	pub(super) fn encode(&self) -> [u8; Self::LEN] {
		let mut bytes = [0; Self::LEN];
		let parts: [&[u8]; 7] = [
			&self.genesis,
			&self.epoch.0.to_be_bytes(),
			&[self.scheme.threshold()],
			&[self.scheme.size()],
			&self.record.0,
			&self.version.to_be_bytes(),
			&self.segments.to_be_bytes(),
		];
		fill(&mut bytes, &parts);
		bytes
	}

	pub(super) fn decode(reader: &mut Reader<'_>) -> Result<Self> {
		let genesis = reader.array()?;
		let epoch = EpochId(reader.u32()?);
		let scheme = decode_scheme(reader)?;
		let record = RecordId(reader.array()?);
		let version = reader.u32()?;
		let segments = reader.u16()?;
		if segments == 0 {
			return Err(reader.malformed("it has no segment"));
		}
		Ok(Self { genesis, epoch, scheme, record, version, segments })
	}

	pub(super) fn ensure_segment(&self, segment: u16) -> Result<()> {
		if segment < self.segments {
			Ok(())
		} else {
			Err(Error::InvalidSegment { segment, segments: self.segments })
		}
	}

	/// What a member signs to acknowledge that it holds its verified shares.
	pub(super) fn acknowledgement(&self, owner: &[u8; 32], digest: DealingDigest) -> [u8; 32] {
		acknowledgement_payload(
			self.genesis,
			self.epoch,
			owner,
			self.record,
			self.version,
			self.segments,
			digest,
		)
	}
}

/// What a resharing is bound to: the dealing, and the committee that takes it over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ReshareContext {
	/// The dealing as the draining committee holds it.
	pub from: DealingContext,
	/// The epoch of the next committee.
	pub epoch: EpochId,
	/// The scheme of the next committee.
	pub scheme: ThresholdScheme,
}

impl ReshareContext {
	pub(super) const LEN: usize = DealingContext::LEN + 6;

	/// The dealing as the next committee holds it.
	pub const fn to(&self) -> DealingContext {
		DealingContext { epoch: self.epoch, scheme: self.scheme, ..self.from }
	}

	pub(super) fn encode(&self) -> [u8; Self::LEN] {
		let mut bytes = [0; Self::LEN];
		let parts: [&[u8]; 3] = [
			&self.from.encode(),
			&self.epoch.0.to_be_bytes(),
			&[self.scheme.threshold(), self.scheme.size()],
		];
		fill(&mut bytes, &parts);
		bytes
	}

	pub(super) fn decode(reader: &mut Reader<'_>) -> Result<Self> {
		let from = DealingContext::decode(reader)?;
		let epoch = EpochId(reader.u32()?);
		let scheme = decode_scheme(reader)?;
		if epoch <= from.epoch {
			return Err(reader.malformed("it does not go to a later epoch"));
		}
		Ok(Self { from, epoch, scheme })
	}
}

/// What a repair is bound to: the dealing, who recovers, who helps, and one session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RepairContext {
	dealing: DealingContext,
	recovering: Seat,
	helpers: Seats,
	session: [u8; 32],
}

impl RepairContext {
	pub(super) const LEN: usize = DealingContext::LEN + 37;

	/// A new session in which `helpers` give the seat `recovering` its shares back.
	///
	/// # Errors
	/// When the helpers are fewer than the threshold, or the seat is one of them or none at all, or
	/// there is no randomness.
	pub fn new(dealing: DealingContext, recovering: Seat, helpers: Seats) -> Result<Self> {
		Self::with_session(dealing, recovering, helpers, *random::bytes()?)
	}

	/// A session that somebody else began.
	///
	/// # Errors
	/// As [`new`](Self::new).
	pub fn with_session(
		dealing: DealingContext,
		recovering: Seat,
		helpers: Seats,
		session: [u8; 32],
	) -> Result<Self> {
		dealing.scheme.ensure_seat(recovering)?;
		if let Some(seat) = helpers.without(dealing.scheme.seats()).iter().next() {
			return Err(Error::InvalidSeat { seat });
		}
		if helpers.contains(recovering) {
			return Err(Error::InvalidSeat { seat: recovering });
		}
		let (found, needed) = (helpers.len(), u32::from(dealing.scheme.threshold()));
		if found < needed {
			return Err(Error::TooFewShares { found, needed });
		}
		Ok(Self { dealing, recovering, helpers, session })
	}

	/// The dealing.
	pub const fn dealing(&self) -> &DealingContext {
		&self.dealing
	}

	/// Who recovers.
	pub const fn recovering(&self) -> Seat {
		self.recovering
	}

	/// Who helps.
	pub const fn helpers(&self) -> Seats {
		self.helpers
	}

	/// What tells this session from others.
	pub const fn session(&self) -> &[u8; 32] {
		&self.session
	}

	pub(super) fn ensure_helper(&self, seat: Seat) -> Result<()> {
		if self.helpers.contains(seat) {
			Ok(())
		} else {
			Err(Error::InvalidSeat { seat })
		}
	}

	pub(super) fn encode(&self) -> [u8; Self::LEN] {
		let helpers = self.helpers.iter().fold(0u32, |bits, seat| bits | 1 << seat.0);
		let mut bytes = [0; Self::LEN];
		let parts: [&[u8]; 4] =
			[&self.dealing.encode(), &[self.recovering.0], &helpers.to_be_bytes(), &self.session];
		fill(&mut bytes, &parts);
		bytes
	}

	pub(super) fn decode(reader: &mut Reader<'_>) -> Result<Self> {
		let dealing = DealingContext::decode(reader)?;
		let recovering = Seat(reader.u8()?);
		let bits = reader.u32()?;
		let helpers = (0u8..32).filter(|seat| bits >> seat & 1 == 1).map(Seat).collect();
		let session = reader.array()?;
		Self::with_session(dealing, recovering, helpers, session)
	}
}

fn decode_scheme(reader: &mut Reader<'_>) -> Result<ThresholdScheme> {
	let [threshold, size] = reader.array()?;
	ThresholdScheme::new(threshold, size)
}

fn fill(out: &mut [u8], parts: &[&[u8]]) {
	let bytes = parts.iter().flat_map(|part| part.iter());
	out.iter_mut().zip(bytes).for_each(|(out, byte)| *out = *byte);
}
