package console

import (
	"slices"
	"strings"
	"time"

	"github.com/commonhold/commonhold/internal/app"
	"github.com/commonhold/commonhold/org"
)

type organizationsView struct {
	Rows  []organizationRow
	After string // the id the next page goes on behind
}

type organizationRow struct {
	Name, Href string
	Counts     org.Counts
	Mark       string // what is not as usual
	Broken     bool
}

const organizationsShown = 100

func showOrganizations(r *request) (string, any, error) {
	ids, err := r.app.Organizations(r.Context(), org.OrgID(r.URL.Query().Get("after")), organizationsShown)
	if err != nil {
		return "", nil, err
	}
	v := organizationsView{}
	for _, id := range ids {
		s, err := r.app.View(r.Context(), id, app.Freshness{})
		if err != nil {
			v.Rows = append(v.Rows, organizationRow{Name: string(id), Broken: true})
			continue
		}
		v.Rows = append(v.Rows, organizationRow{Name: string(s.Name()), Href: root + string(s.Slug()) + "/", Counts: s.Counts(), Mark: markWords(s, r.now)})
	}
	if len(ids) == organizationsShown {
		v.After = string(ids[len(ids)-1])
	}
	return "Organizations", v, nil
}

// markWords tells that an organization is suspended, or on its way out.
func markWords(s *org.State, now org.Instant) string {
	var words []string
	if s.SuspendedSince() != 0 {
		words = append(words, "suspended")
	}
	switch s.Standing(now) {
	case org.StandsClosing:
		words = append(words, "closes "+dateWord(s.ClosesAt()))
	case org.StandsClosed:
		words = append(words, "closed")
	}
	if s.Ownerless(now) {
		words = append(words, "no owner can act")
	}
	return strings.Join(words, ", ")
}

type overviewView struct {
	Counts    org.Counts
	Slug      string
	Created   org.Instant
	Version   org.Version
	Owners    []who
	Ownerless bool
	Attention []notice
	People    string
	Teams     string
	Projects  string
	Accounts  string
}

// notice is something that wants attention, and where to look.
type notice struct{ Text, Href string }

// soon is how far ahead the overview looks for what ends.
const soon = 14 * 24 * time.Hour

func showOverview(r *request) (string, any, error) {
	owners := r.state.Owners(r.now)
	var ending []org.Ending
	ids := slices.Clone(owners)
	for e := range r.state.EndingBetween(r.now, r.now+org.Instant(soon.Microseconds())) {
		ending = append(ending, e)
		if e.Person != "" {
			ids = append(ids, e.Person)
		}
	}
	if recovery, open := r.state.Recovery(); open {
		ids = append(ids, recovery.Person)
	}
	named, err := names(r.Context(), r, ids)
	if err != nil {
		return "", nil, err
	}
	v := overviewView{Counts: r.state.Counts(), Slug: r.slug, Created: r.state.Created(), Version: r.state.Version(),
		People: r.href("people"), Teams: r.href("teams"), Projects: r.href("projects"), Accounts: r.href("accounts")}
	for _, id := range owners {
		v.Owners = append(v.Owners, named(id))
	}
	if at := r.state.SuspendedSince(); at != 0 {
		v.Attention = append(v.Attention, notice{"The organization is suspended since " + dateWord(at) + ": every check denies.", ""})
	}
	if r.state.Ownerless(r.now) {
		v.Ownerless = true
		v.Attention = append(v.Attention, notice{"No owner can act: the operator has disabled the last one's account. The operator can start a recovery, or enable the account.", ""})
	}
	if at := r.state.ClosesAt(); at != 0 {
		v.Attention = append(v.Attention, notice{"The organization was deleted and closes " + dateWord(at) + "; until then an owner can cancel that.", ""})
	}
	if recovery, open := r.state.Recovery(); open {
		v.Attention = append(v.Attention, notice{"A recovery is open: " + named(recovery.Person).Name + " is to become owner.", named(recovery.Person).Href})
	}
	if len(owners) == 1 && !v.Ownerless {
		v.Attention = append(v.Attention, notice{"There is one owner only. A second one keeps the organization reachable.", ""})
	}
	if n := v.Counts.Suspended; n > 0 {
		v.Attention = append(v.Attention, notice{plural(n, "member is suspended", "members are suspended"), r.href("people", "status", "suspended")})
	}
	slices.SortFunc(ending, func(a, b org.Ending) int { return int(a.End - b.End) })
	for i, e := range ending {
		if i == 8 {
			v.Attention = append(v.Attention, notice{plural(len(ending)-8, "more ends soon", "more end soon"), ""})
			break
		}
		v.Attention = append(v.Attention, endingWords(r, e, named))
	}
	return string(r.state.Name()), v, nil
}

func endingWords(r *request, e org.Ending, named func(org.PersonID) who) notice {
	end := "ends " + dateWord(e.End) + inDays(e.End, r.now)
	p, _ := r.state.Project(e.Project)
	whose := notice{"Everyone", r.href("projects/" + string(e.Project))}
	switch {
	case e.Person != "":
		whose = notice{named(e.Person).Name, named(e.Person).Href}
	case e.Account != "":
		whose = notice{string(r.state.NameOf(string(e.Account))), whose.Href}
	case e.Team != "":
		t, _ := r.state.Team(e.Team)
		whose = notice{string(t.Name), r.href("teams/" + string(e.Team))}
	case e.Accounts:
		whose.Text = "Everyone and all service accounts"
	}
	what := "membership"
	switch {
	case e.In != "":
		t, _ := r.state.Team(e.In)
		what = "place in the team " + string(t.Name)
		if e.Account != "" {
			whose.Href = r.href("teams/" + string(e.In))
		}
	case e.Project != "":
		what = r.projectBadge(e.Role).Word + " in " + string(p.Name)
	}
	return notice{whose.Text + ": " + what + " " + end, whose.Href}
}
