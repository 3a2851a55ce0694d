// SPDX-License-Identifier: Apache-2.0
//! What is computed, by whom and how: all that contributors and aggregators must agree on.

use crate::{
	circuit::Circuit, roster::Roster, shamir::QueryPoints, strict::Strict, xof::LABEL, Error,
	Result,
};
use prio::flp::{Flp, Type};
use salus_primitives::custody::Seats;
use sp_crypto_hashing::blake2_256;
use std::fmt;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// The identifier of a job on chain.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(pub [u8; 32]);

/// The identifier of a report, unique in its job.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReportId(pub [u8; 16]);

macro_rules! hexadecimal {
	($name:ident) => {
		impl fmt::Display for $name {
			fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
				f.write_str("0x")?;
				self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
			}
		}

		impl fmt::Debug for $name {
			fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
				write!(f, concat!(stringify!($name), "({})"), self)
			}
		}
	};
}

hexadecimal!(JobId);
hexadecimal!(ReportId);

/// How inputs are kept from the aggregators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
	/// `smpc`: Shamir shares of which a threshold opens. Private against fewer than the threshold
	/// of aggregators; goes on without the others.
	Shamir,
	/// `smpc-strict`: Prio3 (VDAF-18). Private against all aggregators but one; stops when one is
	/// missing.
	Prio3,
}

impl Mode {
	const fn tag(self) -> u8 {
		match self {
			Self::Shamir => 1,
			Self::Prio3 => 2,
		}
	}
}

/// The bounds of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
	/// The answer is not opened with fewer accepted reports.
	pub min_reports: u64,
	/// No report is taken beyond so many, those that are refused included.
	pub max_reports: u64,
}

/// 256 random bits that the aggregators of one job share and nobody else knows.
///
/// # Security
/// It decides where proofs are queried and shares are checked. A contributor who knows it can have
/// a measurement counted that the job does not take. It serves one job: the same report verified
/// under two keys is no longer hidden.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct JobKey([u8; 32]);

impl JobKey {
	/// A fresh random key.
	///
	/// # Errors
	/// When the operating system gives no random bytes.
	pub fn generate() -> Result<Self> {
		crate::random::bytes().map(|bytes| Self(*bytes))
	}

	/// The key with these bytes, as agreed on or read from where it is kept.
	pub const fn from_bytes(bytes: [u8; 32]) -> Self {
		Self(bytes)
	}

	/// The secret bytes, to keep them sealed.
	pub const fn expose(&self) -> &[u8; 32] {
		&self.0
	}
}

impl fmt::Debug for JobKey {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str("JobKey(redacted)")
	}
}

/// A job.
#[derive(Clone, Debug)]
pub struct Job<C: Circuit> {
	pub(crate) context: Context,
	pub(crate) mode: Mode,
	pub(crate) roster: Roster,
	pub(crate) limits: Limits,
	pub(crate) circuit: C,
	pub(crate) flp: C::Type,
	pub(crate) query_points: QueryPoints,
	pub(crate) strict: Strict<C::Type>,
}

/// Chain, job and parameters: what everything in a job is bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Context {
	bytes: [u8; Self::LEN],
}

impl Context {
	pub(crate) const LEN: usize = 96;

	fn new(genesis: &[u8; 32], job: JobId, parameters: &[u8; 32]) -> Self {
		let mut bytes = [0; Self::LEN];
		for (place, part) in bytes.chunks_exact_mut(32).zip([genesis, &job.0, parameters]) {
			place.copy_from_slice(part);
		}
		Self { bytes }
	}

	pub(crate) const fn bytes(&self) -> &[u8; Self::LEN] {
		&self.bytes
	}

	/// The context of VDAF, with the label that tells it from other applications.
	pub(crate) fn vdaf(&self) -> Vec<u8> {
		[&LABEL[..], &self.bytes].concat()
	}
}

impl<C: Circuit> Job<C> {
	/// A job of the chain with this genesis hash.
	///
	/// # Errors
	/// When the limits contradict each other, or sums could outgrow the field, or `Mode::Prio3` has
	/// another threshold than all.
	pub fn new(
		genesis: [u8; 32],
		id: JobId,
		mode: Mode,
		roster: Roster,
		limits: Limits,
		circuit: C,
	) -> Result<Self> {
		let invalid = |parameter, reason| Err(Error::InvalidParameter { parameter, reason });
		let Limits { min_reports, max_reports } = limits;
		if min_reports == 0 || min_reports > max_reports {
			return invalid("limits", "1 <= min_reports <= max_reports");
		}
		if mode == Mode::Prio3 && roster.threshold() != roster.size() {
			return invalid("roster", "in this mode the threshold is all aggregators");
		}
		// Half of the smaller field is more than 2^62; above it sums would look like negative ones.
		let largest = circuit.largest();
		if max_reports.checked_mul(largest).is_none_or(|sum| sum >> 62 != 0) {
			return Err(Error::HeadroomExceeded { reports: max_reports, largest });
		}
		let flp = circuit.build()?;
		let parameters = parameters(mode, &roster, limits, &circuit);
		let context = Context::new(&genesis, id, &blake2_256(&parameters));
		let query_points = QueryPoints::of(&flp);
		let strict = Strict::new(roster.size(), C::ALGORITHM, flp.clone(), context.vdaf())?;
		Ok(Self { context, mode, roster, limits, circuit, flp, query_points, strict })
	}

	/// What the parameter hash is of: mode, roster, limits and circuit.
	pub fn parameters(&self) -> Vec<u8> {
		parameters(self.mode, &self.roster, self.limits, &self.circuit)
	}

	/// The hash of the parameters, which the chain and every attestation name.
	pub fn parameter_hash(&self) -> [u8; 32] {
		blake2_256(&self.parameters())
	}

	/// How inputs are kept from the aggregators.
	pub const fn mode(&self) -> Mode {
		self.mode
	}

	/// Who computes.
	pub const fn roster(&self) -> &Roster {
		&self.roster
	}

	/// The bounds.
	pub const fn limits(&self) -> Limits {
		self.limits
	}

	/// What reports hold.
	pub const fn circuit(&self) -> &C {
		&self.circuit
	}

	pub(crate) fn has_joint_randomness(&self) -> bool {
		self.flp.joint_rand_len() > 0
	}

	pub(crate) fn output_len(&self) -> usize {
		self.flp.output_len()
	}

	/// # Errors
	/// When these aggregators cannot verify a batch.
	pub(crate) fn ensure_subset(&self, subset: Seats) -> Result<()> {
		self.roster.ensure_subset(subset)
	}
}

const PARAMETERS: &[u8; 22] = b"salus/mpc/1/parameters";

fn parameters<C: Circuit>(mode: Mode, roster: &Roster, limits: Limits, circuit: &C) -> Vec<u8> {
	let mut bytes = PARAMETERS.to_vec();
	let small = |number: usize| u8::try_from(number).unwrap_or(u8::MAX);
	bytes.extend([mode.tag(), small(roster.threshold()), small(roster.size())]);
	bytes.extend(roster.members().iter().flat_map(|member| member.0));
	bytes.extend(limits.min_reports.to_be_bytes());
	bytes.extend(limits.max_reports.to_be_bytes());
	bytes.push(C::KIND);
	bytes.extend(circuit.parameters());
	bytes
}
