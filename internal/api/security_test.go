package api

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/commonhold/commonhold/internal/note"
	"github.com/commonhold/commonhold/internal/route"
	"github.com/commonhold/commonhold/org"
)

func (w *world) securityLog(as, in string) []route.Incident {
	w.Helper()
	return got[route.Page[route.Incident]](w, w.want(200, as, "GET", "/v1/organizations/{"+in+"}/security-log?limit=200", "")).Items
}

// of returns the lines of a kind.
func of(kind string, lines []route.Incident) (out []route.Incident) {
	for _, l := range lines {
		if l.Kind == kind {
			out = append(out, l)
		}
	}
	return out
}

// T-215 guarded by api.Server.noteRefusal
func TestWhatIsRefusedForWantOfAuthorityIsInTheSecurityLog(t *testing.T) {
	w := newWorld(t)
	before := w.version("acme")
	for _, try := range []struct{ as, method, path, body, tried, code, permission string }{
		{"mia", "GET", "/v1/organizations/{acme}/members", "", "list_members", "permission.missing", "members:view"},
		{"mia", "PUT", "/v1/organizations/{acme}/members/{max}/role", `{"role":"admin"}`, "set_role", "permission.missing", "members:set_role"},
		{"ada", "PUT", "/v1/organizations/{acme}/members/{mia}/role", `{"role":"owner"}`, "set_role", "role.not_covered", "members:set_role"},
		{"pat", "DELETE", "/v1/organizations/{acme}/projects/{web}", "", "delete_project", "permission.missing", "project:delete"},
		{"", "PUT", "/v1/organizations/{acme}/members/{max}/role", `{"role":"admin"}`, "set_role", "operator.entered", "members:set_role"},
	} {
		w.passes(time.Second)
		w.want(403, try.as, try.method, try.path, try.body, "X-Request-Id", "r-"+try.as, "User-Agent", "probe/1", "X-Forwarded-For", "10.9.9.9", "Forwarded", "for=10.9.9.9")
		line := of("refused", w.securityLog("olga", "acme"))[0]
		if line.Tried != try.tried || line.Code != try.code || line.Request != "r-"+try.as || line.Via != org.KeyID(w.keyID) || line.Agent != "probe/1" ||
			line.From != "192.0.2.1" || line.Count != 1 || line.At != w.app.Now() {
			t.Errorf("%s by %q is noted as %+v", try.tried, try.as, line)
		}
		if want := "operator"; try.as != "" && line.Actor != string(w.people[try.as]) || try.as == "" && line.Actor != want {
			t.Errorf("%s by %q is noted as of %s", try.tried, try.as, line.Actor)
		}
		if try.permission != string(line.Permission) {
			t.Errorf("%s asks for %q, noted as %q", try.tried, try.permission, line.Permission)
		}
	}
	if w.version("acme") != before {
		t.Error("a refusal left a fact")
	}
	if lines := w.securityLog("zed", "other"); len(of("refused", lines)) > 0 {
		t.Errorf("another organization has %+v", lines)
	}
}

func TestWhatIsRefusedForOtherReasonsIsNot(t *testing.T) {
	w := newWorld(t)
	w.want(400, "olga", "PUT", "/v1/organizations/{acme}/members/{mia}/role", `{"role":"king"}`)
	w.want(409, "olga", "POST", "/v1/organizations/{acme}/teams", `{"name":"red"}`)
	w.want(404, "mia", "GET", "/v1/organizations/{other}/members", "")
	w.want(404, "olga", "GET", "/v1/organizations/{acme}/teams/{blue}", "")
	for _, in := range []string{"acme", "other"} {
		as := map[string]string{"acme": "olga", "other": "zed"}[in]
		if lines := of("refused", w.securityLog(as, in)); len(lines) > 0 {
			t.Errorf("%s: %+v", in, lines)
		}
	}
}

// T-215 guarded by api.Server.noteReading
func TestWhoReadsTheAuditLogIsInTheSecurityLog_I45(t *testing.T) {
	w := newWorld(t)
	w.want(200, "ada", "GET", "/v1/organizations/{acme}/audit?limit=1", "")
	w.want(200, "", "GET", "/v1/organizations/{acme}/audit", "")
	w.want(200, "otto", "GET", "/v1/events", "")
	w.want(403, "mia", "GET", "/v1/organizations/{acme}/audit", "")
	read := map[string]string{}
	for _, line := range of("read", w.securityLog("olga", "acme")) {
		read[line.Actor+" "+line.Tried] = line.Name
	}
	for _, want := range []string{
		string(w.people["ada"]) + " list_audit", "operator list_audit", string(w.people["otto"]) + " list_events", string(w.people["olga"]) + " list_security_log",
	} {
		if _, ok := read[want]; !ok {
			t.Errorf("%s is not there: %v", want, read)
		}
		delete(read, want)
	}
	if len(read) > 0 {
		t.Errorf("who did not read is there: %v", read)
	}
}

func TestTheSecurityLogComesInPagesNewestFirst(t *testing.T) {
	w := newWorld(t)
	for _, as := range []string{"mia", "max", "pia", "pat", "ana"} {
		w.want(403, as, "GET", "/v1/organizations/{acme}/members", "")
		w.passes(time.Second)
	}
	w.securityLog("olga", "acme") // which is a line of its own, once
	all := w.securityLog("olga", "acme")
	var lines []route.Incident
	for cursor := ""; ; {
		page := got[route.Page[route.Incident]](t, w.want(200, "olga", "GET", "/v1/organizations/{acme}/security-log?limit=2"+cursor, ""))
		if lines = append(lines, page.Items...); page.Next == "" {
			break
		}
		cursor = "&cursor=" + page.Next
	}
	if len(lines) != len(all) || len(of("refused", lines)) != 5 {
		t.Fatalf("%d lines in pages, %d at once", len(lines), len(all))
	}
	for i, line := range lines {
		if line != all[i] || i > 0 && lines[i-1].At < line.At {
			t.Errorf("line %d is %+v", i, line)
		}
	}
}

// T-217 guarded by note.Origin.Clean
func TestACallerForgesNoLineOfTheSecurityLog(t *testing.T) {
	w := newWorld(t)
	r := httptest.NewRequest("GET", w.fillIn("/v1/organizations/{acme}/members"), nil)
	r.Header["Authorization"], r.Header["Commonhold-Acting-For"] = []string{"Bearer " + w.key}, []string{string(w.people["mia"])}
	r.Header["User-Agent"] = []string{"x\r\nfake\x1b[2J" + strings.Repeat("y", 5000)}
	w.send(r)
	line := of("refused", w.securityLog("olga", "acme"))[0]
	if strings.ContainsAny(line.Agent, "\r\n\x1b") || len(line.Agent) > 200 {
		t.Errorf("%q", line.Agent)
	}
}

func TestAReasonIsReadBesideTheFacts_T223_I48(t *testing.T) {
	w := newWorld(t)
	w.want(200, "olga", "DELETE", "/v1/organizations/{acme}/members/{max}", "", "Commonhold-Reason", "left for Initech – ticket 4711", "User-Agent", "console/1")
	last := func() route.Entry {
		t.Helper()
		var e route.Entry
		for cursor := ""; ; {
			page := got[route.Page[route.Entry]](t, w.want(200, "olga", "GET", "/v1/organizations/{acme}/audit?limit=200"+cursor, ""))
			e = page.Items[len(page.Items)-1]
			if page.Next == "" {
				return e
			}
			cursor = "&cursor=" + page.Next
		}
	}
	if e := last(); e.Reason != "left for Initech – ticket 4711" || e.From != "192.0.2.1" || e.Agent != "console/1" {
		t.Errorf("%+v", e)
	}
	for _, e := range w.facts("acme") {
		if strings.Contains(e, "Initech") || strings.Contains(e, "192.0.2.1") {
			t.Errorf("the log holds %s", e)
		}
	}
	if err := w.app.Notes().Erase(t.Context(), w.people["max"]); err != nil {
		t.Fatal(err)
	}
	if e := last(); e.Reason != "" || e.From != "192.0.2.1" {
		t.Errorf("after the erasure of whom it is about: %+v", e)
	}
	if err := w.app.Notes().Erase(t.Context(), w.people["olga"]); err != nil {
		t.Fatal(err)
	}
	if e := last(); e.From != "" || e.Agent != "" {
		t.Errorf("after the erasure of who gave it: %+v", e)
	}
}

// facts returns the data of all events of an organization.
func (w *world) facts(in string) (out []string) {
	w.Helper()
	events, err := w.db.Log().Events(w.Context(), w.ids[in], 0, 1<<20)
	if err != nil {
		w.Fatal(err)
	}
	for _, e := range events {
		out = append(out, string(e.Data))
	}
	return out
}

func TestAReasonThatWouldNotBeKeptIsRefused(t *testing.T) {
	w := newWorld(t)
	before := w.version("acme")
	for name, text := range map[string]string{"too long": strings.Repeat("x", note.MaxReason+1), "empty": "", "control characters": "a\x1bb", "no UTF-8": "a\xff", "turned around": "a\u202eb"} {
		t.Run(name, func(t *testing.T) {
			w.refused(400, "reason.malformed", "olga", "DELETE", "/v1/organizations/{acme}/members/{max}", "", "Commonhold-Reason", text)
		})
	}
	w.refused(400, "reason.unsupported", "olga", "GET", "/v1/organizations/{acme}/members", "", "Commonhold-Reason", "curiosity")
	w.refused(400, "reason.unsupported", "", "POST", "/v1/people", `{"name":"Ada"}`, "Commonhold-Reason", "so")
	w.refused(400, "header.repeated", "olga", "DELETE", "/v1/organizations/{acme}/members/{max}", "", "Commonhold-Reason", "a", "Commonhold-Reason", "b")
	if w.version("acme") != before {
		t.Error("something happened")
	}
}
