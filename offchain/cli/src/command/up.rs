// SPDX-License-Identifier: Apache-2.0
//! `salus up`

use super::Context;
use crate::{
	account::{Accounts, Card},
	arguments::Up,
	error::Result,
	network::{self, Network},
	output::table,
};
use serde::Serialize;

#[derive(Serialize)]
struct Started<'a> {
	services: &'a [network::Service],
	phases: Vec<network::Phase>,
	accounts: Vec<Card>,
}

pub(crate) async fn run(context: &Context, arguments: Up) -> Result<()> {
	let accounts = Accounts::of(&context.home)?;
	if arguments.exist_ok {
		if let Some(network) = Network::running(&context.home)?.filter(Network::is_whole) {
			context.output.say("The network runs already.");
			report(context, &network, Vec::new(), accounts.list()?);
			return Ok(());
		}
	}
	accounts.ensure_development()?;
	let options = network::Options {
		node: network::locate_node(arguments.node)?,
		chain: network::locate_chain_spec(arguments.chain)?,
		block_time: arguments.block_time,
		node_port: arguments.node_port,
		peer_port: arguments.peer_port,
		store_port: arguments.store_port,
	};
	let (network, phases) = network::start(&context.home, &options, context.output).await?;
	report(context, &network, phases, accounts.list()?);
	Ok(())
}

fn report(context: &Context, network: &Network, phases: Vec<network::Phase>, accounts: Vec<Card>) {
	let text = || {
		let services = network.services.iter().map(|service| {
			[service.name.to_string(), service.url.clone(), service.log.display().to_string()]
		});
		let people = accounts
			.iter()
			.map(|card| [card.name.clone(), String::new(), card.account.to_string()]);
		format!(
			"{}\n\nDevelopment keys are public: never use them for real data.\n\
			Wallet: https://polkadot.js.org/apps/?rpc={}\n\
			Try:    salus demo\n\
			        salus sample fhir --out bundle.json && salus ingest --as patient bundle.json",
			table(["service or account", "url", "log or address"], services.chain(people)),
			network.services.first().map(|node| node.url.as_str()).unwrap_or_default(),
		)
	};
	let started = Started { services: &network.services, phases, accounts: accounts.clone() };
	context.output.result(&started, text);
}
