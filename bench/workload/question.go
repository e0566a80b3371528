package workload

import "math/rand/v2"

// Question asks whether a person may do something in a project, and knows the answer.
type Question struct {
	Person, Project int32
	Action          Action
	Allowed         bool
}

// Ask draws questions: half are allowed (55 % by a role of their own, 35 % by a team's, 10 % by the role in the
// organization), half denied, of which half are near misses (the person has some path to the project, but not to that
// action). AskOnce draws no question twice; small workloads do not hold as many as one might want.
func (w *Workload) Ask(n int) []Question     { return w.ask(n, nil) }
func (w *Workload) AskOnce(n int) []Question { return w.ask(n, make(map[Question]bool, n)) }

func (w *Workload) ask(n int, asked map[Question]bool) []Question {
	d := draw{Workload: w, Rand: rand.New(rand.NewPCG(seed, uint64(n))), asked: asked}
	for len(d.out) < n/2 {
		d.allowed()
	}
	for len(d.out) < n {
		d.denied()
	}
	d.Shuffle(n, func(i, j int) { d.out[i], d.out[j] = d.out[j], d.out[i] })
	return d.out
}

type draw struct {
	*Workload
	*rand.Rand
	asked map[Question]bool // nil if repetitions do not matter
	out   []Question
}

func (d *draw) keep(q Question) {
	if d.asked[q] {
		return
	}
	if d.asked != nil {
		d.asked[q] = true
	}
	d.out = append(d.out, q)
}

// connected draws a person and a project between which there is a path.
func (d *draw) connected() (person, project int32) {
	switch x := d.IntN(100); {
	case x < 55:
		h := d.Own[d.IntN(len(d.Own))]
		return h.Holder, h.Project
	case x < 90:
		p := d.Places[d.IntN(len(d.Places))]
		return p.Person, d.carried[p.Team][d.IntN(len(d.carried[p.Team]))].Project
	}
	return d.within(d.ruling[d.IntN(len(d.ruling))])
}

// within draws any project of a person's organization.
func (d *draw) within(person int32) (_, project int32) {
	return person, d.OrgOf(person)*int32(d.Size.Projects) + int32(d.IntN(d.Size.Projects))
}

// one draws an action of a set.
func (d *draw) one(of Actions) Action {
	var held []Action
	for a := range actions {
		if of.Has(a) {
			held = append(held, a)
		}
	}
	return held[d.IntN(64)%len(held)]
}

func (d *draw) allowed() {
	person, project := d.connected()
	may := d.May(person, project)
	if may == 0 {
		return
	}
	action := d.one(may)
	if d.IntN(100) < 60 { // most questions are about seeing, which every role allows
		action = View
	}
	d.keep(Question{person, project, action, true})
}

func (d *draw) denied() {
	var person, project int32
	action := View
	switch x := d.IntN(100); {
	case x < 50:
		person, project = d.connected()
		may := d.May(person, project)
		if may == all {
			return
		}
		action = d.one(all &^ may)
	case x < 55 && d.Orgs > 1: // somebody of another organization, most of the time
		person, project = int32(d.IntN(d.Orgs*d.People)), int32(d.IntN(d.Orgs*d.Size.Projects))
	default:
		person, project = d.within(int32(d.IntN(d.Orgs * d.People)))
	}
	if !d.May(person, project).Has(action) {
		d.keep(Question{person, project, action, false})
	}
}
