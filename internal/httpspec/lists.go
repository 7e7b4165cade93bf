package httpspec

import (
	"fmt"
	"math"
	"strings"
)

// ListCode says what is wrong with a header's lines.
type ListCode string

const (
	// ListBadMember: a member of a list is not a token.
	ListBadMember ListCode = "bad-member"
	// ListMissing: the grammar wants one line, and there is none.
	ListMissing ListCode = "missing"
	// ListRepeated: the grammar wants one line, and there are more.
	ListRepeated ListCode = "repeated"
	// ListNotSeconds: the value is not one or more decimal digits.
	ListNotSeconds ListCode = "not-seconds"
)

// ListError says where a header's lines depart from its grammar. The zero value
// is no error of any kind and is never returned.
type ListError struct {
	Code  ListCode
	Line  int    // index into the values given, from 0
	Pos   int    // byte offset in that line, from 0, where Value starts
	Value string // the offending piece, as it stands in the line; may be long
}

// maxQuoted bounds what Error repeats of a value that came from outside.
const maxQuoted = 64

// Error says in one line what is wrong, with at most 64 bytes of the value,
// quoted.
func (e *ListError) Error() string {
	quoted, more := e.Value, ""
	if len(quoted) > maxQuoted {
		quoted, more = quoted[:maxQuoted], "..."
	}
	switch e.Code {
	case ListMissing:
		return "httpspec: the header is absent"
	case ListRepeated:
		return fmt.Sprintf("httpspec: line %d: %q%s: the header may stand only once", e.Line+1, quoted, more)
	case ListNotSeconds:
		return fmt.Sprintf("httpspec: line %d, byte %d: %q%s is not a number of seconds (digits only)", e.Line+1, e.Pos+1, quoted, more)
	default:
		return fmt.Sprintf("httpspec: line %d, byte %d: %q%s is not a token", e.Line+1, e.Pos+1, quoted, more)
	}
}

// ParseTokenList extracts the members of a header whose grammar is #token,
// which #method and #field-name are as well: Access-Control-Allow-Methods,
// -Allow-Headers and -Expose-Headers. The values are the header's lines in
// order. Empty members are legal and dropped; one bad line fails all lines; the
// result is nil, nil when there are no members. Whether the header is there at
// all is len(values) != 0: the standard tells absent from empty.
//
// https://fetch.spec.whatwg.org/#extract-header-list-values
// https://www.rfc-editor.org/rfc/rfc9110#section-5.6.1
func ParseTokenList(values []string) ([]string, *ListError) {
	var members []string
	for line, v := range values {
		for start := 0; start <= len(v); {
			end := len(v)
			if comma := strings.IndexByte(v[start:], ','); comma >= 0 {
				end = start + comma
			}
			first, last := trimTabOrSpace(v, start, end)
			if first < last {
				member := v[first:last]
				if !IsToken(member) {
					return nil, &ListError{Code: ListBadMember, Line: line, Pos: first, Value: member}
				}
				members = append(members, member)
			}
			start = end + 1
		}
	}
	return members, nil
}

// ParseDeltaSeconds parses a header whose grammar is delta-seconds, which is
// one line of decimal digits: Access-Control-Max-Age. A sign, a fraction, a
// second line and an absent header are errors. A number above the largest int64
// is the largest int64, for RFC 9111 has a cache take what it can not represent
// for the greatest number that it can.
//
// https://www.rfc-editor.org/rfc/rfc9111#section-1.2.2
func ParseDeltaSeconds(values []string) (n int64, err *ListError) {
	switch {
	case len(values) == 0:
		return 0, &ListError{Code: ListMissing}
	case len(values) > 1:
		return 0, &ListError{Code: ListRepeated, Line: 1, Value: values[1]}
	}
	first, last := trimTabOrSpace(values[0], 0, len(values[0]))
	digits := values[0][first:last]
	if digits == "" {
		return 0, &ListError{Code: ListNotSeconds, Pos: first}
	}
	for i := range len(digits) {
		d := int64(digits[i]) - '0'
		if d < 0 || d > 9 {
			return 0, &ListError{Code: ListNotSeconds, Pos: first, Value: digits}
		}
		if n > (math.MaxInt64-d)/10 {
			n = math.MaxInt64
			continue
		}
		n = n*10 + d
	}
	return n, nil
}

// GetDecodeSplit joins a header's lines with ", " and splits the whole at its
// commas, except those inside quoted strings (one may span lines), without the
// tabs and spaces around each member; the quotes stay. It returns nil when there
// are no lines, and otherwise at least one member: an empty header has one empty
// member. The standard decodes bytes to code points; here a byte stays a byte.
//
// https://fetch.spec.whatwg.org/#concept-header-list-get-decode-split
func GetDecodeSplit(values []string) []string {
	if len(values) == 0 {
		return nil
	}
	input := values[0]
	if len(values) > 1 {
		input = strings.Join(values, ", ")
	}
	members := make([]string, 0, 1+strings.Count(input, ","))
	splitQuoted(input, func(member string) { members = append(members, member) })
	return members
}

// splitQuoted calls yield with each member of input, in order.
//
// https://fetch.spec.whatwg.org/#header-value-get-decode-and-split
func splitQuoted(input string, yield func(member string)) {
	start := 0
	for i := 0; ; i++ {
		if i < len(input) && input[i] == '"' {
			i = quotedStringEnd(input, i) - 1
			continue
		}
		if i >= len(input) || input[i] == ',' {
			first, last := trimTabOrSpace(input, start, min(i, len(input)))
			yield(input[first:last])
			if i >= len(input) {
				return
			}
			start = i + 1
		}
	}
}

// quotedStringEnd returns the position after the HTTP quoted string that starts
// at input[open]; one that is never closed ends with the input.
//
// https://fetch.spec.whatwg.org/#collect-an-http-quoted-string
func quotedStringEnd(input string, open int) int {
	for i := open + 1; i < len(input); i++ {
		switch input[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(input)
}

func trimTabOrSpace(s string, first, last int) (int, int) {
	for first < last && isTabOrSpace(s[first]) {
		first++
	}
	for first < last && isTabOrSpace(s[last-1]) {
		last--
	}
	return first, last
}
