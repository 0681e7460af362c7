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
