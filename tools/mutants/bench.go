package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

type outcome string

const (
	failed    outcome = "a test failed"
	endless   outcome = "out of time"
	lived     outcome = "lived"
	unreached outcome = "not reached"
)

// A bench runs the tests of a package over changed code. Compiled changes are of no use to anybody afterwards, so it
// has build caches of its own.
type bench struct {
	root, pkg   string
	folder      string // for overlays and caches
	undisturbed time.Duration
	reached     map[string][]block // by the file's base name
	workers     int
}

// A block is a stretch of code that runs as a whole.
type block struct {
	from, to position
	ran      bool
}

type position struct{ line, column int }

func (p position) before(q position) bool {
	return p.line < q.line || p.line == q.line && p.column < q.column
}

// A trial is what came of one change.
type trial struct {
	change  change
	outcome outcome
	err     error
}

// cacheFor is how many changes are compiled before a build cache is thrown away: each leaves several megabytes.
const cacheFor = 100

func newBench(ctx context.Context, root, pkg string, workers int) (*bench, error) {
	folder, err := os.MkdirTemp("", "mutants")
	if err != nil {
		return nil, fmt.Errorf("make a folder for changed code: %w", err)
	}
	b := &bench{root: root, pkg: pkg, folder: folder, workers: workers}
	if err := b.measure(ctx); err != nil {
		b.close()
		return nil, err
	}
	return b, nil
}

func (b *bench) close() { _ = os.RemoveAll(b.folder) } // it lies where the system clears up anyway

// measure runs the unchanged tests: which code they reach, then how long they take, which also fills the cache that
// the workers start from.
func (b *bench) measure(ctx context.Context) error {
	profile := filepath.Join(b.folder, "reached")
	if out, err := b.goTest(ctx, "cache", "-timeout=0", "-coverprofile="+profile).CombinedOutput(); err != nil {
		return fmt.Errorf("run the tests over unchanged code: %w\n%s", err, out)
	}
	text, err := os.ReadFile(profile)
	if err != nil {
		return fmt.Errorf("read what the tests reach: %w", err)
	}
	if b.reached, err = readProfile(string(text)); err != nil {
		return err
	}
	if out, err := b.goTest(ctx, "cache", "-run=^$").CombinedOutput(); err != nil {
		return fmt.Errorf("compile the tests: %w\n%s", err, out)
	}
	start := time.Now()
	if out, err := b.goTest(ctx, "cache", "-timeout=0").CombinedOutput(); err != nil {
		return fmt.Errorf("run the tests once more: %w\n%s", err, out)
	}
	b.undisturbed = time.Since(start)
	return nil
}

func (b *bench) goTest(ctx context.Context, cache string, args ...string) *exec.Cmd {
	args = append([]string{"test", "-vet=off", "-count=1", "-failfast", "-ldflags=-s -w"}, args...)
	if limiter, err := exec.LookPath("prlimit"); err == nil { // a changed loop may ask for all the memory there is
		args = append(args, "-exec="+limiter+" --as="+strconv.Itoa(8<<30))
	}
	command := exec.CommandContext(ctx, "go", append(args, b.pkg)...)
	command.Dir = b.root
	command.Env = append(os.Environ(), "GOCACHE="+filepath.Join(b.folder, cache))
	return command
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

// try yields what comes of each change, in the order in which trials end.
func (b *bench) try(ctx context.Context, c *code, all []change) iter.Seq[trial] {
	return func(yield func(trial) bool) {
		ctx, stop := context.WithCancel(ctx)
		todo, done := make(chan change), make(chan trial)
		var working sync.WaitGroup
		for i := range b.workers {
			working.Go(func() { b.work(ctx, i, c, todo, done) })
		}
		go func() {
			defer close(done)
			for _, ch := range all {
				select {
				case todo <- ch:
				case <-ctx.Done():
				}
			}
			close(todo)
			working.Wait()
		}()
		going := true
		for t := range done { // to the end also when nobody listens, so that every worker ends
			if going = going && yield(t); !going {
				stop()
			}
		}
		stop()
	}
}

func (b *bench) work(ctx context.Context, worker int, c *code, todo <-chan change, done chan<- trial) {
	cache, used := fmt.Sprintf("cache%d", worker), 0
	for ch := range todo {
		if used%cacheFor == 0 {
			if err := b.freshCache(cache); err != nil {
				done <- trial{change: ch, err: err}
				continue
			}
		}
		used++
		t := trial{change: ch}
		t.outcome, t.err = b.judge(ctx, worker, cache, c, ch)
		done <- t
	}
}

func (b *bench) freshCache(name string) error {
	to := filepath.Join(b.folder, name)
	if err := os.RemoveAll(to); err != nil {
		return fmt.Errorf("empty a build cache: %w", err)
	}
	if err := os.CopyFS(to, os.DirFS(filepath.Join(b.folder, "cache"))); err != nil {
		return fmt.Errorf("fill a build cache: %w", err)
	}
	return nil
}

func (b *bench) judge(ctx context.Context, worker int, cache string, c *code, ch change) (outcome, error) {
	before := c.text[ch.file][:ch.from]
	at := position{1 + bytes.Count(before, []byte("\n")), len(before) - bytes.LastIndexByte(before, '\n')}
	if !b.reaches(ch.file, at) {
		return unreached, nil
	}
	original, err := filepath.Abs(ch.file)
	if err != nil {
		return "", fmt.Errorf("find %s: %w", ch.file, err)
	}
	changed := filepath.Join(b.folder, fmt.Sprintf("changed%d.go", worker))
	overlay := filepath.Join(b.folder, fmt.Sprintf("overlay%d.json", worker))
	table, err := json.Marshal(map[string]map[string]string{"Replace": {original: changed}})
	if err != nil {
		return "", fmt.Errorf("write the overlay: %w", err)
	}
	if err := errors.Join(os.WriteFile(changed, c.apply(ch), 0o600), os.WriteFile(overlay, table, 0o600)); err != nil {
		return "", fmt.Errorf("write the changed code: %w", err)
	}
	limit := 10*time.Second + 5*b.undisturbed
	out, err := b.goTest(ctx, cache, "-overlay="+overlay, "-timeout="+limit.String()).CombinedOutput()
	switch {
	case ctx.Err() != nil:
		return "", fmt.Errorf("try a change: %w", ctx.Err())
	case err == nil:
		return lived, nil
	case bytes.Contains(out, []byte("[build failed]")):
		return "", fmt.Errorf("%s: %s: it should compile, but\n%s", c.place(ch), ch.what, out)
	case bytes.Contains(out, []byte("panic: test timed out")):
		return endless, nil
	}
	return failed, nil
}
