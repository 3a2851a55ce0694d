// SPDX-License-Identifier: Apache-2.0
//! One start or stop at a time.

use crate::{
	error::{Failure, IoContext, Result},
	home::Home,
};
use std::{
	fs::{File, OpenOptions, TryLockError},
	io::{Read, Seek, Write},
};

/// Held while a network starts or stops. The operating system gives it back when the process ends,
/// however it ends.
#[derive(Debug)]
pub(crate) struct NetworkLock(#[expect(dead_code, reason = "dropping it is its use")] File);

impl NetworkLock {
	pub(crate) fn acquire(home: &Home) -> Result<Self> {
		let path = home.lock();
		let mut file = OpenOptions::new()
			.read(true)
			.write(true)
			.create(true)
			.truncate(false)
			.open(&path)
			.about(path.display())?;
		match file.try_lock() {
			Ok(()) => {
				file.set_len(0).about(path.display())?;
				file.rewind().about(path.display())?;
				write!(file, "{}", std::process::id()).about(path.display())?;
				Ok(Self(file))
			},
			Err(TryLockError::WouldBlock) => {
				let mut holder = String::new();
				let _ = file.read_to_string(&mut holder);
				Err(Failure::new(
					"NETWORK_LOCKED",
					format!("process {} is starting or stopping this network", holder.trim()),
				)
				.cause(format!("it holds {}", path.display()))
				.fix("wait until it is done, or use another directory with --home"))
			},
			Err(TryLockError::Error(error)) => Err(error).about(path.display()),
		}
	}
}
