// SPDX-License-Identifier: Apache-2.0
//! Transactions, with everything that is checked of them.

use crate::World;
use codec::Encode;
use frame_support::{
	dispatch::{DispatchClass, GetDispatchInfo},
	weights::Weight,
};
use frame_system::{offchain::CreateAuthorizedTransaction, ChainContext, CheckNonce};
use salus_runtime::{
	AccountId, Address, Nonce, Runtime, RuntimeCall, Signature, System, TxExtension,
	UncheckedExtrinsic,
};
use sp_core::sr25519;
use sp_runtime::{
	generic::{CheckedExtrinsic, ExtrinsicFormat},
	traits::{Applyable, Checkable},
	ApplyExtrinsicResult,
};
use sp_trie::{proof_size_extension::ProofSizeExt, recorder::Recorder};

/// What a full block holds.
#[derive(Clone, Copy, Debug)]
pub struct Filled {
	/// Transactions that fitted.
	pub transactions: usize,
	/// What normal transactions weigh after what they did not use was given back.
	pub weight: Weight,
	/// The size of the proof, uncompressed.
	pub proof: usize,
}

impl World {
	/// Applies a transaction as a block does, from the check of its nonce to the reclaim of its
	/// weight. Only the signature of `who` is taken for granted.
	///
	/// # Errors
	/// Why the transaction may not be in a block; a call that fails is an inner error.
	pub fn apply(&mut self, who: &AccountId, call: RuntimeCall) -> ApplyExtrinsicResult {
		self.apply_with(|| apply(who, call))
	}

	/// Applies a transaction that came as bytes, when it is one that may come from anybody. What
	/// only the author of a block may put into it is left out.
	///
	/// # Errors
	/// As [`apply`](Self::apply).
	pub fn apply_extrinsic(&mut self, extrinsic: UncheckedExtrinsic) -> ApplyExtrinsicResult {
		self.apply_with(|| {
			let length = extrinsic.encoded_size();
			let checked = extrinsic.check(&ChainContext::<Runtime>::default())?;
			if matches!(checked.format, ExtrinsicFormat::Bare) {
				return Ok(Ok(()));
			}
			apply_checked(checked, length)
		})
	}

	/// Fills this block, which was empty, with transactions until one does not fit or there are no
	/// more, and records the proof of it.
	///
	/// # Panics
	/// When one is refused for another reason, or its call fails.
	pub fn fill(
		&mut self,
		transactions: impl IntoIterator<Item = (AccountId, RuntimeCall)>,
	) -> Filled {
		let (ext, book) = self.parts();
		ext.commit_all().expect("nothing is left to be decided");
		let recorder = Recorder::default();
		ext.register_extension(ProofSizeExt::new(recorder.clone()));
		let mut filled = 0;
		for (who, call) in transactions {
			let applied = ext.execute_with_recorder(recorder.clone(), || apply(&who, call));
			match applied {
				Ok(result) => assert_eq!(result, Ok(()), "transaction {filled}"),
				Err(error) if error.exhausted_resources() => break,
				Err(error) => panic!("transaction {filled}: {error:?}"),
			}
			filled += 1;
		}
		let (weight, events) = ext.execute_with(|| (System::block_weight(), System::events()));
		events.into_iter().for_each(|record| book.note(record.event));
		Filled {
			transactions: filled,
			weight: *weight.get(DispatchClass::Normal),
			proof: recorder.estimate_encoded_size(),
		}
	}
}

/// What goes with a transaction that lives for ever, gives no tip and pays in the native token.
pub fn extension(nonce: Nonce) -> TxExtension {
	let mut extension: TxExtension =
		<Runtime as CreateAuthorizedTransaction<RuntimeCall>>::create_extension();
	extension.0 .6 = CheckNonce::from(nonce);
	extension
}

fn apply(who: &AccountId, call: RuntimeCall) -> ApplyExtrinsicResult {
	let extension = extension(System::account_nonce(who));
	let signature: Signature = sr25519::Signature::default().into();
	let address = Address::Id(who.clone());
	let length =
		UncheckedExtrinsic::new_signed(call.clone(), address, signature, extension.clone())
			.encoded_size();
	let format = ExtrinsicFormat::Signed(who.clone(), extension);
	apply_checked(CheckedExtrinsic { format, function: call }, length)
}

fn apply_checked(
	extrinsic: CheckedExtrinsic<AccountId, RuntimeCall, TxExtension>,
	length: usize,
) -> ApplyExtrinsicResult {
	let info = extrinsic.get_dispatch_info();
	let result = extrinsic.apply::<Runtime>(&info, length)?;
	System::note_applied_extrinsic(&result, info);
	Ok(result.map(|_| ()).map_err(|error| error.error))
}
