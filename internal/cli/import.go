package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/commonhold/commonhold/client"
	"github.com/commonhold/commonhold/internal/githuborg"
	"github.com/commonhold/commonhold/internal/peribolos"
	"github.com/commonhold/commonhold/org"
)

// importing is one call of import github-org.
type importing struct {
	in       *Input
	operator *client.Client // accounts, and what is there
	actor    *client.Client // commands: the operator, or the person of --as

	mapping      string
	of           string // the organization in the file
	organization string // here
	name, slug   string
	dryRun       bool
	every        bool
	progress     bool
	options      peribolos.Options
}

func importCommand(p *Program) Command {
	i := &importing{}
	text := func(to *string) func(string) error { return func(v string) error { *to = v; return nil } }
	flag := func(to *bool) func(string) error { return func(v string) error { *to = v == "true"; return nil } }
	return Command{
		Words: "import github-org", Summary: "Bring an organization to what a GitHub access file (peribolos) says",
		Details: `Admins and members of the file become admins and members, teams become teams with their maintainers as managers,
repositories become projects. A right on a repository becomes a role in the project: read consumer, triage and write
analyst, maintain admin, admin owner; --map FILE names others, such as

    read: none
    write: admin

Everything happens by ordinary commands. Running it again changes nothing; with a changed file, only what differs.
What was given by hand stays. As long as no member has entered the organization, the operator fills it; later --as
names the owner to act for. What was interrupted goes on when it is run again.`,
		Args: []Arg{{"FILE", "the access file (YAML), or - for stdin"}},
		Flags: []Flag{
			{Name: "owner", Value: "HANDLE", Repeats: true, Summary: "who owns the organization, by the handle in the file; may be repeated", Set: func(v string) error {
				i.options.Owners = append(i.options.Owners, v)
				return nil
			}},
			{Name: "org", Value: "ORG", Summary: "an organization that is there; if absent, the one that an earlier import of this file made, or a new one", Set: text(&i.organization)},
			{Name: "of", Value: "NAME", Summary: "which organization of the file, if it holds several", Set: text(&i.of)},
			{Name: "name", Value: "NAME", Summary: "what a new organization is called; as in the file if absent", Set: text(&i.name)},
			{Name: "slug", Value: "SLUG", Summary: "the slug of a new organization; made of the name if absent", Set: text(&i.slug)},
			{Name: "map", Value: "FILE", Summary: "which role stands for which right (YAML)", Set: text(&i.mapping)},
			{Name: "delete-projects", Summary: "delete imported projects that are no longer in the file", Set: flag(&i.options.DeleteProjects)},
			{Name: "dry-run", Summary: "show what would be done, and do nothing", Set: flag(&i.dryRun)},
			{Name: "every", Summary: "show every step and finding, not only how many", Set: flag(&i.every)},
			{Name: "progress", Summary: "tell on stderr how far it is, also where nobody sits", Set: flag(&i.progress)},
		},
		Run: func(ctx context.Context, in *Input) error { i.in = in; return i.run(ctx) },
	}
}

func (i *importing) run(ctx context.Context) error {
	file, err := i.read()
	if err != nil {
		return err
	}
	if err := i.connect(); err != nil {
		return err
	}
	found, err := i.find(ctx, file)
	if err != nil {
		return err
	}
	have, err := githuborg.Present(ctx, i.operator, found)
	if err != nil {
		return err
	}
	var first *founding
	if found == "" {
		if first, err = i.found(file, have); err != nil {
			return err
		}
	}
	plan, err := peribolos.Compare(file, have, i.options)
	if err != nil {
		return &Usage{err.Error()}
	}
	if i.dryRun {
		return i.show(first, plan)
	}
	if first != nil {
		if found, err = i.make(ctx, first); err != nil {
			return err
		}
	}
	return i.apply(ctx, found, plan)
}

// read reads the file and the mapping.
func (i *importing) read() (*peribolos.File, error) {
	b, err := i.in.readFile(i.in.Args[0])
	if err != nil {
		return nil, err
	}
	file, err := peribolos.Parse(b, i.of)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", i.in.Args[0], err)
	}
	if i.mapping == "" {
		return file, nil
	}
	if b, err = i.in.readFile(i.mapping); err != nil {
		return nil, err
	}
	if i.options.Mapping, err = peribolos.ReadMapping(b); err != nil {
		return nil, fmt.Errorf("%s: %w", i.mapping, err)
	}
	return file, nil
}

func (p *Program) readFile(name string) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(io.LimitReader(p.Stdin, peribolos.MaxBytes+1)) // one more than is taken, so that it is noticed
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, peribolos.MaxBytes+1))
}

func (i *importing) connect() error {
	acting := i.in.global.acting
	i.in.global.acting = ""
	c, err := i.in.connect()
	if err != nil {
		return err
	}
	i.operator = c.With(client.Fresh())
	i.actor = i.operator
	if acting != "" {
		i.actor = i.operator.With(client.ActingFor(acting))
	}
	return nil
}

// find returns the organization's id; none if it is to be made. What an import made it finds again by the external id
// that it gave it.
func (i *importing) find(ctx context.Context, f *peribolos.File) (string, error) {
	ref := i.organization
	if ref == "" {
		if f.Name == "" {
			return "", &Usage{"the file does not name its organization: name one that is there with --org"}
		}
		ref = "ext:" + string(externalOrg(f))
	}
	o, err := i.operator.Organization(ctx, ref)
	if errors.Is(err, org.ErrUnknownOrganization) && i.organization == "" {
		return "", nil
	}
	return string(o.Organization), err
}

func externalOrg(f *peribolos.File) org.ExternalID {
	return org.ExternalID("github-org:" + url.PathEscape(strings.ToLower(f.Name)))
}

// founding is an organization that is to be made.
type founding struct {
	Name       org.Name        `json:"name"`
	Slug       org.Slug        `json:"slug"`
	ExternalID org.ExternalID  `json:"external_id"`
	Owner      org.ExternalID  `json:"owner"` // the first one, who is there from the start
	account    *peribolos.Step // makes the owner's account; nil if there is one
}

// found plans the making of an organization: its first owner is there from the start.
func (i *importing) found(f *peribolos.File, have peribolos.Present) (*founding, error) {
	if len(i.options.Owners) == 0 {
		return nil, &Usage{"the organization is not there yet: name who is to own it with --owner HANDLE, or one that is there with --org"}
	}
	out := &founding{Name: org.Name(f.Name), Slug: slugOf(f.Name), ExternalID: externalOrg(f)}
	if i.name != "" {
		out.Name, out.Slug = org.Name(i.name), slugOf(i.name)
	}
	if i.slug != "" {
		out.Slug = org.Slug(i.slug)
	}
	plan, err := peribolos.Compare(f, have, i.options)
	if err != nil {
		return nil, &Usage{err.Error()}
	}
	for _, s := range plan.Steps {
		if s.Kind == peribolos.AddMember && s.Role == org.RoleOwner {
			out.Owner = s.Person
			break
		}
	}
	for _, s := range plan.Steps {
		if s.Kind == peribolos.CreatePerson && s.Person == out.Owner {
			out.account = &s
			break
		}
	}
	have.People[out.Owner] = peribolos.Person{Role: org.RoleOwner, Status: org.Active, Source: org.ByHand}
	return out, nil
}

// slugOf makes a slug of a name: what is neither letter nor digit becomes a hyphen.
func slugOf(name string) org.Slug {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	slug := strings.Join(words, "-")
	return org.Slug(strings.Trim(slug[:min(len(slug), 48)], "-"))
}

// make makes the organization, with the account of its first owner if there is none.
func (i *importing) make(ctx context.Context, f *founding) (string, error) {
	if f.account != nil {
		if err := githuborg.Account(ctx, i.operator, *f.account); err != nil {
			return "", err
		}
	}
	o, err := i.operator.CreateOrganization(ctx, org.CreateOrganization{Name: f.Name, Slug: f.Slug, ExternalID: f.ExternalID, Owner: org.PersonID(githuborg.Ref(f.Owner))})
	if err != nil {
		return "", fmt.Errorf("create the organization %s: %w", f.Name, err)
	}
	if !i.in.global.json {
		fmt.Fprintf(i.in.Stdout, "Created the organization %s, %s.\n", o.Name, o.Slug)
	}
	return string(o.Organization), nil
}

// planned is what --json prints of a dry run.
type planned struct {
	Create *founding `json:"create_organization,omitempty"`
	peribolos.Plan
}

// show tells what would be done.
func (i *importing) show(first *founding, plan peribolos.Plan) error {
	if i.in.global.json {
		return printJSON(i.in.Stdout, planned{first, plan})
	}
	if first != nil {
		fmt.Fprintf(i.in.Stdout, "Would create the organization %s with the slug %s.\n", first.Name, first.Slug)
	}
	return i.tell(plan)
}

func (i *importing) tell(plan peribolos.Plan) error {
	out := plan.Summary()
	if i.every {
		for _, s := range plan.Steps {
			out += "  " + s.Sentence + "\n"
		}
		for _, f := range plan.Findings {
			out += "  not done: " + f.Sentence + "\n"
		}
	}
	_, err := fmt.Fprint(i.in.Stdout, out)
	return err
}

// apply carries out the plan and tells what became of it.
func (i *importing) apply(ctx context.Context, organization string, plan peribolos.Plan) error {
	if !i.in.global.json {
		if err := i.tell(plan); err != nil {
			return err
		}
	}
	start, bar := i.in.Now(), newProgress(i.in, i.progress)
	w := &githuborg.Work{Operator: i.operator, Actor: i.actor, Organization: organization, Progress: bar.tell}
	err := w.Do(ctx, plan.Steps)
	bar.end()
	if i.in.global.json {
		err = errors.Join(printJSON(i.in.Stdout, imported{organization, w.Done(), w.Refused(), plan.Findings}), err)
	} else {
		for _, r := range w.Refused() {
			fmt.Fprintf(i.in.Stdout, "  refused: %s (%s)\n", r.Sentence, r.Problem)
		}
		if len(plan.Steps) == 0 {
			fmt.Fprintln(i.in.Stdout, "Nothing to do: the organization is as the file says.")
		} else {
			fmt.Fprintf(i.in.Stdout, "%d of %d steps done in %v.\n", w.Done(), len(plan.Steps), i.in.Now().Sub(start).Round(10*time.Millisecond))
		}
	}
	switch {
	case errors.Is(err, org.ErrEntered):
		return fmt.Errorf("%w\nName the owner to act for with --as; the import then goes on where it stopped", err)
	case err != nil:
		return fmt.Errorf("%w\nRun the import again to go on where it stopped", err)
	}
	return w.Verdict()
}

// imported is what --json prints of an import.
type imported struct {
	Organization string              `json:"organization"`
	Done         int                 `json:"done"`
	Refused      []githuborg.Refused `json:"refused"`
	Findings     []peribolos.Finding `json:"findings"`
}

func printJSON(to interface{ Write([]byte) (int, error) }, v any) error {
	b, err := json.MarshalIndent(v, "", "  ")
	if err == nil {
		_, err = to.Write(append(b, '\n'))
	}
	return err
}
