package peribolos

import "github.com/commonhold/commonhold/org"

// A noun is what teams and projects have in common: names that are unique in the organization, and external ids.
type noun struct {
	word                          string
	phase                         phase
	external, rename, create, end Kind
	about                         func(org.ExternalID) Step
	has                           map[org.ExternalID]named
	wants                         []wantedName
	ends                          func(org.ExternalID) bool // an import made it and the file no longer knows it

	taken map[string]org.ExternalID // by folded name
}

type named struct {
	name   string
	source org.Source
}

type wantedName struct {
	id     org.ExternalID
	name   string
	line   int
	former []org.ExternalID
}

// settle finds what is wanted under its own or a former name, gives it the name of the file, and makes what is not
// there. Names that others give up are free before they are needed.
func (c *comparison) settle(n noun) {
	var renames, creations []wantedName
	needed := map[string]bool{}
	for _, w := range n.wants {
		switch have, there := c.locate(n, w); {
		case !there:
			creations = append(creations, w)
		case have.name != w.name && have.source == org.ByImport:
			renames = append(renames, w)
		default:
			continue
		}
		needed[fold(w.name)] = true
	}
	n.taken = make(map[string]org.ExternalID, len(n.has))
	for _, id := range sortedKeys(n.has) {
		name := n.has[id].name
		if needed[fold(name)] && n.ends(id) {
			c.gone[id] = true
			step := n.about(id)
			step.Kind = n.end
			c.step(n.phase, step, "delete the %s %s", n.word, name)
			continue
		}
		n.taken[fold(name)] = id
	}
	c.renameAll(n, renames)
	for _, w := range creations {
		if c.clashes(n, w, w.id) {
			c.skip[w.id] = true
			continue
		}
		n.taken[fold(w.name)] = w.id
		step := n.about(w.id)
		step.Kind, step.Name = n.create, org.Name(w.name)
		c.step(n.phase, step, "create the %s %s", n.word, w.name)
	}
}

// locate finds what is wanted; if it stands under a former name, its external id is brought up to date.
func (c *comparison) locate(n noun, w wantedName) (named, bool) {
	if have, there := n.has[w.id]; there {
		return have, true
	}
	for _, was := range w.former {
		if have, there := n.has[was]; there {
			c.moved[was], c.former[w.id] = w.id, was
			step := n.about(was)
			step.Kind, step.ExternalID = n.external, w.id
			c.step(n.phase, step, "take the %s %s for what the file now calls %s", n.word, have.name, w.name)
			return have, true
		}
	}
	return named{}, false
}

// renameAll renames in an order in which each name is free when it is given, as far as there is one.
func (c *comparison) renameAll(n noun, renames []wantedName) {
	for waiting := renames; len(waiting) > 0; {
		var later []wantedName
		for _, w := range waiting {
			at := c.present(w.id)
			was := n.has[at].name
			if other, taken := n.taken[fold(w.name)]; taken && other != at {
				later = append(later, w)
				continue
			}
			delete(n.taken, fold(was))
			n.taken[fold(w.name)] = at
			step := n.about(w.id)
			step.Kind, step.Name = n.rename, org.Name(w.name)
			c.step(n.phase, step, "rename the %s %s to %s", n.word, was, w.name)
		}
		if len(later) == len(waiting) {
			for _, w := range later {
				c.clashes(n, w, c.present(w.id))
			}
			return
		}
		waiting = later
	}
}

// clashes reports, also as a finding, that a name is another's.
func (c *comparison) clashes(n noun, w wantedName, at org.ExternalID) bool {
	other, taken := n.taken[fold(w.name)]
	if !taken || other == at {
		return false
	}
	c.find(NameTaken, w.line, w.name, "another %s is called %s; rename it, or give it the external id %s to have the import fill it", n.word, w.name, w.id)
	return true
}
