-- +goose Up

-- What is compared and ordered has the collation "C", which is byte order, whatever the database's own is. No table has
-- a unique constraint besides its primary key, so that each can be spread by the first column of that key.

CREATE TABLE events (
    org     TEXT COLLATE "C" NOT NULL,
    version BIGINT           NOT NULL,
    at      BIGINT           NOT NULL,
    command TEXT             NOT NULL,
    actor   TEXT             NOT NULL,
    via     TEXT             NOT NULL,
    name    TEXT             NOT NULL,
    data    BYTEA            NOT NULL,
    prev    BYTEA            NOT NULL,
    notes   BYTEA            NOT NULL,
    PRIMARY KEY (org, version)
);

-- The log only grows. This stops the mistakes of those who own the table; docs/postgresql.md shows how to let the server
-- work as somebody who could not change it anyhow.

-- +goose StatementBegin
CREATE FUNCTION events_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'events are never changed or removed' USING ERRCODE = 'insufficient_privilege';
END
$$;
-- +goose StatementEnd

CREATE TRIGGER events_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION events_stay();

-- Rows that are written again and again leave room on their pages, so that a new version lies beside the old one.

CREATE TABLE heads (
    org     TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    version BIGINT           NOT NULL,
    at      BIGINT           NOT NULL,
    hash    BYTEA            NOT NULL,
    round   BIGINT           NOT NULL -- of the last event in the feed
) WITH (fillfactor = 70);

-- The place in the feed of each run of versions: the number of the transaction that wrote it, or that of the run before
-- if that is greater. One transaction may leave several runs of an organization.
CREATE TABLE rounds (
    org   TEXT COLLATE "C" NOT NULL,
    first BIGINT           NOT NULL,
    last  BIGINT           NOT NULL,
    round BIGINT           NOT NULL,
    PRIMARY KEY (org, first)
);

CREATE INDEX rounds_in_order ON rounds (round, org, last);

-- What is true of this database as a whole.
CREATE TABLE instance (
    name  TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    value TEXT             NOT NULL
);

INSERT INTO instance (name, value) VALUES ('feed', ''), ('cluster', '');

CREATE TABLE lookups (
    kind TEXT COLLATE "C" NOT NULL,
    key  TEXT COLLATE "C" NOT NULL,
    org  TEXT COLLATE "C" NOT NULL,
    id   TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (kind, key)
);

CREATE TABLE replays (
    scope   TEXT COLLATE "C" NOT NULL,
    actor   TEXT COLLATE "C" NOT NULL,
    key     TEXT COLLATE "C" NOT NULL,
    request BYTEA            NOT NULL,
    command TEXT             NOT NULL,
    answer  BYTEA            NOT NULL,
    at      BIGINT           NOT NULL,
    PRIMARY KEY (scope, actor, key)
);

CREATE INDEX replays_by_age ON replays (at);

CREATE TABLE outbox (
    id       TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    org      TEXT COLLATE "C" NOT NULL,
    kind     TEXT COLLATE "C" NOT NULL,
    body     BYTEA            NOT NULL,
    due      BIGINT           NOT NULL,
    attempts BIGINT           NOT NULL,
    error    TEXT             NOT NULL,
    dead     BIGINT           NOT NULL
);

CREATE INDEX outbox_by_due ON outbox (kind, due, id) WHERE dead = 0;
CREATE INDEX outbox_by_org ON outbox (org, id);

CREATE TABLE people (
    id          TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name        TEXT             NOT NULL,
    address     TEXT             NOT NULL,
    external_id TEXT             NOT NULL,
    vouched     BOOLEAN          NOT NULL,
    created     BIGINT           NOT NULL,
    version     BIGINT           NOT NULL
);

CREATE TABLE keys (
    id      TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    hash    BYTEA            NOT NULL,
    name    TEXT             NOT NULL,
    created BIGINT           NOT NULL,
    expires BIGINT           NOT NULL,
    used    BIGINT           NOT NULL
);

-- Hashes of keys are unique by this table, and found through it.
CREATE TABLE key_hashes (
    hash BYTEA            NOT NULL PRIMARY KEY,
    id   TEXT COLLATE "C" NOT NULL
);

CREATE TABLE documents (
    digest TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    text   BYTEA            NOT NULL
);

CREATE TABLE tokens (
    purpose TEXT COLLATE "C" NOT NULL,
    hash    BYTEA            NOT NULL,
    data    BYTEA            NOT NULL,
    expires BIGINT           NOT NULL,
    PRIMARY KEY (purpose, hash)
);

CREATE INDEX tokens_by_end ON tokens (expires);

CREATE TABLE snapshots (
    org     TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    version BIGINT           NOT NULL,
    format  TEXT             NOT NULL,
    data    BYTEA            NOT NULL,
    hash    BYTEA            NOT NULL
);

CREATE TABLE notes (
    org     TEXT COLLATE "C" NOT NULL,
    command TEXT COLLATE "C" NOT NULL,
    kind    TEXT COLLATE "C" NOT NULL,
    people  TEXT[]           NOT NULL,
    text    TEXT             NOT NULL,
    address TEXT             NOT NULL,
    agent   TEXT             NOT NULL,
    at      BIGINT           NOT NULL,
    salt    BYTEA            NOT NULL,
    PRIMARY KEY (org, command, kind)
);

CREATE INDEX notes_by_age ON notes (kind, at);

-- Leads from those with whom notes are erased to the notes.
CREATE TABLE note_people (
    person  TEXT COLLATE "C" NOT NULL,
    org     TEXT COLLATE "C" NOT NULL,
    command TEXT COLLATE "C" NOT NULL,
    kind    TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (person, org, command, kind)
);

CREATE INDEX note_people_by_note ON note_people (org, command, kind);

CREATE TABLE incidents (
    org     TEXT COLLATE "C" NOT NULL,
    at      BIGINT           NOT NULL,
    id      TEXT COLLATE "C" NOT NULL,
    kind    TEXT             NOT NULL,
    actor   TEXT COLLATE "C" NOT NULL,
    via     TEXT             NOT NULL,
    what    TEXT             NOT NULL,
    code    TEXT             NOT NULL,
    asked   TEXT             NOT NULL,
    request TEXT             NOT NULL,
    address TEXT             NOT NULL,
    agent   TEXT             NOT NULL,
    count   BIGINT           NOT NULL,
    until   BIGINT           NOT NULL,
    PRIMARY KEY (org, at, id)
);

CREATE INDEX incidents_by_age ON incidents (at);
CREATE INDEX incidents_by_actor ON incidents (actor);

CREATE TABLE incident_days (
    org  TEXT COLLATE "C" NOT NULL,
    day  BIGINT           NOT NULL,
    kept BIGINT           NOT NULL,
    PRIMARY KEY (org, day)
);

CREATE TABLE nodes (
    id    TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    seen  BIGINT           NOT NULL,
    reads TEXT             NOT NULL
);
