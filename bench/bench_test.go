package main

import (
	"runtime"
	"testing"

	"github.com/commonhold/commonhold/bench/workload"
	"github.com/commonhold/commonhold/org"
)

// Figures depend on the machine; counts do not. These hold with a factor of two in hand what the benchmark prints.

func world(t *testing.T, size workload.Size) (*workload.Workload, *logs, engines) {
	w := workload.Draw(size)
	l, err := newLogs(w)
	if err != nil {
		t.Fatal(err)
	}
	e, err := newEngines(w, l)
	if err != nil {
		t.Fatal(err)
	}
	return w, l, e
}

func TestEveryAnswerIsRightAndAllocatesNothing(t *testing.T) {
	for _, size := range []workload.Size{workload.S, workload.M1} {
		w, l, e := world(t, size)
		questions := l.ask(w, w.Ask(4096))
		if ours, reference := e.wrong(questions); ours+reference > 0 {
			t.Errorf("%s: %d wrong answers, %d of the reference", size.Name, ours, reference)
		}
		if n := allocations(questions, e.ours); n > 8 { // the runtime's own, not one for a check
			t.Errorf("%s: %d allocations in %d checks", size.Name, n, len(questions))
		}
	}
}

func TestMemoryOfAGrant(t *testing.T) {
	w, l, _ := world(t, workload.M1)
	state, err := fold(l, l.records[0])
	if err != nil {
		t.Fatal(err)
	}
	saved := org.Save(state)
	before := heap()
	loaded, err := org.Load(l, saved)
	if err != nil {
		t.Fatal(err)
	}
	grown := heap() - before
	runtime.KeepAlive(saved)
	if each := float64(grown) / float64(w.Grants()); each > 120 {
		t.Errorf("%.0f bytes a grant, of which the target is 60", each)
	}
	if each := float64(loaded.CheckSize()) / float64(w.Grants()); each > 80 {
		t.Errorf("a check reads from %.0f bytes a grant, of which the target is 40", each)
	}
}
