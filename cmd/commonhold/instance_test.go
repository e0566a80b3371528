package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/commonhold/commonhold/client"
	"github.com/commonhold/commonhold/internal/cli"
)

// long reports whether the tests run at full length.
func long() bool { return os.Getenv("COMMONHOLD_LONG") != "" }

// besideOthers lets the long form of a test, which waits more than it works, run while others do.
func besideOthers(t *testing.T) {
	if long() {
		t.Parallel()
	}
}

// instance is a server in a folder of its own, and a client of it.
type instance struct {
	testing.TB
	*client.Client
	dir     string
	env     []string // settings of this one
	address string
	process *process
}

// environment is that of the tests without settings of whoever runs them.
func environment() []string {
	return slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "COMMONHOLD_") })
}

func newInstance(t testing.TB, flags ...string) *instance {
	t.Helper()
	i := &instance{TB: t, dir: t.TempDir(), process: &process{}}
	t.Cleanup(func() { i.process.kill() })
	i.start(flags...)
	return i
}

func (i *instance) start(flags ...string) {
	i.Helper()
	var err error
	if i.address, err = i.process.start(i.dir, slices.Concat(environment(), i.env, []string{"COMMONHOLD_LOG_LEVEL=warn"}), flags); err != nil {
		i.Fatal(err)
	}
	key, err := os.ReadFile(filepath.Join(i.dir, "commonhold-data", cli.KeyFile))
	if err != nil {
		i.Fatal(err)
	}
	if i.Client, err = client.New(i.address, strings.TrimSpace(string(key)), client.Tries(1)); err != nil {
		i.Fatal(err)
	}
}

// command runs a command line against the instance and returns its exit code and what it printed.
func (i *instance) command(line ...string) (int, string) {
	var out bytes.Buffer
	env := map[string]string{"COMMONHOLD_URL": i.address, "COMMONHOLD_DATA": filepath.Join(i.dir, "commonhold-data")}
	p := &cli.Program{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out, Getenv: func(name string) string { return env[name] }, Now: time.Now}
	code := p.Run(i.Context(), line)
	return code, out.String()
}
