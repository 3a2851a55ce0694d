-- What shows that a dealer of an epoch is at fault, one piece for each, and whether the chain knows.
CREATE TABLE complaints (
	epoch INTEGER NOT NULL,
	dealer INTEGER NOT NULL,
	complaint BLOB NOT NULL,
	salt BLOB NOT NULL,
	told INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (epoch, dealer)
) STRICT;
