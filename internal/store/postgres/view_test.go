//go:build unix

package postgres

import (
	"errors"
	"strings"
	"testing"

	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/internal/store/postgres/pgtest"
	"github.com/commonhold/commonhold/internal/store/storetest"
)

// A view is of one instant, while others write.
func TestViewIsOfOneInstant(t *testing.T) {
	address := shared.New(t)
	db := openAt(t, address)
	h := storetest.History{Org: "org_1"}
	check(t, db.Append(t.Context(), []store.Append{h.Next(3)}))
	view, err := View(t.Context(), address)
	check(t, err)
	check(t, view.Ping(t.Context()))
	for range 2 {
		events, err := view.Events(t.Context(), "org_1", 0, 100)
		check(t, err)
		if check(t, store.Chain(0, nil, events)); len(events) != 3 {
			t.Errorf("%d events", len(events))
		}
		check(t, db.Append(t.Context(), []store.Append{h.Next(2)}))
	}
	if err := view.Keep(t.Context(), "d", nil); !errors.Is(err, errReadOnly) {
		t.Errorf("a view is written to: %v", err)
	}
	if err := view.Append(t.Context(), []store.Append{h.Next(1)}); !errors.Is(err, errReadOnly) {
		t.Errorf("a view is written to: %v", err)
	}
	check(t, view.Close())
	check(t, view.Close())
}

func TestViewOfWhatIsNoneOfOursIsRefused(t *testing.T) {
	server := shared.Server(t)
	name := server.New(t, pgtest.Empty)
	if _, err := View(t.Context(), server.Address(name)); err == nil || !strings.Contains(err.Error(), "none of this program") {
		t.Error(err)
	}
}
