//go:build unix

package app

import (
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/commonhold/commonhold/internal/peer"
	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/internal/store/postgres"
	"github.com/commonhold/commonhold/internal/store/postgres/pgtest"
	"github.com/commonhold/commonhold/org"
)

var shared pgtest.Shared

func TestMain(m *testing.M) {
	code := m.Run()
	if err := shared.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// onPostgres opens a database of its own.
func onPostgres(t *testing.T) store.DB {
	t.Helper()
	server := shared.Server(t)
	db, err := postgres.Open(t.Context(), server.Address(server.New(t, pgtest.Empty)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// atDatabaseTime lets the rig's clock begin with the database's.
func atDatabaseTime(o *Options) { o.Clock = time.Now }

// I-49, I-42, I-62: the walk of TestFaultyAppends on PostgreSQL, where another process hears of every append.
func TestFaultyAppendsOnPostgreSQL(t *testing.T) {
	steps := 200
	if os.Getenv("COMMONHOLD_LONG") != "" {
		steps = 20_000
	}
	walkWithFaults(t, onPostgres(t), steps, atDatabaseTime)
}

// T-255: a server whose clock is off is not ready, and answers nothing meanwhile.
func TestAWrongClockAnswersNothing(t *testing.T) {
	db := onPostgres(t)
	var ahead atomic.Int64
	r := newRig(t, db, func(o *Options) { o.Clock = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) } })
	olga := r.person("olga")
	id := r.found("acme", olga)
	for _, row := range []struct {
		name  string
		ahead time.Duration
		want  error
	}{
		{"an hour ahead", time.Hour, ErrClock},
		{"ten minutes behind", -10 * time.Minute, ErrClock},
		{"a little ahead", peer.MaxSkew - time.Second, nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			ahead.Store(int64(row.ahead))
			if err := r.Ready(t.Context()); !errors.Is(err, row.want) {
				t.Errorf("it says that it is ready: %v", err)
			}
			if _, err := r.View(t.Context(), id, Freshness{}); !errors.Is(err, row.want) {
				t.Errorf("it reads: %v", err)
			}
			if _, err := r.Do(t.Context(), as(olga), id, org.Rename{Name: org.Name(row.name)}, Opts{}); !errors.Is(err, row.want) {
				t.Errorf("it writes: %v", err)
			}
		})
	}
}

// I-54: what another process appends is here before anybody asks.
func TestAHintBringsWhatAnotherProcessAppended(t *testing.T) {
	db := onPostgres(t)
	one := newRig(t, db, atDatabaseTime)
	two := newRig(t, db, atDatabaseTime, func(o *Options) { o.Stale = time.Hour }) // confirms nothing by itself
	olga := one.person("olga")
	id := one.found("acme", olga)
	if _, err := two.View(t.Context(), id, Freshness{}); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(20 * time.Second); ; { // until it listens, it hears nothing
		want := one.do(as(olga), id, org.Rename{Name: org.Name(time.Now().String())}).State.Version()
		time.Sleep(50 * time.Millisecond)
		if s, err := two.View(t.Context(), id, Freshness{}); err == nil && s.Version() == want {
			return
		}
		if time.Now().After(end) {
			t.Fatal("no hint was taken up")
		}
	}
}

func TestTwoNodesMakeOneFirstKeyAndLeaveALastOneOnPostgreSQL_T186(t *testing.T) {
	twoStarts(t, onPostgres(t), atDatabaseTime)
}
