package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/commonhold/commonhold/internal/cli"
)

// readyCommand asks a server on this machine, for containers whose image has no other program that could.
func readyCommand(p *cli.Program) cli.Command {
	c := defaults()
	return cli.Command{Words: "ready", Summary: "Tell whether the server on this machine is ready: exit code 0 if it is, else 1",
		Alone: true, Flags: c.flags()[:1], // --listen
		Run: func(ctx context.Context, _ *cli.Input) error {
			if err := checkAddress("listen", c.Listen, false); err != nil {
				return err
			}
			if err := ready(ctx, c.Listen); err != nil {
				return err
			}
			_, err := fmt.Fprintln(p.Stdout, "ready")
			return err
		}}
}

// readyWithin is how long the server may take to say so.
const readyWithin = 4 * time.Second

// ready asks the server that listens on an address; where it listens on every address of the machine, on loopback.
func ready(ctx context.Context, listen string) error {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return err
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/readyz", nil)
	if err != nil {
		return err
	}
	direct := &http.Transport{DisableKeepAlives: true} // past any proxy that the environment names
	answer, err := (&http.Client{Transport: direct}).Do(request)
	if err != nil {
		return fmt.Errorf("not ready: %v", err) // not as it is: the command line gives it another exit code
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("not ready: the server says %s", answer.Status)
	}
	return nil
}
