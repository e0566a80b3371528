//go:build unix

package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/commonhold/commonhold/client"
	"github.com/commonhold/commonhold/internal/app"
	"github.com/commonhold/commonhold/internal/store/postgres/pgtest"
	"github.com/commonhold/commonhold/org"
)

// Two nodes reach their database through a pooler, as docs/postgresql.md says to: each transaction goes over a connection
// that may be any other caller's, LISTEN is swallowed, and connections end between one call and the next. Nothing of that
// is noticed but in the log.
//
// T-251 guarded by postgres.DB.hearAll
func TestNothingRestsOnAConnection(t *testing.T) {
	n := &nodes{TB: t, server: shared.Server(t)}
	n.database = n.server.New(t, "prepared")
	var poolers []*pgtest.Pooler
	for k := range 2 {
		pooler := pgtest.NewPooler(t, n.server.Port())
		i := &instance{TB: t, dir: t.TempDir(), process: &process{}, env: []string{"COMMONHOLD_DATABASE=" +
			n.server.URL(pooler.Address(), n.database) + "&default_query_exec_mode=exec"}}
		if k > 0 {
			n.copyKeys(i)
		}
		t.Cleanup(func() { i.process.kill() })
		i.start()
		n.each, poolers = append(n.each, i), append(poolers, pooler)
	}
	owners := []string{"ana", "bob"}
	n.people(append(owners, "cy")...)
	n.found("acme", "ana")
	n.must(func() error {
		_, err := n.do(0, "ana", "acme", org.AddMember{Person: ids("bob"), Role: org.RoleOwner})
		return err
	}())
	for trial := range trials(20, 500) {
		var errs [2]error
		for k := range 2 {
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
		if errs[winner] != nil || code(errs[1-winner]) != org.ErrNotAllowed.Code {
			t.Fatalf("trial %d: %v and %v", trial, errs[0], errs[1])
		}
		_, err := n.do(trial%2, owners[winner], "acme", org.SetRole{Person: ids(owners[1-winner]), Role: org.RoleOwner}, client.Fresh())
		n.must(err)
	}
	const writers, each = 8, 15
	atOnce(writers, func(w int) {
		for k := range each {
			key := fmt.Sprintf("%d-%d", w, k)
			err := errOnce
			for err == errOnce || code(err) == app.ErrBusy.Code { // the other node was first too often
				_, err = n.do(w%2, "ana", "acme", org.CreateTeam{Name: org.Name("Team " + key)}, client.IdempotencyKey(key))
			}
			if err != nil {
				t.Errorf("team %s: %v", key, err)
			}
		}
	})
	for k := range 2 {
		teams, err := client.All(n.each[k].With(client.Fresh()).Teams(t.Context(), "acme", ""))
		if err != nil || len(teams) != writers*each {
			t.Errorf("node %d has %d teams, want %d: %v", k, len(teams), writers*each, err)
		}
	}
	q := org.Question{Person: ids("cy"), Permission: "members:view"}
	for _, step := range []struct {
		cmd  org.Command
		want bool
	}{{org.AddMember{Person: ids("cy"), Role: org.RoleAdmin}, true}, {org.SetRole{Person: ids("cy"), Role: org.RoleMember}, false}} {
		done, err := n.do(0, "ana", "acme", step.cmd)
		n.must(err)
		if yes, err := n.each[1].With(client.AtLeast(done.Version)).Check(t.Context(), "acme", q); err != nil || yes != step.want {
			t.Errorf("%T: the other node says %v, %v", step.cmd, yes, err)
		}
	}
	for k, pooler := range poolers {
		if pooler.Switches() < 50 {
			t.Errorf("callers behind pooler %d changed their connection %d times, which shows nothing", k, pooler.Switches())
		}
		n.until("it says that hints do not come in", patience, func() bool {
			return strings.Contains(n.each[k].process.logged(), "hints of other nodes do not come in")
		})
		if status := n.each[k].get("/readyz"); status != http.StatusOK {
			t.Errorf("node %d is not ready: %d", k, status)
		}
	}
}
