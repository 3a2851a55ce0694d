// SPDX-License-Identifier: Apache-2.0
//! The commands, one file each.

pub(crate) mod account;
pub(crate) mod audit;
pub(crate) mod claim;
pub(crate) mod consents;
pub(crate) mod convert;
pub(crate) mod custodian;
pub(crate) mod deid;
pub(crate) mod demo;
pub(crate) mod deny;
pub(crate) mod disclosure;
pub(crate) mod doctor;
pub(crate) mod emergency;
pub(crate) mod export;
pub(crate) mod ingest;
pub(crate) mod jobs;
pub(crate) mod kit;
pub(crate) mod listen;
pub(crate) mod market;
pub(crate) mod measure;
pub(crate) mod open;
pub(crate) mod records;
pub(crate) mod recover;
pub(crate) mod reseal;
pub(crate) mod reset;
pub(crate) mod revoke;
pub(crate) mod sample;
pub(crate) mod service;
pub(crate) mod share;
pub(crate) mod status;
pub(crate) mod stop;
pub(crate) mod unseal;
pub(crate) mod up;
pub(crate) mod watch;

use crate::{
	error::{Failure, IoContext, Result},
	home::Home,
	output::Output,
};
use std::{
	io::{BufRead, IsTerminal},
	path::PathBuf,
};

/// What was typed besides the command. Who has lost her machine has no home: it is opened by the
/// commands that need one.
#[derive(Clone, Debug)]
pub(crate) struct Setting {
	pub(crate) home: Option<PathBuf>,
	pub(crate) output: Output,
	pub(crate) passphrase_file: Option<PathBuf>,
}

impl Setting {
	pub(crate) fn context(&self) -> Result<Context> {
		Ok(Context {
			home: Home::open(self.home.clone())?,
			output: self.output,
			passphrase_file: self.passphrase_file.clone(),
		})
	}
}

/// What every command needs to know.
#[derive(Debug)]
pub(crate) struct Context {
	pub(crate) home: Home,
	pub(crate) output: Output,
	pub(crate) passphrase_file: Option<PathBuf>,
}

/// Asks before something that cannot be undone. Nobody answers for who is not at a terminal.
pub(crate) fn confirm(output: Output, question: &str, word: &str) -> Result<()> {
	if !std::io::stdin().is_terminal() {
		return Err(Failure::new("CONFIRMATION_MISSING", question.to_owned()).fix("say --yes"));
	}
	output.say(format!("{question}. Type `{word}` to go on:"));
	let mut answer = String::new();
	std::io::stdin().lock().read_line(&mut answer).about("the terminal")?;
	if answer.trim() == word {
		Ok(())
	} else {
		Err(Failure::new("CONFIRMATION_MISSING", "nothing was done"))
	}
}
