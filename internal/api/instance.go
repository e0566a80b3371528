package api

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/commonhold/commonhold/internal/app"
	"github.com/commonhold/commonhold/internal/route"
	"github.com/commonhold/commonhold/org"
)

func (s *Server) describeAPI(context.Context, *call) (answer, error) {
	return answer{raw: s.openAPI, tag: digest(s.openAPI)}, nil
}

func (s *Server) whoami(_ context.Context, c *call) (answer, error) {
	me := route.Me{Operator: c.caller.Operator, Key: c.caller.Key, Person: c.caller.Person, Account: c.caller.Account, Expires: c.caller.Until}
	switch {
	case c.caller.Account != "":
		me.Organization = c.caller.Only[0]
	case c.caller.Reads:
		me.Scope, me.Organizations = route.ScopeRead, c.caller.Only
	case c.caller.Own:
		me.Scope, me.Organizations = route.ScopeAll, c.caller.Only
	}
	return answer{body: me}, nil
}

// listOrganizations shows all of them to the operator, and to a person those in which they are active. Being listed is
// not entering.
func (s *Server) listOrganizations(ctx context.Context, c *call) (answer, error) {
	var failed error
	rows := func(yield func(route.Organization) bool) {
		for after := org.OrgID(c.after); ; {
			ids, err := s.organizations(ctx, c, after)
			if err != nil {
				failed = err
				return
			}
			for _, id := range ids {
				after = id
				o, ok, err := s.overview(ctx, c, id)
				if err != nil {
					failed = err
					return
				}
				if ok && !yield(o) {
					return
				}
			}
			if len(ids) <= c.limit {
				return
			}
		}
	}
	p := page(s, c, rows, func(o route.Organization) string { return string(o.Organization) })
	return answer{body: p}, failed
}

func (s *Server) organizations(ctx context.Context, c *call, after org.OrgID) ([]org.OrgID, error) {
	if c.caller.Acting() {
		return s.app.OrganizationsIn(ctx, c.caller, after, c.limit+1)
	}
	return s.app.Organizations(ctx, after, c.limit+1)
}

// overview shows one organization of a list. One that cannot be read is no reason to hide the others, nor is it hidden
// itself from the operator.
func (s *Server) overview(ctx context.Context, c *call, id org.OrgID) (o route.Organization, ok bool, err error) {
	state, err := s.app.Seen(ctx, c.caller, id, app.Freshness{})
	switch {
	case err == nil:
		return c.organization(state), true, nil
	case errors.Is(err, app.ErrQuarantined):
		return route.Organization{Organization: id, Owners: []org.PersonID{}, Unavailable: true}, !c.caller.Acting(), nil
	case errors.Is(err, org.ErrUnknownOrganization), errors.Is(err, org.ErrSuspendedActor), errors.Is(err, org.ErrNotReady), errors.Is(err, org.ErrPersonDisabled), errors.Is(err, org.ErrClosed):
		return o, false, nil
	}
	return o, false, err
}

// organization shows an organization without numbers that the caller has no right to.
func (c *call) organization(state *org.State) route.Organization {
	o := route.ViewOrganization(state, c.at)
	if c.caller.Acting() && !state.Check(c.caller.ID(), "members:view", "", c.at) {
		o.Counts = org.Counts{}
	}
	return o
}

func personShown(p app.Person) route.Person {
	return route.Person{Person: p.ID, Name: p.Name, Address: p.Address, ExternalID: p.ExternalID, Vouched: p.Vouched, Disabled: p.Disabled, Created: p.Created, Version: p.Version}
}

// personAnswer is a person with the version of the row as the tag.
func personAnswer(p app.Person, err error) (answer, error) {
	return answer{body: personShown(p), tag: "v" + strconv.FormatInt(p.Version, 10)}, err
}

func (s *Server) listPeople(ctx context.Context, c *call) (answer, error) {
	people, err := s.app.ListPeople(ctx, org.PersonID(c.after), c.limit+1)
	p := page(s, c, slices.Values(people), func(p app.Person) string { return string(p.ID) })
	return answer{body: route.Each(p, personShown)}, err
}

func (s *Server) getPerson(ctx context.Context, c *call) (answer, error) {
	return personAnswer(s.app.Person(ctx, c.person))
}

func (c *call) personFields() app.PersonFields {
	r := c.value.Interface().(route.PersonRequest)
	return app.PersonFields{Name: r.Name, Address: r.Address, ExternalID: r.ExternalID}
}

func (s *Server) addPerson(ctx context.Context, c *call) (answer, error) {
	if c.once == "" {
		return personAnswer(s.app.AddPerson(ctx, c.personFields()))
	}
	p, replayed, err := s.app.AddPersonOnce(ctx, c.caller, c.once, c.personFields())
	a, err := personAnswer(p, err)
	a.replayed = replayed
	return a, err
}

// changePerson replaces a row, if it is in one of the versions that the caller names.
func (s *Server) changePerson(ctx context.Context, c *call) (answer, error) {
	version := int64(0)
	if c.match != nil {
		was, err := s.app.Person(ctx, c.person)
		if err != nil {
			return answer{}, err
		}
		if !c.match.Holds("v" + strconv.FormatInt(was.Version, 10)) {
			return answer{}, errChanged
		}
		version = was.Version
	}
	p, err := s.app.ChangePerson(ctx, c.person, version, c.personFields())
	if version != 0 && errors.Is(err, app.ErrPersonChanged) {
		err = errChanged
	}
	return personAnswer(p, err)
}

func (s *Server) vouch(ctx context.Context, c *call) (answer, error) {
	return personAnswer(s.app.Vouch(ctx, c.caller, c.person, c.value.Interface().(route.VouchRequest).Vouched))
}

func (s *Server) disablePerson(ctx context.Context, c *call) (answer, error) {
	return s.setPerson(ctx, c, true)
}

func (s *Server) enablePerson(ctx context.Context, c *call) (answer, error) {
	return s.setPerson(ctx, c, false)
}

func (s *Server) setPerson(ctx context.Context, c *call, disabled bool) (answer, error) {
	set, err := s.person.Disable(ctx, c.caller, c.person, disabled)
	a, err := personAnswer(set.Person, err)
	a.body = route.PersonSet{Person: personShown(set.Person), Memberships: set.Organizations, Ownerless: len(set.Ownerless)}
	return a, err
}

func (s *Server) erasePerson(ctx context.Context, c *call) (answer, error) {
	e, err := s.person.Erase(ctx, c.caller, c.person)
	return answer{body: route.PersonErased{Person: e.Person, Memberships: e.Organizations, Keys: e.Keys}}, err
}

func keyShown(k app.Key) route.Key {
	return route.Key{Key: k.ID, Name: k.Name, Created: k.Created, Expires: k.Expires, Used: k.Used}
}

func (s *Server) listKeys(ctx context.Context, c *call) (answer, error) {
	keys, err := s.app.Keys(ctx)
	slices.SortFunc(keys, func(a, b app.Key) int { return cmp.Or(cmp.Compare(a.Created, b.Created), strings.Compare(a.ID, b.ID)) })
	place := func(k app.Key) string { return keyPlace(k.Created, k.ID) }
	behind := route.Where(slices.Values(keys), func(k app.Key) bool { return keyBehind(c.after, k.Created, k.ID) })
	p := route.Each(page(s, c, behind, place), keyShown)
	p.Total = new(len(keys))
	return answer{body: p}, err
}

// keyPlace is where a key stands in a list in order of making, and keyBehind reports whether one stands behind a place.
func keyPlace(created org.Instant, id string) string {
	return strconv.FormatInt(int64(created), 10) + " " + id
}

func keyBehind(place string, created org.Instant, id string) bool {
	at, last, _ := strings.Cut(place, " ")
	from, _ := strconv.ParseInt(at, 10, 64) // sealed by us; nothing is the beginning
	return cmp.Or(cmp.Compare(int64(created), from), strings.Compare(id, last)) > 0
}

func (s *Server) addKey(ctx context.Context, c *call) (answer, error) {
	r := c.value.Interface().(route.KeyRequest)
	var k app.Key
	var secret string
	var replayed bool
	var err error
	if c.once == "" {
		k, secret, err = s.app.AddKey(ctx, r.Name, r.Expires)
	} else {
		k, secret, replayed, err = s.app.AddKeyOnce(ctx, c.caller, c.once, r.Name, r.Expires)
	}
	shown := keyShown(k)
	shown.Secret = secret
	return answer{body: shown, replayed: replayed}, err
}

func (s *Server) removeKey(ctx context.Context, c *call) (answer, error) {
	return answer{}, s.app.RemoveKey(ctx, c.request.PathValue("key"))
}

func (s *Server) consoleLink(ctx context.Context, c *call) (answer, error) {
	if s.link == nil {
		return answer{}, errNoConsole
	}
	link, err := s.link(ctx, c.caller)
	return answer{body: link}, err
}
