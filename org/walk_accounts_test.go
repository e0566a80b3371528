package org

import (
	"fmt"
	"strings"
)

// keysOpenForTheirAccount asks every key that ever was, now and later.
func keysOpenForTheirAccount(p *passage) error {
	for _, at := range p.instants() {
		for _, f := range p.log {
			var account AccountID
			var key KeyID
			switch e := f.Event.(type) {
			case *KeyMade:
				account, key = e.Account, e.Key
			case *KeyRotated:
				account, key = e.Account, e.Key
			default:
				continue
			}
			a := p.after.account(account)
			k := a.key(key)
			want := k != nil && p.after.opens(a, k, at)
			if got, acting := p.new.KeyOpens(account, key, at); got != want || got && acting != k.acting {
				return fmt.Errorf("%s opens %v at %v, by the model %v", key, got, at, want)
			}
		}
	}
	return nil
}

func accountsAreNoPeople(p *passage) error {
	for _, x := range p.after.machines {
		for _, r := range p.new.Catalog().rows {
			if r.Reserved && p.new.Check(x.id, r.Key, "", p.at) {
				return fmt.Errorf("%s holds %s", x.id, r.Key)
			}
		}
		for _, t := range p.after.teams {
			if p.new.Manages(x.id, t.Team.Team, p.at) {
				return fmt.Errorf("%s manages %s", x.id, t.Team.Team)
			}
		}
		if _, ok := p.new.Member(x.id, p.at); ok || x.role == RoleOwner {
			return fmt.Errorf("%s is a member, as %s", x.id, x.role)
		}
	}
	for _, id := range p.new.Owners(p.at) {
		if !strings.HasPrefix(string(id), "usr_") {
			return fmt.Errorf("%s is an owner", id)
		}
	}
	people := 0
	for range p.new.Members(p.at, "") {
		people++
	}
	if c := p.new.Counts(); people > c.Active+c.Suspended || len(p.after.allAccounts(p.at)) != c.Accounts {
		return fmt.Errorf("%d people and %d accounts, counted %+v", people, len(p.after.allAccounts(p.at)), c)
	}
	return nil
}

// ofActing reports whether a fact is about a key by which an account acts for people.
func (p *passage) ofActing(f Event) bool {
	acting := func(a AccountID, k KeyID) bool {
		x := p.before.account(a).key(k)
		return x != nil && x.acting
	}
	switch e := f.(type) {
	case *KeyMade:
		return e.Acting
	case *KeyRotated:
		return e.Acting && acting(e.Account, e.Old)
	case *KeyRescheduled:
		return acting(e.Account, e.Key)
	case *KeyEnded:
		return acting(e.Account, e.Key)
	}
	return false
}

// aboveAccount holds an act on a service account against the ranks before it.
func (p *passage) aboveAccount(me *rPerson, on onAccount) error {
	id, a := on.account()
	x := p.before.person(PersonID(id))
	if x.id == me.id || me.role == RoleOwner {
		return nil
	}
	mine, theirs := p.before.orgPermissions(me.role), p.before.orgPermissions(x.role)
	if (a == actSuspend || a == actRemove) && x.role == RoleBillingAdmin {
		theirs = permissions{}
	}
	if own := p.before.own(id, p.at); own != "" && me.role != RoleAdmin {
		mine, theirs = p.before.held(me.id, own, p.at), permissions{}
		for _, g := range p.before.grants {
			if g.to.Account == id && !g.window.over(p.at) {
				theirs.add(p.before.projectPermissions(g.role))
			}
		}
	}
	if !mine.covers(theirs) || me.machine && theirs.covers(mine) {
		return fmt.Errorf("%s, %s, acted on %s, %s", me.id, me.role, id, x.role)
	}
	return nil
}

// holdsOf holds that who gives a key holds all that the account holds now.
func (p *passage) holdsOf(me *rPerson, id AccountID, _ Instant) error {
	if me.id == PersonID(id) {
		return fmt.Errorf("%s gave itself a key", id)
	}
	for _, in := range p.before.everywhere() {
		mine := p.before.cover(me.id, in, p.at)
		mine.add(p.before.everyones(in, p.at))
		theirs := p.before.effective(PersonID(id), in, p.at)
		if x := p.before.person(PersonID(id)); x.paused {
			theirs = p.before.held(x.id, in, p.at)
		}
		if !mine.covers(theirs) {
			return fmt.Errorf("%s gave a key to %s, which holds more in %q", me.id, id, in)
		}
	}
	return nil
}

func (c *chance) account() AccountID {
	from := c.p
	if c.rarely() {
		from = c.w.orgs[1-c.org].at
	}
	if c.rarely() || len(from.accounts) == 0 {
		return pick(c, []AccountID{"", "sa_", acc("nobody")})
	}
	return pick(c, from.accounts).id
}

// key picks an account with a key, or any.
func (c *chance) key() (AccountID, KeyID) {
	var with []*rAccount
	for _, a := range c.p.accounts {
		if len(a.keys) > 0 {
			with = append(with, a)
		}
	}
	if len(with) == 0 || c.rarely() {
		return c.account(), ky("nobody")
	}
	a := pick(c, with)
	return a.id, pick(c, a.keys).id
}

// keysBy are keys for which somebody answers, most of them.
func (c *chance) keysBy(id PersonID) (keys []KeyID) {
	for _, a := range c.p.accounts {
		for _, k := range a.keys {
			if k.by == id && c.often() {
				keys = append(keys, k.id)
			}
		}
	}
	return keys
}

// maker is somebody who answers for a key, if there is anybody.
func (c *chance) maker() PersonID {
	var all []PersonID
	for _, a := range c.p.accounts {
		for _, k := range a.keys {
			all = append(all, k.by)
		}
	}
	return pick(c, all)
}

func (c *chance) end() Instant {
	return pick(c, []Instant{0, 0, 0, c.w.now + hour, c.w.now + day, c.w.now + 40*day, c.w.now, c.window().End})
}

func (c *chance) aboutAccounts() Command {
	create := func() Command {
		a := CreateAccount{Account: AccountID(c.fresh("sa_")), Name: c.name(), Role: pick(c, []OrgRole{"", "", RoleAdmin, c.orgRole()}), ExternalID: c.external()}
		for range c.IntN(3) {
			a.Grants = append(a.Grants, AccountGrant{c.project(), c.role(), c.window()})
		}
		return a
	}
	return pick(c, []func() Command{
		create, create, create, create,
		func() Command { return RenameAccount{c.account(), c.name()} },
		func() Command { return SetAccountExternalID{c.account(), c.external()} },
		func() Command { return SetAccountRole{c.account(), c.orgRole()} },
		func() Command { return DisableAccount{c.account()} },
		func() Command {
			for _, x := range c.p.machines {
				if x.paused && c.often() {
					return EnableAccount{AccountID(x.id)}
				}
			}
			return EnableAccount{c.account()}
		},
		func() Command { return LetAccountAct{c.account(), c.often()} },
		func() Command { return DeleteAccount{c.account()} },
		func() Command { return PlaceAccountInTeam{c.team(), c.account(), c.window()} },
		func() Command { return PlaceAccountInTeam{c.team(), c.account(), c.window()} },
		func() Command { return TakeAccountFromTeam{c.team(), c.account()} },
	})()
}

func (c *chance) aboutKeys() Command {
	account, key := c.key()
	make := func() Command {
		return MakeKey{Account: c.account(), Key: KeyID(c.fresh("key_")), Expires: c.end(), Acting: c.IntN(6) == 0}
	}
	rotate := func() Command {
		return RotateKey{Account: account, Old: key, Key: KeyID(c.fresh("key_")), Expires: c.end(), Overlap: c.end()}
	}
	reschedule := func() Command { return RescheduleKey{account, key, c.end()} }
	return pick(c, []func() Command{
		make, make, make, rotate, rotate, reschedule, reschedule,
		func() Command { return EndKey{account, key} },
		func() Command {
			maker := c.maker()
			return Remove{Person: maker, KeepKeys: c.keysBy(maker)}
		},
		func() Command {
			maker := c.mostly(func(x *rPerson) bool { return x.member && x.id != c.by.Person && len(c.keysBy(x.id)) > 0 })
			return Remove{Person: maker, KeepKeys: c.keysBy(maker)}
		},
	})()
}
