package main

import (
	"encoding/json"
	"fmt"

	"github.com/commonhold/commonhold/bench/workload"
	"github.com/commonhold/commonhold/org"
)

// plainFact has a field for all that the facts of the workload say, as a program that used encoding/json would have it.
type plainFact struct {
	Organization string `json:"organization"`
	Name         string `json:"name"`
	Slug         string `json:"slug"`
	Catalog      string `json:"catalog"`
	Person       string `json:"person"`
	Team         string `json:"team"`
	Project      string `json:"project"`
	Timezone     string `json:"timezone"`
	Role         string `json:"role"`
	Source       string `json:"source"`
	Proofs       int    `json:"proofs"`
}

// folding compares what a node does at its start with encoding/json decoding the same facts and doing nothing with them.
func folding(l *logs, w *workload.Workload, rounds int) error {
	grants := w.Grants()
	log := l.records[0]
	rounds = min(rounds, 5)
	state, err := fold(l, log)
	if err != nil {
		return err
	}
	saved := org.Save(state)
	var broken error
	p := pair(rounds, func() {
		if _, err := fold(l, log); err != nil {
			broken = err
		}
	}, func() { broken = decodePlain(log, broken) })
	snapshot := pair(rounds, func() {
		if _, err := org.Load(l, saved); err != nil {
			broken = err
		}
	}, func() { broken = decodePlain(log, broken) })
	if broken != nil {
		return broken
	}
	title(fmt.Sprintf("Start at L: %d facts, %d grants; seconds: median (least–most)", len(log), grants))
	fmt.Printf("%-50s %24s\n", "encoding/json decodes the facts", per(p.reference, 1).in(1e9, 2))
	fmt.Printf("%-50s %24s  %s of that\n", "decode and fold the log", per(p.ours, 1).in(1e9, 2), spreadOf(p.ratios()).in(1, 2))
	fmt.Printf("%-50s %24s  %s of that, %.1f MiB\n", "load a snapshot", per(snapshot.ours, 1).in(1e9, 2), spreadOf(snapshot.ratios()).in(1, 2), float64(len(saved))/(1<<20))
	return nil
}

func decodePlain(log []record, broken error) error {
	for _, r := range log {
		var f plainFact
		if err := json.Unmarshal(r.data, &f); err != nil {
			broken = err
		}
	}
	return broken
}
