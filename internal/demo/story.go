package demo

import (
	"maps"
	"slices"
	"strings"

	"github.com/commonhold/commonhold/org"
)

// tell is the whole story, from the founding to yesterday.
func (s *story) tell() {
	s.meet()
	s.found()
	s.lead()
	s.join(2, 30, tomasz)
	s.build()
	s.daysAgo(29)
	s.join(31, 48, leilani)
	s.open()
	s.daysAgo(21)
	s.join(49, 56, farid)
	s.change()
	s.lately()
	s.do(operator, org.SetExternalID{ExternalID: finished})
}

// lead brings in those who run the organization.
func (s *story) lead() {
	for _, n := range []int{ines, tomasz, leilani, farid, marguer, 8} {
		s.do(amara, org.AddMember{Person: s.people[n], Role: cast[n-1].role})
	}
	s.do(amara, org.SetSettings{MembersCreateProjects: false, CreatorRole: org.Owner})
	for _, t := range teams {
		s.do(ines, org.CreateTeam{Name: org.Name(t.name), ExternalID: external("demo-%s", t.short)})
	}
}

// join adds a range of the cast that is not there yet. An admin adds them; their teams are the business of managers.
func (s *story) join(from, to, by int) {
	for n := from; n <= to; n++ {
		if cast[n-1].role == org.RoleMember {
			s.do(by, org.AddMember{Person: s.people[n], Role: org.RoleMember})
		}
	}
	for _, t := range teams {
		if from <= t.manager && t.manager <= to {
			s.do(amara, org.PlaceInTeam{Team: s.team(t.short), Person: s.people[t.manager], Manager: true})
		}
	}
	for n := from; n <= to; n++ {
		for _, t := range teams {
			if n != t.manager && slices.Contains(strings.Fields(cast[n-1].teams), t.short) {
				s.do(t.manager, org.PlaceInTeam{Team: s.team(t.short), Person: s.people[n]})
			}
		}
	}
}

// build makes the projects and gives them to those who lead them.
func (s *story) build() {
	s.daysAgo(38)
	for _, p := range projects {
		s.do(ines, org.CreateProject{Name: org.Name(p.name), Timezone: org.Timezone(p.timezone), Region: org.Region(p.region),
			ExternalID: external("demo-%s", p.short)})
		s.do(ines, org.Give{Project: s.project(p.short), Subject: org.Subject{Person: s.people[p.lead]}, Role: org.Owner})
		s.do(ines, org.Take{Project: s.project(p.short), Subject: org.Subject{Person: s.people[ines]}})
	}
}

// open gives access to teams, to people one by one, and to everyone.
func (s *story) open() {
	for _, p := range projects {
		for _, t := range slices.Sorted(maps.Keys(p.teams)) {
			s.do(farid, org.Give{Project: s.project(p.short), Subject: org.Subject{Team: s.team(t)}, Role: p.teams[t]})
		}
		for _, n := range slices.Sorted(maps.Keys(p.people)) {
			s.do(p.lead, org.Give{Project: s.project(p.short), Subject: org.Subject{Person: s.people[n]}, Role: p.people[n]})
		}
	}
	s.do(28, org.Give{Project: s.project("sandbox"), Subject: org.Subject{Everyone: true}, Role: org.Analyst})
}

// change is what happened since: a new name, a new admin, somebody who went and came back, a suspension.
func (s *story) change() {
	s.do(sunita, org.RenameProject{Project: s.project("onboarding"), Name: "Onboarding"})
	s.daysAgo(18)
	s.do(amara, org.SetRole{Person: s.people[sunita], Role: org.RoleAdmin})
	s.do(14, org.Change{Project: s.project("warehouse"), Subject: org.Subject{Person: s.people[11]}, From: org.Admin, To: org.Analyst})
	s.daysAgo(14)
	s.do(leilani, org.Remove{Person: s.people[benedikt]})
	s.daysAgo(12)
	s.do(ines, org.Restore{Person: s.people[benedikt]})
	s.do(tomasz, org.PlaceInTeam{Team: s.team("data"), Person: s.people[23], Manager: false, Window: org.Window{End: s.in(45)}})
	s.daysAgo(9)
	s.do(sunita, org.Suspend{Person: s.people[kofi]})
}

// lately is what is for a time only: contractors, a loan of access, somebody who starts next week.
func (s *story) lately() {
	s.daysAgo(7)
	s.do(tomasz, org.AddMember{Person: s.people[elif], Role: org.RoleMember, Window: org.Window{End: s.in(5)}})
	s.do(tomasz, org.PlaceInTeam{Team: s.team("data"), Person: s.people[elif]})
	s.do(farid, org.AddMember{Person: s.people[paolo], Role: org.RoleMember, Window: org.Window{End: s.in(20)}})
	s.do(12, org.PlaceInTeam{Team: s.team("mobile"), Person: s.people[paolo]})
	s.daysAgo(5)
	s.do(leilani, org.AddMember{Person: s.people[hana], Role: org.RoleMember})
	s.do(11, org.PlaceInTeam{Team: s.team("research"), Person: s.people[hana]})
	s.do(14, org.Give{Project: s.project("warehouse"), Subject: org.Subject{Person: s.people[yara]}, Role: org.Admin, Window: org.Window{End: s.in(3)}})
	s.do(13, org.Give{Project: s.project("site"), Subject: org.Subject{Person: s.people[ngozi]}, Role: org.Analyst, Window: org.Window{End: s.in(7)}})
	s.daysAgo(2)
	s.do(sunita, org.AddMember{Person: s.people[mateus], Role: org.RoleMember, Window: org.Window{Start: s.in(6)}})
	s.do(sunita, org.PlaceInTeam{Team: s.team("growth"), Person: s.people[mateus]})
	s.do(18, org.SetProjectTimezone{Project: s.project("partners"), Timezone: "Africa/Accra"})
}
