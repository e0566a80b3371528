package invite

import (
	"context"
	"errors"
	"slices"

	"github.com/commonhold/commonhold/internal/address"
	"github.com/commonhold/commonhold/internal/app"
	"github.com/commonhold/commonhold/internal/route"
	"github.com/commonhold/commonhold/internal/table"
	"github.com/commonhold/commonhold/org"
)

// Template is a table of people to be invited without a line in it.
const Template = "email,org_role,teams,projects,project_role\n"

// The columns of that table. Teams and projects are lists of names, ids or external ids with semicolons between them; the
// project role is for all projects of the line.
const (
	columnEmail       = "email"
	columnRole        = "org_role"
	columnTeams       = "teams"
	columnProjects    = "projects"
	columnProjectRole = "project_role"
)

var errProjectRole = &org.Refusal{Kind: org.Invalid, Code: "invitation.project_role",
	Text: "Say in project_role which role the person gets in the projects of the line; without projects, leave it empty."}

// Sheet is a table of people to be invited, of which every line has been looked at.
type Sheet struct {
	lines []line
	skip  bool // what is refused, and invite the others
	state *org.State
}

type line struct {
	number int // in the file
	row    Row
	person org.PersonID
	wrong  *org.Refusal
	member bool // already
}

// BadLines is why nobody of a table was invited, with the lines that stand against it.
type BadLines struct{ Lines []route.PeopleLine }

func (b *BadLines) Error() string { return org.ErrLinesRefused.Error() }
func (b *BadLines) Unwrap() error { return org.ErrLinesRefused }

// Read reads a table and judges every line of it on a state, as if it were the only one. Nothing is written.
func (v *Inviter) Read(ctx context.Context, c app.Caller, s *org.State, r route.InviteTable) (*Sheet, error) {
	rows, err := table.Read(string(r.CSV), org.MaxInvited, []string{columnEmail}, []string{columnRole, columnTeams, columnProjects, columnProjectRole})
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, org.ErrNoLines
	}
	out := &Sheet{lines: make([]line, len(rows)), skip: r.SkipBadLines, state: s}
	names := namesFor(v, c, s)
	known := resolution{fresh: map[string]int{}}
	seen := map[org.PersonID]bool{}
	for i, row := range rows {
		l := line{number: row.Line, wrong: row.Wrong}
		if l.wrong == nil {
			l.row, l.wrong = names.row(row)
		}
		l.row.Note, l.row.Expires = r.Note, r.Expires
		if l.wrong == nil {
			if err := v.judge(ctx, c, s, &l, &known, seen); err != nil {
				return nil, err
			}
		}
		out.lines[i] = l
	}
	if l := out.lines[0]; out.none() && !slices.ContainsFunc(out.lines, func(o line) bool { return o.wrong.Kind != org.Forbidden }) {
		return nil, l.wrong // who may invite nobody is told that, and nothing of the lines
	}
	return out, nil
}

// judge finds whom a line names and whether it would be accepted by itself.
func (v *Inviter) judge(ctx context.Context, c app.Caller, s *org.State, l *line, known *resolution, seen map[org.PersonID]bool) error {
	known.lacking = nil
	if err := v.resolve(ctx, c, s, &l.row, known); err != nil {
		return err
	}
	invitee := known.cmd.Rows[len(known.cmd.Rows)-1]
	if l.person = invitee.Person; seen[l.person] {
		l.wrong = org.ErrInvitedTwice
		return nil
	}
	seen[l.person] = true
	at := v.app.Now()
	_, err := org.Decide(s, c.Actor(), at, org.Invite{Rows: []org.Invitee{invitee}})
	if refusal, ok := errors.AsType[*org.Refusal](err); ok {
		l.wrong = refusal
		return nil
	}
	_, l.member = s.Member(l.person, at)
	return err
}

// none reports whether no line is left that is not refused.
func (s *Sheet) none() bool {
	return !slices.ContainsFunc(s.lines, func(l line) bool { return l.wrong == nil })
}

// Denied is the first refusal of a line for want of authority, if there is one.
func (s *Sheet) Denied() *org.Refusal {
	for _, l := range s.lines {
		if l.wrong != nil && l.wrong.Kind == org.Forbidden {
			return l.wrong
		}
	}
	return nil
}

// Invite invites whom a table names, by one command: all of them, or all whose lines are not refused if those are to be
// skipped. A table of nothing but such lines changes nothing.
func (v *Inviter) Invite(ctx context.Context, c app.Caller, id org.OrgID, s *Sheet, o app.Opts) (app.Result, error) {
	var rows []Row
	var refused error
	for _, l := range s.lines {
		if l.wrong == nil {
			rows = append(rows, l.row)
		} else if !s.skip {
			refused = s.bad()
		}
	}
	if refused != nil && o.Key == "" || len(rows) == 0 {
		return app.Result{State: s.state}, refused
	}
	return v.do(ctx, c, id, rows, refused, o)
}

// bad are the refused lines. They do not repeat what was sent: what is foreign and what is unknown look alike.
func (s *Sheet) bad() *BadLines {
	b := &BadLines{}
	for _, l := range s.report().Lines {
		if l.Outcome == route.LineRefused {
			l.Given = ""
			b.Lines = append(b.Lines, l)
		}
	}
	return b
}

// Preview reports what inviting would come to.
func (s *Sheet) Preview() route.PeopleReport {
	r := s.report()
	for i := range r.Lines {
		r.Lines[i].Person = "" // of an address that nobody has it is made when it is invited
	}
	return r
}

// Done reports what inviting came to.
func (s *Sheet) Done(t route.Told) route.PeopleReport {
	r, rows := s.report(), t.Command.(org.Invite).Rows
	r.Applied, r.Version = true, t.After.Version()
	for i := range r.Lines {
		if r.Lines[i].Outcome != route.LineRefused {
			r.Lines[i].Person, rows = rows[0].Person, rows[1:]
		}
	}
	return r
}

func (s *Sheet) report() route.PeopleReport {
	r := route.PeopleReport{Lines: make([]route.PeopleLine, len(s.lines)), Version: s.state.Version()}
	for i, l := range s.lines {
		said := route.PeopleLine{Line: l.number, Given: l.row.To, Outcome: route.LineChanged}
		switch {
		case l.wrong != nil:
			said.Outcome, said.Code, said.Detail = route.LineRefused, l.wrong.Code, l.wrong.Text
			r.Refused++
		case l.member:
			said.Outcome = route.LineUnchanged
			r.Unchanged++
		default:
			r.Changed++
		}
		r.Lines[i] = said
	}
	return r
}

// names are what the cells of a table may call teams, projects and custom roles, as far as the caller sees them.
type names struct {
	teams    map[string]org.TeamID
	projects map[string]org.ProjectID
	roles    map[string]org.RoleID
}

func namesFor(v *Inviter, c app.Caller, s *org.State) names {
	n := names{map[string]org.TeamID{}, map[string]org.ProjectID{}, map[string]org.RoleID{}}
	at := v.app.Now()
	all := !c.Acting() || s.Check(c.ID(), "members:manage", "", at)
	if all {
		for t := range s.Teams("") {
			for _, name := range called(string(t.Team), t.Name, t.ExternalID) {
				n.teams[name] = t.Team
			}
		}
	}
	for p := range s.Projects(false, "") {
		if all || s.Check(c.ID(), "project:manage_grants", p.Project, at) {
			for _, name := range called(string(p.Project), p.Name, p.ExternalID) {
				n.projects[name] = p.Project
			}
		}
	}
	for r := range s.CustomRoles("") {
		if _, seen := n.projects[string(r.Project)]; all || seen {
			n.roles[string(r.Name)] = r.Role
		}
	}
	return n
}

// called are the words that stand for something: its id goes before the name of anything else.
func called(id string, name org.Name, x org.ExternalID) []string {
	words := []string{string(name), id}
	if x != "" {
		words = append(words, "ext:"+string(x))
	}
	return words
}

// role is what a cell calls a role: a custom one by its name, any other by its word or id.
func (n names) role(cell string) string {
	if id, ok := n.roles[cell]; ok {
		return string(id)
	}
	return cell
}

// row is what a line asks for.
func (n names) row(r table.Row) (Row, *org.Refusal) {
	row := Row{To: r.Cell(columnEmail), Invitee: org.Invitee{Role: org.OrgRole(n.role(r.Cell(columnRole)))}}
	if _, err := address.Parse(row.To); err != nil {
		return row, app.ErrBadAddress
	}
	for _, cell := range r.List(columnTeams) {
		id, ok := n.teams[cell]
		if !ok {
			return row, org.ErrUnknownTeam
		}
		row.Teams = append(row.Teams, org.InvitedPlace{Team: id})
	}
	role := org.ProjectRole(n.role(r.Cell(columnProjectRole)))
	projects := r.List(columnProjects)
	if (role == "") != (len(projects) == 0) {
		return row, errProjectRole
	}
	for _, cell := range projects {
		id, ok := n.projects[cell]
		if !ok {
			return row, org.ErrUnknownProject
		}
		row.Grants = append(row.Grants, org.InvitedGrant{Project: id, Role: role})
	}
	return row, nil
}
