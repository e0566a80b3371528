package peribolos

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/commonhold/commonhold/org"
)

// world is a real organization of the core, to which plans are applied by ordinary commands. So what a plan asks for
// is judged by the rules that will judge it in earnest.
type world struct {
	testing.TB
	state   *org.State
	now     org.Instant
	actor   org.Actor
	people  map[org.ExternalID]org.PersonID // accounts
	handles map[org.PersonID]org.ExternalID
	ids     int
}

type library map[org.Digest]*org.Catalog

func (l library) Catalog(d org.Digest) *org.Catalog { return l[d] }

// newWorld founds an organization that the operator fills; the owner's handle comes first.
func newWorld(t testing.TB, owner string) *world {
	t.Helper()
	catalog, err := org.NewCatalog()
	if err != nil {
		t.Fatal(err)
	}
	w := &world{TB: t, state: org.Empty(library{catalog.Digest(): catalog}), actor: org.Actor{Operator: true},
		now:    org.At(time.Date(2026, 5, 1, 8, 0, 0, 0, time.UTC)),
		people: map[org.ExternalID]org.PersonID{}, handles: map[org.PersonID]org.ExternalID{}}
	w.do(org.CreateOrganization{Organization: org.OrgID(w.id("org_")), Name: "Acme", Slug: "acme", Owner: w.account(personID(owner)),
		Proofs: org.Vouched, Catalog: catalog.Digest()})
	return w
}

func (w *world) id(prefix string) string {
	w.ids++
	return fmt.Sprintf("%s%026d", prefix, w.ids)
}

// account returns the person of an external id and makes them if need be.
func (w *world) account(x org.ExternalID) org.PersonID {
	if id, known := w.people[x]; known {
		return id
	}
	id := org.PersonID(w.id("usr_"))
	w.people[x], w.handles[id] = id, x
	return id
}

func (w *world) do(c org.Command) {
	w.Helper()
	facts, err := org.Decide(w.state, w.actor, w.now, c)
	if err != nil {
		w.Fatalf("%T %+v: %v", c, c, err)
	}
	w.state = org.Evolve(w.state, org.Stamp(w.state, org.Meta{At: w.now, Actor: w.actor.Person, Command: org.CommandID(w.id("cmd_"))}, facts)...)
	if err := w.state.Damage(); err != nil {
		w.Fatalf("%T: %v", c, err)
	}
}

// apply carries out a plan.
func (w *world) apply(p Plan) {
	w.Helper()
	for _, s := range p.Steps {
		w.step(s)
	}
}

func (w *world) step(s Step) {
	w.Helper()
	const src = org.ByImport
	switch s.Kind {
	case CreatePerson:
		if _, known := w.people[s.Person]; known {
			w.Fatalf("%s has an account", s.Person)
		}
		w.account(s.Person)
	case AddMember:
		w.do(org.AddMember{Person: w.known(s.Person), Role: s.Role, Source: src})
	case SetRole:
		w.do(org.SetRole{Person: w.known(s.Person), Role: s.Role})
	case SetTeamExternalID:
		w.do(org.SetTeamExternalID{Team: w.team(s.Team), ExternalID: s.ExternalID})
	case RenameTeam:
		w.do(org.RenameTeam{Team: w.team(s.Team), Name: s.Name})
	case CreateTeam:
		w.do(org.CreateTeam{Team: org.TeamID(w.id("team_")), Name: s.Name, ExternalID: s.Team, Source: src})
	case SetProjectExternalID:
		w.do(org.SetProjectExternalID{Project: w.project(s.Project), ExternalID: s.ExternalID})
	case RenameProject:
		w.do(org.RenameProject{Project: w.project(s.Project), Name: s.Name})
	case CreateProject:
		w.do(org.CreateProject{Project: org.ProjectID(w.id("prj_")), Name: s.Name, ExternalID: s.Project, Source: src})
	case GiveGrant:
		w.do(org.Give{Project: w.project(s.Project), Subject: w.subject(s), Role: s.ProjectRole, Source: src})
	case PlaceInTeam:
		w.do(org.PlaceInTeam{Team: w.team(s.Team), Person: w.known(s.Person), Manager: s.Manager, Source: src})
	case TakeGrant:
		w.do(org.Take{Project: w.project(s.Project), Subject: w.subject(s), Role: s.ProjectRole, Source: src})
	case TakeFromTeam:
		w.do(org.TakeFromTeam{Team: w.team(s.Team), Person: w.known(s.Person)})
	case DeleteTeam:
		w.do(org.DeleteTeam{Team: w.team(s.Team)})
	case RemoveMember:
		w.do(org.Remove{Person: w.known(s.Person)})
	case DeleteProject:
		w.do(org.DeleteProject{Project: w.project(s.Project)})
	default:
		w.Fatalf("nobody knows how to %q", s.Kind)
	}
	if s.Sentence == "" {
		w.Fatalf("%+v says nothing", s)
	}
}

func (w *world) known(x org.ExternalID) org.PersonID {
	w.Helper()
	id, known := w.people[x]
	if !known {
		w.Fatalf("%s has no account yet", x)
	}
	return id
}

func (w *world) team(x org.ExternalID) org.TeamID {
	w.Helper()
	id, known := w.state.TeamByExternal(x)
	if _, byID := w.state.Team(org.TeamID(x)); byID {
		return org.TeamID(x)
	}
	if !known {
		w.Fatalf("there is no team %s", x)
	}
	return id
}

func (w *world) project(x org.ExternalID) org.ProjectID {
	w.Helper()
	id, known := w.state.ProjectByExternal(x)
	if _, byID := w.state.Project(org.ProjectID(x)); byID {
		return org.ProjectID(x)
	}
	if !known {
		w.Fatalf("there is no project %s", x)
	}
	return id
}

func (w *world) subject(s Step) org.Subject {
	w.Helper()
	switch {
	case s.Team != "":
		return org.Subject{Team: w.team(s.Team)}
	case s.Person != "":
		return org.Subject{Person: w.known(s.Person)}
	}
	return org.Subject{Everyone: s.Everyone}
}

// present reads the organization as the command line does.
func (w *world) present() Present {
	p := Present{People: map[org.ExternalID]Person{}, Teams: map[org.ExternalID]Team{}, Projects: map[org.ExternalID]Project{}}
	for x := range w.people {
		p.People[x] = Person{}
	}
	for m := range w.state.Members(w.now, "") {
		p.People[w.handles[m.Person]] = Person{Role: m.Role, Status: m.Status, Source: m.Source}
	}
	ids := map[org.ProjectID]org.ExternalID{}
	for _, deleted := range []bool{true, false} {
		for x := range w.state.Projects(deleted, "") {
			id := idOr(x.ExternalID, string(x.Project))
			ids[x.Project] = id
			p.Projects[id] = w.presentProject(x)
		}
	}
	for x := range w.state.Teams("") {
		t := Team{Name: string(x.Name), Source: x.Source, Roster: map[org.ExternalID]Place{}, Grants: map[org.ExternalID]Grant{}}
		for place := range w.state.Roster(x.Team, w.now, "") {
			t.Roster[w.handles[place.Person]] = Place{place.Manager, place.Source}
		}
		for _, g := range w.state.GrantsOfTeam(x.Team, w.now) {
			t.Grants[ids[g.Project]] = Grant{g.Role, g.Source}
		}
		p.Teams[idOr(x.ExternalID, string(x.Team))] = t
	}
	return p
}

func (w *world) presentProject(x org.Project) Project {
	p := Project{Name: string(x.Name), Source: x.Source, Deleted: x.Deleted != 0, People: map[org.ExternalID][]Grant{}}
	for _, g := range w.state.GrantsOn(x.Project, w.now) {
		switch {
		case g.Everyone:
			p.Everyone = append(p.Everyone, Grant{g.Role, g.Source})
		case g.Person != "":
			p.People[w.handles[g.Person]] = append(p.People[w.handles[g.Person]], Grant{g.Role, g.Source})
		}
	}
	return p
}

func idOr(x org.ExternalID, id string) org.ExternalID {
	if x != "" {
		return x
	}
	return org.ExternalID(id)
}

// compare plans what a file asks of the organization as it is.
func (w *world) compare(file string, o Options) Plan {
	w.Helper()
	f, err := Parse([]byte(file), "")
	if err != nil {
		w.Fatal(err)
	}
	p, err := Compare(f, w.present(), o)
	if err != nil {
		w.Fatal(err)
	}
	return p
}

// settles applies a file and holds that doing so again changes nothing.
func (w *world) settles(file string, o Options) Plan {
	w.Helper()
	p := w.compare(file, o)
	w.apply(p)
	if again := w.compare(file, o); len(again.Steps) > 0 {
		w.Fatalf("a second import has %d steps, first %q", len(again.Steps), again.Steps[0].Sentence)
	}
	return p
}

func read(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// allows asks whether a command would be accepted now.
func (w *world) allows(c org.Command) bool {
	_, err := org.Decide(w.state, w.actor, w.now, c)
	return err == nil
}
