package org

import (
	"slices"
	"testing"
	"time"
)

// deeds are one command of each kind that the operator may fill an organization with, each able to change something
// in the cast.
func deeds(w *world) []attempt {
	soon := Window{End: w.now + aWeek}
	return []attempt{
		{name: "renaming", do: Rename{Name: "Apex"}},
		{name: "changing the settings", do: SetSettings{MembersCreateProjects: true}},
		{name: "adding a member", do: AddMember{Person: usr("zed"), Role: RoleMember}},
		{name: "adding an owner", do: AddMember{Person: usr("zed"), Role: RoleOwner}},
		{name: "setting a role", do: SetRole{usr("mia"), RoleAdmin}},
		{name: "demoting an owner", do: SetRole{usr("otto"), RoleMember}},
		{name: "setting the dates of a membership", do: Reschedule{usr("mia"), soon}},
		{name: "suspending", do: Suspend{usr("mia")}},
		{name: "reactivating", do: Reactivate{usr("sam")}},
		{name: "removing", do: Remove{Person: usr("mia")}},
		{name: "restoring", do: Restore{Person: usr("max")}},
		{name: "making an owner", do: TransferOwnership{To: usr("mia")}},
		{name: "creating a team", do: CreateTeam{Team: tm("blue"), Name: "Blue"}},
		{name: "renaming a team", do: RenameTeam{tm("red"), "Rot"}},
		{name: "deleting a team", do: DeleteTeam{tm("red")}},
		{name: "placing in a team", do: PlaceInTeam{Team: tm("red"), Person: usr("mia")}},
		{name: "placing a manager", do: PlaceInTeam{Team: tm("red"), Person: usr("mia"), Manager: true}},
		{name: "taking from a team", do: TakeFromTeam{tm("red"), usr("tim")}},
		{name: "creating a project", do: CreateProject{Project: prj("new"), Name: "New"}},
		{name: "renaming a project", do: RenameProject{prj("web"), "Net"}},
		{name: "setting a time zone", do: SetProjectTimezone{prj("web"), "Europe/Berlin"}},
		{name: "deleting a project", do: DeleteProject{prj("web")}},
		{name: "restoring a project", do: RestoreProject{Project: prj("gone")}},
		{name: "giving access", do: give("web", toPerson("mia"), Owner)},
		{name: "giving a team access", do: give("app", toTeam("red"), Owner)},
		{name: "giving everyone access", do: give("web", toEveryone, Owner)},
		{name: "taking access", do: Take{Project: prj("web"), Subject: toPerson("pia")}},
		{name: "changing access", do: Change{prj("web"), toPerson("pia"), Owner, Consumer}},
		{name: "setting the dates of access", do: RescheduleGrant{prj("web"), toPerson("pia"), Owner, soon}},
	}
}

// kept are the commands that the operator keeps once a member has entered.
func kept() []attempt {
	return []attempt{
		{name: "vouching for a sign-in", do: Vouch{usr("mia"), true}},
		{name: "no longer vouching", do: Vouch{usr("otto"), false}},
		{name: "setting the organization's external id", do: SetExternalID{"acme-1"}},
		{name: "setting a project's external id", do: SetProjectExternalID{prj("web"), "web-1"}},
		{name: "setting a team's external id", do: SetTeamExternalID{tm("red"), "red-1"}},
	}
}

// stage returns the cast with something to restore, entered or not.
func stage(t *testing.T, entered bool) *world {
	w := cast(t)
	w.do(as("olga"), Remove{Person: usr("max")}, CreateProject{Project: prj("gone"), Name: "Gone"}, DeleteProject{prj("gone")})
	if !entered {
		w.unenter()
	}
	return w
}

// unenter turns the log into the same one without the fact that somebody has been in.
func (w *world) unenter() {
	log := slices.DeleteFunc(slices.Clone(w.log), func(f Stamped) bool { _, is := f.Event.(*Entered); return is })
	for i := range log {
		log[i].Version = Version(i + 1)
	}
	if w.log, w.s = log, Evolve(Empty(w.s.catalogs), log...); w.s.Damage() != nil || w.s.Entered() {
		w.Fatalf("entered %t, damage %v", w.s.Entered(), w.s.Damage())
	}
}

// Section 3.4: the operator fills an organization until a member has entered it, and gives no role after that.
func TestTheOperatorFillsUntilAMemberHasEntered(t *testing.T) {
	before, after := stage(t, false), stage(t, true)
	for _, d := range deeds(after) {
		d.by = theOperator
		t.Run("before: "+d.name, func(t *testing.T) { before.fork(t).changes(d.by, d.do) })
		t.Run("after: "+d.name, func(t *testing.T) { after.fork(t).refused(d.by, d.do, ErrEntered) })
		t.Run("an owner does the same: "+d.name, func(t *testing.T) { after.fork(t).changes(as("olga"), d.do) })
	}
	for _, d := range kept() {
		t.Run("before: "+d.name, func(t *testing.T) { before.fork(t).changes(theOperator, d.do) })
		t.Run("after: "+d.name, func(t *testing.T) { after.fork(t).changes(theOperator, d.do) })
	}
}

func TestWhatOnlyTheOperatorMayDo(t *testing.T) {
	w := cast(t)
	digest := w.s.CatalogDigest()
	for _, c := range []Command{Vouch{usr("mia"), true}, SetExternalID{"acme-1"}, AdoptCatalog{Catalog: digest}} {
		for _, word := range []string{"olga", "ada", "bill", "mia", "pia"} {
			w.refused(as(word), c, ErrOperatorOnly)
		}
		w.refused(as("zed"), c, ErrUnknownOrganization)
		w.refused(as("sam"), c, ErrSuspendedActor)
	}
	w.attempts(t, []attempt{
		{"an owner sets a project's external id", as("olga"), SetProjectExternalID{prj("web"), "web-1"}, nil},
		{"an admin does not", as("ada"), SetProjectExternalID{prj("web"), "web-1"}, ErrNotAllowed},
		{"the project's owner does not", as("pia"), SetProjectExternalID{prj("web"), "web-1"}, ErrNotAllowed},
		{"an owner sets a team's external id", as("olga"), SetTeamExternalID{tm("red"), "red-1"}, nil},
		{"an admin does not", as("ada"), SetTeamExternalID{tm("red"), "red-1"}, ErrNotAllowed},
		{"the team's manager does not", as("tess"), SetTeamExternalID{tm("red"), "red-1"}, ErrNotAllowed},
		{"an admin creates no team with an external id", as("ada"), CreateTeam{Team: tm("blue"), Name: "Blue", ExternalID: "b-1"}, ErrNotAllowed},
		{"an owner creates a team with one", as("olga"), CreateTeam{Team: tm("blue"), Name: "Blue", ExternalID: "b-1"}, nil},
		{"an admin creates no project with an external id", as("ada"), CreateProject{Project: prj("new"), Name: "New", ExternalID: "n-1"}, ErrNotAllowed},
		{"an owner creates a project with one", as("olga"), CreateProject{Project: prj("new"), Name: "New", ExternalID: "n-1"}, nil},
	}...)
}

func TestTheOperatorIsNoMember(t *testing.T) {
	for _, entered := range []bool{false, true} {
		w := stage(t, entered)
		w.refused(theOperator, Enter{}, ErrNotAllowed)
		w.refused(theOperator, Leave{}, ErrNotAllowed)
		if !entered {
			w.refused(theOperator, TransferOwnership{To: usr("mia"), StepDown: RoleAdmin}, ErrStepDown)
		}
	}
}

// Filling is judged as an owner's act: the rules that no owner can get round hold for the operator too.
func TestFillingIsJudgedAsAnOwnersAct(t *testing.T) {
	w := newWorld(t)
	w.do(theOperator, AddMember{Person: usr("mia"), Role: RoleMember}, CreateProject{Project: prj("web"), Name: "Web"})
	w.attempts(t, []attempt{
		{"the last owner stays", theOperator, Remove{Person: usr("olga")}, ErrLastOwner},
		{"who is no member gets no access", theOperator, give("web", toPerson("zed"), Consumer), ErrUnknownPerson},
		{"a name is unique", theOperator, CreateProject{Project: prj("new"), Name: "web"}, ErrProjectName},
		{"an end lies in the future", theOperator, AddMember{Person: usr("zed"), Role: RoleMember, Window: Window{End: w.now}}, ErrPastEnd},
	}...)
	if p := mustProject(w, "web"); p.People != 0 || p.Creator != "" {
		t.Fatalf("the operator got something in the project: %+v", p)
	}
}

// Entering is a fact: the first command of a member writes it, and so does a reading by Enter; a question does not.
func TestEntering(t *testing.T) {
	fresh := func(t *testing.T) *world {
		w := newWorld(t)
		w.do(theOperator, AddMember{Person: usr("mia"), Role: RoleMember})
		return w
	}
	entered := func(w *world, by string) {
		w.Helper()
		if f, ok := w.last()[0].(*Entered); !ok || f.Person != usr(by) || !w.s.Entered() {
			w.Fatalf("no fact that %s entered: %+v", by, w.last())
		}
	}
	t.Run("by any command that changes something, in the same step", func(t *testing.T) {
		w := fresh(t)
		w.do(as("olga"), Rename{Name: "Apex"})
		if entered(w, "olga"); len(w.last()) != 2 {
			t.Fatalf("%d facts", len(w.last()))
		}
		w.refused(theOperator, Rename{Name: "Acme"}, ErrEntered)
	})
	t.Run("by a command that changes nothing else", func(t *testing.T) {
		w := fresh(t)
		w.do(as("olga"), Rename{Name: "Acme"})
		if entered(w, "olga"); len(w.last()) != 1 {
			t.Fatalf("%d facts", len(w.last()))
		}
	})
	t.Run("by reading, once", func(t *testing.T) {
		w := fresh(t)
		w.changes(as("mia"), Enter{})
		entered(w, "mia")
		w.idle(as("mia"), Enter{})
		w.idle(as("olga"), Enter{})
		if len(w.last()) != 1 {
			t.Fatalf("%d facts", len(w.last()))
		}
	})
	t.Run("by leaving at once", func(t *testing.T) {
		w := fresh(t)
		w.changes(as("mia"), Leave{})
		entered(w, "mia")
	})
	t.Run("not by a command that is refused", func(t *testing.T) {
		w := fresh(t)
		w.refused(as("mia"), Rename{Name: "Apex"}, ErrNotAllowed)
		w.changes(theOperator, Rename{Name: "Apex"})
	})
	t.Run("and the command by which somebody enters is judged like any other", func(t *testing.T) {
		w := fresh(t)
		w.do(theOperator, AddMember{Person: usr("ada"), Role: RoleAdmin})
		w.refused(as("ada"), AddMember{Person: usr("max"), Role: RoleOwner}, ErrNotCovered)
		w.refused(as("ada"), Remove{Person: usr("olga")}, ErrNotBelow)
		w.refused(as("olga"), Leave{}, ErrLastOwner)
		w.changes(as("ada"), AddMember{Person: usr("max"), Role: RoleMember})
		entered(w, "ada")
	})
	t.Run("not by being asked about", func(t *testing.T) {
		w := fresh(t)
		w.can("olga", "owners:make", "")
		w.s.Explain(usr("mia"), "owners:make", "", w.now)
		w.changes(theOperator, Rename{Name: "Apex"})
	})
	t.Run("not by the operator", func(t *testing.T) {
		w := fresh(t)
		w.changes(theOperator, Rename{Name: "Apex"}, Vouch{usr("mia"), true})
		if w.s.Entered() {
			t.Fatal("entered")
		}
	})
	t.Run("not by a stranger", func(t *testing.T) {
		w := fresh(t)
		w.refused(as("zed"), Enter{}, ErrUnknownOrganization)
	})
}

func TestWhoCreatesAnOrganizationHasEnteredIt(t *testing.T) {
	k, d := catalogs(t)
	found := func(owner PersonID) CreateOrganization {
		return CreateOrganization{Organization: OrgID(id("org_", "acme")), Name: "Acme", Slug: "acme", Owner: owner, Catalog: d}
	}
	w := &world{TB: t, s: Empty(k), now: At(time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC))}
	w.attempts(t, []attempt{
		{"a person for themselves", as("mia"), found(""), nil},
		{"a person naming themselves", as("mia"), found(usr("mia")), nil},
		{"no person for another", as("mia"), found(usr("max")), ErrOperatorOnly},
		{"the operator for a named owner", theOperator, found(usr("mia")), nil},
		{"not the operator for nobody", theOperator, found(""), ErrBadID},
		{"nobody at all", Actor{}, found(usr("mia")), ErrNotAllowed},
		{"no actor with a malformed id", Actor{Person: "usr_mia"}, found(""), ErrNotAllowed},
	}...)
	byPerson, byOperator := w.fork(t), w.fork(t)
	byPerson.do(as("mia"), found(""))
	byOperator.do(theOperator, found(usr("mia")))
	if !byPerson.s.Entered() || byOperator.s.Entered() {
		t.Fatal("entered the wrong way round")
	}
	byPerson.refused(theOperator, AddMember{Person: usr("max"), Role: RoleMember}, ErrEntered)
	byOperator.changes(theOperator, AddMember{Person: usr("max"), Role: RoleMember})
	if m := byPerson.member("mia"); m.Role != RoleOwner || m.Status != Active || m.AddedBy != usr("mia") {
		t.Fatalf("the founder is %+v", m)
	}
}

// Who is nobody here is told what a stranger is told, and who is suspended what to do about it.
func TestWhoMayActAtAll(t *testing.T) {
	w := cast(t)
	w.do(as("olga"), Reschedule{usr("mia"), Window{End: w.now + anHour}}, Remove{Person: usr("max")})
	w.do(as("cy"), Leave{})
	w.now += anHour
	w.attempts(t, []attempt{
		{"a stranger", as("zed"), Enter{}, ErrUnknownOrganization},
		{"nobody", Actor{}, Enter{}, ErrUnknownOrganization},
		{"one who was removed", as("max"), Leave{}, ErrUnknownOrganization},
		{"one who left", as("cy"), Leave{}, ErrUnknownOrganization},
		{"one whose membership ended", as("mia"), Leave{}, ErrUnknownOrganization},
		{"one who starts later", as("finn"), Leave{}, ErrUnknownOrganization},
		{"one who is suspended", as("sam"), Leave{}, ErrSuspendedActor},
		{"one who is in", as("tim"), Leave{}, nil},
	}...)
	empty := &world{TB: t, s: Empty(w.s.catalogs), now: w.now}
	empty.refused(as("olga"), Enter{}, ErrUnknownOrganization)
	empty.refused(theOperator, Rename{Name: "Apex"}, ErrUnknownOrganization)
	blind := &world{TB: t, s: Evolve(Empty(known{}), w.log...), now: w.now}
	blind.refused(as("olga"), Rename{Name: "Apex"}, ErrUnknownCatalog)
	blind.refused(theOperator, SetExternalID{"x"}, ErrUnknownCatalog)
}
