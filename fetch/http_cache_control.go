package fetch

import (
	"strings"
	"time"

	"github.com/corscope/corscope/internal/httpspec"
)

// maxDeltaSeconds is what a longer time is cut to: RFC 9111 section 1.2.2 asks for 2^31 or the greatest that can be held.
const maxDeltaSeconds = 1 << 31

// cacheControl is what a Cache-Control header says to a private cache.
//
// https://www.rfc-editor.org/rfc/rfc9111#section-5.2
type cacheControl struct {
	noStore, noCache, public, private, mustRevalidate, immutable bool
	// maxAge and minFresh are meant where the flag beside them is set. A max-age that is no number counts as 0, as section 4.2.1
	// encourages.
	maxAge, minFresh       time.Duration
	hasMaxAge, hasMinFresh bool
	// staleWhileRevalidate is of answers (RFC 5861), maxStale of requests; without a number the latter is without end.
	staleWhileRevalidate, maxStale time.Duration
}

// parseCacheControl reads the header's lines. Of a directive that is there twice the first one counts, but for what policy says. The form of
// no-cache and private that names headers counts as the one that does not, which is always the more careful reading here.
func parseCacheControl(policy *HTTPCachePolicy, lines []string) cacheControl {
	var c cacheControl
	for _, member := range httpspec.GetDecodeSplit(lines) {
		name, argument, hasArgument := strings.Cut(member, "=")
		if !policy.WholeDirectives {
			name = strings.TrimRight(name, " \t")
		} else if hasArgument && !httpspec.EqualFold(name, "max-age") && !httpspec.EqualFold(name, "stale-while-revalidate") {
			continue
		}
		switch httpspec.Lower(name) {
		case "no-store":
			c.noStore = true
		case "no-cache":
			c.noCache = true
		case "must-revalidate":
			c.mustRevalidate = true
		case "stale-while-revalidate":
			c.staleWhileRevalidate, _ = parseDeltaSeconds(argument)
		case "max-stale":
			if c.maxStale = forever; argument != "" {
				c.maxStale, _ = parseDeltaSeconds(argument)
			}
		case "public":
			c.public = true
		case "immutable": // RFC 8246
			c.immutable = true
		case "private":
			c.private = true
		case "max-age":
			age, ok := policy.deltaSeconds(argument)
			if ok = ok || !policy.DigitsAlone; policy.LastMaxAge {
				c.maxAge, c.hasMaxAge = age, ok
			} else if ok && !c.hasMaxAge {
				c.maxAge, c.hasMaxAge = age, true
			}
		case "min-fresh":
			if !c.hasMinFresh {
				c.minFresh, c.hasMinFresh = parseDeltaSeconds(argument)
			}
		}
	}
	return c
}

// parseDeltaSeconds takes digits, also quoted ones, and cuts them to maxDeltaSeconds.
//
// https://www.rfc-editor.org/rfc/rfc9111#section-1.2.2
func parseDeltaSeconds(s string) (time.Duration, bool) {
	s = strings.Trim(s, " \t")
	if len(s) >= 2 && s[0] == '"' && s[len(s)-1] == '"' {
		s = s[1 : len(s)-1]
	}
	if s == "" || !isDigits(s) {
		return 0, false
	}
	n := int64(0)
	for i := range len(s) {
		if n = n*10 + int64(s[i]-'0'); n >= maxDeltaSeconds {
			n = maxDeltaSeconds
			break
		}
	}
	return time.Duration(n) * time.Second, true
}
