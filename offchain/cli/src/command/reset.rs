// SPDX-License-Identifier: Apache-2.0
//! `salus reset`

use super::{confirm, stop::stop, Context};
use crate::error::{IoContext, Result};
use serde_json::json;
use std::{fs, io::ErrorKind};

pub(crate) fn run(context: &Context, yes: bool) -> Result<()> {
	let home = &context.home;
	if !yes {
		let path = home.path().display();
		let question = format!("This deletes every account, key and record in {path}");
		confirm(context.output, &question, "delete")?;
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
