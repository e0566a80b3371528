package api

import (
	"strings"
	"sync"
	"testing"

	"github.com/commonhold/commonhold/internal/route"
	"github.com/commonhold/commonhold/org"
)

const acmeInvitations = "/v1/organizations/{acme}/invitations"

// mails takes all mails that are due.
func (w *world) mails() []route.Handed {
	w.Helper()
	return got[route.Claimed](w, w.want(200, "", "POST", "/v1/outbox/claim?kind=mail&limit=200", "")).Items
}

// invited invites an address into acme as a member, and returns the invitation and the mail.
func (w *world) invited(to string) (id string, mail *route.Mail) {
	w.Helper()
	rows := got[route.Invited](w, w.want(200, "olga", "POST", acmeInvitations, `{"to":["`+to+`"]}`)).Rows
	for _, m := range w.mails() {
		if m.Mail.Invitation == rows[0].Invitation {
			return string(rows[0].Invitation), m.Mail
		}
	}
	w.Fatal("no mail went out")
	return "", nil
}

func proof(token string) string { return `{"token":"` + token + `"}` }

// T-66, I-30 guarded by org.AcceptInvitation
func TestOneLinkIsAcceptedOnce_T66_I30(t *testing.T) {
	w := newWorld(t)
	id, mail := w.invited("new@example.net")
	var all sync.WaitGroup
	codes := make([]int, 2)
	for i, as := range []string{"zed", "yan"} {
		all.Go(func() { codes[i] = w.ask(as, "POST", acmeInvitations+"/"+id+"/accept", proof(mail.Token)).Code })
	}
	all.Wait()
	if codes[0]+codes[1] != 200+409 {
		t.Errorf("two accounts at once got %v", codes)
	}
	w.refused(409, org.ErrInvitationUsed.Code, "nobody", "GET", acmeInvitations+"/"+id+"/offer?token="+mail.Token, "")
}

// T-67, T-68, T-72 guarded by invite.Inviter.Accept
func TestOnlyAMailedLinkProvesAnAddress_T67_T68_T72_I31(t *testing.T) {
	w := newWorld(t)
	id, mail := w.invited("new@example.net")
	at := acmeInvitations + "/" + id
	copied := got[route.InvitationLink](t, w.want(200, "olga", "POST", at+"/links", "")).Token
	for _, answer := range []string{"/accept", "/decline"} {
		w.refused(404, org.ErrUnknownInvitation.Code, "yan", "POST", at+answer, "{}")
		w.refused(404, org.ErrUnknownInvitation.Code, "yan", "POST", at+answer, proof("x"+mail.Token[1:]))
		w.refused(404, org.ErrUnknownInvitation.Code, "yan", "POST", at+answer, proof(mail.Token[:len(mail.Token)-1]))
		w.refused(403, "invitation.link_copied", "yan", "POST", at+answer, proof(copied))
	}
	w.want(200, "nobody", "GET", at+"/offer?token="+copied, "")
	// Zed has the address of an account: nobody else accepts in its place, whatever mail they read.
	id, mail = w.invited("zed@example.com")
	w.refused(403, "invitation.other_account", "yan", "POST", acmeInvitations+"/"+id+"/accept", proof(mail.Token))
	w.want(200, "zed", "POST", acmeInvitations+"/"+id+"/accept", proof(mail.Token))
}

// T-3, T-20 guarded by invite.Inviter.Offer
func TestALinkOpensItsOwnOrganizationAlone_T3_T20_I32(t *testing.T) {
	w := newWorld(t)
	elsewhere := "/v1/organizations/{other}/invitations/{guest}"
	w.refused(404, org.ErrUnknownInvitation.Code, "nobody", "GET", elsewhere+"/offer?token={token}", "")
	w.refused(404, org.ErrUnknownInvitation.Code, "yan", "POST", elsewhere+"/accept", proof(w.ids["token"]))
	w.refused(404, org.ErrUnknownInvitation.Code, "zed", "GET", elsewhere, "")
	w.refused(404, org.ErrUnknownInvitation.Code, "zed", "POST", elsewhere+"/resend", "")
	w.refused(404, org.ErrUnknownInvitation.Code, "zed", "DELETE", elsewhere, "")
	w.want(200, "nobody", "GET", acmeInvitations+"/{guest}/offer?token={token}", "")
}

// T-73 guarded by org.Invitation
func TestAnInvitationEndsByItself_T73(t *testing.T) {
	w := newWorld(t)
	w.passes(org.InvitationLasts)
	w.refused(409, org.ErrInvitationExpired.Code, "yan", "POST", acmeInvitations+"/{guest}/accept", proof(w.ids["token"]))
	w.refused(409, org.ErrInvitationExpired.Code, "nobody", "GET", acmeInvitations+"/{guest}/offer?token={token}", "")
}

// T-12, T-15, T-75 guarded by invite.Inviter.Do
func TestAnInviterLearnsNothingOfAccounts_T12_T15_T75(t *testing.T) {
	w := newWorld(t)
	rows := got[route.Invited](t, w.want(200, "olga", "POST", acmeInvitations, `{"to":["Yan@Example.com","nobody.yet@example.com"]}`)).Rows
	for _, r := range rows {
		if r.Outcome != "invited" || r.Person == "" || r.Invitation == "" {
			t.Errorf("%+v", r)
		}
	}
	list := w.want(200, "olga", "GET", acmeInvitations, "").Body.String()
	if !strings.Contains(list, `"yan@example.com"`) || !strings.Contains(list, `"nobody.yet@example.com"`) || strings.Contains(list, "Yan Example") || strings.Contains(list, "token") {
		t.Errorf("the list shows %s", list)
	}
	w.refused(404, "person.not_found", "olga", "POST", acmeInvitations, `{"to":["{zed}"]}`)
	w.refused(404, "person.not_found", "olga", "POST", acmeInvitations, `{"to":["ext:app-nobody"]}`)
}

// T-76, T-79, T-89, I-29 guarded by invite.Inviter.Do
func TestFormsOfOneAddressAreInvitedOnce_T76_T79_T89_I29_I37(t *testing.T) {
	w := newWorld(t)
	for i, form := range []string{"Bob@x.example", "bob@x.example", "BOB@X.EXAMPLE", "bob@x.example."} {
		rows := got[route.Invited](t, w.want(200, "olga", "POST", acmeInvitations, `{"to":["`+form+`"]}`)).Rows
		if want := map[bool]string{true: "invited", false: "invited_again"}[i == 0]; rows[0].Outcome != want {
			t.Errorf("%s: %+v", form, rows)
		}
	}
	w.refused(400, org.ErrInvitedTwice.Code, "olga", "POST", acmeInvitations, `{"to":["new@x.example"],"rows":[{"to":"NEW@x.example."}]}`)
	for _, bad := range []string{`["a@x.example,b@x.example"]`, `["a@evil.com@corp.com"]`, `["\"a\"@x.example"]`, `["a@x.example\r\nBcc: b@x.example"]`} {
		w.refused(400, "address.malformed", "olga", "POST", acmeInvitations, `{"to":`+bad+`}`)
	}
	w.want(400, "olga", "POST", acmeInvitations, `{"rows":[{"to":["a@x.example","b@x.example"]}]}`)
}

// T-85, T-93 guarded by invite.Inviter.Mail
func TestOneMailboxGetsFewMailsADay_T85_T93(t *testing.T) {
	w := newWorld(t)
	for range 8 {
		w.want(200, "olga", "POST", acmeInvitations, `{"to":["v.ictim@example.net"]}`)
		w.want(200, "olga", "POST", acmeInvitations, `{"to":["victim+x@example.net"]}`)
		w.passes(1000)
	}
	if n := len(w.mails()); n != 10 {
		t.Errorf("%d mails went out to one mailbox", n)
	}
	w.passes(24 * 60 * 60 * 1_000_000_000)
	if n := len(w.mails()); n < 6 {
		t.Errorf("a day later %d went out; none is lost to the limit", n)
	}
}

// T-74, T-86, T-87, T-88 guarded by invite.Inviter.Mail
func TestAMailIsPlainAndItsLinkIsOurs_T74_T86_T87_T88(t *testing.T) {
	w := newWorld(t)
	w.want(200, "olga", "PATCH", "/v1/organizations/{acme}", `{"name":"Win at evil.com <b> a@evil.com"}`, "X-Forwarded-Host", "evil.example")
	_, mail := w.invited("new@example.net")
	if !strings.HasPrefix(mail.URL, "https://hold.example.com/v1/") || strings.Count(mail.Text, "://") != 1 || !strings.Contains(mail.Text, mail.URL) {
		t.Errorf("the link is %s in\n%s", mail.URL, mail.Text)
	}
	if strings.ContainsAny(mail.Subject, "\r\n<>@") || strings.Contains(mail.Text, "evil.com") || strings.Contains(mail.Text, "<b>") {
		t.Errorf("%q\n%s", mail.Subject, mail.Text)
	}
	for _, text := range []string{w.log.String(), w.want(200, "", "GET", "/v1/outbox", "").Body.String(), w.want(200, "olga", "GET", "/v1/organizations/{acme}/audit?limit=200", "").Body.String()} {
		if strings.Contains(text, mail.Token) {
			t.Error("the token lies where it can be read")
		}
	}
}

// T-55, T-65 guarded by org.AcceptInvitation
func TestAnInvitationBringsWhatItsInviterStillCovers_T55_T65(t *testing.T) {
	w := newWorld(t)
	rows := got[route.Invited](t, w.want(200, "ada", "POST", acmeInvitations, `{"to":["ext:app-rex"]}`)).Rows
	id := string(rows[0].Invitation)
	token := w.mails()[0].Mail.Token
	w.want(200, "olga", "POST", "/v1/organizations/{acme}/members/{ada}/suspend", "")
	w.refused(409, org.ErrInvitationVoid.Code, "rex", "POST", acmeInvitations+"/"+id+"/accept", proof(token))
	w.want(200, "olga", "POST", "/v1/organizations/{acme}/members/{ada}/reactivate", "")
	if m := got[route.Joined](t, w.want(200, "rex", "POST", acmeInvitations+"/"+id+"/accept", proof(token))).Member; m.Role != org.RoleMember || m.Grants != 0 || len(m.Teams) != 0 {
		t.Errorf("%+v", m)
	}
}
