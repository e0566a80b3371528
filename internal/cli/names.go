package cli

import (
	"context"
	"regexp"

	"github.com/commonhold/commonhold/client"
)

// names finds what people, teams and projects are called, since people read names and answers hold ids. It asks the
// server for a list when the first id of a kind turns up; who may not see that list sees ids.
type names struct {
	ctx    context.Context
	client *client.Client
	org    string // empty outside of organizations
	in     string // the project that the path names, whose people are told to those who do not see all members

	known  map[string]string
	loaded map[string]bool // kinds of ids
	asked  int             // single people
}

// maxAsked bounds how many people that are in no list are asked for one by one.
const maxAsked = 50

var anID = regexp.MustCompile(`\b(usr|team|prj|role|sa)_[0-9a-z]{26}\b`)

// of returns the name of an id, or the id.
func (n *names) of(id string) string {
	kind := anID.FindStringSubmatch(id)
	if n.org == "" || kind == nil {
		return id
	}
	if n.known == nil {
		n.known, n.loaded = map[string]string{}, map[string]bool{}
	}
	if _, ok := n.known[id]; !ok && !n.loaded[kind[1]] {
		n.loaded[kind[1]] = true
		n.load(kind[1])
	}
	if _, ok := n.known[id]; !ok && kind[1] == "usr" && n.asked < maxAsked {
		n.asked++
		n.known[id] = id
		if p, err := n.client.Person(n.ctx, id); err == nil {
			n.known[id] = p.Name
		}
	}
	if name := n.known[id]; name != "" {
		return name
	}
	return id
}

// load reads the list of a kind. What cannot be read stays an id: the answer itself is there already.
func (n *names) load(kind string) {
	switch kind {
	case "usr":
		for m, err := range n.client.Members(n.ctx, n.org, client.MemberFilter{}) {
			if err != nil {
				n.loadProject()
				return
			}
			n.known[string(m.Person)] = m.Name
		}
	case "team":
		for t, err := range n.client.Teams(n.ctx, n.org, "") {
			if err == nil {
				n.known[string(t.Team)] = string(t.Name)
			}
		}
	case "sa":
		for a, err := range n.client.Accounts(n.ctx, n.org, "") {
			if err == nil {
				n.known[string(a.Account)] = string(a.Name)
			}
		}
	case "role":
		for r, err := range n.client.Roles(n.ctx, n.org, "") {
			if err == nil {
				n.known[string(r.Role)] = string(r.Name)
			}
		}
	case "prj":
		for p, err := range n.client.Projects(n.ctx, n.org, "") {
			if err == nil {
				n.known[string(p.Project)] = string(p.Name)
			}
		}
	}
}

func (n *names) loadProject() {
	if n.in == "" {
		return
	}
	for p, err := range n.client.ProjectPeople(n.ctx, n.org, n.in) {
		if err == nil {
			n.known[string(p.Person)] = p.Name
		}
	}
}

// person and project return what a caller's own reference stands for.
func (n *names) person(ref string) string {
	if m, err := n.client.Member(n.ctx, n.org, ref); err == nil && m.Name != "" {
		return m.Name
	}
	return n.of(ref)
}

func (n *names) project(ref string) string {
	if p, err := n.client.Project(n.ctx, n.org, ref); err == nil {
		return string(p.Name)
	}
	return n.of(ref)
}

// within returns a sentence with names in the place of ids.
func (n *names) within(sentence string) string { return anID.ReplaceAllStringFunc(sentence, n.of) }
