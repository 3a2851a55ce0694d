-- What a custodian keeps. `IF NOT EXISTS`: such databases came before they were numbered.
CREATE TABLE IF NOT EXISTS dealings (
	record BLOB NOT NULL,
	version INTEGER NOT NULL,
	epoch INTEGER NOT NULL,
	digest BLOB NOT NULL,
	owner BLOB NOT NULL,
	seat INTEGER NOT NULL,
	segments BLOB NOT NULL,
	shares BLOB NOT NULL,
	received_at INTEGER NOT NULL,
	anchored INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (record, version, epoch, digest)
) STRICT;
CREATE INDEX IF NOT EXISTS waiting ON dealings (owner) WHERE anchored = 0;
CREATE TABLE IF NOT EXISTS tickets (
	ticket BLOB PRIMARY KEY,
	tried_at INTEGER NOT NULL DEFAULT 0,
	opened_at INTEGER,
	record BLOB,
	grantee BLOB,
	epoch INTEGER,
	answer BLOB,
	released TEXT,
	answered_at INTEGER,
	reported INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX IF NOT EXISTS unanswered ON tickets (tried_at) WHERE answer IS NULL;
CREATE INDEX IF NOT EXISTS by_record ON tickets (record);
CREATE INDEX IF NOT EXISTS unreported ON tickets (reported, epoch) WHERE reported = 0;
CREATE INDEX IF NOT EXISTS by_grantee ON tickets (grantee, answered_at);
CREATE TABLE IF NOT EXISTS revocations (
	consent BLOB PRIMARY KEY,
	version INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS erasures (
	record BLOB PRIMARY KEY,
	reported INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE IF NOT EXISTS settings (
	name TEXT PRIMARY KEY,
	value BLOB NOT NULL
) STRICT;
