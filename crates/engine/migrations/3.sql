-- What a person does with captures: pins, notes, and deletions that can be undone.

ALTER TABLE captures ADD COLUMN is_pinned INTEGER NOT NULL DEFAULT 0;  -- 1: kept on top
ALTER TABLE captures ADD COLUMN note TEXT;                             -- never empty
ALTER TABLE captures ADD COLUMN deleted_at_ms INTEGER;                 -- hidden; see `store::marks`

CREATE INDEX captures_pinned ON captures (seq) WHERE is_pinned;
CREATE INDEX captures_noted ON captures (seq) WHERE note IS NOT NULL;
CREATE INDEX captures_deleted ON captures (seq) WHERE deleted_at_ms IS NOT NULL;

-- Grows with each change to the three, so that another program on this file sees it.
CREATE TABLE marks (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    number INTEGER NOT NULL
) STRICT;

INSERT INTO marks VALUES (1, 0);

-- Looking after the history: what is kept, and how often captures went.

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

CREATE TRIGGER captures_counted_out AFTER DELETE ON captures WHEN old.deleted_at_ms IS NULL BEGIN
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

-- Finding: what came of each capture, arrivals over time, the tries of one delivery, filters that
-- are kept.

-- What came of the last attempt to pass a capture on. Small, so that all of it is looked through
-- without the captures.
CREATE TABLE outcomes (
    seq INTEGER PRIMARY KEY REFERENCES captures (seq) ON DELETE CASCADE,
    status INTEGER,                         -- of the answer; NULL when there was none
    is_failed INTEGER NOT NULL              -- 1: no whole answer, or one from 400 on
) STRICT;

INSERT INTO outcomes
    SELECT seq, status, error IS NOT NULL OR coalesce(status, 500) >= 400 FROM deliveries
    WHERE number IN (SELECT max(number) FROM deliveries GROUP BY seq);

CREATE INDEX outcomes_by_status ON outcomes (status);
CREATE INDEX outcomes_failed ON outcomes (seq) WHERE is_failed;

-- How many captures were received in which minute and in which quarter of an hour, and what came of
-- them: so that an overview of a long history reads little.
CREATE TABLE slots (
    minutes INTEGER NOT NULL,               -- how long it is: 1 or 15
    start INTEGER NOT NULL,                 -- its first minute: Unix epoch, minutes
    captures INTEGER NOT NULL,              -- all of them
    ok INTEGER NOT NULL,                    -- those whose outcome has not failed
    failed INTEGER NOT NULL,                -- those whose outcome has
    PRIMARY KEY (minutes, start)
) STRICT, WITHOUT ROWID;

INSERT INTO slots
    SELECT 1, received_at_ms / 60000, count(*),
        count(*) FILTER (WHERE is_failed = 0), count(*) FILTER (WHERE is_failed = 1)
    FROM captures LEFT JOIN outcomes USING (seq) GROUP BY 2;
INSERT INTO slots
    SELECT 15, start - start % 15, sum(captures), sum(ok), sum(failed) FROM slots GROUP BY 2;

CREATE TRIGGER slots_captured AFTER INSERT ON captures BEGIN
    INSERT INTO slots VALUES (1, new.received_at_ms / 60000, 1, 0, 0)
        ON CONFLICT DO UPDATE SET captures = captures + 1;
    INSERT INTO slots VALUES (15, new.received_at_ms / 900000 * 15, 1, 0, 0)
        ON CONFLICT DO UPDATE SET captures = captures + 1;
END;

-- Before, for the outcome goes with the capture.
CREATE TRIGGER slots_forgotten BEFORE DELETE ON captures WHEN old.deleted_at_ms IS NULL BEGIN
    UPDATE slots SET captures = captures - 1,
        ok = ok - EXISTS (SELECT 1 FROM outcomes WHERE seq = old.seq AND NOT is_failed),
        failed = failed - EXISTS (SELECT 1 FROM outcomes WHERE seq = old.seq AND is_failed)
        WHERE (minutes, start) IN (VALUES
            (1, old.received_at_ms / 60000), (15, old.received_at_ms / 900000 * 15));
    DELETE FROM slots WHERE captures <= 0 AND (minutes, start) IN (VALUES
        (1, old.received_at_ms / 60000), (15, old.received_at_ms / 900000 * 15));
END;

-- What is deleted is hidden at first, and may come back.
CREATE TRIGGER slots_hidden AFTER UPDATE OF deleted_at_ms ON captures
    WHEN old.deleted_at_ms IS NULL AND new.deleted_at_ms IS NOT NULL BEGIN
    UPDATE slots SET captures = captures - 1,
        ok = ok - EXISTS (SELECT 1 FROM outcomes WHERE seq = old.seq AND NOT is_failed),
        failed = failed - EXISTS (SELECT 1 FROM outcomes WHERE seq = old.seq AND is_failed)
        WHERE (minutes, start) IN (VALUES
            (1, old.received_at_ms / 60000), (15, old.received_at_ms / 900000 * 15));
    DELETE FROM slots WHERE captures <= 0 AND (minutes, start) IN (VALUES
        (1, old.received_at_ms / 60000), (15, old.received_at_ms / 900000 * 15));
END;

CREATE TRIGGER slots_restored AFTER UPDATE OF deleted_at_ms ON captures
    WHEN old.deleted_at_ms IS NOT NULL AND new.deleted_at_ms IS NULL BEGIN
    INSERT INTO slots
        SELECT column1, column2, 1,
            EXISTS (SELECT 1 FROM outcomes WHERE seq = new.seq AND NOT is_failed),
            EXISTS (SELECT 1 FROM outcomes WHERE seq = new.seq AND is_failed)
        FROM (VALUES (1, new.received_at_ms / 60000), (15, new.received_at_ms / 900000 * 15))
        WHERE true
        ON CONFLICT DO UPDATE SET captures = captures + 1, ok = ok + excluded.ok,
            failed = failed + excluded.failed;
END;

CREATE TRIGGER outcomes_delivered AFTER INSERT ON deliveries BEGIN
    INSERT INTO outcomes
        VALUES (new.seq, new.status, new.error IS NOT NULL OR coalesce(new.status, 500) >= 400)
        ON CONFLICT (seq) DO UPDATE
            SET status = excluded.status, is_failed = excluded.is_failed;
END;

CREATE TRIGGER slots_delivered AFTER INSERT ON outcomes BEGIN
    UPDATE slots SET ok = ok + (NOT new.is_failed), failed = failed + new.is_failed
        WHERE (minutes, start) IN (
            SELECT 1, received_at_ms / 60000 FROM captures WHERE seq = new.seq
            UNION ALL
            SELECT 15, received_at_ms / 900000 * 15 FROM captures WHERE seq = new.seq);
END;

CREATE TRIGGER slots_delivered_again AFTER UPDATE ON outcomes
    WHEN old.is_failed <> new.is_failed BEGIN
    UPDATE slots
        SET ok = ok + old.is_failed - new.is_failed, failed = failed + new.is_failed - old.is_failed
        WHERE (minutes, start) IN (
            SELECT 1, received_at_ms / 60000 FROM captures WHERE seq = new.seq
            UNION ALL
            SELECT 15, received_at_ms / 900000 * 15 FROM captures WHERE seq = new.seq);
END;

ALTER TABLE captures ADD COLUMN delivery_id TEXT;           -- what the sender calls the delivery
ALTER TABLE captures ADD COLUMN nth_try INTEGER NOT NULL DEFAULT 1; -- of that delivery, from 1

CREATE INDEX captures_by_delivery ON captures (delivery_id COLLATE NOCASE, endpoint)
    WHERE delivery_id IS NOT NULL;
CREATE INDEX captures_again ON captures (seq) WHERE nth_try > 1;

-- The captures of before have no delivery's id: it is filled in beside the road, from `seq` to
-- `upto`.
CREATE TABLE grouped (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    seq INTEGER NOT NULL,                   -- up to here it is done
    upto INTEGER NOT NULL                   -- what comes behind this brought it
) STRICT;

INSERT INTO grouped SELECT 1, 0, coalesce((SELECT max(seq) FROM captures), 0);

-- Queries that are kept under a name.
CREATE TABLE saved (
    name TEXT PRIMARY KEY COLLATE NOCASE,
    query TEXT NOT NULL,                    -- as it is typed
    place INTEGER NOT NULL                  -- among the others, from 0
) STRICT, WITHOUT ROWID;

-- Signatures.

-- The secrets that senders to an endpoint sign with. Their values are in the keychain, each under
-- its number.
CREATE TABLE secrets (
    number INTEGER PRIMARY KEY AUTOINCREMENT,  -- never used again
    endpoint TEXT NOT NULL,
    name TEXT NOT NULL,                     -- what its owner calls it
    scheme TEXT,                            -- how it signs; NULL: as the sender does who is recognised
    header TEXT,                            -- where the signature stands, if not where the scheme has it
    is_old INTEGER NOT NULL,                -- 1: another one has taken its place, and it still counts
    made_at_ms INTEGER NOT NULL,            -- Unix epoch, milliseconds
    UNIQUE (endpoint, name)
) STRICT;

-- What signatures proved, of captures that have or should have one.
CREATE TABLE verdicts (
    seq INTEGER PRIMARY KEY REFERENCES captures (seq) ON DELETE CASCADE,
    reason TEXT NOT NULL,                   -- in a word, such as `ok`
    scheme TEXT NOT NULL,                   -- as which it was judged
    secret TEXT,                            -- the name of the one that it was made with
    why TEXT                                -- why it proves nothing, in a sentence
) STRICT;

CREATE INDEX verdicts_by_reason ON verdicts (reason);

-- All captures up to here were judged once, or came before there were verdicts.
CREATE TABLE judged (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    seq INTEGER NOT NULL
) STRICT;

INSERT INTO judged SELECT 1, coalesce(max(seq), 0) FROM captures;

-- Endpoints whose captures are judged again, the newest first, for their secrets have changed.
CREATE TABLE to_judge (
    endpoint TEXT PRIMARY KEY,
    upto INTEGER NOT NULL,                  -- those up to here, and this one, are left
    change INTEGER NOT NULL                 -- the revision that began it
) STRICT, WITHOUT ROWID;
