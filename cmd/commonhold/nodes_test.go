//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/commonhold/commonhold/client"
	"github.com/commonhold/commonhold/internal/cli"
	"github.com/commonhold/commonhold/internal/store/postgres"
	"github.com/commonhold/commonhold/internal/store/postgres/pgtest"
	"github.com/commonhold/commonhold/org"
)

// shared is the PostgreSQL server of all tests here. It syncs what it commits: they end it without warning.
var shared = pgtest.Shared{Options: []pgtest.Option{pgtest.Safe, pgtest.OnPort}, Prepare: func(address string) error {
	db, err := postgres.Open(context.Background(), address)
	if err != nil {
		return err
	}
	return db.Close()
}}

// withServers ends what the tests started.
type withServers struct{ *testing.M }

func (m withServers) Run() int {
	code := m.M.Run()
	if err := shared.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

// nodes are servers on one database, each behind a network of its own.
type nodes struct {
	testing.TB
	server   *pgtest.Server
	database string
	each     []*instance
	nets     []*pgtest.Proxy
	starting sync.RWMutex // a node has another address when it starts again
}

func newNodes(t testing.TB, count int, flags ...string) *nodes {
	t.Helper()
	return nodesOn(t, shared.Server(t), "prepared", count, flags...)
}

// nodesOn starts nodes on a new database of a server.
func nodesOn(t testing.TB, server *pgtest.Server, like string, count int, flags ...string) *nodes {
	t.Helper()
	n := &nodes{TB: t, server: server}
	n.database = n.server.New(t, like)
	for k := range count {
		net := pgtest.NewProxy(t, n.server.Port())
		i := &instance{TB: t, dir: t.TempDir(), process: &process{}, env: []string{"COMMONHOLD_DATABASE=" + n.server.URL(net.Address(), n.database)}}
		if k > 0 {
			n.copyKeys(i)
		}
		t.Cleanup(func() { i.process.kill() })
		i.start(flags...)
		n.each, n.nets = append(n.each, i), append(n.nets, net)
	}
	return n
}

// copyKeys gives an instance the keys of the first, as whoever runs several of them does.
func (n *nodes) copyKeys(i *instance) {
	n.Helper()
	from, to := filepath.Join(n.each[0].dir, "commonhold-data"), filepath.Join(i.dir, "commonhold-data")
	err := os.Mkdir(to, 0o700)
	for _, name := range []string{instanceKey, cli.KeyFile} {
		var text []byte
		if err == nil {
			text, err = os.ReadFile(filepath.Join(from, name))
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(to, name), text, 0o600)
		}
	}
	n.must(err)
}

func (n *nodes) must(err error) {
	n.Helper()
	if err != nil {
		n.Fatal(err)
	}
}

// people makes people who can be acted for, by their external ids.
func (n *nodes) people(names ...string) {
	n.Helper()
	for _, name := range names {
		_, err := n.each[0].AddPerson(n.Context(), client.PersonFields{Name: name, ExternalID: org.ExternalID(name)})
		if err == nil {
			_, err = n.each[0].Vouch(n.Context(), "ext:"+name, true)
		}
		n.must(err)
	}
}

func (n *nodes) found(slug, owner string) {
	n.Helper()
	_, err := n.each[0].CreateOrganization(n.Context(), org.CreateOrganization{Name: "Acme", Slug: org.Slug(slug), Owner: org.PersonID("ext:" + owner)})
	n.must(err)
}

// do runs a command on a node as a person.
func (n *nodes) do(node int, as, slug string, cmd org.Command, options ...client.Option) (client.Reply, error) {
	return n.each[node].With(append(options, client.ActingFor("ext:"+as))...).Do(n.Context(), slug, cmd, nil)
}

// code is what a server calls an error; one that came from no server is "network".
func code(err error) string {
	if err == nil {
		return ""
	}
	if p, ok := errors.AsType[*client.Problem](err); ok {
		return p.Code
	}
	return "network"
}

func ids(name string) org.PersonID { return org.PersonID("ext:" + name) }

// atOnce runs a function for every number below count at the same instant.
func atOnce(count int, do func(k int)) {
	begin := make(chan struct{})
	var all sync.WaitGroup
	for k := range count {
		all.Go(func() { <-begin; do(k) })
	}
	close(begin)
	all.Wait()
}

func trials(short, long_ int) int {
	if long() {
		return long_
	}
	return short
}

// Two owners demote each other at the same instant on two nodes: exactly one wins, and the organization keeps an owner.
//
// I-15, I-42
func TestTwoOwnersDemoteEachOtherOnTwoNodes(t *testing.T) {
	besideOthers(t)
	n := newNodes(t, 2)
	owners := []string{"ana", "bob"}
	n.people(owners...)
	n.found("acme", "ana")
	_, err := n.do(0, "ana", "acme", org.AddMember{Person: ids("bob"), Role: org.RoleOwner})
	n.must(err)
	count := trials(100, 10_000)
	won := [2]int{}
	for trial := range count {
		var errs [2]error
		for k := range 2 { // so that neither starts from an older state
			_, err := n.each[k].With(client.Fresh()).Organization(t.Context(), "acme")
			n.must(err)
		}
		atOnce(2, func(k int) {
			_, errs[k] = n.do(k, owners[k], "acme", org.SetRole{Person: ids(owners[1-k]), Role: org.RoleMember})
		})
		winner := 0
		if errs[0] != nil {
			winner = 1
		}
		if errs[winner] != nil || errs[1-winner] == nil {
			t.Fatalf("trial %d: %v and %v", trial, errs[0], errs[1])
		}
		if code(errs[1-winner]) != org.ErrNotAllowed.Code {
			t.Fatalf("trial %d: the loser is told %v", trial, errs[1-winner])
		}
		won[winner]++
		_, err := n.do(trial%2, owners[winner], "acme", org.SetRole{Person: ids(owners[1-winner]), Role: org.RoleOwner}, client.Fresh())
		n.must(err)
	}
	t.Logf("%d trials: the first won %d, the second %d", count, won[0], won[1])
}

// lanes runs so many trials, several beside each other: they share what a database syncs.
func lanes(t *testing.T, count int, try func(trial int) error) {
	t.Helper()
	const beside = 8
	var next atomic.Int64
	atOnce(beside, func(int) {
		for trial := next.Add(1) - 1; int(trial) < count && !t.Failed(); trial = next.Add(1) - 1 {
			if err := try(int(trial)); err != nil {
				t.Errorf("trial %d: %v", trial, err)
			}
		}
	})
}

// T-247, I-50: one idempotency key on two nodes at once is one effect and one answer.
func TestOneIdempotencyKeyOnTwoNodes(t *testing.T) {
	besideOthers(t)
	n := newNodes(t, 2)
	n.people("ana")
	n.found("acme", "ana")
	count := trials(100, 10_000)
	lanes(t, count, func(trial int) error {
		var teams [2]org.Team
		var errs [2]error
		key := fmt.Sprintf("key-%d", trial)
		atOnce(2, func(k int) {
			ana := n.each[k].With(client.ActingFor("ext:ana"), client.IdempotencyKey(key))
			teams[k], errs[k] = ana.CreateTeam(t.Context(), "acme", org.CreateTeam{Name: org.Name(fmt.Sprintf("Team %d", trial))})
		})
		if errs[0] != nil || errs[1] != nil || teams[0].Team != teams[1].Team {
			return fmt.Errorf("%v %v and %v %v", teams[0].Team, errs[0], teams[1].Team, errs[1])
		}
		return nil
	})
	teams, err := client.All(n.each[0].With(client.Fresh()).Teams(t.Context(), "acme", ""))
	if err != nil || len(teams) != count {
		t.Errorf("%d teams, want %d: %v", len(teams), count, err)
	}
}

// I-42: of two organizations that want one slug on two nodes, one gets it.
func TestOneSlugOnTwoNodes(t *testing.T) {
	besideOthers(t)
	n := newNodes(t, 2)
	n.people("ana")
	lanes(t, trials(50, 10_000), func(trial int) error {
		slug := fmt.Sprintf("acme-%d", trial)
		var errs [2]error
		atOnce(2, func(k int) {
			_, errs[k] = n.each[k].CreateOrganization(t.Context(), org.CreateOrganization{Name: "Acme", Slug: org.Slug(slug), Owner: ids("ana")})
		})
		if code(errs[0])+code(errs[1]) != org.ErrSlugTaken.Code {
			return fmt.Errorf("%v and %v", errs[0], errs[1])
		}
		return nil
	})
}

// The last seat is taken once, on whichever of two nodes.
func TestTheLastSeatOnTwoNodes_T61_I12(t *testing.T) {
	besideOthers(t)
	n := newNodes(t, 2)
	guests := []string{"bob", "cat"}
	n.people(append(guests, "ana")...)
	n.found("acme", "ana")
	_, err := n.each[0].Do(t.Context(), "acme", org.SetPlan{Plan: "small", Subscription: org.Paid, Seats: "2", Projects: org.Unlimited,
		ServiceAccounts: org.Unlimited, CustomRoles: org.Unlimited}, nil)
	n.must(err)
	won := [2]int{}
	for trial := range trials(50, 10_000) {
		var errs [2]error
		atOnce(2, func(k int) {
			_, errs[k] = n.do(k, "ana", "acme", org.AddMember{Person: ids(guests[k]), Role: org.RoleMember})
		})
		winner := 0
		if errs[0] != nil {
			winner = 1
		}
		if errs[winner] != nil || code(errs[1-winner]) != org.ErrNoSeat.Code {
			t.Fatalf("trial %d: %v and %v", trial, errs[0], errs[1])
		}
		won[winner]++
		_, err := n.do(winner, "ana", "acme", org.Remove{Person: ids(guests[winner])})
		n.must(err)
	}
	t.Logf("the first won %d, the second %d", won[0], won[1])
}

// However hard two nodes write to one organization, every command gets its turn.
func TestNoNodeIsCrowdedOut(t *testing.T) {
	const callers, each = 4, 50
	n := newNodes(t, 2)
	n.people("ana")
	n.found("acme", "ana")
	atOnce(len(n.each)*callers, func(k int) {
		ana := n.each[k%len(n.each)].With(client.ActingFor("ext:ana"), client.Tries(1)) // none is repeated by the client
		for i := range each {
			if _, err := ana.CreateTeam(t.Context(), "acme", org.CreateTeam{Name: org.Name(fmt.Sprint("Team ", k, " ", i))}); err != nil {
				t.Errorf("node %d, write %d: %v", k%len(n.each), i, err)
			}
		}
	})
	teams, err := client.All(n.each[0].With(client.Fresh()).Teams(t.Context(), "acme", ""))
	if err != nil || len(teams) != len(n.each)*callers*each {
		t.Errorf("%d teams, %v", len(teams), err)
	}
}

// A page that one node began is turned on another; a server with another secret would refuse that, so it does not start.
func TestNodesShareTheirSecret(t *testing.T) {
	n := newNodes(t, 2)
	i := n.each[1]
	n.must(i.process.stop())
	n.must(os.WriteFile(filepath.Join(i.dir, "commonhold-data", instanceKey), []byte(strings.Repeat("ab", secretBytes)), 0o600))
	_, err := i.process.start(i.dir, append(environment(), i.env...), nil)
	if err == nil || !strings.Contains(i.process.logged(), "copy theirs there") {
		t.Errorf("it starts: %v\n%s", err, i.process.logged())
	}
	i.process.cmd = nil
}

// T-268: nothing that a server prints holds the password, whatever is wrong with the database's address.
func TestThePasswordIsNeverPrinted(t *testing.T) {
	server := shared.Server(t)
	for _, address := range []string{
		"postgres://ada:s3cr3t%2Fw0rd@127.0.0.1:1/commonhold", "postgres://ada:s3cr3t@127.0.0.1:port/commonhold",
		"postgres://ada:s3cr3t@[::1/commonhold", "host=127.0.0.1 port=1 password='s3cr3t", "s3cr3t",
		strings.Replace(server.URL("", "nowhere"), "postgres@", "postgres:s3cr3t@", 1),
		strings.Replace(server.URL("", "prepared"), "postgres@", "nobody:s3cr3t@", 1),
	} {
		for _, flags := range [][]string{{"--database", address}, {"--log-level", "debug"}} {
			p := &process{}
			env := environment()
			if flags[0] != "--database" {
				env = append(env, "COMMONHOLD_DATABASE="+address)
			}
			_, err := p.start(t.TempDir(), env, flags)
			if err == nil {
				p.kill()
				t.Errorf("it starts on %s", address)
				continue
			}
			if said := err.Error() + p.said() + p.logged(); strings.Contains(said, "s3cr3t") || strings.Contains(said, "w0rd") {
				t.Errorf("with %s it says %s", address, said)
			}
		}
	}
}

// until asks again and again until the answer is yes, and fails the test when it takes too long.
func (n *nodes) until(what string, within time.Duration, ask func() bool) time.Duration {
	n.Helper()
	start := time.Now()
	for !ask() {
		if time.Since(start) > within {
			n.Fatalf("%s: not within %v", what, within)
		}
		time.Sleep(2 * time.Millisecond)
	}
	return time.Since(start)
}

func (i *instance) signal(s syscall.Signal) {
	i.Helper()
	if err := i.process.cmd.Process.Signal(s); err != nil {
		i.Fatal(err)
	}
}

// A client behind an address that leads now to one node and now to the other, as a balancer's does, and to the one that
// is left when the other is gone. It writes and reads; the nodes hear nothing of each other. No version that it sees is
// below one that it saw.
//
// I-56 guarded by client.Client.ask
func TestAClientNeverSeesAnOrganizationGoBack(t *testing.T) {
	n := newNodes(t, 2)
	n.people("ana")
	n.found("acme", "ana")
	for k, net := range n.nets {
		net.Deafen(true)
		net.Cut()
		n.until("ready again", patience, func() bool { return n.each[k].get("/readyz") == http.StatusOK })
	}
	var turn, gone atomic.Int64
	gone.Store(-1)
	balancer := httptest.NewServer(&httputil.ReverseProxy{ErrorLog: log.New(io.Discard, "", 0), Rewrite: func(r *httputil.ProxyRequest) {
		node := turn.Add(1) % 2
		if node == gone.Load() {
			node = 1 - node
		}
		n.starting.RLock()
		defer n.starting.RUnlock()
		to, err := url.Parse(n.each[node].address)
		n.must(err)
		r.SetURL(to)
	}})
	defer balancer.Close()
	key, err := os.ReadFile(filepath.Join(n.each[0].dir, "commonhold-data", cli.KeyFile))
	n.must(err)
	c, err := client.New(balancer.URL, strings.TrimSpace(string(key)), client.ActingFor("ext:ana"))
	n.must(err)
	saw, back := org.Version(0), 0
	look := func(r client.Reply, err error) {
		t.Helper()
		n.must(err)
		if r.Version < saw {
			back++
		}
		saw = max(saw, r.Version)
	}
	read := func() { t.Helper(); look(c.Call(t.Context(), "GET", "/v1/organizations/acme", nil, nil, nil)) }
	rounds := trials(60, 2000)
	for round := range rounds {
		switch round {
		case rounds / 2: // what the next reading comes to has not heard of the last command
			look(c.Do(t.Context(), "acme", org.Rename{Name: "Half"}, nil))
			n.each[0].process.kill()
			gone.Store(0)
		case rounds * 3 / 4:
			n.starting.Lock()
			n.each[0].start()
			n.starting.Unlock()
			gone.Store(-1)
		}
		read()
		look(c.Do(t.Context(), "acme", org.Rename{Name: org.Name(fmt.Sprint("Acme ", round))}, nil))
		read()
		read()
	}
	if back > 0 || saw < org.Version(rounds) {
		t.Errorf("%d of %d answers were older than what was seen; the last version was %d", back, 4*rounds, saw)
	}
}

// Somebody copies events, and what leads to them, into a database without saying whose they are. A server that runs shows
// them to nobody, and none starts.
//
// T-4 guarded by main.ownedEvents
func TestEventsOfNoOrganizationAreShownToNobody(t *testing.T) {
	n := newNodes(t, 1)
	n.people("ana", "bob")
	n.found("acme", "ana")
	n.must(func() error { _, err := n.do(0, "ana", "acme", org.CreateTeam{Name: "Red"}); return err }())
	node, bob := n.each[0], n.each[0].With(client.ActingFor("ext:bob"))
	person, err := bob.Me(t.Context())
	n.must(err)
	show := func() string {
		t.Helper()
		var said strings.Builder
		for _, c := range []*client.Client{node.Client, node.With(client.ActingFor("ext:ana")), bob} {
			for row, err := range c.Organizations(t.Context()) {
				fmt.Fprintln(&said, row.Organization, row.Name, err)
			}
			for _, name := range []string{"acme", "nobodys", "org_"} {
				about, err := c.With(client.Fresh()).Organization(t.Context(), name)
				fmt.Fprintln(&said, about, code(err))
				teams, err := client.All(c.Teams(t.Context(), name, ""))
				fmt.Fprintln(&said, teams, code(err))
			}
			events, err := c.Events(t.Context(), "", 200, 0)
			fmt.Fprintln(&said, events.Items, code(err))
		}
		exit, _ := node.command("export", filepath.Join(t.TempDir(), "out"), "--database", n.server.URL("", n.database))
		fmt.Fprintln(&said, exit)
		return said.String()
	}
	before := show()
	n.must(n.server.Do(n.database, `INSERT INTO events SELECT (jsonb_populate_record(e, '{"org":""}')).* FROM events e`,
		`INSERT INTO heads SELECT (jsonb_populate_record(h, '{"org":""}')).* FROM heads h`,
		`INSERT INTO lookups SELECT (jsonb_populate_record(l, jsonb_build_object('org', '', 'key', 'nobodys', 'id', ''))).* FROM lookups l WHERE kind = 'slug'`,
		`INSERT INTO lookups SELECT (jsonb_populate_record(l, jsonb_build_object('org', '', 'key', '`+string(person.Person)+` ', 'id', ''))).* FROM lookups l WHERE kind = 'member'`))
	if after := show(); after != before {
		t.Errorf("before:\n%s\nafter:\n%s", before, after)
	}
	n.must(node.process.stop())
	_, err = node.process.start(node.dir, append(environment(), node.env...), nil)
	if err == nil || !strings.Contains(node.process.logged()+node.process.said(), "belong to no organization") {
		t.Errorf("it starts: %v\n%s", err, node.process.logged())
	}
	node.process.cmd = nil
}
