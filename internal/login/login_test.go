package login

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/commonhold/commonhold/internal/cli"
)

func TestALoginIsForOneServerAlone_T170(t *testing.T) {
	const secret = "commonhold_person_secret"
	var shown []string
	away := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		shown = append(shown, r.Header.Get("Authorization"))
	}))
	defer away.Close()
	home := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/v1/key-links/redeem" {
			http.Redirect(w, r, away.URL+r.URL.Path, http.StatusTemporaryRedirect)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"key":"key_1","name":"x","scope":"all","created_at":"2026-03-01T00:00:00Z","expires_at":"2026-04-01T00:00:00Z","made_with":"key_0","secret":%q}`, secret)
	}))
	defer home.Close()
	file := filepath.Join(t.TempDir(), "settings", "logins.json")
	run := func(line ...string) (int, string) {
		var out bytes.Buffer
		p := &cli.Program{Login: Key, Stdin: strings.NewReader("commonhold_link_token\n"), Stdout: &out, Stderr: &out, Now: time.Now, Getenv: func(name string) string {
			return map[string]string{"COMMONHOLD_LOGINS": file, "COMMONHOLD_DATA": t.TempDir()}[name]
		}}
		p.Commands = Commands(p)
		return p.Run(t.Context(), line), out.String()
	}
	if code, out := run("login", "--url", home.URL); code != 0 || strings.Contains(out, secret) {
		t.Fatalf("log in: %d %s", code, out)
	}
	if about, err := os.Stat(file); err != nil || about.Mode().Perm() != 0o600 {
		t.Errorf("the file: %v, %v", about.Mode(), err)
	}
	if code, out := run("whoami", "--url", home.URL); code != 1 || !strings.Contains(out, "redirects to") {
		t.Errorf("redirected: %d %s", code, out)
	}
	if code, out := run("whoami", "--url", away.URL); code != 2 {
		t.Errorf("another server, on this very machine: %d %s", code, out)
	}
	if len(shown) > 0 {
		t.Errorf("another server was shown %q", shown)
	}
}
