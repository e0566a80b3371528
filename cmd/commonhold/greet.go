package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/commonhold/commonhold/internal/demo"
)

// greet says on stdout where the server answers, and to somebody who sits there how to go on. Where nobody does, as
// under a supervisor that keeps what is printed, no secret is shown; the demo is for looking around and always shows.
func (s *server) greet(ctx context.Context) error {
	var out strings.Builder
	fmt.Fprintf(&out, "Commonhold answers at %s\n\n", s.address)
	if s.PublicURL != "" {
		fmt.Fprintf(&out, "  listens  on %s, for the proxy\n", s.listener.Addr())
	}
	visible := s.Demo || s.Data == inMemory || terminal(s.out)
	if visible && s.hasConsole() {
		link, err := s.link(ctx)
		if err != nil {
			return fmt.Errorf("make a link to the console: %w", err)
		}
		fmt.Fprintf(&out, "  console  %s\n           (opens once, within 10 minutes; commonhold link makes another)\n", link.URL)
	}
	if err := s.tellKey(&out, visible); err != nil {
		return err
	}
	if s.metrics != nil {
		fmt.Fprintf(&out, "  metrics  http://%s/metrics\n", s.metrics.Addr())
	}
	fmt.Fprintf(&out, "  data     %s\n", s.place)
	if _, err := s.app.FindOrganization(ctx, demo.Slug); s.Demo && err == nil {
		s.tellCommands(&out)
	} else if s.Demo {
		fmt.Fprintf(&out, "\nThis instance has organizations of its own, so there is no demo; name an empty folder with --data.\n")
	}
	_, err := io.WriteString(s.out, out.String())
	return err
}

func (s *server) tellKey(out io.Writer, visible bool) error {
	key := s.key
	if key == "" && s.Demo && s.Data != inMemory {
		var err error
		if key, err = readSecret(s.keyFile()); err != nil && !os.IsNotExist(err) {
			return err
		}
	}
	switch {
	case key != "" && visible && s.Data == inMemory:
		fmt.Fprintf(out, "  key      %s\n           (the operator's; set COMMONHOLD_KEY to it)\n", key)
	case key != "" && visible:
		fmt.Fprintf(out, "  key      %s\n           (the operator's; also in %s, where commands on this machine find it)\n", key, s.keyFile())
	case key != "":
		fmt.Fprintf(out, "  key      in %s\n", s.keyFile())
	}
	return nil
}

// tellCommands shows three commands that work as they stand.
func (s *server) tellCommands(out io.Writer) {
	words := program()
	if s.address != "http://localhost:8080" {
		words += " --url " + s.address
	}
	if s.Data != inMemory && filepath.Clean(s.Data) != filepath.Clean(defaults().Data) {
		words += " --data " + s.Data
	}
	fmt.Fprintf(out, "\nTry, in another terminal in the same folder:\n\n")
	for _, line := range []string{
		"member list " + demo.Slug,
		"explain " + demo.Slug + " --person ext:demo-2 --permission reports:download --project ext:demo-web",
		"project people " + demo.Slug + " ext:demo-warehouse",
	} {
		fmt.Fprintf(out, "  %s %s\n", words, line)
	}
	fmt.Fprintln(out)
}

// program is how this program is called in the folder it was started in.
func program() string {
	if found, err := exec.LookPath("commonhold"); err == nil && found != "" {
		return "commonhold"
	}
	if slices.Contains(strings.Split(filepath.ToSlash(os.Args[0]), "/"), "exe") && strings.Contains(os.Args[0], "go-build") {
		return "go run ./cmd/commonhold"
	}
	return os.Args[0]
}

// terminal reports whether somebody reads along.
func terminal(out io.Writer) bool {
	file, ok := out.(*os.File)
	if !ok {
		return false
	}
	about, err := file.Stat()
	return err == nil && about.Mode()&os.ModeCharDevice != 0
}
