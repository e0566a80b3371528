package client

import (
	"context"

	"github.com/commonhold/commonhold/org"
)

// PeopleChange asks that one thing is done to a list of up to 5,000 people. They are named by id, by ext: and your own
// id, or, but for adding, by a whole mail address: in a list, or in a table (CSV) whose only column is person.
type PeopleChange struct {
	Action org.PeopleAct `json:"action"`
	People []string      `json:"people,omitempty"`
	CSV    string        `json:"csv,omitempty"`
	Role   org.OrgRole   `json:"role,omitempty"` // with org.PeopleAdd and org.PeopleSetRole
	org.Window
	SkipBadLines bool `json:"skip_bad_lines,omitempty"` // what is refused, and do the rest
	Preview      bool `json:"preview,omitempty"`        // tell what would happen, and do nothing
}

// PeopleReport says what became of a list, or with a preview what would.
type PeopleReport struct {
	Applied   bool        `json:"applied"`
	Changed   int         `json:"changed_lines"`
	Unchanged int         `json:"unchanged_lines"`
	Refused   int         `json:"refused_lines"`
	Lines     []Line      `json:"lines"`
	Version   org.Version `json:"version"`
}

// Line is what became of one line of a list.
type Line struct {
	Line      int             `json:"line"` // in the list from 1 on, in a table as in the file
	Given     string          `json:"given,omitempty"`
	Person    org.PersonID    `json:"person,omitempty"`
	Outcome   string          `json:"outcome"` // changed, unchanged or refused
	Code      string          `json:"code,omitempty"`
	Detail    string          `json:"detail,omitempty"`
	LeftOut   []LeftOut       `json:"left_out,omitempty"`
	Ownerless []org.ProjectID `json:"ownerless,omitempty"`
}

// ChangePeople does one thing to a list of people in one command: all of it or nothing, or with SkipBadLines all that is
// not refused. The lines that stand against it are in the *Problem.
func (c *Client) ChangePeople(ctx context.Context, organization string, r PeopleChange) (PeopleReport, error) {
	var out PeopleReport
	_, err := c.call(ctx, "change_people", []string{organization}, nil, r, &out)
	return out, err
}

// InviteTable invites up to 5,000 people by a table (CSV) with the columns email, org_role, teams, projects and
// project_role; teams and projects are lists with semicolons between them.
type InviteTable struct {
	CSV          string      `json:"csv"`
	Note         string      `json:"note,omitempty"` // to all of them
	Expires      org.Instant `json:"expires_at,omitzero"`
	SkipBadLines bool        `json:"skip_bad_lines,omitempty"` // what is refused, and invite the others
	Preview      bool        `json:"preview,omitempty"`        // tell what would happen, and do nothing
}

// InviteTable invites whom a table names, in one command: all of them or nobody, or with SkipBadLines all that is not
// refused. The lines that stand against it are in the *Problem.
func (c *Client) InviteTable(ctx context.Context, organization string, r InviteTable) (PeopleReport, error) {
	var out PeopleReport
	_, err := c.call(ctx, "invite_table", []string{organization}, nil, r, &out)
	return out, err
}
