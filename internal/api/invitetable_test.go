package api

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/commonhold/commonhold/internal/route"
	"github.com/commonhold/commonhold/org"
)

const tablePath = "/v1/organizations/{acme}/invite-table"

// sheet is a request with a table.
func sheet(table, more string) string {
	text, err := json.Marshal(table)
	if err != nil {
		panic(err)
	}
	return `{"csv":` + string(text) + more + `}`
}

// T-76
func TestPeopleAreInvitedByATable_I29(t *testing.T) {
	const whole = "email,org_role,teams,projects,project_role\n"
	for _, row := range []struct {
		name   string
		as     string
		table  string
		more   string
		status int
		lines  string
		mails  int
	}{
		{"by names, ids and external ids", "olga", "\ufeff" + whole + "new@example.net,admin,red,web;{lab},analyst\r\nother@example.net,,ext:crew-red,ext:app-web,admin\r\n", "", 200, "2:changed 3:changed", 2},
		{"by their addresses alone", "ada", "email\nnew@example.net\n\n\"Other@Example.NET\"\n", "", 200, "2:changed 4:changed", 2},
		{"a custom role by its name", "olga", whole + "new@example.net,,,web,guide\n", "", 200, "2:changed", 1},
		{"who is in already", "ada", "email\nmax@example.com\nnew@example.net\n", "", 200, "2:unchanged 3:changed", 1},
		{"one bad line, and nobody is invited", "ada", whole + "new@example.net,,,,\nnonsense,,,,\n", "", 409, "3:address.malformed", 0},
		{"every bad line with its reason", "ada", whole + "a@example.net,owner,,,\nb@example.net,king,,,\nc@example.net,,green,,\nd@example.net,,,far,analyst\ne@example.net,,,web,\n" +
			"f@example.net,,,,analyst\ng@example.net,,\nsam@example.com,,,,\n", "", 409,
			"2:role.not_covered 3:role.unknown 4:team.not_found 5:project.not_found 6:invitation.project_role 7:invitation.project_role 8:table.cells 9:member.suspended", 0},
		{"an address in two forms", "ada", "email\nBob@example.net\nbob@EXAMPLE.net.\n", "", 409, "3:invitation.twice", 0},
		{"bad lines are skipped", "ada", whole + "new@example.net,,,,\nnonsense,,,,\nother@example.net,owner,,,\n", `,"skip_bad_lines":true`, 200,
			"2:changed 3:address.malformed 4:role.not_covered", 1},
		{"nothing but bad lines", "ada", "email\nnonsense\n", `,"skip_bad_lines":true`, 200, "2:address.malformed", 0},
		{"a project admin invites into the project alone", "pat", whole + "new@example.net,,,web,analyst\nother@example.net,,,lab,analyst\nthird@example.net,,red,,\n", `,"skip_bad_lines":true`, 200,
			"2:changed 3:project.not_found 4:team.not_found", 1},
	} {
		t.Run(row.name, func(t *testing.T) {
			w := newWorld(t)
			body := sheet(w.fillIn(row.table), row.more)
			people := len(w.all("", "/v1/people", 200))
			before := w.version("acme")
			preview := listing(t, w.want(200, row.as, "POST", tablePath, sheet(w.fillIn(row.table), row.more+`,"preview":true`)))
			if w.version("acme") != before || len(w.all("", "/v1/people", 200)) != people || preview.Applied {
				t.Error("looking at it changed something")
			}
			report := listing(t, w.want(row.status, row.as, "POST", tablePath, body))
			if got := said(report); got != row.lines {
				t.Errorf("%s, want %s", got, row.lines)
			}
			if mails := w.mails(); len(mails) != row.mails {
				t.Errorf("%d mails, want %d", len(mails), row.mails)
			}
			if added := len(w.all("", "/v1/people", 200)) - people; row.mails == 0 && added != 0 {
				t.Errorf("%d people were made although nobody is invited", added)
			}
			if row.status == 200 && said(preview) != row.lines {
				t.Errorf("it was to be %s", said(preview))
			}
		})
	}
}

func TestATableBringsWhatItsLinesSay(t *testing.T) {
	w := newWorld(t)
	report := listing(t, w.want(200, "olga", "POST", tablePath, sheet("email,org_role,teams,projects,project_role\nnew@example.net,admin,red,web;lab,analyst\n", `,"note":"Welcome"`)))
	s, err := w.app.View(t.Context(), org.OrgID(w.ids["acme"]), freshEnough)
	if err != nil {
		t.Fatal(err)
	}
	x, open := s.Invited(report.Lines[0].Person, w.app.Now())
	if !open || x.Role != org.RoleAdmin || len(x.Grants) != 2 || x.Grants[1].Role != org.Analyst || len(x.Teams) != 1 || !report.Applied || report.Version != w.version("acme") {
		t.Errorf("%+v, %v, of %+v", x, open, report)
	}
	if mails := w.mails(); len(mails) != 1 || !strings.Contains(fmt.Sprintf("%+v", mails[0].Mail), "Welcome") {
		t.Errorf("%+v", mails)
	}
}

func TestTablesThatAreNone(t *testing.T) {
	w := newWorld(t)
	many := "email\n" + strings.Repeat("a@example.net\n", org.MaxInvited+1)
	for _, row := range []struct {
		name, as, table string
		status          int
		code            string
	}{
		{"no line", "ada", "email\n", 400, "list.empty"},
		{"no header", "ada", "", 400, "table.no_header"},
		{"another column", "ada", "email,role\n", 400, "table.unknown_column"},
		{"no column of addresses", "ada", "org_role\nadmin\n", 400, "table.column_missing"},
		{"more lines than a table has", "ada", many, 413, "list.too_long"},
		{"of a member who invites nobody", "mia", "email\nnew@example.net\n", 403, "permission.missing"},
		{"of a billing admin", "bill", "email\nnew@example.net\nother@example.net\n", 403, "permission.missing"},
	} {
		w.run(row.name, func(t *testing.T) { w.refused(row.status, row.code, row.as, "POST", tablePath, sheet(row.table, "")) })
	}
	w.refused(404, "organization.not_found", "zed", "POST", tablePath, sheet("email\nnew@example.net\n", ""))
	if template := got[route.InviteTemplate](t, w.want(200, "ada", "GET", tablePath, "")).CSV; !strings.HasPrefix(template, "email,org_role,teams,projects,project_role\n") {
		t.Errorf("the template is %q", template)
	}
}

// Sent again under its key, a table invites nobody again, and is answered as it was, whatever has become of its lines.
func TestATableUnderAnIdempotencyKey_I50(t *testing.T) {
	w := newWorld(t)
	body := sheet("email\nnew@example.net\nmax@example.com\n", "")
	first := w.want(200, "ada", "POST", tablePath, body, "Idempotency-Key", "k1").Body.String()
	w.do("olga", "acme", org.Suspend{Person: w.people["max"]})
	before := w.version("acme")
	if again := w.want(200, "ada", "POST", tablePath, body, "Idempotency-Key", "k1").Body.String(); again != first || w.version("acme") != before {
		t.Errorf("it was %s and is %s", first, again)
	}
	w.refused(409, "list.refused", "ada", "POST", tablePath, body)
}
