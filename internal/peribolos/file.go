// Package peribolos reads access files of GitHub organizations in the peribolos format, as Prow's tool of that name
// defines it, and plans how an organization here comes to hold the same: which people, teams, projects and rights to
// add, change and take away. It compares what a file says with what an organization has and decides nothing about
// authority; it knows neither how the present state is read nor how a plan is carried out.
package peribolos

// What a file may hold at most.
const (
	MaxBytes     = 4 << 20
	MaxPeople    = 100_000
	MaxTeams     = 10_000
	MaxTeamDepth = 16
	// MaxTies bounds team places and rights in repositories, those that child teams inherit counted once a team.
	MaxTies = 1_000_000
)

// A File is what a peribolos file says about one organization. Names that GitHub takes for one are one: handles, teams
// and repositories that differ by case only.
type File struct {
	Name    string // of the organization; empty if the file does not say
	Default Level  // what every member has on every repository, if the file says so

	saysDefault     bool
	admins, members []handle
	teams           []team // outermost first, each before its children
	repos           []repo
	findings        []Finding
}

// handle is a person as the file names them.
type handle struct {
	name string
	line int
}

type team struct {
	name                 string
	line                 int
	previously           []string
	maintainers, members []handle
	repos                []right // its own, then those of the teams above it
}

// right is a level on a repository.
type right struct {
	repo  string
	level Level
}

type repo struct {
	name          string
	line          int
	previously    []string
	collaborators []collaborator
}

type collaborator struct {
	handle
	level Level
}
