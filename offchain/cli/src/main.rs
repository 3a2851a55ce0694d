// SPDX-License-Identifier: Apache-2.0
//! `salus`: every user's command line, and the services of a development network as sub-commands.

mod account;
mod arguments;
mod command;
mod error;
mod home;
mod network;
mod output;
mod output_file;
mod session;

use arguments::{Cli, Command};
use clap::{CommandFactory, Parser};
use error::Result;
use output::Output;
use std::{io::IsTerminal, process::ExitCode};
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
	let cli = Cli::parse();
	let output = if cli.json { Output::Json } else { Output::Text };
	// A command says what went wrong itself; a service has only its log.
	let is_service = matches!(cli.command, Command::Service(_) | Command::Listen(_));
	let quiet = if is_service { "info" } else { "off" };
	tracing_subscriber::fmt()
		.with_env_filter(
			EnvFilter::try_from_env("SALUS_LOG").unwrap_or_else(|_| EnvFilter::new(quiet)),
		)
		.with_ansi(std::io::stderr().is_terminal())
		.with_writer(std::io::stderr)
		.init();
	let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
		Ok(runtime) => runtime,
		Err(error) => return output.failure(&error::Failure::of("RUNTIME", &error)),
	};
	match runtime.block_on(run(cli, output)) {
		Ok(()) => ExitCode::SUCCESS,
		Err(failure) => output.failure(&failure),
	}
}

async fn run(cli: Cli, output: Output) -> Result<()> {
	let Cli { home, passphrase_file, command, .. } = cli;
	let setting = command::Setting { home, output, passphrase_file };
	// These need no home, or not always one.
	let command = match command {
		Command::Completions { shell } => {
			clap_complete::generate(shell, &mut Cli::command(), "salus", &mut std::io::stdout());
			return Ok(());
		},
		Command::Convert(arguments) => return command::convert::run(arguments, output).await,
		Command::Deid(arguments) => return command::deid::run(arguments, output).await,
		Command::Disclosure(arguments) => return command::disclosure::run(arguments, output).await,
		Command::Listen(arguments) => return command::listen::run(arguments, output).await,
		Command::Sample(arguments) => return command::sample::run(&arguments, output),
		Command::Kit(arguments) => return command::kit::run(&setting, arguments).await,
		Command::Recover(arguments) => return command::recover::run(&setting, arguments).await,
		command => command,
	};
	let context = setting.context()?;
	match command {
		Command::Up(arguments) => command::up::run(&context, arguments).await,
		Command::Status => command::status::run(&context).await,
		Command::Stop => command::stop::run(&context),
		Command::Reset { yes } => command::reset::run(&context, yes),
		Command::Doctor => command::doctor::run(&context).await,
		Command::Account(arguments) => command::account::run(&context, arguments).await,
		Command::Unseal(arguments) => command::unseal::run(&context, &arguments),
		Command::Ingest(arguments) => command::ingest::run(&context, arguments).await,
		Command::Records(arguments) => command::records::run(&context, arguments).await,
		Command::Export(arguments) => command::export::run(&context, arguments).await,
		Command::Share(arguments) => command::share::run(&context, arguments).await,
		Command::Deny(arguments) => command::deny::run(&context, arguments).await,
		Command::Claim(arguments) => command::claim::run(&context, arguments).await,
		Command::Consents(arguments) => command::consents::run(&context, arguments).await,
		Command::Revoke(arguments) => command::revoke::run(&context, arguments).await,
		Command::Open(arguments) => command::open::run(&context, arguments).await,
		Command::Emergency(arguments) => command::emergency::run(&context, arguments).await,
		Command::Custodian(arguments) => command::custodian::run(&context, arguments).await,
		Command::Market(arguments) => command::market::run(&context, arguments).await,
		Command::Audit(arguments) => command::audit::run(&context, arguments).await,
		Command::Demo(arguments) => command::demo::run(&context, arguments).await,
		Command::Measure(arguments) => command::measure::run(&context, arguments).await,
		Command::Service(arguments) => command::service::run(&context, arguments).await,
		Command::Completions { .. }
		| Command::Convert(_)
		| Command::Deid(_)
		| Command::Disclosure(_)
		| Command::Listen(_)
		| Command::Sample(_)
		| Command::Kit(_)
		| Command::Recover(_) => Ok(()),
	}
}
