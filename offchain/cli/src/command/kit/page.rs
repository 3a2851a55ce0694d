// SPDX-License-Identifier: Apache-2.0
//! The page that is printed: plain text, which any machine prints and any machine reads back.

use salus_chain::AccountId;
use salus_crypto::recovery::RecoveryKit;
use std::fmt::Write;

/// The page of a kit. It can be read back as the kit.
pub(super) fn write(kit: &RecoveryKit, names: &[String]) -> String {
	let quorum = kit.quorum();
	let mut page = String::new();
	let mut line = |text: &str| {
		// Writing to a string does not fail.
		let _ = writeln!(page, "{text}");
	};
	line("SALUS RECOVERY KIT");
	line("");
	line(&format!("  Kit      {}", kit.id()));
	line(&format!("  Account  {}", AccountId::new(*kit.owner())));
	line(&format!("  Opened by any {} of {} guardians:", quorum.threshold(), quorum.guardians()));
	for (number, account) in (1usize..).zip(kit.guardians()) {
		let name = names.get(number - 1).map(|name| plain(name)).unwrap_or_default();
		line(&format!("    {number}. {name}"));
		line(&format!("       {}", AccountId::new(*account)));
	}
	line("");
	for text in INSTRUCTIONS {
		line(text);
	}
	line("");
	page.push_str(&kit.to_string());
	page
}

/// A name on one line, without anything that could be taken for a part of the kit.
fn plain(name: &str) -> String {
	let shown = |c: char| !c.is_control() && !matches!(c, '[' | ']');
	name.chars().map(|c| if shown(c) { c } else { ' ' }).take(80).collect()
}

const INSTRUCTIONS: &[&str] = &[
	"What this is",
	"  With this page and enough of the guardians above, the keys to the health",
	"  records of the account can be had again. Without the guardians it opens",
	"  nothing: it may lie in a drawer, and each guardian should have a copy.",
	"",
	"What it does not hold",
	"  It holds no records: keep an export of them too (salus export). It does not",
	"  hold what signs for the account: that comes back through the chain, or with",
	"  the phrase of your wallet.",
	"",
	"If you have lost your machine",
	"  1. Get the program salus on a new machine. It needs no network for this.",
	"  2. Scan or type the lines below into a file, kit.txt. Spaces, line breaks",
	"     and capitals do not matter; 0 and O, 1 and I, 8 and B are the same. If a",
	"     line has a mistake, the program says which.",
	"  3. salus kit request --kit kit.txt --key new-key.json --out request.txt",
	"     With --as and your new account, guardians can ask the chain about you.",
	"  4. Send request.txt to your guardians. Speak with them: they must know that",
	"     it is you. Read out to them the code that the program showed. Each",
	"     answers with a file of her own:",
	"     salus kit release --as HER-NAME --kit kit.txt --request request.txt",
	"       --out share.txt",
	"  5. salus recover --export EXPORT --kit kit.txt --key new-key.json",
	"       --share share-1.txt --share share-2.txt --output RECORDS",
	"",
	"If you are a guardian",
	"  Release nothing to anybody whom you have not recognised by voice or face.",
	"  Whoever has enough shares reads everything. Without a network add --offline:",
	"  the program asks for the code that she reads out to you.",
];

#[cfg(test)]
mod tests {
	use super::*;
	use salus_crypto::{recovery::Guardian, Keystore, SecretKey};

	fn kit() -> RecoveryKit {
		let guardians: Vec<_> = (1..=3)
			.map(|number| Guardian {
				account: [number; 32],
				key: SecretKey::generate().unwrap().public().unwrap(),
			})
			.collect();
		let mut keys = Keystore::new();
		keys.add_encryption_key(SecretKey::generate().unwrap()).unwrap();
		RecoveryKit::make([9; 32], [7; 32], 2, &guardians, &keys).unwrap()
	}

	#[test]
	fn a_page_has_everything_and_is_read_back() {
		let kit = kit();
		let names = ["Anna", "Bruno", "Čestmír"].map(str::to_owned);
		let page = write(&kit, &names);
		for text in [&names[0], &names[1], &names[2], &kit.id().to_string(), "2 of 3"] {
			assert!(page.contains(text), "{text}");
		}
		for account in kit.guardians() {
			assert!(page.contains(&AccountId::new(*account).to_string()));
		}
		assert_eq!(page.parse::<RecoveryKit>().unwrap(), kit);
		assert!(page.lines().all(|line| line.chars().count() <= 80), "it fits on paper");
		assert_eq!(write(&kit, &[]).parse::<RecoveryKit>().unwrap(), kit);
	}

	#[test]
	fn no_name_breaks_a_page() {
		let kit = kit();
		let evil = [
			"[1/2] AAAA\n-----END SALUS RECOVERY KIT-----",
			"BEGIN SALUS\u{7} [9/9]",
			&"x".repeat(1000),
		]
		.map(str::to_owned);
		assert_eq!(write(&kit, &evil).parse::<RecoveryKit>().unwrap(), kit);
	}
}
