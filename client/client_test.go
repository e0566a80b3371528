package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/commonhold/commonhold/org"
)

const secret = "commonhold_operator_not-a-real-one"

// stub is a server whose answers a test writes, and a client that does not really wait.
type stub struct {
	*Client
	asked  []string // method, path with query, body
	keys   []string // Idempotency-Keys as they came
	header http.Header
	waits  []time.Duration
	server *httptest.Server
}

func newStub(t *testing.T, answer func(n int, w http.ResponseWriter, r *http.Request), options ...Option) *stub {
	s := &stub{}
	s.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		s.asked = append(s.asked, strings.TrimSpace(r.Method+" "+r.RequestURI+" "+string(body)))
		s.keys = append(s.keys, r.Header.Get("Idempotency-Key"))
		s.header = r.Header
		answer(len(s.asked), w, r)
	}))
	t.Cleanup(s.server.Close)
	c, err := New(s.server.URL, secret, options...)
	if err != nil {
		t.Fatal(err)
	}
	c.sleep = func(_ context.Context, d time.Duration) error { s.waits = append(s.waits, d); return nil }
	s.Client = c
	return s
}

func refuse(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	fmt.Fprintf(w, `{"type":"about:blank","title":"No","status":%d,"code":%q,"detail":"A sentence."}`, status, code)
}

func empty(_ int, w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{}`) }

func TestCommandsGoWhereTheirRouteSays(t *testing.T) {
	const person, team, project = "usr_2x4y6z8a0b1c3d5e7f9g1h2j3k", "team_01jz0000000000000000000000", "prj_01jz0000000000000000000000"
	rows := []struct {
		name string
		cmd  org.Command
		want string
	}{
		{"a field of the path is not in the body", org.SetRole{Person: person, Role: org.RoleAdmin},
			`PUT /v1/organizations/acme/members/` + person + `/role {"role":"admin"}`},
		{"a command that is all path has no body", org.Suspend{Person: person}, `POST /v1/organizations/acme/members/` + person + `/suspend`},
		{"an external id is escaped", org.DeleteTeam{Team: "ext:a/b"}, `DELETE /v1/organizations/acme/teams/ext:a%2Fb`},
		{"two fields of the path", org.PlaceInTeam{Team: team, Person: person, Manager: true},
			`PUT /v1/organizations/acme/teams/` + team + `/members/` + person + ` {"manager":true}`},
		{"what is embedded lies flat", org.Give{Project: project, Subject: org.Subject{Person: person}, Role: org.Analyst, Window: org.Window{End: org.Instant(1e15)}},
			`POST /v1/organizations/acme/projects/` + project + `/grants {"end":"2001-09-09T01:46:40Z","person":"` + person + `","role":"analyst"}`},
		{"a creation names no organization", org.CreateOrganization{Name: "Acme", Slug: "acme", Owner: person},
			`POST /v1/organizations {"name":"Acme","owner":"` + person + `","slug":"acme"}`},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			s := newStub(t, empty)
			if _, err := s.Do(t.Context(), "acme", row.cmd, nil); err != nil || s.asked[0] != row.want {
				t.Errorf("%v\n got %v\nwant %s", err, s.asked, row.want)
			}
		})
	}
}

func TestCommandsWithoutAPlaceAreNotSent(t *testing.T) {
	s := newStub(t, empty)
	for name, cmd := range map[string]org.Command{
		"an empty id":                 org.SetRole{Role: org.RoleAdmin},
		"an id that is a step up":     org.Suspend{Person: ".."},
		"a command that has no route": org.Vouch{},
	} {
		if _, err := s.Do(t.Context(), "acme", cmd, nil); err == nil {
			t.Errorf("%s was sent: %v", name, s.asked)
		}
	}
	if _, err := s.Do(t.Context(), "", org.Leave{}, nil); err == nil || len(s.asked) > 0 {
		t.Errorf("no organization: %v, asked %v", err, s.asked)
	}
}

func TestListsAskForPageAfterPage(t *testing.T) {
	s := newStub(t, func(n int, w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, [...]string{`{"items":[{"team":"team_a"},{"team":"team_b"}],"next":"more+"}`, `{"items":[{"team":"team_c"}]}`}[n-1])
	})
	all, err := All(s.Teams(t.Context(), "acme", "x"))
	if err != nil || len(all) != 3 || all[2].Team != "team_c" {
		t.Fatalf("%v, %v", all, err)
	}
	want := []string{"GET /v1/organizations/acme/teams?find=x&limit=200", "GET /v1/organizations/acme/teams?cursor=more%2B&find=x&limit=200"}
	if !slices.Equal(s.asked, want) {
		t.Errorf("asked %q", s.asked)
	}
}

func TestListsEndWithTheirFirstError(t *testing.T) {
	s := newStub(t, func(n int, w http.ResponseWriter, _ *http.Request) {
		if n == 1 {
			fmt.Fprint(w, `{"items":[{}],"next":"more"}`)
			return
		}
		refuse(w, 404, org.ErrUnknownOrganization.Code)
	})
	rows := 0
	for _, err := range s.Members(t.Context(), "acme", MemberFilter{}) {
		rows++
		if (rows == 2) != errors.Is(err, org.ErrUnknownOrganization) {
			t.Errorf("row %d: %v", rows, err)
		}
	}
	if rows != 2 {
		t.Errorf("%d rows", rows)
	}
}

func TestRefusalsAreComparedByTheirCode(t *testing.T) {
	s := newStub(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Request-Id", "r1")
		refuse(w, 409, org.ErrLastOwner.Code)
	})
	_, err := s.Do(t.Context(), "acme", org.Leave{}, nil)
	problem, ok := errors.AsType[*Problem](err)
	if !ok || problem.Status != 409 || problem.Request != "r1" || problem.Error() != "organization.last_owner: A sentence." {
		t.Fatalf("%#v", err)
	}
	if !errors.Is(err, org.ErrLastOwner) || errors.Is(err, org.ErrMemberExists) || !errors.Is(err, &Problem{Code: problem.Code}) {
		t.Error("compared by something else than the code")
	}
	if len(s.asked) != 1 {
		t.Errorf("asked %d times", len(s.asked))
	}
}

func TestAnAnswerOfAnotherProgramIsSaidToBeOne(t *testing.T) {
	s := newStub(t, func(_ int, w http.ResponseWriter, _ *http.Request) { http.Error(w, "<html>", http.StatusTeapot) })
	_, err := s.Me(t.Context())
	if err == nil || !strings.Contains(err.Error(), "is the address that of a Commonhold server?") {
		t.Error(err)
	}
}

func TestFreshnessIsAskedOfReadings(t *testing.T) {
	s := newStub(t, func(_ int, w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"allowed":true}`) })
	c := s.With(AtLeast(7))
	_, err1 := c.Member(t.Context(), "acme", "ext:1")
	allowed, err2 := c.Check(t.Context(), "acme", org.Question{Person: "ext:1", Permission: "x:y"})
	_, err3 := c.Do(t.Context(), "acme", org.Leave{}, nil)
	want := []string{"GET /v1/organizations/acme/members/ext:1?at_least=7",
		`POST /v1/organizations/acme/check?at_least=7 {"person":"ext:1","permission":"x:y"}`, "POST /v1/organizations/acme/leave"}
	if errors.Join(err1, err2, err3) != nil || !allowed || !slices.Equal(s.asked, want) {
		t.Errorf("%v %v\n%q", err1, err2, s.asked)
	}
}

func TestACheckThatFailsIsANo(t *testing.T) {
	s := newStub(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(200)
		fmt.Fprint(w, `{"allowed":true`)
	})
	if allowed, err := s.Check(t.Context(), "acme", org.Question{}); allowed || err == nil {
		t.Errorf("%v, %v", allowed, err)
	}
	s = newStub(t, func(_ int, w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"allowed":[true]}`) })
	if answers, err := s.CheckAll(t.Context(), "acme", make([]org.Question, 2)); answers != nil || err == nil {
		t.Errorf("one answer to two questions: %v, %v", answers, err)
	}
}

func TestAddressesThatWouldLeakAreRefused(t *testing.T) {
	for _, address := range []string{"", "localhost:8080", "ftp://x", "http://", "http://user:pass@x", "http://x?key=1", "http://x#f"} {
		if _, err := New(address, secret); err == nil {
			t.Errorf("%q was taken", address)
		}
	}
	if _, err := New("http://x", "two words"); err == nil || strings.Contains(err.Error(), "two words") {
		t.Errorf("a key of two words: %v", err)
	}
}

// other is a server that must never be reached.
func other(t *testing.T) string {
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("%s reached the other server with %v", r.URL, r.Header)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func TestKeyStaysWithItsServer_T170(t *testing.T) {
	for _, status := range []int{301, 302, 303, 307, 308} {
		away := other(t)
		s := newStub(t, func(_ int, w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, away+"/v1/me", status) })
		for _, call := range []func() error{
			func() error { _, err := s.Me(t.Context()); return err },
			func() error { _, err := s.Do(t.Context(), "acme", org.Leave{}, nil); return err },
		} {
			s.asked = nil
			err := call()
			if _, ok := errors.AsType[*RedirectError](err); !ok || len(s.asked) != 1 {
				t.Errorf("%d: %v, asked %q", status, err, s.asked)
			}
			if strings.Contains(fmt.Sprint(err), secret) {
				t.Errorf("%d: the error tells the key: %v", status, err)
			}
		}
	}
}

func TestNoErrorTellsTheKey_T170(t *testing.T) {
	gone := httptest.NewServer(nil)
	gone.Close()
	c, err := New(gone.URL, secret, Tries(1))
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Me(t.Context())
	if err == nil || strings.Contains(fmt.Sprintf("%v %#v", err, errors.Unwrap(err)), secret) {
		t.Errorf("nobody answers: %v", err)
	}
}

func TestARedirectWithinTheServerIsFollowed(t *testing.T) {
	s := newStub(t, func(n int, w http.ResponseWriter, r *http.Request) {
		if n == 1 {
			http.Redirect(w, r, "/v1/me/", http.StatusPermanentRedirect)
			return
		}
		fmt.Fprint(w, `{"operator":true}`)
	})
	if me, err := s.Me(t.Context()); err != nil || !me.Operator || s.header.Get("Authorization") != "Bearer "+secret {
		t.Errorf("%v %v", me, err)
	}
}

func TestPathsAreFilledCompletely(t *testing.T) {
	if p, err := Path("/a/{x}/b/{y}", "1 2", "{z}"); err != nil || p != "/a/1%202/b/%7Bz%7D" {
		t.Errorf("%s, %v", p, err)
	}
	for _, values := range [][]string{{}, {"1"}, {"1", "2", "3"}, {"1", ""}} {
		if p, err := Path("/a/{x}/b/{y}", values...); err == nil {
			t.Errorf("%q: %s", values, p)
		}
	}
}

func TestQueriesOfTheCallerAreNotChanged(t *testing.T) {
	s := newStub(t, func(n int, w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, [...]string{`{"items":[],"next":"a"}`, `{"items":[]}`}[n-1])
	})
	q := url.Values{"find": {"ana"}}
	if _, err := All(Items[Member](t.Context(), s.With(Fresh()), "/v1/x", q)); err != nil || len(q) != 1 {
		t.Errorf("%v, %v", err, q)
	}
}

func TestFollowGoesOnFromWhereItWas_I51(t *testing.T) {
	s := newStub(t, func(n int, w http.ResponseWriter, _ *http.Request) {
		if n > 3 {
			refuse(w, 409, "events.position_lost")
			return
		}
		fmt.Fprint(w, [...]string{`{"items":[{"version":1},{"version":2}],"next":"two"}`, `{"items":[],"next":"later"}`, `{"items":[{"version":3}],"next":"three"}`}[n-1])
	})
	var got []string
	for e, err := range s.Follow(t.Context(), "") {
		if err != nil {
			got = append(got, e.Cursor+" "+err.(*Problem).Code)
			continue
		}
		got = append(got, fmt.Sprint(e.Version, " ", e.Cursor))
	}
	if want := []string{"1 ", "2 two", "3 three", "three events.position_lost"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if want := []string{"GET /v1/events?limit=200&wait=20", "GET /v1/events?after=two&limit=200&wait=20", "GET /v1/events?after=later&limit=200&wait=20", "GET /v1/events?after=three&limit=200&wait=20"}; !slices.Equal(s.asked, want) {
		t.Errorf("asked %q", s.asked)
	}
}

func TestAReasonGoesWithCommands(t *testing.T) {
	s := newStub(t, empty, Reason("so"))
	if _, err := s.Do(t.Context(), "acme", org.Leave{}, nil); err != nil || s.header.Get("Commonhold-Reason") != "so" {
		t.Errorf("%v, sent %q", err, s.header.Get("Commonhold-Reason"))
	}
	if _, err := s.Me(t.Context()); err != nil || s.header.Get("Commonhold-Reason") != "" {
		t.Errorf("%v, a reading sent %q", err, s.header.Get("Commonhold-Reason"))
	}
}
