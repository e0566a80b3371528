package main

import (
	"fmt"
	"runtime"
	"strings"

	"github.com/commonhold/commonhold/bench/rows"
	"github.com/commonhold/commonhold/bench/workload"
	"github.com/commonhold/commonhold/org"
)

// asked is a question as a request brings it: texts of its own, not those that the engines hold.
type asked struct {
	org             int32 // whose state the caller has at hand
	person, project string
	action          workload.Action
	allowed         bool
}

func (l *logs) ask(w *workload.Workload, questions []workload.Question) []asked {
	out := make([]asked, len(questions))
	for i, q := range questions {
		out[i] = asked{w.OrgOfProject(q.Project), strings.Clone(l.people[q.Person]), strings.Clone(l.projects[q.Project]), q.Action, q.Allowed}
	}
	return out
}

// engines answer the same questions.
type engines struct {
	states []*org.State
	plain  *rows.Rows
}

func newEngines(w *workload.Workload, l *logs) (engines, error) {
	e := engines{plain: rows.Build(w, l.people, l.projects)}
	for o, log := range l.records {
		s, err := fold(l, log)
		if err != nil {
			return e, fmt.Errorf("organization %d: %w", o, err)
		}
		e.states = append(e.states, s)
	}
	return e, nil
}

func (e engines) ours(q *asked) bool {
	return e.states[q.org].Check(org.PersonID(q.person), permissions[q.action], org.ProjectID(q.project), now)
}

func (e engines) reference(q *asked) bool { return e.plain.Check(q.person, q.project, q.action) }

// wrong counts the wrong answers of both engines.
func (e engines) wrong(questions []asked) (ours, reference int) {
	for i := range questions {
		q := &questions[i]
		if e.ours(q) != q.allowed {
			ours++
		}
		if e.reference(q) != q.allowed {
			reference++
		}
	}
	return ours, reference
}

// pass asks every question some times.
func pass(times int, questions []asked, check func(*asked) bool) func() {
	return func() {
		for range times {
			for i := range questions {
				if check(&questions[i]) != questions[i].allowed {
					panic("an answer changed between two passes")
				}
			}
		}
	}
}

// allocations counts what one pass over the questions allocates.
func allocations(questions []asked, check func(*asked) bool) uint64 {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1)) // nobody else allocates meanwhile
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	pass(1, questions, check)()
	runtime.ReadMemStats(&after)
	return after.Mallocs - before.Mallocs
}
