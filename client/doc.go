// Package client speaks to a Commonhold server over its REST API: checks and explanations, lists that page by
// themselves, and every command of package org. It owns the ways in which a request is repeated and a key is guarded;
// it knows nothing of how the server decides. It needs the standard library and package org alone.
//
//	c, err := client.New("https://commonhold.example.com", key)
//	allowed, err := c.Check(ctx, "acme", org.Question{Person: "ext:4711", Permission: "reports:view", Project: "ext:web"})
//
// An organization is named by its id, its slug, or "ext:" and the application's own key; people, teams and projects by
// id or "ext:…". What the server refuses is a *Problem, and compares equal to the refusal of package org with the same
// code:
//
//	_, err := c.Do(ctx, "acme", org.SetRole{Person: ana, Role: org.RoleMember}, nil)
//	if errors.Is(err, org.ErrLastOwner) { … }
package client
