// SPDX-License-Identifier: Apache-2.0
//! `salus account`

use super::Context;
use crate::{
	account::{passphrase, Accounts, Card},
	arguments::{Account, AccountCommand, As},
	error::{Failure, IoContext, Result},
	output::table,
	session::{chain, Session},
};
use codec::Encode;
use salus_chain::Call;
use salus_crypto::{SecretKey, SigningSecret};
use salus_primitives::{Role, Suite};
use serde::Serialize;
use serde_json::json;
use std::io::BufRead;
use zeroize::Zeroizing;

pub(crate) async fn run(context: &Context, arguments: Account) -> Result<()> {
	match arguments.command {
		AccountCommand::List => list(context),
		AccountCommand::Create { name, phrase } => create(context, &name, phrase.as_deref()),
		AccountCommand::Register { who, role } => register(context, &who, role).await,
		AccountCommand::Admit { who, account, calls } => {
			admit(context, &who, &account, calls).await
		},
		AccountCommand::Rotate { who, post_quantum } => rotate(context, &who, post_quantum).await,
		AccountCommand::Key { who } => key(context, &who),
		AccountCommand::Show { account } => show(context, &account).await,
	}
}

fn list(context: &Context) -> Result<()> {
	let cards = Accounts::of(&context.home)?.list()?;
	context.output.result(&cards, || {
		table(
			["name", "address", "keys"],
			cards.iter().map(|card| {
				let keys = if card.development { "public, for development" } else { "own" };
				[card.name.clone(), card.account.to_string(), keys.to_owned()]
			}),
		)
	});
	Ok(())
}

fn key(context: &Context, who: &As) -> Result<()> {
	let accounts = Accounts::of(&context.home)?;
	let unlocked = accounts.unlock(&who.name, context.passphrase_file.as_deref())?;
	let key = unlocked
		.keys
		.current_encryption_key()
		.ok_or_else(|| Failure::new("KEYSTORE_NO_KEY", "the keystore holds no encryption key"))?
		.public();
	let text = format!("0x{}", hex::encode(key.encode()));
	context.output.result(&json!({ "suite": key.suite(), "key": text }), || text.clone());
	Ok(())
}

fn create(context: &Context, name: &str, phrase: Option<&str>) -> Result<()> {
	let accounts = Accounts::of(&context.home)?;
	let signing = match phrase {
		None => SigningSecret::Seed(Zeroizing::new(rand::random())),
		Some("-") => {
			let mut text = Zeroizing::new(String::new());
			std::io::stdin().lock().read_line(&mut text).about("standard input")?;
			SigningSecret::Uri(Zeroizing::new(text.trim().to_owned()))
		},
		// An argument stays in the shell's history and shows in the list of processes.
		Some(_) => {
			return Err(Failure::new(
				"SECRET_ON_COMMAND_LINE",
				"a phrase is not given as an argument",
			)
			.fix("use `--phrase -` and give it on standard input"));
		},
	};
	// The account's address is not known before its keys are: the card is only for the question.
	let question = Card { name: name.to_owned(), account: [0; 32].into(), development: false };
	let passphrase = passphrase(&question, context.passphrase_file.as_deref(), true)?;
	let created = accounts.create(name, signing, &passphrase)?;
	context.output.result(&created.card, || {
		format!(
			"{} is {}.\nRegister it on chain: salus account register --as {} --role patient",
			created.card.name, created.card.account, created.card.name
		)
	});
	Ok(())
}

async fn register(context: &Context, who: &As, role: Role) -> Result<()> {
	let session = Session::connect(context).await?;
	let unlocked = session.unlock(context, &who.name)?;
	let key = unlocked
		.keys
		.current_encryption_key()
		.ok_or_else(|| Failure::new("KEYSTORE_NO_KEY", "the keystore holds no encryption key"))?
		.public()
		.clone();
	let included =
		session.chain.register(&unlocked.signer, role, key).await.map_err(|error| chain(&error))?;
	context
		.output
		.result(&json!({ "registered": unlocked.card.account, "block": included.block }), || {
			format!("{} is registered, final in block {}.", unlocked.card.name, included.block)
		});
	Ok(())
}

async fn admit(context: &Context, who: &As, account: &str, calls: u32) -> Result<()> {
	let session = Session::connect(context).await?;
	let account = session.accounts.resolve(account)?;
	let sponsor = session.unlock(context, &who.name)?;
	let signer = &sponsor.signer;
	let admitted = async {
		session.chain.submit(signer, &Call::FundPool { calls }).await?;
		session.chain.submit(signer, &Call::Admit { who: account }).await
	};
	let included = admitted.await.map_err(|error| chain(&error))?;
	context.output.result(&json!({ "admitted": account, "block": included.block }), || {
		format!("{account} needs no tokens: {} pays for {calls} calls.", sponsor.card.name)
	});
	Ok(())
}

async fn rotate(context: &Context, who: &As, post_quantum: bool) -> Result<()> {
	let session = Session::connect(context).await?;
	let unlocked = session.unlock(context, &who.name)?;
	let given = context.passphrase_file.as_deref();
	let state = session.chain.state().await.map_err(|error| chain(&error))?;
	let on_chain =
		state.encryption_key(&unlocked.card.account).await.map_err(|error| chain(&error))?;
	let newest = unlocked.keys.current_encryption_key();

	// A rotation that was cut short after the key was saved goes on with that key.
	let unfinished = newest.is_some_and(|pair| on_chain.as_ref() != Some(pair.public()))
		&& on_chain.as_ref().is_some_and(|key| unlocked.keys.secret_for(key).is_some());
	let mut keys = unlocked.keys.clone();
	if !unfinished {
		let crypto = |error: salus_crypto::Error| Failure::of(error.code(), &error);
		let suite = if post_quantum { Suite::XWing } else { Suite::X25519 };
		keys.add_encryption_key(SecretKey::generate_for(suite).map_err(crypto)?).map_err(crypto)?;
		// Saved before it is announced: what is sealed to it must never be unreadable.
		session.accounts.replace(&unlocked, &keys, given)?;
	}
	let key = keys
		.current_encryption_key()
		.ok_or_else(|| Failure::new("KEYSTORE_NO_KEY", "the keystore holds no encryption key"))?
		.public()
		.clone();
	let included =
		session.chain.rotate_key(&unlocked.signer, key).await.map_err(|error| chain(&error))?;
	context.output.result(
		&json!({ "rotated": unlocked.card.account, "block": included.block }),
		|| {
			format!(
				"{} has a new encryption key, final in block {}. Back up the keystore.",
				unlocked.card.name, included.block
			)
		},
	);
	Ok(())
}

#[derive(Serialize)]
struct Shown {
	account: salus_chain::AccountId,
	role: Option<Role>,
	key_version: Option<u32>,
	in_good_standing: bool,
	/// In the token's smallest unit; a text, because numbers in JSON lose digits.
	balance: String,
}

async fn show(context: &Context, account: &str) -> Result<()> {
	let session = Session::connect(context).await?;
	let account = session.accounts.resolve(account)?;
	let read = async {
		let state = session.chain.state().await?;
		let participant = state.participant(&account).await?;
		Ok::<_, salus_chain::Error>(Shown {
			account,
			role: participant.as_ref().map(|participant| participant.role),
			key_version: participant.as_ref().map(|participant| participant.key_version),
			in_good_standing: state.is_in_good_standing(&account).await?,
			balance: state.balance(&account).await?.free.to_string(),
		})
	};
	let shown = read.await.map_err(|error| chain(&error))?;
	context.output.result(&shown, || {
		let role =
			shown.role.map_or_else(|| "not registered".to_owned(), |role| format!("{role:?}"));
		format!(
			"{}\n  role: {role}\n  in good standing: {}\n  balance: {}",
			shown.account, shown.in_good_standing, shown.balance
		)
	});
	Ok(())
}
