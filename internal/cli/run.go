package cli

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/commonhold/commonhold/client"
)

// run makes the request of a derived command and shows what comes back.
func (c *call) run(ctx context.Context, in *Input) error {
	path, err := client.Path(c.route.Path, in.Args...)
	if err != nil {
		return &Usage{err.Error()}
	}
	to, err := in.connect()
	if err != nil {
		return err
	}
	to = to.With(client.Reason(c.reason))
	if destructive(c.route) {
		if err := in.confirm(c.route.Summary); err != nil {
			return err
		}
	}
	show := &view{out: in.Stdout, names: &names{ctx: ctx, client: to, org: c.named("{org}", in.Args), in: c.named("{project}", in.Args)}}
	if c.route.Paged {
		return c.list(ctx, in, to, path, show)
	}
	var body any
	if len(c.body) > 0 {
		body = c.body
	}
	var answer json.RawMessage
	if _, err := to.Call(ctx, c.route.Method, path, c.query, body, &answer); err != nil {
		return err
	}
	if in.global.json {
		if len(answer) == 0 {
			answer = json.RawMessage("{}")
		}
		if _, err := fmt.Fprintf(in.Stdout, "%s\n", bytes.TrimSpace(answer)); err != nil {
			return err
		}
	} else if err := show.answer(c, in.Args, answer); err != nil {
		return err
	}
	return verdict(c, answer)
}

// named returns the argument that stands in the path at this place, if there is one.
func (c *call) named(place string, args []string) string {
	n := 0
	for part := range strings.SplitSeq(c.route.Path, "/") {
		switch {
		case part == place:
			return args[n]
		case strings.HasPrefix(part, "{"):
			n++
		}
	}
	return ""
}

// verdict turns the answer of a check into what the exit code says.
func verdict(c *call, answer json.RawMessage) error {
	if c.route.Name != "check" && c.route.Name != "explain" {
		return nil
	}
	var said struct {
		Allowed bool `json:"allowed"`
	}
	if err := json.Unmarshal(answer, &said); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	if !said.Allowed {
		return errDenied
	}
	return nil
}

// list shows all rows of a paged route, or as many as are wanted.
func (c *call) list(ctx context.Context, in *Input, to *client.Client, path string, show *view) error {
	if c.limit > 0 && c.limit < 100 {
		c.query.Set("limit", strconv.Itoa(c.limit+1)) // one more tells whether there are more
	}
	rows := []json.RawMessage{}
	more := false
	for row, err := range client.Items[json.RawMessage](ctx, to, path, c.query) {
		if err != nil {
			return err
		}
		if more = c.limit > 0 && len(rows) == c.limit; more {
			break
		}
		rows = append(rows, row)
	}
	var err error
	if in.global.json {
		err = printArray(in.Stdout, rows)
	} else {
		err = show.rows(c.route, rows)
	}
	if more {
		fmt.Fprintf(in.Stderr, "The first %d rows; there are more without --limit.\n", c.limit)
	}
	return err
}

func printArray(w io.Writer, rows []json.RawMessage) error {
	out := bufio.NewWriter(w)
	out.WriteString("[")
	for i, row := range rows {
		if i > 0 {
			out.WriteString(",")
		}
		out.WriteString("\n")
		out.Write(row)
	}
	if len(rows) > 0 {
		out.WriteString("\n")
	}
	out.WriteString("]\n")
	return out.Flush()
}

// confirm asks at a terminal whether to go on; where nobody can answer, --yes has to have said so.
func (in *Input) confirm(what string) error {
	if in.global.yes {
		return nil
	}
	subject := strings.Join(append([]string{what + ":"}, in.Args...), " ")
	if !terminal(in.Stdin) {
		return &Usage{fmt.Sprintf("%s. Nobody is here to confirm this; repeat it with --yes", subject)}
	}
	fmt.Fprintf(in.Stderr, "%s. Go on? [y/N] ", subject)
	line, err := bufio.NewReader(in.Stdin).ReadString('\n')
	if err != nil && err != io.EOF {
		return fmt.Errorf("read the confirmation: %w", err)
	}
	if answer := strings.ToLower(strings.TrimSpace(line)); answer != "y" && answer != "yes" {
		return &Usage{"not confirmed, so nothing was done"}
	}
	return nil
}

// terminal reports whether somebody sits at the other end.
func terminal(stream any) bool {
	file, ok := stream.(*os.File)
	if !ok {
		return false
	}
	about, err := file.Stat()
	return err == nil && about.Mode()&os.ModeCharDevice != 0
}
