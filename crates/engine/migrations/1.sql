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
    flaws TEXT NOT NULL,                    -- names, separated by blanks
    sender TEXT,                            -- who sent it, where that was recognised
    event TEXT,                             -- the type of its event, in the sender's words
    summary TEXT                            -- what it is about, in a line
) STRICT;

CREATE INDEX captures_by_endpoint ON captures (endpoint, seq);
CREATE INDEX captures_by_time ON captures (received_at_ms, seq);

CREATE TABLE contents (
    seq INTEGER PRIMARY KEY REFERENCES captures (seq) ON DELETE CASCADE,
    head BLOB NOT NULL,                     -- from the request line to the empty line, as sent
    body BLOB NOT NULL                      -- as sent, its transfer coding removed
) STRICT;

-- Indexes of text, filled beside the road: see `indexer`. They hold words and no text; what they are
-- made of is in `webhook::query`. The words come with blanks between them, and all that is not
-- ASCII belongs to a word.
CREATE VIRTUAL TABLE words USING fts5 (
    body, head,
    content = '', contentless_delete = 1, tokenize = 'ascii'
);

-- Terms that stand for a word in a field.
CREATE VIRTUAL TABLE fields USING fts5 (
    terms,
    content = '', contentless_delete = 1, tokenize = 'ascii', detail = none
);

CREATE TRIGGER captures_forgotten AFTER DELETE ON captures BEGIN
    DELETE FROM words WHERE rowid = old.seq;
    DELETE FROM fields WHERE rowid = old.seq;
END;

-- All captures up to here are in `words` and `fields`.
CREATE TABLE indexed (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    seq INTEGER NOT NULL
) STRICT;

INSERT INTO indexed VALUES (1, 0);

-- The relay that this desktop is paired with. The token is in the keychain.
CREATE TABLE relay (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    url TEXT NOT NULL,
    device TEXT NOT NULL,
    pin TEXT,                               -- the only key accepted; without, the system judges
    paired_at_ms INTEGER NOT NULL
) STRICT;

-- The endpoints of this desktop on its relay. Their tokens are in the keychain.
CREATE TABLE endpoints (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    url TEXT NOT NULL,
    made_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Where captures go by themselves when they arrive.
CREATE TABLE forwards (
    endpoint TEXT NOT NULL,
    target TEXT NOT NULL,                   -- a URL
    is_remote_allowed INTEGER NOT NULL,     -- 1: its owner has confirmed that it may be another computer's
    UNIQUE (endpoint, target)
) STRICT;

-- Each attempt to pass a capture on, and what came back.
CREATE TABLE deliveries (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    seq INTEGER NOT NULL REFERENCES captures (seq) ON DELETE CASCADE,
    began_at_ms INTEGER NOT NULL,           -- Unix epoch, milliseconds
    target TEXT NOT NULL,                   -- the URL
    changes TEXT NOT NULL,                  -- in what the head differed: words, separated by blanks
    status INTEGER,                         -- of the answer; NULL when there was none
    head BLOB NOT NULL,                     -- of the answer, as it came
    body BLOB NOT NULL,                     -- of the answer, its beginning
    body_bytes INTEGER NOT NULL,            -- of the answer, all of it
    error TEXT,                             -- why there was no answer, or not all of it
    connect_ms INTEGER,                     -- NULL: the connection was up
    first_byte_ms INTEGER,                  -- until the answer began
    total_ms INTEGER NOT NULL
) STRICT;

CREATE INDEX deliveries_by_capture ON deliveries (seq, number);

-- Grows with each change to `relay`, `endpoints` and `forwards`, so that another program on this file sees it.
CREATE TABLE revision (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    number INTEGER NOT NULL
) STRICT;

INSERT INTO revision VALUES (1, 0);
