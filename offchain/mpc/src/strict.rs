// SPDX-License-Identifier: Apache-2.0
//! The mode `smpc-strict`: Prio3 of VDAF-18 as `prio` has it.

use crate::{
	job::{JobKey, ReportId},
	wire::Object,
	Error, Rejection, Result,
};
use prio::{
	codec::{Encode, ParameterizedDecode},
	field::FieldElement,
	flp::{Flp, Type},
	vdaf::{
		prio3::{Prio3, Prio3InputShare, Prio3PublicShare, Prio3VerifierShare, Prio3VerifyState},
		xof::XofTurboShake128,
		Aggregator, Client, VerifyTransition,
	},
};
use salus_primitives::custody::Seat;
use zeroize::Zeroizing;

/// What one aggregator gets of a report.
pub(crate) type Input<T> = Prio3InputShare<<T as Flp>::Field, 32>;
/// What all of them get.
pub(crate) type Public = Prio3PublicShare<32>;
/// What an aggregator keeps of a report that it verifies.
pub(crate) type State<T> = Prio3VerifyState<<T as Flp>::Field, 32>;

/// Prio3 with one circuit, in one application context.
#[derive(Clone, Debug)]
pub(crate) struct Strict<T: Type> {
	vdaf: Prio3<T, XofTurboShake128, 32>,
	context: Vec<u8>,
	aggregators: usize,
	/// The lengths in bytes of the measurement and proof of a report, and of an answer.
	share_len: usize,
	answer_len: usize,
	has_joint_randomness: bool,
}

impl<T: Type> Strict<T> {
	pub(crate) fn new(
		aggregators: usize,
		algorithm: u32,
		flp: T,
		context: Vec<u8>,
	) -> Result<Self> {
		let number = u8::try_from(aggregators).map_err(Error::internal("Prio3"))?;
		let size = <T::Field as FieldElement>::ENCODED_SIZE;
		let has_joint_randomness = flp.joint_rand_len() > 0;
		let part = if has_joint_randomness { 32 } else { 0 };
		Ok(Self {
			share_len: (flp.input_len() + flp.proof_len()) * size,
			answer_len: flp.verifier_len() * size + part,
			vdaf: Prio3::new(number, 1, algorithm, flp).map_err(Error::internal("Prio3"))?,
			context,
			aggregators,
			has_joint_randomness,
		})
	}

	/// Shares a measurement.
	pub(crate) fn share(
		&self,
		id: ReportId,
		measurement: &T::Measurement,
	) -> Result<(Public, Vec<Input<T>>)> {
		self.vdaf.shard(&self.context, measurement, &id.0).map_err(Error::internal("shard"))
	}

	/// Reads a public share and an input share. Both have lengths that the circuit fixes.
	pub(crate) fn decode(&self, seat: Seat, bytes: &[u8]) -> Result<(Public, Input<T>)> {
		let malformed = |_| Object::ReportShare.malformed("an element is not canonical");
		let (parts, blind) =
			if self.has_joint_randomness { (32 * self.aggregators, 32) } else { (0, 0) };
		let share = if seat.0 == 0 { self.share_len } else { 32 };
		if bytes.len() != parts + share + blind {
			return Err(Object::ReportShare.malformed("it has the wrong length"));
		}
		let (public, input) = bytes.split_at(parts);
		let seat = usize::from(seat.0);
		Ok((
			Public::get_decoded_with_param(&self.vdaf, public).map_err(malformed)?,
			Input::<T>::get_decoded_with_param(&(&self.vdaf, seat), input).map_err(malformed)?,
		))
	}

	/// The length of what an aggregator says about a report.
	pub(crate) const fn answer_len(&self) -> usize {
		self.answer_len
	}

	/// What an aggregator says about a report, and what it keeps.
	pub(crate) fn answer(
		&self,
		key: &JobKey,
		id: ReportId,
		seat: Seat,
		public: &Public,
		input: &Input<T>,
	) -> Result<(Vec<u8>, State<T>)> {
		let seat = usize::from(seat.0);
		let (state, share) = self
			.vdaf
			.verify_init(key.expose(), &self.context, seat, &(), &id.0, public, input)
			.map_err(|_| Rejection::ProofRefused)?;
		Ok((share.get_encoded().map_err(Error::internal("encode"))?, state))
	}

	/// Decides about a report by the answers of all aggregators, by seat, and gives the share of
	/// what is summed.
	pub(crate) fn decide(&self, state: State<T>, answers: &[&[u8]]) -> Result<Vec<T::Field>> {
		let read = |bytes: &&[u8]| Prio3VerifierShare::get_decoded_with_param(&state, bytes);
		let shares: Vec<_> = answers
			.iter()
			.map(read)
			.collect::<Result<_, _>>()
			.map_err(|_| Object::VerifierMessage.malformed("it is no answer of Prio3"))?;
		let message = self
			.vdaf
			.verifier_shares_to_message(&self.context, &(), shares)
			.map_err(|_| Rejection::ProofRefused)?;
		match self.vdaf.verify_next(&self.context, state, message) {
			Ok(VerifyTransition::Finish(output)) => Ok(output.as_ref().to_vec()),
			Ok(VerifyTransition::Continue(..)) => Err(Error::Internal { operation: "verify" }),
			Err(_) => Err(Rejection::PublicShareMismatch.into()),
		}
	}
}

/// The bytes of a public share and an input share.
pub(crate) fn encode<T: Type>(public: &Public, input: &Input<T>) -> Result<Zeroizing<Vec<u8>>> {
	let length = |len: Option<usize>| len.ok_or(Error::Internal { operation: "encode" });
	let capacity = length(public.encoded_len())? + length(input.encoded_len())?;
	let mut bytes = Zeroizing::new(Vec::with_capacity(capacity));
	public.encode(&mut bytes).map_err(Error::internal("encode"))?;
	input.encode(&mut bytes).map_err(Error::internal("encode"))?;
	Ok(bytes)
}

#[cfg(test)]
mod tests {
	//! The test vectors of VDAF-18 that `prio` comes with, read from its sources. They are verified,
	//! refused and added up here as the mode does it; the sharding of a measurement is `prio`'s alone
	//! and tested there.

	use super::*;
	use prio::{
		field::Field128,
		flp::{
			gadgets::{Mul, ParallelSum},
			types,
		},
	};
	use serde_json::Value;
	use std::{path::PathBuf, process::Command};

	/// Where the vectors of the release lie that is built against.
	fn vectors() -> PathBuf {
		let output = Command::new(env!("CARGO"))
			.args(["metadata", "--format-version", "1", "--locked", "--offline"])
			.current_dir(env!("CARGO_MANIFEST_DIR"))
			.output()
			.expect("cargo runs");
		let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo says JSON");
		let packages = metadata["packages"].as_array().unwrap();
		let prio = packages.iter().find(|package| package["name"] == "prio").unwrap();
		let manifest = PathBuf::from(prio["manifest_path"].as_str().unwrap());
		manifest.with_file_name("src/vdaf/test_vec/18")
	}

	fn bytes(value: &Value) -> Vec<u8> {
		hex::decode(value.as_str().unwrap()).unwrap()
	}

	fn number(vector: &Value, parameter: &str) -> usize {
		usize::try_from(vector[parameter].as_u64().unwrap()).unwrap()
	}

	/// Does what the vector's operations say. Returns how many of them it did.
	fn follow<T: Type>(vector: &Value, algorithm: u32, flp: T) -> usize {
		let size = number(vector, "shares");
		let strict = Strict::new(size, algorithm, flp.clone(), bytes(&vector["ctx"])).unwrap();
		let key = JobKey::from_bytes(bytes(&vector["verify_key"]).try_into().unwrap());
		let mut sums = vec![vec![T::Field::zero(); flp.output_len()]; size];
		let encoded = |elements: &[T::Field]| -> Vec<u8> {
			elements.iter().flat_map(|element| element.get_encoded().unwrap()).collect()
		};
		let mut done = 0;
		for report in vector["reports"].as_array().unwrap() {
			let id = ReportId(bytes(&report["nonce"]).try_into().unwrap());
			let mut states = Vec::new();
			let mut answers = Vec::new();
			for (seat, input) in report["input_shares"].as_array().unwrap().iter().enumerate() {
				let share = [bytes(&report["public_share"]), bytes(input)].concat();
				let seat_number = Seat(seat as u8);
				let (public, input) = strict.decode(seat_number, &share).unwrap();
				assert_eq!(*encode::<T>(&public, &input).unwrap(), share);
				let (answer, state) =
					strict.answer(&key, id, seat_number, &public, &input).unwrap();
				assert_eq!(answer, bytes(&report["verifier_shares"][0][seat]));
				assert_eq!(answer.len(), strict.answer_len());
				answers.push(answer);
				states.push(state);
				done += 1;
			}
			let answers: Vec<&[u8]> = answers.iter().map(Vec::as_slice).collect();
			let outputs = report["out_shares"].as_array().unwrap();
			for (seat, state) in states.into_iter().enumerate() {
				let output = strict.decide(state, &answers);
				done += 1;
				let Some(expected) = outputs.get(seat) else {
					assert!(output.is_err(), "what the vector refuses is refused");
					continue;
				};
				let output = output.unwrap();
				let expected: Vec<u8> = match expected {
					Value::Array(elements) => elements.iter().flat_map(bytes).collect(),
					whole => bytes(whole),
				};
				assert_eq!(encoded(&output), expected);
				for (sum, element) in sums[seat].iter_mut().zip(output) {
					*sum += element;
				}
			}
		}
		for (seat, expected) in vector["agg_shares"].as_array().unwrap().iter().enumerate() {
			assert_eq!(encoded(&sums[seat]), bytes(expected));
			done += 1;
		}
		done
	}

	#[test]
	fn the_vectors_of_vdaf_18_hold() {
		type Parallel = ParallelSum<Field128, Mul>;
		let folder = vectors();
		let mut files = 0;
		for entry in std::fs::read_dir(folder).expect("prio comes with its vectors") {
			let path = entry.unwrap().path();
			let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
			let Some((kind, _)) = name.split_once('_') else { continue };
			let vector: Value =
				serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
			let get = |parameter| number(&vector, parameter);
			let done = match kind {
				"Prio3Count" => follow(&vector, 1, types::Count::<prio::field::Field64>::new()),
				"Prio3Sum" => {
					let max = get("max_measurement") as u64;
					follow(&vector, 2, types::Sum::<prio::field::Field64>::new(max).unwrap())
				},
				"Prio3SumVec" => {
					let max = get("max_measurement") as u128;
					let flp = types::SumVec::<Field128, Parallel>::new(
						max,
						get("length"),
						get("chunk_length"),
					);
					follow(&vector, 3, flp.unwrap())
				},
				"Prio3Histogram" => {
					let flp = types::Histogram::<Field128, Parallel>::new(
						get("length"),
						get("chunk_length"),
					);
					// The vector with another verifier message than the answers give is none that
					// this mode could meet: it makes the message from the answers.
					if name.ends_with("bad_verifier_message") {
						continue;
					}
					follow(&vector, 4, flp.unwrap())
				},
				"Prio3MultihotCountVec" => {
					let flp = types::MultihotCountVec::<Field128, Parallel>::new(
						get("length"),
						get("max_weight"),
						get("chunk_length"),
					);
					follow(&vector, 5, flp.unwrap())
				},
				_ => continue,
			};
			assert!(done > 0, "{name}");
			files += 1;
		}
		assert_eq!(files, 21);
	}
}
