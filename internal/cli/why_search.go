package cli

import (
	"slices"
	"strings"

	"github.com/corscope/corscope/diagnose"
)

// maxFound bounds the causes that a search shows.
const maxFound = 8

// idleWords are in every error and tell no cause from another.
var idleWords = strings.Fields(`a an and any are at be been blocked browser by can cannot code console cors cross-origin error errors fetch for from get has
	have header headers how http https i in is it its key message my no not of on or origin other page policy problem reason request requests resource response server status
	that the this to what when why will with`)

// searchCauses finds the causes whose pages have most of the words, those that have them in name or title first.
func searchCauses(words string) []diagnose.Cause {
	var tokens []string
	for _, w := range strings.FieldsFunc(strings.ToLower(words), func(r rune) bool { return !isWordRune(r) }) {
		if w = strings.Trim(w, "-"); len(w) > 1 && !slices.Contains(idleWords, w) && !slices.Contains(tokens, w) {
			tokens = append(tokens, w)
		}
	}
	type hit struct {
		cause       diagnose.Cause
		words, rank int
	}
	var hits []hit
	for _, c := range diagnose.Causes() {
		h := hit{cause: c}
		for _, w := range tokens {
			switch {
			case hasWord(c.ID, w):
				h.words, h.rank = h.words+1, h.rank+4
			case hasWord(c.Title, w):
				h.words, h.rank = h.words+1, h.rank+3
			case hasWord(c.Recognise, w), hasWord(c.Means, w), hasWord(c.Fix, w):
				h.words, h.rank = h.words+1, h.rank+1
			}
		}
		if h.words > 0 && 2*h.words >= len(tokens) {
			hits = append(hits, h)
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int {
		if a.words != b.words {
			return b.words - a.words
		}
		return b.rank - a.rank
	})
	var found []diagnose.Cause
	for _, h := range hits {
		if h.words < hits[0].words || len(found) == maxFound {
			break
		}
		found = append(found, h.cause)
	}
	return found
}

func isWordRune(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' || r == '*' || r > 127
}

// hasWord reports whether a word of text begins with w, which is in lower case: cookie is in Cookies. Numbers are whole: 40 is not in 401.
func hasWord(text, w string) bool {
	text = strings.ToLower(text)
	for at := 0; ; {
		i := strings.Index(text[at:], w)
		if i < 0 {
			return false
		}
		i += at
		begins := i == 0 || !isWordRune(rune(text[i-1])) || text[i-1] == '-'
		if begins && !(isDigit(text[i]) && i+len(w) < len(text) && isDigit(text[i+len(w)])) {
			return true
		}
		at = i + 1
	}
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
