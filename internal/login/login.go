// Package login keeps a person's own key for each server that they logged in to, and has the commands for that. It finds
// out nothing of what a key opens.
package login

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"

	"github.com/commonhold/commonhold/client"
	"github.com/commonhold/commonhold/internal/cli"
)

// fileOf is where the keys of people lie: by the server's address, so that none is ever sent to another.
func fileOf(in *cli.Input) (string, error) {
	if file := in.Getenv("COMMONHOLD_LOGINS"); file != "" {
		return file, nil
	}
	for _, at := range []struct{ variable, below string }{{"XDG_CONFIG_HOME", ""}, {"AppData", ""}, {"HOME", ".config"}} {
		if folder := in.Getenv(at.variable); folder != "" {
			return filepath.Join(folder, at.below, "commonhold", "logins.json"), nil
		}
	}
	return "", &cli.Usage{Text: "there is no folder for settings: name a file in COMMONHOLD_LOGINS"}
}

// read reads the keys of people by the address of their server; none if there is no file.
func read(in *cli.Input) (file string, keys map[string]string, err error) {
	if file, err = fileOf(in); err != nil {
		return "", nil, err
	}
	text, err := cli.ReadKey(file)
	if errors.Is(err, fs.ErrNotExist) {
		return file, map[string]string{}, nil
	}
	if err != nil {
		return "", nil, err
	}
	if err := json.Unmarshal([]byte(text), &keys); err != nil {
		return "", nil, &cli.Usage{Text: fmt.Sprintf("%s cannot be read: %v; remove it and log in again", file, err)}
	}
	return file, keys, nil
}

// write replaces the file as a whole: whoever reads it meanwhile reads the old one.
func write(file string, keys map[string]string) error {
	text, err := json.Marshal(keys)
	if err != nil {
		return fmt.Errorf("write the logins: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return fmt.Errorf("make the folder for settings: %w", err)
	}
	fresh, err := os.CreateTemp(filepath.Dir(file), ".logins-*") // of mode 0600
	if err != nil {
		return fmt.Errorf("write the logins: %w", err)
	}
	_, err = fresh.Write(append(text, '\n'))
	if err = errors.Join(err, fresh.Sync(), fresh.Close()); err == nil {
		err = os.Rename(fresh.Name(), file)
	}
	if err != nil {
		return fmt.Errorf("write the logins: %w", errors.Join(err, os.Remove(fresh.Name())))
	}
	return nil
}

// Key finds the key that is kept for the server; empty if there is none.
func Key(in *cli.Input) (string, error) {
	if _, err := fileOf(in); err != nil {
		return "", nil // without a folder for settings nobody has logged in
	}
	_, keys, err := read(in)
	return keys[in.Server()], err
}

// Commands are login and logout.
func Commands(p *cli.Program) []cli.Command { return []cli.Command{loginCommand(p), logoutCommand()} }

// loginCommand exchanges a token for a key of one's own.
func loginCommand(p *cli.Program) cli.Command {
	fields := client.OwnKeyFields{Name: "command line", Scope: "all"}
	return cli.Command{Words: "login", Summary: "Exchange a token of the operator's for a key of your own, and keep that for this server",
		Details: "The token comes from commonhold person key-link. It is read from COMMONHOLD_TOKEN or else from stdin, never from the\ncommand line, which others on this machine can read. The key goes into a file that only you can read, and to no other\nserver. Requests with --as do not use it.",
		Flags: []cli.Flag{
			{Name: "name", Value: "NAME", Summary: "what the key is called", Default: fields.Name, Set: func(v string) error { fields.Name = v; return nil }},
			{Name: "scope", Value: "SCOPE", Choices: []string{"read", "all"}, Summary: "read, which runs no command, or all", Default: fields.Scope, Set: func(v string) error { fields.Scope = v; return nil }},
			{Name: "organizations", Value: "ORG", Repeats: true, Summary: "the only ones that it opens; may be repeated", Set: func(v string) error { fields.Organizations = append(fields.Organizations, v); return nil }},
			{Name: "expires-at", Value: "TIME", Summary: "when it ends: RFC 3339, a day (2026-12-31), or a time from now (12h, 30d)", Set: func(v string) (err error) {
				fields.Expires, err = p.Instant(v)
				return err
			}},
		},
		Run: func(ctx context.Context, in *cli.Input) error { return login(ctx, in, fields) }}
}

func login(ctx context.Context, in *cli.Input, fields client.OwnKeyFields) error {
	file, keys, err := read(in)
	if err != nil {
		return err
	}
	token := in.Getenv("COMMONHOLD_TOKEN")
	if token == "" {
		if token, err = cli.FirstLine(in.Stdin); err != nil {
			return err
		}
	}
	to, err := in.Client("")
	if err != nil {
		return err
	}
	made, err := to.RedeemKeyLink(ctx, token, fields)
	if err != nil {
		return err
	}
	keys[in.Server()] = made.Secret
	if err := write(file, keys); err != nil {
		return err
	}
	_, err = fmt.Fprintf(in.Stdout, "Logged in to %s with the key %s until %s.\n", in.Server(), made.Key, made.Expires.Time().Format("2006-01-02"))
	return err
}

// logoutCommand ends the key that is kept for a server.
func logoutCommand() cli.Command {
	return cli.Command{Words: "logout", Summary: "End the key of your own that is kept for this server, and forget it",
		Details: "A key for reading ends nothing, itself included: it is forgotten here and goes on until its time is over.",
		Run:     func(ctx context.Context, in *cli.Input) error { return logout(ctx, in) }}
}

func logout(ctx context.Context, in *cli.Input) error {
	file, keys, err := read(in)
	if err != nil {
		return err
	}
	secret := keys[in.Server()]
	if secret == "" {
		return &cli.Usage{Text: fmt.Sprintf("no key is kept for %s", in.Server())}
	}
	to, err := in.Client(secret)
	if err != nil {
		return err
	}
	me, err := to.Me(ctx)
	if err == nil {
		err = to.EndOwnKey(ctx, me.Key)
	}
	said := fmt.Sprintf("The key is ended and forgotten for %s.", in.Server())
	if problem, ok := errors.AsType[*client.Problem](err); ok && (problem.Status == http.StatusUnauthorized || problem.Status == http.StatusForbidden) {
		said, err = fmt.Sprintf("The key is forgotten for %s; it could not be ended (%s).", in.Server(), problem.Code), nil
	}
	if err != nil {
		return err
	}
	delete(keys, in.Server())
	if err := write(file, keys); err != nil {
		return err
	}
	_, err = fmt.Fprintln(in.Stdout, said)
	return err
}
