package fetch

import (
	"strings"
	"time"
)

// parseCookieDate is "parse a date": it takes the first time, day, month and year
// that it finds, in whatever order and between whatever delimiters.
// Source: https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-parse-a-date
func parseCookieDate(s string) (time.Time, bool) {
	var hour, minute, second, day, month, year int
	var foundTime, foundDay, foundMonth, foundYear bool
	for _, token := range strings.FieldsFunc(s, isDateDelimiter) {
		if !foundTime {
			if h, m, sec, ok := parseDateTime(token); ok {
				hour, minute, second, foundTime = h, m, sec, true
				continue
			}
		}
		if !foundDay {
			if n, ok := leadingNumber(token, 1, 2); ok {
				day, foundDay = n, true
				continue
			}
		}
		if !foundMonth && len(token) >= 3 {
			if i := strings.Index("janfebmaraprmayjunjulaugsepoctnovdec", strings.ToLower(token[:3])); i >= 0 && i%3 == 0 {
				month, foundMonth = i/3+1, true
				continue
			}
		}
		if !foundYear {
			if n, ok := leadingNumber(token, 2, 4); ok {
				year, foundYear = n, true
			}
		}
	}
	switch {
	case 70 <= year && year <= 99:
		year += 1900
	case 0 <= year && year <= 69:
		year += 2000
	}
	if !foundTime || !foundDay || !foundMonth || !foundYear || year < 1601 || hour > 23 || minute > 59 || second > 59 {
		return time.Time{}, false
	}
	t := time.Date(year, time.Month(month), day, hour, minute, second, 0, time.UTC)
	// time.Date takes 31 February for 3 March; the standard takes it for no date.
	return t, t.Day() == day && t.Month() == time.Month(month)
}

func isDateDelimiter(r rune) bool {
	return r == '\t' || ' ' <= r && r <= '/' || ';' <= r && r <= '@' || '[' <= r && r <= '`' || '{' <= r && r <= '~'
}

// parseDateTime reads "1*2DIGIT : 1*2DIGIT : 1*2DIGIT", and then anything that does not begin with a digit.
func parseDateTime(token string) (hour, minute, second int, ok bool) {
	h, rest, ok1 := strings.Cut(token, ":")
	m, s, ok2 := strings.Cut(rest, ":")
	if !ok1 || !ok2 || !allDigits(h) || !allDigits(m) {
		return 0, 0, 0, false
	}
	hour, ok1 = leadingNumber(h, 1, 2)
	minute, ok2 = leadingNumber(m, 1, 2)
	second, ok = leadingNumber(s, 1, 2)
	return hour, minute, second, ok && ok1 && ok2
}

// leadingNumber reads minDigits to maxDigits digits that no further digit follows.
func leadingNumber(s string, minDigits, maxDigits int) (int, bool) {
	n, i := 0, 0
	for ; i < len(s) && isDigit(s[i]); i++ {
		if i == maxDigits {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, i >= minDigits
}
