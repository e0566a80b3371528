package org

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// A general rule of the four that hold for every command, as the generated table crosses it with the commands.
type generalRule struct {
	name    string
	codes   []*Refusal               // what it refuses by
	touches func(*State, Event) bool // whether it has something to judge in a fact that is to follow
	because string                   // why something is allowed that it judges
	never   string                   // why it cannot apply where it judges nothing
	exempt  map[string]string        // commands that it judges and never refuses, and why
}

var generalRules = []generalRule{
	{
		name:  "3.3.1 cover",
		codes: []*Refusal{ErrNotCovered, ErrOutlasts, ErrOwnAccount},
		touches: func(s *State, f Event) bool {
			g, ok := f.(giver)
			return ok && slices.ContainsFunc(g.gives(s), func(p Power) bool { return !Set(nil).covers(p.set) })
		},
		because: "the actor covers what it gives",
		never:   "it gives nothing",
		exempt: map[string]string{
			"CreateOrganization": "the founder is its owner, and the operator may name one",
			"CreateProject":      "what the settings give was judged when they were chosen",
			"TransferOwnership":  "who may make owners covers everything",
			"FinishRecovery":     "everybody had 72 hours in which an owner could stop it",
			"HandOver":           "what the actor does not cover comes down to what they do, or stays behind",
			"CopyAccess":         "what the actor does not cover is left out",
			"Restore":            "what the actor does not cover is left out",
			"ChangePeople":       "a line that is not covered is refused, and with it the list or nothing else",
			"AcceptInvitation":   "what its giver does not cover any more is left out",
			"RestoreProject":     "who may restore a project covers what sleeps in it, as far as roles are built in",
		},
	},
	{
		name:  "3.3.2 downwards",
		codes: []*Refusal{ErrNotBelow, ErrGrantNotBelow, ErrPeerSuspension, ErrTeamHoldsRole, ErrAccountNotBelow},
		touches: func(_ *State, f Event) bool {
			_, member := f.(onMember)
			_, grant := f.(onGrant)
			_, role := f.(onRole)
			_, account := f.(onAccount)
			_, key := f.(*KeyEnded)
			if _, sooner := f.(*KeyRescheduled); sooner {
				key = true
			}
			return member || grant || role || account || key
		},
		because: "it acts on somebody below, or on oneself",
		never:   "it acts on no membership and no access that is there",
		exempt: map[string]string{
			"Leave":             "everybody may remove themselves",
			"CopyAccess":        "a role goes to those below only, else it is left out",
			"TransferOwnership": "owners manage owners",
			"ChangePeople":      "a line about somebody not below is refused, and with it the list or nothing else",
		},
	},
	{
		name:    "3.3.3 sources",
		codes:   []*Refusal{ErrNoGrant, ErrNotInTeam},
		touches: func(_ *State, f Event) bool { return sourced[nameOf(f)] },
		because: "it changes the right where it comes from",
		never:   "it changes no single right that is there",
		exempt: map[string]string{
			"PlaceInTeam":        "a place in a team is changed in the team",
			"PlaceAccountInTeam": "a place in a team is changed in the team",
			"Give":               "a team's role is changed in the team",
			"SetRole":            "an organization role is changed in the organization",
			"SetAccountRole":     "an organization role is changed in the organization",
			"EditRole":           "a role is changed where it was made, for all who hold it",
			"DeleteRole":         "a role is deleted where it was made, for all who hold it",
			"TransferOwnership":  "an organization role is changed in the organization",
			"CopyAccess":         "an organization role is changed in the organization",
			"ChangePeople":       "an organization role is changed in the organization",
		},
	},
	{
		name:    "3.3.4 never ownerless",
		codes:   []*Refusal{ErrLastOwner, ErrOwnerHasEnd},
		touches: func(_ *State, f Event) bool { return unseating[nameOf(f)] },
		because: "another owner stays who can act",
		never:   "it takes no owner away",
		exempt: map[string]string{
			"Reactivate":   "it gives an owner back",
			"ChangePeople": "the line of the last owner is refused, and with it the list or nothing else",
			"Disable":      "for safety the operator disables also the last owner, and the organization is ownerless",
		},
	},
}

// Which facts change a right that came from somewhere, and which change whether an owner counts. A new fact has to be
// put into one of the three.
var (
	sourced = wordSet("member.role_set", "service_account.role_set", "team.member_changed", "team.member_removed", "grant.taken", "grant.rescheduled",
		"role.edited", "role.deleted")

	unseating = wordSet("member.role_set", "member.rescheduled", "member.suspended", "member.reactivated", "member.removed",
		"member.left", "member.readiness_changed", "member.disabled", "member.enabled", "member.erased", "person.taken_over")

	harmless = wordSet("organization.created", "organization.renamed", "organization.slug_changed", "organization.settings_changed",
		"organization.external_id_set", "organization.entered", "catalog.adopted", "member.added", "member.restored", "team.created",
		"team.renamed", "team.external_id_set", "team.deleted", "team.member_added", "project.created", "project.renamed",
		"organization.suspended", "organization.suspension_lifted", "organization.closing_started", "organization.closing_cancelled", "organization.closed",
		"recovery.started", "recovery.stopped", "recovery.finished", "plan.set", "plan.exceeded", "plan.requested", "plan.request_closed",
		"billing.changed", "state.plan_requests",
		"project.timezone_set", "project.external_id_set", "project.deleted", "project.restored", "project.reset",
		"project.offered", "project.offer_approved", "project.offer_withdrawn", "project.transferred", "project.received", "grant.given",
		"service_account.created", "service_account.renamed", "service_account.external_id_set", "service_account.acting_set",
		"service_account.disabled", "service_account.enabled", "service_account.deleted", "key.made", "key.rotated",
		"key.rescheduled", "key.ended", "key.kept", "state.service_accounts",
		"invitation.made", "invitation.role_set", "invitation.grant_set", "invitation.grant_dropped", "invitation.place_set",
		"invitation.place_dropped", "invitation.resent", "invitation.accepted", "invitation.declined", "invitation.revoked",
		"request.made", "request.approved", "request.denied", "request.withdrawn", "state.invitations", "state.requests",
		"role.created", "state.restored", "state.roles", "state.people", "state.teams", "state.projects", "state.ties")
)

func wordSet(words ...string) map[string]bool {
	set := map[string]bool{}
	for _, w := range words {
		set[w] = true
	}
	return set
}

// outcome is what became of one player's attempt in one situation.
type outcome struct {
	player, situation string
	err               error
	writes            bool
	judged            []bool // by each of the general rules
}

func (o outcome) word() string {
	switch {
	case o.err != nil:
		return "refused by " + code(o.err)
	case !o.writes:
		return "changes nothing"
	}
	return "allowed"
}

// play runs a situation for every player.
func play(t testing.TB, s situation) (out []outcome) {
	for _, p := range players {
		w := playing().fork(t)
		if s.sole {
			w.do(as("olga"), Remove{Person: usr("otto")})
		}
		w.do(theOperator, s.ready...)
		w.do(as("olga"), s.before...)
		w.do(as("mia"), s.members...)
		if s.asker != nil {
			w.do(as("max"), s.asker)
		}
		w.now += s.later
		if !p.entered {
			w.unenter()
		}
		if s.fresh {
			w.s, w.log = Empty(w.s.catalogs), nil
		}
		if s.mine != nil {
			if err := w.try(p.by, s.mine); code(err) == "" && err != nil {
				t.Fatal(err)
			}
		}
		facts, err := Decide(w.s, p.by, w.now, s.do(p.by.ID()))
		o := outcome{p.name, s.name, err, len(facts) > 0, make([]bool, len(generalRules))}
		for _, f := range facts {
			for i, r := range generalRules {
				o.judged[i] = o.judged[i] || r.touches(w.s, f)
			}
			w.s = Evolve(w.s, Stamp(w.s, Meta{At: w.now, Actor: p.by.ID()}, []Event{f})...)
		}
		out = append(out, o)
	}
	return out
}

// TestRulesTable crosses every command with the rules that hold for all of them, by running it.
//
// I-14 guarded by org.Situation.judge
func TestRulesTable(t *testing.T) {
	for _, name := range FactNames() {
		if !sourced[name] && !unseating[name] && !harmless[name] {
			t.Errorf("say of the fact %s whether it changes a right that is there, or whether an owner counts", name)
		}
	}
	all, names := situations(t), commandNames(t)
	for name := range all {
		if !slices.Contains(names, name) {
			t.Errorf("%s is no command", name)
		}
	}
	var table, detail strings.Builder
	for _, name := range names {
		if len(all[name]) == 0 {
			t.Errorf("%s has no situation in which it is tried", name)
			continue
		}
		var outcomes []outcome
		fmt.Fprintf(&detail, "\n%s\n", name)
		for _, s := range all[name] {
			if got := reflect.TypeOf(s.do(usr("mia"))).Name(); got != name {
				t.Errorf("%s is tried as %s", name, got)
			}
			played := play(t, s)
			outcomes = append(outcomes, played...)
			fmt.Fprintf(&detail, "  %s\n", s.name)
			writeGroups(&detail, played)
		}
		fmt.Fprintf(&table, "\n%s\n", name)
		for i, r := range generalRules {
			fmt.Fprintf(&table, "  %s\n%s", r.name, r.cell(t, i, name, outcomes))
		}
	}
	golden(t, "rules.golden", rulesHead+table.String()+rulesMiddle+detail.String())
}

const rulesHead = `Every command against the rules that hold for all of them. Each cell was found by running the command in the
situations below: refused by a code, allowed for a reason, or without anything for the rule to judge.
`

const rulesMiddle = `

Every command in every situation, by everybody. Rights (permission.missing, operator.only, operator.entered) are asked
before the rules.
`

// cell classifies what rule i does to a command, with the first case of each kind.
func (r generalRule) cell(t *testing.T, i int, command string, outcomes []outcome) string {
	var lines strings.Builder
	refused, judged := map[string]bool{}, false
	for _, o := range outcomes {
		judged = judged || o.judged[i]
		for _, c := range r.codes {
			if o.err == error(c) && !refused[c.Code] {
				refused[c.Code] = true
				fmt.Fprintf(&lines, "    refused by %s: %s, %s\n", c.Code, o.player, o.situation)
			}
		}
	}
	why := r.exempt[command]
	switch {
	case judged == (len(refused) == 0 && why == ""), len(refused) > 0 && why != "":
		t.Errorf("%s against %s: judged %t, refused %v, exempt because %q do not go together", command, r.name, judged, refused, why)
	case !judged:
		return "    cannot apply, because " + r.never + "\n"
	case why != "":
		return "    allowed, because " + why + "\n"
	}
	for _, o := range outcomes {
		if o.judged[i] && !strings.HasPrefix(o.player, "operator") {
			fmt.Fprintf(&lines, "    allowed, because %s: %s, %s\n", r.because, o.player, o.situation)
			break
		}
	}
	return lines.String()
}

// writeGroups writes the players by what became of them, in the order in which each outcome comes first.
func writeGroups(out *strings.Builder, played []outcome) {
	var words []string
	who := map[string][]string{}
	for _, o := range played {
		if who[o.word()] == nil {
			words = append(words, o.word())
		}
		who[o.word()] = append(who[o.word()], o.player)
	}
	for _, word := range words {
		fmt.Fprintf(out, "    %-38s %s\n", word, strings.Join(who[word], ", "))
	}
}
