package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/commonhold/commonhold/bench/workload"
	"github.com/commonhold/commonhold/org"
)

// The actions of the workload as keys of a catalog: by the default roles, every one splits the four project roles as
// the workload does.
var permissions = [...]org.Permission{
	workload.View:       "project:view",
	workload.Query:      "reports:query",
	workload.Edit:       "reports:edit",
	workload.Administer: "project:manage_grants",
	workload.Delete:     "project:delete",
	workload.Transfer:   "project:transfer",
}

var (
	orgRoles = [...]org.OrgRole{workload.Member: org.RoleMember, workload.OrgOwner: org.RoleOwner,
		workload.OrgAdmin: org.RoleAdmin, workload.BillingAdmin: org.RoleBillingAdmin}
	projectRoles = [...]org.ProjectRole{workload.Owner: org.Owner, workload.Admin: org.Admin,
		workload.Analyst: org.Analyst, workload.Consumer: org.Consumer}
)

// library is the one catalog in use, of a size that an application's may have.
type library struct{ only *org.Catalog }

func (l library) Catalog(d org.Digest) *org.Catalog {
	if d != l.only.Digest() {
		return nil
	}
	return l.only
}

func newLibrary() (library, error) {
	rows := []org.Row{
		{Key: permissions[workload.Query], Scope: org.InProject, Sentence: "query reports", Category: "Reports",
			Project: []org.ProjectRole{org.Owner, org.Admin, org.Analyst}},
		{Key: permissions[workload.Edit], Scope: org.InProject, Sentence: "edit reports", Category: "Reports",
			Project: []org.ProjectRole{org.Owner, org.Admin}},
	}
	for i := range 100 {
		rows = append(rows, org.Row{Key: org.Permission(fmt.Sprintf("feature_%d:use", i)), Scope: org.InProject,
			Sentence: "use a feature", Category: "Features", Project: []org.ProjectRole{org.Owner}})
	}
	c, err := org.NewCatalog(rows...)
	return library{c}, err
}

// record is one fact as it lies in a log.
type record struct {
	org.Meta
	name string
	data []byte
}

// logs are the organizations of a workload as they lie on disk, with the ids that people, teams and projects go by.
type logs struct {
	library
	people, teams, projects []string
	records                 [][]record // by organization
}

var founded = org.At(time.Date(2026, 1, 1, 9, 0, 0, 0, time.UTC))

// now is when the questions are asked: after everything that happened.
var now = org.At(time.Date(2027, 1, 1, 9, 0, 0, 0, time.UTC))

// newLogs writes the logs. Teams and projects come first, then people in random order, each followed by most of what
// they are given; a quarter of that, and what teams carry, comes at random later. Those who rule do everything.
func newLogs(w *workload.Workload) (*logs, error) {
	lib, err := newLibrary()
	if err != nil {
		return nil, err
	}
	l := &logs{
		library:  lib,
		people:   workload.Ids("usr_", w.Orgs*w.People),
		teams:    workload.Ids("team_", w.Orgs*w.Teams),
		projects: workload.Ids("prj_", w.Orgs*w.Size.Projects),
		records:  make([][]record, w.Orgs),
	}
	given := l.given(w)
	for o, id := range workload.Ids("org_", w.Orgs) {
		l.write(w, o, l.history(w, o, org.OrgID(id), given))
	}
	return l, nil
}

// given are the facts that give a person something, by person.
func (l *logs) given(w *workload.Workload) [][]org.Event {
	out := make([][]org.Event, len(l.people))
	for _, h := range w.Own {
		out[h.Holder] = append(out[h.Holder], l.grant(h, org.Subject{Person: org.PersonID(l.people[h.Holder])}))
	}
	for _, p := range w.Places {
		out[p.Person] = append(out[p.Person], &org.TeamMemberAdded{Team: org.TeamID(l.teams[p.Team]),
			Person: org.PersonID(l.people[p.Person]), Source: org.ByHand})
	}
	return out
}

// history is one organization's facts in the order in which they happen.
func (l *logs) history(w *workload.Workload, o int, id org.OrgID, given [][]org.Event) []org.Event {
	r := rand.New(rand.NewPCG(uint64(o), 1))
	owner := l.ruling(w, o)[0]
	facts := []org.Event{
		&org.OrganizationCreated{Organization: id, Name: "Acme", Slug: org.Slug(fmt.Sprintf("acme-%d", o))},
		&org.CatalogAdopted{Catalog: l.only.Digest()},
		&org.MemberAdded{Person: owner, Role: org.RoleOwner, Source: org.ByHand, Proofs: org.Vouched},
		&org.Entered{Person: owner},
	}
	for i := o * w.Teams; i < (o+1)*w.Teams; i++ {
		facts = append(facts, &org.TeamCreated{Team: org.TeamID(l.teams[i]), Name: org.Name(fmt.Sprintf("Team %d", i)), Source: org.ByHand})
	}
	for i := o * w.Size.Projects; i < (o+1)*w.Size.Projects; i++ {
		facts = append(facts, &org.ProjectCreated{Project: org.ProjectID(l.projects[i]), Name: org.Name(fmt.Sprintf("Project %d", i)),
			Timezone: "Europe/Berlin", Source: org.ByHand})
	}
	var later []org.Event
	for _, h := range w.Carried {
		if int(w.OrgOfTeam(h.Holder)) == o {
			later = append(later, l.grant(h, org.Subject{Team: org.TeamID(l.teams[h.Holder])}))
		}
	}
	for _, n := range r.Perm(w.People) {
		i := o*w.People + n
		if id := org.PersonID(l.people[i]); id != owner {
			facts = append(facts, &org.MemberAdded{Person: id, Role: orgRoles[w.OrgRoles[i]], Source: org.ByHand, Proofs: org.ProvedAddress})
		}
		for _, f := range given[i] {
			if r.IntN(4) > 0 {
				facts = append(facts, f)
			} else {
				later = append(later, f)
			}
		}
	}
	r.Shuffle(len(later), func(i, j int) { later[i], later[j] = later[j], later[i] })
	return append(facts, later...)
}

func (l *logs) grant(h workload.Holding, to org.Subject) org.Event {
	return &org.GrantGiven{Project: org.ProjectID(l.projects[h.Project]), Subject: to, Role: projectRoles[h.Role], Source: org.ByHand}
}

// ruling are the owners and admins of an organization, owners first.
func (l *logs) ruling(w *workload.Workload, o int) []org.PersonID {
	var out []org.PersonID
	for _, role := range []workload.OrgRole{workload.OrgOwner, workload.OrgAdmin} {
		for i := o * w.People; i < (o+1)*w.People; i++ {
			if w.OrgRoles[i] == role {
				out = append(out, org.PersonID(l.people[i]))
			}
		}
	}
	return out
}

func (l *logs) write(w *workload.Workload, o int, facts []org.Event) {
	ruling := l.ruling(w, o)
	l.records[o] = make([]record, len(facts))
	for i, f := range facts {
		m := org.Meta{Version: org.Version(i + 1), At: founded + org.Instant(i)*1_000_000}
		if i > 3 {
			m.Actor = ruling[i%len(ruling)]
		}
		name, data := org.Encode(f)
		l.records[o][i] = record{m, name, data}
	}
}

// page is how many facts a log is read by.
const page = 1000

// fold reads a log back.
func fold(c org.Catalogs, log []record) (*org.State, error) {
	replay := org.Empty(c).Replay()
	facts := make([]org.Stamped, 0, page)
	for part := range slices.Chunk(log, page) {
		facts = facts[:0]
		for _, r := range part {
			e, err := org.Decode(r.name, r.data)
			if err != nil {
				return nil, fmt.Errorf("version %d: %w", r.Version, err)
			}
			facts = append(facts, org.Stamped{Meta: r.Meta, Event: e})
		}
		if err := replay.Fold(facts...); err != nil {
			return nil, err
		}
	}
	return replay.State(), nil
}
