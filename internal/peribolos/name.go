package peribolos

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/commonhold/commonhold/internal/yaml"
	"github.com/commonhold/commonhold/org"
)

// By these external ids an import finds again what it made. GitHub does not tell names apart by case, so neither do
// they.
const (
	personPrefix  = "github:"
	teamPrefix    = "github-team:"
	projectPrefix = "github-repo:"
)

func personID(handle string) org.ExternalID { return externalID(personPrefix, handle) }
func teamID(name string) org.ExternalID     { return externalID(teamPrefix, name) }
func projectID(repo string) org.ExternalID  { return externalID(projectPrefix, repo) }

// externalID escapes what an external id may not hold as %xx, and the percent sign.
func externalID(prefix, name string) org.ExternalID {
	var out strings.Builder
	out.WriteString(prefix)
	for _, b := range []byte(fold(name)) {
		if b <= ' ' || b > '~' || b == '%' {
			fmt.Fprintf(&out, "%%%02x", b)
		} else {
			out.WriteByte(b)
		}
	}
	return org.ExternalID(out.String())
}

// fold is the form in which two names are one, as the core compares them.
func fold(name string) string { return strings.ToLower(strings.Join(strings.Fields(name), " ")) }

// handleOf reads a GitHub handle; some files put an @ before it.
func handleOf(n yaml.Node, text string) string {
	text = strings.TrimPrefix(text, "@")
	if !plain(text) || len(text) > 100 {
		n.Refuse("%q is no handle: 1 to 100 printable ASCII characters without blanks", text)
		return ""
	}
	return text
}

// repoOf reads the name of a repository.
func repoOf(n yaml.Node, text string) string {
	if !plain(text) || len(text) > 100 || strings.Contains(text, "/") {
		n.Refuse("%q is no name of a repository: 1 to 100 printable ASCII characters without blanks and slashes", text)
		return ""
	}
	return text
}

// teamOf reads the name of a team.
func teamOf(n yaml.Node, text string) string {
	hidden := func(r rune) bool { return !unicode.IsGraphic(r) || unicode.Is(unicode.Cf, r) }
	if text == "" || utf8.RuneCountInString(text) > 100 || text != strings.TrimSpace(text) || strings.ContainsFunc(text, hidden) ||
		len(teamID(text)) > 200 {
		n.Refuse("%q is no name of a team: 1 to 100 visible characters on one line, without blanks at its ends", text)
		return ""
	}
	return text
}

func plain(text string) bool {
	for _, b := range []byte(text) {
		if b <= ' ' || b > '~' {
			return false
		}
	}
	return text != ""
}
