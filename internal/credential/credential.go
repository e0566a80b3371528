package credential

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/commonhold/commonhold/internal/app"
	"github.com/commonhold/commonhold/internal/route"
	"github.com/commonhold/commonhold/internal/secret"
	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/internal/typeid"
	"github.com/commonhold/commonhold/org"
)

// Prefix begins every key of a service account, so that scanners of code and logs can find one that leaked.
const Prefix = "commonhold_account_"

// Refusals of keys that are used for what they are not good for.
var (
	ErrActsForNobody = &org.Refusal{Kind: org.Forbidden, Code: "key.for_acting", Text: "This key is for acting for people, and for nothing else; name one in Commonhold-Acting-For."}
	ErrNotForActing  = &org.Refusal{Kind: org.Forbidden, Code: "key.not_for_acting", Text: "This key does not act for people; take one that the operator made for that."}
)

// Keys are the keys of service accounts and people, and what leads to them or to the console once.
type Keys struct {
	app    *app.App
	rows   store.Keys
	tokens store.Tokens
	log    *slog.Logger
	random io.Reader
}

// New returns the keys beside an app, on the same database.
func New(a *app.App, db store.DB, log *slog.Logger) *Keys {
	return &Keys{a, db.Keys(), db.Tokens(), log, rand.Reader}
}

// Authenticate finds the caller that a secret stands for: the operator, a person by a key of their own, or a service
// account whose key opens now, as far as any check of its organization knows. Any other is store.ErrNotFound. The caller may act for people if acting
// says so, and then does nothing else.
func (k *Keys) Authenticate(ctx context.Context, shown string) (caller app.Caller, acting bool, err error) {
	if strings.HasPrefix(shown, OwnPrefix) {
		caller, err = k.person(ctx, shown)
		return caller, false, err
	}
	row, err := k.app.FindKey(ctx, Prefix, shown)
	if errors.Is(err, store.ErrNotFound) {
		caller, err = k.app.Authenticate(ctx, shown)
		return caller, caller.Operator, err
	}
	if err != nil {
		return app.Caller{}, false, err
	}
	state, err := k.app.View(ctx, org.OrgID(row.Org), app.Freshness{})
	if errors.Is(err, org.ErrUnknownOrganization) {
		err = store.ErrNotFound
	}
	if err != nil {
		return app.Caller{}, false, err
	}
	account, now := org.AccountID(row.Holder), k.app.Now()
	opens, acting := state.KeyOpens(account, org.KeyID(row.ID), now)
	if !opens {
		return app.Caller{}, false, store.ErrNotFound
	}
	caller = app.Caller{Key: row.ID, Account: account, Only: []org.OrgID{state.ID()}}
	if key, ok := find(state, account, org.KeyID(row.ID), now); ok {
		caller.Until = key.Expires
	}
	return caller, acting, nil
}

func find(s *org.State, account org.AccountID, id org.KeyID, at org.Instant) (org.AccountKey, bool) {
	all := s.AccountKeys(account, at)
	if i := slices.IndexFunc(all, func(k org.AccountKey) bool { return k.Key == id }); i >= 0 {
		return all[i], true
	}
	return org.AccountKey{}, false
}

// List returns the keys of a service account with the days of their last use.
func (k *Keys) List(ctx context.Context, s *org.State, account org.AccountID, at org.Instant) ([]route.AccountKey, error) {
	rows, err := k.rows.ListKeys(ctx, string(account))
	if err != nil {
		return nil, k.app.Unavailable(ctx, "list keys", err)
	}
	proved := map[org.KeyID]store.Key{}
	for _, row := range rows {
		proved[org.KeyID(row.ID)] = row
	}
	all := s.AccountKeys(account, at)
	out := make([]route.AccountKey, len(all))
	for i, key := range all {
		row, ok := proved[key.Key]
		key.Opens = key.Opens && ok // a copy of the instance that was told to answer to no key has no rows
		out[i] = route.AccountKey{AccountKey: key, Used: org.Instant(row.Used)}
	}
	return out, nil
}

// Do runs a command. One that makes a key gets the row with what proves it first, and its answer has the secret, this
// once: a repetition under the same idempotency key is answered without.
func (k *Keys) Do(ctx context.Context, c app.Caller, id org.OrgID, cmd org.Command, o app.Opts) (app.Result, error) {
	key := org.KeyID(typeid.Timed("key_", time.Now(), k.random))
	switch made := cmd.(type) {
	case org.MakeKey:
		made.Key = key
		return k.make(ctx, c, id, made, made.Account, key, o)
	case org.RotateKey:
		made.Key = key
		return k.make(ctx, c, id, made, made.Account, key, o)
	}
	r, err := k.app.Do(ctx, c, id, cmd, o)
	if err != nil {
		return r, err
	}
	switch ended := cmd.(type) {
	case org.EndKey:
		k.remove(ctx, ended.Key)
	case org.DeleteAccount:
		k.removeAll(ctx, ended.Account)
	}
	return r, nil
}

func (k *Keys) make(ctx context.Context, c app.Caller, id org.OrgID, cmd org.Command, account org.AccountID, key org.KeyID, o app.Opts) (app.Result, error) {
	if _, err := k.app.Seen(ctx, c, id, app.Freshness{}); err != nil {
		return app.Result{}, err
	}
	shown, hash := secret.New(Prefix, k.random)
	row := store.Key{ID: string(key), Hash: hash, Created: int64(k.app.Now()), Org: string(id), Holder: string(account)}
	if err := k.rows.AddKey(ctx, row); err != nil {
		return app.Result{}, k.app.Unavailable(ctx, "add a key", err)
	}
	r, err := k.app.Do(ctx, c, id, cmd, o)
	if err != nil || r.Replayed {
		// Where the outcome is unknown the fact may be there; without the secret, which nobody got, it opens nothing.
		k.remove(ctx, key)
		return r, err
	}
	var told route.AccountKey
	if err := json.Unmarshal(r.Answer, &told); err != nil {
		return app.Result{}, err
	}
	told.Secret = shown
	r.Answer, err = json.Marshal(told)
	return r, err
}

// remove takes away what proves a key that opens nothing. What stays is no harm.
func (k *Keys) remove(ctx context.Context, id org.KeyID) {
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer stop()
	if err := k.rows.RemoveKey(ctx, string(id)); err != nil && !errors.Is(err, store.ErrNotFound) {
		k.log.WarnContext(ctx, "row of a key that opens nothing not removed", "key", id, "error", err)
	}
	k.app.ForgetKeys()
}

func (k *Keys) removeAll(ctx context.Context, account org.AccountID) {
	rows, err := k.rows.ListKeys(ctx, string(account))
	if err != nil {
		k.log.WarnContext(ctx, "rows of keys that open nothing not removed", "account", account, "error", err)
	}
	for _, row := range rows {
		k.remove(ctx, org.KeyID(row.ID))
	}
}
