package cli

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// Scripts rely on words, arguments, flags and exit codes: a change of them is read as a difference of this file.
func TestCommandsAreAsTheyWere(t *testing.T) {
	s := newStub(t)
	var out strings.Builder
	commands := s.all()
	for _, c := range grouped(commands) {
		fmt.Fprintf(&out, "%s\n", usage(&c))
		flagHelp(&out, c.Flags)
	}
	var g global
	out.WriteString("\n")
	flagHelp(&out, g.flags())
	out.WriteString("\n" + exits + "\n")
	name := filepath.Join("testdata", "commands.golden")
	if *update {
		if err := os.WriteFile(name, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil || string(want) != out.String() {
		t.Errorf("%v: %s is not what the commands say: run make golden and review the difference", err, name)
	}
}
