package workload

import "math/rand/v2"

const alphabet = "0123456789abcdefghjkmnpqrstvwxyz"

// Ids returns n different ids as TypeID has them: a prefix and 128 random bits in 26 characters.
func Ids(prefix string, n int) []string {
	r := rand.New(rand.NewPCG(uint64(len(prefix))<<8|uint64(prefix[0]), 26))
	out := make([]string, n)
	for i := range out {
		high, low := r.Uint64(), r.Uint64()
		text := make([]byte, 26)
		for j := 25; j >= 0; j-- {
			text[j] = alphabet[low&31]
			low = low>>5 | high<<59
			high >>= 5
		}
		out[i] = prefix + string(text)
	}
	return out
}
