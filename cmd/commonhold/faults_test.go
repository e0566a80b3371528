//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/commonhold/commonhold/client"
	"github.com/commonhold/commonhold/internal/app"
	"github.com/commonhold/commonhold/internal/store/postgres/pgtest"
	"github.com/commonhold/commonhold/org"
)

// hardBound is how old an answer may be at most.
const hardBound = 2 * time.Second

var errOnce = errors.New("not tried yet")

// patience is how long a test waits for what has to come.
const patience = 20 * time.Second

// A commit is sent, and the connection dies: before it reaches the server, or behind it, when the server is still at it.
// Whatever the caller is told, it is never "it did not happen" of something that happened, and under its key the
// command happens once.
//
// T-247, T-249, I-49, I-50
func TestTheAnswerToACommitIsLost(t *testing.T) {
	n := newNodes(t, 1)
	n.people("ana")
	n.found("acme", "ana")
	count := trials(6, 300)
	told := map[string]int{}
	for trial := range count {
		for _, r := range []struct {
			name  string
			at    pgtest.CutAt
			delay time.Duration
		}{
			{"it does not arrive", pgtest.BeforeReach, 0},
			{"it arrives", pgtest.AfterReach, 0},
			{"it arrives when nobody waits any more", pgtest.AfterReach, 300 * time.Millisecond},
		} {
			cuts := n.nets[0].Cuts()
			n.nets[0].CutCommit(r.at, r.delay)
			name := org.Name(fmt.Sprintf("Team %d %s", trial, r.name))
			ana := n.each[0].With(client.ActingFor("ext:ana"), client.IdempotencyKey(strings.ReplaceAll(string(name), " ", "-")))
			first, err := ana.CreateTeam(t.Context(), "acme", org.CreateTeam{Name: name})
			if n.nets[0].Cuts() != cuts+1 {
				t.Fatalf("%s: nothing was cut", name)
			}
			told[r.name+": "+code(err)]++
			was := len(n.teams(0, name))
			switch {
			case err == nil && was != 1:
				t.Fatalf("%s: it was acknowledged and is there %d times", name, was)
			case code(err) == app.ErrUnavailable.Code && was != 0:
				t.Fatalf("%s: it was refused and is there", name)
			case err != nil && code(err) != app.ErrUnavailable.Code && code(err) != app.ErrOutcomeUnknown.Code:
				t.Fatalf("%s: %v", name, err)
			}
			again, err := ana.CreateTeam(t.Context(), "acme", org.CreateTeam{Name: name})
			if err != nil || first.Team != "" && again.Team != first.Team || len(n.teams(0, name)) != 1 {
				t.Fatalf("%s: repeated it is %v after %v, and there %d times: %v", name, again.Team, first.Team, len(n.teams(0, name)), err)
			}
		}
	}
	t.Logf("told after the cuts: %v", told)
}

// teams finds the teams of a name as the database has them now.
func (n *nodes) teams(node int, name org.Name) []org.Team {
	n.Helper()
	teams, err := client.All(n.each[node].With(client.Fresh()).Teams(n.Context(), "acme", string(name)))
	n.must(err)
	return slices.DeleteFunc(teams, func(t org.Team) bool { return t.Name != name })
}

// The database server is killed in the middle of writes of two nodes, and started again. What was acknowledged is there
// once, what was not is there whole or not at all, and the nodes go on by themselves.
//
// T-214, T-239, T-266, I-49, I-62
func TestTheDatabaseServerIsKilledDuringWrites(t *testing.T) {
	own, err := pgtest.Start(pgtest.Safe, pgtest.OnPort)
	if err == pgtest.ErrNone {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = own.Stop() })
	n := nodesOn(t, own, pgtest.Empty, 2)
	n.people("ana")
	cycles := trials(3, 200)
	acked, unacked := 0, 0
	for cycle := range cycles {
		slug := n.each[0].found(cycle, ids("ana"))
		var writes []write
		var mu sync.Mutex
		ctx, stop := context.WithCancel(t.Context())
		var all sync.WaitGroup
		for c := range 8 {
			all.Go(func() {
				for k := 0; ctx.Err() == nil; k++ {
					w := write{cmd: org.CreateProject{Name: org.Name(fmt.Sprintf("Project %d-%d", c, k))}, key: fmt.Sprintf("%d-%d-%d", cycle, c, k)}
					for w.failed = errOnce; w.failed == errOnce || code(w.failed) == app.ErrBusy.Code; { // the other node was first too often
						_, w.failed = n.do(c%2, "ana", slug, w.cmd, client.IdempotencyKey(w.key))
					}
					w.acked = w.failed == nil
					mu.Lock()
					writes = append(writes, w)
					mu.Unlock()
					if !w.acked {
						return
					}
				}
			})
		}
		time.Sleep(100*time.Millisecond + rand.N(200*time.Millisecond))
		own.Kill()
		stop()
		all.Wait()
		if status := n.each[0].get("/livez"); status != http.StatusOK {
			t.Fatalf("the node is not alive without its database: %d", status)
		}
		if status := n.each[0].get("/readyz"); status != http.StatusServiceUnavailable {
			t.Fatalf("the node says %d without its database", status)
		}
		n.must(own.Run())
		for k := range 2 {
			n.until("ready again", patience, func() bool { return n.each[k].get("/readyz") == http.StatusOK })
		}
		for _, w := range writes {
			if refused := code(w.failed); refused != "" && refused != app.ErrUnavailable.Code && refused != app.ErrOutcomeUnknown.Code && refused != "network" {
				t.Fatalf("%s: %v", w.cmd.Name, w.failed)
			}
		}
		a, u := n.each[1].verify(slug, writes)
		acked, unacked = acked+a, unacked+u
	}
	t.Logf("%d kills: %d writes acknowledged, %d not", cycles, acked, unacked)
}

// watching asks a node without pause whether somebody may do something, until it is told to end.
type watching struct {
	mu     sync.Mutex
	asked  int
	denied map[string]int // by the code; "" is an answer
	last   time.Time      // when the last allow came in
	first  time.Time      // when the first deny came in behind the last allow
}

func (n *nodes) watch(ctx context.Context, node, callers int, q org.Question) *watching {
	w := &watching{denied: map[string]int{}}
	var all sync.WaitGroup
	for range callers {
		all.Go(func() {
			for ctx.Err() == nil {
				n.starting.RLock()
				ask := n.each[node].Client
				n.starting.RUnlock()
				yes, err := ask.Check(ctx, "acme", q)
				w.mu.Lock()
				now := time.Now()
				w.asked++
				switch {
				case yes && err == nil:
					w.last, w.first = now, time.Time{}
				default:
					w.denied[code(err)]++
					if w.first.IsZero() {
						w.first = now
					}
				}
				w.mu.Unlock()
			}
		})
	}
	go func() { all.Wait() }()
	return w
}

func (w *watching) lastAllow() time.Time { w.mu.Lock(); defer w.mu.Unlock(); return w.last }
func (w *watching) count() int           { w.mu.Lock(); defer w.mu.Unlock(); return w.asked }
func (w *watching) codes() string        { w.mu.Lock(); defer w.mu.Unlock(); return fmt.Sprint(w.denied) }

// allowed sets a member up who may see the members, and returns the question whether that is so.
func (n *nodes) allowed() org.Question {
	n.Helper()
	n.people("ana", "bob")
	n.found("acme", "ana")
	_, err := n.do(0, "ana", "acme", org.AddMember{Person: ids("bob"), Role: org.RoleAdmin})
	n.must(err)
	return org.Question{Person: ids("bob"), Permission: "members:view"}
}

// A node is frozen while somebody loses a right on another one. When it goes on, no allow comes out of it that is older
// than the bound: neither to those who were waiting nor to those who ask then.
//
// T-232, I-57
func TestAFrozenNodeAllowsNothingOld(t *testing.T) {
	besideOthers(t)
	frozen := 5 * time.Second
	if long() {
		frozen = time.Minute
	}
	n := newNodes(t, 2)
	q := n.allowed()
	for round := range trials(1, 5) {
		ctx, end := context.WithCancel(t.Context())
		w := n.watch(ctx, 1, 16, q)
		n.until("allowed", patience, func() bool { return w.lastAllow().After(time.Now().Add(-time.Second)) })
		n.each[1].signal(syscall.SIGSTOP)
		_, err := n.do(0, "ana", "acme", org.SetRole{Person: ids("bob"), Role: org.RoleMember})
		revoked := time.Now()
		n.must(err)
		time.Sleep(frozen)
		asked := w.count()
		n.each[1].signal(syscall.SIGCONT)
		woken := time.Now()
		n.until("it answers again", patience, func() bool { return w.count() > asked+100 })
		end()
		if last := w.lastAllow(); last.After(revoked.Add(hardBound)) {
			t.Errorf("round %d: an allow came %v after the right was taken, %v after waking", round, last.Sub(revoked), last.Sub(woken))
		}
		t.Logf("frozen for %v: denied %s", frozen, w.codes())
		_, err = n.do(0, "ana", "acme", org.SetRole{Person: ids("bob"), Role: org.RoleAdmin})
		n.must(err)
	}
}

// Rights are taken on one node while others ask another one without pause: how long it goes on allowing, with
// notifications, and with a pooler in between that keeps them to itself.
//
// T-226, T-230, I-54
func TestRevocationReachesTheOtherNode(t *testing.T) {
	besideOthers(t)
	n := newNodes(t, 2)
	q := n.allowed()
	for _, r := range []struct {
		name string
		deaf bool
	}{{"with notifications", false}, {"without notifications", true}} {
		t.Run(r.name, func(t *testing.T) {
			n.nets[1].Deafen(r.deaf)
			n.nets[1].Cut()
			time.Sleep(1500 * time.Millisecond) // it listens again, or believes so
			var took []time.Duration
			for range trials(10, 500) {
				ctx, end := context.WithCancel(t.Context())
				w := n.watch(ctx, 1, 4, q)
				n.until("allowed", patience, func() bool { return !w.lastAllow().IsZero() })
				_, err := n.do(0, "ana", "acme", org.SetRole{Person: ids("bob"), Role: org.RoleMember})
				n.must(err)
				acked := time.Now()
				n.until("denied", patience, func() bool { w.mu.Lock(); defer w.mu.Unlock(); return w.denied[""] > 8 })
				end()
				took = append(took, max(0, w.lastAllow().Sub(acked)))
				_, err = n.do(0, "ana", "acme", org.SetRole{Person: ids("bob"), Role: org.RoleAdmin})
				n.must(err)
			}
			slices.Sort(took)
			t.Logf("%d times: median %v, worst %v", len(took), took[len(took)/2], took[len(took)-1])
			if worst := took[len(took)-1]; worst > hardBound {
				t.Errorf("it allowed for %v", worst)
			}
			if log := n.each[1].process.logged(); r.deaf && !strings.Contains(log, "no notification comes back") {
				t.Errorf("the node does not say that it hears nothing: %s", log)
			}
			// The others ask the very node that counts here; a hint takes milliseconds, the bound a second.
			if median := took[len(took)/2]; !r.deaf && median > 300*time.Millisecond {
				t.Errorf("hints do not come in: the median is %v", median)
			}
		})
	}
}

// A node loses its database behind a network that swallows everything: it denies after the bound, takes no command, says
// that it is not ready, and comes back by itself.
//
// T-232, T-266, I-57
func TestANodeWithoutItsDatabaseRefuses(t *testing.T) {
	n := newNodes(t, 2)
	q := n.allowed()
	if yes, err := n.each[1].Check(t.Context(), "acme", q); err != nil || !yes {
		t.Fatal(yes, err)
	}
	n.nets[1].Stall()
	stalled := time.Now()
	_, err := n.do(0, "ana", "acme", org.SetRole{Person: ids("bob"), Role: org.RoleMember})
	n.must(err)
	ctx, end := context.WithCancel(t.Context())
	w := n.watch(ctx, 1, 4, q)
	written := make(chan error, 1)
	go func() {
		_, err := n.do(1, "ana", "acme", org.CreateTeam{Name: "Lost"}, client.IdempotencyKey("lost"))
		written <- err
	}()
	if status := n.each[1].get("/readyz"); status != http.StatusServiceUnavailable {
		t.Errorf("it says that it is ready: %d", status)
	}
	if status := n.each[1].get("/livez"); status != http.StatusOK {
		t.Errorf("it says that it is not alive: %d", status)
	}
	time.Sleep(4 * time.Second)
	if last := w.lastAllow(); last.After(stalled.Add(hardBound)) {
		t.Errorf("it allowed %v later", last.Sub(stalled))
	}
	n.nets[1].Cut()
	n.nets[1].Flow()
	back := n.until("ready again", patience, func() bool { return n.each[1].get("/readyz") == http.StatusOK })
	if err := <-written; err != nil && code(err) != app.ErrUnavailable.Code && code(err) != app.ErrOutcomeUnknown.Code {
		t.Errorf("the command is told %v", err)
	}
	n.until("it answers", patience, func() bool { yes, err := n.each[1].Check(t.Context(), "acme", q); return err == nil && !yes })
	end()
	t.Logf("ready %v after the network was back; meanwhile %s", back, w.codes())
	_, err = n.do(1, "ana", "acme", org.CreateTeam{Name: "Lost"}, client.IdempotencyKey("lost"))
	n.must(err)
	if found := n.teams(0, "Lost"); len(found) != 1 {
		t.Errorf("it happened %d times", len(found))
	}
}

// A standby takes over that lacks the last commits. The nodes drop what they remember beyond it, say so, and go on.
//
// T-248
func TestTheDatabaseGoesBackInTime(t *testing.T) {
	n := newNodes(t, 1)
	q := n.allowed()
	_, err := n.do(0, "ana", "acme", org.SetRole{Person: ids("bob"), Role: org.RoleMember})
	n.must(err)
	n.each[0].signal(syscall.SIGSTOP) // so that nobody is connected while a copy is made
	n.nets[0].Cut()
	before := n.copyOf(n.database)
	n.each[0].signal(syscall.SIGCONT)
	n.until("it answers", patience, func() bool { _, err := n.each[0].Check(t.Context(), "acme", q); return err == nil })
	_, err = n.do(0, "ana", "acme", org.SetRole{Person: ids("bob"), Role: org.RoleAdmin})
	n.must(err)
	if yes, err := n.each[0].Check(t.Context(), "acme", q); err != nil || !yes {
		t.Fatal(yes, err)
	}
	n.each[0].signal(syscall.SIGSTOP)
	n.nets[0].Cut()
	n.swap(before)
	n.each[0].signal(syscall.SIGCONT)
	n.until("the lost right is lost", patience, func() bool { yes, err := n.each[0].Check(t.Context(), "acme", q); return err == nil && !yes })
	if log := n.each[0].process.logged(); !strings.Contains(log, "went back") {
		t.Errorf("it does not say so: %s", log)
	}
	_, err = n.do(0, "ana", "acme", org.CreateTeam{Name: "Red"})
	n.must(err)
}

// copyOf copies a database to which nobody is connected.
func (n *nodes) copyOf(database string) string {
	n.Helper()
	n.lonely(database)
	return n.server.New(n, database)
}

// lonely ends all connections to a database.
func (n *nodes) lonely(database string) {
	n.Helper()
	n.must(n.server.Do("postgres", `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '`+database+`'`))
}

// swap puts a database in the place of the nodes'.
func (n *nodes) swap(with string) {
	n.Helper()
	n.lonely(n.database)
	n.must(n.server.Do("postgres", `ALTER DATABASE `+n.database+` RENAME TO swapped`, `ALTER DATABASE `+with+` RENAME TO `+n.database,
		`ALTER DATABASE swapped RENAME TO `+with))
}

// Two nodes live through whatever happens, while rights are given and taken and others ask without pause: no allow comes
// later than the bound behind the moment in which the right was gone, nothing acknowledged is lost or doubled, and in
// the end the nodes agree.
//
// T-226, T-232, T-239, T-247, I-49, I-54, I-62
func TestNodesLiveThroughFaults(t *testing.T) {
	besideOthers(t)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	chance := rand.New(rand.NewPCG(seed, 0))
	n := newNodes(t, 2)
	q := n.allowed()
	var late atomic.Int64
	for round := range trials(5, 500) {
		n.liveThrough(chance, round, q, &late)
		if t.Failed() {
			t.Fatalf("round %d", round)
		}
	}
	t.Logf("the last allow came at most %v behind the taking of the right", time.Duration(late.Load()))
}

func (n *nodes) liveThrough(chance *rand.Rand, round int, q org.Question, late *atomic.Int64) {
	n.Helper()
	ctx, end := context.WithCancel(n.Context())
	defer end()
	w := n.watch(ctx, 1, 4, q)
	n.until("allowed", patience, func() bool { return !w.lastAllow().IsZero() })
	fault, undo := n.fault(chance)
	time.Sleep(rand.N(50 * time.Millisecond))

	key := fmt.Sprint("take-", round)
	node := chance.IntN(2)
	var acked time.Time
	for start := time.Now(); acked.IsZero(); {
		// Who is not answered soon asks another node, under the same key.
		soon, cancel := context.WithTimeout(ctx, time.Second)
		ana := n.each[node].With(client.ActingFor("ext:ana"), client.IdempotencyKey(key))
		_, err := ana.Do(soon, "acme", org.SetRole{Person: ids("bob"), Role: org.RoleMember}, nil)
		cancel()
		if err == nil {
			acked = time.Now()
		} else if time.Since(start) > patience {
			n.Fatalf("%s: the right cannot be taken on node %d: %v", fault, node, err)
		}
		if time.Since(start) > 300*time.Millisecond {
			node = 0
		}
	}
	time.Sleep(time.Duration(chance.IntN(2500)) * time.Millisecond)
	undo()
	n.until(fault+": denied", patience, func() bool {
		yes, err := n.each[1].Check(ctx, "acme", q)
		return err == nil && !yes
	})
	time.Sleep(50 * time.Millisecond)
	end()
	if behind := w.lastAllow().Sub(acked); behind > hardBound {
		n.Errorf("%s: an allow came %v behind the taking of the right", fault, behind)
	} else {
		late.Store(max(late.Load(), int64(behind)))
	}
	for k := range n.each {
		n.until(fault+": ready", patience, func() bool { return n.each[k].get("/readyz") == http.StatusOK })
	}
	n.agree(fault, round)
	n.until(fault+": given again", patience, func() bool {
		_, err := n.do(0, "ana", "acme", org.SetRole{Person: ids("bob"), Role: org.RoleAdmin}, client.IdempotencyKey(fmt.Sprint("give-", round)))
		return err == nil
	})
}

// agree fails unless both nodes have the same organization, in which the right was taken once.
func (n *nodes) agree(fault string, round int) {
	n.Helper()
	var versions [2]org.Version
	for k := range 2 {
		about, err := n.each[k].With(client.Fresh()).Organization(n.Context(), "acme")
		n.must(err)
		versions[k] = about.Version
	}
	taken := 0
	for e, err := range n.each[0].Audit(n.Context(), "acme") {
		n.must(err)
		for _, f := range e.Facts {
			if f.Name == "member.role_set" {
				taken++
			}
		}
	}
	if versions[0] != versions[1] || taken != 2*round+1 {
		n.Errorf("%s: the nodes are at %v; %d roles were set, want %d", fault, versions, taken, 2*round+1)
	}
}

// fault does something to node 1 or to the network and returns its name and what ends it.
func (n *nodes) fault(chance *rand.Rand) (string, func()) {
	switch node, net := n.each[1], n.nets[1]; chance.IntN(7) {
	case 0:
		net.Cut()
		return "connections cut", func() {}
	case 1:
		net.Stall()
		return "network stalled", func() { net.Cut(); net.Flow() }
	case 2:
		net.Stall()
		return "network late", net.Flow
	case 3:
		node.signal(syscall.SIGSTOP)
		return "node frozen", func() { node.signal(syscall.SIGCONT) }
	case 4:
		node.process.kill()
		return "node killed", func() {
			n.starting.Lock()
			defer n.starting.Unlock()
			node.start()
		}
	case 5:
		net.Deafen(true)
		net.Cut()
		return "notifications lost", func() { net.Deafen(false); net.Cut() }
	default:
		at, delay := pgtest.CutAt(1+chance.IntN(2)), time.Duration(chance.IntN(200))*time.Millisecond
		n.nets[0].CutCommit(at, delay)
		return "commit cut", func() { n.nets[0].CutCommit(pgtest.Never, 0) }
	}
}
