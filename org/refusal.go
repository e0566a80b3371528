package org

// Kind sorts refusals by what the caller can do about them.
type Kind uint8

const (
	Invalid     Kind = iota + 1 // the request can never succeed as it is
	Forbidden                   // the actor may not do this
	NotFound                    // unknown here, or not the caller's to know
	Conflict                    // the organization's state stands against it
	Unavailable                 // not now, through no fault of the request
	TooLarge                    // more at once than is taken; nothing of it was done
)

// Refusal is why a command or question was turned down: a stable code for programs and a sentence with the remedy for
// people. Refusals are package variables, compared with errors.Is.
type Refusal struct {
	Kind Kind
	Code string
	Text string
}

func (r *Refusal) Error() string { return r.Code + ": " + r.Text }

func invalid(code, text string) *Refusal   { return &Refusal{Invalid, code, text} }
func forbidden(code, text string) *Refusal { return &Refusal{Forbidden, code, text} }
func notFound(code, text string) *Refusal  { return &Refusal{NotFound, code, text} }
func conflict(code, text string) *Refusal  { return &Refusal{Conflict, code, text} }

// What is wrong with a value.
var (
	ErrBadID              = invalid("id.malformed", "An id is its kind's prefix and 26 characters, such as usr_…; send it as it was given to you.")
	ErrBadName            = invalid("name.malformed", "A name has 1 to 100 visible characters on one line, without blanks at its ends.")
	ErrBadSlug            = invalid("slug.malformed", "A slug has 2 to 48 of a–z and 0–9, with single hyphens between them.")
	ErrReservedSlug       = conflict("slug.reserved", "This slug is reserved; choose another.")
	ErrBadExternalID      = invalid("external_id.malformed", "An external id has 1 to 200 printable ASCII characters without blanks.")
	ErrBadTimezone        = invalid("timezone.unknown", "Name an IANA time zone, such as Europe/Berlin or UTC.")
	ErrBadRegion          = invalid("region.malformed", "A region has 1 to 32 of a–z, 0–9 and hyphens.")
	ErrBadWindow          = invalid("window.malformed", "The end must lie after the start.")
	ErrBadTime            = invalid("time.malformed", "Write times as RFC 3339, such as 2026-12-31T23:59:59Z.")
	ErrPastEnd            = invalid("window.past", "The end lies in the past; name a later one, or take the access away instead.")
	ErrBadRole            = invalid("role.unknown", "Organization roles are owner, admin, billing_admin and member; project roles are owner, admin, analyst and consumer; custom roles are named by their id.")
	ErrStepDown           = invalid("owner.step_down", "Only an owner can step down, and only by handing over to somebody else; name that person, or do not step down.")
	ErrBadSource          = invalid("source.unknown", "Name no source; what is given by hand or by import says so itself.")
	ErrBadStatus          = invalid("status.unknown", "A membership is none, active, suspended, removed or left.")
	ErrBadScope           = invalid("scope.unknown", "A permission is held in the organization or in a project.")
	ErrBadPermission      = invalid("permission.unknown", "There is no such permission of that scope in the organization's catalog.")
	ErrReservedPermission = invalid("permission.reserved", "Deleting the organization and making owners are in no custom role; only owners hold them.")
	ErrRoleEmpty          = invalid("role.empty", "A project role holds at least one permission; name some.")
	ErrRoleTooLarge       = invalid("role.too_large", "A role holds at most 1000 permissions and brings roles in at most 1000 projects.")
	ErrRoleBringsNothing  = invalid("role.brings", "Only a role of the organization brings project roles; leave them out.")
	ErrRoleProjectTwice   = invalid("role.project_twice", "A role brings one role in a project; name each project once.")
	ErrHolderTwice        = invalid("role.holder_twice", "Somebody stands twice among those who get something of their own; name each once.")
	ErrBadReplacement     = invalid("catalog.bad_replacement", "Name only permissions that custom roles hold and the catalog lacks; in their place only new ones of the same scope that nobody could hold before.")
	ErrBadSubject         = invalid("subject.malformed", "Name exactly one of person, account, team or everyone; accounts goes with everyone.")
	ErrAccountOwner       = invalid("service_account.owner", "A service account is never an owner; choose another role.")
	ErrTooManyGrants      = invalid("service_account.too_many_grants", "Name at most 100 grants; give further ones afterwards.")
	ErrBadAct             = invalid("list.act", "A list is to add, set_role, suspend, reactivate, remove or restore.")
	ErrActTakesNone       = invalid("list.parameter", "A role goes with add and set_role, dates with add and restore; leave out what does not go with this.")
	ErrNoLines            = invalid("list.empty", "The list names nobody; it has one line for each person.")
	ErrTooManyLines       = &Refusal{TooLarge, "list.too_long", "A list has at most 5,000 lines, and nothing of this one was done; send it in parts."}
	ErrTwiceInList        = invalid("list.twice", "This person stands in the list before; name each once.")
	ErrGrantTwice         = invalid("service_account.grant_twice", "The same role in the same project stands in the list twice; name each once.")
)

// Who may not.
var (
	ErrUnknownOrganization   = notFound("organization.not_found", "There is no such organization, or you are not in it.")
	ErrNotAllowed            = forbidden("permission.missing", "Your roles here do not allow this; ask an owner or admin.")
	ErrOperatorOnly          = forbidden("operator.only", "Only the operator of this instance may do this.")
	ErrNotCovered            = forbidden("role.not_covered", "This would give a permission you do not hold yourself; ask someone who holds it.")
	ErrNotBelow              = forbidden("member.not_below", "You can only act on people whose role is below yours; ask an owner.")
	ErrGrantNotBelow         = forbidden("grant.not_below", "You can only change access whose role is below yours in this project; ask an owner of the project.")
	ErrOutlasts              = forbidden("grant.outlasts", "You hold this for a time yourself and cannot give it to yourself for longer; ask someone else.")
	ErrEntered               = forbidden("operator.entered", "A member has entered this organization, so the operator gives no role in it; act for an owner or admin.")
	ErrOrganizationSuspended = forbidden("organization.suspended", "The operator has suspended this organization; owners and billing admins still see its plan, and the operator lifts it.")
	ErrPersonDisabled        = forbidden("person.disabled", "The operator has disabled this account; ask the operator to enable it.")
	ErrSuspendedActor        = forbidden("member.actor_suspended", "Your membership is suspended; an owner or admin can reactivate it.")
	ErrNotReady              = forbidden("member.not_ready", "Your sign-in does not count in this organization, so a key of your own does not open it; ask its owners what is missing.")
	ErrTeamHoldsRole         = forbidden("role.held_by_team", "A team holds this role, so it is changed by organization owners and admins; ask one of them.")
	ErrAccountNotBelow       = forbidden("service_account.not_below", "You can only change service accounts whose permissions you hold yourself; ask someone who holds them.")
	ErrOwnAccount            = forbidden("service_account.itself", "A service account gives itself nothing and makes no keys of its own; ask a person who manages it.")
	ErrKeyOutlasts           = forbidden("key.outlasts", "You ask with a key that ends sooner; name an end not after that, or ask with another key.")
)

// What stands against it.
var (
	ErrClosed             = notFound("organization.closed", "This organization was deleted and its days of closing are over; create another one.")
	ErrWrongSlug          = conflict("organization.wrong_slug", "This is not the organization's slug; type it as the organization shows it, to say which one is to be deleted.")
	ErrOrganizationExists = conflict("organization.exists", "This organization exists already.")
	ErrLastOwner          = conflict("organization.last_owner", "This would leave the organization without an owner who can act; make another person owner first.")
	ErrOwnerHasEnd        = conflict("organization.owner_ends", "An owner who is to count needs a membership without an end; make another person owner first.")
	ErrUnknownPerson      = notFound("member.not_found", "There is no such member in this organization.")
	ErrMemberExists       = conflict("member.exists", "This person is a member already; change the role or the dates instead.")
	ErrMemberSuspended    = conflict("member.suspended", "This member is suspended; reactivate the membership instead.")
	ErrMemberNotRemoved   = conflict("member.not_removed", "Only people who were removed can be restored; who left is added anew.")
	ErrRestoreTooLate     = conflict("member.restore_too_late", "More than 30 days have passed since the removal; add the person anew.")
	ErrRestoreNeedsEnd    = conflict("member.restore_needs_end", "This membership had come to its end; name the end of the restored one.")
	ErrLinesRefused       = conflict("list.refused", "Nothing of the list was done, for lines of it are refused; mend them as the report says, or ask to skip them.")
	ErrPeerSuspension     = conflict("member.peer_suspended", "You have suspended another admin already; an owner decides on that first.")
	ErrUnknownTeam        = notFound("team.not_found", "There is no such team in this organization.")
	ErrTeamName           = conflict("team.name_taken", "Another team has this name; choose another.")
	ErrNotInTeam          = conflict("team.no_member", "This person is not in the team.")
	ErrUnknownAccount     = notFound("service_account.not_found", "There is no such service account in this organization.")
	ErrAccountDisabled    = conflict("service_account.disabled", "This service account is disabled; enable it first.")
	ErrUnknownKey         = notFound("key.not_found", "There is no such key.")
	ErrKeyOver            = conflict("key.over", "This key opens nothing any more; make a new one.")
	ErrTooManyKeys        = conflict("key.too_many", "A service account has at most 20 keys; end one that is no longer used.")
	ErrMayNotAct          = conflict("service_account.may_not_act", "This service account may not act for people; let it first.")
	ErrUnknownProject     = notFound("project.not_found", "There is no such project in this organization.")
	ErrProjectName        = conflict("project.name_taken", "Another project has this name; choose another, or rename that one.")
	ErrProjectDeleted     = conflict("project.deleted", "This project is deleted; restore it first.")
	ErrProjectPurged      = conflict("project.purged", "More than 90 days have passed since the project was deleted; it cannot come back.")
	ErrNoGrant            = conflict("grant.not_found", "There is no such access given by hand; access through a team, everyone or an organization role is changed there.")
	ErrUnknownRole        = notFound("role.not_found", "There is no such role that could be held there; list the roles to see which there are.")
	ErrRoleName           = conflict("role.name_taken", "Another role here has this name, or it is that of a built-in role; choose another.")
	ErrRoleInUse          = conflict("role.in_use", "People, teams or everyone hold this role; name the role they get instead, or none to take a project role away.")
	ErrNoHolder           = conflict("role.no_holder", "Somebody named for a replacement does not hold this role, at least not in a project that is there; list its holders.")
	ErrRoleReferred       = conflict("role.referred_to", "The settings or another role name this role; change them first.")
	ErrTooManyRoles       = conflict("role.too_many", "This organization has made 100,000 roles, deleted ones included, and can make no more; change one that is there.")
	ErrPermissionInUse    = conflict("catalog.permission_in_use", "Custom roles hold permissions that the catalog lacks; say of each that it is gone, or which new one takes its place.")
	ErrExternalIDTaken    = conflict("external_id.taken", "This external id is in use; each may name one thing only.")
	ErrSlugTaken          = conflict("slug.taken", "This slug is taken; choose another.")
	ErrIDUsed             = conflict("id.used", "This id was used before; ids are never used again.")
	ErrNoCatalog          = notFound("catalog.not_found", "There is no such catalog on this instance; start the server with --catalog FILE to bring one.")
	ErrUnknownCatalog     = &Refusal{Unavailable, "catalog.unknown", "This node does not know the organization's catalog yet; try again in a moment."}
)

// What stands against a move from one organization to another.
var (
	ErrHandOverSelf     = invalid("member.same_person", "Name two people: whoever gives and whoever gets it cannot be the same.")
	ErrSameOrganization = invalid("transfer.same_organization", "The project is in this organization already; name another one.")
	ErrNeedsApproval    = forbidden("transfer.needs_approval", "An owner of this organization approves the transfer first; offer the project to the other organization and ask an owner to approve the offer.")
	ErrOwnerApproves    = forbidden("transfer.owner_approves", "Only an owner of this organization approves that a project leaves it; ask one.")
	ErrNotThere         = forbidden("transfer.not_there", "You may not create projects in that organization; offer it the project, so that somebody who may can accept it.")
	ErrNoOffer          = conflict("transfer.no_offer", "The project is not offered to that organization, or the offer has ended; offer it again.")
	ErrNotOffered       = notFound("transfer.not_offered", "No such project is offered to this organization, or the offer no longer stands; ask for a new one.")
)

// About recovery and plans.
var (
	ErrRecoveryOpen         = conflict("recovery.open", "A recovery of this organization is open; stop it first.")
	ErrNoRecovery           = conflict("recovery.none", "No recovery of this organization is open; start one.")
	ErrRecoveryTooSoon      = invalid("recovery.too_soon", "A recovery waits for 24 hours at least, so that everybody can be told and an owner can stop it; name a later instant.")
	ErrRecoveryWaits        = conflict("recovery.waits", "The time in which an owner can stop this recovery is not over; finish it from the instant on that it shows.")
	ErrRecoveryPerson       = conflict("recovery.person", "The person named needs an active membership without an end and a way to sign in; see to that, or stop the recovery and name another.")
	ErrBadPlan              = invalid("plan.malformed", "A plan's key has 1 to 64 of a–z, 0–9, hyphens, underscores, points and colons, and begins with a letter or digit.")
	ErrBadSubscription      = invalid("plan.unknown_subscription", "A subscription is trialing, active, past_due or canceled.")
	ErrBadLimit             = invalid("plan.malformed_limit", "Say every limit: a whole number such as \"25\", at least 1 for seats and projects, or \"unlimited\"; the plan stays as it was.")
	ErrBadEntitlement       = invalid("plan.malformed_entitlement", "An entitlement is a key, once, that is not the name of a limit, and on, off, unlimited or a whole number; 200 at most.")
	ErrNoSeat               = conflict("plan.no_seat", "All seats of the plan are taken; remove or suspend somebody, or have whoever manages the plan buy more.")
	ErrNoProjectLeft        = conflict("plan.no_project_left", "The plan allows no more projects; delete one, or have whoever manages the plan buy more.")
	ErrNoServiceAccountLeft = conflict("plan.no_service_account_left", "The plan allows no more service accounts; delete one, or have whoever manages the plan buy more.")
	ErrNoCustomRoleLeft     = conflict("plan.no_custom_role_left", "The plan allows no more custom roles; delete one, or have whoever manages the plan buy more.")
	ErrPlanRequested        = conflict("plan.requested", "You have asked for another plan already; withdraw that first.")
	ErrUnknownPlanRequest   = notFound("plan.request_not_found", "There is no such request here that is open.")
	ErrBadOutcome           = invalid("plan.unknown_outcome", "A request for a plan is granted or declined.")
)

// Invitations and access requests.
var (
	ErrBadStage          = invalid("stage.unknown", "An invitation or request is pending, accepted, declined, revoked, approved, denied, withdrawn or expired.")
	ErrBadInvitees       = invalid("invitation.rows", "Invite at least one person and at most 5,000 at once.")
	ErrInvitedTwice      = invalid("invitation.twice", "The same person stands in two rows; put all that the invitation brings into one.")
	ErrPartTwice         = invalid("invitation.part_twice", "The same role in a project, or the same team, is named twice; name each once.")
	ErrInvitationsOff    = forbidden("invitation.by_projects_off", "Here only owners and admins of the organization invite people; ask one of them.")
	ErrInvitedParted     = forbidden("invitation.parted", "This person was removed from the organization, or is suspended in it; ask an owner or admin of the organization.")
	ErrInvitationTooLong = invalid("invitation.too_long", "An invitation can be accepted for 90 days at most; name an earlier end.")
	ErrUnknownInvitation = notFound("invitation.not_found", "There is no such invitation, or it is not for you; sign in with the invited address, or open the link in the mail.")
	ErrInvitationUsed    = conflict("invitation.used", "This invitation was accepted already; sign in with the account that accepted it.")
	ErrInvitationEnded   = conflict("invitation.ended", "This invitation was declined or revoked; ask to be invited again.")
	ErrInvitationExpired = conflict("invitation.expired", "This invitation has expired; ask to be invited again.")
	ErrInvitationVoid    = conflict("invitation.void", "Whoever invited you cannot do so any more; ask an owner or admin of the organization to invite you again.")
	ErrUnknownRequest    = notFound("request.not_found", "There is no such request in this project.")
	ErrRequestOpen       = conflict("request.open", "You have asked for another role in this project already; withdraw that request first.")
	ErrRequestHeld       = conflict("request.held", "You hold all that this role would give you already; ask for a higher one.")
	ErrRequestEnded      = conflict("request.ended", "This request was decided or withdrawn already; it can be made again.")
	ErrRequestExpired    = conflict("request.expired", "This request has expired; it can be made again.")
)
