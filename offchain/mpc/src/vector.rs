// SPDX-License-Identifier: Apache-2.0
//! A circuit that proves nothing, for `prio`.
//!
//! Sites contribute sums over their patients. That such a sum is right cannot be proved from the sum,
//! and a proof of its range costs more than everything else. What remains of the protocol is worth
//! having: commitments, the degree checks, and that all aggregators sum the same.

use prio::{
	field::Field64,
	flp::{Flp, FlpError, Gadget, Type},
};

/// Vectors of a length, with any elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unproven {
	len: usize,
}

impl Unproven {
	pub(crate) const fn new(len: usize) -> Self {
		Self { len }
	}
}

impl Flp for Unproven {
	type Field = Field64;

	fn gadget(&self) -> Vec<Box<dyn Gadget<Field64>>> {
		Vec::new()
	}

	fn num_gadgets(&self) -> usize {
		0
	}

	fn valid(
		&self,
		_: &mut Vec<Box<dyn Gadget<Field64>>>,
		input: &[Field64],
		joint_rand: &[Field64],
		_: usize,
	) -> Result<Vec<Field64>, FlpError> {
		self.valid_call_check(input, joint_rand)?;
		Ok(Vec::new())
	}

	fn input_len(&self) -> usize {
		self.len
	}

	fn proof_len(&self) -> usize {
		0
	}

	fn verifier_len(&self) -> usize {
		1
	}

	fn joint_rand_len(&self) -> usize {
		0
	}

	fn eval_output_len(&self) -> usize {
		0
	}

	fn prove_rand_len(&self) -> usize {
		0
	}
}

impl Type for Unproven {
	type Measurement = Vec<u64>;
	type AggregateResult = Vec<u64>;

	fn encode_measurement(&self, measurement: &Vec<u64>) -> Result<Vec<Field64>, FlpError> {
		Ok(measurement.iter().copied().map(Field64::from).collect())
	}

	fn truncate(&self, input: Vec<Field64>) -> Result<Vec<Field64>, FlpError> {
		self.truncate_call_check(&input)?;
		Ok(input)
	}

	fn decode_result(&self, data: &[Field64], _: usize) -> Result<Vec<u64>, FlpError> {
		Ok(data.iter().copied().map(u64::from).collect())
	}

	fn output_len(&self) -> usize {
		self.len
	}
}
