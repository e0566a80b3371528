package notice

import (
	"slices"

	"github.com/commonhold/commonhold/org"
)

// toOneself tells the person whom a notice is about, unless they did it themselves. While the operator fills an
// organization that nobody has entered, nobody is told what they are being given.
func (c command) toOneself(f org.Stamped, n Notice) []Notice {
	if n.Person == "" || n.Person == f.Actor || !c.base.Entered() {
		return nil
	}
	n.To = []org.PersonID{n.Person}
	return []Notice{n}
}

// decided tells who made a request what became of it.
func (c command) decided(what string, id org.RequestID, at org.Instant) []Notice {
	r, found := c.base.Request(id, at)
	if !found {
		return nil
	}
	return []Notice{{What: what, Person: r.Person, Request: id, Role: r.Role, Projects: []org.ProjectID{r.Project}, To: []org.PersonID{r.Person}}}
}

// newRole tells a member of another organization role, and the other owners if there is one owner more or less.
func (c command) newRole(f org.Stamped, e *org.RoleSet) []Notice {
	n := Notice{What: roleChanged, Person: e.Person, OrgRole: e.Role}
	out := c.toOneself(f, n)
	owners := c.base.Owners(f.At)
	if !c.base.Entered() || e.Role != org.RoleOwner && !slices.Contains(owners, e.Person) {
		return out
	}
	n.To = slices.DeleteFunc(owners, func(p org.PersonID) bool { return p == e.Person || p == f.Actor })
	return append(out, n)
}

// access tells a person of what a command changed in their own access, once for all projects, with the first fact of it.
func (c command) access(i int, person org.PersonID) []Notice {
	var projects []org.ProjectID
	for j, f := range c.facts {
		whom, in := granted(f.Event)
		if whom != person || person == "" || slices.Contains(projects, in) {
			continue
		}
		if j < i {
			return nil
		}
		projects = append(projects, in)
	}
	return c.toOneself(c.facts[i], Notice{What: accessChanged, Person: person, Projects: projects})
}

// granted is whose own access a fact changes, and where.
func granted(e org.Event) (org.PersonID, org.ProjectID) {
	switch e := e.(type) {
	case *org.GrantGiven:
		return e.Subject.Person, e.Project
	case *org.GrantRescheduled:
		return e.Subject.Person, e.Project
	case *org.GrantTaken:
		return e.Subject.Person, e.Project
	}
	return "", ""
}

// orphans tells the owners of projects that were left without an owner of their own by somebody who went.
func (c command) orphans(person org.PersonID, at org.Instant) []Notice {
	left := c.after().Orphaned(c.base.OwnedAlone(person, at), at)
	if len(left) == 0 {
		return nil
	}
	return []Notice{{What: withoutOwner, Person: person, To: c.base.Owners(at), Projects: left}}
}

// lastOwner tells the one owner that a command left; of several it leaves none or one.
func (c command) lastOwner() []Notice {
	touches := func(f org.Stamped) bool {
		switch f.Event.(type) {
		case *org.RoleSet, *org.MemberRemoved, *org.MemberLeft, *org.MemberSuspended, *org.MemberRescheduled:
			return true
		}
		return false
	}
	if !c.base.Entered() || !slices.ContainsFunc(c.facts, touches) {
		return nil
	}
	at := c.facts[len(c.facts)-1].At
	if before := c.base.Owners(at); len(before) < 2 {
		return nil
	}
	if left := c.after().Owners(at); len(left) == 1 {
		return []Notice{{What: oneOwnerLeft, Person: left[0], To: left}}
	}
	return nil
}

// everybody is every member, suspended ones and those whose start is to come among them.
func (c command) everybody(at org.Instant) (out []org.PersonID) {
	for m := range c.base.Members(at, "") {
		out = append(out, m.Person)
	}
	return out
}
