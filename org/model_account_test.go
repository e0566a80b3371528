package org

import "slices"

// rAccount is a service account beside its row among those who hold something.
type rAccount struct {
	id       AccountID
	name     Name
	external ExternalID
	acting   bool
	gone     bool
	keys     []rKey
}

type rKey struct {
	id      KeyID
	by      PersonID
	made    Instant
	expires Instant
	acting  bool
}

func (w Subject) holder() PersonID { return w.Person + PersonID(w.Account) }

func (p *picture) account(id AccountID) *rAccount {
	for _, a := range p.accounts {
		if a.id == id {
			return a
		}
	}
	return nil
}

func (a *rAccount) key(id KeyID) *rKey {
	for i := range a.keys {
		if a.keys[i].id == id {
			return &a.keys[i]
		}
	}
	return nil
}

func (a *rAccount) without(ends func(rKey) bool) {
	a.keys = slices.DeleteFunc(slices.Clone(a.keys), ends)
}

func (p *picture) readAccount(f Stamped) {
	touch := func(id AccountID) *rAccount {
		p.touch(PersonID(id))
		return p.account(id)
	}
	switch e := f.Event.(type) {
	case *AccountCreated:
		p.machines = append(p.machines, &rPerson{id: PersonID(e.Account), member: true, machine: true, role: e.Role, since: f.Version, changed: f.Version,
			joined: f.At, addedBy: f.Actor, source: ByHand})
		p.accounts = append(p.accounts, &rAccount{id: e.Account, name: e.Name, external: e.ExternalID})
	case *AccountRenamed:
		touch(e.Account).name = e.Name
	case *AccountExternalIDSet:
		touch(e.Account).external = e.ExternalID
	case *AccountRoleSet:
		p.touch(PersonID(e.Account)).role = e.Role
	case *AccountActingSet:
		a := touch(e.Account)
		if a.acting = e.Acting; !e.Acting {
			a.without(func(k rKey) bool { return k.acting })
		}
	case *AccountDisabled:
		p.touch(PersonID(e.Account)).paused = true
	case *AccountEnabled:
		p.touch(PersonID(e.Account)).paused = false
	case *AccountDeleted:
		p.ends(PersonID(e.Account))
		a := touch(e.Account)
		a.gone, a.keys, a.external, a.acting = true, nil, "", false
	case *KeyMade:
		a := touch(e.Account)
		a.keys = append(a.keys, rKey{e.Key, f.Actor, f.At, e.Expires, e.Acting})
	case *KeyRotated:
		a := touch(e.Account)
		a.key(e.Old).expires = e.OldEnds
		a.keys = append(a.keys, rKey{e.Key, f.Actor, f.At, e.Expires, e.Acting})
	case *KeyRescheduled:
		k := touch(e.Account).key(e.Key)
		if k.expires != 0 && (e.Expires == 0 || e.Expires > k.expires) {
			k.by = f.Actor
		}
		k.expires = e.Expires
	case *KeyEnded:
		touch(e.Account).without(func(k rKey) bool { return k.id == e.Key })
	case *KeyKept:
		touch(e.Account).key(e.Key).by = f.Actor
	}
}

// forget ends the keys for which somebody answered in a membership that is over by itself.
func (p *picture) forget(id PersonID) {
	if x := p.person(id); x == nil || !x.member {
		return
	}
	for _, a := range p.accounts {
		if slices.ContainsFunc(a.keys, func(k rKey) bool { return k.by == id }) {
			p.touch(PersonID(a.id))
			a.without(func(k rKey) bool { return k.by == id })
		}
	}
}

// opens reports whether a key opens: the account and whoever answers for the key being in.
func (p *picture) opens(a *rAccount, k *rKey, at Instant) bool {
	x := p.person(PersonID(a.id))
	return x.member && !x.paused && !(k.expires != 0 && at >= k.expires) && (k.by == "" || p.member(k.by, at) != nil)
}

// own is the project whose own an account is.
func (p *picture) own(id AccountID, at Instant) ProjectID {
	if p.person(PersonID(id)).role != RoleMember {
		return ""
	}
	for _, l := range p.places {
		if l.person == PersonID(id) && !l.window.over(at) {
			return ""
		}
	}
	in := map[ProjectID]bool{}
	for _, g := range p.grants {
		if g.to.Account == id && !g.window.over(at) {
			in[g.project] = true
		}
	}
	for project := range in {
		if len(in) == 1 {
			return project
		}
	}
	return ""
}

func (p *picture) allAccounts(at Instant) (out []Account) {
	for _, a := range p.accounts {
		x := p.person(PersonID(a.id))
		if a.gone {
			continue
		}
		v := Account{Account: a.id, Name: a.name, Role: x.role, Enabled: !x.paused, ExternalID: a.external, Acting: a.acting, Project: p.own(a.id, at),
			Teams: []TeamID{}, Created: x.joined, CreatedBy: x.addedBy, Changed: x.changed}
		for _, t := range p.teams {
			for _, l := range p.places {
				if l.person == x.id && l.team == t.Team.Team && !l.window.over(at) {
					v.Teams = append(v.Teams, l.team)
				}
			}
		}
		for _, g := range p.grants {
			if g.to.Account == a.id {
				v.Grants++
			}
		}
		for i := range a.keys {
			if p.opens(a, &a.keys[i], at) {
				v.Keys++
			}
		}
		out = append(out, v)
	}
	return out
}
