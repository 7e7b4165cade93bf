package cors

import (
	"slices"
	"strings"

	"github.com/corscope/corscope/internal/httpspec"
	"github.com/corscope/corscope/internal/spelling"
)

const (
	maxMethodLength     = 64
	maxHeaderNameLength = 256
)

// wellKnownMethods is what a method that is one slip away from was meant to be.
// Short ones have too many neighbours that are words.
var wellKnownMethods = []string{"DELETE", "PATCH", "OPTIONS", "POST", "HEAD", "GET", "PUT"}

// registeredMethods has those of the IANA registry
// (https://www.iana.org/assignments/http-methods, 2025-03-27) that look like a
// slip in a well-known one.
var registeredMethods = []string{"REPORT", "SEARCH", "QUERY", "PRI", "MOVE", "LOCK", "COPY", "BIND", "LINK"}

// misspeltMethod returns the method that m was probably meant to be, or "". m is
// a token that browsers send as it is.
func misspeltMethod(m string) string {
	if httpspec.EqualFold(m, "PATCH") && m != "PATCH" {
		// Unlike delete and put, patch is not made upper case by browsers.
		return "PATCH"
	}
	if slices.Contains(wellKnownMethods, m) || slices.Contains(registeredMethods, m) {
		return ""
	}
	upper := strings.ToUpper(m)
	for _, known := range wellKnownMethods {
		if transposed(upper, known) || len(known) > len("POST") && spelling.Distance(upper, known, 1) == 1 {
			return known
		}
	}
	return ""
}

// wellKnownHeaders is what a header name one slip away from was meant to be:
// those that pages set or read most, and that are long enough for that.
var wellKnownHeaders = []string{
	"Authorization", "Content-Type", "Content-Disposition", "Content-Encoding", "Cache-Control",
	"If-None-Match", "If-Modified-Since", "Idempotency-Key", "Location", "Retry-After",
	"X-Requested-With", "X-Api-Key", "X-Request-Id", "X-Total-Count",
}

// misspeltHeader returns the header name that name was probably meant to be, or
// "".
func misspeltHeader(name string) string {
	lower := httpspec.Lower(name)
	for _, known := range wellKnownHeaders {
		knownLower := httpspec.Lower(known)
		if lower == knownLower {
			return ""
		}
		if transposed(lower, knownLower) || spelling.Distance(lower, knownLower, 1) == 1 {
			return known
		}
	}
	return ""
}

// meantMethod guesses at what has bytes that no method has.
func meantMethod(s string) string {
	m := strings.ToUpper(strings.Trim(s, " \t\r\n\"',;"))
	if slices.Contains(wellKnownMethods, m) {
		return m
	}
	return ""
}

// meantHeader guesses at what has bytes that no header name has.
func meantHeader(s string) string {
	name, _, _ := strings.Cut(s, ":")
	name = strings.Trim(name, " \t\r\n\"',;")
	if httpspec.IsToken(name) && !httpspec.IsForbiddenRequestHeaderName(name) && !isProtocolHeader(name) {
		return name
	}
	return ""
}

// transposed reports whether a is b with two neighbours swapped.
func transposed(a, b string) bool {
	if len(a) != len(b) || a == b {
		return false
	}
	i := 0
	for a[i] == b[i] {
		i++
	}
	return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}
