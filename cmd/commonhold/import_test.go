package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/commonhold/commonhold/client"
	"github.com/commonhold/commonhold/org"
)

// realFile is the access configuration of a real organization, with every handle replaced.
func realFile(t *testing.T, name string) string {
	t.Helper()
	file, err := filepath.Abs(filepath.Join("..", "..", "internal", "peribolos", "testdata", name+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func TestAnImportThatDiedGoesOn(t *testing.T) {
	i := newInstance(t)
	args := []string{"import", "github-org", realFile(t, "kubernetes-csi"), "--owner", "uac0a6dca4", "--slug", "csi"}
	done := make(chan int, 1)
	go func() { code, _ := i.command(args...); done <- code }()
	for {
		if people, err := client.All(i.People(t.Context())); err == nil && len(people) > 20 {
			break
		}
		select {
		case code := <-done:
			t.Fatalf("it was over with exit code %d before it could be cut off", code)
		case <-time.After(time.Millisecond):
		}
	}
	i.process.kill()
	if code := <-done; code != 6 {
		t.Errorf("exit code %d of the import that was cut off", code)
	}
	i.start()
	if code, out := i.command(args...); code != 0 || !strings.Contains(out, "steps done") {
		t.Fatalf("exit code %d\n%s", code, out)
	}
	if code, out := i.command(args...); code != 0 || !strings.Contains(out, "Nothing to do") {
		t.Errorf("exit code %d\n%s", code, out)
	}
}

// The whole of a large real organization comes in, stays as it is when it comes again, and is asked.
func TestKubernetesComesIn(t *testing.T) {
	i := newInstance(t)
	args := []string{"import", "github-org", realFile(t, "kubernetes"), "--owner", "uac0a6dca4", "--owner", "uc0c8e0449"}
	idle, start := i.memory(), time.Now()
	if code, out := i.command(args...); code != 0 || !strings.Contains(out, "steps done") {
		t.Fatalf("exit code %d\n%s", code, out)
	}
	took := time.Since(start)
	o, err := i.Organization(t.Context(), "kubernetes")
	if err != nil || o.Counts.Active != 1276 || o.Counts.Teams != 242 || len(o.Owners) != 2 {
		t.Fatalf("%+v, %v", o, err)
	}
	t.Logf("imported in %v: %d facts, %d KiB more memory, %s at rest", took.Round(time.Millisecond), o.Version, i.memory()-idle, i.size())
	start = time.Now()
	if code, out := i.command(args...); code != 0 || !strings.Contains(out, "Nothing to do") {
		t.Errorf("exit code %d\n%s", code, out)
	}
	if again, err := i.Organization(t.Context(), "kubernetes"); err != nil || again.Version != o.Version {
		t.Errorf("version %d became %d, %v", o.Version, again.Version, err)
	}
	t.Logf("compared again in %v", time.Since(start).Round(time.Millisecond))
	i.askMuch()
}

// memory is what the server holds, in KiB, where the system tells.
func (i *instance) memory() int {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", i.process.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(status), "VmRSS:")
	fields := strings.Fields(rest)
	if len(fields) == 0 {
		return 0
	}
	kib, err := strconv.Atoi(fields[0])
	if err != nil {
		i.Fatal(err)
	}
	return kib
}

// size is that of the data folder.
func (i *instance) size() string {
	var sum int64
	files, err := os.ReadDir(filepath.Join(i.dir, "commonhold-data"))
	for _, f := range files {
		if about, err := f.Info(); err == nil {
			sum += about.Size()
		}
	}
	if err != nil {
		i.Fatal(err)
	}
	return fmt.Sprintf("%d KiB", sum>>10)
}

// askMuch checks every member on some project, many at once, and says how fast that was.
func (i *instance) askMuch() {
	i.Helper()
	var people []org.PersonID
	for m, err := range i.Members(i.Context(), "kubernetes", client.MemberFilter{}) {
		if err != nil {
			i.Fatal(err)
		}
		people = append(people, m.Person)
	}
	projects, err := client.All(i.Projects(i.Context(), "kubernetes", ""))
	if err != nil {
		i.Fatal(err)
	}
	var allowed, asked atomic.Int64
	var wait sync.WaitGroup
	start := time.Now()
	callers := 4 * runtime.GOMAXPROCS(0)
	for c := range callers {
		wait.Go(func() {
			for k := c; k < len(people); k += callers {
				yes, err := i.Check(i.Context(), "kubernetes", org.Question{Person: people[k], Permission: "project:rename", Project: projects[k%len(projects)].Project})
				if err != nil {
					i.Error(err)
					return
				}
				asked.Add(1)
				if yes {
					allowed.Add(1)
				}
			}
		})
	}
	wait.Wait()
	i.Logf("%d checks over HTTP by %d callers in %v, %d allowed", asked.Load(), callers, time.Since(start).Round(time.Millisecond), allowed.Load())
	if asked.Load() != int64(len(people)) || allowed.Load() == 0 || allowed.Load() == asked.Load() {
		i.Errorf("%d of %d were allowed", allowed.Load(), asked.Load())
	}
}
