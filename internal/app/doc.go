// Package app holds the use cases of Commonhold: run a command, read an organization at the freshness a caller asks
// for, keep people and keys. It owns the cache of organizations, the shared appends and the rules of freshness; it
// knows no transport and no database, only the contracts of package store.
package app
