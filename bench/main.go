// Command bench measures Commonhold beside plain references in one run: checks against sorted integer rows, folding
// against encoding/json, appends against the plain SQLite driver. README.md says what each figure means.
package main

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/commonhold/commonhold/bench/workload"
)

func main() {
	sizes := flag.String("sizes", "S,M1,M,L", "sizes of the workload to check at")
	parts := flag.String("parts", "check,memory,command,fold,append,node,many", "what to measure")
	rounds := flag.Int("rounds", 11, "pairs of runs of which the median is printed")
	flag.Parse()
	if err := run(strings.Split(*sizes, ","), strings.Split(*parts, ","), *rounds); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(sizes, parts []string, rounds int) error {
	if slices.Contains(parts, "check") {
		if err := checks(sizes, rounds); err != nil {
			return err
		}
	}
	large := slices.DeleteFunc(slices.Clone(atL), func(p part) bool { return !slices.Contains(parts, p.name) })
	if len(large) > 0 {
		w := workload.Draw(workload.L)
		l, err := newLogs(w)
		if err != nil {
			return err
		}
		for _, p := range large {
			if err := p.run(l, w, rounds); err != nil {
				return err
			}
		}
	}
	if slices.Contains(parts, "append") {
		if err := appends(rounds); err != nil {
			return err
		}
	}
	if slices.Contains(parts, "many") {
		return many(rounds)
	}
	return nil
}

// part is what is measured on one large organization.
type part struct {
	name string
	run  func(l *logs, w *workload.Workload, rounds int) error
}

var atL = []part{{"memory", memory}, {"command", commands}, {"fold", folding}, {"node", nodes}}

// title prints a heading.
func title(text string) { fmt.Printf("\n%s\n%s\n", text, strings.Repeat("-", len(text))) }

// checks asks the same questions of a State and of the reference.
func checks(sizes []string, rounds int) error {
	title("Check, one goroutine, string ids; nanoseconds a check: median (least–most)")
	fmt.Printf("%-22s %10s %24s %24s %22s %7s %6s\n", "size", "questions", "commonhold", "plain rows", "ratio", "allocs", "wrong")
	for _, size := range workload.Sizes {
		if !slices.Contains(sizes, size.Name) {
			continue
		}
		w := workload.Draw(size)
		l, err := newLogs(w)
		if err != nil {
			return err
		}
		e, err := newEngines(w, l)
		if err != nil {
			return err
		}
		if err := e.compare(size.Name, l.ask(w, w.Ask(4096)), rounds, max(1, 400_000/4096)); err != nil {
			return err
		}
		if size.Name == "L" {
			if err := e.compare("L, nothing repeated", l.ask(w, w.AskOnce(1_000_000)), min(rounds, 5), 1); err != nil {
				return err
			}
		}
	}
	return nil
}

// compare prints one row of the table of checks.
func (e engines) compare(name string, questions []asked, rounds, times int) error {
	ours, reference := e.wrong(questions)
	if ours+reference > 0 {
		return fmt.Errorf("%s: %d wrong answers here, %d of the reference", name, ours, reference)
	}
	p := pair(rounds, pass(times, questions, e.ours), pass(times, questions, e.reference))
	n := times * len(questions)
	ratio := spreadOf(p.ratios())
	fmt.Printf("%-22s %10d %24s %24s %22s %7d %6d\n", name, len(questions), per(p.ours, n).in(1, 0), per(p.reference, n).in(1, 0),
		ratio.in(1, 2), allocations(questions, e.ours), ours)
	return nil
}
