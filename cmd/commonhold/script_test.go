package main

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/commonhold/commonhold/internal/route"
)

// TestMain lets the test binary be the program: under the name commonhold it is what main is.
func TestMain(m *testing.M) { testscript.Main(withServers{m}, map[string]func(){"commonhold": main}) }

// The scripts in testdata/script run the program as people do. Beside the commands of testscript they know
//
//	serve [FLAGS]      start a server on a free port, in the folder $WORK, and make it the one that commands speak to
//	stop               stop it as a supervisor does; its log is then in the file server.log
//	code N WORDS…      run a command that has to end with the exit code N
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"),
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"serve": scriptServe,
			"stop":  scriptStop,
			"code":  scriptCode,
		},
		Setup: func(e *testscript.Env) error {
			e.Values[running{}] = &process{}
			e.Defer(func() { e.Values[running{}].(*process).kill() })
			return nil
		},
	})
}

type running struct{}

func scriptServe(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("a server that should not start is run with code")
	}
	p := ts.Value(running{}).(*process)
	if p.cmd != nil {
		ts.Fatalf("a server runs already")
	}
	var env []string
	for _, name := range []string{"PATH", "HOME", "WORK", "TMPDIR"} {
		env = append(env, name+"="+ts.Getenv(name))
	}
	address, err := p.start(ts.MkAbs("."), env, args)
	ts.Check(err)
	ts.Setenv("COMMONHOLD_URL", address)
	ts.Check(os.WriteFile(ts.MkAbs("server.out"), []byte(p.said()), 0o600))
}

func scriptStop(ts *testscript.TestScript, _ bool, _ []string) {
	p := ts.Value(running{}).(*process)
	err := p.stop()
	ts.Check(os.WriteFile(ts.MkAbs("server.log"), []byte(p.logged()), 0o600))
	ts.Check(err)
}

func scriptCode(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		exit, ok := errors.AsType[*exec.ExitError](err)
		if !ok {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// process is a server that runs as a process of its own.
type process struct {
	program string // the file; this test's own if empty
	cmd     *exec.Cmd
	done    chan struct{} // closed when all that it printed was read
	mu      sync.Mutex
	out     bytes.Buffer
	log     bytes.Buffer
}

// start starts the program as a server and returns the address that it prints.
func (p *process) start(dir string, env, args []string) (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	p.cmd = &exec.Cmd{Path: cmp.Or(p.program, self), Args: append([]string{"commonhold", "serve", "--listen", "127.0.0.1:0"}, args...), Dir: dir, Env: env, Stderr: &locked{p, &p.log}}
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		return "", err
	}
	if err := p.cmd.Start(); err != nil {
		return "", err
	}
	address := make(chan string, 1)
	p.done = make(chan struct{})
	go p.read(stdout, address)
	select {
	case found := <-address:
		return found, nil
	case <-p.done:
		return "", errors.Join(p.cmd.Wait(), errors.New("the server ended: "+p.logged()))
	case <-time.After(time.Minute):
		return "", errors.New("the server does not start: " + p.logged())
	}
}

// read keeps what the server prints. The address stands in the first line, the greeting ends with the line on the data.
func (p *process) read(stdout io.Reader, address chan<- string) {
	defer close(p.done)
	found := ""
	for lines := bufio.NewScanner(stdout); lines.Scan(); {
		p.mu.Lock()
		p.out.WriteString(lines.Text() + "\n")
		p.mu.Unlock()
		if rest, ok := strings.CutPrefix(lines.Text(), "Commonhold answers at "); ok {
			found = rest
		}
		if strings.HasPrefix(lines.Text(), "  data ") {
			address <- found
		}
	}
}

func (p *process) said() string   { p.mu.Lock(); defer p.mu.Unlock(); return p.out.String() }
func (p *process) logged() string { p.mu.Lock(); defer p.mu.Unlock(); return p.log.String() }

// stop ends the server as a supervisor does.
func (p *process) stop() error {
	if p.cmd == nil {
		return errors.New("no server runs")
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	return p.wait()
}

// kill ends the server as a power cut does.
func (p *process) kill() {
	if p.cmd != nil && p.cmd.Process.Kill() == nil {
		_ = p.wait() // that it was killed is known
	}
}

func (p *process) wait() error {
	<-p.done
	err := p.cmd.Wait()
	p.cmd = nil
	return err
}

// locked writes into a buffer under the process's lock.
type locked struct {
	p  *process
	to *bytes.Buffer
}

func (l *locked) Write(b []byte) (int, error) {
	l.p.mu.Lock()
	defer l.p.mu.Unlock()
	return l.to.Write(b)
}

// Every command of the program occurs in a script, so that none is shipped that was never run.
func TestEveryCommandIsInAScript(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "script", "*.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(b)
	}
	for _, r := range route.Table() {
		if r.CLI != "" && !strings.Contains(all.String(), "commonhold "+r.CLI+" ") && !strings.Contains(all.String(), "commonhold "+r.CLI+"\n") {
			t.Errorf("no script runs commonhold %s", r.CLI)
		}
	}
	for _, words := range []string{"serve", "version", "completion", "import github-org", "import", "export", "backup", "restore", "confirm-restore", "doctor"} {
		if !strings.Contains(all.String(), "commonhold "+words) {
			t.Errorf("no script runs commonhold %s", words)
		}
	}
}
