package org

import "testing"

// The rules themselves keep out who must not come so far, whatever a command forgot to ask.
func TestTheRulesDoNotRelyOnTheCommands(t *testing.T) {
	w := cast(t)
	operator := Situation{State: w.s, by: theOperator, row: noRow, at: w.now}
	olga := inPlaceOf(w, as("olga"))
	for _, row := range []struct {
		name string
		err  error
		want error
	}{
		{"the operator gives nothing in an entered organization", operator.covers(Power{}), ErrEntered},
		{"the operator acts on no member", operator.judgeBelow(w.s, &MemberRemoved{usr("mia")}), ErrEntered},
		{"the operator acts on no access", operator.judgeBelow(w.s, &GrantTaken{prj("web"), toPerson("ana"), Analyst, ByHand}), ErrEntered},
		{"nobody acts on a stranger", olga.judgeBelow(w.s, &MemberRemoved{usr("zed")}), ErrUnknownPerson},
		{"nobody acts on access to nothing", olga.judgeBelow(w.s, &GrantTaken{prj("none"), toPerson("ana"), Analyst, ByHand}), ErrUnknownProject},
		{"an owner acts on a member", olga.judgeBelow(w.s, &MemberRemoved{usr("mia")}), nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			if row.err != row.want {
				t.Fatalf("got %v, want %v", row.err, row.want)
			}
		})
	}
	if _, err := olga.judge([]Event{&TeamRenamed{tm("none"), "X"}}); err == nil || code(err) != err.Error() {
		t.Errorf("a fact that cannot follow is taken for %v", err)
	}
}

// A manager hands on what the team carries also where they hold nothing themselves: in projects to come, and before a
// grant has begun; for as long as their own place lasts.
func TestAManagerHandsOnWhatTheTeamWillCarry(t *testing.T) {
	w := cast(t)
	soon := Window{End: w.now + aWeek}
	w.do(as("olga"), Give{Project: prj("app"), Subject: toTeam("red"), Role: Admin, Window: Window{Start: w.now + aDay}},
		SetSettings{Teams: []TeamRole{{tm("red"), Owner}}}, PlaceInTeam{Team: tm("red"), Person: usr("tess"), Manager: true, Window: soon})
	w.cannot("tess", "project:view", "app")
	w.attempts(t, []attempt{
		{"adds a member without end", as("tess"), PlaceInTeam{Team: tm("red"), Person: usr("mia")}, nil},
		{"adds one for longer than their own place lasts", as("tess"), PlaceInTeam{Team: tm("red"), Person: usr("mia"), Window: Window{End: w.now + 2*aWeek}}, nil},
		{"an admin who is no manager does not", as("ada"), PlaceInTeam{Team: tm("red"), Person: usr("mia")}, ErrNotCovered},
	}...)
	w.do(as("olga"), PlaceInTeam{Team: tm("red"), Person: usr("ada"), Manager: true, Window: soon})
	w.attempts(t, []attempt{
		{"an admin who is manager for a time adds others", as("ada"), PlaceInTeam{Team: tm("red"), Person: usr("mia")}, nil},
		{"but does not stay in the team for longer", as("ada"), PlaceInTeam{Team: tm("red"), Person: usr("ada")}, ErrOutlasts},
		{"an admin who is manager for a time makes no other manager", as("ada"), PlaceInTeam{Team: tm("red"), Person: usr("mia"), Manager: true}, ErrNotCovered},
	}...)
	w.now += aWeek
	w.refused(as("tess"), PlaceInTeam{Team: tm("red"), Person: usr("mia")}, ErrNotAllowed)
	w.refused(as("ada"), PlaceInTeam{Team: tm("red"), Person: usr("mia")}, ErrNotCovered)
}

// What a setting adds to a role stays out of the catalog, which other organizations share.
func TestASettingDoesNotReachTheCatalog(t *testing.T) {
	c, err := newCatalog(append(Builtin(), inOrganization("lunch:order", "order lunch", RoleOwner, RoleAdmin, RoleMember)), nil)
	if err != nil {
		t.Fatal(err)
	}
	w := cast(t)
	w.s.catalogs.(known)[c.Digest()] = c
	w.do(theOperator, AdoptCatalog{Catalog: c.Digest()})
	w.do(as("olga"), SetSettings{MembersCreateProjects: true})
	w.can("mia", "lunch:order", "")
	w.changes(as("mia"), CreateProject{Project: prj("new"), Name: "New"})
	w.refused(as("mia"), SetRole{usr("max"), RoleAdmin}, ErrNotAllowed)
	if c.OrgRoleHolds(RoleMember, "projects:create") || !c.OrgRoleHolds(RoleMember, "lunch:order") {
		t.Fatal("the catalog is another one")
	}
	w.do(as("olga"), SetSettings{})
	w.cannot("mia", "projects:create", "")
	for _, word := range []string{"olga", "otto"} {
		if now := inPlaceOf(w, as(word)); !now.authority(Power{place: placeOrg}, lasting{at: w.now}).covers(w.s.catalog.org[RoleOwner.number()]) {
			t.Errorf("%s does not cover their own role", word)
		}
	}
}
