package main

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/commonhold/commonhold/internal/cli"
)

// There is no container engine where these tests run, so they hold the two files to what can be known without one.

// instruction is one of a Dockerfile.
type instruction struct{ name, rest string }

// readDockerfile reads the instructions of each stage.
func readDockerfile(t *testing.T) (stages [][]instruction) {
	t.Helper()
	text, err := os.ReadFile("../../Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			lines = append(lines, line)
		}
	}
	for _, line := range strings.Split(strings.ReplaceAll(strings.Join(lines, "\n"), "\\\n", " "), "\n") {
		name, rest, _ := strings.Cut(line, " ")
		if name == "FROM" {
			stages = append(stages, nil)
		}
		if len(stages) == 0 {
			t.Fatalf("%q stands before the first stage", line)
		}
		last := len(stages) - 1
		stages[last] = append(stages[last], instruction{name, strings.TrimSpace(rest)})
	}
	return stages
}

// all returns what stands behind the instructions of a name.
func all(stage []instruction, name string) (rests []string) {
	for _, i := range stage {
		if i.name == name {
			rests = append(rests, i.rest)
		}
	}
	return rests
}

var (
	pinned = regexp.MustCompile(`^[a-z0-9./-]+:\d+\.\d+(\.\d+)?-[a-z]+$`)
	// of the kinds that a setting may be written in here
	known   = []string{"FROM", "WORKDIR", "COPY", "RUN", "LABEL", "USER", "ENV", "VOLUME", "EXPOSE", "STOPSIGNAL", "HEALTHCHECK", "ENTRYPOINT", "CMD"}
	secrets = regexp.MustCompile(`(?i)(password|secret|token|_key)\w*\s*[:=]\s*[^\s$?]`)
)

func TestDockerfile(t *testing.T) {
	stages := readDockerfile(t)
	image := stages[len(stages)-1]
	for _, stage := range stages {
		for _, i := range stage {
			if !slices.Contains(known, i.name) {
				t.Errorf("%s is no instruction that is wanted here", i.name)
			}
		}
		if from, _, _ := strings.Cut(stage[0].rest, " "); from != "scratch" && !pinned.MatchString(from) {
			t.Errorf("the image %s is not pinned to a version", from)
		}
	}
	t.Run("it builds with a Go that go.mod takes", func(t *testing.T) {
		module, err := os.ReadFile("../../go.mod")
		if err != nil {
			t.Fatal(err)
		}
		wants := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindSubmatch(module)
		if from := stages[0][0].rest; wants == nil || !strings.HasPrefix(from, "golang:"+string(wants[1])+".") {
			t.Errorf("it builds from %s, go.mod says %s", from, wants)
		}
	})
	t.Run("what is copied is there", func(t *testing.T) {
		for _, from := range all(stages[0], "COPY") {
			for _, name := range strings.Fields(from)[:len(strings.Fields(from))-1] {
				if _, err := os.Stat("../../" + name); err != nil {
					t.Error(err)
				}
			}
		}
		ignored, err := os.ReadFile("../../.dockerignore")
		if err != nil || !strings.Contains(string(ignored), "/commonhold-data\n") || !strings.Contains(string(ignored), ".env\n") {
			t.Errorf("data and settings may get into the image: %v", err)
		}
	})
	t.Run("its process is not root", func(t *testing.T) {
		if users := all(image, "USER"); len(users) != 1 || !regexp.MustCompile(`^[1-9]\d+:[1-9]\d+$`).MatchString(users[0]) {
			t.Errorf("it runs as %q", users)
		}
	})
	t.Run("it needs no shell", func(t *testing.T) {
		_, health, _ := strings.Cut(strings.Join(all(image, "HEALTHCHECK"), ""), " CMD ")
		entry, command := words(t, strings.Join(all(image, "ENTRYPOINT"), "")), words(t, strings.Join(all(image, "CMD"), ""))
		if len(all(image, "RUN")) > 0 || !slices.Equal(entry, []string{"/commonhold"}) || !slices.Equal(command, []string{"serve"}) {
			t.Errorf("it starts %q with %q", entry, command)
		}
		if check := words(t, health); !slices.Equal(check, []string{"/commonhold", "ready"}) {
			t.Errorf("it is asked by %q", check)
		}
	})
	t.Run("its settings are settings, and work with those it has to be given", func(t *testing.T) {
		settings := map[string]string{"COMMONHOLD_PUBLIC_URL": "https://commonhold.example.com"}
		for _, line := range all(image, "ENV") {
			for _, pair := range strings.Fields(line) {
				name, value, _ := strings.Cut(pair, "=")
				settings[name] = value
			}
		}
		c := configured(t, settings)
		if volumes := words(t, strings.Join(all(image, "VOLUME"), "")); !slices.Contains(volumes, c.Data) {
			t.Errorf("the data lies in %s, the volumes are %q", c.Data, volumes)
		}
		if port := strings.Join(all(image, "EXPOSE"), ""); !strings.HasSuffix(c.Listen, ":"+port) {
			t.Errorf("it listens on %s and exposes %s", c.Listen, port)
		}
	})
}

// words reads the form of a command that no shell reads.
func words(t *testing.T, text string) (all []string) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		t.Errorf("%q is for a shell: %v", text, err)
	}
	return all
}

// configured is what commonhold serve makes of settings in its environment.
func configured(t *testing.T, settings map[string]string) config {
	t.Helper()
	c := defaults()
	taken := map[string]bool{}
	for _, f := range c.flags() {
		if value, ok := settings[f.Env]; ok {
			taken[f.Env] = true
			if err := f.Set(value); err != nil {
				t.Errorf("%s: %v", f.Env, err)
			}
		}
	}
	for name := range settings {
		if !taken[name] {
			t.Errorf("%s is no setting of commonhold serve", name)
		}
	}
	if err := c.check(); err != nil {
		t.Error(err)
	}
	return c
}

// composition is what of compose.yaml's format is used here.
type composition struct {
	Name     string                       `yaml:"name"`
	Services map[string]service           `yaml:"services"`
	Networks map[string]map[string]bool   `yaml:"networks"`
	Volumes  map[string]map[string]string `yaml:"volumes"`
}

type service struct {
	Build           string                       `yaml:"build"`
	Image           string                       `yaml:"image"`
	Environment     map[string]string            `yaml:"environment"`
	Ports           []string                     `yaml:"ports"`
	Volumes         []string                     `yaml:"volumes"`
	Networks        []string                     `yaml:"networks"`
	DependsOn       map[string]map[string]string `yaml:"depends_on"`
	Healthcheck     *healthcheck                 `yaml:"healthcheck"`
	Restart         string                       `yaml:"restart"`
	StopGracePeriod string                       `yaml:"stop_grace_period"`
	ReadOnly        bool                         `yaml:"read_only"`
	CapDrop         []string                     `yaml:"cap_drop"`
	SecurityOpt     []string                     `yaml:"security_opt"`
}

type healthcheck struct {
	Test                           []string
	Interval, Timeout, StartPeriod string
	Retries                        int
}

func (h *healthcheck) UnmarshalYAML(text []byte) error {
	var fields struct {
		Test        []string `yaml:"test"`
		Interval    string   `yaml:"interval"`
		Timeout     string   `yaml:"timeout"`
		StartPeriod string   `yaml:"start_period"`
		Retries     int      `yaml:"retries"`
	}
	err := yaml.UnmarshalWithOptions(text, &fields, yaml.Strict())
	*h = healthcheck{fields.Test, fields.Interval, fields.Timeout, fields.StartPeriod, fields.Retries}
	return err
}

// asked replaces what compose asks the environment for.
var asked = regexp.MustCompile(`\$\{([A-Z_]+):\?[^}]+\}`)

func TestCompose(t *testing.T) {
	text, err := os.ReadFile("../../compose.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var c composition
	if err := yaml.UnmarshalWithOptions(text, &c, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	if found := secrets.FindString(string(text)); found != "" {
		t.Errorf("a secret stands in the file: %q", found)
	}
	own, database := c.Services["commonhold"], c.Services["postgres"]
	t.Run("what is named is there", func(t *testing.T) {
		for name, s := range c.Services {
			for _, volume := range s.Volumes {
				if from, _, _ := strings.Cut(volume, ":"); !slices.Contains(slices.Collect(maps.Keys(c.Volumes)), from) {
					t.Errorf("%s has the volume %s, which is none of the file's", name, from)
				}
			}
			for _, network := range s.Networks {
				if _, ok := c.Networks[network]; !ok {
					t.Errorf("%s is in the network %s, which is none of the file's", name, network)
				}
			}
			for other, how := range s.DependsOn {
				if c.Services[other].Healthcheck == nil || how["condition"] != "service_healthy" {
					t.Errorf("%s does not wait until %s answers", name, other)
				}
			}
			if s.Build == "" && !pinned.MatchString(s.Image) {
				t.Errorf("the image %s is not pinned to a version", s.Image)
			}
		}
	})
	t.Run("the server's settings are settings, and work", func(t *testing.T) {
		settings := map[string]string{"COMMONHOLD_LISTEN": "0.0.0.0:8080", "COMMONHOLD_DATA": "/data"} // of the image
		given := map[string]string{"COMMONHOLD_PUBLIC_URL": "https://commonhold.example.com", "POSTGRES_PASSWORD": "abc123"}
		for name, value := range own.Environment {
			settings[name] = asked.ReplaceAllStringFunc(value, func(s string) string { return given[asked.FindStringSubmatch(s)[1]] })
		}
		configured(t, settings)
		want := "postgres://" + database.Environment["POSTGRES_USER"] + ":abc123@postgres:5432/" + database.Environment["POSTGRES_DB"] + "?sslmode=disable"
		if settings["COMMONHOLD_DATABASE"] != want {
			t.Errorf("it asks %s, the database is %s", settings["COMMONHOLD_DATABASE"], want)
		}
	})
	t.Run("nobody outside reaches the database, nor the server without a proxy", func(t *testing.T) {
		if len(database.Ports) > 0 || !slices.Equal(database.Networks, []string{"database"}) || !c.Networks["database"]["internal"] {
			t.Errorf("the database has the ports %q in %q", database.Ports, database.Networks)
		}
		for _, port := range own.Ports {
			if !strings.HasPrefix(port, "127.0.0.1:") {
				t.Errorf("the port %s is open to others", port)
			}
		}
	})
	if !own.ReadOnly || !slices.Equal(own.CapDrop, []string{"ALL"}) || len(own.SecurityOpt) == 0 {
		t.Error("the server has more rights than it needs")
	}
}

func TestReady(t *testing.T) {
	answer := http.StatusOK
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/readyz" {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		w.WriteHeader(answer)
	}))
	address := strings.TrimPrefix(server.URL, "http://")
	everywhere := "0.0.0.0:" + address[strings.LastIndex(address, ":")+1:]
	for _, listen := range []string{address, everywhere} {
		if err := ready(t.Context(), listen); err != nil {
			t.Errorf("%s: %v", listen, err)
		}
	}
	answer = http.StatusServiceUnavailable
	if err := ready(t.Context(), address); err == nil || !strings.Contains(err.Error(), "503") {
		t.Errorf("a server that is not ready: %v", err)
	}
	server.Close()
	if err := ready(t.Context(), address); err == nil {
		t.Error("a server that is not there is ready")
	}
	var usage *cli.Usage
	if err := checkAddress("listen", "nonsense", false); !errors.As(err, &usage) {
		t.Errorf("nonsense as an address: %v", err)
	}
}
