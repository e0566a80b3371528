package invite

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/commonhold/commonhold/internal/address"
	"github.com/commonhold/commonhold/internal/app"
	"github.com/commonhold/commonhold/internal/ledger"
	"github.com/commonhold/commonhold/internal/note"
	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/internal/typeid"
	"github.com/commonhold/commonhold/org"
)

// Inviter invites people.
type Inviter struct {
	app    *app.App
	db     store.DB
	log    *slog.Logger
	random io.Reader
	public string // where links lead to
	limits Limits
}

// New returns an inviter beside an app, on the same database. Links lead to the public address, whatever a request says
// that it came to.
func New(a *app.App, db store.DB, log *slog.Logger, public string) *Inviter {
	return &Inviter{a, db, log, rand.Reader, strings.TrimSuffix(public, "/"), usual}
}

// Row is somebody to be invited with all that the invitation brings.
type Row struct {
	To          string // a mail address, or the id or external id of a person
	org.Invitee        // without the person
	Note        string // what the inviter writes to them; one line
}

// Do invites people by one command: all of them, or none. An address that nobody has gets a row of its own first, which
// holds nothing else; the answer to the inviter is the same either way. Nothing is made for a command that is refused.
func (v *Inviter) Do(ctx context.Context, c app.Caller, id org.OrgID, rows []Row, o app.Opts) (app.Result, error) {
	return v.do(ctx, c, id, rows, nil, o)
}

// do is Do for what may be known to be refused already, which then rests on nothing that was not done before under the
// same idempotency key.
func (v *Inviter) do(ctx context.Context, c app.Caller, id org.OrgID, rows []Row, refused error, o app.Opts) (app.Result, error) {
	if len(rows) == 0 || len(rows) > org.MaxInvited {
		return app.Result{}, org.ErrBadInvitees
	}
	s, err := v.app.Seen(ctx, c, id, app.Freshness{})
	if err != nil {
		return app.Result{}, err
	}
	r := resolution{fresh: map[string]int{}}
	for i := range rows {
		if err := v.resolve(ctx, c, s, &rows[i], &r); err != nil {
			return app.Result{}, err
		}
	}
	if o.Given.Invited, err = r.notes(rows); err != nil {
		return app.Result{}, err
	}
	if refused == nil {
		refused = r.lacking
	}
	if _, err := org.Decide(s, c.Actor(), v.app.Now(), r.cmd); err != nil && refused == nil {
		refused = err
	}
	if refused == nil {
		if err := v.make(ctx, &r); err != nil {
			return app.Result{}, err
		}
	}
	// What was refused just now is judged again where it counts; if it is accepted there, nobody was made whom it needs.
	o.Expect = func(*org.State) error { return refused }
	return v.app.Do(ctx, c, id, r.cmd, o)
}

// resolution is a command in the making.
type resolution struct {
	cmd     org.Invite
	fresh   map[string]int // keys of addresses that nobody has, and the first row of each
	made    []address.Address
	lacking error // somebody is named whom there is not
}

// resolve finds the person of a row, or gives the address a new id.
func (v *Inviter) resolve(ctx context.Context, c app.Caller, s *org.State, row *Row, r *resolution) error {
	if err := note.ValidReason(row.Note); err != nil {
		return err
	}
	at := len(r.cmd.Rows)
	in := row.Invitee
	in.Invitation = org.InvitationID(typeid.Timed("inv_", v.app.Time(), v.random))
	switch {
	case !strings.Contains(row.To, "@"):
		var err error
		if in.Person, err = v.known(ctx, c, s, row.To); errors.Is(err, app.ErrUnknownPerson) {
			r.lacking, in.Person = err, v.newPerson()
		} else if err != nil {
			return err
		}
	default:
		a, err := address.Parse(row.To)
		if err != nil {
			return app.ErrBadAddress
		}
		first, seen := r.fresh[a.Key()]
		if seen {
			in.Person = r.cmd.Rows[first].Person // and the core says that somebody is there twice
			break
		}
		if in.Person, err = v.whose(ctx, a); err != nil {
			return err
		}
		if in.Person == "" {
			in.Person = v.newPerson()
			r.fresh[a.Key()], r.made = at, append(r.made, a)
		}
	}
	r.cmd.Rows = append(r.cmd.Rows, in)
	return nil
}

func (v *Inviter) newPerson() org.PersonID { return org.PersonID(typeid.Random("usr_", v.random)) }

// known resolves a person by id. Only the operator names anybody; others name those whom their organization knows, so
// that nobody learns an address by an id.
func (v *Inviter) known(ctx context.Context, c app.Caller, s *org.State, ref string) (org.PersonID, error) {
	id, err := v.app.FindPerson(ctx, ref)
	if err != nil {
		return "", err
	}
	if c.Acting() && !s.Knows(id) {
		return "", app.ErrUnknownPerson
	}
	_, err = v.app.Person(ctx, id)
	return id, err
}

// whose finds the person who has an address; empty if nobody has.
func (v *Inviter) whose(ctx context.Context, a address.Address) (org.PersonID, error) {
	row, err := v.db.Lookups().Find(ctx, ledger.LeadAddress, a.Key())
	if errors.Is(err, store.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", v.app.Unavailable(ctx, "look for an address", err)
	}
	return org.PersonID(row.ID), nil
}

// atOnce is how many rows of people are written at the same time: a database puts them into few transactions.
const atOnce = 32

// make writes the rows of those who stand for an address. Whoever came to have it meanwhile is taken instead.
func (v *Inviter) make(ctx context.Context, r *resolution) error {
	var all errgroup.Group
	all.SetLimit(atOnce)
	for _, a := range r.made {
		row := &r.cmd.Rows[r.fresh[a.Key()]]
		all.Go(func() error {
			p := store.Person{ID: string(row.Person), Address: a.String(), Created: int64(v.app.Now()), Version: 1}
			err := v.db.People().Add(ctx, p, ledger.OfPerson(p))
			if !errors.Is(err, store.ErrTaken) {
				if err != nil {
					err = v.app.Unavailable(ctx, "make a person", err)
				}
				return err
			}
			id, err := v.whose(ctx, a)
			if err == nil && id == "" {
				err = app.ErrBusy
			}
			row.Person = id
			return err
		})
	}
	return all.Wait()
}

// notes writes down what each row says to its person; empty if none says anything.
func (r *resolution) notes(rows []Row) (string, error) {
	notes := map[org.PersonID]string{}
	for i, row := range rows {
		if row.Note != "" {
			notes[r.cmd.Rows[i].Person] = row.Note
		}
	}
	if len(notes) == 0 {
		return "", nil
	}
	text, err := json.Marshal(notes)
	return string(text), err
}

// day is the first instant of the day of t, UTC.
func day(t time.Time) time.Time { return t.UTC().Truncate(24 * time.Hour) }
