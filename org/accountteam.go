package org

// PlaceAccountInTeam puts a service account into a team as a plain member, or changes from when to when it is there.
// Accounts manage no team, and managers of teams place none.
type PlaceAccountInTeam struct {
	Team    TeamID    `json:"team"`
	Account AccountID `json:"account"`
	Window
}

func (PlaceAccountInTeam) needs() Need    { return inOrg("teams:manage") }
func (c PlaceAccountInTeam) valid() error { return c.Window.valid() }

func (c PlaceAccountInTeam) decide(now Situation) ([]Event, error) {
	i, t := now.liveTeam(c.Team)
	if t == nil {
		return nil, ErrUnknownTeam
	}
	_, m := now.liveAccount(c.Account)
	switch {
	case m == nil:
		return nil, ErrUnknownAccount
	case m.status == Suspended:
		return nil, ErrAccountDisabled
	case c.Ended(now.at):
		return nil, ErrPastEnd
	}
	was, in := placeIn(m.teams, i)
	switch {
	case !in:
		return []Event{&TeamMemberAdded{Team: c.Team, Account: c.Account, Window: c.Window, Source: ByHand}}, nil
	case now.window(was.window) == c.Window:
		return nil, nil
	}
	return []Event{&TeamMemberChanged{Team: c.Team, Account: c.Account, Window: c.Window}}, nil
}

// TakeAccountFromTeam ends a service account's place in a team.
type TakeAccountFromTeam struct {
	Team    TeamID    `json:"team"`
	Account AccountID `json:"account"`
}

func (c TakeAccountFromTeam) needs() Need {
	return inOrg("teams:manage").orSelf(c.Account.principal())
}

func (c TakeAccountFromTeam) decide(now Situation) ([]Event, error) {
	i, t := now.liveTeam(c.Team)
	if t == nil {
		return nil, ErrUnknownTeam
	}
	_, m := now.liveAccount(c.Account)
	if m == nil {
		return nil, ErrNotInTeam
	}
	if _, in := placeIn(m.teams, i); !in {
		return nil, ErrNotInTeam
	}
	return []Event{&TeamMemberRemoved{Team: c.Team, Account: c.Account}}, nil
}
