package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/commonhold/commonhold/client"
	"github.com/commonhold/commonhold/org"
)

// A server that is told to stop says first that it is not ready, goes on answering, finishes what was begun, and ends in
// time with nothing lost.
func TestStopUnderLoad(t *testing.T) {
	t.Run("T-265 what was begun is finished and nothing acknowledged is lost", func(t *testing.T) {
		i := newInstance(t, "--drain", "400ms")
		if _, err := i.AddPerson(t.Context(), client.PersonFields{Name: "Ana", ExternalID: "ana"}); err != nil {
			t.Fatal(err)
		}
		if _, err := i.CreateOrganization(t.Context(), org.CreateOrganization{Name: "Acme", Slug: "acme", Owner: "ext:ana"}); err != nil {
			t.Fatal(err)
		}
		load := i.load(8)
		time.Sleep(100 * time.Millisecond)
		if err := i.process.cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		i.waitUnready()
		before := load.acked.Load()
		time.Sleep(100 * time.Millisecond)
		if load.acked.Load() == before {
			t.Error("nothing was answered while the server said that it was not ready")
		}
		if status := i.get("/livez"); status != http.StatusOK {
			t.Errorf("it was not alive any more: %d", status)
		}
		start := time.Now()
		if err := i.process.wait(); err != nil || time.Since(start) > stopWithin {
			t.Errorf("%v after %v", err, time.Since(start))
		}
		load.wait.Wait()
		if log := i.process.logged(); strings.Contains(log, "level=ERROR") {
			t.Error(log)
		}
		if load.broken.Load() > 0 {
			t.Errorf("%d requests were cut off", load.broken.Load())
		}
		i.start()
		teams, err := client.All(i.Teams(t.Context(), "acme", ""))
		if err != nil || int64(len(teams)) != load.acked.Load() {
			t.Errorf("%d teams were acknowledged, %d are there, %v", load.acked.Load(), len(teams), err)
		}
	})
}

type load struct {
	wait          sync.WaitGroup
	acked, broken atomic.Int64
}

// load lets callers write until the server takes no more connections.
func (i *instance) load(callers int) *load {
	l := &load{}
	for c := range callers {
		l.wait.Go(func() {
			for k := 0; ; k++ {
				_, err := i.CreateTeam(i.Context(), "acme", org.CreateTeam{Name: org.Name(fmt.Sprintf("Team %d-%d", c, k))})
				switch {
				case err == nil:
					l.acked.Add(1)
				case errors.Is(err, syscall.ECONNREFUSED):
					return
				default:
					// A connection that was idle may be closed under a request that was never begun; Go's transport sends
					// such a request again unless it may have been read.
					if !errors.Is(err, io.EOF) && !errors.Is(err, syscall.ECONNRESET) {
						i.Error(err)
						l.broken.Add(1)
					}
					return
				}
			}
		})
	}
	return l
}

func (i *instance) get(path string) int {
	i.Helper()
	status, _ := i.fetch(i.address + path)
	return status
}

// fetch asks on a connection of its own; nobody's answer is status 0.
func (i *instance) fetch(address string) (status int, body string) {
	i.Helper()
	q, err := http.NewRequestWithContext(i.Context(), http.MethodGet, address, nil)
	if err != nil {
		i.Fatal(err)
	}
	c := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	p, err := c.Do(q)
	if err != nil {
		return 0, ""
	}
	defer p.Body.Close()
	b, err := io.ReadAll(p.Body)
	if err != nil {
		i.Fatal(err)
	}
	return p.StatusCode, string(b)
}

func TestMetricsHaveAnAddressOfTheirOwn(t *testing.T) {
	i := newInstance(t, "--metrics-listen", "127.0.0.1:0")
	_, rest, _ := strings.Cut(i.process.said(), "  metrics  ")
	address, _, ok := strings.Cut(rest, "\n")
	if status, body := i.fetch(address); !ok || status != http.StatusOK || !strings.Contains(body, "commonhold_") {
		t.Errorf("%q: %d %s", address, status, body)
	}
	if status := i.get("/metrics"); status != http.StatusNotFound {
		t.Errorf("the address of the API answers %d", status)
	}
}

func TestTheConsoleIsForThisMachineAlone(t *testing.T) {
	i := newInstance(t)
	if status, _ := i.fetch(i.address + "/"); status == http.StatusNotFound {
		t.Error("nothing leads to the console")
	}
	if status, _ := i.fetch(i.address + "/console/open"); status != http.StatusOK {
		t.Errorf("/console/open answers %d", status)
	}
	if err := i.process.stop(); err != nil {
		t.Fatal(err)
	}
	address, err := i.process.start(i.dir, environment(), []string{"--public-url", "https://commonhold.example.com"})
	_, rest, _ := strings.Cut(i.process.said(), "  listens  on ")
	local, _, ok := strings.Cut(rest, ",")
	if err != nil || !ok || address != "https://commonhold.example.com" {
		t.Fatalf("%s, %v\n%s", address, err, i.process.said())
	}
	if status, _ := i.fetch("http://" + local + "/console/open"); status != http.StatusNotFound {
		t.Errorf("behind a proxy the console answers %d", status)
	}
}

func (i *instance) waitUnready() {
	i.Helper()
	for range 300 {
		switch status := i.get("/readyz"); status {
		case http.StatusServiceUnavailable:
			return
		case http.StatusOK:
			time.Sleep(time.Millisecond)
		default:
			i.Fatalf("/readyz answers %d", status)
		}
	}
	i.Fatal("it went on saying that it was ready")
}
