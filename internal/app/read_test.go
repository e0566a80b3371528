package app

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/internal/store/memory"
	"github.com/commonhold/commonhold/org"
)

// replaced is a database whose content another takes the place of, as after a failover that lost the last writes.
type replaced struct{ store.DB }

func TestWhatTheDatabaseLostIsNotAnswered(t *testing.T) {
	for _, row := range []struct {
		name  string
		since []org.Name // what the other database has instead of the last command
		want  org.Name
	}{
		{name: "the last command", want: "One"},
		{name: "the last command, and another came", since: []org.Name{"Three"}, want: "Three"},
		{name: "the last command, and more came", since: []org.Name{"Three", "Four"}, want: "Four"},
	} {
		t.Run(row.name, func(t *testing.T) {
			db := &replaced{memory.Open()}
			r := newRig(t, db, func(o *Options) { o.Stale = time.Hour }) // nothing is confirmed beside the test
			olga := r.person("olga")
			id := r.found("acme", olga)
			r.do(as(olga), id, org.Rename{Name: "One"})
			kept := r.events(id)
			r.do(as(olga), id, org.Rename{Name: "Two"})

			other := newRig(t, nil)
			err := other.db.Log().Append(t.Context(), []store.Append{{Org: string(id), Events: kept, Hash: store.Hash(kept[len(kept)-1])}})
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range row.since {
				other.do(as(olga), id, org.Rename{Name: name})
			}
			db.DB = other.db

			s, err := r.View(t.Context(), id, Freshness{Now: true})
			if err != nil || s.Name() != row.want {
				t.Fatalf("reads %v, %v", s, err)
			}
			r.do(as(olga), id, org.Rename{Name: "Five"})
			r.events(id)
		})
	}
}

func TestALogShorterThanItsHeadIsQuarantined(t *testing.T) {
	db := &shortened{DB: memory.Open()}
	r := newRig(t, db)
	olga := r.person("olga")
	id := r.found("acme", olga)
	db.by = 1
	fresh := newRig(t, db)
	if s, err := fresh.View(t.Context(), id, Freshness{}); !errors.Is(err, ErrQuarantined) {
		t.Errorf("reads %v, %v", s, err)
	}
}

// shortened loses the last events of every log.
type shortened struct {
	store.DB
	by int
}

type shortenedLog struct {
	store.Log
	by int
}

func (s *shortened) Log() store.Log { return shortenedLog{s.DB.Log(), s.by} }

func (l shortenedLog) Events(ctx context.Context, org string, after uint64, limit int) ([]store.Event, error) {
	events, err := l.Log.Events(ctx, org, after, limit)
	return events[:max(0, len(events)-l.by)], err
}
