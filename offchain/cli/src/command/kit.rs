// SPDX-License-Identifier: Apache-2.0
//! `salus kit`

mod page;

use super::{Context, Setting};
use crate::{
	account::{crypto, passphrase_for, Accounts},
	arguments::{Kit, KitCommand},
	error::{Failure, IoContext, Result},
	output_file::{check_new, write_whole},
	session::{chain, Session},
};
use salus_chain::{AccountId, Signature};
use salus_crypto::{
	recovery::{Guardian, Quorum, RecoveryKit, RecoveryRequest, RequestClaim},
	EncryptionKeyPair, KdfParams, Keystore,
};
use salus_primitives::Suite;
use serde_json::json;
use std::{
	fs::File,
	io::{BufRead, IsTerminal, Read},
	path::{Path, PathBuf},
};

/// The most that a page with a kit may be long.
const MAX_TEXT: u64 = 4 << 20;

pub(crate) async fn run(setting: &Setting, arguments: Kit) -> Result<()> {
	match arguments.command {
		KitCommand::Make { who, guardians, threshold, out } => {
			make(&setting.context()?, &who.name, &guardians, threshold, &out).await
		},
		KitCommand::Check { who, kit } => check(&setting.context()?, &who.name, &kit),
		KitCommand::Print { kit, names, out } => print(setting, &kit, &names, &out),
		KitCommand::Request { kit, key, name, post_quantum, out } => {
			let suite = if post_quantum { Suite::XWing } else { Suite::X25519 };
			request(setting, &kit, &key, name.as_deref(), suite, &out)
		},
		KitCommand::Release { who, kit, request, out, offline, code } => {
			let asked = Asked { kit, request, out };
			if offline {
				release_offline(&setting.context()?, &who.name, &asked, code)
			} else {
				release_online(&setting.context()?, &who.name, &asked).await
			}
		},
	}
}

async fn make(
	context: &Context,
	name: &str,
	guardians: &[String],
	threshold: u8,
	out: &Path,
) -> Result<()> {
	// What cannot be is said before anybody is asked for a passphrase.
	Quorum::new(threshold, u8::try_from(guardians.len()).unwrap_or(u8::MAX))
		.map_err(|error| crypto(&error))?;
	check_new(out)?;
	let session = Session::connect(context).await?;
	let state = session.chain.state().await.map_err(|error| chain(&error))?;
	let mut found = Vec::new();
	for guardian in guardians {
		let account = session.accounts.resolve(guardian)?;
		let key = state.encryption_key(&account).await.map_err(|error| chain(&error))?;
		let key = key.ok_or_else(|| {
			Failure::new(
				"GUARDIAN_NOT_REGISTERED",
				format!("{guardian} is not registered with an encryption key"),
			)
			.fix("a guardian registers first: `salus account register`")
		})?;
		found.push(Guardian { account: *account.as_bytes(), key });
	}
	let unlocked = session.unlock(context, name)?;
	let genesis = session.chain.genesis();
	let owner = *unlocked.card.account.as_bytes();
	let kit = RecoveryKit::make(genesis, owner, threshold, &found, &unlocked.keys)
		.map_err(|error| crypto(&error))?;
	write_whole(out, false, |file| file.write_all(kit.to_string().as_bytes()))?;
	context.output.result(&summary(&kit, out), || {
		format!(
			"Kit {} in {}: {threshold} of {} guardians open it.\n\
			 Give each guardian a copy, print one (`salus kit print`), and let them try it \
			 (`salus kit check`).\nMake a new one when you rotate your key.",
			kit.id(),
			out.display(),
			found.len()
		)
	});
	Ok(())
}

fn check(context: &Context, name: &str, kit: &Path) -> Result<()> {
	let kit = read_kit(kit)?;
	let unlocked = Accounts::of(&context.home)?.unlock(name, context.passphrase_file.as_deref())?;
	let share = kit
		.open_share(unlocked.card.account.as_bytes(), &unlocked.keys)
		.map_err(|error| crypto(&error))?;
	let value = json!({
		"kit": kit.id().to_string(),
		"owner": AccountId::new(*kit.owner()),
		"guardian": share.guardian(),
	});
	context.output.result(&value, || {
		format!(
			"You are guardian {} of kit {}, made by {}. Your share opens and is right.",
			share.guardian(),
			kit.id(),
			AccountId::new(*kit.owner())
		)
	});
	Ok(())
}

fn print(setting: &Setting, kit: &Path, names: &[String], out: &Path) -> Result<()> {
	let kit = read_kit(kit)?;
	let guardians = kit.guardians().len();
	if !names.is_empty() && names.len() != guardians {
		return Err(Failure::new(
			"INPUT_NAMES",
			format!("{} names for {guardians} guardians", names.len()),
		)
		.fix("give --name once for each guardian, in the order in which they were named"));
	}
	let page = page::write(&kit, names);
	// What was printed must be readable, or it is worth nothing.
	let again = page.parse::<RecoveryKit>().map_err(|error| crypto(&error))?;
	if again != kit {
		return Err(Failure::new(
			"INPUT_NAMES",
			"with these names the page could not be read back",
		)
		.fix("use plain names"));
	}
	write_whole(out, false, |file| file.write_all(page.as_bytes()))?;
	setting.output.result(&summary(&kit, out), || {
		format!("{}: print it, and keep it where a fire would not take both.", out.display())
	});
	Ok(())
}

fn request(
	setting: &Setting,
	kit: &Path,
	key: &Path,
	name: Option<&str>,
	suite: Suite,
	out: &Path,
) -> Result<()> {
	let kit = read_kit(kit)?;
	check_new(out)?;
	check_new(key)?;
	let given = setting.passphrase_file.as_deref();
	let claimant = match name {
		None => None,
		Some(name) => Some(Accounts::of(&setting.context()?.home)?.unlock(name, given)?),
	};
	let fresh = EncryptionKeyPair::generate_for(suite).map_err(|error| crypto(&error))?;
	let mut request = RecoveryRequest::new(kit.id(), fresh.public().clone());
	if let Some(claimant) = &claimant {
		let account = *claimant.card.account.as_bytes();
		let signature = *claimant.signer.sign(&request.statement(&account)).as_bytes();
		request = request.claimed_by(RequestClaim { account, signature });
	}
	let passphrase = passphrase_for("the fresh key", given, true)?;
	let mut keys = Keystore::new();
	keys.add_encryption_key(fresh.secret().clone()).map_err(|error| crypto(&error))?;
	keys.save(key, &passphrase, KdfParams::RECOMMENDED).map_err(|error| crypto(&error))?;
	write_whole(out, false, |file| file.write_all(request.to_string().as_bytes()))?;
	let claimed = claimant.map(|claimant| claimant.card.account);
	let value = json!({
		"kit": kit.id().to_string(),
		"request": out,
		"key": key,
		"code": request.code(),
		"account": claimed,
		"threshold": kit.quorum().threshold(),
	});
	setting.output.result(&value, || {
		let threshold = kit.quorum().threshold();
		let claim = claimed.map_or_else(
			|| {
				"No account stands behind it: guardians use --offline, after speaking with you."
					.to_owned()
			},
			|account| {
				format!("{account} stands behind it, and has to be in control of the lost one.")
			},
		);
		format!(
			"Give {} to {threshold} of your guardians, and keep {}.\n\
			 Its code, to read out to them: {}\n{claim}",
			out.display(),
			key.display(),
			request.code()
		)
	});
	Ok(())
}

/// The files of a release.
struct Asked {
	kit: PathBuf,
	request: PathBuf,
	out: PathBuf,
}

impl Asked {
	/// What is asked for, when it is of this kit.
	fn read(&self) -> Result<(RecoveryKit, RecoveryRequest)> {
		check_new(&self.out)?;
		let kit = read_kit(&self.kit)?;
		let request =
			read_text(&self.request)?.parse::<RecoveryRequest>().map_err(|error| crypto(&error))?;
		if request.kit() != kit.id() {
			return Err(Failure::new(
				"RECOVERY_OTHER_KIT",
				format!("the request is for kit {}, and this is kit {}", request.kit(), kit.id()),
			)
			.fix("give the kit that the request is for"));
		}
		Ok((kit, request))
	}
}

/// Releases on the guardian's own word: she has spoken with who asks, who read out the code.
fn release_offline(
	context: &Context,
	name: &str,
	asked: &Asked,
	code: Option<String>,
) -> Result<()> {
	let (kit, request) = asked.read()?;
	let code = match code {
		Some(code) => code,
		None if std::io::stdin().is_terminal() => {
			context.output.say(format!(
				"Whoever made this request gets what {} kept secret, once {} guardians answer.\n\
				 Speak with her, so that you know her by voice or face, and let her read out the code \
				 of her request. Type it:",
				AccountId::new(*kit.owner()),
				kit.quorum().threshold()
			));
			let mut answer = String::new();
			std::io::stdin().lock().read_line(&mut answer).about("the terminal")?;
			answer
		},
		None => {
			return Err(Failure::new(
				"CONFIRMATION_MISSING",
				"offline nobody but you knows that she asks herself",
			)
			.fix("speak with her, then give the code that she reads out with --code"));
		},
	};
	if !request.has_code(&code) {
		return Err(Failure::new(
			"RECOVERY_OTHER_REQUEST",
			"that is not the code of this request: somebody else may have made it",
		)
		.fix("release nothing until the code that she reads out is the right one"));
	}
	release(context, name, &kit, &request, &asked.out)
}

/// Releases when the chain says that who asks is in control of the lost account.
async fn release_online(context: &Context, name: &str, asked: &Asked) -> Result<()> {
	let (kit, request) = asked.read()?;
	let session = Session::connect(context).await?;
	if session.chain.genesis() != *kit.genesis() {
		return Err(Failure::new("RECOVERY_OTHER_CHAIN", "the kit is of another chain")
			.fix("connect to the chain that its owner is on"));
	}
	let claimant = claimant(&request)?;
	let owner = AccountId::new(*kit.owner());
	let state = session.chain.state().await.map_err(|error| chain(&error))?;
	let inheritor = state.inheritor(&owner).await.map_err(|error| chain(&error))?;
	ensure_in_control(&owner, inheritor.as_ref(), &claimant)?;
	release(context, name, &kit, &request, &asked.out)
}

/// The account that signed the request.
fn claimant(request: &RecoveryRequest) -> Result<AccountId> {
	let claim = request.claim().ok_or_else(|| {
		Failure::new("RECOVERY_REQUEST_UNSIGNED", "no account stands behind the request")
			.fix("let her ask with --as and her new account, or speak with her and use --offline")
	})?;
	let account = AccountId::new(claim.account);
	let signature = Signature::from(claim.signature);
	if account.verify(&request.statement(&claim.account), &signature) {
		Ok(account)
	} else {
		Err(Failure::new(
			"RECOVERY_REQUEST_FORGED",
			format!("the request was not signed by {account}, which it names"),
		)
		.fix("release nothing, and speak with her"))
	}
}

/// Whether `claimant` acts for the owner: the chain handed the account over to it after the delay, or
/// it is the owner's own, whose signature only her wallet makes.
fn ensure_in_control(
	owner: &AccountId,
	inheritor: Option<&AccountId>,
	claimant: &AccountId,
) -> Result<()> {
	if claimant == owner || inheritor == Some(claimant) {
		return Ok(());
	}
	Err(Failure::new(
		"RECOVERY_NOT_FINISHED",
		format!("the chain has not handed {owner} over to {claimant}"),
	)
	.fix("wait until the recovery of the account is finished on chain: its delay protects her"))
}

fn release(
	context: &Context,
	name: &str,
	kit: &RecoveryKit,
	request: &RecoveryRequest,
	out: &Path,
) -> Result<()> {
	let unlocked = Accounts::of(&context.home)?.unlock(name, context.passphrase_file.as_deref())?;
	let share = kit
		.open_share(unlocked.card.account.as_bytes(), &unlocked.keys)
		.and_then(|share| share.release(request.recipient()))
		.map_err(|error| crypto(&error))?;
	write_whole(out, false, |file| file.write_all(share.to_string().as_bytes()))?;
	let value = json!({
		"kit": kit.id().to_string(),
		"guardian": share.guardian(),
		"share": out,
	});
	context.output.result(&value, || {
		format!("Send {} to her: nobody but who made the request can open it.", out.display())
	});
	Ok(())
}

fn summary(kit: &RecoveryKit, out: &Path) -> serde_json::Value {
	json!({
		"kit": kit.id().to_string(),
		"owner": AccountId::new(*kit.owner()),
		"threshold": kit.quorum().threshold(),
		"guardians": kit.guardians().map(|account| AccountId::new(*account)).collect::<Vec<_>>(),
		"file": out,
	})
}

/// A kit as a file, or within a page.
pub(crate) fn read_kit(path: &Path) -> Result<RecoveryKit> {
	let kit = read_text(path)?.parse::<RecoveryKit>();
	kit.map_err(|error| crypto(&error).cause(path.display()))
}

/// The text of a file, unless it is too long to be one of ours.
pub(crate) fn read_text(path: &Path) -> Result<String> {
	let mut text = String::new();
	let file = File::open(path).about(path.display())?;
	let read = file.take(MAX_TEXT + 1).read_to_string(&mut text).about(path.display())?;
	if read as u64 > MAX_TEXT {
		return Err(Failure::new("FILE_TOO_LARGE", format!("{} is too long", path.display()))
			.fix("name the right file"));
	}
	Ok(text)
}

#[cfg(test)]
mod tests {
	use super::*;
	use salus_chain::Signer;
	use salus_crypto::SecretKey;

	fn owner_and_kit() -> (AccountId, RecoveryKit) {
		let owner = Signer::from_uri("//Patient").unwrap().account();
		let key = SecretKey::from_seed(&[1; 32]).public().unwrap();
		let mut keys = Keystore::new();
		keys.add_encryption_key(SecretKey::generate().unwrap()).unwrap();
		let guardian = Guardian { account: [1; 32], key };
		(owner, RecoveryKit::make([9; 32], *owner.as_bytes(), 1, &[guardian], &keys).unwrap())
	}

	fn request(kit: &RecoveryKit, signer: &Signer, named: &AccountId) -> RecoveryRequest {
		let key = SecretKey::generate().unwrap().public().unwrap();
		let request = RecoveryRequest::new(kit.id(), key);
		let account = *named.as_bytes();
		let signature = *signer.sign(&request.statement(&account)).as_bytes();
		request.claimed_by(RequestClaim { account, signature })
	}

	#[test]
	fn only_who_signed_a_request_stands_behind_it() {
		let (_, kit) = owner_and_kit();
		let (new, thief) =
			(Signer::from_uri("//New").unwrap(), Signer::from_uri("//Thief").unwrap());
		let honest = request(&kit, &new, &new.account());
		assert_eq!(claimant(&honest).unwrap(), new.account());
		let forged = request(&kit, &thief, &new.account());
		assert_eq!(claimant(&forged).unwrap_err().code, "RECOVERY_REQUEST_FORGED");
		// The signature of another request, that is for another key.
		let other =
			RecoveryRequest::new(kit.id(), SecretKey::generate().unwrap().public().unwrap());
		let moved = other.clone().claimed_by(*honest.claim().unwrap());
		assert_eq!(claimant(&moved).unwrap_err().code, "RECOVERY_REQUEST_FORGED");
		assert_eq!(claimant(&other).unwrap_err().code, "RECOVERY_REQUEST_UNSIGNED");
	}

	#[test]
	fn the_chain_or_the_owner_herself_decides_who_asks() {
		let (owner, _) = owner_and_kit();
		let (new, other) = (AccountId::new([2; 32]), AccountId::new([3; 32]));
		assert!(ensure_in_control(&owner, Some(&new), &new).is_ok());
		assert!(ensure_in_control(&owner, None, &owner).is_ok(), "she still has her wallet");
		for inheritor in [None, Some(&other), Some(&owner)] {
			let refused = ensure_in_control(&owner, inheritor, &new).unwrap_err();
			assert_eq!(refused.code, "RECOVERY_NOT_FINISHED");
		}
	}
}
