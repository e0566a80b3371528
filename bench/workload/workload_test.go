package workload

import "testing"

func TestSizesHaveTheGrantsThatOtherEnginesWereMeasuredWith(t *testing.T) {
	for _, row := range []struct {
		size   Size
		grants int
	}{{S, 558}, {M1, 9_098}, {M, 909_280}, {L, 910_111}} {
		w := Draw(row.size)
		questions := w.Ask(4096)
		if w.Grants() != row.grants {
			t.Errorf("%s has %d grants, want %d", row.size.Name, w.Grants(), row.grants)
		}
		allowed := 0
		for _, q := range questions {
			if w.May(q.Person, q.Project).Has(q.Action) != q.Allowed {
				t.Fatalf("%s: %+v has the wrong answer", row.size.Name, q)
			}
			if q.Allowed {
				allowed++
			}
		}
		if len(questions) != 4096 || allowed != 2048 {
			t.Errorf("%s: %d of %d questions are allowed", row.size.Name, allowed, len(questions))
		}
	}
}
