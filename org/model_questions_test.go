package org

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
)

// A quiz asks one organization, and the reference, about its past and present.
type quiz struct {
	*rand.Rand
	reference
	states []*State // by version
	rows   []Row
}

func newQuiz(o *walked, dice *rand.Rand) *quiz {
	q := &quiz{Rand: dice, reference: o.reference, states: []*State{Empty(o.s.catalogs)}}
	for _, f := range o.log {
		q.states = append(q.states, Evolve(q.states[len(q.states)-1], f))
	}
	q.rows = o.s.catalogs.Catalog(appDigest).Rows()
	return q
}

// moment picks a version and an instant: that of the version, some time later or earlier, or the edge of a window.
func (q *quiz) moment() (*State, *picture, Instant) {
	n := q.IntN(len(q.states))
	s, p := q.states[n], q.upTo(Version(n))
	at := s.At()
	switch q.IntN(5) {
	case 0:
		at += Instant(q.Int64N(int64(100 * day)))
	case 1:
		at -= Instant(q.Int64N(int64(day)))
	case 2, 3:
		if bounds := p.bounds(); len(bounds) > 0 {
			at = bounds[q.IntN(len(bounds))] + Instant(q.IntN(3)-1)
		}
	}
	return s, p, at
}

func (q *quiz) person() PersonID {
	return usr(append(tenPeople[:], "stranger")[q.IntN(len(tenPeople)+1)])
}

func (q *quiz) permission() Permission {
	if q.IntN(30) == 0 {
		return []Permission{"", "project:burn", "organization:burn"}[q.IntN(3)]
	}
	return q.rows[q.IntN(len(q.rows))].Key
}

func (q *quiz) place(p *picture) ProjectID {
	if len(p.projects) == 0 || q.IntN(12) == 0 {
		return []ProjectID{"", "", prj("nowhere")}[q.IntN(3)]
	}
	return p.projects[q.IntN(len(p.projects))].Project.Project
}

// ask puts one random question to both and returns what differs.
func (q *quiz) ask() error {
	s, p, at := q.moment()
	who, k, in := q.person(), q.permission(), q.place(p)
	differ := func(what string, got, want any) error {
		if g, w := reflect.ValueOf(got), reflect.ValueOf(want); reflect.DeepEqual(got, want) || g.Kind() == reflect.Slice && g.Len()+w.Len() == 0 {
			return nil
		}
		return fmt.Errorf("version %d at %d: %s of %s in %q by %s: %+v, the reference says %+v", s.Version(), at, what, k, in, who, got, want)
	}
	switch q.IntN(12) {
	default:
		return differ("check", s.Check(who, k, in, at), p.check(who, k, in, at))
	case 0:
		return differ("projects", slices.Collect(s.ProjectsWhere(who, k, at, "")), p.projectsWhere(who, k, at))
	case 1:
		return differ("people", slices.Collect(s.PeopleWhere(in, k, at, "")), p.peopleWhere(in, k, at))
	case 2:
		return differ("sources", sortHeld(s.Sources(who, in, at)), sortHeld(p.sources(who, in, at)))
	case 3:
		return differ("members", slices.Collect(s.Members(at, "")), p.members(at))
	case 4:
		got, want := s.Permissions(who, in, at), p.effective(who, in, at)
		for _, g := range got {
			if !want[g] {
				return differ("permissions", got, want)
			}
		}
		return differ("number of permissions", len(got), len(want))
	case 5:
		return q.explain(s, p, who, k, in, at, differ)
	}
}

func (q *quiz) explain(s *State, p *picture, who PersonID, k Permission, in ProjectID, at Instant, differ func(string, any, any) error) error {
	e := s.Explain(who, k, in, at)
	if err := differ("explanation", e.Allowed, p.check(who, k, in, at)); err != nil {
		return err
	}
	known := slices.ContainsFunc(q.rows, func(r Row) bool { return r.Key == k && r.Scope == scopeOf(in) }) &&
		(in == "" || p.project(in) != nil) && s.Catalog() != nil && slices.ContainsFunc(s.Catalog().Rows(), func(r Row) bool { return r.Key == k })
	if !known {
		return nil
	}
	var giving []Held
	counting := false
	for _, h := range p.sources(who, in, at) {
		if in != "" && p.projectPermissions(h.Role)[k] {
			giving = append(giving, h)
			counting = counting || h.Now
		}
	}
	if err := differ("sources that give it", sortHeld(e.Sources), sortHeld(giving)); err != nil {
		return err
	}
	switch x := p.member(who, at); {
	case in == "" && e.Allowed:
		return differ("role that gives it", e.OrgRole, x.role)
	case in != "" && p.active(who, at) && p.project(in).Deleted == 0:
		return differ("allowed exactly when some source counts", e.Allowed, counting)
	case !e.Allowed:
		return differ("why not", e.Reason, whyNot(p, x, in, at))
	}
	return nil
}

func whyNot(p *picture, x *rPerson, in ProjectID, at Instant) string {
	switch {
	case in != "" && p.project(in).Deleted != 0:
		return ReasonDeleted
	case p.ended(at):
		return ReasonClosed
	case p.paused:
		return ReasonOrgSuspended
	case x == nil:
		return ReasonNoMember
	case x.barred():
		return ReasonDisabled
	case x.paused:
		return ReasonSuspended
	case !x.window.contains(at):
		return ReasonNotStarted
	}
	return ReasonNotGiven
}

// I-16, I-21, I-66
func TestRandomQuestionsHaveTheAnswersOfTheReference(t *testing.T) {
	library := walkLibrary(t)
	asked, want := 0, 20_000
	if long() {
		want = 100_000
	}
	all := seeds(t, 8, 100)
	for _, seed := range all {
		w, err := stroll(library, seed, 250)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range w.orgs {
			q := newQuiz(o, rand.New(rand.NewPCG(seed, 1)))
			for range want / len(all) / len(w.orgs) {
				if err := q.ask(); err != nil {
					t.Fatalf("COMMONHOLD_SEED=%d: %v", seed, err)
				}
				asked++
			}
		}
	}
	t.Logf("%d questions, no difference", asked)
}

func TestManyAnswersAreTheSingleOnes_T41_I21_I22(t *testing.T) {
	library := walkLibrary(t)
	for _, seed := range seeds(t, 4, 100) {
		w, err := stroll(library, seed, 150)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range w.orgs {
			q := newQuiz(o, rand.New(rand.NewPCG(seed, 2)))
			for range 10 {
				s, p, at := q.moment()
				q.batch(t, s, p, at)
				q.pages(t, s, p, at)
			}
		}
	}
}

func (q *quiz) batch(t *testing.T, s *State, p *picture, at Instant) {
	var questions []Question
	for range 50 {
		questions = append(questions, Question{q.person(), q.permission(), q.place(p)})
	}
	for i, got := range s.CheckAll(questions, at) {
		if got != s.Check(questions[i].Person, questions[i].Permission, questions[i].Project, at) {
			t.Errorf("%+v: %v in the batch", questions[i], got)
		}
	}
}

// pages reads every list page by page, at several sizes, and compares it with the list in one.
func (q *quiz) pages(t *testing.T, s *State, p *picture, at Instant) {
	who, k, in, team := q.person(), q.permission(), q.place(p), TeamID("")
	if len(p.teams) > 0 {
		team = p.teams[q.IntN(len(p.teams))].Team.Team
	}
	for _, size := range []int{1, 2, 3, 7, 1000} {
		paged(t, "projects where", size, func(after ProjectID) iter.Seq[ProjectID] { return s.ProjectsWhere(who, k, at, after) }, same)
		paged(t, "people where", size, func(after PersonID) iter.Seq[PersonID] { return s.PeopleWhere(in, k, at, after) }, same)
		paged(t, "people of a project", size, func(after PersonID) iter.Seq[PersonID] { return s.PeopleOf(in, at, after) }, same)
		paged(t, "members", size, func(after PersonID) iter.Seq[Member] { return s.Members(at, after) }, func(m Member) PersonID { return m.Person })
		paged(t, "teams", size, func(after TeamID) iter.Seq[Team] { return s.Teams(after) }, func(x Team) TeamID { return x.Team })
		paged(t, "projects", size, func(after ProjectID) iter.Seq[Project] { return s.Projects(false, after) }, func(x Project) ProjectID { return x.Project })
		paged(t, "deleted projects", size, func(after ProjectID) iter.Seq[Project] { return s.Projects(true, after) }, func(x Project) ProjectID { return x.Project })
		paged(t, "roster", size, func(after PersonID) iter.Seq[Place] { return s.Roster(team, at, after) }, func(x Place) PersonID { return x.Person })
	}
	for _, unknown := range []int{
		count(s.ProjectsWhere(who, k, at, "x")), count(s.PeopleWhere(in, k, at, "x")), count(s.PeopleOf(in, at, "x")),
		count(s.Members(at, "x")), count(s.Teams("x")), count(s.Projects(false, "x")), count(s.Roster(team, at, "x")),
	} {
		if unknown != 0 {
			t.Error("a page behind an unknown id is not empty")
		}
	}
}

func same[T any](x T) T { return x }

func count[T any](all iter.Seq[T]) (n int) {
	for range all {
		n++
	}
	return n
}

func paged[T any, ID ~string](t *testing.T, what string, size int, list func(after ID) iter.Seq[T], id func(T) ID) {
	t.Helper()
	var pages []T
	for after := ID(""); ; {
		n := 0
		for x := range list(after) {
			pages = append(pages, x)
			if n++; n == size {
				break
			}
		}
		if n < size {
			break
		}
		after = id(pages[len(pages)-1])
	}
	if whole := slices.Collect(list("")); !reflect.DeepEqual(pages, whole) {
		t.Errorf("%s in pages of %d: %v, in one: %v", what, size, pages, whole)
	}
}

// Whoever an explanation names as able to give something can: with what they may do in the state it speaks of, the
// check comes out as a yes.
func TestDecidersCanDecide(t *testing.T) {
	library := walkLibrary(t)
	tried, named := 0, map[string]int{}
	for _, seed := range seeds(t, 6, 200) {
		w, err := stroll(library, seed, 200)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range w.orgs {
			q := newQuiz(o, rand.New(rand.NewPCG(seed, 3)))
			for range 200 {
				s, p, at := q.moment()
				who, k, in := q.person(), q.permission(), q.place(p)
				if len(p.machines) > 0 && q.IntN(4) == 0 {
					who = p.machines[q.IntN(len(p.machines))].id
				}
				at = max(at, s.At())
				e := s.Explain(who, k, in, at)
				if e.Allowed && len(e.Deciders)+len(e.Roles)+len(e.OrgRoles) > 0 {
					t.Fatalf("COMMONHOLD_SEED=%d: allowed, and somebody has to decide: %+v", seed, e)
				}
				for _, d := range e.Deciders {
					named[e.Reason]++
					if err := decides(s, Actor{Person: d}, at, who, k, in, e); err != nil {
						t.Fatalf("COMMONHOLD_SEED=%d, version %d, instant %d: %s cannot give %s %s in %q: %v\n%+v", seed, s.Version(), at, d, who, k, in, err, e)
					}
					tried++
				}
				if open := in != "" && p.project(in) != nil && slices.ContainsFunc(p.grants, func(g rGrant) bool { return g.project == in && g.to.Everyone }); open {
					continue // those who manage it as everyone does are not named
				}
				for _, x := range p.people {
					if able := decides(s, Actor{Person: x.id}, at, who, k, in, e) == nil; able && !e.Allowed && len(e.Roles)+len(e.OrgRoles) > 0 && !slices.Contains(e.Deciders, x.id) {
						t.Fatalf("COMMONHOLD_SEED=%d, version %d, instant %d: %s can give %s %s in %q and is not named\n%+v", seed, s.Version(), at, x.id, who, k, in, e)
					}
				}
			}
		}
	}
	t.Logf("%d deciders decided: %v", tried, named)
}

// decides takes the steps that an explanation leaves to a decider and checks again.
func decides(s *State, by Actor, at Instant, who PersonID, k Permission, in ProjectID, e Explanation) error {
	if len(e.Roles)+len(e.OrgRoles) == 0 {
		return nil // explicit: given by a custom role only
	}
	run := func(c Command) error {
		facts, err := Decide(s, by, at, c)
		if err == nil {
			s = Evolve(s, Stamp(s, Meta{At: at, Actor: by.Person}, facts)...)
		}
		return err
	}
	if e.Reason == ReasonDeleted {
		return run(RestoreProject{in, "Restored"})
	}
	var steps []Command
	setRole, subject := func(r OrgRole) Command { return SetRole{who, r} }, Subject{Person: who}
	switch _, m := s.holder(who, at); {
	case AccountID(who).Valid():
		setRole, subject = func(r OrgRole) Command { return SetAccountRole{AccountID(who), r} }, Subject{Account: AccountID(who)}
		if m != nil && m.status == Suspended {
			steps = append(steps, EnableAccount{AccountID(who)})
		}
	case m == nil && in == "":
		var err error
		for _, r := range e.OrgRoles {
			if err = run(AddMember{Person: who, Role: r}); err == nil {
				break
			}
		}
		if err != nil {
			return err
		}
	case m == nil:
		steps = append(steps, AddMember{Person: who, Role: RoleMember})
	case m.status == Suspended:
		steps = append(steps, Reactivate{who})
		if w := s.window(m.window); !w.Holds(at) {
			steps = append(steps, Reschedule{who, Window{End: w.End}})
		}
	case !s.active(m, at):
		steps = append(steps, Reschedule{who, Window{End: s.window(m.window).End}})
	}
	for _, c := range steps {
		if err := run(c); err != nil {
			return fmt.Errorf("%T: %w", c, err)
		}
	}
	if s.Check(who, k, in, at) {
		return nil
	}
	var why error
	if in == "" {
		for _, r := range e.OrgRoles {
			if why = run(setRole(r)); why == nil {
				break
			}
		}
	} else {
		for _, r := range e.Roles {
			if why = run(Give{Project: in, Subject: subject, Role: r}); why == nil {
				break
			}
		}
	}
	if why == nil && !s.Check(who, k, in, at) {
		return fmt.Errorf("it is given and the check is still a no")
	}
	return why
}
