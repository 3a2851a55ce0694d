-- One row per job. Times are milliseconds since the Unix epoch, UTC.
CREATE TABLE jobs (
	id              INTEGER PRIMARY KEY AUTOINCREMENT,
	kind            TEXT    NOT NULL,
	idempotency_key TEXT    NOT NULL,
	payload         TEXT    NOT NULL,
	state           TEXT    NOT NULL
		CHECK (state IN ('queued', 'running', 'waiting', 'done', 'failed')),
	-- From when a worker may lease the job: at once (queued), at the time of the retry (waiting),
	-- or when the present lease expires (running). Without meaning for done and failed.
	available_at    INTEGER NOT NULL,
	attempts        INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
	-- The fencing token: raised with each lease, named by each write under it.
	fence           INTEGER NOT NULL DEFAULT 0,
	lease_owner     TEXT,
	-- The checkpoint.
	stage           TEXT,
	stage_data      TEXT,
	progress_phase  TEXT,
	progress_done   INTEGER,
	progress_total  INTEGER,
	progress_unit   TEXT,
	result          TEXT,
	-- Of the last attempt that failed.
	error_code      TEXT,
	error_message   TEXT,
	created_at      INTEGER NOT NULL,
	updated_at      INTEGER NOT NULL,
	finished_at     INTEGER,
	UNIQUE (kind, idempotency_key),
	CHECK ((state = 'running') = (lease_owner IS NOT NULL)),
	CHECK ((state = 'done') = (result IS NOT NULL)),
	CHECK ((state IN ('done', 'failed')) = (finished_at IS NOT NULL)),
	CHECK (state <> 'failed' OR error_code IS NOT NULL),
	CHECK ((stage IS NULL) = (stage_data IS NULL)),
	CHECK ((error_code IS NULL) = (error_message IS NULL))
) STRICT;

-- What is left to do, in the order in which it is leased.
CREATE INDEX jobs_available ON jobs (available_at, id)
	WHERE state IN ('queued', 'running', 'waiting');

-- Lists and counts by state.
CREATE INDEX jobs_state ON jobs (state, kind, id);
