package app

import (
	"context"
	"errors"
	"slices"
	"sort"
	"strings"

	"github.com/commonhold/commonhold/internal/ledger"
	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/org"
)

// An id in a request is ours, or "ext:" and the application's own key; an organization's may also be its slug. What
// leads nowhere is refused like something foreign.

const external = "ext:"

func (a *App) find(ctx context.Context, kind, key string) (store.Lookup, bool, error) {
	row, err := a.db.Lookups().Find(ctx, kind, key)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return row, false, nil
	case err != nil:
		return row, false, a.unavailable(ctx, "look up a key", err)
	}
	return row, true, nil
}

// FindOrganization resolves an organization's id, slug or external id.
func (a *App) FindOrganization(ctx context.Context, ref string) (org.OrgID, error) {
	if id := org.OrgID(ref); id.Valid() {
		return id, nil
	}
	kind, key := org.LeadSlug, ref
	if x, ok := strings.CutPrefix(ref, external); ok {
		kind, key = org.LeadOrgExternal, x
	}
	row, ok, err := a.find(ctx, string(kind), key)
	if err == nil && !ok {
		err = org.ErrUnknownOrganization
	}
	return org.OrgID(row.Org), err
}

// FindPerson resolves a person's id or external id. That the id is well formed is all that is asked here.
func (a *App) FindPerson(ctx context.Context, ref string) (org.PersonID, error) {
	x, ok := strings.CutPrefix(ref, external)
	if !ok {
		if id := org.PersonID(ref); id.Valid() {
			return id, nil
		}
		return "", ErrUnknownPerson
	}
	row, found, err := a.find(ctx, ledger.LeadExternal, x)
	if err == nil && !found {
		err = ErrUnknownPerson
	}
	return org.PersonID(row.ID), err
}

// FindTeam and FindProject resolve an id or external id within an organization.
func FindTeam(s *org.State, ref string) (org.TeamID, error) {
	if x, ok := strings.CutPrefix(ref, external); ok {
		if id, found := s.TeamByExternal(org.ExternalID(x)); found {
			return id, nil
		}
		return "", org.ErrUnknownTeam
	}
	if _, ok := s.Team(org.TeamID(ref)); !ok {
		return "", org.ErrUnknownTeam
	}
	return org.TeamID(ref), nil
}

func FindProject(s *org.State, ref string) (org.ProjectID, error) {
	if x, ok := strings.CutPrefix(ref, external); ok {
		if id, found := s.ProjectByExternal(org.ExternalID(x)); found {
			return id, nil
		}
		return "", org.ErrUnknownProject
	}
	if _, ok := s.Project(org.ProjectID(ref)); !ok {
		return "", org.ErrUnknownProject
	}
	return org.ProjectID(ref), nil
}

// OrganizationsOf pages through the organizations of a person in order of id.
func (a *App) OrganizationsOf(ctx context.Context, id org.PersonID, after org.OrgID, limit int) ([]org.OrgID, error) {
	prefix := string(id) + " "
	from := ""
	if after != "" {
		from = prefix + string(after)
	}
	rows, err := a.db.Lookups().Scan(ctx, string(org.LeadMember), prefix, from, limit)
	if err != nil {
		return nil, a.unavailable(ctx, "list a person's organizations", err)
	}
	out := make([]org.OrgID, len(rows))
	for i, r := range rows {
		out[i] = org.OrgID(r.Org)
	}
	return out, nil
}

// OrganizationsIn is OrganizationsOf for whom the caller acts for, as far as the caller's key opens them.
func (a *App) OrganizationsIn(ctx context.Context, c Caller, after org.OrgID, limit int) ([]org.OrgID, error) {
	if len(c.Only) == 0 {
		return a.OrganizationsOf(ctx, c.Person, after, limit)
	}
	behind := slices.Sorted(slices.Values(c.Only))
	behind = behind[sort.Search(len(behind), func(i int) bool { return behind[i] > after }):]
	return behind[:min(limit, len(behind))], nil
}

// Organizations pages through all organizations in order of id.
func (a *App) Organizations(ctx context.Context, after org.OrgID, limit int) ([]org.OrgID, error) {
	heads, err := a.db.Log().Organizations(ctx, string(after), limit)
	if err != nil {
		return nil, a.unavailable(ctx, "list organizations", err)
	}
	out := make([]org.OrgID, len(heads))
	for i, h := range heads {
		out[i] = org.OrgID(h.Org)
	}
	return out, nil
}

// History returns facts of an organization behind a version, in order.
func (a *App) History(ctx context.Context, id org.OrgID, after org.Version, limit int) ([]org.Stamped, error) {
	events, err := a.db.Log().Events(ctx, string(id), uint64(after), limit)
	if err != nil {
		return nil, a.unavailable(ctx, "read history", err)
	}
	facts, err := ledger.Facts(events)
	if err != nil {
		return nil, ErrQuarantined
	}
	return facts, nil
}
