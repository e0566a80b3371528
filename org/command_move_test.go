package org

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"
)

// two are an organization with the project web and another one. Olga owns the first, oscar the second; paul owns the
// project, amy reads it, and both of these two are members of the second as well.
func two(t testing.TB) (here, there *world) {
	here = newWorld(t, applicationRows()...)
	here.do(theOperator, AddMember{Person: usr("paul"), Role: RoleMember}, AddMember{Person: usr("amy"), Role: RoleMember},
		AddMember{Person: usr("max"), Role: RoleMember}, AddMember{Person: usr("ada"), Role: RoleAdmin},
		CreateTeam{Team: tm("red"), Name: "Red"}, PlaceInTeam{Team: tm("red"), Person: usr("max")},
		CreateProject{Project: prj("web"), Name: "Web", Timezone: "Asia/Tokyo", Region: "eu", ExternalID: "w-1"},
		give("web", toPerson("paul"), Owner), give("web", toPerson("amy"), Analyst), give("web", toTeam("red"), Admin), give("web", toEveryone, Consumer))
	there = here.other("other", usr("oscar"))
	there.do(as("oscar"), AddMember{Person: usr("paul"), Role: RoleMember}, AddMember{Person: usr("amy"), Role: RoleMember},
		AddMember{Person: usr("abe"), Role: RoleAdmin})
	here.do(as("olga"), Enter{})
	return here, there
}

func (w *world) notSent(to *world, by Actor, c MoveProject, why error) {
	w.Helper()
	before, other := w.s, to.s
	if err := w.sends(to, by, c); !errors.Is(err, why) {
		w.Fatalf("%+v by %v: got %v, want %v", c, by, err, why)
	}
	if w.s != before || to.s != other {
		w.Fatalf("%+v was refused and changed something", c)
	}
}

func TestTransferMovesAProjectWhole_T57_I10(t *testing.T) {
	here, there := two(t)
	there.do(as("oscar"), AddMember{Person: usr("olga"), Role: RoleAdmin}, SetSettings{EveryoneRole: Owner})
	was, _ := here.s.Project(prj("web"))
	if err := here.sends(there, as("olga"), MoveProject{Project: prj("web"), KeepGrants: true}); err != nil {
		t.Fatal(err)
	}
	if _, still := here.s.Project(prj("web")); still {
		t.Fatal("it is in both organizations")
	}
	is, ok := there.s.Project(prj("web"))
	if !ok || is.Timezone != was.Timezone || is.Region != was.Region || is.ExternalID != was.ExternalID || is.Creator != was.Creator ||
		is.Created != was.Created || is.Name != was.Name {
		t.Fatalf("%+v became %+v", was, is)
	}
	for _, c := range []struct {
		name   string
		s      *State
		person string
		may    Permission
		want   bool
	}{
		{"who owned it holds nothing where it was", here.s, "paul", "project:view", false},
		{"nor does everyone there", here.s, "ada", "project:view", false},
		{"who moved it is its owner", there.s, "olga", "project:delete", true},
		{"who owned it and is a member there owns it", there.s, "paul", "project:delete", true},
		{"who read it and is a member there reads it", there.s, "amy", "data:export", true},
		{"and no more", there.s, "amy", "project:rename", false},
		{"who had it through a team holds nothing", there.s, "max", "project:view", false},
		{"owners there own it", there.s, "oscar", "project:delete", true},
		{"admins there administer it", there.s, "abe", "project:rename", true},
	} {
		if got := c.s.Check(usr(c.person), c.may, prj("web"), here.now); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
	if grants := there.s.GrantsOn(prj("web"), here.now); len(grants) != 3 {
		t.Errorf("team, everyone and settings of new projects stay behind: %+v", grants)
	}
	for _, err := range []error{
		here.try(as("olga"), RestoreProject{Project: prj("web")}),
		here.try(as("olga"), RenameProject{prj("web"), "Net"}),
		here.try(as("olga"), give("web", toPerson("max"), Owner)),
	} {
		if !errors.Is(err, ErrUnknownProject) {
			t.Errorf("it is unknown where it left, and %v", err)
		}
	}
	here.refused(theOperator, CreateProject{Project: prj("web"), Name: "Web"}, ErrEntered)
	here.refused(as("olga"), CreateProject{Project: prj("web"), Name: "Web"}, ErrIDUsed)
	here.do(as("olga"), CreateProject{Project: prj("web2"), Name: "Web"})
}

func TestTransferNeedsARightInBothPlaces_T58(t *testing.T) {
	here, there := two(t)
	web := MoveProject{Project: prj("web")}
	offered := MoveProject{Project: prj("web"), ByOffer: true}
	for _, c := range []struct {
		name string
		by   Actor
		move MoveProject
		want error
	}{
		{"an owner here who is not there", as("olga"), web, ErrNotThere},
		{"an admin here", as("ada"), web, ErrNotAllowed},
		{"a project owner, without approval", as("paul"), web, ErrNeedsApproval},
		{"an owner there who is not here", as("oscar"), web, ErrUnknownOrganization},
		{"an owner there, of what is not offered", as("oscar"), offered, ErrNotOffered},
		{"an owner there, of what is not there at all", as("oscar"), MoveProject{Project: prj("none"), ByOffer: true}, ErrNotOffered},
		{"a member there", as("amy"), offered, ErrNotAllowed},
		{"a stranger", as("zed"), offered, ErrUnknownOrganization},
		{"the operator", theOperator, web, ErrEntered},
		{"nobody", Actor{}, web, ErrUnknownOrganization},
	} {
		t.Run(c.name, func(t *testing.T) { here.notSent(there, c.by, c.move, c.want) })
	}
	here.do(as("olga"), SetSettings{TransferWithoutApproval: true})
	here.notSent(there, as("paul"), web, ErrNotThere)
	there.do(as("oscar"), SetSettings{MembersCreateProjects: true})
	if err := here.sends(there, as("paul"), web); err != nil {
		t.Fatal(err)
	}
	if !there.s.Check(usr("paul"), "project:delete", prj("web"), here.now) {
		t.Error("who took it up does not own it")
	}
}

func TestOnlyOwnersWaiveTheirApproval(t *testing.T) {
	here, _ := two(t)
	here.refused(as("ada"), SetSettings{TransferWithoutApproval: true}, ErrNotCovered)
	here.do(as("olga"), SetSettings{TransferWithoutApproval: true})
	here.do(as("ada"), SetSettings{})
}

func TestOfferIsVoidWhenWhoMadeItMayNotAnyMore_T56(t *testing.T) {
	accept := MoveProject{Project: prj("web"), ByOffer: true}
	offer := func(by Actor) func(*world, *world) {
		return func(here, there *world) { here.do(by, OfferProject{prj("web"), there.s.ID()}) }
	}
	approve := func(here, there *world) { here.do(as("olga"), ApproveOffer{prj("web"), there.s.ID()}) }
	owner := func(here, _ *world) { here.do(as("olga"), SetRole{usr("ada"), RoleOwner}) }
	for _, c := range []struct {
		name  string
		steps []func(here, there *world)
		want  error
	}{
		{"an owner's offer", []func(*world, *world){offer(as("olga"))}, nil},
		{"a project owner's, not approved", []func(*world, *world){offer(as("paul"))}, ErrNotOffered},
		{"a project owner's, approved", []func(*world, *world){offer(as("paul")), approve}, nil},
		{"a project owner's, where none is asked for approval", []func(*world, *world){offer(as("paul")), func(here, _ *world) {
			here.do(as("olga"), SetSettings{TransferWithoutApproval: true})
		}}, nil},
		{"of somebody who lost the project", []func(*world, *world){offer(as("paul")), approve, func(here, _ *world) {
			here.do(as("olga"), Take{Project: prj("web"), Subject: toPerson("paul")})
		}}, ErrNotOffered},
		{"of somebody suspended", []func(*world, *world){offer(as("paul")), approve, func(here, _ *world) {
			here.do(as("olga"), Suspend{usr("paul")})
		}}, ErrNotOffered},
		{"of somebody removed", []func(*world, *world){offer(as("paul")), approve, func(here, _ *world) {
			here.do(as("olga"), Remove{Person: usr("paul")})
		}}, ErrNotOffered},
		{"of an owner who is one no more", []func(*world, *world){owner, offer(as("ada")), func(here, _ *world) {
			here.do(as("olga"), SetRole{usr("ada"), RoleAdmin})
		}}, ErrNotOffered},
		{"approved by an owner who is one no more", []func(*world, *world){owner, offer(as("paul")), func(here, there *world) {
			here.do(as("ada"), ApproveOffer{prj("web"), there.s.ID()})
			here.do(as("olga"), SetRole{usr("ada"), RoleAdmin})
		}}, ErrNotOffered},
		{"withdrawn", []func(*world, *world){offer(as("paul")), approve, func(here, _ *world) {
			here.do(as("olga"), WithdrawOffer{prj("web")})
		}}, ErrNotOffered},
		{"made to another organization since", []func(*world, *world){offer(as("paul")), approve, func(here, _ *world) {
			here.do(as("olga"), OfferProject{prj("web"), farAway})
		}}, ErrNotOffered},
		{"of a project that was deleted since", []func(*world, *world){offer(as("olga")), func(here, _ *world) {
			here.do(as("olga"), DeleteProject{prj("web")}, RestoreProject{Project: prj("web")})
		}}, ErrNotOffered},
		{"of a project that was reset since", []func(*world, *world){offer(as("olga")), func(here, _ *world) {
			here.do(as("olga"), ResetProject{prj("web"), prj("web2")})
		}}, ErrNotOffered},
		{"at the last instant", []func(*world, *world){offer(as("olga")), func(here, _ *world) { here.passes(OfferLasts - time.Microsecond) }}, nil},
		{"at its end", []func(*world, *world){offer(as("olga")), func(here, _ *world) { here.passes(OfferLasts) }}, ErrNotOffered},
	} {
		t.Run(c.name, func(t *testing.T) {
			here, there := two(t)
			for _, step := range c.steps {
				step(here, there)
			}
			offered, ok := here.s.Offer(prj("web"), here.now)
			if stands := ok && offered.Stands && offered.To == there.s.ID(); stands != (c.want == nil) {
				t.Errorf("it stands: %v", stands)
			}
			if c.want != nil {
				here.notSent(there, as("abe"), accept, c.want)
				return
			}
			if err := here.sends(there, as("abe"), accept); err != nil {
				t.Fatal(err)
			}
			here.notSent(there, as("oscar"), accept, ErrNotOffered)
		})
	}
}

func TestKeptGrantsAreCoveredByWhoAccepts_T57(t *testing.T) {
	type kept struct {
		person string
		role   ProjectRole
		source Source
	}
	for _, c := range []struct {
		name    string
		by      string
		keep    bool
		setting SetSettings
		want    []kept
	}{
		{"an owner keeps all", "oscar", true, SetSettings{}, []kept{{"amy", Analyst, ByHand}, {"oscar", Owner, BySetting}, {"paul", Owner, ByHand}}},
		{"nothing is kept unasked", "oscar", false, SetSettings{}, []kept{{"oscar", Owner, BySetting}}},
		{"an admin who becomes its owner keeps all", "abe", true, SetSettings{}, []kept{{"abe", Owner, BySetting}, {"amy", Analyst, ByHand}, {"paul", Owner, ByHand}}},
		{"an admin who becomes its admin keeps no owner", "abe", true, SetSettings{CreatorRole: Analyst}, []kept{{"abe", Analyst, BySetting}, {"amy", Analyst, ByHand}}},
		{"a member who becomes its consumer keeps nobody", "amy", true, SetSettings{MembersCreateProjects: true, CreatorRole: Consumer}, []kept{{"amy", Consumer, BySetting}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			here, there := two(t)
			there.do(as("oscar"), c.setting)
			here.do(as("olga"), OfferProject{prj("web"), there.s.ID()})
			if err := here.sends(there, as(c.by), MoveProject{Project: prj("web"), KeepGrants: c.keep, ByOffer: true}); err != nil {
				t.Fatal(err)
			}
			grants := there.s.GrantsOn(prj("web"), there.now)
			for _, k := range c.want {
				if !slices.ContainsFunc(grants, func(g Grant) bool { return g.Person == usr(k.person) && g.Role == k.role && g.Source == k.source }) {
					t.Errorf("%+v is not kept", k)
				}
			}
			if len(grants) != len(c.want) {
				t.Errorf("kept %+v", grants)
			}
		})
	}
}

func TestTransferIsRefusedClearly(t *testing.T) {
	for _, c := range []struct {
		name string
		step func(here, there *world)
		move MoveProject
		want error
	}{
		{"a project that is deleted", func(here, _ *world) { here.do(as("olga"), DeleteProject{prj("web")}) }, MoveProject{}, ErrProjectDeleted},
		{"a project that was reset", func(here, _ *world) { here.do(as("olga"), ResetProject{prj("web"), prj("web2")}) }, MoveProject{}, ErrProjectDeleted},
		{"a name that is taken there", func(_, there *world) {
			there.do(as("oscar"), CreateProject{Project: prj("net"), Name: "WEB"})
		}, MoveProject{}, ErrProjectName},
		{"another name that is taken there", func(_, there *world) {
			there.do(as("oscar"), CreateProject{Project: prj("net"), Name: "Net"})
		}, MoveProject{Name: "net"}, ErrProjectName},
		{"a name that is none", func(_, _ *world) {}, MoveProject{Name: " x"}, ErrBadName},
		{"an external id that is taken there", func(_, there *world) {
			there.do(as("oscar"), CreateProject{Project: prj("net"), Name: "Net", ExternalID: "w-1"})
		}, MoveProject{}, ErrExternalIDTaken},
		{"an unknown project", func(_, _ *world) {}, MoveProject{Project: prj("none")}, ErrUnknownProject},
	} {
		t.Run(c.name, func(t *testing.T) {
			here, there := two(t)
			there.do(as("oscar"), AddMember{Person: usr("olga"), Role: RoleAdmin})
			c.step(here, there)
			if c.move.Project == "" {
				c.move.Project = prj("web")
			}
			here.notSent(there, as("olga"), c.move, c.want)
		})
	}
	here, _ := two(t)
	if _, err := DecideMove(here.s, here.s, as("olga"), here.now, MoveProject{Project: prj("web")}); !errors.Is(err, ErrSameOrganization) {
		t.Errorf("to the same organization: %v", err)
	}
}

func TestProjectComesBackBare_T57(t *testing.T) {
	here, there := two(t)
	there.do(as("oscar"), AddMember{Person: usr("olga"), Role: RoleOwner})
	here.do(as("olga"), Remove{Person: usr("amy")})
	for range 2 {
		if err := here.sends(there, as("olga"), MoveProject{Project: prj("web")}); err != nil {
			t.Fatal(err)
		}
		if err := there.sends(here, as("olga"), MoveProject{Project: prj("web")}); err != nil {
			t.Fatal(err)
		}
	}
	here.do(as("olga"), Restore{Person: usr("amy")})
	if here.s.Check(usr("amy"), "project:view", prj("web"), here.now) {
		t.Error("a removed member got back what left in the meantime")
	}
	if got := len(here.s.GrantsOn(prj("web"), here.now)); got != 1 {
		t.Errorf("%d grants", got)
	}
	if here.s.Counts().Projects != 1 || there.s.Counts().Projects != 0 || there.s.Counts().Deleted != 0 {
		t.Errorf("%+v and %+v", here.s.Counts(), there.s.Counts())
	}
}

func TestListsGoOnAfterWhatLeft(t *testing.T) {
	here, there := two(t)
	there.do(as("oscar"), AddMember{Person: usr("olga"), Role: RoleAdmin})
	here.do(as("olga"), CreateProject{Project: prj("next"), Name: "Next"})
	if err := here.sends(there, as("olga"), MoveProject{Project: prj("web")}); err != nil {
		t.Fatal(err)
	}
	var rest []ProjectID
	for p := range here.s.Projects(false, prj("web")) {
		rest = append(rest, p.Project)
	}
	if !slices.Equal(rest, []ProjectID{prj("next")}) {
		t.Errorf("behind what left there is %v", rest)
	}
}

func TestResetReplacesAProject(t *testing.T) {
	here, _ := two(t)
	here.refused(as("ada"), ResetProject{prj("web"), prj("web2")}, ErrNotAllowed)
	here.refused(as("paul"), ResetProject{prj("web"), prj("web")}, ErrIDUsed)
	soon := Window{End: here.now + aDay}
	here.do(as("olga"), Give{Project: prj("web"), Subject: toPerson("max"), Role: Owner, Window: soon, Source: ByImport})
	before := here.s.GrantsOn(prj("web"), here.now)
	here.passes(time.Minute)
	here.do(as("paul"), ResetProject{prj("web"), prj("web2")})
	old, _ := here.s.Project(prj("web"))
	next, _ := here.s.Project(prj("web2"))
	if old.Deleted == 0 || old.ExternalID != "" || next.Name != "Web" || next.ExternalID != "w-1" || next.Timezone != "Asia/Tokyo" ||
		next.Region != "eu" || next.Creator != usr("paul") || next.Created != here.now {
		t.Errorf("%+v\nreplaced by\n%+v", old, next)
	}
	after := here.s.GrantsOn(prj("web2"), here.now)
	for i := range after {
		after[i].Project = prj("web")
	}
	if !slices.Equal(before, after) {
		t.Errorf("grants were\n%+v\nand are\n%+v", before, after)
	}
	if here.s.Check(usr("amy"), "project:view", prj("web"), here.now) || !here.s.Check(usr("amy"), "data:export", prj("web2"), here.now) {
		t.Error("access did not go over")
	}
	here.refused(as("paul"), RestoreProject{Project: prj("web")}, ErrProjectName)
	here.do(as("paul"), RestoreProject{Project: prj("web"), Name: "Web of old"})
	if !here.s.Check(usr("amy"), "project:view", prj("web"), here.now) {
		t.Error("what slept did not wake")
	}
}

func moveExercises() []exercise {
	held := func(word string, role ProjectRole) func(*world) {
		return func(w *world) {
			if !slices.ContainsFunc(w.s.GrantsOn(prj("web"), w.now), func(g Grant) bool { return g.Person == usr(word) && g.Role == role && g.Source == ByHand }) {
				w.Errorf("%s is no %s: %+v", word, role, w.s.GrantsOn(prj("web"), w.now))
			}
		}
	}
	offer := attempt{by: as("pia"), do: OfferProject{prj("web"), farAway}}
	offered := func(is bool) func(*world) {
		return func(w *world) {
			if _, got := w.s.Offer(prj("web"), w.now); got != is {
				w.Errorf("it is offered: %v", got)
			}
		}
	}
	return []exercise{
		{
			name: "by an owner", by: as("olga"), do: HandOver{usr("pia"), usr("mia")}, facts: []string{"grant.given", "member.removed"}, again: ErrUnknownPerson, then: held("mia", Owner),
			bad: []attempt{
				{name: "to nobody", do: HandOver{Person: usr("pia")}, want: ErrBadID},
				{name: "to the same person", do: HandOver{usr("pia"), usr("pia")}, want: ErrHandOverSelf},
				{name: "to a stranger", do: HandOver{usr("pia"), usr("nobody")}, want: ErrUnknownPerson},
				{name: "to somebody suspended", do: HandOver{usr("pia"), usr("sam")}, want: ErrMemberSuspended},
				{name: "of a stranger", do: HandOver{usr("nobody"), usr("mia")}, want: ErrUnknownPerson},
				{name: "by a member", by: as("mia"), do: HandOver{usr("pia"), usr("mia")}, want: ErrNotAllowed},
			},
		},
		{
			name: "by an admin, who hands on project admin at most", by: as("ada"), do: HandOver{usr("pia"), usr("mia")},
			facts: []string{"grant.given", "member.removed"}, again: ErrUnknownPerson, then: held("mia", Admin),
		},
		{
			name: "one's own", by: as("pia"), do: HandOver{usr("pia"), usr("mia")}, facts: []string{"grant.given", "member.left"}, again: ErrUnknownOrganization, then: held("mia", Owner),
		},
		{
			name: "by an owner", by: as("olga"), do: CopyAccess{usr("mia"), usr("pia"), false}, facts: []string{"grant.given"}, then: held("mia", Owner),
			bad: []attempt{
				{name: "of oneself", do: CopyAccess{usr("pia"), usr("pia"), false}, want: ErrHandOverSelf},
				{name: "to a stranger", do: CopyAccess{usr("nobody"), usr("pia"), false}, want: ErrUnknownPerson},
				{name: "of a stranger", do: CopyAccess{usr("mia"), usr("nobody"), false}, want: ErrUnknownPerson},
				{name: "by a project owner", by: as("pia"), do: CopyAccess{usr("mia"), usr("pia"), false}, want: ErrNotAllowed},
			},
		},
		{
			name: "a team manager's, by an admin", by: as("ada"), do: CopyAccess{usr("mia"), usr("tess"), false}, facts: []string{"team.member_added"},
			then: func(w *world) {
				if !w.s.Manages(usr("mia"), tm("red"), w.now) {
					w.Error("she manages no team")
				}
			},
		},
		{
			name: "with the role, by an owner", by: as("olga"), do: CopyAccess{usr("mia"), usr("ada"), true}, facts: []string{"member.role_set"},
			then: func(w *world) {
				if m, _ := w.s.Member(usr("mia"), w.now); m.Role != RoleAdmin {
					w.Errorf("%+v", m)
				}
			},
		},
		{
			name: "by its owner", by: as("pia"), do: ResetProject{prj("web"), prj("web2")}, facts: []string{"project.reset"}, again: ErrProjectDeleted,
			then: func(w *world) {
				if got := mustProject(w, "web2"); got.Name != "Web" || got.Changed != w.s.Version() || mustProject(w, "web").Changed != w.s.Version() {
					w.Errorf("%+v", got)
				}
			},
			bad: []attempt{
				{name: "by what is no id", do: ResetProject{Project: prj("web")}, want: ErrBadID},
				{name: "by one that is there", do: ResetProject{prj("web"), prj("app")}, want: ErrIDUsed},
				{name: "that is none", do: ResetProject{prj("none"), prj("web2")}, want: ErrUnknownProject},
				{name: "by its admin", by: as("pat"), do: ResetProject{prj("web"), prj("web2")}, want: ErrNotAllowed},
			},
		},
		{
			name: "by its owner", by: as("pia"), do: offer.do, facts: []string{"project.offered"}, then: offered(true),
			bad: []attempt{
				{name: "to nobody", do: OfferProject{Project: prj("web")}, want: ErrBadID},
				{name: "that is none", do: OfferProject{prj("none"), farAway}, want: ErrUnknownProject},
				{name: "by its admin", by: as("pat"), do: offer.do, want: ErrNotAllowed},
			},
		},
		{
			name: "by an owner", before: []attempt{offer}, by: as("olga"), do: ApproveOffer{prj("web"), farAway}, facts: []string{"project.offer_approved"},
			then: func(w *world) {
				if o, _ := w.s.Offer(prj("web"), w.now); !o.Approved || o.ApprovedBy != usr("olga") || !o.Stands {
					w.Errorf("%+v", o)
				}
			},
			bad: []attempt{
				{name: "of what is offered elsewhere", do: ApproveOffer{prj("web"), OrgID(id("org_", "third"))}, want: ErrNoOffer},
				{name: "of what is not offered", do: ApproveOffer{prj("app"), farAway}, want: ErrNoOffer},
				{name: "by who made it", by: as("pia"), do: ApproveOffer{prj("web"), farAway}, want: ErrNotAllowed},
				{name: "of what is none", do: ApproveOffer{prj("none"), farAway}, want: ErrUnknownProject},
			},
		},
		{
			name: "by an owner", before: []attempt{offer}, by: as("olga"), do: WithdrawOffer{prj("web")}, facts: []string{"project.offer_withdrawn"}, then: offered(false),
			bad: []attempt{
				{name: "by its admin", by: as("pat"), do: WithdrawOffer{prj("web")}, want: ErrNotAllowed},
				{name: "of what is none", do: WithdrawOffer{prj("none")}, want: ErrUnknownProject},
			},
		},
	}
}

func TestWhatSomebodyOwnsAloneIsKnownBeforeTheyGo_T50_I05(t *testing.T) {
	here, _ := two(t)
	alone := func() []ProjectID { return here.s.OwnedAlone(usr("paul"), here.now) }
	if got := alone(); !slices.Equal(got, []ProjectID{prj("web")}) {
		t.Errorf("he owns %v alone", got)
	}
	h, _ := here.s.Holds(usr("paul"), here.now)
	if !slices.Equal(h.OwnsAlone, []ProjectID{prj("web")}) || len(h.Created) != 0 {
		t.Errorf("%+v", h)
	}
	for _, c := range []struct {
		name string
		do   Command
		back Command
	}{
		{"another person", give("web", toPerson("amy"), Owner), Take{Project: prj("web"), Subject: toPerson("amy"), Role: Owner}},
		{"a team with somebody in it", give("web", toTeam("red"), Owner), give("web", toTeam("red"), Admin)},
		{"everyone", give("web", toEveryone, Owner), Take{Project: prj("web"), Subject: toEveryone, Role: Owner}},
	} {
		here.do(as("olga"), c.do)
		if got := alone(); len(got) != 0 {
			t.Errorf("%s owns it too, and he owns %v alone", c.name, got)
		}
		here.do(as("olga"), c.back)
	}
	if got := here.s.Orphaned([]ProjectID{prj("web"), prj("none")}, here.now); len(got) != 0 {
		t.Errorf("%v have no owner", got)
	}
	here.do(as("olga"), Remove{Person: usr("paul")})
	if got := here.s.Orphaned([]ProjectID{prj("web"), prj("none")}, here.now); !slices.Equal(got, []ProjectID{prj("web")}) {
		t.Errorf("%v have no owner", got)
	}
	if !here.s.Check(usr("olga"), "project:delete", prj("web"), here.now) {
		t.Error("the organization's owners do not stand in")
	}
}

// Judging a command of many facts costs the facts, not a state for each: twice as many take little more than twice as long.
func TestJudgingManyFactsIsLinear(t *testing.T) {
	allocations := func(n int) float64 {
		w := newWorld(t)
		w.do(theOperator, AddMember{Person: usr("max"), Role: RoleMember})
		for i := range n {
			p := prj(fmt.Sprintf("n%04d", i))
			w.do(theOperator, CreateProject{Project: p, Name: Name(fmt.Sprint("Project ", i))},
				Give{Project: p, Subject: toPerson("max"), Role: Analyst})
		}
		w.do(as("olga"), Remove{Person: usr("max")})
		return testing.AllocsPerRun(3, func() {
			if _, err := Decide(w.s, as("olga"), w.now, Restore{Person: usr("max")}); err != nil {
				t.Fatal(err)
			}
		})
	}
	few, many := allocations(200), allocations(800)
	if many > 6*few {
		t.Errorf("%.0f allocations for 200 facts, %.0f for 800", few, many)
	}
	t.Logf("%.0f allocations for 200 facts, %.0f for 800", few, many)
}
