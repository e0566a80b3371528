package org

import "testing"

// Nobody ends a key by its date that they could not end, and nobody keeps one that they could not make.
func TestADateOfAKeyIsNoWayAroundItsAccount(t *testing.T) {
	w := cast(t)
	one := KeyID(id("key_", "one"))
	w.do(as("olga"), CreateAccount{Account: acc("bot"), Name: "Bot", Role: RoleAdmin},
		CreateRole{Role: rl("desk"), Scope: InOrganization, Name: "Desk", RoleContent: permits("service_accounts:manage")},
		SetRole{usr("max"), OrgRole(rl("desk"))})
	w.do(as("abel"), MakeKey{Account: acc("bot"), Key: one, Expires: w.now + aWeek})
	w.do(as("olga"), SetRole{usr("abel"), RoleMember})
	keeping := Remove{usr("abel"), []KeyID{one}}
	w.attempts(t, []attempt{
		{"ended by who is not above", as("max"), EndKey{acc("bot"), one}, ErrAccountNotBelow},
		{"ended soon by who is not above", as("max"), RescheduleKey{acc("bot"), one, w.now + 1}, ErrAccountNotBelow},
		{"ended soon by an admin", as("ada"), RescheduleKey{acc("bot"), one, w.now + 1}, nil},
		{"made to last by who does not cover it", as("max"), RescheduleKey{acc("bot"), one, 0}, ErrNotCovered},
		{"kept by an admin", as("ada"), keeping, nil},
		{"kept by the account itself", asAccount("bot"), keeping, ErrOwnAccount},
		{"kept by who asks with a key that ends sooner", Actor{Person: usr("ada"), Until: w.now + aDay}, keeping, ErrKeyOutlasts},
	}...)
}
