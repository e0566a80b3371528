package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/commonhold/commonhold/client"
)

// KeyFile is the name of the file in the data folder into which the server writes the operator's first key.
const KeyFile = "operator.key"

// global are the flags of every command.
type global struct {
	url     string
	keyFile string
	data    string
	acting  string
	json    bool
	yes     bool
}

func (g *global) flags() []Flag {
	*g = global{url: "http://localhost:8080", data: "./commonhold-data"}
	text := func(to *string) func(string) error { return func(v string) error { *to = v; return nil } }
	flag := func(to *bool) func(string) error { return func(v string) error { *to = v == "true"; return nil } }
	return []Flag{
		{Name: "url", Value: "URL", Env: "COMMONHOLD_URL", Default: g.url, Summary: "the server's address", Set: text(&g.url)},
		{Name: "key-file", Value: "FILE", Env: "COMMONHOLD_KEY_FILE", Summary: "a file that only you can read and that holds the key; - reads it from stdin", Set: text(&g.keyFile)},
		{Name: "data", Value: "FOLDER", Env: "COMMONHOLD_DATA", Default: g.data, Summary: "the data folder of a server on this machine, whose " + KeyFile + " is used if no key is given", Set: text(&g.data)},
		{Name: "as", Value: "PERSON", Env: "COMMONHOLD_AS", Summary: "act for this person: usr_… or ext: and your own id", Set: text(&g.acting)},
		{Name: "json", Summary: "print the server's answer as JSON", Set: flag(&g.json)},
		{Name: "yes", Summary: "do not ask before something is deleted, removed or left", Set: flag(&g.yes)},
	}
}

// connect makes the client that the flags and the environment ask for.
func (in *Input) connect() (*client.Client, error) {
	key, err := in.key()
	if err != nil {
		return nil, err
	}
	return in.Client(key)
}

// Client makes a client of the server that the flags name, which shows a key.
func (in *Input) Client(key string) (*client.Client, error) {
	var options []client.Option
	if in.HTTP != nil {
		options = append(options, client.HTTP(in.HTTP))
	}
	if in.global.acting != "" {
		options = append(options, client.ActingFor(in.global.acting))
	}
	c, err := client.New(in.global.url, key, options...)
	if err != nil {
		return nil, &Usage{err.Error()}
	}
	return c, nil
}

// key finds the key: in the environment, in the file that is named, from a login, or in the data folder of a server on
// this machine.
// It is never an argument, since other users of the machine can read those.
func (in *Input) key() (string, error) {
	if key := in.Getenv("COMMONHOLD_KEY"); key != "" && in.global.keyFile == "" {
		return key, nil
	}
	if name := in.global.keyFile; name != "" {
		if name == "-" {
			return FirstLine(in.Stdin)
		}
		key, err := ReadKey(name)
		if errors.Is(err, fs.ErrNotExist) {
			return "", &Usage{fmt.Sprintf("there is no key file %s", name)}
		}
		return key, err
	}
	if in.Login != nil && in.global.acting == "" { // a person's own key acts for nobody
		if key, err := in.Login(in); key != "" || err != nil {
			return key, err
		}
	}
	if !loopback(in.global.url) {
		return "", &Usage{fmt.Sprintf("%s needs a key: set COMMONHOLD_KEY, name a file with --key-file, or run commonhold login", in.global.url)}
	}
	name := filepath.Join(in.global.data, KeyFile)
	key, err := ReadKey(name)
	if errors.Is(err, fs.ErrNotExist) {
		return "", &Usage{fmt.Sprintf("no key: set COMMONHOLD_KEY, name a file with --key-file, or the server's data folder with --data (there is no %s)", name)}
	}
	return key, err
}

// Server is the address that the flags name.
func (in *Input) Server() string { return strings.TrimRight(in.global.url, "/") }

// ReadKey reads a key from a file that nobody else can read.
func ReadKey(name string) (string, error) {
	file, err := os.Open(name)
	if err != nil {
		return "", fmt.Errorf("read the key: %w", err)
	}
	defer file.Close()
	about, err := file.Stat()
	if err != nil {
		return "", fmt.Errorf("read the key: %w", err)
	}
	if others := about.Mode().Perm() & 0o077; others != 0 && about.Mode().IsRegular() && runtime.GOOS != "windows" {
		return "", &Usage{fmt.Sprintf("others can read the key file %s (mode %04o): run chmod 600 %s, and make a new key if somebody may have read it",
			name, about.Mode().Perm(), name)}
	}
	return FirstLine(file)
}

// FirstLine reads a key or token, which is never an argument.
func FirstLine(r io.Reader) (string, error) {
	b, err := io.ReadAll(io.LimitReader(r, 64<<10))
	if err != nil {
		return "", fmt.Errorf("read the key: %w", err)
	}
	line, _, _ := bytes.Cut(b, []byte("\n"))
	key := string(bytes.TrimSpace(line))
	if key == "" {
		return "", &Usage{"the key is empty"}
	}
	return key, nil
}

// loopback reports whether an address is one of this machine. The key that lies in a data folder goes nowhere else.
func loopback(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	if u.Hostname() == "localhost" {
		return true
	}
	ip := net.ParseIP(u.Hostname())
	return ip != nil && ip.IsLoopback()
}
