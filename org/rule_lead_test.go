package org

import (
	"maps"
	"slices"
	"testing"
)

// lookups are the look-up rows of one organization, kept by nothing but leads.
type lookups map[string]string

func (l lookups) take(t *testing.T, leads []Lead) {
	t.Helper()
	for _, x := range leads {
		key := string(x.Kind) + " " + x.Key
		switch {
		case x.Gone && l[key] != x.ID:
			t.Fatalf("%s goes, but leads to %q and not to %q", key, l[key], x.ID)
		case x.Gone:
			delete(l, key)
		default:
			l[key] = x.ID
		}
	}
}

// supported are the rows that a state supports; old slugs and the projects of old lead on.
func supported(w *world) lookups {
	org := string(w.s.ID())
	l := lookups{}
	add := func(kind LeadKind, key, id string) { l[string(kind)+" "+key] = id }
	add(LeadSlug, "acme", org)
	add(LeadSlug, string(w.s.Slug()), org)
	if x := w.s.External(); x != "" {
		add(LeadOrgExternal, string(x), org)
	}
	for m := range w.s.Members(w.now, "") {
		add(LeadMember, string(m.Person)+" "+org, string(m.Person))
	}
	for x := range w.s.Teams("") {
		if x.ExternalID != "" {
			add(LeadTeamExternal, org+" "+string(x.ExternalID), string(x.Team))
		}
	}
	for _, deleted := range []bool{false, true} {
		for p := range w.s.Projects(deleted, "") {
			add(LeadProject, string(p.Project), string(p.Project))
			if p.ExternalID != "" && !deleted {
				add(LeadProjectExternal, org+" "+string(p.ExternalID), string(p.Project))
			}
		}
	}
	return l
}

// Look-up rows follow from the facts alone, and lead to what is there.
func TestLeadsFollowFromTheFacts(t *testing.T) {
	k, d := catalogs(t)
	w := &world{TB: t, s: Empty(k), now: casting().now}
	rows := lookups{}
	step := func(by Actor, c Command) {
		t.Helper()
		before, from := w.s, len(w.log)
		w.do(by, c)
		rows.take(t, Leads(before, w.log[from:]))
		if want := supported(w); !maps.Equal(rows, want) {
			t.Fatalf("after %T %+v the rows are\n%v\nwant\n%v", c, c, rows, want)
		}
	}
	step(theOperator, CreateOrganization{Organization: OrgID(id("org_", "acme")), Name: "Acme", Slug: "acme", ExternalID: "a-1", Owner: usr("olga"), Proofs: Vouched, Catalog: d})
	for _, c := range []Command{
		SetExternalID{"a-2"}, SetExternalID{}, SetExternalID{"a-3"},
		AddMember{Person: usr("mia"), Role: RoleMember}, AddMember{Person: usr("max"), Role: RoleMember},
		CreateTeam{Team: tm("red"), Name: "Red", ExternalID: "t-1"}, CreateTeam{Team: tm("blue"), Name: "Blue"},
		SetTeamExternalID{tm("blue"), "t-2"}, SetTeamExternalID{tm("red"), ""}, SetTeamExternalID{tm("red"), "t-3"},
		CreateProject{Project: prj("web"), Name: "Web", ExternalID: "p-1"}, CreateProject{Project: prj("app"), Name: "App"},
		SetProjectExternalID{prj("app"), "p-2"}, SetProjectExternalID{prj("web"), ""}, SetProjectExternalID{prj("web"), "p-3"},
		PlaceInTeam{Team: tm("red"), Person: usr("mia")}, give("web", toTeam("red"), Admin), Suspend{usr("max")},
	} {
		step(theOperator, c)
	}
	for _, c := range []Command{
		Rename{Name: "Apex", Slug: "apex"}, Rename{Slug: "apex-2"}, Rename{Slug: "apex"},
	} {
		before, from := w.s, len(w.log)
		w.do(as("olga"), c)
		rows.take(t, Leads(before, w.log[from:]))
	}
	if rows["slug apex-2"] != string(w.s.ID()) || rows["slug acme"] != string(w.s.ID()) {
		t.Fatalf("old slugs do not lead on: %v", rows)
	}
	delete(rows, "slug apex-2")
	for _, c := range []Command{
		Remove{Person: usr("max")}, Restore{Person: usr("max")}, DeleteTeam{tm("red")}, DeleteTeam{tm("blue")},
		DeleteProject{prj("web")}, DeleteProject{prj("app")}, RestoreProject{Project: prj("web")},
		CreateProject{Project: prj("new"), Name: "New"},
	} {
		step(as("olga"), c)
	}
	step(as("mia"), Leave{})
	step(as("olga"), AddMember{Person: usr("mia"), Role: RoleMember})
	if again := Leads(Empty(k), w.log); len(again) == 0 {
		t.Fatal("no rows can be made from the log")
	} else {
		rebuilt := lookups{}
		rebuilt.take(t, again)
		delete(rebuilt, "slug apex-2")
		if !maps.Equal(rebuilt, rows) {
			t.Fatalf("rebuilt from the log they are\n%v\nwant\n%v", slices.Sorted(maps.Keys(rebuilt)), slices.Sorted(maps.Keys(rows)))
		}
	}
}

// Who takes over an invitation of somebody whose membership is past its end becomes no member, and no row says so.
func TestWhatIsPastItsEndIsNotTakenOver(t *testing.T) {
	w := cast(t)
	end := w.now + aDay
	w.do(as("olga"), Reschedule{usr("max"), Window{End: end}})
	w.now = end + 1
	w.do(as("olga"), invited("max", RoleMember))
	before, from := w.s, len(w.log)
	w.do(as("nemo"), TakeOver{From: usr("max"), Proofs: ProvedAddress})
	w.noMember("nemo")
	leads := Leads(before, w.log[from:])
	for _, l := range leads {
		if l.Kind == LeadMember {
			t.Errorf("%+v", l)
		}
	}
	if len(leads) != 2 {
		t.Errorf("the invitation does not move: %+v", leads)
	}
}
