// SPDX-License-Identifier: Apache-2.0
//! Finding ports that are free, and keeping them so until somebody listens there.

use crate::error::{Failure, IoContext, Result};
use rustix::process::getuid;
use std::{
	fs::{File, OpenOptions},
	net::{Ipv4Addr, TcpListener},
};

/// How far from the usual port to look.
const SPAN: u16 = 200;

/// Held from the moment in which a start looks for ports until its services listen there: another
/// start of this user, with whatever home, would find the same ones free.
#[derive(Debug)]
pub(crate) struct PortsLock(#[expect(dead_code, reason = "dropping it is its use")] File);

impl PortsLock {
	/// Waits until no other start is under way.
	pub(crate) async fn acquire() -> Result<Self> {
		let name = format!("salus-ports-{}.lock", getuid().as_raw());
		let path = std::env::temp_dir().join(name);
		let file = OpenOptions::new()
			.write(true)
			.create(true)
			.truncate(false)
			.open(&path)
			.about(path.display())?;
		let locked = tokio::task::spawn_blocking(move || file.lock().map(|()| file)).await;
		let file = locked.map_err(std::io::Error::other).and_then(|file| file);
		Ok(Self(file.about(path.display())?))
	}
}

/// The first free port from `usual` on that is not among `taken`.
pub(crate) fn free_port(usual: u16, taken: &[u16]) -> Result<u16> {
	(usual..usual.saturating_add(SPAN))
		.filter(|port| !taken.contains(port))
		.find(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok())
		.ok_or_else(|| {
			Failure::new("NO_PORT", format!("no free port from {usual} to {}", usual + SPAN))
				.fix("stop what listens there, or choose another first port")
		})
}

/// Whether nobody listens at the port of a URL on this machine.
pub(crate) fn is_free(url: &str) -> bool {
	let port = url.rsplit(':').next().and_then(|port| port.parse::<u16>().ok());
	port.is_some_and(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok())
}

#[cfg(test)]
mod tests {
	use super::*;

	#[tokio::test]
	async fn a_start_waits_for_the_one_before_it() {
		let first = PortsLock::acquire().await.unwrap();
		let mut second = tokio::spawn(PortsLock::acquire());
		tokio::select! {
			biased;
			_ = &mut second => panic!("both look for ports"),
			() = tokio::task::yield_now() => {},
		}
		drop(first);
		second.await.unwrap().unwrap();
	}

	#[test]
	fn a_taken_port_is_passed_over() {
		let held = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
		let port = held.local_addr().unwrap().port();
		let found = free_port(port, &[]).unwrap();
		assert_ne!(found, port);
		assert_ne!(free_port(port, &[found]).unwrap(), found);
		let url = format!("http://127.0.0.1:{port}");
		assert!(!is_free(&url));
		drop(held);
		assert!(is_free(&url));
		assert!(!is_free("http://127.0.0.1"));
	}
}
