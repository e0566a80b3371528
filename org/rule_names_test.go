package org

import (
	"strings"
	"testing"
)

// Names of teams and of projects are unique among those that are not deleted, whatever the case and the blanks.
func TestNamesAreUnique(t *testing.T) {
	w := cast(t)
	w.do(as("olga"), CreateTeam{Team: tm("blue"), Name: "Blue  Sky"}, CreateProject{Project: prj("new"), Name: "New  Web"},
		CreateTeam{Team: tm("gone"), Name: "Gone"}, DeleteTeam{tm("gone")}, CreateProject{Project: prj("gone"), Name: "Gone"}, DeleteProject{prj("gone")})
	team := func(word string, n Name) Command { return CreateTeam{Team: tm(word), Name: n} }
	project := func(word string, n Name) Command { return CreateProject{Project: prj(word), Name: n} }
	w.attempts(t, []attempt{
		{"a team of the same name", as("olga"), team("x", "Red"), ErrTeamName},
		{"a team of the same name in other case", as("olga"), team("x", "rED"), ErrTeamName},
		{"a team of the same name with other blanks", as("olga"), team("x", "blue sky"), ErrTeamName},
		{"a team named like a project", as("olga"), team("x", "Web"), nil},
		{"a team named like a deleted one", as("olga"), team("x", "Gone"), nil},
		{"a team renamed to another's name", as("olga"), RenameTeam{tm("blue"), "RED"}, ErrTeamName},
		{"a team renamed to its own name in other case", as("olga"), RenameTeam{tm("red"), "RED"}, nil},
		{"a team renamed to a free name", as("olga"), RenameTeam{tm("red"), "Rot"}, nil},
		{"a project of the same name", as("olga"), project("x", "Web"), ErrProjectName},
		{"a project of the same name in other case", as("olga"), project("x", "wEB"), ErrProjectName},
		{"a project of the same name with other blanks", as("olga"), project("x", "new web"), ErrProjectName},
		{"a project named like a team", as("olga"), project("x", "Red"), nil},
		{"a project named like a deleted one", as("olga"), project("x", "Gone"), nil},
		{"a project renamed to another's name", as("olga"), RenameProject{prj("web"), "APP"}, ErrProjectName},
		{"a project renamed to its own name in other case", as("olga"), RenameProject{prj("web"), "WEB"}, nil},
		{"a project renamed to a free name", as("olga"), RenameProject{prj("web"), "Net"}, nil},
		{"a project restored under its own name", as("olga"), RestoreProject{Project: prj("gone")}, nil},
		{"a project restored under another's name", as("olga"), RestoreProject{prj("gone"), "web"}, ErrProjectName},
		{"a project restored under a free name", as("olga"), RestoreProject{prj("gone"), "Back"}, nil},
	}...)
	w.do(as("olga"), RenameTeam{tm("red"), "Rot"}, RenameProject{prj("web"), "Net"})
	w.changes(as("olga"), team("x", "Red"), project("x", "Web"), project("y", "gone"))
	w.refused(as("olga"), RestoreProject{Project: prj("gone")}, ErrProjectName)
	w.changes(as("olga"), RestoreProject{prj("gone"), "Back"})
	w.refused(as("olga"), project("z", "back"), ErrProjectName)
	if got := mustProject(w, "gone").Name; got != "Back" {
		t.Fatalf("restored as %q", got)
	}
}

// External ids are unique among teams and among projects; what is deleted gives its own up.
func TestExternalIDsAreUnique(t *testing.T) {
	w := cast(t)
	w.do(as("olga"), SetTeamExternalID{tm("red"), "x-1"}, SetProjectExternalID{prj("web"), "x-1"}, CreateTeam{Team: tm("blue"), Name: "Blue"},
		CreateProject{Project: prj("gone"), Name: "Gone", ExternalID: "x-3"}, DeleteProject{prj("gone")})
	w.attempts(t, []attempt{
		{"a team that takes another's", as("olga"), SetTeamExternalID{tm("blue"), "x-1"}, ErrExternalIDTaken},
		{"a team created with another's", as("olga"), CreateTeam{Team: tm("x"), Name: "X", ExternalID: "x-1"}, ErrExternalIDTaken},
		{"a project that takes another's", as("olga"), SetProjectExternalID{prj("app"), "x-1"}, ErrExternalIDTaken},
		{"a project created with another's", as("olga"), CreateProject{Project: prj("x"), Name: "X", ExternalID: "x-1"}, ErrExternalIDTaken},
		{"one that differs by case is another", as("olga"), SetProjectExternalID{prj("app"), "X-1"}, nil},
		{"one that is free", as("olga"), SetTeamExternalID{tm("blue"), "x-2"}, nil},
		{"that of a deleted project is free", as("olga"), SetProjectExternalID{prj("app"), "x-3"}, nil},
		{"none, where there was one", as("olga"), SetProjectExternalID{prj("web"), ""}, nil},
	}...)
	if got, ok := w.s.TeamByExternal("x-1"); !ok || got != tm("red") {
		t.Errorf("x-1 leads to the team %s, %t", got, ok)
	}
	if got, ok := w.s.ProjectByExternal("x-1"); !ok || got != prj("web") {
		t.Errorf("x-1 leads to the project %s, %t", got, ok)
	}
	if _, ok := w.s.ProjectByExternal(""); ok {
		t.Error("no external id leads somewhere")
	}
	w.do(as("olga"), SetProjectExternalID{prj("app"), "x-3"})
	w.refused(as("olga"), RestoreProject{Project: prj("gone")}, ErrExternalIDTaken)
	w.do(as("olga"), SetProjectExternalID{prj("app"), ""}, SetProjectExternalID{prj("web"), "x-4"}, SetTeamExternalID{tm("red"), ""}, RestoreProject{Project: prj("gone")})
	for x, want := range map[ExternalID]ProjectID{"x-1": "", "x-3": prj("gone"), "x-4": prj("web")} {
		if got, _ := w.s.ProjectByExternal(x); got != want {
			t.Errorf("%s leads to %q, want %q", x, got, want)
		}
	}
	w.do(as("olga"), SetTeamExternalID{tm("red"), "x-5"}, DeleteTeam{tm("red")})
	for _, x := range []ExternalID{"x-1", "x-5"} {
		if got, ok := w.s.TeamByExternal(x); ok {
			t.Errorf("%s leads to the team %s", x, got)
		}
	}
	w.changes(as("olga"), SetTeamExternalID{tm("blue"), "x-5"})
}

// I-09: ids are never used again, also those of what was deleted.
func TestIDsAreNeverUsedAgain(t *testing.T) {
	w := cast(t)
	w.do(as("olga"), DeleteTeam{tm("red")}, DeleteProject{prj("web")})
	w.attempts(t, []attempt{
		{"I-09 a team under the id of a deleted one", as("olga"), CreateTeam{Team: tm("red"), Name: "Rot"}, ErrIDUsed},
		{"I-09 a project under the id of one that lives", as("olga"), CreateProject{Project: prj("app"), Name: "X"}, ErrIDUsed},
		{"I-09 a project under the id of a deleted one", as("olga"), CreateProject{Project: prj("web"), Name: "Net"}, ErrIDUsed},
		{"I-09 a deleted team takes nobody", as("olga"), PlaceInTeam{Team: tm("red"), Person: usr("mia")}, ErrUnknownTeam},
		{"I-09 a deleted team gets nothing", as("olga"), give("app", toTeam("red"), Consumer), ErrUnknownTeam},
		{"I-09 a deleted team is not renamed", as("olga"), RenameTeam{tm("red"), "Rot"}, ErrUnknownTeam},
		{"I-09 a deleted team is not deleted", as("olga"), DeleteTeam{tm("red")}, ErrUnknownTeam},
		{"I-09 a deleted team has no external id", as("olga"), SetTeamExternalID{tm("red"), "x"}, ErrUnknownTeam},
	}...)
	w.now += 400 * aDay
	w.refused(as("olga"), CreateProject{Project: prj("web"), Name: "Net"}, ErrIDUsed)
	w.refused(theOperator, CreateOrganization{Organization: OrgID(id("org_", "acme")), Name: "Acme", Slug: "acme", Owner: usr("mia"), Catalog: w.s.CatalogDigest()}, ErrOrganizationExists)
	since := w.member("mia").Since
	w.do(as("olga"), Remove{Person: usr("mia")}, AddMember{Person: usr("mia"), Role: RoleMember})
	if again := w.member("mia").Since; again != w.s.Version() || again == since {
		t.Fatalf("the membership began with %d, the one before with %d", again, since)
	}
}

// The texts that may stand in a log, and those that may not.
func TestTextsOfNames(t *testing.T) {
	w := cast(t)
	for _, c := range []struct {
		name string
		text Name
		want error
	}{
		{"one letter", "x", nil},
		{"100 letters", Name(strings.Repeat("x", 100)), nil},
		{"100 letters of four bytes", Name(strings.Repeat("𝒳", 100)), nil},
		{"several scripts", "Zoë 東京 Ω", nil},
		{"an inner blank", "a b", nil},
		{"signs", "R&D: 50% (new)", nil},
		{"nothing", "", ErrBadName},
		{"101 letters", Name(strings.Repeat("x", 101)), ErrBadName},
		{"a blank alone", " ", ErrBadName},
		{"a blank before", " x", ErrBadName},
		{"a blank behind", "x ", ErrBadName},
		{"a line break", "a\nb", ErrBadName},
		{"a tabulator", "a\tb", ErrBadName},
		{"a NUL", "a\x00b", ErrBadName},
		{"a direction mark", "a\u202eb", ErrBadName},
		{"a zero-width blank", "a\u200bb", ErrBadName},
		{"a line separator", "a\u2028b", ErrBadName},
		{"a paragraph separator", "a\u2029b", ErrBadName},
		{"broken UTF-8", "a\xffb", ErrBadName},
	} {
		for _, do := range []Command{
			Rename{Name: c.text}, CreateTeam{Team: tm("x"), Name: c.text}, RenameTeam{tm("red"), c.text},
			CreateProject{Project: prj("x"), Name: c.text}, RenameProject{prj("web"), c.text},
		} {
			w.attempts(t, attempt{c.name, as("olga"), do, c.want})
		}
	}
	w.do(as("olga"), DeleteProject{prj("web")})
	w.refused(as("olga"), RestoreProject{prj("web"), " "}, ErrBadName)
	k, d := catalogs(t)
	fresh := &world{TB: t, s: Empty(k), now: w.now}
	fresh.refused(theOperator, CreateOrganization{Organization: OrgID(id("org_", "x")), Name: " ", Slug: "x1", Owner: usr("mia"), Catalog: d}, ErrBadName)
}

func TestTextsOfSlugs(t *testing.T) {
	k, d := catalogs(t)
	w := cast(t)
	fresh := &world{TB: t, s: Empty(k), now: w.now}
	for _, c := range []struct {
		name string
		text Slug
		want error
	}{
		{"two letters", "ab", nil},
		{"48 letters", Slug(strings.Repeat("x", 48)), nil},
		{"the ends of the alphabet", "az-09", nil},
		{"one letter", "a", ErrBadSlug},
		{"49 letters", Slug(strings.Repeat("x", 49)), ErrBadSlug},
		{"a capital", "Acme", ErrBadSlug},
		{"a hyphen before", "-acme", ErrBadSlug},
		{"a hyphen behind", "acme-", ErrBadSlug},
		{"two hyphens", "ac--me", ErrBadSlug},
		{"an underline, so that no slug looks like an id", "org_acme", ErrBadSlug},
		{"a dot", "acme.com", ErrBadSlug},
		{"the sign before a", "ac`", ErrBadSlug},
		{"the sign after z", "ac{", ErrBadSlug},
		{"the sign before 0", "ac/", ErrBadSlug},
		{"the sign after 9", "ac:", ErrBadSlug},
		{"another script", "акме", ErrBadSlug},
		{"a word that is kept free", "admin", ErrReservedSlug},
		{"another word that is kept free", "www", ErrReservedSlug},
	} {
		t.Run(c.name, func(t *testing.T) {
			w.attempts(t, attempt{"renaming", as("olga"), Rename{Slug: c.text}, c.want})
			fresh.attempts(t, attempt{"founding", as("mia"), CreateOrganization{Organization: OrgID(id("org_", "x")), Name: "X", Slug: c.text, Catalog: d}, c.want})
		})
	}
	fresh.refused(as("mia"), CreateOrganization{Organization: OrgID(id("org_", "x")), Name: "X", Catalog: d}, ErrBadSlug)
}

func TestTextsOfExternalIDsTimezonesAndRegions(t *testing.T) {
	w := cast(t)
	for _, c := range []struct {
		name string
		text ExternalID
		want error
	}{
		{"one sign", "!", nil},
		{"200 signs", ExternalID(strings.Repeat("~", 200)), nil},
		{"201 signs", ExternalID(strings.Repeat("x", 201)), ErrBadExternalID},
		{"a blank", "a b", ErrBadExternalID},
		{"a control character", "a\x7f", ErrBadExternalID},
		{"another script", "zoë", ErrBadExternalID},
	} {
		w.attempts(t, attempt{"organization: " + c.name, theOperator, SetExternalID{c.text}, c.want},
			attempt{"project: " + c.name, as("olga"), SetProjectExternalID{prj("web"), c.text}, c.want},
			attempt{"team: " + c.name, as("olga"), SetTeamExternalID{tm("red"), c.text}, c.want},
			attempt{"new project: " + c.name, as("olga"), CreateProject{Project: prj("x"), Name: "X", ExternalID: c.text}, c.want},
			attempt{"new team: " + c.name, as("olga"), CreateTeam{Team: tm("x"), Name: "X", ExternalID: c.text}, c.want})
	}
	for _, c := range []struct {
		name string
		text Timezone
		want error
	}{
		{"a zone", "Europe/Berlin", nil},
		{"64 signs", Timezone(strings.Repeat("~", 64)), nil},
		{"65 signs", Timezone(strings.Repeat("x", 65)), ErrBadTimezone},
		{"a blank", "Europe Berlin", ErrBadTimezone},
		{"a control character", "UTC\x7f", ErrBadTimezone},
		{"the first sign there is", "!", nil},
	} {
		w.attempts(t, attempt{"zone of a project: " + c.name, as("olga"), SetProjectTimezone{prj("web"), c.text}, c.want},
			attempt{"zone of a new project: " + c.name, as("olga"), CreateProject{Project: prj("x"), Name: "X", Timezone: c.text}, c.want})
	}
	w.refused(as("olga"), SetProjectTimezone{prj("web"), ""}, ErrBadTimezone)
	for _, c := range []struct {
		name string
		text Region
		want error
	}{
		{"none", "", nil},
		{"a region", "eu-west-1", nil},
		{"the ends of the alphabet", "az09", nil},
		{"32 signs", Region(strings.Repeat("x", 32)), nil},
		{"33 signs", Region(strings.Repeat("x", 33)), ErrBadRegion},
		{"a capital", "EU", ErrBadRegion},
		{"the sign before a", "`", ErrBadRegion},
		{"the sign after z", "{", ErrBadRegion},
		{"the sign before 0", "/", ErrBadRegion},
		{"the sign after 9", ":", ErrBadRegion},
	} {
		w.attempts(t, attempt{"region of a new project: " + c.name, as("olga"), CreateProject{Project: prj("x"), Name: "X", Region: c.text}, c.want})
	}
}

func TestTextsOfIDs(t *testing.T) {
	good := "usr_0123456789abcdefghjkmnpqrs"
	for _, c := range []struct {
		name, text string
		want       bool
	}{
		{"one from the page", "usr_2x4y6z8a0b1c3d5e7f9g1h2j3k", true},
		{"digits and letters", good, true},
		{"the most that 128 bits hold", "usr_7zzzzzzzzzzzzzzzzzzzzzzzzz", true},
		{"more than 128 bits", "usr_80000000000000000000000000", false},
		{"the prefix of another kind", "prj_" + good[4:], false},
		{"no prefix", good[4:], false},
		{"a sign too few", good[:len(good)-1], false},
		{"a sign too many", good + "0", false},
		{"a capital", strings.ToUpper(good), false},
		{"an i", "usr_0123456789abcdefghjkmnpqri", false},
		{"an l", "usr_0123456789abcdefghjkmnpqrl", false},
		{"an o", "usr_0123456789abcdefghjkmnpqro", false},
		{"a u", "usr_0123456789abcdefghjkmnpqru", false},
		{"a z", "usr_0123456789abcdefghjkmnpqrz", true},
		{"nothing", "", false},
		{"the prefix alone", "usr_", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := PersonID(c.text).Valid(); got != c.want {
				t.Fatalf("got %t", got)
			}
		})
	}
	if !OrgID("org_"+good[4:]).Valid() || !TeamID("team_"+good[4:]).Valid() || !ProjectID("prj_"+good[4:]).Valid() || OrgID(good).Valid() || TeamID(good).Valid() || ProjectID(good).Valid() {
		t.Fatal("kinds are mixed up")
	}
	w := cast(t)
	w.attempts(t, []attempt{
		{"a person", as("olga"), AddMember{Person: "usr_zed", Role: RoleMember}, ErrBadID},
		{"a team", as("olga"), CreateTeam{Team: "team_x", Name: "X"}, ErrBadID},
		{"a project", as("olga"), CreateProject{Project: "prj_x", Name: "X"}, ErrBadID},
	}...)
	fresh := &world{TB: t, s: Empty(w.s.catalogs), now: w.now}
	fresh.refused(as("olga"), CreateOrganization{Organization: "org_x", Name: "X", Slug: "x1", Catalog: w.s.CatalogDigest()}, ErrBadID)
	fresh.refused(as("olga"), CreateOrganization{Organization: OrgID(id("org_", "x")), Name: "X", Slug: "x1", ExternalID: "a b", Catalog: w.s.CatalogDigest()}, ErrBadExternalID)
	fresh.refused(as("olga"), CreateOrganization{Organization: OrgID(id("org_", "x")), Name: "X", Slug: "x1", Catalog: "sha256:0"}, ErrUnknownCatalog)
}
