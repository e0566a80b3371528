package api

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/commonhold/commonhold/internal/app"
	"github.com/commonhold/commonhold/internal/doctor"
	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/org"
)

// tampered is a database in which somebody else has changed the log of one organization.
type tampered struct {
	store.DB
	org    string
	change func([]store.Event) []store.Event
}

func (d *tampered) Log() store.Log { return tamperedLog{d.DB.Log(), d} }

type tamperedLog struct {
	store.Log
	d *tampered
}

func (l tamperedLog) Events(ctx context.Context, org string, after uint64, limit int) ([]store.Event, error) {
	if org != l.d.org {
		return l.Log.Events(ctx, org, after, limit)
	}
	all, err := l.Log.Events(ctx, org, 0, 1<<20)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(l.d.change(all), func(e store.Event) bool { return e.Version <= after })
	return all[:min(len(all), limit)], nil
}

// Who owns the database changes an event in the middle of a log, or takes it out. A server that starts reads it no
// further, says at which version the log breaks, answers nobody from it, and serves all the others; the doctor says the
// same.
//
// T-219 guarded by ledger.Fold
func TestAChangedLogIsFoundByItsNumberAndNotServed(t *testing.T) {
	for _, row := range []struct {
		name   string
		change func([]store.Event) []store.Event
		says   string
	}{
		{"somebody else did it", func(all []store.Event) []store.Event { all[6].Actor = "operator!"; return all }, "version 8 does not"},
		{"it came at another time", func(all []store.Event) []store.Event { all[6].At--; return all }, "version 8 does not"},
		{"a role was widened", func(all []store.Event) []store.Event {
			i := slices.IndexFunc(all, func(e store.Event) bool { return bytes.Contains(e.Data, []byte(`"member"`)) })
			all[i].Data = bytes.Replace(all[i].Data, []byte(`"member"`), []byte(`"owner"`), 1)
			return all
		}, "does not"},
		{"it was taken out", func(all []store.Event) []store.Event { return slices.Delete(all, 6, 7) }, "version 8 stands where 7 belongs"},
		{"two were exchanged", func(all []store.Event) []store.Event {
			all[6], all[7] = all[7], all[6]
			return all
		}, "version 8 stands where 7 belongs"},
		{"one stands there twice", func(all []store.Event) []store.Event { return slices.Insert(all, 6, all[6]) }, "version 7 stands where 8 belongs"},
		{"it says another version", func(all []store.Event) []store.Event { all[6].Version = 700; return all }, "version 700 stands where 7 belongs"},
		{"the last ones are gone", func(all []store.Event) []store.Event { return all[:len(all)-2] }, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			w := newWorld(t)
			if err := w.db.Snapshots().Drop(t.Context(), w.ids["acme"]); err != nil {
				t.Fatal(err)
			}
			db := &tampered{w.db, w.ids["acme"], row.change}
			var log bytes.Buffer
			two := w.beside(func(o *app.Options) { o.DB, o.Log = db, slog.New(slog.NewTextHandler(&log, nil)) })
			for _, as := range []string{"", "olga", "mia"} {
				two.refused(503, app.ErrQuarantined.Code, as, "GET", "/v1/organizations/{acme}", "")
			}
			two.refused(503, app.ErrQuarantined.Code, "", "POST", "/v1/organizations/{acme}/check", `{"person":"{olga}","permission":"members:view"}`)
			two.refused(503, app.ErrQuarantined.Code, "olga", "POST", "/v1/organizations/{acme}/teams", `{"name":"X"}`)
			if !strings.Contains(log.String(), "organization quarantined") || !strings.Contains(log.String(), row.says) {
				t.Errorf("the log does not say %q: %s", row.says, log.String())
			}
			two.want(200, "zed", "GET", "/v1/organizations/{other}", "")
			two.want(200, "zed", "POST", "/v1/organizations/{other}/teams", `{"name":"Green"}`)
			report, err := doctor.Examine(t.Context(), db)
			if err != nil {
				t.Fatal(err)
			}
			var said bytes.Buffer
			if err := report.Write(&said); err != nil {
				t.Fatal(err)
			}
			if report.Sound() || !strings.Contains(said.String(), row.says) || !strings.Contains(said.String(), w.ids["acme"]) {
				t.Errorf("the doctor says\n%s", said.String())
			}
		})
	}
}

// T-179 guarded by org.Slug.valid
func TestASlugShadowsNothingAndLeadsNowhereElse(t *testing.T) {
	w := newWorld(t)
	before, _ := w.everything("", "", 200)
	for _, slug := range []string{"admin", "api", "console", "new", "well-known", "livez", "readyz", "metrics", "organizations", "settings", "static", "login"} {
		w.refused(409, org.ErrReservedSlug.Code, "mia", "POST", "/v1/organizations", `{"name":"Mine","slug":"`+slug+`"}`)
	}
	for _, slug := range []string{
		"", ".", "..", "../etc", "a/b", "a\\\\b", "/acme", "acme/", "acme.", ".acme", ".well-known", "acme..", "a%2fb", "%2e%2e", "a b", " acme", "acme ", "Acme", "ACME", "aCme",
		"a", strings.Repeat("a", 49), "-acme", "acme-", "ac--me", "ac_me", "acme?", "acme#x", "acme;x", "acme\\n", "acmé", "аcme", "ac\\u200dme", "ac\\u202eme", "ａcme",
		"ext:acme", "org_00000000000000000000000000", "{acme}", "*", "~", "con:", "acme\\u0307",
	} {
		w.refused(400, org.ErrBadSlug.Code, "mia", "POST", "/v1/organizations", fmt.Sprintf(`{"name":"Mine","slug":"%s"}`, slug))
	}
	// Case makes no second name of what is there, and nothing but the slug leads to it.
	for _, ref := range []string{"ACME", "Acme", "acme.", "%61cme", "acme%20", "acme%2f", "..%2facme", "acme%00"} {
		w.want(404, "olga", "GET", "/v1/organizations/"+ref, "")
	}
	w.want(200, "olga", "GET", "/v1/organizations/acme", "")
	if after, _ := w.everything("", "", 200); len(after) != len(before) {
		t.Errorf("%d events came of that", len(after)-len(before))
	}
	for _, slug := range []string{strings.Repeat("a", 48), "a1", "1-a", "acme-2"} {
		w.want(200, "mia", "POST", "/v1/organizations", `{"name":"Mine","slug":"`+slug+`"}`)
		w.want(200, "mia", "GET", "/v1/organizations/"+slug, "")
	}
}
