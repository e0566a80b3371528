package org

// CreateAccount makes a service account, with grants if wished. A plain member whose grants all lie in one project is
// that project's own, and may be made by whoever manages the service accounts there.
type CreateAccount struct {
	Account    AccountID      `json:"-"`
	Name       Name           `json:"name"`
	Role       OrgRole        `json:"role,omitempty"` // member if empty, never owner
	ExternalID ExternalID     `json:"external_id,omitempty"`
	Grants     []AccountGrant `json:"grants,omitempty"`
}

// AccountGrant is a role in a project for a new service account.
type AccountGrant struct {
	Project ProjectID   `json:"project"`
	Role    ProjectRole `json:"role"`
	Window
}

// maxAccountGrants bounds what one command gives; more are given by commands of their own.
const maxAccountGrants = 100

func (c CreateAccount) needs() Need {
	n := inOrg("service_accounts:manage")
	if c.Role != "" && c.Role != RoleMember || len(c.Grants) == 0 {
		return n
	}
	for _, g := range c.Grants {
		if g.Project != c.Grants[0].Project {
			return n
		}
	}
	n.project, n.on = c.Grants[0].Project, "project:manage_service_accounts"
	return n
}

func (c CreateAccount) valid() error {
	if !c.Account.Valid() {
		return ErrBadID
	}
	if err := c.Name.valid(); err != nil {
		return err
	}
	if c.Role != "" {
		if err := accountRole(c.Role); err != nil {
			return err
		}
	}
	if c.ExternalID != "" {
		if err := c.ExternalID.valid(); err != nil {
			return err
		}
	}
	if len(c.Grants) > maxAccountGrants {
		return ErrTooManyGrants
	}
	for _, g := range c.Grants {
		if err := g.Role.valid(); err != nil {
			return err
		}
		if err := g.Window.valid(); err != nil {
			return err
		}
	}
	return nil
}

// accountRole refuses a role that no service account has.
func accountRole(r OrgRole) error {
	if r == RoleOwner {
		return ErrAccountOwner
	}
	return r.valid()
}

func (c CreateAccount) decide(now Situation) ([]Event, error) {
	if now.accountRow(c.Account) != noRow {
		return nil, ErrIDUsed
	}
	if err := now.mayNameAccount(c.ExternalID); err != nil {
		return nil, err
	}
	role := c.Role
	if role == "" {
		role = RoleMember
	}
	facts := []Event{&AccountCreated{c.Account, c.Name, role, c.ExternalID}}
	type given struct {
		project ProjectID
		role    ProjectRole
	}
	seen := map[given]bool{}
	for _, g := range c.Grants {
		switch _, _, err := now.liveProject(g.Project); {
		case err != nil:
			return nil, err
		case g.Ended(now.at):
			return nil, ErrPastEnd
		case seen[given{g.Project, g.Role}]:
			return nil, ErrGrantTwice
		}
		seen[given{g.Project, g.Role}] = true
		facts = append(facts, &GrantGiven{Project: g.Project, Subject: Subject{Account: c.Account}, Role: g.Role, Window: g.Window, Source: ByHand})
	}
	return facts, nil
}

// mayNameAccount refuses an external id in use, or from somebody who may not set one.
func (now Situation) mayNameAccount(x ExternalID) error {
	if x == "" {
		return nil
	}
	if err := now.may(externalIDs); err != nil {
		return err
	}
	if _, taken := now.AccountByExternal(x); taken {
		return ErrExternalIDTaken
	}
	return nil
}

// AccountCreated begins a service account.
type AccountCreated struct {
	Account    AccountID
	Name       Name
	Role       OrgRole
	ExternalID ExternalID
}

func (f *AccountCreated) fields(c *codec) {
	text(c, "account", &f.Account)
	text(c, "name", &f.Name)
	text(c, "role", &f.Role)
	option(c, "external_id", &f.ExternalID)
}

func (f *AccountCreated) apply(s *State, m Meta) {
	b, ok := bodyOf(string(f.Account), accountPrefix)
	if !ok || s.accountRow(f.Account) != noRow || f.Role == RoleOwner {
		s.broken("version %d: service account %s exists, is no id, or would be an owner", m.Version, f.Account)
		return
	}
	row := s.people.add(s.edit, member{body: b, machine: true})
	i := s.accounts.add(s.edit, account{body: b, row: row, name: f.Name, created: m.At})
	s.accountAt.put(s.edit, hashOf(string(b[:])), i)
	s.nameAccount(i, f.ExternalID)
	s.begin(row, f.Role, Window{}, ByHand, 0, "", m)
}

func (f *AccountCreated) gives(s *State) []Power {
	out := s.rolePowers(f.Role, 0, noRow)
	for i := range out {
		out[i].machine = true
	}
	return out
}

// managesAccount is the right to change a service account: in the organization, or in the project whose own it is.
func managesAccount(a AccountID) Need { return inOrg("service_accounts:manage").orItsProject(a) }

// RenameAccount gives a service account another name.
type RenameAccount struct {
	Account AccountID `json:"account"`
	Name    Name      `json:"name"`
}

func (c RenameAccount) needs() Need  { return managesAccount(c.Account) }
func (c RenameAccount) valid() error { return c.Name.valid() }

func (c RenameAccount) decide(now Situation) ([]Event, error) {
	a, _, err := now.theAccount(c.Account)
	if err != nil || a.name == c.Name {
		return nil, err
	}
	return []Event{&AccountRenamed{c.Account, c.Name}}, nil
}

// AccountRenamed gives a service account another name.
type AccountRenamed struct {
	Account AccountID
	Name    Name
}

func (f *AccountRenamed) fields(c *codec) {
	text(c, "account", &f.Account)
	text(c, "name", &f.Name)
}

func (f *AccountRenamed) apply(s *State, m Meta) {
	if i := s.presentAccount(f.Account, m); i != noRow {
		s.editAccount(i).name = f.Name
	}
}

// SetAccountExternalID gives a service account the application's own key; empty takes it away.
type SetAccountExternalID struct {
	Account    AccountID  `json:"account"`
	ExternalID ExternalID `json:"external_id"`
}

func (SetAccountExternalID) needs() Need { return externalIDs }

func (c SetAccountExternalID) decide(now Situation) ([]Event, error) {
	a, _, err := now.theAccount(c.Account)
	if err != nil || a.external == c.ExternalID {
		return nil, err
	}
	if c.ExternalID != "" {
		if err := c.ExternalID.valid(); err != nil {
			return nil, err
		}
		if _, taken := now.AccountByExternal(c.ExternalID); taken {
			return nil, ErrExternalIDTaken
		}
	}
	return []Event{&AccountExternalIDSet{c.Account, c.ExternalID}}, nil
}

// AccountExternalIDSet changes a service account's external id.
type AccountExternalIDSet struct {
	Account    AccountID
	ExternalID ExternalID
}

func (f *AccountExternalIDSet) fields(c *codec) {
	text(c, "account", &f.Account)
	option(c, "external_id", &f.ExternalID)
}

func (f *AccountExternalIDSet) apply(s *State, m Meta) {
	if i := s.presentAccount(f.Account, m); i != noRow {
		s.nameAccount(i, f.ExternalID)
	}
}

// SetAccountRole changes a service account's organization role, which is never owner.
type SetAccountRole struct {
	Account AccountID `json:"account"`
	Role    OrgRole   `json:"role"`
}

func (c SetAccountRole) needs() Need  { return managesAccount(c.Account) }
func (c SetAccountRole) valid() error { return accountRole(c.Role) }

func (c SetAccountRole) decide(now Situation) ([]Event, error) {
	_, m, err := now.theAccount(c.Account)
	if err != nil || now.orgRole(m.role) == c.Role {
		return nil, err
	}
	return []Event{&AccountRoleSet{c.Account, c.Role}}, nil
}

// AccountRoleSet gives a service account another organization role.
type AccountRoleSet struct {
	Account AccountID
	Role    OrgRole
}

func (f *AccountRoleSet) fields(c *codec) {
	text(c, "account", &f.Account)
	text(c, "role", &f.Role)
}

func (f *AccountRoleSet) apply(s *State, m Meta) {
	i := s.presentAccount(f.Account, m)
	if i == noRow {
		return
	}
	if s.orgNumber(f.Role) == 0 || f.Role == RoleOwner {
		s.broken("version %d: no role of a service account", m.Version)
		return
	}
	s.rank(s.accounts.get(i).row, s.orgNumber(f.Role))
}

func (f *AccountRoleSet) account() (AccountID, act) { return f.Account, actRole }

func (f *AccountRoleSet) gives(s *State) []Power {
	return s.rolePowers(f.Role, 0, s.heldBy("", f.Account))
}

// DisableAccount stops a service account and its keys until somebody enables it.
type DisableAccount struct {
	Account AccountID `json:"account"`
}

func (c DisableAccount) needs() Need { return managesAccount(c.Account) }

func (c DisableAccount) decide(now Situation) ([]Event, error) {
	_, m, err := now.theAccount(c.Account)
	if err != nil || m.status == Suspended {
		return nil, err
	}
	return []Event{&AccountDisabled{c.Account}}, nil
}

// AccountDisabled stops a service account.
type AccountDisabled struct{ Account AccountID }

func (f *AccountDisabled) fields(c *codec) { text(c, "account", &f.Account) }

func (f *AccountDisabled) apply(s *State, m Meta) {
	if i := s.presentAccount(f.Account, m); i != noRow {
		row := s.editPerson(s.accounts.get(i).row)
		row.status, row.past = Suspended, &former{at: m.At, by: m.row(s)}
	}
}

func (f *AccountDisabled) account() (AccountID, act) { return f.Account, actSuspend }

// EnableAccount lets a disabled service account in again, which gives all that it holds.
type EnableAccount struct {
	Account AccountID `json:"account"`
}

func (c EnableAccount) needs() Need { return managesAccount(c.Account) }

func (c EnableAccount) decide(now Situation) ([]Event, error) {
	_, m, err := now.theAccount(c.Account)
	if err != nil || m.status == Active {
		return nil, err
	}
	return []Event{&AccountEnabled{c.Account}}, nil
}

// AccountEnabled lets a service account in again.
type AccountEnabled struct{ Account AccountID }

func (f *AccountEnabled) fields(c *codec) { text(c, "account", &f.Account) }

func (f *AccountEnabled) apply(s *State, m Meta) {
	if i := s.presentAccount(f.Account, m); i != noRow {
		row := s.editPerson(s.accounts.get(i).row)
		row.status, row.past = Active, nil
	}
}

func (f *AccountEnabled) account() (AccountID, act) { return f.Account, actReactivate }

func (f *AccountEnabled) gives(s *State) []Power {
	a, _ := s.liveAccount(f.Account)
	return s.accountPowers(a, 0)
}

// DeleteAccount ends a service account with everything it holds, its keys, and the keys that it made for others.
type DeleteAccount struct {
	Account AccountID `json:"account"`
}

func (c DeleteAccount) needs() Need { return managesAccount(c.Account) }

func (c DeleteAccount) decide(now Situation) ([]Event, error) {
	a, _, err := now.theAccount(c.Account)
	if err != nil {
		return nil, err
	}
	facts, err := now.endKeysBy(a.row, nil)
	return append(facts, &AccountDeleted{c.Account}), err
}

// AccountDeleted ends a service account.
type AccountDeleted struct{ Account AccountID }

func (f *AccountDeleted) fields(c *codec) { text(c, "account", &f.Account) }

func (f *AccountDeleted) apply(s *State, m Meta) {
	i := s.presentAccount(f.Account, m)
	if i == noRow {
		return
	}
	s.nameAccount(i, "")
	a := s.editAccount(i)
	a.keys, a.acting = nil, false
	s.detach(a.row)
	row := s.editPerson(a.row)
	row.status, row.past = Left, nil
}

func (f *AccountDeleted) account() (AccountID, act) { return f.Account, actRemove }

// LetAccountAct lets a service account act for people whose sign-in the operator vouches for, or no longer.
type LetAccountAct struct {
	Account AccountID `json:"account"`
	Acting  bool      `json:"acting"`
}

func (LetAccountAct) needs() Need { return operatorOnly() }

func (c LetAccountAct) decide(now Situation) ([]Event, error) {
	a, _, err := now.theAccount(c.Account)
	if err != nil || a.acting == c.Acting {
		return nil, err
	}
	return []Event{&AccountActingSet{c.Account, c.Acting}}, nil
}

// AccountActingSet lets a service account act for people; no longer ends the keys that did.
type AccountActingSet struct {
	Account AccountID
	Acting  bool
}

func (f *AccountActingSet) fields(c *codec) {
	text(c, "account", &f.Account)
	c.flag("acting", &f.Acting)
}

func (f *AccountActingSet) apply(s *State, m Meta) {
	i := s.presentAccount(f.Account, m)
	if i == noRow {
		return
	}
	a := s.editAccount(i)
	if a.acting = f.Acting; !f.Acting {
		a.keys = keysWithout(a.keys, func(k accountKey) bool { return k.acting })
	}
}
