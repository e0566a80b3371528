package org

// Requirement is the right a kind of command needs, for those who document or show it. One of those named is enough.
type Requirement struct {
	Org      Permission // held in the organization
	Project  Permission // held in the project that the command names
	Manager  bool       // or managing the team that it names
	Self     bool       // or being the person it names
	Member   bool       // or being a member at all
	Operator bool       // or being the operator; without it the operator may only as long as no member has entered
	Anybody  bool       // any person
}

// Requires tells what a command needs, from a value of its type in which every id is set.
func Requires(c Command) Requirement {
	n := c.needs()
	return Requirement{Org: n.org, Project: n.on, Manager: n.team != "", Self: n.self != "", Member: n.member,
		Operator: n.operator, Anybody: n.founding || n.guest}
}
