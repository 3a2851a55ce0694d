// SPDX-License-Identifier: Apache-2.0
use super::*;
use crate::runtime::offline;
use codec::{Compact, Decode, Encode};
use salus_policy::Request;
use salus_primitives::{ContentId, DateWindow, MultiCodec, PurposeOfUse, Suite};
use subxt::config::DefaultExtrinsicParamsBuilder;

fn key() -> EncryptionKey {
	EncryptionKey::new(Suite::X25519, &[9; 32]).unwrap()
}

fn request() -> Request {
	Request {
		purpose: PurposeOfUse::Treatment,
		categories: Default::default(),
		data: DateWindow::ALL,
		research: None,
	}
}

/// Pallet and name of every call, how it is encoded, and the call.
fn calls() -> Vec<(&'static str, &'static str, Vec<u8>, Call)> {
	let who = AccountId::new([1; 32]);
	let (manifest, categories) = (Commitment([2; 32]), Commitment([8; 32]));
	let version = VersionFacts { manifest, categories, segments: 3 };
	let (record, consent, ticket) = (RecordId([3; 32]), ConsentId([4; 32]), TicketId([5; 32]));
	let envelope = ContentId { codec: MultiCodec::DagPb, digest: [6; 32] };
	let salt = [7; 32];
	let window = Window { from: 10, until: 20 };
	let sealed = ConsentTerms::Sealed { commitment: manifest, envelope };
	let asked = AccessRequest::Sealed { commitment: manifest, envelope };
	let public = AccessRequest::Public(Box::new(request()));
	let role = Role::Clinician;
	let grant =
		Call::Grant { salt, grantee: Grantee::Account(who), terms: sealed, window, uses: 5 };
	let granted = (salt, (0u8, who), 0u8, manifest, envelope, window, 5u32, 0u8).encode();
	let open = |request| Call::Open { consent, record, request, ephemeral_key: key() };
	vec![
		(
			"Registry",
			"register",
			(role, key()).encode(),
			Call::Register { role, encryption_key: key() },
		),
		("Registry", "rotate_key", key().encode(), Call::RotateKey { encryption_key: key() }),
		("Registry", "verify", (who, 99u64).encode(), Call::Verify { who, expires_at: 99 }),
		("Registry", "withdraw", who.encode(), Call::Withdraw { who }),
		(
			"Records",
			"anchor",
			(salt, manifest, categories, 3u16, 0u8).encode(),
			Call::Anchor { salt, version },
		),
		(
			"Records",
			"revise",
			(record, 1u32, manifest, categories, 3u16, 0u8).encode(),
			Call::Revise { record, expected_version: 1, version },
		),
		("Records", "retire", record.encode(), Call::Retire { record }),
		("Records", "restore", record.encode(), Call::Restore { record }),
		("Records", "erase", record.encode(), Call::Erase { record }),
		("Consent", "grant", granted, grant),
		("Consent", "revoke", consent.encode(), Call::Revoke { consent }),
		("Access", "open", (consent, record, 0u8, manifest, envelope, key()).encode(), open(asked)),
		("Access", "open", (consent, record, 1u8, request(), key()).encode(), open(public)),
		("Access", "close", ticket.encode(), Call::Close { ticket }),
	]
}

#[test]
fn every_call_is_signed_as_the_runtime_reads_it() {
	let at = offline();
	let signer = Signer::from_uri("//Alice").unwrap();
	for (pallet, name, arguments, call) in calls() {
		let params = DefaultExtrinsicParamsBuilder::new()
			.mortal_from_unchecked(64, 1_000, [1; 32].into())
			.nonce(7)
			.build();
		let signed = call.sign(&at.transactions(), &signer, params).unwrap();

		let pallet = at.metadata_ref().pallet_by_name(pallet).unwrap();
		let index = pallet.call_variant_by_name(name).unwrap().index;
		let mut encoded = vec![pallet.call_index(), index];
		encoded.extend(arguments);
		assert!(signed.encoded().ends_with(&encoded), "{name}");

		// Length, version 4 and signed, the account, an sr25519 signature, then the extensions:
		// the era, the nonce, no tip, no asset to pay with, no metadata hash, and nothing of any other.
		let mut rest = signed.encoded();
		let length = Compact::<u32>::decode(&mut rest).unwrap().0;
		assert_eq!(length as usize, rest.len());
		let (head, rest) = rest.split_at(1 + 33 + 65);
		assert_eq!((head[0], head[1], head[34]), (0x84, 0, 1));
		assert_eq!(head[2..34], *signer.account().as_bytes());
		let extensions = &rest[..rest.len() - encoded.len()];
		assert_eq!(extensions[2..], [Compact(7u32).encode(), vec![0, 0, 0]].concat());
	}
}
