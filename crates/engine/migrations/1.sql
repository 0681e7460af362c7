-- The desktop's history. What a list shows is in `captures`, what was sent in `contents`, so that
-- reading a list touches no body.

CREATE TABLE captures (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,  -- in the order in which they became durable here
    id BLOB NOT NULL UNIQUE,                -- 16 bytes, the same on the relay
    endpoint TEXT NOT NULL,
    is_local INTEGER NOT NULL,              -- 1: came to the local receiver, 0: by the relay
    is_held INTEGER NOT NULL,               -- 1: waited on the relay for this desktop
    received_at_ms INTEGER NOT NULL,        -- at the door, Unix epoch, milliseconds
    stored_at_ms INTEGER NOT NULL,          -- here, Unix epoch, milliseconds
    peer TEXT,                              -- address and port of the sender's connection
    method TEXT NOT NULL,                   -- for the list; the head has the bytes
    target TEXT NOT NULL,                   -- for the list: escaped, at most 512 characters
    content_type TEXT,                      -- for the list
    body_bytes INTEGER NOT NULL,
    flaws TEXT NOT NULL                     -- names, separated by blanks
) STRICT;

CREATE INDEX captures_by_endpoint ON captures (endpoint, seq);

CREATE TABLE contents (
    seq INTEGER PRIMARY KEY REFERENCES captures (seq) ON DELETE CASCADE,
    head BLOB NOT NULL,                     -- from the request line to the empty line, as sent
    body BLOB NOT NULL                      -- as sent, its transfer coding removed
) STRICT;

-- The relay that this desktop is paired with. The token is in the keychain.
CREATE TABLE relay (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    url TEXT NOT NULL,
    device TEXT NOT NULL,
    paired_at_ms INTEGER NOT NULL
) STRICT;

-- The endpoints of this desktop on its relay. Their tokens are in the keychain.
CREATE TABLE endpoints (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    url TEXT NOT NULL,
    made_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Grows with each change to `relay` and `endpoints`, so that another program on this file sees it.
CREATE TABLE revision (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    number INTEGER NOT NULL
) STRICT;

INSERT INTO revision VALUES (1, 0);
