package cli

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// answer prints what came back for one object.
func (s *view) answer(c *call, args []string, raw json.RawMessage) error {
	if len(raw) == 0 {
		_, err := fmt.Fprintln(s.out, "done")
		return err
	}
	v, err := read(raw)
	if err != nil {
		return err
	}
	switch c.route.Name {
	case "check":
		return s.decision(v)
	case "explain":
		return s.explanation(c, v)
	case "console_link":
		_, err := fmt.Fprintln(s.out, at(v, "url"))
		return err
	}
	object, _ := v.([]member)
	if len(object) == 1 && object[0].name == "version" {
		_, err := fmt.Fprintf(s.out, "done, version %v\n", object[0].value)
		return err
	}
	return s.object(object)
}

// object prints the plain fields of an object one below the other, then its lists as tables.
func (s *view) object(object []member) error {
	var lines [][]string
	var lists []member
	add := func(m member, own bool) {
		switch list, isList := m.value.([]any); {
		case isList && !plain(list):
			lists = append(lists, m)
		default:
			// The first id is the object's own: it is what the next command is told.
			if text := s.cell(m.value, column{path: m.name, asIs: own}); text != "" {
				lines = append(lines, []string{heading(m.name), text})
			}
		}
	}
	own := true
	for _, m := range namesFirst(object) {
		id, isText := m.value.(string)
		mine := own && isText && anID.MatchString(id)
		own = own && !mine
		inner, isObject := m.value.([]member)
		if !isObject {
			add(m, mine)
			continue
		}
		for _, i := range inner {
			if m.name == "recovery" {
				i.name = "recovery_" + i.name
			}
			add(i, false)
		}
	}
	if len(lines)+len(lists) == 0 {
		_, err := fmt.Fprintln(s.out, "nothing is set")
		return err
	}
	if err := align(s.out, lines); err != nil {
		return err
	}
	for _, l := range lists {
		rows := l.value.([]any)
		fmt.Fprintf(s.out, "\n%s\n", strings.ToUpper(heading(l.name)))
		if err := s.table(columnsOf("", rows), rows); err != nil {
			return err
		}
	}
	return nil
}

func (s *view) decision(v any) error {
	word := "denied"
	if at(v, "allowed") == true {
		word = "allowed"
	}
	_, err := fmt.Fprintln(s.out, word)
	return err
}

// reasons are the words of explanations, in the middle of a sentence.
var reasons = map[string]string{
	"given":                  "",
	"given_by_setting":       "the settings give it to members",
	"not_given":              "nothing gives it",
	"not_a_member":           "not a member of the organization",
	"suspended":              "the membership is suspended",
	"disabled":               "the operator has disabled the account",
	"not_started":            "the membership has not started",
	"organization_suspended": "the operator has suspended the organization",
	"organization_closed":    "the organization was deleted and has closed",
	"project_deleted":        "the project is deleted",
	"unknown":                "there is no such permission there",
	"only_by_custom_role":    "no built-in role gives it",
	"unavailable":            "the organization cannot be read at the moment",
}

// explanation prints why, source by source; if there is none, which roles would do and who gives them.
func (s *view) explanation(c *call, v any) error {
	text := func(path string) string { return s.cell(at(v, path), column{path: path}) }
	line := fmt.Sprintf("%s: %s", s.names.person(c.query.Get("person")), c.query.Get("permission"))
	if project := c.query.Get("project"); project != "" {
		line += " in " + s.names.project(project)
	}
	if err := s.decision(v); err != nil {
		return err
	}
	if reason, ok := reasons[text("reason")]; !ok || reason != "" {
		line += ", " + reason
	}
	lines := []string{line}
	if role := text("organization_role"); role != "" {
		lines = append(lines, "  as "+strings.ReplaceAll(role, "_", " ")+" of the organization")
	}
	sources, _ := at(v, "sources").([]any)
	for _, source := range sources {
		lines = append(lines, "  "+s.given(source))
	}
	for _, roles := range []string{"organization_roles", "roles"} {
		if list := text(roles); list != "" {
			lines = append(lines, "  would be given by: "+list)
		}
	}
	if deciders := text("deciders"); deciders != "" {
		lines = append(lines, "  who could give it: "+deciders)
	}
	lines = slices.DeleteFunc(lines, func(l string) bool { return l == "" })
	_, err := fmt.Fprintln(s.out, strings.Join(lines, "\n"))
	return err
}

// given prints a source with who gave it and when.
func (s *view) given(source any) string {
	text := func(path string) string { return s.cell(at(source, path), column{path: path}) }
	out := s.cell(source, column{})
	if out == text("role") {
		out += " given to this person alone"
	}
	by := text("given_by")
	if by == "" {
		by = "the operator"
	}
	if when := text("given_at"); when != "" {
		out += fmt.Sprintf(", since %s by %s", when, by)
	}
	if at(source, "now") == false {
		out += ", does not count now"
	}
	return out
}
