package org

import (
	"errors"
	"fmt"
	"slices"
)

// cover is what somebody may hand out in a place: all that they hold, and for an owner what is explicit too.
func (p *picture) cover(id PersonID, in ProjectID, at Instant) permissions {
	out := permissions{}
	if !p.active(id, at) {
		return out
	}
	out.add(p.held(id, in, at))
	if p.person(id).role == RoleOwner {
		for _, row := range p.catalog {
			if row.Explicit {
				out[row.Key] = true
			}
		}
	}
	return out
}

// nobodyGivesMore compares what everybody may do before and after, now and later: what somebody won, the actor covered
// at that place before, and won nothing for themselves.
func nobodyGivesMore(p *passage) error {
	switch {
	case p.by.Operator && (!p.before.entered || p.is(AdoptCatalog{})):
		return nil // filling is an owner's act; what a catalog gives is previewed
	case p.is(CreateOrganization{}):
		return nil
	case p.is(CreateProject{}):
		return settingsGive(p)
	case p.is(FinishRecovery{}):
		return nil // everybody had 72 hours to stop it
	case p.is(LiftSuspension{}), p.is(CancelDeletion{}), p.is(Disable{}):
		return nil // what everybody holds anyway, holds again
	case p.does(Reactivate{}):
		return nil // managing, not giving: judged by rank
	case p.is(TakeOver{}):
		return nil // by an invariant of its own
	}
	if err := choosingIsGiving(p); err != nil {
		return err
	}
	for _, at := range p.instants() {
		for _, x := range slices.Concat(p.after.people, p.after.machines) {
			for _, in := range p.before.everywhere() {
				was, is := p.before.effective(x.id, in, at), p.after.effective(x.id, in, at)
				if x.id == p.by.ID() && p.is(RestoreProject{}) {
					was.add(p.before.held(x.id, in, at)) // what slept is theirs
				}
				if p.is(RestoreProject{}) && in != "" && len(is) > 0 {
					for _, r := range p.before.brings(p.before.person(x.id).role, in) {
						was.add(p.before.projectPermissions(r)) // nobody's gift: the organization role brings it wherever a project is
					}
				}
				if was.covers(is) {
					continue
				}
				if x.id == p.by.ID() && !p.ownersOwnExplicit(is, was) && !p.is(AcceptInvitation{}) {
					return fmt.Errorf("%s won something in %q at %v by their own act", x.id, in, at)
				}
				may := p.before.cover(p.by.ID(), in, p.at)
				may.add(p.carriedBy(in))
				may.add(p.lenders(in))
				may.add(p.before.everyones(in, at))
				for k := range is {
					if !was[k] && !may[k] {
						return fmt.Errorf("%s won %s in %q at %v, which %v does not cover", x.id, k, in, at, p.by)
					}
				}
			}
		}
	}
	return nil
}

// choosingIsGiving: who chooses what new projects bring gives it in every project, and so does who puts somebody into
// a team that new projects bring.
func choosingIsGiving(p *passage) error {
	if c, ok := p.cmd.(PlaceInTeam); ok {
		return p.placingIsGiving(c)
	}
	if !p.is(SetSettings{}) {
		return nil
	}
	everywhere := p.before.coversEverywhere(p.by.ID())
	was, is := p.before.settings, p.after.settings
	chosen := []ProjectRole{}
	if is.CreatorRole != was.CreatorRole && is.CreatorRole != "" {
		chosen = append(chosen, is.CreatorRole)
	}
	if is.EveryoneRole != was.EveryoneRole {
		chosen = append(chosen, is.EveryoneRole)
	}
	for _, d := range is.Teams {
		if !slices.Contains(was.Teams, d) {
			chosen = append(chosen, d.Role)
		}
	}
	for _, r := range chosen {
		if !everywhere.covers(p.before.projectPermissions(r)) {
			return fmt.Errorf("%v chose %s for new projects", p.by, r)
		}
	}
	return nil
}

// coversEverywhere is what somebody may hand out in every project, present and future.
func (p *picture) coversEverywhere(id PersonID) permissions {
	out := permissions{}
	out.add(p.projectPermissions(p.bringsEverywhere(p.person(id).role)))
	if p.person(id).role == RoleOwner {
		for _, row := range p.catalog {
			out[row.Key] = out[row.Key] || row.Explicit
		}
	}
	return out
}

func (p *passage) placingIsGiving(c PlaceInTeam) error {
	for _, l := range p.before.places {
		if l.team == c.Team && l.person == c.Person && !l.window.over(p.at) {
			return nil // a place that is changed: judged by what can be held, not by what may come
		}
	}
	if !c.Manager && p.before.manages(p.by.ID(), c.Team, p.at) {
		return nil
	}
	everywhere := p.before.coversEverywhere(p.by.ID())
	for _, d := range p.before.settings.Teams {
		if d.Team == c.Team && !everywhere.covers(p.before.projectPermissions(d.Role)) {
			return fmt.Errorf("%v put somebody into %s, which is %s in every new project", p.by, d.Team, d.Role)
		}
	}
	return nil
}

func (p *passage) is(c Command) bool { return fmt.Sprintf("%T", p.cmd) == fmt.Sprintf("%T", c) }

// does is is for what is done to one person or to a list of people.
func (p *passage) does(c Command) bool {
	list, many := p.cmd.(ChangePeople)
	return p.is(c) || many && fmt.Sprintf("%T", list.one(PersonLine{})) == fmt.Sprintf("%T", c)
}

// everyones is what was given to all people, present and future, when it was given.
func (p *picture) everyones(in ProjectID, at Instant) permissions {
	out := permissions{}
	for _, g := range p.grants {
		if g.to.Everyone && g.project == in && g.window.contains(at) {
			out.add(p.projectPermissions(g.role))
		}
	}
	return out
}

// carriedBy is what a manager hands on with a plain place in their team.
func (p *passage) carriedBy(in ProjectID) permissions {
	out := permissions{}
	c, ok := p.cmd.(PlaceInTeam)
	if !ok || c.Manager || !p.before.manages(p.by.ID(), c.Team, p.at) {
		return out
	}
	for _, g := range p.before.grants {
		if g.to.Team == c.Team && g.project == in {
			out.add(p.before.projectPermissions(g.role))
		}
	}
	return out
}

// settingsGive holds that a new project brings what the settings say and nothing else.
func settingsGive(p *passage) error {
	var project ProjectID
	for _, f := range p.facts {
		switch e := f.Event.(type) {
		case *Entered:
		case *ProjectCreated:
			project = e.Project
		case *GrantGiven:
			set, want := p.before.settings, ProjectRole("")
			switch {
			case e.Subject.Everyone:
				want = set.EveryoneRole
			case e.Subject.Team != "":
				for _, d := range set.Teams {
					if d.Team == e.Subject.Team {
						want = d.Role
					}
				}
			case e.Subject.holder() == p.by.ID():
				if want = set.CreatorRole; want == "" {
					want = Owner
				}
			}
			if e.Project != project || e.Role != want || e.Source != BySetting || e.Window != (Window{}) {
				return fmt.Errorf("gave %+v, the settings are %+v", e, set)
			}
		default:
			return fmt.Errorf("made a %T", e)
		}
	}
	return nil
}

// nobodyActsUpwards holds every act on a membership or grant of somebody else against the ranks before it.
func nobodyActsUpwards(p *passage) error {
	if p.by.Operator || p.is(CreateOrganization{}) {
		if p.by.Operator && p.before.entered {
			return operatorGivesNoRole(p)
		}
		return nil
	}
	if m, ok := p.cmd.(moving); ok && m.ByOffer {
		return nil // who accepts an offer need not be here; movesAreWhole holds who may
	}
	me := p.before.member(p.by.ID(), p.at)
	if p.by.Own && me != nil && p.before.active(p.by.ID(), p.at) && !me.ready() {
		return errors.New("accepted by a key of somebody's own who is not ready")
	}
	if p.cmd.needs().guest {
		return nil // it acts on nobody else
	}
	in := p.before.active
	if p.cmd.needs().suspended {
		in = p.before.begun
	}
	if me == nil || !in(p.by.ID(), p.at) {
		return errors.New("accepted from somebody who is no active member")
	}
	for _, f := range p.facts {
		var err error
		switch e := f.Event.(type) {
		case *RoleSet:
			err = p.below(me, e.Person, false)
		case *MemberRescheduled:
			err = p.below(me, e.Person, false)
		case *MemberReactivated:
			err = p.below(me, e.Person, true)
		case *MemberRemoved:
			err = p.below(me, e.Person, true)
		case *MemberSuspended:
			err = p.suspends(me, e)
		case *AccountEnabled:
			err = errors.Join(p.aboveAccount(me, e), p.holdsOf(me, e.Account, 0))
		case onAccount:
			err = p.aboveAccount(me, e)
		case *KeyMade:
			err = p.holdsOf(me, e.Account, e.Expires)
		case *KeyRotated:
			err = p.holdsOf(me, e.Account, e.Expires)
		case *KeyKept:
			err = p.holdsOf(me, e.Account, 0)
		case *GrantTaken:
			err = p.belowOn(e.Project, e.Subject, e.Role, e.Source)
		case *GrantRescheduled:
			err = p.belowOn(e.Project, e.Subject, e.Role, e.Source)
		case *RoleEdited:
			err = p.belowHolders(me, e.Role, e.equal(p.before.role(e.Role).RoleContent))
		case *RoleDeleted:
			err = p.belowHolders(me, e.Role, false)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (p *passage) below(me *rPerson, whom PersonID, stopping bool) error {
	if whom == me.id || me.role == RoleOwner {
		return nil
	}
	mine, theirs := p.before.orgPermissions(me.role), p.before.orgPermissions(p.before.person(whom).role)
	if stopping && p.before.person(whom).role == RoleBillingAdmin {
		theirs = permissions{}
	}
	if mine.covers(theirs) && !theirs.covers(mine) {
		return nil
	}
	return fmt.Errorf("%s, %s, acted on %s, %s", me.id, me.role, whom, p.before.person(whom).role)
}

func (p *passage) suspends(me *rPerson, e *MemberSuspended) error {
	err := p.below(me, e.Person, true)
	peers := me.role == RoleAdmin && p.before.person(e.Person).role == RoleAdmin && e.Person != me.id
	if peers != e.Peer {
		return fmt.Errorf("%+v by %s, %s", e, me.id, me.role)
	}
	if !peers {
		return err
	}
	if slices.ContainsFunc(p.before.people, func(x *rPerson) bool {
		return p.before.member(x.id, p.at) != nil && x.paused && x.peer && x.by == me.id && x.role == RoleAdmin
	}) {
		return fmt.Errorf("%s has two suspensions of admins open", me.id)
	}
	return nil
}

func (p *passage) belowOn(in ProjectID, whose Subject, role ProjectRole, source Source) error {
	if whose.holder() == p.by.ID() && whose.holder() != "" {
		return nil
	}
	if slices.ContainsFunc(p.before.grants, func(g rGrant) bool {
		return g.project == in && g.to == whose && g.role == role && g.source == source && g.window.over(p.at)
	}) {
		return nil // it gave nothing any more
	}
	mine, theirs := p.before.held(p.by.ID(), in, p.at), p.before.projectPermissions(role)
	if mine.covers(p.before.projectPermissions(Owner)) || mine.covers(theirs) && !theirs.covers(mine) {
		return nil
	}
	return fmt.Errorf("%s took or changed %s of %+v in %s and is not above", p.by.ID(), role, whose, in)
}

// operatorGivesNoRole holds that in an entered organization the operator does what is theirs and nothing else.
func operatorGivesNoRole(p *passage) error {
	for _, f := range p.facts {
		switch f.Event.(type) {
		case *CatalogAdopted, *ReadinessChanged, *MemberDisabled, *MemberEnabled, *MemberErased, *ExternalIDSet, *TeamExternalIDSet, *ProjectExternalIDSet, *AccountExternalIDSet, *AccountActingSet,
			*OrganizationSuspended, *SuspensionLifted, *OrganizationClosed,
			*PlanSet, *PlanExceeded, *RecoveryStarted, *RecoveryStopped, *RecoveryFinished:
		case *KeyMade, *KeyRotated, *KeyRescheduled, *KeyEnded:
			if !p.is(Erase{}) && !p.ofActing(f.Event) {
				return fmt.Errorf("the operator made %T in an entered organization", f.Event)
			}
		default:
			return fmt.Errorf("the operator made %T in an entered organization", f.Event)
		}
	}
	return nil
}
