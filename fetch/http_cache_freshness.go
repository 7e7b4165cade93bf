package fetch

import (
	"net/http"
	"strings"
	"time"
)

// heuristicFraction is the part of the time since its last modification for which an answer without an explicit lifetime is fresh:
// "a typical setting of this fraction might be 10%" (RFC 9111 section 4.2.2).
const heuristicFraction = 10

// forever is the freshness lifetime of answers that say of themselves that they do not change.
const forever = maxDeltaSeconds * time.Second

// isHeuristicallyCacheable is given a final status.
//
// https://www.rfc-editor.org/rfc/rfc9110#section-15.1
func isHeuristicallyCacheable(status int) bool {
	switch status {
	case 200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501:
		return true
	}
	return false
}

// freshnessLifetime is how long after its making an answer may be used unasked; 0 for an answer that is stale from the start.
//
// https://www.rfc-editor.org/rfc/rfc9111#section-4.2.1
func (c cacheControl) freshnessLifetime(policy *HTTPCachePolicy, status int, headers HeaderList, responseTime time.Time) time.Duration {
	if c.hasMaxAge {
		return c.maxAge
	}
	date := dateValue(headers, responseTime)
	if lines := headers.Values("Expires"); lines != nil {
		line, more := lines[0], len(lines) > 1
		if policy.FirstExpires {
			// Where lines are joined, the first date ends at its zone.
			if at := strings.Index(line, "GMT"); at >= 0 {
				line = line[:at+len("GMT")]
			}
			more = false
		}
		expires, err := http.ParseTime(line)
		if err != nil || more {
			return 0 // "in particular the value 0": a time in the past
		}
		return max(expires.Sub(date), 0)
	}
	if !policy.guessesLifetime(status, c.public) {
		return 0
	}
	switch status {
	case 300, 301, 308, 410:
		// Permanent by what they mean: Chromium and Firefox keep them until there is no room.
		return forever
	}
	if value, ok := headers.Get("Last-Modified"); ok {
		if modified, err := http.ParseTime(value); err == nil {
			return max(date.Sub(modified)/heuristicFraction, 0)
		}
	}
	return 0
}

// dateValue is the Date header, or the time of receipt where there is none that can be read.
func dateValue(headers HeaderList, responseTime time.Time) time.Time {
	if value, ok := headers.Get("Date"); ok {
		if date, err := http.ParseTime(value); err == nil {
			return date
		}
	}
	return responseTime
}

// initialAge is how old an answer was when it came.
//
// https://www.rfc-editor.org/rfc/rfc9111#section-4.2.3
func initialAge(policy *HTTPCachePolicy, headers HeaderList, requestTime, responseTime time.Time) time.Duration {
	apparent := max(responseTime.Sub(dateValue(headers, responseTime)), 0)
	age := time.Duration(0)
	if lines := headers.Values("Age"); lines != nil {
		first, _, _ := strings.Cut(lines[0], ",")
		if age, _ = policy.deltaSeconds(first); policy.NegativeAgeIsOld && strings.HasPrefix(first, "-") {
			age = forever
		}
	}
	return max(apparent, age+max(responseTime.Sub(requestTime), 0))
}

// currentAge is how old a stored answer is now.
//
// https://www.rfc-editor.org/rfc/rfc9111#section-4.2.3
func (s *storedResponse) currentAge(now time.Time) time.Duration {
	return s.initialAge + max(now.Sub(s.responseTime), 0)
}

// mustValidate reports whether the request may not be answered with s before the server was asked.
//
// https://www.rfc-editor.org/rfc/rfc9111#section-4
func (s *storedResponse) mustValidate(policy *HTTPCachePolicy, r *request, now time.Time) bool {
	age := s.currentAge(now)
	stale := age >= s.lifetime
	if policy.ImmutableNotValidated && !policy.alwaysStale(s.status) && s.control.immutable && !stale && !s.control.noCache && r.cache == CacheNoCache && r.currentURL().Scheme() == "https" {
		return false
	}
	if s.control.noCache || policy.alwaysStale(s.status) || stale && s.control.mustRevalidate || r.cache == CacheNoCache {
		return true
	}
	wants := policy.requestDirectives(r.headers)
	if stale && age-s.lifetime >= wants.maxStale {
		return true
	}
	return wants.noCache || wants.hasMaxAge && (age > wants.maxAge || wants.maxAge == 0) || wants.hasMinFresh && s.lifetime-age < wants.minFresh
}

// hasValidator reports whether the server can be asked if s is still what it would answer.
func (s *storedResponse) hasValidator() bool {
	etag, _ := s.headers.Get("ETag")
	modified, _ := s.headers.Get("Last-Modified")
	return etag != "" || modified != ""
}
