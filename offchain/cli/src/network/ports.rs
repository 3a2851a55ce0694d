// SPDX-License-Identifier: Apache-2.0
//! Finding ports that are free.

use crate::error::{Failure, Result};
use std::net::{Ipv4Addr, TcpListener};

/// How far from the usual port to look.
const SPAN: u16 = 200;

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

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_taken_port_is_passed_over() {
		let held = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
		let port = held.local_addr().unwrap().port();
		let found = free_port(port, &[]).unwrap();
		assert_ne!(found, port);
		assert_ne!(free_port(port, &[found]).unwrap(), found);
	}
}
