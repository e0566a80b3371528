// Package invite invites people by their mail addresses. It owns the rows of people who stand for an address, the links
// that invitations are accepted by and what those prove, the words of the mails, and how many of them go out. What an
// invitation brings and who may do what with one is the core's to say.
package invite
