package cli

import (
	"fmt"
	"slices"
	"strings"
)

// parsed is a command line taken apart.
type parsed struct {
	command *Command // nil if the words name none, or several
	words   []string // that were taken for the command
	args    []string
	help    bool
	given   map[string]bool // flags by name
}

// parse takes a command line apart and sets its flags. Flags may stand anywhere behind the program's name, those of a
// command behind its words; behind -- everything is an argument.
func parse(commands []Command, globals []Flag, line []string) (parsed, error) {
	p := parsed{given: map[string]bool{}}
	taken := -1 // the place of the last word that was taken for the command
	for i := 0; i < len(line); i++ {
		word := line[i]
		switch {
		case word == "--":
			p.args = append(p.args, line[i+1:]...)
			return p, p.complete()
		case word == "-h" || word == "--help":
			p.help = true
		case strings.HasPrefix(word, "--"):
			used, err := p.set(globals, word[2:], line[i+1:])
			if err != nil {
				return p, err
			}
			i += used
		case strings.HasPrefix(word, "-") && word != "-":
			return p, &Usage{fmt.Sprintf("there is no flag %s; flags have two hyphens and a name", word)}
		case p.command != nil && (i != taken+1 || !p.goesOn(commands, word)):
			p.args = append(p.args, word)
		default:
			if err := p.take(commands, word); err != nil {
				return p, err
			}
			taken = i
		}
	}
	return p, p.complete()
}

// goesOn reports whether a word behind those of a command makes them those of a longer one, as github-org behind import.
func (p *parsed) goesOn(commands []Command, word string) bool {
	longer := append(slices.Clone(p.words), word)
	return slices.ContainsFunc(commands, func(c Command) bool { return c.begins(longer) })
}

// take adds a word to those of the command.
func (p *parsed) take(commands []Command, word string) error {
	words := append(slices.Clone(p.words), word)
	var next []string
	for i := range commands {
		switch c := &commands[i]; {
		case c.begins(words) && len(words) == len(c.words()):
			p.words, p.command = words, c
			return nil
		case c.begins(words):
			p.words = words
			return nil
		case c.begins(p.words) && len(c.words()) > len(p.words):
			next = append(next, c.words()[len(p.words)])
		}
	}
	hint := nearest(word, next)
	return &Usage{fmt.Sprintf("there is no command %q%s", strings.Join(words, " "), hint)}
}

// set gives a flag its value and returns how many of the words that follow it took.
func (p *parsed) set(globals []Flag, text string, rest []string) (int, error) {
	name, value, has := strings.Cut(text, "=")
	f := p.find(globals, name)
	if f == nil {
		return 0, &Usage{fmt.Sprintf("there is no flag --%s%s", name, nearest("--"+name, p.names(globals)))}
	}
	used := 0
	switch {
	case has:
	case f.Value == "":
		value = "true"
	case len(rest) == 0:
		return 0, &Usage{fmt.Sprintf("--%s needs a value: --%s %s", f.Name, f.Name, f.Value)}
	default:
		value, used = rest[0], 1
	}
	if p.given[f.Name] && !f.Repeats {
		return 0, &Usage{fmt.Sprintf("--%s is given twice", f.Name)}
	}
	p.given[f.Name] = true
	return used, f.set(value)
}

// set checks a value and hands it on.
func (f *Flag) set(value string) error {
	if f.Value == "" && value != "true" && value != "false" {
		return &Usage{fmt.Sprintf("--%s is true or false, not %q", f.Name, value)}
	}
	if known := len(f.Choices) == 0 || slices.Contains(f.Choices, value) || f.Or != "" && strings.HasPrefix(value, f.Or); !known {
		return &Usage{fmt.Sprintf("--%s: %q is none of %s", f.Name, value, strings.Join(f.Choices, ", "))}
	}
	if err := f.Set(value); err != nil {
		return &Usage{fmt.Sprintf("--%s: %v", f.Name, err)}
	}
	return nil
}

func (p *parsed) find(globals []Flag, name string) *Flag {
	flags := p.flags(globals)
	for i := range flags {
		if flags[i].Name == name {
			return &flags[i]
		}
	}
	return nil
}

// flags are those that may be given, the command's own first.
func (p *parsed) flags(globals []Flag) []Flag {
	switch {
	case p.command == nil:
		return globals
	case p.command.Alone:
		return p.command.Flags
	}
	return slices.Concat(p.command.Flags, globals)
}

func (p *parsed) names(globals []Flag) []string {
	var out []string
	for _, f := range p.flags(globals) {
		out = append(out, "--"+f.Name)
	}
	return out
}

// complete refuses a command line that lacks something.
func (p *parsed) complete() error {
	if p.help || p.command == nil {
		return nil
	}
	c := p.command
	if len(p.args) < len(c.Args) {
		return &Usage{fmt.Sprintf("%s is missing: %s", c.Args[len(p.args)].Name, usage(c))}
	}
	if len(p.args) > len(c.Args) {
		return &Usage{fmt.Sprintf("%q is one argument too many: %s", p.args[len(c.Args)], usage(c))}
	}
	for _, f := range c.Flags {
		if f.Required && !p.given[f.Name] {
			return &Usage{fmt.Sprintf("--%s is missing: %s", f.Name, usage(c))}
		}
	}
	return nil
}

// environment sets the flags that stand in the environment and not on the command line.
func (p *parsed) environment(flags []Flag, getenv func(string) string) error {
	for i := range flags {
		f := &flags[i]
		value := ""
		if f.Env != "" {
			value = getenv(f.Env)
		}
		if value == "" || p.given[f.Name] {
			continue
		}
		if err := f.set(value); err != nil {
			return &Usage{fmt.Sprintf("%s in the environment: %v", f.Env, err)}
		}
	}
	return nil
}

// nearest returns a hint at the word that was probably meant.
func nearest(word string, known []string) string {
	best, least := "", max(1, len(strings.TrimLeft(word, "-"))/3)
	for _, k := range known {
		if d := distance(word, k); d <= least {
			best, least = k, d-1
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %s?", best)
}

// distance is how many letters have to be changed, added or dropped to turn one word into the other.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		last := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := last
			if a[i] != b[j] {
				cost++
			}
			last = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
