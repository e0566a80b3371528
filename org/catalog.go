package org

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
)

// facts is the table of everything that can happen: a name on disk, the sentence of the audit log, and the Go type.
// Braces name a field; brackets hold what is left out when a field in them is absent.
var facts = []factRow{
	fact[OrganizationCreated]("organization.created", "created the organization {name}"),
	fact[OrganizationRenamed]("organization.renamed", "renamed the organization to {name}"),
	fact[SlugChanged]("organization.slug_changed", "changed the slug to {slug}"),
	fact[SettingsChanged]("organization.settings_changed", "changed the settings"),
	fact[ExternalIDSet]("organization.external_id_set", "changed the organization's external id[ to {external_id}]"),
	fact[Entered]("organization.entered", "entered the organization"),
	fact[OrganizationSuspended]("organization.suspended", "suspended the organization"),
	fact[SuspensionLifted]("organization.suspension_lifted", "lifted the suspension of the organization"),
	fact[ClosingStarted]("organization.closing_started", "deleted the organization; it closes {until}"),
	fact[ClosingCancelled]("organization.closing_cancelled", "cancelled the deletion of the organization"),
	fact[OrganizationClosed]("organization.closed", "found the organization past its days of closing, and closed its log"),
	fact[RecoveryStarted]("recovery.started", "started a recovery that can make {person} owner from {finish_from}"),
	fact[RecoveryStopped]("recovery.stopped", "stopped the recovery"),
	fact[RecoveryFinished]("recovery.finished", "finished the recovery and made {person} owner"),
	fact[PlanSet]("plan.set", "set the plan {plan}, {subscription}, with {seats} seats and {projects} projects"),
	fact[PlanExceeded]("plan.exceeded", "went over the {measure} of the plan"),
	fact[PlanRequested]("plan.requested", "asked for the plan {plan}"),
	fact[PlanRequestClosed]("plan.request_closed", "closed the request of {person} for another plan: {outcome}"),
	fact[BillingChanged]("billing.changed", "changed the billing details"),
	fact[CatalogAdopted]("catalog.adopted", "adopted the catalog {catalog}"),

	fact[RoleCreated]("role.created", "made the role {name} of {scope}[ for {project}]"),
	fact[RoleEdited]("role.edited", "changed the role {custom_role}, named {name}"),
	fact[RoleDeleted]("role.deleted", "deleted the role {custom_role}[ and put {instead} in its place]"),

	fact[MemberAdded]("member.added", "added {person} as {role}[ from {start}][ until {end}][ in the name of {by}]"),
	fact[RoleSet]("member.role_set", "made {person} {role}"),
	fact[MemberRescheduled]("member.rescheduled", "set the dates of the membership of {person}[ from {start}][ until {end}]"),
	fact[MemberSuspended]("member.suspended", "suspended {person}"),
	fact[MemberReactivated]("member.reactivated", "reactivated {person}"),
	fact[MemberRemoved]("member.removed", "removed {person}"),
	fact[MemberLeft]("member.left", "left"),
	fact[MemberRestored]("member.restored", "restored {person} as {role}[ from {start}][ until {end}]"),
	fact[ReadinessChanged]("member.readiness_changed", "noted how {person} can sign in"),
	fact[MemberDisabled]("member.disabled", "disabled the account of {person}[ and left the organization {ownerless}]"),
	fact[MemberEnabled]("member.enabled", "enabled the account of {person}"),
	fact[MemberErased]("member.erased", "erased the account of {person}"),

	fact[TeamCreated]("team.created", "created the team {name}"),
	fact[TeamRenamed]("team.renamed", "renamed the team {team} to {name}"),
	fact[TeamExternalIDSet]("team.external_id_set", "changed the external id of the team {team}[ to {external_id}]"),
	fact[TeamDeleted]("team.deleted", "deleted the team {team}"),
	fact[TeamMemberAdded]("team.member_added", "added[ {person}][ the service account {account}] to the team {team}[ as {manager}][ from {start}][ until {end}][ in the name of {by}]"),
	fact[TeamMemberChanged]("team.member_changed", "changed the place of[ {person}][ the service account {account}] in the team {team}[ to {manager}][ from {start}][ until {end}]"),
	fact[TeamMemberRemoved]("team.member_removed", "removed[ {person}][ the service account {account}] from the team {team}"),

	fact[AccountCreated]("service_account.created", "created the service account {name} as {role}"),
	fact[AccountRenamed]("service_account.renamed", "renamed the service account {account} to {name}"),
	fact[AccountExternalIDSet]("service_account.external_id_set", "changed the external id of the service account {account}[ to {external_id}]"),
	fact[AccountRoleSet]("service_account.role_set", "made the service account {account} {role}"),
	fact[AccountActingSet]("service_account.acting_set", "set whether the service account {account} may act for people[: {acting}]"),
	fact[AccountDisabled]("service_account.disabled", "disabled the service account {account}"),
	fact[AccountEnabled]("service_account.enabled", "enabled the service account {account}"),
	fact[AccountDeleted]("service_account.deleted", "deleted the service account {account}"),

	fact[KeyMade]("key.made", "made the key {key} of the service account {account}[ for {acting} for people][ until {expires}]"),
	fact[KeyRotated]("key.rotated", "made the key {key} of the service account {account}[ for {acting} for people][ until {expires}] in the place of {old}, which goes on until {old_ends}"),
	fact[KeyRescheduled]("key.rescheduled", "set when the key {key} of the service account {account} expires[: {expires}]"),
	fact[KeyEnded]("key.ended", "ended the key {key} of the service account {account}"),
	fact[KeyKept]("key.kept", "kept the key {key} of the service account {account}, whose maker was removed"),

	fact[ProjectCreated]("project.created", "created the project {name}"),
	fact[ProjectRenamed]("project.renamed", "renamed the project {project} to {name}"),
	fact[TimezoneSet]("project.timezone_set", "set the time zone of the project {project} to {timezone}"),
	fact[ProjectExternalIDSet]("project.external_id_set", "changed the external id of the project {project}[ to {external_id}]"),
	fact[ProjectDeleted]("project.deleted", "deleted the project {project}"),
	fact[ProjectRestored]("project.restored", "restored the project {project} as {name}"),
	fact[ProjectReset]("project.reset", "reset the project {project}, in whose place there is {successor} now"),
	fact[ProjectOffered]("project.offered", "offered the project {project} to the organization {to}"),
	fact[OfferApproved]("project.offer_approved", "approved the offer of the project {project}"),
	fact[OfferWithdrawn]("project.offer_withdrawn", "withdrew the offer of the project {project}"),
	fact[ProjectTransferred]("project.transferred", "transferred the project {project} to the organization {to}"),
	fact[ProjectReceived]("project.received", "received the project {name} from the organization {from}"),

	fact[GrantGiven]("grant.given", "gave[ {person}][ the service account {account}][ the team {team}][ {everyone}][ and all service {accounts}] {role} in the project {project}[ from {start}][ until {end}][ in the name of {by}]"),
	fact[GrantTaken]("grant.taken", "took {role} in the project {project} from[ {person}][ the service account {account}][ the team {team}][ {everyone}][ and all service {accounts}]"),
	fact[GrantRescheduled]("grant.rescheduled", "set the dates of {role} in the project {project} for[ {person}][ the service account {account}][ the team {team}][ {everyone}][ and all service {accounts}][ from {start}][ until {end}]"),

	fact[InvitationMade]("invitation.made", "invited {person} as {role}[ from {start}][ until {end}]"),
	fact[InvitationRoleSet]("invitation.role_set", "made {invitation} one as {role}[ from {start}][ until {end}]"),
	fact[InvitationGrantSet]("invitation.grant_set", "added {role} in the project {project}[ from {start}][ until {end}] to {invitation}"),
	fact[InvitationGrantDropped]("invitation.grant_dropped", "took {role} in the project {project} out of {invitation}"),
	fact[InvitationPlaceSet]("invitation.place_set", "added the team {team}[ as {manager}][ from {start}][ until {end}] to {invitation}"),
	fact[InvitationPlaceDropped]("invitation.place_dropped", "took the team {team} out of {invitation}"),
	fact[InvitationResent]("invitation.resent", "sent {invitation} again, to be accepted until {expires}"),
	fact[InvitationAccepted]("invitation.accepted", "accepted {invitation}"),
	fact[InvitationDeclined]("invitation.declined", "declined {invitation}"),
	fact[InvitationRevoked]("invitation.revoked", "revoked {invitation}"),

	fact[RequestMade]("request.made", "asked for {role} in the project {project}"),
	fact[RequestApproved]("request.approved", "approved {request}"),
	fact[RequestDenied]("request.denied", "denied {request}"),
	fact[RequestWithdrawn]("request.withdrawn", "withdrew {request}"),

	fact[PersonTakenOver]("person.taken_over", "took over what {former} held here"),

	fact[StateRestored]("state.restored", "took up the organization {name} from a snapshot"),
	fact[RolesStated]("state.roles", "stated custom roles"),
	fact[PeopleStated]("state.people", "stated people"),
	fact[AccountsStated]("state.service_accounts", "stated service accounts"),
	fact[TeamsStated]("state.teams", "stated teams"),
	fact[ProjectsStated]("state.projects", "stated projects"),
	fact[PlanRequestsStated]("state.plan_requests", "stated requests for another plan"),
	fact[TiesStated]("state.ties", "stated grants and team places"),
	fact[InvitationsStated]("state.invitations", "stated invitations"),
	fact[RequestsStated]("state.requests", "stated requests"),
}

type factRow struct {
	name, sentence string
	decode         func([]byte) (Event, error)
	goType         reflect.Type
}

// fact makes a row for the fact type E, whose pointer is an Event.
func fact[E any, P interface {
	*E
	Event
}](name, sentence string) factRow {
	return factRow{name, sentence, func(data []byte) (Event, error) {
		e := P(new(E))
		return e, decodeFact(e, data)
	}, reflect.TypeFor[P]()}
}

var (
	readable = slices.Concat(facts, next()) // where two name one type, the last is written
	catalog  = byName(readable)
	naming   = byType(readable)
)

func byName(rows []factRow) map[string]factRow {
	m := make(map[string]factRow, len(rows))
	for _, r := range rows {
		m[r.name] = r
	}
	return m
}

func byType(rows []factRow) map[reflect.Type]string {
	m := make(map[reflect.Type]string, len(rows))
	for _, r := range rows {
		m[r.goType] = r.name
	}
	return m
}

func nameOf(e Event) string { return naming[reflect.TypeOf(e)] }

// FactNames lists what can stand in a log or a snapshot, in the order of the table.
func FactNames() []string {
	out := make([]string, len(readable))
	for i, r := range readable {
		out[i] = r.name
	}
	return out
}

// Sentence tells a fact in words that follow the actor's name. Named is asked for what to call an id.
func Sentence(e Event, named func(id string) string) string {
	name, data := Encode(e)
	var values map[string]any
	if err := json.Unmarshal(data, &values); err != nil {
		return name
	}
	return fill(catalog[name].sentence, func(field string) (string, bool) {
		switch v := values[field].(type) {
		case string:
			switch field {
			case "person", "team", "project", "account", "custom_role", "successor", "invitation", "request", "former":
				return named(v), true
			case "by":
				if Giver(v) == operatorGives {
					return "the operator", true
				}
				return named(v), true
			case "role", "instead":
				if RoleID(v).Valid() {
					return named(v), true
				}
				return strings.ReplaceAll(v, "_", " "), true
			}
			return v, true
		case float64:
			return Instant(v).Time().Format("2006-01-02 15:04 MST"), true
		case bool:
			return field, v
		}
		return "", false
	})
}

// fill replaces {field} and keeps [part] only if all its fields are there.
func fill(sentence string, value func(string) (string, bool)) string {
	var out strings.Builder
	for sentence != "" {
		i := strings.IndexAny(sentence, "[{")
		if i < 0 {
			out.WriteString(sentence)
			break
		}
		out.WriteString(sentence[:i])
		closing := "}"
		if sentence[i] == '[' {
			closing = "]"
		}
		end := i + strings.Index(sentence[i:], closing)
		inner := sentence[i+1 : end]
		if closing == "}" {
			v, _ := value(inner)
			out.WriteString(v)
		} else if complete(inner, value) {
			out.WriteString(fill(inner, value))
		}
		sentence = sentence[end+1:]
	}
	return out.String()
}

func complete(part string, value func(string) (string, bool)) bool {
	for {
		_, rest, ok := strings.Cut(part, "{")
		if !ok {
			return true
		}
		field, after, _ := strings.Cut(rest, "}")
		if _, ok := value(field); !ok {
			return false
		}
		part = after
	}
}
