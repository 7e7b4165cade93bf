package cors

import (
	"net/http"

	"github.com/corscope/corscope/internal/httpspec"
)

// preflightVary is the Vary of an answer to a preflight: all that it depends on.
const preflightVary = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"

// addVary adds to Vary the members of list that are not there yet.
func addVary(h http.Header, list string) {
	if len(h) != 0 && h[httpspec.Vary] != nil {
		mergeVary(h, list)
		return
	}
	h[httpspec.Vary] = []string{list}
}

// mergeVary adds a line to Vary with what its lines do not have. The lines that
// are there belong to whoever put them there, hence the copy.
func mergeVary(h http.Header, list string) {
	lines := h[httpspec.Vary]
	missing := ""
	for rest, more := list, true; more; {
		var member string
		member, rest, more = cutMember(rest)
		if !hasMember(lines, member) {
			if missing != "" {
				missing += ", "
			}
			missing += member
		}
	}
	if missing == "" {
		return
	}
	merged := make([]string, 0, len(lines)+1)
	h[httpspec.Vary] = append(append(merged, lines...), missing)
}

// hasMember reports whether one of the lines lists name, in any case, or "*",
// which includes it.
func hasMember(lines []string, name string) bool {
	for _, line := range lines {
		for rest, more := line, true; more; {
			var member string
			member, rest, more = cutMember(rest)
			if member == httpspec.Wildcard || httpspec.EqualFold(member, name) {
				return true
			}
		}
	}
	return false
}
