-- What a relay keeps: who may connect, where senders may post, and what waits. Of secrets it holds
-- only hashes (SHA-256), of captures only sealed envelopes.

CREATE TABLE invites (
    hash BLOB PRIMARY KEY,             -- of the invite
    expires_at_ms INTEGER NOT NULL     -- Unix epoch, milliseconds
) STRICT, WITHOUT ROWID;

CREATE TABLE devices (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,           -- what the device calls itself by
    name TEXT NOT NULL,                -- given by its owner, for people
    token_hash BLOB NOT NULL UNIQUE,
    next_token_hash BLOB UNIQUE,       -- of a new token, until it is first used
    public_key BLOB NOT NULL,          -- X25519, 32 bytes: what waits is sealed to it
    paired_at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE endpoints (
    id TEXT PRIMARY KEY,               -- the last part of its address
    device INTEGER NOT NULL REFERENCES devices (number) ON DELETE CASCADE,
    name TEXT NOT NULL,
    token_hash BLOB NOT NULL UNIQUE,
    made_at_ms INTEGER NOT NULL,
    settings TEXT NOT NULL,            -- JSON, as PROTOCOL.md has it
    deleted_at_ms INTEGER              -- since when it answers no more; it may be restored
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX endpoints_by_name ON endpoints (device, name) WHERE deleted_at_ms IS NULL;

-- Grows with each change to `devices` and `endpoints`, so that a running relay sees what another
-- program changed.
CREATE TABLE revision (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    number INTEGER NOT NULL
) STRICT;

INSERT INTO revision VALUES (1, 0);

-- AUTOINCREMENT: a number is never given twice, so a session that follows by number skips nothing.
CREATE TABLE queue (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    device INTEGER NOT NULL REFERENCES devices (number) ON DELETE CASCADE,
    id BLOB NOT NULL UNIQUE,           -- of the capture, 16 bytes
    endpoint TEXT NOT NULL,
    received_at_ms INTEGER NOT NULL,
    envelope_bytes INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0, -- sessions that sent it and ended without an answer
    envelope BLOB                      -- sealed to the device; NULL when it is in `pieces`
) STRICT;

CREATE INDEX queue_by_device ON queue (device, number);

-- Envelopes that go in several frames, cut as they go: SQLite finds a place in a long value only by
-- walking there from its start.
CREATE TABLE pieces (
    number INTEGER NOT NULL REFERENCES queue (number) ON DELETE CASCADE,
    at INTEGER NOT NULL,               -- where in the envelope, in bytes
    bytes BLOB NOT NULL,
    UNIQUE (number, at)
) STRICT;
