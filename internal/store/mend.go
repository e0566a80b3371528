package store

import "context"

// Mender is what a back end may offer beside its contracts to whoever looks a database over and mends it. Nobody else may
// be writing meanwhile.
type Mender interface {
	// Examine runs the database's own check of itself and returns what it complains about, a hundred sentences at most;
	// none if it is sound.
	Examine(ctx context.Context) ([]string, error)

	// Logs pages through the organizations that have events, in order of id, from the first id above after: by the
	// events themselves, whatever their heads say.
	Logs(ctx context.Context, after string, limit int) ([]string, error)

	// SetHead makes the head of an organization what its log was found to end with, or removes it at version 0.
	SetHead(ctx context.Context, h Head) error
}
