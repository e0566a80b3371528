package cli

import (
	"context"
	"embed"
	"fmt"
	"slices"
	"strings"
)

// completer is the word with which the shells' scripts ask what could come next. It is no command: nobody types it.
const completer = "__complete"

// scripts teach a shell to ask this program, one file each. What it answers is one suggestion a line, a tab, and what it
// is for.
//
//go:embed completion
var scripts embed.FS

// shells are those that scripts has a file for, in the order of help.
var shells = []string{"bash", "zsh", "fish"}

func completionCommand(p *Program) Command {
	return Command{
		Words: "completion", Summary: "Print what teaches a shell to complete commands",
		Details: "bash: source <(commonhold completion bash)\nzsh:  source <(commonhold completion zsh)\nfish: commonhold completion fish | source",
		Alone:   true, Args: []Arg{{"SHELL", strings.Join(shells, ", ")}},
		Run: func(_ context.Context, in *Input) error {
			script, err := scripts.ReadFile("completion/" + in.Args[0])
			if err != nil || !slices.Contains(shells, in.Args[0]) {
				return &Usage{fmt.Sprintf("there is no completion for %q, but for %s", in.Args[0], strings.Join(shells, ", "))}
			}
			_, err = p.Stdout.Write(script)
			return err
		},
	}
}

// suggestion is one word that could come next.
type suggestion struct{ word, about string }

// suggest prints what could stand in the place of the last of the words, which is being typed.
func (p *Program) suggest(commands []Command, words []string) error {
	last := ""
	if len(words) > 0 {
		last, words = words[len(words)-1], words[:len(words)-1]
	}
	for _, s := range p.candidates(commands, words, last) {
		if strings.HasPrefix(s.word, last) {
			if _, err := fmt.Fprintf(p.Stdout, "%s\t%s\n", s.word, s.about); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *Program) candidates(commands []Command, words []string, last string) []suggestion {
	var g global
	globals := g.flags()
	at := parsed{given: map[string]bool{}}
	var open *Flag // whose value comes next
	for _, word := range words {
		switch {
		case open != nil:
			open = nil
		case word == "--":
			return nil
		case strings.HasPrefix(word, "--"):
			name, _, has := strings.Cut(word[2:], "=")
			at.given[name] = true
			if f := at.find(globals, name); f != nil && !has && f.Value != "" {
				open = f
			}
		case at.command != nil && !at.goesOn(commands, word):
			at.args = append(at.args, word)
		case at.take(commands, word) != nil:
			return nil
		}
	}
	switch {
	case open != nil:
		return asSuggestions(open.Choices)
	case strings.HasPrefix(last, "-"):
		return at.open(globals)
	case at.command == nil:
		return at.next(commands)
	case at.command.Words == "completion" && len(at.args) == 0:
		return asSuggestions(shells)
	case len(at.args) == 0:
		return at.next(commands)
	}
	return nil
}

func asSuggestions(words []string) []suggestion {
	out := make([]suggestion, len(words))
	for i, w := range words {
		out[i].word = w
	}
	return out
}

// open are the flags that were not given yet.
func (p *parsed) open(globals []Flag) []suggestion {
	var out []suggestion
	for _, f := range p.flags(globals) {
		if !p.given[f.Name] || f.Repeats {
			out = append(out, suggestion{"--" + f.Name, f.Summary})
		}
	}
	return out
}

// next are the words that lead on to a command.
func (p *parsed) next(commands []Command) []suggestion {
	var out []suggestion
	for i := range commands {
		c := &commands[i]
		own := c.words()
		if !c.begins(p.words) || len(own) == len(p.words) {
			continue
		}
		s := suggestion{own[len(p.words)], c.Summary}
		if len(own) > len(p.words)+1 {
			s.about = strings.Join(own[:len(p.words)+1], " ") + " …"
		}
		if !slices.ContainsFunc(out, func(o suggestion) bool { return o.word == s.word }) {
			out = append(out, s)
		}
	}
	return out
}
