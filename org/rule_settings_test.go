package org

import "testing"

// Settings give every new project its teams, its everyone role and the creator's role.
func TestNewProjectsGetWhatTheSettingsSay(t *testing.T) {
	w := cast(t)
	create := func(word string) Command { return CreateProject{Project: prj(word), Name: Name(word)} }
	t.Run("without settings the creator is owner and nobody else has anything", func(t *testing.T) {
		w := w.fork(t)
		w.do(as("ada"), create("new"))
		w.holdsOnly("ada", "new", Owner)
		if p := mustProject(w, "new"); p.People != 1 || p.Teams != 0 || p.Everyone || p.Creator != usr("ada") {
			t.Errorf("%+v", p)
		}
	})
	w.do(as("olga"), SetSettings{CreatorRole: Analyst, EveryoneRole: Consumer, Teams: []TeamRole{{tm("red"), Admin}}})
	w.do(as("ada"), create("new"))
	w.holdsOnly("ada", "new", Analyst)
	w.can("tim", "project:rename", "new")
	w.can("mia", "project:view", "new")
	w.cannot("mia", "project:rename", "new")
	w.cannot("mia", "project:view", "app")
	for _, g := range w.s.GrantsOn(prj("new"), w.now) {
		if g.Source != BySetting || g.GivenBy != usr("ada") {
			t.Errorf("%+v is not marked as given by the settings", g)
		}
	}
	t.Run("what the settings gave is taken like the rest", func(t *testing.T) {
		w := w.fork(t)
		w.changes(as("ada"), Take{Project: prj("new"), Subject: toEveryone}, Take{Project: prj("new"), Subject: toPerson("ada"), Source: BySetting})
		w.changes(as("olga"), Take{Project: prj("new"), Subject: toTeam("red")})
		w.cannot("mia", "project:view", "new")
	})
	t.Run("and beside it one may give by hand", func(t *testing.T) {
		w := w.fork(t)
		w.changes(as("olga"), give("new", toPerson("ada"), Analyst))
		w.holdsOnly("ada", "new", Analyst, Analyst)
	})
	t.Run("a command cannot name that source", func(t *testing.T) {
		g := give("new", toPerson("mia"), Consumer)
		g.Source = BySetting
		w.fork(t).refused(as("olga"), g, ErrBadSource)
	})
	t.Run("projects that are there already keep what they have", func(t *testing.T) {
		w := w.fork(t)
		w.do(as("olga"), SetSettings{})
		w.can("mia", "project:view", "new")
		w.do(as("ada"), create("next"))
		w.cannot("mia", "project:view", "next")
	})
	t.Run("a deleted team is no longer among them", func(t *testing.T) {
		w := w.fork(t)
		w.do(as("olga"), CreateTeam{Team: tm("blue"), Name: "Blue"}, SetSettings{Teams: []TeamRole{{tm("red"), Admin}, {tm("blue"), Analyst}}}, DeleteTeam{tm("red")})
		if got := w.s.Settings().Teams; len(got) != 1 || got[0].Team != tm("blue") {
			t.Fatalf("left are %v", got)
		}
		w.do(as("olga"), create("next"))
		if p := mustProject(w, "next"); p.Teams != 1 {
			t.Errorf("%+v", p)
		}
	})
	t.Run("the operator creates a project without becoming anything in it", func(t *testing.T) {
		w := newWorld(t)
		w.do(theOperator, CreateTeam{Team: tm("red"), Name: "Red"}, SetSettings{EveryoneRole: Consumer, Teams: []TeamRole{{tm("red"), Admin}}}, create("new"))
		if p := mustProject(w, "new"); p.People != 0 || p.Teams != 1 || !p.Everyone {
			t.Errorf("%+v", p)
		}
	})
}

// A setting extends creating projects to members, and to nobody else.
func TestMembersMayCreateProjectsIfTheSettingsSaySo(t *testing.T) {
	w := cast(t)
	create := CreateProject{Project: prj("new"), Name: "New"}
	w.attempts(t, []attempt{
		{"an owner", as("olga"), create, nil},
		{"an admin", as("ada"), create, nil},
		{"no billing admin", as("bill"), create, ErrNotAllowed},
		{"no member", as("mia"), create, ErrNotAllowed},
		{"no project owner", as("pia"), create, ErrNotAllowed},
	}...)
	w.do(as("olga"), SetSettings{MembersCreateProjects: true})
	w.attempts(t, []attempt{
		{"with the setting a member", as("mia"), create, nil},
		{"with the setting no billing admin", as("bill"), create, ErrNotAllowed},
		{"with the setting no suspended member", as("sam"), create, ErrSuspendedActor},
	}...)
	w.can("mia", "projects:create", "")
	w.cannot("bill", "projects:create", "")
	w.cannot("mia", "teams:manage", "")
	if e := w.s.Explain(usr("mia"), "projects:create", "", w.now); !e.Allowed || e.Reason != ReasonBySetting || e.OrgRole != RoleMember {
		t.Errorf("explained as %+v", e)
	}
	if e := w.s.Explain(usr("ada"), "projects:create", "", w.now); !e.Allowed || e.Reason != ReasonGiven || e.OrgRole != RoleAdmin {
		t.Errorf("explained as %+v", e)
	}
	w.do(as("mia"), create)
	w.holdsOnly("mia", "new", Owner)
	w.can("mia", "project:delete", "new")
}

// Choosing is giving in every project; only the built-in owner for the creator is free.
func TestChoosingSettingsIsGivingInEveryProject(t *testing.T) {
	w := cast(t)
	w.attempts(t, []attempt{
		{"an admin chooses admin for the creator", as("ada"), SetSettings{CreatorRole: Admin}, nil},
		{"an admin chooses consumer for everyone", as("ada"), SetSettings{EveryoneRole: Consumer}, nil},
		{"an admin chooses no owner for everyone", as("ada"), SetSettings{EveryoneRole: Owner}, ErrNotCovered},
		{"an admin chooses no owner for a team", as("ada"), SetSettings{Teams: []TeamRole{{tm("red"), Owner}}}, ErrNotCovered},
		{"an owner chooses owner for everyone", as("olga"), SetSettings{EveryoneRole: Owner}, nil},
		{"a project owner chooses nothing", as("pia"), SetSettings{EveryoneRole: Consumer}, ErrNotAllowed},
		{"a billing admin chooses nothing", as("bill"), SetSettings{EveryoneRole: Consumer}, ErrNotAllowed},
	}...)
	w.do(as("olga"), SetSettings{CreatorRole: Analyst, EveryoneRole: Owner, Teams: []TeamRole{{tm("red"), Owner}}})
	w.attempts(t, []attempt{
		{"an admin goes back to owner for the creator, which is free", as("ada"),
			SetSettings{CreatorRole: Owner, EveryoneRole: Owner, Teams: []TeamRole{{tm("red"), Owner}}}, nil},
		{"an admin leaves what an owner chose and lets members create", as("ada"),
			SetSettings{MembersCreateProjects: true, CreatorRole: Analyst, EveryoneRole: Owner, Teams: []TeamRole{{tm("red"), Owner}}}, nil},
		{"an admin lowers what an owner chose", as("ada"), SetSettings{CreatorRole: Analyst, EveryoneRole: Consumer, Teams: []TeamRole{{tm("red"), Analyst}}}, nil},
		{"an admin takes what an owner chose away", as("ada"), SetSettings{}, nil},
	}...)
	t.Run("what was chosen is not judged again when a member creates a project", func(t *testing.T) {
		w := w.fork(t)
		w.do(as("olga"), SetSettings{MembersCreateProjects: true, CreatorRole: Consumer, EveryoneRole: Owner, Teams: []TeamRole{{tm("red"), Owner}}})
		w.changes(as("mia"), CreateProject{Project: prj("new"), Name: "New"})
		w.holdsOnly("mia", "new", Consumer)
		w.can("max", "project:delete", "new")
	})
}

func TestSettingsThatAreRefused(t *testing.T) {
	w := cast(t)
	w.do(as("olga"), CreateTeam{Team: tm("gone"), Name: "Gone"}, DeleteTeam{tm("gone")})
	w.attempts(t, []attempt{
		{"a creator role that is none", as("olga"), SetSettings{CreatorRole: "boss"}, ErrBadRole},
		{"an everyone role that is none", as("olga"), SetSettings{EveryoneRole: "boss"}, ErrBadRole},
		{"a team's role that is none", as("olga"), SetSettings{Teams: []TeamRole{{tm("red"), "boss"}}}, ErrBadRole},
		{"a team without a role", as("olga"), SetSettings{Teams: []TeamRole{{Team: tm("red")}}}, ErrBadRole},
		{"a team twice", as("olga"), SetSettings{Teams: []TeamRole{{tm("red"), Admin}, {tm("red"), Analyst}}}, ErrBadRole},
		{"a team that is none", as("olga"), SetSettings{Teams: []TeamRole{{tm("none"), Admin}}}, ErrUnknownTeam},
		{"a team that was deleted", as("olga"), SetSettings{Teams: []TeamRole{{tm("gone"), Admin}}}, ErrUnknownTeam},
	}...)
	w.idle(as("olga"), SetSettings{}, SetSettings{CreatorRole: Owner})
	w.do(as("olga"), CreateTeam{Team: tm("blue"), Name: "Blue"})
	both := []TeamRole{{tm("red"), Admin}, {tm("blue"), Analyst}}
	w.changes(as("olga"), SetSettings{Teams: both})
	w.idle(as("olga"), SetSettings{Teams: []TeamRole{both[1], both[0]}})
	if both[0].Team != tm("red") {
		t.Fatal("the caller's own list was sorted")
	}
	got := w.s.Settings()
	got.Teams[0].Role = Owner
	if w.s.Settings().Teams[0].Role == Owner {
		t.Fatal("a reader can change the settings")
	}
}
