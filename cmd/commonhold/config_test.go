package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/commonhold/commonhold/internal/cli"
)

func TestDefaultsWork(t *testing.T) {
	c := defaults()
	if err := c.check(); err != nil {
		t.Error(err)
	}
}

func TestEverySettingIsAFlagAndAVariable(t *testing.T) {
	c := config{}
	values := map[string]string{"demo": "true", "new-key": "true", "stale": "500ms", "drain": "3s", "cache-bytes": "2GiB"}
	for _, f := range c.flags() {
		if f.Summary == "" || f.Env != "COMMONHOLD_"+strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_")) {
			t.Errorf("--%s: %q, %s", f.Name, f.Summary, f.Env)
		}
		value, ok := values[f.Name]
		if !ok {
			value = "x"
		}
		if err := f.Set(value); err != nil {
			t.Errorf("--%s %s: %v", f.Name, value, err)
		}
	}
	want := config{"x", "x", "x", "x", "x", "x", true, true, "x", "x", 500 * time.Millisecond, 2 << 30, 3 * time.Second}
	if c != want {
		t.Errorf("%+v", c)
	}
}

func TestSizesAreReadAsTheyAreShown(t *testing.T) {
	for text, want := range map[string]byteSize{"512MiB": 512 << 20, "1GiB": 1 << 30, "3KiB": 3 << 10, "1234567": 1234567, "1536MiB": 1536 << 20} {
		var b byteSize
		if err := b.read(text); err != nil || b != want || b.String() != text {
			t.Errorf("%s: %d, shown as %s, %v", text, b, b, err)
		}
	}
	for _, text := range []string{"", "GiB", "-1", "1.5GiB", "99999999999GiB", "1 GiB", "12TB"} {
		var b byteSize
		if err := b.read(text); err == nil {
			t.Errorf("%q is %d", text, b)
		}
	}
}

func TestSettingsThatCannotWorkAreRefused(t *testing.T) {
	rows := []struct {
		name   string
		change func(*config)
		flag   string // in the refusal; empty if there is none
	}{
		{"no port", func(c *config) { c.Listen = "localhost" }, "--listen"},
		{"a port that is none", func(c *config) { c.Listen = "127.0.0.1:http" }, "--listen"},
		{"other machines reach it in the clear", func(c *config) { c.Listen = ":8080" }, "--listen"},
		{"other machines reach it through a proxy", func(c *config) { c.Listen, c.PublicURL = ":8080", "https://x.example" }, ""},
		{"the other loopback", func(c *config) { c.Listen = "[::1]:0" }, ""},
		{"a name for loopback", func(c *config) { c.Listen = "localhost:0" }, ""},
		{"a public address without https", func(c *config) { c.PublicURL = "http://x.example" }, "--public-url"},
		{"a public address with a path", func(c *config) { c.PublicURL = "https://x.example/a" }, "--public-url"},
		{"a public address with a user", func(c *config) { c.PublicURL = "https://u:p@x.example" }, "--public-url"},
		{"metrics without a port", func(c *config) { c.MetricsListen = "9090" }, "--metrics-listen"},
		{"a database and memory", func(c *config) { c.Database, c.Data = "postgres://h/d", "memory" }, "--data"},
		{"no data", func(c *config) { c.Data = "" }, "--data"},
		{"answers too old", func(c *config) { c.Stale = 3 * time.Second }, "--stale"},
		{"answers never old", func(c *config) { c.Stale = 0 }, "--stale"},
		{"no memory", func(c *config) { c.CacheBytes = 0 }, "--cache-bytes"},
		{"stopping takes too long", func(c *config) { c.Drain = 20 * time.Second }, "--drain"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			c := defaults()
			row.change(&c)
			if err := c.check(); (err == nil) != (row.flag == "") || err != nil && !strings.Contains(err.Error(), row.flag+": ") {
				t.Error(err)
			}
		})
	}
}

func TestTheInstancesSecret(t *testing.T) {
	t.Run("it is made once and kept from others", func(t *testing.T) {
		dir := t.TempDir()
		first, err := instanceSecret(dir)
		if err != nil || len(first) != secretBytes {
			t.Fatal(first, err)
		}
		about, err := os.Stat(filepath.Join(dir, instanceKey))
		if err != nil || about.Mode().Perm() != 0o600 {
			t.Errorf("%v, %v", about.Mode(), err)
		}
		if again, err := instanceSecret(dir); err != nil || string(again) != string(first) {
			t.Errorf("another one at the next start, %v", err)
		}
		if files, err := os.ReadDir(dir); err != nil || len(files) != 1 {
			t.Errorf("left behind: %v, %v", files, err)
		}
	})
	rows := []struct {
		name, text string
		mode       os.FileMode
		want       string
	}{
		{"T-267 a short one stops the start", strings.Repeat("ab", secretBytes-1), 0o600, "does not hold 32 bytes"},
		{"T-267 an empty one stops the start", "", 0o600, "does not hold 32 bytes"},
		{"T-267 one that is no hexadecimal stops the start", strings.Repeat("xy", secretBytes), 0o600, "does not hold 32 bytes"},
		{"T-267 one that others can read stops the start", strings.Repeat("ab", secretBytes), 0o644, "run chmod 600"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			dir := t.TempDir()
			name := filepath.Join(dir, instanceKey)
			if err := os.WriteFile(name, []byte(row.text), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(name, row.mode); err != nil {
				t.Fatal(err)
			}
			code, out := serveOnce(t, dir)
			if code == 0 || !strings.Contains(out, row.want) || row.text != "" && strings.Contains(out, row.text) {
				t.Errorf("exit code %d: %s", code, out)
			}
		})
	}
}

// serveOnce runs the program as a server that does not come to serve.
func serveOnce(t *testing.T, dir string) (int, string) {
	t.Helper()
	var out strings.Builder
	p := &cli.Program{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out, Getenv: func(string) string { return "" }, Now: time.Now}
	p.Commands = []cli.Command{serveCommand(p)}
	code := p.Run(t.Context(), []string{"serve", "--listen", "127.0.0.1:0", "--data", dir})
	return code, out.String()
}

func TestNoSecretIsPrintedAtTheStart(t *testing.T) {
	t.Run("T-268 neither what is printed nor the log holds a key or a link", func(t *testing.T) {
		i := newInstance(t, "--log-level", "debug")
		if _, err := i.Me(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := i.process.stop(); err != nil {
			t.Fatal(err)
		}
		dir := filepath.Join(i.dir, "commonhold-data")
		for _, name := range []string{cli.KeyFile, instanceKey} {
			secret, err := readSecret(filepath.Join(dir, name))
			if err != nil || secret == "" {
				t.Fatal(err)
			}
			if all := i.process.said() + i.process.logged(); strings.Contains(all, secret) || strings.Contains(all, "link=") {
				t.Errorf("%s is in\n%s", name, all)
			}
		}
	})
}
