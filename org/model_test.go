package org

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// The reference: an organization as the model tells it, with nothing of the fast path but the types of facts. It keeps
// the plain list of what happened, walks the whole of it for every question, and has tables of its own.
type reference struct {
	log    []Stamped
	tables map[Digest][]Row // what applications brought, by catalog
}

// What the roles hold in the organization, and what those of a project hold of Commonhold's own permissions.
var (
	referenceOrg = map[OrgRole]string{
		RoleOwner: `organization:edit organization:delete owners:make plan:view plan:manage projects:create projects:manage_any
			teams:manage members:view members:manage members:set_role grants:manage_any service_accounts:manage security:manage
			roles:manage audit:view`,
		RoleAdmin: `organization:edit projects:create teams:manage members:view members:manage members:set_role
			grants:manage_any service_accounts:manage security:manage roles:manage audit:view`,
		RoleBillingAdmin: `plan:view plan:manage`,
		RoleMember:       ``,
	}
	referenceProject = map[ProjectRole]string{
		Owner: `project:view project:view_settings project:rename project:set_timezone project:edit_settings project:view_keys
			project:reset_keys project:view_usage project:view_people project:manage_grants project:decide_requests
			project:manage_service_accounts project:manage_roles project:view_audit project:transfer project:reset
			project:delete`,
		Admin: `project:view project:view_settings project:rename project:set_timezone project:edit_settings
			project:view_keys project:view_usage project:view_people project:manage_grants project:decide_requests
			project:manage_service_accounts project:manage_roles project:view_audit`,
		Analyst:  `project:view project:view_settings`,
		Consumer: `project:view project:view_settings`,
	}
)

// applicationRows is the catalog of an application that has a bit of everything.
func applicationRows() []Row {
	row := func(key Permission, roles ...ProjectRole) Row {
		return Row{Key: key, Scope: InProject, Sentence: "do " + string(key), Category: "Application", Project: roles}
	}
	edit := row("reports:edit", Owner, Admin)
	edit.Implies = []Permission{"reports:edit_own"}
	classified := row("data:view_classified")
	classified.Explicit = true
	return []Row{
		row("reports:view", Owner, Admin, Analyst, Consumer), row("reports:edit_own", Analyst), edit,
		row("data:export", Owner, Admin, Analyst), row("data:delete", Owner), classified,
	}
}

// leanerRows is the same application a release later: without two of its permissions, with a new one.
func leanerRows() []Row {
	rows := applicationRows()
	rows[0].Project = []ProjectRole{Owner, Admin, Analyst}
	share := Row{Key: "reports:share", Scope: InProject, Sentence: "share reports", Category: "Application", Project: []ProjectRole{Owner, Admin}}
	return append(rows[:4:4], share)
}

type permissions map[Permission]bool

func (p permissions) add(all permissions) {
	for k := range all {
		p[k] = true
	}
}

func (p permissions) covers(all permissions) bool {
	for k := range all {
		if !p[k] {
			return false
		}
	}
	return true
}

func words(text string) permissions {
	p := permissions{}
	for _, k := range strings.Fields(text) {
		p[Permission(k)] = true
	}
	return p
}

// picture is what the list of facts amounts to at one version.
type picture struct {
	version  Version
	settings Settings
	catalog  []Row
	people   []*rPerson
	teams    []*rTeam
	projects []*rProject
	grants   []rGrant
	places   []rPlace

	invitations []*rInvitation
	asks        []*rRequest

	entered  bool
	settled  bool // an owner was ready once
	paused   bool // the operator has suspended the organization
	closing  Instant
	buried   bool
	terms    *Terms
	recovery Recovery
	requests []PlanRequest
	machines []*rPerson // service accounts
	accounts []*rAccount
	roles    map[ProjectRole]permissions
	custom   []*rRole
}

// rRole is a custom role.
type rRole struct {
	id    RoleID
	scope Scope
	only  ProjectID
	name  Name
	gone  bool
	RoleContent
}

type rPerson struct {
	id      PersonID
	member  bool // or was removed, or left
	removed bool
	paused  bool
	peer    bool
	by      PersonID // whose peer suspension it is
	role    OrgRole
	window  Window
	proofs  Proofs
	since   Version
	changed Version
	joined  Instant
	addedBy PersonID
	source  Source
	machine bool
}

type rTeam struct {
	Team
	gone bool
}

type rProject struct {
	Project
	left  bool
	offer *Offer
}

type rGrant struct {
	project ProjectID
	to      Subject
	role    ProjectRole
	source  Source
	window  Window
	by      PersonID
	at      Instant
}

type rPlace struct {
	team    TeamID
	person  PersonID
	manager bool
	window  Window
	source  Source
	by      PersonID
	at      Instant
}

func (w Window) contains(at Instant) bool { return w.Start <= at && (w.End == 0 || at < w.End) }
func (w Window) over(at Instant) bool     { return w.End != 0 && w.End <= at }

// upTo reads the list from its beginning to a version.
func (r reference) upTo(n Version) *picture {
	p := &picture{}
	for _, f := range r.log {
		if f.Version > n {
			break
		}
		p.version = f.Version
		p.read(r, f)
		p.settled = p.settled || slices.ContainsFunc(p.people, func(x *rPerson) bool { return x.member && !x.paused && x.role == RoleOwner && x.ready() })
	}
	return p
}

func (x *rPerson) ready() bool { return x.proves() && !x.barred() }

func (x *rPerson) proves() bool { return x.proofs&ProvedAddress != 0 || x.proofs&Vouched != 0 }

// barred reports whether the operator has disabled the account.
func (x *rPerson) barred() bool { return x.proofs&Disabled != 0 }

func (p *picture) read(r reference, f Stamped) {
	switch e := f.Event.(type) {
	case *OrganizationCreated, *OrganizationRenamed, *SlugChanged, *ExternalIDSet:
	case *SettingsChanged:
		p.settings = e.Settings
	case *CatalogAdopted:
		p.catalog, p.roles = r.tables[e.Catalog], nil
		p.adopts(e)
	case *Entered:
		p.entered = true
	case *OrganizationSuspended:
		p.paused = true
	case *SuspensionLifted:
		p.paused = false
	case *ClosingStarted:
		p.closing = e.Until
	case *ClosingCancelled:
		p.closing = 0
	case *OrganizationClosed:
		p.buried = true
	case *PlanSet:
		p.terms = &e.Terms
	case *RecoveryStarted:
		p.recovery = Recovery{e.Person, f.At, e.FinishFrom}
	case *RecoveryStopped:
		p.recovery = Recovery{}
	case *RecoveryFinished:
		p.recovery = Recovery{}
		p.touch(e.Person).role = RoleOwner
	case *PlanRequested:
		p.requests = append(p.requests, PlanRequest{e.Request, e.Person, e.Plan, f.At})
	case *PlanRequestClosed:
		p.requests = slices.DeleteFunc(p.requests, func(r PlanRequest) bool { return r.Request == e.Request })
	case *PlanExceeded, *BillingChanged:
	case *MemberAdded:
		p.joins(f, e.Person, rPerson{role: e.Role, window: e.Window, proofs: e.Proofs, source: e.Source, addedBy: e.By.or(f.Actor)})
	case *MemberRestored:
		p.joins(f, e.Person, rPerson{role: e.Role, window: e.Window, proofs: e.Proofs, source: ByHand, addedBy: f.Actor})
	case *RoleSet:
		p.touch(e.Person).role = e.Role
	case *MemberRescheduled:
		p.touch(e.Person).window = e.Window
	case *ReadinessChanged:
		p.touch(e.Person).proofs = e.Proofs
	case *MemberDisabled:
		p.touch(e.Person).proofs |= Disabled
	case *MemberEnabled:
		p.touch(e.Person).proofs &^= Disabled
	case *MemberErased:
		p.ends(e.Person)
		p.departs(f, e.Person)
	case *MemberSuspended:
		x := p.touch(e.Person)
		x.paused, x.peer, x.by = true, e.Peer, f.Actor
	case *MemberReactivated:
		x := p.touch(e.Person)
		x.paused, x.peer, x.by = false, false, ""
	case *MemberRemoved:
		p.ends(e.Person)
		p.person(e.Person).removed = true
		p.departs(f, e.Person)
	case *MemberLeft:
		p.ends(e.Person)
		p.departs(f, e.Person)
	default:
		p.readPending(f)
		p.readRole(f)
		p.readAccount(f)
		p.readTeam(f)
		p.readProject(f)
		p.readGrant(f)
	}
}

// or is whoever gave, as the actor or in whose name the actor did.
func (g Giver) or(actor PersonID) PersonID {
	switch g {
	case "":
		return actor
	case "operator":
		return ""
	}
	return PersonID(g)
}

func (p *picture) joins(f Stamped, id PersonID, as rPerson) {
	p.forget(id)
	p.ends(id)
	p.endsRequests(f, func(x *rRequest) bool { return x.Person == id })
	as.id, as.member, as.since, as.changed, as.joined = id, true, f.Version, f.Version, f.At
	*p.touch(id) = as
}

// ends takes away all that somebody holds here.
func (p *picture) ends(id PersonID) {
	x := p.touch(id)
	x.member, x.paused, x.peer, x.removed = false, false, false, false
	for _, l := range p.places {
		if l.person == id {
			p.team(l.team).Changed = p.version
		}
	}
	for _, g := range p.grants {
		if g.to.holder() == id {
			p.project(g.project).Changed = p.version
		}
	}
	p.requests = slices.DeleteFunc(p.requests, func(r PlanRequest) bool { return r.Person == id })
	p.places = slices.DeleteFunc(p.places, func(l rPlace) bool { return l.person == id })
	p.grants = slices.DeleteFunc(p.grants, func(g rGrant) bool { return g.to.holder() == id })
}

func (p *picture) person(id PersonID) *rPerson {
	for _, x := range slices.Concat(p.people, p.machines) {
		if x.id == id {
			return x
		}
	}
	return nil
}

// touch finds a person's row, or makes one that is no member, and notes that it changes.
func (p *picture) touch(id PersonID) *rPerson {
	x := p.person(id)
	if x == nil {
		x = &rPerson{id: id}
		p.people = append(p.people, x)
	}
	x.changed = p.version
	return x
}

func (p *picture) team(id TeamID) *rTeam {
	for _, t := range p.teams {
		if t.Team.Team == id {
			return t
		}
	}
	return nil
}

func (p *picture) project(id ProjectID) *rProject {
	for _, x := range p.projects {
		if x.Project.Project == id && !x.left {
			return x
		}
	}
	return nil
}

func (p *picture) readTeam(f Stamped) {
	switch e := f.Event.(type) {
	case *TeamCreated:
		p.teams = append(p.teams, &rTeam{Team: Team{Team: e.Team, Name: e.Name, ExternalID: e.ExternalID, Source: e.Source, Created: f.At, Changed: f.Version}})
	case *TeamRenamed:
		t := p.team(e.Team)
		t.Name, t.Changed = e.Name, f.Version
	case *TeamExternalIDSet:
		t := p.team(e.Team)
		t.ExternalID, t.Changed = e.ExternalID, f.Version
	case *TeamDeleted:
		t := p.team(e.Team)
		t.gone, t.Changed = true, f.Version
		for _, l := range p.places {
			if l.team == e.Team {
				p.touch(l.person)
			}
		}
		for _, g := range p.grants {
			if g.to.Team == e.Team {
				p.project(g.project).Changed = f.Version
			}
		}
		p.places = slices.DeleteFunc(p.places, func(l rPlace) bool { return l.team == e.Team })
		p.grants = slices.DeleteFunc(p.grants, func(g rGrant) bool { return g.to.Team == e.Team })
		p.settings.Teams = slices.DeleteFunc(slices.Clone(p.settings.Teams), func(d TeamRole) bool { return d.Team == e.Team })
	case *TeamMemberAdded:
		who := e.Person + PersonID(e.Account)
		p.touch(who)
		p.team(e.Team).Changed = f.Version
		p.places = append(p.places, rPlace{e.Team, who, e.Manager, e.Window, e.Source, e.By.or(f.Actor), f.At})
	case *TeamMemberChanged:
		who := e.Person + PersonID(e.Account)
		p.touch(who)
		for i, l := range p.places {
			if l.team == e.Team && l.person == who {
				p.places[i].manager, p.places[i].window = e.Manager, e.Window
			}
		}
	case *TeamMemberRemoved:
		who := e.Person + PersonID(e.Account)
		p.touch(who)
		p.team(e.Team).Changed = f.Version
		p.places = slices.DeleteFunc(p.places, func(l rPlace) bool { return l.team == e.Team && l.person == who })
	}
}

func (p *picture) readProject(f Stamped) {
	switch e := f.Event.(type) {
	case *ProjectCreated:
		p.projects = append(p.projects, &rProject{Project: Project{Project: e.Project, Name: e.Name, ExternalID: e.ExternalID, Timezone: e.Timezone,
			Region: e.Region, Source: e.Source, Creator: f.Actor, Created: f.At, Changed: f.Version}})
	case *ProjectRenamed:
		x := p.project(e.Project)
		x.Name, x.Changed = e.Name, f.Version
	case *TimezoneSet:
		x := p.project(e.Project)
		x.Timezone, x.Changed = e.Timezone, f.Version
	case *ProjectExternalIDSet:
		x := p.project(e.Project)
		x.ExternalID, x.Changed = e.ExternalID, f.Version
	case *ProjectDeleted:
		x := p.project(e.Project)
		x.Deleted, x.RestoreBy, x.Changed, x.offer = f.At, f.At+90*24*3600*1e6, f.Version, nil
	case *ProjectReset, *ProjectOffered, *OfferApproved, *OfferWithdrawn, *ProjectTransferred, *ProjectReceived:
		p.readMove(f)
	case *ProjectRestored:
		x := p.project(e.Project)
		x.Deleted, x.RestoreBy, x.Name, x.Changed = 0, 0, e.Name, f.Version
	}
}

func (p *picture) readGrant(f Stamped) {
	find := func(project ProjectID, to Subject, r ProjectRole, s Source) int {
		p.project(project).Changed = f.Version
		if to.holder() != "" {
			p.touch(to.holder())
		}
		if to.Team != "" {
			p.team(to.Team).Changed = f.Version
		}
		return slices.IndexFunc(p.grants, func(g rGrant) bool {
			return g.project == project && g.to == to && g.role == r && g.source == s
		})
	}
	switch e := f.Event.(type) {
	case *GrantGiven:
		g := rGrant{e.Project, e.Subject, e.Role, e.Source, e.Window, e.By.or(f.Actor), f.At}
		if i := find(e.Project, e.Subject, e.Role, e.Source); i >= 0 {
			p.grants[i] = g
		} else {
			p.grants = append(p.grants, g)
		}
	case *GrantTaken:
		i := find(e.Project, e.Subject, e.Role, e.Source)
		p.grants = slices.Delete(p.grants, i, i+1)
	case *GrantRescheduled:
		p.grants[find(e.Project, e.Subject, e.Role, e.Source)].window = e.Window
	}
}

// member is somebody who is a member at that instant, active, waiting or suspended: past the end is removed.
func (p *picture) member(id PersonID, at Instant) *rPerson {
	if x := p.person(id); x != nil && x.member && !x.window.over(at) && !p.ended(at) {
		return x
	}
	return nil
}

// ended reports whether the organization is closed at that instant.
func (p *picture) ended(at Instant) bool { return p.buried || p.closing != 0 && p.closing <= at }

func (p *picture) active(id PersonID, at Instant) bool {
	return !p.paused && p.begun(id, at)
}

// begun is active in an organization that is perhaps suspended.
func (p *picture) begun(id PersonID, at Instant) bool {
	x := p.member(id, at)
	return x != nil && !x.paused && !x.barred() && x.window.contains(at)
}

// seats are the people who take one: active and in their window, or with a start to come.
func (p *picture) seats(at Instant) (n int) {
	for _, x := range p.people {
		if x.member && !x.paused && !x.window.over(at) && !(x.role == RoleBillingAdmin && p.terms != nil && p.terms.BillingAdminsTakeNoSeat) {
			n++
		}
	}
	return n
}

// uses is how much there is of what plans limit.
func (p *picture) uses(at Instant) map[Measure]int {
	return map[Measure]int{MeasureSeats: p.seats(at), MeasureProjects: len(p.allProjects(false)), MeasureServiceAccounts: len(p.allAccounts(at)),
		MeasureCustomRoles: p.customRoles()}
}

func (p *picture) customRoles() (n int) {
	for _, r := range p.custom {
		if !r.gone {
			n++
		}
	}
	return n
}

// allows is how much of it the plan allows; absent if there is no limit.
func (p *picture) allows() map[Measure]int {
	out := map[Measure]int{}
	if t := p.terms; t != nil {
		for of, l := range map[Measure]Limit{MeasureSeats: t.Seats, MeasureProjects: t.Projects, MeasureServiceAccounts: t.ServiceAccounts, MeasureCustomRoles: t.CustomRoles} {
			if n := 0; l != "unlimited" {
				fmt.Sscan(string(l), &n)
				out[of] = n
			}
		}
	}
	return out
}

// orgPermissions is what a role holds in the organization, under its settings.
func (p *picture) orgPermissions(r OrgRole) permissions {
	out := words(referenceOrg[r])
	if c := p.role(RoleID(r)); c != nil {
		out.add(p.contained(c, referenceOrg[RoleOwner]))
		r = RoleMember
	}
	if r == RoleMember && p.settings.MembersCreateProjects {
		out["projects:create"] = true
	}
	return out
}

// projectPermissions is what a role holds in a project: our own table and the application's.
func (p *picture) projectPermissions(r ProjectRole) permissions {
	if known := p.roles[r]; known != nil {
		return known
	}
	out := words(referenceProject[r])
	if c := p.role(RoleID(r)); c != nil {
		out = p.contained(c, referenceProject[Owner])
	}
	for _, row := range p.catalog {
		if slices.Contains(row.Project, r) {
			out[row.Key] = true
			for _, k := range row.Implies {
				out[k] = true
			}
		}
	}
	if p.roles == nil {
		p.roles = map[ProjectRole]permissions{}
	}
	p.roles[r] = out
	return out
}

// sources lists every way by which a member holds a role in a project at that instant or later.
func (p *picture) sources(id PersonID, in ProjectID, at Instant) (out []Held) {
	x := p.member(id, at)
	if x == nil || p.project(in) == nil {
		return nil
	}
	for _, r := range p.brings(x.role, in) {
		out = append(out, Held{Project: in, Role: r, Via: ViaRole, OrgRole: x.role, Now: true, GivenBy: x.addedBy, GivenAt: x.joined})
	}
	for _, g := range p.grants {
		if g.project != in || g.window.over(at) {
			continue
		}
		h := Held{Project: in, Role: g.role, Source: g.source, Window: g.window, Now: g.window.contains(at), GivenBy: g.by, GivenAt: g.at}
		switch {
		case g.to.holder() == id:
			h.Via = ViaPerson
			out = append(out, h)
		case g.to.Everyone && (g.to.Accounts || !x.machine):
			h.Via = ViaEveryone
			out = append(out, h)
		case g.to.Team != "":
			for _, l := range p.places {
				if l.person == id && l.team == g.to.Team && !l.window.over(at) {
					h.Via, h.Team = ViaTeam, g.to.Team
					h.Now = h.Now && l.window.contains(at)
					if l.window != (Window{}) {
						h.Place = &l.window
					}
					out = append(out, h)
				}
			}
		}
	}
	return out
}

// held is the union of what somebody holds in a place, as if they were active and the project were there.
func (p *picture) held(id PersonID, in ProjectID, at Instant) permissions {
	x := p.member(id, at)
	if x == nil {
		return permissions{}
	}
	if in == "" {
		return p.orgPermissions(x.role)
	}
	out := permissions{}
	for _, h := range p.sources(id, in, at) {
		if h.Now {
			out.add(p.projectPermissions(h.Role))
		}
	}
	return out
}

// effective is what somebody may do in a place.
func (p *picture) effective(id PersonID, in ProjectID, at Instant) permissions {
	if !p.active(id, at) || in != "" && (p.project(in) == nil || p.project(in).Deleted != 0) {
		return permissions{}
	}
	return p.held(id, in, at)
}

func (p *picture) check(id PersonID, k Permission, in ProjectID, at Instant) bool {
	return p.effective(id, in, at)[k]
}

func (p *picture) projectsWhere(id PersonID, k Permission, at Instant) (out []ProjectID) {
	for _, x := range p.projects {
		if p.check(id, k, x.Project.Project, at) {
			out = append(out, x.Project.Project)
		}
	}
	return out
}

func (p *picture) peopleWhere(in ProjectID, k Permission, at Instant) (out []PersonID) {
	for _, x := range p.people {
		if p.check(x.id, k, in, at) {
			out = append(out, x.id)
		}
	}
	return out
}

func (p *picture) peopleOf(in ProjectID, at Instant) (out []PersonID) {
	for _, x := range p.people {
		if len(p.sources(x.id, in, at)) > 0 {
			out = append(out, x.id)
		}
	}
	return out
}

func (p *picture) members(at Instant) (out []Member) {
	for _, x := range p.people {
		if p.member(x.id, at) == nil {
			continue
		}
		m := Member{Person: x.id, Role: x.role, Status: Active, Window: x.window, Since: x.since, Changed: x.changed, Joined: x.joined,
			AddedBy: x.addedBy, Source: x.source, Ready: x.ready(), Disabled: x.barred(), Teams: []TeamID{}}
		if x.paused {
			m.Status = Suspended
		}
		for _, t := range p.teams {
			for _, l := range p.places {
				if l.person == x.id && l.team == t.Team.Team && !l.window.over(at) {
					m.Teams = append(m.Teams, l.team)
				}
			}
		}
		for _, g := range p.grants {
			if g.to.Person == x.id {
				m.Grants++
			}
		}
		out = append(out, m)
	}
	return out
}

func (p *picture) roster(id TeamID, at Instant) (out []Place) {
	for _, x := range p.people {
		for _, l := range p.places {
			if l.person == x.id && l.team == id && !l.window.over(at) && p.member(x.id, at) != nil {
				out = append(out, Place{Team: id, Person: x.id, Manager: l.manager, Window: l.window, Source: l.source, GivenBy: l.by, GivenAt: l.at,
					Now: l.window.contains(at) && p.active(x.id, at)})
			}
		}
	}
	return out
}

func (p *picture) liveTeams() (out []Team) {
	for _, t := range p.teams {
		v := t.Team
		for _, l := range p.places {
			switch {
			case l.team != v.Team:
			case p.person(l.person).machine:
				v.Accounts++
			default:
				v.People++
			}
		}
		for _, g := range p.grants {
			if g.to.Team == v.Team {
				v.Projects++
			}
		}
		if !t.gone {
			out = append(out, v)
		}
	}
	return out
}

func (p *picture) allProjects(deleted bool) (out []Project) {
	for _, x := range p.projects {
		v := x.Project
		people, machines, teams := map[PersonID]bool{}, map[AccountID]bool{}, map[TeamID]bool{}
		for _, g := range p.grants {
			switch {
			case g.project != v.Project:
			case g.to.Person != "":
				people[g.to.Person] = true
			case g.to.Account != "":
				machines[g.to.Account] = true
			case g.to.Team != "":
				teams[g.to.Team] = true
			default:
				v.Everyone = true
			}
		}
		v.People, v.Accounts, v.Teams = len(people), len(machines), len(teams)
		if (v.Deleted != 0) == deleted && !x.left {
			out = append(out, v)
		}
	}
	return out
}

// counting are the owners that rule 3.3.4 asks for: active, started, without an end, and ready once one has been.
func (p *picture) counting(at Instant) (out []PersonID) {
	for _, x := range p.people {
		if p.begun(x.id, at) && x.role == RoleOwner && x.window.End == 0 && (x.ready() || !p.settled) {
			out = append(out, x.id)
		}
	}
	return out
}

// manages reports whether somebody is a manager of a team.
func (p *picture) manages(id PersonID, team TeamID, at Instant) bool {
	return p.active(id, at) && slices.ContainsFunc(p.places, func(l rPlace) bool {
		return l.person == id && l.team == team && l.manager && l.window.contains(at)
	})
}

// sortHeld puts sources into one order, for there is none between them.
func sortHeld(all []Held) []Held {
	all = slices.Clone(all)
	slices.SortFunc(all, func(a, b Held) int {
		return cmp.Or(cmp.Compare(a.Via, b.Via), cmp.Compare(a.Team, b.Team), cmp.Compare(a.Role, b.Role), cmp.Compare(a.Source, b.Source))
	})
	return all
}
