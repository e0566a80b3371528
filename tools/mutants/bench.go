package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
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

// A bench runs the tests of a package over changed code.
type bench struct {
	code    *code
	changes []change
	root    string
	pkg     string
	folder  string // for changed code and what it is compiled to

	reached  map[string][]block // by the file's base name
	compiled string             // the tests over all changes at once
	alone    []bool             // of changes: compiled by itself
	passes   []pass
}

// A pass is a part of the tests, and how much of the processor it takes undisturbed. Most changes fail a fast test, so
// the fast ones run first.
type pass struct {
	args []string
	time time.Duration
}

// limit is when a changed program is said to run for ever. It is time of the processor: a busy machine is no reason.
func (p pass) limit() time.Duration { return 2*time.Second + 5*p.time }

// A trial is what came of one change.
type trial struct {
	change  change
	outcome outcome
	err     error
}

func newBench(ctx context.Context, c *code, root, pkg string, changes []change) (*bench, error) {
	folder, err := os.MkdirTemp("", "mutants")
	if err != nil {
		return nil, fmt.Errorf("make a folder for changed code: %w", err)
	}
	b := &bench{code: c, changes: changes, root: root, pkg: pkg, folder: folder}
	if err := b.prepare(ctx); err != nil {
		b.close()
		return nil, err
	}
	return b, nil
}

func (b *bench) close() { _ = os.RemoveAll(b.folder) } // it lies where the system clears up anyway

// prepare learns which code the tests reach, compiles all changes, and takes the time of the tests while none holds.
func (b *bench) prepare(ctx context.Context) error {
	profile := filepath.Join(b.folder, "reached")
	if out, err := b.goTest(ctx, "-timeout=0", "-coverprofile="+profile).CombinedOutput(); err != nil {
		return fmt.Errorf("run the tests over unchanged code: %w\n%s", err, out)
	}
	text, err := os.ReadFile(profile)
	if err != nil {
		return fmt.Errorf("read what the tests reach: %w", err)
	}
	if b.reached, err = readProfile(string(text)); err != nil {
		return err
	}
	schema := b.code.schema(b.changes)
	b.alone = schema.alone
	if b.compiled, err = b.compile(ctx, "all", schema.files); err != nil {
		return err
	}
	out, err := b.test(ctx, b.compiled, 0, 0, "-test.v").CombinedOutput()
	if err != nil {
		return fmt.Errorf("run the compiled tests while no change holds: %w\n%s", err, out)
	}
	b.passes = []pass{{}}
	if slow := slowTests(string(out)); len(slow) > 0 {
		pattern := "^(" + strings.Join(slow, "|") + ")$"
		b.passes = []pass{{args: []string{"-test.skip=" + pattern}}, {args: []string{"-test.run=" + pattern}}}
	}
	for i := range b.passes {
		p := &b.passes[i]
		test := b.test(ctx, b.compiled, 0, 0, p.args...)
		if out, err := test.CombinedOutput(); err != nil {
			return fmt.Errorf("run the compiled tests once more: %w\n%s", err, out)
		}
		p.time = test.ProcessState.UserTime() + test.ProcessState.SystemTime()
	}
	return nil
}

// undisturbed is what the tests take while no change holds.
func (b *bench) undisturbed() (sum time.Duration) {
	for _, p := range b.passes {
		sum += p.time
	}
	return sum
}

var passed = regexp.MustCompile(`(?m)^--- PASS: (\w+) \((.+)s\)$`)

// slowTests names the tests that each take more than a hundredth of the time of all.
func slowTests(out string) (slow []string) {
	took := map[string]float64{}
	var all float64
	for _, parts := range passed.FindAllStringSubmatch(out, -1) {
		took[parts[1]], _ = strconv.ParseFloat(parts[2], 64) // what the testing package prints is a number
		all += took[parts[1]]
	}
	for name, time := range took {
		if time > all/100 {
			slow = append(slow, name)
		}
	}
	slices.Sort(slow)
	return slow
}

func (b *bench) goTest(ctx context.Context, args ...string) *exec.Cmd {
	command := exec.CommandContext(ctx, "go", append(append([]string{"test", "-vet=off", "-count=1"}, args...), b.pkg)...)
	command.Dir = b.root
	return command
}

// compile builds the tests with some files replaced or added, and returns where the program lies.
func (b *bench) compile(ctx context.Context, name string, files map[string][]byte) (string, error) {
	replace := map[string]string{}
	for original, text := range files {
		at, err := filepath.Abs(original)
		if err != nil {
			return "", fmt.Errorf("find %s: %w", original, err)
		}
		replace[at] = filepath.Join(b.folder, name+"_"+filepath.Base(original))
		if err := os.WriteFile(replace[at], text, 0o600); err != nil {
			return "", fmt.Errorf("write changed code: %w", err)
		}
	}
	table, err := json.Marshal(map[string]map[string]string{"Replace": replace})
	if err != nil {
		return "", fmt.Errorf("write the overlay: %w", err)
	}
	overlay, program := filepath.Join(b.folder, name+".json"), filepath.Join(b.folder, name+".test")
	if err := os.WriteFile(overlay, table, 0o600); err != nil {
		return "", fmt.Errorf("write the overlay: %w", err)
	}
	out, err := b.goTest(ctx, "-c", "-ldflags=-s -w", "-overlay="+overlay, "-o="+program).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("compile the tests over changed code: %w\n%s", err, out)
	}
	return program, nil
}

// test is the compiled tests with one change chosen, or none (0), and a limit to their time, or none (0). They may use
// one processor and four gigabytes: a changed loop may ask for all there is.
func (b *bench) test(ctx context.Context, program string, number int, limit time.Duration, args ...string) *exec.Cmd {
	args = append([]string{program, "-test.failfast", "-test.timeout=" + (20 * limit).String()}, args...)
	if limiter, err := exec.LookPath("prlimit"); err == nil {
		limits := []string{limiter, "--as=" + strconv.Itoa(4<<30)}
		if limit > 0 {
			limits = append(limits, fmt.Sprintf("--cpu=%.0f", limit.Seconds()))
		}
		args = append(limits, args...)
	}
	command := exec.CommandContext(ctx, args[0], args[1:]...)
	command.Dir = filepath.Join(b.root, b.pkg)
	command.Env = append(os.Environ(), "GOMAXPROCS=1", fmt.Sprintf("%s=%d", chooser, number))
	return command
}

// try yields what comes of each change, in the order in which trials end.
func (b *bench) try(ctx context.Context, workers int) iter.Seq[trial] {
	return func(yield func(trial) bool) {
		ctx, stop := context.WithCancel(ctx)
		defer stop()
		todo, done := make(chan int), make(chan trial)
		var working sync.WaitGroup
		for range workers {
			working.Go(func() {
				for i := range todo {
					outcome, err := b.judge(ctx, i)
					done <- trial{b.changes[i], outcome, err}
				}
			})
		}
		go func() {
			defer close(done)
			for i := range b.changes {
				select {
				case todo <- i:
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
	}
}

func (b *bench) judge(ctx context.Context, i int) (outcome, error) {
	ch := b.changes[i]
	if !b.reaches(ch.file, b.code.position(ch)) {
		return unreached, nil
	}
	program, number := b.compiled, i+1
	if b.alone[i] {
		var err error
		name := fmt.Sprintf("change%d", number)
		if program, err = b.compile(ctx, name, map[string][]byte{ch.file: b.code.apply(ch)}); err != nil {
			return "", fmt.Errorf("%s: %s: %w", b.code.place(ch), ch.what, err)
		}
		defer os.Remove(program)
	}
	for _, p := range b.passes {
		out, err := b.test(ctx, program, number, p.limit(), p.args...).CombinedOutput()
		var exit *exec.ExitError
		switch {
		case ctx.Err() != nil:
			return "", fmt.Errorf("try a change: %w", ctx.Err())
		case err == nil:
		case !errors.As(err, &exit):
			return "", fmt.Errorf("%s: %s: run the tests: %w", b.code.place(ch), ch.what, err)
		case exit.ExitCode() < 0 || strings.Contains(string(out), "panic: test timed out"): // below 0: killed
			return endless, nil
		default:
			return failed, nil
		}
	}
	return lived, nil
}

// A tally counts outcomes.
type tally map[outcome]int

func (t tally) tried() int   { return t.noticed() + t[lived] + t[unreached] }
func (t tally) noticed() int { return t[failed] + t[endless] }
func (t tally) share() float64 {
	return 100 * float64(t.noticed()) / float64(cmp.Or(t.tried(), 1))
}
