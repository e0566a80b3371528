package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/commonhold/commonhold/internal/api/body"
	"github.com/commonhold/commonhold/internal/route"
)

// A handler answers a call that has passed its row's gate.
type handler func(context.Context, *call) (answer, error)

// bound is a row of the table with all that can be known of its requests before there is one.
type bound struct {
	route.Route
	in      []string     // names in the path
	inOrg   bool         // it lies in an organization
	shape   *body.Shape  // of the command or the body; nil if it takes none
	command reflect.Type // nil for rows without
	handle  handler
	tag     tagger // of the object that the row is about; nil for none
	extra   row    // what a row without a command says of itself
}

// bind makes the whole table answer, or says which row cannot.
func (s *Server) bind(table []route.Route) error {
	handlers := s.handlers()
	collections := map[string]bool{}
	for _, r := range table {
		collections[r.Path] = collections[r.Path] || r.Paged
	}
	methods := map[string][]string{}
	for _, r := range table {
		b, err := s.bindRow(r, handlers[r.Name])
		if err != nil {
			return fmt.Errorf("route %s: %w", r.Name, err)
		}
		delete(handlers, r.Name)
		if !collections[r.Path] {
			b.tag = tagAt(r.Path)
		}
		if known := methods[r.Path]; slices.Contains(known, r.Method) {
			return fmt.Errorf("route %s: %s %s stands in the table twice", r.Name, r.Method, r.Path)
		}
		methods[r.Path] = append(methods[r.Path], r.Method)
		s.rows = append(s.rows, b)
		s.mux.HandleFunc(r.Method+" "+r.Path, func(w http.ResponseWriter, r *http.Request) { s.serve(w.(*exchange), r, b) })
	}
	for name := range handlers {
		return fmt.Errorf("handler %s has no route", name)
	}
	methods["/livez"], methods["/readyz"] = []string{"GET"}, []string{"GET"}
	for path, known := range methods {
		s.mux.HandleFunc(path, s.allowOnly(known))
	}
	return nil
}

// allowOnly refuses the methods that no row of a path has.
func (s *Server) allowOnly(methods []string) http.HandlerFunc {
	if slices.Contains(methods, http.MethodGet) {
		methods = append(methods, http.MethodHead)
	}
	slices.Sort(methods)
	allow := strings.Join(methods, ", ")
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Allow", allow)
		s.refuse(w.(*exchange), errNoMethod)
	}
}

func (s *Server) bindRow(r route.Route, h row) (*bound, error) {
	b := &bound{Route: r, in: namesIn(r.Path), inOrg: strings.HasPrefix(r.Path, organizationPath), handle: h.handle, extra: h}
	switch {
	case r.Command != nil && h.handle != nil:
		return nil, errors.New("it has a command and a handler")
	case r.Command != nil && r.Gate != (route.Gate{}):
		return nil, errors.New("it has a command, which says itself what right it needs, and a gate")
	case r.Command != nil && (r.Tell == nil || r.Answer == nil):
		return nil, errors.New("its command has no answer")
	case r.Command == nil && h.handle == nil:
		return nil, errors.New("it has neither a command nor a handler")
	case r.Command == nil && r.Gate == (route.Gate{}):
		return nil, errors.New("it has neither a command nor a gate, so nobody would ever come in")
	}
	var err error
	if r.Command != nil {
		b.command, b.handle = reflect.TypeOf(r.Command), s.run
		bound := slices.DeleteFunc(slices.Clone(b.in), func(name string) bool { return name == "org" })
		if b.shape, err = body.Of(b.command, bound...); err != nil {
			return nil, err
		}
	} else if r.Body != nil {
		if b.shape, err = body.Of(reflect.TypeOf(r.Body)); err != nil {
			return nil, err
		}
		if !r.Writes() {
			b.shape = b.shape.Sharing()
		}
	}
	return b, nil
}

const organizationPath = "/v1/organizations/{org}"

// namesIn returns the names in braces of a path.
func namesIn(path string) []string {
	var out []string
	for part := range strings.SplitSeq(path, "/") {
		if strings.HasPrefix(part, "{") {
			out = append(out, strings.Trim(part, "{}"))
		}
	}
	return out
}

// row is what answers a row of the table that has no command.
type row struct {
	handle  handler
	asks    asking // finds out what the body asks about, for the gate
	once    bool   // it does so once under an idempotency key; what is not marked has the same effect when repeated
	tagged  bool   // its answer has an entity tag
	matches bool   // it looks at If-Match
	first   bool   // it goes on while others are told to come back
	unseen  bool   // the caller need not know of the organization: the request itself shows what opens it
	long    bool   // it may last; it takes no place among the requests, and has no time limit but its own
}

// handlers are all rows without a command, by their names.
func (s *Server) handlers() map[string]row {
	return map[string]row{
		"openapi":            {handle: s.describeAPI, tagged: true},
		"whoami":             {handle: s.whoami},
		"list_organizations": {handle: s.listOrganizations},
		"list_events":        {handle: s.listEvents, long: true},
		"list_people":        {handle: s.listPeople},
		"add_person":         {handle: s.addPerson, once: true, tagged: true},
		"get_person":         {handle: s.getPerson, tagged: true},
		"change_person":      {handle: s.changePerson, tagged: true, matches: true},
		"vouch":              {handle: s.vouch, tagged: true},
		"disable_person":     {handle: s.disablePerson, tagged: true},
		"enable_person":      {handle: s.enablePerson, tagged: true},
		"erase_person":       {handle: s.erasePerson},
		"list_keys":          {handle: s.listKeys},
		"add_key":            {handle: s.addKey, once: true},
		"remove_key":         {handle: s.removeKey},
		"console_link":       {handle: s.consoleLink},
		"make_key_link":      {handle: s.makeKeyLink},
		"redeem_key_link":    {handle: s.redeemKeyLink},
		"list_own_keys":      {handle: s.listOwnKeys},
		"make_own_key":       {handle: s.makeOwnKey, once: true},
		"end_own_key":        {handle: s.endOwnKey},

		"get_organization":      {handle: s.getOrganization, tagged: true},
		"get_settings":          {handle: s.getSettings, tagged: true},
		"preview_catalog":       {handle: s.previewCatalog},
		"get_catalog":           {handle: s.getCatalog},
		"list_members":          {handle: s.listMembers},
		"get_member":            {handle: s.getMember, tagged: true},
		"change_people":         {handle: s.changePeople, once: true},
		"get_holdings":          {handle: s.getHoldings},
		"list_service_accounts": {handle: s.listAccounts},
		"get_service_account":   {handle: s.getAccount, asks: s.askAccount, tagged: true},
		"list_account_keys":     {handle: s.listAccountKeys, asks: s.askAccount},
		"list_roles":            {handle: s.listRoles},
		"get_role":              {handle: s.getRole, tagged: true},
		"list_role_holders":     {handle: s.listRoleHolders},
		"list_teams":            {handle: s.listTeams},
		"get_team":              {handle: s.getTeam, tagged: true},
		"list_roster":           {handle: s.listRoster},
		"list_team_grants":      {handle: s.listTeamGrants},
		"list_projects":         {handle: s.listProjects},
		"get_project":           {handle: s.getProject, tagged: true},

		"preview_transfer": {handle: s.previewTransfer},
		"transfer_project": {handle: s.transferProject, once: true},
		"list_outgoing":    {handle: s.listOutgoing},
		"list_incoming":    {handle: s.listIncoming},
		"accept_transfer":  {handle: s.acceptTransfer, once: true},

		"list_project_people": {handle: s.listProjectPeople},
		"list_grants":         {handle: s.listGrants},

		"list_access_requests": {handle: s.listAccessRequests},

		"list_invitations":     {handle: s.listInvitations},
		"invite":               {handle: s.invite, once: true},
		"invite_table":         {handle: s.inviteTable, once: true},
		"get_invite_template":  {handle: s.getInviteTemplate},
		"get_invitation":       {handle: s.getInvitation, tagged: true},
		"copy_invitation_link": {handle: s.copyInvitationLink},
		"show_offer":           {handle: s.showOffer, unseen: true},
		"accept_invitation":    {handle: s.acceptInvitation, once: true, unseen: true},
		"decline_invitation":   {handle: s.declineInvitation, once: true, unseen: true},

		"list_messages":   {handle: s.listMessages},
		"claim_messages":  {handle: s.claimMessages},
		"deliver_message": {handle: s.deliverMessage},
		"fail_message":    {handle: s.failMessage},
		"retry_message":   {handle: s.retryMessage},

		"get_plan":           {handle: s.getPlan},
		"check_entitlement":  {handle: s.checkEntitlement},
		"list_plan_requests": {handle: s.listPlanRequests},
		"get_billing":        {handle: s.getBilling},
		"change_billing":     {handle: s.changeBilling},

		"check":                    {handle: s.check, asks: s.askOne, first: true},
		"check_many":               {handle: s.checkMany, asks: s.askMany, first: true},
		"list_accessible_projects": {handle: s.listAccessibleProjects},
		"list_permitted_people":    {handle: s.listPermittedPeople},
		"list_permissions":         {handle: s.listPermissions},
		"explain":                  {handle: s.explain},
		"list_audit":               {handle: s.listAudit},
		"list_security_log":        {handle: s.listSecurityLog},
	}
}
