// Package demo fills an empty instance with an organization that looks lived in: sixty people with a past of six weeks,
// teams, projects, and a little of everything that happens to access. It owns the story and its cast; it tells it through
// package app by ordinary commands and knows no store and no transport.
package demo
