// SPDX-License-Identifier: Apache-2.0
//! A circuit that proves a number to be in range and another to be its squared distance from a public
//! centre, for `prio`.

use crate::field::Field;
use prio::{
	field::{Field64, FieldElement, FieldElementWithInteger},
	flp::{
		gadgets::{Mul, PolyEval},
		Flp, FlpError, Gadget, Type,
	},
};

/// The number as bits of which each is proven to be one, as in `prio`'s sum: all weights are powers of
/// two but the last, which makes the greatest number the greatest one of the range. Then the square.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProvenSquare {
	weights: Vec<u64>,
	centre: u64,
}

/// The polynomial `b² - b`, which is zero at bits.
fn bit_check() -> Vec<Field64> {
	vec![Field64::zero(), -Field64::one(), Field64::one()]
}

/// The length of a gadget's part of a proof: a seed for each wire, and the values that fix a polynomial
/// of degree two over as many points as calls and one more, up to a power of two.
const fn proof_len(arity: usize, calls: usize) -> usize {
	arity + 2 * ((1 + calls).next_power_of_two() - 1) + 1
}

impl ProvenSquare {
	/// Numbers up to `max`, which is not 0, and their distance from `centre`.
	pub(crate) fn new(max: u64, centre: u64) -> Self {
		let low = max.checked_ilog2().unwrap_or_default();
		let last = max - ((1 << low) - 1);
		Self { weights: (0..low).map(|bit| 1 << bit).chain([last]).collect(), centre }
	}

	fn number(&self, bits: &[Field64]) -> Field64 {
		let weighted = self.weights.iter().zip(bits);
		weighted
			.fold(Field64::zero(), |sum, (weight, bit)| sum + Field64::from_number(*weight) * *bit)
	}
}

impl Flp for ProvenSquare {
	type Field = Field64;

	fn gadget(&self) -> Vec<Box<dyn Gadget<Field64>>> {
		vec![Box::new(PolyEval::new(bit_check(), self.weights.len())), Box::new(Mul::new(1))]
	}

	fn num_gadgets(&self) -> usize {
		2
	}

	fn valid(
		&self,
		gadgets: &mut Vec<Box<dyn Gadget<Field64>>>,
		input: &[Field64],
		joint_rand: &[Field64],
		num_shares: usize,
	) -> Result<Vec<Field64>, FlpError> {
		self.valid_call_check(input, joint_rand)?;
		let (bits, square) = input.split_at(self.weights.len());
		let mut output = Vec::with_capacity(input.len());
		for bit in bits {
			output.push(gadgets[0].eval(std::slice::from_ref(bit))?);
		}
		// Each of additive shares takes its part of the constant.
		let shares = Field64::from_number(num_shares as u64);
		let distance = self.number(bits) - Field64::from_number(self.centre) * shares.inv();
		output.push(gadgets[1].eval(&[distance, distance])? - square[0]);
		Ok(output)
	}

	fn input_len(&self) -> usize {
		self.weights.len() + 1
	}

	fn proof_len(&self) -> usize {
		proof_len(1, self.weights.len()) + proof_len(2, 1)
	}

	fn verifier_len(&self) -> usize {
		1 + 2 + 3
	}

	fn joint_rand_len(&self) -> usize {
		0
	}

	fn eval_output_len(&self) -> usize {
		self.weights.len() + 1
	}

	fn prove_rand_len(&self) -> usize {
		3
	}
}

impl Type for ProvenSquare {
	type Measurement = u64;
	type AggregateResult = Vec<u64>;

	/// Takes a number that the caller has found to be in range.
	fn encode_measurement(&self, number: &u64) -> Result<Vec<Field64>, FlpError> {
		let low = self.weights.len() - 1;
		let last = self.weights[low];
		// What the low bits do not reach takes the last weight; the rest is in their reach.
		let high = u64::from(*number >> low != 0);
		let rest = number - high * last;
		let distance = Field64::from_number(*number) - Field64::from_number(self.centre);
		Ok(Field64::encode_as_bitvector(rest, low)?
			.chain([Field64::from_number(high), distance * distance])
			.collect())
	}

	fn truncate(&self, input: Vec<Field64>) -> Result<Vec<Field64>, FlpError> {
		self.truncate_call_check(&input)?;
		let (bits, square) = input.split_at(self.weights.len());
		Ok(vec![self.number(bits), square[0]])
	}

	fn decode_result(&self, data: &[Field64], _: usize) -> Result<Vec<u64>, FlpError> {
		Ok(data.iter().copied().map(u64::from).collect())
	}

	fn output_len(&self) -> usize {
		2
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	/// Whether all outputs of the circuit are zero, in the clear.
	fn is_valid(circuit: &ProvenSquare, input: &[Field64]) -> bool {
		let outputs = circuit.valid(&mut circuit.gadget(), input, &[], 1).unwrap();
		outputs.iter().all(|output| *output == Field64::zero())
	}

	#[test]
	fn every_number_of_a_range_has_a_valid_encoding_and_its_square() {
		for (max, centre) in
			[(1, 0), (1, 1), (2, 1), (6, 3), (7, 7), (8, 0), (300, 120), (65_535, 1)]
		{
			let circuit = ProvenSquare::new(max, centre);
			for number in (0..=max).filter(|number| max < 400 || number % 97 == 0 || *number == max)
			{
				let encoded = circuit.encode_measurement(&number).unwrap();
				assert_eq!(encoded.len(), circuit.input_len());
				assert!(is_valid(&circuit, &encoded), "{number} of {max}");
				let distance = number.abs_diff(centre);
				let outputs = [number, distance * distance].map(Field64::from);
				assert_eq!(circuit.truncate(encoded).unwrap(), outputs);
			}
		}
	}

	#[test]
	fn no_other_number_and_no_other_square_is_valid() {
		let circuit = ProvenSquare::new(6, 3);
		let right = circuit.encode_measurement(&5).unwrap();
		for at in 0..right.len() {
			for change in [Field64::one(), -Field64::one(), Field64::from(2)] {
				let mut wrong = right.clone();
				wrong[at] += change;
				let truncated = circuit.truncate(wrong.clone()).unwrap();
				let number = u64::from(truncated[0]);
				let distance = number.abs_diff(3);
				// A changed bit may be another number; its square is then another too.
				let is_right = number <= 6 && truncated[1] == Field64::from(distance * distance);
				assert!(is_right || !is_valid(&circuit, &wrong));
				assert!(!is_valid(&circuit, &wrong), "the square was not changed with it");
			}
		}
	}

	#[test]
	fn a_proof_is_as_long_as_it_says_and_holds_in_shares() {
		for max in [1, 6, 255, 65_535] {
			let circuit = ProvenSquare::new(max, max / 2);
			let input = circuit.encode_measurement(&max).unwrap();
			let prove: Vec<Field64> = Field64::random_vector(circuit.prove_rand_len());
			let query: Vec<Field64> = Field64::random_vector(circuit.query_rand_len());
			let proof = circuit.prove(&input, &prove, &[]).unwrap();
			assert_eq!(proof.len(), circuit.proof_len());
			// Two additive shares.
			let split = |vector: &[Field64]| {
				let one: Vec<Field64> = Field64::random_vector(vector.len());
				let other =
					vector.iter().zip(&one).map(|(sum, one)| *sum - *one).collect::<Vec<_>>();
				(one, other)
			};
			let ((x1, x2), (p1, p2)) = (split(&input), split(&proof));
			let one = circuit.query(&x1, &p1, &query, &[], 2).unwrap();
			let other = circuit.query(&x2, &p2, &query, &[], 2).unwrap();
			let verifier: Vec<Field64> = one.iter().zip(&other).map(|(a, b)| *a + *b).collect();
			assert_eq!(verifier.len(), circuit.verifier_len());
			assert!(circuit.decide(&verifier).unwrap());
		}
	}
}
