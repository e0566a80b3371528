package app

import "github.com/commonhold/commonhold/org"

// Refusals of the use cases, beside those of the core.
var (
	ErrUnknownPerson  = &org.Refusal{Kind: org.NotFound, Code: "person.not_found", Text: "There is no such person; create them first."}
	ErrPersonChanged  = &org.Refusal{Kind: org.Conflict, Code: "person.changed", Text: "Somebody changed this person meanwhile; read again and repeat."}
	ErrAddressTaken   = &org.Refusal{Kind: org.Conflict, Code: "address.taken", Text: "Another person has this address."}
	ErrBadAddress     = &org.Refusal{Kind: org.Invalid, Code: "address.malformed", Text: "Write one mail address, such as ada@example.com, of at most 254 characters."}
	ErrNotVouched     = &org.Refusal{Kind: org.Forbidden, Code: "acting.not_vouched", Text: "The operator does not vouch for this person's sign-in; vouch for them first."}
	ErrLinkSpent      = &org.Refusal{Kind: org.Forbidden, Code: "link.spent", Text: "This link was used before, or its time is over; make a new one with “commonhold link” beside the server."}
	ErrLastKey        = &org.Refusal{Kind: org.Conflict, Code: "key.last", Text: "This is the last key of the operator; make another one first."}
	ErrKeyReused      = &org.Refusal{Kind: org.Conflict, Code: "idempotency.reused", Text: "This Idempotency-Key was used for another request; choose a new one."}
	ErrBusy           = &org.Refusal{Kind: org.Unavailable, Code: "write.busy", Text: "Others change this organization at the moment; repeat the request."}
	ErrOutcomeUnknown = &org.Refusal{Kind: org.Unavailable, Code: "write.unknown", Text: "The database did not say whether this happened; repeat it with the same Idempotency-Key."}
	ErrUnavailable    = &org.Refusal{Kind: org.Unavailable, Code: "instance.unavailable", Text: "The database does not answer; try again in a moment."}
	ErrDiskFull       = &org.Refusal{Kind: org.Unavailable, Code: "instance.disk_full", Text: "The server's disk is full; the operator makes room, and it goes on by itself."}
	ErrDiskFailed     = &org.Refusal{Kind: org.Unavailable, Code: "instance.disk_failed", Text: "The server's disk fails: the operator finds the reason in the server's log, mends it and restarts the server; what is repeated then with the same Idempotency-Key happens once."}
	ErrDamaged        = &org.Refusal{Kind: org.Unavailable, Code: "instance.damaged", Text: "The database is damaged where this lies; the operator finds the reason in the server's log, and restores a backup."}
	ErrClock          = &org.Refusal{Kind: org.Unavailable, Code: "instance.clock", Text: "The clock of this server is more than 5 seconds off the database's; ask another server, and set the clock of this one."}
	ErrLate           = &org.Refusal{Kind: org.Unavailable, Code: "instance.late", Text: "The answer took so long that it may be out of date; ask again."}
	ErrQuarantined    = &org.Refusal{Kind: org.Unavailable, Code: "organization.quarantined", Text: "This organization's log cannot be read; the operator finds the reason in the server's log."}
	ErrTooOld         = &org.Refusal{Kind: org.Unavailable, Code: "version.not_reached", Text: "This organization has not reached the version asked for; try again in a moment."}
	ErrUpgrading      = &org.Refusal{Kind: org.Unavailable, Code: "instance.upgrading", Text: "Another server here runs an older version that could not read what this would write; repeat it when all of them are upgraded."}
	ErrClosing        = &org.Refusal{Kind: org.Unavailable, Code: "instance.stopping", Text: "This server is stopping; ask another or try again in a moment."}
)
