package org

import "testing"

func organizationExercises() []exercise {
	acme := OrgID(id("org_", "other"))
	digest := casting().s.CatalogDigest()
	founding := CreateOrganization{Organization: acme, Name: "Other", Slug: "other", Catalog: digest}
	but := func(change func(*CreateOrganization)) CreateOrganization { c := founding; change(&c); return c }
	return []exercise{
		{
			name: "a person founds one and is its owner", by: as("mia"),
			do:    but(func(c *CreateOrganization) { c.Proofs = ProvedAddress }),
			facts: []string{"organization.created", "catalog.adopted", "member.added", "organization.entered"},
			then: func(w *world) {
				s := w.s
				if s.ID() != acme || s.Name() != "Other" || s.Slug() != "other" || s.External() != "" || s.Created() != w.now || s.At() != w.now || s.Version() != 4 || s.CatalogDigest() != digest {
					w.Errorf("%s %s %s %s %d %d %d", s.ID(), s.Name(), s.Slug(), s.External(), s.Created(), s.At(), s.Version())
				}
				if m := w.member("mia"); m.Role != RoleOwner || !m.Ready || m.Since != 3 || m.Changed != 3 || m.Joined != w.now {
					w.Errorf("%+v", m)
				}
				if s.Counts() != (Counts{Active: 1}) {
					w.Errorf("%+v", s.Counts())
				}
			},
			again: ErrOrganizationExists,
			bad: []attempt{
				{name: "with a malformed id", do: but(func(c *CreateOrganization) { c.Organization = "acme" }), want: ErrBadID},
				{name: "without a name", do: but(func(c *CreateOrganization) { c.Name = "" }), want: ErrBadName},
				{name: "without a slug", do: but(func(c *CreateOrganization) { c.Slug = "" }), want: ErrBadSlug},
				{name: "with a slug that is kept free", do: but(func(c *CreateOrganization) { c.Slug = "api" }), want: ErrReservedSlug},
				{name: "with a malformed external id", do: but(func(c *CreateOrganization) { c.ExternalID = " " }), want: ErrBadExternalID},
				{name: "with an external id, which is the operator's to give", do: but(func(c *CreateOrganization) { c.ExternalID = "o-1" }), want: ErrOperatorOnly},
				{name: "for somebody else", do: but(func(c *CreateOrganization) { c.Owner = usr("max") }), want: ErrOperatorOnly},
				{name: "under a catalog that is not here", do: but(func(c *CreateOrganization) { c.Catalog = "" }), want: ErrUnknownCatalog},
				{name: "any other command before it", do: Rename{Name: "X"}, want: ErrUnknownOrganization},
			},
		},
		{
			name: "the operator founds one for a named owner", by: theOperator,
			do:    but(func(c *CreateOrganization) { c.Owner, c.ExternalID = usr("mia"), "o-1" }),
			facts: []string{"organization.created", "catalog.adopted", "member.added"},
			then: func(w *world) {
				if m := w.member("mia"); m.Role != RoleOwner || m.Ready || m.AddedBy != "" || w.s.External() != "o-1" {
					w.Errorf("%+v", m)
				}
			},
			again: ErrOrganizationExists,
			bad: []attempt{
				{name: "for nobody", do: founding, want: ErrBadID},
				{name: "for a malformed id", do: but(func(c *CreateOrganization) { c.Owner = "mia" }), want: ErrBadID},
			},
		},
		{
			name: "another name and slug", by: as("olga"), do: Rename{Name: "Apex", Slug: "apex"},
			facts: []string{"organization.renamed", "organization.slug_changed"},
			then: func(w *world) {
				if w.s.Name() != "Apex" || w.s.Slug() != "apex" {
					w.Errorf("%s %s", w.s.Name(), w.s.Slug())
				}
			},
			bad: []attempt{
				{name: "to nothing", do: Rename{}, want: ErrBadName},
				{name: "to a name of blanks", do: Rename{Name: " ", Slug: "apex"}, want: ErrBadName},
				{name: "to a malformed slug", do: Rename{Name: "Apex", Slug: "A"}, want: ErrBadSlug},
			},
		},
		{
			name: "another name alone", by: as("ada"), do: Rename{Name: "Apex"}, facts: []string{"organization.renamed"},
			then: func(w *world) {
				if w.s.Name() != "Apex" || w.s.Slug() != "acme" {
					w.Errorf("%s %s", w.s.Name(), w.s.Slug())
				}
			},
		},
		{
			name: "another slug, the name said again", by: as("ada"), do: Rename{Name: "Acme", Slug: "apex"}, facts: []string{"organization.slug_changed"},
		},
		{
			name: "all of them", by: as("olga"),
			do:    SetSettings{MembersCreateProjects: true, CreatorRole: Admin, EveryoneRole: Consumer, Teams: []TeamRole{{tm("red"), Analyst}}},
			facts: []string{"organization.settings_changed"},
			then: func(w *world) {
				want := Settings{MembersCreateProjects: true, CreatorRole: Admin, EveryoneRole: Consumer, Teams: []TeamRole{{tm("red"), Analyst}}}
				if got := w.s.Settings(); !got.equal(want) {
					w.Errorf("%+v", got)
				}
				for _, other := range []Settings{{}, {CreatorRole: Admin, EveryoneRole: Consumer, Teams: want.Teams}, {MembersCreateProjects: true, EveryoneRole: Consumer, Teams: want.Teams},
					{MembersCreateProjects: true, CreatorRole: Admin, Teams: want.Teams}, {MembersCreateProjects: true, CreatorRole: Admin, EveryoneRole: Consumer}} {
					if other.equal(want) {
						w.Errorf("%+v is taken for the same", other)
					}
				}
			},
			bad: []attempt{{name: "with a role that is none", do: SetSettings{EveryoneRole: "boss"}, want: ErrBadRole}},
		},
		{
			name: "one, and none", before: []attempt{{by: theOperator, do: SetExternalID{"a-1"}}}, by: theOperator, do: SetExternalID{}, facts: []string{"organization.external_id_set"},
			then: func(w *world) {
				if w.s.External() != "" {
					w.Errorf("%s", w.s.External())
				}
			},
			bad: []attempt{
				{name: "with blanks", do: SetExternalID{"a 1"}, want: ErrBadExternalID},
				{name: "by an owner", by: as("olga"), do: SetExternalID{"a-2"}, want: ErrOperatorOnly},
			},
		},
		{
			name: "the first", before: nil, by: theOperator, do: SetExternalID{"a-1"}, facts: []string{"organization.external_id_set"},
			then: func(w *world) {
				if w.s.External() != "a-1" {
					w.Errorf("%s", w.s.External())
				}
			},
		},
	}
}

// Entering and adopting need an organization of their own: the cast is entered, and knows one catalog.
func TestEnter(t *testing.T) {
	w := newWorld(t)
	w.changes(as("olga"), Enter{})
	if _, ok := w.last()[0].(*Entered); !ok || len(w.last()) != 1 || !w.s.Entered() {
		t.Fatalf("%+v", w.last())
	}
	w.idle(as("olga"), Enter{})
	w.refused(as("zed"), Enter{}, ErrUnknownOrganization)
}

func TestAdoptCatalog(t *testing.T) {
	w := newWorld(t)
	w.do(theOperator, AddMember{Person: usr("mia"), Role: RoleMember}, CreateProject{Project: prj("web"), Name: "Web"}, give("web", toPerson("mia"), Analyst))
	row := Row{Key: "reports:edit", Scope: InProject, Sentence: "edit reports", Category: "Reports", Project: []ProjectRole{Owner, Admin, Analyst}}
	next, err := NewCatalog(row)
	if err != nil {
		t.Fatal(err)
	}
	w.refused(theOperator, AdoptCatalog{Catalog: next.Digest()}, ErrNoCatalog)
	w.refused(theOperator, AdoptCatalog{}, ErrNoCatalog)
	before := w.s
	w.s.catalogs.(known)[next.Digest()] = next
	w.cannot("mia", row.Key, "web")
	w.changes(theOperator, AdoptCatalog{Catalog: next.Digest()})
	w.can("mia", row.Key, "web")
	if w.s.CatalogDigest() != next.Digest() || w.s.Catalog() != next || before.CatalogDigest() == next.Digest() {
		t.Fatal("the state has another catalog")
	}
	w.idle(theOperator, AdoptCatalog{Catalog: next.Digest()})
	w.refused(as("olga"), AdoptCatalog{Catalog: before.CatalogDigest()}, ErrOperatorOnly)
	if before.Check(usr("mia"), row.Key, prj("web"), w.now) {
		t.Fatal("the older version answers by the newer catalog")
	}
	w.changes(theOperator, AdoptCatalog{Catalog: before.CatalogDigest()})
	w.cannot("mia", row.Key, "web")
}
