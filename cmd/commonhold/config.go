package main

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/commonhold/commonhold/internal/cli"
)

// config is every setting of commonhold serve. A field is a flag by the name in its tag, and in the environment the same
// in capitals behind COMMONHOLD_: --log-level, COMMONHOLD_LOG_LEVEL.
type config struct {
	Listen        string        `flag:"listen" value:"HOST:PORT" help:"where to answer; port 0 takes a free one"`
	Data          string        `flag:"data" value:"FOLDER" help:"where the data lies, or with --database the keys; memory to forget all at the end"`
	Database      string        `flag:"database" value:"URL" help:"a PostgreSQL database for everything but the keys, which several servers may share: postgres://USER:PASSWORD@HOST/NAME; others on this machine may read it on the command line, so give it in the environment"`
	Catalog       string        `flag:"catalog" value:"FILE" help:"your application's permissions (YAML); the analytics ones if absent"`
	PublicURL     string        `flag:"public-url" value:"URL" help:"how others reach this server, through a proxy that speaks https"`
	MetricsListen string        `flag:"metrics-listen" value:"HOST:PORT" help:"where to answer Prometheus at /metrics, such as 127.0.0.1:9090; nowhere if absent"`
	Demo          bool          `flag:"demo" help:"fill an empty instance with an organization to look around in"`
	NewKey        bool          `flag:"new-key" help:"make one more operator's key, for when all are lost; it goes into the data folder"`
	LogFormat     string        `flag:"log-format" value:"FORMAT" choices:"text json" help:"how the log is written"`
	LogLevel      string        `flag:"log-level" value:"LEVEL" choices:"debug info warn error" help:"what is logged"`
	Stale         time.Duration `flag:"stale" value:"DURATION" help:"how old an answer may be without asking the database"`
	CacheBytes    byteSize      `flag:"cache-bytes" value:"BYTES" help:"how much memory organizations may take"`
	Drain         time.Duration `flag:"drain" value:"DURATION" help:"how long to go on answering as not ready before stopping, for load balancers"`
}

func defaults() config {
	return config{Listen: "127.0.0.1:8080", Data: "./commonhold-data", LogFormat: "text", LogLevel: "info", Stale: time.Second, CacheBytes: 512 << 20}
}

const inMemory = "memory" // as Data

// stopWithin is how long stopping takes at most.
const stopWithin = 30 * time.Second

// flags binds the fields to flags, complete with their present values as defaults.
func (c *config) flags() []cli.Flag {
	v := reflect.ValueOf(c).Elem()
	out := make([]cli.Flag, v.NumField())
	for i := range out {
		tag, to := v.Type().Field(i).Tag, v.Field(i)
		name := tag.Get("flag")
		out[i] = cli.Flag{Name: name, Summary: tag.Get("help"), Value: tag.Get("value"), Choices: strings.Fields(tag.Get("choices")),
			Env: "COMMONHOLD_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_")), Set: func(text string) error { return set(to, text) }}
		if !to.IsZero() {
			out[i].Default = fmt.Sprint(to.Interface())
		}
		if len(out[i].Choices) > 0 {
			out[i].Summary += ": " + strings.Join(out[i].Choices, ", ")
		}
	}
	return out
}

// set reads a value into a field.
func set(to reflect.Value, text string) error {
	switch field := to.Addr().Interface().(type) {
	case *string:
		*field = text
	case *bool:
		*field = text == "true"
	case *time.Duration:
		d, err := time.ParseDuration(text)
		if err != nil || d < 0 {
			return fmt.Errorf("%q is no duration; write 500ms or 2s", text)
		}
		*field = d
	case *byteSize:
		return field.read(text)
	}
	return nil
}

// byteSize is a number of bytes that is written with a unit.
type byteSize int64

var units = []struct {
	name string
	size byteSize
}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"", 1}}

func (b byteSize) String() string {
	for _, u := range units {
		if b%u.size == 0 && b >= u.size {
			return fmt.Sprintf("%d%s", int64(b/u.size), u.name)
		}
	}
	return strconv.FormatInt(int64(b), 10)
}

func (b *byteSize) read(text string) error {
	for _, u := range units {
		number, ok := strings.CutSuffix(text, u.name)
		if n, err := strconv.ParseInt(number, 10, 64); ok && err == nil && n >= 0 && n <= int64((1<<50)/u.size) {
			*b = byteSize(n) * u.size
			return nil
		}
	}
	return fmt.Errorf("%q is no size; write 512MiB, 2GiB or a number of bytes", text)
}

// check refuses settings that cannot work, each by its flag and with what helps.
func (c *config) check() error {
	return errors.Join(c.checkListen(), c.checkPublicURL(), checkAddress("metrics-listen", c.MetricsListen, true), c.checkSizes())
}

func refused(flag, format string, args ...any) error {
	return &cli.Usage{Text: "--" + flag + ": " + fmt.Sprintf(format, args...)}
}

func (c *config) checkListen() error {
	if err := checkAddress("listen", c.Listen, false); err != nil {
		return err
	}
	if !loopback(c.Listen) && c.PublicURL == "" {
		return refused("listen", "%s can be reached from other machines, and keys do not cross a network in the clear: put a proxy that speaks https before it and name its address with --public-url https://…, or listen on 127.0.0.1", c.Listen)
	}
	return nil
}

func checkAddress(flag, address string, mayBeEmpty bool) error {
	if address == "" && mayBeEmpty {
		return nil
	}
	_, port, err := net.SplitHostPort(address)
	if n, bad := strconv.Atoi(port); err != nil || bad != nil || n < 0 || n > 65535 {
		return refused(flag, "%q is no address; write a host and a port, such as 127.0.0.1:8080", address)
	}
	return nil
}

// loopback reports whether an address is reached from this machine only.
func loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	return err == nil && (host == "localhost" || net.ParseIP(host).IsLoopback())
}

func (c *config) checkPublicURL() error {
	if c.PublicURL == "" {
		return nil
	}
	u, err := url.Parse(c.PublicURL)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return refused("public-url", "%q is no address that others can use; write https:// and a host, such as https://commonhold.example.com", c.PublicURL)
	}
	return nil
}

func (c *config) checkSizes() error {
	switch {
	case c.Database != "" && c.Data == inMemory:
		return refused("data", "name a folder for the keys; with --database nothing is kept in memory alone")
	case c.Data == "":
		return refused("data", "name a folder, or memory")
	case c.Stale < 10*time.Millisecond || c.Stale > 1500*time.Millisecond:
		return refused("stale", "%v is not between 10ms and 1.5s; no answer may be older than 2s, and giving it takes time", c.Stale)
	case c.CacheBytes < 1<<20:
		return refused("cache-bytes", "%v is too little for one organization; give it 1MiB or more", c.CacheBytes)
	case c.Drain > stopWithin/2:
		return refused("drain", "%v is longer than %v; stopping takes %v at most", c.Drain, stopWithin/2, stopWithin)
	}
	return nil
}
