package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/commonhold/commonhold/client"
	"github.com/commonhold/commonhold/internal/peribolos"
	"github.com/commonhold/commonhold/org"
)

// work carries out the steps of a plan.
type work struct {
	*importing
	org      string
	total    int
	progress *progress

	mu      sync.Mutex
	done    int
	refused []refusedStep
	first   error // the first refusal
}

// refusedStep is one that the server did not let happen.
type refusedStep struct {
	Sentence string `json:"sentence"`
	Problem  string `json:"problem"`
}

// alone are the steps whose order among their like matters: one gives up the name that the next one takes.
var alone = map[peribolos.Kind]bool{
	peribolos.SetRole: true, peribolos.SetTeamExternalID: true, peribolos.RenameTeam: true,
	peribolos.SetProjectExternalID: true, peribolos.RenameProject: true,
}

// all takes the steps in their order, those of one kind that stand together at once. What the server refuses is noted,
// and the rest goes on; anything else ends it.
func (w *work) all(ctx context.Context, steps []peribolos.Step) error {
	defer w.progress.end()
	for len(steps) > 0 {
		n := 1
		for n < len(steps) && steps[n].Kind == steps[0].Kind && !alone[steps[0].Kind] {
			n++
		}
		g, ctx := errgroup.WithContext(ctx)
		g.SetLimit(atOnce)
		for _, s := range steps[:n] {
			g.Go(func() error { return w.step(ctx, s) })
		}
		if err := g.Wait(); err != nil {
			return err
		}
		steps = steps[n:]
	}
	return nil
}

func (w *work) step(ctx context.Context, s peribolos.Step) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	err := w.carry(ctx, s)
	problem, isProblem := errors.AsType[*client.Problem](err)
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case err == nil:
		w.done++
	case errors.Is(err, org.ErrEntered):
		return fmt.Errorf("%w\nName the owner or admin to act for with --as", err)
	case !isProblem || problem.Status == 401 || problem.Status == 429 || problem.Status >= 500:
		return fmt.Errorf("%s: %w", s.Sentence, err)
	default:
		w.refused = append(w.refused, refusedStep{s.Sentence, problem.Error()})
		if w.first == nil {
			w.first = err
		}
	}
	w.progress.tell(w.done+len(w.refused), w.total, s.Kind)
	return nil
}

// verdict is the first refusal, if there was one: it says in the exit code what kind of trouble there was.
func (w *work) verdict() error {
	if w.first == nil {
		return nil
	}
	return fmt.Errorf("%d of %d steps were refused; the first: %w", len(w.refused), w.total, w.first)
}

// account makes an account. That there is one already is no trouble: an earlier import was interrupted there.
func (i *importing) account(ctx context.Context, s peribolos.Step) error {
	_, err := i.operator.AddPerson(ctx, client.PersonFields{Name: string(s.Name), ExternalID: s.Person})
	if errors.Is(err, org.ErrExternalIDTaken) {
		return nil
	}
	return err
}

func (w *work) carry(ctx context.Context, s peribolos.Step) error {
	if s.Kind == peribolos.CreatePerson {
		return w.account(ctx, s)
	}
	make, ok := commands[s.Kind]
	if !ok {
		return fmt.Errorf("nobody knows how to %s", s.Kind)
	}
	_, err := w.actor.Do(ctx, w.org, make(s), nil)
	return err
}

// ref is how the API is told of something that a plan names by its external id, or its own.
func ref(id org.ExternalID) string {
	if org.TeamID(id).Valid() || org.ProjectID(id).Valid() || org.PersonID(id).Valid() {
		return string(id)
	}
	return "ext:" + string(id)
}

func person(s peribolos.Step) org.PersonID   { return org.PersonID(ref(s.Person)) }
func team(s peribolos.Step) org.TeamID       { return org.TeamID(ref(s.Team)) }
func project(s peribolos.Step) org.ProjectID { return org.ProjectID(ref(s.Project)) }

func subject(s peribolos.Step) org.Subject {
	switch {
	case s.Team != "":
		return org.Subject{Team: team(s)}
	case s.Person != "":
		return org.Subject{Person: person(s)}
	}
	return org.Subject{Everyone: s.Everyone}
}

// commands are what the kinds of steps stand for, accounts left out.
var commands = map[peribolos.Kind]func(peribolos.Step) org.Command{
	peribolos.AddMember: func(s peribolos.Step) org.Command {
		return org.AddMember{Person: person(s), Role: s.Role, Source: org.ByImport}
	},
	peribolos.SetRole: func(s peribolos.Step) org.Command { return org.SetRole{Person: person(s), Role: s.Role} },
	peribolos.SetTeamExternalID: func(s peribolos.Step) org.Command {
		return org.SetTeamExternalID{Team: team(s), ExternalID: s.ExternalID}
	},
	peribolos.RenameTeam: func(s peribolos.Step) org.Command { return org.RenameTeam{Team: team(s), Name: s.Name} },
	peribolos.CreateTeam: func(s peribolos.Step) org.Command {
		return org.CreateTeam{Name: s.Name, ExternalID: s.Team, Source: org.ByImport}
	},
	peribolos.SetProjectExternalID: func(s peribolos.Step) org.Command {
		return org.SetProjectExternalID{Project: project(s), ExternalID: s.ExternalID}
	},
	peribolos.RenameProject: func(s peribolos.Step) org.Command { return org.RenameProject{Project: project(s), Name: s.Name} },
	peribolos.CreateProject: func(s peribolos.Step) org.Command {
		return org.CreateProject{Name: s.Name, ExternalID: s.Project, Source: org.ByImport}
	},
	peribolos.GiveGrant: func(s peribolos.Step) org.Command {
		return org.Give{Project: project(s), Subject: subject(s), Role: s.ProjectRole, Source: org.ByImport}
	},
	peribolos.PlaceInTeam: func(s peribolos.Step) org.Command {
		return org.PlaceInTeam{Team: team(s), Person: person(s), Manager: s.Manager, Source: org.ByImport}
	},
	peribolos.TakeGrant: func(s peribolos.Step) org.Command {
		return org.Take{Project: project(s), Subject: subject(s), Role: s.ProjectRole, Source: org.ByImport}
	},
	peribolos.TakeFromTeam:  func(s peribolos.Step) org.Command { return org.TakeFromTeam{Team: team(s), Person: person(s)} },
	peribolos.DeleteTeam:    func(s peribolos.Step) org.Command { return org.DeleteTeam{Team: team(s)} },
	peribolos.RemoveMember:  func(s peribolos.Step) org.Command { return org.Remove{Person: person(s)} },
	peribolos.DeleteProject: func(s peribolos.Step) org.Command { return org.DeleteProject{Project: project(s)} },
}

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
