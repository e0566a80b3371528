package org

import (
	"slices"
	"testing"
)

// Deleting a role puts another in its place. Where somebody held both, one grant is left: nothing of what goes on is
// shortened, and what is over already adds nothing, so that nobody holds anything in between.
func TestTheRoleThatTakesADeletedOnesPlaceFillsNoGapBehindWhatIsOver(t *testing.T) {
	holders := []struct {
		name    string
		subject Subject
		holder  Holder
	}{
		{"a person", toPerson("mia"), Holder(usr("mia"))},
		{"everyone", toEveryone, "everyone"},
	}
	ways := []struct {
		name string
		ends func(Holder) DeleteRole
	}{
		{"for all", func(Holder) DeleteRole { return DeleteRole{Role: rl("helper"), Instead: "analyst"} }},
		{"for one holder", func(h Holder) DeleteRole {
			return DeleteRole{Role: rl("helper"), Holders: []HolderReplacement{{h, "analyst"}}}
		}},
	}
	for _, row := range []struct {
		name                  string
		helper, analyst, want Window // in hours from when they were given; the role is deleted after two
	}{
		{name: "the deleted one is over and the other starts later", helper: Window{End: 1}, analyst: Window{Start: 24}, want: Window{Start: 24}},
		{name: "the other is over and the deleted one starts later", helper: Window{Start: 24}, analyst: Window{End: 1}, want: Window{Start: 24}},
		{name: "the deleted one ends at that very instant", helper: Window{End: 2}, analyst: Window{Start: 24, End: 48}, want: Window{Start: 24, End: 48}},
		{name: "both go on", helper: Window{End: 24}, analyst: Window{Start: 1, End: 48}, want: Window{End: 48}},
		{name: "one goes on and the other starts behind it: one grant has one window, and neither is shortened",
			helper: Window{End: 3}, analyst: Window{Start: 24, End: 48}, want: Window{End: 48}},
	} {
		for _, who := range holders {
			for _, way := range ways {
				t.Run(row.name+", "+who.name+", "+way.name, func(t *testing.T) {
					w := cast(t)
					begin := w.now
					in := func(hours Window) (out Window) {
						if hours.Start != 0 {
							out.Start = begin + hours.Start*anHour
						}
						if hours.End != 0 {
							out.End = begin + hours.End*anHour
						}
						return out
					}
					w.do(as("olga"), CreateRole{Role: rl("helper"), Scope: InProject, Name: "Helper", RoleContent: RoleContent{Permissions: []Permission{"project:view"}}},
						Give{Project: prj("web"), Subject: who.subject, Role: ProjectRole(rl("helper")), Window: in(row.helper)},
						Give{Project: prj("web"), Subject: who.subject, Role: Analyst, Window: in(row.analyst)})
					w.now += 2 * anHour
					w.changes(as("olga"), way.ends(who.holder))
					var left []Window
					for _, g := range w.s.GrantsOn(prj("web"), begin) {
						if g.Subject == who.subject {
							left = append(left, g.Window)
						}
					}
					if want := []Window{in(row.want)}; !slices.Equal(left, want) {
						t.Errorf("it holds for %+v, not for %+v", left, want)
					}
				})
			}
		}
	}
}
