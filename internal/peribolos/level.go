package peribolos

import (
	"fmt"
	"slices"

	"github.com/commonhold/commonhold/internal/yaml"
	"github.com/commonhold/commonhold/org"
)

// Level is a permission on a repository. More gives all that less does.
type Level uint8

const (
	None Level = iota
	Read
	Triage
	Write
	Maintain
	Admin
)

var levels = [...]string{"none", "read", "triage", "write", "maintain", "admin"}

func (l Level) String() string { return levels[l] }

func levelOf(n yaml.Node) Level {
	text := n.Text()
	if i := slices.Index(levels[:], text); i >= 0 {
		return Level(i)
	}
	n.Refuse("there is no permission %q; permissions are none, read, triage, write, maintain and admin", text)
	return None
}

// Mapping says which project role stands for a level; no role for none. It never gives less for more.
type Mapping [len(levels)]org.ProjectRole

// DefaultMapping is the mapping that holds unless a file says otherwise.
func DefaultMapping() Mapping {
	return Mapping{Read: org.Consumer, Triage: org.Analyst, Write: org.Analyst, Maintain: org.Admin, Admin: org.Owner}
}

// ReadMapping reads a YAML file that overrides the default mapping, such as
//
//	read: none
//	write: consumer
func ReadMapping(file []byte) (*Mapping, error) {
	m := DefaultMapping()
	d, err := yaml.Parse(file, 1<<16)
	if err != nil {
		return nil, fmt.Errorf("read the mapping: %w", err)
	}
	fields := d.Root().Fields(levels[Read:]...)
	for l := Read; l <= Admin; l++ {
		if n := fields[l.String()]; !n.Empty() {
			m[l] = roleOf(n)
		}
	}
	for l := Triage; d.Count() == 0 && l <= Admin; l++ {
		if rank(m[l]) < rank(m[l-1]) {
			fields[l.String()].Refuse("%s gives %s, and %s below it gives %s", l, told(m[l]), l-1, told(m[l-1]))
		}
	}
	if err := d.Err(); err != nil {
		return nil, fmt.Errorf("read the mapping: %w", err)
	}
	return &m, nil
}

func roleOf(n yaml.Node) org.ProjectRole {
	switch role := org.ProjectRole(n.Text()); {
	case role == "none":
		return ""
	case rank(role) > 0:
		return role
	default:
		n.Refuse("there is no role %q; roles are owner, admin, analyst, consumer and none", role)
		return ""
	}
}

// rank orders project roles; no role, and one that is not known, is 0.
func rank(r org.ProjectRole) int {
	if i := slices.Index(org.ProjectRoles[:], r); i >= 0 {
		return len(org.ProjectRoles) - i
	}
	return 0
}

func told(r org.ProjectRole) string {
	if r == "" {
		return "none"
	}
	return string(r)
}
