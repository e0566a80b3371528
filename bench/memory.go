package main

import (
	"fmt"
	"runtime"

	"github.com/commonhold/commonhold/bench/workload"
	"github.com/commonhold/commonhold/org"
)

// heap is what is in use after a thorough collection.
func heap() int {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

// memory measures what one large organization takes, folded from its log and loaded from a snapshot.
func memory(l *logs, w *workload.Workload, _ int) error {
	grants := w.Grants()
	title("Memory at L; bytes a grant")
	fmt.Printf("%-16s %12s %12s %14s %20s\n", "state", "MiB", "whole", "whole, by Size", "what a check reads")
	before := heap()
	folded, err := fold(l, l.records[0])
	if err != nil {
		return err
	}
	weigh("folded", folded, heap()-before, grants)
	saved := org.Save(folded)
	folded = nil
	before = heap()
	loaded, err := org.Load(l, saved)
	if err != nil {
		return err
	}
	weigh("from a snapshot", loaded, heap()-before, grants)
	runtime.KeepAlive(saved)
	return nil
}

func weigh(name string, s *org.State, bytes, grants int) {
	per := func(n int) float64 { return float64(n) / float64(grants) }
	fmt.Printf("%-16s %12.1f %12.1f %14.1f %20.1f\n", name, float64(bytes)/(1<<20), per(bytes), per(s.Size()), per(s.CheckSize()))
	runtime.KeepAlive(s)
}
