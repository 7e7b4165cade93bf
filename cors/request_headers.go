package cors

import (
	"slices"
	"strings"

	"github.com/corscope/corscope/internal/httpspec"
)

// The bounds on Access-Control-Request-Headers; that on bytes is wider for a
// policy with long lists. A browser sends one line without
// empty members or blanks; gateways have been seen to send a line for each name.
// RFC 9110 section 5.6.1.2: "A recipient MUST parse and ignore a reasonable
// number of empty list elements".
const (
	maxRequestHeadersBytes = 4096
	maxRequestHeadersLines = 64
	maxEmptyMembers        = 16
)

// headerSet is the set of header names of a policy, in lower case.
type headerSet struct {
	names []string // ascending by length and then by bytes
	// byLength[n] is the first index in names of a name of n bytes or more; it
	// ends with len(names).
	byLength []uint16
}

// maxListed bounds the entries of each list of methods and headers of a Config.
const maxListed = 1024

func newHeaderSet(names []string) headerSet {
	s := headerSet{names: slices.Clone(names)}
	slices.SortFunc(s.names, func(a, b string) int {
		if len(a) != len(b) {
			return len(a) - len(b)
		}
		return strings.Compare(a, b)
	})
	for i, name := range s.names {
		for len(s.byLength) <= len(name) {
			s.byLength = append(s.byLength, uint16(i))
		}
	}
	s.byLength = append(s.byLength, uint16(len(s.names)))
	return s
}

// contains reports whether name, in lower case, is a member.
func (s *headerSet) contains(name string) bool {
	same := s.ofLength(len(name))
	// A handful of names is compared faster than searched.
	if len(same) > 8 {
		_, ok := slices.BinarySearch(same, name)
		return ok
	}
	for _, member := range same {
		if member == name {
			return true
		}
	}
	return false
}

// containsFold reports whether name, in any case, is a member.
func (s *headerSet) containsFold(name string) bool {
	return len(s.ofLength(len(name))) > 0 && s.contains(httpspec.Lower(name))
}

// ofLength returns the names of n bytes.
func (s *headerSet) ofLength(n int) []string {
	if n+1 >= len(s.byLength) {
		return nil
	}
	return s.names[s.byLength[n]:s.byLength[n+1]]
}

// checkRequestHeaders judges the lines of Access-Control-Request-Headers. It
// returns ReasonAllowed, or why not and the member that is to blame.
func (p *Policy) checkRequestHeaders(lines []string) (Reason, string) {
	if len(lines) > max(maxRequestHeadersLines, 2*len(p.headers.names)) {
		return ReasonHeadersTooLong, ""
	}
	length, empty := 0, 0
	for _, line := range lines {
		if length += len(line); length > p.requestHeadersBytes {
			return ReasonHeadersTooLong, ""
		}
	}
	for _, line := range lines {
		for start := 0; start <= len(line); {
			end := len(line)
			if comma := strings.IndexByte(line[start:], ','); comma >= 0 {
				end = start + comma
			}
			member := line[start:end]
			start = end + 1
			// As browsers send it, there are no blanks.
			if p.headers.contains(member) {
				continue
			}
			member, _, _ = cutMember(member)
			switch {
			case member == "":
				// With "*" there is nothing to look up, and the bytes are bound enough.
				if empty++; empty > maxEmptyMembers && !p.anyHeader {
					return ReasonHeadersTooLong, ""
				}
			case p.headers.containsFold(member):
			case !httpspec.IsToken(member):
				return ReasonHeadersMalformed, member
			case !p.anyHeader || httpspec.IsCORSNonWildcardRequestHeaderName(member):
				return ReasonHeaderNotAllowed, member
			}
		}
	}
	return ReasonAllowed, ""
}

// cutMember returns the first member of a list without the blanks around it.
func cutMember(list string) (member, rest string, more bool) {
	member, rest, more = list, "", false
	if i := strings.IndexByte(list, ','); i >= 0 {
		member, rest, more = list[:i], list[i+1:], true
	}
	for member != "" && (member[0] == ' ' || member[0] == '\t') {
		member = member[1:]
	}
	for member != "" && (member[len(member)-1] == ' ' || member[len(member)-1] == '\t') {
		member = member[:len(member)-1]
	}
	return member, rest, more
}

// echoRequestHeaders returns the members of lines, which checkRequestHeaders
// allowed, as one list. A single line is returned as it is.
func echoRequestHeaders(lines []string) string {
	if len(lines) == 1 {
		return lines[0]
	}
	var members []string
	for _, line := range lines {
		for rest, more := line, true; more; {
			var member string
			if member, rest, more = cutMember(rest); member != "" {
				members = append(members, member)
			}
		}
	}
	return strings.Join(members, ",")
}
