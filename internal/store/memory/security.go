package memory

import (
	"cmp"
	"context"
	"slices"

	"github.com/commonhold/commonhold/internal/store"
)

var _ store.Security = (*DB)(nil)

type (
	incidentKey struct {
		org string
		at  int64
		id  string
	}
	dayKey struct {
		org string
		day int64
	}
)

func (db *DB) AddIncidents(ctx context.Context, rows []store.Incident, dayCap int) error {
	if err := store.CheckIncidents(rows); err != nil {
		return err
	}
	return db.write(ctx, func(t *transaction) error {
		for _, r := range rows {
			db.addIncident(t, r, dayCap)
		}
		return nil
	})
}

func (db *DB) addIncident(t *transaction, r store.Incident, dayCap int) {
	key, day := incidentKey{r.Org, r.At, r.ID}, dayKey{r.Org, r.Day()}
	if _, ok := db.incidents[key]; ok {
		return
	}
	if db.incidentDays[day] < dayCap {
		put(t, db.incidentDays, day, db.incidentDays[day]+1)
		put(t, db.incidents, key, r)
		return
	}
	all := r.RollUp()
	key = incidentKey{all.Org, all.At, all.ID}
	if was, ok := db.incidents[key]; ok {
		was.Count += all.Count
		was.Until = max(was.Until, all.Until)
		all = was
	}
	put(t, db.incidents, key, all)
}

func (db *DB) Incidents(
	ctx context.Context, org string, beforeAt int64, beforeID string, limit int,
) (rows []store.Incident, err error) {
	err = db.read(ctx, func() error {
		for key, r := range db.incidents {
			if key.org == org && cmp.Or(cmp.Compare(r.At, beforeAt), cmp.Compare(r.ID, beforeID)) < 0 {
				rows = append(rows, r)
			}
		}
		slices.SortFunc(rows, func(a, b store.Incident) int {
			return -cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.ID, b.ID))
		})
		rows = first(rows, limit)
		return nil
	})
	return rows, err
}

func (db *DB) EraseIncidents(ctx context.Context, actor string) error {
	return db.write(ctx, func(t *transaction) error {
		for key, r := range db.incidents {
			if r.Actor == actor {
				r.Address, r.Agent = "", ""
				put(t, db.incidents, key, r)
			}
		}
		return nil
	})
}

func (db *DB) ExpireIncidents(ctx context.Context, before int64) error {
	return db.write(ctx, func(t *transaction) error {
		for key, r := range db.incidents {
			if r.At < before {
				remove(t, db.incidents, key)
			}
		}
		for key := range db.incidentDays {
			if key.day < before {
				remove(t, db.incidentDays, key)
			}
		}
		return nil
	})
}
