package org

// holding says whose ties are stated.
type holding uint8

const (
	grantsOfPerson holding = iota + 1
	placesOfPerson
	grantsOfTeam
	grantsOfEveryone
	formerGrants
	formerPlaces
	grantsOfAnybody // people and service accounts
)

// statedTies are the ties of one holder, the row of a person, team or project.
type statedTies struct {
	holder uint32
	n      int
	past   *former // with formerGrants: the membership that ended
}

type statedTie struct {
	tie
	window Window
}

// TiesStated states grants and team places, holder by holder. A tie is an array of numbers: target, role, source,
// manager, giver one up, instant, and, if it has bounds, start and end.
type TiesStated struct {
	Of   holding
	rows []statedTies
	ties []statedTie // of all rows, one row's behind the other's
}

// stateTies returns all ties of a state in as few facts as their bound allows.
func (s *State) stateTies() []Event {
	var out []Event
	current := &TiesStated{}
	state := func(of holding, holder uint32, held ties, past *former) {
		if held.len() == 0 && of != formerGrants {
			return
		}
		if current.Of != of || len(current.rows)+len(current.ties) > statedRows {
			current = &TiesStated{Of: of}
			out = append(out, current)
		}
		for _, t := range held.all() {
			current.ties = append(current.ties, statedTie{t, s.window(t.window)})
		}
		current.rows = append(current.rows, statedTies{holder, held.len(), past})
	}
	for i := range uint32(s.people.n) {
		state(grantsOfPerson, i, s.people.get(i).grants, nil)
	}
	for i := range uint32(s.people.n) {
		state(placesOfPerson, i, s.people.get(i).teams, nil)
	}
	for i := range uint32(s.teams.n) {
		state(grantsOfTeam, i, s.teams.get(i).grants, nil)
	}
	for i := range uint32(s.projects.n) {
		state(grantsOfEveryone, i, s.projects.get(i).everyone, nil)
	}
	for i := range uint32(s.projects.n) {
		state(grantsOfAnybody, i, s.projects.get(i).anybody, nil)
	}
	for i := range uint32(s.people.n) {
		if p := s.people.get(i).past; p != nil && p.gone {
			state(formerGrants, i, p.grants, p)
		}
	}
	for i := range uint32(s.people.n) {
		if p := s.people.get(i).past; p != nil && p.gone {
			state(formerPlaces, i, p.teams, nil)
		}
	}
	return out
}

func (f *TiesStated) fields(c *codec) {
	c.enum("of", (*uint8)(&f.Of))
	if c.reading {
		f.ties = make([]statedTie, 0, len(c.buf)/32)
	}
	next := 0
	c.array("ties", len(f.rows), func() { f.rows = append(f.rows, statedTies{}) }, func(i int) {
		next += f.row(c, &f.rows[i], next)
	})
}

// row writes [holder,[tie],[tie]…]; a former membership stands between the holder and its ties. It returns their number.
func (f *TiesStated) row(c *codec, r *statedTies, next int) int {
	c.byte('[')
	integer(c, &r.holder)
	if f.Of == formerGrants {
		if c.reading {
			r.past = &former{}
		}
		c.byte(',')
		c.byte('{')
		number(c, "at", &r.past.at)
		c.giver("by", &r.past.by)
		c.small("role", (*uint32)(&r.past.role))
		c.window(&r.past.window)
		c.byte('}')
	}
	for ; c.reading && c.err == nil && !c.ahead(']'); r.n++ {
		f.ties = append(f.ties, statedTie{})
		c.byte(',')
		f.ties[len(f.ties)-1].fields(c)
	}
	for i := range r.n {
		if !c.reading {
			c.byte(',')
			f.ties[next+i].fields(c)
		}
	}
	c.byte(']')
	return r.n
}

func (t *statedTie) fields(c *codec) {
	manage, by := uint8(0), t.by+1
	if t.manage {
		manage = 1
	}
	c.byte('[')
	integer(c, &t.to)
	c.byte(',')
	integer(c, (*uint32)(&t.role))
	c.byte(',')
	integer(c, &t.source)
	c.byte(',')
	integer(c, &manage)
	c.byte(',')
	integer(c, &by)
	c.byte(',')
	integer(c, &t.at)
	bounded := t.window != (Window{})
	if c.reading {
		bounded = c.ahead(',')
	}
	if bounded {
		c.byte(',')
		integer(c, &t.window.Start)
		c.byte(',')
		integer(c, &t.window.End)
	}
	c.byte(']')
	if c.reading {
		if t.manage, t.by = manage == 1, by-1; manage > 1 || bounded && t.window == (Window{}) {
			c.fail("tie in another form than its own")
		}
	}
}

func (f *TiesStated) apply(s *State, _ Meta) {
	from := 0
	for i := range f.rows {
		r := &f.rows[i]
		list := f.ties[from : from+r.n]
		from += r.n
		for j := range list {
			list[j].tie.window = s.windowRow(list[j].window)
		}
		if !s.knowTies(f.Of, r, list) {
			s.broken("ties of row %d lead nowhere", r.holder)
			return
		}
		f.hang(s, r, list)
	}
}

// knowTies reports whether the ties are in order, lead to rows that are there, and hang on somebody who may hold them.
func (s *State) knowTies(of holding, r *statedTies, list []statedTie) bool {
	if !s.mayHold(of, r) || len(list) == 0 && of != formerGrants {
		return false
	}
	for i := range list {
		t := &list[i].tie
		if !s.knowTie(of, r.holder, t) {
			return false
		}
		if i == 0 {
			continue
		}
		before := &list[i-1].tie
		if before.link()&unmarked >= t.link()&unmarked || (of == placesOfPerson || of == grantsOfTeam) && before.to == t.to {
			return false // a person has one place in a team, a team one role in a project
		}
	}
	return true
}

// mayBeTied reports whether a role may be held where a tie leads. Who was removed may have held one that is deleted now.
func (s *State) mayBeTied(of holding, t *tie) bool {
	c := s.custom(t.role)
	if c == nil {
		return s.projectRole(t.role) != ""
	}
	return c.scope == InProject && (c.only == noRow || c.only == t.to) && (!c.deleted || of == formerGrants)
}

func (s *State) knowTie(of holding, holder uint32, t *tie) bool {
	if t.by != operatorRow && int(t.by) >= s.people.n || sourceOf(t.source) == "" || t.at <= 0 || t.at > s.at {
		return false
	}
	switch of {
	case placesOfPerson:
		return int(t.to) < s.teams.n && t.role == 0 && !s.teams.get(t.to).deleted
	case formerPlaces:
		return int(t.to) < s.teams.n && t.role == 0
	}
	return int(t.to) < s.projects.n && !s.projects.get(t.to).left && s.mayBeTied(of, t) && !t.manage &&
		(of != grantsOfEveryone && of != grantsOfAnybody || t.to == holder)
}

// mayHold reports whether the holder is there, can hold such ties, and has none yet.
func (s *State) mayHold(of holding, r *statedTies) bool {
	holders := [...]int{0, s.people.n, s.people.n, s.teams.n, s.projects.n, s.people.n, s.people.n, s.projects.n}
	if int(of) >= len(holders) || int(r.holder) >= holders[of] {
		return false
	}
	switch of {
	case grantsOfTeam:
		t := s.teams.get(r.holder)
		return !t.deleted && t.grants == nil
	case grantsOfEveryone:
		return s.projects.get(r.holder).everyone == nil
	case grantsOfAnybody:
		return s.projects.get(r.holder).anybody == nil
	}
	m := s.people.get(r.holder)
	switch of {
	case grantsOfPerson:
		return m.in() && m.grants == nil
	case placesOfPerson:
		return m.in() && m.teams == nil
	case formerGrants:
		return m.status == Removed && m.past == nil && s.orgRole(r.past.role) != ""
	}
	return m.status == Removed && m.past != nil && m.past.teams == nil
}

// hang puts known ties where they belong, in both directions.
func (f *TiesStated) hang(s *State, r *statedTies, list []statedTie) {
	held := make(ties, tieWords*len(list))
	for i := range list {
		held.set(i, list[i].tie)
	}
	switch f.Of {
	case grantsOfPerson:
		s.people.at(s.edit, r.holder).grants = held
		s.counts.Grants += held.len()
		for _, t := range list {
			s.hold(s.projects.at(s.edit, t.to), r.holder, true)
		}
	case placesOfPerson:
		s.people.at(s.edit, r.holder).teams = held
		for _, t := range list {
			s.enlist(s.teams.at(s.edit, t.to), r.holder, true)
		}
	case grantsOfTeam:
		s.teams.at(s.edit, r.holder).grants = held
		s.counts.Grants += held.len()
		for _, t := range list {
			s.holdTeam(s.projects.at(s.edit, t.to), r.holder, true)
		}
	case grantsOfEveryone:
		s.projects.at(s.edit, r.holder).everyone = held
		s.counts.Grants += held.len()
		s.open = withRow(s.open, r.holder)
	case grantsOfAnybody:
		s.projects.at(s.edit, r.holder).anybody = held
		s.counts.Grants += held.len()
		s.open = withRow(s.open, r.holder)
	case formerGrants:
		r.past.grants, r.past.gone = held, true
		s.people.at(s.edit, r.holder).past = r.past
		s.past += held.len()
	case formerPlaces:
		s.people.get(r.holder).past.teams = held
		s.past += held.len()
	}
}
