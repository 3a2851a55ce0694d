// SPDX-License-Identifier: Apache-2.0
//! `salus reset`

use super::{stop::stop, Context};
use crate::error::{Failure, IoContext, Result};
use serde_json::json;
use std::{
	fs,
	io::{BufRead, ErrorKind, IsTerminal},
};

pub(crate) fn run(context: &Context, yes: bool) -> Result<()> {
	let home = &context.home;
	if !yes {
		if !std::io::stdin().is_terminal() {
			return Err(Failure::new(
				"CONFIRMATION_MISSING",
				"reset deletes every key and record here",
			)
			.fix("say --yes"));
		}
		context.output.say(format!(
			"This deletes every account, key and record in {}. Type `delete` to go on:",
			home.path().display()
		));
		let mut answer = String::new();
		std::io::stdin().lock().read_line(&mut answer).about("the terminal")?;
		if answer.trim() != "delete" {
			return Err(Failure::new("CONFIRMATION_MISSING", "nothing was deleted"));
		}
	}
	stop(context)?;
	// Only what this program makes: the directory may hold other things.
	for path in [
		home.node(),
		home.store(),
		home.custodians(),
		home.accounts(),
		home.jobs(),
		home.work(),
		home.reports(),
		home.catalogue(),
		home.logs(),
	] {
		match fs::remove_dir_all(&path) {
			Err(error) if error.kind() != ErrorKind::NotFound => {
				Err(error).about(path.display())?
			},
			_ => {},
		}
	}
	context
		.output
		.result(&json!({ "reset": true }), || format!("{} is empty.", home.path().display()));
	Ok(())
}
