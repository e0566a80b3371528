// Package person runs what the operator does to an account and to all its memberships: disable it, enable it again, and
// erase it. It owns the order in which organizations and account are written, and how one goes on that was interrupted.
// What a membership is while its account is disabled, and what ends with it, is the core's to say.
package person

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/commonhold/commonhold/internal/app"
	"github.com/commonhold/commonhold/internal/ledger"
	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/org"
)

// People are the accounts of an instance.
type People struct {
	app *app.App
	db  store.DB
	log *slog.Logger
}

// New returns the people beside an app, on the same database.
func New(a *app.App, db store.DB, log *slog.Logger) *People { return &People{a, db, log} }

// Disabled is what disabling or enabling somebody came to.
type Disabled struct {
	app.Person
	Organizations int         // in which the person is a member
	Ownerless     []org.OrgID // those among them in which no owner can act now
}

// Disable makes an account, and every membership of the person, give nothing, or give again what it gave. What takes is
// written to the organizations first, what gives to the account first, so that no organization believes in an owner who
// cannot come in. Asked again it goes on where it was interrupted.
func (p *People) Disable(ctx context.Context, c app.Caller, id org.PersonID, disabled bool) (Disabled, error) {
	if err := mayAsk(c); err != nil {
		return Disabled{}, err
	}
	if _, err := p.app.Person(ctx, id); err != nil {
		return Disabled{}, err
	}
	var out Disabled
	cmd := org.Disable{Person: id, Disabled: disabled}
	tell := func() error {
		out.Organizations, out.Ownerless = 0, nil
		return p.inEach(ctx, org.LeadMember, id, func(o org.OrgID) error {
			r, err := p.app.Do(ctx, c, o, cmd, app.Opts{})
			if over(err) {
				return nil
			}
			if err != nil {
				return unfinished(out.Organizations, err)
			}
			if out.Organizations++; r.State.Ownerless(p.app.Now()) {
				out.Ownerless = append(out.Ownerless, o)
			}
			return nil
		})
	}
	if disabled {
		if err := tell(); err != nil {
			return Disabled{}, err
		}
	}
	if err := p.change(ctx, id, func(row *store.Person) { row.Disabled = disabled }); err != nil {
		return Disabled{}, err
	}
	// This is also for a membership that began meanwhile: it took up what the account still said.
	if err := tell(); err != nil {
		return Disabled{}, err
	}
	var err error
	out.Person, err = p.app.Person(ctx, id)
	return out, err
}

// Erased is what erasing somebody came to.
type Erased struct {
	Person        org.PersonID
	Organizations int // in which something of the person ended
	Keys          int // of the person's own that ended
}

// Erase ends all that somebody is in every organization and removes the account with everything that is kept of the
// person beside the logs. It refuses, before anything is written, who is the last owner of an organization. First of
// all the account is disabled, so that nothing begins in its name meanwhile; one that was interrupted leaves it so, and
// asked again goes on. The row goes last: until then, asking again finds whom it is about.
func (p *People) Erase(ctx context.Context, c app.Caller, id org.PersonID) (Erased, error) {
	if err := mayAsk(c); err != nil {
		return Erased{}, err
	}
	if _, err := p.app.Person(ctx, id); err != nil {
		return Erased{}, err
	}
	if err := p.mayGo(ctx, c, id); err != nil {
		return Erased{}, err
	}
	if _, err := p.Disable(ctx, c, id, true); err != nil {
		return Erased{}, err
	}
	out := Erased{Person: id}
	if err := p.part(ctx, c, &out); err != nil {
		return Erased{}, err
	}
	var err error
	if out.Keys, err = p.endKeys(ctx, id); err != nil {
		return Erased{}, unfinished(out.Organizations, p.app.Unavailable(ctx, "end the keys of a person", err))
	}
	if err := errors.Join(p.app.Notes().Erase(ctx, id), p.app.Security().Erase(ctx, id)); err != nil {
		return Erased{}, unfinished(out.Organizations, p.app.Unavailable(ctx, "erase what is kept beside the logs", err))
	}
	if err := p.remove(ctx, id); err != nil {
		return Erased{}, err
	}
	// Somebody may have been invited while all this went on. What could not be ended of that leads to nobody.
	if err := p.part(ctx, c, &out); err != nil {
		p.log.WarnContext(ctx, "something is left of a person who was erased", "person", id, "error", err)
	}
	return out, nil
}

// part ends all that a person is in every organization.
func (p *People) part(ctx context.Context, c app.Caller, out *Erased) error {
	for _, kind := range []org.LeadKind{org.LeadMember, org.LeadInvited} {
		err := p.inEach(ctx, kind, out.Person, func(o org.OrgID) error {
			r, err := p.app.Do(ctx, c, o, org.Erase{Person: out.Person}, app.Opts{})
			switch {
			case over(err):
				return nil
			case errors.Is(err, org.ErrLastOwner), errors.Is(err, org.ErrOwnerHasEnd):
				return p.lastOwnerOf(ctx, []org.OrgID{o}) // since it was asked before anything was written
			case err != nil:
				return unfinished(out.Organizations, err)
			}
			if len(r.Facts) > 0 {
				out.Organizations++
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// mayAsk lets in the operator, who then acts for nobody.
func mayAsk(c app.Caller) error {
	if !c.Operator || c.Acting() {
		return org.ErrOperatorOnly
	}
	return nil
}

// over reports whether there is nothing to do in an organization any more.
func over(err error) bool {
	return errors.Is(err, org.ErrUnknownPerson) || errors.Is(err, org.ErrClosed)
}

// unfinished says how far a command over many organizations came.
func unfinished(done int, err error) error {
	var why *org.Refusal
	if done == 0 || !errors.As(err, &why) {
		return err
	}
	return &org.Refusal{Kind: why.Kind, Code: "person.unfinished",
		Text: fmt.Sprintf("This came as far as %d of the organizations. %s Ask again, and it goes on from there.", done, why.Text)}
}

// inEach calls f for every organization that look-up rows of a person lead to.
func (p *People) inEach(ctx context.Context, kind org.LeadKind, id org.PersonID, f func(org.OrgID) error) error {
	const page = 500
	prefix := string(id) + " "
	for after := ""; ; {
		rows, err := p.db.Lookups().Scan(ctx, string(kind), prefix, after, page)
		if err != nil {
			return p.app.Unavailable(ctx, "list a person's organizations", err)
		}
		for _, row := range rows {
			if err := f(org.OrgID(row.Org)); err != nil {
				return err
			}
			after = row.Key
		}
		if len(rows) < page {
			return nil
		}
	}
}

// mayGo refuses to erase the last owner of an organization, and names all of which somebody is.
func (p *People) mayGo(ctx context.Context, c app.Caller, id org.PersonID) error {
	var last []org.OrgID
	err := p.inEach(ctx, org.LeadMember, id, func(o org.OrgID) error {
		s, err := p.app.Seen(ctx, c, o, app.Freshness{Now: true})
		if err == nil {
			_, err = org.Decide(s, c.Actor(), p.app.Now(), org.Erase{Person: id})
		}
		switch {
		case errors.Is(err, org.ErrLastOwner), errors.Is(err, org.ErrOwnerHasEnd):
			last = append(last, o)
		case err != nil && !over(err):
			return err
		}
		return nil
	})
	if err == nil && len(last) > 0 {
		err = p.lastOwnerOf(ctx, last)
	}
	return err
}

// named is how many organizations a refusal names.
const named = 10

// lastOwnerOf is the refusal that names the organizations, by slug where that is known.
func (p *People) lastOwnerOf(ctx context.Context, orgs []org.OrgID) error {
	var words []string
	for _, o := range orgs[:min(named, len(orgs))] {
		word := string(o)
		if s, err := p.app.View(ctx, o, app.Freshness{}); err == nil {
			word = string(s.Slug())
		}
		words = append(words, word)
	}
	if more := len(orgs) - named; more > 0 {
		words = append(words, fmt.Sprintf("%d more", more))
	}
	return &org.Refusal{Kind: org.Conflict, Code: "person.last_owner",
		Text: fmt.Sprintf("This person is the last owner of %s; make another person owner there, finish a recovery, or wait until the organization has closed.", strings.Join(words, ", "))}
}

// endKeys takes away what proves the keys that somebody holds.
func (p *People) endKeys(ctx context.Context, id org.PersonID) (int, error) {
	held, err := p.db.Keys().ListKeys(ctx, string(id))
	if err != nil {
		return 0, err
	}
	for _, key := range held {
		if err := p.db.Keys().RemoveKey(ctx, key.ID); err != nil && !errors.Is(err, store.ErrNotFound) {
			return 0, err
		}
	}
	p.app.ForgetKeys()
	return len(held), nil
}

const maxTries = 8

// change changes the row of a person, again if somebody else came first.
func (p *People) change(ctx context.Context, id org.PersonID, change func(*store.Person)) error {
	return p.onRow(ctx, id, "change a person", func(row store.Person) error {
		is := row
		if change(&is); is == row {
			return nil
		}
		return p.db.People().Change(ctx, is, nil, nil)
	})
}

// remove removes the row of a person and what leads to it. What stays is that the id was one.
func (p *People) remove(ctx context.Context, id org.PersonID) error {
	if err := ledger.Retire(ctx, p.db.Tokens(), id); err != nil {
		return p.app.Unavailable(ctx, "keep that an id was used", err)
	}
	return p.onRow(ctx, id, "remove a person", func(row store.Person) error {
		return p.db.People().Remove(ctx, row.ID, row.Version, ledger.OfPerson(row))
	})
}

func (p *People) onRow(ctx context.Context, id org.PersonID, what string, write func(store.Person) error) error {
	for range maxTries {
		rows, err := p.db.People().Get(ctx, []string{string(id)})
		if err == nil && len(rows) == 0 {
			return app.ErrUnknownPerson
		}
		if err == nil {
			err = write(rows[0])
		}
		switch {
		case err == nil:
			p.app.PeopleChanged()
			return nil
		case errors.Is(err, store.ErrNotFound):
			return app.ErrUnknownPerson
		case !errors.Is(err, store.ErrConflict):
			return p.app.Unavailable(ctx, what, err)
		}
	}
	return app.ErrPersonChanged
}
