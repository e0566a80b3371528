package storetest

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/commonhold/commonhold/internal/store"
)

// aDay is the first instant of some day.
const aDay = 19_700 * store.DayLasts

func (s suite) security(t *testing.T) {
	full := store.Incident{
		Org: "org_1", ID: "i1", At: aDay + 5, Kind: "refused", Actor: "usr_1", Via: "key_1", What: "set_role",
		Code: "not_allowed", Asked: "members:set_role", Request: "req ü", Address: "192.0.2.7", Agent: "curl", Count: 1,
		Until: aDay + 5,
	}
	s.each(t, []row{
		{"a row is read back as it was written, once", func(t *testing.T, db store.DB) {
			for range 2 {
				addIncidents(t, db, 10, full)
				got := incidents(t, db, "org_1")
				want(t, "rows", len(got), 1)
				want(t, "row", got[0], full)
			}
			want(t, "rows of another organization", len(incidents(t, db, "org_2")), 0)
		}},
		{"pages come newest first and are complete at every size", func(t *testing.T, db store.DB) {
			var all []string
			for i, at := range []int64{3, 1, 2, 2, 2, -9} {
				r := incident("org_1", fmt.Sprint("i", i), at)
				addIncidents(t, db, 100, r, incident("org_10", r.ID, at))
				all = append(all, fmt.Sprintf("%d %s", r.At, r.ID))
			}
			slices.SortFunc(all, func(a, b string) int { return -strings.Compare(a, b) })
			pages(t, all, func(i store.Incident) string { return fmt.Sprintf("%d %s", i.At, i.ID) },
				func(ctx context.Context, after string, limit int) ([]store.Incident, error) {
					at, id := int64(math.MaxInt64), ""
					if first, rest, ok := strings.Cut(after, " "); ok {
						at, _ = strconv.ParseInt(first, 10, 64)
						id = rest
					}
					return db.Security().Incidents(ctx, "org_1", at, id, limit)
				})
		}},
		{"T-215 what comes on top of a day's rows is counted", func(t *testing.T, db store.DB) {
			for i := range 10 {
				r := full
				r.ID, r.At, r.Until = fmt.Sprint("i", i), aDay+1+int64(i), aDay+1+int64(i)
				addIncidents(t, db, 3, r)
			}
			other := full
			other.ID, other.Code, other.At, other.Until = "j", "other", aDay+20, aDay+20
			addIncidents(t, db, 3, other)
			got := incidents(t, db, "org_1")
			want(t, "rows", len(got), 5)
			want(t, "newest of those written", got[0].ID, "i2")
			rollUps := map[string]store.Incident{got[3].Code: got[3], got[4].Code: got[4]}
			want(t, "roll-up", rollUps["not_allowed"], store.Incident{
				Org: "org_1", ID: "refused not_allowed", At: aDay, Kind: "refused", Code: "not_allowed", Count: 7, Until: aDay + 10,
			})
			want(t, "other roll-up", rollUps["other"].Count, 1)
		}},
		{"T-215 each day and organization has a cap of its own", func(t *testing.T, db store.DB) {
			for _, org := range []string{"org_1", "org_2"} {
				for _, day := range []int64{aDay, aDay + store.DayLasts} {
					for i := range 4 {
						addIncidents(t, db, 2, incident(org, fmt.Sprint(i), day-aDay+int64(i)))
					}
				}
				want(t, "rows of "+org, len(incidents(t, db, org)), 6)
			}
			addIncidents(t, db, 0, incident("org_3", "i", 1))
			want(t, "count of a row beyond no rows", incidents(t, db, "org_3")[0].Count, 1)
			want(t, "its day", incidents(t, db, "org_3")[0].At, aDay)
		}},
		{"a roll-up that stands for many adds them all", func(t *testing.T, db store.DB) {
			r := incident("org_1", "i", 1)
			r.Count, r.Until = 5, aDay+9
			addIncidents(t, db, 0, r, incident("org_1", "j", 2))
			got := incidents(t, db, "org_1")[0]
			want(t, "count and end", fmt.Sprint(got.Count, got.Until), fmt.Sprint(6, aDay+9))
		}},
		{"T-223 where a person's rows came from is erased, that they happened is not", func(t *testing.T, db store.DB) {
			theirs, elsewhere := full, full
			theirs.ID, theirs.Actor, elsewhere.Org = "i2", "usr_2", "org_2"
			addIncidents(t, db, 10, full, theirs, elsewhere)
			check(t, db.Security().EraseIncidents(t.Context(), "usr_1"))
			erased := full
			erased.Address, erased.Agent = "", ""
			got := incidents(t, db, "org_1")
			want(t, "another's row", got[0], theirs)
			want(t, "row", got[1], erased)
			want(t, "address elsewhere", incidents(t, db, "org_2")[0].Address, "")
		}},
		{"what is older expires, and the day's count with it", func(t *testing.T, db store.DB) {
			const n = 1_100
			var rows []store.Incident
			for i := range n {
				rows = append(rows, incident("org_1", fmt.Sprint("i", i), int64(i)))
			}
			addIncidents(t, db, n, rows...)
			check(t, db.Security().ExpireIncidents(t.Context(), aDay+n-2))
			want(t, "rows left", len(incidents(t, db, "org_1")), 2)
			check(t, db.Security().ExpireIncidents(t.Context(), aDay+store.DayLasts))
			addIncidents(t, db, 1, incident("org_1", "again", 7))
			want(t, "row of a day that was forgotten", incidents(t, db, "org_1")[0].ID, "again")
		}},
		{"T-215 of many writers none writes beyond the cap", func(t *testing.T, db store.DB) {
			const writers, each, dayCap = 8, 10, 20
			together(t, writers, func(i int) error {
				for n := range each {
					r := []store.Incident{incident("org_1", fmt.Sprint(i, "-", n), int64(n+1))}
					if err := db.Security().AddIncidents(t.Context(), r, dayCap); err != nil {
						return err
					}
				}
				return nil
			})
			got := incidents(t, db, "org_1")
			want(t, "rows", len(got), dayCap+1)
			want(t, "roll-up", got[dayCap].Count, writers*each-dayCap)
		}},
		{"rows that no database may hold are refused, all of them", func(t *testing.T, db store.DB) {
			for _, bend := range []func(*store.Incident){
				func(r *store.Incident) { r.Org = "" }, func(r *store.Incident) { r.ID = "" },
				func(r *store.Incident) { r.Agent = "\x00" }, func(r *store.Incident) { r.Code = "\xff" },
			} {
				bent := full
				bend(&bent)
				err := db.Security().AddIncidents(t.Context(), []store.Incident{full, bent}, 10)
				wantError(t, "add", err, store.ErrMalformed)
				want(t, "rows", len(incidents(t, db, "org_1")), 0)
			}
			check(t, db.Security().AddIncidents(t.Context(), nil, 10))
		}},
	})
}

// incident is a row of some day, so many microseconds into it.
func incident(org, id string, into int64) store.Incident {
	return store.Incident{Org: org, ID: id, At: aDay + into, Kind: "read", Count: 1, Until: aDay + into}
}

func addIncidents(t *testing.T, db store.DB, dayCap int, rows ...store.Incident) {
	t.Helper()
	check(t, db.Security().AddIncidents(t.Context(), rows, dayCap))
}

func incidents(t *testing.T, db store.DB, org string) []store.Incident {
	t.Helper()
	rows, err := db.Security().Incidents(t.Context(), org, math.MaxInt64, "", 1<<20)
	check(t, err)
	return rows
}
