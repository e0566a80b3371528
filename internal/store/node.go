package store

import "context"

// Node is a running program that serves from this database.
type Node struct {
	ID    string // made at each start
	Seen  int64  // when it last said so
	Reads string // the digest of the list of what it can read; the list is a document
}

// Nodes says who is there. A row is a claim of its node's; only that it is old says that the node may be gone.
type Nodes interface {
	// Beat writes or replaces the row of a node. A Seen below the row's changes nothing.
	Beat(ctx context.Context, n Node) error

	// Alive returns the nodes seen at since or later, in order of id.
	Alive(ctx context.Context, since int64) ([]Node, error)

	// Leave removes the row of a node; one that is gone is no error.
	Leave(ctx context.Context, id string) error

	// Bury removes the rows of all nodes seen before.
	Bury(ctx context.Context, before int64) error
}
