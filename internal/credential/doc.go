// Package credential owns the keys of service accounts: how one comes to be, is found again and goes. Which keys an
// account has, and until when they open, are facts of its organization; here are the rows with what proves them. A row
// without its fact opens nothing, nor does a fact without its row.
package credential
