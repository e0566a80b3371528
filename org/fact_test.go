package org

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

var (
	update  = flag.Bool("update", false, "rewrite the golden files and add samples of facts that have none or few")
	rewrite = flag.Bool("rewrite-samples", false, "write every sample of a fact anew: logs that are out there may not be read any more")
)

// A sample is one fact as it stands on disk. Samples of what happens make one log, by their versions; samples of a
// restated history make one snapshot, in the order of the table, and have no version.
type sample struct {
	Version Version         `json:"version,omitempty"`
	At      Instant         `json:"at,omitzero"`
	Actor   PersonID        `json:"actor,omitempty"`
	Fact    json.RawMessage `json:"fact"`
	Ends    bool            `json:"ends,omitempty"` // it ends a log, and so stands in one of its own
	name    string
}

func (s sample) stated() bool { return s.Version == 0 }

// story makes every fact there is. It only grows at its end: the versions of what it has made already are in samples.
func story(t *testing.T) *world {
	w := &world{TB: t, s: Empty(storyLibrary(t)), now: At(time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC))}
	end := w.now + At(time.Unix(86400*30, 0))
	person := func(word string) Subject { return Subject{Person: usr(word)} }

	w.do(theOperator,
		CreateOrganization{Organization: OrgID(id("org_", "acme")), Name: "Acme", Slug: "acme", Owner: usr("olga"), Proofs: Vouched, Catalog: storyCatalog},
		SetExternalID{"acme/1"},
		AddMember{Person: usr("ada"), Role: RoleAdmin, Proofs: ProvedAddress},
		AddMember{Person: usr("max"), Role: RoleMember, Source: ByImport, Window: Window{w.now, end}},
		Vouch{usr("max"), true})
	w.passes(time.Minute)
	w.do(as("olga"),
		Rename{Name: `Acme "Söhne" \ Co`, Slug: "acme-co"},
		AddMember{Person: usr("bill"), Role: RoleBillingAdmin},
		SetRole{usr("bill"), RoleMember},
		Reschedule{usr("bill"), Window{End: end}},
		CreateTeam{Team: tm("red"), Name: "Red", ExternalID: "t-1"},
		CreateTeam{Team: tm("blue"), Name: "Blue"},
		RenameTeam{tm("red"), "Crimson"},
		SetTeamExternalID{tm("blue"), "t-2"},
		PlaceInTeam{Team: tm("red"), Person: usr("max"), Manager: true},
		PlaceInTeam{Team: tm("red"), Person: usr("bill"), Window: Window{w.now, end}},
		PlaceInTeam{Team: tm("red"), Person: usr("bill"), Window: Window{w.now, end - 1}},
		PlaceInTeam{Team: tm("blue"), Person: usr("max")},
		TakeFromTeam{tm("blue"), usr("max")},
		PlaceInTeam{Team: tm("blue"), Person: usr("ada")},
		SetSettings{MembersCreateProjects: true, CreatorRole: Admin, EveryoneRole: Consumer, Teams: []TeamRole{{tm("red"), Analyst}}})
	w.passes(time.Hour)
	w.do(as("ada"), CreateProject{Project: prj("web"), Name: "Web", Region: "eu-1"})
	w.do(as("olga"),
		CreateProject{Project: prj("app"), Name: "App", Timezone: "Europe/Berlin", ExternalID: "p-1"},
		RenameProject{prj("web"), "Website"},
		SetProjectTimezone{prj("web"), "Asia/Tokyo"},
		SetProjectExternalID{prj("web"), "p-2"},
		Give{Project: prj("web"), Subject: person("max"), Role: Consumer, Window: Window{End: end}},
		Give{Project: prj("web"), Subject: Subject{Team: tm("blue")}, Role: Owner},
		Give{Project: prj("app"), Subject: person("bill"), Role: Analyst, Window: Window{w.now, end}, Source: ByImport},
		RescheduleGrant{prj("app"), person("bill"), Analyst, Window{w.now + 1, end}},
		Change{prj("web"), Subject{Everyone: true}, Consumer, Analyst},
		Take{Project: prj("app"), Subject: Subject{Team: tm("red")}},
		DeleteProject{prj("app")},
		RestoreProject{prj("app"), "App 2"},
		DeleteTeam{tm("red")},
		Suspend{usr("max")},
		Reactivate{usr("max")},
		Suspend{usr("bill")},
		SetRole{usr("max"), RoleAdmin})
	w.do(as("ada"), Suspend{usr("max")})
	w.do(as("olga"), Remove{Person: usr("ada")})
	w.passes(time.Hour)
	w.do(as("olga"), Restore{Person: usr("ada")}, Remove{Person: usr("ada")}, AddMember{Person: usr("gus"), Role: RoleMember})
	w.do(as("gus"), Leave{})
	w.do(theOperator, AdoptCatalog{Catalog: laterCatalog})
	always := Window{w.now, end}
	w.do(as("olga"),
		Reschedule{usr("bill"), always},
		AddMember{Person: usr("una"), Role: RoleMember, Window: always},
		PlaceInTeam{Team: tm("blue"), Person: usr("una")},
		PlaceInTeam{Team: tm("blue"), Person: usr("una"), Manager: true},
		Give{Project: prj("web"), Subject: person("una"), Role: Analyst},
		Take{Project: prj("web"), Subject: person("una")},
		RescheduleGrant{prj("web"), Subject{Team: tm("blue")}, Owner, always},
		RescheduleGrant{prj("web"), Subject{Everyone: true}, Analyst, always},
		Remove{Person: usr("una")},
		Restore{Person: usr("una")})
	w.do(theOperator, SuspendOrganization{}, LiftSuspension{})
	w.do(as("olga"), DeleteOrganization{"acme-co"}, CancelDeletion{})
	w.do(as("olga"),
		CreateRole{Role: rl("helper"), Scope: InProject, Name: "Helper", RoleContent: permits("project:view", "project:rename")},
		CreateRole{Role: rl("guide"), Scope: InProject, Project: prj("web"), Name: "Guide", RoleContent: permits("project:view")},
		CreateRole{Role: rl("desk"), Scope: InOrganization, Name: "Desk", RoleContent: RoleContent{Permissions: []Permission{"members:view"},
			Everywhere: Consumer, Projects: []RoleProject{{prj("web"), ProjectRole(rl("guide"))}}}},
		AddMember{Person: usr("rob"), Role: OrgRole(rl("desk"))},
		Give{Project: prj("web"), Subject: person("rob"), Role: ProjectRole(rl("helper"))},
		EditRole{rl("helper"), "", "Helper 2", permits("project:view")},
		DeleteRole{rl("helper"), "", Replacement(Analyst), nil},
		DeleteRole{rl("desk"), "", Replacement(RoleMember), nil},
		CreateRole{Role: rl("desk2"), Scope: InOrganization, Name: "Desk", RoleContent: RoleContent{Permissions: []Permission{"members:view"},
			Everywhere: Consumer, Projects: []RoleProject{{prj("web"), ProjectRole(rl("guide"))}}}})

	other := w.other("othr", usr("olga"))
	other.do(as("olga"), CreateProject{Project: prj("lab"), Name: "Lab", Region: "eu-1", ExternalID: "p-3"},
		CreateProject{Project: prj("old"), Name: "Old"})
	w.do(as("olga"),
		SetSettings{CreatorRole: Admin, TransferWithoutApproval: true},
		ResetProject{prj("web"), prj("web2")},
		OfferProject{prj("app"), other.s.ID()},
		WithdrawOffer{prj("app")},
		OfferProject{prj("app"), other.s.ID()},
		ApproveOffer{prj("app"), other.s.ID()},
		OfferProject{prj("web2"), farAway})
	for _, err := range []error{
		other.sends(w, as("olga"), MoveProject{Project: prj("lab")}),
		w.sends(other, as("olga"), MoveProject{Project: prj("app")}),
		other.sends(w, as("olga"), MoveProject{Project: prj("old"), Name: "Older", KeepGrants: true}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	w.do(as("olga"), Reschedule{Person: usr("una")}, SetRole{usr("una"), RoleBillingAdmin})
	small := SetPlan{Plan: "free", Subscription: Trialing, Seats: "2", Projects: "2", ServiceAccounts: Unlimited, CustomRoles: "0", BillingAdminsTakeNoSeat: true}
	w.do(theOperator, small, StartRecovery{Person: usr("una")}, StopRecovery{}, StartRecovery{usr("una"), w.now + 25*anHour})
	w.do(theOperator, Vouch{usr("una"), true})
	w.passes(25 * time.Hour)
	w.do(theOperator, FinishRecovery{}, SetPlan{Plan: "pro", Subscription: Paid, Seats: "10", Projects: "20", ServiceAccounts: Unlimited, CustomRoles: "30",
		BillingAdminsTakeNoSeat: true, Entitlements: []Entitlement{{"sso", "on"}, {"events", "1000000"}}})
	w.do(as("olga"), RequestPlan{PlanRequestID(id("prq_", "one")), "team"}, ClosePlanRequest{PlanRequestID(id("prq_", "one")), PlanDeclined},
		RequestPlan{PlanRequestID(id("prq_", "two")), "team"}, ChangeBilling{})
	w.accounts(end)
	w.tellsOfPending()
	return w
}

// ending makes what can only stand at the end of a log.
func ending(t *testing.T) *world {
	w := newWorld(t)
	w.do(as("olga"), DeleteOrganization{"acme"})
	w.passes(ClosingLasts)
	w.do(theOperator, Bury{})
	return w
}

// accounts makes what happens to service accounts and their keys.
func (w *world) accounts(end Instant) {
	bot, overlap := Subject{Account: acc("bot")}, w.now+At(time.Unix(3600, 0))
	anybody := Subject{Everyone: true, Accounts: true}
	w.do(as("olga"),
		CreateProject{Project: prj("hall"), Name: "Hall"},
		CreateAccount{Account: acc("bot"), Name: "Deployer", Role: RoleAdmin, ExternalID: "a-1", Grants: []AccountGrant{{prj("hall"), Analyst, Window{End: end}}}},
		RenameAccount{acc("bot"), "Deploy bot"},
		SetAccountExternalID{acc("bot"), "a-2"},
		SetAccountRole{acc("bot"), RoleMember},
		RescheduleGrant{prj("hall"), bot, Analyst, Window{w.now, end - 1}},
		Take{Project: prj("hall"), Subject: bot},
		Give{Project: prj("hall"), Subject: anybody, Role: Consumer},
		RescheduleGrant{prj("hall"), anybody, Consumer, Window{w.now, end}},
		Take{Project: prj("hall"), Subject: anybody},
		PlaceAccountInTeam{tm("blue"), acc("bot"), Window{w.now, end}},
		PlaceAccountInTeam{tm("blue"), acc("bot"), Window{w.now, end - 1}},
		TakeAccountFromTeam{tm("blue"), acc("bot")},
		MakeKey{Account: acc("bot"), Key: ky("one"), Expires: end},
		RotateKey{Account: acc("bot"), Old: ky("one"), Key: ky("two"), Expires: end, Overlap: overlap},
		RescheduleKey{acc("bot"), ky("two"), end - 1},
		EndKey{acc("bot"), ky("one")},
		DisableAccount{acc("bot")},
		EnableAccount{acc("bot")},
		CreateAccount{Account: acc("old"), Name: "Old bot"},
		AddMember{Person: usr("kay"), Role: RoleAdmin})
	w.do(as("kay"), MakeKey{Account: acc("bot"), Key: ky("four"), Expires: end}, MakeKey{Account: acc("bot"), Key: ky("five"), Expires: end})
	w.do(theOperator, LetAccountAct{acc("bot"), true}, MakeKey{Account: acc("bot"), Key: ky("acting"), Acting: true},
		RotateKey{Account: acc("bot"), Old: ky("acting"), Key: ky("later"), Overlap: overlap})
	w.do(as("olga"), Remove{Person: usr("kay"), KeepKeys: []KeyID{ky("four")}}, DeleteAccount{acc("old")},
		Give{Project: prj("hall"), Subject: anybody, Role: Consumer},
		CreateAccount{Account: acc("off"), Name: "Off", Grants: []AccountGrant{{Project: prj("hall"), Role: Consumer}}}, DisableAccount{acc("off")})
	w.do(theOperator, LetAccountAct{acc("off"), true}, StartRecovery{Person: usr("rob")})
}

// tellsOfPending goes on with invitations, access requests and a row that stood for an address.
func (w *world) tellsOfPending() {
	end := w.now + 30*aDay
	row := Invitee{Invitation: inv("nemo"), Person: usr("nemo"), Role: RoleAdmin, Window: Window{w.now, end},
		Grants: []InvitedGrant{{Project: prj("web2"), Role: Consumer, Window: Window{w.now, end}}},
		Teams:  []InvitedPlace{{Team: tm("blue"), Manager: true, Window: Window{w.now, end}}}}
	other := Invitee{Invitation: inv("dee"), Person: usr("dee"), Grants: []InvitedGrant{{Project: prj("web2"), Role: Analyst}}, Teams: []InvitedPlace{{Team: tm("blue")}}}
	w.do(as("olga"), Invite{[]Invitee{row, other, {Invitation: inv("rex"), Person: usr("rex")}}},
		ChangeInvitation{Invitation: inv("dee"), Role: RoleBillingAdmin, Window: Window{w.now, end}})
	w.passes(time.Hour)
	w.do(as("olga"), ResendInvitation{inv("nemo")}, RevokeInvitation{inv("dee")})
	w.do(as("nemo"), AcceptInvitation{Invitation: inv("nemo"), Proved: true, Proofs: ProvedAddress})
	w.do(as("rex"), DeclineInvitation{inv("rex"), true})
	w.do(as("olga"), invited("stan", RoleMember), CreateProject{Project: prj("ops"), Name: "Ops"},
		AddMember{Person: usr("vera"), Role: RoleMember})
	w.do(as("vera"), RequestAccess{arq("one"), prj("ops"), Admin})
	w.do(as("olga"), ApproveRequest{prj("ops"), arq("one"), "", Window{w.now, end}})
	w.do(as("vera"), RequestAccess{arq("two"), prj("ops"), Owner})
	w.do(as("olga"), DenyRequest{prj("ops"), arq("two")})
	w.do(as("vera"), RequestAccess{arq("three"), prj("ops"), Owner}, WithdrawRequest{prj("ops"), arq("three")}, RequestAccess{arq("four"), prj("ops"), Owner})
	w.do(as("olga"), AddMember{Person: usr("stands"), Role: RoleMember})
	w.do(as("proves"), TakeOver{From: usr("stands"), Proofs: ProvedAddress})
	w.do(as("olga"), AddMember{Person: usr("nora"), Role: RoleMember}, AddMember{Person: usr("hugo"), Role: RoleMember})
	w.do(theOperator, Disable{usr("nora"), true}, Disable{usr("hugo"), true}, Disable{usr("hugo"), false}, Erase{usr("hugo")},
		Disable{usr("una"), true}, Disable{usr("olga"), true}, Disable{usr("olga"), false})
}

// The catalogs of the story have digests of their own: true ones would change whenever a permission is added.
var storyCatalog, laterCatalog = Digest("sha256:" + strings.Repeat("1", 64)), Digest("sha256:" + strings.Repeat("2", 64))

func storyLibrary(t testing.TB) known {
	library := known{}
	for digest, rows := range map[Digest][]Row{storyCatalog: applicationRows(), laterCatalog: nil} {
		c, err := NewCatalog(rows...)
		if err != nil {
			t.Fatal(err)
		}
		library[digest] = c
	}
	return library
}

// samplesOf writes down what a story made: its log, and the snapshot of its end.
func samplesOf(w *world) map[string][]sample {
	out := map[string][]sample{}
	add := func(m Meta, e Event) {
		name, data := Encode(e)
		out[name] = append(out[name], sample{Version: m.Version, At: m.At, Actor: m.Actor, Fact: data, name: name})
	}
	for _, f := range w.log {
		add(f.Meta, f.Event)
	}
	for _, e := range Restate(w.s) {
		add(Meta{}, e)
	}
	return out
}

// everySampleMade is what the story and the ending make.
func everySampleMade(t *testing.T) map[string][]sample {
	out, end := samplesOf(story(t)), ending(t).log
	last := end[len(end)-1]
	name, data := Encode(last.Event)
	out[name] = []sample{{Version: last.Version, At: last.At, Fact: data, Ends: true, name: name}}
	return out
}

func sampleFile(name string) string { return filepath.Join("testdata", "facts", name+".json") }

func writeSamples(t *testing.T, name string, all []sample) {
	var out bytes.Buffer
	lines := json.NewEncoder(&out)
	lines.SetEscapeHTML(false)
	for _, s := range all {
		if err := lines.Encode(s); err != nil {
			t.Fatalf("write a sample of %s: %v", name, err)
		}
	}
	if err := os.MkdirAll(filepath.Dir(sampleFile(name)), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(sampleFile(name), out.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

func readSamples(t testing.TB, name string) (all []sample) {
	text, err := os.ReadFile(sampleFile(name))
	if err != nil {
		t.Fatalf("a fact without a sample: let story make one, at its end, and run make golden: %v", err)
	}
	for line := range bytes.Lines(text) {
		s := sample{name: name}
		if err := json.Unmarshal(line, &s); err != nil {
			t.Fatalf("%s: %v", sampleFile(name), err)
		}
		all = append(all, s)
	}
	return all
}

// everySample reads the files of all facts, also of those that no table knows any more.
func everySample(t testing.TB) (all []sample) {
	files, err := filepath.Glob(sampleFile("*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no samples: %v", err)
	}
	names := FactNames()
	for _, f := range files {
		if name := strings.TrimSuffix(filepath.Base(f), ".json"); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, name := range names {
		all = append(all, readSamples(t, name)...)
	}
	return all
}

func TestEveryFactHasASample(t *testing.T) {
	if *update || *rewrite {
		for name, all := range everySampleMade(t) {
			if _, err := os.Stat(sampleFile(name)); *rewrite || os.IsNotExist(err) {
				writeSamples(t, name, all)
			} else if older := readSamples(t, name); len(all) > len(older) && !all[0].stated() {
				writeSamples(t, name, append(older, all[len(older):]...))
			}
		}
	}
	for _, name := range FactNames() {
		if all := readSamples(t, name); len(all) == 0 {
			t.Errorf("%s: no sample", name)
		}
	}
}

func TestSamplesReadBackForEver(t *testing.T) {
	for _, s := range everySample(t) {
		e, err := Decode(s.name, s.Fact)
		if err != nil {
			t.Errorf("%s does not decode: %v", s.Fact, err)
			continue
		}
		if name, data := Encode(e); name != s.name || !bytes.Equal(data, s.Fact) {
			t.Errorf("%s %s\nis written now as\n%s %s", s.name, s.Fact, name, data)
		}
	}
}

// sampleLog is the log that the samples make.
func sampleLog(t testing.TB) (log []Stamped) {
	for _, s := range everySample(t) {
		if s.stated() || s.Ends {
			continue
		}
		e, err := Decode(s.name, s.Fact)
		if err != nil {
			t.Fatal(err)
		}
		log = append(log, Stamped{Meta{Version: s.Version, At: s.At, Actor: s.Actor}, e})
	}
	slices.SortFunc(log, func(a, b Stamped) int { return int(a.Version) - int(b.Version) })
	return log
}

// sampleSnapshot is the snapshot that the samples make.
func sampleSnapshot(t testing.TB) []byte {
	var out bytes.Buffer
	for _, s := range everySample(t) {
		if s.stated() {
			fmt.Fprintf(&out, "%s %s\n", s.name, s.Fact)
		}
	}
	return out.Bytes()
}

func TestSamplesFoldForEver(t *testing.T) {
	library := storyLibrary(t)
	if s := Evolve(Empty(library), sampleLog(t)...); s.Damage() != nil {
		t.Errorf("the log of samples does not fold: %v", s.Damage())
	}
	for _, s := range everySample(t) {
		if e, err := Decode(s.name, s.Fact); err == nil && s.Ends {
			log := ending(t).log
			log[len(log)-1] = Stamped{Meta{Version: s.Version, At: s.At, Actor: s.Actor}, e}
			if s := Evolve(Empty(library), log...); s.Damage() != nil {
				t.Errorf("the log that a sample ends does not fold: %v", s.Damage())
			}
		}
	}
	snapshot := sampleSnapshot(t)
	s, err := Load(library, snapshot)
	if err != nil {
		t.Fatalf("the snapshot of samples does not load: %v", err)
	}
	if again := Save(s); !bytes.Equal(again, snapshot) {
		t.Errorf("loaded\n%s\nsaved\n%s", snapshot, again)
	}
}

func TestStoryMakesWhatTheSamplesHold(t *testing.T) {
	made := everySampleMade(t)
	for name, want := range made {
		for i, have := range readSamples(t, name) {
			if have.stated() {
				continue // an older story had another end
			}
			if i >= len(want) || have.Version != want[i].Version || !bytes.Equal(have.Fact, want[i].Fact) {
				t.Errorf("%s, version %d: the story makes something else now; it may only grow at its end", name, have.Version)
			}
		}
	}
}

func TestSentences(t *testing.T) {
	var out strings.Builder
	for _, f := range sampleLog(t) {
		who := "the operator"
		if f.Actor != "" {
			who = string(f.Actor)
		}
		named := func(id string) string { return strings.TrimRight(id, "0") }
		fmt.Fprintf(&out, "%3d %s %s\n", f.Version, named(who), Sentence(f.Event, named))
	}
	golden(t, "sentences.golden", out.String())
}

// golden compares a text with a file that outsiders rely on, or rewrites the file.
func golden(t *testing.T, file, got string) {
	t.Helper()
	path := filepath.Join("testdata", file)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; run make golden", err)
	}
	if got != string(want) {
		t.Errorf("%s differs; run make golden and review the difference. Now it would be\n%s", path, got)
	}
}
