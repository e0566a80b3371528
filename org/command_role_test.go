package org

import (
	"fmt"
	"slices"
	"testing"
)

func rl(word string) RoleID { return RoleID(id("role_", word)) }

// holding is a content of permissions alone.
func permits(p ...Permission) RoleContent { return RoleContent{Permissions: p} }

func roleExercises() []exercise {
	helper := CreateRole{Role: rl("helper"), Scope: InProject, Name: "Helper", RoleContent: permits("project:view", "project:rename", "project:view")}
	desk := CreateRole{Role: rl("desk"), Scope: InOrganization, Name: "Desk", RoleContent: RoleContent{
		Permissions: []Permission{"members:view"}, Everywhere: Consumer, Projects: []RoleProject{{prj("web"), Analyst}}}}
	webOnly := CreateRole{Role: rl("guide"), Scope: InProject, Project: prj("web"), Name: "Guide", RoleContent: permits("project:view")}
	with := func(c CreateRole, change func(*CreateRole)) CreateRole {
		c.RoleContent = c.clone()
		change(&c)
		return c
	}
	setup := []attempt{{by: as("olga"), do: helper}, {by: as("olga"), do: desk}, {by: as("olga"), do: webOnly}}
	given := append(slices.Clone(setup),
		attempt{by: as("olga"), do: give("web", toPerson("mia"), ProjectRole(rl("helper")))},
		attempt{by: as("olga"), do: give("web", toPerson("mia"), Analyst)},
		attempt{by: as("olga"), do: SetRole{usr("max"), OrgRole(rl("desk"))}})
	return []exercise{
		{
			name: "for all projects", by: as("olga"), do: helper, facts: []string{"role.created"}, again: ErrIDUsed,
			then: func(w *world) {
				r, ok := w.s.CustomRole(rl("helper"))
				if !ok || !slices.Equal(r.Permissions, []Permission{"project:rename", "project:view"}) || r.CreatedBy != usr("olga") || r.Project != "" {
					w.Errorf("%+v", r)
				}
				w.do(as("olga"), give("web", toPerson("mia"), ProjectRole(rl("helper"))))
				w.can("mia", "project:rename", "web")
				w.cannot("mia", "project:rename", "app")
				w.cannot("mia", "project:view_settings", "web")
			},
			bad: []attempt{
				{name: "by an admin for more than they hold", by: as("ada"), do: with(helper, func(c *CreateRole) { c.Permissions = []Permission{"project:delete"} }), want: ErrNotCovered},
				{name: "by a project owner", by: as("pia"), do: helper, want: ErrNotAllowed},
				{name: "with an id that is none", do: with(helper, func(c *CreateRole) { c.Role = "role_1" }), want: ErrBadID},
				{name: "with a scope that is none", do: with(helper, func(c *CreateRole) { c.Scope = 0 }), want: ErrBadScope},
				{name: "without a name", do: with(helper, func(c *CreateRole) { c.Name = "" }), want: ErrBadName},
				{name: "named like a built-in one", do: with(helper, func(c *CreateRole) { c.Name = "ADMIN" }), want: ErrRoleName},
				{name: "holding what is reserved", do: with(helper, func(c *CreateRole) { c.Scope, c.Permissions = InOrganization, []Permission{"owners:make"} }), want: ErrReservedPermission},
				{name: "holding what is unknown", do: with(helper, func(c *CreateRole) { c.Permissions = []Permission{"project:burn"} }), want: ErrBadPermission},
				{name: "holding what belongs elsewhere", do: with(helper, func(c *CreateRole) { c.Permissions = []Permission{"members:view"} }), want: ErrBadPermission},
				{name: "holding nothing", do: with(helper, func(c *CreateRole) { c.Permissions = nil }), want: ErrRoleEmpty},
				{name: "holding more than a table has", do: with(helper, func(c *CreateRole) { c.Permissions = many(1001) }), want: ErrRoleTooLarge},
				{name: "bringing something", do: with(helper, func(c *CreateRole) { c.Everywhere = Consumer }), want: ErrRoleBringsNothing},
			},
		},
		{
			name: "of the organization", before: setup[:1], by: as("olga"), do: desk, facts: []string{"role.created"}, again: ErrIDUsed,
			then: func(w *world) {
				w.do(as("olga"), SetRole{usr("mia"), OrgRole(rl("desk"))})
				w.can("mia", "members:view", "")
				w.cannot("mia", "members:manage", "")
				w.can("mia", "project:view", "app")
				if got := w.s.RoleIn(usr("mia"), prj("web"), w.now); got != Analyst {
					w.Errorf("%s in web", got)
				}
			},
			bad: []attempt{
				{name: "for one project", do: with(desk, func(c *CreateRole) { c.Project = prj("web") }), want: ErrBadScope},
				{name: "bringing an unknown role everywhere", do: with(desk, func(c *CreateRole) { c.Everywhere = ProjectRole(rl("nobody")) }), want: ErrUnknownRole},
				{name: "bringing a role of the organization", do: with(desk, func(c *CreateRole) { c.Everywhere = "member" }), want: ErrUnknownRole},
				{name: "bringing an unknown role", do: with(desk, func(c *CreateRole) { c.Projects[0].Role = "boss" }), want: ErrUnknownRole},
				{name: "bringing something to an unknown project", do: with(desk, func(c *CreateRole) { c.Projects[0].Project = prj("nowhere") }), want: ErrUnknownProject},
				{name: "bringing two to a project", do: with(desk, func(c *CreateRole) { c.Projects = append(c.Projects, RoleProject{prj("web"), Consumer}) }), want: ErrRoleProjectTwice},
				{name: "named as another", do: with(desk, func(c *CreateRole) { c.Name = "helper" }), want: ErrRoleName},
				{name: "bringing owner, by an admin", by: as("ada"), do: with(desk, func(c *CreateRole) { c.Everywhere = Owner }), want: ErrNotCovered},
			},
		},
		{
			name: "for one project, by its admin", by: as("pat"), do: webOnly, facts: []string{"role.created"}, again: ErrIDUsed,
			then: func(w *world) {
				w.do(as("pat"), give("web", toPerson("mia"), ProjectRole(rl("guide"))))
				w.refused(as("olga"), give("app", toPerson("mia"), ProjectRole(rl("guide"))), ErrUnknownRole)
				w.refused(as("olga"), SetSettings{EveryoneRole: ProjectRole(rl("guide"))}, ErrUnknownRole)
				w.refused(as("olga"), SetRole{usr("mia"), OrgRole(rl("guide"))}, ErrUnknownRole)
			},
			bad: []attempt{
				{name: "by an analyst of it", by: as("ana"), do: webOnly, want: ErrNotAllowed},
				{name: "in a project that is not there", do: with(webOnly, func(c *CreateRole) { c.Project = prj("nowhere") }), want: ErrUnknownProject},
				{name: "beyond an admin", do: with(webOnly, func(c *CreateRole) { c.Permissions = []Permission{"project:reset"} }), want: ErrNotCovered},
			},
		},
		{
			name: "widened for those who hold it", before: given, by: as("olga"), do: EditRole{rl("helper"), "", "Help", permits("project:view", "project:view_usage")},
			facts: []string{"role.edited"},
			then: func(w *world) {
				w.can("mia", "project:view_usage", "web")
				w.cannot("mia", "project:rename", "web")
			},
			bad: []attempt{
				{name: "that is not there", do: EditRole{rl("nobody"), "", "Help", permits("project:view")}, want: ErrUnknownRole},
				{name: "of another project", do: EditRole{rl("guide"), prj("app"), "Help", permits("project:view")}, want: ErrUnknownRole},
				{name: "of a project, as one for all", do: EditRole{rl("guide"), "", "Help", permits("project:view")}, want: ErrUnknownRole},
				{name: "without a name", do: EditRole{rl("helper"), "", "", permits("project:view")}, want: ErrBadName},
				{name: "to a name that is taken", do: EditRole{rl("helper"), "", "Desk", permits("project:view")}, want: ErrRoleName},
				{name: "to nothing", do: EditRole{rl("helper"), "", "Help", permits()}, want: ErrRoleEmpty},
				{name: "beyond an admin", by: as("ada"), do: EditRole{rl("helper"), "", "Help", permits("project:delete")}, want: ErrNotCovered},
			},
		},
		{
			name: "that somebody has, and gets another", before: given, by: as("olga"), do: DeleteRole{rl("helper"), "", "analyst", nil}, facts: []string{"role.deleted"}, again: ErrUnknownRole,
			then: func(w *world) { w.holdsOnly("mia", "web", Analyst) },
			bad: []attempt{
				{name: "without saying what they get", do: DeleteRole{rl("helper"), "", "", nil}, want: ErrRoleInUse},
				{name: "for itself", do: DeleteRole{rl("helper"), "", Replacement(rl("helper")), nil}, want: ErrUnknownRole},
				{name: "for a role of the organization", do: DeleteRole{rl("helper"), "", "member", nil}, want: ErrUnknownRole},
				{name: "for a role of one project", do: DeleteRole{rl("helper"), "", Replacement(rl("guide")), nil}, want: ErrUnknownRole},
				{name: "for more than an admin holds", by: as("ada"), do: DeleteRole{rl("helper"), "", "owner", nil}, want: ErrNotCovered},
				{name: "that is not there", do: DeleteRole{rl("nobody"), "", "", nil}, want: ErrUnknownRole},
				{name: "of the organization for nothing", do: DeleteRole{rl("desk"), "", Nothing, nil}, want: ErrUnknownRole},
			},
		},
		{
			name: "and those who had it have less", before: given, by: as("olga"), do: DeleteRole{rl("helper"), "", Nothing, nil}, facts: []string{"role.deleted"}, again: ErrUnknownRole,
			then: func(w *world) { w.cannot("mia", "project:rename", "web") },
		},
		{
			name: "of the organization", before: given, by: as("ada"), do: DeleteRole{rl("desk"), "", "member", nil}, facts: []string{"role.deleted"}, again: ErrUnknownRole,
			then: func(w *world) {
				if w.member("max").Role != RoleMember {
					w.Errorf("max is %s", w.member("max").Role)
				}
			},
		},
		{
			name: "and one gets something of their own", before: given, by: as("olga"), facts: []string{"grant.taken", "grant.given", "role.deleted"}, again: ErrUnknownRole,
			do:   DeleteRole{Role: rl("helper"), Holders: []HolderReplacement{{Holder(usr("mia")), "admin"}}},
			then: func(w *world) { w.holdsOnly("mia", "web", Admin, Analyst) },
			bad: []attempt{
				{name: "who does not hold it", do: DeleteRole{Role: rl("helper"), Holders: []HolderReplacement{{Holder(usr("max")), "admin"}}}, want: ErrNoHolder},
				{name: "twice", do: DeleteRole{Role: rl("helper"), Holders: []HolderReplacement{{Holder(usr("mia")), "admin"}, {Holder(usr("mia")), Nothing}}}, want: ErrHolderTwice},
				{name: "who is nobody", do: DeleteRole{Role: rl("helper"), Holders: []HolderReplacement{{"x", "admin"}}}, want: ErrNoHolder},
				{name: "everyone, who does not", do: DeleteRole{Role: rl("helper"), Holders: []HolderReplacement{{"everyone", Nothing}}}, want: ErrNoHolder},
				{name: "a role that is none", do: DeleteRole{Role: rl("helper"), Holders: []HolderReplacement{{Holder(usr("mia")), "boss"}}}, want: ErrUnknownRole},
				{name: "more than an admin holds", by: as("ada"), do: DeleteRole{Role: rl("helper"), Holders: []HolderReplacement{{Holder(usr("mia")), "owner"}}}, want: ErrNotCovered},
			},
		},
		{
			name: "of the organization, and one gets something of their own", before: given, by: as("olga"), facts: []string{"member.role_set", "role.deleted"}, again: ErrUnknownRole,
			do: DeleteRole{Role: rl("desk"), Holders: []HolderReplacement{{Holder(usr("max")), "admin"}}},
			then: func(w *world) {
				if w.member("max").Role != RoleAdmin {
					w.Errorf("max is %s", w.member("max").Role)
				}
			},
		},
		{name: "that nobody has", before: setup, by: as("pat"), do: DeleteRole{rl("guide"), prj("web"), "", nil}, facts: []string{"role.deleted"}, again: ErrUnknownRole},
	}
}

func many(n int) (out []Permission) {
	for i := range n {
		out = append(out, Permission(fmt.Sprint("p:", i)))
	}
	return out
}

func roleSituations() map[string][]situation {
	helper := CreateRole{Role: rl("helper"), Scope: InProject, Name: "Helper", RoleContent: permits("project:view", "project:rename")}
	desk := CreateRole{Role: rl("desk"), Scope: InOrganization, Name: "Desk", RoleContent: permits("members:view", "projects:create")}
	high := CreateRole{Role: rl("high"), Scope: InOrganization, Name: "High", RoleContent: RoleContent{Permissions: []Permission{"plan:manage"}, Everywhere: Owner}}
	guide := CreateRole{Role: rl("guide"), Scope: InProject, Project: prj("web"), Name: "Guide", RoleContent: permits("project:rename")}
	held := []Command{helper, desk, high, guide, give("web", toPerson("max"), ProjectRole(rl("helper"))), SetRole{usr("max"), OrgRole(rl("desk"))},
		give("web", toPerson("cy"), ProjectRole(rl("guide")))}
	byTeam := append(slices.Clone(held), give("web", toTeam("red"), ProjectRole(rl("helper"))))
	wide := EditRole{rl("helper"), "", "Helper", permits("project:delete")}
	upper := append(slices.Clone(held), SetRole{usr("bea"), OrgRole(rl("high"))})
	return map[string][]situation{
		"CreateRole": {
			fixed("for all projects", helper), fixed("of the organization", desk), fixed("beyond an admin", high), fixed("for web", guide),
			fixed("explicit", CreateRole{Role: rl("eye"), Scope: InProject, Project: prj("web"), Name: "Eye", RoleContent: permits("data:view_classified")}),
		},
		"EditRole": {
			fixed("its name alone", EditRole{rl("helper"), "", "Help", permits("project:rename", "project:view")}, held...),
			fixed("that loses something", EditRole{rl("helper"), "", "Helper", permits("project:view")}, held...),
			fixed("that gains what only owners hold", wide, held...),
			fixed("that a team holds", EditRole{rl("helper"), "", "Helper", permits("project:view")}, byTeam...),
			fixed("of the organization", EditRole{rl("desk"), "", "Desk", permits("members:view")}, held...),
			fixed("of the organization that somebody above holds", EditRole{rl("high"), "", "High", permits("members:view")}, upper...),
			fixed("for web", EditRole{rl("guide"), prj("web"), "Guide", permits("project:view")}, held...),
		},
		"DeleteRole": {
			fixed("that nobody holds", DeleteRole{rl("high"), "", "", nil}, held...),
			fixed("for consumer", DeleteRole{rl("helper"), "", "consumer", nil}, held...),
			fixed("for owner", DeleteRole{rl("helper"), "", "owner", nil}, held...),
			fixed("of the organization for admin", DeleteRole{rl("desk"), "", "admin", nil}, held...),
			fixed("of web for none", DeleteRole{rl("guide"), prj("web"), Nothing, nil}, held...),
			fixed("that somebody above holds", DeleteRole{rl("high"), "", "member", nil}, upper...),
		},
	}
}

// T-33, I-17, I-18
func TestACustomRoleIsEditedByWhoMayChangeItsHolders_T33_I17_I18(t *testing.T) {
	w := cast(t)
	guide := ProjectRole(rl("guide"))
	w.do(as("olga"), CreateRole{Role: rl("guide"), Scope: InProject, Project: prj("web"), Name: "Guide", RoleContent: permits("project:view")},
		give("web", toPerson("mia"), guide), give("web", toTeam("red"), guide))
	edit := EditRole{rl("guide"), prj("web"), "Guide", permits("project:rename")}
	w.refused(as("pat"), edit, ErrTeamHoldsRole)
	w.changes(as("ada"), edit)
	w.do(as("olga"), Take{Project: prj("web"), Subject: toTeam("red")})
	w.changes(as("pat"), EditRole{rl("guide"), prj("web"), "Guide", permits("project:view")})
	w.refused(as("pat"), EditRole{rl("guide"), prj("web"), "Guide", permits("project:transfer")}, ErrNotCovered)
	w.do(as("olga"), EditRole{rl("guide"), prj("web"), "Guide", permits("project:transfer")})
	w.refused(as("pat"), EditRole{rl("guide"), prj("web"), "Guide", permits("project:view")}, ErrGrantNotBelow)
	w.refused(as("pat"), EditRole{rl("guide"), prj("web"), "Guide 2", permits("project:transfer")}, ErrNotCovered)
	w.changes(as("ada"), EditRole{rl("guide"), prj("web"), "Guide 2", permits("project:view")}.after(w))
}

// after narrows the role as an owner first, so that an admin covers it.
func (c EditRole) after(w *world) EditRole {
	w.do(as("olga"), EditRole{c.Role, c.Project, "Guide", c.RoleContent})
	return c
}

func TestNobodyWidensARoleTheyHold(t *testing.T) {
	w := cast(t)
	desk := OrgRole(rl("desk"))
	w.do(as("olga"), CreateRole{Role: rl("desk"), Scope: InOrganization, Name: "Desk", RoleContent: permits("roles:manage", "members:view")},
		SetRole{usr("mia"), desk})
	w.refused(as("mia"), EditRole{rl("desk"), "", "Desk", permits("roles:manage", "members:view", "members:manage")}, ErrNotBelow)
	w.refused(as("mia"), EditRole{rl("desk"), "", "Desk", permits("roles:manage")}, ErrNotBelow)
	w.changes(as("ada"), EditRole{rl("desk"), "", "Desk", permits("roles:manage")})
}

func TestARoleThatIsNamedIsNotDeleted(t *testing.T) {
	for _, row := range []struct {
		name   string
		before Command
	}{
		{"the creator's role", SetSettings{CreatorRole: ProjectRole(rl("guide"))}},
		{"everyone's role", SetSettings{EveryoneRole: ProjectRole(rl("guide"))}},
		{"a team's role", SetSettings{Teams: []TeamRole{{tm("red"), ProjectRole(rl("guide"))}}}},
		{"brought everywhere", CreateRole{Role: rl("desk"), Scope: InOrganization, Name: "Desk", RoleContent: RoleContent{Everywhere: ProjectRole(rl("guide"))}}},
		{"brought somewhere", CreateRole{Role: rl("desk"), Scope: InOrganization, Name: "Desk", RoleContent: RoleContent{Projects: []RoleProject{{prj("web"), ProjectRole(rl("guide"))}}}}},
	} {
		t.Run(row.name, func(t *testing.T) {
			w := cast(t)
			w.do(as("olga"), CreateRole{Role: rl("guide"), Scope: InProject, Name: "Guide", RoleContent: permits("project:view")}, row.before)
			w.refused(as("olga"), DeleteRole{rl("guide"), "", Nothing, nil}, ErrRoleReferred)
		})
	}
}

func TestOwnersGiveExplicitPermissionsByARole(t *testing.T) {
	w := cast(t)
	eye := ProjectRole(rl("eye"))
	w.cannot("olga", "data:view_classified", "web")
	w.refused(as("ada"), CreateRole{Role: rl("eye"), Scope: InProject, Name: "Eye", RoleContent: permits("data:view_classified")}, ErrNotCovered)
	w.do(as("olga"), CreateRole{Role: rl("eye"), Scope: InProject, Name: "Eye", RoleContent: permits("data:view_classified")})
	w.refused(as("ada"), give("web", toPerson("mia"), eye), ErrNotCovered)
	w.do(as("olga"), give("web", toPerson("mia"), eye), give("web", toPerson("olga"), eye))
	w.can("mia", "data:view_classified", "web")
	w.can("olga", "data:view_classified", "web")
	if e := w.s.Explain(usr("max"), "data:view_classified", prj("web"), w.now); !slices.Equal(e.Roles, []ProjectRole{eye}) || !slices.Equal(e.Deciders, []PersonID{usr("olga"), usr("otto")}) {
		t.Errorf("%+v", e)
	}
}

// T-33
func TestACatalogTakesNoPermissionAwayUnasked_T33(t *testing.T) {
	w := cast(t)
	w.do(as("olga"), CreateRole{Role: rl("eye"), Scope: InProject, Name: "Eye", RoleContent: permits("data:view_classified", "project:view")},
		give("web", toPerson("mia"), ProjectRole(rl("eye"))))
	share := Row{Key: "data:share", Scope: InProject, Sentence: "share", Category: "Data"}
	whole := Row{Key: "data:all", Scope: InProject, Sentence: "all", Category: "Data", Implies: []Permission{"data:share"}}
	next, err := NewCatalog(share, whole)
	if err != nil {
		t.Fatal(err)
	}
	library := w.s.catalogs.(known)
	library[next.Digest()] = next
	adopt := func(gone []Permission, instead ...Replacing) AdoptCatalog {
		return AdoptCatalog{next.Digest(), gone, instead}
	}
	old := Permission("data:view_classified")
	w.attempts(t,
		attempt{"without a word", theOperator, adopt(nil), ErrPermissionInUse},
		attempt{"that it goes", theOperator, adopt([]Permission{old}), nil},
		attempt{"that it goes, twice", theOperator, adopt([]Permission{old, old}), ErrBadReplacement},
		attempt{"of what is not lacking", theOperator, adopt([]Permission{old, "project:view"}), ErrBadReplacement},
		attempt{"a new one in its place", theOperator, adopt(nil, Replacing{old, "data:share"}), nil},
		attempt{"a new one with what it implies", theOperator, adopt(nil, Replacing{old, "data:all"}), nil},
		attempt{"one that was there before", theOperator, adopt(nil, Replacing{old, "project:rename"}), ErrBadReplacement},
		attempt{"one that is nowhere", theOperator, adopt(nil, Replacing{old, "data:burn"}), ErrBadReplacement},
		attempt{"one for what nobody had", theOperator, adopt(nil, Replacing{"data:burn", "data:share"}), ErrBadReplacement},
	)
	w.do(theOperator, adopt(nil, Replacing{old, "data:all"}))
	w.can("mia", "data:share", "web")
	if r, _ := w.s.CustomRole(rl("eye")); !slices.Equal(r.Permissions, []Permission{"data:all", "project:view"}) {
		t.Errorf("%v", r.Permissions)
	}
	delete(library, next.Digest())
}

// T-43
func TestAHundredThousandRoles_T43(t *testing.T) {
	w := cast(t)
	s := w.s
	r := s.Replay()
	n := MaxRoles
	var last RoleID
	for i := range n {
		last = RoleID("role_" + number26(i))
		f := Stamped{Meta{Version: s.version + Version(i) + 1, At: w.now, Actor: usr("olga")},
			&RoleCreated{last, InProject, "", "R", permits("project:view")}}
		if i == n-1 {
			f.Event.(*RoleCreated).RoleContent = permits("project:rename")
		}
		if err := r.Fold(f); err != nil {
			t.Fatal(err)
		}
	}
	w.s = r.State()
	w.do(as("olga"), give("web", toPerson("mia"), ProjectRole(last)), give("web", toPerson("max"), ProjectRole("role_"+number26(65_536))))
	w.can("mia", "project:rename", "web")
	w.can("max", "project:view", "web")
	w.cannot("max", "project:rename", "web")
	w.refused(as("olga"), CreateRole{Role: rl("onemore"), Scope: InProject, Name: "S", RoleContent: permits("project:view")}, ErrTooManyRoles)
	if got := count(w.s.CustomRoles("")); got != n {
		t.Errorf("%d roles", got)
	}
	loaded, err := Load(w.s.catalogs, Save(w.s))
	if err != nil || !loaded.Check(usr("mia"), "project:rename", prj("web"), w.now) {
		t.Errorf("loaded: %v", err)
	}
}

func number26(n int) string {
	out := []byte("00000000000000000000000000")
	for i := len(out) - 1; n > 0; i-- {
		out[i] = idAlphabet[n%32]
		n /= 32
	}
	return string(out)
}
