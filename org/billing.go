package org

// ChangeBilling says by whom and where the organization is billed: contacts, tax id, invoice address. They are personal
// data, so they go with the command as a note and not into its fact.
type ChangeBilling struct{}

func (ChangeBilling) needs() Need { return inOrg("plan:manage") }

func (ChangeBilling) decide(Situation) ([]Event, error) { return []Event{&BillingChanged{}}, nil }

// BillingChanged says that the note of its command holds how the organization is billed from then on.
type BillingChanged struct{}

func (f *BillingChanged) fields(*codec) {}

func (f *BillingChanged) apply(s *State, m Meta) { s.billing = m.Command }

// Billing names the command with whose note the present billing details went; none if there never were any.
func (s *State) Billing() CommandID { return s.billing }
