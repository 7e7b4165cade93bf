package httpspec

// tokenBytes has bit c set for every byte c of RFC 9110's tchar.
//
// https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2
var tokenBytes = func() (set [4]uint64) {
	add := func(c byte) { set[c>>6] |= 1 << (c & 63) }
	for c := byte('0'); c <= '9'; c++ {
		add(c)
	}
	for c := byte('A'); c <= 'Z'; c++ {
		add(c)
		add(c | 0x20)
	}
	for _, c := range []byte("!#$%&'*+-.^_`|~") {
		add(c)
	}
	return set
}()

// IsTokenByte reports whether c may stand in an RFC 9110 token (tchar).
//
// https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2
func IsTokenByte(c byte) bool { return tokenBytes[c>>6]&(1<<(c&63)) != 0 }

// IsToken reports whether s is an RFC 9110 token: what a method and a field
// name are made of. The empty string is not one.
//
// https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2
func IsToken(s string) bool {
	for i := range len(s) {
		if !IsTokenByte(s[i]) {
			return false
		}
	}
	return s != ""
}

// Lower returns s with the bytes A-Z made a-z, and s itself, without
// allocating, when it has none of them. Other bytes, those above 0x7F among
// them, stay as they are.
//
// https://infra.spec.whatwg.org/#byte-lowercase
func Lower(s string) string {
	for i := range len(s) {
		if isUpper(s[i]) {
			b := []byte(s)
			for ; i < len(b); i++ {
				b[i] = lowerByte(b[i])
			}
			return string(b)
		}
	}
	return s
}

// EqualFold reports whether a is a byte-case-insensitive match for b. Unlike
// strings.EqualFold it folds A-Z only: the Kelvin sign is not a k.
//
// https://infra.spec.whatwg.org/#byte-case-insensitive
func EqualFold(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) {
		// Most names that are compared differ in their first letters, or not at all.
		if x, y := a[i], b[i]; x != y && lowerByte(x) != lowerByte(y) {
			return false
		}
	}
	return true
}

func isUpper(c byte) bool { return c-'A' < 26 }

func lowerByte(c byte) byte {
	if isUpper(c) {
		return c | 0x20
	}
	return c
}

// matchesAny reports whether name is a byte-case-insensitive match for one of
// the members of set.
func matchesAny(name string, set ...string) bool {
	for _, s := range set {
		if EqualFold(name, s) {
			return true
		}
	}
	return false
}

// hasPrefixFold reports whether s starts with prefix, which is lower case,
// once s is byte-lowercased.
func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && EqualFold(s[:len(prefix)], prefix)
}
