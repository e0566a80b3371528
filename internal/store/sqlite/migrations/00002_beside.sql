-- +goose Up

-- What a command leaves beside its facts: digests of its notes in the log, the notes, and its place in the feed.
ALTER TABLE events ADD COLUMN notes BLOB NOT NULL DEFAULT x'';

CREATE TABLE notes (
    org     TEXT    NOT NULL,
    command TEXT    NOT NULL,
    kind    TEXT    NOT NULL,
    people  TEXT    NOT NULL, -- a JSON array of ids
    text    TEXT    NOT NULL,
    address TEXT    NOT NULL,
    agent   TEXT    NOT NULL,
    at      INTEGER NOT NULL,
    salt    BLOB    NOT NULL,
    PRIMARY KEY (org, command, kind)
) STRICT, WITHOUT ROWID;

CREATE INDEX notes_by_age ON notes (kind, at);

-- Leads from those with whom notes are erased to the notes.
CREATE TABLE note_people (
    person  TEXT NOT NULL,
    org     TEXT NOT NULL,
    command TEXT NOT NULL,
    kind    TEXT NOT NULL,
    PRIMARY KEY (person, org, command, kind)
) STRICT, WITHOUT ROWID;

CREATE INDEX note_people_by_note ON note_people (org, command, kind);

-- Each transaction that writes events is a round, one above the round before it, and leaves a row for each run of
-- versions. What was there before this table counts as one round.
CREATE TABLE rounds (
    round INTEGER NOT NULL,
    org   TEXT    NOT NULL,
    first INTEGER NOT NULL,
    last  INTEGER NOT NULL,
    PRIMARY KEY (round, org, first)
) STRICT, WITHOUT ROWID;

INSERT INTO rounds (round, org, first, last) SELECT 1, org, 1, version FROM heads WHERE version > 0;

-- What is true of this database as a whole.
CREATE TABLE instance (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO instance (name, value) VALUES ('feed', hex(randomblob(16)));

CREATE TABLE incidents (
    org     TEXT    NOT NULL,
    at      INTEGER NOT NULL,
    id      TEXT    NOT NULL,
    kind    TEXT    NOT NULL,
    actor   TEXT    NOT NULL,
    via     TEXT    NOT NULL,
    what    TEXT    NOT NULL,
    code    TEXT    NOT NULL,
    asked   TEXT    NOT NULL,
    request TEXT    NOT NULL,
    address TEXT    NOT NULL,
    agent   TEXT    NOT NULL,
    count   INTEGER NOT NULL,
    until   INTEGER NOT NULL,
    PRIMARY KEY (org, at, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX incidents_by_age ON incidents (at);
CREATE INDEX incidents_by_actor ON incidents (actor);

CREATE TABLE incident_days (
    org  TEXT    NOT NULL,
    day  INTEGER NOT NULL,
    kept INTEGER NOT NULL,
    PRIMARY KEY (org, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE nodes (
    id    TEXT    NOT NULL PRIMARY KEY,
    seen  INTEGER NOT NULL,
    reads TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

-- Messages that were given up stay and can be seen.
ALTER TABLE outbox ADD COLUMN error TEXT NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN dead INTEGER NOT NULL DEFAULT 0;

DROP INDEX outbox_by_due;
CREATE INDEX outbox_by_due ON outbox (kind, due) WHERE dead = 0;
CREATE INDEX outbox_by_org ON outbox (org, id);
