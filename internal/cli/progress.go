package cli

import (
	"fmt"
	"io"

	"github.com/commonhold/commonhold/internal/peribolos"
)

// progress tells on stderr how far long work is: on one line at a terminal, every tenth elsewhere if asked for.
type progress struct {
	out    io.Writer // nil for nobody
	inLine bool
	told   int // how many tenths
	shown  bool
}

func newProgress(in *Input, wanted bool) *progress {
	switch line := terminal(in.Stderr); {
	case line:
		return &progress{out: in.Stderr, inLine: true}
	case wanted:
		return &progress{out: in.Stderr}
	}
	return &progress{}
}

func (p *progress) tell(done, total int, kind peribolos.Kind) {
	tenth := done * 10 / total
	switch {
	case p.out == nil:
	case p.inLine:
		p.shown = true
		fmt.Fprintf(p.out, "\r\x1b[K%d of %d steps, %s", done, total, heading(string(kind)))
	case tenth > p.told:
		p.told = tenth
		fmt.Fprintf(p.out, "%d of %d steps, %s\n", done, total, heading(string(kind)))
	}
}

// end leaves the line.
func (p *progress) end() {
	if p.shown {
		fmt.Fprint(p.out, "\r\x1b[K")
	}
}
