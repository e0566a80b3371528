// Package pace lets only so many do something at once; the others wait for their turn. It knows nothing of what they do.
package pace

import "context"

// Gate has places for those who are inside.
type Gate chan struct{}

// New returns a gate with so many places.
func New(places int) Gate { return make(Gate, places) }

// Enter waits for a place, if one is needed, and returns what gives it back.
func (g Gate) Enter(ctx context.Context, needed bool) (leave func(), err error) {
	if !needed {
		return func() {}, nil
	}
	select {
	case g <- struct{}{}:
		return func() { <-g }, nil
	case <-ctx.Done():
		return func() {}, ctx.Err()
	}
}
