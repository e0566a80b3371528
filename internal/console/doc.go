// Package console is the web console. In this release it is the operator's: read-only, on loopback, opened by a one-time
// link. It owns the pages, their words and their looks; whatever it shows it asks of package app and of the state.
package console
