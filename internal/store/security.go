package store

import (
	"context"
	"fmt"
	"time"
)

// Incident is a row of an organization's security log: something that was refused for want of authority, or a look at
// what not everybody may see. Nothing rests on it, so it may be lost in a crash; it is never made up.
type Incident struct {
	Org     string
	ID      string // Org, At and ID together are the key
	At      int64
	Kind    string // such as "refused" or "read"
	Actor   string // a person, "operator", or empty if nobody is known
	Via     string // the key that acted for the person
	What    string // the command or reading that was tried, by the name of its route
	Code    string // of the refusal
	Asked   string // the permission that was lacking
	Request string // the request's id
	Address string // where it came from
	Agent   string // what program sent it, in its own words
	Count   int    // how many there were; above 1 only in a row that stands for many
	Until   int64  // when the last of them was; At if there was one
}

// RollUp is the row that stands for all of a day whose kind and code are those of i, once the day has too many. It names
// nobody and stands at the day's first instant. Every back end makes it in this way, counting i alone.
func (i *Incident) RollUp() Incident {
	return Incident{
		Org: i.Org, ID: fmt.Sprintf("%s %s", i.Kind, i.Code), At: i.Day(), Kind: i.Kind, Code: i.Code,
		Count: max(1, i.Count), Until: max(i.At, i.Until),
	}
}

// Day is the first instant of the day of the incident, UTC.
func (i *Incident) Day() int64 {
	return i.At - (i.At%DayLasts+DayLasts)%DayLasts
}

// DayLasts is the length of a day.
const DayLasts = int64(24 * time.Hour / time.Microsecond)

// Security keeps the security logs of organizations.
type Security interface {
	// AddIncidents writes rows in one transaction. Of one organization and day it writes dayCap rows; what comes on top
	// is counted in the roll-up row of its kind and code: the first makes it, each further one adds its Count and moves
	// Until on. A row whose key is there already changes nothing; a repeated call may count twice what it rolled up.
	AddIncidents(ctx context.Context, rows []Incident, dayCap int) error

	// Incidents pages through the log of an organization, newest first and, at one instant, from the greatest id: from
	// the first that is older than beforeAt, or as old with an id below beforeID.
	Incidents(ctx context.Context, org string, beforeAt int64, beforeID string, limit int) ([]Incident, error)

	// EraseIncidents empties Address and Agent in every row of an actor, in all organizations.
	EraseIncidents(ctx context.Context, actor string) error

	// ExpireIncidents removes the rows that are older than before, and forgets how many rows the days before had.
	ExpireIncidents(ctx context.Context, before int64) error
}
