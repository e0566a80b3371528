//go:build commonhold_next

package org

// next makes this the program of a release to come, which writes a renaming under a name that no other program reads. It
// is built by the tests of several servers on one database, and released never.
func next() []factRow {
	return []factRow{fact[OrganizationRenamed]("organization.renamed_anew", "renamed the organization to {name}")}
}
