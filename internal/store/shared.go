package store

import "context"

// Hint says that an organization has reached a version.
type Hint struct {
	Org     string
	Version uint64
}

// Shared is what a database offers that several processes use at once.
type Shared interface {
	// Clock returns the database's time, by which its users find out how far their own is off.
	Clock(ctx context.Context) (int64, error)

	// Listen calls hear for what any process appends, this one included, until ctx ends or it finds out that it does not
	// hear any more; its error says which. A hint may come late, twice or never, so nothing rests on it. hear returns
	// at once.
	Listen(ctx context.Context, hear func(Hint)) error
}
