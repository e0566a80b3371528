package app

import (
	"errors"
	"os"
	"slices"
	"sync"
	"testing"

	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/internal/store/memory"
	"github.com/commonhold/commonhold/internal/store/sqlite"
	"github.com/commonhold/commonhold/org"
)

// The last seat is taken once, however many ask for it at the same instant on two nodes over one database.
func TestTheLastSeatIsTakenOnce_T61_I12(t *testing.T) {
	besideFile(t, func(t *testing.T, db store.DB) { lastSeat(t, db, trials(25, 10_000)) })
}

// trials is how many a race gets.
func trials(short, long int) int {
	if os.Getenv("COMMONHOLD_LONG") != "" {
		return long
	}
	return short
}

// besideFile runs a race of two nodes in memory and over one SQLite file.
func besideFile(t *testing.T, race func(*testing.T, store.DB)) {
	t.Run("memory", func(t *testing.T) { race(t, memory.Open()) })
	t.Run("sqlite", func(t *testing.T) {
		db, err := sqlite.Open(t.Context(), t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { db.Close() })
		race(t, db)
	})
}

// Two owners demote each other at the same instant on two nodes over one file: exactly one wins, and the organization
// keeps an owner.
//
// I-15, I-42
func TestTwoOwnersDemoteEachOtherOverOneFile(t *testing.T) {
	besideFile(t, func(t *testing.T, db store.DB) {
		nodes := []*rig{newRig(t, db), newRig(t, db)}
		owners := people(nodes[0], 2)
		acme := nodes[0].found("acme", owners[0])
		nodes[0].do(as(owners[0]), acme, org.AddMember{Person: owners[1], Role: org.RoleOwner})
		won := [2]int{}
		for trial := range trials(100, 10_000) {
			var errs [2]error
			var wait sync.WaitGroup
			begin := make(chan struct{})
			for k, node := range nodes {
				// What is refused without an append is answered from memory, so neither may start from an older state.
				if _, err := node.View(t.Context(), acme, Freshness{Now: true}); err != nil {
					t.Fatal(err)
				}
				wait.Go(func() {
					<-begin
					_, errs[k] = node.Do(t.Context(), as(owners[k]), acme, org.SetRole{Person: owners[1-k], Role: org.RoleMember}, Opts{})
				})
			}
			close(begin)
			wait.Wait()
			winner := 0
			if errs[0] != nil {
				winner = 1
			}
			if errs[winner] != nil || !errors.Is(errs[1-winner], org.ErrNotAllowed) {
				t.Fatalf("trial %d: %v", trial, errs)
			}
			won[winner]++
			done := nodes[winner].do(as(owners[winner]), acme, org.SetRole{Person: owners[1-winner], Role: org.RoleOwner})
			if got := done.State.Owners(nodes[0].Now()); len(got) != 2 {
				t.Fatalf("trial %d: owned by %v", trial, got)
			}
		}
		t.Logf("the first won %d, the second %d", won[0], won[1])
	})
}

// Of an organization that has closed only what stays taken for ever leads on: its slug, its external id, its projects.
func TestATombstoneLeavesNoRowBehind_T59(t *testing.T) {
	r := newRig(t, nil)
	owner, guest := r.person("olga"), r.person("gus")
	acme, other := r.found("acme", owner), r.found("other", owner)
	r.do(theOperator, acme, org.SetExternalID{ExternalID: "crm-1"})
	r.do(as(owner), acme, org.CreateTeam{Name: "Red", ExternalID: "t-1"})
	s := r.do(as(owner), acme, org.CreateProject{Name: "Web", ExternalID: "p-1"}).State
	for p := range s.Projects(false, "") {
		r.do(as(owner), acme, org.OfferProject{Project: p.Project, To: other})
	}
	s = r.do(as(owner), acme, org.CreateAccount{Name: "Bot", ExternalID: "a-1"}).State
	for a := range s.Accounts(r.Now(), "") {
		r.do(as(owner), acme, org.MakeKey{Account: a.Account, Key: "key_00000000000000000000000001"})
	}
	r.do(as(owner), acme, org.Invite{Rows: []org.Invitee{{Invitation: "inv_00000000000000000000000001", Person: guest}}})
	r.do(as(owner), acme, org.DeleteOrganization{Slug: "acme"})
	rows := func() (left []org.LeadKind) {
		for _, kind := range org.LeadKinds {
			all, err := r.db.Lookups().Scan(t.Context(), string(kind), "", "", 100)
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range all {
				if row.Org == string(acme) {
					left = append(left, kind)
				}
			}
		}
		return left
	}
	if before := rows(); len(before) != len(org.LeadKinds) {
		t.Fatalf("%v lead to it while it is there", before)
	}
	r.clock.move(org.ClosingLasts)
	if _, err := r.Seen(t.Context(), theOperator, acme, Freshness{Now: true}); err != nil {
		t.Fatal(err)
	}
	if left, want := rows(), []org.LeadKind{org.LeadSlug, org.LeadOrgExternal, org.LeadProject}; !slices.Equal(left, want) {
		t.Errorf("%v lead on, want %v", left, want)
	}
}

// lastSeat has twenty people added at once through two nodes, again and again, where one seat is left.
func lastSeat(t *testing.T, db store.DB, trials int) {
	r := newRig(t, db)
	other := newRig(t, db)
	all := people(r, 21)
	owner, rest := all[0], all[1:]
	acme := r.found("acme", owner)
	r.do(theOperator, acme, org.SetPlan{Plan: "small", Subscription: org.Paid, Seats: "2", Projects: org.Unlimited,
		ServiceAccounts: org.Unlimited, CustomRoles: org.Unlimited})
	r.do(as(owner), acme, org.Enter{})
	for trial := range trials {
		// What changes nothing is answered from memory, so the other node must know who left.
		if _, err := other.View(t.Context(), acme, Freshness{Now: true}); err != nil {
			t.Fatal(err)
		}
		var wait sync.WaitGroup
		errs := make([]error, len(rest))
		for i, p := range rest {
			wait.Go(func() {
				node := []*rig{r, other}[i%2]
				_, errs[i] = node.Do(t.Context(), as(owner), acme, org.AddMember{Person: p, Role: org.RoleMember}, Opts{})
			})
		}
		wait.Wait()
		won := -1
		for i, err := range errs {
			switch {
			case err == nil && won >= 0:
				t.Fatalf("trial %d: %s and %s took the last seat", trial, rest[won], rest[i])
			case err == nil:
				won = i
			case !errors.Is(err, org.ErrNoSeat):
				t.Fatalf("trial %d: %v", trial, err)
			}
		}
		if won < 0 {
			t.Fatalf("trial %d: nobody took the last seat", trial)
		}
		done := r.do(as(owner), acme, org.Remove{Person: rest[won]})
		if u := done.State.Plan(r.Now()).Limits[0]; u.Used != 1 {
			t.Fatalf("trial %d: %+v", trial, u)
		}
	}
}

// Whoever looks first at an organization past its days of closing has its log ended, once, on whichever node.
func TestWhoLooksFirstEndsTheLog_T59_I11(t *testing.T) {
	r := newRig(t, nil)
	other := newRig(t, r.db)
	owner := r.person("olga")
	acme := r.found("acme", owner)
	r.do(as(owner), acme, org.DeleteOrganization{Slug: "acme"})
	for _, node := range []*rig{r, other} {
		node.clock.move(org.ClosingLasts)
	}
	before := len(r.events(acme))
	var wait sync.WaitGroup
	for i := range 20 {
		wait.Go(func() {
			node := []*rig{r, other}[i%2]
			if _, err := node.Seen(t.Context(), as(owner), acme, Freshness{Now: i%3 == 0}); !errors.Is(err, org.ErrClosed) {
				t.Errorf("an owner is told %v", err)
			}
			if s, err := node.Seen(t.Context(), theOperator, acme, Freshness{}); err != nil || s.Standing(node.Now()) != org.StandsClosed {
				t.Errorf("the operator is told %v", err)
			}
		})
	}
	wait.Wait()
	log := r.events(acme)
	if len(log) != before+1 || log[before].Name != "organization.closed" {
		t.Errorf("%d facts, the last is %s; there were %d", len(log), log[len(log)-1].Name, before)
	}
	if found, err := r.OrganizationsOf(t.Context(), owner, "", 10); err != nil || len(found) > 0 {
		t.Errorf("the owner is led to %v, %v", found, err)
	}
	if _, err := r.Do(t.Context(), as(owner), "", org.CreateOrganization{Name: "Acme", Slug: "acme"}, Opts{}); !errors.Is(err, org.ErrSlugTaken) {
		t.Errorf("the slug is given again: %v", err)
	}
}
