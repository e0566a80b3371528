package api

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/commonhold/commonhold/internal/app"
	"github.com/commonhold/commonhold/internal/route"
	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/org"
)

// everything reads the feed to its end in pages and returns it with the last cursor.
func (w *world) everything(as, after string, limit int) (all []route.Event, next string) {
	w.Helper()
	for {
		page := got[route.Events](w, w.want(200, as, "GET", fmt.Sprintf("/v1/events?limit=%d&after=%s", limit, after), ""))
		if len(page.Items) > limit {
			w.Fatalf("a page of %d holds %d", limit, len(page.Items))
		}
		if all = append(all, page.Items...); page.Next != "" {
			after = page.Next
		}
		if len(page.Items) == 0 && !page.More {
			return all, after
		}
	}
}

// keys are what tells events apart, those of each organization in the order in which they came.
func keysOf(events []route.Event) map[org.OrgID][]org.Version {
	out := map[org.OrgID][]org.Version{}
	for _, e := range events {
		out[e.Organization] = append(out[e.Organization], e.Version)
	}
	return out
}

func (w *world) holdsAllOf(events []route.Event, words ...string) {
	w.Helper()
	keys := keysOf(events)
	for _, word := range words {
		id := org.OrgID(w.ids[word])
		var want []org.Version
		for v := range w.version(word) {
			want = append(want, v+1)
		}
		if !slices.Equal(keys[id], want) {
			w.Errorf("%s: versions %v came, want 1 to %d in order", word, keys[id], len(want))
		}
		delete(keys, id)
	}
	if len(keys) > 0 {
		w.Errorf("events of others came: %v", keys)
	}
}

func TestTheOperatorReadsEveryEventInOrder_I51(t *testing.T) {
	w := newWorld(t)
	for _, limit := range []int{1, 7, 200} {
		all, _ := w.everything("", "", limit)
		w.holdsAllOf(all, "acme", "other")
	}
	_, end := w.everything("", "", 200)
	w.do("olga", "acme", org.CreateTeam{Name: "Late"})
	w.do("zed", "other", org.CreateTeam{Name: "Later"})
	late, _ := w.everything("", end, 1)
	if len(late) != 2 || !strings.Contains(late[0].Sentence, "Late") || late[0].Actor != string(w.people["olga"]) || late[1].Actor != string(w.people["zed"]) {
		t.Errorf("behind the end: %+v", late)
	}
	if page := got[route.Events](t, w.want(200, "", "GET", "/v1/events?after=latest", "")); len(page.Items) > 0 || page.Next == "" {
		t.Errorf("latest: %+v", page)
	}
}

// T-222 guarded by live.follower.reads
func TestAPersonReadsTheEventsOfTheirOwnOrganizationsAlone(t *testing.T) {
	w := newWorld(t)
	for _, as := range []string{"olga", "ada"} {
		all, _ := w.everything(as, "", 3)
		w.holdsAllOf(all, "acme")
	}
	all, _ := w.everything("zed", "", 200)
	w.holdsAllOf(all, "other")
	for _, as := range []string{"mia", "bill", "pia", "sam", "rex", "finn", "yan"} {
		if all, _ := w.everything(as, "", 200); len(all) > 0 {
			t.Errorf("%s reads %d events", as, len(all))
		}
	}
}

func TestACursorOfTheFeedTellsNothingAndIsOnesOwn(t *testing.T) {
	w := newWorld(t)
	_, mine := w.everything("olga", "", 200)
	raw, err := base64.RawURLEncoding.DecodeString(mine)
	if err != nil || strings.Contains(string(raw), "org_") || strings.Contains(string(raw), w.ids["other"][4:]) {
		t.Errorf("the cursor tells %q, %v", raw, err)
	}
	for name, try := range map[string][2]string{
		"another person's": {"zed", mine}, "a person's for the operator": {"", mine}, "no cursor": {"olga", "x"},
		"a bent one": {"olga", string(mine[0]^1) + mine[1:]}, "one with something behind it": {"olga", mine + "AAAA"}, "one too long": {"olga", strings.Repeat("A", 1200)},
	} {
		t.Run(name, func(t *testing.T) {
			w.refused(400, "events.bad_cursor", try[0], "GET", "/v1/events?after="+try[1], "")
		})
	}
}

func TestParametersOfTheFeed(t *testing.T) {
	w := newWorld(t)
	for _, query := range []string{"wait=31", "wait=-1", "wait=x", "limit=0", "limit=201", "wait=99999999999999"} {
		w.refused(400, "parameter.malformed", "", "GET", "/v1/events?"+query, "")
	}
	w.refused(401, "key.missing", "nobody", "GET", "/v1/events", "")
}

func TestACallerWaitsForAnEvent(t *testing.T) {
	w := newWorld(t)
	_, end := w.everything("olga", "", 200)
	begin := time.Now()
	if page := got[route.Events](t, w.want(200, "olga", "GET", "/v1/events?wait=1&after="+end, "")); len(page.Items) > 0 || time.Since(begin) < time.Second/2 {
		t.Errorf("after %v: %+v", time.Since(begin), page)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		time.Sleep(50 * time.Millisecond)
		w.do("zed", "other", org.CreateTeam{Name: "Foreign"})
		w.do("olga", "acme", org.CreateTeam{Name: "Awaited"})
	}()
	defer func() { <-done }() // the answer may come before its writer has its own
	begin = time.Now()
	page := got[route.Events](t, w.want(200, "olga", "GET", "/v1/events?wait=30&after="+end, ""))
	if len(page.Items) != 1 || !strings.Contains(page.Items[0].Sentence, "Awaited") || time.Since(begin) > 10*time.Second {
		t.Errorf("after %v: %+v", time.Since(begin), page)
	}
}

func TestAWaitEndsWithTheKey_T51(t *testing.T) {
	w := newWorld(t)
	_, end := w.everything("", "", 200)
	time.AfterFunc(50*time.Millisecond, func() { w.dropKey() })
	begin := time.Now()
	w.refused(401, "key.unknown", "", "GET", "/v1/events?wait=30&after="+end, "")
	if time.Since(begin) > 15*time.Second { // it asked for thirty
		t.Errorf("it took %v", time.Since(begin))
	}
}

// dropKey ends the key with which this world asks.
func (w *world) dropKey() {
	_, _, err := w.app.AddKey(context.Background(), "another", 0)
	if err == nil {
		err = w.app.RemoveKey(context.Background(), w.keyID)
	}
	if err != nil {
		w.Error(err)
	}
}

func TestACursorOfARestoredDatabaseIsRefused_I51(t *testing.T) {
	w := newWorld(t)
	all, end := w.everything("", "", 200)
	if err := w.db.Feed().Renew(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.refused(409, "events.position_lost", "", "GET", "/v1/events?after="+end, "")
	again, _ := w.everything("", "", 200)
	if len(again) < len(all) {
		t.Errorf("%d events from the beginning, before %d", len(again), len(all))
	}
}

func TestAnOrganizationThatCannotBeReadHidesNoOtherEvent_I51_I63(t *testing.T) {
	w := newWorld(t)
	w.do("zed", "other", org.CreateTeam{Name: "Before"})
	w.do("zed", "other", org.AddMember{Person: w.people["olga"], Role: org.RoleAdmin})
	_, end := w.everything("olga", "", 200)
	head, err := w.db.Log().Heads(t.Context(), []string{w.ids["acme"]})
	if err != nil || len(head) != 1 {
		t.Fatal(head, err)
	}
	e := store.Event{Org: head[0].Org, Version: head[0].Version + 1, At: head[0].At, Command: "cmd_x", Actor: "operator", Name: "member.exalted", Data: []byte("{}"), Prev: head[0].Hash}
	err = w.db.Log().Append(t.Context(), []store.Append{{Org: e.Org, After: head[0].Version, Events: []store.Event{e}, Hash: store.Hash(e)}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.app.View(t.Context(), org.OrgID(w.ids["acme"]), app.Freshness{Now: true}); err == nil {
		t.Fatal("it can be read")
	}
	w.do("zed", "other", org.CreateTeam{Name: "Meanwhile"})
	seen, _ := w.everything("olga", end, 200)
	if len(seen) != 2 || !seen[0].Unavailable || seen[0].Version != org.Version(e.Version) || seen[0].Data != nil || !strings.Contains(seen[1].Sentence, "Meanwhile") {
		t.Errorf("olga sees %+v", seen)
	}
	_, end = w.everything("zed", "", 200)
	w.do("zed", "other", org.CreateTeam{Name: "After"})
	if seen, _ := w.everything("zed", end, 200); len(seen) != 1 {
		t.Errorf("zed sees %+v", seen)
	}
	all, _ := w.everything("", "", 200)
	if i := slices.IndexFunc(all, func(e route.Event) bool { return e.Fact == "member.exalted" }); i < 0 || all[i].Sentence != "" {
		t.Error("the operator does not see what lies in the log")
	}
}

// stream is an open stream of events.
type stream struct {
	testing.TB
	response *http.Response
	lines    chan string // closed when the stream ends
}

func (w *world) stream(server *httptest.Server, as, query string, headers ...string) *stream {
	w.Helper()
	r, err := http.NewRequestWithContext(w.Context(), "GET", server.URL+"/v1/events"+query, nil)
	if err != nil {
		w.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+w.key)
	r.Header.Set("Accept", "text/event-stream")
	if as != "" {
		r.Header.Set("Commonhold-Acting-For", string(w.people[as]))
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	response, err := server.Client().Do(r)
	if err != nil {
		w.Fatal(err)
	}
	w.Cleanup(func() { response.Body.Close() })
	s := &stream{w.TB, response, make(chan string, 1000)}
	go func() {
		defer close(s.lines)
		for lines := bufio.NewScanner(response.Body); lines.Scan(); {
			s.lines <- lines.Text()
		}
	}()
	return s
}

// event waits for the next event and returns it with the last cursor that came with or before it.
func (s *stream) event() (e route.Event, cursor string) {
	s.Helper()
	for {
		select {
		case line, open := <-s.lines:
			if !open {
				s.Fatal("the stream has ended")
			}
			if id, ok := strings.CutPrefix(line, "id: "); ok {
				cursor = id
			}
			if data, ok := strings.CutPrefix(line, "data: "); ok {
				if err := json.Unmarshal([]byte(data), &e); err != nil {
					s.Fatal(err)
				}
				return e, cursor
			}
		case <-time.After(10 * time.Second):
			s.Fatal("no event came")
		}
	}
}

// ends waits for the end of the stream, which comes within the staleness bound, and says which events came before it.
func (s *stream) ends() (events int) {
	s.Helper()
	for late := time.After(2 * time.Second); ; {
		select {
		case line, open := <-s.lines:
			if !open {
				return events
			}
			if strings.HasPrefix(line, "data: ") {
				events++
			}
		case <-late:
			s.Fatal("the stream goes on")
		}
	}
}

func serve(w *world) *httptest.Server {
	server := httptest.NewServer(w.api)
	w.Cleanup(server.Close)
	w.Cleanup(w.api.Stop)
	return server
}

func TestEventsAreStreamed_I51(t *testing.T) {
	w := newWorld(t)
	server := serve(w)
	s := w.stream(server, "olga", "")
	if kind := s.response.Header.Get("Content-Type"); kind != "text/event-stream" || s.response.StatusCode != 200 {
		t.Fatal(s.response.Status, kind)
	}
	var events []route.Event
	cursor := ""
	for len(events) < int(w.version("acme")) {
		e, id := s.event()
		if events = append(events, e); id != "" {
			cursor = id
		}
	}
	w.holdsAllOf(events, "acme")
	w.do("olga", "acme", org.CreateTeam{Name: "One"})
	if e, _ := s.event(); !strings.Contains(e.Sentence, "One") {
		t.Errorf("%+v came", e)
	}
	s.response.Body.Close()
	w.do("olga", "acme", org.CreateTeam{Name: "Two"})
	again := w.stream(server, "olga", "?after=latest", "Last-Event-ID", cursor)
	for _, word := range []string{"One", "Two"} {
		if e, _ := again.event(); !strings.Contains(e.Sentence, word) {
			t.Errorf("%+v came behind the last event, want %s", e, word)
		}
	}
}

func TestAStreamEndsWithTheKey_T51_T53(t *testing.T) {
	w := newWorld(t)
	server := serve(w)
	operator, olga := w.stream(server, "", "?after=latest"), w.stream(server, "olga", "?after=latest")
	w.dropKey()
	w.do("zed", "other", org.CreateTeam{Name: "Unseen"})
	operator.ends()
	if n := olga.ends(); n > 0 {
		t.Errorf("%d events came", n)
	}
}

func TestAStreamEndsWithTheRight_T51_T53_I54(t *testing.T) {
	for name, lose := range map[string]org.Command{
		"removal": org.Remove{}, "suspension": org.Suspend{}, "demotion": org.SetRole{Role: org.RoleMember},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			server := serve(w)
			s := w.stream(server, "ada", "?after=latest")
			w.do("olga", "acme", org.CreateTeam{Name: "Seen"})
			if e, _ := s.event(); !strings.Contains(e.Sentence, "Seen") {
				t.Errorf("%+v came", e)
			}
			switch c := lose.(type) {
			case org.Remove:
				c.Person = w.people["ada"]
				lose = c
			case org.Suspend:
				c.Person = w.people["ada"]
				lose = c
			case org.SetRole:
				c.Person = w.people["ada"]
				lose = c
			}
			w.do("olga", "acme", lose, org.CreateTeam{Name: "Unseen"})
			if n := s.ends(); n > 0 {
				t.Errorf("%d events came", n)
			}
		})
	}
}

func TestAStreamEndsWhenNobodyVouchesAnyMore_T51(t *testing.T) {
	w := newWorld(t)
	server := serve(w)
	s := w.stream(server, "ada", "?after=latest")
	if _, err := w.app.Vouch(t.Context(), app.Caller{Operator: true, Key: w.keyID}, w.people["ada"], false); err != nil {
		t.Fatal(err)
	}
	s.ends()
}

func TestAStoppingServerEndsItsStreams_T265(t *testing.T) {
	w := newWorld(t)
	server := serve(w)
	s := w.stream(server, "", "?after=latest")
	w.api.Stop()
	s.ends()
}

func TestStreamsAreLimitedAndTakeNoPlaceOfRequests_T206(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.Streams, o.Requests = 2, 1 })
	server := serve(w)
	one, _ := w.stream(server, "", "?after=latest"), w.stream(server, "olga", "?after=latest")
	if third := w.stream(server, "", "?after=latest"); third.response.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("the third stream: %s", third.response.Status)
	}
	w.want(200, "olga", "GET", "/v1/me", "")
	one.response.Body.Close()
	for until := time.Now().Add(5 * time.Second); ; {
		s := w.stream(server, "", "?after=latest")
		if s.response.StatusCode == 200 {
			break
		}
		if time.Now().After(until) {
			t.Fatal("a place that became free is not given again")
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func TestAStreamThatCannotBeginIsRefused(t *testing.T) {
	w := newWorld(t)
	w.refused(400, "events.bad_cursor", "olga", "GET", "/v1/events", "", "Accept", "text/event-stream", "Last-Event-Id", "x")
	w.refused(401, "key.missing", "nobody", "GET", "/v1/events", "", "Accept", "text/event-stream")
}

// An organization that is closed, or whose operator has it suspended, is nobody's to follow, and keeps nobody from others.
func TestAClosedOrganizationHidesNoOtherEvent_I63(t *testing.T) {
	for name, close := range map[string]func(w *world){
		"closed": func(w *world) {
			w.do("zed", "other", org.DeleteOrganization{Slug: "other"})
			w.passes(91 * 24 * time.Hour)
		},
		"suspended": func(w *world) { w.do("", "other", org.SuspendOrganization{}) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.do("zed", "other", org.AddMember{Person: w.people["olga"], Role: org.RoleAdmin})
			both, _ := w.everything("olga", "", 200)
			w.holdsAllOf(both, "acme", "other")
			close(w)
			w.do("olga", "acme", org.CreateTeam{Name: "After"})
			for _, as := range []string{"olga", "ada"} {
				all, _ := w.everything(as, "", 200)
				w.holdsAllOf(all, "acme")
			}
			if all, _ := w.everything("zed", "", 200); len(all) > 0 {
				t.Errorf("zed reads %d events", len(all))
			}
		})
	}
}
