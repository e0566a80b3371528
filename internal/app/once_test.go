package app

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/commonhold/commonhold/internal/store/memory"
	"github.com/commonhold/commonhold/internal/store/storetest"
	"github.com/commonhold/commonhold/org"
)

// I-50
func TestAPersonIsMadeOnceUnderAKey(t *testing.T) {
	r := newRig(t, nil)
	ada := PersonFields{Name: "Ada", Address: "ada@example.com", ExternalID: "crm-1"}
	first, replayed, err := r.AddPersonOnce(t.Context(), theOperator, "k1", ada)
	if err != nil || replayed || !first.ID.Valid() {
		t.Fatalf("%v %v %v", first, replayed, err)
	}
	if again, replayed, err := r.AddPersonOnce(t.Context(), theOperator, "k1", ada); err != nil || !replayed || again != first {
		t.Errorf("repeated: %v %v %v", again, replayed, err)
	}
	if _, _, err := r.AddPersonOnce(t.Context(), theOperator, "k1", PersonFields{Name: "Ada"}); !errors.Is(err, ErrKeyReused) {
		t.Errorf("another person under the same key: %v", err)
	}
	if _, _, err := r.AddPersonOnce(t.Context(), theOperator, "k2", ada); !errors.Is(err, ErrAddressTaken) {
		t.Errorf("the same person under another key: %v", err)
	}
	nameless := PersonFields{Name: "Ben"}
	one, _, err1 := r.AddPersonOnce(t.Context(), theOperator, "k3", nameless)
	two, _, err2 := r.AddPersonOnce(t.Context(), theOperator, "k4", nameless)
	if err := errors.Join(err1, err2); err != nil || one.ID == two.ID {
		t.Errorf("two people of one name: %v %v %v", one, two, err)
	}
}

// I-50
func TestAKeyIsMadeOnceUnderAKey(t *testing.T) {
	r := newRig(t, nil)
	first, secret, replayed, err := r.AddKeyOnce(t.Context(), theOperator, "k1", "ci", 0)
	if err != nil || replayed || secret == "" {
		t.Fatalf("%v %v", replayed, err)
	}
	again, none, replayed, err := r.AddKeyOnce(t.Context(), theOperator, "k1", "ci", 0)
	if err != nil || !replayed || none != "" || again != first {
		t.Errorf("repeated: %v %q %v %v", again, none, replayed, err)
	}
	if _, _, _, err := r.AddKeyOnce(t.Context(), theOperator, "k1", "other", 0); !errors.Is(err, ErrKeyReused) {
		t.Errorf("another key under the same key: %v", err)
	}
	if all, err := r.Keys(t.Context()); err != nil || len(all) != 1 {
		t.Errorf("%d keys, %v", len(all), err)
	}
}

func TestAPersonWhoseMakingSeemedToFailIsFoundAgain(t *testing.T) {
	const adding = 5 // after keeping the catalog and joining the nodes
	r := newRig(t, storetest.Inject(memory.Open(), storetest.Plan{Write: storetest.Nth(adding, storetest.FailDone)}))
	ada := PersonFields{Name: "Ada", ExternalID: "crm-1"}
	if _, _, err := r.AddPersonOnce(t.Context(), theOperator, "k1", ada); !errors.Is(err, ErrUnavailable) {
		t.Fatalf("the fault did not show: %v", err)
	}
	if p, replayed, err := r.AddPersonOnce(t.Context(), theOperator, "k1", ada); err != nil || !replayed || p.ExternalID != "crm-1" {
		t.Errorf("repeated: %v %v %v", p, replayed, err)
	}
}

func TestWhoIsNoMemberYetSeesNoOrganization(t *testing.T) {
	r := newRig(t, nil)
	olga, finn := r.person("olga"), r.person("finn")
	id := r.found("acme", olga)
	later := org.Window{Start: r.Now() + org.Instant(time.Hour.Microseconds())}
	r.do(theOperator, id, org.AddMember{Person: finn, Role: org.RoleMember, Window: later})
	r.do(as(olga), id, org.Enter{})
	if _, err := r.As(t.Context(), as(finn), id, Freshness{}); !errors.Is(err, org.ErrUnknownOrganization) {
		t.Errorf("before the start: %v", err)
	}
	r.clock.move(2 * time.Hour)
	if _, err := r.As(t.Context(), as(finn), id, Freshness{}); err != nil {
		t.Errorf("after the start: %v", err)
	}
}

// T-12
func TestAStrangerLearnsNothingOfPeopleByACommand(t *testing.T) {
	r := newRig(t, nil)
	olga, zed := r.person("olga"), r.person("zed")
	id := r.found("acme", olga)
	unknown := org.PersonID("usr_" + IDOf(theOperator, "person", "nobody"))
	for _, whom := range []org.PersonID{olga, unknown} {
		_, err := r.Do(t.Context(), as(zed), id, org.AddMember{Person: whom, Role: org.RoleMember}, Opts{})
		if !errors.Is(err, org.ErrUnknownOrganization) {
			t.Errorf("%s: %v", whom, err)
		}
	}
}

func TestWhatIsExpectedIsJudgedOnTheStateDecidedOn(t *testing.T) {
	r := newRig(t, nil)
	olga := r.person("olga")
	id := r.found("acme", olga)
	errMoved := errors.New("moved")
	at := func(v org.Version) Opts {
		return Opts{Expect: func(s *org.State) error {
			if s.Version() != v {
				return errMoved
			}
			return nil
		}}
	}
	s, err := r.View(t.Context(), id, Freshness{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Do(t.Context(), as(olga), id, org.Rename{Name: "One"}, at(s.Version())); err != nil {
		t.Errorf("as expected: %v", err)
	}
	if _, err := r.Do(t.Context(), as(olga), id, org.Rename{Name: "Two"}, at(s.Version())); !errors.Is(err, errMoved) {
		t.Errorf("moved: %v", err)
	}
	if _, err := r.Do(t.Context(), theOperator, id, org.Rename{Name: "Two"}, at(s.Version())); !errors.Is(err, org.ErrEntered) {
		t.Errorf("who may not is told that first: %v", err)
	}
}

// T-12, T-15
func TestNobodyLearnsWhoHasAnAccountByACommandThatIsRefused(t *testing.T) {
	r := newRig(t, nil)
	olga, mia, zed := r.person("olga"), r.person("mia"), r.person("zed")
	id := r.found("acme", olga)
	r.do(theOperator, id, org.AddMember{Person: mia, Role: org.RoleMember})
	unknown := org.PersonID("usr_" + IDOf(theOperator, "person", "nobody"))
	for _, whom := range []org.PersonID{zed, unknown} {
		if _, err := r.Do(t.Context(), as(mia), id, org.AddMember{Person: whom, Role: org.RoleMember}, Opts{}); !errors.Is(err, org.ErrNotAllowed) {
			t.Errorf("adding %s: %v", whom, err)
		}
		if _, err := r.Do(t.Context(), as(mia), id, org.Restore{Person: whom}, Opts{}); !errors.Is(err, org.ErrNotAllowed) {
			t.Errorf("restoring %s: %v", whom, err)
		}
		if _, err := r.Do(t.Context(), as(olga), id, org.Restore{Person: whom}, Opts{}); !errors.Is(err, org.ErrUnknownPerson) {
			t.Errorf("restoring %s as an owner: %v", whom, err)
		}
	}
	if _, err := r.Do(t.Context(), as(olga), id, org.AddMember{Person: unknown, Role: org.RoleMember}, Opts{}); !errors.Is(err, ErrUnknownPerson) {
		t.Errorf("an owner adds somebody without an account: %v", err)
	}
	if _, err := r.Do(t.Context(), theOperator, "", org.CreateOrganization{Name: "New", Slug: "novel", Owner: unknown}, Opts{}); !errors.Is(err, ErrUnknownPerson) {
		t.Errorf("somebody without an account owns: %v", err)
	}
	if _, err := r.Do(t.Context(), theOperator, "", org.CreateOrganization{Name: "New", Slug: "fresh"}, Opts{}); !errors.Is(err, org.ErrBadID) {
		t.Errorf("nobody owns: %v", err)
	}
}

// I-50: whoever comes second under a key meets what the first took, and is told what the first was told.
func TestFoundingOnceUnderAKeyHoweverManyTry(t *testing.T) {
	r := newRig(t, nil, func(o *Options) { o.BatchSize = 1 })
	olga := r.person("olga")
	results := make([]Result, 8)
	errs := make([]error, len(results))
	var wait sync.WaitGroup
	for i := range results {
		wait.Go(func() {
			results[i], errs[i] = r.Do(t.Context(), theOperator, "", org.CreateOrganization{Name: "Acme", Slug: "acme", Owner: olga},
				Opts{Key: "once", Request: []byte("acme"), Answer: func(_, after *org.State, _ org.Command) any { return after.ID() }})
		})
	}
	wait.Wait()
	for i, err := range errs {
		if err != nil || string(results[i].Answer) != string(results[0].Answer) {
			t.Errorf("%s, %v; the first was told %s", results[i].Answer, err, results[0].Answer)
		}
	}
}
