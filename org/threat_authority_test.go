package org

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// An admin who is no owner finds no path to owner, for themselves or another.
func TestAnAdminMakesNoOwner(t *testing.T) {
	w := cast(t)
	w.do(as("olga"), CreateTeam{Team: tm("crew"), Name: "Crew"}, give("web", toTeam("crew"), Owner), give("app", toPerson("max"), Owner),
		CreateTeam{Team: tm("next"), Name: "Next"}, SetSettings{Teams: []TeamRole{{tm("next"), Owner}}},
		AddMember{Person: usr("old"), Role: RoleOwner}, Remove{Person: usr("old")}, Remove{Person: usr("max")})
	imported := func(g Give) Give { g.Source = ByImport; return g }
	w.attempts(t, []attempt{
		{"T-22, I-14 by role, for themselves", as("ada"), SetRole{usr("ada"), RoleOwner}, ErrNotBelow},
		{"T-22, I-14 by role, for another", as("ada"), SetRole{usr("mia"), RoleOwner}, ErrNotCovered},
		{"T-22, I-14 by role, for another admin", as("ada"), SetRole{usr("abel"), RoleOwner}, ErrNotBelow},
		{"T-22, I-14 by adding", as("ada"), AddMember{Person: usr("zed"), Role: RoleOwner}, ErrNotCovered},
		{"T-22, I-14 by import", as("ada"), AddMember{Person: usr("zed"), Role: RoleOwner, Source: ByImport}, ErrNotCovered},
		{"T-22, I-14 by transfer", as("ada"), TransferOwnership{To: usr("ada")}, ErrNotAllowed},
		{"T-22, I-14 by a grant, for themselves", as("ada"), give("web", toPerson("ada"), Owner), ErrNotCovered},
		{"T-22, I-14 by a grant, for everyone", as("ada"), give("web", toEveryone, Owner), ErrNotCovered},
		{"T-22, I-14 by an imported grant", as("ada"), imported(give("web", toPerson("ada"), Owner)), ErrNotCovered},
		{"T-22, I-14 by a change", as("ada"), Change{prj("web"), toPerson("ana"), Analyst, Owner}, ErrNotCovered},
		{"T-22, I-14 by a team that has it", as("ada"), PlaceInTeam{Team: tm("crew"), Person: usr("ada")}, ErrNotCovered},
		{"T-22, I-14 by managing such a team", as("ada"), PlaceInTeam{Team: tm("crew"), Person: usr("ada"), Manager: true}, ErrNotCovered},
		{"T-22, I-14 by a team that will have it", as("ada"), PlaceInTeam{Team: tm("next"), Person: usr("ada")}, ErrNotCovered},
		{"T-22, I-14 by a team to which it is given", as("ada"), give("web", toTeam("red"), Owner), ErrNotCovered},
		{"T-22, I-14 by the settings", as("ada"), SetSettings{EveryoneRole: Owner, Teams: []TeamRole{{tm("next"), Owner}}}, ErrNotCovered},
		{"T-22, I-14 by vouching", as("ada"), Vouch{usr("ada"), true}, ErrOperatorOnly},
	}...)
	t.Run("T-22, I-14 by restoring, who comes back as less", func(t *testing.T) {
		w := w.fork(t)
		w.do(as("ada"), Restore{Person: usr("old")}, Restore{Person: usr("max")})
		if got := w.member("old").Role; got != RoleMember {
			t.Errorf("came back as %s", got)
		}
		w.holdsOnly("max", "app")
	})
	t.Run("T-22 a project admin makes no project owner", func(t *testing.T) {
		w.fork(t).refused(as("pat"), give("web", toPerson("pat"), Owner), ErrNotCovered)
	})
}

func TestAnAdminTouchesNoOwner(t *testing.T) {
	w := cast(t)
	w.do(as("olga"), AddMember{Person: usr("old"), Role: RoleOwner}, Suspend{usr("old")}, give("web", toPerson("otto"), Owner))
	w.attempts(t, []attempt{
		{"T-23, I-14 demotes to admin", as("ada"), SetRole{usr("otto"), RoleAdmin}, ErrNotBelow},
		{"T-23, I-14 demotes to member", as("ada"), SetRole{usr("otto"), RoleMember}, ErrNotBelow},
		{"T-23, I-14 removes", as("ada"), Remove{Person: usr("otto")}, ErrNotBelow},
		{"T-23, I-14 suspends", as("ada"), Suspend{usr("otto")}, ErrNotBelow},
		{"T-23, I-14 reactivates", as("ada"), Reactivate{usr("old")}, ErrNotBelow},
		{"T-23, I-14 removes one who is suspended", as("ada"), Remove{Person: usr("old")}, ErrNotBelow},
		{"T-23, I-14 sets an end", as("ada"), Reschedule{usr("otto"), Window{End: w.now + aDay}}, ErrNotBelow},
		{"T-23, I-14 sets a start", as("ada"), Reschedule{usr("otto"), Window{Start: w.now + aDay}}, ErrNotBelow},
		{"T-23, I-14 takes a project from", as("ada"), Take{Project: prj("web"), Subject: toPerson("otto")}, ErrGrantNotBelow},
		{"T-23, I-14 adds again as less", as("ada"), AddMember{Person: usr("otto"), Role: RoleMember}, ErrMemberExists},
		{"T-23, I-14 restores as less", as("ada"), Restore{Person: usr("otto")}, ErrMemberExists},
		{"T-23, I-14 no longer vouches for", as("ada"), Vouch{usr("otto"), false}, ErrOperatorOnly},
	}...)
}

// Whatever stands in the place of a role, nothing but a role is taken, and nothing becomes more.
func TestValuesOfRoles(t *testing.T) {
	w := cast(t)
	many := strings.Repeat(`"member",`, 9999) + `"owner"`
	for _, row := range []struct{ name, role string }{
		{"T-32 unknown", `"boss"`}, {"T-32 empty", `""`}, {"T-32 null", `null`}, {"T-32 a number", `1`}, {"T-32 a list", `["member","owner"]`},
		{"T-32 a list of 10,000", `[` + many + `]`}, {"T-32 in capitals", `"OWNER"`}, {"T-32 with a blank", `"owner "`}, {"T-32 two names", `"member,owner"`},
		{"T-32 of 10,000 letters", `"` + strings.Repeat("o", 10_000) + `"`},
	} {
		t.Run(row.name, func(t *testing.T) {
			var set SetRole
			var add AddMember
			var given Give
			var transfer TransferOwnership
			for _, c := range []struct {
				body any
				do   func() Command
			}{
				{&set, func() Command { set.Person = usr("mia"); return set }},
				{&add, func() Command { add.Person = usr("zed"); return add }},
				{&given, func() Command { given.Project, given.Subject = prj("web"), toPerson("mia"); return given }},
				{&transfer, func() Command { transfer.To = usr("mia"); return transfer }},
			} {
				field := "role"
				if c.body == any(&transfer) {
					field = "step_down_to"
				}
				if json.Unmarshal([]byte(`{"`+field+`":`+row.role+`}`), c.body) != nil {
					continue
				}
				if c.body == any(&transfer) && transfer.StepDown == "" {
					continue // naming none is stepping down to none
				}
				w.fork(t).refused(as("olga"), c.do(), ErrBadRole)
			}
		})
	}
}

// A question of which one part has no answer is a no as a whole: each part that is missing alone turns a yes into a no.
func TestWhatIsMissingDenies(t *testing.T) {
	w := cast(t)
	yes := Question{usr("pat"), "project:rename", prj("web")}
	without := func(do ...Command) *State {
		w := w.fork(t)
		w.do(as("olga"), do...)
		return w.s
	}
	for _, row := range []struct {
		name string
		s    *State
		q    Question
		at   Instant
		want bool
	}{
		{"T-35 with everything there it is a yes", w.s, yes, w.now, true},
		{"T-35 without the person", w.s, Question{"", yes.Permission, yes.Project}, w.now, false},
		{"T-35 without the permission", w.s, Question{yes.Person, "", yes.Project}, w.now, false},
		{"T-35 without the project", w.s, Question{yes.Person, yes.Permission, ""}, w.now, false},
		{"T-35 without a membership", without(Remove{Person: usr("pat")}), yes, w.now, false},
		{"T-35 without an active one", without(Suspend{usr("pat")}), yes, w.now, false},
		{"T-35 without one that has begun", without(Reschedule{usr("pat"), Window{Start: w.now + 1}}), yes, w.now, false},
		{"T-35 without one that goes on", without(Reschedule{usr("pat"), Window{End: w.now + 1}}), yes, w.now + 1, false},
		{"T-35 without the role", without(Take{Project: prj("web"), Subject: toPerson("pat")}), yes, w.now, false},
		{"T-35 without a role that has begun", without(RescheduleGrant{prj("web"), toPerson("pat"), Admin, Window{Start: w.now + 1}}), yes, w.now, false},
		{"T-35 without a project that lives", without(DeleteProject{prj("web")}), yes, w.now, false},
		{"T-35 without the catalog", Evolve(Empty(known{}), w.log...), yes, w.now, false},
		{"T-35 without any catalogs", Evolve(Empty(nil), w.log...), yes, w.now, false},
		{"T-35 without the first fact of its log", Evolve(Empty(w.s.catalogs), w.log[1:]...), yes, w.now, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := row.s.CheckAll([]Question{yes, row.q}, row.at)[1]; got != row.want {
				t.Fatalf("got %t", got)
			}
		})
	}
}

// The right to manage access is held in a project, and no right in another.
func TestARightIsCheckedWithItsObject(t *testing.T) {
	w := cast(t)
	w.do(as("olga"), give("app", toPerson("ana"), Analyst), give("app", toEveryone, Consumer))
	soon := Window{End: w.now + aDay}
	for _, by := range []string{"pia", "pat"} {
		w.attempts(t, []attempt{
			{"T-37, I-14 " + by + " of web gives access to app", as(by), give("app", toPerson("mia"), Consumer), ErrNotAllowed},
			{"T-37, I-14 " + by + " of web gives everyone access to app", as(by), give("app", toEveryone, Consumer), ErrNotAllowed},
			{"T-37, I-14 " + by + " of web takes access to app", as(by), Take{Project: prj("app"), Subject: toPerson("ana")}, ErrNotAllowed},
			{"T-37, I-14 " + by + " of web changes access to app", as(by), Change{prj("app"), toPerson("ana"), Analyst, Consumer}, ErrNotAllowed},
			{"T-37, I-14 " + by + " of web sets dates in app", as(by), RescheduleGrant{prj("app"), toPerson("ana"), Analyst, soon}, ErrNotAllowed},
			{"T-37 " + by + " of web renames app", as(by), RenameProject{prj("app"), "X"}, ErrNotAllowed},
			{"T-37 " + by + " of web deletes app", as(by), DeleteProject{prj("app")}, ErrNotAllowed},
			{"T-37 and does so in web: " + by, as(by), give("web", toPerson("mia"), Consumer), nil},
		}...)
	}
}

// Exactly one active owner: beside nobody who counts.
func TestWhoDoesNotCountAsOwner(t *testing.T) {
	w := newWorld(t)
	w.do(theOperator, AddMember{Person: usr("zoe"), Role: RoleOwner, Proofs: Vouched}, Suspend{usr("zoe")},
		AddMember{Person: usr("finn"), Role: RoleOwner, Proofs: Vouched, Window: Window{Start: w.now + aWeek}},
		AddMember{Person: usr("nina"), Role: RoleOwner})
	w.do(as("olga"), Enter{})
	for _, row := range []attempt{
		{"T-45, I-01 leaves", as("olga"), Leave{}, ErrLastOwner},
		{"T-45, I-01 is removed by an owner who cannot sign in", as("nina"), Remove{Person: usr("olga")}, ErrLastOwner},
		{"T-45, I-01 is demoted", as("nina"), SetRole{usr("olga"), RoleAdmin}, ErrLastOwner},
		{"T-45, I-01 is suspended", as("nina"), Suspend{usr("olga")}, ErrLastOwner},
		{"T-45, I-02 loses the way to sign in", theOperator, Vouch{usr("olga"), false}, ErrLastOwner},
		{"T-49, I-02 hands over to one who cannot sign in", as("olga"), TransferOwnership{usr("nina"), RoleMember}, ErrLastOwner},
		{"T-49, I-01 hands over to one who is suspended", as("olga"), TransferOwnership{usr("zoe"), RoleMember}, ErrMemberSuspended},
		{"T-49, I-01 hands over to one who starts later", as("olga"), TransferOwnership{usr("finn"), RoleMember}, ErrLastOwner},
	} {
		w.attempts(t, row)
	}
	if code(ErrLastOwner) != "organization.last_owner" || ErrLastOwner.Kind != Conflict {
		t.Errorf("the code is %s", code(ErrLastOwner))
	}
}

// The last owner of a project is removed: the organization's owners stand in, in the same version.
func TestNoProjectIsWithoutSomebodyWhoMayOwnIt(t *testing.T) {
	w := cast(t)
	w.do(as("olga"), Remove{Person: usr("paz")})
	for _, end := range []attempt{
		{name: "T-50, I-05 by removal", by: as("ada"), do: Remove{Person: usr("pia")}},
		{name: "T-50, I-05 by leaving", by: as("pia"), do: Leave{}},
		{name: "T-50, I-05 by suspension", by: as("ada"), do: Suspend{usr("pia")}},
		{name: "T-50, I-05 by giving the project up", by: as("pia"), do: Take{Project: prj("web"), Subject: toPerson("pia")}},
	} {
		t.Run(end.name, func(t *testing.T) {
			w := w.fork(t)
			w.changes(end.by, end.do)
			w.cannot("pia", "project:delete", "web")
			people := slices.Collect(w.s.PeopleWhere(prj("web"), "project:delete", w.now, ""))
			if !slices.Equal(people, []PersonID{usr("olga"), usr("otto")}) {
				t.Fatalf("who may delete it: %v", people)
			}
			w.changes(as("otto"), give("web", toPerson("mia"), Owner))
			w.can("mia", "project:delete", "web")
		})
	}
}

// Removed and added again: nothing of before is there.
func TestAMembershipAnewIsBare(t *testing.T) {
	for _, end := range []attempt{
		{name: "T-55, I-08 after removal", by: as("olga"), do: Remove{Person: usr("tess")}},
		{name: "T-55, I-08 after leaving", by: as("tess"), do: Leave{}},
		{name: "T-55, I-08 after the end of the membership", by: as("olga"), do: Reschedule{usr("tess"), Window{End: casting().now + 1}}},
		{name: "T-55, I-08 after removal while suspended", by: as("olga"), do: Suspend{usr("tess")}},
	} {
		t.Run(end.name, func(t *testing.T) {
			w := cast(t)
			w.do(theOperator, Vouch{usr("tess"), true})
			w.do(as("olga"), SetRole{usr("tess"), RoleAdmin}, give("app", toPerson("tess"), Owner))
			w.do(end.by, end.do)
			if w.now++; strings.Contains(end.name, "suspended") {
				w.do(as("olga"), Remove{Person: usr("tess")})
			}
			w.changes(as("ada"), AddMember{Person: usr("tess"), Role: RoleMember})
			m := w.member("tess")
			if m.Role != RoleMember || m.Status != Active || m.Grants != 0 || len(m.Teams) != 0 || m.Ready || m.Since != w.s.Version() || m.Window != (Window{}) {
				t.Errorf("%+v", m)
			}
			for _, project := range []string{"web", "app"} {
				if got := w.s.Sources(usr("tess"), prj(project), w.now); len(got) > 0 {
					t.Errorf("in %s: %+v", project, got)
				}
			}
			w.refused(as("tess"), PlaceInTeam{Team: tm("red"), Person: usr("mia")}, ErrNotAllowed)
			w.refused(as("olga"), Restore{Person: usr("tess")}, ErrMemberExists)
			if _, _, ok := w.s.Former(usr("tess"), w.now); ok {
				t.Error("what was before can still be restored over it")
			}
		})
	}
}

// Two transfers are decided at the same version: one is written, the other is decided again and refused.
func TestTwoTransfersAtOnce(t *testing.T) {
	w := newWorld(t)
	w.do(theOperator, AddMember{Person: usr("mia"), Role: RoleMember, Proofs: Vouched}, AddMember{Person: usr("max"), Role: RoleMember, Proofs: Vouched})
	w.do(as("olga"), Enter{})
	before := w.s
	one, two := TransferOwnership{usr("mia"), RoleMember}, TransferOwnership{usr("max"), RoleMember}
	first, err := Decide(before, as("olga"), w.now, one)
	second, err2 := Decide(before, as("olga"), w.now, two)
	if err != nil || err2 != nil {
		t.Fatal(err, err2)
	}
	t.Run("T-56, I-10 the second cannot be written at the version of the first", func(t *testing.T) {
		meta := Meta{At: w.now, Actor: usr("olga")}
		after := Evolve(before, Stamp(before, meta, first)...)
		if both := Evolve(after, Stamp(before, meta, second)...); both.Damage() == nil {
			t.Fatal("both were written")
		}
	})
	t.Run("T-56, I-10 decided again it is refused, and there is one new owner", func(t *testing.T) {
		w := w.fork(t)
		w.do(as("olga"), one)
		w.refused(as("olga"), two, ErrNotAllowed)
		if got := w.s.Owners(w.now); !slices.Equal(got, []PersonID{usr("mia")}) {
			t.Fatalf("owners are %v", got)
		}
	})
	t.Run("T-56 who was demoted meanwhile hands over nothing", func(t *testing.T) {
		w := w.fork(t)
		w.do(as("olga"), TransferOwnership{To: usr("mia")})
		w.do(as("mia"), SetRole{usr("olga"), RoleMember})
		w.refused(as("olga"), two, ErrNotAllowed)
	})
	t.Run("I-10 after each fact of it there is an owner", func(t *testing.T) {
		s := before
		for _, f := range Stamp(before, Meta{At: w.now, Actor: usr("olga")}, first) {
			if s = Evolve(s, f); len(s.Owners(w.now)) == 0 {
				t.Fatalf("none at version %d", s.Version())
			}
		}
	})
}

// What a suspended person had begun does not go on: every act is decided by what they are when it is written.
func TestASuspendedPersonCarriesNothingOn(t *testing.T) {
	w := cast(t)
	acts := []attempt{
		{"T-65, I-15 an admin who was adding people", as("ada"), AddMember{Person: usr("zed"), Role: RoleMember}, nil},
		{"T-65, I-15 an owner who was handing over", as("otto"), TransferOwnership{To: usr("mia")}, nil},
		{"T-65, I-15 a project owner who was giving access", as("pia"), give("web", toPerson("mia"), Consumer), nil},
		{"T-65, I-15 a team manager who was adding members", as("tess"), PlaceInTeam{Team: tm("red"), Person: usr("mia")}, nil},
		{"T-65, I-15 a member who was leaving", as("mia"), Leave{}, nil},
	}
	for _, a := range acts {
		t.Run(a.name, func(t *testing.T) {
			w := w.fork(t)
			facts, err := Decide(w.s, a.by, w.now, a.do)
			if err != nil {
				t.Fatal(err)
			}
			stamped := Stamp(w.s, Meta{At: w.now, Actor: a.by.Person}, facts)
			w.do(as("olga"), Suspend{a.by.Person})
			if Evolve(w.s, stamped...).Damage() == nil {
				t.Error("what was decided before can be written after")
			}
			w.refused(a.by, a.do, ErrSuspendedActor)
			w.do(as("olga"), Reactivate{a.by.Person})
			w.changes(a.by, a.do)
		})
	}
	t.Run("T-65 what they gave before stays", func(t *testing.T) {
		w := w.fork(t)
		w.do(as("pia"), give("web", toPerson("mia"), Consumer))
		w.do(as("olga"), Suspend{usr("pia")})
		w.can("mia", "project:view", "web")
	})
}
