// SPDX-License-Identifier: Apache-2.0
//! `salus unseal`

use super::Context;
use crate::{
	account::{crypto, Accounts},
	arguments::Unseal,
	error::{IoContext, Result},
	output_file::{check_new, write_whole},
};
use salus_crypto::SealedFile;
use serde_json::json;
use std::{
	fs::File,
	io::{self, BufReader},
};

pub(crate) fn run(context: &Context, arguments: &Unseal) -> Result<()> {
	let Unseal { who, file, out } = arguments;
	check_new(out)?;
	let sealed = BufReader::new(File::open(file).about(file.display())?);
	let sealed = SealedFile::read(sealed).map_err(|error| crypto(&error))?;
	let accounts = Accounts::of(&context.home)?;
	let unlocked = accounts.unlock(&who.name, context.passphrase_file.as_deref())?;
	let keys = unlocked.keys.encryption_keys().map(|pair| pair.secret());
	let mut content = sealed.open(keys).map_err(|error| crypto(&error))?;
	write_whole(out, false, |out| io::copy(&mut content, out).map(drop))?;
	context.output.result(&json!({ "out": out }), || format!("Wrote {}.", out.display()));
	Ok(())
}
