package app

import (
	"bytes"
	"context"

	"github.com/commonhold/commonhold/org"
)

// confirmQuiet holds what is about to be answered without an append against the database, where other processes write to
// it too: neither a refusal nor a word that nothing had to change may rest on a state that somebody has moved on from.
// It reports whether some jobs have to be decided again.
func (a *App) confirmQuiet(ctx context.Context, jobs []*job) (left []*job, again bool) {
	if a.db.Shared() == nil {
		return jobs, false
	}
	began := map[string]*working{}
	var asked []string
	for _, j := range jobs {
		if id := string(j.org); j.append == nil && j.began != nil && j.began.state.Exists() && began[id] == nil {
			began[id], asked = j.began, append(asked, id)
		}
	}
	if len(asked) == 0 {
		return jobs, false
	}
	bound, cancel := context.WithTimeout(ctx, hardBound)
	defer cancel()
	heads, err := a.db.Log().Heads(bound, asked)
	if err != nil {
		err = a.unavailable(ctx, "confirm what a refusal rests on", err)
		for _, j := range jobs {
			if j.append == nil {
				j.done <- outcome{err: err}
			} else {
				left = append(left, j)
			}
		}
		return left, false
	}
	for _, h := range heads {
		w := began[h.Org]
		if uint64(w.state.Version()) != h.Version || !bytes.Equal(w.hash, h.Hash) {
			a.stats.Conflicts.Add(1)
			jobs, again = a.again(ctx, jobs, org.OrgID(h.Org)), true
		}
	}
	return jobs, again
}
