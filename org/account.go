package org

// A service account is a program's way in: it belongs to one organization, holds a role there (never owner), grants and
// team places as people do, and asks with keys.

// account is what a service account has beside its row among the members.
type account struct {
	body     body
	row      uint32 // among the members
	acting   bool   // the operator lets it act for people
	created  Instant
	name     Name
	external ExternalID
	keys     []accountKey // in order of making, and never changed in place
}

func (a *account) id() AccountID { return AccountID(accountPrefix + string(a.body[:])) }

// principal is the id of a service account where whoever did or holds something is named, be it a person or an account.
func (id AccountID) principal() PersonID { return PersonID(id) }

// account returns a service account's own row by its id, noRow if the log never named it.
func (s *State) accountRow(id AccountID) uint32 {
	return s.accountWith(behind(accountPrefix, string(id)))
}

func (s *State) accountWith(body string) uint32 {
	return s.accountAt.find(hashOf(body), func(row uint32) bool { return string(s.accounts.get(row).body[:]) == body })
}

// accountOf returns what a member's row has beside it as a service account; nil if it is a person's.
func (s *State) accountOf(member uint32) *account {
	m := s.people.get(member)
	if !m.machine {
		return nil
	}
	if i := s.accountWith(string(m.body[:])); i != noRow && s.accounts.get(i).row == member {
		return s.accounts.get(i)
	}
	return nil
}

// liveAccount returns a service account that was not deleted, and its row among the members.
func (s *State) liveAccount(id AccountID) (*account, *member) {
	i := s.accountRow(id)
	if i == noRow {
		return nil, nil
	}
	a := s.accounts.get(i)
	if m := s.people.get(a.row); m.in() {
		return a, m
	}
	return nil, nil
}

// principal returns the row of a person or service account, noRow if the log never named it.
func (s *State) principal(id PersonID) uint32 {
	if body := behind(personPrefix, string(id)); body != "" {
		return s.personWith(body)
	}
	if i := s.accountWith(behind(accountPrefix, string(id))); i != noRow {
		return s.accounts.get(i).row
	}
	return noRow
}

// holder is member for people and service accounts alike.
func (s *State) holder(id PersonID, at Instant) (uint32, *member) {
	if i := s.principal(id); i != noRow && !s.gone(s.people.get(i), at) {
		return i, s.people.get(i)
	}
	return noRow, nil
}

// AccountByExternal finds the service account that carries the application's own key.
func (s *State) AccountByExternal(x ExternalID) (AccountID, bool) {
	i := s.accountExternal.find(hashOf(string(x)), func(row uint32) bool { return s.accounts.get(row).external == x })
	if i == noRow {
		return "", false
	}
	return s.accounts.get(i).id(), true
}

// presentAccount returns the row of a service account that was not deleted, or breaks the state.
func (s *State) presentAccount(id AccountID, m Meta) uint32 {
	if a, _ := s.liveAccount(id); a == nil {
		s.broken("version %d: no service account %s", m.Version, id)
		return noRow
	}
	return s.accountRow(id)
}

// editAccount returns an account for writing; its row among the members notes the version.
func (s *State) editAccount(i uint32) *account {
	a := s.accounts.at(s.edit, i)
	s.editPerson(a.row)
	return a
}

func (s *State) nameAccount(i uint32, x ExternalID) {
	a := s.editAccount(i)
	if a.external != "" {
		s.accountExternal.drop(s.edit, hashOf(string(a.external)), i)
	}
	if x != "" {
		s.accountExternal.put(s.edit, hashOf(string(x)), i)
	}
	a.external = x
}

// AccountsStated states what service accounts have beside their rows among the members, in order.
type AccountsStated struct{ rows []account }

func (f *AccountsStated) fields(c *codec) {
	c.array("accounts", len(f.rows), func() { f.rows = append(f.rows, account{}) }, func(i int) {
		a := &f.rows[i]
		c.byte('{')
		c.id(accountPrefix, &a.body)
		c.small("row", &a.row)
		text(c, "name", &a.name)
		option(c, "external_id", &a.external)
		number(c, "created", &a.created)
		c.flag("acting", &a.acting)
		c.array("keys", len(a.keys), func() { a.keys = append(a.keys, accountKey{}) }, func(j int) {
			k := &a.keys[j]
			c.byte('{')
			c.id(keyPrefix, &k.body)
			number(c, "made", &k.made)
			c.giver("by", &k.by)
			number(c, "expires", &k.expires)
			c.flag("acting", &k.acting)
			c.byte('}')
		})
		c.byte('}')
	})
}

func (f *AccountsStated) apply(s *State, _ Meta) {
	for i := range f.rows {
		a := f.rows[i]
		if !s.plausibleAccount(&a) {
			s.broken("service account %s is stated twice or wrongly", a.id())
			return
		}
		row := s.accounts.add(s.edit, a)
		s.accountAt.put(s.edit, hashOf(string(a.body[:])), row)
		if a.external != "" {
			s.accountExternal.put(s.edit, hashOf(string(a.external)), row)
		}
	}
}

func (s *State) plausibleAccount(a *account) bool {
	if int(a.row) >= s.people.n || s.accountWith(string(a.body[:])) != noRow {
		return false
	}
	m := s.people.get(a.row)
	_, taken := s.AccountByExternal(a.external)
	if !m.machine || m.body != a.body || taken || !m.in() && (a.external != "" || len(a.keys) > 0 || a.acting) {
		return false
	}
	for _, k := range a.keys {
		if k.by != operatorRow && int(k.by) >= s.people.n || k.made <= 0 || k.made > s.at || k.acting && !a.acting {
			return false
		}
	}
	return true
}

// machine reports whether a row is a service account's.
func (s *State) machine(row uint32) bool { return row != noRow && s.people.get(row).machine }

// heldBy is the row of a person or service account, of whom a fact names one.
func (s *State) heldBy(p PersonID, a AccountID) uint32 {
	if a != "" {
		return s.principal(a.principal())
	}
	return s.person(p)
}

// presentHolder returns that row if it can hold something, or breaks the state.
func (s *State) presentHolder(p PersonID, a AccountID, m Meta) uint32 {
	if a == "" {
		return s.present(p, m)
	}
	if i := s.presentAccount(a, m); i != noRow {
		return s.accounts.get(i).row
	}
	return noRow
}

// holder is a field with a person's id, or one with a service account's.
func (c *codec) holder(p *PersonID, a *AccountID) {
	option(c, "person", p)
	option(c, "account", a)
	if c.reading && c.err == nil && (*p == "") == (*a == "") {
		c.fail("not one holder")
	}
}
