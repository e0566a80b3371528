package secret

import (
	"crypto/rand"
	"testing"
)

func TestASecretIsKnownByItsPrefixAndChecksum(t *testing.T) {
	made, hash := New("commonhold_test_", rand.Reader)
	if h := Hash(made); string(hash) != string(h[:]) {
		t.Error("its hash is not the one it is found by")
	}
	for _, c := range []struct {
		name, prefix, secret string
		plausible            bool
	}{
		{"as it was made", "commonhold_test_", made, true},
		{"for another purpose", "commonhold_other_", made, false},
		{"one character is another", "commonhold_test_", made[:20] + "!" + made[21:], false},
		{"cut off", "commonhold_test_", made[:len(made)-1], false},
		{"the prefix alone", "commonhold_test_", "commonhold_test_", false},
		{"nothing", "commonhold_test_", "", false},
	} {
		if got := Plausible(c.prefix, c.secret); got != c.plausible {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
