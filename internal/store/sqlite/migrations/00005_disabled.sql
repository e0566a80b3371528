-- +goose Up

-- Whether the operator has disabled a person's account.
ALTER TABLE people ADD COLUMN disabled INTEGER NOT NULL DEFAULT 0;
