package org

import (
	"errors"
	"slices"
	"testing"
)

// toOffer are two organizations of which the first offers the project web to the second. Who takes part is as in two, and
// the second has service accounts besides.
func toOffer(t testing.TB) (here, there *world) {
	here, there = two(t)
	there.do(as("oscar"), CreateAccount{Account: acc("maker"), Name: "Maker", Role: RoleAdmin}, CreateAccount{Account: acc("plain"), Name: "Plain"},
		CreateAccount{Account: acc("asleep"), Name: "Asleep", Role: RoleAdmin}, DisableAccount{acc("asleep")})
	here.do(as("olga"), OfferProject{prj("web"), there.s.ID()})
	return here, there
}

// The operator fills an organization as an owner would, but takes nothing out of one that somebody has entered: only the
// members of that decide where its projects go.
func TestTheOperatorTakesUpOffersOnlyBetweenOrganizationsNobodyEntered_T58(t *testing.T) {
	accept := MoveProject{Project: prj("web"), ByOffer: true}
	far := func(w *world) *world {
		o := &world{TB: w.TB, s: Empty(w.s.catalogs), now: w.now}
		o.do(theOperator, CreateOrganization{Organization: OrgID(id("org_", "far")), Name: "Far", Slug: "far", Owner: usr("fay"), Proofs: Vouched, Catalog: w.s.CatalogDigest()})
		return o
	}
	for _, row := range []struct {
		name           string
		enters, theirs bool // somebody has entered the first, the second
		want           error
	}{
		{name: "from one that nobody entered to another such", want: nil},
		{name: "from one that somebody entered", enters: true, want: ErrEntered},
		{name: "to one that somebody entered", theirs: true, want: ErrEntered},
		{name: "between two that somebody entered", enters: true, theirs: true, want: ErrEntered},
	} {
		t.Run(row.name, func(t *testing.T) {
			here := newWorld(t)
			there := far(here)
			here.do(theOperator, CreateProject{Project: prj("web"), Name: "Web"}, OfferProject{prj("web"), there.s.ID()})
			if row.enters {
				// The owner offers it as well, so that nothing but who asks stands in the way.
				here.do(as("olga"), Enter{}, OfferProject{prj("web"), there.s.ID()})
			}
			if row.theirs {
				there.do(as("fay"), Enter{})
			}
			if row.want != nil {
				here.notSent(there, theOperator, accept, row.want)
				return
			}
			if err := here.sends(there, theOperator, accept); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestServiceAccountsAcceptOffersAsTheirRolesAllow_T58(t *testing.T) {
	accept := MoveProject{Project: prj("web"), ByOffer: true, KeepGrants: true}
	for _, row := range []struct {
		name string
		by   Actor
		move MoveProject
		want error
	}{
		{"one that may create projects there", asAccount("maker"), accept, nil},
		{"one that may not", asAccount("plain"), accept, ErrNotAllowed},
		{"one that is disabled", asAccount("asleep"), accept, ErrAccountDisabled},
		{"one that is unknown there", asAccount("none"), accept, ErrUnknownOrganization},
		{"one that would take what is not offered", asAccount("maker"), MoveProject{Project: prj("none"), ByOffer: true}, ErrNotOffered},
		{"one that is unknown where the project is and would fetch it", asAccount("maker"), MoveProject{Project: prj("web")}, ErrUnknownOrganization},
	} {
		t.Run(row.name, func(t *testing.T) {
			here, there := toOffer(t)
			if row.want != nil {
				here.notSent(there, row.by, row.move, row.want)
				return
			}
			if err := here.sends(there, row.by, row.move); err != nil {
				t.Fatal(err)
			}
			var holders []Subject
			for _, g := range there.s.GrantsOn(prj("web"), there.now) {
				holders = append(holders, g.Subject)
			}
			if want := []Subject{toPerson("paul"), toPerson("amy"), row.by.subject()}; !sameSet(holders, want) {
				t.Errorf("%+v hold something there, not %+v", holders, want)
			}
			if there.s.Check(row.by.ID(), "project:delete", prj("web"), there.now) != true || here.s.Check(row.by.ID(), "project:view", prj("web"), here.now) {
				t.Error("it is not the account's there, or it holds something here")
			}
		})
	}
}

// What an account gave away with KeepGrants it covers itself, as its creator.
func TestServiceAccountsKeepNoGrantThatTheyDoNotCover_T58(t *testing.T) {
	here, there := toOffer(t)
	there.do(as("oscar"), SetSettings{CreatorRole: Analyst})
	if err := here.sends(there, asAccount("maker"), MoveProject{Project: prj("web"), ByOffer: true, KeepGrants: true}); err != nil {
		t.Fatal(err)
	}
	for _, g := range there.s.GrantsOn(prj("web"), there.now) {
		if g.Role == Owner {
			t.Errorf("an admin's account made %+v owner", g.Subject)
		}
	}
}

// An account belongs to one organization, so the other learns nothing of one that created a project.
func TestAProjectOfAServiceAccountArrivesWithoutCreator(t *testing.T) {
	here, there := two(t)
	here.do(as("olga"), CreateAccount{Account: acc("maker"), Name: "Maker", Role: RoleAdmin})
	here.do(asAccount("maker"), CreateProject{Project: prj("app"), Name: "App"})
	there.do(as("oscar"), AddMember{Person: usr("olga"), Role: RoleAdmin})
	if err := here.sends(there, as("olga"), MoveProject{Project: prj("app")}); err != nil {
		t.Fatal(err)
	}
	if is, _ := there.s.Project(prj("app")); is.Creator != "" {
		t.Errorf("%s created it", is.Creator)
	}
}

func sameSet[T comparable](a, b []T) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(x T) bool { return !slices.Contains(b, x) })
}

// Handing over is giving: the right to give in a project is asked for even of what is one's own.
func TestHandingOverGivesOnlyWhereTheActorMayGive(t *testing.T) {
	for _, row := range []struct {
		name string
		by   Actor
		from string
		want []ProjectRole
	}{
		{"an owner of a project hands on their own", as("pia"), "pia", []ProjectRole{Owner}},
		{"an admin of a project hands on their own", as("pat"), "pat", []ProjectRole{Admin}},
		{"an analyst may give nothing, and leaves theirs behind", as("ana"), "ana", nil},
		{"a consumer may give nothing, and leaves theirs behind", as("cora"), "cora", nil},
		{"an admin of the organization hands on an analyst's", as("ada"), "ana", []ProjectRole{Analyst}},
	} {
		t.Run(row.name, func(t *testing.T) {
			w := cast(t)
			w.changes(row.by, HandOver{usr(row.from), usr("mia")})
			w.noMember(row.from)
			w.holdsOnly("mia", "web", row.want...)
			w.holdsOnly("mia", "app") // pat is a consumer there, and gives nobody anything
		})
	}
}

// The operator hands over as an owner would as long as nobody has entered.
func TestTheOperatorHandsOverInAnOrganizationNobodyEntered(t *testing.T) {
	w := newWorld(t)
	w.do(theOperator, AddMember{Person: usr("pia"), Role: RoleMember}, AddMember{Person: usr("mia"), Role: RoleMember},
		CreateProject{Project: prj("web"), Name: "Web"}, give("web", toPerson("pia"), Owner), HandOver{usr("pia"), usr("mia")})
	w.holdsOnly("mia", "web", Owner)
	w.do(as("olga"), Enter{})
	if err := w.try(theOperator, HandOver{usr("mia"), usr("olga")}); !errors.Is(err, ErrEntered) {
		t.Fatal(err)
	}
}
