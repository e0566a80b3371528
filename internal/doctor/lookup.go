package doctor

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/commonhold/commonhold/internal/ledger"
	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/org"
)

// kinds are the look-up rows whose support is known here.
func kinds() []string {
	out := []string{ledger.LeadAddress, ledger.LeadExternal}
	for _, k := range org.LeadKinds {
		out = append(out, string(k))
	}
	return out
}

// lookups holds the rows that are there against those that there should be. If a log cannot be read, what it asked for
// is not known, and nothing that it may have asked for is called too many.
func (v *visit) lookups(ctx context.Context) error {
	if v.partial {
		v.result.Summary = "not examined: what they follow from cannot be read"
		return nil
	}
	sound := map[string]bool{"": true}
	for _, h := range v.ends {
		sound[h.Org] = true
	}
	follow, open := len(v.rows), map[string]int{}
	for _, kind := range kinds() {
		for after := ""; ; {
			page, err := v.db.Lookups().Scan(ctx, kind, "", after, pageSize)
			if err != nil {
				return err
			}
			for _, row := range page {
				v.result.Examined++
				key := ledger.LookupKey{Kind: row.Kind, Key: row.Key}
				want, ok := v.rows[key]
				delete(v.rows, key)
				switch {
				case ok && want == row:
				case ok:
					v.fault(repairIt, v.move([]store.Lookup{row}, []store.Lookup{want}), "%s %q leads to %s, it should lead to %s", row.Kind, row.Key, target(row), target(want))
				case sound[row.Org]:
					v.fault(repairIt, v.move([]store.Lookup{row}, nil), "%s %q leads to %s, and nothing asks for that", row.Kind, row.Key, target(row))
				default:
					open[row.Org]++
				}
			}
			if len(page) < pageSize {
				break
			}
			after = page[len(page)-1].Key
		}
	}
	for _, id := range slices.Sorted(maps.Keys(open)) {
		v.fault("They grant nothing. "+restoreIt, nil, "%d look-up rows lead to %s, whose log cannot be read", open[id], id)
	}
	for _, row := range v.rows {
		v.fault(repairIt, v.move(nil, []store.Lookup{row}), "%s %q should lead to %s, and is not there", row.Kind, row.Key, target(row))
	}
	v.result.Summary = fmt.Sprintf("%d rows, %d follow from logs and people", v.result.Examined, follow)
	return nil
}

// move returns what puts rows right; nil if nothing can. Rows change with an append only, or with a person: an append
// without events to any log, or a change of anybody that changes nothing, takes them along.
func (v *visit) move(unset, set []store.Lookup) func(context.Context) error {
	if len(v.ends) > 0 {
		carrier := v.ends[0]
		return func(ctx context.Context) error {
			return v.db.Log().Append(ctx, []store.Append{{Org: carrier.Org, After: carrier.Version, Set: set, Unset: unset}})
		}
	}
	if v.persons == 0 {
		return nil
	}
	return func(ctx context.Context) error {
		anybody, err := v.db.People().List(ctx, "", 1)
		if err != nil || len(anybody) == 0 {
			return fmt.Errorf("find a person: %w", err)
		}
		return v.db.People().Change(ctx, anybody[0], set, unset)
	}
}
