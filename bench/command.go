package main

import (
	"fmt"
	"runtime"
	"time"

	"github.com/commonhold/commonhold/bench/workload"
	"github.com/commonhold/commonhold/org"
)

// commands measures what deciding and folding one command costs beside its commit.
func commands(l *logs, _ *workload.Workload, rounds int) error {
	s, err := fold(l, l.records[0])
	if err != nil {
		return err
	}
	owner := org.Actor{Person: s.Owners(now)[0]}
	person, team, project := org.PersonID(l.people[77]), org.TeamID(l.teams[7]), org.ProjectID(l.projects[7])
	stranger := org.PersonID("usr_7zzzzzzzzzzzzzzzzzzzzzzzzz")
	title("One command at L: decide and fold; microseconds: median (least–most)")
	fmt.Printf("%-22s %26s %16s\n", "command", "time", "bytes allocated")
	for _, c := range []struct {
		name string
		cmd  org.Command
	}{
		{"give a role", org.Give{Project: project, Subject: org.Subject{Person: person}, Role: org.Analyst, Window: org.Window{End: now + 1e12}}},
		{"add a member", org.AddMember{Person: stranger, Role: org.RoleMember}},
		{"place in a team", org.PlaceInTeam{Team: team, Person: person, Window: org.Window{End: now + 1e12}}},
		{"suspend", org.Suspend{Person: person}},
		{"remove", org.Remove{Person: person}},
		{"create a project", org.CreateProject{Project: "prj_7zzzzzzzzzzzzzzzzzzzzzzzzz", Name: "A new one"}},
	} {
		var times []time.Duration
		var bytes uint64
		for range 20 * rounds {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			facts, err := org.Decide(s, owner, now, c.cmd)
			if err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
			next := org.Evolve(s, org.Stamp(s, org.Meta{At: now, Actor: owner.Person}, facts)...)
			times = append(times, time.Since(start))
			runtime.ReadMemStats(&after)
			bytes = after.TotalAlloc - before.TotalAlloc
			if next.Version() == s.Version() || next.Damage() != nil {
				return fmt.Errorf("%s changed nothing: %w", c.name, next.Damage())
			}
		}
		fmt.Printf("%-22s %26s %16d\n", c.name, per(times, 1).in(1000, 1), bytes)
	}
	return nil
}
