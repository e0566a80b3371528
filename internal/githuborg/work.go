package githuborg

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/commonhold/commonhold/client"
	"github.com/commonhold/commonhold/internal/peribolos"
	"github.com/commonhold/commonhold/org"
)

// Work carries out plans in one organization.
type Work struct {
	Operator     *client.Client // makes accounts
	Actor        *client.Client // runs commands: the operator, or an owner it acts for
	Organization string
	Progress     func(done, total int, kind peribolos.Kind) // told after each step, one at a time; may be nil

	mu      sync.Mutex
	done    int
	refused []Refused
	first   error
}

// Refused is a step that the server did not let happen.
type Refused struct {
	Sentence string `json:"sentence"`
	Problem  string `json:"problem"`
}

// alone are the steps whose order among their like matters: one gives up the name that the next one takes.
var alone = map[peribolos.Kind]bool{
	peribolos.SetRole: true, peribolos.SetTeamExternalID: true, peribolos.RenameTeam: true,
	peribolos.SetProjectExternalID: true, peribolos.RenameProject: true,
}

// Do takes the steps in their order, those of one kind that stand together at once. What the server refuses is noted,
// and the rest goes on; anything else ends the work, and so does a refusal of all that the operator gives.
func (w *Work) Do(ctx context.Context, steps []peribolos.Step) error {
	for total := len(steps); len(steps) > 0; {
		n := 1
		for n < len(steps) && steps[n].Kind == steps[0].Kind && !alone[steps[0].Kind] {
			n++
		}
		g, ctx := errgroup.WithContext(ctx)
		g.SetLimit(atOnce)
		for _, s := range steps[:n] {
			g.Go(func() error { return w.step(ctx, s, total) })
		}
		if err := g.Wait(); err != nil {
			return err
		}
		steps = steps[n:]
	}
	return nil
}

// Done is how many steps were carried out, Refused which were not.
func (w *Work) Done() int          { return w.done }
func (w *Work) Refused() []Refused { return append([]Refused{}, w.refused...) }

// Verdict is the first refusal, if there was one.
func (w *Work) Verdict() error {
	if w.first == nil {
		return nil
	}
	return fmt.Errorf("%d of %d steps were refused; the first: %w", len(w.refused), w.done+len(w.refused), w.first)
}

func (w *Work) step(ctx context.Context, s peribolos.Step, total int) error {
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
		return err
	case !isProblem || problem.Status == 401 || problem.Status == 429 || problem.Status >= 500:
		return fmt.Errorf("%s: %w", s.Sentence, err)
	default:
		w.refused = append(w.refused, Refused{s.Sentence, problem.Error()})
		if w.first == nil {
			w.first = err
		}
	}
	if w.Progress != nil {
		w.Progress(w.done+len(w.refused), total, s.Kind)
	}
	return nil
}

// Account makes the account of a step. That there is one already is no trouble: an earlier import was interrupted there.
func Account(ctx context.Context, operator *client.Client, s peribolos.Step) error {
	_, err := operator.AddPerson(ctx, client.PersonFields{Name: string(s.Name), ExternalID: s.Person})
	if errors.Is(err, org.ErrExternalIDTaken) {
		return nil
	}
	return err
}

func (w *Work) carry(ctx context.Context, s peribolos.Step) error {
	if s.Kind == peribolos.CreatePerson {
		return Account(ctx, w.Operator, s)
	}
	command, ok := commands[s.Kind]
	if !ok {
		return fmt.Errorf("nobody knows how to %s", s.Kind)
	}
	_, err := w.Actor.Do(ctx, w.Organization, command(s), nil)
	return err
}
