package api

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/commonhold/commonhold/internal/app"
	"github.com/commonhold/commonhold/internal/route"
	"github.com/commonhold/commonhold/org"
)

const manyPath = "/v1/organizations/{acme}/change-people"

// listing reads the report of a list, or the lines of the problem that stands against it.
func listing(t testing.TB, r *httptest.ResponseRecorder) (out route.PeopleReport) {
	t.Helper()
	if err := json.Unmarshal(r.Body.Bytes(), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// said is one word for each line: what became of it, or the code.
func said(r route.PeopleReport) string {
	var words []string
	for _, l := range r.Lines {
		word := l.Outcome
		if l.Code != "" {
			word = l.Code
		}
		words = append(words, fmt.Sprintf("%d:%s", l.Line, word))
	}
	return strings.Join(words, " ")
}

func TestAListOfPeople_T6(t *testing.T) {
	for _, row := range []struct {
		name   string
		as     string
		body   string
		status int
		lines  string
	}{
		{"people are named by id, external id and address", "ada", `{"action":"suspend","people":["{max}","ext:app-mia","PIA@example.com"]}`, 200, "1:changed 2:changed 3:changed"},
		{"a table names lines as the file does", "ada", `{"action":"remove","csv":"person\r\n{max}\r\n\r\next:app-mia\r\n"}`, 200, "2:changed 4:changed"},
		{"what is so already stands in the report", "ada", `{"action":"suspend","people":["{sam}","{max}"]}`, 200, "1:unchanged 2:changed"},
		{"one bad line leaves the list undone, and the problem names it", "ada", `{"action":"suspend","people":["{max}","{olga}","{mia}"]}`, 409, "2:member.not_below"},
		{"who is elsewhere and who is nowhere are the same", "olga", `{"action":"remove","people":["{zed}","usr_0000000000000000000000000z","ext:app-zed","ext:nobody","zed@example.com","none@example.com"]}`, 409,
			"1:member.not_found 2:member.not_found 3:member.not_found 4:member.not_found 5:member.not_found 6:member.not_found"},
		{"the same person under two names stands there twice", "ada", `{"action":"suspend","people":["{max}","ext:app-max"]}`, 409, "2:list.twice"},
		{"bad lines are skipped", "ada", `{"action":"set_role","role":"admin","csv":"person\n{max}\n{olga}\nnonsense\na,b\nnone@example.com\n","skip_bad_lines":true}`, 200,
			"2:changed 3:member.not_below 4:id.malformed 5:table.cells 6:member.not_found"},
		{"a person of the instance is added", "ada", `{"action":"add","role":"member","people":["ext:app-yan"]}`, 200, "1:changed"},
		{"nobody is added by address, whether there is an account or not", "ada", `{"action":"add","role":"member","people":["yan@example.com","none@example.com"]}`, 409,
			"1:list.add_by_address 2:list.add_by_address"},
		{"who may not add in this role is not told who exists", "ada", `{"action":"add","role":"owner","people":["ext:app-yan","ext:nobody"]}`, 409, "1:role.not_covered 2:role.not_covered"},
		{"a restoring", "olga", `{"action":"restore","people":["{rex}"]}`, 200, "1:changed"},
		{"the last owner stays", "olga", `{"action":"remove","people":["{otto}","{olga}"],"skip_bad_lines":true}`, 200, "1:changed 2:organization.last_owner"},
	} {
		t.Run(row.name, func(t *testing.T) {
			w := newWorld(t)
			before := w.want(200, "", "GET", "/v1/organizations/{acme}", "").Body.String()
			preview := listing(t, w.want(200, row.as, "POST", manyPath, strings.Replace(row.body, "{", `{"preview":true,`, 1)))
			if got := w.want(200, "", "GET", "/v1/organizations/{acme}", "").Body.String(); got != before || preview.Applied {
				t.Errorf("a preview changed something: %s", got)
			}
			report := listing(t, w.want(row.status, row.as, "POST", manyPath, row.body))
			if got := said(report); got != row.lines || report.Applied != (row.status == 200) {
				t.Errorf("%s, want %s", got, row.lines)
			}
			if row.status == 200 {
				preview.Applied, preview.Version = report.Applied, report.Version
				for i := range preview.Lines {
					preview.Lines[i].Ownerless = nil
				}
				if fmt.Sprint(preview) != fmt.Sprint(report) {
					t.Errorf("it was to be\n%+v and is\n%+v", preview, report)
				}
				return
			}
			if got := w.want(200, "", "GET", "/v1/organizations/{acme}", "").Body.String(); got != before {
				t.Errorf("part of it was done: %s", got)
			}
			for _, l := range preview.Lines {
				if bad := strings.Contains(row.lines, fmt.Sprintf("%d:%s", l.Line, l.Code)); bad != (l.Outcome == route.LineRefused) {
					t.Errorf("the preview says of line %d: %+v", l.Line, l)
				}
			}
		})
	}
}

func TestListsThatAreNone(t *testing.T) {
	w := newWorld(t)
	for _, row := range []struct {
		name, as, body string
		status         int
		code           string
	}{
		{"nobody is named", "ada", `{"action":"suspend"}`, 400, "list.empty"},
		{"the table is empty", "ada", `{"action":"suspend","csv":"person\n"}`, 400, "list.empty"},
		{"the table has another column", "ada", `{"action":"suspend","csv":"person,role\n"}`, 400, "table.unknown_column"},
		{"a list and a table", "ada", `{"action":"suspend","people":["{max}"],"csv":"person\n{max}\n"}`, 400, "list.one_source"},
		{"an action that is none", "ada", `{"action":"promote","people":["{max}"]}`, 400, "list.act"},
		{"a role that nobody asked for", "ada", `{"action":"suspend","role":"member","people":["{max}"]}`, 400, "list.parameter"},
		{"no right, whatever the list", "mia", `{"action":"suspend","people":["nonsense"]}`, 403, "permission.missing"},
		{"the operator, where somebody has entered", "", `{"action":"suspend","people":["{max}"]}`, 403, "operator.entered"},
	} {
		w.run(row.name, func(t *testing.T) {
			if got := w.want(row.status, row.as, "POST", manyPath, row.body); !strings.Contains(got.Body.String(), row.code) {
				t.Errorf("%s, want %s", got.Body, row.code)
			}
		})
	}
}

// T-42 guarded by batch.entriesOf
func TestAListThatIsTooLongIsRefusedWhole(t *testing.T) {
	w := newWorld(t)
	long := `"ext:` + strings.Join(strings.Fields(strings.Repeat("x ", org.MostPeople)), `","ext:`) + `"`
	for _, body := range []string{`{"action":"suspend","skip_bad_lines":true,"people":["{max}",` + long + `]}`,
		`{"action":"suspend","skip_bad_lines":true,"csv":"person\n{max}\n` + strings.Repeat(`x\n`, org.MostPeople) + `"}`} {
		if got := w.want(413, "ada", "POST", manyPath, body); !strings.Contains(got.Body.String(), "list.too_long") {
			t.Error(got.Body)
		}
	}
	w.want(413, "ada", "POST", manyPath, `{"action":"suspend","csv":"person\n{max}\n`+strings.Repeat(`\n`, maxBody/2)+`"}`)
	if got := w.want(200, "ada", "GET", "/v1/organizations/{acme}/members/{max}", "").Body.String(); !strings.Contains(got, `"status":"active"`) {
		t.Errorf("%s", got)
	}
}

func TestAListHappensOnceUnderAKey(t *testing.T) {
	w := newWorld(t)
	body := `{"action":"set_role","role":"admin","people":["{max}","{olga}"],"skip_bad_lines":true}`
	first := w.want(200, "ada", "POST", manyPath, body, "Idempotency-Key", "once")
	version := w.want(200, "", "GET", "/v1/organizations/{acme}", "").Header().Get("Commonhold-Version")
	again := w.want(200, "ada", "POST", manyPath, body, "Idempotency-Key", "once")
	if again.Body.String() != first.Body.String() || again.Header().Get("Idempotency-Replayed") != "true" {
		t.Errorf("asked again it says %s", again.Body)
	}
	if got := w.want(200, "", "GET", "/v1/organizations/{acme}", "").Header().Get("Commonhold-Version"); got != version {
		t.Errorf("version %s, and then %s", version, got)
	}
	if incidents := w.want(200, "olga", "GET", "/v1/organizations/{acme}/security-log", "").Body.String(); !strings.Contains(incidents, `"code":"member.not_below"`) {
		t.Errorf("the line that ada had no right to is not in the security log: %s", incidents)
	}
}

func TestARemovalSaysWhatIsLeftWithoutAnOwner(t *testing.T) {
	w := newWorld(t)
	w.want(200, "pia", "POST", "/v1/organizations/{acme}/projects/{web}/grants", `{"person":"{max}","role":"owner"}`)
	for _, row := range []struct{ people, want string }{{`"{pia}"`, "[]"}, {`"{pia}","{max}"`, "[" + w.ids["web"] + "]"}} {
		report := listing(t, w.want(200, "olga", "POST", manyPath, `{"action":"remove","preview":true,"people":[`+row.people+`]}`))
		if got := fmt.Sprint(report.Lines[0].Ownerless); got != row.want {
			t.Errorf("of %s: %s, want %s", row.people, got, row.want)
		}
	}
}

// Somebody is demoted while lists of theirs run, 5,000 people in all: what is written behind that is refused, and the
// reports say what was done before.
//
// T-30, I-15 guarded by org.ChangePeople.decide
func TestListsStopWhereTheirActorLostTheRight_T30_I15(t *testing.T) {
	w := newWorld(t)
	const parts, each = 20, 250
	for part := range parts {
		var people []string
		for i := range each {
			people = append(people, fmt.Sprintf("%q", "ext:crowd-"+fmt.Sprint(part*each+i)))
			if _, err := w.app.AddPerson(t.Context(), app.PersonFields{Name: "Crowd", ExternalID: org.ExternalID(fmt.Sprint("crowd-", part*each+i))}); err != nil {
				t.Fatal(err)
			}
		}
		w.ids[fmt.Sprint("crowd", part)] = strings.Join(people, ",")
	}
	var wait sync.WaitGroup
	begun := make(chan struct{})
	answers := make([]*httptest.ResponseRecorder, parts)
	wait.Go(func() {
		for part := range parts {
			answers[part] = w.ask("ada", "POST", manyPath, w.fillIn(`{"action":"add","role":"member","people":[{crowd`+fmt.Sprint(part)+`}]}`))
			if part == 2 {
				close(begun)
			}
		}
	})
	<-begun
	w.want(200, "olga", "PUT", "/v1/organizations/{acme}/members/{ada}/role", `{"role":"member"}`)
	wait.Wait()
	s, err := w.app.View(t.Context(), org.OrgID(w.ids["acme"]), freshEnough)
	if err != nil {
		t.Fatal(err)
	}
	demoted, _ := s.Member(w.people["ada"], w.app.Now())
	done := 0
	for part, a := range answers {
		switch report := listing(t, a); {
		case a.Code == 200 && report.Version < demoted.Changed && report.Changed == each && done == part*each:
			done += each
		case a.Code == 403 && len(report.Lines) == 0:
		default:
			t.Fatalf("part %d after %d people: %d %.200s", part, done, a.Code, a.Body)
		}
	}
	here := 0
	for m := range s.Members(w.app.Now(), "") {
		if m.AddedBy == w.people["ada"] && m.Since < demoted.Changed {
			here++
		} else if m.AddedBy == w.people["ada"] {
			t.Fatalf("%s was added at version %d, ada demoted at %d", m.Person, m.Since, demoted.Changed)
		}
	}
	if here != done || done == 0 {
		t.Errorf("%d people are here, the reports say %d", here, done)
	}
}
