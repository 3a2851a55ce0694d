// SPDX-License-Identifier: Apache-2.0
//! What a report may hold: the circuits whose proofs a job takes.
//!
//! The circuits are `prio`'s. This module names them, bounds their parameters and checks
//! measurements before `prio` encodes them, so that a measurement out of range is an error that
//! says so and nothing is clipped.

use crate::{field::Field, squares::ProvenSquare, vector::Unproven, Error, Result};
use prio::{
	field::{Field128, Field64},
	flp::{
		gadgets::{Mul, ParallelSum},
		types, Type,
	},
	vdaf::prio3::optimal_chunk_length,
};
use std::fmt;

mod sealed {
	pub trait Sealed {}
}

/// The greatest value of one number of a report: 32 bits. Quantise to 16: the proof grows faster
/// than the number of bits.
const MAX_VALUE: u64 = u32::MAX as u64;

/// The most field elements that the encoded measurement of one report may have: 64 MiB of a share.
const MAX_ELEMENTS: usize = 1 << 22;

/// A kind of measurement with its parameters.
pub trait Circuit: Clone + fmt::Debug + Send + Sync + sealed::Sealed {
	/// What a contributor measures.
	type Measurement: ?Sized;
	/// The field of the shares.
	type Field: Field;
	/// The circuit in `prio`.
	#[doc(hidden)]
	type Type: Type<Field = Self::Field> + Send + Sync;

	/// The number of the circuit in `docs/formats/mpc-v1.md`.
	#[doc(hidden)]
	const KIND: u8;

	/// The number of Prio3 with this circuit in VDAF-18.
	#[doc(hidden)]
	const ALGORITHM: u32 = Self::KIND as u32;

	/// The parameters as the format has them.
	#[doc(hidden)]
	fn parameters(&self) -> Vec<u8>;

	/// The circuit in `prio`.
	#[doc(hidden)]
	fn build(&self) -> Result<Self::Type>;

	/// The most that one report adds to one sum.
	fn largest(&self) -> u64;

	/// How many sums the reports add up to.
	fn sums(&self) -> usize;

	/// The measurement as `prio` takes it.
	///
	/// # Errors
	/// When it is not one of the circuit's.
	#[doc(hidden)]
	fn check(&self, measurement: &Self::Measurement) -> Result<<Self::Type as Type>::Measurement>;
}

const fn invalid(parameter: &'static str, reason: &'static str) -> Error {
	Error::InvalidParameter { parameter, reason }
}

const fn refused(reason: &'static str) -> Error {
	Error::InvalidMeasurement { reason }
}

/// The number of bits of a number up to `max`.
fn bits(max: u64) -> usize {
	usize::try_from(max.checked_ilog2().map_or(0, |log| log + 1)).unwrap_or(usize::MAX)
}

fn checked_value(max: u64) -> Result<u64> {
	if (1..=MAX_VALUE).contains(&max) {
		Ok(max)
	} else {
		Err(invalid("greatest value", "it is 1 to 2^32 - 1"))
	}
}

/// The number of elements of an encoding, bounded, and the chunks in which they are checked.
fn checked_len(elements: Option<usize>) -> Result<u32> {
	let elements = elements.filter(|elements| (1..=MAX_ELEMENTS).contains(elements));
	let elements = elements.ok_or(invalid("length", "a report has 1 to 2^22 encoded elements"))?;
	u32::try_from(optimal_chunk_length(elements)).map_err(Error::internal("chunk length"))
}

fn size(number: u32) -> usize {
	usize::try_from(number).unwrap_or(usize::MAX)
}

/// How many have it: each measurement is yes or no.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count;

impl sealed::Sealed for Count {}

impl Circuit for Count {
	type Measurement = bool;
	type Field = Field64;
	type Type = types::Count<Field64>;

	const KIND: u8 = 1;

	fn parameters(&self) -> Vec<u8> {
		Vec::new()
	}

	fn build(&self) -> Result<Self::Type> {
		Ok(types::Count::new())
	}

	fn largest(&self) -> u64 {
		1
	}

	fn sums(&self) -> usize {
		1
	}

	fn check(&self, measurement: &bool) -> Result<bool> {
		Ok(*measurement)
	}
}

/// A sum of whole numbers from 0 to a greatest one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sum {
	max: u64,
}

impl Sum {
	/// Numbers of so many bits.
	///
	/// # Errors
	/// When there are none or more than 32.
	pub fn of_bits(bits: u32) -> Result<Self> {
		1u64.checked_shl(bits)
			.map_or(Err(invalid("bits", "there are 1 to 32")), |end| Self::up_to(end - 1))
	}

	/// Numbers up to `max`.
	///
	/// # Errors
	/// When `max` is 0 or has more than 32 bits.
	pub fn up_to(max: u64) -> Result<Self> {
		checked_value(max).map(|max| Self { max })
	}
}

impl sealed::Sealed for Sum {}

impl Circuit for Sum {
	type Measurement = u64;
	type Field = Field64;
	type Type = types::Sum<Field64>;

	const KIND: u8 = 2;

	fn parameters(&self) -> Vec<u8> {
		self.max.to_be_bytes().to_vec()
	}

	fn build(&self) -> Result<Self::Type> {
		types::Sum::new(self.max).map_err(Error::internal("circuit"))
	}

	fn largest(&self) -> u64 {
		self.max
	}

	fn sums(&self) -> usize {
		1
	}

	fn check(&self, measurement: &u64) -> Result<u64> {
		if *measurement > self.max {
			return Err(refused("the number is greater than the job's greatest"));
		}
		Ok(*measurement)
	}
}

/// Sums of vectors of whole numbers from 0 to a greatest one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SumVec {
	len: u32,
	max: u64,
	chunk: u32,
}

impl SumVec {
	/// Vectors of `len` numbers up to `max`.
	///
	/// # Errors
	/// When `max` is 0 or has more than 32 bits, or a vector has no number or more than 2^22 bits.
	pub fn new(len: u32, max: u64) -> Result<Self> {
		let max = checked_value(max)?;
		Ok(Self { len, max, chunk: checked_len(bits(max).checked_mul(size(len)))? })
	}
}

impl sealed::Sealed for SumVec {}

impl Circuit for SumVec {
	type Measurement = [u64];
	type Field = Field128;
	type Type = types::SumVec<Field128, ParallelSum<Field128, Mul>>;

	const KIND: u8 = 3;

	fn parameters(&self) -> Vec<u8> {
		let (len, chunk) = (self.len.to_be_bytes(), self.chunk.to_be_bytes());
		[&len[..], &self.max.to_be_bytes(), &chunk].concat()
	}

	fn build(&self) -> Result<Self::Type> {
		types::SumVec::new(self.max.into(), size(self.len), size(self.chunk))
			.map_err(Error::internal("circuit"))
	}

	fn largest(&self) -> u64 {
		self.max
	}

	fn sums(&self) -> usize {
		size(self.len)
	}

	fn check(&self, measurement: &[u64]) -> Result<Vec<u128>> {
		if measurement.len() != size(self.len) {
			return Err(refused("the vector has another length than the job's"));
		}
		if measurement.iter().any(|number| *number > self.max) {
			return Err(refused("a number is greater than the job's greatest"));
		}
		Ok(measurement.iter().copied().map(u128::from).collect())
	}
}

/// Counts by class: each measurement is in exactly one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Histogram {
	len: u32,
	chunk: u32,
}

impl Histogram {
	/// So many classes.
	///
	/// # Errors
	/// When there is none, or more than 2^22.
	pub fn new(len: u32) -> Result<Self> {
		Ok(Self { len, chunk: checked_len(Some(size(len)))? })
	}
}

impl sealed::Sealed for Histogram {}

impl Circuit for Histogram {
	type Measurement = u32;
	type Field = Field128;
	type Type = types::Histogram<Field128, ParallelSum<Field128, Mul>>;

	const KIND: u8 = 4;

	fn parameters(&self) -> Vec<u8> {
		[self.len.to_be_bytes(), self.chunk.to_be_bytes()].concat()
	}

	fn build(&self) -> Result<Self::Type> {
		types::Histogram::new(size(self.len), size(self.chunk)).map_err(Error::internal("circuit"))
	}

	fn largest(&self) -> u64 {
		1
	}

	fn sums(&self) -> usize {
		size(self.len)
	}

	fn check(&self, measurement: &u32) -> Result<usize> {
		if *measurement >= self.len {
			return Err(refused("there is no such class"));
		}
		Ok(size(*measurement))
	}
}

/// Counts by property: each measurement has at most so many of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MultiHot {
	len: u32,
	max_weight: u32,
	chunk: u32,
}

impl MultiHot {
	/// `len` properties of which one measurement has at most `max_weight`.
	///
	/// # Errors
	/// When there is none or more than 2^22, or `max_weight` is 0 or more than there are.
	pub fn new(len: u32, max_weight: u32) -> Result<Self> {
		if max_weight == 0 || max_weight > len {
			return Err(invalid("weight", "it is at least 1 and at most the number of properties"));
		}
		let elements = size(len).checked_add(bits(max_weight.into()));
		Ok(Self { len, max_weight, chunk: checked_len(elements)? })
	}
}

impl sealed::Sealed for MultiHot {}

impl Circuit for MultiHot {
	type Measurement = [bool];
	type Field = Field128;
	type Type = types::MultihotCountVec<Field128, ParallelSum<Field128, Mul>>;

	const KIND: u8 = 5;

	fn parameters(&self) -> Vec<u8> {
		[self.len, self.max_weight, self.chunk].map(u32::to_be_bytes).concat()
	}

	fn build(&self) -> Result<Self::Type> {
		types::MultihotCountVec::new(size(self.len), size(self.max_weight), size(self.chunk))
			.map_err(Error::internal("circuit"))
	}

	fn largest(&self) -> u64 {
		1
	}

	fn sums(&self) -> usize {
		size(self.len)
	}

	fn check(&self, measurement: &[bool]) -> Result<Vec<bool>> {
		if measurement.len() != size(self.len) {
			return Err(refused("the list has another length than the job's"));
		}
		if measurement.iter().filter(|has| **has).count() > size(self.max_weight) {
			return Err(refused("it has more properties than the job allows"));
		}
		Ok(measurement.to_vec())
	}
}

/// Sums of whole numbers and of their squared distances from a public centre: what single patients
/// contribute to a mean and a variance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SumOfSquares {
	max: u64,
	centre: u64,
}

impl SumOfSquares {
	/// Numbers up to `max` and their distance from `centre`. The first sum is of the numbers, the
	/// second of the squares.
	///
	/// # Errors
	/// When `max` is 0 or has more than 16 bits, or the centre is greater.
	pub fn new(max: u64, centre: u64) -> Result<Self> {
		if max == 0 || max > u64::from(u16::MAX) {
			return Err(invalid("greatest value", "it is 1 to 2^16 - 1"));
		}
		if centre > max {
			return Err(invalid("centre", "it is at most the greatest value"));
		}
		Ok(Self { max, centre })
	}
}

impl sealed::Sealed for SumOfSquares {}

impl Circuit for SumOfSquares {
	type Measurement = u64;
	type Field = Field64;
	type Type = ProvenSquare;

	const KIND: u8 = 7;
	/// Of those for private use.
	const ALGORITHM: u32 = 0xffff_5a02;

	fn parameters(&self) -> Vec<u8> {
		[self.max.to_be_bytes(), self.centre.to_be_bytes()].concat()
	}

	fn build(&self) -> Result<Self::Type> {
		Ok(ProvenSquare::new(self.max, self.centre))
	}

	fn largest(&self) -> u64 {
		let farthest = self.centre.max(self.max - self.centre);
		self.max.max(farthest * farthest)
	}

	fn sums(&self) -> usize {
		2
	}

	fn check(&self, measurement: &u64) -> Result<u64> {
		if *measurement > self.max {
			return Err(refused("the number is greater than the job's greatest"));
		}
		Ok(*measurement)
	}
}

/// Sums of vectors that sites vouch for: whole numbers up to a greatest one, which nobody proves.
///
/// # Security
/// A contributor may add anything, beyond the range too. It is for contributors who answer with
/// their name for what they send; an opening whose sums are greater than the reports can make them
/// is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vector {
	len: u32,
	max: u64,
}

impl Vector {
	/// Vectors of `len` numbers up to `max`.
	///
	/// # Errors
	/// When `max` is 0 or has more than 61 bits, or a vector has no number or more than 2^22.
	pub fn new(len: u32, max: u64) -> Result<Self> {
		if max == 0 || max >> 61 != 0 {
			return Err(invalid("greatest value", "it is 1 to 2^61 - 1"));
		}
		checked_len(Some(size(len))).map(|_| Self { len, max })
	}
}

impl sealed::Sealed for Vector {}

impl Circuit for Vector {
	type Measurement = [u64];
	type Field = Field64;
	type Type = Unproven;

	const KIND: u8 = 6;
	/// Of those for private use.
	const ALGORITHM: u32 = 0xffff_5a01;

	fn parameters(&self) -> Vec<u8> {
		[&self.len.to_be_bytes()[..], &self.max.to_be_bytes()].concat()
	}

	fn build(&self) -> Result<Self::Type> {
		Ok(Unproven::new(size(self.len)))
	}

	fn largest(&self) -> u64 {
		self.max
	}

	fn sums(&self) -> usize {
		size(self.len)
	}

	fn check(&self, measurement: &[u64]) -> Result<Vec<u64>> {
		if measurement.len() != size(self.len) {
			return Err(refused("the vector has another length than the job's"));
		}
		if measurement.iter().any(|number| *number > self.max) {
			return Err(refused("a number is greater than the job's greatest"));
		}
		Ok(measurement.to_vec())
	}
}
