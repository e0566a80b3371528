package main

import (
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/commonhold/commonhold/client"
	"github.com/commonhold/commonhold/org"
)

// offline runs a command on the data in a process of its own, which may be killed after a while. It returns what it
// printed and whether it came to its end well.
func offline(t testing.TB, dir string, killAfter time.Duration, words ...string) (string, bool) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	cmd := &exec.Cmd{Path: self, Args: append([]string{"commonhold"}, words...), Dir: dir, Env: environment(), Stdout: &out, Stderr: &out}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if killAfter > 0 {
		defer time.AfterFunc(killAfter, func() { _ = cmd.Process.Kill() }).Stop()
	}
	err = cmd.Wait()
	return out.String(), err == nil
}

func mustRun(t testing.TB, dir string, words ...string) string {
	t.Helper()
	out, ok := offline(t, dir, 0, words...)
	if !ok {
		t.Fatalf("%v: %s", words, out)
	}
	return out
}

// files are those below a folder, with what is in them.
func files(t testing.TB, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(name)
		out[strings.TrimPrefix(name, dir)] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func sameFiles(t *testing.T, one, two string) {
	t.Helper()
	a, b := files(t, one), files(t, two)
	if len(a) != len(b) || len(a) == 0 {
		t.Errorf("%d files and %d", len(a), len(b))
	}
	for name := range a {
		if a[name] != b[name] {
			t.Errorf("%s differs", name)
		}
	}
}

// A large real organization goes out of a running server, comes in elsewhere although the import is killed again and
// again, and goes out again: the same to the byte.
//
// T-257
func TestKubernetesGoesOutInAndOutAgain(t *testing.T) {
	i := newInstance(t)
	if code, out := i.command("import", "github-org", realFile(t, "kubernetes"), "--owner", "uac0a6dca4"); code != 0 {
		t.Fatalf("exit code %d\n%s", code, out)
	}
	start := time.Now()
	said := mustRun(t, i.dir, "export", "out")
	took := time.Since(start)
	start = time.Now()
	mustRun(t, i.dir, "doctor")
	t.Logf("%s in %v; doctor in %v", strings.TrimSpace(said), took.Round(time.Millisecond), time.Since(start).Round(time.Millisecond))
	kills, whole := 0, false
	for wait := 60 * time.Millisecond; !whole; wait += wait / 3 {
		start = time.Now()
		if said, whole = offline(t, i.dir, wait, "import", "out", "--data", "moved"); whole {
			break
		}
		if kills++; kills > 40 {
			t.Fatalf("it does not come to its end: %s", said)
		}
	}
	t.Logf("%s after %d kills, the last run in %v", strings.TrimSpace(said), kills, time.Since(start).Round(time.Millisecond))
	if kills == 0 {
		t.Error("nothing was killed")
	}
	if said := mustRun(t, i.dir, "import", "out", "--data", "moved"); !strings.Contains(said, "Nothing to do") {
		t.Error(said)
	}
	mustRun(t, i.dir, "doctor", "--data", "moved")
	mustRun(t, i.dir, "export", "again", "--data", "moved")
	sameFiles(t, filepath.Join(i.dir, "out"), filepath.Join(i.dir, "again"))
}

// Backups that are taken while commands come in are whole: what was acknowledged before one began is in it.
//
// T-258
func TestBackupsUnderLoad(t *testing.T) {
	i := newInstance(t)
	owner, err := i.AddPerson(t.Context(), client.PersonFields{Name: "Ana Souza", ExternalID: "ana"})
	if err == nil {
		_, err = i.Vouch(t.Context(), "ext:ana", true)
	}
	if err != nil {
		t.Fatal(err)
	}
	slug := i.found(0, owner.Person)
	stop := make(chan struct{})
	var wait sync.WaitGroup
	ana := i.With(client.ActingFor("ext:ana"))
	for c := range 4 {
		wait.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				name := org.Name("Project " + string(rune('a'+c)) + time.Now().Format("150405.000000000"))
				if _, err := ana.Do(i.Context(), slug, org.CreateProject{Name: name}, nil); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for n := range 3 {
		time.Sleep(100 * time.Millisecond)
		o, err := i.Organization(t.Context(), slug)
		if err != nil {
			t.Fatal(err)
		}
		file, to := "backup-"+string(rune('0'+n)), "restored-"+string(rune('0'+n))
		mustRun(t, i.dir, "backup", file)
		mustRun(t, i.dir, "restore", file, "--data", to)
		mustRun(t, i.dir, "doctor", "--data", to)
		mustRun(t, i.dir, "export", to+"-out", "--data", to)
		var has struct{ Version org.Version }
		if err := json.Unmarshal([]byte(files(t, filepath.Join(i.dir, to+"-out"))["/organizations.jsonl"]), &has); err != nil {
			t.Fatal(err)
		}
		t.Logf("at version %d; %d was acknowledged before", has.Version, o.Version)
		if has.Version < o.Version {
			t.Errorf("backup %d is at version %d, %d was acknowledged before it began", n, has.Version, o.Version)
		}
	}
	close(stop)
	wait.Wait()
}
