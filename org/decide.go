package org

// A Command asks. It names the right it needs, so no rule can be written without one, and says which facts follow, or
// refuses. What is true of all commands (cover, manage downwards, never ownerless) is judged on the facts, once.
type Command interface {
	needs() Need
	decide(Situation) ([]Event, error)
}

// Actor is who asks: a person, a service account, or the operator. The zero Actor is nobody and may nothing.
type Actor struct {
	Person   PersonID
	Account  AccountID
	Operator bool
	// Own says that the person asks with a key of their own, and nobody for them: it opens no organization in which they
	// are not ready.
	Own bool
	// Until is when the key ends that the actor asks with, if it does: no key is made with it that lasts longer.
	Until Instant
}

// ID is the actor's id as facts name it; empty for the operator.
func (a Actor) ID() PersonID {
	if a.Account != "" {
		return a.Account.principal()
	}
	return a.Person
}

// subject is the actor as one who holds a grant.
func (a Actor) subject() Subject { return Subject{Person: a.Person, Account: a.Account} }

// Situation is what a command is decided in.
type Situation struct {
	*State
	by  Actor
	row uint32  // the actor's row, noRow for the operator
	me  *member // the actor's membership; nil for the operator
	at  Instant

	reached map[roleNumber]bool // what reachesHolders found out
}

// Need is a right, or several of which one is enough.
type Need struct {
	org      Permission // held in the organization
	project  ProjectID  // with on: held in this project
	on       Permission
	dormant  bool      // the project may be deleted
	team     TeamID    // or: manages this team
	account  AccountID // or: manages the service accounts of the project whose own this one is
	self     PersonID  // or: is this person or service account
	member   bool      // or: is a member
	fill     bool      // with member: or the operator, as long as nobody has entered
	guest    bool      // or: is any person
	operator bool      // or: is the operator, whoever has entered
	founding bool      // the organization does not exist yet

	suspended bool // even while the organization is suspended
	closed    bool // even once it has closed
}

func inOrg(p Permission) Need                 { return Need{org: p} }
func on(project ProjectID, p Permission) Need { return Need{project: project, on: p} }
func (n Need) orInOrg(p Permission) Need      { n.org = p; return n }
func (n Need) orManager(t TeamID) Need        { n.team = t; return n }
func (n Need) orItsProject(a AccountID) Need  { n.account = a; return n }
func (n Need) orSelf(p PersonID) Need         { n.self = p; return n }
func (n Need) orOperator() Need               { n.operator = true; return n }
func (n Need) evenSuspended() Need            { n.suspended = true; return n }
func (n Need) evenDeleted() Need              { n.dormant = true; return n }
func (n Need) evenClosed() Need               { n.closed = true; return n }
func operatorOnly() Need                      { return Need{operator: true} }
func anyMember() Need                         { return Need{member: true} }
func insider() Need                           { return Need{member: true, fill: true} }
func anybody() Need                           { return Need{guest: true} }
func (n Need) onlyOperator() bool {
	return n == Need{operator: true, suspended: n.suspended, closed: n.closed}
}

func validated(c Command) error {
	v, ok := c.(interface{ valid() error })
	if !ok {
		return nil
	}
	return v.valid()
}

// Decide judges a command and returns the facts that follow; none if it changes nothing.
func Decide(s *State, by Actor, at Instant, c Command) ([]Event, error) {
	now, err := situate(s, by, at, c)
	if err != nil {
		return nil, err
	}
	facts, err := c.decide(now)
	if err != nil {
		return nil, err
	}
	if c.needs().founding {
		return facts, nil
	}
	return now.conclude(facts)
}

// situate finds out what a command is decided in, for an actor who has the right that it needs.
func situate(s *State, by Actor, at Instant, c Command) (Situation, error) {
	now := Situation{State: s, by: by, row: noRow, at: s.Next(at), reached: map[roleNumber]bool{}}
	if s.damage != nil {
		return now, s.damage
	}
	need := c.needs()
	if need.founding != (s.version == 0) {
		if need.founding {
			return now, ErrOrganizationExists
		}
		return now, ErrUnknownOrganization
	}
	if !need.founding {
		if s.catalog == nil {
			return now, ErrUnknownCatalog
		}
		if err := now.enter(need); err != nil {
			return now, err
		}
	}
	if err := validated(c); err != nil {
		return now, err
	}
	return now, now.may(need)
}

// conclude judges the facts of a command and puts those to them that follow from the command whatever it is.
func (now Situation) conclude(facts []Event) ([]Event, error) {
	next, err := now.judge(facts)
	if err != nil {
		return nil, err
	}
	return now.entering(append(facts, now.overstepped(next)...)), nil
}

// entering puts the fact that the actor was in before the facts of a command, if it is the first of a member.
func (now Situation) entering(facts []Event) []Event {
	if now.me == nil || now.me.machine || now.entered || entersItself(facts) {
		return facts
	}
	return append([]Event{&Entered{Person: now.by.Person}}, facts...)
}

func entersItself(facts []Event) bool {
	for _, f := range facts {
		if _, ok := f.(*Entered); ok {
			return true
		}
	}
	return false
}

// enter finds the actor's membership, and holds against the command what the organization itself has come to.
func (now *Situation) enter(need Need) error {
	switch {
	case now.by.Operator && now.over(now.at) && !need.closed:
		return ErrClosed
	case now.by.Operator:
		return nil
	}
	i, m, err := now.admitsActor(now.by, now.at)
	switch {
	case need.guest && now.over(now.at):
		return ErrUnknownOrganization
	case err != nil && (!need.guest || err == ErrNotReady || err == ErrPersonDisabled):
		return err
	}
	if now.suspended != 0 && !need.suspended {
		return ErrOrganizationSuspended
	}
	now.row, now.me = i, m
	return nil
}

// fills reports whether the operator acts in an organization that no member has entered: judged as an owner's act.
func (now Situation) fills() bool { return now.by.Operator && !now.entered }

// may answers whether the actor has the right, one of several being enough.
func (now Situation) may(n Need) error {
	switch {
	case n.founding:
		if now.by.Operator || now.by.Account == "" && now.by.Person.Valid() {
			return nil
		}
		return ErrNotAllowed
	case n.guest:
		if now.by.Operator || !now.by.Person.Valid() {
			return ErrNotAllowed
		}
		return nil
	case now.by.Operator && n.member && !n.fill:
		return ErrNotAllowed
	case now.by.Operator && (n.operator || !now.entered):
		return now.exists(n)
	case now.by.Operator:
		return ErrEntered
	case n.onlyOperator():
		return ErrOperatorOnly
	}
	if err := now.exists(n); err != nil {
		return err
	}
	if n.member && !now.me.machine || n.self != "" && n.self == now.by.ID() {
		return nil
	}
	if n.org != "" && now.holdsInOrg(n.org) || n.on != "" && now.holdsOn(n.project, n.on) {
		return nil
	}
	if n.team != "" && now.Manages(now.by.ID(), n.team, now.at) || n.account != "" && now.managesOwn(n.account) {
		return nil
	}
	return ErrNotAllowed
}

// exists refuses what names an unknown project or team or account before rights are asked: they look alike in
// another organization.
func (now Situation) exists(n Need) error {
	if n.team != "" {
		if _, t := now.liveTeam(n.team); t == nil {
			return ErrUnknownTeam
		}
	}
	if n.account != "" {
		if a, _ := now.liveAccount(n.account); a == nil {
			return ErrUnknownAccount
		}
	}
	if n.on != "" || n.project != "" {
		if _, _, err := now.liveProject(n.project); err == ErrUnknownProject || err != nil && !n.dormant {
			return err
		}
	}
	return nil
}

func (now Situation) holdsInOrg(p Permission) bool {
	i, ok := now.catalog.number[p]
	return ok && now.orgSet(now.me).has(i)
}

func (now Situation) holdsOn(project ProjectID, p Permission) bool {
	i, ok := now.catalog.number[p]
	row := now.projectRow(project)
	return ok && row != noRow && now.heldOn(now.me, row, lasting{at: now.at}).has(i)
}

// judge holds every rule that is true of all commands against the facts of this one.
func (now Situation) judge(facts []Event) (*State, error) {
	r := now.State.Replay() // of many facts, each costs what it changes, and not a state of its own
	if err := now.follow(r, facts); err != nil {
		return nil, err
	}
	next := r.State()
	if err := now.staysOwned(next, facts); err != nil {
		return nil, err
	}
	return next, now.within(next)
}

// follow judges facts and folds them one by one, each in the state that its predecessors leave, the actor's authority
// always that of the version that the command follows.
func (now Situation) follow(r *Replay, facts []Event) error {
	running := &r.next
	var fresh ProjectID
	for _, f := range facts {
		if err := now.judgeBelow(running, f); err != nil {
			return err
		}
		if k, ok := f.(knower); ok {
			if err := k.knows(running); err != nil {
				return err
			}
		}
		switch p := f.(type) {
		case *ProjectCreated:
			fresh = p.Project
		case *ProjectReceived:
			fresh = p.Project
		}
		if g, ok := f.(giver); ok && !bySetting(f, fresh) && !byRecovery(f) {
			if err := now.lender(f).coversAll(g.gives(running)); err != nil {
				return err
			}
		}
		if err := r.Fold(Stamp(running, Meta{At: now.at, Actor: now.by.ID()}, []Event{f})...); err != nil {
			return err
		}
	}
	return nil
}

// bySetting reports whether a fact only does what the settings say for a project just made: they were judged as giving
// in every project when they were chosen.
func bySetting(f Event, fresh ProjectID) bool {
	g, ok := f.(*GrantGiven)
	return ok && g.Source == BySetting && g.Project == fresh
}
