package notice

import (
	"fmt"
	"slices"
	"time"

	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/org"
)

// Before is how long before something ends those whom it concerns are warned.
const Before = 7 * 24 * time.Hour

// warning is the notice that something which a fact gives will end, and when it is due: zero if the fact gives nothing
// that ends. It waits in the outbox from the start, so that no job has to look for what ends; whoever delivers it asks
// Current whether that is still so.
func warning(f org.Stamped) (n Notice, due org.Instant) {
	switch e := f.Event.(type) {
	case *org.MemberAdded:
		n.Person, n.Ends = e.Person, e.Window.End
	case *org.MemberRescheduled:
		n.Person, n.Ends = e.Person, e.Window.End
	case *org.MemberRestored:
		n.Person, n.Ends = e.Person, e.Window.End
	case *org.TeamMemberAdded:
		n.Person, n.Account, n.Team, n.Ends = e.Person, e.Account, e.Team, e.Window.End
	case *org.TeamMemberChanged:
		n.Person, n.Account, n.Team, n.Ends = e.Person, e.Account, e.Team, e.Window.End
	case *org.GrantGiven:
		n = grantEnding(e.Project, e.Subject, e.Role, e.Window)
	case *org.GrantRescheduled:
		n = grantEnding(e.Project, e.Subject, e.Role, e.Window)
	case *org.KeyMade:
		n.Account, n.Key, n.Ends = e.Account, e.Key, e.Expires
	case *org.KeyRotated:
		n.Account, n.Key, n.Ends = e.Account, e.Key, e.Expires
	case *org.KeyRescheduled:
		n.Account, n.Key, n.Ends = e.Account, e.Key, e.Expires
	}
	if n.Ends == 0 {
		return Notice{}, 0
	}
	if n.What = accessEnding; n.Key != "" {
		n.What = keyExpiring
	}
	return n, n.Ends - org.Instant(Before.Microseconds())
}

// warningID names a warning by the fact that it is about, so that the same one is never written twice.
func warningID(f org.Stamped) string { return fmt.Sprintf("%s.%d.end", f.Command, f.Version) }

// Again returns the warnings that facts of a log leave behind and that are not due yet, for a database into which the log
// is brought without the messages that waited beside it.
func Again(in org.OrgID, facts []org.Stamped, now org.Instant) (out []store.Message, err error) {
	for _, f := range facts {
		if n, due := warning(f); due > f.At && due > now {
			if out, err = add(out, in, f, warningID(f), n, due); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

func grantEnding(in org.ProjectID, to org.Subject, as org.ProjectRole, w org.Window) Notice {
	return Notice{Person: to.Person, Account: to.Account, Team: to.Team, All: to.Everyone, Robots: to.Accounts, Role: as, Ends: w.End,
		Projects: []org.ProjectID{in}}
}

// Current is a notice as it is to be delivered at an instant. One that warns is for whom that concerns then, and is not
// for delivery any more if what it warns of was made to last longer, ended before or went; any other stays as it was
// written.
func Current(s *org.State, n Notice, at org.Instant) (Notice, bool) {
	switch n.What {
	case accessEnding:
		in := org.ProjectID("")
		if len(n.Projects) > 0 {
			in = n.Projects[0]
		}
		whose := org.Subject{Person: n.Person, Account: n.Account, Team: n.Team, Everyone: n.All, Accounts: n.Robots}
		if at >= n.Ends || !s.Ends(whose, in, n.Role, n.Ends, at) {
			return n, false
		}
		n.To = concerned(s, n, in, at)
	case keyExpiring:
		ends := func(k org.AccountKey) bool { return k.Key == n.Key && k.Expires == n.Ends }
		if at >= n.Ends || !slices.ContainsFunc(s.AccountKeys(n.Account, at), ends) {
			return n, false
		}
		n.To = slices.Collect(s.PeopleWhere("", "service_accounts:manage", at, ""))
	}
	return n, len(n.To) > 0
}

// concerned are the people whose access ends, and those who can make it last longer.
func concerned(s *org.State, n Notice, in org.ProjectID, at org.Instant) []org.PersonID {
	var to []org.PersonID
	switch {
	case n.Person != "":
		to = append(to, n.Person)
	case n.Team != "" && in != "":
		for p := range s.Roster(n.Team, at, "") {
			if p.Person != "" {
				to = append(to, p.Person)
			}
		}
	}
	where, who := in, org.Permission("project:manage_grants")
	switch {
	case in == "" && n.Team == "":
		who = "members:manage"
	case in == "":
		who = "teams:manage"
	case n.Team != "":
		where, who = "", "grants:manage_any"
	}
	for p := range s.PeopleWhere(where, who, at, "") {
		if !slices.Contains(to, p) {
			to = append(to, p)
		}
	}
	return to
}
