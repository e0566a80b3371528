package org

// A Lead is a look-up row that a fact asks for or gives back: from a key that is unique over the whole instance to the
// organization, and to what the key names in it.
type Lead struct {
	Kind LeadKind
	Key  string
	ID   string
	Gone bool // the row goes
}

// LeadKind sorts the keys.
type LeadKind string

const (
	LeadSlug            LeadKind = "slug"                  // slug → organization; old ones lead on
	LeadOrgExternal     LeadKind = "organization.external" // external id → organization
	LeadMember          LeadKind = "member"                // person, blank, organization → organization
	LeadProject         LeadKind = "project"               // project → organization
	LeadProjectExternal LeadKind = "project.external"      // organization, blank, external id → project
	LeadInvited         LeadKind = "invited"               // person, blank, open invitation → organization
	LeadTeamExternal    LeadKind = "team.external"         // organization, blank, external id → team
	LeadOffer           LeadKind = "project.offer"         // organization offered to, blank, project → organization it is in
	LeadAccountExternal LeadKind = "account.external"      // organization, blank, external id → service account
	LeadKey             LeadKind = "key"                   // key → service account
)

// LeadKinds are all of them.
var LeadKinds = [...]LeadKind{LeadSlug, LeadOrgExternal, LeadMember, LeadProject, LeadProjectExternal, LeadTeamExternal, LeadOffer,
	LeadAccountExternal, LeadKey, LeadInvited}

// leader is a fact that changes look-up rows; s is the state before it.
type leader interface{ leads(s *State) []Lead }

// Leads returns the look-up rows that facts change, in order. They follow from the facts alone, so they can be rebuilt.
func Leads(s *State, facts []Stamped) []Lead {
	var out []Lead
	r := s.Replay()
	for _, f := range facts {
		switch l := f.Event.(type) {
		case *PersonTakenOver: // the only one that depends on the instant
			out = append(out, l.leads(&r.next, f.At)...)
		case leader:
			out = append(out, l.leads(&r.next)...)
		}
		_ = r.Fold(f) // what cannot be folded leads nowhere, and is found out where it is folded
	}
	return out
}

func (f *OrganizationCreated) leads(*State) []Lead {
	out := []Lead{{Kind: LeadSlug, Key: string(f.Slug), ID: string(f.Organization)}}
	if f.ExternalID != "" {
		out = append(out, Lead{Kind: LeadOrgExternal, Key: string(f.ExternalID), ID: string(f.Organization)})
	}
	return out
}

func (f *SlugChanged) leads(s *State) []Lead {
	return []Lead{{Kind: LeadSlug, Key: string(f.Slug), ID: string(s.id)}}
}

func (f *ExternalIDSet) leads(s *State) []Lead {
	return replaced(LeadOrgExternal, "", s.external, f.ExternalID, string(s.id))
}

// replaced is what changing an external id does; scope stands before the key.
func replaced(kind LeadKind, scope OrgID, was, is ExternalID, id string) []Lead {
	var out []Lead
	if was != "" {
		out = append(out, Lead{Kind: kind, Key: scoped(scope, was), ID: id, Gone: true})
	}
	if is != "" {
		out = append(out, Lead{Kind: kind, Key: scoped(scope, is), ID: id})
	}
	return out
}

func scoped(scope OrgID, x ExternalID) string {
	if scope == "" {
		return string(x)
	}
	return string(scope) + " " + string(x)
}

func memberLead(s *State, p PersonID, gone bool) []Lead {
	return []Lead{{Kind: LeadMember, Key: string(p) + " " + string(s.id), ID: string(p), Gone: gone}}
}

func (f *MemberAdded) leads(s *State) []Lead    { return s.anew(f.Person) }
func (f *MemberRestored) leads(s *State) []Lead { return s.anew(f.Person) }
func (f *MemberRemoved) leads(s *State) []Lead  { return departedLeads(s, f.Person) }
func (f *MemberLeft) leads(s *State) []Lead     { return departedLeads(s, f.Person) }

// departedLeads are those of somebody who was a member, and of what waits for them.
func departedLeads(s *State, p PersonID) []Lead {
	return append(memberLead(s, p, true), pendingLeads(s, p, "")...)
}

// invitedLead leads from a person to an open invitation.
func invitedLead(p PersonID, id InvitationID, gone bool) Lead {
	return Lead{Kind: LeadInvited, Key: string(p) + " " + string(id), ID: string(id), Gone: gone}
}

// pendingLeads takes away the rows of a person's invitations; if somebody takes them over, they lead from there.
func pendingLeads(s *State, p PersonID, to PersonID) []Lead {
	var out []Lead
	i := s.person(p)
	for x := range s.pendingOf(i) {
		out = append(out, invitedLead(p, x.id(), true))
		if to != "" {
			out = append(out, invitedLead(to, x.id(), false))
		}
	}
	return out
}

func (f *InvitationMade) leads(s *State) []Lead {
	return append(pendingLeads(s, f.Person, ""), invitedLead(f.Person, f.Invitation, false))
}

func (f *InvitationAccepted) leads(s *State) []Lead { return endedLead(s, f.Invitation) }
func (f *InvitationDeclined) leads(s *State) []Lead { return endedLead(s, f.Invitation) }
func (f *InvitationRevoked) leads(s *State) []Lead  { return endedLead(s, f.Invitation) }

func endedLead(s *State, id InvitationID) []Lead {
	v, _ := s.Invitation(id, s.at)
	return []Lead{invitedLead(v.Person, id, true)}
}

// leads moves the member's row only if there is a membership to take over: one past its end stays where it is.
func (f *PersonTakenOver) leads(s *State, at Instant) []Lead {
	out := pendingLeads(s, f.Former, f.Person)
	if i := s.person(f.Former); i != noRow && !s.gone(s.people.get(i), at) {
		out = append(append(out, memberLead(s, f.Former, true)...), memberLead(s, f.Person, false)...)
	}
	return out
}

func (f *ProjectCreated) leads(s *State) []Lead {
	return append([]Lead{{Kind: LeadProject, Key: string(f.Project), ID: string(f.Project)}},
		replaced(LeadProjectExternal, s.id, "", f.ExternalID, string(f.Project))...)
}

func (f *ProjectExternalIDSet) leads(s *State) []Lead {
	p, _ := s.Project(f.Project)
	return replaced(LeadProjectExternal, s.id, p.ExternalID, f.ExternalID, string(f.Project))
}

func (f *ProjectDeleted) leads(s *State) []Lead {
	p, _ := s.Project(f.Project)
	return append(replaced(LeadProjectExternal, s.id, p.ExternalID, "", string(f.Project)), offerGone(s, f.Project)...)
}

func (f *ProjectReset) leads(s *State) []Lead {
	p, _ := s.Project(f.Project)
	out := append([]Lead{{Kind: LeadProject, Key: string(f.Successor), ID: string(f.Successor)}}, offerGone(s, f.Project)...)
	if p.ExternalID != "" {
		key := scoped(s.id, p.ExternalID)
		out = append(out, Lead{Kind: LeadProjectExternal, Key: key, ID: string(f.Project), Gone: true},
			Lead{Kind: LeadProjectExternal, Key: key, ID: string(f.Successor)})
	}
	return out
}

func offerLead(to OrgID, p ProjectID, gone bool) Lead {
	return Lead{Kind: LeadOffer, Key: string(to) + " " + string(p), ID: string(p), Gone: gone}
}

// offerGone gives back the row of a project's offer, if it has one.
func offerGone(s *State, id ProjectID) []Lead {
	if i := s.projectRow(id); i != noRow && s.projects.get(i).offer != nil {
		return []Lead{offerLead(s.projects.get(i).offer.to, id, true)}
	}
	return nil
}

func (f *ProjectOffered) leads(s *State) []Lead {
	return append(offerGone(s, f.Project), offerLead(f.To, f.Project, false))
}

func (f *OfferWithdrawn) leads(s *State) []Lead { return offerGone(s, f.Project) }

func (f *ProjectTransferred) leads(s *State) []Lead {
	p, _ := s.Project(f.Project)
	return append(append([]Lead{{Kind: LeadProject, Key: string(f.Project), ID: string(f.Project), Gone: true}},
		replaced(LeadProjectExternal, s.id, p.ExternalID, "", string(f.Project))...), offerGone(s, f.Project)...)
}

func (f *ProjectReceived) leads(s *State) []Lead {
	return append([]Lead{{Kind: LeadProject, Key: string(f.Project), ID: string(f.Project)}},
		replaced(LeadProjectExternal, s.id, "", f.ExternalID, string(f.Project))...)
}

func (f *ProjectRestored) leads(s *State) []Lead {
	p, _ := s.Project(f.Project)
	return replaced(LeadProjectExternal, s.id, "", p.ExternalID, string(f.Project))
}

func (f *TeamCreated) leads(s *State) []Lead {
	return replaced(LeadTeamExternal, s.id, "", f.ExternalID, string(f.Team))
}

func (f *TeamExternalIDSet) leads(s *State) []Lead {
	t, _ := s.Team(f.Team)
	return replaced(LeadTeamExternal, s.id, t.ExternalID, f.ExternalID, string(f.Team))
}

func (f *TeamDeleted) leads(s *State) []Lead {
	t, _ := s.Team(f.Team)
	return replaced(LeadTeamExternal, s.id, t.ExternalID, "", string(f.Team))
}

// anew are the rows of a membership that begins: keys for which the person answered in one that is over by itself go.
func (s *State) anew(p PersonID) []Lead {
	var out []Lead
	if row := s.person(p); row != noRow && s.people.get(row).in() {
		for i := range uint32(s.accounts.n) {
			out = append(out, keyLeads(s.accounts.get(i), func(k accountKey) bool { return k.by == row })...)
		}
	}
	return append(out, memberLead(s, p, false)...)
}

// keyLeads are the rows that go with keys of an account.
func keyLeads(a *account, ends func(accountKey) bool) []Lead {
	var out []Lead
	for _, k := range a.keys {
		if ends(k) {
			out = append(out, keyLead(k.id(), a.id(), true))
		}
	}
	return out
}

func keyLead(k KeyID, a AccountID, gone bool) Lead {
	return Lead{Kind: LeadKey, Key: string(k), ID: string(a), Gone: gone}
}

func (f *AccountCreated) leads(s *State) []Lead {
	return replaced(LeadAccountExternal, s.id, "", f.ExternalID, string(f.Account))
}

func (f *AccountExternalIDSet) leads(s *State) []Lead {
	a, _ := s.liveAccount(f.Account)
	return replaced(LeadAccountExternal, s.id, a.external, f.ExternalID, string(f.Account))
}

func (f *AccountDeleted) leads(s *State) []Lead {
	a, _ := s.liveAccount(f.Account)
	return append(keyLeads(a, func(accountKey) bool { return true }), replaced(LeadAccountExternal, s.id, a.external, "", string(f.Account))...)
}

func (f *AccountActingSet) leads(s *State) []Lead {
	if f.Acting {
		return nil
	}
	a, _ := s.liveAccount(f.Account)
	return keyLeads(a, func(k accountKey) bool { return k.acting })
}

func (f *KeyMade) leads(*State) []Lead    { return []Lead{keyLead(f.Key, f.Account, false)} }
func (f *KeyRotated) leads(*State) []Lead { return []Lead{keyLead(f.Key, f.Account, false)} }
func (f *KeyEnded) leads(*State) []Lead   { return []Lead{keyLead(f.Key, f.Account, true)} }
