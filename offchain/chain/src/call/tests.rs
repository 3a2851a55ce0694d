// SPDX-License-Identifier: Apache-2.0
use super::*;
use crate::{runtime::offline, Currency, Goods, ListingKind};
use codec::{Compact, Decode, Encode};
use salus_policy::Request;
use salus_primitives::{
	custody::{CustodianRefusal, DealingDigest, MAX_ACKNOWLEDGEMENTS},
	Category, ContentId, DateWindow, ListingId, MultiCodec, OfferId, PurposeOfUse, SaleId,
	SealedRequest, Suite,
};
use std::collections::BTreeSet;
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

/// A dealing, and how it is encoded after the variant that says that there is one.
fn dealing() -> (Dealing, Vec<u8>) {
	let signer = Signer::from_uri("//Alice").unwrap();
	let signature = signer.sign(b"acknowledgement");
	let (epoch, digest) = (EpochId(9), DealingDigest([10; 32]));
	let text = serde_json::to_string(&signature).unwrap();
	let bytes = hex::decode(text.trim_matches('"').trim_start_matches("0x")).unwrap();
	// One acknowledgement: the seat, the kind of signature, and its bytes.
	let mut encoded = (epoch, digest, Compact(1u32), 2u8, 1u8).encode();
	encoded.extend(bytes);
	(Dealing { epoch, digest, acknowledgements: vec![(Seat(2), signature)] }, encoded)
}

/// A dealing on its way, and how it is encoded.
fn moved() -> (Move, Vec<u8>) {
	let (Dealing { digest, acknowledgements, .. }, dealt) = dealing();
	let (record, version) = (RecordId([3; 32]), 2u32);
	// What follows the epoch in a dealing follows the version here.
	let encoded = [(record, version).encode(), dealt[4..].to_vec()].concat();
	(Move { record, version, digest, acknowledgements }, encoded)
}

/// The indices of pallet and call.
fn indices(pallet: &str, name: &str) -> Vec<u8> {
	let at = offline();
	let pallet = at.metadata_ref().pallet_by_name(pallet).unwrap();
	vec![pallet.call_index(), pallet.call_variant_by_name(name).unwrap().index]
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
	let (dealing, dealt) = dealing();
	let with_dealing = |plain: Vec<u8>| [plain, vec![1], dealt.clone()].concat();
	let (epoch, members) = (EpochId(9), vec![who, AccountId::new([11; 32])]);
	let answers = vec![
		(ticket, Answer::Released { receipt: manifest }),
		(TicketId([12; 32]), Answer::Refused(CustodianRefusal::ConsentRevoked)),
	];
	let emergency = EmergencyId([13; 32]);
	let (moved, on_its_way) = moved();
	let proposal = [indices("Custody", "propose"), (members.clone(), 2u8, 1u8).encode()].concat();
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
		("Registry", "fund_pool", 5u32.encode(), Call::FundPool { calls: 5 }),
		("Registry", "admit", who.encode(), Call::Admit { who }),
		(
			"Records",
			"anchor",
			(salt, manifest, categories, 3u16, 0u8).encode(),
			Call::Anchor { salt, version, dealing: None },
		),
		(
			"Records",
			"anchor",
			with_dealing((salt, manifest, categories, 3u16).encode()),
			Call::Anchor { salt, version, dealing: Some(dealing.clone()) },
		),
		(
			"Records",
			"revise",
			(record, 1u32, manifest, categories, 3u16, 0u8).encode(),
			Call::Revise { record, expected_version: 1, version, dealing: None },
		),
		(
			"Records",
			"revise",
			with_dealing((record, 1u32, manifest, categories, 3u16).encode()),
			Call::Revise { record, expected_version: 1, version, dealing: Some(dealing) },
		),
		("Records", "retire", record.encode(), Call::Retire { record }),
		("Records", "restore", record.encode(), Call::Restore { record }),
		("Records", "erase", record.encode(), Call::Erase { record }),
		("Consent", "grant", granted, grant),
		("Consent", "revoke", consent.encode(), Call::Revoke { consent }),
		(
			"Consent",
			"set_deny_root",
			(3u32, manifest, envelope, true, false).encode(),
			Call::SetDenyRoot {
				expected_version: 3,
				root: manifest,
				opening: envelope,
				standing_rules: true,
				no_emergency: false,
			},
		),
		(
			"Consent",
			"claim",
			(who, salt, manifest, envelope, window, 2u32).encode(),
			Call::Claim { subject: who, salt, terms: manifest, envelope, window, uses: 2 },
		),
		("Access", "open", (consent, record, 0u8, manifest, envelope, key()).encode(), open(asked)),
		("Access", "open", (consent, record, 1u8, request(), key()).encode(), open(public)),
		("Access", "close", ticket.encode(), Call::Close { ticket }),
		(
			"Access",
			"declare_emergency",
			(who, record, salt, manifest, envelope, key()).encode(),
			Call::DeclareEmergency {
				subject: who,
				record,
				salt,
				reason: manifest,
				envelope,
				ephemeral_key: key(),
			},
		),
		("Access", "confirm_emergency", emergency.encode(), Call::ConfirmEmergency { emergency }),
		("Access", "open_emergency", emergency.encode(), Call::OpenEmergency { emergency }),
		("Access", "object_emergency", emergency.encode(), Call::ObjectEmergency { emergency }),
		("Sudo", "sudo", proposal, Call::ProposeCommittee { members, threshold: 2, tolerance: 1 }),
		("Custody", "join", epoch.encode(), Call::JoinCommittee { epoch }),
		(
			"Custody",
			"report",
			(epoch, &answers, manifest).encode(),
			Call::Report { epoch, answers, receipts: manifest },
		),
		(
			"Custody",
			"reshare",
			[Compact(1u32).encode(), on_its_way].concat(),
			Call::Reshare { moves: vec![moved] },
		),
		(
			"Custody",
			"complain",
			(record, 2u32, Seat(1), manifest).encode(),
			Call::Complain { record, version: 2, dealer: Seat(1), evidence: manifest },
		),
		(
			"Custody",
			"settle",
			(record, 2u32).encode(),
			Call::SettleComplaint { record, version: 2 },
		),
		(
			"Custody",
			"acknowledge_erasure",
			(epoch, vec![record]).encode(),
			Call::AcknowledgeErasure { epoch, records: vec![record] },
		),
		(
			"Custody",
			"acknowledge_revocations",
			(epoch, vec![(consent, 3u32)]).encode(),
			Call::AcknowledgeRevocations { epoch, consents: vec![(consent, 3)] },
		),
	]
}

/// The same of what sellers and buyers do.
fn market_calls() -> Vec<(&'static str, &'static str, Vec<u8>, MarketCall)> {
	let (buyer, salt) = (AccountId::new([1; 32]), [7; 32]);
	let (record, terms) = (RecordId([3; 32]), Commitment([2; 32]));
	let (listing, offer, sale) = (ListingId([4; 32]), OfferId([5; 32]), SaleId([6; 32]));
	let (purpose, until) = (PurposeOfUse::Research, 99u64);
	let kind = ListingKind::Download;
	let categories = [Category::Labs, Category::Vitals].into();
	let goods = Goods { kind, record, categories, size: 4096, quality: 87, terms };
	let held = BTreeSet::from([Category::Labs, Category::Vitals]);
	let on_sale = (0u8, record, held, 4096u64, 87u8, terms).encode();
	let list = |currency| MarketCall::List { salt, goods: goods.clone(), currency, price: 5 };
	let listed = |currency: &[u8]| {
		[salt.encode(), on_sale.clone(), currency.to_vec(), 5u128.encode()].concat()
	};
	let with_id = (1u8, 7u32).encode();
	let envelope = ContentId { codec: MultiCodec::DagPb, digest: [6; 32] };
	let request = SealedRequest { commitment: terms, envelope };
	vec![
		(
			"Consent",
			"authorise_sale",
			(salt, buyer, record, purpose, until).encode(),
			MarketCall::AuthoriseSale { salt, buyer, record, purpose, until },
		),
		("Consent", "revoke_sale", sale.encode(), MarketCall::RevokeSale { sale }),
		("Market", "list", listed(&[0]), list(Currency::Native)),
		("Market", "list", listed(&with_id), list(Currency::Asset(7))),
		("Market", "unlist", listing.encode(), MarketCall::Unlist { listing }),
		(
			"Market",
			"offer",
			(listing, salt, 5u128, 98u64, 99u64).encode(),
			MarketCall::Offer { listing, salt, price: 5, expires_at: 98, access_for: 99 },
		),
		("Market", "withdraw_offer", offer.encode(), MarketCall::WithdrawOffer { offer }),
		("Market", "accept", (offer, sale).encode(), MarketCall::Accept { offer, sale }),
		("Market", "decline", offer.encode(), MarketCall::Decline { offer }),
		(
			"Market",
			"open_sale",
			(offer, request, key()).encode(),
			MarketCall::OpenSale { offer, request, ephemeral_key: key() },
		),
		(
			"Market",
			"redownload",
			(offer, key()).encode(),
			MarketCall::Redownload { offer, ephemeral_key: key() },
		),
		("Market", "refund", offer.encode(), MarketCall::Refund { offer }),
		("Market", "settle", offer.encode(), MarketCall::Settle { offer }),
		("Market", "claim", vec![0], MarketCall::Claim { currency: Currency::Native }),
		("Market", "claim", with_id.clone(), MarketCall::Claim { currency: Currency::Asset(7) }),
	]
}

fn params() -> Params {
	DefaultExtrinsicParamsBuilder::new()
		.mortal_from_unchecked(64, 1_000, [1; 32].into())
		.nonce(7)
		.build()
}

#[test]
fn every_call_is_signed_as_the_runtime_reads_it() {
	let at = offline();
	let signer = Signer::from_uri("//Alice").unwrap();
	let market = market_calls().into_iter();
	let market =
		market.map(|(pallet, name, encoded, call)| (pallet, name, encoded, Call::Market(call)));
	for (pallet, name, arguments, call) in calls().into_iter().chain(market) {
		let signed = call.sign(&at, &signer, params()).unwrap();

		let encoded = [indices(pallet, name), arguments].concat();
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

#[test]
fn what_the_chain_would_not_decode_is_refused_before_it_is_signed() {
	let at = offline();
	let signer = Signer::from_uri("//Alice").unwrap();
	let batch = usize::try_from(max_batch(&at).unwrap()).unwrap();
	let committee = usize::try_from(MAX_COMMITTEE).unwrap();
	let acknowledged = usize::try_from(MAX_ACKNOWLEDGEMENTS).unwrap();
	let (epoch, receipts) = (EpochId(9), Commitment([2; 32]));
	let version = VersionFacts { manifest: receipts, categories: receipts, segments: 1 };
	let answer = (TicketId([5; 32]), Answer::Released { receipt: receipts });
	let calls: [(usize, &dyn Fn(usize) -> Call); 7] = [
		(batch, &|count| Call::Report { epoch, answers: vec![answer; count], receipts }),
		(batch, &|count| Call::Reshare { moves: vec![moved().0; count] }),
		(acknowledged, &|count| {
			let (mut moved, _) = moved();
			moved.acknowledgements = vec![moved.acknowledgements[0]; count];
			Call::Reshare { moves: vec![moved] }
		}),
		(batch, &|count| Call::AcknowledgeErasure {
			epoch,
			records: vec![RecordId([3; 32]); count],
		}),
		(batch, &|count| Call::AcknowledgeRevocations {
			epoch,
			consents: vec![(ConsentId([4; 32]), 1); count],
		}),
		(committee, &|count| Call::ProposeCommittee {
			members: vec![AccountId::new([1; 32]); count],
			threshold: 2,
			tolerance: 1,
		}),
		(acknowledged, &|count| {
			let (mut dealing, _) = dealing();
			dealing.acknowledgements = vec![dealing.acknowledgements[0]; count];
			Call::Anchor { salt: [7; 32], version, dealing: Some(dealing) }
		}),
	];
	for (most, call) in calls {
		assert!(call(most).sign(&at, &signer, params()).is_ok(), "{:?}", call(most));
		let error = call(most + 1).sign(&at, &signer, params()).map(drop).unwrap_err();
		assert_eq!(error.code(), "TOO_MANY_ITEMS");
	}
}
