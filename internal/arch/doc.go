// Package arch holds the rules of the architecture as tests: who may import whom, how large things may grow, what may
// not be written anywhere, and which threat has a test. It reads the repository as text and syntax and knows nothing
// of what the code does. A rule lives beside the small trees that break it, so that none can go blind unnoticed.
package arch
