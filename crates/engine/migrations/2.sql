-- Who sent what, search, and passing captures on.

ALTER TABLE captures ADD COLUMN sender TEXT;   -- who sent it, where that was recognised
ALTER TABLE captures ADD COLUMN event TEXT;    -- the type of its event, in the sender's words
ALTER TABLE captures ADD COLUMN summary TEXT;  -- what it is about, in a line

CREATE INDEX captures_by_time ON captures (received_at_ms, seq);

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

ALTER TABLE relay ADD COLUMN pin TEXT;         -- the only key accepted; without, the system judges

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
