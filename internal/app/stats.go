package app

import "sync/atomic"

// Stats count what the app did since its start.
type Stats struct {
	Commands, Facts, Appends, Conflicts, Refusals    atomic.Int64
	Loads, Confirms, Evictions, Quarantined, Replays atomic.Int64
	Snapshots                                        atomic.Int64
}

// Stats returns the counters, which go on counting.
func (a *App) Stats() *Stats { return &a.stats }

// Cached returns how many organizations are in memory, and their estimated bytes.
func (a *App) Cached() (organizations, bytes int) { return a.cache.size() }
