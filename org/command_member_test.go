package org

func memberExercises() []exercise {
	soon := Window{casting().now + anHour, casting().now + aWeek}
	return []exercise{
		{
			name: "with bounds and a source", by: as("olga"), do: AddMember{Person: usr("zed"), Role: RoleBillingAdmin, Window: soon, Source: ByImport, Proofs: ProvedAddress},
			facts: []string{"member.added"},
			then: func(w *world) {
				want := Member{Person: usr("zed"), Role: RoleBillingAdmin, Status: Active, Window: soon, Since: w.s.Version(), Changed: w.s.Version(),
					Joined: w.now, AddedBy: usr("olga"), Source: ByImport, Ready: true}
				got := w.member("zed")
				if got.Teams == nil || len(got.Teams) != 0 {
					w.Errorf("teams %v", got.Teams)
				}
				if got.Teams = nil; !sameMember(got, want) {
					w.Errorf("%+v, want %+v", got, want)
				}
				w.cannot("zed", "plan:view", "")
				if before := casting().s.Counts(); w.s.Counts().Active != before.Active+1 {
					w.Errorf("%+v", w.s.Counts())
				}
			},
			bad: []attempt{
				{name: "with a malformed id", do: AddMember{Person: "zed", Role: RoleMember}, want: ErrBadID},
				{name: "without a role", do: AddMember{Person: usr("zed")}, want: ErrBadRole},
				{name: "with a project's role", do: AddMember{Person: usr("zed"), Role: "analyst"}, want: ErrBadRole},
				{name: "from a source that is none", do: AddMember{Person: usr("zed"), Role: RoleMember, Source: "magic"}, want: ErrBadSource},
				{name: "from the settings", do: AddMember{Person: usr("zed"), Role: RoleMember, Source: BySetting}, want: ErrBadSource},
				{name: "with an end before the start", do: AddMember{Person: usr("zed"), Role: RoleMember, Window: Window{2, 1}}, want: ErrBadWindow},
				{name: "with an end in the past", do: AddMember{Person: usr("zed"), Role: RoleMember, Window: Window{End: casting().now}}, want: ErrPastEnd},
				{name: "a member with another role", do: AddMember{Person: usr("mia"), Role: RoleAdmin}, want: ErrMemberExists},
				{name: "a member with other bounds", do: AddMember{Person: usr("mia"), Role: RoleMember, Window: soon}, want: ErrMemberExists},
				{name: "somebody suspended", do: AddMember{Person: usr("sam"), Role: RoleMember}, want: ErrMemberSuspended},
			},
		},
		{
			name: "of somebody else", by: as("olga"), do: SetRole{usr("mia"), RoleAdmin}, facts: []string{"member.role_set"},
			then: func(w *world) {
				if m := w.member("mia"); m.Role != RoleAdmin || m.Changed != w.s.Version() || m.Since == m.Changed {
					w.Errorf("%+v", m)
				}
				w.can("mia", "members:manage", "")
				w.can("mia", "project:rename", "web")
			},
			bad: []attempt{
				{name: "to one that is none", do: SetRole{usr("mia"), "boss"}, want: ErrBadRole},
				{name: "to nothing", do: SetRole{Person: usr("mia")}, want: ErrBadRole},
				{name: "of a stranger", do: SetRole{usr("zed"), RoleAdmin}, want: ErrUnknownPerson},
				{name: "of nobody", do: SetRole{Role: RoleAdmin}, want: ErrUnknownPerson},
			},
		},
		{
			name: "of oneself, down", by: as("ada"), do: SetRole{usr("ada"), RoleMember}, facts: []string{"member.role_set"},
			then: func(w *world) { w.cannot("ada", "members:manage", "") },
		},
		{
			name: "to both bounds", by: as("olga"), do: Reschedule{usr("mia"), soon}, facts: []string{"member.rescheduled"},
			then: func(w *world) {
				if m := w.member("mia"); m.Window != soon || m.Changed != w.s.Version() {
					w.Errorf("%+v", m)
				}
			},
			bad: []attempt{
				{name: "to an end before the start", do: Reschedule{usr("mia"), Window{2, 1}}, want: ErrBadWindow},
				{name: "to an end in the past", do: Reschedule{usr("mia"), Window{End: 1}}, want: ErrPastEnd},
				{name: "of a stranger", do: Reschedule{usr("zed"), soon}, want: ErrUnknownPerson},
			},
		},
		{
			name: "to none", before: []attempt{{by: as("olga"), do: Reschedule{usr("mia"), soon}}}, by: as("olga"), do: Reschedule{Person: usr("mia")}, facts: []string{"member.rescheduled"},
			then: func(w *world) {
				if m := w.member("mia"); m.Window != (Window{}) {
					w.Errorf("%+v", m)
				}
			},
		},
		{
			name: "a member", by: as("olga"), do: Suspend{usr("mia")}, facts: []string{"member.suspended"},
			then: func(w *world) {
				if m := w.member("mia"); m.Status != Suspended || m.Role != RoleMember {
					w.Errorf("%+v", m)
				}
				if was, is := casting().s.Counts(), w.s.Counts(); is.Active != was.Active-1 || is.Suspended != was.Suspended+1 {
					w.Errorf("%+v", is)
				}
			},
			bad: []attempt{{name: "a stranger", do: Suspend{usr("zed")}, want: ErrUnknownPerson}, {name: "nobody", do: Suspend{}, want: ErrUnknownPerson}},
		},
		{
			name: "a suspended member", by: as("olga"), do: Reactivate{usr("sam")}, facts: []string{"member.reactivated"},
			then: func(w *world) {
				if m := w.member("sam"); m.Status != Active {
					w.Errorf("%+v", m)
				}
				if was, is := casting().s.Counts(), w.s.Counts(); is.Active != was.Active+1 || is.Suspended != was.Suspended-1 {
					w.Errorf("%+v", is)
				}
			},
			bad: []attempt{{name: "a stranger", do: Reactivate{usr("zed")}, want: ErrUnknownPerson}},
		},
		{
			name: "a suspended member", by: as("olga"), do: Remove{Person: usr("sam")}, facts: []string{"member.removed"}, again: ErrUnknownPerson,
			then: func(w *world) {
				w.noMember("sam")
				if was, is := casting().s.Counts(), w.s.Counts(); is.Active != was.Active || is.Suspended != was.Suspended-1 {
					w.Errorf("%+v", is)
				}
			},
			bad: []attempt{{name: "a stranger", do: Remove{Person: usr("zed")}, want: ErrUnknownPerson}, {name: "nobody", do: Remove{}, want: ErrUnknownPerson}},
		},
		{name: "oneself, which is leaving", by: as("mia"), do: Remove{Person: usr("mia")}, facts: []string{"member.left"}, again: ErrUnknownOrganization},
		{
			name: "an admin", by: as("ada"), do: Leave{}, facts: []string{"member.left"}, again: ErrUnknownOrganization,
			then: func(w *world) {
				w.noMember("ada")
				if was, is := casting().s.Counts(), w.s.Counts(); is.Active != was.Active-1 {
					w.Errorf("%+v", is)
				}
			},
		},
	}
}

func sameMember(a, b Member) bool {
	return a.Person == b.Person && a.Role == b.Role && a.Status == b.Status && a.Window == b.Window && a.Since == b.Since && a.Changed == b.Changed &&
		a.Joined == b.Joined && a.AddedBy == b.AddedBy && a.Source == b.Source && a.Ready == b.Ready && a.Grants == b.Grants && len(a.Teams) == len(b.Teams)
}
