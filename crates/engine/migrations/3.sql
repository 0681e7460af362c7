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
CREATE TRIGGER slots_forgotten BEFORE DELETE ON captures BEGIN
    UPDATE slots SET captures = captures - 1,
        ok = ok - EXISTS (SELECT 1 FROM outcomes WHERE seq = old.seq AND NOT is_failed),
        failed = failed - EXISTS (SELECT 1 FROM outcomes WHERE seq = old.seq AND is_failed)
        WHERE (minutes, start) IN (VALUES
            (1, old.received_at_ms / 60000), (15, old.received_at_ms / 900000 * 15));
    DELETE FROM slots WHERE captures <= 0 AND (minutes, start) IN (VALUES
        (1, old.received_at_ms / 60000), (15, old.received_at_ms / 900000 * 15));
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
