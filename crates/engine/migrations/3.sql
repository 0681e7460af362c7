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
