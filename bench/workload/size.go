// Package workload draws the organizations, grants and questions that every engine is measured on, always the same
// ones, and knows the right answers. It knows no engine: people, teams and projects are numbers here, and each engine
// takes what form it likes of them.
package workload

// Size says how large a workload is. People, Teams and Projects are those of one organization.
type Size struct {
	Name                    string
	Orgs                    int
	People, Teams, Projects int
	Roles                   int // a person has 0 to this many roles of their own in projects
	Places                  int // and 1 to this many places in teams
	Carried                 int // a team has 1 to this many roles in projects
	Owners, Admins, Billing int // the rest are plain members
}

// The sizes. M1 is one organization of M.
var (
	S  = Size{"S", 1, 100, 10, 20, 4, 3, 9, 1, 2, 1}
	M1 = Size{"M1", 1, 1_000, 50, 200, 10, 5, 9, 2, 5, 2}
	M  = Size{"M", 100, 1_000, 50, 200, 10, 5, 9, 2, 5, 2}
	L  = Size{"L", 1, 100_000, 2_000, 10_000, 10, 5, 9, 2, 20, 5}
)

// Sizes are all of them, from the smallest.
var Sizes = []Size{S, M1, M, L}

// OrgRole is a person's role in the organization.
type OrgRole uint8

const (
	Member OrgRole = iota
	OrgOwner
	OrgAdmin
	BillingAdmin
)

// Role is a role in a project.
type Role uint8

const (
	Owner Role = iota
	Admin
	Analyst
	Consumer
)

// Action is what a question asks about, the number of a bit in Actions.
type Action uint8

const (
	View Action = iota
	Query
	Edit
	Administer
	Delete
	Transfer
	actions
)

// Actions is a set of them.
type Actions uint8

func (a Actions) Has(x Action) bool { return a>>x&1 != 0 }

const (
	all         Actions = 1<<actions - 1
	adminMay            = 1<<View | 1<<Query | 1<<Edit | 1<<Administer
	analystMay          = 1<<View | 1<<Query
	consumerMay         = 1 << View
)

// RoleMay is what each role in a project allows there; OrgRoleMay what each role in the organization allows in every
// project of it. A billing admin sees bills and no projects.
var (
	RoleMay    = [...]Actions{Owner: all, Admin: adminMay, Analyst: analystMay, Consumer: consumerMay}
	OrgRoleMay = [...]Actions{Member: 0, OrgOwner: all, OrgAdmin: adminMay, BillingAdmin: 0}
)
