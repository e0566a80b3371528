// Package cli is the command line. Its commands are derived from the table of routes: the words, what stands in the
// path as arguments, and the fields of the body and of the query as flags; a few more (import, completion, and what
// cmd/commonhold adds) are written by hand. It owns how answers look, where the key is found and which exit code says
// what; it knows the server through package client only.
package cli
