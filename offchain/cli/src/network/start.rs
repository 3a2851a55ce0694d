// SPDX-License-Identifier: Apache-2.0
//! Starting a network: node, store and custodians, on loopback, each with its log.

use super::{
	committee::form_committee,
	lock::NetworkLock,
	ports::{free_port, is_free, PortsLock},
	process::{spawn, stop_process, ProcessId},
	state::{Health, Network, Pinned, Service, ServiceName},
};
use crate::{
	account::Accounts,
	error::{Failure, IoContext, Result},
	home::Home,
	output::Output,
	session::connect_chain,
};
use salus_chain::BlockHash;
use serde::Serialize;
use std::{
	path::{Path, PathBuf},
	time::{Duration, Instant},
};

/// How long a service may take until it answers.
const PATIENCE: Duration = Duration::from_secs(90);
/// How long a service that was killed may take to let go of its data. One that takes longer is told of
/// by who needs the data.
const RELEASE_PATIENCE: Duration = Duration::from_secs(10);
/// How often a starting service is asked.
const POLL: Duration = Duration::from_millis(100);

/// What to start.
#[derive(Clone, Debug)]
pub(crate) struct Options {
	/// The node's binary.
	pub(crate) node: PathBuf,
	/// The chain specification.
	pub(crate) chain: PathBuf,
	/// Milliseconds between blocks.
	pub(crate) block_time: u64,
	/// The port from which a free one is looked for, for the node's JSON-RPC.
	pub(crate) node_port: u16,
	/// The same for the node's peers.
	pub(crate) peer_port: u16,
	/// The same for the store; the custodians take the next ones.
	pub(crate) store_port: u16,
}

/// How long each part of a start took.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Phase {
	pub(crate) name: &'static str,
	pub(crate) milliseconds: u128,
}

/// Finds the node beside this program, or on the path.
pub(crate) fn locate_node(given: Option<PathBuf>) -> Result<PathBuf> {
	let beside = beside_this_program("salus-node");
	let on_path = std::env::var_os("PATH").and_then(|paths| {
		std::env::split_paths(&paths).map(|dir| dir.join("salus-node")).find(|file| file.is_file())
	});
	given.or_else(|| beside.filter(|file| file.is_file())).or(on_path).ok_or_else(|| {
		Failure::new("NODE_NOT_FOUND", "there is no salus-node beside this program or on the path")
			.fix("build it with scripts/run, or name it with --node")
	})
}

/// Finds the development chain specification beside this program.
pub(crate) fn locate_chain_spec(given: Option<PathBuf>) -> Result<PathBuf> {
	given
		.or_else(|| beside_this_program("salus-dev.json").filter(|file| file.is_file()))
		.ok_or_else(|| {
			Failure::new("CHAIN_SPEC_NOT_FOUND", "there is no salus-dev.json beside this program")
				.fix("build it with scripts/chain-spec, or name one with --chain")
		})
}

fn beside_this_program(file: &str) -> Option<PathBuf> {
	Some(std::env::current_exe().ok()?.parent()?.join(file))
}

/// Starts a network and waits until all of it answers.
pub(crate) async fn start(
	home: &Home,
	options: &Options,
	output: Output,
) -> Result<(Network, Vec<Phase>)> {
	let _lock = NetworkLock::acquire(home)?;
	if let Some(network) = Network::running(home)? {
		if !network.is_whole() {
			return complete(home, network, output).await;
		}
		let running = network
			.services
			.iter()
			.map(|service| format!("{} (process {})", service.name, service.process.pid))
			.collect::<Vec<_>>();
		return Err(Failure::new(
			"ALREADY_RUNNING",
			format!("a network already runs in {}", home.path().display()),
		)
		.cause(format!("its data is held by {}", running.join(", ")))
		.fix("use it (`salus status`), stop it (`salus stop`), or give another --home"));
	}

	if let Some(network) = Network::read(home)? {
		await_release(&network.services).await;
	}
	let mut phases = Vec::new();
	let mut started = Vec::new();
	let result = start_services(home, options, output, &mut phases, &mut started).await;
	match result {
		Ok(()) => {
			let network = Network { services: started };
			network.write(home)?;
			Ok((network, phases))
		},
		Err(failure) => {
			for service in &started {
				stop_process(&service.process, Duration::from_secs(5));
			}
			Err(failure)
		},
	}
}

/// Starts what has ended of a network, as it was started before. What lives is left alone: somebody may
/// be using it.
async fn complete(
	home: &Home,
	mut network: Network,
	output: Output,
) -> Result<(Network, Vec<Phase>)> {
	let since = Instant::now();
	let _ports = PortsLock::acquire().await?;
	let is_ended = |service: &&mut Service| !service.process.is_alive();
	let mut started = Vec::new();
	for service in network.services.iter_mut().filter(is_ended) {
		output.say(format!("The {} has ended and starts anew.", service.name));
		await_release(std::slice::from_ref(service)).await;
		// The others know it by its address.
		if !is_free(&service.url) {
			return Err(Failure::new(
				"PORT_TAKEN",
				format!("something else listens at {} by now", service.url),
			)
			.fix("end that, or `salus stop` and `salus up`: all of it moves to free ports"));
		}
		service.process = spawn(&service.program, &service.arguments, &service.log)?;
		started.push(service.clone());
	}
	network.write(home)?;
	let mut phases = Vec::new();
	for service in &started {
		await_ready(service, &mut phases, since, output).await?;
	}
	Ok((network, phases))
}

/// Waits for services that were killed a moment ago: they hold their data until their last thread has
/// ended.
async fn await_release(services: &[Service]) {
	let deadline = Instant::now() + RELEASE_PATIENCE;
	while Instant::now() < deadline && !services.iter().all(|service| service.process.has_let_go())
	{
		tokio::time::sleep(POLL).await;
	}
}

async fn start_services(
	home: &Home,
	options: &Options,
	output: Output,
	phases: &mut Vec<Phase>,
	started: &mut Vec<Service>,
) -> Result<()> {
	let _ports = PortsLock::acquire().await?;
	let mut taken = Vec::new();
	let mut port = |usual: u16, what: &str| -> Result<u16> {
		let found = free_port(usual, &taken)?;
		taken.push(found);
		if found != usual {
			output.say(format!("port {usual} is taken; {what} moves to {found}"));
		}
		Ok(found)
	};
	let node_port = port(options.node_port, "the node")?;
	let peer_port = port(options.peer_port, "the node's peer port")?;
	let store_port = port(options.store_port, "the store")?;
	let mut custodian_ports = Vec::new();
	for name in ServiceName::CUSTODIANS {
		let usual = store_port.saturating_add(1);
		custodian_ports.push((name, port(usual, name.name())?));
	}
	let node_url = format!("ws://127.0.0.1:{node_port}");
	let store_url = format!("http://127.0.0.1:{store_port}");

	let program = std::env::current_exe().about("this program")?;
	let arguments =
		|parts: &[&str]| parts.iter().map(|part| (*part).to_owned()).collect::<Vec<_>>();
	let home_path = home.path().display().to_string();
	let since = Instant::now();

	// The node takes longest, so it goes first and the others start while it comes up.
	let node = launch(
		ServiceName::Node,
		&node_url,
		None,
		&options.node,
		&arguments(&[
			"--dev",
			"--chain",
			&options.chain.display().to_string(),
			"--dev-block-time",
			&options.block_time.to_string(),
			"--base-path",
			&home.node().display().to_string(),
			"--database",
			"paritydb",
			"--state-pruning",
			"archive",
			"--blocks-pruning",
			"archive",
			"--rpc-port",
			&node_port.to_string(),
			"--listen-addr",
			&format!("/ip4/127.0.0.1/tcp/{peer_port}"),
			"--no-mdns",
			"--no-prometheus",
			"--no-telemetry",
			"--no-hardware-benchmarks",
		]),
		home,
		started,
	)?;
	let store = launch(
		ServiceName::Store,
		&store_url,
		None,
		&program,
		&arguments(&["--home", &home_path, "service", "store", "--port", &store_port.to_string()]),
		home,
		started,
	)?;
	await_ready(&store, phases, since, output).await?;
	await_ready(&node, phases, since, output).await?;
	let chain = connect_chain(&node_url).await?;
	let accounts = Accounts::of(home)?;
	let mut known = Vec::new();
	for (name, port) in custodian_ports {
		let account = accounts.card(name.name())?.account;
		known.push((name, port, account, format!("https://127.0.0.1:{port}")));
	}
	let mut custodians = Vec::new();
	for (name, port, account, url) in &known {
		let others = known.iter().filter(|(other, ..)| other != name);
		let others = others
			.flat_map(|(_, _, account, url)| ["--peer".to_owned(), format!("{account}={url}")]);
		let usual = arguments(&[
			"--home",
			&home_path,
			"service",
			"custodian",
			"--name",
			name.name(),
			"--port",
			&port.to_string(),
			"--node-url",
			&node_url,
			"--store-url",
			&store_url,
		]);
		custodians.push(launch(
			*name,
			url,
			Some(Pinned { account: *account, chain: BlockHash(chain.genesis()) }),
			&program,
			&usual.into_iter().chain(others).collect::<Vec<_>>(),
			home,
			started,
		)?);
	}
	form_committee(home, &chain).await?;
	phases.push(Phase { name: "committee", milliseconds: since.elapsed().as_millis() });
	for custodian in &custodians {
		await_ready(custodian, phases, since, output).await?;
	}
	Ok(())
}

fn launch(
	name: ServiceName,
	url: &str,
	pinned: Option<Pinned>,
	program: &Path,
	arguments: &[String],
	home: &Home,
	started: &mut Vec<Service>,
) -> Result<Service> {
	let log = home.log(&name.to_string());
	let process: ProcessId = spawn(program, arguments, &log)?;
	let (url, program, arguments) = (url.to_owned(), program.to_owned(), arguments.to_vec());
	let service = Service { name, url, process, program, arguments, log, pinned };
	started.push(service.clone());
	Ok(service)
}

async fn await_ready(
	service: &Service,
	phases: &mut Vec<Phase>,
	since: Instant,
	output: Output,
) -> Result<()> {
	let spinner = output.spinner(format!("{} ...", service.name));
	let deadline = Instant::now() + PATIENCE;
	loop {
		match service.health().await {
			Health::Ready => break,
			Health::Silent if Instant::now() < deadline => tokio::time::sleep(POLL).await,
			health => {
				spinner.finish_and_clear();
				return Err(Failure::new(
					"SERVICE_NOT_READY",
					format!("the {} {health}", service.name),
				)
				.cause(last_lines(&service.log))
				.fix(format!("read {}", service.log.display())));
			},
		}
	}
	spinner.finish_and_clear();
	let milliseconds = since.elapsed().as_millis();
	output.say(format!("{:16} ready after {:>6} ms  {}", service.name, milliseconds, service.url));
	phases.push(Phase { name: service.name.name(), milliseconds });
	Ok(())
}

/// The end of a log, which mostly says why a service ended.
fn last_lines(log: &Path) -> String {
	let text = std::fs::read_to_string(log).unwrap_or_default();
	let lines = text.lines().rev().take(5).collect::<Vec<_>>();
	if lines.is_empty() {
		return format!("{} is empty", log.display());
	}
	lines.into_iter().rev().collect::<Vec<_>>().join(" | ")
}
