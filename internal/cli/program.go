package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/commonhold/commonhold/client"
	"github.com/commonhold/commonhold/internal/route"
)

// Program is the command line in its surroundings.
type Program struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Getenv         func(string) string
	Now            func() time.Time
	HTTP           *http.Client                 // nil for one of its own
	Commands       []Command                    // beside those that are derived, in the order of help
	Login          func(*Input) (string, error) // finds the key that a login keeps for the server; nil if there are no logins
}

// Exit codes. They are documented in the help text and do not change.
const (
	exitOK          = 0
	exitError       = 1
	exitUsage       = 2
	exitForbidden   = 3
	exitNotFound    = 4
	exitConflict    = 5
	exitUnavailable = 6
	exitDenied      = 10
)

// errDenied is how a check that answers no ends: it went well, and the answer is in the exit code.
var errDenied = errors.New("denied")

// Run does what a command line asks and returns the exit code.
func (p *Program) Run(ctx context.Context, line []string) int {
	err := p.run(ctx, line)
	code := exitCode(err)
	if err != nil && code != exitDenied {
		fmt.Fprintln(p.Stderr, "commonhold: "+p.sentence(err))
	}
	return code
}

func (p *Program) run(ctx context.Context, line []string) error {
	commands := p.all()
	if len(line) > 0 && line[0] == completer {
		return p.suggest(commands, line[1:])
	}
	in := &Input{Program: p}
	globals := in.global.flags()
	parsed, err := parse(commands, globals, line)
	if parsed.command != nil && parsed.command.Alone {
		globals = nil
	}
	switch {
	case err != nil && !parsed.help:
		return &Usage{err.Error() + "\nRun commonhold --help, or --help behind a command, to see how it is used."}
	case parsed.help || len(parsed.words) == 0:
		return p.help(commands, globals, parsed)
	case parsed.command == nil:
		if err := p.help(commands, globals, parsed); err != nil {
			return err
		}
		return &Usage{fmt.Sprintf("%s is the beginning of several commands", strings.Join(parsed.words, " "))}
	}
	if err := parsed.environment(slices.Concat(globals, parsed.command.Flags), p.Getenv); err != nil {
		return err
	}
	in.Command, in.Args = parsed.command, parsed.args
	return parsed.command.Run(ctx, in)
}

// all are the commands of the program: those of the server, those derived from the routes, and those of this package.
func (p *Program) all() []Command {
	return slices.Concat(p.Commands, p.derive(route.Table()), []Command{eventsCommand(), importCommand(p), completionCommand(p)})
}

// exitCode tells scripts what became of a command.
func exitCode(err error) int {
	if err == nil {
		return exitOK
	}
	if errors.Is(err, errDenied) {
		return exitDenied
	}
	if _, ok := errors.AsType[*Usage](err); ok {
		return exitUsage
	}
	if problem, ok := errors.AsType[*client.Problem](err); ok {
		switch problem.Status {
		case http.StatusUnauthorized, http.StatusForbidden:
			return exitForbidden
		case http.StatusNotFound:
			return exitNotFound
		case http.StatusConflict, http.StatusPreconditionFailed:
			return exitConflict
		case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
			return exitUnavailable
		}
		return exitError
	}
	if _, ok := errors.AsType[*client.RedirectError](err); ok {
		return exitError
	}
	if _, ok := errors.AsType[*url.Error](err); ok { // nobody answered
		return exitUnavailable
	}
	return exitError
}

// sentence is what stderr shows of an error: the code, what is wrong and what helps.
func (p *Program) sentence(err error) string {
	if problem, ok := errors.AsType[*client.Problem](err); ok {
		text := err.Error()
		if problem.Request != "" && problem.Status >= 500 {
			text += fmt.Sprintf(" (request %s)", problem.Request)
		}
		return text
	}
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "dial" {
		return err.Error() + "\nIs the server running? Start it with commonhold serve, or name another with --url."
	}
	return err.Error()
}
