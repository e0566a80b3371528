// Package githuborg brings an organization to what a GitHub access file says, over REST: it reads what there is for
// package peribolos to compare, and carries out the plan by ordinary commands, many at a time. It owns their order and
// what is done about refusals; it knows nothing of files and of how anybody is told.
package githuborg
