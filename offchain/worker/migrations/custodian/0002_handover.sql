-- Dealings that come from other custodians, what is still to move or to mend, and when tickets
-- expire.
ALTER TABLE dealings ADD COLUMN taken_over INTEGER NOT NULL DEFAULT 0;
CREATE INDEX by_epoch ON dealings (epoch);
ALTER TABLE tickets ADD COLUMN expires_at INTEGER;
CREATE INDEX by_expiry ON tickets (expires_at);
UPDATE tickets SET opened_at = 0 WHERE opened_at IS NULL;
CREATE TABLE moves (
	record BLOB NOT NULL,
	version INTEGER NOT NULL,
	epoch INTEGER NOT NULL,
	segments INTEGER NOT NULL,
	turn INTEGER NOT NULL,
	tried_at INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (record, version)
) STRICT;
CREATE INDEX by_turn ON moves (tried_at, turn);
CREATE TABLE repairs (
	record BLOB NOT NULL,
	version INTEGER NOT NULL,
	tried_at INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (record, version)
) STRICT;
CREATE INDEX repairs_by_try ON repairs (tried_at);
-- What subjects deny, as another custodian passed it on: sealed to this one.
CREATE TABLE denials (
	subject BLOB PRIMARY KEY,
	root BLOB NOT NULL,
	document BLOB NOT NULL
) STRICT;
