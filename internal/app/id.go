package app

import (
	"time"

	"github.com/commonhold/commonhold/internal/typeid"
	"github.com/commonhold/commonhold/org"
)

func (a *App) newID(prefix string) string { return typeid.Timed(prefix, a.clock(), a.random) }

// newPersonID makes an id that tells nothing of the person, not even when it was made.
func (a *App) newPersonID() org.PersonID { return org.PersonID(typeid.Random("usr_", a.random)) }

// day is the first instant of the day of t, UTC.
func day(t time.Time) int64 { return t.UTC().Truncate(24 * time.Hour).UnixMicro() }
