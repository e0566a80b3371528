package openapi

import (
	"reflect"
	"strings"

	"github.com/commonhold/commonhold/internal/route"
	"github.com/commonhold/commonhold/org"
)

// permission says in a sentence or two whom a row lets in.
func permission(r route.Route) string {
	if r.Command != nil {
		return required(r.Command)
	}
	return admitted(r.Gate)
}

// admitted speaks of a gate.
func admitted(g route.Gate) string {
	switch {
	case g.Open:
		return "Open to anybody, without a key."
	case g.Caller:
		return "For every caller."
	case g.Own:
		return "For people by a key of their own, and for nobody who acts for them."
	}
	var who []string
	for _, part := range []struct {
		on   bool
		text string
	}{
		{g.Operator, "the operator"},
		{g.Member, "active members"},
		{g.Self, "the person concerned"},
		{g.Manager, "managers of the team"},
		{g.InTeam, "members of the team"},
		{g.Org != "", "whoever holds `" + string(g.Org) + "` in the organization"},
		{g.Project != "", "whoever holds `" + string(g.Project) + "` in the project"},
	} {
		if part.on {
			who = append(who, part.text)
		}
	}
	return "For " + listed(who) + "."
}

// required speaks of a command. Which right it needs may hang on whom it is about.
func required(c org.Command) string {
	all := samples(c)
	r := org.Requires(all[0])
	rights := listed(rightsOf(r))
	switch {
	case r.Anybody:
		return "For the operator, who names the owner, and for any person, who owns what they create."
	case rights == "":
		return "For the operator alone."
	case r.Operator:
		return "Needs " + rights + ", or to be the operator."
	case r.Org == "" && r.Project == "":
		return "Needs " + rights + "; not for the operator, who is no member."
	}
	for _, other := range all[1:] {
		if more := listed(rightsOf(org.Requires(other))); more != rights {
			rights += "; for a team " + more
		}
	}
	return "Needs " + rights + ". The operator may until a member has entered the organization."
}

func rightsOf(r org.Requirement) (rights []string) {
	if r.Project != "" {
		rights = append(rights, "`"+string(r.Project)+"` in the project")
	}
	if r.Org != "" {
		rights = append(rights, "`"+string(r.Org)+"` in the organization")
	}
	if r.Manager {
		rights = append(rights, "to manage the team")
	}
	if r.Self {
		rights = append(rights, "to be that person")
	}
	if r.Member {
		rights = append(rights, "to be a member")
	}
	return rights
}

func listed(parts []string) string {
	if n := len(parts); n > 1 {
		return strings.Join(parts[:n-1], ", ") + " or " + parts[n-1]
	}
	return strings.Join(parts, "")
}

// samples are values of a command's type with every id set; one for each kind of subject where it has one.
func samples(c org.Command) []org.Command {
	const digits = "00000000000000000000000000"
	fill := func(v reflect.Value, subject *org.Subject) bool {
		has := false
		for i := range v.NumField() {
			f := v.Field(i)
			switch f.Interface().(type) {
			case org.PersonID:
				f.SetString("usr_" + digits)
			case org.TeamID:
				f.SetString("team_" + digits)
			case org.ProjectID:
				f.SetString("prj_" + digits)
			case org.Subject:
				has = true
				f.Set(reflect.ValueOf(*subject))
			}
		}
		return has
	}
	var out []org.Command
	for _, subject := range []org.Subject{{Person: "usr_" + digits}, {Team: "team_" + digits}} {
		v := reflect.New(reflect.TypeOf(c)).Elem()
		has := fill(v, &subject)
		out = append(out, v.Interface().(org.Command))
		if !has {
			break
		}
	}
	return out
}
