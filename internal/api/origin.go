package api

import (
	"net"

	"github.com/commonhold/commonhold/internal/note"
)

// reasonHeader holds why a command is given, for those who read its organization's audit log.
const reasonHeader = "Commonhold-Reason"

// readReason takes up what is kept beside the facts of a command. A reason that would not be kept is refused: whoever
// sends it relies on it.
func (c *call) readReason() error {
	reason, err := single(c.request, reasonHeader)
	sent := len(c.request.Header[reasonHeader]) > 0
	switch {
	case err != nil:
		return err
	case sent && c.command == nil:
		return errNoReason
	case sent && reason == "":
		return note.ErrBadReason
	}
	c.given = note.Given{Reason: reason, Origin: c.origin()}
	return note.ValidReason(reason)
}

// origin is where a request came from. Whatever a header says of that is not believed: anybody can write one.
func (c *call) origin() note.Origin {
	host, _, err := net.SplitHostPort(c.request.RemoteAddr)
	if err != nil {
		host = ""
	}
	return note.Origin{Address: host, Agent: c.request.UserAgent()}
}
