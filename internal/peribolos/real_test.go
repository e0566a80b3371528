package peribolos

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/commonhold/commonhold/org"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// aRealOwner is an admin in each of the real files.
const aRealOwner = "uac0a6dca4"

var realFiles = []string{"etcd-io", "kubernetes-client", "kubernetes-csi", "kubernetes"}

func TestRealOrganizationsAreImportedOnce(t *testing.T) {
	for _, name := range realFiles {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, aRealOwner)
			plan := w.settles(read(t, name+".yaml"), Options{Owners: []string{aRealOwner}})
			golden(t, "testdata/"+name+".golden", tell(plan))
		})
	}
}

// tell shows a plan: the summary, and of every kind the first steps.
func tell(p Plan) string {
	const first = 3
	var out strings.Builder
	fmt.Fprintf(&out, "%s\n\n%s\n", p.Organization, p.Summary())
	shown := map[Kind]int{}
	for _, s := range p.Steps {
		if shown[s.Kind]++; shown[s.Kind] <= first {
			fmt.Fprintf(&out, "%-15s %s\n", s.Kind, s.Sentence)
		}
	}
	told := map[FindingKind]int{}
	for _, f := range p.Findings {
		if told[f.Kind]++; told[f.Kind] <= first {
			fmt.Fprintf(&out, "line %d: %s\n", f.Line, f.Sentence)
		}
	}
	return out.String()
}

func golden(t *testing.T, file, got string) {
	t.Helper()
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
		t.Errorf("the plan is not that of %s; run make golden and review the difference. It is now\n%s", file, got)
	}
}

func TestRealOrganizationsAreImportedInFull(t *testing.T) {
	for _, c := range []struct {
		name                               string
		people, teams, projects, teamRoles int
	}{
		{"etcd-io", 58, 14, 13, 23},
		{"kubernetes-client", 51, 14, 12, 14},
		{"kubernetes-csi", 94, 45, 23, 46},
		{"kubernetes", 1276, 242, 72, 134},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, aRealOwner)
			w.apply(w.compare(read(t, c.name+".yaml"), Options{Owners: []string{aRealOwner}}))
			have := w.state.Counts()
			if have.Active != c.people || have.Teams != c.teams || have.Projects != c.projects || have.Grants != c.teamRoles+c.projects {
				t.Errorf("%+v; want %d people, %d teams, %d projects, %d roles of teams and one of everyone in each project",
					have, c.people, c.teams, c.projects, c.teamRoles)
			}
		})
	}
}

// What people may do in the end is computed here a second time, from the file alone.
func TestRealPeopleHoldWhatTheFileGives(t *testing.T) {
	for _, name := range realFiles {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, aRealOwner)
			file := read(t, name+".yaml")
			w.apply(w.compare(file, Options{Owners: []string{aRealOwner}}))
			f, err := Parse([]byte(file), "")
			if err != nil {
				t.Fatal(err)
			}
			best := map[string]map[string]Level{}
			for _, team := range f.teams {
				for _, h := range append(team.maintainers, team.members...) {
					if best[h.name] == nil {
						best[h.name] = map[string]Level{}
					}
					for _, r := range team.repos {
						best[h.name][r.repo] = max(best[h.name][r.repo], r.level)
					}
				}
			}
			probes := []struct {
				permission org.Permission
				level      Level
			}{{"project:view", Read}, {"project:rename", Maintain}, {"project:delete", Admin}}
			asked := 0
			for _, h := range f.members {
				for x := range w.state.Projects(false, "") {
					for _, p := range probes {
						asked++
						want := max(best[h.name][string(x.Name)], f.Default) >= p.level
						if got := w.state.Check(w.known(personID(h.name)), p.permission, x.Project, w.now); got != want {
							t.Fatalf("%s %s in %s: %t, want %t", h.name, p.permission, x.Name, got, want)
						}
					}
				}
			}
			t.Logf("%d questions", asked)
		})
	}
}
