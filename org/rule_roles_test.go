package org

import (
	"slices"
	"strings"
	"testing"
)

// Both matrices of roles, written down a second time, from the page that decides.
const (
	orgMatrix = `                          owner admin billing member
organization:edit         yes   yes   -       -
organization:delete       yes   -     -       -
owners:make               yes   -     -       -
plan:view                 yes   -     yes     -
plan:manage               yes   -     yes     -
projects:create           yes   yes   -       -
projects:manage_any       yes   -     -       -
teams:manage              yes   yes   -       -
members:view              yes   yes   -       -
members:manage            yes   yes   -       -
members:set_role          yes   yes   -       -
grants:manage_any         yes   yes   -       -
service_accounts:manage   yes   yes   -       -
security:manage           yes   yes   -       -
roles:manage              yes   yes   -       -
audit:view                yes   yes   -       -`

	projectMatrix = `                       owner admin analyst consumer
project:view                    yes   yes   yes     yes
project:view_settings           yes   yes   yes     yes
project:rename                  yes   yes   -       -
project:set_timezone            yes   yes   -       -
project:edit_settings           yes   yes   -       -
project:view_keys               yes   yes   -       -
project:reset_keys              yes   -     -       -
project:view_usage              yes   yes   -       -
project:view_people             yes   yes   -       -
project:manage_grants           yes   yes   -       -
project:decide_requests         yes   yes   -       -
project:manage_service_accounts yes   yes   -       -
project:manage_roles            yes   yes   -       -
project:view_audit              yes   yes   -       -
project:transfer                yes   -     -       -
project:reset                   yes   -     -       -
project:delete                  yes   -     -       -
data:view_classified            -     -     -       -`
)

func TestMatricesOfRoles(t *testing.T) {
	w := cast(t)
	for _, m := range []struct {
		matrix  string
		people  []string
		project string
		scope   Scope
	}{
		{orgMatrix, []string{"olga", "ada", "bill", "mia"}, "", InOrganization},
		{projectMatrix, []string{"pia", "pat", "ana", "cora"}, "web", InProject},
	} {
		var listed []Permission
		for _, line := range strings.Split(m.matrix, "\n")[1:] {
			cells := strings.Fields(line)
			listed = append(listed, Permission(cells[0]))
			for i, word := range m.people {
				if got, want := w.check(word, Permission(cells[0]), m.project), cells[i+1] == "yes"; got != want {
					t.Errorf("%s %s: %t, want %t", word, cells[0], got, want)
				}
			}
		}
		for _, r := range w.s.Catalog().Rows() {
			if r.Scope == m.scope && !slices.Contains(listed, r.Key) {
				t.Errorf("%s is not in the matrix", r.Key)
			}
		}
	}
}

func TestRolesOfTheOrganizationReachIntoProjects(t *testing.T) {
	w := cast(t)
	for _, row := range []struct {
		name string
		word string
		want ProjectRole
	}{
		{"an owner is project owner everywhere", "olga", Owner},
		{"an admin is project admin everywhere", "ada", Admin},
		{"a billing admin is nothing anywhere", "bill", ""},
		{"a member is nothing anywhere", "mia", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			for _, project := range []string{"web", "app"} {
				got := w.s.Permissions(usr(row.word), prj(project), w.now)
				var want []Permission
				for _, r := range w.s.Catalog().Rows() {
					if w.s.Catalog().ProjectRoleHolds(row.want, r.Key) {
						want = append(want, r.Key)
					}
				}
				if !slices.Equal(got, want) {
					t.Errorf("in %s: %v, want %v", project, got, want)
				}
			}
		})
	}
}

func TestABillingAdminSeesThePlanAndNothingElse(t *testing.T) {
	w := cast(t)
	want := []Permission{"plan:view", "plan:manage"}
	if got := w.s.Permissions(usr("bill"), "", w.now); !slices.Equal(got, want) {
		t.Fatalf("%v, want %v", got, want)
	}
	w.do(as("pia"), give("web", toPerson("bill"), Admin))
	w.changes(as("bill"), give("web", toPerson("mia"), Consumer))
	w.refused(as("bill"), AddMember{Person: usr("zed"), Role: RoleMember}, ErrNotAllowed)
}

// A row of the application is accepted only if the relations between roles survive it.
func TestCatalogsThatAreAccepted(t *testing.T) {
	row := func(key Permission, roles ...ProjectRole) Row {
		return Row{Key: key, Scope: InProject, Sentence: "do it", Category: "Things", Project: roles}
	}
	with := func(r Row, change func(*Row)) Row { change(&r); return r }
	reports := row("reports:edit", Owner, Admin)
	for _, c := range []struct {
		name string
		rows []Row
		why  string // part of the refusal; empty if accepted
	}{
		{name: "no rows of its own"},
		{name: "a row that all hold", rows: []Row{row("reports:view", Owner, Admin, Analyst, Consumer)}},
		{name: "a row that nobody holds", rows: []Row{row("reports:view")}},
		{name: "a row that implies another", rows: []Row{row("reports:view", Owner, Admin, Analyst), with(reports, func(r *Row) { r.Implies = []Permission{"reports:view"} })}},
		{name: "rows that imply each other", rows: []Row{with(row("a:b", Owner), func(r *Row) { r.Implies = []Permission{"a:c"} }), with(row("a:c", Owner), func(r *Row) { r.Implies = []Permission{"a:b"} })}},
		{name: "an explicit row", rows: []Row{explicitRow}},
		{name: "a key of 80 bytes", rows: []Row{row(Permission("a:"+strings.Repeat("b", 78)), Owner)}},
		{name: "a sentence of 200 and a category of 80 bytes", rows: []Row{with(reports, func(r *Row) { r.Sentence, r.Category = strings.Repeat("s", 200), strings.Repeat("c", 80) })}},
		{name: "a key with digits at the ends of the alphabet", rows: []Row{row("az09_:_90za", Owner)}},

		{name: "a key twice", rows: []Row{reports, reports}, why: "stands twice"},
		{name: "a key of Commonhold's own", rows: []Row{row("project:rename", Owner)}, why: "stands twice"},
		{name: "a key without a verb", rows: []Row{row("reports", Owner)}, why: "noun:verb"},
		{name: "a key without a noun", rows: []Row{row(":edit", Owner)}, why: "noun:verb"},
		{name: "a key with an empty verb", rows: []Row{row("reports:", Owner)}, why: "noun:verb"},
		{name: "a key in capitals", rows: []Row{row("reports:Edit", Owner)}, why: "noun:verb"},
		{name: "a key with a brace, the sign after z", rows: []Row{row("reports:{", Owner)}, why: "noun:verb"},
		{name: "a key with a backquote, the sign before a", rows: []Row{row("reports:`", Owner)}, why: "noun:verb"},
		{name: "a key with a slash, the sign before 0", rows: []Row{row("reports:/", Owner)}, why: "noun:verb"},
		{name: "a key with two colons", rows: []Row{row("reports:edit:all", Owner)}, why: "noun:verb"},
		{name: "a key of 81 bytes", rows: []Row{row(Permission("a:"+strings.Repeat("b", 79)), Owner)}, why: "noun:verb"},
		{name: "no sentence", rows: []Row{with(reports, func(r *Row) { r.Sentence = "" })}, why: "needs a sentence"},
		{name: "a sentence of 201 bytes", rows: []Row{with(reports, func(r *Row) { r.Sentence = strings.Repeat("s", 201) })}, why: "needs a sentence"},
		{name: "no category", rows: []Row{with(reports, func(r *Row) { r.Category = "" })}, why: "needs a sentence"},
		{name: "a category of 81 bytes", rows: []Row{with(reports, func(r *Row) { r.Category = strings.Repeat("c", 81) })}, why: "needs a sentence"},
		{name: "an explicit row that a role holds", rows: []Row{with(explicitRow, func(r *Row) { r.Project = []ProjectRole{Owner} })}, why: "no built-in role"},
		{name: "a row of the organization", rows: []Row{with(reports, func(r *Row) { r.Scope = InOrganization })}, why: "lie in projects"},
		{name: "a row that a role of the organization holds", rows: []Row{with(reports, func(r *Row) { r.Org = []OrgRole{RoleOwner} })}, why: "lie in projects"},
		{name: "a reserved row", rows: []Row{with(reports, func(r *Row) { r.Reserved = true })}, why: "lie in projects"},
		{name: "a row held by an unknown role", rows: []Row{row("reports:edit", "boss")}, why: `no project role "boss"`},
		{name: "a row held by no role in particular", rows: []Row{row("reports:edit", "")}, why: "no project role"},
		{name: "a row that implies what is not there", rows: []Row{with(reports, func(r *Row) { r.Implies = []Permission{"reports:none"} })}, why: "not in the table"},
		{name: "a row that implies a right in the organization", rows: []Row{with(reports, func(r *Row) { r.Implies = []Permission{"owners:make"} })}, why: "not in the table"},
		{name: "a row that implies an explicit one", rows: []Row{explicitRow, with(reports, func(r *Row) { r.Implies = []Permission{explicitRow.Key} })}, why: "is explicit"},
		{name: "a row that implies an explicit one by another", rows: []Row{explicitRow, with(row("a:b"), func(r *Row) { r.Implies = []Permission{explicitRow.Key} })}, why: "is explicit"},
		{name: "a row that implies one of Commonhold's own", rows: []Row{with(reports, func(r *Row) { r.Implies = []Permission{"project:delete"} })}, why: "Commonhold's own"},
		{name: "a row that implies one of Commonhold's own by another", rows: []Row{with(row("a:b"), func(r *Row) { r.Implies = []Permission{"project:view"} }), with(reports, func(r *Row) { r.Implies = []Permission{"a:b"} })}, why: "Commonhold's own"},
		{name: "a row that an admin holds and an owner does not", rows: []Row{row("reports:edit", Admin)}, why: "owner must hold all that admin"},
		{name: "a row that an analyst holds and an admin does not", rows: []Row{row("reports:edit", Owner, Analyst)}, why: "admin must hold all that analyst"},
		{name: "a row that a consumer holds and an analyst does not", rows: []Row{row("reports:edit", Owner, Admin, Consumer)}, why: "analyst must hold all that consumer"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := NewCatalog(c.rows...)
			switch {
			case c.why == "" && err != nil:
				t.Fatal(err)
			case c.why != "" && (err == nil || !strings.Contains(err.Error(), c.why)):
				t.Fatalf("got %v, want a refusal with %q", err, c.why)
			case err == nil && !slices.EqualFunc(got.Application(), c.rows, func(a, b Row) bool { return a.Key == b.Key }):
				t.Fatalf("the application's rows are %v", got.Application())
			}
		})
	}
}

// The relations between organization roles are held against Commonhold's own rows in the same way.
func TestTablesOfRolesThatAreRefused(t *testing.T) {
	for _, c := range []struct {
		name string
		row  Row
		why  string
	}{
		{"an admin holds what an owner does not", inOrganization("a:b", "do it", RoleAdmin), "owner must hold all that admin"},
		{"a member holds what an admin does not", inOrganization("a:b", "do it", RoleOwner, RoleMember), "admin must hold all that member"},
		{"a billing admin holds what an owner does not", inOrganization("a:b", "do it", RoleBillingAdmin), "owner must hold all that billing_admin"},
		{"a role that is none", inOrganization("a:b", "do it", "boss"), `no organization role "boss"`},
		{"a role of each kind holds what is explicit", Row{Key: "a:b", Scope: InOrganization, Sentence: "do it", Category: "X", Explicit: true,
			Org: []OrgRole{RoleOwner}, Project: []ProjectRole{Owner}}, "no built-in role"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := newCatalog(append(Builtin(), c.row), nil); err == nil || !strings.Contains(err.Error(), c.why) {
				t.Fatalf("got %v, want a refusal with %q", err, c.why)
			}
		})
	}
}

func TestImpliedPermissionsComeAlong(t *testing.T) {
	last := Row{Key: "subscriptions:list", Scope: InProject, Sentence: "list", Category: "Subscriptions"}
	edit := Row{Key: "subscriptions:edit", Scope: InProject, Sentence: "edit any", Category: "Subscriptions",
		Project: []ProjectRole{Owner, Admin}, Implies: []Permission{"subscriptions:edit_own", last.Key}}
	own := Row{Key: "subscriptions:edit_own", Scope: InProject, Sentence: "edit own", Category: "Subscriptions",
		Project: []ProjectRole{Owner, Analyst, Admin}, Implies: []Permission{"subscriptions:view"}}
	view := Row{Key: "subscriptions:view", Scope: InProject, Sentence: "see", Category: "Subscriptions"}
	c, err := NewCatalog(edit, own, view, last)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		name string
		role ProjectRole
		key  Permission
		want bool
	}{
		{"an admin who edits any edits own", Admin, own.Key, true},
		{"an admin sees, two steps on", Admin, view.Key, true},
		{"an admin gets the second of what is implied too", Admin, last.Key, true},
		{"an analyst does not", Analyst, last.Key, false},
		{"an analyst sees, one step on", Analyst, view.Key, true},
		{"an analyst who edits own does not edit any", Analyst, edit.Key, false},
		{"a consumer gets nothing by it", Consumer, view.Key, false},
		{"no role holds nothing", "", view.Key, false},
		{"a role holds no permission that is none", Owner, "a:b", false},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := c.ProjectRoleHolds(row.role, row.key); got != row.want {
				t.Fatalf("got %t", got)
			}
		})
	}
}

func TestACatalogIsNamedByItsContent(t *testing.T) {
	a, _ := NewCatalog(explicitRow)
	b, _ := NewCatalog(explicitRow)
	c, _ := NewCatalog()
	if a.Digest() != b.Digest() || a.Digest() == c.Digest() || len(a.Digest()) != len("sha256:")+64 {
		t.Fatalf("%s, %s, %s", a.Digest(), b.Digest(), c.Digest())
	}
	again, err := ReadCatalog(a.Document())
	if err != nil || again.Digest() != a.Digest() || len(again.Application()) != 1 {
		t.Fatalf("read back: %v", err)
	}
	if !again.OrgRoleHolds(RoleOwner, "owners:make") || again.OrgRoleHolds(RoleAdmin, "owners:make") || again.OrgRoleHolds(RoleOwner, "none:such") {
		t.Fatal("the catalog that was read back answers otherwise")
	}
	if len(Builtin()) != len(c.Rows()) {
		t.Fatal("a catalog without rows of the application is not Commonhold's own table")
	}
	for name, document := range map[string]string{
		"no JSON":                 `{`,
		"a field that is unknown": `{"builtin":[],"application":[],"extra":1}`,
		"a row that is refused":   `{"builtin":[],"application":[{"key":"x"}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := ReadCatalog([]byte(document)); err == nil {
				t.Fatal("accepted")
			}
		})
	}
}
