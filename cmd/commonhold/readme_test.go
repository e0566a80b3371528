package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// shell is a block of a page that readers are asked to type.
type shell struct {
	line int
	text string
}

// shellBlocks returns the blocks that are marked sh; those marked console or text only show something.
func shellBlocks(page string) []shell {
	var out []shell
	inside := false
	for n, line := range strings.Split(page, "\n") {
		switch {
		case !inside && strings.TrimSpace(line) == "```sh":
			inside = true
			out = append(out, shell{line: n + 2})
		case inside && strings.HasPrefix(line, "```"):
			inside = false
		case inside:
			out[len(out)-1].text += line + "\n"
		}
	}
	return out
}

// The commands of the README work as they stand, in their order and in one shell, as a reader would type them. What
// takes minutes or a network is played by stand-ins: git, which finds the clone made already, and make, whose targets
// have to exist; make run finds the demo running, make build puts this very program into bin.
func TestReadmeWorks(t *testing.T) {
	root := filepath.Join("..", "..")
	page, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	blocks := shellBlocks(string(page))
	if len(blocks) == 0 {
		t.Fatal("the README has no block marked sh")
	}
	home := t.TempDir()
	clone := filepath.Join(home, "commonhold")
	if err := os.Mkdir(clone, 0o755); err != nil {
		t.Fatal(err)
	}
	stand := standIns(t, root)
	p := &process{}
	t.Cleanup(p.kill)
	address, err := p.start(clone, environment(), []string{"--demo", "--log-level", "warn"})
	if err != nil {
		t.Fatal(err)
	}
	script := "set -euo pipefail\n"
	for _, b := range blocks {
		script += fmt.Sprintf("echo '== README.md:%d' >&2\n%s", b.line, b.text)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	run := exec.CommandContext(ctx, "bash", "-c", strings.ReplaceAll(script, "http://localhost:8080", address))
	run.Dir = home
	run.Env = append(environment(), "PATH="+stand+string(os.PathListSeparator)+os.Getenv("PATH"), "COMMONHOLD_URL="+address)
	if out, err := run.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// standIns makes a folder with a git and a make that check what they are asked for.
func standIns(t *testing.T, root string) string {
	t.Helper()
	makefile, err := os.ReadFile(filepath.Join(root, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	var targets []string
	for _, m := range regexp.MustCompile(`(?m)^([a-z-]+):`).FindAllStringSubmatch(string(makefile), -1) {
		targets = append(targets, m[1])
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, body := range map[string]string{
		"git": `[ "$1" = clone ] && [ "$2" = https://github.com/commonhold/commonhold ] || { echo "git $*: not here" >&2; exit 1; }`,
		"make": `for target in "$@"; do
  case " ` + strings.Join(targets, " ") + ` " in *" $target "*) ;; *) echo "make: no target $target" >&2; exit 1;; esac
  if [ "$target" = build ]; then mkdir -p bin && ln -sf '` + self + `' bin/commonhold; fi
done`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+body+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// The commands that the demo's greeting shows work as they stand.
func TestTheDemosCommandsWork(t *testing.T) {
	p := &process{}
	t.Cleanup(p.kill)
	dir := t.TempDir()
	if _, err := p.start(dir, environment(), []string{"--demo", "--log-level", "warn"}); err != nil {
		t.Fatal(err)
	}
	_, list, ok := strings.Cut(p.said(), "Try, in another terminal in the same folder:\n\n")
	for range 100 {
		if ok && strings.Count(list, "\n") >= 3 {
			break
		}
		time.Sleep(10 * time.Millisecond)
		_, list, ok = strings.Cut(p.said(), "Try, in another terminal in the same folder:\n\n")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(list) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		n++
		_, rest, ok := strings.Cut(line, "commonhold ")
		if !ok {
			t.Fatalf("this is no command: %s", line)
		}
		run := &exec.Cmd{Path: self, Args: append([]string{"commonhold"}, strings.Fields(rest)...), Dir: dir, Env: environment()}
		if out, err := run.CombinedOutput(); err != nil || strings.Count(string(out), "\n") < 3 {
			t.Errorf("%s%v\n%s", line, err, out)
		}
	}
	if n != 3 {
		t.Errorf("%d commands in\n%s", n, list)
	}
}
