// Package route is the table of routes: every method and path under /v1, what it is for, whom it lets in, and the
// shapes that go in and out. The API binds it, OpenAPI and the command line are derived from it. It knows the core and
// nothing of HTTP beyond methods and paths.
package route

import "github.com/commonhold/commonhold/org"

// Route is one row.
type Route struct {
	Name    string // stable; the operation id of OpenAPI
	Method  string
	Path    string // {org}, {person}, {team}, {project} and {key} take ids, ext: ids, and for {org} a slug
	Summary string // one line, as OpenAPI and the command line show it
	CLI     string // words of the command line; empty for none

	// Command is a value of the command's type; its fields come from the path and the body, by their JSON names.
	Command org.Command
	// Answer is the shape of the answer: for commands what Tell returns. Nil for none.
	Answer any
	// Tell makes a command's answer from the states before and after and the command as it was run.
	Tell func(Told) any

	// The rest is for rows without a command.
	Gate   Gate    // whom it lets in
	Reads  bool    // it changes nothing, though its method is not GET
	Body   any     // the shape of the body; nil for none
	Params []Param // of the query string
	Paged  bool    // answers a Page of Answer, and takes limit and cursor
}

// Told is what an answer can be made from.
type Told struct {
	Before, After *org.State
	Command       org.Command
	By            org.Actor
	At            org.Instant
}

// Gate is whom a reading route, or one about the instance, lets in: one of those named is enough, and nobody else.
type Gate struct {
	Open     bool           // anybody, without a key
	Operator bool           // the operator
	Caller   bool           // anybody with a key
	Own      bool           // a person by a key of their own, and nobody for them
	Member   bool           // an active member of the organization
	Self     bool           // the person the path names
	Manager  bool           // a manager of the team the path names
	InTeam   bool           // a member of the team the path names
	Org      org.Permission // whoever holds it in the organization
	Project  org.Permission // whoever holds it in the project the path or the query names

	Suspended bool // while the organization is suspended too, to those whom Org names
}

// Param is one of the query string.
type Param struct {
	Name     string
	Summary  string
	Required bool
	Kind     string // string, integer, boolean or time; string if empty
}

// Writes reports whether the route may change something.
func (r Route) Writes() bool { return r.Method != "GET" && !r.Reads }

// Page is what paged routes answer.
type Page[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next,omitempty"`  // the cursor of the next page; absent at the end
	Total *int   `json:"total,omitempty"` // where counting is cheap
}
