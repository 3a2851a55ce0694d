// SPDX-License-Identifier: Apache-2.0
//! `salus status`

use super::Context;
use crate::{
	error::{Failure, Result},
	network::{Health, Network, Service},
	output::table,
};
use serde::Serialize;

#[derive(Serialize)]
struct ServiceStatus {
	#[serde(flatten)]
	service: Service,
	health: Health,
}

pub(crate) async fn run(context: &Context) -> Result<()> {
	let network = Network::required(&context.home)?;
	let mut services = Vec::new();
	for service in network.services {
		services.push(ServiceStatus { health: service.health().await, service });
	}
	context.output.result(&services, || {
		table(
			["service", "state", "url", "process", "log"],
			services.iter().map(|status| {
				[
					status.service.name.to_string(),
					status.health.to_string(),
					status.service.url.clone(),
					status.service.process.pid.to_string(),
					status.service.log.display().to_string(),
				]
			}),
		)
	});
	match services.iter().find(|status| status.health != Health::Ready) {
		None => Ok(()),
		Some(status) => Err(Failure::new(
			"SERVICE_NOT_READY",
			format!("the {} {}", status.service.name, status.health),
		)
		.fix(format!("read {}; then `salus stop` and `salus up`", status.service.log.display()))),
	}
}
