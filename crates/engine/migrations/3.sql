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
