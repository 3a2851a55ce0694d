// SPDX-License-Identifier: Apache-2.0
//! `salus doctor`

use super::Context;
use crate::{
	account::Accounts,
	error::{Failure, Result},
	network::{self, Health, Network, ServiceName},
	output::table,
	session::connect_chain,
};
use rustix::fs::statvfs;
use serde::Serialize;

/// Less free space than this stops a node soon.
const LOW_SPACE: u64 = 2 * 1024 * 1024 * 1024;

#[derive(Serialize)]
struct Check {
	what: &'static str,
	ok: bool,
	found: String,
	#[serde(skip_serializing_if = "Option::is_none")]
	fix: Option<String>,
}

impl Check {
	fn of(what: &'static str, result: Result<String>) -> Self {
		match result {
			Ok(found) => Self { what, ok: true, found, fix: None },
			Err(failure) => Self { what, ok: false, found: failure.message, fix: failure.fix },
		}
	}
}

pub(crate) async fn run(context: &Context) -> Result<()> {
	let home = &context.home;
	let mut checks = vec![
		Check::of("node binary", network::locate_node(None).map(|path| path.display().to_string())),
		Check::of(
			"chain specification",
			network::locate_chain_spec(None).map(|path| path.display().to_string()),
		),
		Check::of("free space", free_space(context)),
		Check::of(
			"accounts",
			Accounts::of(home)
				.and_then(|accounts| accounts.list())
				.map(|cards| format!("{} in {}", cards.len(), home.accounts().display())),
		),
	];
	match Network::required(home) {
		Err(failure) => checks.push(Check::of("network", Err(failure))),
		Ok(network) => {
			for service in &network.services {
				let what = service.name.name();
				let health = service.health().await;
				checks.push(Check::of(
					what,
					if health == Health::Ready {
						Ok(service.url.clone())
					} else {
						Err(Failure::new("SERVICE_NOT_READY", health.to_string())
							.fix(format!("read {}", service.log.display())))
					},
				));
			}
			let chain = async {
				let client = connect_chain(network.url(ServiceName::Node)?).await?;
				let head =
					client.finalized().await.map_err(|error| crate::session::chain(&error))?;
				Ok(format!("block {} is final", head.number))
			};
			checks.push(Check::of("chain", chain.await));
			checks.push(Check::of("committee", committee(&network).await));
		},
	}
	context.output.result(&checks, || {
		table(
			["check", "", "found", "fix"],
			checks.iter().map(|check| {
				[
					check.what.to_owned(),
					if check.ok { "ok" } else { "FAILS" }.to_owned(),
					check.found.clone(),
					check.fix.clone().unwrap_or_default(),
				]
			}),
		)
	});
	match checks.iter().filter(|check| !check.ok).count() {
		0 => Ok(()),
		failed => {
			Err(Failure::new("DOCTOR_FOUND", format!("{failed} of {} checks fail", checks.len()))
				.fix("do what the table says, from the top"))
		},
	}
}

/// The committee that takes keys into custody.
async fn committee(network: &Network) -> Result<String> {
	let wrong = |error: salus_chain::Error| crate::session::chain(&error);
	let client = connect_chain(network.url(ServiceName::Node)?).await?;
	let state = client.state().await.map_err(wrong)?;
	let committee = state.active_committee().await.map_err(wrong)?.ok_or_else(|| {
		Failure::new("NO_COMMITTEE", "no committee of custodians is active")
			.fix("stop the network and start it again: `salus stop`, `salus up`")
	})?;
	Ok(format!(
		"epoch {}: {} of {} custodians open a key",
		committee.epoch,
		committee.threshold,
		committee.members.len()
	))
}

fn free_space(context: &Context) -> Result<String> {
	let stat = statvfs(context.home.path())
		.map_err(|error| Failure::of("IO", &std::io::Error::from(error)))?;
	let free = stat.f_bavail.saturating_mul(stat.f_frsize);
	let text = format!("{} MiB", free / (1024 * 1024));
	if free < LOW_SPACE {
		return Err(Failure::new("DISK_LOW", text).fix("free space, or use another --home"));
	}
	Ok(text)
}
