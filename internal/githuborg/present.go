package githuborg

import (
	"context"
	"fmt"
	"iter"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/commonhold/commonhold/client"
	"github.com/commonhold/commonhold/internal/peribolos"
	"github.com/commonhold/commonhold/org"
)

// atOnce is how many requests are under way at a time. The server writes what comes together together.
const atOnce = 32

// Present reads all accounts, and of the organization, if one is named, all that an import may change. The client is the
// operator's.
func Present(ctx context.Context, c *client.Client, organization string) (peribolos.Present, error) {
	r := &reading{ctx: ctx, client: c, org: organization, people: map[org.PersonID]org.ExternalID{}, projects: map[org.ProjectID]org.ExternalID{},
		have: peribolos.Present{People: map[org.ExternalID]peribolos.Person{}, Teams: map[org.ExternalID]peribolos.Team{}, Projects: map[org.ExternalID]peribolos.Project{}}}
	parts := []struct {
		name string
		read func() error
	}{{"accounts", r.accounts}, {"members", r.members}, {"projects", r.allProjects}, {"teams", r.teams}}
	if organization == "" {
		parts = parts[:1]
	}
	for _, part := range parts {
		if err := part.read(); err != nil {
			return r.have, fmt.Errorf("read the %s: %w", part.name, err)
		}
	}
	return r.have, nil
}

// reading gathers what an organization has.
type reading struct {
	ctx      context.Context
	client   *client.Client
	org      string
	people   map[org.PersonID]org.ExternalID
	mu       sync.Mutex // of what follows
	projects map[org.ProjectID]org.ExternalID
	have     peribolos.Present
}

// keyOf is how a plan names things: by external id, and what has none by its own id.
func keyOf[T ~string](external org.ExternalID, id T) org.ExternalID {
	if external != "" {
		return external
	}
	return org.ExternalID(id)
}

// each calls do for every row, many at once, and returns the first error.
func each[T any](rows iter.Seq2[T, error], do func(T) error) error {
	var g errgroup.Group
	g.SetLimit(atOnce)
	for row, err := range rows {
		if err != nil {
			g.Go(func() error { return err })
			break
		}
		g.Go(func() error { return do(row) })
	}
	return g.Wait()
}

func (r *reading) accounts() error {
	for p, err := range r.client.People(r.ctx) {
		if err != nil {
			return err
		}
		key := keyOf(p.ExternalID, p.Person)
		r.people[p.Person], r.have.People[key] = key, peribolos.Person{}
	}
	return nil
}

func (r *reading) members() error {
	for m, err := range r.client.Members(r.ctx, r.org, client.MemberFilter{}) {
		if err != nil {
			return err
		}
		key := keyOf(m.ExternalID, m.Person)
		r.people[m.Person], r.have.People[key] = key, peribolos.Person{Role: m.Role, Status: m.Status, Source: m.Source}
	}
	return nil
}

func (r *reading) allProjects() error {
	for p, err := range r.client.DeletedProjects(r.ctx, r.org) {
		if err != nil {
			return err
		}
		r.have.Projects[keyOf(p.ExternalID, p.Project)] = peribolos.Project{Name: string(p.Name), Source: p.Source, Deleted: true}
	}
	return each(r.client.Projects(r.ctx, r.org, ""), r.project)
}

func (r *reading) project(p org.Project) error {
	out := peribolos.Project{Name: string(p.Name), Source: p.Source, People: map[org.ExternalID][]peribolos.Grant{}}
	if p.People > 0 || p.Everyone {
		for g, err := range r.client.Grants(r.ctx, r.org, string(p.Project)) {
			if err != nil {
				return err
			}
			grant := peribolos.Grant{Role: g.Role, Source: g.Source}
			switch {
			case g.Everyone:
				out.Everyone = append(out.Everyone, grant)
			case g.Person != "":
				key := r.people[g.Person]
				out.People[key] = append(out.People[key], grant)
			}
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	key := keyOf(p.ExternalID, p.Project)
	r.projects[p.Project], r.have.Projects[key] = key, out
	return nil
}

func (r *reading) teams() error { return each(r.client.Teams(r.ctx, r.org, ""), r.team) }

// team runs after all projects are known.
func (r *reading) team(t org.Team) error {
	out := peribolos.Team{Name: string(t.Name), Source: t.Source, Roster: map[org.ExternalID]peribolos.Place{}, Grants: map[org.ExternalID]peribolos.Grant{}}
	if t.People > 0 {
		for p, err := range r.client.Roster(r.ctx, r.org, string(t.Team)) {
			if err != nil {
				return err
			}
			out.Roster[r.people[p.Person]] = peribolos.Place{Manager: p.Manager, Source: p.Source}
		}
	}
	if t.Projects > 0 {
		for g, err := range r.client.TeamGrants(r.ctx, r.org, string(t.Team)) {
			if err != nil {
				return err
			}
			out.Grants[r.projects[g.Project]] = peribolos.Grant{Role: g.Role, Source: g.Source}
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.have.Teams[keyOf(t.ExternalID, t.Team)] = out
	return nil
}
