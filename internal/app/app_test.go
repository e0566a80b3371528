package app

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/commonhold/commonhold/internal/ledger"
	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/internal/store/memory"
	"github.com/commonhold/commonhold/internal/store/storetest"
	"github.com/commonhold/commonhold/org"
)

func TestOperatorFillsUntilAMemberEnters(t *testing.T) {
	r := newRig(t, nil)
	olga, max := r.person("olga"), r.person("max")
	id := r.found("acme", olga)
	r.do(theOperator, id, org.AddMember{Person: max, Role: org.RoleMember, Source: org.ByImport})
	if s, err := r.As(t.Context(), as(max), id, Freshness{}); err != nil || !s.Entered() {
		t.Fatalf("reading as a member enters: %v", err)
	}
	if _, err := r.Do(t.Context(), theOperator, id, org.SetRole{Person: max, Role: org.RoleAdmin}, Opts{}); !errors.Is(err, org.ErrEntered) {
		t.Fatalf("operator gives a role in an entered organization: %v", err)
	}
	stranger := r.person("stranger")
	_, foreign := r.As(t.Context(), as(stranger), id, Freshness{})
	_, unknown := r.As(t.Context(), as(stranger), org.OrgID("org_01h00000000000000000000000"), Freshness{})
	if foreign == nil || foreign != unknown {
		t.Errorf("foreign %v, unknown %v", foreign, unknown)
	}
}

// I-42, I-15: two processes on one database; whoever is late decides again on the newer state.
func TestLateCommandDecidesAgain(t *testing.T) {
	db := memory.Open()
	one := newRig(t, db)
	olga, ada, max := one.person("olga"), one.person("ada"), one.person("max")
	id := one.found("acme", olga)
	one.do(as(olga), id, org.AddMember{Person: ada, Role: org.RoleAdmin})
	one.do(as(olga), id, org.AddMember{Person: max, Role: org.RoleMember})
	two := newRig(t, db)
	two.do(as(olga), id, org.SetRole{Person: ada, Role: org.RoleMember})
	// The first process still believes that ada is an admin; its append finds out.
	if _, err := one.Do(t.Context(), as(ada), id, org.Suspend{Person: max}, Opts{}); !errors.Is(err, org.ErrNotAllowed) {
		t.Fatalf("a demoted admin acted on an old state: %v", err)
	}
	if n := one.Stats().Conflicts.Load(); n != 1 {
		t.Errorf("%d conflicts, want 1", n)
	}
	if s, _ := one.View(t.Context(), id, Freshness{}); s.Check(max, "members:view", "", one.Now()) {
		t.Error("wrong state after the conflict")
	}
}

func TestAnswersAreAsFreshAsAsked(t *testing.T) {
	db := memory.Open()
	one, two := newRig(t, db), newRig(t, db)
	olga := one.person("olga")
	id := one.found("acme", olga)
	old, err := two.View(t.Context(), id, Freshness{})
	if err != nil {
		t.Fatal(err)
	}
	renamed := one.do(as(olga), id, org.Rename{Name: "Other"}).State
	if _, err := two.View(t.Context(), id, Freshness{AtLeast: renamed.Version() + 1}); !errors.Is(err, ErrTooOld) {
		t.Errorf("T-227 a version nobody has reached: %v", err)
	}
	if s, err := two.View(t.Context(), id, Freshness{AtLeast: renamed.Version()}); err != nil || s.Name() != "Other" {
		t.Errorf("T-227 at least the version of the write: %v %v", s.Name(), err)
	}
	one.do(as(olga), id, org.Rename{Name: "Third"})
	if s, err := two.View(t.Context(), id, Freshness{Now: true}); err != nil || s.Name() != "Third" {
		t.Errorf("confirmed now: %v %v", s.Name(), err)
	}
	one.do(as(olga), id, org.Rename{Name: "Fourth"})
	two.clock.move(1100 * time.Millisecond)
	if s, err := two.View(t.Context(), id, Freshness{}); err != nil || s.Name() != "Fourth" {
		t.Errorf("past the staleness bound: %v %v", s.Name(), err)
	}
	if old.Name() != "acme" {
		t.Error("T-238 a state that somebody holds has changed")
	}
}

// I-57: a process that cannot confirm freshness refuses; it never answers from what it remembers.
func TestSilentDatabaseIsAnsweredByRefusal(t *testing.T) {
	silent := false
	var mu sync.Mutex
	db := storetest.Inject(memory.Open(), storetest.Plan{Read: func(int) bool { mu.Lock(); defer mu.Unlock(); return silent }})
	r := newRig(t, db)
	olga := r.person("olga")
	id := r.found("acme", olga)
	set := func(v bool) { mu.Lock(); silent = v; mu.Unlock() }
	set(true)
	if _, err := r.View(t.Context(), id, Freshness{}); err != nil {
		t.Fatalf("within the bound: %v", err)
	}
	r.clock.move(1100 * time.Millisecond)
	if _, err := r.View(t.Context(), id, Freshness{}); !errors.Is(err, ErrUnavailable) {
		t.Fatalf("past the bound: %v", err)
	}
	set(false)
	if _, err := r.View(t.Context(), id, Freshness{}); err != nil {
		t.Fatalf("after the fault: %v", err)
	}
}

// I-50
func TestIdempotencyKey(t *testing.T) {
	r := newRig(t, nil)
	olga := r.person("olga")
	id := r.found("acme", olga)
	opts := func(key, request string) Opts {
		return Opts{Key: key, Request: []byte(request), Answer: func(_, after *org.State, _ org.Command) any { return after.Version() }}
	}
	create := org.CreateTeam{Name: "Red"}
	first, err := r.Do(t.Context(), as(olga), id, create, opts("k", "red"))
	if err != nil {
		t.Fatal(err)
	}
	again, err := r.Do(t.Context(), as(olga), id, create, opts("k", "red"))
	if err != nil || !again.Replayed || !bytes.Equal(first.Answer, again.Answer) {
		t.Errorf("the same request: %s, %v, %v", again.Answer, again.Replayed, err)
	}
	if _, err := r.Do(t.Context(), as(olga), id, create, opts("k", "blue")); !errors.Is(err, ErrKeyReused) {
		t.Errorf("another request under the same key: %v", err)
	}
	if _, err := r.Do(t.Context(), theOperator, id, create, opts("k", "red")); errors.Is(err, ErrKeyReused) || err == nil {
		t.Errorf("another actor's key is another key: %v", err)
	}
	before := len(r.events(id))
	var wait sync.WaitGroup
	for range 32 {
		wait.Go(func() {
			res, err := r.Do(t.Context(), as(olga), id, org.CreateTeam{Name: "Blue"}, opts("many", "blue"))
			if err != nil || len(res.Answer) == 0 {
				t.Errorf("one of many: %v", err)
			}
		})
	}
	wait.Wait()
	if n := len(r.events(id)) - before; n != 1 {
		t.Errorf("32 callers with one key left %d facts, want 1", n)
	}
}

// I-51, I-41: callers that wait share appends; each has its own facts and its own answer.
func TestCallersShareAppends(t *testing.T) {
	disk := func(int) storetest.Fault { time.Sleep(time.Millisecond); return storetest.None }
	r := newRig(t, storetest.Inject(memory.Open(), storetest.Plan{Append: disk}))
	owner := r.person("olga")
	ids := []org.OrgID{r.found("one", owner), r.found("two", owner)}
	start := r.Stats().Appends.Load()
	var wait sync.WaitGroup
	const callers, each = 64, 20
	for c := range callers {
		wait.Go(func() {
			for i := range each {
				id := ids[(c+i)%2]
				res, err := r.Do(context.Background(), as(owner), id, org.CreateTeam{Name: org.Name(fmt.Sprintf("Team %d of %d", i, c))}, Opts{})
				if err != nil || len(res.Facts) == 0 {
					t.Errorf("create: %v", err)
				}
			}
		})
	}
	wait.Wait()
	if n := r.Stats().Appends.Load() - start; n >= callers*each/2 {
		t.Errorf("%d appends for %d commands: nothing was shared", n, callers*each)
	}
	total := 0
	for _, id := range ids {
		r.events(id)
		s, _ := r.View(t.Context(), id, Freshness{Now: true})
		total += s.Counts().Teams
	}
	if total != callers*each {
		t.Errorf("%d teams, want %d", total, callers*each)
	}
}

// I-63, I-44: a log that cannot be folded poisons its own organization only.
func TestPoisonedLogIsQuarantined(t *testing.T) {
	db := memory.Open()
	r := newRig(t, db)
	olga := r.person("olga")
	bad, good := r.found("bad", olga), r.found("good", olga)
	events := r.events(bad)
	last := events[len(events)-1]
	alien := store.Event{Org: string(bad), Version: last.Version + 1, At: last.At, Command: "cmd_x", Actor: "operator", Name: "member.promoted_to_god", Data: []byte(`{}`), Prev: store.Hash(last)}
	if err := db.Log().Append(t.Context(), []store.Append{{Org: string(bad), After: last.Version, Events: []store.Event{alien}, Hash: store.Hash(alien)}}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := r.View(t.Context(), bad, Freshness{Now: true}); !errors.Is(err, ErrQuarantined) {
			t.Errorf("poisoned: %v", err)
		}
	}
	if _, err := r.Do(t.Context(), as(olga), bad, org.Rename{Name: "X"}, Opts{}); !errors.Is(err, ErrQuarantined) {
		t.Errorf("command in a poisoned organization: %v", err)
	}
	if _, err := r.View(t.Context(), good, Freshness{Now: true}); err != nil {
		t.Errorf("the other organization: %v", err)
	}
}

// I-43, T-234
func TestSnapshots(t *testing.T) {
	db := memory.Open()
	r := newRig(t, db, func(o *Options) { o.SnapshotGap = 20 })
	olga := r.person("olga")
	id := r.found("acme", olga)
	for i := range 50 {
		r.do(as(olga), id, org.CreateTeam{Name: org.Name(fmt.Sprint("Team ", i))})
	}
	for i := 0; r.Stats().Snapshots.Load() == 0 && i < 200; i++ {
		time.Sleep(5 * time.Millisecond)
	}
	want, _ := r.View(t.Context(), id, Freshness{Now: true})
	stored, err := db.Snapshots().Load(t.Context(), string(id), ledger.SnapshotFormat)
	if err != nil {
		t.Fatalf("no snapshot was written: %v", err)
	}
	check := func(name string) {
		other := newRig(t, db)
		got, err := other.View(t.Context(), id, Freshness{})
		if err != nil || !bytes.Equal(org.Save(got), org.Save(want)) {
			t.Errorf("%s: the loaded state differs: %v", name, err)
		}
	}
	check("from the snapshot")
	for name, data := range map[string][]byte{
		"cut short":    stored.Data[:len(stored.Data)/2],
		"of garbage":   []byte("zz\n{}"),
		"of old chain": append([]byte("00"), stored.Data[2:]...),
	} {
		if err := db.Snapshots().Drop(t.Context(), string(id)); err != nil {
			t.Fatal(err)
		}
		s := stored
		sum := sha256.Sum256(data)
		s.Data, s.Hash = data, sum[:] // an honest hash of nonsense
		if err := db.Snapshots().Save(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		check("snapshot " + name)
	}
	// A snapshot of the newest state that says it follows another log's end has nothing behind it to contradict it.
	wrong := stored
	wrong.Version = uint64(want.Version())
	wrong.Data = append([]byte(strings.Repeat("00", sha256.Size)+"\n"), org.Save(want)...)
	sum := sha256.Sum256(wrong.Data)
	wrong.Hash = sum[:]
	if err := errors.Join(db.Snapshots().Drop(t.Context(), string(id)), db.Snapshots().Save(t.Context(), wrong)); err != nil {
		t.Fatal(err)
	}
	check("snapshot of another log")
}

// I-49: every write four ways. What was acknowledged is there once, what was refused is not, and a caller who was told
// "unknown" finds it all or nothing.
func TestFaultyAppends(t *testing.T) { walkWithFaults(t, memory.Open(), 400) }

func walkWithFaults(t *testing.T, db store.DB, steps int, change ...func(*Options)) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	chance := rand.New(rand.NewPCG(seed, 1))
	other := newRig(t, db, change...)
	overtaken := 0
	faulty := storetest.Inject(db, storetest.Plan{
		Append: storetest.Seeded(rand.New(rand.NewPCG(seed, 2)), 3, storetest.Fail, storetest.FailDone, storetest.Overtaken),
		Overtake: func(ctx context.Context, _ store.Log, batch []store.Append) error {
			overtaken++
			id := org.OrgID(batch[0].Org)
			if s, err := other.View(ctx, id, Freshness{Now: true}); err == nil {
				owner := s.Owners(other.Now())[0]
				_, err = other.Do(ctx, as(owner), id, org.CreateTeam{Name: org.Name(fmt.Sprint("Overtaker ", overtaken))}, Opts{})
				return err
			}
			return nil
		}})
	r := newRig(t, faulty, change...)
	crowd := people(other, 6)
	ids := []org.OrgID{other.found("one", crowd[0]), other.found("two", crowd[1])}
	acked := map[org.OrgID]int{}
	for i := range steps {
		id := ids[chance.IntN(2)]
		actor := as(crowd[chance.IntN(2)])
		if s, err := other.View(t.Context(), id, Freshness{Now: true}); err == nil && chance.IntN(2) == 0 {
			actor = as(s.Owners(other.Now())[0]) // whoever may still do everything
		}
		command := randomCommand(chance, crowd, i)
		res, err := r.Do(context.Background(), actor, id, command, Opts{})
		var refusal *org.Refusal
		switch {
		case err == nil:
			acked[id] += len(res.Facts)
			assertIn(t, r, id, res)
		case errors.Is(err, ErrUnavailable), errors.Is(err, ErrBusy), errors.Is(err, ErrOutcomeUnknown):
		case !errors.As(err, &refusal):
			t.Fatalf("step %d: %v", i, err)
		}
	}
	for _, id := range ids {
		events := r.events(id)
		folded, err := ledger.Facts(events)
		if err != nil {
			t.Fatal(err)
		}
		state := org.Evolve(org.Empty(r.library), folded...)
		cached, err := r.View(t.Context(), id, Freshness{Now: true})
		if err != nil || !bytes.Equal(org.Save(state), org.Save(cached)) {
			t.Errorf("%s: what is in memory is not the fold of the log: %v", id, err)
		}
		if len(events) < acked[id] {
			t.Errorf("%s: %d facts in the log, %d acknowledged", id, len(events), acked[id])
		}
	}
	if overtaken == 0 {
		t.Error("nothing was overtaken")
	}
}

func assertIn(t *testing.T, r *rig, id org.OrgID, res Result) {
	t.Helper()
	for _, f := range res.Facts {
		events, err := r.db.(*storetest.Faulty).Log().Events(t.Context(), string(id), uint64(f.Version)-1, 1)
		if err != nil || len(events) != 1 || events[0].Command != string(f.Command) {
			t.Fatalf("acknowledged fact %d of %s is not in the log: %v", f.Version, id, err)
		}
	}
}

func randomCommand(chance *rand.Rand, crowd []org.PersonID, i int) org.Command {
	person := crowd[chance.IntN(len(crowd))]
	role := org.OrgRoles[chance.IntN(len(org.OrgRoles))]
	switch chance.IntN(7) {
	case 0:
		return org.AddMember{Person: person, Role: role}
	case 1:
		return org.SetRole{Person: person, Role: role}
	case 2:
		return org.Suspend{Person: person}
	case 3:
		return org.Reactivate{Person: person}
	case 4:
		return org.Remove{Person: person}
	case 5:
		return org.CreateTeam{Name: org.Name(fmt.Sprint("Team ", i))}
	}
	return org.CreateProject{Name: org.Name(fmt.Sprint("Project ", i))}
}

func TestUniqueKeysOverTheInstance(t *testing.T) {
	r := newRig(t, nil)
	olga := r.person("olga")
	one := r.found("acme", olga)
	two := r.found("other", olga)
	_, err := r.Do(t.Context(), theOperator, "", org.CreateOrganization{Name: "Acme again", Slug: "acme", Owner: olga}, Opts{})
	if !errors.Is(err, org.ErrSlugTaken) {
		t.Errorf("a slug in use: %v", err)
	}
	r.do(as(olga), one, org.Rename{Slug: "acme-new"})
	if _, err := r.Do(t.Context(), as(olga), two, org.Rename{Slug: "acme"}, Opts{}); !errors.Is(err, org.ErrSlugTaken) {
		t.Errorf("an old slug leads on and is taken: %v", err)
	}
	for _, slug := range []string{"acme", "acme-new", string(one)} {
		if id, err := r.FindOrganization(t.Context(), slug); err != nil || id != one {
			t.Errorf("%s leads to %s: %v", slug, id, err)
		}
	}
	r.do(theOperator, one, org.SetExternalID{ExternalID: "crm-1"})
	if _, err := r.Do(t.Context(), theOperator, two, org.SetExternalID{ExternalID: "crm-1"}, Opts{}); !errors.Is(err, org.ErrExternalIDTaken) {
		t.Errorf("an external id in use: %v", err)
	}
	r.do(theOperator, one, org.SetExternalID{})
	r.do(theOperator, two, org.SetExternalID{ExternalID: "crm-1"})
	if id, err := r.FindOrganization(t.Context(), "ext:crm-1"); err != nil || id != two {
		t.Errorf("ext:crm-1 leads to %s: %v", id, err)
	}
	// One command of a batch that is refused for a key in use takes nobody along.
	var wait sync.WaitGroup
	made := make(chan org.OrgID, 40)
	for range 40 {
		wait.Go(func() {
			if res, err := r.Do(context.Background(), theOperator, "", org.CreateOrganization{Name: "Race", Slug: "race", Owner: olga}, Opts{}); err == nil {
				made <- res.State.ID()
			} else if !errors.Is(err, org.ErrSlugTaken) {
				t.Errorf("race: %v", err)
			}
		})
	}
	wait.Wait()
	if len(made) != 1 {
		t.Errorf("%d organizations took one slug", len(made))
	}
}

func TestVouching(t *testing.T) {
	r := newRig(t, nil)
	olga, ada := r.person("olga"), r.person("ada")
	id := r.found("acme", olga)
	if _, err := r.Vouch(t.Context(), theOperator, olga, false); !errors.Is(err, org.ErrLastOwner) {
		t.Errorf("withdrawing from the last ready owner: %v", err)
	}
	if p, _ := r.Person(t.Context(), olga); !p.Vouched {
		t.Error("the account lost what the organization refused to lose")
	}
	r.do(as(olga), id, org.AddMember{Person: ada, Role: org.RoleOwner})
	if _, err := r.Vouch(t.Context(), theOperator, olga, false); err != nil {
		t.Errorf("with another ready owner: %v", err)
	}
	if s, _ := r.View(t.Context(), id, Freshness{}); func() bool { m, _ := s.Member(olga, r.Now()); return m.Ready }() {
		t.Error("the organization still believes in the sign-in")
	}
}

func TestKeys(t *testing.T) {
	r := newRig(t, nil)
	secret, err := r.FirstKey(t.Context())
	if err != nil || secret == "" {
		t.Fatal(err)
	}
	if again, err := r.FirstKey(t.Context()); err != nil || again != "" {
		t.Errorf("T-186 a second first key: %q %v", again, err)
	}
	c, err := r.Authenticate(t.Context(), secret)
	if err != nil || !c.Operator {
		t.Fatalf("the first key: %v", err)
	}
	for name, wrong := range map[string]string{"empty": "", "mistyped": swapped(secret, len(KeyPrefix)+7), "cut": secret[:30], "of another": secret + "x"} {
		if c, err := r.Authenticate(t.Context(), wrong); err == nil || c.Operator {
			t.Errorf("%s key let in", name)
		}
	}
	if err := r.RemoveKey(t.Context(), c.Key); !errors.Is(err, ErrLastKey) {
		t.Errorf("removing the last key: %v", err)
	}
	_, short, err := r.AddKey(t.Context(), "for an hour", r.Now()+org.Instant(time.Hour.Microseconds()))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Authenticate(t.Context(), short); err != nil {
		t.Errorf("before its end: %v", err)
	}
	r.clock.move(time.Hour)
	if _, err := r.Authenticate(t.Context(), short); err == nil {
		t.Error("a key was let in at its end")
	}
	// T-161, I-53: only hashes are kept.
	rows, _ := r.db.Keys().ListKeys(t.Context(), "")
	for _, k := range rows {
		if bytes.Contains(k.Hash, []byte(secret)) || len(k.Hash) != 32 {
			t.Error("a secret is stored")
		}
	}
}

// swapped exchanges one character for another.
func swapped(s string, i int) string {
	other := byte('x')
	if s[i] == other {
		other = 'y'
	}
	return s[:i] + string(other) + s[i+1:]
}

func TestClosedAppAcceptsNothing(t *testing.T) {
	r := newRig(t, nil)
	olga := r.person("olga")
	id := r.found("acme", olga)
	var wait sync.WaitGroup
	for i := range 50 {
		wait.Go(func() {
			_, err := r.Do(context.Background(), as(olga), id, org.CreateTeam{Name: org.Name(fmt.Sprint("T", i))}, Opts{})
			if err != nil && !errors.Is(err, ErrClosing) {
				t.Errorf("T-265 %v", err)
			}
		})
	}
	r.Close()
	wait.Wait()
	if _, err := r.Do(t.Context(), as(olga), id, org.Rename{Name: "X"}, Opts{}); !errors.Is(err, ErrClosing) {
		t.Errorf("after the end: %v", err)
	}
}

func TestCacheKeepsWithinItsBytes(t *testing.T) {
	r := newRig(t, nil, func(o *Options) { o.CacheBytes = 64 << 10 })
	olga := r.person("olga")
	var ids []org.OrgID
	for i := range 40 {
		ids = append(ids, r.found(fmt.Sprint("org-", i), olga))
	}
	for _, id := range ids {
		if s, err := r.View(t.Context(), id, Freshness{}); err != nil || s.ID() != id {
			t.Fatalf("after eviction: %v", err)
		}
	}
	for i := range 1000 {
		_, _ = r.View(t.Context(), org.OrgID(fmt.Sprintf("org_%026d", i)), Freshness{})
	}
	if n, b := r.Cached(); b > 64<<10 || n > 40 {
		t.Errorf("T-212 %d organizations and %d bytes in memory", n, b)
	}
}
