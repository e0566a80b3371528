package client

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/commonhold/commonhold/org"
)

func TestTheNewestVersionSeenIsHandedBack(t *testing.T) {
	version := 0
	s := newStub(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
		if version > 0 {
			w.Header().Set("Commonhold-Version", fmt.Sprint(version))
		}
		fmt.Fprint(w, `{"allowed":true}`)
	})
	read := func(c *Client, organization string) string {
		t.Helper()
		if _, err := c.Organization(t.Context(), organization); err != nil {
			t.Fatal(err)
		}
		last := s.asked[len(s.asked)-1]
		return last[strings.LastIndex(last, "/")+1:]
	}
	for _, step := range []struct {
		name, want string
		got        string
	}{
		{"nothing was seen yet", "acme", read(s.Client, "acme")},
		{"nothing was told", "acme", func() string { version = 7; return read(s.Client, "acme") }()},
		{"what a reading told", "acme?at_least=7", read(s.Client, "acme")},
		{"another organization", "other", read(s.Client, "other")},
		{"by a client made of this one", "acme?at_least=7", read(s.With(ActingFor("ext:ana")), "acme")},
		{"less is asked for", "acme?at_least=7", read(s.With(AtLeast(3)), "acme")},
		{"more is asked for", "acme?at_least=9", read(s.With(AtLeast(9)), "acme")},
		{"the newest is asked for", "acme?at_least=7&fresh=true", read(s.With(Fresh()), "acme")},
		{"what a command told", "acme?at_least=8", func() string {
			version = 8
			if _, err := s.Do(t.Context(), "acme", org.Leave{}, nil); err != nil {
				t.Fatal(err)
			}
			version = 5 // which no server would say now
			return read(s.Client, "acme")
		}()},
		{"an older answer takes nothing back", "acme?at_least=8", read(s.Client, "acme")},
	} {
		if step.got != step.want {
			t.Errorf("%s: it asks for %s, want %s", step.name, step.got, step.want)
		}
	}
	if _, err := s.Check(t.Context(), "acme", org.Question{}); err != nil || !slices.ContainsFunc(s.asked, func(a string) bool {
		return strings.HasPrefix(a, "POST /v1/organizations/acme/check?at_least=8 ")
	}) {
		t.Errorf("a check asks %v, %v", s.asked[len(s.asked)-1], err)
	}
}

func TestVersionsAreForgottenInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s seen
		s.note("acme", 7)
		for _, step := range []struct {
			later time.Duration
			want  org.Version
		}{{seenLasts - time.Second, 7}, {time.Second, 7}, {seenLasts - time.Second, 7}, {time.Second, 0}} {
			time.Sleep(step.later)
			if got := s.version("acme"); got != step.want {
				t.Errorf("%v later: %d, want %d", step.later, got, step.want)
			}
		}
		s.note("acme", 3)
		s.note("acme", 2)
		time.Sleep(2 * seenLasts)
		if got := s.version("acme"); got != 0 {
			t.Errorf("after a long pause it is still %d", got)
		}
	})
}
