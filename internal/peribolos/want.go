package peribolos

import (
	"fmt"
	"strings"

	"github.com/commonhold/commonhold/org"
)

// want is what an organization should have according to a file.
type want struct {
	people   []wantedPerson
	teams    []wantedTeam
	projects []wantedProject
	everyone org.ProjectRole // in every project; none if empty
	ofAll    bool            // the file says what everyone has

	person  map[org.ExternalID]int
	team    map[org.ExternalID]int
	project map[org.ExternalID]int
}

type wantedPerson struct {
	id   org.ExternalID
	name string
	line int
	role org.OrgRole
}

type wantedTeam struct {
	id     org.ExternalID
	name   string
	line   int
	former []org.ExternalID
	roster []wantedPlace
	grants []wantedGrant
}

type wantedPlace struct {
	person  org.ExternalID
	name    string
	line    int
	manager bool
}

type wantedGrant struct {
	project org.ExternalID
	role    org.ProjectRole
}

type wantedProject struct {
	id     org.ExternalID
	name   string
	line   int
	former []org.ExternalID
	people []wantedRole
}

type wantedRole struct {
	person org.ExternalID
	name   string
	role   org.ProjectRole
}

// wanted says what a file asks for, with these owners and this mapping.
func wanted(f *File, owners []string, m Mapping) (*want, error) {
	w := &want{everyone: m[f.Default], ofAll: f.saysDefault, person: map[org.ExternalID]int{}, team: map[org.ExternalID]int{}, project: map[org.ExternalID]int{}}
	if err := w.addPeople(f, owners); err != nil {
		return nil, err
	}
	for _, r := range f.repos {
		i := w.addProject(r.name, r.line)
		p := &w.projects[i]
		for _, name := range r.previously {
			p.former = append(p.former, projectID(name))
		}
		for _, c := range r.collaborators {
			if role := m[c.level]; role != "" {
				p.people = append(p.people, wantedRole{personID(c.name), c.name, role})
			}
		}
	}
	for _, t := range f.teams {
		w.addTeam(t, m)
	}
	return w, nil
}

// addPeople puts owners first, then admins and members in the order of the file.
func (w *want) addPeople(f *File, owners []string) error {
	listed := map[org.ExternalID]handle{}
	for _, h := range f.admins {
		listed[personID(h.name)] = h
	}
	for _, h := range f.members {
		listed[personID(h.name)] = h
	}
	add := func(h handle, role org.OrgRole) {
		id := personID(h.name)
		if _, twice := w.person[id]; !twice {
			w.person[id] = len(w.people)
			w.people = append(w.people, wantedPerson{id, h.name, h.line, role})
		}
	}
	for _, name := range owners {
		h, known := listed[personID(strings.TrimPrefix(name, "@"))]
		if !known {
			return fmt.Errorf("the owner %q is neither admin nor member in the file", name)
		}
		add(h, org.RoleOwner)
	}
	for _, h := range f.admins {
		add(h, org.RoleAdmin)
	}
	for _, h := range f.members {
		add(h, org.RoleMember)
	}
	return nil
}

func (w *want) addProject(name string, line int) int {
	id := projectID(name)
	i, known := w.project[id]
	if !known {
		i = len(w.projects)
		w.project[id], w.projects = i, append(w.projects, wantedProject{id: id, name: name, line: line})
	}
	return i
}

func (w *want) addTeam(t team, m Mapping) {
	one := wantedTeam{id: teamID(t.name), name: t.name, line: t.line}
	for _, name := range t.previously {
		one.former = append(one.former, teamID(name))
	}
	for _, h := range t.maintainers {
		one.roster = append(one.roster, wantedPlace{personID(h.name), h.name, h.line, true})
	}
	for _, h := range t.members {
		one.roster = append(one.roster, wantedPlace{personID(h.name), h.name, h.line, false})
	}
	for _, r := range t.repos {
		i := w.addProject(r.repo, t.line)
		if role := m[r.level]; role != "" {
			one.grants = append(one.grants, wantedGrant{w.projects[i].id, role})
		}
	}
	w.team[one.id] = len(w.teams)
	w.teams = append(w.teams, one)
}
