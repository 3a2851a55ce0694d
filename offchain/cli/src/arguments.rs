// SPDX-License-Identifier: Apache-2.0
//! What can be typed.

mod disclosure;

pub(crate) use disclosure::{
	Bound, Disclosure, DisclosureCommand, DistanceName, Generalise, HierarchyName, Microtable,
	SensitiveColumn,
};

use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::civil::Date;
use salus_chain::AccountId;
use salus_policy::Exception;
use salus_primitives::{
	Category, ConsentId, DateWindow, EmergencyId, Grantee, ListingId, OfferId, PurposeOfUse,
	RecordId, Role, SaleId, TicketId,
};
use std::{
	collections::BTreeSet,
	net::{IpAddr, Ipv4Addr, SocketAddr},
	path::PathBuf,
};

const EXIT_CODES: &str = "\
Exit codes: 0 done; 1 failed; 2 wrong usage; 3 something needed does not run; 4 access refused; \
5 bad input; 6 wrong or missing passphrase or account; 7 a check found a mismatch.";

/// Health records that patients own.
#[derive(Debug, Parser)]
#[command(name = "salus", version, after_help = EXIT_CODES, propagate_version = true)]
pub(crate) struct Cli {
	/// Where this network's data, keys and logs are [default: the user's data directory].
	#[arg(long, global = true, env = "SALUS_HOME", value_name = "DIR")]
	pub(crate) home: Option<PathBuf>,

	/// Write one JSON document instead of text.
	#[arg(long, global = true)]
	pub(crate) json: bool,

	/// A file whose first line is the passphrase [also: SALUS_PASSPHRASE].
	#[arg(long, global = true, value_name = "FILE")]
	pub(crate) passphrase_file: Option<PathBuf>,

	#[command(subcommand)]
	pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
	/// Start a development network on this machine.
	Up(Up),
	/// Show what runs, and how it is.
	Status,
	/// Stop the network; its data stay.
	Stop,
	/// Stop the network and delete all of its data.
	Reset {
		/// Do not ask.
		#[arg(long)]
		yes: bool,
	},
	/// Look for what keeps things from working.
	Doctor,
	/// Accounts: create, list, register, rotate keys.
	Account(Account),
	/// Take a health file to an anchored record.
	Ingest(Ingest),
	/// Convert health files to another form. Needs no network and no account.
	Convert(Convert),
	/// Take HL7 v2 messages from the systems of a clinic into a directory. Needs no network and no account.
	Listen(Listen),
	/// Remove what tells a person from health files and texts. Needs no network and no account.
	Deid(Deid),
	/// Open a file that was sealed to one of your keys. Needs no network.
	Unseal(Unseal),
	/// What a table tells about the people in it, and making it tell less. Needs no network and no account.
	Disclosure(Disclosure),
	/// Your records: list, show, export.
	Records(Records),
	/// Write everything that you have into a directory, sealed: what opens without us.
	Export(Export),
	/// A recovery kit: your keys, shared among guardians.
	Kit(Kit),
	/// Open an export with a kit and guardians' shares, or with your keystore. Needs no network.
	Recover(Recover),
	/// Grant a consent.
	Share(Share),
	/// Deny, whoever was granted what. Only custodians can read it.
	Deny(Deny),
	/// Claim a consent under a standing rule of a patient, without waiting for her.
	Claim(Claim),
	/// Consents that you gave or were given.
	Consents(As),
	/// Revoke a consent.
	Revoke(Revoke),
	/// Open a record under a consent.
	Open(Open),
	/// Read a record at once when nobody can consent; object to it.
	Emergency(Emergency),
	/// What a custodian holds against others, and whether it is right.
	Custodian(Custodian),
	/// De-identified data sets: make them, sell them, buy them.
	Market(Market),
	/// Read and verify the trail of what happened to somebody's data.
	Audit(Audit),
	/// Take one record through its whole life, and check every step.
	Demo(Demo),
	/// Write a made-up health file.
	Sample(Sample),
	/// Write the completions of a shell to standard output.
	Completions {
		/// The shell.
		shell: clap_complete::Shell,
	},
	/// Measure how long opens take on the running development network.
	#[command(hide = true)]
	Measure(Measure),
	/// Run one service of the network in the foreground.
	#[command(hide = true)]
	Service(Service),
}

#[derive(Debug, Args)]
pub(crate) struct Up {
	/// The node's binary [default: beside this program, then on the path].
	#[arg(long, value_name = "FILE")]
	pub(crate) node: Option<PathBuf>,
	/// The chain specification [default: salus-dev.json beside this program].
	#[arg(long, value_name = "FILE")]
	pub(crate) chain: Option<PathBuf>,
	/// Milliseconds between blocks.
	#[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u64).range(100..=60_000))]
	pub(crate) block_time: u64,
	/// The node's JSON-RPC port; the next free one is taken.
	#[arg(long, default_value_t = 9944)]
	pub(crate) node_port: u16,
	/// The port at which other nodes find the node; the next free one is taken.
	#[arg(long, default_value_t = 30_333)]
	pub(crate) peer_port: u16,
	/// The store's port; the custodians take the next three.
	#[arg(long, default_value_t = 9480)]
	pub(crate) store_port: u16,
	/// Do not fail when the network runs already.
	#[arg(long)]
	pub(crate) exist_ok: bool,
}

/// Who acts.
#[derive(Clone, Debug, Args)]
pub(crate) struct As {
	/// The account to act as, by its name here.
	#[arg(long = "as", value_name = "NAME")]
	pub(crate) name: String,
}

#[derive(Debug, Args)]
pub(crate) struct Account {
	#[command(subcommand)]
	pub(crate) command: AccountCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AccountCommand {
	/// List the accounts here.
	List,
	/// Create an account with a new signing key and a new encryption key.
	Create {
		/// Its name here.
		name: String,
		/// The secret phrase of a wallet to take the signing key from; `-` reads it from standard
		/// input [default: a new key].
		#[arg(long, value_name = "-")]
		phrase: Option<String>,
	},
	/// Register an account on chain in a role.
	Register {
		#[command(flatten)]
		who: As,
		/// The role.
		#[arg(long, value_parser = parse_role)]
		role: Role,
	},
	/// Let an account exist without tokens: the sponsor pays for what it does.
	Admit {
		/// The sponsor: an organisation here.
		#[command(flatten)]
		who: As,
		/// The account to admit: a name here, or an address.
		account: String,
		/// For how many calls the sponsor pays in advance; the first time the chain asks for 1000.
		#[arg(long, default_value_t = 1000)]
		calls: u32,
	},
	/// Replace the encryption key. What was sealed to the old one stays readable.
	Rotate {
		#[command(flatten)]
		who: As,
		/// A key that withstands quantum computers.
		#[arg(long)]
		post_quantum: bool,
	},
	/// Print the public encryption key, for others to seal to.
	Key {
		#[command(flatten)]
		who: As,
	},
	/// Show what the chain knows of an account.
	Show {
		/// A name here, or an address.
		account: String,
	},
}

#[derive(Debug, Args)]
pub(crate) struct Ingest {
	#[command(flatten)]
	pub(crate) who: As,
	/// The file: FHIR R4 (JSON or XML), HL7 v2, C-CDA, Apple Health or CSV. Without it, unfinished work goes on.
	pub(crate) file: Option<PathBuf>,
	/// Only report what would be found.
	#[arg(long, visible_alias = "dry-run")]
	pub(crate) check: bool,
	/// Take every file that comes into this directory, until it is interrupted.
	#[arg(long, value_name = "DIR", conflicts_with_all = ["file", "check"])]
	pub(crate) watch: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Listen {
	/// Where messages lie until they are ingested; made where it does not exist.
	#[arg(value_name = "DIR")]
	pub(crate) inbox: PathBuf,
	/// Where to listen. MLLP is neither encrypted nor authenticated: let only those reach it who may send.
	#[arg(long, value_name = "IP:PORT", default_value = "127.0.0.1:2575")]
	pub(crate) address: SocketAddr,
}

#[derive(Debug, Args)]
#[command(
	after_help = "Exit code: 0 when everything was converted, 5 when a source or a piece of one was refused."
)]
pub(crate) struct Convert {
	/// Files, folders, or `-` for standard input: FHIR R4 JSON, HL7 v2, C-CDA or CSV.
	#[arg(value_name = "IN", required = true)]
	pub(crate) inputs: Vec<PathBuf>,
	/// The form of the results.
	#[arg(long, value_name = "FORM")]
	pub(crate) to: ConvertForm,
	/// The result of a single file; the folder for the results of several.
	#[arg(long, short, value_name = "OUT")]
	pub(crate) out: PathBuf,
	/// Write a report: what was found, refused, kept raw, and how good the data are.
	#[arg(long, value_name = "FILE")]
	pub(crate) report: Option<PathBuf>,
	/// Replace results and a report that exist.
	#[arg(long)]
	pub(crate) overwrite: bool,
	/// Read everything and write nothing but the report.
	#[arg(long)]
	pub(crate) dry_run: bool,
	/// Of a file that ends in the middle, convert what is complete.
	#[arg(long)]
	pub(crate) partial: bool,
	/// The patient a summary is about, when a source has several: her id in it.
	#[arg(long, value_name = "ID")]
	pub(crate) patient: Option<String>,
}

#[derive(Debug, Args)]
#[command(
	after_help = "Exit code: 0 when everything was de-identified, 5 when a file, or a row, line or resource of one, was withheld."
)]
pub(crate) struct Deid {
	/// Files, folders, or `-` for standard input: plain text, JSON lines with a `text`, CSV,
	/// FHIR R4 JSON, HL7 v2, C-CDA, DICOM.
	#[arg(value_name = "IN", required = true)]
	pub(crate) inputs: Vec<PathBuf>,
	/// The result of a single file; the folder for the results of several.
	#[arg(long, short, value_name = "OUT")]
	pub(crate) out: PathBuf,
	/// safe-harbor, limited-data-set, expert, or the file of another policy.
	#[arg(long, value_name = "POLICY", default_value = "safe-harbor")]
	pub(crate) policy: String,
	/// A list of identifiers that are known: `name: Jane Roe`, `number: 4459201`, one a line.
	#[arg(long, value_name = "FILE")]
	pub(crate) known: Vec<PathBuf>,
	/// What takes the place of an identifier in a text.
	#[arg(long, value_name = "STYLE")]
	pub(crate) style: Option<DeidStyle>,
	/// Write what was done, in numbers without values.
	#[arg(long, value_name = "FILE")]
	pub(crate) manifest: Option<PathBuf>,
	/// Write which random value stands for which identifier, sealed to the key of --map-key.
	#[arg(long, value_name = "FILE", requires = "map_key")]
	pub(crate) map: Option<PathBuf>,
	/// Who may read the map: what `salus account key` printed, or a file with it.
	#[arg(long, value_name = "KEY", requires = "map")]
	pub(crate) map_key: Option<String>,
	/// Write where identifiers were found: characters from and to, class and rule.
	#[arg(long, value_name = "FILE")]
	pub(crate) spans: Option<PathBuf>,
	/// Replace results that exist.
	#[arg(long)]
	pub(crate) overwrite: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Unseal {
	#[command(flatten)]
	pub(crate) who: As,
	/// The sealed file: a map that `salus deid --map` wrote.
	#[arg(value_name = "FILE")]
	pub(crate) file: PathBuf,
	/// What was in it.
	#[arg(long, short, value_name = "OUT")]
	pub(crate) out: PathBuf,
}

/// What takes the place of an identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DeidStyle {
	/// Its class and a number: `[NAME-1]`.
	Tag,
	/// A made-up value, the same for the same within a data set.
	Surrogate,
	/// Asterisks.
	Mask,
}

/// A form of results.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ConvertForm {
	/// Mist Data Format, one item a line.
	Mdf,
	/// A FHIR R4 bundle.
	Fhir,
	/// An International Patient Summary.
	Ips,
	/// A folder of tables, one for each kind of item.
	Csv,
	/// A folder of FHIR R4 resources, one a line, a file for each type.
	Ndjson,
}

#[derive(Debug, Args)]
pub(crate) struct Records {
	#[command(subcommand)]
	pub(crate) command: RecordsCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RecordsCommand {
	/// List your records.
	List(As),
	/// Show what one record consists of.
	Show {
		#[command(flatten)]
		who: As,
		/// The record.
		record: RecordId,
	},
	/// Decrypt a record of yours into a directory. Needs nobody's leave.
	Export {
		#[command(flatten)]
		who: As,
		/// The record.
		record: RecordId,
		/// The directory, which must not exist.
		#[arg(long, value_name = "DIR")]
		out: PathBuf,
	},
	/// Retire a record: it stays yours, and nobody opens it until you restore it.
	Retire {
		#[command(flatten)]
		who: As,
		/// The record.
		record: RecordId,
	},
	/// Let a retired record live again.
	Restore {
		#[command(flatten)]
		who: As,
		/// The record.
		record: RecordId,
	},
	/// Seal records anew, for a reason that says what it takes.
	Reseal {
		#[command(flatten)]
		who: As,
		/// The record [default: every one].
		record: Option<RecordId>,
		/// Why.
		#[arg(long)]
		reason: ResealReason,
	},
	/// Erase a record for good: custodians destroy what opens it, and say so on chain.
	Erase {
		#[command(flatten)]
		who: As,
		/// The record.
		record: RecordId,
		/// Do not ask.
		#[arg(long)]
		yes: bool,
		/// Do not wait until every custodian has said that it is done.
		#[arg(long)]
		no_wait: bool,
	},
}

/// Why records are sealed anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ResealReason {
	/// You have a new encryption key: what opens the record is sealed to it. Nothing else changes.
	Rotated,
	/// Somebody who could read it shall not be able to from the ciphertext either: fresh keys.
	Revoked,
	/// Somebody may have the keys: fresh ones. Rotate your own key first if it is yours that she has.
	Compromised,
}

#[derive(Debug, Args)]
pub(crate) struct Export {
	#[command(flatten)]
	pub(crate) who: As,
	/// The directory: a new or empty one, or an export of yours to go on with.
	#[arg(value_name = "DIRECTORY")]
	pub(crate) directory: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Kit {
	#[command(subcommand)]
	pub(crate) command: KitCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KitCommand {
	/// Share your encryption keys among guardians, who are registered on chain.
	Make {
		#[command(flatten)]
		who: As,
		/// A guardian: a name here, or an address. Once for each.
		#[arg(long = "guardian", value_name = "ACCOUNT", required = true)]
		guardians: Vec<String>,
		/// How many of them it takes.
		#[arg(long, value_name = "NUMBER")]
		threshold: u8,
		/// Where to write the kit.
		#[arg(long, value_name = "FILE")]
		out: PathBuf,
	},
	/// As a guardian: try whether your share of a kit opens. Nothing leaves this machine.
	Check {
		#[command(flatten)]
		who: As,
		/// The kit, or a page with it.
		#[arg(long, value_name = "FILE")]
		kit: PathBuf,
	},
	/// Write a page to print: instructions, names, and the kit as text.
	Print {
		/// The kit.
		#[arg(long, value_name = "FILE")]
		kit: PathBuf,
		/// What the guardians are called, in the order in which they were named. On the page only.
		#[arg(long = "name", value_name = "NAME")]
		names: Vec<String>,
		/// Where to write the page.
		#[arg(long, value_name = "FILE")]
		out: PathBuf,
	},
	/// As who lost her keys: make a fresh key, and a request that guardians answer with their shares.
	Request {
		/// The kit, or a page with it.
		#[arg(long, value_name = "FILE")]
		kit: PathBuf,
		/// Where to keep the fresh key, behind a passphrase.
		#[arg(long, value_name = "FILE")]
		key: PathBuf,
		/// The account that recovers, by its name here: guardians then hold it against the chain.
		#[arg(long = "as", value_name = "NAME")]
		name: Option<String>,
		/// A key that withstands quantum computers. The texts get long.
		#[arg(long)]
		post_quantum: bool,
		/// Where to write the request.
		#[arg(long, value_name = "FILE")]
		out: PathBuf,
	},
	/// As a guardian: answer a request with your share, once the chain has handed the account over.
	Release {
		#[command(flatten)]
		who: As,
		/// The kit, or a page with it.
		#[arg(long, value_name = "FILE")]
		kit: PathBuf,
		/// The request.
		#[arg(long, value_name = "FILE")]
		request: PathBuf,
		/// Where to write the share.
		#[arg(long, value_name = "FILE")]
		out: PathBuf,
		/// Do not ask the chain. You vouch for it that she asks herself.
		#[arg(long)]
		offline: bool,
		/// The code of the request, as she read it out to you [default: you are asked for it].
		#[arg(long, requires = "offline")]
		code: Option<String>,
	},
}

#[derive(Debug, Args)]
pub(crate) struct Recover {
	/// The export. Without it only the keys are recovered.
	#[arg(
		long,
		value_name = "DIR",
		required_unless_present = "restore_keystore",
		requires = "out"
	)]
	pub(crate) export: Option<PathBuf>,
	/// The kit, or a page with it.
	#[arg(long, value_name = "FILE", required_unless_present = "keystore", requires = "key")]
	pub(crate) kit: Option<PathBuf>,
	/// What a guardian released. Once for each.
	#[arg(long = "share", value_name = "FILE", requires = "kit")]
	pub(crate) shares: Vec<PathBuf>,
	/// The fresh key that the shares were asked for with.
	#[arg(long, value_name = "FILE", requires = "kit")]
	pub(crate) key: Option<PathBuf>,
	/// A keystore of yours, in place of a kit.
	#[arg(long, value_name = "FILE", conflicts_with_all = ["kit", "shares", "key"])]
	pub(crate) keystore: Option<PathBuf>,
	/// Where to write what opens: a directory that must not exist.
	#[arg(long = "output", value_name = "DIR", requires = "export")]
	pub(crate) out: Option<PathBuf>,
	/// Give the keys to this account of the home too; it is made when there is none.
	#[arg(long, value_name = "NAME")]
	pub(crate) restore_keystore: Option<String>,
	/// The passphrase of that account: a file whose first line it is.
	#[arg(long, value_name = "FILE", requires = "restore_keystore")]
	pub(crate) new_passphrase_file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Share {
	#[command(flatten)]
	pub(crate) who: As,
	/// Who may read: a name here, or an address.
	#[arg(long, value_name = "ACCOUNT")]
	pub(crate) with: String,
	/// What she may read.
	#[arg(long, value_delimiter = ',', required = true)]
	pub(crate) categories: Vec<Category>,
	/// Why she may read: HL7 v3 PurposeOfUse codes.
	#[arg(long, value_delimiter = ',', default_value = "TREAT")]
	pub(crate) purpose: Vec<PurposeOfUse>,
	/// What she may not read all the same: purposes (`HMARKT`), categories (`labs`), or categories
	/// for purposes (`labs,documents,COC`). Up to four times; each stands by itself.
	#[arg(long, value_name = "CODES", value_parser = parse_exception)]
	pub(crate) except: Vec<Exception>,
	/// For how many days.
	#[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=3650))]
	pub(crate) days: u64,
	/// How often.
	#[arg(long, default_value_t = 5)]
	pub(crate) uses: u32,
}

#[derive(Debug, Args)]
pub(crate) struct Deny {
	#[command(flatten)]
	pub(crate) who: As,
	/// What nobody may read: purposes (`HMARKT`), categories (`labs`), or categories for purposes
	/// (`labs,documents,COC`). Each stands by itself; together they replace what was denied before.
	#[arg(value_name = "CODES", value_parser = parse_exception)]
	pub(crate) denials: Vec<Exception>,
	/// Deny nothing any more.
	#[arg(long, conflicts_with = "denials", required_unless_present = "denials")]
	pub(crate) nothing: bool,
	/// Approve as a rule what others may claim (`salus claim`): a role or an address, and purposes and
	/// categories (`clinician:TREAT,labs`). Each stands by itself; together they replace those of before.
	#[arg(long = "approve", value_name = "WHO:CODES", value_parser = parse_rule)]
	pub(crate) rules: Vec<Rule>,
	/// Let nobody read in an emergency without a consent either, or let them again [default: as
	/// before].
	#[arg(long, value_name = "ALLOWED")]
	pub(crate) emergencies: Option<bool>,
}

/// What is approved as a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rule {
	pub(crate) grantee: Grantee<AccountId>,
	pub(crate) approved: Exception,
}

#[derive(Debug, Args)]
pub(crate) struct Claim {
	#[command(flatten)]
	pub(crate) who: As,
	/// Whose data: a name here, or an address.
	pub(crate) patient: String,
	/// What to read.
	#[arg(long, value_delimiter = ',', required = true)]
	pub(crate) categories: Vec<Category>,
	/// What for.
	#[arg(long, value_delimiter = ',', value_name = "CODE", default_value = "TREAT")]
	pub(crate) purpose: Vec<PurposeOfUse>,
	/// For how many hours.
	#[arg(long, default_value_t = 12)]
	pub(crate) hours: u64,
	/// How often.
	#[arg(long, default_value_t = 4)]
	pub(crate) uses: u32,
}

#[derive(Debug, Args)]
pub(crate) struct Revoke {
	#[command(flatten)]
	pub(crate) who: As,
	/// The consent.
	pub(crate) consent: ConsentId,
}

#[derive(Debug, Args)]
pub(crate) struct Open {
	#[command(flatten)]
	pub(crate) who: As,
	/// The record.
	#[arg(required_unless_present = "ticket")]
	pub(crate) record: Option<RecordId>,
	/// The consent.
	#[arg(long, required_unless_present = "ticket")]
	pub(crate) consent: Option<ConsentId>,
	/// What to read [default: everything that the consent allows].
	#[arg(long, value_delimiter = ',')]
	pub(crate) categories: Vec<Category>,
	/// Why.
	#[arg(long, default_value = "TREAT")]
	pub(crate) purpose: PurposeOfUse,
	/// Go on with a ticket that was issued when custodians could not be reached. No use is spent.
	#[arg(long, conflicts_with_all = ["record", "consent", "categories", "purpose"])]
	pub(crate) ticket: Option<TicketId>,
	/// Write one file a segment into this directory instead of to standard output.
	#[arg(long, value_name = "DIR")]
	pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Measure {
	/// How many opens.
	#[arg(long, default_value_t = 200)]
	pub(crate) opens: u32,
	/// How many at once.
	#[arg(long, default_value_t = 100)]
	pub(crate) at_once: u32,
}

#[derive(Debug, Args)]
pub(crate) struct Emergency {
	#[command(subcommand)]
	pub(crate) command: EmergencyCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum EmergencyCommand {
	/// Declare that a record has to be read at once. Nothing is open yet. The patient is told.
	Declare {
		#[command(flatten)]
		who: As,
		/// Whose record: a name here, or an address.
		patient: String,
		/// The record.
		record: RecordId,
		/// What to read.
		#[arg(long, value_delimiter = ',', required = true)]
		categories: Vec<Category>,
		/// Why nobody can be asked. Only custodians and reviewers learn it.
		#[arg(long)]
		reason: EmergencyReason,
	},
	/// Confirm another clinician's emergency: it can be opened at once.
	Confirm {
		#[command(flatten)]
		who: As,
		/// The emergency.
		emergency: EmergencyId,
	},
	/// Open the record: when a second clinician has confirmed it, or the delay is over.
	Open {
		#[command(flatten)]
		who: As,
		/// The emergency.
		emergency: EmergencyId,
		/// Write one file a segment into this directory instead of to standard output.
		#[arg(long, value_name = "DIR")]
		out: Option<PathBuf>,
	},
	/// Object, as the patient: what is not open stays closed, and what is open ends.
	Object {
		#[command(flatten)]
		who: As,
		/// The emergency.
		emergency: EmergencyId,
	},
}

/// Why nobody can be asked.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum EmergencyReason {
	/// The patient is unconscious.
	Unconscious,
	/// The patient cannot decide.
	Incapacitated,
	/// To wait would endanger her life or health.
	LifeThreatening,
	/// A disaster: nobody can be reached.
	Disaster,
}

#[derive(Debug, Args)]
pub(crate) struct Custodian {
	#[command(subcommand)]
	pub(crate) command: CustodianCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum CustodianCommand {
	/// Write what shows that dealers dealt wrong shares, a file each: for the council, and nobody else.
	Evidence {
		#[command(flatten)]
		who: As,
		/// The directory to write it into.
		#[arg(long, value_name = "DIR")]
		out: PathBuf,
	},
	/// Judge evidence by what the chain says: whether it convicts the dealer that it is against.
	Judge {
		/// The file.
		file: PathBuf,
	},
	/// Take a complaint back: the dealing moves on.
	Settle {
		#[command(flatten)]
		who: As,
		/// The record.
		record: RecordId,
		/// Its version.
		version: u32,
	},
}

#[derive(Debug, Args)]
pub(crate) struct Market {
	#[command(subcommand)]
	pub(crate) command: MarketCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum MarketCommand {
	/// Make a de-identified data set of a record. It belongs to another account of yours, so that
	/// nothing on chain leads from it to you.
	Prepare {
		#[command(flatten)]
		who: As,
		/// The record.
		record: RecordId,
		/// The account that will sell it, by its name here. Use it for nothing else.
		#[arg(long, value_name = "NAME")]
		seller: String,
		/// A file whose first line is the seller's passphrase [default: the same as yours].
		#[arg(long, value_name = "FILE")]
		seller_passphrase_file: Option<PathBuf>,
		/// Which categories [default: all that may be sold].
		#[arg(long, value_delimiter = ',')]
		categories: Vec<Category>,
	},
	/// Put a data set on sale. Anybody can read what kinds of data it holds, and its price.
	List {
		#[command(flatten)]
		who: As,
		/// The data set.
		record: RecordId,
		/// The least that an offer brings, in the currency's smallest unit: 1 SAL is 1000000000000.
		#[arg(long)]
		price: u128,
		/// The number of the asset to be paid with [default: the chain's own token].
		#[arg(long, value_name = "NUMBER")]
		asset: Option<u32>,
	},
	/// Take a data set off the market. Offers that nobody opened are refunded.
	Unlist {
		#[command(flatten)]
		who: As,
		/// The listing.
		listing: ListingId,
	},
	/// What is on sale.
	Listings,
	/// Offer for a listing. The chain holds the money.
	Offer {
		#[command(flatten)]
		who: As,
		/// The listing.
		listing: ListingId,
		/// How much, in the currency's smallest unit [default: what is asked].
		#[arg(long)]
		price: Option<u128>,
		/// For how many days the offer stands.
		#[arg(long, default_value_t = 14)]
		days: u64,
		/// For how many days after the delivery it can be opened again.
		#[arg(long, default_value_t = 30)]
		access_days: u64,
	},
	/// The offers that you made, or that were made for your listings.
	Offers(As),
	/// Accept an offer: authorises the sale to this one buyer.
	Accept {
		#[command(flatten)]
		who: As,
		/// The offer.
		offer: OfferId,
		/// What the buyer may use it for.
		#[arg(long, value_name = "CODE", default_value = "HRESCH")]
		purpose: PurposeOfUse,
	},
	/// Decline an offer: the buyer has her money back.
	Decline {
		#[command(flatten)]
		who: As,
		/// The offer.
		offer: OfferId,
	},
	/// Take an offer of yours back, as long as you have not opened what it is for.
	Withdraw {
		#[command(flatten)]
		who: As,
		/// The offer.
		offer: OfferId,
	},
	/// Withdraw the authorisation of a sale for good: nothing more is released under it.
	Revoke {
		#[command(flatten)]
		who: As,
		/// The authorisation.
		sale: SaleId,
	},
	/// Open what you bought: all of it, or your money comes back.
	Open {
		#[command(flatten)]
		who: As,
		/// The offer.
		offer: OfferId,
		/// Write one file a segment into this directory instead of to standard output.
		#[arg(long, value_name = "DIR")]
		out: Option<PathBuf>,
	},
	/// Have your money back when nothing was delivered: custodians refused, or the listing or the sale
	/// is gone.
	Refund {
		#[command(flatten)]
		who: As,
		/// The offer.
		offer: OfferId,
	},
	/// Say that you have what you bought: the seller is paid at once.
	Settle {
		#[command(flatten)]
		who: As,
		/// The offer.
		offer: OfferId,
	},
	/// Watch over the offers for your listings: settles what was delivered, refunds what was not,
	/// claims what you earned. Runs until it is stopped.
	Deliver {
		#[command(flatten)]
		who: As,
		/// Look once, and end.
		#[arg(long)]
		once: bool,
	},
}

#[derive(Debug, Args)]
pub(crate) struct Audit {
	/// Whose trail: a name here, or an address.
	pub(crate) subject: String,
	/// Only who got at which record, when, and on what it rests: the accounting of disclosures.
	#[arg(long)]
	pub(crate) disclosures: bool,
	/// Disclosures since this date [default: six years ago].
	#[arg(long, requires = "disclosures", value_name = "YYYY-MM-DD")]
	pub(crate) since: Option<Date>,
}

#[derive(Debug, Args)]
pub(crate) struct Demo {
	/// A FHIR R4 bundle [default: a generated one].
	pub(crate) file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Sample {
	/// The format.
	pub(crate) format: SampleFormat,
	/// Where to write it [default: standard output].
	#[arg(long, value_name = "FILE")]
	pub(crate) out: Option<PathBuf>,
	/// The same seed gives the same file.
	#[arg(long, default_value_t = 1)]
	pub(crate) seed: u64,
	/// How many entries, roughly: the file grows with it.
	#[arg(long, default_value_t = 200)]
	pub(crate) entries: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SampleFormat {
	/// FHIR R4 bundle.
	Fhir,
	/// HL7 v2.5.1 message.
	Hl7,
	/// C-CDA R2.1 document.
	Ccda,
	/// Laboratory table.
	Csv,
}

#[derive(Debug, Args)]
pub(crate) struct Service {
	#[command(subcommand)]
	pub(crate) command: ServiceCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ServiceCommand {
	/// The content store.
	Store {
		#[arg(long)]
		port: u16,
	},
	/// A custodian.
	Custodian {
		/// Its account, by its name here.
		#[arg(long)]
		name: String,
		/// The address to listen on: whoever reaches it is served.
		#[arg(long, value_name = "ADDRESS", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
		listen: IpAddr,
		#[arg(long)]
		port: u16,
		#[arg(long)]
		node_url: String,
		#[arg(long)]
		store_url: String,
		/// Another custodian: its address on chain, and where it answers.
		#[arg(long = "peer", value_name = "ADDRESS=URL", value_parser = parse_peer)]
		peers: Vec<(AccountId, String)>,
		/// The hash of a runtime code that it works with, besides those approved before. The first
		/// one it meets needs none.
		#[arg(long, value_name = "HASH", value_parser = parse_hash)]
		approve_code: Vec<[u8; 32]>,
	},
}

fn parse_hash(text: &str) -> Result<[u8; 32], String> {
	let mut hash = [0; 32];
	hex::decode_to_slice(text.strip_prefix("0x").unwrap_or(text), &mut hash)
		.map_err(|_| "expected 64 hexadecimal digits".to_owned())?;
	Ok(hash)
}

fn parse_peer(text: &str) -> Result<(AccountId, String), String> {
	let (account, url) = text.split_once('=').ok_or("expected ADDRESS=URL")?;
	let account = parse_address(account).ok_or_else(|| format!("{account} is no address"))?;
	Ok((account, url.to_owned()))
}

fn parse_role(text: &str) -> Result<Role, String> {
	let known = [
		("patient", Role::Patient),
		("guardian", Role::Guardian),
		("clinician", Role::Clinician),
		("organisation", Role::Organisation),
		("researcher", Role::Researcher),
		("custodian", Role::Custodian),
	];
	known.iter().find(|(name, _)| *name == text).map(|(_, role)| *role).ok_or_else(|| {
		let names = known.map(|(name, _)| name).join(", ");
		format!("known roles are {names}")
	})
}

/// An exception: purposes and categories are told apart by their codes.
fn parse_exception(text: &str) -> Result<Exception, String> {
	let (mut purposes, mut categories) = (BTreeSet::new(), BTreeSet::new());
	for code in text.split(',') {
		match (code.parse::<PurposeOfUse>(), code.parse::<Category>()) {
			(Ok(purpose), _) => {
				purposes.insert(purpose);
			},
			(_, Ok(category)) => {
				categories.insert(category);
			},
			(Err(_), Err(error)) => {
				return Err(format!(
					"`{code}` is no HL7 v3 PurposeOfUse code and no category: {error}"
				));
			},
		}
	}
	let too_many = |_| "too many codes".to_owned();
	Ok(Exception {
		purposes: purposes.try_into().map_err(too_many)?,
		categories: categories.try_into().map_err(too_many)?,
		data: DateWindow::ALL,
	})
}

/// Who may claim what, as a rule.
fn parse_rule(text: &str) -> Result<Rule, String> {
	let (who, codes) = text.split_once(':').ok_or("a role or an address, `:`, and codes")?;
	let grantee = match parse_address(who) {
		Some(account) => Grantee::Account(account),
		None => Grantee::Role(parse_role(who)?),
	};
	let approved = parse_exception(codes)?;
	if approved.purposes.is_empty() || approved.categories.is_empty() {
		return Err("a rule names purposes and categories: `clinician:TREAT,labs`".to_owned());
	}
	Ok(Rule { grantee, approved })
}

/// The address behind a name here, or the address itself.
pub(crate) fn parse_address(text: &str) -> Option<AccountId> {
	text.parse().ok()
}

#[cfg(test)]
mod tests {
	use super::*;
	use clap::CommandFactory;

	#[test]
	fn the_command_line_is_well_formed() {
		Cli::command().debug_assert();
	}

	/// What `salus share` takes with these arguments added.
	fn share(more: &[&str]) -> Result<Share, clap::Error> {
		let needed =
			["salus", "share", "--as", "me", "--with", "her", "--categories", "labs,documents"];
		let parsed = Cli::try_parse_from(needed.iter().chain(more))?;
		let Command::Share(share) = parsed.command else { panic!("not share") };
		Ok(share)
	}

	fn exception(purposes: &[PurposeOfUse], categories: &[Category]) -> Exception {
		let purposes: BTreeSet<_> = purposes.iter().copied().collect();
		let categories: BTreeSet<_> = categories.iter().copied().collect();
		Exception {
			purposes: purposes.try_into().unwrap(),
			categories: categories.try_into().unwrap(),
			data: DateWindow::ALL,
		}
	}

	#[test]
	fn a_recovery_is_from_a_kit_or_a_keystore_and_goes_somewhere() {
		let kind = |more: &str| {
			let all = ["salus", "recover"].into_iter().chain(more.split_whitespace());
			Cli::try_parse_from(all).map(drop).map_err(|error| error.kind())
		};
		for right in [
			"--export E --output O --keystore K",
			"--export E --output O --kit K --share S --share T --key F",
			"--restore-keystore me --keystore K",
			"--restore-keystore me --kit K --share S --key F --export E --output O",
		] {
			assert_eq!(kind(right), Ok(()), "{right}");
		}
		for wrong in [
			"",
			"--export E --output O",
			"--export E --keystore K",
			"--output O --keystore K",
			"--export E --output O --kit K --share S",
			"--export E --output O --kit K --key F --keystore S",
			"--export E --output O --keystore K --new-passphrase-file P",
		] {
			assert!(kind(wrong).is_err(), "{wrong}");
		}
	}

	#[test]
	fn nothing_is_excepted_unless_it_is_said() {
		assert_eq!(share(&[]).unwrap().except, []);
	}

	#[test]
	fn each_exception_has_its_purposes_and_its_categories() {
		use Category::{Documents, Labs};
		use PurposeOfUse::{CoordinationOfCare, Marketing};
		let found = share(&["--except", "HMARKT", "--except=labs"]).unwrap();
		assert_eq!(found.except, [exception(&[Marketing], &[]), exception(&[], &[Labs])]);
		assert_eq!(found.categories, [Labs, Documents]);
		assert_eq!(found.purpose, [PurposeOfUse::Treatment]);
		let found = share(&["--except", "labs,COC,documents,HMARKT,labs"]).unwrap();
		let both = exception(&[Marketing, CoordinationOfCare], &[Labs, Documents]);
		assert_eq!(found.except, [both]);
	}

	#[test]
	fn a_rule_says_who_may_claim_what_for_what() {
		let rule = parse_rule("clinician:TREAT,labs").unwrap();
		assert_eq!(rule.grantee, Grantee::Role(Role::Clinician));
		assert_eq!(rule.approved, exception(&[PurposeOfUse::Treatment], &[Category::Labs]));
		let account = AccountId::new([7; 32]);
		let rule = parse_rule(&format!("{account}:TREAT,labs")).unwrap();
		assert_eq!(rule.grantee, Grantee::Account(account));
		for wrong in [
			"",
			"clinician",
			"clinician:",
			"clinician:TREAT",
			"clinician:labs",
			"doctor:TREAT,labs",
		] {
			assert!(parse_rule(wrong).is_err(), "{wrong}");
		}
	}

	#[test]
	fn an_exception_of_something_unknown_is_refused() {
		for codes in ["", "everything", "labs,", "labs, documents", "hmarkt", "HMARKT,Labs"] {
			let error = share(&["--except", codes]).unwrap_err();
			assert_eq!(error.kind(), clap::error::ErrorKind::ValueValidation, "{codes}");
		}
		// It takes what it excepts.
		assert!(share(&["--except"]).is_err());
	}
}
