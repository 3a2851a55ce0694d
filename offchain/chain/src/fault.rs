// SPDX-License-Identifier: Apache-2.0
//! From the many errors of subxt to ours: what the network did, what the node refused, what the
//! runtime does not know, what does not decode.

use crate::Error;
use subxt::{
	error::{
		BackendError, BlockError, ConstantError, EventsError, ExtrinsicError,
		OnlineClientAtBlockError, OnlineClientError, RpcError, RuntimeApiError, StorageError,
		StorageKeyError, StorageValueError, TransactionProgressError,
	},
	rpcs,
};

/// How a node says, among other things with number 4003, that it does not know a block or has
/// pruned its state.
const UNKNOWN_BLOCK: (i32, &str) = (4003, "UnknownBlock");

impl From<rpcs::Error> for Error {
	fn from(error: rpcs::Error) -> Self {
		match error {
			rpcs::Error::User(refused) => {
				let detail = refused
					.data
					.as_ref()
					.map(|data| format!(": {}", data.get().trim_matches('"')))
					.unwrap_or_default();
				let message = format!("{}{detail}", refused.message);
				if refused.code == UNKNOWN_BLOCK.0 && message.contains(UNKNOWN_BLOCK.1) {
					return Self::BlockUnavailable { block: message };
				}
				Self::NodeRefused { number: refused.code, message }
			},
			rpcs::Error::Client(cause) => Self::ConnectionLost { cause },
			error @ rpcs::Error::DisconnectedWillReconnect(_) => {
				Self::ConnectionLost { cause: error.into() }
			},
			error => Self::InvalidData { cause: error.into() },
		}
	}
}

impl From<BackendError> for Error {
	fn from(error: BackendError) -> Self {
		match error {
			BackendError::Rpc(RpcError::ClientError(error)) => error.into(),
			error @ BackendError::Rpc(RpcError::SubscriptionDropped | RpcError::LimitReached) => {
				Self::ConnectionLost { cause: error.into() }
			},
			error => Self::InvalidData { cause: error.into() },
		}
	}
}

impl From<OnlineClientError> for Error {
	fn from(error: OnlineClientError) -> Self {
		match error {
			OnlineClientError::RpcError(error) => error.into(),
			OnlineClientError::CannotGetGenesisHash(error) => error.into(),
			error => Self::ConnectionLost { cause: error.into() },
		}
	}
}

impl From<OnlineClientAtBlockError> for Error {
	fn from(error: OnlineClientAtBlockError) -> Self {
		use OnlineClientAtBlockError as E;
		match error {
			E::CannotGetCurrentBlock { reason }
			| E::CannotGetBlockHash { reason, .. }
			| E::CannotGetBlockHeader { reason, .. }
			| E::CannotGetSpecVersion { reason, .. } => reason.into(),
			E::BlockNotFound { block_number } => {
				Self::BlockUnavailable { block: block_number.to_string() }
			},
			E::BlockHeaderNotFound { block_hash } => {
				Self::BlockUnavailable { block: format!("0x{block_hash}") }
			},
			error => Self::RuntimeIncompatible { item: format!("its metadata ({error})") },
		}
	}
}

impl From<BlockError> for Error {
	fn from(error: BlockError) -> Self {
		match error {
			BlockError::CouldNotDownloadBlockHeader { reason, .. } => reason.into(),
			BlockError::BlockNotFound { block_hash } => {
				Self::BlockUnavailable { block: format!("0x{block_hash}") }
			},
			error => Self::InvalidData { cause: error.into() },
		}
	}
}

impl From<StorageError> for Error {
	fn from(error: StorageError) -> Self {
		use StorageError as E;
		match error {
			E::CannotFetchValue(error)
			| E::CannotIterateValues(error)
			| E::StreamFailure(error) => error.into(),
			error @ E::NoValueFound => Self::InvalidData { cause: error.into() },
			error => Self::RuntimeIncompatible { item: format!("storage ({error})") },
		}
	}
}

impl From<StorageValueError> for Error {
	fn from(error: StorageValueError) -> Self {
		Self::InvalidData { cause: error.into() }
	}
}

impl From<StorageKeyError> for Error {
	fn from(error: StorageKeyError) -> Self {
		Self::InvalidData { cause: error.into() }
	}
}

impl From<ConstantError> for Error {
	fn from(error: ConstantError) -> Self {
		Self::RuntimeIncompatible { item: format!("a constant ({error})") }
	}
}

impl From<RuntimeApiError> for Error {
	fn from(error: RuntimeApiError) -> Self {
		match error {
			RuntimeApiError::CannotCallApi(error) => error.into(),
			error @ RuntimeApiError::CouldNotDecodeResponse(_) => {
				Self::InvalidData { cause: error.into() }
			},
			error => Self::RuntimeIncompatible { item: format!("a runtime API ({error})") },
		}
	}
}

impl From<EventsError> for Error {
	fn from(error: EventsError) -> Self {
		match error {
			EventsError::CannotFetchEventBytes(error) => error.into(),
			error @ EventsError::CannotDecodeEventEnum { .. } => {
				Self::RuntimeIncompatible { item: format!("an event ({error})") }
			},
			error => Self::InvalidData { cause: error.into() },
		}
	}
}

impl From<ExtrinsicError> for Error {
	fn from(error: ExtrinsicError) -> Self {
		use ExtrinsicError as E;
		match error {
			E::ErrorSubmittingTransaction(error) | E::TransactionStatusStreamError(error) => {
				error.into()
			},
			error => Self::RuntimeIncompatible { item: format!("a call ({error})") },
		}
	}
}

impl From<TransactionProgressError> for Error {
	fn from(error: TransactionProgressError) -> Self {
		match error {
			TransactionProgressError::CannotGetNextProgressUpdate(error) => error.into(),
			error => Self::ConnectionLost { cause: error.into() },
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use subxt::rpcs::UserError;

	fn refused(code: i32) -> BackendError {
		let message = "Client error: UnknownBlock: State already discarded for 0x00".into();
		let user = UserError { code, message, data: None };
		rpcs::Error::User(user).into()
	}

	#[test]
	fn a_pruned_block_is_told_from_a_refusal() {
		let pruned = Error::from(StorageError::CannotFetchValue(refused(UNKNOWN_BLOCK.0)));
		assert_eq!(pruned.code(), "BLOCK_UNAVAILABLE");
		let refused = Error::from(RuntimeApiError::CannotCallApi(refused(-32601)));
		assert_eq!((refused.code(), refused.is_retryable()), ("NODE_REFUSED", false));
	}

	#[test]
	fn a_broken_connection_is_retryable_wherever_it_shows() {
		let lost = || BackendError::from(rpcs::Error::Client("closed".into()));
		for error in [
			Error::from(StorageError::StreamFailure(lost())),
			EventsError::CannotFetchEventBytes(lost()).into(),
			ExtrinsicError::ErrorSubmittingTransaction(lost()).into(),
			OnlineClientAtBlockError::CannotGetCurrentBlock { reason: lost() }.into(),
		] {
			assert_eq!((error.code(), error.is_retryable()), ("NODE_CONNECTION_LOST", true));
		}
	}

	#[test]
	fn another_shape_of_the_runtime_is_named() {
		for error in [
			Error::from(StorageError::IncompatibleCodegen),
			RuntimeApiError::IncompatibleCodegen.into(),
			ConstantError::IncompatibleCodegen.into(),
			ExtrinsicError::IncompatibleCodegen.into(),
		] {
			assert_eq!((error.code(), error.is_retryable()), ("RUNTIME_INCOMPATIBLE", false));
		}
	}
}
