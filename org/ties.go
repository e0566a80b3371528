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
)

// statedTies are the ties of one holder, the row of a person, team or project.
type statedTies struct {
	holder uint32
	past   former // with formerGrants: the membership that ended
	ties   []statedTie
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
}

// stateTies returns all ties of a state in as few facts as their bound allows.
func (s *State) stateTies() []Event {
	var out []Event
	current := &TiesStated{}
	stated := 0
	state := func(of holding, holder uint32, held ties, past *former) {
		if held.len() == 0 && of != formerGrants {
			return
		}
		if current.Of != of || stated > statedRows {
			current, stated = &TiesStated{Of: of}, 0
			out = append(out, current)
		}
		row := statedTies{holder: holder, ties: make([]statedTie, held.len())}
		if past != nil {
			row.past = *past
		}
		for i, t := range held.all() {
			row.ties[i] = statedTie{t, s.window(t.window)}
		}
		current.rows = append(current.rows, row)
		stated += 1 + held.len()
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
	c.array("ties", len(f.rows), func() { f.rows = append(f.rows, statedTies{}) }, func(i int) { f.rows[i].fields(c, f.Of) })
}

// fields writes [holder,[tie],[tie]…]; a former membership stands between the holder and its ties.
func (r *statedTies) fields(c *codec, of holding) {
	c.byte('[')
	integer(c, &r.holder)
	if of == formerGrants {
		c.byte(',')
		c.byte('{')
		number(c, "at", &r.past.at)
		c.giver("by", &r.past.by)
		c.enum("role", (*uint8)(&r.past.role))
		c.window(&r.past.window)
		c.byte('}')
	}
	for i := 0; c.err == nil; i++ {
		if c.reading {
			if c.pos < len(c.buf) && c.buf[c.pos] == ']' {
				break
			}
			r.ties = append(r.ties, statedTie{})
		} else if i == len(r.ties) {
			break
		}
		c.byte(',')
		r.ties[i].fields(c)
	}
	c.byte(']')
}

func (t *statedTie) fields(c *codec) {
	manage, by := uint8(0), t.by+1
	if t.manage {
		manage = 1
	}
	c.byte('[')
	integer(c, &t.to)
	c.byte(',')
	integer(c, (*uint8)(&t.role))
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
		bounded = c.pos < len(c.buf) && c.buf[c.pos] == ','
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
	for i := range f.rows {
		r := &f.rows[i]
		for j := range r.ties {
			r.ties[j].tie.window = s.windowRow(r.ties[j].window)
		}
		if !s.knowTies(f.Of, r) {
			s.broken("ties of row %d lead nowhere", r.holder)
			return
		}
		f.hang(s, r)
	}
}

// knowTies reports whether the ties are in order, lead to rows that are there, and hang on somebody who may hold them.
func (s *State) knowTies(of holding, r *statedTies) bool {
	if !s.mayHold(of, r) || len(r.ties) == 0 && of != formerGrants {
		return false
	}
	for i, t := range r.ties {
		if !s.knowTie(of, r.holder, t.tie) {
			return false
		}
		if i == 0 {
			continue
		}
		before := r.ties[i-1].tie
		if before.link()&unmarked >= t.link()&unmarked || (of == placesOfPerson || of == grantsOfTeam) && before.to == t.to {
			return false // a person has one place in a team, a team one role in a project
		}
	}
	return true
}

func (s *State) knowTie(of holding, holder uint32, t tie) bool {
	if t.by != operatorRow && int(t.by) >= s.people.n || sourceOf(t.source) == "" || t.at <= 0 || t.at > s.at {
		return false
	}
	switch of {
	case placesOfPerson:
		return int(t.to) < s.teams.n && t.role == 0 && !s.teams.get(t.to).deleted
	case formerPlaces:
		return int(t.to) < s.teams.n && t.role == 0
	}
	return int(t.to) < s.projects.n && t.role.project() != "" && !t.manage && (of != grantsOfEveryone || t.to == holder)
}

// mayHold reports whether the holder is there, can hold such ties, and has none yet.
func (s *State) mayHold(of holding, r *statedTies) bool {
	holders := [...]int{0, s.people.n, s.people.n, s.teams.n, s.projects.n, s.people.n, s.people.n}
	if int(of) >= len(holders) || int(r.holder) >= holders[of] {
		return false
	}
	switch of {
	case grantsOfTeam:
		t := s.teams.get(r.holder)
		return !t.deleted && t.grants == nil
	case grantsOfEveryone:
		return s.projects.get(r.holder).everyone == nil
	}
	m := s.people.get(r.holder)
	switch of {
	case grantsOfPerson:
		return m.in() && m.grants == nil
	case placesOfPerson:
		return m.in() && m.teams == nil
	case formerGrants:
		return m.status == Removed && m.past == nil && r.past.role.org() != ""
	}
	return m.status == Removed && m.past != nil && m.past.teams == nil
}

// hang puts known ties where they belong, in both directions.
func (f *TiesStated) hang(s *State, r *statedTies) {
	held := make(ties, tieWords*len(r.ties))
	for i := range r.ties {
		held.set(i, r.ties[i].tie)
	}
	switch f.Of {
	case grantsOfPerson:
		s.people.at(s.edit, r.holder).grants = held
		s.counts.Grants += held.len()
		for _, t := range held.all() {
			s.hold(s.projects.at(s.edit, t.to), r.holder, true)
		}
	case placesOfPerson:
		s.people.at(s.edit, r.holder).teams = held
		for _, t := range held.all() {
			s.enlist(s.teams.at(s.edit, t.to), r.holder, true)
		}
	case grantsOfTeam:
		s.teams.at(s.edit, r.holder).grants = held
		s.counts.Grants += held.len()
		for _, t := range held.all() {
			s.holdTeam(s.projects.at(s.edit, t.to), r.holder, true)
		}
	case grantsOfEveryone:
		s.projects.at(s.edit, r.holder).everyone = held
		s.counts.Grants += held.len()
		s.open = withRow(s.open, r.holder)
	case formerGrants:
		past := r.past
		past.grants, past.gone = held, true
		s.people.at(s.edit, r.holder).past = &past
	case formerPlaces:
		s.people.get(r.holder).past.teams = held
	}
}
