package diagnose

import (
	"slices"
	"strings"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/httpspec"
)

// imply marks what a server sends by itself once it allows what it refused. One that answers a preflight for less with all that it takes,
// and this one with a bare 403, has one list to be changed, and no status and no other header. It returns the sentence that says so.
func (s *search) imply(changes []Change) string {
	var sentence string
	for i := range changes {
		c := &changes[i]
		if c.On != fetch.ExchangePreflight || sentence != "" {
			continue
		}
		x := s.refused(c.URL)
		less := s.allowedForLess(x)
		if less == nil {
			continue
		}
		var implied []int
		for j := range changes {
			if o := &changes[j]; o.On == c.On && o.URL == c.URL {
				if less.carries(o, askedMethod(x), unsafeNames(x)) {
					implied = append(implied, j)
				} else if o.Header == httpspec.AccessControlAllowHeaders {
					less.explain(o, unsafeNames(x))
				}
			}
		}
		all := len(slices.DeleteFunc(slices.Clone(changes), func(o Change) bool { return o.On != c.On || o.URL != c.URL }))
		if len(implied) == 0 || len(implied) == all {
			continue // nothing, or what was refused shows in no list: all of it has to be said
		}
		var lines []string
		for _, j := range implied {
			changes[j].Implied = true
			lines = append(lines, lineOf(changes[j]))
		}
		sentence = "To a preflight that asks for less the server answers with " + strings.Join(lines, ", ") + " already, and does so to this one once it allows what is asked."
	}
	return sentence
}

func lineOf(c Change) string {
	if c.Header == "" {
		return "status " + c.After
	}
	return c.Header
}

// refused is the recorded preflight for a URL whose answer is bare of CORS, or nil.
func (s *search) refused(url string) *fetch.Exchange {
	for _, x := range s.trace.Exchanges {
		if x.Kind == fetch.ExchangePreflight && x.URL == url && x.Failure == nil && !isOK(x.Status) && !speaksCORS(x.ResponseHeaders) {
			return x
		}
	}
	return nil
}

// lesser is an answer that lets the page ask for less.
type lesser struct{ *fetch.Exchange }

// allowedForLess is the answer to the preflight for the method without headers, or to one for GET, that allows the page; nil for none.
func (s *search) allowedForLess(x *fetch.Exchange) *lesser {
	if x == nil {
		return nil
	}
	include := s.trace.Request.Credentials == fetch.CredentialsInclude
	for _, kind := range []ProbeKind{ProbeMethodPreflight, ProbePlainPreflight} {
		if o, n := s.probes.find(kind, func(o *fetch.Exchange) bool { return o.URL == x.URL && allowsAsker(include)(o) }); n > 0 {
			return &lesser{o}
		}
	}
	return nil
}

// carries reports whether the answer has the change already.
func (l *lesser) carries(c *Change, method string, names []string) bool {
	switch c.Header {
	case "":
		return isOK(l.Status)
	case httpspec.AccessControlAllowOrigin, httpspec.AccessControlAllowCredentials:
		return l.ResponseHeaders.Contains(c.Header) // it would not allow the page otherwise
	case httpspec.AccessControlAllowMethods:
		return slices.Contains(l.list(c.Header), method)
	case httpspec.AccessControlAllowHeaders:
		return len(names) > 0 && len(l.missing(names)) == 0
	}
	return false
}

func (l *lesser) list(header string) []string {
	members, err := httpspec.ParseTokenList(l.ResponseHeaders.Values(header))
	if err != nil {
		return nil
	}
	return members
}

// missing are those of names that its Access-Control-Allow-Headers has not.
func (l *lesser) missing(names []string) []string {
	listed := l.list(httpspec.AccessControlAllowHeaders)
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		return slices.ContainsFunc(listed, func(have string) bool { return httpspec.EqualFold(have, name) })
	})
}

// explain names the headers that are not on the server's list, where it shows one.
func (l *lesser) explain(c *Change, names []string) {
	if missing := l.missing(names); len(missing) > 0 && len(missing) < len(names) {
		c.Why = "the server's list has all but " + strings.Join(missing, ", ")
	}
}
