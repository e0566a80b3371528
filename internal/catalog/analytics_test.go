package catalog

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"

	"github.com/commonhold/commonhold/org"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestAnalyticsMatrix(t *testing.T) {
	got := matrix(Default())
	const file = "testdata/analytics.golden"
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the matrix is not that of %s; run make golden and review the difference. It is now\n%s", file, got)
	}
}

// matrix shows which project role holds what, an explicit permission as one that is given by name only.
func matrix(c *org.Catalog) string {
	var out strings.Builder
	w := tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
	category := ""
	for _, r := range c.Application() {
		if r.Category != category {
			category = r.Category
			fmt.Fprintf(w, "\n%s\towner\tadmin\tanalyst\tconsumer\t\n", category)
		}
		fmt.Fprintf(w, "  %s", r.Key)
		for _, role := range org.ProjectRoles {
			switch {
			case c.ProjectRoleHolds(role, r.Key):
				fmt.Fprint(w, "\tyes")
			case r.Explicit:
				fmt.Fprint(w, "\texplicit")
			default:
				fmt.Fprint(w, "\t–")
			}
		}
		fmt.Fprintf(w, "\t%s\n", r.Sentence)
	}
	w.Flush()
	return strings.TrimLeft(strings.ReplaceAll(out.String(), "  \n", "\n"), "\n")
}

// A published row is a row of the public matrix of the product that this catalog follows: what each of owner, admin,
// analyst and consumer can do, and the permissions that stand for it here.
type published struct {
	name  string
	cells string // owner admin analyst consumer
	keys  []org.Permission
}

// In a cell yes means the first permissions of the row, own only those that end in _own, view only those that end in
// :view, and no none. Rows that are Commonhold's own are named with the permission of its own table.
var publishedRows = []published{
	{"transfer project", "yes no no no", keys("project:transfer")},
	{"reset project", "yes no no no", keys("project:reset")},
	{"delete project", "yes no no no", keys("project:delete")},
	{"edit project timezone", "yes yes no no", keys("project:set_timezone")},
	{"edit project name", "yes yes no no", keys("project:rename")},
	{"view access keys", "yes yes no no", keys("project:view_keys")},
	{"view usage statistics", "yes yes no no", keys("project:view_usage")},
	{"time-period settings", "yes yes view view", keys("calendar:edit", "calendar:view")},
	{"invite project users", "yes yes no no", keys("project:manage_grants")},
	{"change project users' role", "yes yes no no", keys("project:manage_grants")},
	{"approve access requests", "yes yes no no", keys("project:decide_requests")},
	{"create service accounts", "yes yes no no", keys("project:manage_service_accounts")},

	{"create and view Insights", "yes yes yes yes", keys("insights:create", "insights:view")},
	{"create and view Flows", "yes yes yes yes", keys("flows:create", "flows:view")},
	{"create and view Funnels", "yes yes yes yes", keys("funnels:create", "funnels:view")},
	{"create and view Retention", "yes yes yes yes", keys("retention:create", "retention:view")},
	{"download reports", "yes yes yes no", keys("reports:download")},
	{"create custom alerts", "yes yes yes no", keys("alerts:create")},
	{"edit custom alerts", "yes no no no", keys("alerts:edit")},
	{"view Users report", "yes yes yes yes", keys("users_report:view")},
	{"export Users report", "yes yes yes no", keys("users_report:export")},
	{"create and edit cohorts", "yes yes yes yes", keys("cohorts:edit")},
	{"export cohorts", "yes yes yes no", keys("cohorts:export")},
	{"create and edit user profiles", "yes yes no no", keys("profiles:edit")},
	{"delete user profiles", "yes yes no no", keys("profiles:delete")},
	{"create and view boards", "yes yes yes yes", keys("boards:create", "boards:view")},
	{"create board subscriptions", "yes yes yes no", keys("subscriptions:create")},
	{"edit board subscriptions", "yes own own own", keys("subscriptions:edit", "subscriptions:edit_own")},
	{"create and edit custom events", "yes yes yes own", keys("custom_events:edit", "custom_events:edit_own")},
	{"create and edit saved behaviors", "yes yes yes own", keys("behaviors:edit", "behaviors:edit_own")},
	{"create and edit saved formulas", "yes yes yes own", keys("formulas:edit", "formulas:edit_own")},
	{"create and edit custom properties", "yes yes yes own", keys("custom_properties:edit", "custom_properties:edit_own")},
	{"create and edit borrowed properties", "yes yes no no", keys("borrowed_properties:edit")},
	{"upload a lookup table", "yes yes yes yes", keys("lookup_tables:upload")},
	{"map property to lookup table in Lexicon", "yes yes no no", keys("lookup_tables:map")},
	{"hide data in Lexicon", "yes yes no no", keys("lexicon:hide")},
	{"edit descriptions in Lexicon", "yes yes no no", keys("lexicon:describe")},
	{"add tags in Lexicon", "yes yes no no", keys("lexicon:tag")},
	{"merge data in Lexicon", "yes no no no", keys("lexicon:merge")},
	{"drop data in Lexicon", "yes no no no", keys("lexicon:drop")},
	{"download CSV in Lexicon", "yes yes yes no", keys("lexicon:download")},

	{"turn public boards on or off for the project", "yes no no no", keys("boards:allow_public")},
	{"make a board public", "yes yes yes no", keys("boards:publish")},
	{"set whether boards may move out", "yes yes no no", keys("boards:allow_moving")},
	{"set default board sharing; set project home board", "yes yes no no", keys("boards:set_sharing", "boards:set_home")},
	{"create and edit data views", "yes yes no no", keys("data_views:edit")},
	{"edit, restrict and show data views of others", "yes own no no", keys("data_views:control", "data_views:control_own")},
	{"join a public data view oneself", "yes yes yes yes", keys("data_views:join")},
	{"mark properties classified", "yes yes no no", keys("classified:mark")},
	{"view classified properties", "no no no no", keys("classified:view")},
	{"create and manage custom roles", "yes yes no no", keys("project:manage_roles")},
	{"view project audit log", "yes yes no no", keys("project:view_audit")},
	{"reset project API key", "yes no no no", keys("project:reset_keys")},
	{"manage project service accounts", "yes yes no no", keys("project:manage_service_accounts")},
	{"request data deletion", "yes yes no no", keys("data:request_deletion")},
	{"block and drop events, create drop filters", "yes no no no", keys("events:block", "drop_filters:create")},
	{"verify entities in Lexicon", "yes yes no no", keys("lexicon:verify")},
	{"import Lexicon CSV", "yes yes no no", keys("lexicon:import")},
	{"data standards, event approval, data-volume monitoring", "yes yes no no",
		keys("data_standards:manage", "events:approve", "data_volume:monitor")},
	{"session settings, group keys, identity merge", "yes yes no no",
		keys("sessions:configure", "group_keys:manage", "identity_merge:configure")},
	{"delete lookup tables", "yes own no no", keys("lookup_tables:delete", "lookup_tables:delete_own")},
	{"create and edit feature flags", "yes yes yes view", keys("feature_flags:edit", "feature_flags:view")},
	{"create, edit and delete annotations", "yes yes yes no", keys("annotations:edit")},
	{"edit project business context", "yes yes no no", keys("business_context:edit")},
	{"import events with a service account", "yes yes no no", keys("events:import")},
	{"data pipelines API", "yes yes no no", keys("pipelines:manage")},
	{"receive warehouse sync notices by default", "yes yes no no", keys("warehouse:be_notified")},
	{"generate the GDPR API token", "yes yes no no", keys("gdpr_token:create")},
}

func keys(k ...org.Permission) []org.Permission { return k }

func TestAnalyticsFollowsThePublishedMatrix(t *testing.T) {
	c := Default()
	stands := map[org.Permission]bool{}
	for _, row := range publishedRows {
		t.Run(row.name, func(t *testing.T) {
			for i, cell := range strings.Fields(row.cells) {
				role := org.ProjectRoles[i]
				for _, key := range row.keys {
					want := cell == "yes" || cell == "own" && strings.HasSuffix(string(key), "_own") ||
						cell == "view" && strings.HasSuffix(string(key), ":view")
					if got := c.ProjectRoleHolds(role, key); got != want {
						t.Errorf("%s holds %s: %t, published is %q", role, key, got, cell)
					}
				}
			}
		})
		for _, key := range row.keys {
			stands[key] = true
		}
	}
	for _, r := range c.Application() {
		if !stands[r.Key] {
			t.Errorf("%s stands for no published row", r.Key)
		}
	}
}

func TestAnalyticsKeepsTheRelationsOfRoles(t *testing.T) {
	c := Default()
	rows := c.Application()
	for _, r := range rows {
		for i, role := range org.ProjectRoles[1:] {
			if above := org.ProjectRoles[i]; c.ProjectRoleHolds(role, r.Key) && !c.ProjectRoleHolds(above, r.Key) {
				t.Errorf("%s holds %s and %s does not", role, r.Key, above)
			}
		}
		for _, role := range org.ProjectRoles {
			if r.Explicit && c.ProjectRoleHolds(role, r.Key) {
				t.Errorf("%s holds %s, which is explicit", role, r.Key)
			}
		}
		whole, own := strings.CutSuffix(string(r.Key), "_own")
		if !own {
			continue
		}
		i := slices.IndexFunc(rows, func(x org.Row) bool { return x.Key == org.Permission(whole) })
		if i < 0 || !slices.Contains(rows[i].Implies, r.Key) {
			t.Errorf("%s is not implied by %s", r.Key, whole)
		}
	}
	if i := slices.IndexFunc(rows, func(r org.Row) bool { return r.Explicit }); i < 0 || rows[i].Key != "classified:view" {
		t.Errorf("viewing classified data is to be explicit")
	}
}

func TestAnalyticsSaysEverythingOnce(t *testing.T) {
	sentences, left := map[string]org.Permission{}, map[string]bool{}
	category := ""
	for _, r := range Default().Rows() {
		if other, twice := sentences[r.Sentence]; twice {
			t.Errorf("%s and %s have one sentence", other, r.Key)
		}
		sentences[r.Sentence] = r.Key
		if r.Category != category {
			if left[r.Category] {
				t.Errorf("%s stands apart from the rest of %q", r.Key, r.Category)
			}
			left[category], category = true, r.Category
		}
	}
}
