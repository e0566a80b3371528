package org

func projectExercises() []exercise {
	return []exercise{
		{
			name: "with everything", by: as("olga"), do: CreateProject{Project: prj("new"), Name: "New", Timezone: "Europe/Berlin", Region: "eu", ExternalID: "n-1", Source: ByImport},
			facts: []string{"project.created", "grant.given"}, again: ErrIDUsed,
			then: func(w *world) {
				want := Project{Project: prj("new"), Name: "New", ExternalID: "n-1", Timezone: "Europe/Berlin", Region: "eu", Source: ByImport,
					Creator: usr("olga"), Created: w.now, Changed: w.s.Version(), People: 1}
				if got := mustProject(w, "new"); got != want {
					w.Errorf("%+v, want %+v", got, want)
				}
				if was, is := casting().s.Counts(), w.s.Counts(); is.Projects != was.Projects+1 || is.Grants != was.Grants+1 {
					w.Errorf("%+v", is)
				}
			},
			bad: []attempt{
				{name: "with a malformed id", do: CreateProject{Project: "new", Name: "New"}, want: ErrBadID},
				{name: "without a name", do: CreateProject{Project: prj("new")}, want: ErrBadName},
				{name: "with a malformed time zone", do: CreateProject{Project: prj("new"), Name: "New", Timezone: "a b"}, want: ErrBadTimezone},
				{name: "with a malformed region", do: CreateProject{Project: prj("new"), Name: "New", Region: "EU"}, want: ErrBadRegion},
				{name: "with a malformed external id", do: CreateProject{Project: prj("new"), Name: "New", ExternalID: " "}, want: ErrBadExternalID},
				{name: "from a source that is none", do: CreateProject{Project: prj("new"), Name: "New", Source: "magic"}, want: ErrBadSource},
				{name: "under a name that is taken", do: CreateProject{Project: prj("new"), Name: "web"}, want: ErrProjectName},
				{name: "by a member", by: as("mia"), do: CreateProject{Project: prj("new"), Name: "New"}, want: ErrNotAllowed},
			},
		},
		{
			name: "with nothing but a name", by: as("ada"), do: CreateProject{Project: prj("new"), Name: "New"}, facts: []string{"project.created", "grant.given"}, again: ErrIDUsed,
			then: func(w *world) {
				if got := mustProject(w, "new"); got.Timezone != "UTC" || got.Region != "" || got.ExternalID != "" || got.Source != ByHand {
					w.Errorf("%+v", got)
				}
			},
		},
		{
			name: "to another name", by: as("pat"), do: RenameProject{prj("web"), "Net"}, facts: []string{"project.renamed"},
			then: func(w *world) {
				if got := mustProject(w, "web"); got.Name != "Net" || got.Changed != w.s.Version() {
					w.Errorf("%+v", got)
				}
			},
			bad: []attempt{
				{name: "to nothing", do: RenameProject{Project: prj("web")}, want: ErrBadName},
				{name: "one that is none", do: RenameProject{prj("none"), "Net"}, want: ErrUnknownProject},
				{name: "without naming one", do: RenameProject{Name: "Net"}, want: ErrUnknownProject},
				{name: "by an analyst", by: as("ana"), do: RenameProject{prj("web"), "Net"}, want: ErrNotAllowed},
				{name: "by a project admin of another", by: as("pat"), do: RenameProject{prj("app"), "Net"}, want: ErrNotAllowed},
			},
		},
		{
			name: "to another", by: as("pat"), do: SetProjectTimezone{prj("web"), "Asia/Tokyo"}, facts: []string{"project.timezone_set"},
			then: func(w *world) {
				if got := mustProject(w, "web"); got.Timezone != "Asia/Tokyo" || got.Changed != w.s.Version() {
					w.Errorf("%+v", got)
				}
			},
			bad: []attempt{
				{name: "to nothing", do: SetProjectTimezone{Project: prj("web")}, want: ErrBadTimezone},
				{name: "of one that is none", do: SetProjectTimezone{prj("none"), "UTC"}, want: ErrUnknownProject},
				{name: "by a consumer", by: as("cora"), do: SetProjectTimezone{prj("web"), "Asia/Tokyo"}, want: ErrNotAllowed},
			},
		},
		{
			name: "one", by: as("olga"), do: SetProjectExternalID{prj("web"), "w-1"}, facts: []string{"project.external_id_set"},
			then: func(w *world) {
				if got := mustProject(w, "web"); got.ExternalID != "w-1" || got.Changed != w.s.Version() {
					w.Errorf("%+v", got)
				}
			},
			bad: []attempt{
				{name: "with blanks", do: SetProjectExternalID{prj("web"), "w 1"}, want: ErrBadExternalID},
				{name: "of one that is none", do: SetProjectExternalID{prj("none"), "w-1"}, want: ErrUnknownProject},
				{name: "by its owner", by: as("pia"), do: SetProjectExternalID{prj("web"), "w-1"}, want: ErrNotAllowed},
			},
		},
		{
			name: "none", before: []attempt{{by: as("olga"), do: SetProjectExternalID{prj("web"), "w-1"}}}, by: theOperator, do: SetProjectExternalID{Project: prj("web")}, facts: []string{"project.external_id_set"},
			then: func(w *world) {
				if got := mustProject(w, "web"); got.ExternalID != "" {
					w.Errorf("%+v", got)
				}
			},
		},
		{
			name: "by its owner", by: as("pia"), do: DeleteProject{prj("web")}, facts: []string{"project.deleted"},
			then: func(w *world) {
				if got := mustProject(w, "web"); got.Deleted != w.now || got.Changed != w.s.Version() {
					w.Errorf("%+v", got)
				}
			},
			bad: []attempt{
				{name: "that is none", do: DeleteProject{prj("none")}, want: ErrUnknownProject},
				{name: "by its admin", by: as("pat"), do: DeleteProject{prj("web")}, want: ErrNotAllowed},
				{name: "by an admin of the organization", by: as("ada"), do: DeleteProject{prj("web")}, want: ErrNotAllowed},
			},
		},
		{
			name: "under another name", before: []attempt{{by: as("pia"), do: DeleteProject{prj("web")}}}, by: as("pia"), do: RestoreProject{prj("web"), "Net"}, facts: []string{"project.restored"},
			then: func(w *world) {
				if got := mustProject(w, "web"); got.Deleted != 0 || got.Name != "Net" || got.Changed != w.s.Version() {
					w.Errorf("%+v", got)
				}
			},
			bad: []attempt{
				{name: "under no name one could read", do: RestoreProject{prj("web"), " "}, want: ErrBadName},
				{name: "under a name that is taken", do: RestoreProject{prj("web"), "App"}, want: ErrProjectName},
				{name: "that is none", do: RestoreProject{Project: prj("none")}, want: ErrUnknownProject},
				{name: "by its admin", by: as("pat"), do: RestoreProject{Project: prj("web")}, want: ErrNotAllowed},
			},
		},
	}
}
