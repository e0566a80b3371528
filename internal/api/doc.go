// Package api is the REST door: it binds each row of the table of routes to the command or the question behind it,
// finds out who calls, lets in whom the row lets in, and writes answers and problems. It owns everything about HTTP and
// decides nothing about organizations; it reaches them through package app alone.
package api
