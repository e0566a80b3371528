// Package credential owns the keys of service accounts and people, the one-time values that lead to a person's first key
// or to the console, and sessions there: how one comes to be, is found again and goes. Which keys an account has, and
// until when they open, are facts of its organization; here are the rows with what proves them. A row without its fact
// opens nothing, nor does a fact without its row. A person's key is a row alone, which says itself what it opens; it
// opens nothing once the operator no longer vouches for the person.
package credential
