package workload

import "math/rand/v2"

// A Workload is a number of organizations of one size with everything that is given in them. People, teams and
// projects are numbered through; those of one organization lie side by side.
type Workload struct {
	Size
	OrgRoles []OrgRole // by person
	Own      []Holding // roles of people
	Places   []Place
	Carried  []Holding // roles of teams

	own     [][]Holding // by person
	places  [][]int32   // by person
	carried [][]Holding // by team
	ruling  []int32     // owners and admins of organizations
}

// Holding is a role of a person or team in a project.
type Holding struct {
	Holder, Project int32
	Role            Role
}

// Place is a person's place in a team.
type Place struct{ Person, Team int32 }

// The seed, and the order of all draws, are those of the figures that were taken of other engines before, so that the
// numbers of grants agree with theirs to the last one.
const seed = 20260901

// Draw returns the workload of a size.
func Draw(size Size) *Workload {
	r := rand.New(rand.NewPCG(seed, 7))
	w := &Workload{Size: size, OrgRoles: make([]OrgRole, size.Orgs*size.People),
		own: make([][]Holding, size.Orgs*size.People), places: make([][]int32, size.Orgs*size.People),
		carried: make([][]Holding, size.Orgs*size.Teams)}
	for o := range int32(size.Orgs) {
		w.drawOrganization(r, o)
	}
	return w
}

func (w *Workload) drawOrganization(r *rand.Rand, o int32) {
	person, team, project := o*int32(w.People), o*int32(w.Teams), o*int32(w.Size.Projects)
	order := r.Perm(w.People)
	next := 0
	appoint := func(n int, as OrgRole) {
		for range n {
			p := person + int32(order[next])
			next++
			w.OrgRoles[p] = as
			if as != BillingAdmin {
				w.ruling = append(w.ruling, p)
			}
		}
	}
	appoint(w.Owners, OrgOwner)
	appoint(w.Admins, OrgAdmin)
	appoint(w.Billing, BillingAdmin)
	for p := person; p < person+int32(w.People); p++ {
		w.own[p] = w.drawHoldings(r, p, r.IntN(w.Roles+1), project, personRole)
		w.Own = append(w.Own, w.own[p]...)
		for range 1 + r.IntN(w.Size.Places) {
			w.place(p, team+int32(r.IntN(w.Teams)))
		}
	}
	for t := team; t < team+int32(w.Teams); t++ {
		w.carried[t] = w.drawHoldings(r, t, 1+r.IntN(w.Size.Carried), project, teamRole)
		w.Carried = append(w.Carried, w.carried[t]...)
	}
}

// drawHoldings gives a holder up to n roles, one a project.
func (w *Workload) drawHoldings(r *rand.Rand, holder int32, n int, project int32, role func(*rand.Rand) Role) []Holding {
	var out []Holding
next:
	for range n {
		p := project + int32(r.IntN(w.Size.Projects))
		for _, h := range out {
			if h.Project == p {
				continue next
			}
		}
		out = append(out, Holding{holder, p, role(r)})
	}
	return out
}

func (w *Workload) place(p, t int32) {
	for _, in := range w.places[p] {
		if in == t {
			return
		}
	}
	w.places[p] = append(w.places[p], t)
	w.Places = append(w.Places, Place{p, t})
}

func personRole(r *rand.Rand) Role {
	switch x := r.IntN(100); {
	case x < 2:
		return Owner
	case x < 10:
		return Admin
	case x < 50:
		return Analyst
	}
	return Consumer
}

func teamRole(r *rand.Rand) Role {
	switch x := r.IntN(100); {
	case x < 10:
		return Admin
	case x < 60:
		return Analyst
	}
	return Consumer
}

// Grants is how many things are given: roles in the organization, roles of people, places, roles of teams.
func (w *Workload) Grants() int { return len(w.OrgRoles) + len(w.Own) + len(w.Places) + len(w.Carried) }

// OrgOf, OrgOfTeam and OrgOfProject tell the organization.
func (w *Workload) OrgOf(person int32) int32         { return person / int32(w.People) }
func (w *Workload) OrgOfTeam(team int32) int32       { return team / int32(w.Teams) }
func (w *Workload) OrgOfProject(project int32) int32 { return project / int32(w.Size.Projects) }

// May is the right answer: all that a person may do in a project.
func (w *Workload) May(person, project int32) Actions {
	if w.OrgOf(person) != w.OrgOfProject(project) {
		return 0
	}
	may := OrgRoleMay[w.OrgRoles[person]]
	add := func(held []Holding) {
		for _, h := range held {
			if h.Project == project {
				may |= RoleMay[h.Role]
			}
		}
	}
	add(w.own[person])
	for _, t := range w.places[person] {
		add(w.carried[t])
	}
	return may
}
