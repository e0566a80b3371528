-- +goose Up

-- Whose a key is, nobody's being the operator's, and which organization it opens.
ALTER TABLE keys ADD COLUMN opens TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE keys ADD COLUMN holder TEXT COLLATE "C" NOT NULL DEFAULT '';

CREATE INDEX keys_by_holder ON keys (holder, created, id);
