package person

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/commonhold/commonhold/internal/app"
	"github.com/commonhold/commonhold/internal/ledger"
	"github.com/commonhold/commonhold/internal/note"
	"github.com/commonhold/commonhold/internal/security"
	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/internal/store/memory"
	"github.com/commonhold/commonhold/internal/store/sqlite"
	"github.com/commonhold/commonhold/internal/store/storetest"
	"github.com/commonhold/commonhold/org"
)

var theOperator = app.Caller{Operator: true, Key: "key_test"}

// A node is a server of its own over a database that others may share.
type node struct {
	testing.TB
	db    store.DB
	app   *app.App
	clock time.Duration // how far ahead it is
	*People
}

func newNode(t testing.TB, db store.DB) *node {
	t.Helper()
	c, err := org.NewCatalog()
	if err != nil {
		t.Fatal(err)
	}
	n := &node{TB: t, db: db}
	n.app, err = app.New(t.Context(), app.Options{DB: db, Catalog: c, Clock: func() time.Time { return time.Now().Add(n.clock) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(n.app.Close)
	n.People = New(n.app, db, slog.New(slog.NewTextHandler(io.Discard, nil)))
	return n
}

func (n *node) must(err error) {
	n.Helper()
	if err != nil {
		n.Fatal(err)
	}
}

func (n *node) do(by app.Caller, in org.OrgID, c org.Command, given note.Given) org.OrgID {
	n.Helper()
	r, err := n.app.Do(n.Context(), by, in, c, app.Opts{Given: given})
	if err != nil {
		n.Fatalf("%T %+v: %v", c, c, err)
	}
	return r.State.ID()
}

func (n *node) person(name string) org.PersonID {
	n.Helper()
	p, err := n.app.AddPerson(n.Context(), app.PersonFields{Name: name, Address: name + "@example.com", ExternalID: org.ExternalID(name)})
	n.must(err)
	_, err = n.app.Vouch(n.Context(), theOperator, p.ID, true)
	n.must(err)
	return p.ID
}

func as(p org.PersonID) app.Caller { return app.Caller{Operator: true, Key: "key_test", Person: p} }

func (n *node) state(o org.OrgID) *org.State {
	n.Helper()
	s, err := n.app.View(n.Context(), o, app.Freshness{Now: true})
	n.must(err)
	return s
}

// story has olga own three organizations; mia is an admin of two and owns the third with her, is invited to a fourth,
// has made a key there is, wrote notes and was refused something.
type story struct {
	olga, mia org.PersonID
	orgs      []org.OrgID
	invited   org.OrgID
	account   org.AccountID
}

func (n *node) tell() (s story) {
	n.Helper()
	s.olga, s.mia = n.person("olga"), n.person("mia")
	for i := range 4 {
		o := n.do(as(s.olga), "", org.CreateOrganization{Name: "Acme", Slug: org.Slug(fmt.Sprint("acme-", i))}, note.Given{})
		s.orgs = append(s.orgs, o)
	}
	s.invited, s.orgs = s.orgs[3], s.orgs[:3]
	for i, o := range s.orgs {
		role := org.RoleAdmin
		if i == 2 {
			role = org.RoleOwner
		}
		n.do(as(s.olga), o, org.AddMember{Person: s.mia, Role: role}, note.Given{Reason: "for mia"})
	}
	n.do(as(s.olga), s.invited, org.Invite{Rows: []org.Invitee{{Invitation: "inv_00000000000000000000000001", Person: s.mia}}}, note.Given{})
	n.do(as(s.mia), s.orgs[0], org.CreateAccount{Name: "Bot", Role: org.RoleMember}, note.Given{Reason: "by mia", Origin: note.Origin{Address: "192.0.2.7"}})
	for a := range n.state(s.orgs[0]).Accounts(n.app.Now(), "") {
		s.account = a.Account
	}
	n.do(as(s.mia), s.orgs[0], org.MakeKey{Account: s.account, Key: "key_00000000000000000000000001"}, note.Given{})
	n.must(n.db.Keys().AddKey(n.Context(), store.Key{ID: "key_own", Hash: []byte("own"), Holder: string(s.mia)}))
	n.app.Security().Add(security.Row{Organization: s.orgs[0], Kind: security.Refused, Person: s.mia, Code: "x.y", Origin: note.Origin{Address: "192.0.2.7"}})
	return s
}

func databases(t *testing.T, each func(t *testing.T, db store.DB)) {
	t.Run("memory", func(t *testing.T) { each(t, memory.Open()) })
	t.Run("sqlite", func(t *testing.T) {
		db, err := sqlite.Open(t.Context(), t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { db.Close() })
		each(t, db)
	})
}

// Who is disabled may nothing anywhere, on any node; enabled, just what they might before.
func TestADisabledPersonMayNothingAnywhere_T158_I54(t *testing.T) {
	databases(t, func(t *testing.T, db store.DB) {
		n, other := newNode(t, db), newNode(t, db)
		s := n.tell()
		for _, o := range s.orgs {
			other.state(o)
		}
		set, err := n.Disable(t.Context(), theOperator, s.mia, true)
		n.must(err)
		if !set.Person.Disabled || set.Organizations != 3 || len(set.Ownerless) != 0 {
			t.Errorf("%+v", set)
		}
		for _, node := range []*node{n, other} {
			for _, o := range s.orgs {
				state := node.state(o)
				if m, _ := state.Member(s.mia, node.app.Now()); !m.Disabled || state.Check(s.mia, "members:view", "", node.app.Now()) {
					t.Errorf("%s: %+v", o, m)
				}
				if _, err := node.app.Do(t.Context(), as(s.mia), o, org.Leave{}, app.Opts{}); !errors.Is(err, org.ErrPersonDisabled) {
					t.Errorf("leaving: %v", err)
				}
			}
		}
		n.do(as(s.olga), s.invited, org.AddMember{Person: s.mia, Role: org.RoleAdmin}, note.Given{})
		if n.state(s.invited).Check(s.mia, "members:view", "", n.app.Now()) {
			t.Error("a membership that begins while the account is disabled gives something")
		}
		if _, err := n.app.Do(t.Context(), theOperator, "", org.CreateOrganization{Name: "New", Slug: "fresh", Owner: s.mia}, app.Opts{}); !errors.Is(err, org.ErrPersonDisabled) {
			t.Errorf("founding for somebody disabled: %v", err)
		}
		set, err = n.Disable(t.Context(), theOperator, s.mia, false)
		n.must(err)
		if set.Person.Disabled || set.Organizations != 4 {
			t.Errorf("%+v", set)
		}
		for _, o := range append(slices.Clone(s.orgs), s.invited) {
			if !other.state(o).Check(s.mia, "members:view", "", n.app.Now()) {
				t.Errorf("%s: enabled, and may nothing", o)
			}
		}
	})
}

// The last owner is disabled at once, and erased only when somebody else owns what they owned.
func TestTheLastOwnerIsDisabledAndNotErased_T45_I01(t *testing.T) {
	n := newNode(t, memory.Open())
	s := n.tell()
	_, err := n.Erase(t.Context(), theOperator, s.olga)
	var refusal *org.Refusal
	if !errors.As(err, &refusal) || refusal.Code != "person.last_owner" || !strings.Contains(refusal.Text, "acme-0, acme-1, acme-3;") && !strings.Contains(refusal.Text, "acme-3") || strings.Contains(refusal.Text, "acme-2") {
		t.Fatalf("erasing the last owner: %v", err)
	}
	if p, err := n.app.Person(t.Context(), s.olga); err != nil || p.Disabled {
		t.Errorf("a refusal left %+v, %v", p, err)
	}
	set, err := n.Disable(t.Context(), theOperator, s.olga, true)
	n.must(err)
	if set.Organizations != 4 || len(set.Ownerless) != 3 || slices.Contains(set.Ownerless, s.orgs[2]) {
		t.Errorf("%+v", set)
	}
	for _, o := range []org.OrgID{s.orgs[0], s.orgs[1]} {
		n.do(theOperator, o, org.StartRecovery{Person: s.mia}, note.Given{})
	}
	n.do(theOperator, s.invited, org.StopRecovery{}, note.Given{})
	n.clock = org.RecoveryLasts
	for _, o := range []org.OrgID{s.orgs[0], s.orgs[1]} {
		n.do(theOperator, o, org.FinishRecovery{}, note.Given{})
		if n.state(o).Ownerless(n.app.Now()) {
			t.Errorf("%s is ownerless after its recovery", o)
		}
	}
	if _, err = n.Erase(t.Context(), theOperator, s.olga); !errors.As(err, &refusal) || !strings.Contains(refusal.Text, " acme-3;") {
		t.Errorf("with one organization left: %v", err)
	}
	_, err = n.Disable(t.Context(), theOperator, s.olga, false)
	n.must(err)
	n.do(as(s.olga), s.invited, org.DeleteOrganization{Slug: "acme-3"}, note.Given{})
	n.clock += org.ClosingLasts
	e, err := n.Erase(t.Context(), theOperator, s.olga)
	if err != nil || e.Organizations != 3 {
		t.Errorf("with that one closed: %+v, %v", e, err)
	}
}

// Nobody else disables or erases anybody, and the operator not in somebody's name.
func TestOnlyTheOperatorDisablesAndErases_T13(t *testing.T) {
	n := newNode(t, memory.Open())
	s := n.tell()
	for _, c := range []app.Caller{{}, as(s.olga), as(s.mia), {Account: s.account, Only: s.orgs[:1]}} {
		if _, err := n.Disable(t.Context(), c, s.mia, true); !errors.Is(err, org.ErrOperatorOnly) {
			t.Errorf("%+v disables: %v", c, err)
		}
		if _, err := n.Erase(t.Context(), c, s.mia); !errors.Is(err, org.ErrOperatorOnly) {
			t.Errorf("%+v erases: %v", c, err)
		}
	}
	for _, id := range []org.PersonID{"usr_00000000000000000000000000", ""} {
		if _, err := n.Disable(t.Context(), theOperator, id, true); !errors.Is(err, app.ErrUnknownPerson) {
			t.Errorf("nobody: %v", err)
		}
		if _, err := n.Erase(t.Context(), theOperator, id); !errors.Is(err, app.ErrUnknownPerson) {
			t.Errorf("nobody: %v", err)
		}
	}
}

// gone holds that nothing is left of mia but her id in the logs, whose chains are whole.
func (n *node) gone(s story) {
	n.Helper()
	ctx := n.Context()
	if _, err := n.app.Person(ctx, s.mia); !errors.Is(err, app.ErrUnknownPerson) {
		n.Errorf("the account: %v", err)
	}
	for _, kind := range []string{ledger.LeadAddress, ledger.LeadExternal, string(org.LeadMember), string(org.LeadInvited), string(org.LeadKey)} {
		rows, err := n.db.Lookups().Scan(ctx, kind, "", "", 100)
		n.must(err)
		for _, row := range rows {
			if row.ID == string(s.mia) || strings.HasPrefix(row.Key, string(s.mia)) || kind == string(org.LeadInvited) || kind == string(org.LeadKey) {
				n.Errorf("a look-up row leads on: %+v", row)
			}
		}
	}
	if held, err := n.db.Keys().ListKeys(ctx, string(s.mia)); err != nil || len(held) > 0 {
		n.Errorf("keys %+v, %v", held, err)
	}
	for _, o := range append(slices.Clone(s.orgs), s.invited) {
		state := n.state(o)
		if _, in := state.Member(s.mia, n.app.Now()); in {
			n.Errorf("%s: a member still", o)
		}
		for i := range state.Invitations(n.app.Now(), "") {
			if i.Stage == org.Pending {
				n.Errorf("%s: %+v", o, i)
			}
		}
		notes, err := n.db.Notes().ListNotes(ctx, string(o), "", "", 100)
		n.must(err)
		for _, left := range notes {
			if slices.Contains(left.People, string(s.mia)) {
				n.Errorf("%s: a note is left: %+v", o, left)
			}
		}
		incidents, err := n.app.Security().List(ctx, o, security.Before{}, 100)
		n.must(err)
		for _, i := range incidents {
			if i.Person == s.mia && i.Origin.Address != "" {
				n.Errorf("%s: where she came from is left: %+v", o, i)
			}
		}
		n.chained(o)
	}
	if keys := n.state(s.orgs[0]).AccountKeys(s.account, n.app.Now()); len(keys) > 0 {
		n.Errorf("keys that she made: %+v", keys)
	}
}

// chained holds that the log of an organization is whole.
func (n *node) chained(o org.OrgID) {
	n.Helper()
	events, err := n.db.Log().Events(n.Context(), string(o), 0, 1000)
	n.must(err)
	var prev []byte
	for i, e := range events {
		if e.Version != uint64(i+1) || !slices.Equal(e.Prev, prev) {
			n.Fatalf("%s: version %d does not follow", o, e.Version)
		}
		prev = store.Hash(e)
	}
}

func TestErasingLeavesNothingButTheID_T223_T60_I48(t *testing.T) {
	databases(t, func(t *testing.T, db store.DB) {
		n := newNode(t, db)
		s := n.tell()
		e, err := n.Erase(t.Context(), theOperator, s.mia)
		n.must(err)
		if e != (Erased{Person: s.mia, Organizations: 4, Keys: 1}) {
			t.Errorf("%+v", e)
		}
		n.gone(s)
		if _, err := n.Erase(t.Context(), theOperator, s.mia); !errors.Is(err, app.ErrUnknownPerson) {
			t.Errorf("erased again: %v", err)
		}
		if _, err := n.app.Do(t.Context(), as(s.olga), s.orgs[0], org.AddMember{Person: s.mia, Role: org.RoleMember}, app.Opts{}); !errors.Is(err, app.ErrUnknownPerson) {
			t.Errorf("added again: %v", err)
		}
		if _, err := n.app.Do(t.Context(), as(s.olga), s.orgs[0], org.Restore{Person: s.mia}, app.Opts{}); !errors.Is(err, org.ErrMemberNotRemoved) {
			t.Errorf("restored: %v", err)
		}
		again := n.person("mia")
		if again == s.mia {
			t.Error("the same id is given again")
		}
		for _, o := range append(slices.Clone(s.orgs), s.invited) {
			if err := n.state(o).Admits(org.Actor{Person: again}, n.app.Now()); !errors.Is(err, org.ErrUnknownOrganization) {
				t.Errorf("%s: who has the same address inherits something: %v", o, err)
			}
		}
	})
}

// The idempotency key that once made somebody makes nobody of the same id.
func TestAnIdempotencyKeyBringsNobodyBack_T60(t *testing.T) {
	n := newNode(t, memory.Open())
	fields := app.PersonFields{Name: "Mia", Address: "mia@example.com"}
	p, _, err := n.app.AddPersonOnce(t.Context(), theOperator, "once", fields)
	n.must(err)
	_, err = n.Erase(t.Context(), theOperator, p.ID)
	n.must(err)
	if again, _, err := n.app.AddPersonOnce(t.Context(), theOperator, "once", fields); !errors.Is(err, app.ErrKeyReused) {
		t.Errorf("%+v, %v", again, err)
	}
	if again, _, err := n.app.AddPersonOnce(t.Context(), theOperator, "twice", fields); err != nil || again.ID == p.ID {
		t.Errorf("%+v, %v", again, err)
	}
}

// Interrupted at any write, by one that fails or by one whose success nobody hears of, erasing goes on when asked again
// and comes to the same.
func TestErasingGoesOnWhereItWasInterrupted_T223(t *testing.T) {
	for _, fault := range []storetest.Fault{storetest.Fail, storetest.FailDone} {
		for at, failed := 1, true; failed; at++ {
			armed, calls := false, 0
			plan := func(int) storetest.Fault {
				if !armed {
					return storetest.None
				}
				if calls++; calls == at {
					return fault
				}
				return storetest.None
			}
			n := newNode(t, storetest.Inject(memory.Open(), storetest.Plan{Append: plan, Write: plan}))
			s := n.tell()
			n.must(n.app.Security().Flush(t.Context()))
			armed = true
			_, err := n.Erase(t.Context(), theOperator, s.mia)
			armed = false
			failed = calls >= at
			if _, missing := n.app.Person(t.Context(), s.mia); missing == nil {
				if err == nil {
					t.Fatalf("write %d: nothing failed, and the account is there", at)
				}
				_, err = n.Erase(t.Context(), theOperator, s.mia)
				n.must(err)
			}
			if n.gone(s); t.Failed() {
				t.Fatalf("when write %d failed", at)
			}
			if at > 100 {
				t.Fatal("so many writes?")
			}
		}
	}
}

// Halfway through, somebody disabled is told of how far it came, and nothing is worse than before or after.
func TestDisablingSaysHowFarItCame(t *testing.T) {
	armed, calls := false, 0
	plan := func(int) storetest.Fault {
		if armed {
			calls++
		}
		if armed && calls > 1 {
			return storetest.Fail
		}
		return storetest.None
	}
	n := newNode(t, storetest.Inject(memory.Open(), storetest.Plan{Append: plan}))
	s := n.tell()
	armed = true
	_, err := n.Disable(t.Context(), theOperator, s.mia, true)
	armed = false
	var refusal *org.Refusal
	if !errors.As(err, &refusal) || refusal.Code != "person.unfinished" || refusal.Kind != org.Unavailable || !strings.Contains(refusal.Text, " 1 of the organizations") {
		t.Fatal(err)
	}
	if p, _ := n.app.Person(t.Context(), s.mia); p.Disabled {
		t.Error("the account was written before all organizations")
	}
	set, err := n.Disable(t.Context(), theOperator, s.mia, true)
	n.must(err)
	if set.Organizations != 3 {
		t.Errorf("%+v", set)
	}
}
