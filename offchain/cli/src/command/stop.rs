// SPDX-License-Identifier: Apache-2.0
//! `salus stop`

use super::Context;
use crate::{
	error::Result,
	network::{stop_process, Network, NetworkLock},
};
use serde_json::json;
use std::time::Duration;

/// How long a service may take to end by itself.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) fn run(context: &Context) -> Result<()> {
	let stopped = stop(context)?;
	context.output.result(&json!({ "stopped": stopped }), || {
		if stopped {
			"Stopped. Data stay.".to_owned()
		} else {
			"Nothing was running.".to_owned()
		}
	});
	Ok(())
}

/// Stops the network; whether anything was running.
pub(crate) fn stop(context: &Context) -> Result<bool> {
	let _lock = NetworkLock::acquire(&context.home)?;
	let running = Network::running(&context.home)?;
	// In the reverse order of their start: who depends goes first.
	for service in running.iter().flat_map(|network| network.services.iter().rev()) {
		stop_process(&service.process, PATIENCE);
	}
	Network::forget(&context.home)?;
	Ok(running.is_some())
}
