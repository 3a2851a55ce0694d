-- Tickets that were released for and refused when the grantee wanted to read on, and whether the chain
-- knows.
CREATE TABLE stops (
	ticket BLOB PRIMARY KEY,
	opened_at INTEGER NOT NULL,
	epoch INTEGER NOT NULL,
	answer BLOB NOT NULL,
	expires_at INTEGER NOT NULL,
	reported INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX unreported_stops ON stops (epoch) WHERE reported = 0;
