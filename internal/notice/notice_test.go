package notice

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/commonhold/commonhold/org"
)

// library knows one catalog, whatever it is called.
type library struct{ only *org.Catalog }

func (l library) Catalog(org.Digest) *org.Catalog { return l.only }

func usr(n int) org.PersonID { return org.PersonID(fmt.Sprintf("usr_%026d", n)) }

// world is an organization of an owner (1), an admin (2), a billing admin (3), somebody suspended (4) and many members.
type world struct {
	testing.TB
	s    *org.State
	at   org.Instant
	told []Notice      // by the last command
	due  []org.Instant // when each of them is due
}

func (w *world) do(by org.Actor, c org.Command) {
	w.Helper()
	facts, err := org.Decide(w.s, by, w.at, c)
	if err != nil {
		w.Fatalf("%T: %v", c, err)
	}
	stamped := org.Stamp(w.s, org.Meta{At: w.at, Actor: by.Person, Command: "cmd_1"}, facts)
	messages, err := Of(w.s, stamped)
	if err != nil {
		w.Fatal(err)
	}
	w.told, w.due = nil, nil
	ids := map[string]bool{}
	for _, m := range messages {
		var n Notice
		if err := json.Unmarshal(m.Body, &n); err != nil || m.Kind != Kind || m.Due < int64(w.at) || ids[m.ID] || n.Org != w.s.ID() {
			w.Fatalf("%+v: %v", m, err)
		}
		ids[m.ID] = true
		w.told, w.due = append(w.told, n), append(w.due, org.Instant(m.Due))
	}
	w.s = org.Evolve(w.s, stamped...)
}

func newWorld(t *testing.T, members int) *world {
	catalog, err := org.NewCatalog()
	if err != nil {
		t.Fatal(err)
	}
	w := &world{TB: t, s: org.Empty(library{catalog}), at: 1_000_000_000_000}
	operator := org.Actor{Operator: true}
	w.do(operator, org.CreateOrganization{Organization: "org_00000000000000000000000001", Name: "Acme", Slug: "acme", Owner: usr(1), Proofs: org.Vouched, Catalog: catalog.Digest()})
	for i, role := range []org.OrgRole{org.RoleAdmin, org.RoleBillingAdmin, org.RoleMember} {
		w.do(operator, org.AddMember{Person: usr(i + 2), Role: role, Proofs: org.Vouched})
	}
	for i := range members {
		w.do(operator, org.AddMember{Person: usr(i + 5), Role: org.RoleMember})
	}
	w.do(operator, org.Suspend{Person: usr(4)})
	w.do(org.Actor{Person: usr(1)}, org.Enter{})
	return w
}

// Every member is told of a recovery, suspended ones too, in as many messages as that takes.
func TestEverybodyIsToldOfARecovery(t *testing.T) {
	w := newWorld(t, 1000)
	operator := org.Actor{Operator: true}
	all := func(what string) {
		t.Helper()
		var to []org.PersonID
		for _, n := range w.told {
			if n.What != what || n.Person != usr(3) || len(n.To) > atOnce {
				t.Errorf("%s about %s to %d", n.What, n.Person, len(n.To))
			}
			to = append(to, n.To...)
		}
		slices.Sort(to)
		if len(w.told) != 3 || len(slices.Compact(to)) != 1004 {
			t.Errorf("%d messages to %d people", len(w.told), len(to))
		}
	}
	w.do(operator, org.StartRecovery{Person: usr(3)})
	all("recovery.started")
	w.do(org.Actor{Person: usr(1)}, org.StopRecovery{})
	all("recovery.stopped")
	w.do(operator, org.StartRecovery{Person: usr(3)})
	w.at += org.Instant(org.RecoveryLasts.Microseconds())
	w.do(operator, org.FinishRecovery{})
	all("recovery.finished")
}

func TestWhoIsTold(t *testing.T) {
	w := newWorld(t, 2)
	told := func(what string, to ...org.PersonID) {
		t.Helper()
		if what == "" && len(w.told) == 0 {
			return
		}
		if len(w.told) != 1 || w.told[0].What != what || !slices.Equal(w.told[0].To, to) {
			t.Errorf("%+v, want %s to %v", w.told, what, to)
		}
	}
	request := org.RequestPlan{Request: "prq_00000000000000000000000001", Plan: "team"}
	w.do(org.Actor{Person: usr(5)}, request)
	told("plan.requested", usr(1), usr(3))
	w.do(org.Actor{Person: usr(3)}, org.ClosePlanRequest{Request: request.Request, Outcome: org.PlanGranted})
	told("plan.request_granted", usr(5))
	request.Request = "prq_00000000000000000000000002"
	w.do(org.Actor{Person: usr(5)}, request)
	w.do(org.Actor{Person: usr(5)}, org.WithdrawPlanRequest{})
	told("")
	w.do(org.Actor{Person: usr(1)}, org.SetRole{Person: usr(6), Role: org.RoleAdmin})
	told("member.role_changed", usr(6))
	w.do(org.Actor{Person: usr(2)}, org.Suspend{Person: usr(6)})
	told("member.suspended_by_peer", usr(1))
}
