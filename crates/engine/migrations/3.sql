-- Looking after the history: what is never removed, what is kept, and how often captures went.

ALTER TABLE captures ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;

-- What captures are kept by; where all are NULL, for ever.
CREATE TABLE retention (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    max_age_ms INTEGER,                     -- older ones go
    max_captures INTEGER,                   -- but the newest so many go
    max_bytes INTEGER                       -- the oldest go until the history takes no more
) STRICT;

INSERT INTO retention VALUES (1, NULL, NULL, NULL);

-- Grows with each capture that goes, so that lists that have it are looked through again.
CREATE TABLE removals (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    number INTEGER NOT NULL
) STRICT;

INSERT INTO removals VALUES (1, 0);

CREATE TRIGGER captures_counted_out AFTER DELETE ON captures BEGIN
    UPDATE removals SET number = number + 1;
END;
-- Rules on endpoints: the hooks files themselves are in the folder `rules`.

-- How far an endpoint's captures have been held against its rules.
CREATE TABLE ruled (
    endpoint TEXT PRIMARY KEY,
    seq INTEGER NOT NULL                    -- all up to here
) STRICT, WITHOUT ROWID;

-- Rules that run although any stranger can trigger them: their owner has said so.
CREATE TABLE rules_confirmed (
    endpoint TEXT NOT NULL,
    rule TEXT NOT NULL,                     -- its id
    fingerprint BLOB NOT NULL,              -- of the rule as it was confirmed
    UNIQUE (endpoint, rule)
) STRICT;

-- Commands that captures triggered.
CREATE TABLE runs (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    seq INTEGER NOT NULL REFERENCES captures (seq) ON DELETE CASCADE,
    endpoint TEXT NOT NULL,
    rule TEXT NOT NULL,                     -- its id
    attempt INTEGER NOT NULL,               -- from 1; more when the program ended before the command
    state TEXT NOT NULL,                    -- unconfirmed, waiting, running, ended
    is_stop_asked INTEGER NOT NULL DEFAULT 0,
    made_at_ms INTEGER NOT NULL,            -- Unix epoch, milliseconds, as the next two
    began_at_ms INTEGER,
    ended_at_ms INTEGER,
    arguments TEXT NOT NULL DEFAULT '[]',   -- JSON, a list of texts, secrets masked
    environment TEXT NOT NULL DEFAULT '[]', -- JSON, a list of pairs, secrets masked
    code INTEGER,                           -- that it left with
    error TEXT,                             -- why it is no success, in words
    output BLOB NOT NULL DEFAULT x'',       -- its beginning
    output_bytes INTEGER NOT NULL DEFAULT 0 -- all of it
) STRICT;

CREATE INDEX runs_by_capture ON runs (seq);
CREATE INDEX runs_open ON runs (state) WHERE state <> 'ended';
-- Sending again, and on: how each forward is done, what a delivery was, what was edited.

ALTER TABLE forwards ADD COLUMN filter TEXT NOT NULL DEFAULT '';       -- a query; empty: everything
ALTER TABLE forwards ADD COLUMN retries INTEGER NOT NULL DEFAULT 0;    -- tries after the first
ALTER TABLE forwards ADD COLUMN backoff_ms INTEGER NOT NULL DEFAULT 1000; -- before the first of them; doubles
ALTER TABLE forwards ADD COLUMN at_once INTEGER NOT NULL DEFAULT 32;   -- requests at once
ALTER TABLE forwards ADD COLUMN is_ordered INTEGER NOT NULL DEFAULT 0; -- 1: one by one, retries included
ALTER TABLE forwards ADD COLUMN authorities TEXT;                      -- PEM: who else vouches for its certificate
ALTER TABLE forwards ADD COLUMN pin TEXT;                              -- the only key accepted
ALTER TABLE forwards ADD COLUMN since_seq INTEGER NOT NULL DEFAULT 0;  -- captures behind this place are due

UPDATE forwards SET since_seq = (SELECT coalesce(max(seq), 0) FROM captures);

ALTER TABLE deliveries ADD COLUMN is_replay INTEGER NOT NULL DEFAULT 0; -- 1: a person sent it again
ALTER TABLE deliveries ADD COLUMN attempt INTEGER NOT NULL DEFAULT 1;   -- the first is 1

CREATE INDEX deliveries_replayed ON deliveries (seq) WHERE is_replay;
CREATE INDEX deliveries_answered ON deliveries (target, seq) WHERE status IS NOT NULL;

ALTER TABLE captures ADD COLUMN origin BLOB;   -- the id of the capture that this one was edited from

CREATE INDEX captures_edited ON captures (seq) WHERE origin IS NOT NULL;

-- Other computers to which captures may be sent: scheme, name and port, confirmed by a person.
CREATE TABLE confirmed (
    origin TEXT PRIMARY KEY,
    confirmed_at_ms INTEGER NOT NULL        -- Unix epoch, milliseconds
) STRICT, WITHOUT ROWID;
