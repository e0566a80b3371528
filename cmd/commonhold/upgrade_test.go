//go:build unix

package main

import (
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/commonhold/commonhold/client"
	"github.com/commonhold/commonhold/internal/app"
	"github.com/commonhold/commonhold/org"
)

// ahead builds the program of a release to come, whose renamings this one cannot read.
func ahead(t testing.TB) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "commonhold")
	build := exec.CommandContext(t.Context(), "go", "build", "-tags", "commonhold_next", "-o", file, ".")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return file
}

// join starts one more node on the database, from another program.
func (n *nodes) join(program string) int {
	n.Helper()
	i := &instance{TB: n.TB, dir: n.TempDir(), process: &process{program: program}, env: []string{"COMMONHOLD_DATABASE=" + n.server.Address(n.database)}}
	n.copyKeys(i)
	n.Cleanup(func() { i.process.kill() })
	i.start()
	n.each = append(n.each, i)
	return len(n.each) - 1
}

// renames repeats renamings until one ends as wanted; nodes hear of each other every few seconds.
func (n *nodes) renames(want string, node int, as, slug string) {
	n.Helper()
	got := ""
	until := time.Now().Add(30 * time.Second)
	for try := 1; time.Now().Before(until); try++ {
		_, err := n.do(node, as, slug, org.Rename{Name: org.Name(fmt.Sprint("Ahead ", try))})
		if got = code(err); got == want {
			return
		}
		time.Sleep(200 * time.Millisecond)
	}
	n.Fatalf("a renaming on node %d ends with %q, want %q", node, got, want)
}

// A release that writes what the one before cannot read, on one database with it: while a server of the old one is
// there, nothing of that kind is written; and when one comes back to what was written without it, it lets nobody into
// that organization and serves all others.
//
// T-261, T-264, I-63
func TestAReleaseToComeBesideThisOne(t *testing.T) {
	if _, err := exec.LookPath("go"); errors.Is(err, exec.ErrNotFound) {
		t.Skip("there is no go command to build the other release with")
	}
	program := ahead(t)
	n := newNodes(t, 1)
	const old = 0
	next := n.join(program)
	n.people("ana")
	n.found("acme", "ana")
	n.found("other", "ana")
	version := func(node int, slug string) org.Version {
		t.Helper()
		o, err := n.each[node].With(client.Fresh()).Organization(t.Context(), slug)
		n.must(err)
		return o.Version
	}

	before := version(next, "acme")
	n.renames(app.ErrUpgrading.Code, next, "ana", "acme")
	if v := version(next, "acme"); v != before {
		t.Errorf("%d facts were written", v-before)
	}
	_, err := n.do(next, "ana", "acme", org.CreateTeam{Name: "Data"})
	n.must(err)
	_, err = n.do(old, "ana", "acme", org.Rename{Name: "As before"})
	n.must(err)
	if version(next, "acme") != version(old, "acme") {
		t.Error("the two read different versions")
	}

	n.must(n.each[old].process.stop())
	n.renames("", next, "ana", "acme")
	n.each[old].process = &process{}
	n.each[old].start()
	t.Cleanup(func() { n.each[old].process.kill() })

	_, err = n.each[old].Check(t.Context(), "acme", org.Question{Person: "ext:ana", Permission: "members:view"})
	if code(err) != app.ErrQuarantined.Code {
		t.Errorf("a check on the old server: %v", err)
	}
	_, err = n.do(old, "ana", "acme", org.CreateTeam{Name: "More"})
	if code(err) != app.ErrQuarantined.Code {
		t.Errorf("a command on the old server: %v", err)
	}
	_, err = n.do(old, "ana", "other", org.CreateTeam{Name: "Data"})
	n.must(err)
	allowed, err := n.each[next].Check(t.Context(), "acme", org.Question{Person: "ext:ana", Permission: "members:view"})
	if err != nil || !allowed {
		t.Errorf("a check on the new server: %v, %v", allowed, err)
	}
	n.renames(app.ErrUpgrading.Code, next, "ana", "other")
	if log := n.each[old].process.logged(); !strings.Contains(log, "organization quarantined") || !strings.Contains(log, "organization.renamed_anew") {
		t.Errorf("the old server's log does not say why:\n%s", log)
	}
}
