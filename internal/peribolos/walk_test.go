package peribolos

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/commonhold/commonhold/org"
)

// TestRandomFilesAndRandomHands imports files that change at random into organizations that people change at random in
// between. Every plan has to be accepted by the core step by step and to leave nothing to do, nothing given by hand may
// go but with a member who goes, and every owner stays owner.
func TestRandomFilesAndRandomHands(t *testing.T) {
	runs := 60
	if os.Getenv("COMMONHOLD_LONG") != "" {
		runs = 3000
	}
	for seed := range uint64(runs) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			walk(t, rand.New(rand.NewPCG(seed, 7)))
		})
	}
}

func walk(t *testing.T, r *rand.Rand) {
	w := newWorld(t, "olga")
	d := &draft{r: r, role: map[string]int{"p0": 1}, teams: map[string]*draftTeam{}}
	for range 12 {
		for range 1 + r.IntN(4) {
			d.change()
		}
		for range r.IntN(4) {
			hand(w, r)
		}
		o := Options{Owners: []string{"olga"}, DeleteProjects: r.IntN(4) == 0}
		ties, owners := handTies(w), w.state.Owners(w.now)
		file := d.file()
		w.settles(file, o)
		now := handTies(w)
		for tie := range ties {
			if !now[tie] && !w.ended(tie) {
				t.Fatalf("%q was by hand and is gone; the file was\n%s", tie, file)
			}
		}
		for _, owner := range owners {
			if !slices.Contains(w.state.Owners(w.now), owner) {
				t.Fatalf("%s was owner", w.handles[owner])
			}
		}
	}
}

// ended reports whether a tie is of somebody who is no member any more, or to a project that is deleted.
func (w *world) ended(tie string) bool {
	for x := range w.state.Projects(true, "") {
		if strings.Contains(tie, string(x.Project)) {
			return true
		}
	}
	for id := range w.handles {
		if _, member := w.state.Member(id, w.now); !member && strings.Contains(tie, string(id)) {
			return true
		}
	}
	return false
}

// draft is a file that changes.
type draft struct {
	r     *rand.Rand
	role  map[string]int // 1 member, 2 admin
	teams map[string]*draftTeam
	level Level
}

type draftTeam struct {
	parent   string
	people   map[string]bool // managers or not
	repos    map[string]Level
	formerly string
}

func (d *draft) someone() string { return fmt.Sprint("p", d.r.IntN(8)) }
func (d *draft) repo() string    { return fmt.Sprint("r", d.r.IntN(6)) }
func (d *draft) team() string    { return fmt.Sprint("t", d.r.IntN(6)) }

func (d *draft) change() {
	switch t := d.teams[d.team()]; d.r.IntN(9) {
	case 0, 1:
		d.role[d.someone()] = d.r.IntN(3)
	case 2:
		if name := d.team(); d.teams[name] == nil {
			d.teams[name] = &draftTeam{parent: d.team(), people: map[string]bool{}, repos: map[string]Level{}}
		}
	case 3:
		if d.r.IntN(3) == 0 {
			delete(d.teams, d.team())
		}
	case 4:
		d.rename()
	case 5:
		d.level = []Level{None, Read, Write, Admin}[d.r.IntN(4)]
	case 6:
		if t != nil {
			t.people[d.someone()] = d.r.IntN(2) == 0
			delete(t.people, d.someone())
		}
	default:
		if t != nil {
			t.repos[d.repo()] = Level(d.r.IntN(len(levels)))
			delete(t.repos, d.repo())
		}
	}
}

// rename gives a team a name that is free, and says so.
func (d *draft) rename() {
	from, to := d.team(), d.team()
	if t := d.teams[from]; t != nil && d.teams[to] == nil {
		delete(d.teams, from)
		for _, other := range d.teams {
			if other.formerly == to || other.formerly == from {
				other.formerly = ""
			}
		}
		d.teams[to], t.formerly = t, from
	}
}

func (d *draft) file() string {
	var out strings.Builder
	fmt.Fprintf(&out, "name: Acme\ndefault_repository_permission: %s\nadmins: [olga", d.level)
	lists := [3]string{}
	for _, name := range slices.Sorted(maps.Keys(d.role)) {
		lists[d.role[name]] += ", " + name
	}
	fmt.Fprintf(&out, "%s]\nmembers: [%s]\n", lists[2], strings.TrimPrefix(lists[1], ", "))
	d.section(&out, "", 0, map[string]bool{})
	return out.String()
}

// section writes the teams below one. Who names a parent that is not there, or a circle, stands at the top.
func (d *draft) section(out *strings.Builder, parent string, depth int, written map[string]bool) {
	indent, head := strings.Repeat("    ", depth), false
	for _, name := range slices.Sorted(maps.Keys(d.teams)) {
		t := d.teams[name]
		above := t.parent
		if d.teams[above] == nil || above >= name {
			above = ""
		}
		if written[name] || above != parent {
			continue
		}
		if written[name] = true; !head {
			head = true
			fmt.Fprintf(out, "%steams:\n", indent)
		}
		fmt.Fprintf(out, "%s  %s:\n", indent, name)
		if t.formerly != "" && d.teams[t.formerly] == nil {
			fmt.Fprintf(out, "%s    previously: [%s]\n", indent, t.formerly)
		}
		lists := map[bool][]string{}
		for _, p := range slices.Sorted(maps.Keys(t.people)) {
			lists[t.people[p]] = append(lists[t.people[p]], p)
		}
		fmt.Fprintf(out, "%s    maintainers: [%s]\n%s    members: [%s]\n", indent, strings.Join(lists[true], ", "), indent, strings.Join(lists[false], ", "))
		fmt.Fprintf(out, "%s    repos:\n", indent)
		for _, repo := range slices.Sorted(maps.Keys(t.repos)) {
			fmt.Fprintf(out, "%s      %s: %s\n", indent, repo, t.repos[repo])
		}
		d.section(out, name, depth+1, written)
	}
}

// hand does something by hand, as far as it is possible now.
func hand(w *world, r *rand.Rand) {
	var people []org.Member
	for m := range w.state.Members(w.now, "") {
		people = append(people, m)
	}
	teams, projects := slices.Collect(w.state.Teams("")), slices.Collect(w.state.Projects(false, ""))
	person := people[r.IntN(len(people))]
	commands := []org.Command{
		org.SetRole{Person: person.Person, Role: org.OrgRoles[r.IntN(len(org.OrgRoles))]},
		org.Suspend{Person: person.Person}, org.Reactivate{Person: person.Person}, org.Remove{Person: person.Person},
		org.CreateTeam{Team: org.TeamID(w.id("team_")), Name: org.Name(fmt.Sprint("t", r.IntN(6)))},
		org.CreateProject{Project: org.ProjectID(w.id("prj_")), Name: org.Name(fmt.Sprint("R", r.IntN(6)))},
	}
	if len(teams) > 0 {
		team := teams[r.IntN(len(teams))]
		commands = append(commands, org.PlaceInTeam{Team: team.Team, Person: person.Person, Manager: r.IntN(2) == 0},
			org.RenameTeam{Team: team.Team, Name: org.Name(fmt.Sprint("T", r.IntN(8)))}, org.DeleteTeam{Team: team.Team},
			org.TakeFromTeam{Team: team.Team, Person: person.Person})
		if len(projects) > 0 {
			project, role := projects[r.IntN(len(projects))].Project, org.ProjectRoles[r.IntN(len(org.ProjectRoles))]
			for _, to := range []org.Subject{{Person: person.Person}, {Team: team.Team}, {Everyone: true}} {
				commands = append(commands, org.Give{Project: project, Subject: to, Role: role}, org.Take{Project: project, Subject: to})
			}
			commands = append(commands, org.DeleteProject{Project: project}, org.RenameProject{Project: project, Name: org.Name(fmt.Sprint("R", r.IntN(8)))})
		}
	}
	// What the core refuses, such as to remove the last owner, people cannot do either.
	if c := commands[r.IntN(len(commands))]; w.allows(c) {
		w.do(c)
	}
}
