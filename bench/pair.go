package main

import (
	"fmt"
	"slices"
	"time"
)

// paired are the times of two ways to do the same, taken turn by turn, so that noise of the machine meets both.
type paired struct{ ours, reference []time.Duration }

func pair(rounds int, ours, reference func()) paired {
	ours()
	reference()
	var p paired
	for range rounds {
		p.ours = append(p.ours, timed(ours))
		p.reference = append(p.reference, timed(reference))
	}
	return p
}

func timed(f func()) time.Duration {
	start := time.Now()
	f()
	return time.Since(start)
}

// ratios are ours divided by the reference's, round by round.
func (p paired) ratios() []float64 {
	out := make([]float64, len(p.ours))
	for i := range out {
		out[i] = float64(p.ours[i]) / float64(p.reference[i])
	}
	return out
}

// spread is a median between the least and the most.
type spread struct{ median, least, most float64 }

func spreadOf(values []float64) spread {
	s := slices.Sorted(slices.Values(values))
	return spread{s[len(s)/2], s[0], s[len(s)-1]}
}

// per divides times by how many operations each took.
func per(times []time.Duration, n int) spread {
	values := make([]float64, len(times))
	for i, t := range times {
		values[i] = float64(t) / float64(n)
	}
	return spreadOf(values)
}

func (s spread) in(unit float64, digits int) string {
	return fmt.Sprintf("%.*f (%.*f–%.*f)", digits, s.median/unit, digits, s.least/unit, digits, s.most/unit)
}
