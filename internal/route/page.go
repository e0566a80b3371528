package route

import "iter"

// Each makes a page of other rows in the same places.
func Each[T, U any](p Page[T], change func(T) U) Page[U] {
	out := Page[U]{Items: make([]U, len(p.Items)), Next: p.Next, Total: p.Total}
	for i, row := range p.Items {
		out.Items[i] = change(row)
	}
	return out
}

// Where leaves out the rows for which keep says no.
func Where[T any](rows iter.Seq[T], keep func(T) bool) iter.Seq[T] {
	return func(yield func(T) bool) {
		for row := range rows {
			if keep(row) && !yield(row) {
				return
			}
		}
	}
}
