package route

import "github.com/commonhold/commonhold/org"

// Upload is a table as it was uploaded: comma-separated values with a header.
type Upload string

// PeopleRequest asks that one thing is done to a list of people. They are named by id, by ext: and the application's own
// id, or, but for adding, by a whole mail address: in a list, or in a table whose only column is person.
type PeopleRequest struct {
	Action org.PeopleAct `json:"action"`
	People []string      `json:"people,omitempty"`
	CSV    Upload        `json:"csv,omitempty"`
	Role   org.OrgRole   `json:"role,omitempty"` // with add and set_role
	org.Window
	SkipBadLines bool `json:"skip_bad_lines,omitempty"` // what is refused, and do the rest
	Preview      bool `json:"preview,omitempty"`        // tell what would happen, and do nothing
}

// PeopleReport says what became of a list, or with a preview what would.
type PeopleReport struct {
	Applied   bool         `json:"applied"`
	Changed   int          `json:"changed_lines"`
	Unchanged int          `json:"unchanged_lines"`
	Refused   int          `json:"refused_lines"`
	Lines     []PeopleLine `json:"lines"`
	Version   org.Version  `json:"version"`
}

// PeopleLine is what became of one line.
type PeopleLine struct {
	Line    int          `json:"line"` // in the list from 1 on, in a table as in the file
	Given   string       `json:"given,omitempty"`
	Person  org.PersonID `json:"person,omitempty"` // of a line that is not refused
	Outcome string       `json:"outcome"`
	Code    string       `json:"code,omitempty"` // why it is refused
	Detail  string       `json:"detail,omitempty"`
	LeftOut []LeftOut    `json:"left_out,omitempty"` // what a restoring does not bring back
	// Ownerless are the projects that a preview of a removal finds without an owner of their own afterwards.
	Ownerless []org.ProjectID `json:"ownerless,omitempty"`
}

// What becomes of a line.
const (
	LineChanged   = "changed"
	LineUnchanged = "unchanged" // it was so already
	LineRefused   = "refused"
)
