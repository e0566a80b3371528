package org

import (
	"slices"
	"testing"
)

// Rule 3.3.6, in one list: whatever is unknown is a no.
func TestWhatIsUnknownIsDenied(t *testing.T) {
	w := cast(t)
	w.do(as("olga"), CreateProject{Project: prj("gone"), Name: "Gone"}, give("gone", toPerson("mia"), Owner), DeleteProject{prj("gone")},
		Remove{Person: usr("max")})
	w.do(as("cy"), Leave{})
	var none *State
	blind := Evolve(Empty(known{}), w.log...)
	broken := Evolve(w.s, Stamped{Meta{Version: w.s.version + 2, At: w.now}, &Entered{usr("olga")}})
	torn := Evolve(w.s, Stamp(w.s, Meta{At: w.now}, []Event{&RoleSet{usr("zed"), RoleOwner}})...)
	for _, row := range []struct {
		name   string
		s      *State
		person PersonID
		p      Permission
		in     ProjectID
		want   bool
	}{
		{"what is known and held is a yes", w.s, usr("olga"), "owners:make", "", true},
		{"what is known and held in a project is a yes", w.s, usr("cora"), "project:view", prj("web"), true},
		{"I-20 a person nobody named", w.s, usr("zed"), "project:view", prj("web"), false},
		{"I-20 no person", w.s, "", "project:view", prj("web"), false},
		{"I-20 a word that is no id", w.s, "olga", "owners:make", "", false},
		{"I-20 a person who was removed", w.s, usr("max"), "project:view", prj("web"), false},
		{"I-20 a person who left", w.s, usr("cy"), "project:view", prj("web"), false},
		{"I-20 a person who is suspended", w.s, usr("sam"), "project:view", prj("web"), false},
		{"I-20 a person who starts later", w.s, usr("finn"), "project:view", prj("web"), false},
		{"I-20 a permission that is none", w.s, usr("olga"), "owners:break", "", false},
		{"I-20 no permission", w.s, usr("olga"), "", "", false},
		{"I-20 a project nobody named", w.s, usr("olga"), "project:view", prj("none"), false},
		{"I-20 a project that is deleted", w.s, usr("olga"), "project:view", prj("gone"), false},
		{"I-20 a deleted project of which one is owner", w.s, usr("mia"), "project:view", prj("gone"), false},
		{"I-20 a right in a project, asked in the organization", w.s, usr("olga"), "project:view", "", false},
		{"I-20 a right in the organization, asked in a project", w.s, usr("olga"), "owners:make", prj("web"), false},
		{"I-20 a catalog that is not here", blind, usr("olga"), "owners:make", "", false},
		{"I-20 a log with a gap", broken, usr("olga"), "owners:make", "", false},
		{"I-20 a log that makes a stranger owner", torn, usr("olga"), "owners:make", "", false},
		{"I-20 an organization that does not exist", Empty(w.s.catalogs), usr("olga"), "owners:make", "", false},
		{"I-20 no state at all", none, usr("olga"), "owners:make", "", false},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := row.s.Check(row.person, row.p, row.in, w.now); got != row.want {
				t.Fatalf("got %t", got)
			}
			if listed := slices.Contains(row.s.Permissions(row.person, row.in, w.now), row.p); listed != row.want {
				t.Fatalf("listed %t", listed)
			}
			if row.in != "" && slices.Contains(slices.Collect(row.s.ProjectsWhere(row.person, row.p, w.now, "")), row.in) != row.want {
				t.Fatal("the list of projects answers otherwise")
			}
			if slices.Contains(slices.Collect(row.s.PeopleWhere(row.in, row.p, w.now, "")), row.person) != row.want {
				t.Fatal("the list of people answers otherwise")
			}
			if e := row.s.Explain(row.person, row.p, row.in, w.now); e.Allowed != row.want {
				t.Fatalf("explained as %+v", e)
			}
		})
	}
}

// A role, source or kind of fact that is unknown breaks the log's reading and gives nothing.
func TestWhatIsUnknownInALogBreaksItsReading(t *testing.T) {
	w := cast(t)
	for _, row := range []struct {
		name string
		fact Event
	}{
		{"I-20 an unknown organization role", &MemberAdded{usr("zed"), "boss", Window{}, ByHand, 0, ""}},
		{"I-20 no organization role", &MemberAdded{usr("zed"), "", Window{}, ByHand, 0, ""}},
		{"I-20 an unknown source", &MemberAdded{usr("zed"), RoleMember, Window{}, "magic", 0, ""}},
		{"I-20 an unknown role set", &RoleSet{usr("mia"), "boss"}},
		{"I-20 an unknown project role", &GrantGiven{prj("web"), toPerson("mia"), "boss", Window{}, ByHand, ""}},
		{"I-20 an unknown source of a grant", &GrantGiven{prj("web"), toPerson("mia"), Owner, Window{}, "magic", ""}},
		{"I-20 an unknown source of a place", &TeamMemberAdded{Team: tm("red"), Person: usr("mia"), Source: "magic"}},
		{"I-20 an unknown source of a team", &TeamCreated{tm("blue"), "Blue", "", "magic"}},
		{"I-20 an unknown source of a project", &ProjectCreated{prj("new"), "New", "UTC", "", "", "magic"}},
		{"I-03 a grant to a stranger", &GrantGiven{prj("web"), toPerson("zed"), Owner, Window{}, ByHand, ""}},
		{"I-04 a place for a stranger", &TeamMemberAdded{Team: tm("red"), Person: usr("zed"), Source: ByHand}},
		{"I-04 a second place", &TeamMemberAdded{Team: tm("red"), Person: usr("tim"), Source: ByHand}},
		{"I-06 a second membership", &MemberAdded{usr("mia"), RoleMember, Window{}, ByHand, 0, ""}},
		{"I-06 a member restored who is one", &MemberRestored{usr("mia"), RoleMember, Window{}, 0}},
		{"I-06 a suspended member suspended", &MemberSuspended{usr("sam"), false}},
		{"I-06 a stranger suspended", &MemberSuspended{usr("zed"), false}},
		{"I-06 an active member reactivated", &MemberReactivated{usr("mia")}},
		{"I-06 a stranger reactivated", &MemberReactivated{usr("zed")}},
		{"I-06 a stranger removed", &MemberRemoved{usr("zed")}},
		{"I-06 a stranger left", &MemberLeft{usr("zed")}},
		{"I-06 a stranger rescheduled", &MemberRescheduled{usr("zed"), Window{}}},
		{"I-06 a stranger made ready", &ReadinessChanged{usr("zed"), Vouched}},
		{"I-09 an organization created again", &OrganizationCreated{OrgID(id("org_", "acme")), "Acme", "acme", ""}},
		{"I-09 an organization restored into another", &StateRestored{Organization: OrgID(id("org_", "acme"))}},
		{"I-09 a team created again", &TeamCreated{tm("red"), "Red", "", ByHand}},
		{"I-09 a project created again", &ProjectCreated{prj("web"), "Web", "UTC", "", "", ByHand}},
		{"a project restored that lives", &ProjectRestored{prj("web"), "Web"}},
		{"a project restored that is none", &ProjectRestored{prj("none"), "None"}},
		{"a project renamed that is none", &ProjectRenamed{prj("none"), "None"}},
		{"a time zone for no project", &TimezoneSet{prj("none"), "UTC"}},
		{"an external id for no project", &ProjectExternalIDSet{prj("none"), "x"}},
		{"a project deleted that is none", &ProjectDeleted{prj("none")}},
		{"a team renamed that is none", &TeamRenamed{tm("none"), "None"}},
		{"an external id for no team", &TeamExternalIDSet{tm("none"), "x"}},
		{"a team deleted that is none", &TeamDeleted{tm("none")}},
		{"a place changed in no team", &TeamMemberChanged{Team: tm("none"), Person: usr("tim")}},
		{"a place changed that is none", &TeamMemberChanged{Team: tm("red"), Person: usr("mia")}},
		{"a place taken that is none", &TeamMemberRemoved{Team: tm("red"), Person: usr("mia")}},
		{"a place taken from a stranger", &TeamMemberRemoved{Team: tm("red"), Person: usr("zed")}},
		{"a grant in no project", &GrantGiven{prj("none"), toPerson("mia"), Owner, Window{}, ByHand, ""}},
		{"a grant to no team", &GrantGiven{prj("web"), toTeam("none"), Owner, Window{}, ByHand, ""}},
		{"a grant taken in no project", &GrantTaken{prj("none"), toPerson("mia"), Owner, ByHand}},
		{"a grant taken that is none", &GrantTaken{prj("web"), toPerson("mia"), Owner, ByHand}},
		{"a grant of another role taken", &GrantTaken{prj("web"), toPerson("pia"), Consumer, ByHand}},
		{"a grant of another source taken", &GrantTaken{prj("web"), toPerson("pia"), Owner, ByImport}},
		{"a grant rescheduled in no project", &GrantRescheduled{prj("none"), toPerson("mia"), Owner, Window{}, ByHand}},
		{"a grant rescheduled that is none", &GrantRescheduled{prj("web"), toPerson("mia"), Owner, Window{}, ByHand}},
		{"people stated where a log goes on", &PeopleStated{}},
		{"a state restored where a log goes on", &StateRestored{Organization: OrgID(id("org_", "other"))}},
		{"a grant to nobody", &GrantGiven{prj("web"), Subject{}, Owner, Window{}, ByHand, ""}},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := Evolve(w.s, Stamp(w.s, Meta{At: w.now}, []Event{row.fact})...)
			if got.Damage() == nil {
				t.Fatal("the log is read as if nothing were wrong")
			}
			if got.Check(usr("olga"), "owners:make", "", w.now) || got.Exists() {
				t.Fatal("a damaged state allows")
			}
			if _, err := Decide(got, as("olga"), w.now, Rename{Name: "Apex"}); err != got.Damage() {
				t.Fatalf("a damaged state decides: %v", err)
			}
			if _, err := Decide(got, as("olga"), w.now, Rename{Name: "Acme"}); err != got.Damage() {
				t.Fatalf("a damaged state decides that there is nothing to do: %v", err)
			}
			if w.s.Damage() != nil || !w.s.Exists() {
				t.Fatal("the state before is damaged too")
			}
			if more := Evolve(got, Stamped{Meta{Version: got.version + 1, At: w.now}, &Entered{usr("olga")}}); more.Damage() != got.Damage() {
				t.Fatal("the damage is gone with the next fact")
			}
		})
	}
}

// A log is read in order or not at all.
func TestALogIsReadInOrder(t *testing.T) {
	w := cast(t)
	for _, row := range []struct {
		name string
		s    *State
		fact Stamped
	}{
		{"I-41 a version left out", w.s, Stamped{Meta{Version: w.s.version + 2, At: w.now}, &Entered{usr("olga")}}},
		{"I-41 a version twice", w.s, Stamped{Meta{Version: w.s.version, At: w.now}, &Entered{usr("olga")}}},
		{"a time before its predecessor's", w.s, Stamped{Meta{Version: w.s.version + 1, At: w.s.at - 1}, &Entered{usr("olga")}}},
		{"a first fact that founds nothing", Empty(w.s.catalogs), Stamped{Meta{Version: 1, At: w.now}, &Entered{usr("olga")}}},
		{"no fact at all", w.s, Stamped{Meta{Version: w.s.version + 1, At: w.now}, nil}},
	} {
		t.Run(row.name, func(t *testing.T) {
			if Evolve(row.s, row.fact).Damage() == nil {
				t.Fatal("read")
			}
		})
	}
	t.Run("a time like its predecessor's", func(t *testing.T) {
		if s := Evolve(w.s, Stamped{Meta{Version: w.s.version + 1, At: w.s.at}, &Entered{usr("olga")}}); s.Damage() != nil {
			t.Fatal(s.Damage())
		}
	})
	t.Run("no facts leave the state as it is", func(t *testing.T) {
		if Evolve(w.s) != w.s {
			t.Fatal("another state")
		}
	})
	t.Run("a clock that went back does not take the log along", func(t *testing.T) {
		w := w.fork(t)
		w.now -= aDay
		w.changes(as("olga"), Rename{Name: "Apex"})
		if at := w.log[len(w.log)-1].At; at != w.now+aDay {
			t.Fatalf("the fact is from %v", at.Time())
		}
	})
}

func TestAFactOfAnUnknownKindIsNotRead(t *testing.T) {
	for _, row := range []struct{ name, fact, data string }{
		{"I-20 an unknown name", "member.promoted", `{}`},
		{"I-20 no name", "", `{}`},
		{"I-20 an unknown field", "member.left", `{"person":"` + string(usr("mia")) + `","force":true}`},
		{"I-20 a field that is missing", "member.role_set", `{"person":"` + string(usr("mia")) + `"}`},
		{"I-20 no object", "member.left", `[]`},
	} {
		t.Run(row.name, func(t *testing.T) {
			if e, err := Decode(row.fact, []byte(row.data)); err == nil {
				t.Fatalf("read as %+v", e)
			}
		})
	}
}
