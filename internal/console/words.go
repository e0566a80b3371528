package console

import (
	"context"
	"hash/fnv"
	"html/template"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/commonhold/commonhold/org"
)

// Words and small looks that pages share.

func (c *Console) funcs() template.FuncMap {
	return template.FuncMap{
		"asset":   func(name string) string { return root + "-/static/" + c.assets[name].name },
		"date":    dateWord,
		"plural":  plural,
		"initial": initials,
		"hue":     hue,
	}
}

// badge is a role as pages show it; the zero one is none.
type badge struct{ Word, Kind string }

// orgBadge and projectBadge show a role: a built-in one by its word, a custom one by its name.
func (r *request) orgBadge(role org.OrgRole) badge {
	return r.badge(string(role), slices.Contains(org.OrgRoles[:], role))
}

func (r *request) projectBadge(role org.ProjectRole) badge {
	return r.badge(string(role), slices.Contains(org.ProjectRoles[:], role))
}

func (r *request) badge(role string, builtIn bool) badge {
	switch {
	case role == "":
		return badge{}
	case builtIn:
		return badge{strings.ReplaceAll(role, "_", " "), role}
	}
	return badge{string(r.state.NameOf(role)), "custom"}
}

func dateWord(i org.Instant) string {
	if i == 0 {
		return ""
	}
	return i.Time().Format("2 Jan 2006")
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return group(n) + " " + many
}

// group writes a number with thin gaps between thousands.
func group(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "\u202f" + s[i:]
	}
	return s
}

func initials(name string) string {
	words := strings.Fields(name)
	switch len(words) {
	case 0:
		return "?"
	case 1:
		return strings.ToUpper(firstRune(words[0]))
	}
	return strings.ToUpper(firstRune(words[0]) + firstRune(words[len(words)-1]))
}

func firstRune(s string) string {
	for _, r := range s {
		return string(r)
	}
	return ""
}

// hue picks one of eight quiet colours for an id, always the same one.
func hue(id org.PersonID) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(id)) // a hash takes anything
	return int(h.Sum32() % 8)
}

// who is a person in a table.
type who struct {
	ID   org.PersonID
	Name string
	Mail string
	Href string
}

// standingWord is where a membership stands.
func standingWord(m org.Member) string {
	if m.Disabled {
		return "account disabled by the operator"
	}
	return m.Status.String()
}

// names looks people up and returns how to show any of them; without an account they are former members.
func names(ctx context.Context, r *request, ids []org.PersonID) (func(org.PersonID) who, error) {
	people, err := r.app.People(ctx, ids)
	if err != nil {
		return nil, err
	}
	return func(id org.PersonID) who {
		p, ok := people[id]
		switch {
		case id == "":
			return who{Name: "the operator"}
		case !ok && r.state.NameOf(string(id)) != "": // a service account has a name only
			return who{ID: id, Name: string(r.state.NameOf(string(id))), Href: r.href("accounts")}
		case !ok:
			return who{ID: id, Name: "a former member", Href: r.href("people/" + string(id))}
		}
		return who{id, p.Name, p.Address, r.href("people/" + string(id))}
	}, nil
}

// source is one path by which somebody holds a role, in words.
type source struct {
	Role    badge
	Through string // a name, empty for an individual grant
	Href    string
	Kind    string // of the path, in words
	Note    string // bounds and giver
	Now     bool
	Via     org.Via
}

// sourceWords tells a source.
func sourceWords(r *request, h org.Held, named func(org.PersonID) who) source {
	s := source{Role: r.projectBadge(h.Role), Now: h.Now, Via: h.Via}
	switch h.Via {
	case org.ViaRole:
		s.Kind = "as organization " + r.orgBadge(h.OrgRole).Word
	case org.ViaTeam:
		t, _ := r.state.Team(h.Team)
		s.Kind, s.Through, s.Href = "through the team", string(t.Name), r.href("teams/"+string(h.Team))
	case org.ViaEveryone:
		s.Kind = "as everyone in the organization"
	default:
		s.Kind = "given individually"
	}
	var notes []string
	if h.GivenAt != 0 {
		notes = append(notes, "since "+dateWord(h.GivenAt)+" by "+named(h.GivenBy).Name)
	}
	notes = append(notes, windowWords(h.Window, r.now)...)
	if h.Place != nil {
		notes = append(notes, prefixed("in the team ", windowWords(*h.Place, r.now))...)
	}
	if h.Source == org.ByImport {
		notes = append(notes, "imported")
	}
	if h.Source == org.BySetting {
		notes = append(notes, "by the settings for new projects")
	}
	s.Note = strings.Join(notes, " · ")
	return s
}

func prefixed(prefix string, words []string) []string {
	for i := range words {
		words[i] = prefix + words[i]
	}
	return words
}

// windowWords tells the bounds that still matter.
func windowWords(w org.Window, now org.Instant) []string {
	var out []string
	if w.Start > now {
		out = append(out, "starts "+dateWord(w.Start))
	}
	if w.End != 0 {
		out = append(out, "ends "+dateWord(w.End)+inDays(w.End, now))
	}
	return out
}

func inDays(end, now org.Instant) string {
	d := end.Time().Sub(now.Time())
	switch days := int(d / (24 * time.Hour)); {
	case d <= 0:
		return ""
	case days == 0:
		return ", today"
	case days == 1:
		return ", tomorrow"
	case days <= 30:
		return ", in " + strconv.Itoa(days) + " days"
	}
	return ""
}

// highest is the highest built-in role among sources that count now, or a custom one if there is no other.
func highest(held []org.Held) org.ProjectRole {
	var custom org.ProjectRole
	best := len(org.ProjectRoles)
	for _, h := range held {
		switch place := slices.Index(org.ProjectRoles[:], h.Role); {
		case !h.Now:
		case place >= 0:
			best = min(best, place)
		case custom == "":
			custom = h.Role
		}
	}
	if best < len(org.ProjectRoles) {
		return org.ProjectRoles[best]
	}
	return custom
}
