package org

import "cmp"

// Asked is the permission that a command asks for, in its project or else in the organization; empty if it asks for none
// by name.
func Asked(c Command) Permission {
	need := c.needs()
	return cmp.Or(need.on, need.org)
}
