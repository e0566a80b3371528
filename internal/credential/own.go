package credential

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/commonhold/commonhold/internal/app"
	"github.com/commonhold/commonhold/internal/route"
	"github.com/commonhold/commonhold/internal/secret"
	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/internal/typeid"
	"github.com/commonhold/commonhold/org"
)

// OwnPrefix begins every key of a person.
const OwnPrefix = "commonhold_person_"

const (
	ownLasts    = 90 * 24 * time.Hour  // if the person says nothing
	ownLastsMax = 365 * 24 * time.Hour // whatever they say
	maxOwnKeys  = 50
	maxOwnOrgs  = 100
)

// Refusals of people's keys.
var (
	ErrNotOwn      = &org.Refusal{Kind: org.Forbidden, Code: "key.not_own", Text: "Only a person with a key of their own does this, and nobody for them; ask with such a key."}
	ErrReadOnly    = &org.Refusal{Kind: org.Forbidden, Code: "key.read_only", Text: "This key is for reading alone; ask with one of scope all."}
	ErrBroader     = &org.Refusal{Kind: org.Forbidden, Code: "key.broader", Text: "With a key no key is made that opens more than it does itself; name a scope and organizations within its own, or ask with another key."}
	ErrBadScope    = &org.Refusal{Kind: org.Invalid, Code: "key.scope_unknown", Text: "The scope of a key is read or all."}
	ErrTooLong     = &org.Refusal{Kind: org.Invalid, Code: "key.too_long", Text: "A person's key lasts for a year at most; name an earlier end."}
	ErrTooManyOrgs = &org.Refusal{Kind: org.Invalid, Code: "key.too_many_organizations", Text: "A key names at most 100 organizations; name fewer, or none, so that it opens all that its person is in."}
	ErrTooManyOwn  = &org.Refusal{Kind: org.Conflict, Code: "key.too_many_own", Text: "A person has at most 50 keys; end one that is no longer used."}
)

// ErrEnded says that the key that a caller asks with has ended since it was shown.
var ErrEnded = errors.New("the key in use has ended")

// terms are what a person's key opens: what its scope and organizations say, as long as the vouching lasts under which
// it was made. What the person may do there is asked anew each time.
type terms struct {
	Scope         string      `json:"scope"`
	Organizations []org.OrgID `json:"organizations,omitempty"` // none: all that the person is in
	Vouching      int64       `json:"vouching"`
	With          string      `json:"with"` // the key with which it, or the link to it, was made
}

func (t terms) legible() bool { return t.Scope == route.ScopeRead || t.Scope == route.ScopeAll }

// within reports whether a key opens no organization that others do not.
func (t terms) within(only []org.OrgID) bool {
	return len(only) == 0 || len(t.Organizations) > 0 && !slices.ContainsFunc(t.Organizations, func(id org.OrgID) bool { return !slices.Contains(only, id) })
}

// termsOf reads what a row says. A row that says nothing legible opens nothing.
func termsOf(row store.Key) (terms, bool) {
	var t terms
	err := json.Unmarshal([]byte(row.Terms), &t)
	return t, err == nil && t.legible() && org.PersonID(row.Holder).Valid()
}

// person finds whose own key a secret is. It opens as long as its time and the vouching last.
func (k *Keys) person(ctx context.Context, shown string) (app.Caller, error) {
	row, err := k.app.FindKey(ctx, OwnPrefix, shown)
	if err != nil {
		return app.Caller{}, err
	}
	t, ok := termsOf(row)
	if !ok || int64(k.app.Now()) >= row.Expires {
		return app.Caller{}, store.ErrNotFound
	}
	if err := k.stillVouched(ctx, org.PersonID(row.Holder), t.Vouching); err != nil {
		return app.Caller{}, err
	}
	return app.Caller{Key: row.ID, Person: org.PersonID(row.Holder), Own: true, Only: t.Organizations, Reads: t.Scope == route.ScopeRead,
		Until: org.Instant(row.Expires)}, nil
}

// stillVouched asks whether the vouching lasts under which something was made; if not it is store.ErrNotFound. While the
// account is disabled, all that was made stays and opens nothing.
func (k *Keys) stillVouched(ctx context.Context, id org.PersonID, vouching int64) error {
	person, err := k.app.Person(ctx, id)
	if errors.Is(err, app.ErrUnknownPerson) || err == nil && (!person.Vouched || person.Vouching != vouching) {
		return store.ErrNotFound
	}
	if err == nil && person.Disabled {
		return org.ErrPersonDisabled
	}
	return err
}

// mine returns the keys of the caller's person that open now, as far as the caller's own key reaches: of what lies beyond
// it tells nothing.
func (k *Keys) mine(ctx context.Context, c app.Caller) (rows []store.Key, own terms, err error) {
	all, err := k.rows.ListKeys(ctx, string(c.Person))
	if err != nil {
		return nil, own, k.app.Unavailable(ctx, "list keys", err)
	}
	i := slices.IndexFunc(all, func(row store.Key) bool { return row.ID == c.Key })
	if i < 0 {
		return nil, own, ErrEnded
	}
	own, _ = termsOf(all[i])
	for _, row := range all {
		if t, ok := termsOf(row); ok && t.Vouching == own.Vouching && t.within(own.Organizations) {
			rows = append(rows, row)
		}
	}
	return rows, own, nil
}

// ListOwn returns the keys of the caller's person, in order of their making, those that ended by themselves among them.
func (k *Keys) ListOwn(ctx context.Context, c app.Caller) ([]route.OwnKey, error) {
	rows, _, err := k.mine(ctx, c)
	out := make([]route.OwnKey, len(rows))
	for i, row := range rows {
		out[i] = ownKey(row)
	}
	return out, err
}

func ownKey(row store.Key) route.OwnKey {
	t, _ := termsOf(row)
	return route.OwnKey{Key: row.ID, Name: row.Name, Scope: t.Scope, Organizations: t.Organizations, Created: org.Instant(row.Created),
		Expires: org.Instant(row.Expires), Used: org.Instant(row.Used), With: t.With}
}

// MakeOwn makes a key of the caller's person: no broader than the one that the caller asks with, and no longer. Under an
// idempotency key a repetition shows the same key, without the secret, which nobody kept. A key that is made while the
// one in use ends, or the vouching does, is refused or opens nothing.
func (k *Keys) MakeOwn(ctx context.Context, c app.Caller, once string, r route.OwnKeyRequest) (made route.OwnKey, replayed bool, err error) {
	_, own, err := k.mine(ctx, c)
	if err != nil {
		return made, false, err
	}
	row, err := k.ask(ctx, c, own.Vouching, r)
	if err != nil {
		return made, false, err
	}
	if once != "" {
		row.ID = "key_" + app.IDOf(c, "own key", once)
	}
	made, err = k.keep(ctx, row)
	if errors.Is(err, store.ErrTaken) && once != "" {
		made, err = k.again(ctx, c, row, r.Expires != 0)
		return made, err == nil, err
	}
	if err == nil {
		// A removal that came first has missed the new row, so this looks for what was removed.
		if _, _, err = k.mine(ctx, c); err == nil {
			err = k.stillVouched(ctx, c.Person, own.Vouching)
		}
		if errors.Is(err, store.ErrNotFound) {
			err = ErrEnded
		}
	}
	if err != nil {
		k.remove(ctx, org.KeyID(row.ID))
		return route.OwnKey{}, false, err
	}
	return made, false, nil
}

// again finds the key that an earlier request under the same idempotency key made.
func (k *Keys) again(ctx context.Context, c app.Caller, row store.Key, dated bool) (route.OwnKey, error) {
	rows, _, err := k.mine(ctx, c)
	if err != nil {
		return route.OwnKey{}, err
	}
	for _, was := range rows {
		if was.ID == row.ID && was.Name == row.Name && was.Terms == row.Terms && (!dated || was.Expires == row.Expires) {
			return ownKey(was), nil
		}
	}
	return route.OwnKey{}, app.ErrKeyReused
}

// EndOwn ends a key of the caller's person, the one in use not excepted.
func (k *Keys) EndOwn(ctx context.Context, c app.Caller, id string) error {
	rows, _, err := k.mine(ctx, c)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(rows, func(row store.Key) bool { return row.ID == id }) {
		return org.ErrUnknownKey
	}
	err = k.rows.RemoveKey(ctx, id)
	k.app.ForgetKeys()
	if errors.Is(err, store.ErrNotFound) {
		return org.ErrUnknownKey
	}
	return k.app.Unavailable(ctx, "end a key", err)
}

// ask turns what is asked for into a row that may be kept, or refuses.
func (k *Keys) ask(ctx context.Context, c app.Caller, vouching int64, r route.OwnKeyRequest) (store.Key, error) {
	t := terms{Scope: r.Scope, Vouching: vouching, With: c.Key}
	now := k.app.Now()
	end := now + org.Instant(ownLasts.Microseconds())
	if c.Until != 0 {
		end = min(end, c.Until)
	}
	end = cmp.Or(r.Expires, end)
	switch {
	case org.Name(r.Name).Valid() != nil:
		return store.Key{}, org.ErrBadName
	case !t.legible():
		return store.Key{}, ErrBadScope
	case end <= now:
		return store.Key{}, org.ErrPastEnd
	case end > now+org.Instant(ownLastsMax.Microseconds()):
		return store.Key{}, ErrTooLong
	case c.Until != 0 && end > c.Until:
		return store.Key{}, org.ErrKeyOutlasts
	case len(r.Organizations) > maxOwnOrgs:
		return store.Key{}, ErrTooManyOrgs
	}
	var err error
	if t.Organizations, err = k.reach(ctx, c, r.Organizations); err != nil {
		return store.Key{}, err
	}
	if c.Reads && t.Scope != route.ScopeRead || !t.within(c.Only) {
		return store.Key{}, ErrBroader
	}
	text, err := json.Marshal(t)
	return store.Key{ID: typeid.Timed("key_", now.Time(), k.random), Name: r.Name, Created: int64(now), Expires: int64(end),
		Holder: string(c.Person), Terms: string(text)}, err
}

// reach resolves the organizations that a new key is to open. Nobody learns by it of one that they are not in.
func (k *Keys) reach(ctx context.Context, c app.Caller, named []string) ([]org.OrgID, error) {
	if len(named) == 0 {
		return c.Only, nil
	}
	out := make([]org.OrgID, 0, len(named))
	for _, ref := range named {
		id, err := k.app.FindOrganization(ctx, ref)
		if err == nil {
			_, err = k.app.Seen(ctx, c, id, app.Freshness{})
		}
		if err != nil {
			return nil, err
		}
		out = append(out, id)
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// keep writes the row of a key and shows it with its secret, this once.
func (k *Keys) keep(ctx context.Context, row store.Key) (route.OwnKey, error) {
	all, err := k.rows.ListKeys(ctx, row.Holder)
	if err != nil {
		return route.OwnKey{}, k.app.Unavailable(ctx, "list keys", err)
	}
	if len(all) >= maxOwnKeys {
		if err := k.tidy(ctx, row, all); err != nil {
			return route.OwnKey{}, err
		}
	}
	shown, hash := secret.New(OwnPrefix, k.random)
	row.Hash = hash
	switch err := k.rows.AddKey(ctx, row); {
	case errors.Is(err, store.ErrTaken):
		return route.OwnKey{}, err
	case err != nil:
		return route.OwnKey{}, k.app.Unavailable(ctx, "add a key", err)
	}
	made := ownKey(row)
	made.Secret = shown
	return made, nil
}

// tidy makes room for a row by taking away those that ended by themselves, or with a vouching.
func (k *Keys) tidy(ctx context.Context, row store.Key, all []store.Key) error {
	is, _ := termsOf(row)
	left := len(all)
	for _, old := range all {
		if t, ok := termsOf(old); !ok || t.Vouching != is.Vouching || old.Expires <= row.Created {
			k.remove(ctx, org.KeyID(old.ID))
			left--
		}
	}
	if left >= maxOwnKeys {
		return ErrTooManyOwn
	}
	return nil
}
