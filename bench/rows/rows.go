// Package rows is the plain reference: the least that can answer the workload's questions by string ids and list both
// ways. Two tables lead from ids to numbers; everything given lies in sorted rows of integers. It is built once from
// arrays and never changes: no versions, no dates, no sources, no custom permissions, no writes.
package rows

import (
	"slices"

	"github.com/commonhold/commonhold/bench/workload"
)

// Rows answers questions about one workload.
type Rows struct {
	w                *workload.Workload
	people, projects map[string]int32

	own     list // person to projects with roles
	places  list // person to teams
	carried list // team to projects with roles

	holders list // project to people with roles
	through list // project to teams with roles
	rosters list // team to people
	ruling  list // organization to people with a role above member

	personIDs, projectIDs []string
}

// Build puts a workload into rows under the ids that people and projects go by.
func Build(w *workload.Workload, people, projects []string) *Rows {
	r := &Rows{w: w, people: numbered(people), projects: numbered(projects), personIDs: people, projectIDs: projects}
	teams := w.Orgs * w.Teams
	r.own = newList(len(people), len(w.Own), func(i int) (int32, uint32) { return w.Own[i].Holder, entry(w.Own[i].Project, w.Own[i].Role) })
	r.holders = newList(len(projects), len(w.Own), func(i int) (int32, uint32) { return w.Own[i].Project, entry(w.Own[i].Holder, w.Own[i].Role) })
	r.places = newList(len(people), len(w.Places), func(i int) (int32, uint32) { return w.Places[i].Person, uint32(w.Places[i].Team) })
	r.rosters = newList(teams, len(w.Places), func(i int) (int32, uint32) { return w.Places[i].Team, uint32(w.Places[i].Person) })
	r.carried = newList(teams, len(w.Carried), func(i int) (int32, uint32) {
		return w.Carried[i].Holder, entry(w.Carried[i].Project, w.Carried[i].Role)
	})
	r.through = newList(len(projects), len(w.Carried), func(i int) (int32, uint32) {
		return w.Carried[i].Project, entry(w.Carried[i].Holder, w.Carried[i].Role)
	})
	var ruling []int32
	for i, role := range w.OrgRoles {
		if role != workload.Member {
			ruling = append(ruling, int32(i))
		}
	}
	r.ruling = newList(w.Orgs, len(ruling), func(i int) (int32, uint32) { return w.OrgOf(ruling[i]), uint32(ruling[i]) })
	return r
}

func numbered(ids []string) map[string]int32 {
	m := make(map[string]int32, len(ids))
	for i, id := range ids {
		m[id] = int32(i)
	}
	return m
}

// entry packs a number and a role, so that rows are sorted by number.
func entry(of int32, role workload.Role) uint32 { return uint32(of)<<2 | uint32(role) }

// list holds the rows one behind the other; row i begins at starts[i].
type list struct {
	starts  []uint32
	entries []uint32
}

func newList(rows, n int, at func(i int) (row int32, entry uint32)) list {
	l := list{starts: make([]uint32, rows+1), entries: make([]uint32, n)}
	for i := range n {
		row, _ := at(i)
		l.starts[row+1]++
	}
	for i := range rows {
		l.starts[i+1] += l.starts[i]
	}
	free := slices.Clone(l.starts)
	for i := range n {
		row, e := at(i)
		l.entries[free[row]] = e
		free[row]++
	}
	for i := range int32(rows) {
		slices.Sort(l.row(i))
	}
	return l
}

func (l *list) row(i int32) []uint32 { return l.entries[l.starts[i]:l.starts[i+1]] }

// role returns what the row's role for a number allows; nothing if there is none.
func role(row []uint32, of uint32) workload.Actions {
	low, high := 0, len(row)
	for low < high {
		middle := int(uint(low+high) >> 1)
		if row[middle]>>2 < of {
			low = middle + 1
		} else {
			high = middle
		}
	}
	if low < len(row) && row[low]>>2 == of {
		return workload.RoleMay[row[low]&3]
	}
	return 0
}

// Check answers one question.
func (r *Rows) Check(person, project string, action workload.Action) bool {
	i, known := r.people[person]
	p, exists := r.projects[project]
	if !known || !exists || r.w.OrgOf(i) != r.w.OrgOfProject(p) {
		return false
	}
	may := workload.OrgRoleMay[r.w.OrgRoles[i]] | role(r.own.row(i), uint32(p))
	for _, t := range r.places.row(i) {
		may |= role(r.carried.row(int32(t)), uint32(p))
	}
	return may.Has(action)
}

// ProjectsWhere lists the projects in which a person may do something.
func (r *Rows) ProjectsWhere(person string, action workload.Action) []string {
	i, known := r.people[person]
	if !known {
		return nil
	}
	var found []uint32
	if workload.OrgRoleMay[r.w.OrgRoles[i]].Has(action) {
		first := uint32(r.w.OrgOf(i)) * uint32(r.w.Size.Projects)
		for p := range uint32(r.w.Size.Projects) {
			found = append(found, first+p)
		}
		return named(found, r.projectIDs)
	}
	found = allowing(found, r.own.row(i), action)
	for _, t := range r.places.row(i) {
		found = allowing(found, r.carried.row(int32(t)), action)
	}
	return named(found, r.projectIDs)
}

// PeopleWhere lists the people who may do something in a project.
func (r *Rows) PeopleWhere(project string, action workload.Action) []string {
	p, exists := r.projects[project]
	if !exists {
		return nil
	}
	found := allowing(nil, r.holders.row(p), action)
	for _, i := range r.ruling.row(r.w.OrgOfProject(p)) {
		if workload.OrgRoleMay[r.w.OrgRoles[i]].Has(action) {
			found = append(found, i)
		}
	}
	for _, t := range allowing(nil, r.through.row(p), action) {
		found = append(found, r.rosters.row(int32(t))...)
	}
	return named(found, r.personIDs)
}

// allowing appends the numbers of the entries whose role allows the action.
func allowing(to, row []uint32, action workload.Action) []uint32 {
	for _, e := range row {
		if workload.RoleMay[e&3].Has(action) {
			to = append(to, e>>2)
		}
	}
	return to
}

// named returns the ids of numbers, each once.
func named(numbers []uint32, ids []string) []string {
	slices.Sort(numbers)
	numbers = slices.Compact(numbers)
	out := make([]string, len(numbers))
	for i, n := range numbers {
		out[i] = ids[n]
	}
	return out
}
