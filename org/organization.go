package org

import "slices"

// Settings are what an organization chose.
type Settings struct {
	// MembersCreateProjects extends projects:create to plain members.
	MembersCreateProjects bool `json:"members_create_projects"`
	// CreatorRole is what whoever creates a project gets in it; owner if empty.
	CreatorRole ProjectRole `json:"creator_role,omitempty"`
	// EveryoneRole is what everyone gets in a new project; nothing if empty.
	EveryoneRole ProjectRole `json:"everyone_role,omitempty"`
	// Teams get these roles in a new project.
	Teams []TeamRole `json:"teams,omitempty"`
	// TransferWithoutApproval lets whoever may transfer a project do so without an owner's approval.
	TransferWithoutApproval bool `json:"transfer_without_approval,omitempty"`
	// NoProjectInvitations keeps inviting outsiders from owners and admins of projects.
	NoProjectInvitations bool `json:"no_project_invitations,omitempty"`
}

// TeamRole is a team's role in a project.
type TeamRole struct {
	Team TeamID      `json:"team"`
	Role ProjectRole `json:"role"`
}

func (s Settings) clone() Settings { s.Teams = slices.Clone(s.Teams); return s }

func (s Settings) equal(o Settings) bool {
	return s.MembersCreateProjects == o.MembersCreateProjects && s.CreatorRole == o.CreatorRole &&
		s.EveryoneRole == o.EveryoneRole && slices.Equal(s.Teams, o.Teams) && s.TransferWithoutApproval == o.TransferWithoutApproval &&
		s.NoProjectInvitations == o.NoProjectInvitations
}

func (s *Settings) fields(c *codec) {
	c.flag("members_create_projects", &s.MembersCreateProjects)
	option(c, "creator_role", &s.CreatorRole)
	option(c, "everyone_role", &s.EveryoneRole)
	c.array("teams", len(s.Teams), func() { s.Teams = append(s.Teams, TeamRole{}) }, func(i int) {
		c.byte('{')
		text(c, "team", &s.Teams[i].Team)
		text(c, "role", &s.Teams[i].Role)
		c.byte('}')
	})
	c.flag("transfer_without_approval", &s.TransferWithoutApproval)
	c.flag("no_project_invitations", &s.NoProjectInvitations)
}

// CreateOrganization founds one. A person who creates it is its owner and has entered it; the operator names the owner.
type CreateOrganization struct {
	Organization OrgID      `json:"-"`
	Name         Name       `json:"name"`
	Slug         Slug       `json:"slug"`
	ExternalID   ExternalID `json:"external_id,omitempty"` // by the operator only
	Owner        PersonID   `json:"owner,omitempty"`       // by the operator only; others own what they create
	Proofs       Proofs     `json:"-"`                     // what is known of the owner's sign-in
	Catalog      Digest     `json:"-"`                     // the catalog that holds from the start
}

func (CreateOrganization) needs() Need { return Need{founding: true, operator: true} }

func (c CreateOrganization) valid() error {
	if !c.Organization.Valid() {
		return ErrBadID
	}
	if err := c.Name.valid(); err != nil {
		return err
	}
	if c.ExternalID != "" {
		if err := c.ExternalID.valid(); err != nil {
			return err
		}
	}
	return c.Slug.valid()
}

func (c CreateOrganization) decide(now Situation) ([]Event, error) {
	owner := now.by.Person
	switch {
	case now.by.Operator:
		owner = c.Owner
	case c.Owner != "" && c.Owner != owner, c.ExternalID != "":
		return nil, ErrOperatorOnly
	}
	switch {
	case !owner.Valid():
		return nil, ErrBadID
	case c.Proofs&Disabled != 0:
		return nil, ErrPersonDisabled
	}
	if now.catalogs == nil || now.catalogs.Catalog(c.Catalog) == nil {
		return nil, ErrUnknownCatalog
	}
	facts := []Event{
		&OrganizationCreated{Organization: c.Organization, Name: c.Name, Slug: c.Slug, ExternalID: c.ExternalID},
		&CatalogAdopted{Catalog: c.Catalog},
		&MemberAdded{Person: owner, Role: RoleOwner, Source: ByHand, Proofs: c.Proofs},
	}
	if !now.by.Operator {
		facts = append(facts, &Entered{Person: owner})
	}
	return facts, nil
}

// OrganizationCreated is the first fact of every log.
type OrganizationCreated struct {
	Organization OrgID
	Name         Name
	Slug         Slug
	ExternalID   ExternalID
}

func (f *OrganizationCreated) fields(c *codec) {
	text(c, "organization", &f.Organization)
	text(c, "name", &f.Name)
	text(c, "slug", &f.Slug)
	option(c, "external_id", &f.ExternalID)
}

func (f *OrganizationCreated) apply(s *State, m Meta) {
	if s.id != "" {
		s.broken("organization created twice")
		return
	}
	s.id, s.name, s.slug, s.external, s.created = f.Organization, f.Name, f.Slug, f.ExternalID, m.At
	s.reckon()
}

// Rename gives the organization another name, slug or both. The old slug leads on.
type Rename struct {
	Name Name `json:"name,omitempty"`
	Slug Slug `json:"slug,omitempty"`
}

func (Rename) needs() Need { return inOrg("organization:edit") }

func (c Rename) valid() error {
	if c.Name == "" && c.Slug == "" {
		return ErrBadName
	}
	if c.Name != "" {
		if err := c.Name.valid(); err != nil {
			return err
		}
	}
	if c.Slug != "" {
		return c.Slug.valid()
	}
	return nil
}

func (c Rename) decide(now Situation) ([]Event, error) {
	var facts []Event
	if c.Name != "" && c.Name != now.name {
		facts = append(facts, &OrganizationRenamed{Name: c.Name})
	}
	if c.Slug != "" && c.Slug != now.slug {
		facts = append(facts, &SlugChanged{Slug: c.Slug})
	}
	return facts, nil
}

// OrganizationRenamed gives it another name.
type OrganizationRenamed struct{ Name Name }

func (f *OrganizationRenamed) fields(c *codec)        { text(c, "name", &f.Name) }
func (f *OrganizationRenamed) apply(s *State, _ Meta) { s.name = f.Name }

// SlugChanged gives it another slug.
type SlugChanged struct{ Slug Slug }

func (f *SlugChanged) fields(c *codec)        { text(c, "slug", &f.Slug) }
func (f *SlugChanged) apply(s *State, _ Meta) { s.slug = f.Slug }

// SetSettings replaces all settings. What new projects bring to somebody is given in every project by that.
type SetSettings Settings

func (SetSettings) needs() Need { return inOrg("organization:edit") }

func (c SetSettings) decide(now Situation) ([]Event, error) {
	want := Settings(c).clone()
	for _, r := range []ProjectRole{want.CreatorRole, want.EveryoneRole} {
		if r != "" && r.valid() != nil {
			return nil, ErrBadRole
		}
	}
	if want.CreatorRole == Owner {
		want.CreatorRole = ""
	}
	slices.SortFunc(want.Teams, func(a, b TeamRole) int { return compareText(a.Team, b.Team) })
	for i, t := range want.Teams {
		if _, row := now.liveTeam(t.Team); row == nil {
			return nil, ErrUnknownTeam
		}
		if t.Role.valid() != nil || i > 0 && want.Teams[i-1].Team == t.Team {
			return nil, ErrBadRole
		}
	}
	if want.equal(now.settings) {
		return nil, nil
	}
	return []Event{&SettingsChanged{Settings: want}}, nil
}

// SettingsChanged holds all settings as they are from then on.
type SettingsChanged struct{ Settings Settings }

func (f *SettingsChanged) fields(c *codec)        { f.Settings.fields(c) }
func (f *SettingsChanged) apply(s *State, _ Meta) { s.settings = f.Settings.clone() }

func (f *SettingsChanged) gives(s *State) []Power {
	var out []Power
	give := func(r ProjectRole, p Power) {
		p.set, p.place = s.projectSet(s.projectNumber(r)), placeEveryProject
		out = append(out, p)
	}
	if r := f.Settings.CreatorRole; r != "" && r != s.settings.CreatorRole {
		give(r, Power{person: noRow, team: noRow, all: true})
	}
	if r := f.Settings.EveryoneRole; r != "" && r != s.settings.EveryoneRole {
		give(r, Power{person: noRow, team: noRow, all: true})
	}
	for _, t := range f.Settings.Teams {
		if !slices.Contains(s.settings.Teams, t) {
			give(t.Role, Power{person: noRow, team: s.teamRow(t.Team)})
		}
	}
	if f.Settings.MembersCreateProjects && !s.settings.MembersCreateProjects {
		out = append(out, Power{set: s.catalog.createProjects, place: placeOrg, person: noRow, team: noRow, all: true})
	}
	if f.Settings.TransferWithoutApproval && !s.settings.TransferWithoutApproval {
		// What only owners could decide is then decided without them.
		out = append(out, Power{set: s.catalog.manageProjects, place: placeOrg, person: noRow, team: noRow, all: true})
	}
	return out
}

// SetExternalID gives the organization the application's own key; empty takes it away.
type SetExternalID struct {
	ExternalID ExternalID `json:"external_id"`
}

func (SetExternalID) needs() Need { return operatorOnly() }

func (c SetExternalID) decide(now Situation) ([]Event, error) {
	if c.ExternalID == now.external {
		return nil, nil
	}
	if c.ExternalID != "" {
		if err := c.ExternalID.valid(); err != nil {
			return nil, err
		}
	}
	return []Event{&ExternalIDSet{ExternalID: c.ExternalID}}, nil
}

// ExternalIDSet changes the organization's external id.
type ExternalIDSet struct{ ExternalID ExternalID }

func (f *ExternalIDSet) fields(c *codec)        { option(c, "external_id", &f.ExternalID) }
func (f *ExternalIDSet) apply(s *State, _ Meta) { s.external = f.ExternalID }

// Enter notes that a member has been in, after which the operator gives no role here. Every command of a member does
// so by itself; reading does it by this.
type Enter struct{}

func (Enter) needs() Need { return anyMember().evenSuspended() }

func (Enter) decide(now Situation) ([]Event, error) {
	if now.entered || now.me == nil {
		return nil, nil
	}
	return []Event{&Entered{Person: now.by.Person}}, nil
}

// Entered names the first member who was in.
type Entered struct{ Person PersonID }

func (f *Entered) fields(c *codec)        { text(c, "person", &f.Person) }
func (f *Entered) apply(s *State, _ Meta) { s.entered = true }

// AdoptCatalog makes another catalog hold from then on.
//
// A permission that a custom role holds and the catalog lacks has to be named: it goes, or a new one takes its place.
type AdoptCatalog struct {
	Catalog Digest       `json:"catalog"`
	Gone    []Permission `json:"gone,omitempty"`
	Instead []Replacing  `json:"instead,omitempty"`
}

func (AdoptCatalog) needs() Need { return operatorOnly() }

func (c AdoptCatalog) decide(now Situation) ([]Event, error) {
	if c.Catalog == now.digest {
		return nil, nil
	}
	next := now.catalogs.Catalog(c.Catalog)
	if next == nil {
		return nil, ErrNoCatalog
	}
	f := &CatalogAdopted{Catalog: c.Catalog, Gone: slices.Clone(c.Gone), Instead: slices.Clone(c.Instead)}
	if err := f.accounts(now.State, next); err != nil {
		return nil, err
	}
	return []Event{f}, nil
}

// adopt looks the table up. A state without one denies; it is not damaged, for the table may be known in a moment.
func (s *State) adopt(d Digest) {
	s.digest, s.catalog = d, nil
	if s.catalogs != nil {
		s.catalog = s.catalogs.Catalog(d)
	}
	for i := range uint32(s.roles.n) {
		s.compile(s.roles.at(s.edit, i))
	}
}

func compareText[T ~string](a, b T) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
