// Package batch changes lists of people at once. It owns how the lines of a list name people, and the report of what
// became of each; what may be done to whom is the core's to say, which decides a list as one command.
package batch

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"

	"github.com/commonhold/commonhold/internal/address"
	"github.com/commonhold/commonhold/internal/app"
	"github.com/commonhold/commonhold/internal/ledger"
	"github.com/commonhold/commonhold/internal/note"
	"github.com/commonhold/commonhold/internal/route"
	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/internal/table"
	"github.com/commonhold/commonhold/org"
)

// Refusals of lists, beside those of the core and of tables.
var (
	ErrOneList      = &org.Refusal{Kind: org.Invalid, Code: "list.one_source", Text: "Send the people as a list or as a table, and not as both."}
	ErrAddByAddress = &org.Refusal{Kind: org.Invalid, Code: "list.add_by_address", Text: "Nobody is added by their address; invite the address, or name the person by id."}
)

// People changes lists of people.
type People struct {
	app  *app.App
	keys store.Lookups
	log  *slog.Logger
}

// New returns what changes lists beside an app, on the same database.
func New(a *app.App, db store.DB, log *slog.Logger) *People { return &People{a, db.Lookups(), log} }

// Request asks for a change.
type Request struct {
	Caller app.Caller
	In     org.OrgID
	Change route.PeopleRequest
	Key    string // the caller's idempotency key; empty for none
	Sent   []byte // SHA-256 of what was asked
	Given  note.Given
}

// Result is what a change came to: its report, or that of an earlier request under the same idempotency key.
type Result struct {
	Report   any
	Raw      []byte
	Replayed bool
	Denied   *org.Refusal // the first line that was refused for want of authority
}

// Refused is why nothing of a list was done, with the lines that stand against it.
type Refused struct {
	Lines  []route.PeopleLine
	Denied *org.Refusal
}

func (r *Refused) Error() string { return org.ErrLinesRefused.Error() }
func (r *Refused) Unwrap() error { return org.ErrLinesRefused }

// entry is one line as it came.
type entry struct {
	line  int
	given string
	wrong *org.Refusal
}

// Preview tells what would become of every line in a state, and writes nothing.
func (p *People) Preview(ctx context.Context, s *org.State, r Request) (Result, error) {
	entries, c, err := p.read(ctx, s, r)
	if err != nil {
		return Result{}, err
	}
	at := p.app.Now()
	fates, after, err := s.Foresee(r.Caller.Actor(), at, c)
	if err != nil {
		return Result{}, err
	}
	report := reported(entries, c, fates)
	for i := range report.Lines {
		l := &report.Lines[i]
		switch {
		case l.Outcome != route.LineChanged:
		case c.Act == org.PeopleRestore:
			l.LeftOut = route.NotRestored(s, after, l.Person, at)
		case c.Act == org.PeopleRemove:
			l.Ownerless = ownerless(s, after, l.Person, at)
		}
	}
	report.Version = s.Version()
	return Result{Report: report, Denied: denied(fates)}, nil
}

// Change does what a list asks for, all of it or nothing, or with lines to be skipped all that is not refused. When it
// returns without an error, that is durable; repeated under the same idempotency key it changes nothing more.
func (p *People) Change(ctx context.Context, s *org.State, r Request) (Result, error) {
	entries, c, err := p.read(ctx, s, r)
	if err != nil {
		return Result{}, err
	}
	var out Result
	o := app.Opts{Key: r.Key, Request: r.Sent, Given: r.Given, Answer: func(before, after *org.State, _ org.Command) any {
		report, fates := p.done(entries, c, r.Caller.Actor(), before, after)
		out.Denied = denied(fates)
		return report
	}}
	did, err := p.app.Do(ctx, r.Caller, r.In, c, o)
	if refused, ok := errors.AsType[*org.LinesRefused](err); ok {
		report := reported(entries, c, refused.Fates)
		bad := slices.DeleteFunc(report.Lines, func(l route.PeopleLine) bool { return l.Outcome != route.LineRefused })
		for i := range bad {
			bad[i].Given = "" // what is foreign and what is unknown are refused in the same words, to the byte
		}
		return Result{}, &Refused{bad, denied(refused.Fates)}
	}
	out.Raw, out.Replayed = did.Answer, did.Replayed
	return out, err
}

// done reports a list that was done. What was refused on the way is found by deciding once more on the state before.
func (p *People) done(entries []entry, c org.ChangePeople, by org.Actor, before, after *org.State) (route.PeopleReport, []org.Fate) {
	at := p.app.Now()
	if after.Version() > before.Version() {
		at = after.At()
	}
	fates := make([]org.Fate, len(entries))
	if c.Skip {
		fates, _, _ = before.Foresee(by, at, c) // it was accepted on this very state
	} else {
		for i, l := range c.Lines {
			was, had := before.Member(l.Person, at)
			is, has := after.Member(l.Person, at)
			fates[i].Changed = had != has || was.Changed != is.Changed
		}
	}
	report := reported(entries, c, fates)
	for i := range report.Lines {
		if l := &report.Lines[i]; c.Act == org.PeopleRestore && l.Outcome == route.LineChanged {
			l.LeftOut = route.NotRestored(before, after, l.Person, at)
		}
	}
	report.Applied, report.Version = true, after.Version()
	return report, fates
}

func reported(entries []entry, c org.ChangePeople, fates []org.Fate) route.PeopleReport {
	report := route.PeopleReport{Lines: make([]route.PeopleLine, len(entries))}
	for i, e := range entries {
		l := route.PeopleLine{Line: e.line, Given: e.given, Outcome: route.LineUnchanged}
		switch f := fates[i]; {
		case f.Refused != nil:
			l.Outcome, l.Code, l.Detail = route.LineRefused, f.Refused.Code, f.Refused.Text
			report.Refused++
		case f.Changed:
			l.Outcome, l.Person = route.LineChanged, c.Lines[i].Person
			report.Changed++
		default:
			l.Person = c.Lines[i].Person
			report.Unchanged++
		}
		report.Lines[i] = l
	}
	return report
}

// denied is the first refusal for want of authority.
func denied(fates []org.Fate) *org.Refusal {
	for _, f := range fates {
		if f.Refused != nil && f.Refused.Kind == org.Forbidden {
			return f.Refused
		}
	}
	return nil
}

// ownerless are the projects of somebody who owns them that nobody owns afterwards but the organization's owners.
func ownerless(before, after *org.State, person org.PersonID, at org.Instant) []org.ProjectID {
	var owned []org.ProjectID
	held, _ := before.Holds(person, at)
	for _, h := range held.Projects {
		if h.Via == org.ViaPerson && h.Role == org.Owner && h.Now && !slices.Contains(owned, h.Project) {
			owned = append(owned, h.Project)
		}
	}
	return after.Orphaned(owned, at)
}

// read makes the core's command of what was asked. Nobody is looked up for a caller who lacks the right.
func (p *People) read(ctx context.Context, s *org.State, r Request) ([]entry, org.ChangePeople, error) {
	c := org.ChangePeople{Act: r.Change.Action, Role: r.Change.Role, Window: r.Change.Window, Skip: r.Change.SkipBadLines, Lines: make([]org.PersonLine, 1)}
	if _, _, err := s.Foresee(r.Caller.Actor(), p.app.Now(), c); err != nil {
		return nil, c, err
	}
	entries, err := entriesOf(r.Change)
	if err == nil {
		c.Lines, err = p.resolve(ctx, c.Act, entries)
	}
	return entries, c, err
}

func entriesOf(r route.PeopleRequest) ([]entry, error) {
	var out []entry
	switch {
	case r.CSV != "" && len(r.People) > 0:
		return nil, ErrOneList
	case r.CSV != "":
		rows, err := table.Read(string(r.CSV), org.MostPeople, []string{"person"}, nil)
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			out = append(out, entry{row.Line, row.Cell("person"), row.Wrong})
		}
	default:
		for i, given := range r.People {
			out = append(out, entry{i + 1, given, nil})
		}
	}
	switch {
	case len(out) == 0:
		return nil, org.ErrNoLines
	case len(out) > org.MostPeople:
		return nil, org.ErrTooManyLines
	}
	return out, nil
}

// nobody is an id that was never given to anybody. What leads nowhere becomes it, so that it takes the way of every
// unknown id.
const nobody org.PersonID = "usr_00000000000000000000000000"

// resolve finds whom the lines name, and for those who are to be members what is known of their sign-in.
func (p *People) resolve(ctx context.Context, act org.PeopleAct, entries []entry) ([]org.PersonLine, error) {
	lines := make([]org.PersonLine, len(entries))
	for i, e := range entries {
		lines[i].Lacking = e.wrong
		if e.wrong != nil {
			continue
		}
		kind, key, wrong := keyOf(act, e.given)
		switch {
		case wrong != nil:
			lines[i].Lacking = wrong
			continue
		case kind == "":
			lines[i].Person = org.PersonID(e.given)
			continue
		}
		row, err := p.keys.Find(ctx, kind, key)
		switch {
		case errors.Is(err, store.ErrNotFound):
			lines[i].Person, lines[i].Lacking = nobody, org.ErrUnknownPerson
		case err != nil:
			return nil, p.app.Unavailable(ctx, "look up a person", err)
		default:
			lines[i].Person = org.PersonID(row.ID)
		}
	}
	if act != org.PeopleAdd && act != org.PeopleRestore {
		return lines, nil
	}
	return lines, p.know(ctx, lines)
}

// keyOf says under which key a person is looked up; under none if they are named by id.
func keyOf(act org.PeopleAct, given string) (kind, key string, wrong *org.Refusal) {
	if org.PersonID(given).Valid() {
		return "", "", nil
	}
	if x, ok := strings.CutPrefix(given, "ext:"); ok && org.ExternalID(x).Valid() == nil {
		return ledger.LeadExternal, x, nil
	}
	a, err := address.Parse(given)
	switch {
	case err != nil:
		return "", "", org.ErrBadID
	case act == org.PeopleAdd:
		return "", "", ErrAddByAddress
	}
	return ledger.LeadAddress, a.Key(), nil
}

// know says of every line whether there is an account and how its person could sign in.
func (p *People) know(ctx context.Context, lines []org.PersonLine) error {
	ids := make([]org.PersonID, 0, len(lines))
	for _, l := range lines {
		if l.Person != "" {
			ids = append(ids, l.Person)
		}
	}
	accounts, err := p.app.People(ctx, ids)
	if err != nil {
		return err
	}
	for i := range lines {
		switch account, ok := accounts[lines[i].Person]; {
		case lines[i].Person == "":
		case !ok:
			lines[i].Lacking = app.ErrUnknownPerson
		default:
			lines[i].Proofs = account.Proofs()
		}
	}
	return nil
}
