package org

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// invariants hold after every step of a walk.
var invariants = []struct {
	name string
	hold func(*passage) error
}{
	{"I-01, I-02: somebody owns it who is active, has started, has no end and is ready", ownedForGood},
	{"I-03, I-04: who holds a grant or a place in a team is a member", holdersAreMembers},
	{"I-05: each project has somebody who may own it", projectsAreOwned},
	{"I-06, I-07: memberships move along the known edges", membershipsMoveAlongEdges},
	{"I-08: a membership that begins holds nothing, and restoring brings back what there was", beginningsAreBare},
	{"I-09: no id is used again", idsAreUsedOnce},
	{"I-10: a transfer of ownership is one step", transfersAreWhole},
	{"I-11: a tombstone ends the log, and nothing else follows the days of closing", tombstonesEnd},
	{"I-12: nobody goes over what the plan allows", plansAreKept},
	{"I-13: a plan removes nobody and changes no role, and no role changes the plan (I-26)", plansStandApart},
	{"I-14: nobody gives beyond what they cover", nobodyGivesMore},
	{"I-14: nobody acts on those who are not below", nobodyActsUpwards},
	{"I-16, I-20, I-27: what a person may do is the union of their sources, and nothing else", unionOfSources},
	{"I-24: a key opens as long as its account and whoever answers for it are in, and gives what the account holds", keysOpenForTheirAccount},
	{"I-25: a service account holds nothing reserved, manages no team and counts as nobody", accountsAreNoPeople},
	{"I-19: taking never gives and giving never takes", monotone},
	{"I-21, I-22: lists and batches are their single checks", listsAreChecks},
	{"I-29: a person has one open invitation", oneInvitationEach},
	{"I-31: an acceptance gives what its givers could still give", acceptanceIsWhole},
	{"who takes over a row wins nothing by it", takingOverGivesNothing},
	{"I-41: versions count without a gap and time does not go back", versionsCount},
	{"I-43: the fold, the snapshot and the state are one", foldIsSnapshot},
	{"I-45: who asks twice changes nothing the second time", secondTimeIsQuiet},
	{"I-10: an offer is what the list of facts says, and stands as long as who made and approved it may", offersAreTrue},
	{"views show what the list of facts says", viewsAreTrue},
	{"look-up rows lead to what is there", leadsAreTrue},
	{"tables and indexes agree", func(p *passage) error { return consistent(p.new) }},
}

func tombstonesEnd(p *passage) error {
	for i, f := range p.log {
		_, tombstone := f.Event.(*OrganizationClosed)
		if tombstone && i < len(p.log)-1 {
			return fmt.Errorf("version %d follows a tombstone", p.log[i+1].Version)
		}
		if over := p.before.ended(f.At); f.Version > p.old.Version() && over != tombstone {
			return fmt.Errorf("%s at %v; closing: %v", nameOf(f.Event), f.At, p.before.closing)
		}
	}
	return nil
}

func plansAreKept(p *passage) error {
	was, is := p.before.uses(p.at), p.after.uses(p.at)
	for of, most := range p.before.allows() {
		over := is[of] > most && is[of] > was[of] && !p.is(SetPlan{})
		said := slices.ContainsFunc(p.facts, func(f Stamped) bool { e, ok := f.Event.(*PlanExceeded); return ok && e.Measure == of })
		if over && !p.by.Operator || over != said {
			return fmt.Errorf("%d %s of %d, there were %d; said: %v", is[of], of, most, was[of], said)
		}
	}
	for _, u := range p.new.Plan(p.at).Limits {
		most, limited := p.after.allows()[u.Measure]
		if u.Used != is[u.Measure] || u.Limited != limited || u.Most != most || limited && u.Over != max(0, u.Used-most) {
			return fmt.Errorf("%+v, by the model %d of %d", u, is[u.Measure], most)
		}
		if e := p.new.Entitled(EntitlementKey(u.Measure), p.at); e.Allowed != (!p.after.paused && !p.after.ended(p.at) && (!limited || u.Used < most)) {
			return fmt.Errorf("%+v of %+v", e, u)
		}
	}
	return nil
}

func plansStandApart(p *passage) error {
	plans := false
	for _, f := range p.facts {
		switch f.Event.(type) {
		case *PlanSet, *PlanRequested, *PlanRequestClosed, *BillingChanged:
			plans = true
		}
	}
	if set := !reflect.DeepEqual(p.before.terms, p.after.terms); set != p.is(SetPlan{}) && set {
		return fmt.Errorf("%T changed the plan", p.cmd)
	}
	if plans && fmt.Sprint(p.before.members(p.at), p.before.grants, p.before.places) != fmt.Sprint(p.after.members(p.at), p.after.grants, p.after.places) {
		return fmt.Errorf("%T changed somebody", p.cmd)
	}
	return nil
}

func ownedForGood(p *passage) error {
	if p.after.ended(p.at) {
		return nil
	}
	lasting := *p.after
	lasting.closing, lasting.paused = 0, false
	owners := lasting.counting(p.at)
	if marked := p.new.Ownerless(p.at); marked != (len(owners) == 0) {
		return fmt.Errorf("%v own it, and it is marked as ownerless: %v", owners, marked)
	}
	if len(owners) == 0 {
		return ownerlessForGood(p)
	}
	if later := lasting.counting(p.at + 1000*day); len(later) < len(owners) {
		return fmt.Errorf("%v own it now, %v in a thousand days", owners, later)
	}
	if got := p.new.Owners(p.at); !slices.Contains(got, owners[0]) {
		return fmt.Errorf("%s owns it and Owners gives %v", owners[0], got)
	}
	return nil
}

// ownerlessForGood holds that an organization is ownerless by the operator's disabling of somebody alone, who is there to
// own it again, and that it was before, unless by this very step.
func ownerlessForGood(p *passage) error {
	if d, ok := p.cmd.(Disable); len(p.before.counting(p.at)) > 0 && !(ok && d.Disabled) {
		return fmt.Errorf("ownerless by %T", p.cmd)
	}
	for _, x := range p.after.people {
		if x.member && !x.paused && x.barred() && x.role == RoleOwner && x.window.End == 0 && x.window.contains(p.at) && (x.proves() || !p.after.settled) {
			return nil
		}
	}
	return fmt.Errorf("ownerless at %v, and nobody to enable", p.at)
}

func holdersAreMembers(p *passage) error {
	member := func(id PersonID) bool { x := p.after.person(id); return x != nil && x.member }
	for _, g := range p.after.grants {
		if g.to.holder() != "" && !member(g.to.holder()) {
			return fmt.Errorf("%v holds %s in %s", g.to, g.role, g.project)
		}
		if g.to.Team != "" && p.after.team(g.to.Team).gone {
			return fmt.Errorf("%v is gone and holds %s in %s", g.to, g.role, g.project)
		}
	}
	for _, l := range p.after.places {
		if !member(l.person) || p.after.team(l.team).gone {
			return fmt.Errorf("%s is in %s", l.person, l.team)
		}
	}
	return nil
}

func projectsAreOwned(p *passage) error {
	if p.after.paused || p.after.ended(p.at) || len(p.after.counting(p.at)) == 0 {
		return nil
	}
	for _, x := range p.after.allProjects(false) {
		if !slices.ContainsFunc(p.after.counting(p.at), func(id PersonID) bool { return p.new.Check(id, "project:delete", x.Project, p.at) }) {
			return fmt.Errorf("no owner of the organization owns %s", x.Project)
		}
	}
	return nil
}

// standing is where a membership stands at an instant.
func (p *picture) standing(id PersonID, at Instant) Status {
	switch x := p.person(id); {
	case x == nil, x.since == 0: // or only named, as the creator of what came from elsewhere
		return NoMember
	case !x.member, x.window.over(at):
		return Removed
	case x.paused:
		return Suspended
	}
	return Active
}

func membershipsMoveAlongEdges(p *passage) error {
	for _, x := range p.after.people {
		was, is := p.before.standing(x.id, p.at), p.after.standing(x.id, p.at)
		var by Command
		switch {
		case was == is, was == NoMember && is == Removed && x.since == 0, // named for the first time
			p.is(TakeOver{}): // which has an invariant of its own
			continue
		case is == Active && was == Suspended:
			by = Reactivate{x.id}
		case is == Active:
			by = AddMember{Person: x.id}
			if p.does(Restore{}) {
				by = Restore{Person: x.id}
			}
			if founded, ok := p.cmd.(CreateOrganization); ok {
				by = founded
			}
			if accepted, ok := p.cmd.(AcceptInvitation); ok && x.id == p.by.Person {
				by = accepted
			}
		case is == Suspended && was == Active:
			by = Suspend{x.id}
		case is == Removed && (was == Active || was == Suspended):
			by = Remove{Person: x.id}
			if h, handed := p.cmd.(HandOver); handed {
				by = h
			}
			switch p.cmd.(type) {
			case Leave:
				if p.by.Person == x.id {
					by = Leave{}
				}
			case Erase:
				by = p.cmd
			}
		}
		if list, many := p.cmd.(ChangePeople); many {
			alone := list.one(PersonLine{Person: x.id})
			if reflect.TypeOf(by) == reflect.TypeOf(alone) && slices.ContainsFunc(list.Lines, func(l PersonLine) bool { return l.Person == x.id }) {
				continue
			}
		}
		if reflect.TypeOf(by) != reflect.TypeOf(p.cmd) {
			return fmt.Errorf("%s went from %v to %v by %T", x.id, was, is, p.cmd)
		}
	}
	seen := map[PersonID]bool{}
	for m := range p.new.Members(p.at, "") {
		if seen[m.Person] {
			return fmt.Errorf("%s is a member twice", m.Person)
		}
		seen[m.Person] = true
	}
	return nil
}

func beginningsAreBare(p *passage) error {
	for _, x := range p.after.people {
		before := p.before.person(x.id)
		if !x.member || before != nil && before.since == x.since || p.is(TakeOver{}) {
			continue
		}
		restored := p.does(Restore{})
		had := p.reference.lastHeld(x.id, p.facts[0].Version-1)
		for _, g := range p.after.grants {
			if g.to.Person != x.id || p.acceptedPart(&g, nil) {
				continue
			}
			if !restored {
				return fmt.Errorf("%s began with %s in %s", x.id, g.role, g.project)
			}
			if !slices.ContainsFunc(had.grants, func(o rGrant) bool {
				return o.to == g.to && o.project == g.project && o.role == g.role && o.window == g.window
			}) {
				return fmt.Errorf("%s came back with %s in %s and had it not", x.id, g.role, g.project)
			}
		}
		for _, l := range p.after.places {
			if l.person != x.id || p.acceptedPart(nil, &l) {
				continue
			}
			if !restored {
				return fmt.Errorf("%s began in team %s", x.id, l.team)
			}
			if !slices.ContainsFunc(had.places, func(o rPlace) bool {
				return o.team == l.team && o.person == x.id && o.manager == l.manager && o.window == l.window
			}) {
				return fmt.Errorf("%s came back into %s and was not there", x.id, l.team)
			}
		}
	}
	return nil
}

// lastHeld is the picture before somebody's last membership ended, or the present one if it ended by itself.
func (r reference) lastHeld(id PersonID, n Version) *picture {
	for i := n; i > 0; i-- {
		switch e := r.log[i-1].Event.(type) {
		case *MemberRemoved:
			if e.Person == id {
				return r.upTo(i - 1)
			}
		case *MemberAdded:
			if e.Person == id {
				return r.upTo(n)
			}
		}
	}
	return r.upTo(n)
}

func idsAreUsedOnce(p *passage) error {
	teams, projects, began := map[TeamID]bool{}, map[ProjectID]bool{}, map[Version]bool{}
	for _, t := range p.after.teams {
		if teams[t.Team.Team] || !t.Team.Team.Valid() {
			return fmt.Errorf("team %q", t.Team.Team)
		}
		teams[t.Team.Team] = true
	}
	for _, x := range p.after.projects {
		if projects[x.Project.Project] || !x.Project.Project.Valid() {
			return fmt.Errorf("project %q", x.Project.Project)
		}
		projects[x.Project.Project] = true
	}
	for _, x := range p.after.people {
		if x.member && began[x.since] || !x.id.Valid() {
			return fmt.Errorf("two memberships began at %d, or %q is no id", x.since, x.id)
		}
		began[x.since] = x.member
	}
	return nil
}

func transfersAreWhole(p *passage) error {
	c, ok := p.cmd.(TransferOwnership)
	if !ok {
		return nil
	}
	if x := p.after.person(c.To); x.role != RoleOwner {
		return fmt.Errorf("%s is %s after it", c.To, x.role)
	}
	if c.StepDown != "" && p.after.person(p.by.Person).role != c.StepDown {
		return fmt.Errorf("%s did not step down", p.by.Person)
	}
	return nil
}

// instants at which a change is looked at: now, at some bounds of windows, and when all of them are over.
func (p *passage) instants() []Instant {
	bounds := slices.Concat(p.before.bounds(), p.after.bounds())
	bounds = slices.DeleteFunc(bounds, func(b Instant) bool { return b <= p.at })
	slices.Sort(bounds)
	out := []Instant{p.at, p.at + 4000*day}
	if n := len(bounds); n > 0 {
		out = append(out, bounds[n-1], bounds[int(p.new.Version())%n])
	}
	return out
}

func unionOfSources(p *passage) error {
	var questions []Question
	var want []bool
	ask := func(in ProjectID, scope Scope) {
		var whom []PersonID
		for _, word := range append(slices.Clone(tenPeople[:]), "stranger") {
			whom = append(whom, usr(word))
		}
		for _, x := range p.after.machines {
			whom = append(whom, x.id)
		}
		for _, id := range whom {
			may := p.after.effective(id, in, p.at)
			for _, r := range p.new.Catalog().rows {
				questions = append(questions, Question{id, r.Key, in})
				want = append(want, may[r.Key])
				if r.Scope != scope && may[r.Key] {
					return
				}
			}
		}
	}
	ask("", InOrganization)
	for _, x := range p.after.projects {
		ask(x.Project.Project, InProject)
	}
	for i, got := range p.new.CheckAll(questions, p.at) {
		if got != want[i] {
			return fmt.Errorf("%v: %v, and by the model %v", questions[i], got, want[i])
		}
	}
	return deniesTheUnknown(p.new, p.at)
}

func deniesTheUnknown(s *State, at Instant) error {
	someone, somewhere := PersonID(""), ProjectID("")
	for m := range s.Members(at, "") {
		if m.Role == RoleOwner {
			someone = m.Person
		}
	}
	for x := range s.Projects(false, "") {
		somewhere = x.Project
	}
	for _, q := range []Question{
		{usr("stranger"), "project:view", somewhere}, {"", "organization:edit", ""}, {someone, "organization:burn", ""},
		{someone, "", ""}, {someone, "project:view", prj("nowhere")}, {someone, "project:burn", somewhere}, {someone, "", somewhere},
		{someone, "project:view", ""},
	} {
		if s.Check(q.Person, q.Permission, q.Project, at) {
			return fmt.Errorf("unknown, and allowed: %+v", q)
		}
	}
	return nil
}

func monotone(p *passage) error {
	gives, takes := true, true
	for _, f := range p.facts {
		switch f.Event.(type) {
		case *GrantGiven, *TeamMemberAdded, *TeamCreated, *MemberAdded, *MemberReactivated, *ProjectRestored, *ProjectReceived, *Entered:
			takes = false
		case *GrantTaken, *TeamMemberRemoved, *TeamDeleted, *MemberSuspended, *MemberRemoved, *MemberLeft, *ProjectDeleted, *ProjectTransferred:
			gives = false
		default:
			return nil
		}
	}
	if !gives && !takes {
		return nil
	}
	for _, at := range p.instants() {
		for _, x := range p.after.people {
			for _, in := range p.after.everywhere() {
				was, is := p.before.effective(x.id, in, at), p.after.effective(x.id, in, at)
				if !takes && !is.covers(was) {
					return fmt.Errorf("%s lost something in %q at %v", x.id, in, at)
				}
				if !gives && !was.covers(is) {
					return fmt.Errorf("%s won something in %q at %v", x.id, in, at)
				}
			}
		}
	}
	return nil
}

// everywhere is the organization and all its projects.
func (p *picture) everywhere() []ProjectID {
	out := []ProjectID{""}
	for _, x := range p.projects {
		if !x.left {
			out = append(out, x.Project.Project)
		}
	}
	return out
}

func listsAreChecks(p *passage) error {
	rows := p.new.Catalog().rows
	k := rows[int(p.new.Version())%len(rows)].Key
	for _, x := range slices.Concat(p.after.people, p.after.machines) {
		var singly []ProjectID
		for project := range p.new.Projects(false, "") {
			if p.new.Check(x.id, k, project.Project, p.at) {
				singly = append(singly, project.Project)
			}
		}
		if got := slices.Collect(p.new.ProjectsWhere(x.id, k, p.at, "")); !slices.Equal(got, singly) {
			return fmt.Errorf("projects where %s may %s: %v, one by one %v", x.id, k, got, singly)
		}
	}
	for _, in := range p.after.everywhere() {
		var singly []PersonID
		for _, x := range p.after.people {
			if p.new.Check(x.id, k, in, p.at) {
				singly = append(singly, x.id)
			}
		}
		if got := slices.Collect(p.new.PeopleWhere(in, k, p.at, "")); !slices.Equal(got, singly) {
			return fmt.Errorf("people who may %s in %q: %v, one by one %v", k, in, got, singly)
		}
	}
	return nil
}

func versionsCount(p *passage) error {
	for i, f := range p.log {
		if f.Version != Version(i+1) || i > 0 && f.At < p.log[i-1].At {
			return fmt.Errorf("version %d at %v follows %d", f.Version, f.At, i)
		}
	}
	if p.new.Version() != Version(len(p.log)) {
		return fmt.Errorf("the state is at %d, the log at %d", p.new.Version(), len(p.log))
	}
	return nil
}

func foldIsSnapshot(p *passage) error {
	saved, catalogs := p.saved, p.new.catalogs
	if folded := Save(Evolve(Empty(catalogs), p.log...)); !bytes.Equal(folded, saved) {
		return fmt.Errorf("folded at once:\n%s\none by one:\n%s", folded, saved)
	}
	loaded, err := Load(catalogs, saved)
	if err != nil {
		return err
	}
	if again := Save(loaded); !bytes.Equal(again, saved) {
		return fmt.Errorf("saved:\n%s\nloaded and saved:\n%s", saved, again)
	}
	if err := consistent(loaded); err != nil {
		return fmt.Errorf("loaded: %w", err)
	}
	if loaded.Counts() != p.new.Counts() {
		return fmt.Errorf("counts %+v, loaded %+v", p.new.Counts(), loaded.Counts())
	}
	fromOld, err := Load(catalogs, Save(p.old))
	if p.old.Version() > 0 && (err != nil || !bytes.Equal(Save(Evolve(fromOld, p.facts...)), saved)) {
		return fmt.Errorf("the step from a loaded state leads elsewhere, %v", err)
	}
	for _, f := range p.facts {
		name, data := Encode(f.Event)
		if e, err := Decode(name, data); err != nil || !sameFacts([]Event{e}, []Event{f.Event}) {
			return fmt.Errorf("%s %s does not read back: %v", name, data, err)
		}
	}
	return nil
}

func secondTimeIsQuiet(p *passage) error {
	facts, err := Decide(p.new, p.by, p.at, p.cmd)
	if p.is(Invite{}) && p.after.entered && !p.before.entered {
		return nil // who comes in by inviting ends the filling on which what the operator offered rests
	}
	if len(facts) > 0 && !p.is(ChangeBilling{}) { // what that changes lies in its note
		name, data := Encode(facts[0])
		return fmt.Errorf("asked again it makes %s %s", name, data)
	}
	var r *Refusal
	if err != nil && !errors.As(err, &r) {
		return fmt.Errorf("asked again: %w", err)
	}
	return nil
}

func viewsAreTrue(p *passage) error {
	differ := func(what string, got, want any) error {
		if reflect.DeepEqual(got, want) {
			return nil
		}
		return fmt.Errorf("%s\n%+v\nby the model\n%+v", what, got, want)
	}
	errs := []error{
		differ("members", slices.Collect(p.new.Members(p.at, "")), p.after.members(p.at)),
		differ("teams", slices.Collect(p.new.Teams("")), p.after.liveTeams()),
		differ("projects", slices.Collect(p.new.Projects(false, "")), p.after.allProjects(false)),
		differ("deleted projects", slices.Collect(p.new.Projects(true, "")), p.after.allProjects(true)),
		differ("invitations", slices.Collect(p.new.Invitations(p.at, "")), p.after.allInvitations(p.at)),
		differ("requests", slices.Collect(p.new.Requests(p.at, "")), p.after.allRequests(p.at)),
		differ("settings", fmt.Sprint(p.new.Settings()), fmt.Sprint(p.after.settings)),
		differ("entered", p.new.Entered(), p.after.entered),
		differ("recovery", p.new.recovery, p.after.recovery),
		differ("plan requests", slices.Collect(p.new.PlanRequests(p.at, "")), p.after.openRequests(p.at)),
		differ("service accounts", slices.Collect(p.new.Accounts(p.at, "")), p.after.allAccounts(p.at)),
	}
	for _, t := range p.after.teams {
		errs = append(errs, differ("roster of "+string(t.Team.Team), slices.Collect(p.new.Roster(t.Team.Team, p.at, "")), p.after.roster(t.Team.Team, p.at)))
		for _, x := range p.after.people {
			errs = append(errs, differ("manager", p.new.Manages(x.id, t.Team.Team, p.at), p.after.manages(x.id, t.Team.Team, p.at)))
		}
	}
	for _, x := range p.after.projects {
		errs = append(errs, differ("people of a project", slices.Collect(p.new.PeopleOf(x.Project.Project, p.at, "")), p.after.peopleOf(x.Project.Project, p.at)))
	}
	return errors.Join(errs...)
}

func (p *picture) openRequests(at Instant) (out []PlanRequest) {
	for _, r := range p.requests {
		if p.member(r.Person, at) != nil {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b PlanRequest) int { return strings.Compare(string(a.Request), string(b.Request)) })
	return out
}

func leadsAreTrue(p *passage) error {
	want := map[string]bool{}
	row := func(kind LeadKind, key, id string) { want[string(kind)+" "+key+" "+id] = true }
	scope := string(p.new.ID()) + " "
	if x := p.new.External(); x != "" {
		row(LeadOrgExternal, string(x), string(p.new.ID()))
	}
	for _, x := range p.after.people {
		if x.member && !p.after.buried {
			row(LeadMember, string(x.id)+" "+string(p.new.ID()), string(x.id))
		}
	}
	for _, x := range p.after.invitations {
		if x.stage == Pending && !p.after.buried {
			row(LeadInvited, string(x.Person)+" "+string(x.Invitation.Invitation), string(x.Invitation.Invitation))
		}
	}
	for _, t := range p.after.teams {
		if t.ExternalID != "" && !t.gone && !p.after.buried {
			row(LeadTeamExternal, scope+string(t.ExternalID), string(t.Team.Team))
		}
	}
	for _, x := range p.after.projects {
		if x.left {
			continue
		}
		if x.offer != nil && !p.after.buried {
			row(LeadOffer, string(x.offer.To)+" "+string(x.Project.Project), string(x.Project.Project))
		}
		row(LeadProject, string(x.Project.Project), string(x.Project.Project))
		if x.ExternalID != "" && x.Deleted == 0 && !p.after.buried {
			row(LeadProjectExternal, scope+string(x.ExternalID), string(x.Project.Project))
		}
	}
	for _, a := range p.after.accounts {
		if p.after.buried {
			break
		}
		if a.external != "" {
			row(LeadAccountExternal, scope+string(a.external), string(a.id))
		}
		for _, k := range a.keys {
			row(LeadKey, string(k.id), string(a.id))
		}
	}
	got := map[string]bool{}
	for at, l := range p.leads {
		if l.Kind != LeadSlug { // slugs that were given up lead on
			got[at+" "+l.ID] = true
		}
	}
	if !maps.Equal(got, want) {
		return fmt.Errorf("%v\nby the model\n%v", got, want)
	}
	if l := p.leads[string(LeadSlug)+" "+string(p.new.Slug())]; l.ID != string(p.new.ID()) {
		return fmt.Errorf("the slug %s leads to %q", p.new.Slug(), l.ID)
	}
	return nil
}
