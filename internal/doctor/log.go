package doctor

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"

	"github.com/commonhold/commonhold/internal/ledger"
	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/org"
)

// logs folds every log and holds against it what is derived from it.
func (v *visit) logs(ctx context.Context) error {
	heads, err := v.heads(ctx)
	if err != nil {
		return err
	}
	homeless, err := ledger.Homeless(ctx, v.db.Log())
	if err != nil {
		return err
	}
	if homeless {
		v.fault(restoreIt, nil, "there are events that belong to no organization")
	}
	facts := 0
	for _, h := range heads {
		n, err := v.log(ctx, h)
		if err != nil {
			return err
		}
		facts += n
	}
	v.result.Examined = len(heads)
	v.result.Summary = fmt.Sprintf("%d of %d facts: chains, folds, heads, snapshots and notes", len(heads), facts)
	return nil
}

// heads returns the head of each organization that has one, and an empty one for each that has events only.
func (v *visit) heads(ctx context.Context) ([]store.Head, error) {
	byID := map[string]store.Head{}
	for after := ""; ; {
		page, err := v.db.Log().Organizations(ctx, after, pageSize)
		if err != nil {
			return nil, err
		}
		for _, h := range page {
			byID[h.Org] = h
		}
		if len(page) < pageSize {
			break
		}
		after = page[len(page)-1].Org
	}
	for after := ""; v.mender != nil; {
		page, err := v.mender.Logs(ctx, after, pageSize)
		if err != nil {
			return nil, err
		}
		for _, id := range page {
			if _, ok := byID[id]; !ok {
				byID[id] = store.Head{Org: id}
			}
		}
		if len(page) < pageSize {
			break
		}
		after = page[len(page)-1]
	}
	out := make([]store.Head, 0, len(byID))
	for _, h := range byID {
		out = append(out, h)
	}
	slices.SortFunc(out, func(a, b store.Head) int { return bytes.Compare([]byte(a.Org), []byte(b.Org)) })
	return out, nil
}

// log examines one log to its end, wherever its head says that is, and returns how many facts it has.
func (v *visit) log(ctx context.Context, head store.Head) (int, error) {
	id := org.OrgID(head.Org)
	snapshot, err := v.db.Snapshots().Load(ctx, head.Org, ledger.SnapshotFormat)
	switch {
	case errors.Is(err, store.ErrDamaged):
		v.fault(restoreIt, nil, "the snapshot of %s: %v", id, err)
	case err != nil && !errors.Is(err, store.ErrNotFound):
		return 0, err
	}
	agrees := err != nil
	var noted []byte // hash of the event at the head's version
	end, rows, said := store.Head{Org: head.Org}, ledger.Rows{}, digests{}
	last, err := ledger.Read(ctx, v.db.Log(), id, v.library, ledger.ToTheEnd, func(p ledger.Part) error {
		rows.Take(p.Before, p.Facts, id)
		for _, e := range p.Events {
			for digest := range slices.Chunk(e.Notes, sha256.Size) {
				said[string(digest)] = true
			}
		}
		if n := uint64(p.Before.Version()); n < snapshot.Version && snapshot.Version <= uint64(p.After.Version()) {
			at := snapshot.Version - n
			agrees = bytes.Equal(snapshot.Data, ledger.Snapshot(org.Evolve(p.Before, p.Facts[:at]...), store.Hash(p.Events[at-1])).Data)
		}
		if n := uint64(p.Before.Version()); n < head.Version && head.Version <= uint64(p.After.Version()) {
			noted = store.Hash(p.Events[head.Version-n-1])
		}
		e := p.Events[len(p.Events)-1]
		end = store.Head{Org: e.Org, Version: e.Version, At: e.At, Hash: p.Hash}
		return nil
	})
	if errors.Is(err, ledger.ErrDamaged) || errors.Is(err, store.ErrDamaged) {
		v.fault(restoreIt, nil, "%v", err)
		return int(end.Version), nil
	}
	if err != nil {
		return 0, err
	}
	switch {
	case head.Version > end.Version:
		// The log is shorter than somebody was told: what would be derived from it would hide the loss.
		v.fault(restoreIt, nil, "%s: its last facts are lost", behind(head, end))
		return int(end.Version), nil
	case head.Version > 0 && !bytes.Equal(head.Hash, noted):
		// Which of the two is right nobody can tell, and a head made after an event would vouch for it.
		v.fault(restoreIt, nil, "version %d of %s is not the event that its head vouches for", head.Version, id)
		return int(end.Version), nil
	}
	v.head(head, end)
	if !agrees {
		v.fault(repairIt, func(ctx context.Context) error { return v.db.Snapshots().Drop(ctx, head.Org) },
			"the snapshot of %s at version %d is not what its log leads to", id, snapshot.Version)
	}
	if end.Version == 0 {
		return 0, nil
	}
	v.ends = append(v.ends, end)
	for _, row := range rows {
		v.expect(row)
	}
	return int(last.After.Version()), v.notes(ctx, id, said)
}

// head holds what is noted of a log's end against where it ends.
func (v *visit) head(noted, end store.Head) {
	if noted.Version == end.Version && noted.At == end.At {
		return
	}
	what := behind(noted, end)
	if v.mender == nil {
		v.fault(restoreIt, nil, "%s", what)
		return
	}
	v.fault(repairIt, func(ctx context.Context) error { return v.mender.SetHead(ctx, end) }, "%s", what)
}

func behind(noted, end store.Head) string {
	return fmt.Sprintf("the head of %s is at version %d, its log ends at %d", noted.Org, noted.Version, end.Version)
}
