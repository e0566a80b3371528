// Package org is the core of Commonhold: what an organization is and what may happen to it.
//
// A command is judged by Decide against a State and becomes facts; Evolve folds facts into the next State; Restate
// writes a State back as the shortest history with the same outcome. Everything a reader may ask (checks, lists,
// effective access, explanations) is a method of State. A State never changes: it can be shared by any number of
// goroutines without a lock.
//
// The package is pure. It knows no database, no clock, no randomness, no transport and no personal data: instants and
// fresh ids are arguments, people are ids.
package org
