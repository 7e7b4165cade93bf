package fetch

import (
	"fmt"
	"strings"
)

// CookieSpecError says why a text is no cookie. Cookie values are left out of it.
type CookieSpecError struct {
	Part int    // which of the parts between ";" is wrong, counting from 1; 0: the whole
	Name string // the name in that part, if it has one
	Hint string // what to write instead
}

// Error implements error.
func (e *CookieSpecError) Error() string {
	if e.Name != "" {
		return fmt.Sprintf("fetch: cookie: part %d, %s: %s", e.Part, quoteShort(e.Name), e.Hint)
	}
	if e.Part > 0 {
		return fmt.Sprintf("fetch: cookie: part %d: %s", e.Part, e.Hint)
	}
	return "fetch: cookie: " + e.Hint
}

// ParseCookieSpec reads a cookie as a person gives it, and returns lines for
// [Jar.Set]: a Set-Cookie header's value, or the pairs of a Cookie header, each
// with or without the header's name. A cookie without Path gets Path=/, because
// whoever names a cookie and a URL means the whole server.
//
//	a=1                        one cookie
//	a=1; SameSite=Lax; Secure  one cookie
//	a=1; b=2                   two cookies, as in a Cookie header
//	Cookie: a=1; secure=2      two cookies
//	a=1; Secure; b=2           refused: attributes and a second cookie
//	session                    refused: no value
//
// The error is a *[CookieSpecError].
func ParseCookieSpec(spec string) (lines []string, err error) {
	isSet, isPairs := false, false
	if header, value, ok := strings.Cut(spec, ":"); ok {
		switch strings.ToLower(strings.TrimSpace(header)) {
		case "set-cookie":
			isSet, spec = true, value
		case "cookie":
			isPairs, spec = true, value
		}
	}
	if i := strings.IndexFunc(spec, isCookieControl); i >= 0 {
		return nil, &CookieSpecError{Hint: fmt.Sprintf("the control character 0x%02X has no place in a cookie", spec[i])}
	}
	parts := strings.Split(strings.TrimRight(trimBlanks(spec), "; \t"), ";")
	attributes, pairs, hasPath, firstPair := 0, 0, false, 0
	for i, part := range parts {
		name, _, ok := strings.Cut(part, "=")
		name = trimBlanks(name)
		switch {
		case i > 0 && !isPairs && isCookieAttribute(name):
			attributes++
			hasPath = hasPath || strings.EqualFold(name, "path")
		case i > 0 && isSet: // an attribute that nobody knows has no effect
		case !ok || name == "":
			// Without "=" the part may be a bare value, which is nobody's business.
			e := &CookieSpecError{Part: i + 1, Hint: "write NAME=VALUE"}
			if i > 0 && !isPairs {
				e.Hint = "write NAME=VALUE, or an attribute such as Secure or SameSite=Lax"
			}
			if trimBlanks(spec) == "" {
				e.Part, e.Hint = 0, `there is none: write "NAME=VALUE"`
			}
			return nil, e
		default:
			if pairs++; pairs == 2 {
				firstPair = i
			}
		}
	}
	if attributes > 0 && pairs > 1 {
		name, _, _ := strings.Cut(parts[firstPair], "=")
		return nil, &CookieSpecError{Part: firstPair + 1, Name: trimBlanks(name), Hint: "it is no attribute of a cookie: give each cookie with its attributes by itself"}
	}
	if pairs > 1 {
		for _, part := range parts {
			lines = append(lines, trimBlanks(part)+"; Path=/")
		}
		return lines, nil
	}
	line := strings.Join(parts, ";")
	if !hasPath {
		line += "; Path=/"
	}
	return []string{line}, nil
}

func isCookieAttribute(name string) bool {
	switch strings.ToLower(name) {
	case "expires", "max-age", "domain", "path", "secure", "httponly", "samesite", "partitioned", "priority":
		return true
	}
	return false
}
