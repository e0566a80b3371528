-- +goose Up

-- Whether the operator has disabled a person's account.
ALTER TABLE people ADD COLUMN disabled BOOLEAN NOT NULL DEFAULT false;
