package cli

import (
	"context"
	"strings"
)

// Command is one thing the program does.
type Command struct {
	Words   string // by which it is called, such as "member set-role"; where one's begin another's, the longer one is meant if its next word follows
	Summary string // one line
	Details string // what else --help says
	Args    []Arg
	Flags   []Flag
	Alone   bool // takes no flags but its own
	Run     func(context.Context, *Input) error
}

// Arg is an argument by its place.
type Arg struct {
	Name    string // in capitals
	Summary string
}

// Flag is an argument by name, --name VALUE, or a switch.
type Flag struct {
	Name     string
	Summary  string
	Value    string // stands for the value in help; empty for a switch, which takes none or =true and =false
	Choices  []string
	Or       string // what other values may begin with, such as an id's prefix
	Env      string // the variable that is read when the flag is absent; empty for none
	Default  string // as help shows it
	Required bool
	Repeats  bool
	Set      func(string) error // is given each value; what it says completes "--name: "
}

// Input is what one call of a command has been given.
type Input struct {
	*Program
	Command *Command
	Args    []string
	global  global
}

// Usage is a mistake in how the program was called, as opposed to one that happened while it worked.
type Usage struct{ Text string }

func (u *Usage) Error() string { return u.Text }

// words returns the words of a command, one by one.
func (c *Command) words() []string { return strings.Fields(c.Words) }

// begins reports whether the command's words begin with those given.
func (c *Command) begins(words []string) bool {
	own := c.words()
	if len(words) > len(own) {
		return false
	}
	for i, w := range words {
		if own[i] != w {
			return false
		}
	}
	return true
}
