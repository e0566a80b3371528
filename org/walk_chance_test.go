package org

import (
	"fmt"
	"math/rand/v2"
	"slices"
)

// chance picks the next step: mostly what somebody might do, sometimes nonsense.
type chance struct {
	*rand.Rand
	w   *walker
	org int
	p   *picture
	by  Actor
}

func (w *walker) chance(dice *rand.Rand) *chance { return &chance{Rand: dice, w: w} }

func (c *chance) often() bool  { return c.IntN(10) < 8 }
func (c *chance) rarely() bool { return c.IntN(25) == 0 }

func pick[T any](c *chance, from []T) (out T) {
	if len(from) > 0 {
		out = from[c.IntN(len(from))]
	}
	return out
}

const (
	hour = Instant(3600 * 1e6)
	day  = 24 * hour
)

func (c *chance) stride(n int) stride {
	if n < 2 {
		return c.founding(n)
	}
	c.org = c.IntN(2) * min(1, n-2)
	c.p = c.w.orgs[c.org].at
	if n == 2 && c.IntN(2) == 0 {
		return stride{by: theOperator, cmd: c.plan()} // before anybody has entered
	}
	if n < 6 && c.org == 0 && !c.p.entered {
		return stride{by: theOperator, cmd: AddMember{Person: c.newcomer(), Role: c.orgRole()}}
	}
	s := stride{org: c.org, pass: c.passing()}
	c.w.now += s.pass // what follows is chosen for the new instant
	c.by = c.actor()
	if s.by = c.by; c.IntN(20) == 0 {
		s.move = c.move()
		c.w.now -= s.pass
		return s
	}
	s.cmd = c.command()
	if s.cmd.needs().operator && c.IntN(2) == 0 {
		s.by = theOperator
	}
	c.w.now -= s.pass
	return s
}

// founding makes the two organizations: one by the operator for an owner who is perhaps not ready, one by a person.
func (c *chance) founding(n int) stride {
	found := CreateOrganization{Organization: OrgID(id("org_", fmt.Sprint("n", n))), Name: "Acme", Slug: Slug(fmt.Sprint("acme-", n)), Catalog: appDigest}
	found.Proofs = pick(c, []Proofs{0, Vouched, ProvedAddress, SecondFactor})
	if n == 0 {
		found.Owner = usr("ann")
		return stride{org: n, by: theOperator, cmd: found}
	}
	return stride{org: n, by: as("bob"), cmd: found}
}

// passing is how far the clock moves: a little, far, back, or exactly to where some window begins or ends.
func (c *chance) passing() Instant {
	switch n := c.IntN(100); {
	case n < 40:
		return 0
	case n < 75:
		return Instant(c.Int64N(int64(hour)))
	case n < 82:
		return Instant(c.Int64N(int64(2 * day)))
	case n < 83:
		return 31 * day
	case n < 84:
		return 91 * day
	case n < 86:
		return -hour
	}
	var bounds []Instant
	for _, b := range c.p.bounds() {
		if b > c.w.now {
			bounds = append(bounds, b-c.w.now)
		}
	}
	return max(0, pick(c, bounds)+Instant(c.IntN(3)-1))
}

// bounds are the instants at which some window begins or ends.
func (p *picture) bounds() (out []Instant) {
	add := func(w Window) {
		for _, b := range []Instant{w.Start, w.End} {
			if b != 0 {
				out = append(out, b)
			}
		}
	}
	add(Window{End: p.closing})
	add(Window{Start: p.recovery.FinishFrom})
	for _, x := range p.people {
		add(x.window)
	}
	for _, l := range p.places {
		add(l.window)
	}
	for _, g := range p.grants {
		add(g.window)
	}
	for _, x := range p.invitations {
		if x.stage == Pending {
			add(Window{End: x.Expires})
		}
	}
	return out
}

var tenPeople = [...]string{"ann", "bob", "cat", "dan", "eve", "fay", "guy", "hal", "ivy", "joe"}

func (c *chance) actor() Actor {
	switch n := c.IntN(100); {
	case n < 8, n < 70 && !c.p.entered:
		return theOperator
	case n < 10:
		return Actor{}
	case n < 13:
		return as(pick(c, tenPeople[:]))
	case n < 20 && len(c.p.machines) > 0:
		return Actor{Account: AccountID(pick(c, c.p.machines).id)}
	}
	// Owners and admins act more often, or little would happen.
	var all []PersonID
	for _, x := range c.p.people {
		if !c.p.active(x.id, c.w.now) {
			continue
		}
		for range map[OrgRole]int{RoleOwner: 5, RoleAdmin: 4, RoleBillingAdmin: 1, RoleMember: 2}[x.role] {
			all = append(all, x.id)
		}
	}
	return Actor{Person: pick(c, all), Own: c.w.now/1000%11 == 0} // some with a key of their own, at no draw
}

func (c *chance) person() PersonID {
	if c.rarely() {
		return pick(c, []PersonID{"", "usr_", usr("nobody"), "root"})
	}
	if c.IntN(10) == 0 {
		return c.by.Person // people try what they may do for themselves
	}
	if members := c.where(func(x *rPerson) bool { return x.member && !x.window.over(c.w.now) }); c.often() && len(members) > 0 {
		return pick(c, members)
	}
	return usr(pick(c, tenPeople[:]))
}

func (c *chance) where(is func(*rPerson) bool) (out []PersonID) {
	for _, x := range c.p.people {
		if is(x) {
			out = append(out, x.id)
		}
	}
	return out
}

// mostly picks somebody of a kind, sometimes anybody.
func (c *chance) mostly(is func(*rPerson) bool) PersonID {
	if all := c.where(is); c.often() && len(all) > 0 {
		return pick(c, all)
	}
	return c.person()
}

// peerOr picks, half of the time, somebody else of the actor's role.
func (c *chance) peerOr(other PersonID) PersonID {
	me := c.p.member(c.by.Person, c.w.now)
	if me == nil || c.IntN(2) == 0 {
		return other
	}
	peers := c.where(func(x *rPerson) bool { return x.member && !x.paused && x.role == me.role && x.id != me.id })
	if len(peers) == 0 {
		return other
	}
	return pick(c, peers)
}

func (c *chance) newcomer() PersonID {
	if c.rarely() {
		return c.person()
	}
	var outside []string
	for _, word := range tenPeople {
		if c.p.member(usr(word), c.w.now) == nil {
			outside = append(outside, word)
		}
	}
	if c.often() && len(outside) > 0 {
		return usr(pick(c, outside))
	}
	return usr(pick(c, tenPeople[:]))
}

func (c *chance) team() TeamID {
	from := c.p
	if c.rarely() {
		from = c.w.orgs[1-c.org].at
	}
	if c.rarely() || len(from.teams) == 0 {
		return pick(c, []TeamID{"", "team_", tm("nobody")})
	}
	if live := from.liveTeams(); c.often() && len(live) > 0 {
		slices.SortStableFunc(live, func(a, b Team) int { return b.Projects - a.Projects })
		live = live[:1+c.IntN(len(live))] // rather those that carry something
		return pick(c, live).Team
	}
	return pick(c, from.teams).Team.Team
}

func (c *chance) project() ProjectID {
	from := c.p
	if c.rarely() {
		from = c.w.orgs[1-c.org].at
	}
	if c.rarely() || len(from.projects) == 0 {
		return pick(c, []ProjectID{"", "prj_", prj("nobody")})
	}
	if live := from.allProjects(false); c.often() && len(live) > 0 {
		return pick(c, live).Project
	}
	return pick(c, from.projects).Project.Project
}

func (c *chance) orgRole() OrgRole {
	if c.rarely() {
		return pick(c, []OrgRole{"", "root", "analyst"})
	}
	if custom := c.p.liveRoles(InOrganization); len(custom) > 0 && c.IntN(4) == 0 {
		return OrgRole(pick(c, custom))
	}
	return pick(c, []OrgRole{RoleOwner, RoleOwner, RoleAdmin, RoleAdmin, RoleAdmin, RoleAdmin, RoleBillingAdmin, RoleMember, RoleMember, RoleMember})
}

func (c *chance) role() ProjectRole {
	if c.rarely() {
		return pick(c, []ProjectRole{"", "root", "member", "role_0000000000000000000000000x"})
	}
	if custom := c.p.liveRoles(InProject); len(custom) > 0 && c.IntN(4) == 0 {
		return ProjectRole(pick(c, custom))
	}
	return pick(c, ProjectRoles[:])
}

func (c *chance) window() (w Window) {
	if c.IntN(10) < 6 {
		return w
	}
	now := c.w.now
	if c.IntN(2) == 0 {
		w.Start = now + pick(c, []Instant{-40 * day, -1, 0, 1, hour, day, 3 * day})
	}
	if c.IntN(3) > 0 {
		w.End = max(now, w.Start) + pick(c, []Instant{-1, 1, hour, hour, day, 3 * day, 29 * day, 100 * day})
	}
	if c.rarely() {
		w = pick(c, []Window{{Start: -1}, {End: -1}, {Start: 2, End: 1}, {Start: now, End: now}, {Start: 1 << 62}, {End: 1<<63 - 1}, {End: 1}})
	}
	return w
}

func (c *chance) source() Source {
	if c.rarely() {
		return pick(c, []Source{BySetting, "directory"})
	}
	return pick(c, []Source{"", "", ByHand, ByImport})
}

func (c *chance) subject() Subject {
	switch n := c.IntN(22); {
	case n > 19:
		return pick(c, []Subject{{Account: c.account()}, {Account: c.account()}, {Everyone: true, Accounts: true}, {Accounts: true}})
	case n < 9:
		return Subject{Person: c.person()}
	case n < 16:
		return Subject{Team: c.team()}
	case n < 19:
		return Subject{Everyone: true}
	}
	return pick(c, []Subject{{}, {Person: c.person(), Everyone: true}, {Person: c.person(), Team: c.team()}})
}

// held picks a project and subject with a grant, or any.
func (c *chance) held() (ProjectID, Subject, ProjectRole) {
	var own []rGrant
	for _, g := range c.p.grants {
		if g.to.Person == c.by.Person && g.to.Person != "" {
			own = append(own, g)
		}
	}
	if len(own) > 0 && c.IntN(4) == 0 {
		g := pick(c, own)
		return g.project, g.to, g.role
	}
	if c.often() && len(c.p.grants) > 0 {
		g := pick(c, c.p.grants)
		return g.project, g.to, g.role
	}
	return c.project(), c.subject(), c.role()
}

func (c *chance) place() (TeamID, PersonID) {
	if c.often() && len(c.p.places) > 0 {
		l := pick(c, c.p.places)
		return l.team, l.person
	}
	return c.team(), c.person()
}

func (c *chance) name() Name {
	if c.rarely() {
		return pick(c, []Name{"", " Web", "a\nb", "\xff", "a\u202eb", Name(make([]byte, 101))})
	}
	return pick(c, []Name{"Web", "web", "App", "Red", "RED", "Blue", "Söhne & <Co>", `"\`, "Data 1", "Data 2", "Data  2", "数据"})
}

func (c *chance) external() ExternalID {
	if c.rarely() {
		return pick(c, []ExternalID{"a b", "é", ExternalID(make([]byte, 201))})
	}
	return pick(c, []ExternalID{"", "", "", "x-1", "x-2", "x-3", "X-3", "x-4", "x-5"})
}

func (c *chance) timezone() Timezone {
	if c.rarely() {
		return pick(c, []Timezone{"", "a b", Timezone(make([]byte, 65))})
	}
	return pick(c, []Timezone{"UTC", "Asia/Tokyo", "Europe/Berlin"})
}

func (c *chance) settings() SetSettings {
	s := SetSettings{MembersCreateProjects: c.IntN(2) == 0, TransferWithoutApproval: c.IntN(4) == 0, NoProjectInvitations: c.IntN(4) == 0}
	if c.IntN(2) == 0 {
		s.CreatorRole = c.role()
	}
	if c.IntN(3) == 0 {
		s.EveryoneRole = c.role()
	}
	for range c.IntN(3) {
		s.Teams = append(s.Teams, TeamRole{c.team(), c.role()})
	}
	return s
}

// fresh is an id that no step has named, or, rarely, one that will not do.
func (c *chance) fresh(prefix string) string {
	if c.rarely() {
		return pick(c, []string{"", prefix, prefix + "x", "zzz_" + id("", "a"), string(c.team()), string(c.project())})
	}
	c.w.made++
	return id(prefix, fmt.Sprint("n", c.w.made))
}

// custom picks a custom role, mostly one that is there.
func (c *chance) custom() rRole {
	if len(c.p.custom) == 0 || c.rarely() {
		return rRole{id: RoleID(id("role_", "nobody")), scope: InProject}
	}
	r := *pick(c, c.p.custom)
	if c.rarely() {
		r.only = c.project()
	}
	return r
}

// replacements names, now and then, what single holders of a role get.
func (c *chance) replacements(r rRole) (out []HolderReplacement) {
	if c.IntN(3) > 0 {
		return nil
	}
	if r.scope == InOrganization {
		return []HolderReplacement{{Holder(c.mostly(func(x *rPerson) bool { return x.role == OrgRole(r.id) })), Replacement(c.orgRole())}}
	}
	for _, g := range c.p.grants {
		if g.role == ProjectRole(r.id) && len(out) == 0 {
			out = append(out, HolderReplacement{Holder(string(g.to.holder()) + string(g.to.Team)), Replacement(c.role())})
		}
	}
	return out
}

func (c *chance) content(scope Scope) (out RoleContent) {
	rows := slices.DeleteFunc(slices.Concat(Builtin(), c.p.catalog), func(r Row) bool { return r.Scope != scope && !c.rarely() })
	for range 1 + c.IntN(4) {
		out.Permissions = append(out.Permissions, pick(c, rows).Key)
	}
	if scope == InOrganization && c.IntN(2) == 0 {
		out.Everywhere = c.role()
	}
	for range c.IntN(3) {
		if scope == InOrganization {
			out.Projects = append(out.Projects, RoleProject{c.project(), c.role()})
		}
	}
	return out
}

// adoption says of what custom roles would lose that it goes, or that something new takes its place.
func (c *chance) adoption() AdoptCatalog {
	out := AdoptCatalog{Catalog: pick(c, []Digest{appDigest, leanerDigest, "sha256:0"})}
	for _, r := range c.p.custom {
		for _, k := range r.Permissions {
			if r.gone || !slices.Contains([]Permission{"data:delete", "data:view_classified"}, k) || slices.Contains(out.Gone, k) || c.rarely() {
				continue
			}
			if c.IntN(2) == 0 {
				out.Gone = append(out.Gone, k)
			} else {
				out.Instead = append(out.Instead, Replacing{k, pick(c, []Permission{"reports:share", "reports:view"})})
			}
		}
	}
	return out
}

func (c *chance) plan() Command {
	if c.rarely() {
		return ChangeBilling{}
	}
	limit := func() Limit {
		if c.rarely() {
			return pick(c, []Limit{"", "0", "-1", "NaN", "01", "1e3", "Unlimited", "9999999999"})
		}
		return pick(c, []Limit{"unlimited", "unlimited", "1", "2", "3", "4", "5", "8"})
	}
	s := SetPlan{Plan: pick(c, []PlanKey{"free", "pro", "Pro"}), Subscription: pick(c, Subscriptions[:]), Seats: limit(), Projects: limit(),
		ServiceAccounts: limit(), CustomRoles: limit(), BillingAdminsTakeNoSeat: c.IntN(2) == 0}
	for range c.IntN(3) {
		s.Entitlements = append(s.Entitlements, Entitlement{pick(c, []EntitlementKey{"sso", "events", "seats", "audit:days"}), pick(c, []Allowance{"on", "off", "90", "unlimited", ""})})
	}
	return s
}

func (c *chance) recovery() Command {
	if r := c.p.recovery; r.Person != "" && c.often() {
		if c.IntN(4) == 0 {
			return StopRecovery{}
		}
		return FinishRecovery{}
	}
	return pick(c, []Command{StartRecovery{Person: c.person()}, StartRecovery{c.person(), c.w.now + pick(c, []Instant{-1, 0, hour, day, 2 * day, 1 << 62})}, FinishRecovery{}, StopRecovery{}})
}

// proofs are what an account may say of itself; few are disabled.
func (c *chance) proofs() Proofs {
	p := Proofs(c.IntN(8))
	if c.rarely() {
		p |= Disabled
	}
	return p
}

func (c *chance) planRequest() Command {
	if len(c.p.requests) > 0 && c.IntN(2) == 0 {
		return ClosePlanRequest{pick(c, c.p.requests).Request, pick(c, []PlanRequestOutcome{PlanGranted, PlanDeclined, PlanDeclined, PlanWithdrawn})}
	}
	return pick(c, []Command{RequestPlan{PlanRequestID(c.fresh("prq_")), pick(c, []PlanKey{"pro", "pro", "team", ""})}, WithdrawPlanRequest{}})
}

// command picks one of all commands. The weights keep an organization alive: more is made than ended.
func (c *chance) command() Command {
	project, to, role := c.held()
	team, person := c.place()
	if c.by.Operator && !c.p.entered && c.IntN(3) == 0 {
		return AddMember{Person: c.newcomer(), Role: c.orgRole()}
	}
	if c.p.paused && c.IntN(4) == 0 {
		return LiftSuspension{}
	}
	if disabled := c.where(func(x *rPerson) bool { return x.member && x.barred() }); len(disabled) > 0 && c.IntN(5) == 0 {
		return Disable{pick(c, disabled), false}
	}
	if c.p.closing != 0 && c.IntN(3) == 0 {
		return pick(c, []Command{CancelDeletion{}, CancelDeletion{}, Bury{}})
	}
	total := 0
	rows := []weighted{
		{14, func() Command {
			return AddMember{Person: c.newcomer(), Role: c.orgRole(), Window: c.window(), Source: c.source(), Proofs: c.proofs()}
		}},
		{8, func() Command { return SetRole{c.person(), c.orgRole()} }},
		{6, func() Command {
			return Reschedule{c.mostly(func(x *rPerson) bool { return x.member && x.window != Window{} }), c.window()}
		}},
		{6, func() Command { return Suspend{c.peerOr(c.person())} }},
		{5, func() Command { return Reactivate{c.mostly(func(x *rPerson) bool { return x.paused })} }},
		{3, func() Command {
			remove := Remove{Person: c.person()}
			if maker := c.maker(); maker != "" && c.IntN(3) == 0 {
				remove.Person = maker
			}
			if c.IntN(2) == 0 {
				remove.KeepKeys = c.keysBy(remove.Person)
			}
			return remove
		}},
		{2, func() Command { return HandOver{c.person(), c.person()} }},
		{1, c.list},
		{3, func() Command { return CopyAccess{c.person(), c.person(), c.IntN(2) == 0} }},
		{1, func() Command { return Leave{} }},
		{4, func() Command {
			return Restore{Person: c.mostly(func(x *rPerson) bool { return !x.member || x.window.over(c.w.now) }), Window: c.window(), Proofs: Proofs(c.IntN(8))}
		}},
		{3, func() Command { return Vouch{c.person(), c.often()} }},
		{1, func() Command {
			return Disable{c.mostly(func(x *rPerson) bool { return x.member && x.role == RoleOwner }), c.often()}
		}},
		{1, func() Command { return Erase{c.person()} }},
		{2, func() Command { return TransferOwnership{c.person(), pick(c, []OrgRole{"", "", c.orgRole()})} }},
		{5, func() Command {
			return CreateTeam{Team: TeamID(c.fresh("team_")), Name: c.name(), ExternalID: c.external(), Source: c.source()}
		}},
		{2, func() Command { return RenameTeam{c.team(), c.name()} }},
		{2, func() Command { return SetTeamExternalID{c.team(), c.external()} }},
		{1, func() Command { return DeleteTeam{c.team()} }},
		{14, func() Command {
			return PlaceInTeam{Team: c.team(), Person: c.person(), Manager: c.IntN(4) == 0, Window: c.window(), Source: c.source()}
		}},
		{5, func() Command {
			return PlaceInTeam{Team: team, Person: person, Manager: c.IntN(4) == 0, Window: c.window()}
		}},
		{3, func() Command { return TakeFromTeam{team, person} }},
		{7, func() Command {
			return CreateProject{Project: ProjectID(c.fresh("prj_")), Name: c.name(), ExternalID: c.external(), Source: c.source(),
				Timezone: c.timezone(), Region: pick(c, []Region{"", "", "", "eu", "eu", "us-2", "EU"})}
		}},
		{2, func() Command { return RenameProject{c.project(), c.name()} }},
		{1, func() Command { return SetProjectTimezone{c.project(), c.timezone()} }},
		{3, func() Command { return SetProjectExternalID{c.project(), c.external()} }},
		{2, func() Command { return DeleteProject{c.project()} }},
		{4, func() Command {
			restore := RestoreProject{c.project(), pick(c, []Name{"", c.name()})}
			if gone := c.p.allProjects(true); c.often() && len(gone) > 0 {
				restore.Project = pick(c, gone).Project
			}
			return restore
		}},
		{2, func() Command { return ResetProject{c.project(), ProjectID(c.fresh("prj_"))} }},
		{3, func() Command { return OfferProject{c.project(), c.elsewhere()} }},
		{5, func() Command {
			if slices.ContainsFunc(c.p.projects, func(x *rProject) bool { return x.offer != nil }) {
				return ApproveOffer{c.offered(), c.elsewhere()}
			}
			return OfferProject{c.project(), c.elsewhere()}
		}},
		{1, func() Command { return WithdrawOffer{c.offered()} }},
		{16, func() Command {
			return Give{Project: c.project(), Subject: c.subject(), Role: c.role(), Window: c.window(), Source: c.source()}
		}},
		{4, func() Command { return Give{Project: project, Subject: to, Role: role, Window: c.window()} }},
		{4, func() Command {
			return Take{Project: project, Subject: to, Role: pick(c, []ProjectRole{role, "", c.role()}), Source: pick(c, []Source{"", "", c.source()})}
		}},
		{4, func() Command { return Change{Project: project, Subject: to, From: role, To: c.role()} }},
		{4, func() Command { return RescheduleGrant{Project: project, Subject: to, Role: role, Window: c.window()} }},
		{24, func() Command { return c.aboutAccounts() }},
		{40, func() Command { return c.aboutKeys() }},
		{5, func() Command { return c.settings() }},
		{1, func() Command {
			return Rename{pick(c, []Name{"", c.name()}), pick(c, []Slug{"", "acme", "acme-x", "-", "admin"})}
		}},
		{2, func() Command { return SetExternalID{c.external()} }},
		{1, func() Command { return Enter{} }},
		{4, c.plan},
		{3, c.recovery},
		{4, c.planRequest},
		{1, func() Command {
			return pick(c, []Command{SuspendOrganization{}, LiftSuspension{}, CancelDeletion{}, Bury{}})
		}},
		{3, func() Command {
			return DeleteOrganization{pick(c, []Slug{c.w.orgs[c.org].s.Slug(), "acme", "acme-2", ""})}
		}},
		{1, func() Command { return c.adoption() }},
		{5, func() Command {
			made := CreateRole{Role: RoleID(c.fresh("role_")), Scope: pick(c, []Scope{InOrganization, InProject, InProject}), Name: c.name()}
			if made.Scope == InProject && c.IntN(2) == 0 {
				made.Project = c.project()
			}
			made.RoleContent = c.content(made.Scope)
			return made
		}},
		{5, func() Command {
			r := c.custom()
			return EditRole{r.id, r.only, pick(c, []Name{r.name, c.name()}), c.content(r.scope)}
		}},
		{2, func() Command {
			r := c.custom()
			return DeleteRole{r.id, r.only, pick(c, []Replacement{"", Nothing, Replacement(c.role()), Replacement(c.orgRole())}), c.replacements(r)}
		}},
		{1, func() Command { return c.founding(c.IntN(2)).cmd }},
	}
	rows = append(rows, c.pending()...)
	for _, r := range rows {
		total += r.weight
	}
	at := c.IntN(total)
	for _, r := range rows {
		if at -= r.weight; at < 0 {
			return r.made()
		}
	}
	return nil
}
