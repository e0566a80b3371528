package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/commonhold/commonhold/client"
	"github.com/commonhold/commonhold/org"
)

// write is a command that was sent, and whether the server said that it happened.
type write struct {
	cmd    org.CreateProject
	key    string
	acked  bool
	failed error
}

// TestKills ends the server in the middle of writes as a power cut does, again and again. Whatever was acknowledged is
// there afterwards, once; whatever was not is there whole or not at all; and repeating it under its key makes it happen
// once.
//
// T-214, T-239, I-49
func TestKills(t *testing.T) {
	besideOthers(t)
	cycles := 10
	if long() {
		cycles = 1000
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	chance := rand.New(rand.NewPCG(seed, 0))
	i := newInstance(t)
	owner, err := i.AddPerson(t.Context(), client.PersonFields{Name: "Ana Souza", ExternalID: "ana"})
	if err == nil {
		_, err = i.Vouch(t.Context(), "ext:ana", true)
	}
	if err != nil {
		t.Fatal(err)
	}
	acked, unacked := 0, 0
	for n := range cycles {
		slug := i.found(n, owner.Person)
		writes := i.killWhileWriting(slug, n, chance.Int64N(40), time.Duration(chance.IntN(10_000))*time.Microsecond)
		i.start()
		a, u := i.verify(slug, writes)
		acked, unacked = acked+a, unacked+u
	}
	t.Logf("%d kills: %d writes acknowledged, %d not", cycles, acked, unacked)
	if acked == 0 || unacked == 0 {
		t.Error("the kills were all too early or all too late to show anything")
	}
}

// found makes an organization in which creating a project is four facts: the project, and what its creator, a team and
// everyone get in it.
func (i *instance) found(n int, owner org.PersonID) string {
	i.Helper()
	slug := fmt.Sprintf("org-%d", n)
	_, err := i.CreateOrganization(i.Context(), org.CreateOrganization{Name: "Acme", Slug: org.Slug(slug), Owner: owner})
	var team org.Team
	if err == nil {
		team, err = i.CreateTeam(i.Context(), slug, org.CreateTeam{Name: "Growth"})
	}
	if err == nil {
		_, err = i.Do(i.Context(), slug, org.SetSettings{EveryoneRole: org.Consumer, Teams: []org.TeamRole{{Team: team.Team, Role: org.Analyst}}}, nil)
	}
	if err != nil {
		i.Fatal(err)
	}
	return slug
}

const factsOfAProject = 4

// killWhileWriting lets several callers write until the server is killed, some time after it acknowledged so many writes.
func (i *instance) killWhileWriting(slug string, n int, acks int64, after time.Duration) []write {
	i.Helper()
	const callers = 8
	ana := i.With(client.ActingFor("ext:ana"))
	all := make([][]write, callers)
	ctx, stop := context.WithCancel(i.Context())
	var wait sync.WaitGroup
	var acked atomic.Int64
	for c := range callers {
		wait.Go(func() {
			for k := 0; ctx.Err() == nil; k++ {
				w := write{cmd: org.CreateProject{Name: org.Name(fmt.Sprintf("Project %d-%d", c, k))}, key: fmt.Sprintf("kill-%d-%d-%d", n, c, k)}
				_, w.failed = ana.With(client.IdempotencyKey(w.key)).Do(i.Context(), slug, w.cmd, nil)
				w.acked = w.failed == nil
				all[c] = append(all[c], w)
				if !w.acked {
					return
				}
				acked.Add(1)
			}
		})
	}
	for deadline := time.Now().Add(10 * time.Second); acked.Load() < acks && time.Now().Before(deadline); {
		time.Sleep(100 * time.Microsecond)
	}
	time.Sleep(after)
	i.process.kill()
	stop()
	wait.Wait()
	return slices.Concat(all...)
}

// verify compares what is there with what was acknowledged, repeats the rest, and compares again.
func (i *instance) verify(slug string, writes []write) (acked, unacked int) {
	i.Helper()
	times := i.created(slug)
	for _, w := range writes {
		switch n := times[w.cmd.Name]; {
		case w.acked && n != 1:
			i.Fatalf("%s: %s was acknowledged and happened %d times", slug, w.cmd.Name, n)
		case n > 1:
			i.Fatalf("%s: %s happened %d times", slug, w.cmd.Name, n)
		case w.acked:
			acked++
		default:
			unacked++
		}
		ana := i.With(client.ActingFor("ext:ana"), client.IdempotencyKey(w.key))
		if _, err := ana.Do(i.Context(), slug, w.cmd, nil); err != nil {
			i.Fatalf("%s: repeat %s: %v", slug, w.cmd.Name, err)
		}
	}
	times = i.created(slug)
	for _, w := range writes {
		if n := times[w.cmd.Name]; n != 1 {
			i.Fatalf("%s: %s happened %d times after it was repeated", slug, w.cmd.Name, n)
		}
	}
	if len(times) != len(writes) {
		i.Fatalf("%s: %d projects, %d were asked for", slug, len(times), len(writes))
	}
	return acked, unacked
}

// created counts how often each project was created, and finds commands of which only a part is there.
func (i *instance) created(slug string) map[org.Name]int {
	i.Helper()
	out := map[org.Name]int{}
	for e, err := range i.With(client.Fresh()).Audit(i.Context(), slug) {
		if err != nil {
			i.Fatal(err)
		}
		at := slices.IndexFunc(e.Facts, func(f client.Fact) bool { return f.Name == "project.created" })
		if at < 0 {
			continue
		}
		data, _ := e.Facts[at].Data.(map[string]any)
		name, _ := data["name"].(string)
		out[org.Name(name)]++
		if len(e.Facts) != factsOfAProject && len(e.Facts) != factsOfAProject+1 { // the first one notes that Ana entered
			i.Fatalf("%s: %s left %d facts: %v", slug, name, len(e.Facts), e.Facts)
		}
	}
	return out
}
