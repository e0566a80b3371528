// Package notice says who is told of what happened in an organization, and of what is about to end there. It owns the
// table of that and the messages that wait in the outbox, written with the facts that caused them; it knows nothing of
// how they are delivered.
package notice

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	"github.com/commonhold/commonhold/internal/store"
	"github.com/commonhold/commonhold/org"
)

// Notice is what somebody is to be told.
type Notice struct {
	What    string          `json:"what"` // a row of Table
	Org     org.OrgID       `json:"organization"`
	Person  org.PersonID    `json:"person,omitempty"`          // whom it is about
	Account org.AccountID   `json:"service_account,omitempty"` // or which service account
	Team    org.TeamID      `json:"team,omitempty"`            // or which team; with a person: that person's place in it
	All     bool            `json:"everyone,omitempty"`        // or everyone
	Robots  bool            `json:"accounts,omitempty"`        // with all service accounts
	By      org.PersonID    `json:"by,omitempty"`              // absent: the operator
	To      []org.PersonID  `json:"to,omitempty"`              // absent in one that warns: Current says who
	OrgRole org.OrgRole     `json:"role,omitempty"`
	Role    org.ProjectRole `json:"project_role,omitempty"`
	Request org.RequestID   `json:"request,omitempty"`
	Key     org.KeyID       `json:"key,omitempty"`
	Ends    org.Instant     `json:"ends_at,omitzero"` // of what ends by itself
	// Projects are what it is about, if it is about projects.
	Projects []org.ProjectID `json:"projects,omitempty"`
}

// Kind is the outbox's kind of notices.
const Kind = "notice"

// atOnce is how many people one message names: an organization may have more members than a row should be long.
const atOnce = 500

// command is what a command did, as the table sees it.
type command struct {
	base  *org.State
	after func() *org.State
	facts []org.Stamped
}

// Of returns the messages that go with the facts of a command; s is the state before them.
func Of(s *org.State, facts []org.Stamped) (out []store.Message, err error) {
	c := command{s, sync.OnceValue(func() *org.State { return org.Evolve(s, facts...) }), facts}
	for i, f := range facts {
		sent, err := mails(s, i, f)
		if err != nil {
			return nil, err
		}
		out = append(out, sent...)
		about := c.about(i)
		if i == len(facts)-1 {
			about = append(about, c.lastOwner()...)
		}
		part := 0
		for _, n := range about {
			for some := range slices.Chunk(n.To, atOnce) {
				id := fmt.Sprintf("%s.%d", f.Command, i)
				if part++; part > 1 {
					id += fmt.Sprintf(".%d", part)
				}
				n.To = some
				if out, err = add(out, s.ID(), f, id, n, f.At); err != nil {
					return nil, err
				}
			}
		}
		if n, due := warning(f); due > f.At {
			if out, err = add(out, s.ID(), f, warningID(f), n, due); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// add appends a message that is due at an instant.
func add(out []store.Message, in org.OrgID, f org.Stamped, id string, n Notice, due org.Instant) ([]store.Message, error) {
	n.Org, n.By = in, f.Actor
	body, err := json.Marshal(n)
	if err != nil {
		return nil, fmt.Errorf("notice %s: %w", n.What, err)
	}
	return append(out, store.Message{ID: id, Org: string(n.Org), Kind: Kind, Body: body, Due: int64(due)}), nil
}
