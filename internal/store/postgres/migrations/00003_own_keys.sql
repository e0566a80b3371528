-- +goose Up

-- What a person's key opens, and under which vouching for the person it was made.
ALTER TABLE keys ADD COLUMN terms TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE people ADD COLUMN vouching BIGINT NOT NULL DEFAULT 0;
