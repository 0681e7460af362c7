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
