// SPDX-License-Identifier: Apache-2.0
//! Complaints: what shows to a third party that a dealer of a resharing is at fault.

use super::{
	commitments::{decode_point, evaluate},
	context::ReshareContext,
	opening::{read_siblings, write_siblings, SegmentOpening},
	reshare::Resharing,
	scalar::SecretScalar,
	subdealing::{commitment_leaf, share_leaf, Subdealing},
	wire::{Object, Reader, Writer},
};
use crate::{Error, Result};
use curve25519_dalek::RistrettoPoint;
use salus_primitives::{
	custody::{DealingDigest, Seat, SubdealingStatement},
	merkle, Commitment, CommitmentDomain, Salt,
};
use std::fmt;

/// The longest signature that a complaint carries: room for an account's and for a way to the root
/// of a batch that was signed at once.
pub const MAX_SIGNATURE: usize = 1024;

const WRONG_SHARE: u8 = 0;
const EQUIVOCATION: u8 = 1;

/// What a dealer signed, without what the context says already.
#[derive(Clone, PartialEq, Eq)]
struct Signed {
	commitments: [u8; 32],
	receiver: Seat,
	shares: [u8; 32],
	signature: Vec<u8>,
}

impl Signed {
	fn new(statement: &SubdealingStatement, signature: &[u8]) -> Result<Self> {
		if signature.len() > MAX_SIGNATURE {
			return Err(Object::Complaint.malformed("the signature is too long"));
		}
		let SubdealingStatement { commitments, receiver, shares, .. } = *statement;
		Ok(Self { commitments, receiver, shares, signature: signature.to_vec() })
	}

	fn statement(&self, context: &ReshareContext, dealer: Seat) -> SubdealingStatement {
		SubdealingStatement {
			genesis: context.from.genesis,
			from: context.from.epoch,
			to: context.epoch,
			record: context.from.record,
			version: context.from.version,
			segments: context.from.segments,
			dealer,
			commitments: self.commitments,
			receiver: self.receiver,
			shares: self.shares,
		}
	}

	fn len(&self) -> usize {
		67 + self.signature.len()
	}

	fn write(&self, writer: &mut Writer) {
		// `new` and `read` bound the length.
		let len = u16::try_from(self.signature.len()).unwrap_or(u16::MAX);
		writer.put(&self.commitments).put(&[self.receiver.0]).put(&self.shares);
		writer.put(&len.to_be_bytes()).put(&self.signature);
	}

	fn read(reader: &mut Reader<'_>) -> Result<Self> {
		let commitments = reader.array()?;
		let receiver = Seat(reader.u8()?);
		let shares = reader.array()?;
		let len = usize::from(reader.u16()?);
		if len > MAX_SIGNATURE {
			return Err(reader.malformed("the signature is too long"));
		}
		let signature = reader.bytes(len)?.to_vec();
		Ok(Self { commitments, receiver, shares, signature })
	}
}

/// One segment of a subdealing, as its dealer signed it, with the dealing's own commitments.
#[derive(Clone, PartialEq, Eq)]
struct Opened {
	segment: u16,
	old: SegmentOpening,
	salt: Salt,
	commitments: Vec<[u8; 32]>,
	commitment_siblings: Vec<[u8; 32]>,
	value: [u8; 32],
	share_siblings: Vec<[u8; 32]>,
}

#[derive(Clone, PartialEq, Eq)]
enum Grounds {
	WrongShare { signed: Signed, opened: Box<Opened> },
	Equivocation { first: Signed, second: Signed },
}

/// Evidence that a dealer of a resharing signed a wrong share, or two things that exclude each other.
///
/// A third party who knows the dealing's digest and whose signature is whose can
/// [`judge`](Self::judge) it. It opens one segment of one subdealing: the wrong share, commitments,
/// and salted hashes of the rest. A share that is on no committed polynomial is of no use to
/// anybody. Two contradicting statements open nothing at all.
#[derive(Clone, PartialEq, Eq)]
pub struct Complaint {
	context: ReshareContext,
	dealer: Seat,
	grounds: Grounds,
}

impl Complaint {
	/// What a dealer said to one or two seats that excludes itself: other commitments to one than to
	/// the other, or two different sets of shares to one seat.
	///
	/// # Errors
	/// When the statements are not of one resharing and dealer, or do not contradict each other.
	pub fn equivocation(
		context: ReshareContext,
		first: (&SubdealingStatement, &[u8]),
		second: (&SubdealingStatement, &[u8]),
	) -> Result<Self> {
		let dealer = first.0.dealer;
		for (statement, _) in [first, second] {
			let is_same = context.from.is_of(statement) && statement.to == context.epoch;
			if !is_same || statement.dealer != dealer {
				return Err(Object::Complaint.elsewhere());
			}
		}
		let (first, second) = (Signed::new(first.0, first.1)?, Signed::new(second.0, second.1)?);
		ensure_contradiction(&first, &second)?;
		Ok(Self { context, dealer, grounds: Grounds::Equivocation { first, second } })
	}

	/// What it is about.
	pub const fn context(&self) -> &ReshareContext {
		&self.context
	}

	/// About whom, in the draining epoch.
	pub const fn dealer(&self) -> Seat {
		self.dealer
	}

	/// What the chain is told of the evidence.
	pub fn commitment(&self, salt: &Salt) -> Commitment {
		Commitment::new(CommitmentDomain::Evidence, salt, &self.to_bytes())
	}

	/// Decides: gives the dealer's seat when the dealer is at fault.
	///
	/// `context` and `digest` are what the chain knows of the dealing, `is_signed` says whether the
	/// bytes are that seat's signature over that payload.
	///
	/// # Errors
	/// When the evidence shows no fault. The dealer may be at fault all the same.
	pub fn judge(
		&self,
		context: &ReshareContext,
		digest: &DealingDigest,
		is_signed: impl Fn(Seat, &[u8; 32], &[u8]) -> bool,
	) -> Result<Seat> {
		if self.context != *context {
			return Err(Object::Complaint.elsewhere());
		}
		let ensure_signed = |signed: &Signed| {
			let payload = signed.statement(context, self.dealer).payload();
			if is_signed(self.dealer, &payload, &signed.signature) {
				Ok(())
			} else {
				Err(unfounded("the dealer did not sign this"))
			}
		};
		match &self.grounds {
			Grounds::Equivocation { first, second } => {
				ensure_contradiction(first, second)?;
				ensure_signed(first)?;
				ensure_signed(second)?;
			},
			Grounds::WrongShare { signed, opened } => {
				ensure_signed(signed)?;
				self.ensure_wrong(signed, opened, digest)?;
			},
		}
		Ok(self.dealer)
	}

	fn ensure_wrong(&self, signed: &Signed, opened: &Opened, digest: &DealingDigest) -> Result<()> {
		let Opened { segment, old, salt, commitments, value, .. } = opened;
		let (context, segments) = (&self.context, self.context.from.segments);
		let old = old
			.verify(&context.from, *segment, digest)
			.ok_or(unfounded("the commitments are not those on chain"))?;
		let commitment = commitment_leaf(context, self.dealer, *segment, salt, commitments);
		let share = share_leaf(context, self.dealer, signed.receiver, *segment, salt, value);
		let is_stated = merkle::verify(
			&signed.commitments,
			segments,
			*segment,
			commitment.0,
			&opened.commitment_siblings,
		) && merkle::verify(
			&signed.shares,
			segments,
			*segment,
			share.0,
			&opened.share_siblings,
		);
		if !is_stated {
			return Err(unfounded("the dealer did not state this"));
		}
		let points: Option<Vec<RistrettoPoint>> = commitments.iter().map(decode_point).collect();
		let (Some(points), Some(value)) = (points, SecretScalar::from_bytes(value)) else {
			return Ok(());
		};
		let constant = old.to_share(self.dealer);
		let expected = evaluate(std::iter::once(&constant).chain(&points), signed.receiver);
		if value.commit() == expected {
			return Err(unfounded("the share is right"));
		}
		Ok(())
	}

	/// The bytes.
	pub fn to_bytes(&self) -> Vec<u8> {
		let len = ReshareContext::LEN + 2;
		let writer = match &self.grounds {
			Grounds::WrongShare { signed, opened } => {
				let siblings = opened.commitment_siblings.len() + opened.share_siblings.len();
				let arrays = 2 + siblings + opened.commitments.len();
				let len = len + signed.len() + 2 + opened.old.len() + 2 + 32 * arrays;
				let mut writer = self.header(len, WRONG_SHARE);
				signed.write(&mut writer);
				writer.put(&opened.segment.to_be_bytes());
				opened.old.write(&mut writer);
				writer.put(&opened.salt.0).put_all(&opened.commitments);
				write_siblings(&mut writer, &opened.commitment_siblings);
				writer.put(&opened.value);
				write_siblings(&mut writer, &opened.share_siblings);
				writer
			},
			Grounds::Equivocation { first, second } => {
				let mut writer = self.header(len + first.len() + second.len(), EQUIVOCATION);
				first.write(&mut writer);
				second.write(&mut writer);
				writer
			},
		};
		writer.finish().to_vec()
	}

	fn header(&self, len: usize, kind: u8) -> Writer {
		let mut writer = Writer::new(Object::Complaint, len);
		writer.put(&self.context.encode()).put(&[self.dealer.0, kind]);
		writer
	}

	/// Reads a complaint.
	///
	/// # Errors
	/// When the bytes do not follow the format.
	pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
		let mut reader = Reader::new(Object::Complaint, bytes)?;
		let context = ReshareContext::decode(&mut reader)?;
		let dealer = Seat(reader.u8()?);
		context.from.scheme.ensure_seat(dealer)?;
		let kind = reader.u8()?;
		let first = Signed::read(&mut reader)?;
		context.scheme.ensure_seat(first.receiver)?;
		let grounds = match kind {
			WRONG_SHARE => {
				let opened = Box::new(Opened::read(&mut reader, &context)?);
				Grounds::WrongShare { signed: first, opened }
			},
			EQUIVOCATION => {
				let second = Signed::read(&mut reader)?;
				context.scheme.ensure_seat(second.receiver)?;
				Grounds::Equivocation { first, second }
			},
			_ => return Err(reader.malformed("its grounds are unknown")),
		};
		reader.finish()?;
		Ok(Self { context, dealer, grounds })
	}
}

impl Opened {
	fn read(reader: &mut Reader<'_>, context: &ReshareContext) -> Result<Self> {
		let segment = reader.u16()?;
		context.from.ensure_segment(segment)?;
		let old = SegmentOpening::read(reader, context.from.scheme.threshold())?;
		let salt = Salt(reader.array()?);
		let commitments = reader.arrays(usize::from(context.scheme.threshold()) - 1)?;
		let commitment_siblings = read_siblings(reader)?;
		let value = reader.array()?;
		let share_siblings = read_siblings(reader)?;
		Ok(Self { segment, old, salt, commitments, commitment_siblings, value, share_siblings })
	}
}

impl Resharing {
	/// The evidence that a subdealing, which this member got with the dealer's signature over its
	/// statement, is wrong about a segment.
	///
	/// # Errors
	/// When the subdealing is another's, has no such segment, or its share is right: then nothing
	/// must be opened.
	pub fn complain(
		&self,
		subdealing: &Subdealing,
		signature: &[u8],
		segment: u16,
	) -> Result<Complaint> {
		if subdealing.context() != self.context() || subdealing.receiver() != self.receiver() {
			return Err(Object::Subdealing.elsewhere());
		}
		let old = self.old().open(&self.old().tree(), segment)?;
		let fault = Error::Internal { operation: "opening a subdealing" };
		let (Some(commitment_siblings), Some(share_siblings), Some(value)) = (
			subdealing.commitment_tree().siblings(segment),
			subdealing.share_tree().siblings(segment),
			subdealing.values().get(usize::from(segment)),
		) else {
			return Err(fault);
		};
		let opened = Opened {
			segment,
			old,
			salt: subdealing.salt().for_segment(segment),
			commitments: subdealing.commitments(segment).to_vec(),
			commitment_siblings,
			value: *value,
			share_siblings,
		};
		let signed = Signed::new(&subdealing.statement(), signature)?;
		let complaint = Complaint {
			context: *self.context(),
			dealer: subdealing.dealer(),
			grounds: Grounds::WrongShare { signed, opened: Box::new(opened) },
		};
		// Opening a right share would give a part of the dealer's share away.
		complaint.judge(self.context(), &self.old().digest(), |_, _, _| true)?;
		Ok(complaint)
	}
}

fn ensure_contradiction(first: &Signed, second: &Signed) -> Result<()> {
	let is_other_share = first.receiver == second.receiver && first.shares != second.shares;
	if first.commitments != second.commitments || is_other_share {
		Ok(())
	} else {
		Err(unfounded("the statements agree"))
	}
}

const fn unfounded(reason: &'static str) -> Error {
	Error::ComplaintUnfounded { reason }
}

crate::sealing::hex_text!(Complaint);

impl fmt::Debug for Complaint {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("Complaint")
			.field("context", &self.context)
			.field("dealer", &self.dealer)
			.finish_non_exhaustive()
	}
}
