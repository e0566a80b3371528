package org

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// linesOf makes lines of words for people.
func linesOf(words ...string) (out []PersonLine) {
	for _, w := range words {
		out = append(out, PersonLine{Person: usr(w)})
	}
	return out
}

func peopleExercises() []exercise {
	soon := Window{casting().now + anHour, casting().now + aWeek}
	return []exercise{
		{
			name: "added", by: as("olga"), do: ChangePeople{Act: PeopleAdd, Lines: linesOf("zed", "yan"), Role: RoleMember, Window: soon}, facts: []string{"member.added", "member.added"},
			then: func(w *world) {
				if w.member("zed").Window != soon || w.member("yan").Window != soon {
					w.Error("not from that day")
				}
			},
			bad: []attempt{
				{name: "without a role", do: ChangePeople{Act: PeopleAdd, Lines: linesOf("zed")}, want: ErrBadRole},
				{name: "with an end before the start", do: ChangePeople{Act: PeopleAdd, Lines: linesOf("zed"), Role: RoleMember, Window: Window{2, 1}}, want: ErrBadWindow},
				{name: "to do something that is not done to lists", do: ChangePeople{Act: "promote", Lines: linesOf("zed")}, want: ErrBadAct},
				{name: "that is empty", do: ChangePeople{Act: PeopleAdd, Role: RoleMember}, want: ErrNoLines},
				{name: "that is too long", do: ChangePeople{Act: PeopleSuspend, Lines: make([]PersonLine, MostPeople+1)}, want: ErrTooManyLines},
				{name: "with a role where there is none", do: ChangePeople{Act: PeopleSuspend, Lines: linesOf("mia"), Role: RoleMember}, want: ErrActTakesNone},
				{name: "with dates where there are none", do: ChangePeople{Act: PeopleSetRole, Lines: linesOf("mia"), Role: RoleMember, Window: soon}, want: ErrActTakesNone},
				{name: "by a member", by: as("mia"), do: ChangePeople{Act: PeopleAdd, Lines: linesOf("zed"), Role: RoleMember}, want: ErrNotAllowed},
				{name: "with somebody twice", do: ChangePeople{Act: PeopleAdd, Lines: linesOf("zed", "zed"), Role: RoleMember}, want: ErrLinesRefused},
			},
		},
		{
			name: "as admins", by: as("olga"), do: ChangePeople{Act: PeopleSetRole, Lines: linesOf("mia", "pia"), Role: RoleAdmin}, facts: []string{"member.role_set", "member.role_set"},
			then: func(w *world) { w.can("mia", "members:manage", ""); w.can("pia", "members:manage", "") },
			bad: []attempt{
				{name: "of one's own, without the right", by: as("mia"), do: ChangePeople{Act: PeopleSetRole, Lines: linesOf("mia"), Role: RoleMember}, want: ErrNotAllowed},
				{name: "by an admin, to what they do not cover", by: as("ada"), do: ChangePeople{Act: PeopleSetRole, Lines: linesOf("mia"), Role: RoleOwner}, want: ErrLinesRefused},
			},
		},
		{name: "suspended", by: as("ada"), do: ChangePeople{Act: PeopleSuspend, Lines: linesOf("mia", "pia")}, facts: []string{"member.suspended", "member.suspended"}},
		{
			name: "reactivated", before: []attempt{{by: as("olga"), do: Suspend{usr("mia")}}}, by: as("ada"), do: ChangePeople{Act: PeopleReactivate, Lines: linesOf("mia")},
			facts: []string{"member.reactivated"},
		},
		{
			name: "removed, but for those who are none", by: as("ada"), do: ChangePeople{Act: PeopleRemove, Lines: linesOf("mia", "nobody", "pia"), Skip: true},
			facts: []string{"member.removed", "member.removed"},
			bad:   []attempt{{name: "with a stranger", do: ChangePeople{Act: PeopleRemove, Lines: linesOf("mia", "nobody", "pia")}, want: ErrLinesRefused}},
		},
		{
			name: "restored", before: []attempt{{by: as("olga"), do: ChangePeople{Act: PeopleRemove, Lines: linesOf("mia")}}}, by: as("olga"),
			do: ChangePeople{Act: PeopleRestore, Lines: linesOf("mia")}, facts: []string{"member.restored"}, again: ErrLinesRefused,
		},
	}
}

// fates says what becomes of the lines of a list, by the code of a refusal, or yes and no.
func (w *world) fates(by Actor, c ChangePeople) (out []string) {
	w.Helper()
	fates, _, err := w.s.Foresee(by, w.now, c)
	if err != nil {
		w.Fatal(err)
	}
	for _, f := range fates {
		switch {
		case f.Refused != nil:
			out = append(out, f.Refused.Code)
		case f.Changed:
			out = append(out, "yes")
		default:
			out = append(out, "no")
		}
	}
	return out
}

func TestLinesOfAList(t *testing.T) {
	w := newWorld(t)
	w.do(theOperator, AddMember{Person: usr("otto"), Role: RoleOwner, Proofs: Vouched}, AddMember{Person: usr("ada"), Role: RoleAdmin}, AddMember{Person: usr("abel"), Role: RoleAdmin},
		AddMember{Person: usr("ann"), Role: RoleAdmin}, AddMember{Person: usr("bill"), Role: RoleBillingAdmin}, AddMember{Person: usr("mia"), Role: RoleMember},
		AddMember{Person: usr("max"), Role: RoleMember}, Suspend{usr("max")})
	w.do(as("olga"), Enter{})
	plan := func(n Limit) []Command {
		return []Command{terms(func(p *SetPlan) { p.Seats, p.BillingAdminsTakeNoSeat = n, true })}
	}
	for _, row := range []struct {
		name  string
		plan  []Command
		by    Actor
		list  ChangePeople
		fates []string
	}{
		{"the last owner of a list stays", nil, as("olga"), ChangePeople{Act: PeopleRemove, Lines: linesOf("mia", "otto", "olga")}, []string{"yes", "yes", "organization.last_owner"}},
		{"in whatever order", nil, as("olga"), ChangePeople{Act: PeopleSetRole, Lines: linesOf("olga", "otto", "mia"), Role: RoleMember}, []string{"yes", "organization.last_owner", "no"}},
		{"who demotes themselves goes on by what they were", nil, as("ada"), ChangePeople{Act: PeopleSetRole, Lines: linesOf("ada", "max", "bill", "abel"), Role: RoleMember},
			[]string{"yes", "no", "member.not_below", "member.not_below"}},
		{"who removes themselves too", nil, as("ada"), ChangePeople{Act: PeopleRemove, Lines: linesOf("ada", "mia")}, []string{"yes", "yes"}},
		{"an admin suspends one peer", nil, as("ada"), ChangePeople{Act: PeopleSuspend, Lines: linesOf("abel", "ann", "mia", "olga", "max")},
			[]string{"yes", "member.peer_suspended", "yes", "member.not_below", "no"}},
		{"the second line of a person is refused", nil, as("ada"), ChangePeople{Act: PeopleSuspend, Lines: linesOf("mia", "mia", "mia")}, []string{"yes", ErrTwiceInList.Code, ErrTwiceInList.Code}},
		{"two names of somebody who is unknown are not told to be one", nil, as("ada"), ChangePeople{Act: PeopleSuspend, Lines: linesOf("nobody", "nobody")}, []string{"member.not_found", "member.not_found"}},
		{"what is no id is told from who is unknown", nil, as("ada"), ChangePeople{Act: PeopleRemove, Lines: []PersonLine{{Person: "mia"}, {Person: usr("nobody")}, {}}},
			[]string{"id.malformed", "member.not_found", "id.malformed"}},
		{"two who are unknown are not the same", nil, as("ada"), ChangePeople{Act: PeopleRemove, Lines: []PersonLine{{usr("none"), 0, ErrUnknownPerson}, {usr("none"), 0, ErrUnknownPerson}}},
			[]string{"member.not_found", "member.not_found"}},
		{"what a line lacks is told to those who might do it", nil, as("ada"), ChangePeople{Act: PeopleAdd, Lines: []PersonLine{{usr("none"), 0, ErrUnknownPerson}}, Role: RoleMember}, []string{"member.not_found"}},
		{"and to nobody else", nil, as("ada"), ChangePeople{Act: PeopleAdd, Lines: []PersonLine{{usr("none"), 0, ErrUnknownPerson}}, Role: RoleOwner}, []string{"role.not_covered"}},
		{"seats run out in the middle", plan("7"), as("olga"), ChangePeople{Act: PeopleAdd, Lines: linesOf("one", "two", "three"), Role: RoleMember}, []string{"yes", "plan.no_seat", "plan.no_seat"}},
		{"and not for those who take none", plan("7"), as("olga"), ChangePeople{Act: PeopleAdd, Lines: linesOf("one", "two", "three"), Role: RoleBillingAdmin}, []string{"yes", "yes", "yes"}},
		{"or had one", plan("7"), as("olga"), ChangePeople{Act: PeopleSetRole, Lines: linesOf("mia", "ada", "bill"), Role: RoleMember}, []string{"no", "yes", "yes"}},
		{"coming back takes one", plan("6"), as("olga"), ChangePeople{Act: PeopleReactivate, Lines: linesOf("mia", "max")}, []string{"no", "plan.no_seat"}},
		{"more than the plan allows stands in nobody's way who takes none", plan("2"), as("olga"), ChangePeople{Act: PeopleSetRole, Lines: linesOf("mia", "bill"), Role: RoleAdmin}, []string{"yes", "plan.no_seat"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			w := w.fork(t)
			w.do(theOperator, row.plan...)
			if got := w.fates(row.by, row.list); !slices.Equal(got, row.fates) {
				t.Fatalf("%q, want %q", got, row.fates)
			}
			refused := slices.ContainsFunc(row.fates, func(s string) bool { return s != "yes" && s != "no" })
			before := w.s
			err := w.fork(t).try(row.by, row.list)
			var why *LinesRefused
			if refused != errors.As(err, &why) || refused != errors.Is(err, ErrLinesRefused) {
				t.Fatalf("all of it: %v", err)
			}
			row.list.Skip = true
			_, foreseen, err := w.s.Foresee(row.by, w.now, row.list)
			if err != nil {
				t.Fatal(err)
			}
			w.do(row.by, row.list)
			if w.s != before && !bytes.Equal(Save(foreseen), Save(w.s)) {
				t.Error("what was foreseen is not what happened")
			}
		})
	}
}

// A list is what its lines are one by one: what is refused, why, and what follows.
func TestAListIsItsLines(t *testing.T) {
	for seed := range uint64(12) {
		w, people, _ := crowd(t, seed)
		w.do(as("olga"), Enter{})
		seats := Limit(fmt.Sprint(w.s.seats(w.now, 0) + 2))
		w.do(theOperator, terms(func(p *SetPlan) { p.Seats, p.BillingAdminsTakeNoSeat = seats, true }))
		chance := rand.New(rand.NewPCG(seed, 7))
		actors := []PersonID{usr("olga")}
		for m := range w.s.Members(w.now, "") {
			if m.Role == RoleAdmin || m.Role == RoleOwner {
				actors = append(actors, m.Person)
			}
		}
		for _, act := range PeopleActs {
			c := ChangePeople{Act: act, Skip: true}
			by := Actor{Person: actors[chance.IntN(len(actors))]}
			if act == PeopleAdd || act == PeopleSetRole {
				c.Role = OrgRoles[chance.IntN(4)]
			}
			for i := range 20 {
				p := people[chance.IntN(len(people))]
				if chance.IntN(4) == 0 {
					p = PersonID(numbered("usr_", 1000+i))
				}
				same := func(l PersonLine) bool { return l.Person == p }
				if p != by.Person && !slices.ContainsFunc(c.Lines, same) {
					c.Lines = append(c.Lines, PersonLine{Person: p})
				}
			}
			single := w.fork(t)
			var want []string
			refused := 0
			for _, l := range c.Lines {
				before := single.s
				switch err := single.try(by, c.one(l)); {
				case err != nil:
					want = append(want, code(err))
					refused++
				case single.s != before:
					want = append(want, "yes")
				default:
					want = append(want, "no")
				}
			}
			if _, _, err := w.s.Foresee(by, w.now, c); err != nil {
				if refused != len(c.Lines) {
					t.Fatalf("%s by %s: %v, and one by one %q", act, by.Person, err, want)
				}
				continue
			}
			if got := w.fates(by, c); !slices.Equal(got, want) {
				t.Fatalf("seed %d: %s by %s: %q, one by one %q", seed, act, by.Person, got, want)
			}
			w.do(by, c)
			if !bytes.Equal(Save(w.s), Save(single.s)) {
				t.Fatalf("seed %d: %s by %s comes to something else than its lines", seed, act, by.Person)
			}
		}
	}
}

// T-6 guarded by org.ChangePeople.decide
func TestAListWithForeignPeopleIsRefusedAsAWhole(t *testing.T) {
	a, _ := twoWorlds(t)
	for _, act := range PeopleActs[1:] {
		c := ChangePeople{Act: act}
		if act == PeopleSetRole {
			c.Role = RoleAdmin
		}
		told := map[string]string{}
		for _, word := range []string{"beth", "none"} {
			c.Lines = linesOf("mia", word)
			a.refused(as("olga"), c, ErrLinesRefused)
			told[word] = fmt.Sprint(a.fates(as("olga"), c))
		}
		if told["beth"] != told["none"] {
			t.Errorf("%s: of somebody elsewhere %s, of nobody %s", act, told["beth"], told["none"])
		}
	}
}

// T-42 guarded by org.ChangePeople.valid
func TestAListHasFiveThousandLinesAndNotOneMore(t *testing.T) {
	w := newWorld(t)
	c := ChangePeople{Act: PeopleAdd, Role: RoleMember}
	for i := range MostPeople + 1 {
		c.Lines = append(c.Lines, PersonLine{Person: PersonID(numbered("usr_", i))})
	}
	w.refused(as("olga"), c, ErrTooManyLines)
	c.Lines = c.Lines[:MostPeople]
	w.do(as("olga"), c)
	if got := w.s.Counts().Active; got != MostPeople+1 {
		t.Fatalf("%d members", got)
	}
	c.Act, c.Role = PeopleRemove, ""
	w.do(as("olga"), c)
	if got := w.s.Counts().Active; got != 1 {
		t.Fatalf("%d members", got)
	}
}
