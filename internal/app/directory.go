package app

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/commonhold/commonhold/org"
)

// Listed is a member with the account's name and address, as tables of people show them.
type Listed struct {
	org.Member
	Name       string
	Address    string
	ExternalID org.ExternalID
	folded     string // name and address in the form in which they are searched
}

// MemberFilter chooses members; zero fields choose all.
type MemberFilter struct {
	Find   string // parts of the name or address, each of which must occur
	Role   org.OrgRole
	Status org.Status
}

// nameAge is how long the names in tables may be behind a change made on another node.
const nameAge = 10 * time.Second

// directories keep the members of the organizations last listed, in order of name.
type directories struct {
	mu    sync.Mutex
	epoch int // moves when a person changes here
	kept  map[org.OrgID]*directory
}

type directory struct {
	version org.Version
	epoch   int
	made    time.Time
	rows    []Listed
}

const keptDirectories = 32

// changed makes every directory be made anew.
func (d *directories) changed() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.epoch++
}

func (d *directories) get(s *org.State, now time.Time) ([]Listed, int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	k := d.kept[s.ID()]
	if k != nil && k.version == s.Version() && k.epoch == d.epoch && age(now, k.made) < nameAge {
		return k.rows, d.epoch
	}
	return nil, d.epoch
}

func (d *directories) put(id org.OrgID, k *directory) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.kept == nil {
		d.kept = map[org.OrgID]*directory{}
	}
	if len(d.kept) >= keptDirectories && d.kept[id] == nil {
		for other := range d.kept { // any: a directory is quickly made again
			delete(d.kept, other)
			break
		}
	}
	d.kept[id] = k
}

// Directory returns the members of an organization in order of name, and of id where names are equal, those whom the
// filter leaves out left out. The rows are shared: they must not be changed.
func (a *App) Directory(ctx context.Context, s *org.State, f MemberFilter) ([]Listed, error) {
	now := a.clock()
	rows, epoch := a.listed.get(s, now)
	if rows == nil {
		var err error
		if rows, err = a.list(ctx, s); err != nil {
			return nil, err
		}
		a.listed.put(s.ID(), &directory{version: s.Version(), epoch: epoch, made: now, rows: rows})
	}
	if f == (MemberFilter{}) {
		return rows, nil
	}
	words := strings.Fields(strings.ToLower(f.Find))
	var out []Listed
	for _, r := range rows {
		if (f.Role == "" || f.Role == r.Role) && (f.Status == org.NoMember || f.Status == r.Status) && holdsAll(r.folded, words) {
			out = append(out, r)
		}
	}
	return out, nil
}

func holdsAll(text string, words []string) bool {
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) })
}

func (a *App) list(ctx context.Context, s *org.State) ([]Listed, error) {
	var rows []Listed
	var ids []org.PersonID
	for m := range s.Members(a.Now(), "") {
		rows = append(rows, Listed{Member: m})
		ids = append(ids, m.Person)
	}
	people, err := a.People(ctx, ids)
	if err != nil {
		return nil, err
	}
	for i := range rows {
		p := people[rows[i].Person]
		rows[i].Name, rows[i].Address, rows[i].ExternalID = p.Name, p.Address, p.ExternalID
		rows[i].folded = strings.ToLower(p.Name + " " + p.Address)
	}
	slices.SortFunc(rows, func(x, y Listed) int {
		return cmp.Or(strings.Compare(strings.ToLower(x.Name), strings.ToLower(y.Name)), strings.Compare(string(x.Person), string(y.Person)))
	})
	return rows, nil
}
