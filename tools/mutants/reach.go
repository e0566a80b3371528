package main

import (
	"fmt"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// A block is a stretch of code that runs as a whole.
type block struct {
	from, to position
	ran      bool
}

type position struct{ line, column int }

func (p position) before(q position) bool {
	return p.line < q.line || p.line == q.line && p.column < q.column
}

var profileLine = regexp.MustCompile(`^(.+):(\d+)\.(\d+),(\d+)\.(\d+) \d+ (\d+)$`)

func readProfile(text string) (map[string][]block, error) {
	reached := map[string][]block{}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "mode:") {
			continue
		}
		parts := profileLine.FindStringSubmatch(line)
		if parts == nil {
			return nil, fmt.Errorf("read what the tests reach: a line reads %q", line)
		}
		var n [5]int
		for i := range n {
			n[i], _ = strconv.Atoi(parts[i+2]) // digits, says the pattern
		}
		name := path.Base(parts[1])
		reached[name] = append(reached[name], block{position{n[0], n[1]}, position{n[2], n[3]}, n[4] > 0})
	}
	return reached, nil
}

// reaches says whether a test runs the place. Places in no block, such as tables, are run before any test.
func (b *bench) reaches(file string, at position) bool {
	for _, block := range b.reached[filepath.Base(file)] {
		if !at.before(block.from) && at.before(block.to) {
			return block.ran
		}
	}
	return true
}
