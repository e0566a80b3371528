package cli

import (
	"fmt"
	"slices"
	"strings"
)

const exits = `Exit codes:
  0   done, or allowed
  1   an error
  2   called in a wrong way
  3   not allowed
  4   not found
  5   in conflict with how things are
  6   the server is not available
  10  check and explain: denied`

// help prints what the words so far lead to: everything, a group, or one command.
func (p *Program) help(commands []Command, globals []Flag, found parsed) error {
	var out strings.Builder
	switch {
	case found.command != nil:
		commandHelp(&out, found.command)
	case len(found.words) == 0:
		out.WriteString("Commonhold keeps organizations: their people, teams and projects, and who may do what.\n\n")
		out.WriteString("Usage: commonhold COMMAND [ARGUMENTS] [--flags]\n")
		fallthrough
	default:
		out.WriteString("\nCommands:\n")
		listed(&out, commands, found.words)
	}
	if len(globals) > 0 {
		out.WriteString("\nFlags of all commands:\n")
		flagHelp(&out, globals)
	}
	if found.command == nil {
		out.WriteString("\nThe key of the operator is read from COMMONHOLD_KEY, from --key-file, or from the data folder of a\nserver on this machine.\n")
	}
	out.WriteString("\n" + exits + "\n")
	_, err := fmt.Fprint(p.Stdout, out.String())
	return err
}

func listed(out *strings.Builder, commands []Command, words []string) {
	var lines [][]string
	for _, c := range grouped(commands) {
		if c.begins(words) {
			lines = append(lines, []string{"  " + c.Words, c.Summary})
		}
	}
	mustAlign(out, lines)
}

// grouped brings commands with the same first word together, in the order in which the words first come.
func grouped(commands []Command) []Command {
	place := map[string]int{}
	for i := range commands {
		if word := commands[i].words()[0]; place[word] == 0 {
			place[word] = i + 1
		}
	}
	out := slices.Clone(commands)
	slices.SortStableFunc(out, func(a, b Command) int { return place[a.words()[0]] - place[b.words()[0]] })
	return out
}

func commandHelp(out *strings.Builder, c *Command) {
	fmt.Fprintf(out, "%s.\n\nUsage: %s\n", c.Summary, usage(c))
	if c.Details != "" {
		fmt.Fprintf(out, "\n%s\n", strings.TrimSpace(c.Details))
	}
	if len(c.Args) > 0 {
		out.WriteString("\nArguments:\n")
		var lines [][]string
		for _, a := range c.Args {
			lines = append(lines, []string{"  " + a.Name, a.Summary})
		}
		mustAlign(out, lines)
	}
	if len(c.Flags) > 0 {
		out.WriteString("\nFlags:\n")
		flagHelp(out, c.Flags)
	}
}

func flagHelp(out *strings.Builder, flags []Flag) {
	var lines [][]string
	for _, f := range flags {
		var notes []string
		if f.Required {
			notes = append(notes, "required")
		}
		if f.Default != "" {
			notes = append(notes, "default "+f.Default)
		}
		if f.Env != "" {
			notes = append(notes, "or $"+f.Env)
		}
		about := f.Summary
		if len(notes) > 0 {
			about += " (" + strings.Join(notes, ", ") + ")"
		}
		lines = append(lines, []string{"  " + strings.TrimSpace("--"+f.Name+" "+f.Value), about})
	}
	mustAlign(out, lines)
}

func mustAlign(out *strings.Builder, lines [][]string) {
	if err := align(out, lines); err != nil {
		panic(err) // a strings.Builder takes everything
	}
}

// usage is one line that shows how a command is called.
func usage(c *Command) string {
	parts := []string{"commonhold", c.Words}
	for _, a := range c.Args {
		parts = append(parts, a.Name)
	}
	optional := false
	for _, f := range c.Flags {
		if f.Required {
			parts = append(parts, strings.TrimSpace("--"+f.Name+" "+f.Value))
		}
		optional = optional || !f.Required
	}
	if optional {
		parts = append(parts, "[--flags]")
	}
	return strings.Join(parts, " ")
}
